#pragma once

#include "base/base.h"
#include "text/culture.h"

/* .NET's DateTime: ticks of 100 ns since 0001-01-01, and whether it is known to be UTC.
 * A text without suffix is neither UTC nor any zone and stays so; one with an offset is
 * turned into UTC (flow-platform.md 4.7). */
struct flow_moment {
    int64_t ticks;
    bool is_utc;
};

#define FLOW_TICKS_SECOND INT64_C(10000000)
#define FLOW_TICKS_DAY (INT64_C(86400) * FLOW_TICKS_SECOND)
#define FLOW_TICKS_1970 INT64_C(621355968000000000)
#define FLOW_TICKS_END INT64_C(3155378976000000000) /* the year 10000 */

enum flow_unit {
    FLOW_UNIT_SECOND,
    FLOW_UNIT_MINUTE,
    FLOW_UNIT_HOUR,
    FLOW_UNIT_DAY,
    FLOW_UNIT_WEEK,
    FLOW_UNIT_MONTH,
    FLOW_UNIT_YEAR,
};

struct flow_moment flow_moment_of(hg_time t);
struct hg_civil flow_moment_civil(struct flow_moment moment);
/* Fields to ticks; false: out of range, as 30 February. Microseconds are ignored, so
 * the fraction is given in ticks. */
bool flow_moment_make(const struct hg_civil *civil, int64_t fraction, int64_t *out_ticks);

bool flow_unit_find(hg_str name, enum flow_unit *out);
/* Months and years clamp the day to the month. False: before year 1 or after 9999. */
bool flow_moment_add(struct flow_moment *moment, int64_t n, enum flow_unit unit);

/* ISO 8601, and what en-US writes: "3/15/2018 1:30 PM", "15 Mar 2018", RFC 1123. */
bool flow_moment_parse(hg_str text, struct flow_moment *out);
/* The same with the order of day, month and year, and the names, of a culture. */
bool flow_moment_parse_culture(hg_str text, const struct text_culture *culture,
                               struct flow_moment *out);
/* By a .NET pattern, exactly. */
bool flow_moment_parse_exact(hg_str text, hg_str pattern, const struct text_culture *culture,
                             struct flow_moment *out);

/* A standard letter or a custom pattern. False: the pattern is not valid. */
bool flow_moment_format(struct hg_buf *buf, struct flow_moment moment, hg_str pattern,
                        const struct text_culture *culture);
/* What a standard letter stands for; a custom pattern is returned as it is. Empty: an
 * unknown letter. */
hg_str flow_moment_pattern(hg_str pattern, const struct text_culture *culture);

/* For functions: an argument as a moment, or a fault; and a moment as the result, by the
 * format that the i-th argument is, or round trip. */
struct flow_call;
enum hg_code flow_call_moment(const struct flow_call *call, uint32_t i, struct flow_moment *out);
enum hg_code flow_call_write_moment(const struct flow_call *call, struct flow_moment moment,
                                    uint32_t i, const struct text_culture *culture,
                                    struct hg_json *out);
