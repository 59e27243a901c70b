#include "base/time.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/scan.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static const int64_t second_us = 1000000;
static const int64_t day_us = 86400 * second_us;

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970-01-01 of a civil date, by counting 400-year eras that start
 * in March, so that the leap day is the last of its year. */
static int64_t days_of_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_of_days(int64_t days, struct hg_civil *out)
{
    days += 719468;
    int64_t era = floor_div(days, 146097);
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    out->day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    out->month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    out->year = yoe + era * 400 + (out->month <= 2);
}

struct hg_civil hg_civil_of(hg_time t)
{
    struct hg_civil civil = {0};
    int64_t days = floor_div(t.us, day_us);
    int64_t rest = t.us - days * day_us;
    civil_of_days(days, &civil);
    civil.weekday = (unsigned)((days % 7 + 11) % 7); /* 1970-01-01 was a Thursday (4) */
    civil.micro = (unsigned)(rest % second_us);
    rest /= second_us;
    civil.hour = (unsigned)(rest / 3600);
    civil.minute = (unsigned)(rest / 60 % 60);
    civil.second = (unsigned)(rest % 60);
    return civil;
}

hg_time hg_time_of(const struct hg_civil *civil)
{
    int64_t days = days_of_civil(civil->year, civil->month, civil->day);
    int64_t seconds = (int64_t)civil->hour * 3600 + civil->minute * 60 + civil->second;
    return (hg_time){.us = days * day_us + seconds * second_us + civil->micro};
}

unsigned hg_days_in_month(int64_t year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[(month - 1) % 12];
}

static bool scan_date(struct hg_scan *scan, struct hg_civil *out)
{
    unsigned year;
    if (!hg_scan_digits(scan, 4, &year) || !hg_scan_byte(scan, '-') ||
        !hg_scan_digits(scan, 2, &out->month) || !hg_scan_byte(scan, '-') ||
        !hg_scan_digits(scan, 2, &out->day))
        return false;
    out->year = year;
    return year >= 1 && out->month >= 1 && out->month <= 12 && out->day >= 1 &&
           out->day <= hg_days_in_month(year, out->month);
}

/* Digits after the point; what is finer than a microsecond is dropped. */
static bool scan_fraction(struct hg_scan *scan, unsigned *micro)
{
    size_t start = scan->at;
    unsigned scale = 100000;
    *micro = 0;
    for (char c = hg_scan_peek(scan); c >= '0' && c <= '9'; c = hg_scan_peek(scan)) {
        *micro += (unsigned)(c - '0') * scale;
        scale /= 10;
        scan->at++;
    }
    return scan->at > start && scan->at - start <= 9;
}

static bool scan_clock(struct hg_scan *scan, struct hg_civil *out)
{
    if (!hg_scan_digits(scan, 2, &out->hour) || !hg_scan_byte(scan, ':') ||
        !hg_scan_digits(scan, 2, &out->minute))
        return false;
    if (hg_scan_byte(scan, ':')) {
        if (!hg_scan_digits(scan, 2, &out->second))
            return false;
        if (hg_scan_byte(scan, '.') && !scan_fraction(scan, &out->micro))
            return false;
    }
    return out->hour < 24 && out->minute < 60 && out->second < 60;
}

static bool scan_offset(struct hg_scan *scan, hg_dur *out)
{
    *out = (hg_dur){0};
    if (hg_scan_byte(scan, 'Z') || hg_scan_byte(scan, 'z') || hg_scan_done(scan))
        return true;
    bool west = hg_scan_byte(scan, '-');
    if (!west && !hg_scan_byte(scan, '+'))
        return false;
    unsigned hours;
    unsigned minutes;
    if (!hg_scan_digits(scan, 2, &hours) || !hg_scan_byte(scan, ':') ||
        !hg_scan_digits(scan, 2, &minutes) || hours > 14 || minutes > 59)
        return false;
    int64_t seconds = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    *out = HG_SECONDS(west ? seconds : -seconds);
    return true;
}

enum hg_code hg_time_parse(hg_str text, hg_time *out, struct hg_err *err)
{
    struct hg_scan scan = hg_scan_of(text);
    struct hg_civil civil = {0};
    hg_dur shift = {0};
    bool ok = scan_date(&scan, &civil);
    if (ok && !hg_scan_done(&scan))
        ok = (hg_scan_byte(&scan, 'T') || hg_scan_byte(&scan, 't') || hg_scan_byte(&scan, ' ')) &&
             scan_clock(&scan, &civil) && scan_offset(&scan, &shift);
    if (!ok || !hg_scan_done(&scan))
        return HG_FAIL(err, HG_MALFORMED, "'%.*s' is not a time like 2026-01-31T23:59:59Z",
                       HG_ARG(hg_str_sub(text, 0, 40)));
    *out = hg_time_add(hg_time_of(&civil), shift);
    return HG_OK;
}

hg_str hg_time_rfc3339(struct hg_arena *arena, hg_time t)
{
    struct hg_civil c = hg_civil_of(t);
    return hg_str_format(arena, "%04lld-%02u-%02uT%02u:%02u:%02uZ", (long long)c.year, c.month,
                         c.day, c.hour, c.minute, c.second);
}

hg_str hg_time_seven(struct hg_arena *arena, hg_time t)
{
    struct hg_civil c = hg_civil_of(t);
    return hg_str_format(arena, "%04lld-%02u-%02uT%02u:%02u:%02u.%06u0Z", (long long)c.year,
                         c.month, c.day, c.hour, c.minute, c.second, c.micro);
}

hg_str hg_time_aadsts(struct hg_arena *arena, hg_time t)
{
    struct hg_civil c = hg_civil_of(t);
    return hg_str_format(arena, "%04lld-%02u-%02u %02u:%02u:%02uZ", (long long)c.year, c.month,
                         c.day, c.hour, c.minute, c.second);
}

hg_str hg_time_http(struct hg_arena *arena, hg_time t)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct hg_civil c = hg_civil_of(t);
    return hg_str_format(arena, "%s, %02u %s %04lld %02u:%02u:%02u GMT", days[c.weekday], c.day,
                         months[c.month - 1], (long long)c.year, c.hour, c.minute, c.second);
}

static bool scan_span(struct hg_scan *scan, hg_dur *out)
{
    static const uint64_t most_days = 10675199; /* TimeSpan.MaxValue */
    uint64_t days = 0;
    uint64_t hours;
    uint64_t minutes;
    uint64_t seconds = 0;
    unsigned micro = 0;
    if (!hg_scan_u64(scan, most_days * 24, &hours))
        return false;
    if (hg_scan_byte(scan, '.')) {
        days = hours;
        if (days > most_days || !hg_scan_u64(scan, 23, &hours))
            return false;
    }
    if (!hg_scan_byte(scan, ':') || !hg_scan_u64(scan, 99999, &minutes))
        return false;
    if (hg_scan_byte(scan, ':') && !hg_scan_u64(scan, 99999, &seconds))
        return false;
    if (hg_scan_byte(scan, '.') && !scan_fraction(scan, &micro))
        return false;
    int64_t total = (int64_t)(days * 86400 + hours * 3600 + minutes * 60 + seconds);
    *out = (hg_dur){.us = total * second_us + micro};
    return true;
}

enum hg_code hg_timespan_parse(hg_str text, hg_dur *out, struct hg_err *err)
{
    struct hg_scan scan = hg_scan_of(text);
    hg_dur span;
    if (!scan_span(&scan, &span) || !hg_scan_done(&scan))
        return HG_FAIL(err, HG_MALFORMED, "'%.*s' is not a time span like 90.00:00:00",
                       HG_ARG(hg_str_sub(text, 0, 40)));
    *out = span;
    return HG_OK;
}

hg_str hg_timespan_text(struct hg_arena *arena, hg_dur d)
{
    struct hg_buf buf = hg_buf_new(arena, 64);
    uint64_t us = d.us < 0 ? 0 - (uint64_t)d.us : (uint64_t)d.us;
    uint64_t seconds = us / 1000000;
    if (d.us < 0)
        hg_buf_byte(&buf, '-');
    if (seconds >= 86400)
        hg_buf_format(&buf, "%llu.", (unsigned long long)(seconds / 86400));
    hg_buf_format(&buf, "%02u:%02u:%02u", (unsigned)(seconds / 3600 % 24),
                  (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
    if (us % 1000000 != 0)
        hg_buf_format(&buf, ".%06u0", (unsigned)(us % 1000000));
    return hg_buf_view(&buf);
}

/* In seconds: 9998 years of 366 days, past which nobody's calendar goes. */
static const int64_t longest_duration = 9998LL * 366 * 86400;

/* One "<number><unit>" of a duration; the units come in their order. */
static bool scan_part(struct hg_scan *scan, const char **units, int64_t *seconds)
{
    uint64_t n;
    if (!hg_scan_u64(scan, 100000000, &n))
        return false;
    for (; **units != '\0'; (*units)++) {
        if (!hg_scan_byte(scan, **units))
            continue;
        int64_t size = **units == 'W'   ? 604800
                       : **units == 'D' ? 86400
                       : **units == 'H' ? 3600
                       : **units == 'M' ? 60
                                        : 1;
        *seconds += (int64_t)n * size;
        (*units)++;
        return true;
    }
    return false;
}

enum hg_code hg_iso_duration_parse(hg_str text, hg_dur *out, struct hg_err *err)
{
    struct hg_scan scan = hg_scan_of(text);
    const char *dates = "WD";
    const char *clocks = "HMS";
    int64_t seconds = 0;
    bool ok = hg_scan_byte(&scan, 'P') && !hg_scan_done(&scan);
    while (ok && !hg_scan_done(&scan) && hg_scan_peek(&scan) != 'T')
        ok = scan_part(&scan, &dates, &seconds);
    if (ok && hg_scan_byte(&scan, 'T'))
        for (ok = !hg_scan_done(&scan); ok && !hg_scan_done(&scan);)
            ok = scan_part(&scan, &clocks, &seconds);
    if (!ok || seconds > longest_duration)
        return HG_FAIL(err, HG_MALFORMED, "'%.*s' is not a duration like P91D or PT1H30M",
                       HG_ARG(hg_str_sub(text, 0, 40)));
    *out = HG_SECONDS(seconds);
    return HG_OK;
}
