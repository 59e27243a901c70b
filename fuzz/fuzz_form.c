/* Forms and queries: what is decoded is UTF-8 without NUL, and encodes back. */

#include "base/base.h"
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct hg_arena *arena, hg_str decoded)
{
    HG_ASSERT(hg_utf8_valid(decoded) && hg_str_find_byte(decoded, '\0') == HG_NPOS);
    struct hg_buf buf = hg_buf_new(arena, 1 << 20);
    hg_str again;
    hg_buf_percent(&buf, decoded);
    HG_ASSERT(http_percent_decode(arena, hg_buf_view(&buf), true, &again, NULL) == HG_OK);
    HG_ASSERT(hg_str_eq(decoded, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    struct http_form form;
    if (arena == NULL ||
        http_form_parse(arena, (hg_str){(const char *)data, size}, &form, NULL) != HG_OK)
        return 0;
    for (size_t i = 0; i < form.n; i++) {
        check(arena, form.items[i].name);
        check(arena, form.items[i].value);
    }
    return 0;
}
