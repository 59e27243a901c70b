#pragma once

#include "base/base.h"
#include "flow/definition.h"

/* When a flow starts, and with what: instants of a recurrence, trigger
 * conditions, and the split of a trigger's array into runs. Pure.
 * Source: flow-platform 3.3, 3.4. */

/* What the instants of a recurrence depend on besides the recurrence itself. */
struct flow_schedule {
    const struct flow_recurrence *recurrence;
    hg_time saved_at; /* when the flow was saved or turned on: the start where none is given */
    uint64_t n_fired; /* so far; for `count` */
};

/* The first instant after `after`. False: there is none any more. Without
 * startTime the first one is saved_at itself: ask with after = saved_at - 1 µs
 * when the flow is turned on. */
bool flow_schedule_next(const struct flow_schedule *schedule, hg_time after, hg_time *out);

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
