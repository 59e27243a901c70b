#include "base/base.h"
#include "flow/moment_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAST_YEAR = 9999 };

struct flow_moment flow_moment_of(hg_time t)
{
    return (struct flow_moment){.ticks = t.us * 10 + FLOW_TICKS_1970, .is_utc = true};
}

struct hg_civil flow_moment_civil(struct flow_moment moment)
{
    int64_t fraction = moment.ticks % FLOW_TICKS_SECOND;
    return hg_civil_of((hg_time){.us = (moment.ticks - fraction - FLOW_TICKS_1970) / 10});
}

bool flow_moment_make(const struct hg_civil *civil, int64_t fraction, int64_t *out_ticks)
{
    if (civil->year < 1 || civil->year > LAST_YEAR || civil->month < 1 || civil->month > 12 ||
        civil->day < 1 || civil->day > hg_days_in_month(civil->year, civil->month) ||
        civil->hour > 23 || civil->minute > 59 || civil->second > 59)
        return false;
    struct hg_civil whole = *civil;
    whole.micro = 0;
    *out_ticks = hg_time_of(&whole).us * 10 + FLOW_TICKS_1970 + fraction;
    return true;
}

bool flow_unit_find(hg_str name, enum flow_unit *out)
{
    static const hg_str names[] = {
        [FLOW_UNIT_SECOND] = HG_LIT("Second"), [FLOW_UNIT_MINUTE] = HG_LIT("Minute"),
        [FLOW_UNIT_HOUR] = HG_LIT("Hour"),     [FLOW_UNIT_DAY] = HG_LIT("Day"),
        [FLOW_UNIT_WEEK] = HG_LIT("Week"),     [FLOW_UNIT_MONTH] = HG_LIT("Month"),
        [FLOW_UNIT_YEAR] = HG_LIT("Year"),
    };
    for (size_t i = 0; i < HG_COUNT(names); i++) {
        if (hg_str_eq_nocase(name, names[i])) {
            *out = (enum flow_unit)i;
            return true;
        }
    }
    return false;
}

static bool add_months(struct flow_moment *moment, int64_t n)
{
    struct hg_civil civil = flow_moment_civil(*moment);
    int64_t months = 0;
    if (n < -12 * LAST_YEAR || n > 12 * LAST_YEAR)
        return false;
    months = civil.year * 12 + (civil.month - 1) + n;
    if (months < 12)
        return false;
    civil.year = months / 12;
    civil.month = (unsigned)(months % 12) + 1;
    unsigned last = hg_days_in_month(civil.year, civil.month);
    civil.day = civil.day < last ? civil.day : last;
    return flow_moment_make(&civil, moment->ticks % FLOW_TICKS_SECOND, &moment->ticks);
}

bool flow_moment_add(struct flow_moment *moment, int64_t n, enum flow_unit unit)
{
    static const int64_t ticks[] = {
        [FLOW_UNIT_SECOND] = FLOW_TICKS_SECOND,      [FLOW_UNIT_MINUTE] = FLOW_TICKS_SECOND * 60,
        [FLOW_UNIT_HOUR] = FLOW_TICKS_SECOND * 3600, [FLOW_UNIT_DAY] = FLOW_TICKS_DAY,
        [FLOW_UNIT_WEEK] = FLOW_TICKS_DAY * 7,
    };
    int64_t sum;
    if (unit == FLOW_UNIT_MONTH)
        return add_months(moment, n);
    if (unit == FLOW_UNIT_YEAR)
        return n >= -LAST_YEAR && n <= LAST_YEAR && add_months(moment, n * 12);
    if (__builtin_mul_overflow(n, ticks[unit], &sum) ||
        __builtin_add_overflow(sum, moment->ticks, &sum) || sum < 0 || sum >= FLOW_TICKS_END)
        return false;
    moment->ticks = sum;
    return true;
}
