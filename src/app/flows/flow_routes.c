#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/directory.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/flows/triggers.h"
#include "base/base.h"
#include "flow/definition.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>

/* The management API of flows (flow-platform.md 1.4, 1.5). */

/* --- Reading ------------------------------------------------------------------------------ */

/* "mine" is personal; flows that others share with the caller are team: there are none. */
static bool wants_own(const struct app_flow_page *page)
{
    hg_str filter = http_form_or(&page->query, "$filter", "");
    return filter.len == 0 || hg_str_find(filter, HG_STR("personal")) != HG_NPOS ||
           hg_str_find(filter, HG_STR("search(")) == HG_NPOS;
}

enum hg_code app_flows_get(struct app_call *call, struct hg_err *err)
{
    struct app_flow_page page;
    struct app_flows flows = {0};
    if (!app_flow_environment(call) || !app_flow_page(call, &page))
        return HG_OK;
    bool all = app_flow_is_admin_scope(call) || call->caller.kind == APP_HOST_OPERATOR;
    const struct app_flows_query query = {.owner = all ? HG_STR("") : call->caller.user.id,
                                          .after = page.after,
                                          .limit = page.top + 1};
    if (all || (wants_own(&page) && call->caller.kind == APP_DELEGATED))
        HG_TRY(app_flows_list(call->app->store, call->arena, call->tenant->tenant.id, &query,
                              &flows, err));
    struct hg_json value = hg_json_array();
    size_t n = flows.n > page.top ? page.top : flows.n;
    for (size_t i = 0; i < n; i++)
        hg_json_push(call->arena, &value, app_flow_json(call, &flows.items[i], false));
    app_flow_answer_page(call, &page, value, flows.n > n ? flows.items[n - 1].id : HG_STR(""));
    return HG_OK;
}

enum hg_code app_flow_get(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    bool found;
    HG_TRY(app_flow_find(call, &flow, &found, err));
    if (!found)
        return HG_OK;
    struct hg_json body = app_flow_json(call, &flow, true);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* --- Creating ------------------------------------------------------------------------------- */

/* The name of whoever the flow is to belong to; "" when the body names no one. */
static hg_str named_owner(const struct hg_json *body)
{
    static const char *const places[] = {"properties.owner", "owner", "properties.creator.objectId",
                                         "properties.creator.userId",
                                         "properties.creator.userPrincipalName"};
    hg_str name = HG_STR("");
    for (size_t i = 0; i < HG_COUNT(places) && name.len == 0; i++)
        name = hg_json_str_or(hg_json_path(body, places[i]), HG_STR(""));
    return name;
}

static enum hg_code find_user(struct app_call *call, hg_str name, hg_str *out_id, bool *found,
                              struct hg_err *err)
{
    struct model_user user;
    hg_str tenant = call->tenant->tenant.id;
    enum hg_code code = hg_uuid_valid(name)
                            ? app_user_load(call->app, call->arena, tenant,
                                            hg_str_lower(call->arena, name), &user, err)
                            : app_user_by_upn(call->app, call->arena, tenant, name, &user, err);
    *found = code == HG_OK;
    if (code == HG_NOT_FOUND) {
        app_refuse(call, 400, "InvalidRequestContent",
                   "There is no user '%.*s' who could own the flow.", HG_ARG(name));
        return HG_OK;
    }
    *out_id = user.id;
    return code;
}

static enum hg_code find_owner(struct app_call *call, const struct hg_json *body, hg_str *out,
                               bool *found, struct hg_err *err)
{
    hg_str name = named_owner(body);
    *found = true;
    if (name.len > 0 && app_flow_is_admin(call))
        return find_user(call, name, out, found, err);
    if (call->caller.kind == APP_DELEGATED) {
        *out = call->caller.user.id;
        return HG_OK;
    }
    *found = false;
    app_refuse(call, 400, "InvalidRequestContent",
               "A flow belongs to a user, and the caller is none. Name the owner in "
               "properties.owner (a user principal name or id; headgate flow create --owner).");
    return HG_OK;
}

static bool wanted_state(struct app_call *call, const struct hg_json *properties,
                         enum app_flow_state *state)
{
    hg_str text = hg_json_str_or(hg_json_get(properties, "state"), HG_STR(""));
    if (text.len == 0)
        return true;
    if (hg_str_eq_nocase(text, HG_STR("Started"))) {
        *state = APP_FLOW_STARTED;
        return true;
    }
    if (hg_str_eq_nocase(text, HG_STR("Stopped"))) {
        *state = APP_FLOW_STOPPED;
        return true;
    }
    app_refuse(call, 400, "InvalidRequestContent",
               "properties.state is Started or Stopped, not '%.*s'.", HG_ARG(text));
    return false;
}

/* What the body makes of the flow. False in *good: refused. */
static enum hg_code take_body(struct app_call *call, const struct hg_json *body,
                              struct app_flow *flow, bool *changed, bool *good, struct hg_err *err)
{
    const struct hg_json *properties = hg_json_get(body, "properties");
    struct app_flow_fault fault;
    *good = false;
    HG_TRY(app_flow_apply(call->arena, properties, flow, changed, &fault, err));
    if (fault.status == 0)
        HG_TRY(app_flow_check_connections(call->app->store, call->arena, call->tenant->tenant.id,
                                          flow, &fault, err));
    if (fault.status != 0) {
        app_flow_refuse(call, &fault);
        return HG_OK;
    }
    *good = wanted_state(call, properties, &flow->state);
    return HG_OK;
}

/* Commits and, when it went through, wakes the workers. */
static enum hg_code finish(struct app_call *call, struct app_commit *commit, hg_str flow,
                           const char *action, bool *done, struct hg_err *err)
{
    enum hg_code code = app_commit_run(commit, call->app->store, err);
    *done = code == HG_OK;
    if (code == HG_CONFLICT || code == HG_EXISTS) {
        app_refuse(call, 409, "FlowConflict",
                   "The flow '%.*s' was changed by someone else at the same moment. Read it again "
                   "and repeat the change.",
                   HG_ARG(flow));
        return HG_OK;
    }
    HG_TRY(code);
    app_flow_record(call, flow, action);
    app_run_wake(call->app);
    return HG_OK;
}

static enum hg_code arm(struct app_call *call, struct app_commit *commit, struct app_flow *flow,
                        struct hg_err *err)
{
    const struct flow_definition *definition;
    HG_TRY(app_flow_definition(call->arena, &flow->body, &definition, err));
    return app_trigger_arm(commit, call->tenant->tenant.id, call->now, definition, flow, err);
}

enum hg_code app_flow_create(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    struct app_flow flow = {.id = app_new_id(call),
                            .display_name = HG_STR("Untitled"),
                            .state = APP_FLOW_STARTED,
                            .revision = 1,
                            .created = call->now,
                            .modified = call->now};
    bool good;
    bool changed;
    if (!app_flow_environment(call) || !app_body_object(call, &input))
        return HG_OK;
    HG_TRY(find_owner(call, &input, &flow.owner, &good, err));
    if (good)
        HG_TRY(take_body(call, &input, &flow, &changed, &good, err));
    if (!good)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    HG_TRY(arm(call, &commit, &flow, err));
    HG_TRY(app_flow_insert(&commit, call->tenant->tenant.id, &flow, err));
    HG_TRY(finish(call, &commit, flow.id, "create", &good, err));
    if (!good)
        return HG_OK;
    struct hg_json body = app_flow_json(call, &flow, true);
    app_answer_json(call, 201, &body);
    return HG_OK;
}

/* --- Changing --------------------------------------------------------------------------------- */

enum hg_code app_flow_change(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    struct app_flow flow;
    bool good;
    bool changed;
    if (!app_body_object(call, &input))
        return HG_OK;
    HG_TRY(app_flow_find(call, &flow, &good, err));
    if (!good)
        return HG_OK;
    enum app_flow_state before = flow.state;
    HG_TRY(take_body(call, &input, &flow, &changed, &good, err));
    if (!good)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    flow.modified = call->now;
    flow.revision += changed;
    if (changed || flow.state != before)
        HG_TRY(arm(call, &commit, &flow, err));
    HG_TRY(app_flow_update(&commit, call->tenant->tenant.id, &flow, changed, err));
    HG_TRY(finish(call, &commit, flow.id, "update", &good, err));
    if (!good)
        return HG_OK;
    struct hg_json body = app_flow_json(call, &flow, true);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

static enum hg_code store_state(struct app_call *call, struct app_flow *flow,
                                enum app_flow_state state, struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    bool done;
    if (flow->state != state) {
        flow->state = state;
        flow->modified = call->now;
        HG_TRY(arm(call, &commit, flow, err));
        HG_TRY(app_flow_update(&commit, call->tenant->tenant.id, flow, false, err));
    }
    HG_TRY(
        finish(call, &commit, flow->id, state == APP_FLOW_STARTED ? "start" : "stop", &done, err));
    if (done)
        app_answer_empty(call, 200);
    return HG_OK;
}

static enum hg_code turn(struct app_call *call, enum app_flow_state state, struct hg_err *err)
{
    struct app_flow flow;
    struct app_flow_fault fault = {0};
    bool found;
    HG_TRY(app_flow_find(call, &flow, &found, err));
    if (!found)
        return HG_OK;
    if (state == APP_FLOW_STARTED)
        HG_TRY(app_flow_check_connections(call->app->store, call->arena, call->tenant->tenant.id,
                                          &flow, &fault, err));
    if (fault.status == 0)
        return store_state(call, &flow, state, err);
    app_flow_refuse(call, &fault);
    return HG_OK;
}

enum hg_code app_flow_start(struct app_call *call, struct hg_err *err)
{
    return turn(call, APP_FLOW_STARTED, err);
}

enum hg_code app_flow_stop(struct app_call *call, struct hg_err *err)
{
    return turn(call, APP_FLOW_STOPPED, err);
}

enum hg_code app_flow_remove(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    bool good;
    HG_TRY(app_flow_find(call, &flow, &good, err));
    if (!good)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    app_flow_delete(&commit, call->tenant->tenant.id, flow.id);
    app_trigger_disarm(&commit, call->tenant->tenant.id, flow.id);
    HG_TRY(finish(call, &commit, flow.id, "delete", &good, err));
    if (good)
        app_answer_empty(call, 200); /* clients read 204 as "there was none" */
    return HG_OK;
}

/* --- checkFlowErrors, checkFlowWarnings ---------------------------------------------------- */

static struct hg_json findings_json(struct app_call *call, const struct flow_findings *findings,
                                    enum flow_severity severity)
{
    struct hg_json out = hg_json_array();
    for (size_t i = 0; i < findings->n; i++) {
        const struct flow_finding *finding = &findings->items[i];
        struct hg_json one = hg_json_object();
        struct hg_json error = hg_json_object();
        if (finding->severity != severity)
            continue;
        hg_json_put_str(call->arena, &error, "code", finding->code);
        hg_json_put_str(call->arena, &error, "message", finding->message);
        hg_json_put(call->arena, &one, "error", error);
        hg_json_put_str(call->arena, &one, "path", finding->path);
        hg_json_push(call->arena, &out, one);
    }
    return out;
}

static enum hg_code check(struct app_call *call, enum flow_severity severity, struct hg_err *err)
{
    static const char *const parts[] = {"definition", "connectionReferences"};
    struct app_flow flow;
    struct hg_json input;
    bool found;
    if (!app_body_object(call, &input))
        return HG_OK;
    HG_TRY(app_flow_find(call, &flow, &found, err));
    if (!found)
        return HG_OK;
    struct hg_json body = hg_json_copy(call->arena, &flow.body);
    for (size_t i = 0; i < HG_COUNT(parts); i++) {
        const struct hg_json *part = hg_json_get(hg_json_get(&input, "properties"), parts[i]);
        if (part != NULL)
            hg_json_put(call->arena, &body, parts[i], *part);
    }
    struct flow_findings findings = {0};
    const struct flow_definition *read;
    HG_TRY(app_flow_findings(call->arena, &body, &findings, &read, err));
    struct hg_json out = findings_json(call, &findings, severity);
    app_answer_json(call, 200, &out);
    return HG_OK;
}

enum hg_code app_flow_errors(struct app_call *call, struct hg_err *err)
{
    return check(call, FLOW_ERROR, err);
}

enum hg_code app_flow_warnings(struct app_call *call, struct hg_err *err)
{
    return check(call, FLOW_WARNING, err);
}
