#include "app/timers.h"

#include "app/app_private.h"
#include "app/caches.h"
#include "app/commit.h"
#include "app/directory/tenants.h"
#include "base/base.h"
#include "event/event.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENANT, KIND, REF, DUE, CLAIM, N_COLUMNS };
enum { BY_DUE = 0, BY_CLAIM = 1, RELEASE_AT_ONCE = 200 };

const struct store_table app_timers_table = {
    .name = "timers",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [KIND] = {"kind", STORE_INT},
            [REF] = {"ref", STORE_TEXT},
            [DUE] = {"due", STORE_INT},
            [CLAIM] = {"claim", STORE_TEXT, .is_nullable = true}, /* the process at work on it */
        },
    .n_columns = N_COLUMNS,
    .n_key = 3,
    .indexes = {{"timers_by_due", {DUE}, 1, false}, {"timers_by_claim", {CLAIM}, 1, false}},
    .n_indexes = 2,
};

static app_timer_handler *const handlers[APP_TIMER_KIND_COUNT] = {
    [APP_TIMER_SWEEP] = app_timer_sweep,
    [APP_TIMER_TRIGGER] = app_timer_trigger,
    [APP_TIMER_RUN] = app_timer_run,
};

void app_timer_set(struct app_commit *commit, hg_str tenant, enum app_timer_kind kind, hg_str ref,
                   hg_time due)
{
    const struct store_value values[N_COLUMNS] = {store_text(tenant), store_int(kind),
                                                  store_text(ref), store_time(due),
                                                  store_null(STORE_TEXT)};
    app_commit_put(commit, &app_timers_table, values);
}

void app_timer_remove(struct app_commit *commit, hg_str tenant, enum app_timer_kind kind,
                      hg_str ref)
{
    const struct store_value key[] = {store_text(tenant), store_int(kind), store_text(ref)};
    app_commit_delete(commit, &app_timers_table, key);
}

/* Appends: the timer that stands at `as` is due at `due`, in the hands of `claim`. */
static void move(struct app_commit *commit, const struct app_timer *timer, hg_time as, hg_time due,
                 struct store_value claim)
{
    const struct store_value key[] = {store_text(timer->tenant), store_int(timer->kind),
                                      store_text(timer->ref)};
    app_commit_update(commit, &app_timers_table, key,
                      APP_CHANGES({DUE, store_time(due)}, {CLAIM, claim}));
    app_commit_when(commit, APP_CONDITIONS({DUE, STORE_EQ, store_time(as)}));
}

void app_timer_next(struct app_commit *commit, const struct app_timer *timer, hg_time due)
{
    move(commit, timer, timer->lease, due, store_null(STORE_TEXT));
}

void app_timer_end(struct app_commit *commit, const struct app_timer *timer)
{
    app_timer_remove(commit, timer->tenant, timer->kind, timer->ref);
    app_commit_when(commit, APP_CONDITIONS({DUE, STORE_EQ, store_time(timer->lease)}));
}

void app_timer_keep(struct app_commit *commit, struct app_timer *timer, hg_time now)
{
    hg_time lease = hg_time_add(now, HG_SECONDS(APP_TIMER_LEASE_SECONDS));
    move(commit, timer, timer->lease, lease, store_text(timer->claim));
    timer->lease = lease;
}

/* --- Claims of the dead -------------------------------------------------------------------- */

static enum hg_code find_claims(struct app *app, struct hg_arena *arena,
                                const struct store_row *after, struct store_rows *out,
                                struct hg_err *err)
{
    const struct store_query query = {.table = &app_timers_table,
                                      .index = BY_CLAIM,
                                      .after = after == NULL ? NULL : after->values,
                                      .limit = RELEASE_AT_ONCE};
    return store_find(app->store, arena, &query, out, err);
}

/* HG_CONFLICT, taken as done: it was not dead, or someone else was quicker. */
static enum hg_code release(struct app *app, struct hg_arena *arena, hg_time now,
                            const struct store_value *v, struct hg_err *err)
{
    const struct app_timer timer = {.tenant = v[TENANT].bytes,
                                    .kind = (enum app_timer_kind)v[KIND].integer,
                                    .ref = v[REF].bytes};
    struct app_commit commit = app_commit_new(arena);
    move(&commit, &timer, (hg_time){v[DUE].integer}, now, store_null(STORE_TEXT));
    enum hg_code code = app_commit_run(&commit, app->store, err);
    return code == HG_CONFLICT ? HG_OK : code;
}

enum hg_code app_timers_release(struct app *app, struct hg_arena *arena, hg_time now,
                                struct hg_err *err)
{
    struct store_rows rows = {0};
    hg_str own = app_instance(app->caches);
    hg_str asked = own; /* claims of one process stand together */
    bool is_present = true;
    bool has_others = false;
    do {
        HG_TRY(find_claims(app, arena, rows.n == 0 ? NULL : &rows.rows[rows.n - 1], &rows, err));
        for (size_t i = 0; i < rows.n; i++) {
            const struct store_value *v = rows.rows[i].values;
            if (!hg_str_eq(asked, v[CLAIM].bytes))
                HG_TRY(store_is_present(app->store, v[CLAIM].bytes, &is_present, err));
            asked = v[CLAIM].bytes;
            has_others = has_others || (is_present && !hg_str_eq(asked, own));
            if (!is_present)
                HG_TRY(release(app, arena, now, v, err));
        }
    } while (rows.n == RELEASE_AT_ONCE);
    app_watch_claims(app->caches, has_others);
    return HG_OK;
}

/* --- Working ---------------------------------------------------------------------------------- */

static enum hg_code find_earliest(struct app *app, struct hg_arena *arena, bool *found,
                                  struct app_timer *out, struct hg_err *err)
{
    const struct store_query query = {.table = &app_timers_table, .index = BY_DUE, .limit = 1};
    struct store_rows rows;
    HG_TRY(store_find(app->store, arena, &query, &rows, err));
    *found = rows.n > 0;
    if (rows.n == 0)
        return HG_OK;
    const struct store_value *v = rows.rows[0].values;
    *out = (struct app_timer){
        .tenant = v[TENANT].bytes,
        .kind = (enum app_timer_kind)v[KIND].integer,
        .ref = v[REF].bytes,
        .due = {v[DUE].integer},
    };
    return HG_OK;
}

/* False: another worker was quicker. */
static enum hg_code claim(struct app *app, struct hg_arena *arena, hg_time now,
                          struct app_timer *timer, bool *claimed, struct hg_err *err)
{
    struct app_commit commit = app_commit_new(arena);
    timer->lease = timer->due;
    timer->claim = app_instance(app->caches);
    app_timer_keep(&commit, timer, now);
    enum hg_code code = app_commit_run(&commit, app->store, err);
    *claimed = code == HG_OK;
    return code == HG_CONFLICT ? HG_OK : code;
}

static void record_failure(struct app_call *call, const struct app_timer *timer, enum hg_code code,
                           const struct hg_err *err)
{
    struct event event = event_new(EVENT_REQUEST_FAILED, call->now);
    event_str(&event, "route", HG_STR("timer"));
    event_int(&event, "kind", timer->kind);
    event_str(&event, "ref", timer->ref);
    event_str(&event, "code", hg_str_of(hg_code_text(code)));
    event_str(&event, "where", hg_str_of(err->where == NULL ? "" : err->where));
    event_str(&event, "detail", hg_str_of(err->detail));
    call->app->events.record(call->app->events.self, &event);
}

static void run(struct app *app, struct hg_arena *arena, hg_time now, const struct app_timer *timer)
{
    struct http_response response = {0};
    struct hg_err err = {0};
    struct app_call call = {.app = app, .now = now, .arena = arena, .response = &response};
    call.trace_id = app_new_id(&call);
    call.correlation_id = call.trace_id;
    enum hg_code code = app_snapshot_get(app, timer->tenant, &call.tenant, &err);
    if (code == HG_OK)
        code = handlers[timer->kind](&call, timer, &err);
    if (code != HG_OK)
        record_failure(&call, timer, code, &err);
    app_snapshot_put(app, call.tenant);
}

enum hg_code app_timers_due(struct app *app, struct hg_arena *arena, hg_time *out,
                            struct hg_err *err)
{
    struct app_timer timer;
    bool found;
    HG_TRY(find_earliest(app, arena, &found, &timer, err));
    *out = found ? timer.due : (hg_time){INT64_MAX};
    return HG_OK;
}

static enum hg_code work_once(struct app *app, hg_time now, struct hg_arena *arena, bool *did,
                              hg_time *next_due, struct hg_err *err)
{
    struct app_timer timer;
    bool found;
    HG_TRY(find_earliest(app, arena, &found, &timer, err));
    if (!found)
        return HG_OK;
    *next_due = timer.due;
    if (hg_time_before(now, timer.due))
        return HG_OK;
    *did = true;
    if ((unsigned)timer.kind >= APP_TIMER_KIND_COUNT || handlers[timer.kind] == NULL)
        return HG_FAIL(err, HG_UNSUPPORTED, "timer kind %d", (int)timer.kind);
    bool claimed;
    HG_TRY(claim(app, arena, now, &timer, &claimed, err));
    if (claimed)
        run(app, arena, now, &timer);
    return HG_OK;
}

enum hg_code app_work(struct app *app, hg_time now, struct hg_arena *arena, bool *did,
                      hg_time *next_due, struct hg_err *err)
{
    *did = false;
    *next_due = (hg_time){INT64_MAX};
    app_work_begin(app->caches);
    /* A development clock may have been moved while this worker waited to begin: a lease
     * counted from the older instant would have run out already. */
    hg_time moved = app->clock.now == NULL ? now : hg_clock_now(&app->clock);
    enum hg_code code =
        work_once(app, hg_time_before(now, moved) ? moved : now, arena, did, next_due, err);
    if (code == HG_OK && !*did && app_watches_claims(app->caches)) {
        code = app_timers_release(app, arena, moved, err);
        *next_due = hg_time_min(*next_due, hg_time_add(moved, HG_SECONDS(1)));
    }
    app_work_end(app->caches);
    return code;
}
