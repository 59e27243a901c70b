#include "app/flows/triggers.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/connections/connector_call.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/timers.h"
#include "base/base.h"
#include "connector/connector.h"
#include "flow/definition.h"
#include "flow/trigger.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_WAIT_DAYS = 1 };

hg_str app_trigger_name(const struct hg_json *body)
{
    const struct hg_json *triggers = hg_json_path(body, "definition.triggers");
    return hg_json_is(triggers, HG_JSON_OBJECT) && hg_json_count(triggers) > 0
               ? triggers->object.members[0].name
               : HG_STR("");
}

/* --- Timers ---------------------------------------------------------------------------------- */

void app_trigger_disarm(struct app_commit *commit, hg_str tenant, hg_str flow)
{
    app_timer_remove(commit, tenant, APP_TIMER_TRIGGER, flow);
}

static enum hg_code next_instant(struct hg_arena *arena, const struct flow_definition *definition,
                                 struct app_flow *flow, hg_time after, struct hg_err *err)
{
    struct flow_schedule schedule;
    HG_TRY(flow_schedule_of(arena, &definition->trigger.recurrence, flow->trigger.on_since,
                            &schedule, err));
    flow->trigger.has_next =
        flow_schedule_next(&schedule, flow->trigger.n_fired, after, &flow->trigger.next);
    return HG_OK;
}

enum hg_code app_trigger_arm(struct app_commit *commit, hg_str tenant, hg_time now,
                             const struct flow_definition *definition, struct app_flow *flow,
                             struct hg_err *err)
{
    enum flow_trigger_type type = definition->trigger.type;
    flow->trigger = (struct app_trigger_state){.on_since = now};
    app_trigger_disarm(commit, tenant, flow->id);
    if (flow->state != APP_FLOW_STARTED ||
        (type != FLOW_TRIGGER_RECURRENCE && type != FLOW_TRIGGER_CONNECTOR))
        return HG_OK;
    /* Without a startTime the first instant is now itself (flow/trigger.h). */
    HG_TRY(next_instant(commit->arena, definition, flow, (hg_time){now.us - 1}, err));
    if (flow->trigger.has_next)
        app_timer_set(commit, tenant, APP_TIMER_TRIGGER, flow->id, flow->trigger.next);
    return HG_OK;
}

/* --- Firing -------------------------------------------------------------------------------- */

static enum hg_code start_all(struct app_call *call, struct app_commit *commit,
                              const struct app_firing *firing, const struct flow_firing *result,
                              struct app_fired *out, struct hg_err *err)
{
    for (size_t i = 0; i < result->n_items; i++) {
        const struct app_run_start start = {
            .flow = firing->flow,
            .definition = firing->definition,
            .outputs = hg_json_is_null(&result->items[i]) ? NULL : &result->items[i],
            .inputs = firing->inputs,
            .tracking_id = firing->tracking_id,
            .has_scheduled = firing->has_scheduled,
            .scheduled = firing->scheduled,
            .reply = result->n_items == 1 ? firing->reply : 0,
        };
        hg_str id;
        HG_TRY(app_run_start(call, commit, &start, &id, err));
        if (i == 0)
            out->run = id;
    }
    out->n = result->n_items;
    out->has_run = out->n > 0;
    return HG_OK;
}

enum hg_code app_trigger_fire(struct app_call *call, struct app_commit *commit,
                              const struct app_firing *firing, struct app_fired *out,
                              struct hg_err *err)
{
    static const char *const statuses[] = {[FLOW_FIRING_RUN] = "Succeeded",
                                           [FLOW_FIRING_SKIPPED] = "Skipped",
                                           [FLOW_FIRING_FAILED] = "Failed"};
    const struct hg_json workflow = app_flow_workflow(call, firing->flow);
    const struct flow_evaluation evaluation = {
        .outputs = firing->outputs,
        .parameters = hg_json_get(&firing->flow->body, "parameters"),
        .workflow = &workflow,
        .now = call->now,
        .random = &call->app->random,
    };
    struct flow_firing result;
    HG_TRY(flow_trigger_fire(call->arena, firing->definition, &evaluation, &result, err));
    *out = (struct app_fired){
        .status = statuses[result.kind], .code = result.code, .message = result.message};
    return result.kind == FLOW_FIRING_RUN ? start_all(call, commit, firing, &result, out, err)
                                          : HG_OK;
}

/* --- The timer of a trigger ---------------------------------------------------------------- */

struct turn {
    struct app_call *call;
    const struct app_timer *timer;
    struct app_commit commit;
    struct app_flow flow;
    const struct flow_definition *definition;
    hg_dur wait; /* before the next poll, when the connector said so */
    bool has_wait;
};

static void note(struct turn *turn, const char *status, hg_str code, hg_str message)
{
    turn->flow.trigger.evaluated = turn->call->now;
    turn->flow.trigger.status = hg_str_of(status);
    turn->flow.trigger.code = code;
    turn->flow.trigger.message = message;
}

static enum hg_code fire(struct turn *turn, const struct hg_json *outputs,
                         const struct hg_json *inputs, struct hg_err *err)
{
    struct app_fired fired;
    const struct app_firing firing = {
        .flow = &turn->flow,
        .definition = turn->definition,
        .outputs = outputs,
        .inputs = inputs,
        .has_scheduled = turn->definition->trigger.type == FLOW_TRIGGER_RECURRENCE,
        .scheduled = turn->flow.trigger.next,
    };
    HG_TRY(app_trigger_fire(turn->call, &turn->commit, &firing, &fired, err));
    note(turn, fired.status, fired.code, fired.message);
    return HG_OK;
}

static enum hg_code ask(struct turn *turn, struct app_connector_answer *out, struct hg_err *err)
{
    const struct flow_host *host = &turn->definition->trigger.host;
    const struct hg_json *reference =
        hg_json_get_nocase(hg_json_get(&turn->flow.body, "connectionReferences"), host->reference);
    struct hg_json location = hg_json_str(turn->flow.trigger.location);
    bool goes_on = turn->flow.trigger.location.len > 0;
    const struct app_connector_request request = {
        .connection = app_flow_reference_connection(reference),
        .api = host->api,
        .operation = goes_on ? HG_STR("") : host->operation,
        .method = goes_on ? HG_STR("GET") : host->method,
        .path = goes_on ? &location : host->path,
        .inputs = goes_on ? NULL
                  : host->operation.len > 0
                      ? host->arguments
                      : turn->definition->trigger.inputs, /* older: queries, headers, body */
        .tracking_id = turn->call->trace_id,
        .owner = turn->flow.owner,
    };
    return app_connector_call(turn->call, &request, out, err);
}

/* The first poll only says from where on things are new. */
static enum hg_code poll(struct turn *turn, struct hg_err *err)
{
    struct app_connector_answer answer;
    HG_TRY(ask(turn, &answer, err));
    if (answer.failed) {
        note(turn, "Failed", answer.code, answer.message);
        return HG_OK;
    }
    struct connector_poll result = connector_poll_read(answer.status, &answer.headers);
    bool is_first = !turn->flow.trigger.has_polled;
    turn->has_wait = result.has_wait;
    turn->wait = result.wait;
    if (result.kind == CONNECTOR_POLL_FAILED) {
        note(turn, "Failed", hg_str_format(turn->call->arena, "%u", answer.status),
             hg_str_format(turn->call->arena, "The connector answered the poll with status %u.",
                           answer.status));
        return HG_OK;
    }
    turn->flow.trigger.has_polled = true;
    if (result.location.len > 0)
        turn->flow.trigger.location = result.location;
    if (result.kind == CONNECTOR_POLL_NOTHING || is_first) {
        note(turn, "Skipped", HG_STR("Accepted"), HG_STR(""));
        return HG_OK;
    }
    struct hg_json outputs = hg_json_object();
    hg_json_put(turn->call->arena, &outputs, "headers", answer.headers);
    hg_json_put(turn->call->arena, &outputs, "body", answer.body);
    return fire(turn, &outputs, NULL, err);
}

static enum hg_code evaluate(struct turn *turn, struct hg_err *err)
{
    const struct flow_trigger *trigger = &turn->definition->trigger;
    bool busy = false;
    if (trigger->single_instance)
        HG_TRY(app_runs_any_active(turn->call->app, turn->call->arena,
                                   turn->call->tenant->tenant.id, turn->flow.id, &busy, err));
    if (busy) {
        note(turn, "Skipped", HG_STR("SingleInstance"),
             HG_STR("A run of the flow is still active."));
        return HG_OK;
    }
    return trigger->type == FLOW_TRIGGER_CONNECTOR ? poll(turn, err) : fire(turn, NULL, NULL, err);
}

static enum hg_code plan(struct turn *turn, struct hg_err *err)
{
    struct app_trigger_state *state = &turn->flow.trigger;
    state->n_fired++;
    HG_TRY(next_instant(turn->call->arena, turn->definition, &turn->flow, turn->call->now, err));
    hg_dur wait = turn->wait;
    if (wait.us > HG_DAYS(MAX_WAIT_DAYS).us)
        wait = HG_DAYS(MAX_WAIT_DAYS);
    if (state->has_next && turn->has_wait)
        state->next = hg_time_add(turn->call->now, wait.us <= 0 ? HG_SECONDS(1) : wait);
    HG_TRY(app_flow_remember(&turn->commit, turn->call->tenant->tenant.id, &turn->flow, err));
    if (state->has_next)
        app_timer_next(&turn->commit, turn->timer, state->next);
    else
        app_timer_end(&turn->commit, turn->timer);
    return HG_OK;
}

static enum hg_code act(struct turn *turn, struct hg_err *err)
{
    HG_TRY(app_flow_definition(turn->call->arena, &turn->flow.body, &turn->definition, err));
    HG_TRY(evaluate(turn, err));
    return plan(turn, err);
}

static enum hg_code take_turn(struct turn *turn, struct hg_err *err)
{
    struct store *store = turn->call->app->store;
    enum hg_code code = app_flow_load(store, turn->call->arena, turn->call->tenant->tenant.id,
                                      turn->timer->ref, &turn->flow, err);
    if (code == HG_NOT_FOUND || (code == HG_OK && turn->flow.state != APP_FLOW_STARTED))
        app_timer_end(&turn->commit, turn->timer);
    else if (code == HG_OK)
        HG_TRY(act(turn, err));
    else
        return code;
    return app_commit_run(&turn->commit, store, err);
}

enum hg_code app_timer_trigger(struct app_call *call, const struct app_timer *timer,
                               struct hg_err *err)
{
    struct turn turn = {.call = call, .timer = timer, .commit = app_commit_new(call->arena)};
    enum hg_code code = take_turn(&turn, err);
    if (code == HG_CONFLICT) /* saved, turned off, deleted, or another worker has it */
        return HG_OK;
    HG_TRY(code);
    app_run_wake(call->app);
    return HG_OK;
}
