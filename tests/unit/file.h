#pragma once

#include "base/base.h"
#include "unit/test.h"

#include <stdio.h>

/* A whole file of the source tree, by its path from the tree's root; the build
 * passes the root as HG_TEST_ROOT. A test whose file is missing fails. */
static inline hg_str test_file(struct hg_arena *arena, const char *path)
{
    hg_str full = hg_str_format(arena, "%s/%s", HG_TEST_ROOT, path);
    FILE *file = fopen(hg_str_z(arena, full), "rb");
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_FILE);
    if (file == NULL) {
        fail_msg("%.*s cannot be opened", HG_ARG(full));
        return HG_STR("");
    }
    char block[4096];
    size_t n = sizeof(block);
    while (n == sizeof(block)) {
        n = fread(block, 1, sizeof(block), file);
        hg_buf_str(&buf, (hg_str){.ptr = block, .len = n});
    }
    (void)fclose(file);
    hg_str text = {0};
    assert_int_equal(hg_buf_finish(&buf, &text, NULL), HG_OK);
    return text;
}

/* JSON text that must parse. */
static inline const struct hg_json *test_json(struct hg_arena *arena, hg_str text)
{
    struct hg_json *value = HG_NEW(arena, struct hg_json);
    struct hg_err err = {0};
    assert_non_null(value);
    if (hg_json_parse(arena, text, HG_JSON_LAST_WINS, &hg_json_file, value, &err) != HG_OK)
        fail_msg("JSON of a test does not parse: %s", err.detail);
    return value;
}
