#include "base/base.h"
#include "policy/document.h"

#include <stdio.h>

/* Judges each file named on the command line and prints its rows as NDJSON, in the
 * shape of `headgate policy validate -o ndjson`. A file that is no text or no JSON
 * gives one row of kind "unknown" with the place of the fault. */

static enum hg_code read_file(struct hg_arena *arena, const char *path, hg_str *out,
                              struct hg_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return HG_FAIL(err, HG_IO, "cannot be opened");
    char *bytes = hg_arena_alloc(arena, HG_MAX_FILE / 16, 1);
    size_t n = bytes == NULL ? 0 : fread(bytes, 1, HG_MAX_FILE / 16, file);
    if (fclose(file) != 0 || bytes == NULL)
        return HG_FAIL(err, HG_IO, "cannot be read");
    *out = (hg_str){.ptr = bytes, .len = n};
    return HG_OK;
}

static enum hg_code judge(struct hg_arena *arena, const char *path,
                          const struct policy_document_row **rows, size_t *n, struct hg_err *err)
{
    hg_str bytes;
    hg_str text;
    struct hg_json document;
    HG_TRY(read_file(arena, path, &bytes, err));
    HG_TRY(hg_utf_text(arena, bytes, &text, err));
    HG_TRY(hg_json_parse(arena, text, HG_JSON_TOLERANT | HG_JSON_LAST_WINS, &hg_json_file,
                         &document, err));
    return policy_document_validate(arena, &document, rows, n, err);
}

static void print(struct hg_arena *arena, const char *path, const struct policy_document_row *row)
{
    struct hg_json line = policy_document_row_json(arena, hg_str_of(path), row);
    hg_str text;
    if (hg_json_render(arena, &line, &text, NULL) == HG_OK)
        (void)printf("%.*s\n", HG_ARG(text));
}

static void answer(struct hg_arena *arena, const char *path)
{
    const struct policy_document_row *rows;
    size_t n;
    struct hg_err err;
    if (judge(arena, path, &rows, &n, &err) == HG_OK) {
        for (size_t i = 0; i < n; i++)
            print(arena, path, &rows[i]);
        return;
    }
    const struct policy_fault fault = {.code = HG_STR("file"), .message = hg_str_of(err.detail)};
    const struct policy_document_row row = {.kind = "unknown", .faults = {&fault, 1}};
    print(arena, path, &row);
}

int main(int argc, char **argv)
{
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("corpus", (size_t)256 << 20);
    if (arena == NULL)
        return 1;
    for (int i = 1; i < argc; i++) {
        answer(arena, argv[i]);
        hg_arena_reset(arena);
    }
    return 0;
}
