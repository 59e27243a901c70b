#include "flow/run.h"

#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* FNV-1a over what a stored run depends on: names, types and places of actions. */
static uint64_t mix(uint64_t hash, hg_str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 1099511628211u;
    return (hash ^ 0xff) * 1099511628211u;
}

uint64_t flow_run_fingerprint(const struct flow_definition *definition)
{
    uint64_t hash = 14695981039346656037u;
    for (uint32_t i = 0; i < definition->n_actions; i++) {
        const struct flow_action *action = &definition->actions[i];
        hash = mix(hash, action->name);
        hash = (hash ^ (uint64_t)action->type ^ ((uint64_t)action->parent << 8) ^
                ((uint64_t)action->in_else << 7)) *
               1099511628211u;
    }
    return hash;
}

static uint32_t count_values(const struct flow_definition *definition)
{
    size_t n = 0;
    for (uint32_t i = 0; i < definition->n_actions; i++) {
        if (definition->actions[i].type == FLOW_ACTION_INITIALIZE_VARIABLE)
            n += hg_json_count(hg_json_get(definition->actions[i].inputs, "variables"));
    }
    return (uint32_t)n;
}

static void declare_values(struct flow_run *run)
{
    const struct flow_definition *definition = run->definition;
    for (uint32_t i = 0; i < definition->n_actions; i++) {
        const struct hg_json *list = hg_json_get(definition->actions[i].inputs, "variables");
        if (definition->actions[i].type != FLOW_ACTION_INITIALIZE_VARIABLE)
            continue;
        for (size_t j = 0; j < hg_json_count(list); j++) {
            const struct hg_json *one = hg_json_item(list, j);
            HG_ASSERT(run->values != NULL);
            struct flow_value *value = &run->values[run->n_values++];
            value->name = hg_json_str_or(hg_json_get(one, "name"), HG_STR(""));
            (void)flow_variable_type_of(hg_json_str_or(hg_json_get(one, "type"), HG_STR("")),
                                        &value->type);
        }
    }
}

struct flow_run *flow_run_shell(struct hg_arena *arena, const struct flow_definition *definition)
{
    uint32_t n = count_values(definition);
    struct flow_run *run = HG_NEW(arena, struct flow_run);
    if (run == NULL)
        return NULL;
    run->arena = arena;
    run->definition = definition;
    run->fingerprint = flow_run_fingerprint(definition);
    run->status = FLOW_STATUS_PENDING;
    run->next_command = 1;
    run->values = n == 0 ? NULL : HG_NEW_ARRAY(arena, struct flow_value, n);
    if (n > 0 && run->values == NULL)
        return NULL;
    declare_values(run);
    return run;
}

/* Each declared parameter has its value: the given one, or its default. */
static struct hg_json parameters_of(struct hg_arena *arena,
                                    const struct flow_definition *definition,
                                    const struct hg_json *given)
{
    struct hg_json out = hg_json_object();
    for (size_t i = 0; i < hg_json_count(definition->parameters); i++) {
        const struct hg_json_member *one = &definition->parameters->object.members[i];
        const struct hg_json *value = hg_json_get_nocase(given, one->name);
        if (value == NULL)
            value = hg_json_get(&one->value, "defaultValue");
        if (value != NULL)
            hg_json_set(arena, &out, one->name, hg_json_copy(arena, value));
    }
    for (size_t i = 0; hg_json_is(given, HG_JSON_OBJECT) && i < hg_json_count(given); i++) {
        const struct hg_json_member *one = &given->object.members[i];
        if (hg_json_get_nocase(&out, one->name) == NULL)
            hg_json_set(arena, &out, one->name, hg_json_copy(arena, &one->value));
    }
    return out;
}

enum hg_code flow_run_new(struct hg_arena *arena, const struct flow_definition *definition,
                          const struct flow_start *start, struct flow_run **out, struct hg_err *err)
{
    struct flow_run *run = flow_run_shell(arena, definition);
    if (run == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a run");
    hg_str tracking = start->client_tracking_id;
    run->name = hg_str_dup(arena, start->run_name);
    run->client_tracking_id = tracking.len == 0 ? run->name : hg_str_dup(arena, tracking);
    run->fired_at = start->fired_at;
    run->has_scheduled = start->has_scheduled;
    run->scheduled = start->scheduled;
    run->is_resubmit = start->is_resubmit;
    run->has_trigger_inputs = start->trigger_inputs != NULL;
    run->has_trigger_outputs = start->trigger_outputs != NULL;
    if (run->has_trigger_inputs)
        run->trigger_inputs = hg_json_copy(arena, start->trigger_inputs);
    if (run->has_trigger_outputs)
        run->trigger_outputs = hg_json_copy(arena, start->trigger_outputs);
    run->parameters = parameters_of(arena, definition, start->parameters);
    run->workflow =
        start->workflow == NULL ? hg_json_object() : hg_json_copy(arena, start->workflow);
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "a run");
    *out = run;
    return HG_OK;
}

static bool begin(struct flow_run *run)
{
    if (run->has_begun)
        return false;
    run->has_begun = true;
    run->status = FLOW_STATUS_RUNNING;
    run->started = run->now;
    run->trigger_tracking_id = hg_uuid_v4(run->arena, run->random);
    struct flow_frame *top = flow_frame_new(run, NULL, 0);
    if (top != NULL)
        flow_frame_open(run, top, &run->definition->top);
    return true;
}

static bool cancel(struct flow_run *run)
{
    if (!run->has_begun)
        run->started = run->now;
    run->has_begun = true;
    flow_run_abandon(run);
    flow_run_finish(run, FLOW_STATUS_CANCELLED, "Terminated", HG_STR("WorkflowRunCancelled"),
                    HG_STR("The run was cancelled."));
    return true;
}

/* Whether the event was of any concern. */
static bool take(struct flow_run *run, const struct flow_event *event)
{
    if (flow_status_is_final(run->status))
        return false;
    switch (event->kind) {
    case FLOW_EVENT_STARTED:
        return begin(run);
    case FLOW_EVENT_ANSWERED:
    case FLOW_EVENT_FAILED:
        return flow_run_answer(run, event);
    case FLOW_EVENT_TIMER:
        return flow_run_timer(run);
    case FLOW_EVENT_CANCEL:
        return cancel(run);
    }
    return false;
}

/* The top counts as a container: failed when one of its last actions is. */
static void finish_if_done(struct flow_run *run)
{
    const struct flow_frame *top = run->n_frames == 0 ? NULL : run->frames[0];
    if (top == NULL || top->n_left > 0 || flow_status_is_final(run->status))
        return;
    if (flow_frame_has_failed(run, top))
        flow_run_finish(run, FLOW_STATUS_FAILED, "ActionFailed", HG_STR("ActionFailed"),
                        HG_STR("An action failed. No dependent actions succeeded."));
    else
        flow_run_finish(run, FLOW_STATUS_SUCCEEDED, "", HG_STR(""), HG_STR(""));
}

static void drain(struct flow_run *run)
{
    while (run->ready != NULL && run->failure == HG_OK && !flow_status_is_final(run->status)) {
        struct flow_node *node = run->ready;
        run->ready = node->next_ready;
        if (run->ready == NULL)
            run->ready_tail = NULL;
        node->next_ready = NULL;
        flow_node_start(run, node);
    }
    run->ready = run->ready_tail = NULL;
}

static enum hg_code verdict(struct flow_run *run, struct hg_err *err)
{
    if (hg_arena_exhausted(run->arena) || run->failure == HG_NO_MEMORY)
        return HG_FAIL(err, HG_NO_MEMORY, "a step of run %.*s", HG_ARG(run->name));
    if (run->failure != HG_OK)
        return HG_FAIL(err, run->failure, "run %.*s has more than %d step records",
                       HG_ARG(run->name), HG_MAX_FLOW_RECORDS);
    return HG_OK;
}

enum hg_code flow_step(struct flow_run *run, const struct flow_event *event, hg_time now,
                       const struct hg_random *random, struct flow_effects *out, struct hg_err *err)
{
    struct flow_effects effects = {0};
    run->now = now;
    run->random = random;
    run->commands = NULL;
    run->n_commands = run->command_room = 0;
    effects.changed = take(run, event);
    if (effects.changed) {
        drain(run);
        finish_if_done(run);
    }
    HG_TRY(verdict(run, err));
    effects.commands = run->commands;
    effects.n_commands = run->n_commands;
    effects.has_wake = flow_run_wake(run, &effects.wake);
    *out = effects;
    return HG_OK;
}

enum hg_code flow_run_pending(struct flow_run *run, struct flow_effects *out, struct hg_err *err)
{
    struct flow_effects effects = {0};
    run->commands = NULL;
    run->n_commands = run->command_room = 0;
    for (struct flow_node *node = run->efforts; node != NULL; node = node->effort->next) {
        if (node->effort->command == 0)
            continue;
        enum flow_command_kind kind = flow_node_action(run, node)->type == FLOW_ACTION_HTTP
                                          ? FLOW_COMMAND_HTTP
                                          : FLOW_COMMAND_CONNECTOR;
        struct flow_command *command = flow_command_add(run, kind, node);
        if (command != NULL)
            flow_command_fill(run, node, command);
    }
    HG_TRY(verdict(run, err));
    effects.commands = run->commands;
    effects.n_commands = run->n_commands;
    effects.has_wake = flow_run_wake(run, &effects.wake);
    *out = effects;
    return HG_OK;
}
