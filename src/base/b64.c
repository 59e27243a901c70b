#include "base/b64.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char hex_alphabet[] = "0123456789abcdef";

/* `bits` per character; output padded with '=' to a multiple of `group`. */
static hg_str encode(struct hg_arena *arena, hg_str bytes, const char *alphabet, unsigned bits,
                     size_t group)
{
    size_t n = (bytes.len * 8 + bits - 1) / bits;
    size_t padded = (n + group - 1) / group * group;
    char *text = hg_arena_alloc(arena, padded + 1, 1);
    if (text == NULL)
        return (hg_str){.ptr = "", .len = 0};

    uint32_t window = 0;
    unsigned held = 0;
    size_t out = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        window = (window << 8 | (unsigned char)bytes.ptr[i]) & 0xffffff;
        held += 8;
        for (; held >= bits; held -= bits)
            text[out++] = alphabet[window >> (held - bits) & ((1u << bits) - 1)];
    }
    if (held > 0)
        text[out++] = alphabet[window << (bits - held) & ((1u << bits) - 1)];
    while (out < padded)
        text[out++] = '=';
    return (hg_str){.ptr = text, .len = padded};
}

hg_str hg_b64_encode(struct hg_arena *arena, hg_str bytes)
{
    return encode(arena, bytes, base64_alphabet, 6, 4);
}

size_t hg_b64url_write(char *out, hg_str bytes)
{
    const unsigned char *in = (const unsigned char *)bytes.ptr;
    size_t n = 0;
    size_t i = 0;
    for (; i + 3 <= bytes.len; i += 3, n += 4) {
        uint32_t window = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
        out[n] = url_alphabet[window >> 18];
        out[n + 1] = url_alphabet[window >> 12 & 63];
        out[n + 2] = url_alphabet[window >> 6 & 63];
        out[n + 3] = url_alphabet[window & 63];
    }
    size_t left = bytes.len - i;
    if (left == 0)
        return n;
    uint32_t window = (uint32_t)in[i] << 16 | (left == 2 ? (uint32_t)in[i + 1] << 8 : 0);
    for (size_t k = 0; k <= left; k++)
        out[n++] = url_alphabet[window >> (18 - 6 * k) & 63];
    return n;
}

hg_str hg_b64url_encode(struct hg_arena *arena, hg_str bytes)
{
    char *text = hg_arena_alloc(arena, hg_b64url_len(bytes.len) + 1, 1);
    if (text == NULL)
        return (hg_str){.ptr = "", .len = 0};
    return (hg_str){.ptr = text, .len = hg_b64url_write(text, bytes)};
}

hg_str hg_b32_encode(struct hg_arena *arena, hg_str bytes)
{
    return encode(arena, bytes, base32_alphabet, 5, 1);
}

hg_str hg_hex_encode(struct hg_arena *arena, hg_str bytes)
{
    return encode(arena, bytes, hex_alphabet, 4, 1);
}

static enum hg_code decode(struct hg_arena *arena, hg_str text, const char *alphabet, unsigned bits,
                           hg_str *out, struct hg_err *err)
{
    char *bytes = hg_arena_alloc(arena, text.len * bits / 8 + 1, 1);
    if (bytes == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu characters", text.len);

    uint32_t window = 0;
    unsigned held = 0;
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *at = text.ptr[i] == '\0' ? NULL : strchr(alphabet, text.ptr[i]);
        if (at == NULL)
            return HG_FAIL(err, HG_MALFORMED, "character %zu is not in the alphabet", i);
        window = (window << bits | (uint32_t)(at - alphabet)) & 0xffffff;
        held += bits;
        if (held >= 8) {
            held -= 8;
            bytes[n++] = (char)(window >> held & 0xff);
        }
    }
    if (held >= bits || (window & ((1u << held) - 1)) != 0)
        return HG_FAIL(err, HG_MALFORMED, "the last character is cut");
    *out = (hg_str){.ptr = bytes, .len = n};
    return HG_OK;
}

static hg_str without_padding(hg_str text)
{
    while (text.len > 0 && text.ptr[text.len - 1] == '=')
        text.len--;
    return text;
}

enum hg_code hg_b64_decode(struct hg_arena *arena, hg_str text, hg_str *out, struct hg_err *err)
{
    hg_str bare = without_padding(text);
    if (text.len % 4 != 0 || text.len - bare.len > 2)
        return HG_FAIL(err, HG_MALFORMED, "base64 of %zu characters", text.len);
    return decode(arena, bare, base64_alphabet, 6, out, err);
}

enum hg_code hg_b64url_decode(struct hg_arena *arena, hg_str text, hg_str *out, struct hg_err *err)
{
    hg_str bare = without_padding(text);
    size_t padding = text.len - bare.len;
    if (padding > 2 || (padding > 0 && text.len % 4 != 0))
        return HG_FAIL(err, HG_MALFORMED, "base64url with %zu signs of padding", padding);
    return decode(arena, bare, url_alphabet, 6, out, err);
}

enum hg_code hg_b32_decode(struct hg_arena *arena, hg_str text, hg_str *out, struct hg_err *err)
{
    char *upper = hg_arena_alloc(arena, text.len + 1, 1);
    if (upper == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu characters", text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ')
            continue;
        upper[n++] = (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
    }
    return decode(arena, without_padding((hg_str){upper, n}), base32_alphabet, 5, out, err);
}

enum hg_code hg_hex_decode(struct hg_arena *arena, hg_str text, hg_str *out, struct hg_err *err)
{
    if (text.len % 2 != 0)
        return HG_FAIL(err, HG_MALFORMED, "an odd number of hexadecimal digits");
    return decode(arena, hg_str_lower(arena, text), hex_alphabet, 4, out, err);
}
