/* base64, base64url, base32, hexadecimal, and a file's text: what is decoded encodes to the one
 * form that stands for it. */

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    enum hg_code (*decode)(struct hg_arena *arena, hg_str text, hg_str *out, struct hg_err *err);
    hg_str (*encode)(struct hg_arena *arena, hg_str bytes);
} codings[] = {
    {hg_b64_decode, hg_b64_encode},
    {hg_b64url_decode, hg_b64url_encode},
    {hg_b32_decode, hg_b32_encode},
    {hg_hex_decode, hg_hex_encode},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 16 << 20);
    hg_str text = {(const char *)data, size};
    hg_str bytes;
    hg_str again;
    if (arena == NULL)
        return 0;
    for (size_t i = 0; i < HG_COUNT(codings); i++) {
        HG_ASSERT(codings[i].decode(arena, codings[i].encode(arena, text), &again, NULL) == HG_OK);
        HG_ASSERT(hg_str_eq(again, text));
        if (codings[i].decode(arena, text, &bytes, NULL) != HG_OK)
            continue;
        HG_ASSERT(codings[i].decode(arena, codings[i].encode(arena, bytes), &again, NULL) == HG_OK);
        HG_ASSERT(hg_str_eq(again, bytes));
    }
    /* A signature has one text but for its padding: none with other bits at its end. */
    if (hg_b64url_decode(arena, text, &bytes, NULL) == HG_OK)
        HG_ASSERT(hg_str_starts(text, hg_b64url_encode(arena, bytes)) && text.len % 4 != 1);
    if (hg_utf_text(arena, text, &bytes, NULL) == HG_OK)
        HG_ASSERT(hg_utf8_valid(bytes));
    return 0;
}
