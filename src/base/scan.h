#pragma once

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A cursor over text. Each function either takes what it names and advances, or
 * answers false and leaves the cursor where it was. Numbers from outside are
 * parsed nowhere else, so each has its maximum. */
struct hg_scan {
    hg_str text;
    size_t at;
};

static inline struct hg_scan hg_scan_of(hg_str text)
{
    return (struct hg_scan){.text = text, .at = 0};
}

static inline bool hg_scan_done(const struct hg_scan *scan)
{
    return scan->at >= scan->text.len;
}

static inline hg_str hg_scan_rest(const struct hg_scan *scan)
{
    return hg_str_from(scan->text, scan->at);
}

static inline char hg_scan_peek(const struct hg_scan *scan) /* '\0' at the end */
{
    return hg_scan_done(scan) ? '\0' : scan->text.ptr[scan->at];
}

bool hg_scan_byte(struct hg_scan *scan, char byte);
bool hg_scan_lit(struct hg_scan *scan, const char *literal);
bool hg_scan_lit_nocase(struct hg_scan *scan, const char *literal);
void hg_scan_blanks(struct hg_scan *scan); /* blank, tab, CR, LF */

/* Decimal digits only, at least one, value at most `max`. */
bool hg_scan_u64(struct hg_scan *scan, uint64_t max, uint64_t *out);
/* Exactly n digits: for dates and times. */
bool hg_scan_digits(struct hg_scan *scan, size_t n, unsigned *out);

/* A whole text as one number; false for anything else in it. */
bool hg_str_u64(hg_str text, uint64_t max, uint64_t *out);
bool hg_str_i64(hg_str text, int64_t *out); /* optional sign, full range */
