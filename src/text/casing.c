#include "text/casing.h"

#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unicode/uchar.h> // IWYU pragma: keep
#include <unicode/umachine.h>
#include <unicode/urename.h>

enum {
    CAPITAL_I_WITH_DOT = 0x130,
    SMALL_DOTLESS_I = 0x131,
    SMALL_LONG_S = 0x17f,
};

uint32_t text_upper(uint32_t point)
{
    if (point < 0x80)
        return point >= 'a' && point <= 'z' ? point - 32 : point;
    if (point == SMALL_DOTLESS_I || point == SMALL_LONG_S)
        return point;
    return (uint32_t)u_toupper((UChar32)point);
}

uint32_t text_lower(uint32_t point)
{
    if (point < 0x80)
        return point >= 'A' && point <= 'Z' ? point + 32 : point;
    if (point == CAPITAL_I_WITH_DOT)
        return point;
    return (uint32_t)u_tolower((UChar32)point);
}

static enum hg_code convert(struct hg_arena *arena, hg_str text, uint32_t (*map)(uint32_t),
                            hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, text.len * 3 + 4); /* U+FFFD is three bytes for one */
    for (size_t at = 0; at < text.len;) {
        char utf8[4];
        size_t n = hg_utf8_encode(map(hg_utf8_next(text, &at)), utf8);
        hg_buf_str(&buf, (hg_str){utf8, n});
    }
    return hg_buf_finish(&buf, out, err);
}

enum hg_code text_to_upper(struct hg_arena *arena, hg_str text, hg_str *out, struct hg_err *err)
{
    return convert(arena, text, text_upper, out, err);
}

enum hg_code text_to_lower(struct hg_arena *arena, hg_str text, hg_str *out, struct hg_err *err)
{
    return convert(arena, text, text_lower, out, err);
}

/* Compares up to the end of the shorter; *at_a says how far `a` was read. */
static int compare(hg_str a, hg_str b, size_t *at_a, size_t *at_b)
{
    while (*at_a < a.len && *at_b < b.len) {
        uint32_t x = text_upper(hg_utf8_next(a, at_a));
        uint32_t y = text_upper(hg_utf8_next(b, at_b));
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

int text_cmp_nocase(hg_str a, hg_str b)
{
    size_t at_a = 0;
    size_t at_b = 0;
    int order = compare(a, b, &at_a, &at_b);
    if (order != 0)
        return order;
    return (at_a < a.len) - (at_b < b.len);
}

bool text_eq_nocase(hg_str a, hg_str b)
{
    return hg_str_eq(a, b) || text_cmp_nocase(a, b) == 0;
}

bool text_starts_nocase(hg_str text, hg_str prefix)
{
    size_t at = 0;
    size_t at_prefix = 0;
    return compare(text, prefix, &at, &at_prefix) == 0 && at_prefix == prefix.len;
}

bool text_is_white(uint32_t point)
{
    if (point < 0x80)
        return point == ' ' || (point >= '\t' && point <= '\r');
    return u_isUWhiteSpace((UChar32)point) != 0;
}

static hg_str trim_start(hg_str text)
{
    size_t at = 0;
    while (at < text.len) {
        size_t next = at;
        if (!text_is_white(hg_utf8_next(text, &next)))
            break;
        at = next;
    }
    return hg_str_from(text, at);
}

static hg_str trim_end(hg_str text)
{
    size_t end = text.len;
    while (end > 0) {
        size_t start = end - 1;
        while (start > 0 && ((unsigned char)text.ptr[start] & 0xc0) == 0x80)
            start--;
        size_t at = start;
        uint32_t point = hg_utf8_next(hg_str_sub(text, 0, end), &at);
        if (at != end || !text_is_white(point))
            break;
        end = start;
    }
    return hg_str_sub(text, 0, end);
}

hg_str text_trim(hg_str text)
{
    return trim_end(trim_start(text));
}
