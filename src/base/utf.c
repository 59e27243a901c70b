#include "base/utf.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { REPLACEMENT = 0xfffd, LAST_POINT = 0x10ffff };

static bool is_surrogate(uint32_t point)
{
    return point >= 0xd800 && point <= 0xdfff;
}

size_t hg_utf8_encode(uint32_t point, char out[4])
{
    if (point > LAST_POINT || is_surrogate(point))
        return 0;
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[n] | point);
    return n;
}

/* Length of the well-formed sequence at s[at] and its code point; 0 if bad. */
static size_t decode(hg_str s, size_t at, uint32_t *point)
{
    unsigned char first = (unsigned char)s.ptr[at];
    if (first < 0x80) {
        *point = first;
        return 1;
    }
    size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    if (n == 0 || first > 0xf4 || s.len - at < n)
        return 0;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t value = first & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        unsigned char c = (unsigned char)s.ptr[at + i];
        if ((c & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (c & 0x3f);
    }
    if (value < least[n] || value > LAST_POINT || is_surrogate(value))
        return 0;
    *point = value;
    return n;
}

size_t hg_utf8_first_bad(hg_str text)
{
    uint32_t point;
    for (size_t at = 0; at < text.len;) {
        size_t n = decode(text, at, &point);
        if (n == 0)
            return at;
        at += n;
    }
    return HG_NPOS;
}

bool hg_utf8_valid(hg_str text)
{
    return hg_utf8_first_bad(text) == HG_NPOS;
}

uint32_t hg_utf8_next(hg_str s, size_t *at)
{
    uint32_t point;
    size_t n = decode(s, *at, &point);
    *at += n == 0 ? 1 : n;
    return n == 0 ? REPLACEMENT : point;
}

hg_str hg_utf8_or_latin1(struct hg_arena *arena, hg_str text)
{
    char *out = NULL;
    size_t n = 0;
    if (hg_utf8_valid(text))
        return text;
    out = hg_arena_alloc(arena, 2 * text.len, 1);
    for (size_t i = 0; out != NULL && i < text.len; i++) {
        char bytes[4];
        size_t size = hg_utf8_encode((unsigned char)text.ptr[i], bytes);
        memcpy(out + n, bytes, size);
        n += size;
    }
    return (hg_str){.ptr = out == NULL ? "" : out, .len = n};
}

size_t hg_utf16_length(hg_str utf8)
{
    size_t units = 0;
    for (size_t at = 0; at < utf8.len;)
        units += hg_utf8_next(utf8, &at) >= 0x10000 ? 2 : 1;
    return units;
}

static uint32_t unit_at(hg_str bytes, size_t at, bool big)
{
    unsigned char a = (unsigned char)bytes.ptr[at];
    unsigned char b = (unsigned char)bytes.ptr[at + 1];
    return big ? (uint32_t)a << 8 | b : (uint32_t)b << 8 | a;
}

/* The code point at *at, of one unit or a surrogate pair; *at moves to its last unit. */
static uint32_t utf16_point(hg_str bytes, bool big, size_t *at)
{
    uint32_t point = unit_at(bytes, *at, big);
    if (point < 0xd800 || point > 0xdbff || bytes.len - *at < 4)
        return point;
    uint32_t low = unit_at(bytes, *at + 2, big);
    if (low < 0xdc00 || low > 0xdfff)
        return point;
    *at += 2;
    return 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
}

static enum hg_code from_utf16(struct hg_arena *arena, hg_str bytes, bool big, hg_str *out,
                               struct hg_err *err)
{
    if (bytes.len % 2 != 0)
        return HG_FAIL(err, HG_MALFORMED, "UTF-16 with an odd number of bytes");
    struct hg_buf buf = hg_buf_new(arena, bytes.len * 2);
    for (size_t at = 0; at < bytes.len; at += 2) {
        char utf8[4];
        size_t n = hg_utf8_encode(utf16_point(bytes, big, &at), utf8);
        if (n == 0)
            return HG_FAIL(err, HG_MALFORMED, "unpaired surrogate at byte %zu", at);
        hg_buf_str(&buf, (hg_str){utf8, n});
    }
    return hg_buf_finish(&buf, out, err);
}

enum hg_code hg_utf_text(struct hg_arena *arena, hg_str bytes, hg_str *out, struct hg_err *err)
{
    if (hg_str_starts(bytes, HG_STR("\xff\xfe")))
        return from_utf16(arena, hg_str_from(bytes, 2), false, out, err);
    if (hg_str_starts(bytes, HG_STR("\xfe\xff")))
        return from_utf16(arena, hg_str_from(bytes, 2), true, out, err);
    if (bytes.len >= 2 && bytes.ptr[0] != '\0' && bytes.ptr[1] == '\0')
        return from_utf16(arena, bytes, false, out, err);
    if (bytes.len >= 2 && bytes.ptr[0] == '\0' && bytes.ptr[1] != '\0')
        return from_utf16(arena, bytes, true, out, err);

    hg_str text = hg_str_starts(bytes, HG_STR("\xef\xbb\xbf")) ? hg_str_from(bytes, 3) : bytes;
    size_t bad = hg_utf8_first_bad(text);
    if (bad != HG_NPOS)
        return HG_FAIL(err, HG_MALFORMED, "byte %zu is not UTF-8", bad);
    *out = text;
    return HG_OK;
}
