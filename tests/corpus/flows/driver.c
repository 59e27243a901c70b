#include "base/base.h"
#include "connector/connector.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "flow/run_local.h"

#include <stdio.h>
#include <string.h>

/* Judges each file named on the command line and prints its rows as NDJSON. Flow
 * documents that are accepted are played to their end against mocks ("run" is the
 * status); with --connector each file is a connector's document. */

static enum hg_code read_json(struct hg_arena *arena, const char *path, struct hg_json *out,
                              struct hg_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return HG_FAIL(err, HG_IO, "cannot be opened");
    char *bytes = hg_arena_alloc(arena, HG_MAX_FILE / 16, 1);
    size_t n = bytes == NULL ? 0 : fread(bytes, 1, HG_MAX_FILE / 16, file);
    if (fclose(file) != 0 || bytes == NULL)
        return HG_FAIL(err, HG_IO, "cannot be read");
    hg_str text;
    HG_TRY(hg_utf_text(arena, (hg_str){.ptr = bytes, .len = n}, &text, err));
    return hg_json_parse(arena, text, HG_JSON_TOLERANT | HG_JSON_LAST_WINS, &hg_json_file, out,
                         err);
}

static void print(struct hg_arena *arena, const char *path, struct hg_json row)
{
    hg_str text;
    hg_json_put(arena, &row, "file", hg_json_z(path));
    if (hg_json_render(arena, &row, &text, NULL) == HG_OK)
        (void)printf("%.*s\n", HG_ARG(text));
}

/* The same bytes for everyone: a corpus run shows the same numbers each time. */
static void fill(void *self, void *out, size_t n)
{
    (void)self;
    memset(out, 7, n);
}

static hg_str play(struct hg_arena *arena, const struct flow_validation *validation)
{
    struct hg_random random = {.fill = fill};
    struct flow_local local = {.definition = validation->definition,
                               .parameters = validation->document.source.parameters,
                               .now = {.us = 1795522800000000},
                               .random = &random};
    struct flow_local_result result;
    struct hg_err err = {0};
    if (flow_run_local(arena, &local, &result, &err) != HG_OK)
        return hg_str_format(arena, "no end: %s", err.detail);
    (void)flow_local_json(arena, &result, validation->definition);
    return flow_status_text(flow_run_look(result.run).status);
}

static enum hg_code judge_flow(struct hg_arena *arena, const char *path, struct hg_err *err)
{
    struct hg_json json;
    struct flow_document *documents;
    size_t n;
    HG_TRY(read_json(arena, path, &json, err));
    HG_TRY(flow_document_find(arena, &json, &documents, &n, err));
    for (size_t i = 0; i < n; i++) {
        struct flow_validation validation;
        HG_TRY(flow_document_validate(arena, &documents[i], &validation, err));
        struct hg_json row = flow_validation_json(arena, &validation);
        if (validation.definition != NULL)
            hg_json_put_str(arena, &row, "run", play(arena, &validation));
        print(arena, path, row);
    }
    return HG_OK;
}

static enum hg_code judge_connector(struct hg_arena *arena, const char *path, struct hg_err *err)
{
    struct hg_json json;
    struct connector_faults faults = {0};
    const struct connector *connector = NULL;
    HG_TRY(read_json(arena, path, &json, err));
    struct connector_document document = {.name = hg_str_of(path), .swagger = &json};
    HG_TRY(connector_read(arena, &document, &faults, &connector, err));
    print(arena, path, connector_validation_json(arena, &document, &faults));
    return HG_OK;
}

int main(int argc, char **argv)
{
    bool connectors = argc > 1 && strcmp(argv[1], "--connector") == 0;
    for (int i = connectors ? 2 : 1; i < argc; i++) {
        HG_CLEANUP(hg_arena_freep)
        struct hg_arena *arena = hg_arena_new("corpus", (size_t)512 << 20);
        struct hg_err err = {0};
        if (arena == NULL)
            return 1;
        enum hg_code code =
            connectors ? judge_connector(arena, argv[i], &err) : judge_flow(arena, argv[i], &err);
        if (code == HG_OK)
            continue;
        struct hg_json row = hg_json_object();
        hg_json_put(arena, &row, "kind", hg_json_z("unreadable"));
        hg_json_put_str(arena, &row, "why", hg_str_dup(arena, hg_str_of(err.detail)));
        print(arena, argv[i], row);
    }
    return 0;
}
