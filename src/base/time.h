#pragma once

#include "base/arena.h"
#include "base/defs.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Points in time and lengths of time are different types, so that the compiler
 * refuses to add two instants or to compare an instant with a lifetime.
 *
 * No function below src/edge reads a clock. Code that needs "now" takes it as a
 * parameter called `now`, and everything done for one request sees one `now`. */
typedef struct hg_time {
    int64_t us; /* since 1970-01-01T00:00:00Z */
} hg_time;

typedef struct hg_dur {
    int64_t us;
} hg_dur;

#define HG_SECONDS(n) ((hg_dur){.us = (int64_t)(n) * 1000000})
#define HG_MINUTES(n) HG_SECONDS((int64_t)(n) * 60)
#define HG_HOURS(n) HG_SECONDS((int64_t)(n) * 3600)
#define HG_DAYS(n) HG_SECONDS((int64_t)(n) * 86400)

static inline hg_time hg_time_add(hg_time t, hg_dur d)
{
    int64_t sum;
    if (__builtin_add_overflow(t.us, d.us, &sum))
        sum = d.us > 0 ? INT64_MAX : INT64_MIN;
    return (hg_time){.us = sum};
}

static inline hg_dur hg_time_since(hg_time later, hg_time earlier)
{
    int64_t d;
    if (__builtin_sub_overflow(later.us, earlier.us, &d))
        d = later.us > earlier.us ? INT64_MAX : INT64_MIN;
    return (hg_dur){.us = d};
}

static inline bool hg_time_before(hg_time a, hg_time b)
{
    return a.us < b.us;
}

static inline hg_time hg_time_min(hg_time a, hg_time b)
{
    return a.us < b.us ? a : b;
}

static inline int64_t hg_time_seconds(hg_time t) /* rounded down: NumericDate (RFC 7519 §2) */
{
    return t.us / 1000000 - (t.us % 1000000 < 0 ? 1 : 0);
}

/* Calendar fields in UTC (proleptic Gregorian). */
struct hg_civil {
    int64_t year;
    unsigned month, day;           /* 1.. */
    unsigned hour, minute, second; /* 0.. */
    unsigned micro;
    unsigned weekday; /* 0 is Sunday */
};

struct hg_civil hg_civil_of(hg_time t);
hg_time hg_time_of(const struct hg_civil *civil); /* fields must be in range; weekday ignored */
unsigned hg_days_in_month(int64_t year, unsigned month);

/* "2026-11-24T16:14:11Z", "…11.1234567+02:00", and the date alone. */
HG_MUST_USE enum hg_code hg_time_parse(hg_str text, hg_time *out, struct hg_err *err);

hg_str hg_time_rfc3339(struct hg_arena *arena, hg_time t); /* 2026-11-24T16:14:11Z */
hg_str hg_time_seven(struct hg_arena *arena, hg_time t);   /* 2026-11-24T16:14:11.1234560Z */
hg_str hg_time_aadsts(struct hg_arena *arena, hg_time t);  /* 2026-11-24 16:14:11Z */
hg_str hg_time_http(struct hg_arena *arena, hg_time t);    /* Tue, 24 Nov 2026 16:14:11 GMT */

/* .NET TimeSpan [d.]hh:mm[:ss[.fffffff]]; minutes and seconds from 60 up carry over,
 * as the documented "00:90:00" needs. */
HG_MUST_USE enum hg_code hg_timespan_parse(hg_str text, hg_dur *out, struct hg_err *err);
hg_str hg_timespan_text(struct hg_arena *arena, hg_dur d); /* 90.00:00:00, days omitted at 0 */

/* ISO 8601 durations "P91D", "PT1H30M", "P1DT2H"; months, years and what is longer than 9998 years
 * are refused. */
HG_MUST_USE enum hg_code hg_iso_duration_parse(hg_str text, hg_dur *out, struct hg_err *err);
