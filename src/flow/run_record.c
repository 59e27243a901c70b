#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Records as expressions see them: actions('A'), trigger(), result('Scope')
 * (flow-platform 3.11). Made when asked for, kept until the node changes. */

static void put_error(struct hg_arena *arena, struct hg_json *record, hg_str code, hg_str message)
{
    if (code.len == 0 && message.len == 0)
        return;
    struct hg_json error = hg_json_object();
    hg_json_put_str(arena, &error, "code", code);
    hg_json_put_str(arena, &error, "message", message);
    hg_json_put(arena, record, "error", error);
}

static struct hg_json node_json(const struct flow_run *run, const struct flow_node *node)
{
    struct hg_arena *arena = run->arena;
    struct hg_json record = hg_json_object();
    hg_json_put_str(arena, &record, "name", flow_node_action(run, node)->name);
    if (node->has_inputs)
        hg_json_put(arena, &record, "inputs", node->inputs);
    if (node->has_outputs)
        hg_json_put(arena, &record, "outputs", node->outputs);
    hg_json_put_str(arena, &record, "startTime", flow_time_text(run, node->started));
    if (flow_status_is_final(node->status))
        hg_json_put_str(arena, &record, "endTime", flow_time_text(run, node->ended));
    hg_json_put_str(arena, &record, "trackingId", node->tracking_id);
    hg_json_put_str(arena, &record, "clientTrackingId", run->client_tracking_id);
    hg_json_put_str(arena, &record, "code", node->code);
    hg_json_put_str(arena, &record, "status", flow_status_text(node->status));
    put_error(arena, &record, node->error_code, node->error_message);
    if (node->tracked != NULL)
        hg_json_put(arena, &record, "trackedProperties", *node->tracked);
    return record;
}

const struct hg_json *flow_node_record(struct flow_run *run, const struct flow_node *node)
{
    if (node->status == FLOW_STATUS_PENDING)
        return NULL;
    if (node->record != NULL)
        return node->record;
    struct hg_json *record = HG_NEW(run->arena, struct hg_json);
    if (record == NULL)
        return NULL;
    *record = node_json(run, node);
    /* The node is one of the run's own, which a step may change; only expressions
     * get it to read. */
    run->frames[node->frame->id]->nodes[node - node->frame->nodes].record = record;
    return record;
}

const struct hg_json *flow_trigger_record(struct flow_run *run)
{
    struct hg_arena *arena = run->arena;
    if (run->trigger_record != NULL)
        return run->trigger_record;
    struct hg_json *record = HG_NEW(arena, struct hg_json);
    if (record == NULL)
        return NULL;
    *record = hg_json_object();
    hg_json_put_str(arena, record, "name", run->definition->trigger.name);
    if (run->has_trigger_inputs)
        hg_json_put(arena, record, "inputs", run->trigger_inputs);
    if (run->has_trigger_outputs)
        hg_json_put(arena, record, "outputs", run->trigger_outputs);
    hg_json_put_str(arena, record, "startTime", flow_time_text(run, run->fired_at));
    hg_json_put_str(arena, record, "endTime", flow_time_text(run, run->started));
    if (run->has_scheduled)
        hg_json_put_str(arena, record, "scheduledTime", flow_time_text(run, run->scheduled));
    hg_json_put_str(arena, record, "trackingId", run->trigger_tracking_id);
    hg_json_put_str(arena, record, "clientTrackingId", run->client_tracking_id);
    hg_json_put_str(arena, record, "originHistoryName", run->name);
    hg_json_put_str(arena, record, "code", HG_STR("OK"));
    hg_json_put_str(arena, record, "status", HG_STR("Succeeded"));
    run->trigger_record = record;
    return record;
}

/* --- loops and scopes --- */

static const struct flow_node *child_of(const struct flow_run *run, const struct flow_frame *frame,
                                        uint32_t action)
{
    return &frame->nodes[run->definition->actions[action].slot];
}

/* The ancestor of `action` (or itself) that stands right inside `container`. */
static uint32_t step_towards(const struct flow_run *run, uint32_t container, uint32_t action)
{
    const struct flow_action *actions = run->definition->actions;
    while (actions[action].parent != container && actions[action].parent != FLOW_NONE)
        action = actions[action].parent;
    return actions[action].parent == container ? action : FLOW_NONE;
}

const struct flow_node *flow_node_below(const struct flow_run *run, const struct flow_frame *frame,
                                        uint32_t action, const struct flow_node **out_loop)
{
    *out_loop = NULL;
    for (;;) {
        uint32_t step = step_towards(run, frame->container, action);
        if (step == FLOW_NONE)
            return NULL;
        const struct flow_node *node = child_of(run, frame, step);
        if (step == action)
            return node;
        if (run->definition->actions[step].type == FLOW_ACTION_FOREACH) {
            *out_loop = node;
            return NULL;
        }
        if (node->passage == NULL || node->passage->n_frames == 0)
            return NULL;
        frame = node->passage->frames[0];
    }
}

static struct hg_json repeated_json(const struct flow_run *run, const struct flow_node *loop,
                                    uint32_t action)
{
    struct hg_arena *arena = run->arena;
    struct hg_json record = hg_json_object();
    struct hg_json outputs = hg_json_array();
    struct hg_json inputs = hg_json_array();
    for (uint32_t i = 0; i < loop->passage->n_frames; i++) {
        const struct flow_node *inner;
        const struct flow_node *node =
            flow_node_below(run, loop->passage->frames[i], action, &inner);
        if (node != NULL && node->has_outputs)
            hg_json_push(arena, &outputs, node->outputs);
        if (node != NULL && node->has_inputs)
            hg_json_push(arena, &inputs, node->inputs);
    }
    hg_json_put_str(arena, &record, "name", run->definition->actions[action].name);
    hg_json_put(arena, &record, "inputs", inputs);
    hg_json_put(arena, &record, "outputs", outputs);
    hg_json_put(arena, &record, "repetitionCount", hg_json_int(loop->passage->n_frames));
    hg_json_put_str(arena, &record, "code", loop->code);
    hg_json_put_str(arena, &record, "status", flow_status_text(loop->status));
    return record;
}

/* Kept once the loop is done: a later loop may ask for it in each of its rounds. */
const struct hg_json *flow_repeated_record(struct flow_run *run, const struct flow_node *loop,
                                           uint32_t action)
{
    const struct flow_action *container = flow_node_action(run, loop);
    struct flow_passage *passage = loop->passage;
    uint32_t place = action - loop->action - 1;
    if (passage == NULL)
        return NULL;
    if (passage->repeated == NULL)
        passage->repeated =
            HG_NEW_ARRAY(run->arena, const struct hg_json *, container->end - loop->action);
    if (passage->repeated != NULL && passage->repeated[place] != NULL)
        return passage->repeated[place];
    struct hg_json *record = HG_NEW(run->arena, struct hg_json);
    if (record == NULL || passage->repeated == NULL)
        return NULL;
    *record = repeated_json(run, loop, action);
    if (flow_status_is_final(loop->status))
        passage->repeated[place] = record;
    return record;
}

/* result() of a loop: each child once, its outputs the records of its iterations. */
static void push_repeated(struct flow_run *run, const struct flow_node *loop, uint32_t action,
                          struct hg_json *out)
{
    struct hg_arena *arena = run->arena;
    struct hg_json one = hg_json_object();
    struct hg_json records = hg_json_array();
    enum flow_status worst = FLOW_STATUS_SUCCEEDED;
    for (uint32_t i = 0; i < loop->passage->n_frames; i++) {
        const struct flow_node *node = child_of(run, loop->passage->frames[i], action);
        const struct hg_json *record = flow_node_record(run, node);
        if (record != NULL)
            hg_json_push(arena, &records, *record);
        if (node->status == FLOW_STATUS_FAILED || worst == FLOW_STATUS_SUCCEEDED)
            worst = node->status;
    }
    hg_json_put_str(arena, &one, "name", run->definition->actions[action].name);
    hg_json_put(arena, &one, "outputs", records);
    hg_json_put(arena, &one, "repetitionCount", hg_json_int(loop->passage->n_frames));
    hg_json_put_str(arena, &one, "status", flow_status_text(worst));
    hg_json_push(arena, out, one);
}

const struct hg_json *flow_result_of(struct flow_run *run, const struct flow_node *node)
{
    const struct flow_action *action = flow_node_action(run, node);
    struct hg_json *out = HG_NEW(run->arena, struct hg_json);
    if (out == NULL)
        return NULL;
    *out = hg_json_array();
    if (node->passage == NULL || node->passage->n_frames == 0)
        return out;
    const struct flow_frame *frame = node->passage->frames[0];
    for (uint32_t i = 0; i < action->children.n + action->otherwise.n; i++) {
        uint32_t child = i < action->children.n ? action->children.items[i]
                                                : action->otherwise.items[i - action->children.n];
        if (action->type == FLOW_ACTION_FOREACH) {
            push_repeated(run, node, child, out);
            continue;
        }
        const struct hg_json *record = flow_node_record(run, child_of(run, frame, child));
        if (record != NULL)
            hg_json_push(run->arena, out, *record);
    }
    return out;
}
