#include "base/scan.h"

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool hg_scan_byte(struct hg_scan *scan, char byte)
{
    if (hg_scan_done(scan) || scan->text.ptr[scan->at] != byte)
        return false;
    scan->at++;
    return true;
}

bool hg_scan_lit(struct hg_scan *scan, const char *literal)
{
    hg_str wanted = hg_str_of(literal);
    if (!hg_str_starts(hg_scan_rest(scan), wanted))
        return false;
    scan->at += wanted.len;
    return true;
}

bool hg_scan_lit_nocase(struct hg_scan *scan, const char *literal)
{
    hg_str wanted = hg_str_of(literal);
    if (!hg_str_starts_nocase(hg_scan_rest(scan), wanted))
        return false;
    scan->at += wanted.len;
    return true;
}

void hg_scan_blanks(struct hg_scan *scan)
{
    char c = hg_scan_peek(scan);
    while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        scan->at++;
        c = hg_scan_peek(scan);
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool hg_scan_u64(struct hg_scan *scan, uint64_t max, uint64_t *out)
{
    size_t at = scan->at;
    uint64_t n = 0;
    for (; at < scan->text.len && is_digit(scan->text.ptr[at]); at++) {
        uint64_t digit = (uint64_t)(scan->text.ptr[at] - '0');
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, digit, &n) || n > max)
            return false;
    }
    if (at == scan->at)
        return false;
    scan->at = at;
    *out = n;
    return true;
}

bool hg_scan_digits(struct hg_scan *scan, size_t n, unsigned *out)
{
    if (n > 9 || scan->text.len - scan->at < n)
        return false;
    unsigned value = 0;
    for (size_t i = 0; i < n; i++) {
        char c = scan->text.ptr[scan->at + i];
        if (!is_digit(c))
            return false;
        value = value * 10 + (unsigned)(c - '0');
    }
    scan->at += n;
    *out = value;
    return true;
}

bool hg_str_u64(hg_str text, uint64_t max, uint64_t *out)
{
    struct hg_scan scan = hg_scan_of(text);
    uint64_t n;
    if (!hg_scan_u64(&scan, max, &n) || !hg_scan_done(&scan))
        return false;
    *out = n;
    return true;
}

bool hg_str_i64(hg_str text, int64_t *out)
{
    struct hg_scan scan = hg_scan_of(text);
    bool negative = hg_scan_byte(&scan, '-');
    if (!negative)
        (void)hg_scan_byte(&scan, '+');
    uint64_t n;
    uint64_t most = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    if (!hg_scan_u64(&scan, most, &n) || !hg_scan_done(&scan))
        return false;
    *out = negative ? (int64_t)(0 - n) : (int64_t)n;
    return true;
}
