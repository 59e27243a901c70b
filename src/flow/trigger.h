#pragma once

#include "base/base.h"
#include "flow/definition.h"
#include "text/zone.h"

/* When a flow starts, and with what: instants of a recurrence, trigger
 * conditions, and the split of a trigger's array into runs. Pure.
 * Source: flow-platform 3.3, 3.4. */

/* A recurrence ready to be computed with. */
struct flow_schedule {
    const struct flow_recurrence *recurrence;
    struct text_zone zone;
    hg_time saved_at; /* when the flow was saved or turned on: the start where none is given */
};

/* HG_NOT_FOUND: no time zone of that name. */
HG_MUST_USE enum hg_code flow_schedule_of(struct hg_arena *arena,
                                          const struct flow_recurrence *recurrence,
                                          hg_time saved_at, struct flow_schedule *out,
                                          struct hg_err *err);

/* The first instant after `after`; false: there is none any more. `n_fired` counts the
 * firings so far, for a recurrence with a `count`.
 *
 * Without startTime the first instant is saved_at itself: ask with an `after` before
 * it when the flow is turned on. Seconds, minutes and hours are counted in absolute
 * time; days, weeks and months by the calendar of the time zone, so that 09:00 stays
 * 09:00 over a change of the clock. A wall-clock time that is skipped then runs an
 * hour later, one that occurs twice runs once. What was missed is not made up for. */
bool flow_schedule_next(const struct flow_schedule *schedule, uint64_t n_fired, hg_time after,
                        hg_time *out);

enum flow_firing_kind {
    FLOW_FIRING_RUN,     /* start a run for each item */
    FLOW_FIRING_SKIPPED, /* a condition did not hold: history only, no run */
    FLOW_FIRING_FAILED,  /* a condition or splitOn could not be evaluated */
};

struct flow_firing {
    enum flow_firing_kind kind;
    hg_str code, message;        /* SKIPPED, FAILED */
    const struct hg_json *items; /* RUN: the trigger outputs of each run */
    size_t n_items;
};

struct flow_evaluation {
    const struct hg_json *outputs;    /* {headers, body}; NULL: none */
    const struct hg_json *parameters; /* values; NULL: the defaults */
    const struct hg_json *workflow;   /* what workflow() answers */
    hg_time now;
    const struct hg_random *random;
};

/* Applies conditions and splitOn to one evaluation of the trigger. */
HG_MUST_USE enum hg_code flow_trigger_fire(struct hg_arena *arena,
                                           const struct flow_definition *definition,
                                           const struct flow_evaluation *evaluation,
                                           struct flow_firing *out, struct hg_err *err);
