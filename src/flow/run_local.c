#include "flow/run_local.h"

#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Commands wait in a queue; when it is empty and the run is not over, the clock
 * moves to the instant that the run wants to be woken at. */
struct playing {
    struct hg_arena *arena;
    const struct flow_local *local;
    struct flow_local_result *result;
    uint32_t *calls; /* per action */
    struct flow_command *queue;
    size_t n, room, at;
    bool is_over, has_wake;
    hg_time wake;
    hg_time now;
    struct hg_err *err;
};

static enum hg_code queue_add(struct playing *play, const struct flow_command *command)
{
    if (play->n == play->room) {
        size_t room = play->room == 0 ? 16 : play->room * 2;
        struct flow_command *bigger = HG_NEW_ARRAY(play->arena, struct flow_command, room);
        if (bigger == NULL)
            return HG_FAIL(play->err, HG_NO_MEMORY, "commands of a local run");
        if (play->n > 0)
            memcpy(bigger, play->queue, play->n * sizeof(*bigger));
        play->queue = bigger;
        play->room = room;
    }
    play->queue[play->n++] = *command;
    return HG_OK;
}

static void keep_response(struct playing *play, const struct flow_command *command)
{
    struct hg_json out = hg_json_object();
    struct hg_json body = hg_json_str(command->payload);
    hg_str type =
        hg_json_str_or(hg_json_get_nocase(command->headers, HG_STR("Content-Type")), HG_STR(""));
    if (hg_str_starts_nocase(type, HG_STR("application/json")) &&
        hg_json_parse(play->arena, command->payload, HG_JSON_LAST_WINS, &hg_json_file, &body,
                      NULL) != HG_OK)
        body = hg_json_str(command->payload);
    hg_json_put(play->arena, &out, "statusCode", hg_json_int(command->status));
    if (command->headers != NULL)
        hg_json_put(play->arena, &out, "headers", *command->headers);
    if (command->has_payload)
        hg_json_put(play->arena, &out, "body", body);
    play->result->has_response = true;
    play->result->response = out;
}

static enum hg_code take_effects(struct playing *play, const struct flow_effects *effects)
{
    for (size_t i = 0; i < effects->n_commands; i++) {
        const struct flow_command *command = &effects->commands[i];
        if (command->kind == FLOW_COMMAND_FINISH)
            play->is_over = true;
        else if (command->kind == FLOW_COMMAND_RESPOND)
            keep_response(play, command);
        else
            HG_TRY(queue_add(play, command));
    }
    play->has_wake = effects->has_wake;
    play->wake = effects->wake;
    return HG_OK;
}

static enum hg_code play_event(struct playing *play, const struct flow_event *event)
{
    struct flow_effects effects;
    if (++play->result->n_steps > HG_MAX_FLOW_STEPS)
        return HG_FAIL(play->err, HG_TOO_BIG, "the run takes more than %d steps",
                       HG_MAX_FLOW_STEPS);
    HG_TRY(
        flow_step(play->result->run, event, play->now, play->local->random, &effects, play->err));
    HG_TRY(take_effects(play, &effects));
    if (play->local->between != NULL)
        play->result->run = play->local->between(play->local->self, play->result->run);
    return HG_OK;
}

/* The mock of this call: by action, else "*"; of a list the one whose turn it is. */
static const struct hg_json *mock_of(struct playing *play, const struct flow_command *command)
{
    const struct hg_json *mock = hg_json_get_nocase(play->local->mock, command->action_name);
    if (mock == NULL)
        mock = hg_json_get(play->local->mock, "*");
    uint32_t call = play->calls[command->action]++;
    if (!hg_json_is(mock, HG_JSON_ARRAY))
        return mock;
    size_t n = hg_json_count(mock);
    return n == 0 ? NULL : hg_json_item(mock, call < n ? call : n - 1);
}

static unsigned status_of(const struct hg_json *mock)
{
    int64_t n;
    if (!hg_json_as_int(hg_json_get(mock, "status"), &n) || n < 100 || n > 599)
        return 200;
    return (unsigned)n;
}

static enum hg_code answer(struct playing *play, const struct flow_command *command)
{
    const struct hg_json *mock = mock_of(play, command);
    const struct hg_json *error = hg_json_get(mock, "error");
    struct hg_json empty = hg_json_object();
    struct flow_event event = {.kind = FLOW_EVENT_ANSWERED,
                               .command = command->id,
                               .status = status_of(mock),
                               .headers = hg_json_get(mock, "headers"),
                               .body = mock == NULL ? &empty : hg_json_get(mock, "body")};
    if (error != NULL) {
        event = (struct flow_event){
            .kind = FLOW_EVENT_FAILED,
            .command = command->id,
            .code = hg_json_str_or(hg_json_get(error, "code"), HG_STR("ServiceUnavailable")),
            .message = hg_json_str_or(hg_json_get(error, "message"), HG_STR("No answer.")),
            .may_retry = hg_json_bool_or(hg_json_get(error, "retry"), false)};
    }
    return play_event(play, &event);
}

/* Nothing is under way: the clock moves to when the run wants to be woken. */
static enum hg_code play_wake(struct playing *play)
{
    struct flow_event timer = {.kind = FLOW_EVENT_TIMER};
    play->at = play->n = 0;
    if (!play->has_wake)
        return HG_FAIL(play->err, HG_CONFLICT, "the run waits for nothing and is not over");
    if (hg_time_before(play->now, play->wake))
        play->now = play->wake;
    return play_event(play, &timer);
}

static enum hg_code play_on(struct playing *play)
{
    while (!play->is_over) {
        bool any = play->at < play->n;
        struct flow_command command = {0};
        if (any)
            command = play->queue[play->at++];
        HG_TRY(any ? answer(play, &command) : play_wake(play));
    }
    return HG_OK;
}

static enum hg_code begin(struct playing *play)
{
    const struct flow_local *local = play->local;
    struct flow_start start = {.run_name = flow_run_name(play->arena, local->now, local->random),
                               .fired_at = local->now,
                               .trigger_outputs = local->trigger_outputs,
                               .parameters = local->parameters};
    struct flow_event started = {.kind = FLOW_EVENT_STARTED};
    size_t n = local->definition->n_actions;
    play->calls = HG_NEW_ARRAY(play->arena, uint32_t, n == 0 ? 1 : n);
    if (play->calls == NULL)
        return HG_FAIL(play->err, HG_NO_MEMORY, "a local run");
    HG_TRY(flow_run_new(play->arena, local->definition, &start, &play->result->run, play->err));
    return play_event(play, &started);
}

enum hg_code flow_run_local(struct hg_arena *arena, const struct flow_local *local,
                            struct flow_local_result *out, struct hg_err *err)
{
    struct flow_local_result result = {0};
    struct playing play = {
        .arena = arena, .local = local, .result = &result, .now = local->now, .err = err};
    HG_TRY(begin(&play));
    HG_TRY(play_on(&play));
    result.ended = play.now;
    *out = result;
    return HG_OK;
}

static void put_contents(struct hg_arena *arena, struct hg_json *out, const struct hg_json *inputs,
                         const struct hg_json *outputs)
{
    if (inputs != NULL)
        hg_json_put(arena, out, "inputs", *inputs);
    if (outputs != NULL)
        hg_json_put(arena, out, "outputs", *outputs);
}

static struct hg_json repetitions_json(struct hg_arena *arena, const struct flow_run *run,
                                       uint32_t action)
{
    struct hg_json list = flow_action_repetitions(arena, run, action, 0, SIZE_MAX);
    for (size_t i = 0; i < hg_json_count(&list); i++) {
        struct hg_json *one = &list.array.items[i];
        hg_str name = hg_json_str_or(hg_json_get(one, "name"), HG_STR(""));
        struct hg_json properties = *hg_json_get(one, "properties");
        put_contents(arena, &properties, flow_repetition_inputs(run, action, name),
                     flow_repetition_outputs(run, action, name));
        hg_json_put(arena, one, "properties", properties);
    }
    return list;
}

struct hg_json flow_local_json(struct hg_arena *arena, const struct flow_local_result *result,
                               const struct flow_definition *definition)
{
    struct hg_json out = hg_json_object();
    struct hg_json actions = hg_json_array();
    for (uint32_t i = 0; i < definition->n_actions; i++) {
        struct hg_json properties = flow_action_properties(arena, result->run, i);
        struct hg_json one = hg_json_object();
        if (hg_json_is_null(&properties))
            continue;
        put_contents(arena, &properties, flow_action_inputs(result->run, i),
                     flow_action_outputs(result->run, i));
        struct hg_json repetitions = repetitions_json(arena, result->run, i);
        if (hg_json_count(&repetitions) > 0)
            hg_json_put(arena, &properties, "repetitions", repetitions);
        hg_json_put_str(arena, &one, "name", definition->actions[i].name);
        hg_json_put(arena, &one, "properties", properties);
        hg_json_push(arena, &actions, one);
    }
    hg_json_put(arena, &out, "run", flow_run_properties(arena, result->run));
    hg_json_put(arena, &out, "actions", actions);
    if (result->has_response)
        hg_json_put(arena, &out, "response", result->response);
    return out;
}
