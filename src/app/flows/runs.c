#include "app/flows/runs.h"

#include "app/app_private.h"
#include "app/caches.h"
#include "app/commit.h"
#include "app/flows/flows.h"
#include "app/sweep.h"
#include "app/timers.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TENANT,
    ID,
    FLOW,
    REVISION,
    STATUS,
    STARTED,
    SUMMARY,
    CAUSE,
    REPLY,
    REPLY_NODE,
    RESUBMITTED,
    VERSION,
    N_COLUMNS
};
enum { BY_FLOW = 0, BY_STATUS = 1, BY_START = 2 };

const struct store_table app_runs_table = {
    .name = "runs",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [ID] = {"id", STORE_TEXT},
            [FLOW] = {"flow", STORE_TEXT},
            [REVISION] = {"revision", STORE_INT},
            [STATUS] = {"status", STORE_INT},
            [STARTED] = {"started", STORE_INT},
            [SUMMARY] = {"summary", STORE_TEXT},
            [CAUSE] = {"cause", STORE_BLOB},
            [REPLY] = {"reply", STORE_INT},
            [REPLY_NODE] = {"reply_node", STORE_TEXT},
            [RESUBMITTED] = {"resubmitted", STORE_TEXT},
            [VERSION] = {"version", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 2,
    .indexes = {{"runs_by_flow", {TENANT, FLOW}, 2, false},
                {"runs_by_status", {TENANT, FLOW, STATUS}, 3, false},
                {"runs_by_start", {TENANT, STARTED}, 2, false}},
    .n_indexes = 3,
};

static bool forget_run(struct app_commit *commit, const struct store_value *row, hg_time now)
{
    (void)now;
    if (!flow_status_is_final((enum flow_status)row[STATUS].integer))
        return false;
    const struct app_run_place place = {
        .tenant = row[TENANT].bytes, .flow = row[FLOW].bytes, .id = row[ID].bytes};
    app_run_log_forget(commit, &place);
    return true;
}

/* flow-platform.md 1.6: run history is kept for 28 days. */
const struct app_retention app_runs_retention = {
    .table = &app_runs_table, .index = BY_START, .hours = 28 * 24, .forget = forget_run};

/* --- Reading ------------------------------------------------------------------------------ */

/* What came with a trigger may be as secret as what a run makes of it. */
static struct crypto_place cause_place(hg_str tenant, hg_str id)
{
    return (struct crypto_place){
        .tenant = tenant, .table = HG_STR("runs"), .row = id, .column = HG_STR("cause")};
}

static enum hg_code run_of(struct app *app, struct hg_arena *arena, const struct store_value *v,
                           struct app_run *out, struct hg_err *err)
{
    const struct crypto_sealed sealed = {.place = cause_place(v[TENANT].bytes, v[ID].bytes),
                                         .bytes = v[CAUSE].bytes};
    hg_str cause;
    *out = (struct app_run){
        .id = v[ID].bytes,
        .flow = v[FLOW].bytes,
        .revision = v[REVISION].integer,
        .status = (enum flow_status)v[STATUS].integer,
        .started = {v[STARTED].integer},
        .reply = (uint64_t)v[REPLY].integer,
        .reply_node = v[REPLY_NODE].bytes,
        .resubmitted = v[RESUBMITTED].bytes,
        .version = v[VERSION].integer,
    };
    HG_TRY(
        hg_json_parse(arena, v[SUMMARY].bytes, HG_JSON_STRICT, &hg_json_file, &out->summary, err));
    HG_TRY(crypto_open(arena, app->keyring, &sealed, &cause, err));
    return hg_json_parse(arena, cause, HG_JSON_STRICT, &hg_json_file, &out->cause, err);
}

enum hg_code app_run_load(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str id,
                          struct app_run *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    struct store_row row;
    HG_TRY(store_get(app->store, arena, &app_runs_table, key, &row, err));
    return run_of(app, arena, row.values, out, err);
}

enum hg_code app_runs_list(struct app *app, struct hg_arena *arena, hg_str tenant,
                           const struct app_runs_query *query, struct app_runs *out,
                           struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(query->flow),
                                         store_int(query->status)};
    const struct store_query find = {
        .table = &app_runs_table,
        .index = query->has_status ? BY_STATUS : BY_FLOW,
        .prefix = prefix,
        .n_prefix = query->has_status ? 3 : 2,
        .has_from = query->after.len > 0,
        .from_exclusive = true,
        .from = store_text(query->after),
        .limit = query->limit,
    };
    struct store_rows rows;
    HG_TRY(store_find(app->store, arena, &find, &rows, err));
    struct app_run *items = HG_NEW_ARRAY(arena, struct app_run, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu runs", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        HG_TRY(run_of(app, arena, rows.rows[i].values, &items[i], err));
    *out = (struct app_runs){items, rows.n};
    return HG_OK;
}

enum hg_code app_runs_any_active(struct app *app, struct hg_arena *arena, hg_str tenant,
                                 hg_str flow, bool *out, struct hg_err *err)
{
    struct app_runs runs = {0};
    const struct app_runs_query query = {
        .flow = flow, .has_status = true, .status = FLOW_STATUS_RUNNING, .limit = 1};
    HG_TRY(app_runs_list(app, arena, tenant, &query, &runs, err));
    *out = runs.n > 0;
    return HG_OK;
}

/* --- Starting ------------------------------------------------------------------------------- */

struct new_run {
    struct hg_arena *arena;
    const struct app_run_start *start;
    hg_str id;
    struct flow_run *run;
    hg_str summary, cause, state;
};

/* What a list shows; the row's status is Running until the run is over. */
static enum hg_code render_summary(struct hg_arena *arena, const struct flow_run *run,
                                   const struct flow_definition *definition, hg_time fired_at,
                                   hg_str *out, struct hg_err *err)
{
    struct hg_json summary = flow_run_properties(arena, run);
    if (!flow_status_is_final(flow_run_look(run).status))
        hg_json_put(arena, &summary, "status", hg_json_z("Running"));
    if (flow_run_look(run).status == FLOW_STATUS_PENDING)
        hg_json_put_str(arena, &summary, "startTime", hg_time_seven(arena, fired_at));
    if (definition->trigger.secure_outputs) {
        struct hg_json trigger = *hg_json_get(&summary, "trigger");
        struct hg_json secure = hg_json_object();
        struct hg_json list = hg_json_array();
        hg_json_push(arena, &list, hg_json_z("outputs"));
        hg_json_put(arena, &secure, "properties", list);
        hg_json_put(arena, &trigger, "secureData", secure);
        hg_json_put(arena, &summary, "trigger", trigger);
    }
    return hg_json_render(arena, &summary, out, err);
}

static enum hg_code seal_cause(struct app_call *call, struct new_run *made, struct hg_err *err)
{
    struct crypto_plain plain = {.place = cause_place(call->tenant->tenant.id, made->id)};
    struct hg_json cause = hg_json_object();
    if (made->start->outputs != NULL)
        hg_json_put(made->arena, &cause, "outputs", *made->start->outputs);
    if (made->start->inputs != NULL)
        hg_json_put(made->arena, &cause, "inputs", *made->start->inputs);
    HG_TRY(hg_json_render(made->arena, &cause, &plain.bytes, err));
    hg_random_fill(&call->app->random, plain.random, sizeof(plain.random));
    return crypto_seal(made->arena, call->app->keyring, &plain, &made->cause, err);
}

static enum hg_code make(struct app_call *call, struct new_run *made, struct hg_err *err)
{
    const struct app_run_start *start = made->start;
    const struct hg_json workflow = app_flow_workflow(call, start->flow);
    made->id = flow_run_name(made->arena, call->now, &call->app->random);
    const struct flow_start begin = {
        .run_name = made->id,
        .client_tracking_id = start->tracking_id,
        .fired_at = call->now,
        .has_scheduled = start->has_scheduled,
        .scheduled = start->scheduled,
        .trigger_inputs = start->inputs,
        .trigger_outputs = start->outputs,
        .parameters = hg_json_get(&start->flow->body, "parameters"),
        .workflow = &workflow,
        .is_resubmit = start->is_resubmit,
    };
    HG_TRY(flow_run_new(made->arena, start->definition, &begin, &made->run, err));
    HG_TRY(flow_run_render(made->arena, made->run, FLOW_WHOLE, &made->state, err));
    HG_TRY(
        render_summary(made->arena, made->run, start->definition, call->now, &made->summary, err));
    return seal_cause(call, made, err);
}

enum hg_code app_run_start(struct app_call *call, struct app_commit *commit,
                           const struct app_run_start *start, hg_str *out_id, struct hg_err *err)
{
    struct new_run made = {.arena = call->arena, .start = start};
    hg_str tenant = call->tenant->tenant.id;
    HG_TRY(make(call, &made, err));
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [ID] = store_text(made.id),
        [FLOW] = store_text(start->flow->id),
        [REVISION] = store_int(start->flow->revision),
        [STATUS] = store_int(FLOW_STATUS_RUNNING),
        [STARTED] = store_time(call->now),
        [SUMMARY] = store_text(made.summary),
        [CAUSE] = store_blob(made.cause),
        [REPLY] = store_int((int64_t)start->reply),
        [REPLY_NODE] = store_text(start->reply == 0 ? HG_STR("") : app_instance(call->app->caches)),
        [RESUBMITTED] = store_text(HG_STR("")),
        [VERSION] = store_int(1),
    };
    app_commit_insert(commit, &app_runs_table, values);
    const struct app_run_place place = {tenant, start->flow->id, made.id, 1};
    HG_TRY(app_run_log_append(call->app, commit, &place, made.state, err));
    app_timer_set(commit, tenant, APP_TIMER_RUN, made.id, call->now);
    *out_id = made.id;
    return HG_OK;
}

void app_run_wake(struct app *app)
{
    if (app->wake_worker != NULL)
        app->wake_worker(app->wake_self);
}

/* --- Going on --------------------------------------------------------------------------------- */

enum hg_code app_run_open(struct app_call *call, hg_str id, struct app_run_view *out,
                          struct hg_err *err)
{
    struct app *app = call->app;
    hg_str tenant = call->tenant->tenant.id;
    struct app_run_texts texts;
    HG_TRY(app_run_load(app, call->arena, tenant, id, &out->row, err));
    out->body = HG_NEW(call->arena, struct hg_json);
    if (out->body == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "run %.*s", HG_ARG(id));
    const struct app_flow_moment moment = {out->row.flow, out->row.revision};
    HG_TRY(app_flow_revision(app->store, call->arena, tenant, &moment, out->body, err));
    HG_TRY(app_flow_definition(call->arena, out->body, &out->definition, err));
    const struct app_run_place place = {.tenant = tenant, .flow = out->row.flow, .id = id};
    HG_TRY(app_run_log_load(app, call->arena, &place, &texts, err));
    out->size = texts.size;
    out->summary = HG_STR("");
    return flow_run_parse(call->arena, out->definition, texts.items, texts.n, &out->run, err);
}

static enum flow_status shown_status(const struct flow_run *run)
{
    enum flow_status status = flow_run_look(run).status;
    return flow_status_is_final(status) ? status : FLOW_STATUS_RUNNING;
}

/* A run that is over is read often and written no more: it keeps its state in one piece. */
static enum hg_code save_state(struct app_call *call, struct app_commit *commit,
                               const struct app_run_place *place, struct app_run_view *view,
                               struct hg_err *err)
{
    bool whole = flow_status_is_final(view->row.status) || app_run_log_is_long(&view->size);
    hg_str text;
    HG_TRY(
        flow_run_render(commit->arena, view->run, whole ? FLOW_WHOLE : FLOW_CHANGES, &text, err));
    if (whole)
        app_run_log_forget(commit, place);
    view->size = whole ? (struct app_run_size){.whole = text.len}
                       : (struct app_run_size){view->size.whole, view->size.changes + text.len};
    return app_run_log_append(call->app, commit, place, text, err);
}

enum hg_code app_run_save(struct app_call *call, struct app_commit *commit,
                          struct app_run_view *view, struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    const struct store_value key[] = {store_text(tenant), store_text(view->row.id)};
    const struct app_run_place place = {tenant, view->row.flow, view->row.id,
                                        view->row.version + 1};
    hg_str summary;
    view->row.status = shown_status(view->run);
    HG_TRY(render_summary(commit->arena, view->run, view->definition, view->row.started, &summary,
                          err));
    const struct store_change changes[] = {{VERSION, store_int(place.part)},
                                           {STATUS, store_int(view->row.status)},
                                           {SUMMARY, store_text(summary)}};
    /* Both are the same from the first step to the one before the last. */
    bool is_known = hg_str_eq(summary, view->summary);
    app_commit_update(commit, &app_runs_table, key, changes, is_known ? 1 : HG_COUNT(changes));
    app_commit_when(commit, APP_CONDITIONS({VERSION, STORE_EQ, store_int(view->row.version)}));
    HG_TRY(save_state(call, commit, &place, view, err)); /* behind the condition */
    view->row.version = place.part;
    view->summary = summary;
    return HG_OK;
}

enum hg_code app_run_give_up(struct app_call *call, struct app_commit *commit,
                             const struct app_run *row, hg_str message, struct hg_err *err)
{
    struct hg_json summary = hg_json_copy(call->arena, &row->summary);
    struct hg_json error = hg_json_object();
    hg_str text;
    hg_json_put_str(call->arena, &error, "code", HG_STR("WorkflowRunFailed"));
    hg_json_put_str(call->arena, &error, "message", message);
    hg_json_put(call->arena, &summary, "status", hg_json_z("Failed"));
    hg_json_put(call->arena, &summary, "code", hg_json_z("WorkflowRunFailed"));
    hg_json_put(call->arena, &summary, "error", error);
    hg_json_put_str(call->arena, &summary, "endTime", hg_time_seven(call->arena, call->now));
    HG_TRY(hg_json_render(call->arena, &summary, &text, err));
    const struct store_value key[] = {store_text(call->tenant->tenant.id), store_text(row->id)};
    app_commit_update(commit, &app_runs_table, key,
                      APP_CHANGES({STATUS, store_int(FLOW_STATUS_FAILED)},
                                  {SUMMARY, store_text(text)},
                                  {VERSION, store_int(row->version + 1)}));
    app_commit_when(commit, APP_CONDITIONS({VERSION, STORE_EQ, store_int(row->version)}));
    return HG_OK;
}

void app_run_mark_resubmitted(struct app_commit *commit, hg_str tenant, hg_str id, hg_str by,
                              bool only_once)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    app_commit_update(commit, &app_runs_table, key, APP_CHANGES({RESUBMITTED, store_text(by)}));
    if (only_once)
        app_commit_when(commit, APP_CONDITIONS({RESUBMITTED, STORE_EQ, store_text(HG_STR(""))}));
}

void app_runs_forget(struct app_commit *commit, hg_str tenant, hg_str flow)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(flow)};
    app_commit_delete_where(commit, &app_runs_table, BY_FLOW, prefix, 2);
    app_run_logs_forget(commit, tenant, flow);
}
