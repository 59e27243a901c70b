#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "base/base.h"
#include "store/store.h"

/* What is to be done at an instant: one row a thing. A worker claims the earliest due row
 * by moving its due instant ahead (the lease) and writing its process into it; the handler
 * writes what it did together with the row's next due instant, or its end. What a worker
 * had that died is due again when its process is seen to be gone (app_timers_release), at
 * the latest when the lease ends. All nodes share the table. */
enum app_timer_kind {
    APP_TIMER_SWEEP,   /* what ended long ago is deleted; ref "" */
    APP_TIMER_TRIGGER, /* a flow's recurrence or poll; ref: the flow */
    APP_TIMER_RUN,     /* a run that can go on; ref: the run */
    APP_TIMER_KIND_COUNT
};

/* No handler may be without a commit for longer. */
enum { APP_TIMER_LEASE_SECONDS = 120 };

struct app_timer {
    hg_str tenant;
    enum app_timer_kind kind;
    hg_str ref;
    hg_time due;   /* when it was to happen */
    hg_time lease; /* the row's due while this worker has it */
    hg_str claim;  /* and the worker's process */
};

/* Appends: due at `due`, in the place of an older instant. */
void app_timer_set(struct app_commit *commit, hg_str tenant, enum app_timer_kind kind, hg_str ref,
                   hg_time due);
void app_timer_remove(struct app_commit *commit, hg_str tenant, enum app_timer_kind kind,
                      hg_str ref);
/* Appends, from a handler: the claimed timer is due next at `due`, or is over. The commit
 * fails with HG_CONFLICT when the lease was lost to another worker. */
void app_timer_next(struct app_commit *commit, const struct app_timer *timer, hg_time due);
void app_timer_end(struct app_commit *commit, const struct app_timer *timer);

/* Appends, from a handler that goes on after this commit: the lease begins anew at `now`. */
void app_timer_keep(struct app_commit *commit, struct app_timer *timer, hg_time now);

/* What processes have in hand that are not there any more is due at `now`. While others that
 * are there have something, app_work() looks again when it is idle: a database may need a
 * moment to see that a process died. */
HG_MUST_USE enum hg_code app_timers_release(struct app *app, struct hg_arena *arena, hg_time now,
                                            struct hg_err *err);

/* When the earliest timer is due; INT64_MAX µs: there is none. */
HG_MUST_USE enum hg_code app_timers_due(struct app *app, struct hg_arena *arena, hg_time *out,
                                        struct hg_err *err);

typedef enum hg_code app_timer_handler(struct app_call *call, const struct app_timer *timer,
                                       struct hg_err *err);

/* One a kind; a handler that fails is tried again when its lease ends. */
app_timer_handler app_timer_sweep;

/* From flows: runs_worker.c, triggers.c. */
app_timer_handler app_timer_run, app_timer_trigger;

extern const struct store_table app_timers_table;
