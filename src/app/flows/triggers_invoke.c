#include "app/app_private.h"
#include "app/commit.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/flows/triggers.h"
#include "base/base.h"
#include "connector/connector.h"
#include "flow/definition.h"
#include "http/http.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Requests that fire a trigger: its signed URL, and triggers/{t}/run. */

/* --- What the trigger sees ----------------------------------------------------------------- */

/* Credentials of the caller are no business of the flow's maker. */
static bool is_private(hg_str name)
{
    return hg_str_eq_nocase(name, HG_STR("Authorization")) ||
           hg_str_eq_nocase(name, HG_STR("Cookie")) ||
           hg_str_eq_nocase(name, HG_STR("Proxy-Authorization"));
}

static struct hg_json headers_of(struct app_call *call)
{
    struct hg_json out = hg_json_object();
    for (size_t i = 0; i < call->request->headers.n; i++) {
        const struct http_field *field = &call->request->headers.items[i];
        if (!is_private(field->name))
            hg_json_set(call->arena, &out, field->name, hg_json_str(field->value));
    }
    return out;
}

/* What a button adds about who pressed it. */
static void put_user(struct app_call *call, struct hg_json *headers)
{
    const struct model_user *user = &call->caller.user;
    if (call->caller.kind != APP_DELEGATED)
        return;
    hg_json_put_str(call->arena, headers, "x-ms-user-name-encoded",
                    hg_b64_encode(call->arena, user->display_name));
    hg_json_put_str(call->arena, headers, "x-ms-user-email-encoded",
                    hg_b64_encode(call->arena, user->mail.len > 0 ? user->mail : user->upn));
    hg_json_put_str(call->arena, headers, "x-ms-user-id-encoded",
                    hg_b64_encode(call->arena, user->id));
    hg_json_put_str(call->arena, headers, "x-ms-user-timestamp",
                    hg_time_seven(call->arena, call->now));
}

static bool refuse_content(struct app_call *call, hg_str what)
{
    app_refuse(call, 400, "InvalidRequestContent", "The input body for trigger is not valid: %.*s",
               HG_ARG(what));
    return false;
}

static bool read_body(struct app_call *call, struct hg_json *out)
{
    const struct connector_answer given = {
        .status = 200,
        .content_type = http_header_or(call->request, "Content-Type", ""),
        .body = call->request->body,
    };
    struct hg_err why = {0};
    *out = hg_json_null();
    if (call->request->body.len == 0)
        return true;
    if (http_content_is(call->request, "application/json")) {
        if (hg_json_parse(call->arena, call->request->body, HG_JSON_LAST_WINS, &hg_json_file, out,
                          &why) == HG_OK)
            return true;
        return refuse_content(call, hg_str_dup(call->arena, hg_str_of(why.detail)));
    }
    if (connector_body_read(call->arena, &given, out, &why) == HG_OK)
        return true;
    return refuse_content(call, HG_STR("it is too large."));
}

/* Required members alone: what the run panel and the documented system insist on. */
static bool check_schema(struct app_call *call, const struct flow_trigger *trigger,
                         const struct hg_json *body)
{
    const struct hg_json *required = hg_json_get(trigger->schema, "required");
    for (size_t i = 0; i < hg_json_count(required); i++) {
        hg_str name = hg_json_str_or(hg_json_item(required, i), HG_STR(""));
        if (name.len > 0 && hg_json_get_str(body, name) == NULL)
            return refuse_content(call,
                                  hg_str_format(call->arena,
                                                "required properties are missing from object: "
                                                "%.*s.",
                                                HG_ARG(name)));
    }
    return true;
}

bool app_trigger_outputs(struct app_call *call, const struct flow_trigger *trigger,
                         struct hg_json *out)
{
    struct hg_json body;
    struct hg_json headers = headers_of(call);
    struct http_form query;
    if (!read_body(call, &body) || !check_schema(call, trigger, &body) || !app_query(call, &query))
        return false;
    if (trigger->type == FLOW_TRIGGER_BUTTON)
        put_user(call, &headers);
    *out = hg_json_object();
    hg_json_put(call->arena, out, "headers", headers);
    struct hg_json queries = hg_json_object();
    static const char *const own[] = {"api-version", "sp", "sv", "sig", "se"};
    for (size_t i = 0; i < query.n; i++) {
        bool is_own = false;
        for (size_t o = 0; o < HG_COUNT(own); o++)
            is_own |= hg_str_eq(query.items[i].name, hg_str_of(own[o]));
        if (!is_own)
            hg_json_set(call->arena, &queries, query.items[i].name,
                        hg_json_str(query.items[i].value));
    }
    if (hg_json_count(&queries) > 0)
        hg_json_put(call->arena, out, "queries", queries);
    if (!hg_json_is_null(&body))
        hg_json_put(call->arena, out, "body", body);
    return true;
}

enum hg_code app_trigger_ready(struct app_call *call, const struct app_flow *flow,
                               const struct flow_definition *definition, bool *ready,
                               struct hg_err *err)
{
    bool busy = false;
    *ready = false;
    if (flow->state != APP_FLOW_STARTED) {
        app_refuse(call, 400, "WorkflowTriggerIsNotEnabled",
                   "Could not execute workflow '%.*s' trigger '%.*s' with state 'Disabled': the "
                   "flow is turned off.",
                   HG_ARG(flow->id), HG_ARG(definition->trigger.name));
        return HG_OK;
    }
    if (definition->trigger.single_instance)
        HG_TRY(app_runs_any_active(call->app, call->arena, call->tenant->tenant.id, flow->id, &busy,
                                   err));
    *ready = !busy;
    if (busy) {
        app_refuse(call, 429, "SingleInstance",
                   "A run of the flow is still active, and it allows one at a time.");
        http_set_field(call->response, "Retry-After", HG_STR("10"));
    }
    return HG_OK;
}

/* --- The signed URL
 * -------------------------------------------------------------------------------- */

static hg_str permission_of(struct hg_arena *arena, hg_str trigger)
{
    return hg_str_format(arena, "/triggers/%.*s/run", HG_ARG(trigger));
}

hg_str app_trigger_url(struct app_call *call, const struct app_flow *flow,
                       const struct flow_trigger *trigger, struct hg_json *out_queries)
{
    struct hg_arena *arena = call->arena;
    hg_str permission = permission_of(arena, trigger->name);
    hg_str sig = app_signature(call, call->tenant->tenant.id, flow->id, permission, HG_STR(""));
    *out_queries = hg_json_object();
    hg_json_put_str(arena, out_queries, "api-version", HG_STR("2016-06-01"));
    hg_json_put_str(arena, out_queries, "sp", permission);
    hg_json_put_str(arena, out_queries, "sv", HG_STR("1.0"));
    hg_json_put_str(arena, out_queries, "sig", sig);
    struct hg_buf url = hg_buf_new(arena, HG_MAX_TARGET);
    hg_buf_format(&url, "%.*s/workflows/%.*s/triggers/", HG_ARG(call->app->config.base_url),
                  HG_ARG(app_flow_workflow_id(arena, flow->id)));
    hg_buf_percent(&url, trigger->name);
    hg_buf_z(&url, "/paths/invoke?api-version=2016-06-01&sp=");
    hg_buf_percent(&url, permission);
    hg_buf_format(&url, "&sv=1.0&sig=%.*s", HG_ARG(sig));
    return hg_buf_view(&url);
}

/* A Response action answers this very request: the connection waits until it does. */
static uint64_t defer(struct app_call *call, const struct flow_definition *definition)
{
    const struct http_replies *replies = &call->app->replies;
    return definition->has_response && replies->defer != NULL ? replies->defer(replies->self) : 0;
}

static void answer_deferred(struct app_call *call, uint64_t reply, hg_str run)
{
    hg_str body = hg_str_format(
        call->arena,
        "{\"error\":{\"code\":\"NoResponse\",\"message\":\"The server did not receive a response "
        "from an upstream server. Request tracking id '%.*s'.\"}}",
        HG_ARG(run));
    http_respond(call->response, 504, "application/json; charset=utf-8", body);
    call->response->deferred_id = reply;
}

static void answer(struct app_call *call, const struct app_firing *firing,
                   const struct app_fired *fired)
{
    if (hg_str_eq(hg_str_of(fired->status), HG_STR("Failed"))) {
        app_refuse(call, 400, hg_str_z(call->arena, fired->code), "%.*s", HG_ARG(fired->message));
        return;
    }
    if (fired->n == 1 && firing->reply != 0)
        answer_deferred(call, firing->reply, fired->run);
    else
        app_answer_empty(call, 202);
    if (fired->has_run) {
        http_set_field(call->response, "x-ms-workflow-run-id", fired->run);
        http_set_field(call->response, "x-ms-client-tracking-id",
                       firing->tracking_id.len > 0 ? firing->tracking_id : fired->run);
    }
}

static bool method_is_right(struct app_call *call, const struct flow_trigger *trigger)
{
    hg_str method = hg_json_str_or(hg_json_get(trigger->inputs, "method"), HG_STR("POST"));
    if (hg_str_eq_nocase(call->request->method, method))
        return true;
    app_refuse(call, 405, "MethodNotAllowed", "The trigger '%.*s' is called with %.*s.",
               HG_ARG(trigger->name), HG_ARG(method));
    return false;
}

static enum hg_code invoke(struct app_call *call, const struct app_flow *flow,
                           const struct flow_definition *definition, struct hg_err *err)
{
    struct hg_json outputs;
    bool ready;
    HG_TRY(app_trigger_ready(call, flow, definition, &ready, err));
    if (!ready || !app_trigger_outputs(call, &definition->trigger, &outputs))
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    const struct app_firing firing = {
        .flow = flow,
        .definition = definition,
        .outputs = &outputs,
        .tracking_id = http_header_or(call->request, "x-ms-client-tracking-id", ""),
        .reply = defer(call, definition),
    };
    struct app_fired fired;
    HG_TRY(app_trigger_fire(call, &commit, &firing, &fired, err));
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    answer(call, &firing, &fired);
    app_run_wake(call->app);
    return HG_OK;
}

enum hg_code app_trigger_invoke(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    const struct flow_definition *definition;
    bool good;
    hg_str name = app_param(call, "trigger");
    HG_TRY(app_signed_flow(call, permission_of(call->arena, name), &flow, &good, err));
    if (!good)
        return HG_OK;
    HG_TRY(app_flow_definition(call->arena, &flow.body, &definition, err));
    if (!hg_str_eq_nocase(definition->trigger.name, name) ||
        definition->trigger.type != FLOW_TRIGGER_REQUEST) {
        app_refuse(call, 404, "WorkflowTriggerNotFound",
                   "The workflow '%.*s' has no request trigger '%.*s'.", HG_ARG(flow.id),
                   HG_ARG(name));
        return HG_OK;
    }
    return method_is_right(call, &definition->trigger) ? invoke(call, &flow, definition, err)
                                                       : HG_OK;
}
