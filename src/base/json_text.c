#include "base/arena.h"
#include "base/err.h"
#include "base/json_private.h"
#include "base/str.h"
#include "base/utf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Eight bytes at a time: the same byte in each of them. */
static const uint64_t every = UINT64_C(0x0101010101010101);
static const uint64_t high_bits = UINT64_C(0x8080808080808080);

static uint64_t zero_bytes(uint64_t word)
{
    return (word - every) & ~word;
}

/* The answer's high bits tell whether any byte is a quote, a backslash or a
 * control character. */
static uint64_t special_bytes(uint64_t word)
{
    return zero_bytes(word ^ every * '"') | zero_bytes(word ^ every * '\\') |
           ((word - every * 0x20) & ~word);
}

static bool is_special(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

/* Length of what needs no second look; *non_ascii gathers over calls. */
static size_t plain_run(hg_str s, bool *non_ascii)
{
    size_t i = 0;
    uint64_t seen = 0;
    for (uint64_t word; s.len - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, s.ptr + i, sizeof(word));
        if ((special_bytes(word) & high_bits) != 0)
            break;
        seen |= word;
    }
    for (; i < s.len && !is_special((unsigned char)s.ptr[i]); i++)
        seen |= (unsigned char)s.ptr[i];
    *non_ascii |= (seen & high_bits) != 0;
    return i;
}

struct raw_text {
    hg_str raw; /* between the quotes */
    bool escaped;
    bool non_ascii;
};

static enum hg_code find_end(struct hg_json_parser *p, struct raw_text *out)
{
    size_t start = ++p->at;
    *out = (struct raw_text){0};
    for (;;) {
        p->at += plain_run(hg_str_from(p->text, p->at), &out->non_ascii);
        if (p->at >= p->text.len)
            return hg_json_fail_at(p, start - 1, HG_MALFORMED, "the string has no end");
        char c = p->text.ptr[p->at];
        if (c == '"')
            break;
        if (c != '\\')
            return hg_json_fail_at(p, p->at, HG_MALFORMED,
                                   "a control character in a string must be escaped");
        out->escaped = true;
        p->at += 2;
    }
    out->raw = hg_str_sub(p->text, start, p->at - start);
    p->at++;
    return HG_OK;
}

static bool hex4(hg_str s, uint32_t *out)
{
    if (s.len < 4)
        return false;
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = s.ptr[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        value = value << 4 | digit;
    }
    *out = value;
    return true;
}

/* `s` starts behind "\u". Returns the characters used, 0 for what is no
 * character: bad digits or half a surrogate pair. */
static size_t unicode_escape(hg_str s, uint32_t *point)
{
    uint32_t low;
    if (!hex4(s, point))
        return 0;
    if (*point < 0xd800 || *point > 0xdfff)
        return 4;
    if (*point > 0xdbff || !hg_str_starts(hg_str_from(s, 4), HG_STR("\\u")) ||
        !hex4(hg_str_from(s, 6), &low) || low < 0xdc00 || low > 0xdfff)
        return 0;
    *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
    return 10;
}

static char short_escape(char c)
{
    static const char meant[128] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    return (unsigned char)c < sizeof(meant) ? meant[(unsigned char)c] : '\0';
}

/* `s` starts at a backslash, which something follows. Returns the characters
 * used, 0 when the escape is bad, and adds what it means to `to`. */
static size_t unescape_one(hg_str s, char *to, size_t *n_to)
{
    char c = s.ptr[1];
    if (c != 'u') {
        to[(*n_to)++] = short_escape(c);
        return short_escape(c) == '\0' ? 0 : 2;
    }
    uint32_t point;
    size_t used = unicode_escape(hg_str_from(s, 2), &point);
    if (used == 0)
        return 0;
    char utf8[4];
    size_t n = hg_utf8_encode(point, utf8);
    memcpy(to + *n_to, utf8, n); /* always shorter than the escape */
    *n_to += n;
    return used + 2;
}

static enum hg_code unescape(struct hg_json_parser *p, hg_str raw, hg_str *out)
{
    char *text = hg_arena_alloc(p->arena, raw.len + 1, 1);
    if (text == NULL)
        return HG_FAIL(p->err, HG_NO_MEMORY, "a string of %zu bytes", raw.len);
    size_t n = 0;
    for (size_t at = 0; at < raw.len;) {
        hg_str rest = hg_str_from(raw, at);
        size_t escape = hg_str_find_byte(rest, '\\');
        size_t run = escape == HG_NPOS ? rest.len : escape;
        memcpy(text + n, rest.ptr, run);
        n += run;
        at += run;
        if (escape == HG_NPOS)
            break;
        size_t used = unescape_one(hg_str_from(raw, at), text, &n);
        if (used == 0)
            return hg_json_fail_at(p, (size_t)(raw.ptr - p->text.ptr) + at, HG_MALFORMED,
                                   raw.ptr[at + 1] == 'u' ? "\\u names no character"
                                                          : "unknown escape in a string");
        at += used;
    }
    *out = (hg_str){text, n};
    return HG_OK;
}

enum hg_code hg_json_parse_text(struct hg_json_parser *p, hg_str *out)
{
    struct raw_text found;
    HG_TRY(find_end(p, &found));
    size_t bad = found.non_ascii ? hg_utf8_first_bad(found.raw) : HG_NPOS;
    if (bad != HG_NPOS)
        return hg_json_fail_at(p, (size_t)(found.raw.ptr - p->text.ptr) + bad, HG_MALFORMED,
                               "a string that is not UTF-8");
    if (found.escaped)
        return unescape(p, found.raw, out);
    *out = found.raw;
    return HG_OK;
}
