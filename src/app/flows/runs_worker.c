#include "app/app_private.h"
#include "app/commit.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/timers.h"
#include "base/base.h"
#include "event/event.h"
#include "flow/run.h"

#include <stdbool.h>
#include <stddef.h>

/* One turn of a run: a worker has its timer, takes the stored state, and goes on as long as
 * there is something to do now (run.h: step, store, start). */

enum { MAX_STEPS = 64, MAX_TURN_SECONDS = 20, MAX_TURN_BYTES = 48 << 20 };

struct turn {
    struct app_call *call;
    struct app_timer timer; /* its lease moves on with each commit */
    struct app_run_view view;
    hg_str owner;
    hg_time began;
    unsigned n_steps;
    size_t used;  /* of the arena, when the turn began */
    size_t read;  /* bytes of the run's log then */
    size_t wrote; /* since then */
    bool is_over; /* the run is, or this turn is */
};

/* An effect takes time: what follows it happens when it happened. */
static void tick(struct turn *turn)
{
    hg_time now = hg_clock_now(&turn->call->app->clock);
    if (hg_time_before(turn->call->now, now))
        turn->call->now = now;
}

/* A turn has to read the run first. A longer one may go on until it wrote as much as it
 * read, else a run of n steps would be read n times. */
static bool is_spent(const struct turn *turn)
{
    return (turn->n_steps >= MAX_STEPS && turn->wrote >= turn->read) ||
           hg_time_since(turn->call->now, turn->began).us > HG_SECONDS(MAX_TURN_SECONDS).us ||
           hg_arena_used(turn->call->arena) - turn->used > MAX_TURN_BYTES;
}

static void record_start(struct turn *turn)
{
    struct event event = event_new(EVENT_RUN_STARTED, turn->call->now);
    event_str(&event, "run", turn->view.row.id);
    event_str(&event, "flow", turn->view.row.flow);
    turn->call->app->events.record(turn->call->app->events.self, &event);
}

/* When the timer is due again, in the commit that stores the step. */
static void plan(struct turn *turn, struct app_commit *commit, const struct flow_effects *pending)
{
    bool ended = flow_status_is_final(flow_run_look(turn->view.run).status);
    turn->is_over = true;
    if (ended) {
        app_timer_end(commit, &turn->timer);
    } else if (pending->n_commands > 0 && !is_spent(turn)) {
        app_timer_keep(commit, &turn->timer, turn->call->now);
        turn->is_over = false;
    } else if (pending->n_commands > 0) {
        app_timer_next(commit, &turn->timer, turn->call->now);
    } else {
        app_timer_next(commit, &turn->timer, pending->wake);
    }
}

/* Stores what a step made; HG_CONFLICT: someone else has the run, nothing was changed. */
static enum hg_code store(struct turn *turn, bool changed, struct flow_effects *pending,
                          struct hg_err *err)
{
    struct app_commit commit = app_commit_new(turn->call->arena);
    HG_TRY(flow_run_pending(turn->view.run, pending, err));
    if (pending->n_commands == 0 && !pending->has_wake &&
        !flow_status_is_final(flow_run_look(turn->view.run).status))
        return HG_FAIL(err, HG_MALFORMED, "the run waits for nothing and is not over");
    size_t before = turn->view.size.changes;
    if (changed)
        HG_TRY(app_run_save(turn->call, &commit, &turn->view, err));
    turn->wrote +=
        turn->view.size.changes > before ? turn->view.size.changes - before : turn->view.size.whole;
    plan(turn, &commit, pending);
    return app_commit_run(&commit, turn->call->app->store, err);
}

/* One event: step, store, and the effects that have no answer. */
static enum hg_code advance(struct turn *turn, const struct flow_event *event,
                            struct flow_effects *pending, struct hg_err *err)
{
    struct flow_effects effects;
    turn->n_steps++;
    HG_TRY(
        flow_step(turn->view.run, event, turn->call->now, &turn->call->app->random, &effects, err));
    HG_TRY(store(turn, effects.changed, pending, err));
    for (size_t i = 0; i < effects.n_commands; i++)
        app_run_conclude(turn->call, &turn->view, &effects.commands[i]);
    return HG_OK;
}

/* What the turn begins with: the run's start, a time that has come, or commands that a
 * former turn left, or a crash cut off. */
static enum hg_code first_step(struct turn *turn, struct flow_effects *pending, struct hg_err *err)
{
    struct flow_event event = {.kind = FLOW_EVENT_TIMER};
    if (flow_run_look(turn->view.run).status == FLOW_STATUS_PENDING) {
        event.kind = FLOW_EVENT_STARTED;
        HG_TRY(advance(turn, &event, pending, err));
        record_start(turn);
        return HG_OK;
    }
    HG_TRY(flow_run_pending(turn->view.run, pending, err));
    bool is_due = pending->has_wake && !hg_time_before(turn->call->now, pending->wake);
    return pending->n_commands > 0 && !is_due ? HG_OK : advance(turn, &event, pending, err);
}

static enum hg_code play(struct turn *turn, struct hg_err *err)
{
    struct flow_effects pending = {0};
    HG_TRY(first_step(turn, &pending, err));
    while (!turn->is_over) {
        struct flow_event event;
        HG_TRY(app_run_effect(turn->call, &turn->view, turn->owner, &pending.commands[0], &event,
                              err));
        tick(turn);
        HG_TRY(advance(turn, &event, &pending, err));
    }
    return HG_OK;
}

/* A run that no attempt will ever bring further must not be tried for ever in silence. */
static enum hg_code give_up(struct turn *turn, enum hg_code code, struct hg_err *err)
{
    struct hg_err inner = {0};
    struct app_run row;
    hg_str tenant = turn->call->tenant->tenant.id;
    struct app_commit commit = app_commit_new(turn->call->arena);
    HG_TRY(app_run_load(turn->call->app, turn->call->arena, tenant, turn->timer.ref, &row, &inner));
    hg_str message = hg_str_format(turn->call->arena, "The run cannot go on: %s (%s).", err->detail,
                                   hg_code_text(code));
    HG_TRY(app_run_give_up(turn->call, &commit, &row, message, &inner));
    app_timer_end(&commit, &turn->timer);
    HG_TRY(app_commit_run(&commit, turn->call->app->store, &inner));
    const struct flow_command end = {.kind = FLOW_COMMAND_FINISH,
                                     .end = FLOW_STATUS_FAILED,
                                     .code = HG_STR("WorkflowRunFailed")};
    turn->view.row = row;
    app_run_conclude(turn->call, &turn->view, &end);
    return code; /* recorded with its detail, too */
}

static enum hg_code end_timer(struct turn *turn, struct hg_err *err)
{
    struct app_commit commit = app_commit_new(turn->call->arena);
    app_timer_end(&commit, &turn->timer);
    return app_commit_run(&commit, turn->call->app->store, err);
}

static enum hg_code open_run(struct turn *turn, bool *is_there, struct hg_err *err)
{
    struct app_flow flow;
    hg_str tenant = turn->call->tenant->tenant.id;
    enum hg_code code = app_run_open(turn->call, turn->timer.ref, &turn->view, err);
    if (code == HG_OK)
        code = app_flow_load(turn->call->app->store, turn->call->arena, tenant, turn->view.row.flow,
                             &flow, err);
    *is_there = code == HG_OK && !flow_status_is_final(turn->view.row.status);
    turn->owner = code == HG_OK ? flow.owner : HG_STR("");
    turn->read = code == HG_OK ? turn->view.size.whole + turn->view.size.changes : 0;
    return code == HG_NOT_FOUND ? HG_OK : code;
}

enum hg_code app_timer_run(struct app_call *call, const struct app_timer *timer, struct hg_err *err)
{
    struct turn turn = {
        .call = call, .timer = *timer, .began = call->now, .used = hg_arena_used(call->arena)};
    bool is_there;
    enum hg_code code = open_run(&turn, &is_there, err);
    if (code == HG_OK && !is_there) /* cancelled or deleted in the meantime */
        code = end_timer(&turn, err);
    else if (code == HG_OK)
        code = play(&turn, err);
    if (code == HG_MALFORMED || code == HG_TOO_BIG || code == HG_UNSUPPORTED)
        return give_up(&turn, code, err);
    /* Cancelled, deleted, or taken by another worker: theirs is what is stored. */
    return code == HG_CONFLICT ? HG_OK : code;
}
