#pragma once

#include "base/defs.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A borrowed, read-only run of bytes. It owns nothing, is passed by value, and
 * is not NUL-terminated. It is valid for as long as whatever it points into:
 * the request buffer, an arena, or a literal.
 *
 * The empty string is {.len = 0}; its `ptr` may be NULL. "Absent" is a separate
 * fact and is spelled with a bool next to the field, never with ptr == NULL. */
typedef struct hg_str {
    const char *ptr;
    size_t len;
} hg_str;

struct hg_arena;

#define HG_LIT(literal) {.ptr = "" literal, .len = sizeof(literal) - 1} /* in initializers */
#define HG_STR(literal) ((hg_str)HG_LIT(literal))                       /* in expressions */
#define HG_ARG(s) (int)(s).len, (s).ptr /* for the printf "%.*s" pair */

static inline hg_str hg_str_of(const char *z) /* z is NUL-terminated; NULL gives "" */
{
    return (hg_str){.ptr = z, .len = z == NULL ? 0 : strlen(z)};
}

static inline bool hg_str_eq(hg_str a, hg_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Compares without an early exit, so that the time taken depends on the lengths
 * alone. Use it for every secret: codes, tokens, MACs, password hashes. */
bool hg_str_eq_secret(hg_str a, hg_str b);

bool hg_str_eq_nocase(hg_str a, hg_str b);   /* ASCII letters only */
int hg_str_cmp(hg_str a, hg_str b);          /* bytewise, shorter first; <0, 0, >0 */
int hg_str_cmp_nocase(hg_str a, hg_str b);   /* the same with ASCII letters folded */
bool hg_str_starts(hg_str s, hg_str prefix); /* starts with */
bool hg_str_ends(hg_str s, hg_str suffix);
bool hg_str_starts_nocase(hg_str s, hg_str prefix);

#define HG_NPOS ((size_t)-1)
size_t hg_str_find(hg_str s, hg_str needle);       /* offset of the first, or HG_NPOS */
size_t hg_str_find_byte(hg_str s, char byte);      /* offset of the first, or HG_NPOS */
size_t hg_str_find_last_byte(hg_str s, char byte); /* offset of the last, or HG_NPOS */

/* The part [from, from+len) clipped to s. */
hg_str hg_str_sub(hg_str s, size_t from, size_t len);
static inline hg_str hg_str_from(hg_str s, size_t from)
{
    return hg_str_sub(s, from, s.len);
}
hg_str hg_str_trim(hg_str s); /* blanks, tabs, CR, LF at both ends */

/* Splits at the first `separator`: *head is what stands before it, *rest what
 * follows. Without one, *head is s, *rest is empty and the answer is false. */
bool hg_str_cut(hg_str s, char separator, hg_str *head, hg_str *rest);

/* Iterates over fields: while (hg_str_field(&rest, ' ', &field)). Empty fields
 * are skipped. */
bool hg_str_field(hg_str *rest, char separator, hg_str *field);
/* Whether one of the blank-separated words is `word`. */
bool hg_str_has_word(hg_str words, hg_str word);
bool hg_str_has_word_nocase(hg_str words, hg_str word); /* ASCII case ignored */

/* Copies live in `arena`. When it is exhausted the result is empty and
 * hg_arena_exhausted() says so: check once at the end, as with hg_buf. */
hg_str hg_str_dup(struct hg_arena *arena, hg_str s);
const char *hg_str_z(struct hg_arena *arena, hg_str s); /* NUL-terminated; never NULL */
hg_str hg_str_lower(struct hg_arena *arena, hg_str s);  /* ASCII letters */
hg_str hg_str_format(struct hg_arena *arena, const char *format, ...) HG_PRINTF(2, 3);
