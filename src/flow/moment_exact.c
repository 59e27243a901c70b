#include "base/base.h"
#include "flow/moment_private.h"
#include "flow/moment_read_private.h"
#include "text/culture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static bool read_day(struct hg_scan *scan, size_t n, const struct text_culture *culture,
                     struct flow_moment_reading *reading)
{
    unsigned weekday;
    size_t digits;
    if (n >= 3)
        return flow_moment_read_name(scan, n == 3 ? culture->days_short : culture->days, TEXT_DAYS,
                                     &weekday);
    return flow_moment_read_number(scan, 2, &reading->civil.day, &digits) && digits >= n;
}

static bool read_month(struct hg_scan *scan, size_t n, const struct text_culture *culture,
                       struct flow_moment_reading *reading)
{
    size_t digits;
    if (n >= 3)
        return flow_moment_read_month(scan, culture, &reading->civil.month);
    return flow_moment_read_number(scan, 2, &reading->civil.month, &digits) && digits >= n;
}

static bool read_year(struct hg_scan *scan, size_t n, struct flow_moment_reading *reading)
{
    unsigned year;
    size_t digits;
    if (!flow_moment_read_number(scan, n < 3 ? 2 : 4, &year, &digits) || digits < n)
        return false;
    reading->civil.year = flow_moment_whole_year(year, n < 3 ? 2 : 4);
    return true;
}

/* Exactly n digits for f, up to n for F. */
static bool read_fraction(struct hg_scan *scan, size_t n, bool exact,
                          struct flow_moment_reading *reading)
{
    hg_str digits = hg_str_sub(scan->text, scan->at, n);
    struct hg_scan part = hg_scan_of(digits);
    flow_moment_read_fraction(&part, &reading->fraction);
    scan->at += part.at;
    return !exact || part.at == n;
}

static bool read_clock(struct hg_scan *scan, size_t n, unsigned *out)
{
    size_t digits;
    return flow_moment_read_number(scan, 2, out, &digits) && digits >= (n < 2 ? n : 2);
}

/* A run of one letter of the pattern. */
static bool read_field(struct hg_scan *scan, char letter, size_t n,
                       const struct text_culture *culture, struct flow_moment_reading *reading)
{
    switch (letter) {
    case 'd':
        return read_day(scan, n, culture, reading);
    case 'M':
        return read_month(scan, n, culture, reading);
    case 'y':
        return read_year(scan, n, reading);
    case 'h':
    case 'H':
        return read_clock(scan, n, &reading->civil.hour);
    case 'm':
        return read_clock(scan, n, &reading->civil.minute);
    case 's':
        return read_clock(scan, n, &reading->civil.second);
    case 'f':
    case 'F':
        return read_fraction(scan, n, letter == 'f', reading);
    case 't':
        return flow_moment_read_half(scan, culture, reading);
    case 'z':
        return flow_moment_read_offset(scan, reading);
    case 'K':
        return flow_moment_read_offset(scan, reading) || hg_scan_done(scan);
    default:
        return false;
    }
}

static bool read_text(struct hg_scan *scan, hg_str text)
{
    if (!hg_str_starts(hg_scan_rest(scan), text))
        return false;
    scan->at += text.len;
    return true;
}

/* A piece of the pattern that is no field; *at moves behind it. */
static bool read_literal(struct hg_scan *scan, hg_str pattern, size_t *at,
                         const struct text_culture *culture)
{
    hg_str rest = hg_str_from(pattern, *at);
    char c = rest.ptr[0];
    if (c == '\'' || c == '"') {
        size_t end = hg_str_find_byte(hg_str_from(rest, 1), c);
        if (end == HG_NPOS)
            return false;
        *at += end + 2;
        return read_text(scan, hg_str_sub(rest, 1, end));
    }
    size_t skip = c == '\\' || c == '%' ? 1 : 0;
    *at += 1 + (c == '\\' ? 1u : 0u);
    if (c == '%')
        return true;
    if (c == '/')
        return read_text(scan, culture->date_separator);
    if (c == ':')
        return read_text(scan, culture->time_separator);
    return rest.len > skip && read_text(scan, hg_str_sub(rest, skip, 1));
}

bool flow_moment_parse_exact(hg_str text, hg_str pattern, const struct text_culture *culture,
                             struct flow_moment *out)
{
    struct flow_moment_reading reading = {.civil = {.year = 1, .month = 1, .day = 1}};
    struct hg_scan scan = hg_scan_of(text);
    pattern = flow_moment_pattern(pattern, culture);
    if (pattern.len == 0)
        return false;
    for (size_t at = 0; at < pattern.len;) {
        char c = pattern.ptr[at];
        bool done;
        if (hg_str_find_byte(HG_STR("dMyhHmsfFtzK"), c) == HG_NPOS) {
            done = read_literal(&scan, pattern, &at, culture);
        } else {
            size_t n = 1;
            while (at + n < pattern.len && pattern.ptr[at + n] == c)
                n++;
            at += n;
            done = read_field(&scan, c, n, culture, &reading);
        }
        if (!done)
            return false;
    }
    return hg_scan_done(&scan) && flow_moment_finish(&reading, out);
}
