#include "base/str.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

bool hg_str_eq_secret(hg_str a, hg_str b)
{
    if (a.len != b.len)
        return false;

    volatile unsigned char diff = 0;
    for (size_t i = 0; i < a.len; i++)
        diff = (unsigned char)(diff | ((unsigned char)a.ptr[i] ^ (unsigned char)b.ptr[i]));
    return diff == 0;
}

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static int compare_folded(hg_str a, hg_str b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int diff = (int)fold(a.ptr[i]) - (int)fold(b.ptr[i]);
        if (diff != 0)
            return diff;
    }
    return 0;
}

bool hg_str_eq_nocase(hg_str a, hg_str b)
{
    return a.len == b.len && compare_folded(a, b, a.len) == 0;
}

static int by_length(hg_str a, hg_str b)
{
    return (a.len > b.len) - (a.len < b.len);
}

int hg_str_cmp(hg_str a, hg_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int diff = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);
    return diff != 0 ? diff : by_length(a, b);
}

int hg_str_cmp_nocase(hg_str a, hg_str b)
{
    int diff = compare_folded(a, b, a.len < b.len ? a.len : b.len);
    return diff != 0 ? diff : by_length(a, b);
}

bool hg_str_starts(hg_str s, hg_str prefix)
{
    return s.len >= prefix.len && hg_str_eq((hg_str){s.ptr, prefix.len}, prefix);
}

bool hg_str_ends(hg_str s, hg_str suffix)
{
    return s.len >= suffix.len && hg_str_eq(hg_str_from(s, s.len - suffix.len), suffix);
}

bool hg_str_starts_nocase(hg_str s, hg_str prefix)
{
    return s.len >= prefix.len && compare_folded(s, prefix, prefix.len) == 0;
}

size_t hg_str_find(hg_str s, hg_str needle)
{
    if (needle.len == 0)
        return 0;
    if (s.len < needle.len)
        return HG_NPOS;
    const char *hit = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return hit == NULL ? HG_NPOS : (size_t)(hit - s.ptr);
}

size_t hg_str_find_byte(hg_str s, char byte)
{
    const char *hit = s.len == 0 ? NULL : memchr(s.ptr, byte, s.len);
    return hit == NULL ? HG_NPOS : (size_t)(hit - s.ptr);
}

size_t hg_str_find_last_byte(hg_str s, char byte)
{
    const char *hit = s.len == 0 ? NULL : memrchr(s.ptr, byte, s.len);
    return hit == NULL ? HG_NPOS : (size_t)(hit - s.ptr);
}

hg_str hg_str_sub(hg_str s, size_t from, size_t len)
{
    if (from >= s.len)
        return (hg_str){.ptr = s.ptr == NULL ? NULL : s.ptr + s.len, .len = 0};
    size_t left = s.len - from;
    return (hg_str){.ptr = s.ptr + from, .len = len < left ? len : left};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

hg_str hg_str_trim(hg_str s)
{
    while (s.len > 0 && is_blank(s.ptr[0]))
        s = hg_str_from(s, 1);
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool hg_str_cut(hg_str s, char separator, hg_str *head, hg_str *rest)
{
    size_t at = hg_str_find_byte(s, separator);
    if (at == HG_NPOS) {
        *head = s;
        *rest = hg_str_from(s, s.len);
        return false;
    }
    *head = hg_str_sub(s, 0, at);
    *rest = hg_str_from(s, at + 1);
    return true;
}

bool hg_str_field(hg_str *rest, char separator, hg_str *field)
{
    while (rest->len > 0) {
        (void)hg_str_cut(*rest, separator, field, rest);
        if (field->len > 0)
            return true;
    }
    return false;
}

bool hg_str_has_word(hg_str words, hg_str word)
{
    hg_str field;
    while (hg_str_field(&words, ' ', &field))
        if (hg_str_eq(field, word))
            return true;
    return false;
}

bool hg_str_has_word_nocase(hg_str words, hg_str word)
{
    hg_str field;
    while (hg_str_field(&words, ' ', &field))
        if (hg_str_eq_nocase(field, word))
            return true;
    return false;
}

const char *hg_str_z(struct hg_arena *arena, hg_str s)
{
    char *copy = hg_arena_alloc(arena, s.len + 1, 1);
    if (copy == NULL)
        return "";
    if (s.len > 0)
        memcpy(copy, s.ptr, s.len);
    return copy; /* arena memory is zeroed, so the NUL is there */
}

hg_str hg_str_dup(struct hg_arena *arena, hg_str s)
{
    const char *copy = hg_str_z(arena, s);
    return (hg_str){.ptr = copy, .len = hg_arena_exhausted(arena) ? 0 : s.len};
}

hg_str hg_str_lower(struct hg_arena *arena, hg_str s)
{
    char *copy = hg_arena_alloc(arena, s.len + 1, 1);
    if (copy == NULL)
        return (hg_str){.ptr = "", .len = 0};
    for (size_t i = 0; i < s.len; i++)
        copy[i] = (char)fold(s.ptr[i]);
    return (hg_str){.ptr = copy, .len = s.len};
}

hg_str hg_str_format(struct hg_arena *arena, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);

    char *text = n < 0 ? NULL : hg_arena_alloc(arena, (size_t)n + 1, 1);
    if (text != NULL)
        (void)vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text == NULL ? (hg_str){.ptr = "", .len = 0} : (hg_str){.ptr = text, .len = (size_t)n};
}
