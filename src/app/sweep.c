#include "app/sweep.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/signals/signals.h"
#include "app/timers.h"
#include "base/base.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

/* One tick reads and deletes a page of each table; when one was full, the next tick follows
 * at once. Rows that stay although they are old (runs that go on, grants of connections) are
 * few: past them it looks at some further pages. */
enum { PAGE = 200, MAX_PAGES = 25, SWEEP_HOURS = 1 };

static const struct app_retention *const retentions[] = {
    &app_journeys_retention,       &app_codes_retention,         &app_refresh_tokens_retention,
    &app_ended_sessions_retention, &app_idle_sessions_retention, &app_grants_retention,
    &app_runs_retention,           &app_signals_retention,
};

/* Appends the deletion of the page's rows; returns how many go. */
static size_t delete_rows(struct app_commit *commit, const struct app_retention *of,
                          const struct store_rows *rows, hg_time now)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const struct store_value *row = rows->rows[i].values;
        if (of->forget != NULL && !of->forget(commit, row, now))
            continue;
        app_commit_delete(commit, of->table, row); /* the key comes first */
        n++;
    }
    return n;
}

static enum hg_code sweep(struct app_call *call, struct app_commit *commit,
                          const struct app_retention *of, bool *is_more, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(call->tenant->tenant.id)};
    struct store_query query = {
        .table = of->table,
        .index = of->index,
        .prefix = prefix,
        .n_prefix = 1,
        .has_to = true,
        .to_exclusive = true,
        .to = store_time((hg_time){call->now.us - HG_HOURS(of->hours).us}),
        .limit = PAGE,
    };
    struct store_rows rows = {0};
    size_t deleted = 0;
    for (int i = 0; i < MAX_PAGES && deleted == 0; i++) {
        HG_TRY(store_find(call->app->store, call->arena, &query, &rows, err));
        deleted = delete_rows(commit, of, &rows, call->now);
        if (rows.n < PAGE)
            return HG_OK;
        query.after = rows.rows[rows.n - 1].values;
    }
    *is_more = *is_more || deleted > 0;
    return HG_OK;
}

enum hg_code app_timer_sweep(struct app_call *call, const struct app_timer *timer,
                             struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    bool is_more = false;
    for (size_t i = 0; i < HG_COUNT(retentions); i++)
        HG_TRY(sweep(call, &commit, retentions[i], &is_more, err));
    app_timer_next(&commit, timer,
                   is_more ? call->now : hg_time_add(call->now, HG_HOURS(SWEEP_HOURS)));
    return app_commit_run(&commit, call->app->store, err);
}
