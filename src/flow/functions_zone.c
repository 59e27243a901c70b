#include "base/base.h"
#include "flow/function_private.h"
#include "flow/moment_private.h"
#include "text/culture.h"
#include "text/zone.h"

#include <stdbool.h>
#include <stdint.h>

enum { TICKS_A_MILLISECOND = 10000 };

static enum hg_code zone_arg(const struct flow_call *call, uint32_t i, struct text_zone *out)
{
    hg_str name = flow_arg_str(call, i);
    struct flow_eval *eval = call->eval;
    enum hg_code code = text_zone_find(eval->arena, name, out, eval->err);
    if (code != HG_NOT_FOUND)
        return code;
    return FLOW_FAIL(call,
                     "The template language function '%.*s' was invoked with a time zone id that "
                     "is not valid: '%.*s'. Please see https://aka.ms/logicexpressions#%.*s for "
                     "usage details.",
                     HG_ARG(call->function->name), HG_ARG(name), HG_ARG(call->function->name));
}

static int64_t milliseconds(struct flow_moment moment)
{
    return (moment.ticks - FLOW_TICKS_1970) / TICKS_A_MILLISECOND;
}

static enum hg_code shift(const struct flow_call *call, struct flow_moment *moment,
                          int64_t offset_ms)
{
    int64_t ticks = moment->ticks + offset_ms * TICKS_A_MILLISECOND;
    if (ticks < 0 || ticks >= FLOW_TICKS_END)
        return FLOW_FAIL(call,
                         "The template language function '%.*s' resulted in a date that is not "
                         "representable: years go from 1 to 9999.",
                         HG_ARG(call->function->name));
    moment->ticks = ticks;
    return HG_OK;
}

/* A time on the clock of a zone, to UTC. One that already says it is UTC fits no other. */
static enum hg_code to_utc(const struct flow_call *call, const struct text_zone *zone,
                           struct flow_moment *moment)
{
    struct flow_eval *eval = call->eval;
    int64_t offset = 0;
    if (moment->is_utc && !zone->is_utc)
        return FLOW_FAIL(call,
                         "The template language function '%.*s' was invoked with a time in UTC and "
                         "another source time zone. Leave the suffix out, or name 'UTC'.",
                         HG_ARG(call->function->name));
    enum hg_code code = text_zone_offset_of_wall(zone, milliseconds(*moment), &offset, eval->err);
    if (code == HG_MALFORMED)
        return FLOW_FAIL(call,
                         "The template language function '%.*s' was invoked with a time that does "
                         "not exist in its source time zone: the clock is put forward over it.",
                         HG_ARG(call->function->name));
    HG_TRY(code);
    moment->is_utc = true;
    return shift(call, moment, -offset);
}

static enum hg_code from_utc(const struct flow_call *call, const struct text_zone *zone,
                             struct flow_moment *moment)
{
    int64_t offset = 0;
    HG_TRY(text_zone_offset(zone, milliseconds(*moment), &offset, call->eval->err));
    moment->is_utc = zone->is_utc;
    return shift(call, moment, offset);
}

enum hg_code flow_run_convert_from_utc(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment moment;
    struct text_zone zone;
    HG_TRY(flow_call_moment(call, 0, &moment));
    HG_TRY(zone_arg(call, 1, &zone));
    HG_TRY(from_utc(call, &zone, &moment));
    return flow_call_write_moment(call, moment, 2, &text_culture_en_us, out);
}

enum hg_code flow_run_convert_to_utc(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment moment;
    struct text_zone zone;
    HG_TRY(flow_call_moment(call, 0, &moment));
    HG_TRY(zone_arg(call, 1, &zone));
    HG_TRY(to_utc(call, &zone, &moment));
    return flow_call_write_moment(call, moment, 2, &text_culture_en_us, out);
}

enum hg_code flow_run_convert_time_zone(const struct flow_call *call, struct hg_json *out)
{
    struct flow_moment moment;
    struct text_zone source;
    struct text_zone target;
    HG_TRY(flow_call_moment(call, 0, &moment));
    HG_TRY(zone_arg(call, 1, &source));
    HG_TRY(zone_arg(call, 2, &target));
    HG_TRY(to_utc(call, &source, &moment));
    HG_TRY(from_utc(call, &target, &moment));
    return flow_call_write_moment(call, moment, 3, &text_culture_en_us, out);
}
