#include "base/base.h"
#include "flow/function_private.h"
#include "flow/moment_private.h"
#include "text/culture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static const hg_str round_trip = HG_LIT("o");

static enum hg_code refuse_time(const struct flow_call *call, hg_str text)
{
    return FLOW_FAIL(call,
                     "In function '%.*s', the value provided for date time string '%.*s' was not "
                     "valid. The datetime string must match ISO 8601 format.",
                     HG_ARG(call->function->name), HG_ARG(text));
}

enum hg_code flow_call_moment(const struct flow_call *call, uint32_t i, struct flow_moment *out)
{
    hg_str text = flow_arg_str(call, i);
    return flow_moment_parse(text, out) ? HG_OK : refuse_time(call, text);
}

/* The moment as text by the i-th argument, or in the round-trip format. */
enum hg_code flow_call_write_moment(const struct flow_call *call, struct flow_moment moment,
                                    uint32_t i, const struct text_culture *culture,
                                    struct hg_json *out)
{
    hg_str format = call->n_args > i ? flow_arg_str(call, i) : round_trip;
    struct hg_buf buf = flow_call_buf(call);
    if (format.len == 0)
        format = round_trip;
    if (flow_moment_format(&buf, moment, format, culture))
        return flow_call_text(call, &buf, out);
    return FLOW_FAIL(call,
                     "The template language function '%.*s' was invoked with a format that is not "
                     "valid: '%.*s'. Please see https://aka.ms/logicexpressions#%.*s for usage "
                     "details.",
                     HG_ARG(call->function->name), HG_ARG(format), HG_ARG(call->function->name));
}

static enum hg_code write_moment(const struct flow_call *call, struct flow_moment moment,
                                 uint32_t i, struct hg_json *out)
{
    return flow_call_write_moment(call, moment, i, &text_culture_en_us, out);
}

static enum hg_code run_utc_now(const struct flow_call *call, struct hg_json *out)
{
    return write_moment(call, flow_moment_of(call->eval->scope->now), 0, out);
}

/* --- Arithmetic --- */

static enum hg_code add(const struct flow_call *call, struct flow_moment *moment, int64_t n,
                        enum flow_unit unit)
{
    if (flow_moment_add(moment, n, unit))
        return HG_OK;
    return FLOW_FAIL(call,
                     "The template language function '%.*s' resulted in a date that is not "
                     "representable: years go from 1 to 9999.",
                     HG_ARG(call->function->name));
}

static enum hg_code add_units(const struct flow_call *call, enum flow_unit unit,
                              struct hg_json *out)
{
    struct flow_moment moment;
    HG_TRY(flow_call_moment(call, 0, &moment));
    HG_TRY(add(call, &moment, call->args[1].integer, unit));
    return write_moment(call, moment, 2, out);
}

static enum hg_code run_add_seconds(const struct flow_call *call, struct hg_json *out)
{
    return add_units(call, FLOW_UNIT_SECOND, out);
}

static enum hg_code run_add_minutes(const struct flow_call *call, struct hg_json *out)
{
    return add_units(call, FLOW_UNIT_MINUTE, out);
}

static enum hg_code run_add_hours(const struct flow_call *call, struct hg_json *out)
{
    return add_units(call, FLOW_UNIT_HOUR, out);
}

static enum hg_code run_add_days(const struct flow_call *call, struct hg_json *out)
{
    return add_units(call, FLOW_UNIT_DAY, out);
}

/* `n` and the unit stand at i and i + 1, the format behind them. */
static enum hg_code shift(const struct flow_call *call, struct flow_moment moment, uint32_t i,
                          int sign, struct hg_json *out)
{
    enum flow_unit unit;
    int64_t n = call->args[i].integer;
    if (!flow_unit_find(flow_arg_str(call, i + 1), &unit))
        return FLOW_FAIL(call,
                         "The template language function '%.*s' expects its unit to be one of "
                         "'Second', 'Minute', 'Hour', 'Day', 'Week', 'Month' and 'Year'. The "
                         "provided value is '%.*s'. Please see "
                         "https://aka.ms/logicexpressions#%.*s for usage details.",
                         HG_ARG(call->function->name), HG_ARG(flow_arg_str(call, i + 1)),
                         HG_ARG(call->function->name));
    if (sign < 0)
        n = n == INT64_MIN ? INT64_MAX : -n;
    HG_TRY(add(call, &moment, n, unit));
    return write_moment(call, moment, i + 2, out);
}

static enum hg_code run_add_to_time(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment moment;
    HG_TRY(flow_call_moment(call, 0, &moment));
    return shift(call, moment, 1, 1, out);
}

static enum hg_code run_subtract_from_time(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment moment;
    HG_TRY(flow_call_moment(call, 0, &moment));
    return shift(call, moment, 1, -1, out);
}

static enum hg_code run_get_future_time(const struct flow_call *call, struct hg_json *out)
{
    return shift(call, flow_moment_of(call->eval->scope->now), 0, 1, out);
}

static enum hg_code run_get_past_time(const struct flow_call *call, struct hg_json *out)
{
    return shift(call, flow_moment_of(call->eval->scope->now), 0, -1, out);
}

/* [-][d.]hh:mm:ss[.fffffff] */
static enum hg_code run_date_difference(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment from;
    struct flow_moment to;
    struct hg_buf buf = flow_call_buf(call);
    HG_TRY(flow_call_moment(call, 0, &from));
    HG_TRY(flow_call_moment(call, 1, &to));
    int64_t ticks = to.ticks - from.ticks;
    if (ticks < 0) {
        hg_buf_byte(&buf, '-');
        ticks = -ticks;
    }
    if (ticks >= FLOW_TICKS_DAY)
        hg_buf_format(&buf, "%lld.", (long long)(ticks / FLOW_TICKS_DAY));
    int64_t seconds = ticks % FLOW_TICKS_DAY / FLOW_TICKS_SECOND;
    hg_buf_format(&buf, "%02lld:%02lld:%02lld", (long long)(seconds / 3600),
                  (long long)(seconds / 60 % 60), (long long)(seconds % 60));
    if (ticks % FLOW_TICKS_SECOND != 0)
        hg_buf_format(&buf, ".%07lld", (long long)(ticks % FLOW_TICKS_SECOND));
    return flow_call_text(call, &buf, out);
}

/* --- Beginnings and parts --- */

static enum hg_code start_of(const struct flow_call *call, int64_t span, bool of_month,
                             struct hg_json *out)
{
    struct flow_moment moment;
    HG_TRY(flow_call_moment(call, 0, &moment));
    moment.ticks -= moment.ticks % span;
    if (of_month)
        moment.ticks -= (int64_t)(flow_moment_civil(moment).day - 1) * FLOW_TICKS_DAY;
    return write_moment(call, moment, 1, out);
}

static enum hg_code run_start_of_hour(const struct flow_call *call, struct hg_json *out)
{
    return start_of(call, FLOW_TICKS_SECOND * 3600, false, out);
}

static enum hg_code run_start_of_day(const struct flow_call *call, struct hg_json *out)
{
    return start_of(call, FLOW_TICKS_DAY, false, out);
}

static enum hg_code run_start_of_month(const struct flow_call *call, struct hg_json *out)
{
    return start_of(call, FLOW_TICKS_DAY, true, out);
}

static enum hg_code run_day_of_week(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment moment;
    HG_TRY(flow_call_moment(call, 0, &moment));
    *out = hg_json_int(flow_moment_civil(moment).weekday);
    return HG_OK;
}

static enum hg_code run_day_of_month(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment moment;
    HG_TRY(flow_call_moment(call, 0, &moment));
    *out = hg_json_int(flow_moment_civil(moment).day);
    return HG_OK;
}

static enum hg_code run_day_of_year(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment moment;
    int64_t first = 0;
    HG_TRY(flow_call_moment(call, 0, &moment));
    struct hg_civil january = {.year = flow_moment_civil(moment).year, .month = 1, .day = 1};
    (void)flow_moment_make(&january, 0, &first);
    *out = hg_json_int((moment.ticks - first) / FLOW_TICKS_DAY + 1);
    return HG_OK;
}

static enum hg_code run_ticks(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment moment;
    HG_TRY(flow_call_moment(call, 0, &moment));
    *out = hg_json_int(moment.ticks);
    return HG_OK;
}

/* --- Formats --- */

static enum hg_code run_format_date_time(const struct flow_call *call, struct hg_json *out)
{
    const struct text_culture *culture = &text_culture_en_us;
    struct flow_moment moment;
    HG_TRY(flow_call_moment(call, 0, &moment));
    if (call->n_args == 3)
        HG_TRY(flow_call_culture(call, 2, &culture));
    return flow_call_write_moment(call, moment, 1, culture, out);
}

static enum hg_code run_parse_date_time(const struct flow_call *call, struct hg_json *out)
{
    const struct text_culture *culture = &text_culture_en_us;
    struct flow_moment moment;
    hg_str text = flow_arg_str(call, 0);
    if (call->n_args > 1)
        HG_TRY(flow_call_culture(call, 1, &culture));
    bool is_fine = call->n_args == 3
                       ? flow_moment_parse_exact(text, flow_arg_str(call, 2), culture, &moment)
                       : flow_moment_parse_culture(text, culture, &moment);
    return is_fine ? write_moment(call, moment, 3, out) : refuse_time(call, text);
}

#define TIME_FORMAT {FLOW_ARG_STRING, FLOW_ARG_STRING}
#define TIME_INT_FORMAT {FLOW_ARG_STRING, FLOW_ARG_INT, FLOW_ARG_STRING}
#define TIME_INT_UNIT_FORMAT {FLOW_ARG_STRING, FLOW_ARG_INT, FLOW_ARG_STRING, FLOW_ARG_STRING}
#define INT_UNIT_FORMAT {FLOW_ARG_INT, FLOW_ARG_STRING, FLOW_ARG_STRING}
#define STRINGS {FLOW_ARG_STRING, FLOW_ARG_STRING, FLOW_ARG_STRING, FLOW_ARG_STRING}

// clang-format off
static const struct flow_function rows[] = {
    {HG_LIT("addDays"), 2, 3, run_add_days, TIME_INT_FORMAT, 0, 0},
    {HG_LIT("addHours"), 2, 3, run_add_hours, TIME_INT_FORMAT, 0, 0},
    {HG_LIT("addMinutes"), 2, 3, run_add_minutes, TIME_INT_FORMAT, 0, 0},
    {HG_LIT("addSeconds"), 2, 3, run_add_seconds, TIME_INT_FORMAT, 0, 0},
    {HG_LIT("addToTime"), 3, 4, run_add_to_time, TIME_INT_UNIT_FORMAT, 0, 0},
    {HG_LIT("convertFromUtc"), 2, 3, flow_run_convert_from_utc, STRINGS, 0, 0},
    {HG_LIT("convertTimeZone"), 3, 4, flow_run_convert_time_zone, STRINGS, 0, 0},
    {HG_LIT("convertToUtc"), 2, 3, flow_run_convert_to_utc, STRINGS, 0, 0},
    {HG_LIT("dateDifference"), 2, 2, run_date_difference, STRINGS, 0, 0},
    {HG_LIT("dayOfMonth"), 1, 1, run_day_of_month, STRINGS, 0, 0},
    {HG_LIT("dayOfWeek"), 1, 1, run_day_of_week, STRINGS, 0, 0},
    {HG_LIT("dayOfYear"), 1, 1, run_day_of_year, STRINGS, 0, 0},
    {HG_LIT("formatDateTime"), 1, 3, run_format_date_time, STRINGS, 0, 0},
    {HG_LIT("getFutureTime"), 2, 3, run_get_future_time, INT_UNIT_FORMAT, FLOW_IS_DYNAMIC, 0},
    {HG_LIT("getPastTime"), 2, 3, run_get_past_time, INT_UNIT_FORMAT, FLOW_IS_DYNAMIC, 0},
    {HG_LIT("parseDateTime"), 1, 3, run_parse_date_time, STRINGS, 0, 0},
    {HG_LIT("startOfDay"), 1, 2, run_start_of_day, TIME_FORMAT, 0, 0},
    {HG_LIT("startOfHour"), 1, 2, run_start_of_hour, TIME_FORMAT, 0, 0},
    {HG_LIT("startOfMonth"), 1, 2, run_start_of_month, TIME_FORMAT, 0, 0},
    {HG_LIT("subtractFromTime"), 3, 4, run_subtract_from_time, TIME_INT_UNIT_FORMAT, 0, 0},
    {HG_LIT("ticks"), 1, 1, run_ticks, STRINGS, 0, 0},
    {HG_LIT("utcNow"), 0, 1, run_utc_now, STRINGS, FLOW_IS_DYNAMIC, 0},
};
// clang-format on

const struct flow_function_group flow_functions_date = {HG_LIT("date and time"), rows,
                                                        HG_COUNT(rows)};
