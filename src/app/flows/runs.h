#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "app/flows/flows.h"
#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "store/store.h"

/* Runs of flows. A run's row holds what a list shows of it and, sealed, what started it; its
 * state is a log of its own. Its APP_TIMER_RUN row is written in the same commit: an
 * acknowledged trigger has a run that a worker will find. Every transition is committed
 * before its effects are started; an effect that a crash cut off is started again when the
 * timer's lease ends, so effects happen at least once and transitions exactly once. */
struct app_run {
    hg_str id; /* flow_run_name(): ascending is newest first */
    hg_str flow;
    int64_t revision;
    enum flow_status status;
    hg_time started;
    struct hg_json summary; /* flow_run_properties() */
    struct hg_json cause;   /* {outputs?, inputs?}: what the trigger gave, for resubmitting */
    uint64_t reply;         /* http_replies id of whoever waits for the Response; 0: no one */
    hg_str reply_node;      /* the process that has them waiting (app_instance) */
    hg_str resubmitted;     /* the run that repeats this one; "" none */
    int64_t version;
};

struct app_runs {
    const struct app_run *items;
    size_t n;
};

/* HG_NOT_FOUND. Results live in `arena`. */
HG_MUST_USE enum hg_code app_run_load(struct app *app, struct hg_arena *arena, hg_str tenant,
                                      hg_str id, struct app_run *out, struct hg_err *err);
struct app_runs_query {
    hg_str flow;
    bool has_status;
    enum flow_status status;
    hg_str after; /* strictly older than that run; "" from the newest */
    uint32_t limit;
};
HG_MUST_USE enum hg_code app_runs_list(struct app *app, struct hg_arena *arena, hg_str tenant,
                                       const struct app_runs_query *query, struct app_runs *out,
                                       struct hg_err *err);
/* Whether some run of the flow is not over. */
HG_MUST_USE enum hg_code app_runs_any_active(struct app *app, struct hg_arena *arena, hg_str tenant,
                                             hg_str flow, bool *out, struct hg_err *err);

/* --- The log of a run's state -------------------------------------------------------------- */

/* A part of a run's log; parts are numbered as the versions of the row that they made. */
struct app_run_place {
    hg_str tenant, flow, id;
    int64_t part;
};
/* Bytes of the WHOLE that the log begins with, and of the CHANGES after it. */
struct app_run_size {
    size_t whole, changes;
};
struct app_run_texts {
    const hg_str *items; /* for flow_run_parse() */
    size_t n;
    struct app_run_size size;
};
/* Appends a rendering as one more part, sealed: what commands need is in it. */
HG_MUST_USE enum hg_code app_run_log_append(struct app *app, struct app_commit *commit,
                                            const struct app_run_place *run, hg_str text,
                                            struct hg_err *err);
/* All parts; place->part is not looked at. */
HG_MUST_USE enum hg_code app_run_log_load(struct app *app, struct hg_arena *arena,
                                          const struct app_run_place *run,
                                          struct app_run_texts *out, struct hg_err *err);
/* Whether to begin it anew with a WHOLE: then all WHOLEs of a run together are not longer
 * than its CHANGES, and what a worker has to read is not much longer than the WHOLE. */
bool app_run_log_is_long(const struct app_run_size *size);
void app_run_log_forget(struct app_commit *commit, const struct app_run_place *run);
void app_run_logs_forget(struct app_commit *commit, hg_str tenant, hg_str flow);

/* --- Starting ------------------------------------------------------------------------- */

struct app_run_start {
    const struct app_flow *flow;
    const struct flow_definition *definition;
    const struct hg_json *outputs, *inputs; /* of the trigger; NULL: none */
    hg_str tracking_id;                     /* "" the run's name */
    bool has_scheduled;
    hg_time scheduled;
    bool is_resubmit;
    uint64_t reply; /* 0: no one waits */
};
/* Appends the run and its timer, due now. */
HG_MUST_USE enum hg_code app_run_start(struct app_call *call, struct app_commit *commit,
                                       const struct app_run_start *start, hg_str *out_id,
                                       struct hg_err *err);
/* After the commit: workers look at once. */
void app_run_wake(struct app *app);

/* --- Going on ---------------------------------------------------------------------------- */

/* A run in memory, with the definition it began with. */
struct app_run_view {
    struct app_run row;
    struct hg_json *body; /* the flow's, at the run's revision */
    const struct flow_definition *definition;
    struct flow_run *run;
    struct app_run_size size; /* of its log */
    hg_str summary;           /* as stored */
};
/* HG_NOT_FOUND: no such run. */
HG_MUST_USE enum hg_code app_run_open(struct app_call *call, hg_str id, struct app_run_view *out,
                                      struct hg_err *err);
/* Appends what a step changed; the commit fails with HG_CONFLICT when someone else moved the
 * run. *view knows the new version afterwards. */
HG_MUST_USE enum hg_code app_run_save(struct app_call *call, struct app_commit *commit,
                                      struct app_run_view *view, struct hg_err *err);
/* Appends: the run cannot go on, for a reason that is not the maker's. */
HG_MUST_USE enum hg_code app_run_give_up(struct app_call *call, struct app_commit *commit,
                                         const struct app_run *row, hg_str message,
                                         struct hg_err *err);
void app_run_mark_resubmitted(struct app_commit *commit, hg_str tenant, hg_str id, hg_str by,
                              bool only_once);
/* Effects that have no answer: the reply to whoever called, the events of an end. */
void app_run_conclude(struct app_call *call, const struct app_run_view *view,
                      const struct flow_command *command);
/* Carries out a command and makes the event that answers it. HG_NO_MEMORY and failures of
 * the store alone are failures: what the other side does is an event. */
HG_MUST_USE enum hg_code app_run_effect(struct app_call *call, const struct app_run_view *view,
                                        hg_str owner, const struct flow_command *command,
                                        struct flow_event *out, struct hg_err *err);
void app_runs_forget(struct app_commit *commit, hg_str tenant, hg_str flow);

/* --- Showing ------------------------------------------------------------------------------ */

struct hg_json app_run_json(struct app_call *call, const struct app_flow *flow,
                            const struct app_run *row);
/* The run object with `actions` in its properties. */
struct hg_json app_run_json_whole(struct app_call *call, const struct app_flow *flow,
                                  const struct app_run_view *view);
struct hg_json app_run_action_json(struct app_call *call, const struct app_flow *flow,
                                   const struct app_run_view *view, uint32_t action);
/* A link that needs no token: {uri, contentVersion, contentSize, contentHash}. `path` is
 * below the run: "contents/TriggerOutputs". */
struct hg_json app_run_link(struct app_call *call, hg_str flow, hg_str run, hg_str path,
                            const struct hg_json *contents);

extern const struct store_table app_runs_table;
extern const struct store_table app_run_log_table;
