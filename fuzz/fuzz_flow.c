/* A file with flow definitions: found, checked, and what is accepted played to its
 * end against empty answers. */

#include "base/base.h"
#include "flow/definition.h"
#include "flow/run_local.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fill(void *self, void *out, size_t n)
{
    uint64_t *state = self;
    unsigned char *bytes = out;
    for (size_t i = 0; i < n; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (unsigned char)(*state >> 56);
    }
}

static void play(struct hg_arena *arena, const struct flow_document *document)
{
    uint64_t state = 1;
    struct hg_random random = {.fill = fill, .self = &state};
    struct flow_validation validation;
    struct flow_local_result result;
    if (flow_document_validate(arena, document, &validation, NULL) != HG_OK)
        return;
    HG_ASSERT((validation.definition != NULL) == (validation.findings.n_errors == 0));
    (void)flow_validation_json(arena, &validation);
    struct flow_local local = {.definition = validation.definition,
                               .parameters = document->source.parameters,
                               .now = {1795522800000000},
                               .random = &random};
    if (local.definition == NULL || flow_run_local(arena, &local, &result, NULL) != HG_OK)
        return;
    HG_ASSERT(flow_status_is_final(flow_run_look(result.run).status));
    (void)flow_local_json(arena, &result, local.definition);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    hg_str text = {(const char *)data, size};
    struct hg_json json;
    struct flow_document *documents;
    size_t n;
    if (arena == NULL ||
        hg_json_parse(arena, text, HG_JSON_LAST_WINS, &hg_json_file, &json, NULL) != HG_OK ||
        flow_document_find(arena, &json, &documents, &n, NULL) != HG_OK)
        return 0;
    (void)flow_definition_summary(arena, documents[0].source.definition);
    for (size_t i = 0; i < n && i < 4; i++)
        play(arena, &documents[i]);
    return 0;
}
