#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"
#include "text/zone.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A recurrence as a definition has it: bounds of flow-platform 3.2 and 3.4. */

struct timing {
    struct flow_reading *reading;
    const struct hg_json *source;
    hg_str path;
    struct flow_recurrence *out;
};

static void fault(const struct timing *timing, const char *member, const char *rule)
{
    FLOW_REFUSE(timing->reading, "InvalidTemplate",
                hg_str_format(timing->reading->arena, "%.*s/%s", HG_ARG(timing->path), member),
                "The recurrence of trigger '%.*s' of type '%.*s' has a '%s' that is not %s.",
                HG_ARG(timing->reading->out->trigger.name),
                HG_ARG(timing->reading->out->trigger.type_name), member, rule);
}

static const struct {
    const char *word;
    uint32_t most;
    const char *rule;
} frequencies[] = {
    [FLOW_FREQUENCY_SECOND] = {"Second", 9999999, "a number from 1 to 9999999"},
    [FLOW_FREQUENCY_MINUTE] = {"Minute", 72000, "a number from 1 to 72000"},
    [FLOW_FREQUENCY_HOUR] = {"Hour", 12000, "a number from 1 to 12000"},
    [FLOW_FREQUENCY_DAY] = {"Day", 500, "a number from 1 to 500"},
    [FLOW_FREQUENCY_WEEK] = {"Week", 71, "a number from 1 to 71"},
    [FLOW_FREQUENCY_MONTH] = {"Month", 16, "a number from 1 to 16"},
};

static bool read_frequency(const struct timing *timing)
{
    hg_str word = hg_json_str_or(hg_json_get(timing->source, "frequency"), HG_STR(""));
    for (size_t i = 0; i < HG_COUNT(frequencies); i++) {
        if (!hg_str_eq_nocase(word, hg_str_of(frequencies[i].word)))
            continue;
        timing->out->frequency = (enum flow_frequency)i;
        return true;
    }
    fault(timing, "frequency", "Second, Minute, Hour, Day, Week or Month");
    return false;
}

static void read_interval(const struct timing *timing)
{
    int64_t n;
    if (hg_json_as_int(hg_json_get(timing->source, "interval"), &n) && n >= 1 &&
        n <= frequencies[timing->out->frequency].most)
        timing->out->interval = (uint32_t)n;
    else
        fault(timing, "interval", frequencies[timing->out->frequency].rule);
}

/* "2026-11-24T16:14:11" is civil time of the zone; with Z it is UTC and there is
 * no zone; an offset is refused. */
static bool read_instant(const struct timing *timing, const char *member, bool *out_is_utc,
                         hg_time *out)
{
    const struct hg_json *value = hg_json_get(timing->source, member);
    if (hg_json_is_null(value))
        return false;
    hg_str text = hg_json_str_or(value, HG_STR(""));
    *out_is_utc = hg_str_ends(text, HG_STR("Z")) || hg_str_ends(text, HG_STR("z"));
    bool is_date = text.len == 10;
    hg_str full = *out_is_utc || is_date
                      ? text
                      : hg_str_format(timing->reading->arena, "%.*sZ", HG_ARG(text));
    if (text.len >= 10 && hg_time_parse(full, out, NULL) == HG_OK)
        return true;
    fault(timing, member, "a time like 2026-11-24T16:14:11, with Z or with a timeZone");
    return false;
}

/* A list of whole numbers, also written as strings. */
static bool each_number(const struct hg_json *list, size_t i, int64_t *out)
{
    const struct hg_json *item = hg_json_item(list, i);
    hg_str text;
    return hg_json_as_int(item, out) || (hg_json_as_str(item, &text) && hg_str_i64(text, out));
}

static void read_bits(const struct timing *timing, const char *member, int64_t most, uint64_t *out)
{
    const struct hg_json *list = hg_json_get(hg_json_get(timing->source, "schedule"), member);
    if (hg_json_is_null(list))
        return;
    bool good = hg_json_is(list, HG_JSON_ARRAY);
    for (size_t i = 0; good && i < hg_json_count(list); i++) {
        int64_t n = -1;
        good = each_number(list, i, &n) && n >= 0 && n <= most;
        if (good)
            *out |= (uint64_t)1 << n;
    }
    if (!good)
        fault(timing, member,
              most == 23 ? "a list of hours from 0 to 23" : "a list of minutes from 0 to 59");
}

static bool weekday_of(hg_str word, unsigned *out)
{
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    for (unsigned i = 0; i < HG_COUNT(days); i++) {
        if (!hg_str_eq_nocase(word, hg_str_of(days[i])))
            continue;
        *out = i;
        return true;
    }
    return false;
}

static void read_weekdays(const struct timing *timing, const struct hg_json *list)
{
    bool good = hg_json_is(list, HG_JSON_ARRAY);
    for (size_t i = 0; good && i < hg_json_count(list); i++) {
        unsigned day = 0;
        good = weekday_of(hg_json_str_or(hg_json_item(list, i), HG_STR("")), &day);
        if (good)
            timing->out->weekdays |= (uint8_t)(1u << day);
    }
    if (!good)
        fault(timing, "weekDays", "a list of days from Monday to Sunday");
}

static void read_month_days(const struct timing *timing, const struct hg_json *list)
{
    struct flow_recurrence *out = timing->out;
    bool good = hg_json_is(list, HG_JSON_ARRAY) && hg_json_count(list) <= HG_COUNT(out->month_days);
    for (size_t i = 0; good && i < hg_json_count(list); i++) {
        int64_t n = 0;
        good = each_number(list, i, &n) && n != 0 && n >= -31 && n <= 31;
        if (good)
            out->month_days[out->n_month_days++] = (int8_t)n;
    }
    if (!good)
        fault(timing, "monthDays", "a list of days from 1 to 31 or from -1 to -31");
}

static void read_occurrences(const struct timing *timing, const struct hg_json *list)
{
    struct flow_recurrence *out = timing->out;
    bool good =
        hg_json_is(list, HG_JSON_ARRAY) && hg_json_count(list) <= HG_COUNT(out->occurrences);
    for (size_t i = 0; good && i < hg_json_count(list); i++) {
        const struct hg_json *item = hg_json_item(list, i);
        unsigned day = 0;
        int64_t n = 0;
        good = weekday_of(hg_json_str_or(hg_json_get(item, "dayOfWeek"), HG_STR("")), &day) &&
               hg_json_as_int(hg_json_get(item, "occurrence"), &n) && n != 0 && n >= -5 && n <= 5;
        if (good)
            out->occurrences[out->n_occurrences++] =
                (struct flow_occurrence){.weekday = (uint8_t)day, .nth = (int8_t)n};
    }
    if (!good)
        fault(timing, "monthlyOccurrences",
              "a list of {dayOfWeek, occurrence}, occurrences from 1 to 5 or -1 to -5");
}

/* Which parts of a schedule a frequency may have. */
static void read_schedule(const struct timing *timing)
{
    struct flow_recurrence *out = timing->out;
    const struct hg_json *schedule = hg_json_get(timing->source, "schedule");
    const struct hg_json *weekdays = hg_json_get(schedule, "weekDays");
    const struct hg_json *month_days = hg_json_get(schedule, "monthDays");
    const struct hg_json *occurrences = hg_json_get(schedule, "monthlyOccurrences");
    uint64_t hours = 0;
    if (hg_json_count(schedule) == 0)
        return;
    if (out->frequency < FLOW_FREQUENCY_DAY) {
        fault(timing, "schedule", "for a frequency of Day, Week or Month");
        return;
    }
    read_bits(timing, "hours", 23, &hours);
    out->hours = (uint32_t)hours;
    read_bits(timing, "minutes", 59, &out->minutes);
    if (!hg_json_is_null(weekdays) && out->frequency == FLOW_FREQUENCY_WEEK)
        read_weekdays(timing, weekdays);
    else if (hg_json_count(weekdays) > 0)
        fault(timing, "weekDays", "for a frequency of Week");
    if (!hg_json_is_null(month_days) && out->frequency == FLOW_FREQUENCY_MONTH)
        read_month_days(timing, month_days);
    if (!hg_json_is_null(occurrences) && out->frequency == FLOW_FREQUENCY_MONTH)
        read_occurrences(timing, occurrences);
    if (out->frequency != FLOW_FREQUENCY_MONTH &&
        (hg_json_count(month_days) > 0 || hg_json_count(occurrences) > 0))
        fault(timing, "monthDays", "for a frequency of Month");
    if (out->n_month_days > 0 && out->n_occurrences > 0)
        fault(timing, "monthlyOccurrences",
              "alone: monthDays and monthlyOccurrences exclude each "
              "other");
}

static void read_count(const struct timing *timing)
{
    const struct hg_json *value = hg_json_get(timing->source, "count");
    int64_t n;
    if (hg_json_is_null(value))
        return;
    timing->out->has_count = hg_json_as_int(value, &n) && n >= 1;
    if (timing->out->has_count)
        timing->out->count = (uint64_t)n;
    else
        fault(timing, "count", "a number from 1 up");
}

static void read_zone(const struct timing *timing)
{
    struct text_zone zone;
    hg_str name = timing->out->zone;
    if (name.len > 0 && text_zone_find(timing->reading->arena, name, &zone, NULL) != HG_OK)
        fault(timing, "timeZone", "the name of a time zone, like 'Central Europe Standard Time'");
}

void flow_reading_recurrence(struct flow_reading *reading, const struct hg_json *recurrence,
                             hg_str path, struct flow_recurrence *out)
{
    struct timing timing = {reading, recurrence, path, out};
    if (!hg_json_is(recurrence, HG_JSON_OBJECT)) {
        FLOW_REFUSE(reading, "InvalidTemplate", path, "The recurrence is not an object.");
        return;
    }
    out->zone = hg_json_str_or(hg_json_get(recurrence, "timeZone"), HG_STR(""));
    if (hg_str_eq_nocase(out->zone, HG_STR("UTC")))
        out->zone = HG_STR("");
    read_zone(&timing);
    if (!read_frequency(&timing))
        return;
    read_interval(&timing);
    out->has_start = read_instant(&timing, "startTime", &out->start_is_utc, &out->start);
    out->has_end = read_instant(&timing, "endTime", &out->end_is_utc, &out->end);
    read_count(&timing);
    read_schedule(&timing);
    if (out->frequency == FLOW_FREQUENCY_SECOND && out->interval > 0 && out->interval < 60)
        FLOW_WARN(reading, "RecurrenceBelowMinimum", path,
                  "The recurrence is shorter than 60 seconds, the shortest that the documented "
                  "system runs.");
}
