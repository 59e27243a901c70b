#include "base/buf.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

struct hg_buf hg_buf_new(struct hg_arena *arena, size_t max)
{
    return (struct hg_buf){.arena = arena, .max = max};
}

/* Makes room for `more` bytes and a NUL. */
static bool reserve(struct hg_buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more > buf->max || buf->len > buf->max - more) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->len + more + 1;
    if (need <= buf->room)
        return true;
    size_t room = buf->room == 0 ? FIRST_ROOM : buf->room * 2;
    if (room < need)
        room = need;
    char *bigger = hg_arena_alloc(buf->arena, room, 1);
    if (bigger == NULL) {
        buf->failed = true;
        return false;
    }
    if (buf->len > 0)
        memcpy(bigger, buf->ptr, buf->len);
    buf->ptr = bigger;
    buf->room = room;
    return true;
}

void hg_buf_str(struct hg_buf *buf, hg_str s)
{
    if (s.len == 0 || !reserve(buf, s.len))
        return;
    memcpy(buf->ptr + buf->len, s.ptr, s.len);
    buf->len += s.len;
    buf->ptr[buf->len] = '\0';
}

void hg_buf_z(struct hg_buf *buf, const char *z)
{
    hg_buf_str(buf, hg_str_of(z));
}

void hg_buf_byte(struct hg_buf *buf, char byte)
{
    hg_buf_str(buf, (hg_str){.ptr = &byte, .len = 1});
}

void hg_buf_i64(struct hg_buf *buf, int64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%lld", (long long)n);
    hg_buf_str(buf, (hg_str){.ptr = digits, .len = (size_t)len});
}

void hg_buf_format(struct hg_buf *buf, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        buf->failed = true;
    } else if (reserve(buf, (size_t)n)) {
        (void)vsnprintf(buf->ptr + buf->len, (size_t)n + 1, format, again);
        buf->len += (size_t)n;
    }
    va_end(again);
}

static hg_str json_escape(unsigned char c, char out[7])
{
    static const char letters[] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
                                   ['\t'] = 't', ['"'] = '"',  ['\\'] = '\\'};
    if (c < sizeof(letters) && letters[c] != 0) {
        out[0] = '\\';
        out[1] = letters[c];
        return (hg_str){out, 2};
    }
    (void)snprintf(out, 7, "\\u%04x", c);
    return (hg_str){out, 6};
}

/* Where the first byte from `at` on is that must be escaped, or the end. */
static size_t json_plain(hg_str s, size_t at)
{
    for (; at < s.len; at++) {
        unsigned char c = (unsigned char)s.ptr[at];
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f)
            return at;
    }
    return at;
}

void hg_buf_json(struct hg_buf *buf, hg_str s)
{
    size_t plain = json_plain(s, 0);
    if (plain == s.len && reserve(buf, s.len + 2)) { /* nearly every text */
        char *out = buf->ptr + buf->len;
        out[0] = '"';
        if (s.len > 0)
            memcpy(out + 1, s.ptr, s.len);
        out[s.len + 1] = '"';
        out[s.len + 2] = '\0';
        buf->len += s.len + 2;
        return;
    }
    hg_buf_byte(buf, '"');
    for (size_t start = 0; start <= s.len; start = plain + 1) {
        char escape[7];
        plain = json_plain(s, start);
        hg_buf_str(buf, hg_str_sub(s, start, plain - start));
        if (plain < s.len)
            hg_buf_str(buf, json_escape((unsigned char)s.ptr[plain], escape));
    }
    hg_buf_byte(buf, '"');
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void hg_buf_html(struct hg_buf *buf, hg_str s)
{
    size_t start = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *entity = html_entity(s.ptr[i]);
        if (entity == NULL)
            continue;
        hg_buf_str(buf, hg_str_sub(s, start, i - start));
        hg_buf_z(buf, entity);
        start = i + 1;
    }
    hg_buf_str(buf, hg_str_from(s, start));
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void hg_buf_percent(struct hg_buf *buf, hg_str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (is_unreserved(c)) {
            hg_buf_byte(buf, (char)c);
        } else {
            char escape[3] = {'%', hex[c >> 4], hex[c & 15]};
            hg_buf_str(buf, (hg_str){escape, 3});
        }
    }
}

enum hg_code hg_buf_finish(struct hg_buf *buf, hg_str *out, struct hg_err *err)
{
    if (buf->failed && hg_arena_exhausted(buf->arena))
        return HG_FAIL(err, HG_NO_MEMORY, "text of %zu bytes", buf->len);
    if (buf->failed)
        return HG_FAIL(err, HG_TOO_BIG, "text of more than %zu bytes", buf->max);
    *out = hg_buf_view(buf);
    return HG_OK;
}

hg_str hg_buf_view(const struct hg_buf *buf)
{
    if (buf->failed || buf->ptr == NULL)
        return (hg_str){.ptr = "", .len = 0};
    return (hg_str){.ptr = buf->ptr, .len = buf->len};
}
