#include "base/base.h"
#include "flow/definition.h"
#include "flow/trigger.h"
#include "text/zone.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Instants of a recurrence (flow-platform 3.4). Calendar frequencies walk over the
 * days of the zone; a day is the number of days since 1970 in civil time. */

enum {
    DAY_SECONDS = 86400,
    MAX_DAYS = 366 * 60, /* a schedule without a slot in sixty years has none */
};

enum hg_code flow_schedule_of(struct hg_arena *arena, const struct flow_recurrence *recurrence,
                              hg_time saved_at, struct flow_schedule *out, struct hg_err *err)
{
    struct flow_schedule schedule = {.recurrence = recurrence, .saved_at = saved_at};
    hg_str zone = recurrence->zone.len == 0 ? HG_STR("UTC") : recurrence->zone;
    HG_TRY(text_zone_find(arena, zone, &schedule.zone, err));
    *out = schedule;
    return HG_OK;
}

/* --- wall clock and UTC --- */

static hg_time wall_of(const struct flow_schedule *schedule, hg_time utc)
{
    int64_t offset = 0;
    if (text_zone_offset(&schedule->zone, hg_time_seconds(utc) * 1000, &offset, NULL) != HG_OK)
        offset = 0;
    return hg_time_add(utc, (hg_dur){.us = offset * 1000});
}

static hg_time utc_of(const struct flow_schedule *schedule, hg_time wall)
{
    int64_t offset = 0;
    int64_t ms = hg_time_seconds(wall) * 1000;
    /* A skipped time of day takes the offset of the hour before: it runs an hour later. */
    if (text_zone_offset_of_wall(&schedule->zone, ms, &offset, NULL) != HG_OK &&
        text_zone_offset_of_wall(&schedule->zone, ms - 3600000, &offset, NULL) != HG_OK)
        offset = 0;
    return hg_time_add(wall, (hg_dur){.us = -offset * 1000});
}

static hg_time limit_of(const struct flow_schedule *schedule, hg_time written, bool is_utc)
{
    return is_utc ? written : utc_of(schedule, written);
}

static hg_time start_of(const struct flow_schedule *schedule)
{
    const struct flow_recurrence *r = schedule->recurrence;
    return r->has_start ? limit_of(schedule, r->start, r->start_is_utc) : schedule->saved_at;
}

/* --- days --- */

static int64_t day_of(hg_time wall)
{
    int64_t seconds = hg_time_seconds(wall);
    int64_t day = seconds / DAY_SECONDS;
    return seconds % DAY_SECONDS < 0 ? day - 1 : day;
}

static struct hg_civil civil_of_day(int64_t day)
{
    return hg_civil_of((hg_time){.us = day * DAY_SECONDS * 1000000});
}

/* Everything about the start that a slot may depend on. */
struct anchor {
    hg_time start; /* UTC */
    struct hg_civil civil;
    int64_t day;
    bool has_schedule;
};

static bool has_schedule(const struct flow_recurrence *r)
{
    return r->hours != 0 || r->minutes != 0 || r->weekdays != 0 || r->n_month_days > 0 ||
           r->n_occurrences > 0;
}

static struct anchor anchor_of(const struct flow_schedule *schedule)
{
    struct anchor anchor = {.start = start_of(schedule),
                            .has_schedule = has_schedule(schedule->recurrence)};
    hg_time wall = wall_of(schedule, anchor.start);
    anchor.civil = hg_civil_of(wall);
    anchor.day = day_of(wall);
    return anchor;
}

static bool week_matches(const struct flow_recurrence *r, const struct anchor *anchor, int64_t day,
                         unsigned weekday)
{
    int64_t first = anchor->day - anchor->civil.weekday;
    int64_t weeks = (day - weekday - first) / 7;
    if (weeks < 0 || weeks % r->interval != 0)
        return false;
    return r->weekdays == 0 ? weekday == anchor->civil.weekday : (r->weekdays >> weekday & 1) != 0;
}

static bool is_occurrence(const struct flow_occurrence *wanted, const struct hg_civil *civil,
                          unsigned days)
{
    int from_start = (int)(civil->day - 1) / 7 + 1;
    int from_end = -(int)((days - civil->day) / 7 + 1);
    return wanted->weekday == civil->weekday &&
           (wanted->nth == from_start || wanted->nth == from_end);
}

static bool month_day_matches(const struct flow_recurrence *r, const struct anchor *anchor,
                              const struct hg_civil *civil)
{
    unsigned days = hg_days_in_month(civil->year, civil->month);
    for (size_t i = 0; i < r->n_month_days; i++) {
        int wanted = r->month_days[i] > 0 ? r->month_days[i] : (int)days + 1 + r->month_days[i];
        if (wanted == (int)civil->day)
            return true;
    }
    for (size_t i = 0; i < r->n_occurrences; i++) {
        if (is_occurrence(&r->occurrences[i], civil, days))
            return true;
    }
    if (r->n_month_days > 0 || r->n_occurrences > 0)
        return false;
    /* The 31st of a shorter month is its last day. */
    unsigned wanted = anchor->civil.day < days ? anchor->civil.day : days;
    return civil->day == wanted;
}

static bool month_matches(const struct flow_recurrence *r, const struct anchor *anchor,
                          const struct hg_civil *civil)
{
    int64_t months = (civil->year - anchor->civil.year) * 12 + (int64_t)civil->month -
                     (int64_t)anchor->civil.month;
    return months >= 0 && months % r->interval == 0 && month_day_matches(r, anchor, civil);
}

static bool day_matches(const struct flow_recurrence *r, const struct anchor *anchor, int64_t day)
{
    struct hg_civil civil = civil_of_day(day);
    if (day < anchor->day)
        return false;
    if (r->frequency == FLOW_FREQUENCY_DAY)
        return (day - anchor->day) % r->interval == 0;
    if (r->frequency == FLOW_FREQUENCY_WEEK)
        return week_matches(r, anchor, day, civil.weekday);
    return month_matches(r, anchor, &civil);
}

/* --- slots of a day --- */

/* The start's own time of day, where the schedule gives none. */
static void times_of(const struct flow_recurrence *r, const struct anchor *anchor,
                     uint32_t *out_hours, uint64_t *out_minutes)
{
    *out_hours = r->hours != 0 ? r->hours : 1u << anchor->civil.hour;
    *out_minutes = r->minutes != 0 ? r->minutes : (uint64_t)1 << anchor->civil.minute;
}

static hg_time slot_at(const struct flow_schedule *schedule, const struct anchor *anchor,
                       int64_t day, unsigned minute_of_day)
{
    int64_t us = day * DAY_SECONDS * 1000000 + (int64_t)minute_of_day * 60000000;
    if (!anchor->has_schedule)
        us += (int64_t)anchor->civil.second * 1000000 + anchor->civil.micro;
    return utc_of(schedule, (hg_time){.us = us});
}

/* The first slot of a day that lies after `after` and not before the start. */
static bool slot_of_day(const struct flow_schedule *schedule, const struct anchor *anchor,
                        int64_t day, hg_time after, hg_time *out)
{
    uint32_t hours;
    uint64_t minutes;
    bool found = false;
    times_of(schedule->recurrence, anchor, &hours, &minutes);
    for (unsigned at = 0; at < 24 * 60; at++) {
        if ((hours >> at / 60 & 1) == 0 || (minutes >> at % 60 & 1) == 0)
            continue;
        hg_time slot = slot_at(schedule, anchor, day, at);
        if (slot.us <= after.us || slot.us < anchor->start.us || (found && slot.us >= out->us))
            continue;
        *out = slot;
        found = true;
    }
    return found;
}

static bool next_by_calendar(const struct flow_schedule *schedule, const struct anchor *anchor,
                             hg_time after, hg_time *out)
{
    hg_time from = hg_time_before(after, anchor->start) ? anchor->start : after;
    int64_t first = day_of(wall_of(schedule, from)) - 1;
    for (int64_t day = first; day < first + MAX_DAYS; day++) {
        if (day_matches(schedule->recurrence, anchor, day) &&
            slot_of_day(schedule, anchor, day, after, out))
            return true;
    }
    return false;
}

static bool next_by_period(const struct flow_recurrence *r, hg_time start, hg_time after,
                           hg_time *out)
{
    static const int64_t seconds[] = {
        [FLOW_FREQUENCY_SECOND] = 1, [FLOW_FREQUENCY_MINUTE] = 60, [FLOW_FREQUENCY_HOUR] = 3600};
    int64_t period = seconds[r->frequency] * r->interval * 1000000;
    if (hg_time_before(after, start)) {
        *out = start;
        return true;
    }
    int64_t n = hg_time_since(after, start).us / period + 1;
    int64_t span;
    if (__builtin_mul_overflow(n, period, &span))
        return false;
    *out = hg_time_add(start, (hg_dur){.us = span});
    return true;
}

static bool next_of(const struct flow_schedule *schedule, hg_time after, hg_time *out)
{
    const struct flow_recurrence *r = schedule->recurrence;
    struct anchor anchor = anchor_of(schedule);
    if (!r->has_start && hg_time_before(after, schedule->saved_at)) {
        *out = schedule->saved_at;
        return true;
    }
    if (r->frequency < FLOW_FREQUENCY_DAY)
        return next_by_period(r, anchor.start, after, out);
    return next_by_calendar(schedule, &anchor, after, out);
}

bool flow_schedule_next(const struct flow_schedule *schedule, uint64_t n_fired, hg_time after,
                        hg_time *out)
{
    const struct flow_recurrence *r = schedule->recurrence;
    hg_time next;
    if (r->has_count && n_fired >= r->count)
        return false;
    if (!next_of(schedule, after, &next))
        return false;
    if (r->has_end && limit_of(schedule, r->end, r->end_is_utc).us < next.us)
        return false;
    *out = next;
    return true;
}
