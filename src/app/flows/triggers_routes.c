#include "app/app_private.h"
#include "app/commit.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/flows/triggers.h"
#include "app/timers.h"
#include "base/base.h"
#include "flow/definition.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>

/* The management API of triggers (flow-platform.md 1.5). */

static struct hg_json trigger_properties(struct app_call *call, const struct app_flow *flow,
                                         const struct flow_trigger *trigger)
{
    struct hg_arena *arena = call->arena;
    const struct app_trigger_state *state = &flow->trigger;
    struct hg_json out = hg_json_object();
    hg_json_put(arena, &out, "provisioningState", hg_json_z("Succeeded"));
    hg_json_put(arena, &out, "state",
                hg_json_z(flow->state == APP_FLOW_STARTED ? "Enabled" : "Disabled"));
    hg_json_put_str(arena, &out, "createdTime", hg_time_seven(arena, flow->created));
    hg_json_put_str(arena, &out, "changedTime", hg_time_seven(arena, flow->modified));
    hg_json_put_str(arena, &out, "type", trigger->type_name);
    if (trigger->kind_name.len > 0)
        hg_json_put_str(arena, &out, "kind", trigger->kind_name);
    if (state->has_next)
        hg_json_put_str(arena, &out, "nextExecutionTime", hg_time_seven(arena, state->next));
    if (state->status.len == 0)
        return out;
    hg_json_put_str(arena, &out, "lastExecutionTime", hg_time_seven(arena, state->evaluated));
    hg_json_put_str(arena, &out, "status", state->status);
    if (state->code.len > 0)
        hg_json_put_str(arena, &out, "code", state->code);
    if (state->message.len > 0) {
        struct hg_json error = hg_json_object();
        hg_json_put_str(arena, &error, "code", state->code);
        hg_json_put_str(arena, &error, "message", state->message);
        hg_json_put(arena, &out, "error", error);
    }
    return out;
}

static struct hg_json trigger_json(struct app_call *call, const struct app_flow *flow,
                                   const struct flow_trigger *trigger)
{
    struct hg_json out = hg_json_object();
    hg_json_put_str(call->arena, &out, "name", trigger->name);
    hg_json_put_str(call->arena, &out, "id",
                    hg_str_format(call->arena, "%.*s/triggers/%.*s",
                                  HG_ARG(app_flow_path(call, flow)), HG_ARG(trigger->name)));
    hg_json_put(call->arena, &out, "type",
                hg_json_z("Microsoft.ProcessSimple/environments/flows/triggers"));
    hg_json_put(call->arena, &out, "properties", trigger_properties(call, flow, trigger));
    return out;
}

enum hg_code app_triggers_get(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    const struct flow_definition *definition;
    bool found;
    HG_TRY(app_flow_find(call, &flow, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(app_flow_definition(call->arena, &flow.body, &definition, err));
    struct hg_json value = hg_json_array();
    struct hg_json body = hg_json_object();
    hg_json_push(call->arena, &value, trigger_json(call, &flow, &definition->trigger));
    hg_json_put(call->arena, &body, "value", value);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* The route's flow and its trigger. *found is false when the call was refused. */
static enum hg_code find_trigger(struct app_call *call, struct app_flow *flow,
                                 const struct flow_definition **out, bool *found,
                                 struct hg_err *err)
{
    hg_str name = app_param(call, "trigger");
    HG_TRY(app_flow_find(call, flow, found, err));
    if (!*found)
        return HG_OK;
    HG_TRY(app_flow_definition(call->arena, &flow->body, out, err));
    *found = hg_str_eq_nocase((*out)->trigger.name, name);
    if (!*found)
        app_refuse(call, 404, "WorkflowTriggerNotFound",
                   "The flow has no trigger '%.*s'; its trigger is '%.*s'.", HG_ARG(name),
                   HG_ARG((*out)->trigger.name));
    return HG_OK;
}

enum hg_code app_trigger_callback(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    const struct flow_definition *definition;
    bool found;
    HG_TRY(find_trigger(call, &flow, &definition, &found, err));
    if (!found)
        return HG_OK;
    const struct flow_trigger *trigger = &definition->trigger;
    if (trigger->type != FLOW_TRIGGER_REQUEST) {
        app_refuse(call, 400, "ListCallbackUrlOperationBlocked",
                   "The trigger '%.*s' of type '%.*s' has no callback URL.", HG_ARG(trigger->name),
                   HG_ARG(trigger->type_name));
        return HG_OK;
    }
    struct hg_json queries;
    hg_str url = app_trigger_url(call, &flow, trigger, &queries);
    hg_str base = hg_str_sub(url, 0, hg_str_find_byte(url, '?'));
    struct hg_json response = hg_json_object();
    hg_json_put_str(call->arena, &response, "value", url);
    hg_json_put_str(call->arena, &response, "method",
                    hg_json_str_or(hg_json_get(trigger->inputs, "method"), HG_STR("POST")));
    hg_json_put_str(call->arena, &response, "basePath", base);
    hg_json_put(call->arena, &response, "queries", queries);
    struct hg_json body = hg_json_copy(call->arena, &response);
    hg_json_put(call->arena, &body, "response", response); /* clients read either */
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* --- run ------------------------------------------------------------------------------------ */

static void answer_run(struct app_call *call, const struct app_flow *flow,
                       const struct app_fired *fired)
{
    struct hg_json body = hg_json_object();
    hg_json_put(call->arena, &body, "status", hg_json_z(fired->status));
    if (fired->has_run) {
        hg_json_put_str(call->arena, &body, "name", fired->run);
        hg_json_put_str(call->arena, &body, "id",
                        hg_str_format(call->arena, "%.*s/runs/%.*s",
                                      HG_ARG(app_flow_path(call, flow)), HG_ARG(fired->run)));
        http_set_field(call->response, "x-ms-workflow-run-id", fired->run);
        http_set_field(call->response, "x-ms-client-tracking-id", fired->run);
    }
    app_answer_json(call, 202, &body);
}

/* A poll is not made here: the worker makes it at once, with all that belongs to it. */
static enum hg_code poll_now(struct app_call *call, const struct app_flow *flow, struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    const struct app_fired none = {.status = "Accepted"};
    app_timer_set(&commit, call->tenant->tenant.id, APP_TIMER_TRIGGER, flow->id, call->now);
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    app_run_wake(call->app);
    answer_run(call, flow, &none);
    return HG_OK;
}

static enum hg_code run_now(struct app_call *call, const struct app_flow *flow,
                            const struct flow_definition *definition, struct hg_err *err)
{
    const struct flow_trigger *trigger = &definition->trigger;
    struct hg_json outputs;
    bool takes_request = trigger->type != FLOW_TRIGGER_RECURRENCE;
    if (takes_request && !app_trigger_outputs(call, trigger, &outputs))
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    const struct app_firing firing = {.flow = flow,
                                      .definition = definition,
                                      .outputs = takes_request ? &outputs : NULL,
                                      .has_scheduled = !takes_request,
                                      .scheduled = call->now};
    struct app_fired fired;
    HG_TRY(app_trigger_fire(call, &commit, &firing, &fired, err));
    if (hg_str_eq(hg_str_of(fired.status), HG_STR("Failed"))) {
        app_refuse(call, 400, hg_str_z(call->arena, fired.code), "%.*s", HG_ARG(fired.message));
        return HG_OK;
    }
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    app_run_wake(call->app);
    answer_run(call, flow, &fired);
    return HG_OK;
}

enum hg_code app_trigger_run(struct app_call *call, struct hg_err *err)
{
    struct app_flow flow;
    const struct flow_definition *definition;
    bool good;
    HG_TRY(find_trigger(call, &flow, &definition, &good, err));
    if (good)
        HG_TRY(app_trigger_ready(call, &flow, definition, &good, err));
    if (!good)
        return HG_OK;
    return definition->trigger.type == FLOW_TRIGGER_CONNECTOR
               ? poll_now(call, &flow, err)
               : run_now(call, &flow, definition, err);
}
