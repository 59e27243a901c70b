#include "base/base.h"
#include "flow/moment_private.h"
#include "flow/moment_read_private.h"
#include "text/casing.h"
#include "text/culture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRACTION_DIGITS = 7, NEXT_CENTURY_FROM = 50 };

bool flow_moment_read_number(struct hg_scan *scan, size_t most, unsigned *out, size_t *n_digits)
{
    size_t n = 0;
    unsigned value = 0;
    hg_str rest = hg_scan_rest(scan);
    while (n < most && n < rest.len && rest.ptr[n] >= '0' && rest.ptr[n] <= '9')
        value = value * 10 + (unsigned)(rest.ptr[n++] - '0');
    if (n == 0)
        return false;
    scan->at += n;
    *out = value;
    *n_digits = n;
    return true;
}

void flow_moment_read_fraction(struct hg_scan *scan, int64_t *out)
{
    int64_t value = 0;
    size_t n = 0;
    for (char c = hg_scan_peek(scan); c >= '0' && c <= '9'; c = hg_scan_peek(scan)) {
        if (n++ < FRACTION_DIGITS)
            value = value * 10 + (c - '0');
        scan->at++;
    }
    for (; n < FRACTION_DIGITS; n++)
        value *= 10;
    *out = value;
}

bool flow_moment_read_name(struct hg_scan *scan, const hg_str *names, size_t n, unsigned *out)
{
    size_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        if (names[i].len > longest && text_starts_nocase(hg_scan_rest(scan), names[i])) {
            longest = names[i].len;
            *out = (unsigned)i;
        }
    }
    scan->at += longest;
    return longest > 0;
}

bool flow_moment_read_month(struct hg_scan *scan, const struct text_culture *culture, unsigned *out)
{
    unsigned i;
    if (!flow_moment_read_name(scan, culture->months_of_day, TEXT_MONTHS, &i) &&
        !flow_moment_read_name(scan, culture->months, TEXT_MONTHS, &i) &&
        !flow_moment_read_name(scan, culture->months_short, TEXT_MONTHS, &i))
        return false;
    *out = i + 1;
    return true;
}

bool flow_moment_read_offset(struct hg_scan *scan, struct flow_moment_reading *reading)
{
    unsigned hours;
    unsigned minutes = 0;
    size_t n;
    bool is_negative = hg_scan_peek(scan) == '-';
    if (hg_scan_byte(scan, 'Z') || hg_scan_byte(scan, 'z') || hg_scan_lit_nocase(scan, "GMT") ||
        hg_scan_lit_nocase(scan, "UTC")) {
        reading->has_offset = true;
        return true;
    }
    if (!hg_scan_byte(scan, '+') && !hg_scan_byte(scan, '-'))
        return false;
    if (!flow_moment_read_number(scan, 2, &hours, &n))
        return false;
    bool has_colon = hg_scan_byte(scan, ':');
    if (!flow_moment_read_number(scan, 2, &minutes, &n) && has_colon)
        return false;
    if (hours > 14 || minutes > 59)
        return false;
    reading->has_offset = true;
    reading->offset_minutes = (int)(hours * 60 + minutes) * (is_negative ? -1 : 1);
    return true;
}

bool flow_moment_read_half(struct hg_scan *scan, const struct text_culture *culture,
                           struct flow_moment_reading *reading)
{
    hg_str halves[] = {culture->am, culture->pm, HG_STR("AM"), HG_STR("PM")};
    unsigned i;
    if (!flow_moment_read_name(scan, halves, HG_COUNT(halves), &i))
        return false;
    reading->has_half = true;
    reading->is_pm = i % 2 == 1;
    return true;
}

unsigned flow_moment_whole_year(unsigned year, size_t n_digits)
{
    if (n_digits > 2)
        return year;
    return year < NEXT_CENTURY_FROM ? 2000 + year : 1900 + year;
}

bool flow_moment_finish(const struct flow_moment_reading *reading, struct flow_moment *out)
{
    struct hg_civil civil = reading->civil;
    int64_t ticks;
    if (reading->has_half) {
        if (civil.hour < 1 || civil.hour > 12)
            return false;
        civil.hour = civil.hour % 12 + (reading->is_pm ? 12 : 0);
    }
    if (!flow_moment_make(&civil, reading->fraction, &ticks))
        return false;
    ticks -= (int64_t)reading->offset_minutes * 60 * FLOW_TICKS_SECOND;
    if (ticks < 0 || ticks >= FLOW_TICKS_END)
        return false;
    *out = (struct flow_moment){.ticks = ticks, .is_utc = reading->has_offset};
    return true;
}

/* hh:mm[:ss[.fffffff]] [AM] [zone] */
static bool read_time(struct hg_scan *scan, const struct text_culture *culture,
                      struct flow_moment_reading *reading)
{
    size_t n;
    if (!flow_moment_read_number(scan, 2, &reading->civil.hour, &n))
        return false;
    if (hg_scan_byte(scan, ':')) {
        if (!flow_moment_read_number(scan, 2, &reading->civil.minute, &n))
            return false;
        if (hg_scan_byte(scan, ':') &&
            !flow_moment_read_number(scan, 2, &reading->civil.second, &n))
            return false;
        if (hg_scan_byte(scan, '.') || hg_scan_byte(scan, ','))
            flow_moment_read_fraction(scan, &reading->fraction);
        hg_scan_blanks(scan);
        (void)flow_moment_read_half(scan, culture, reading);
    } else { /* "1 PM" */
        hg_scan_blanks(scan);
        if (!flow_moment_read_half(scan, culture, reading))
            return false;
    }
    hg_scan_blanks(scan);
    return hg_scan_done(scan) || flow_moment_read_offset(scan, reading);
}

static bool read_separator(struct hg_scan *scan)
{
    size_t before = scan->at;
    hg_scan_blanks(scan);
    if (hg_scan_byte(scan, '/') || hg_scan_byte(scan, '-') || hg_scan_byte(scan, '.') ||
        hg_scan_byte(scan, ','))
        hg_scan_blanks(scan);
    return scan->at > before;
}

/* Is the day written before the month in this culture? */
static bool day_comes_first(const struct text_culture *culture)
{
    size_t day = hg_str_find_byte(culture->short_date, 'd');
    size_t month = hg_str_find_byte(culture->short_date, 'M');
    return day < month;
}

/* y-m-d when the first number has four digits, else as the culture has it. */
static bool read_numeric_date(struct hg_scan *scan, const struct text_culture *culture,
                              struct flow_moment_reading *reading)
{
    struct hg_civil *civil = &reading->civil;
    unsigned parts[3] = {0, 0, 1};
    size_t digits[3] = {0};
    if (!flow_moment_read_number(scan, 4, &parts[0], &digits[0]) || !read_separator(scan) ||
        !flow_moment_read_number(scan, 4, &parts[1], &digits[1]))
        return false;
    size_t before = scan->at;
    bool has_third =
        read_separator(scan) && flow_moment_read_number(scan, 4, &parts[2], &digits[2]);
    if (!has_third && digits[0] != 4)
        return false;
    if (!has_third)
        scan->at = before;
    if (digits[0] == 4) {
        civil->year = parts[0];
        civil->month = parts[1];
        civil->day = parts[2];
        return true;
    }
    bool day_first = day_comes_first(culture);
    civil->day = parts[day_first ? 0 : 1];
    civil->month = parts[day_first ? 1 : 0];
    civil->year = flow_moment_whole_year(parts[2], digits[2]);
    return true;
}

/* [Thursday, ]15 March 2018, March 15, 2018, March 2018 */
static bool read_named_date(struct hg_scan *scan, const struct text_culture *culture,
                            struct flow_moment_reading *reading)
{
    struct hg_civil *civil = &reading->civil;
    unsigned first = 1;
    unsigned year;
    unsigned weekday;
    size_t n;
    if (flow_moment_read_name(scan, culture->days, TEXT_DAYS, &weekday) ||
        flow_moment_read_name(scan, culture->days_short, TEXT_DAYS, &weekday))
        (void)read_separator(scan);
    bool day_before = flow_moment_read_number(scan, 2, &first, &n);
    if (day_before)
        (void)read_separator(scan);
    if (!flow_moment_read_month(scan, culture, &civil->month))
        return false;
    (void)read_separator(scan);
    if (!flow_moment_read_number(scan, 4, &year, &n))
        return false;
    if (!day_before && n <= 2) {
        first = year;
        (void)read_separator(scan);
        if (!flow_moment_read_number(scan, 4, &year, &n))
            return false;
    }
    civil->day = first;
    civil->year = flow_moment_whole_year(year, n);
    return true;
}

bool flow_moment_parse_culture(hg_str text, const struct text_culture *culture,
                               struct flow_moment *out)
{
    struct flow_moment_reading reading = {.civil = {.day = 1}};
    struct hg_scan scan = hg_scan_of(text_trim(text));
    if (!read_numeric_date(&scan, culture, &reading)) {
        scan.at = 0;
        if (!read_named_date(&scan, culture, &reading))
            return false;
    }
    if (!hg_scan_byte(&scan, 'T') && !hg_scan_byte(&scan, 't'))
        (void)hg_scan_byte(&scan, ',');
    hg_scan_blanks(&scan);
    if (!hg_scan_done(&scan) && !flow_moment_read_offset(&scan, &reading) &&
        !read_time(&scan, culture, &reading))
        return false;
    return hg_scan_done(&scan) && flow_moment_finish(&reading, out);
}

bool flow_moment_parse(hg_str text, struct flow_moment *out)
{
    return flow_moment_parse_culture(text, &text_culture_en_us, out);
}
