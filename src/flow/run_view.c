#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run as the management API shows it (flow-platform 1.6). */

hg_str flow_run_name(struct hg_arena *arena, hg_time fired_at, const struct hg_random *random)
{
    /* Ticks are 100 ns since 0001-01-01, which lies 62135596800 s before 1970. */
    uint64_t ticks = (uint64_t)(fired_at.us + 62135596800000000) * 10;
    uint32_t draw[2];
    hg_random_fill(random, draw, sizeof(draw));
    return hg_str_format(arena, "%020llu%09uCU%02u",
                         (unsigned long long)(9223372036854775807u - ticks), draw[0] % 1000000000u,
                         draw[1] % 32u);
}

struct flow_run_view flow_run_look(const struct flow_run *run)
{
    return (struct flow_run_view){
        .name = run->name,
        .status = run->status,
        .code = run->code,
        .error_code = run->error_code,
        .error_message = run->error_message,
        .started = run->started,
        .has_ended = flow_status_is_final(run->status),
        .ended = run->ended,
    };
}

static void put_error(struct hg_arena *arena, struct hg_json *out, hg_str code, hg_str message)
{
    if (code.len == 0 && message.len == 0)
        return;
    struct hg_json error = hg_json_object();
    hg_json_put_str(arena, &error, "code", code);
    hg_json_put_str(arena, &error, "message", message);
    hg_json_put(arena, out, "error", error);
}

static void put_time(struct hg_arena *arena, struct hg_json *out, const char *name, hg_time t)
{
    hg_json_put_str(arena, out, name, hg_time_seven(arena, t));
}

static struct hg_json correlation_of(struct hg_arena *arena, const struct flow_run *run)
{
    struct hg_json out = hg_json_object();
    hg_json_put_str(arena, &out, "clientTrackingId", run->client_tracking_id);
    if (!run->is_resubmit)
        return out;
    struct hg_json words = hg_json_array();
    hg_json_push(arena, &words, hg_json_z("resubmitFlow"));
    hg_json_put(arena, &out, "clientKeywords", words);
    return out;
}

static struct hg_json trigger_json(struct hg_arena *arena, const struct flow_run *run)
{
    struct hg_json out = hg_json_object();
    hg_json_put_str(arena, &out, "name", run->definition->trigger.name);
    put_time(arena, &out, "startTime", run->fired_at);
    put_time(arena, &out, "endTime", run->started);
    if (run->has_scheduled)
        put_time(arena, &out, "scheduledTime", run->scheduled);
    hg_json_put_str(arena, &out, "originHistoryName", run->name);
    hg_json_put(arena, &out, "correlation", correlation_of(arena, run));
    hg_json_put_str(arena, &out, "code", HG_STR("OK"));
    hg_json_put_str(arena, &out, "status", HG_STR("Succeeded"));
    return out;
}

struct hg_json flow_run_properties(struct hg_arena *arena, const struct flow_run *run)
{
    struct hg_json out = hg_json_object();
    put_time(arena, &out, "startTime", run->started);
    if (flow_status_is_final(run->status))
        put_time(arena, &out, "endTime", run->ended);
    hg_json_put_str(arena, &out, "status", flow_status_text(run->status));
    if (run->code.len > 0)
        hg_json_put_str(arena, &out, "code", run->code);
    put_error(arena, &out, run->error_code, run->error_message);
    hg_json_put(arena, &out, "correlation", correlation_of(arena, run));
    hg_json_put(arena, &out, "trigger", trigger_json(arena, run));
    return out;
}

/* --- actions --- */

/* Every node of an action is looked for once, in the order of its repetitions. */
struct search {
    const struct flow_run *run;
    uint32_t action;
    bool (*visit)(void *self, const struct flow_node *node); /* false: enough */
    void *self;
};

static uint32_t step_into(const struct flow_run *run, uint32_t container, uint32_t action)
{
    const struct flow_action *actions = run->definition->actions;
    while (actions[action].parent != container)
        action = actions[action].parent;
    return action;
}

/* Recursion follows the nesting of the definition. */
static bool search_frame(const struct search *search, const struct flow_frame *frame)
{
    uint32_t step = step_into(search->run, frame->container, search->action);
    const struct flow_node *node = &frame->nodes[search->run->definition->actions[step].slot];
    if (step == search->action)
        return node->status == FLOW_STATUS_PENDING || search->visit(search->self, node);
    for (uint32_t i = 0; node->passage != NULL && i < node->passage->n_frames; i++) {
        if (!search_frame(search, node->passage->frames[i]))
            return false;
    }
    return true;
}

static void search_run(const struct search *search)
{
    if (search->run->n_frames > 0 && search->action < search->run->definition->n_actions)
        (void)search_frame(search, search->run->frames[0]);
}

static bool is_in_loop(const struct flow_run *run, uint32_t action)
{
    const struct flow_action *actions = run->definition->actions;
    for (uint32_t at = actions[action].parent; at != FLOW_NONE; at = actions[at].parent) {
        if (actions[at].type == FLOW_ACTION_FOREACH)
            return true;
    }
    return false;
}

static struct hg_json tries_json(struct hg_arena *arena, const struct flow_node *node)
{
    struct hg_json out = hg_json_array();
    for (uint32_t i = 0; i < node->effort->n_tries; i++) {
        const struct flow_try *one = &node->effort->tries[i];
        struct hg_json item = hg_json_object();
        put_time(arena, &item, "startTime", one->start);
        put_time(arena, &item, "endTime", one->end);
        hg_json_put_str(arena, &item, "code", one->code);
        hg_json_put_str(arena, &item, "clientRequestId", node->tracking_id);
        put_error(arena, &item, one->error_code, one->error_message);
        hg_json_push(arena, &out, item);
    }
    return out;
}

static void put_secure(struct hg_arena *arena, struct hg_json *out,
                       const struct flow_action *action)
{
    if (!action->secure_inputs && !action->secure_outputs)
        return;
    struct hg_json secure = hg_json_object();
    struct hg_json list = hg_json_array();
    if (action->secure_inputs)
        hg_json_push(arena, &list, hg_json_z("inputs"));
    if (action->secure_outputs)
        hg_json_push(arena, &list, hg_json_z("outputs"));
    hg_json_put(arena, &secure, "properties", list);
    hg_json_put(arena, out, "secureData", secure);
}

static struct hg_json node_properties(struct hg_arena *arena, const struct flow_run *run,
                                      const struct flow_node *node)
{
    const struct flow_action *action = flow_node_action(run, node);
    struct hg_json out = hg_json_object();
    struct hg_json correlation = hg_json_object();
    hg_json_put_str(arena, &out, "type", action->type_name);
    put_time(arena, &out, "startTime", node->started);
    if (flow_status_is_final(node->status))
        put_time(arena, &out, "endTime", node->ended);
    if (node->tracking_id.len > 0)
        hg_json_put_str(arena, &correlation, "actionTrackingId", node->tracking_id);
    hg_json_put_str(arena, &correlation, "clientTrackingId", run->client_tracking_id);
    hg_json_put(arena, &out, "correlation", correlation);
    hg_json_put_str(arena, &out, "status", flow_status_text(node->status));
    if (node->code.len > 0)
        hg_json_put_str(arena, &out, "code", node->code);
    put_error(arena, &out, node->error_code, node->error_message);
    if (node->effort != NULL && node->effort->n_tries > 0)
        hg_json_put(arena, &out, "retryHistory", tries_json(arena, node));
    if (action->type == FLOW_ACTION_FOREACH && node->passage != NULL)
        hg_json_put(arena, &out, "iterationCount",
                    hg_json_int((int64_t)hg_json_count(&node->passage->items)));
    if (node->tracked != NULL)
        hg_json_put(arena, &out, "trackedProperties", *node->tracked);
    put_secure(arena, &out, action);
    hg_json_put(arena, &out, "canResubmit", hg_json_bool(true));
    return out;
}

/* --- an action as a whole --- */

struct summary {
    const struct flow_node *first, *worst;
    hg_time started, ended;
    bool all_final;
    int64_t n;
};

static int badness(enum flow_status status)
{
    static const int order[] = {
        [FLOW_STATUS_SUCCEEDED] = 1, [FLOW_STATUS_SKIPPED] = 0,   [FLOW_STATUS_TIMED_OUT] = 3,
        [FLOW_STATUS_FAILED] = 4,    [FLOW_STATUS_CANCELLED] = 2, [FLOW_STATUS_RUNNING] = 5,
        [FLOW_STATUS_WAITING] = 5,
    };
    return order[status];
}

static bool summarize(void *self, const struct flow_node *node)
{
    struct summary *sum = self;
    if (sum->n++ == 0) {
        *sum = (struct summary){.first = node,
                                .worst = node,
                                .started = node->started,
                                .ended = node->ended,
                                .all_final = true,
                                .n = 1};
    }
    if (badness(node->status) > badness(sum->worst->status))
        sum->worst = node;
    sum->started = hg_time_min(sum->started, node->started);
    if (hg_time_before(sum->ended, node->ended))
        sum->ended = node->ended;
    sum->all_final &= flow_status_is_final(node->status);
    return true;
}

static struct summary summary_of(const struct flow_run *run, uint32_t action)
{
    struct summary sum = {0};
    struct search search = {.run = run, .action = action, .visit = summarize, .self = &sum};
    search_run(&search);
    return sum;
}

struct hg_json flow_action_properties(struct hg_arena *arena, const struct flow_run *run,
                                      uint32_t action)
{
    struct summary sum = summary_of(run, action);
    if (sum.n == 0)
        return hg_json_null();
    struct hg_json out = node_properties(arena, run, sum.worst);
    if (!is_in_loop(run, action))
        return out;
    put_time(arena, &out, "startTime", sum.started);
    if (sum.all_final)
        put_time(arena, &out, "endTime", sum.ended);
    hg_json_put(arena, &out, "repetitionCount", hg_json_int(sum.n));
    return out;
}

static const struct hg_json *inputs_of(const struct flow_run *run, const struct flow_node *node)
{
    bool shown = node != NULL && node->has_inputs && !flow_node_action(run, node)->secure_inputs;
    return shown ? &node->inputs : NULL;
}

static const struct hg_json *outputs_of(const struct flow_run *run, const struct flow_node *node)
{
    bool shown = node != NULL && node->has_outputs && !flow_node_action(run, node)->secure_outputs;
    return shown ? &node->outputs : NULL;
}

const struct hg_json *flow_action_inputs(const struct flow_run *run, uint32_t action)
{
    return is_in_loop(run, action) ? NULL : inputs_of(run, summary_of(run, action).first);
}

const struct hg_json *flow_action_outputs(const struct flow_run *run, uint32_t action)
{
    return is_in_loop(run, action) ? NULL : outputs_of(run, summary_of(run, action).first);
}

const struct hg_json *flow_trigger_inputs(const struct flow_run *run)
{
    bool shown = run->has_trigger_inputs && !run->definition->trigger.secure_inputs;
    return shown ? &run->trigger_inputs : NULL;
}

const struct hg_json *flow_trigger_outputs(const struct flow_run *run)
{
    bool shown = run->has_trigger_outputs && !run->definition->trigger.secure_outputs;
    return shown ? &run->trigger_outputs : NULL;
}

/* --- repetitions --- */

enum { REPETITION_DIGITS = 6 };

/* "000000-000002": one number a loop, the outermost first. */
static hg_str repetition_name(struct hg_arena *arena, const struct flow_run *run,
                              const struct flow_node *node)
{
    hg_str name = {0};
    for (const struct flow_frame *frame = node->frame; frame->owner != NULL;
         frame = frame->owner->frame) {
        if (run->definition->actions[frame->container].type != FLOW_ACTION_FOREACH)
            continue;
        if (name.len == 0)
            name = hg_str_format(arena, "%0*u", REPETITION_DIGITS, frame->iteration);
        else
            name = hg_str_format(arena, "%0*u-%.*s", REPETITION_DIGITS, frame->iteration,
                                 HG_ARG(name));
    }
    return name;
}

static struct hg_json repetition_indexes(struct hg_arena *arena, const struct flow_run *run,
                                         const struct flow_frame *frame)
{
    struct hg_json out = hg_json_array();
    const struct flow_frame *loops[HG_MAX_FLOW_NESTING + 1];
    size_t n = 0;
    for (; frame->owner != NULL && n < HG_COUNT(loops); frame = frame->owner->frame) {
        if (run->definition->actions[frame->container].type == FLOW_ACTION_FOREACH)
            loops[n++] = frame;
    }
    while (n-- > 0) {
        struct hg_json one = hg_json_object();
        hg_json_put_str(arena, &one, "scopeName",
                        run->definition->actions[loops[n]->container].name);
        hg_json_put(arena, &one, "itemIndex", hg_json_int(loops[n]->iteration));
        hg_json_push(arena, &out, one);
    }
    return out;
}

struct listing {
    struct hg_arena *arena;
    const struct flow_run *run;
    size_t skip, top;
    struct hg_json *out;
};

static bool list_repetition(void *self, const struct flow_node *node)
{
    struct listing *list = self;
    if (list->skip > 0) {
        list->skip--;
        return true;
    }
    if (list->top == 0)
        return false;
    list->top--;
    struct hg_json one = hg_json_object();
    struct hg_json properties = node_properties(list->arena, list->run, node);
    hg_json_put(list->arena, &properties, "repetitionIndexes",
                repetition_indexes(list->arena, list->run, node->frame));
    hg_json_put_str(list->arena, &one, "name", repetition_name(list->arena, list->run, node));
    hg_json_put(list->arena, &one, "properties", properties);
    hg_json_push(list->arena, list->out, one);
    return true;
}

struct hg_json flow_action_repetitions(struct hg_arena *arena, const struct flow_run *run,
                                       uint32_t action, size_t skip, size_t top)
{
    struct hg_json out = hg_json_array();
    struct listing list = {arena, run, skip, top, &out};
    struct search search = {.run = run, .action = action, .visit = list_repetition, .self = &list};
    if (action < run->definition->n_actions && is_in_loop(run, action))
        search_run(&search);
    return out;
}

/* The node of one repetition by its name; NULL: none. */
static const struct flow_node *repetition_find(const struct flow_run *run, uint32_t action,
                                               hg_str name)
{
    const struct flow_frame *frame = run->n_frames == 0 ? NULL : run->frames[0];
    if (action >= run->definition->n_actions)
        return NULL;
    while (frame != NULL) {
        const struct flow_node *loop;
        const struct flow_node *node = flow_node_below(run, frame, action, &loop);
        hg_str digits;
        uint64_t iteration;
        if (loop == NULL)
            return name.len == 0 ? node : NULL;
        (void)hg_str_cut(name, '-', &digits, &name);
        if (!hg_str_u64(digits, UINT32_MAX, &iteration) || loop->passage == NULL ||
            iteration >= loop->passage->n_frames)
            return NULL;
        frame = loop->passage->frames[iteration];
    }
    return NULL;
}

const struct hg_json *flow_repetition_inputs(const struct flow_run *run, uint32_t action,
                                             hg_str repetition)
{
    return inputs_of(run, repetition_find(run, action, repetition));
}

const struct hg_json *flow_repetition_outputs(const struct flow_run *run, uint32_t action,
                                              hg_str repetition)
{
    return outputs_of(run, repetition_find(run, action, repetition));
}
