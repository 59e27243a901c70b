#include "base/base.h"
#include "flow/definition.h"
#include "flow/expression.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What names mean to an expression of one node: looked up from its frame outwards. */

/* The nearest frame around a node that leads to an action. */
static const struct flow_frame *frame_towards(const struct flow_run *run,
                                              const struct flow_node *node, uint32_t action)
{
    const struct flow_frame *frame = node->frame;
    while (frame->container != FLOW_NONE) {
        const struct flow_action *container = &run->definition->actions[frame->container];
        if (action > frame->container && action < container->end)
            return frame;
        frame = frame->owner->frame;
    }
    return frame;
}

static const struct hg_json *find_action(const struct flow_seen *seen, hg_str name)
{
    struct flow_run *run = seen->run;
    uint32_t action = flow_definition_action(run->definition, name);
    if (action == FLOW_NONE || seen->node == NULL)
        return NULL;
    const struct flow_node *loop;
    const struct flow_frame *frame = frame_towards(run, seen->node, action);
    const struct flow_node *node = flow_node_below(run, frame, action, &loop);
    if (loop != NULL)
        return flow_repeated_record(run, loop, action);
    return node == NULL ? NULL : flow_node_record(run, node);
}

static const struct hg_json *find_result(const struct flow_seen *seen, hg_str name)
{
    struct flow_run *run = seen->run;
    uint32_t action = flow_definition_action(run->definition, name);
    if (action == FLOW_NONE || seen->node == NULL)
        return NULL;
    const struct flow_node *loop;
    const struct flow_node *node =
        flow_node_below(run, frame_towards(run, seen->node, action), action, &loop);
    return node == NULL ? NULL : flow_result_of(run, node);
}

static const struct hg_json *find_variable(const struct flow_seen *seen, hg_str name)
{
    for (uint32_t i = 0; i < seen->run->n_values; i++) {
        const struct flow_value *value = &seen->run->values[i];
        if (hg_str_eq_nocase(value->name, name))
            return value->is_set ? &value->value : NULL;
    }
    return NULL;
}

/* items('L'), or with no name item(): of the innermost loop. */
static const struct hg_json *find_item(const struct flow_seen *seen, hg_str name)
{
    const struct flow_frame *frame = seen->node == NULL ? NULL : seen->node->frame;
    for (; frame != NULL && frame->owner != NULL; frame = frame->owner->frame) {
        const struct flow_action *container = &seen->run->definition->actions[frame->container];
        if (container->type == FLOW_ACTION_FOREACH &&
            (name.len == 0 || hg_str_eq_nocase(container->name, name)))
            return hg_json_item(&frame->owner->passage->items, frame->iteration);
    }
    return NULL;
}

static const struct hg_json *find_workflow(struct flow_run *run)
{
    struct hg_json *out = HG_NEW(run->arena, struct hg_json);
    if (out == NULL)
        return NULL;
    hg_str id = hg_json_str_or(hg_json_get(&run->workflow, "id"), HG_STR(""));
    struct hg_json self = hg_json_object();
    hg_json_put_str(run->arena, &self, "id",
                    hg_str_format(run->arena, "%.*s/runs/%.*s", HG_ARG(id), HG_ARG(run->name)));
    hg_json_put_str(run->arena, &self, "name", run->name);
    hg_json_put_str(run->arena, &self, "type", HG_STR("Microsoft.Logic/workflows/runs"));
    *out = hg_json_copy(run->arena, &run->workflow);
    hg_json_put(run->arena, out, "run", self);
    return out;
}

static const struct hg_json *find(const void *self, enum flow_name what, hg_str name)
{
    const struct flow_seen *seen = self;
    switch (what) {
    case FLOW_NAME_PARAMETER:
        return hg_json_get_nocase(&seen->run->parameters, name);
    case FLOW_NAME_VARIABLE:
        return find_variable(seen, name);
    case FLOW_NAME_ACTION:
        return find_action(seen, name);
    case FLOW_NAME_TRIGGER:
        return flow_trigger_record(seen->run);
    case FLOW_NAME_LOOP:
        return find_item(seen, name);
    case FLOW_NAME_ITEM:
        return find_item(seen, HG_STR(""));
    case FLOW_NAME_RESULT:
        return find_result(seen, name);
    case FLOW_NAME_WORKFLOW:
        return find_workflow(seen->run);
    case FLOW_NAME_SELF:
        return seen->node == NULL ? NULL : flow_node_record(seen->run, seen->node);
    case FLOW_NAME_ITERATION:
    case FLOW_NAME_CALLBACK_URL:
    case FLOW_NAME_APP_SETTING:
        return NULL;
    }
    return NULL;
}

struct flow_scope flow_run_scope(const struct flow_seen *seen)
{
    return (struct flow_scope){
        .now = seen->run->now, .random = seen->run->random, .find = find, .self = seen};
}
