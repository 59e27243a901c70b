#include "app/app_private.h"
#include "app/commit.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/flows/triggers.h"
#include "app/timers.h"
#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "http/http.h"
#include "odata/odata.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The management API of runs (flow-platform.md 1.6). */

enum { CANCEL_TRIES = 8, BATCH = 50, MAX_REPETITIONS = 1000, RUN_NAME_DIGITS = 29 };

/* --- One run ---------------------------------------------------------------------------------- */

static bool is_run_name(hg_str name)
{
    size_t digits = 0;
    while (digits < name.len && name.ptr[digits] >= '0' && name.ptr[digits] <= '9')
        digits++;
    return digits == RUN_NAME_DIGITS && hg_str_starts(hg_str_from(name, digits), HG_STR("CU")) &&
           name.len > digits + 2 && name.len <= digits + 5;
}

static enum hg_code refuse_run(struct app_call *call, const struct app_flow *flow, hg_str name)
{
    if (is_run_name(name))
        app_refuse(call, 404, "WorkflowRunNotFound",
                   "The workflow '%.*s' run '%.*s' could not be found.", HG_ARG(flow->id),
                   HG_ARG(name));
    else
        app_refuse(call, 400, "InvalidWorkflowRunName",
                   "The provided workflow run name is not valid.");
    return HG_OK;
}

/* The route's flow and run. *found is false when the call was refused. */
static enum hg_code find_run(struct app_call *call, struct app_flow *flow, struct app_run *out,
                             bool *found, struct hg_err *err)
{
    hg_str name = app_param(call, "run");
    HG_TRY(app_flow_find(call, flow, found, err));
    if (!*found)
        return HG_OK;
    enum hg_code code = is_run_name(name) ? app_run_load(call->app, call->arena,
                                                         call->tenant->tenant.id, name, out, err)
                                          : HG_NOT_FOUND;
    *found = code == HG_OK && hg_str_eq(out->flow, flow->id);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    return *found ? HG_OK : refuse_run(call, flow, name);
}

static enum hg_code find_view(struct app_call *call, struct app_flow *flow,
                              struct app_run_view *out, bool *found, struct hg_err *err)
{
    HG_TRY(find_run(call, flow, &out->row, found, err));
    return *found ? app_run_open(call, out->row.id, out, err) : HG_OK;
}

enum hg_code app_run_get(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    struct app_run_view view;
    struct http_form query;
    bool found;
    if (!app_query(call, &query))
        return HG_OK;
    hg_str expand = http_form_or(&query, "$expand", "");
    bool whole = hg_str_find(expand, HG_STR("properties/actions")) != HG_NPOS;
    HG_TRY(whole ? find_view(call, &flow, &view, &found, err)
                 : find_run(call, &flow, &view.row, &found, err));
    if (!found)
        return HG_OK;
    struct hg_json body =
        whole ? app_run_json_whole(call, &flow, &view) : app_run_json(call, &flow, &view.row);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

static enum hg_code answer_list(struct app_call *call, struct hg_json value)
{
    struct hg_json body = hg_json_object();
    hg_json_put(call->arena, &body, "value", value);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_run_actions(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    struct app_run_view view;
    bool found;
    HG_TRY(find_view(call, &flow, &view, &found, err));
    if (!found)
        return HG_OK;
    struct hg_json value = hg_json_array();
    for (uint32_t i = 0; i < view.definition->n_actions; i++) {
        struct hg_json one = app_run_action_json(call, &flow, &view, i);
        if (!hg_json_is_null(&one))
            hg_json_push(call->arena, &value, one);
    }
    return answer_list(call, value);
}

static void put_repetition_links(struct app_call *call, const struct app_run_view *view,
                                 uint32_t action, struct hg_json *one)
{
    hg_str name = hg_json_str_or(hg_json_get(one, "name"), HG_STR(""));
    const struct hg_json *inputs = flow_repetition_inputs(view->run, action, name);
    const struct hg_json *outputs = flow_repetition_outputs(view->run, action, name);
    hg_str base = hg_str_format(call->arena, "actions/%.*s/repetitions/%.*s/contents/",
                                HG_ARG(view->definition->actions[action].name), HG_ARG(name));
    struct hg_json properties = hg_json_copy(call->arena, hg_json_get(one, "properties"));
    if (inputs != NULL)
        hg_json_put(call->arena, &properties, "inputsLink",
                    app_run_link(call, view->row.flow, view->row.id,
                                 hg_str_format(call->arena, "%.*sActionInputs", HG_ARG(base)),
                                 inputs));
    if (outputs != NULL)
        hg_json_put(call->arena, &properties, "outputsLink",
                    app_run_link(call, view->row.flow, view->row.id,
                                 hg_str_format(call->arena, "%.*sActionOutputs", HG_ARG(base)),
                                 outputs));
    hg_json_put(call->arena, one, "properties", properties);
}

enum hg_code app_run_repetitions(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    struct app_run_view view;
    struct app_flow_page page;
    bool found;
    if (!app_flow_page(call, &page))
        return HG_OK;
    HG_TRY(find_view(call, &flow, &view, &found, err));
    if (!found)
        return HG_OK;
    hg_str name = app_param(call, "action");
    uint32_t action = flow_definition_action(view.definition, name);
    if (action == FLOW_NONE) {
        app_refuse(call, 404, "WorkflowRunActionNotFound", "The run '%.*s' has no action '%.*s'.",
                   HG_ARG(view.row.id), HG_ARG(name));
        return HG_OK;
    }
    uint64_t skip = 0;
    (void)hg_str_u64(page.after, UINT32_MAX, &skip);
    struct hg_json value =
        flow_action_repetitions(call->arena, view.run, action, (size_t)skip, (size_t)page.top + 1);
    bool more = hg_json_count(&value) > page.top;
    if (more)
        value.array.n = page.top;
    for (uint32_t i = 0; i < value.array.n; i++)
        put_repetition_links(call, &view, action, &value.array.items[i]);
    app_flow_answer_page(call, &page, value,
                         more ? hg_str_format(call->arena, "%" PRIu64, skip + page.top)
                              : HG_STR(""));
    return HG_OK;
}

/* --- The list ------------------------------------------------------------------------------ */

static bool status_of(hg_str text, enum flow_status *out)
{
    static const enum flow_status all[] = {FLOW_STATUS_RUNNING,   FLOW_STATUS_SUCCEEDED,
                                           FLOW_STATUS_FAILED,    FLOW_STATUS_SKIPPED,
                                           FLOW_STATUS_CANCELLED, FLOW_STATUS_TIMED_OUT};
    for (size_t i = 0; i < HG_COUNT(all); i++) {
        if (!hg_str_eq_nocase(text, flow_status_text(all[i])))
            continue;
        *out = all[i];
        return true;
    }
    return false;
}

struct run_list {
    struct app_flow_page page;
    const struct odata_filter *filter;
    struct app_runs_query query;
    bool is_empty; /* a status that no run here ever has */
    struct hg_json value;
    hg_str last;       /* run in `value` */
    hg_str more_after; /* "" : this page is the last */
};

/* The filter's names and values make sense, or the call is refused with what does not. */
static bool checks_filter(struct app_call *call, const struct odata_filter *filter)
{
    static const hg_str states =
        HG_LIT("Succeeded Failed Cancelled Running Waiting Skipped TimedOut "
               "Aborted Faulted Ignored Paused Suspended NotSpecified");
    hg_str name = odata_filter_stranger(filter, HG_STR("status startTime endTime"));
    hg_str status;
    hg_str time;
    hg_time at;
    if (name.len > 0)
        app_refuse(call, 400, "InvalidFilter",
                   "$filter: runs are filtered by status, startTime and endTime, not by '%.*s'",
                   HG_ARG(name));
    else if (odata_filter_equals(filter, "status", &status) &&
             !hg_str_has_word_nocase(states, status))
        app_refuse(call, 400, "InvalidFilter", "$filter: '%.*s' is no status of a run",
                   HG_ARG(status));
    else if ((odata_filter_least(filter, "startTime", &time) ||
              odata_filter_most(filter, "startTime", &time)) &&
             hg_time_parse(time, &at, NULL) != HG_OK)
        app_refuse(call, 400, "InvalidFilter", "$filter: '%.*s' is no time", HG_ARG(time));
    else
        return true;
    return false;
}

static bool read_list(struct app_call *call, const struct app_flow *flow, struct run_list *out)
{
    struct hg_err why = {0};
    hg_str status;
    if (!app_flow_page(call, &out->page))
        return false;
    hg_str filter = http_form_or(&out->page.query, "$filter", "");
    if (filter.len > 0 && odata_filter_parse(call->arena, filter, &out->filter, &why) != HG_OK) {
        app_refuse(call, 400, "InvalidFilter", "$filter: %s", why.detail);
        return false;
    }
    if (out->filter != NULL && !checks_filter(call, out->filter))
        return false;
    out->query = (struct app_runs_query){
        .flow = flow->id, .after = out->page.after, .limit = out->page.top + 1};
    if (out->filter != NULL && odata_filter_equals(out->filter, "status", &status)) {
        out->query.has_status = status_of(status, &out->query.status);
        out->is_empty = !out->query.has_status;
    }
    return true;
}

/* False: the page of answers was full before. */
static bool add_row(struct app_call *call, const struct app_flow *flow, struct run_list *list,
                    const struct app_run *row)
{
    if (list->filter != NULL && !odata_filter_holds(list->filter, &row->summary))
        return true;
    if (hg_json_count(&list->value) == list->page.top) {
        list->more_after = list->last;
        return false;
    }
    hg_json_push(call->arena, &list->value, app_run_json(call, flow, row));
    list->last = row->id;
    return true;
}

/* Pages of rows until the page of answers is full. */
static enum hg_code collect(struct app_call *call, const struct app_flow *flow,
                            struct run_list *list, struct hg_err *err)
{
    struct app_runs runs = {0};
    bool has_room = !list->is_empty;
    while (has_room) {
        HG_TRY(app_runs_list(call->app, call->arena, call->tenant->tenant.id, &list->query, &runs,
                             err));
        for (size_t i = 0; i < runs.n && has_room; i++)
            has_room = add_row(call, flow, list, &runs.items[i]);
        if (runs.n > 0)
            list->query.after = runs.items[runs.n - 1].id;
        has_room = has_room && runs.n == list->query.limit;
    }
    return HG_OK;
}

enum hg_code app_runs_get(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    struct run_list list = {0};
    bool found;
    HG_TRY(app_flow_find(call, &flow, &found, err));
    if (!found || !read_list(call, &flow, &list))
        return HG_OK;
    list.value = hg_json_array();
    HG_TRY(collect(call, &flow, &list, err));
    app_flow_answer_page(call, &list.page, list.value, list.more_after);
    return HG_OK;
}

/* --- Cancelling
 * ------------------------------------------------------------------------------------ */

/* One attempt; HG_CONFLICT: a worker stored a step in between. */
static enum hg_code cancel(struct app_call *call, hg_str id, bool *was_over, struct hg_err *err)
{
    const struct flow_event event = {.kind = FLOW_EVENT_CANCEL};
    struct app_run_view view;
    struct flow_effects effects;
    hg_str tenant = call->tenant->tenant.id;
    HG_TRY(app_run_open(call, id, &view, err));
    *was_over = flow_status_is_final(view.row.status);
    if (*was_over)
        return HG_OK;
    HG_TRY(flow_step(view.run, &event, call->now, &call->app->random, &effects, err));
    struct app_commit commit = app_commit_new(call->arena);
    HG_TRY(app_run_save(call, &commit, &view, err));
    app_timer_remove(&commit, tenant, APP_TIMER_RUN, id);
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    for (size_t i = 0; i < effects.n_commands; i++)
        app_run_conclude(call, &view, &effects.commands[i]);
    return HG_OK;
}

enum hg_code app_run_cancel(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    struct app_run row;
    bool good;
    bool was_over = false;
    HG_TRY(find_run(call, &flow, &row, &good, err));
    if (!good)
        return HG_OK;
    enum hg_code code = HG_CONFLICT;
    for (int i = 0; i < CANCEL_TRIES && code == HG_CONFLICT; i++)
        code = cancel(call, row.id, &was_over, err);
    if (code == HG_OK && was_over) {
        app_refuse(call, 409, "FlowRunAlreadyCompleted",
                   "The run '%.*s' is over and cannot be cancelled.", HG_ARG(row.id));
        return HG_OK;
    }
    HG_TRY(code);
    app_answer_empty(call, 200);
    return HG_OK;
}

/* --- Resubmitting
 * ---------------------------------------------------------------------------------- */

/* Appends a run of the flow as it is now, begun with what began `row`. */
static enum hg_code repeat(struct app_call *call, struct app_commit *commit,
                           const struct app_flow *flow, const struct app_run *row, hg_str *out_id,
                           struct hg_err *err)
{
    const struct flow_definition *definition;
    HG_TRY(app_flow_definition(call->arena, &flow->body, &definition, err));
    const struct app_run_start start = {
        .flow = flow,
        .definition = definition,
        .outputs = hg_json_get(&row->cause, "outputs"),
        .inputs = hg_json_get(&row->cause, "inputs"),
        .is_resubmit = true,
    };
    return app_run_start(call, commit, &start, out_id, err);
}

static struct hg_json pair(struct app_call *call, hg_str run, hg_str by)
{
    struct hg_json out = hg_json_object();
    hg_json_put_str(call->arena, &out, "run", run);
    hg_json_put_str(call->arena, &out, "resubmittedAs", by);
    return out;
}

/* POST …/triggers/{trigger}/histories/{run}/resubmit */
enum hg_code app_run_resubmit(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    struct app_run row;
    bool found;
    HG_TRY(find_run(call, &flow, &row, &found, err));
    if (!found)
        return HG_OK;
    if (!hg_str_eq_nocase(app_param(call, "trigger"), app_trigger_name(&flow.body))) {
        app_refuse(call, 404, "WorkflowTriggerNotFound", "The flow has no trigger '%.*s'.",
                   HG_ARG(app_param(call, "trigger")));
        return HG_OK;
    }
    struct app_commit commit = app_commit_new(call->arena);
    hg_str id;
    HG_TRY(repeat(call, &commit, &flow, &row, &id, err));
    app_run_mark_resubmitted(&commit, call->tenant->tenant.id, row.id, id, false);
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    app_run_wake(call->app);
    http_set_field(call->response, "x-ms-workflow-run-id", id);
    struct hg_json body = pair(call, row.id, id);
    app_answer_json(call, 202, &body);
    return HG_OK;
}

/* Those of one page that were not resubmitted yet, in one commit. HG_CONFLICT: someone else
 * resubmitted one of them meanwhile. */
static enum hg_code repeat_page(struct app_call *call, const struct app_flow *flow,
                                const struct app_runs *runs, struct hg_json *value,
                                struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    struct hg_json pairs = hg_json_array();
    for (size_t i = 0; i < runs->n; i++) {
        hg_str id;
        if (runs->items[i].resubmitted.len > 0)
            continue;
        HG_TRY(repeat(call, &commit, flow, &runs->items[i], &id, err));
        app_run_mark_resubmitted(&commit, call->tenant->tenant.id, runs->items[i].id, id, true);
        hg_json_push(call->arena, &pairs, pair(call, runs->items[i].id, id));
    }
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    for (uint32_t i = 0; i < pairs.array.n; i++)
        hg_json_push(call->arena, value, pairs.array.items[i]);
    return HG_OK;
}

/* POST /api/flows/{flow}/resubmitFailed */
enum hg_code app_runs_resubmit_failed(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    struct app_runs runs = {0};
    bool found;
    HG_TRY(app_flow_find(call, &flow, &found, err));
    if (!found)
        return HG_OK;
    struct app_runs_query query = {
        .flow = flow.id, .has_status = true, .status = FLOW_STATUS_FAILED, .limit = BATCH};
    struct hg_json value = hg_json_array();
    do {
        HG_TRY(app_runs_list(call->app, call->arena, call->tenant->tenant.id, &query, &runs, err));
        HG_TRY(repeat_page(call, &flow, &runs, &value, err));
        if (runs.n > 0)
            query.after = runs.items[runs.n - 1].id;
    } while (runs.n == BATCH);
    app_run_wake(call->app);
    return answer_list(call, value);
}
