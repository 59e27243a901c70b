#include "base/base.h"
#include "flow/definition.h"
#include "flow/expression.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- what every action does --- */

void flow_node_inputs(struct flow_run *run, struct flow_node *node, struct hg_json inputs)
{
    node->has_inputs = true;
    node->inputs = inputs;
    flow_node_dirty(run, node, FLOW_DIRTY_INPUTS);
}

void flow_node_outputs(struct flow_run *run, struct flow_node *node, struct hg_json outputs)
{
    node->has_outputs = true;
    node->outputs = outputs;
    flow_node_dirty(run, node, FLOW_DIRTY_OUTPUTS);
}

void flow_node_fail(struct flow_run *run, struct flow_node *node, const char *code,
                    hg_str error_code, hg_str error_message)
{
    struct flow_outcome outcome = {.status = FLOW_STATUS_FAILED,
                                   .code = code,
                                   .error_code = error_code,
                                   .error_message = error_message};
    flow_node_end(run, node, &outcome);
}

void flow_node_refuse(struct flow_run *run, struct flow_node *node, hg_str why)
{
    const struct flow_action *action = flow_node_action(run, node);
    flow_node_fail(run, node, "BadRequest", HG_STR("WorkflowRunActionInputsInvalidProperty"),
                   hg_str_format(run->arena,
                                 "The inputs of workflow run action '%.*s' of type '%.*s' are not "
                                 "valid. %.*s",
                                 HG_ARG(action->name), HG_ARG(action->type_name), HG_ARG(why)));
}

/* False: the step has failed for want of memory. Otherwise the fault is the maker's,
 * and the record says so. */
static bool blame_maker(struct flow_run *run, struct flow_node *node, enum hg_code code,
                        const struct flow_fault *fault, bool in_inputs)
{
    const struct flow_action *action = flow_node_action(run, node);
    struct flow_fault shown = *fault;
    if (code == HG_NO_MEMORY) {
        run->failure = HG_NO_MEMORY;
        return false;
    }
    if (code != HG_MALFORMED)
        shown.message = HG_STR("The result is larger than an expression may give.");
    hg_str where = in_inputs
                       ? hg_str_format(run->arena, "in action '%.*s' inputs", HG_ARG(action->name))
                       : hg_str_format(run->arena, "for action '%.*s'", HG_ARG(action->name));
    flow_node_fail(run, node, "BadRequest", HG_STR("InvalidTemplate"),
                   flow_fault_text(run->arena, &shown, where));
    return false;
}

bool flow_node_evaluate(struct flow_run *run, struct flow_node *node, const struct hg_json *value,
                        struct hg_json *out)
{
    struct flow_seen seen = {run, node};
    struct flow_scope scope = flow_run_scope(&seen);
    struct flow_fault fault = {0};
    if (value == NULL) {
        *out = hg_json_null();
        return true;
    }
    enum hg_code code = flow_template_eval(run->arena, value, &scope, out, &fault, NULL);
    return code == HG_OK || blame_maker(run, node, code, &fault, true);
}

/* trackedProperties may read the action's own inputs and outputs, and fail it. */
static bool track(struct flow_run *run, struct flow_node *node)
{
    const struct hg_json *wanted =
        hg_json_get(flow_node_action(run, node)->source, "trackedProperties");
    if (hg_json_is_null(wanted))
        return true;
    struct hg_json *tracked = HG_NEW(run->arena, struct hg_json);
    if (tracked == NULL || !flow_node_evaluate(run, node, wanted, tracked))
        return false;
    node->tracked = tracked;
    return true;
}

void flow_node_succeed(struct flow_run *run, struct flow_node *node, const char *code)
{
    struct flow_outcome outcome = {.status = FLOW_STATUS_SUCCEEDED, .code = code};
    if (track(run, node))
        flow_node_end(run, node, &outcome);
}

void flow_run_finish(struct flow_run *run, enum flow_status status, const char *code,
                     hg_str error_code, hg_str error_message)
{
    struct flow_command *command = flow_command_add(run, FLOW_COMMAND_FINISH, NULL);
    run->status = status;
    run->code = hg_str_of(code);
    run->error_code = error_code;
    run->error_message = error_message;
    run->ended = run->now;
    if (command == NULL)
        return;
    command->end = status;
    command->code = error_code.len > 0 ? error_code : run->code;
    command->message = error_message;
}

/* --- Compose --- */

static void start_compose(struct flow_run *run, struct flow_node *node)
{
    struct hg_json value;
    if (!flow_node_evaluate(run, node, flow_node_action(run, node)->inputs, &value))
        return;
    flow_node_inputs(run, node, value);
    flow_node_outputs(run, node, value);
    flow_node_succeed(run, node, "OK");
}

/* --- containers --- */

static void start_scope(struct flow_run *run, struct flow_node *node)
{
    struct flow_frame *frame = flow_frame_new(run, node, 0);
    if (frame == NULL)
        return;
    flow_frame_open(run, frame, flow_frame_branch(run, frame, false));
    if (frame->n_left == 0)
        flow_container_advance(run, node, frame);
}

static void start_if(struct flow_run *run, struct flow_node *node)
{
    struct flow_seen seen = {run, node};
    struct flow_scope scope = flow_run_scope(&seen);
    struct flow_fault fault = {0};
    bool holds = false;
    const struct hg_json *condition =
        hg_json_get(flow_node_action(run, node)->source, "expression");
    enum hg_code code = flow_condition_eval(run->arena, condition, &scope, &holds, &fault, NULL);
    if (code != HG_OK) {
        (void)blame_maker(run, node, code, &fault, false);
        return;
    }
    struct hg_json inputs = hg_json_object();
    hg_json_put(run->arena, &inputs, "expressionResult", hg_json_bool(holds));
    flow_node_inputs(run, node, inputs);
    struct flow_frame *frame = flow_frame_new(run, node, 0);
    if (frame == NULL)
        return;
    flow_branch_skip(run, frame, holds);
    flow_frame_open(run, frame, flow_frame_branch(run, frame, !holds));
    if (frame->n_left == 0)
        flow_container_advance(run, node, frame);
}

static void refuse_items(struct flow_run *run, struct flow_node *node, const struct hg_json *items)
{
    const struct flow_action *action = flow_node_action(run, node);
    hg_str written = hg_json_str_or(hg_json_get(action->source, "foreach"), HG_STR(""));
    hg_str kind = flow_value_kind_name(items);
    flow_node_fail(
        run, node, "BadRequest", HG_STR("ExpressionEvaluationFailed"),
        hg_str_format(run->arena,
                      "The execution of template action '%.*s' failed: the result of the "
                      "evaluation of 'foreach' expression '%.*s' is of type '%.*s'. The result "
                      "must be a valid array.",
                      HG_ARG(action->name), HG_ARG(written), HG_ARG(kind)));
}

static void next_iteration(struct flow_run *run, struct flow_node *node)
{
    uint32_t iteration = node->passage == NULL ? 0 : node->passage->n_frames;
    struct flow_frame *frame = flow_frame_new(run, node, iteration);
    if (frame != NULL)
        flow_frame_open(run, frame, flow_frame_branch(run, frame, false));
}

static void open_loop(struct flow_run *run, struct flow_node *node, struct hg_json items)
{
    const struct flow_action *action = flow_node_action(run, node);
    node->passage = HG_NEW(run->arena, struct flow_passage);
    if (node->passage == NULL) {
        run->failure = HG_NO_MEMORY;
        return;
    }
    node->passage->items = items;
    flow_node_dirty(run, node, FLOW_DIRTY_ITEMS);
    if (hg_json_count(&items) == 0 || action->children.n == 0) {
        flow_node_succeed(run, node, "NotSpecified");
        return;
    }
    for (uint32_t i = 0; i < action->parallel && i < hg_json_count(&items); i++)
        next_iteration(run, node);
}

static void start_foreach(struct flow_run *run, struct flow_node *node)
{
    const struct flow_action *action = flow_node_action(run, node);
    struct hg_json items;
    if (!flow_node_evaluate(run, node, hg_json_get(action->source, "foreach"), &items))
        return;
    if (items.kind != HG_JSON_ARRAY)
        refuse_items(run, node, &items);
    else if (hg_json_count(&items) > HG_MAX_FLOW_LOOP)
        flow_node_refuse(run, node,
                         hg_str_format(run->arena,
                                       "The loop has %zu items; at most %d are allowed.",
                                       hg_json_count(&items), HG_MAX_FLOW_LOOP));
    else
        open_loop(run, node, items);
}

/* The last actions of a passage decide about it. */
bool flow_frame_has_failed(const struct flow_run *run, const struct flow_frame *frame)
{
    for (uint32_t i = 0; i < frame->n; i++) {
        const struct flow_action *action = flow_node_action(run, &frame->nodes[i]);
        if (action->next.n == 0 && frame->nodes[i].is_blamed)
            return true;
    }
    return false;
}

void flow_container_advance(struct flow_run *run, struct flow_node *node,
                            const struct flow_frame *done)
{
    struct flow_passage *passage = node->passage;
    passage->n_open--;
    passage->has_failed |= flow_frame_has_failed(run, done);
    bool is_loop = flow_node_action(run, node)->type == FLOW_ACTION_FOREACH;
    if (is_loop && passage->n_frames < hg_json_count(&passage->items)) {
        next_iteration(run, node);
        return;
    }
    if (passage->n_open > 0)
        return;
    if (passage->has_failed)
        flow_node_fail(run, node, "ActionFailed", HG_STR("ActionFailed"),
                       HG_STR("An action failed. No dependent actions succeeded."));
    else
        flow_node_succeed(run, node, "NotSpecified");
}

/* --- Terminate --- */

static bool status_of(hg_str word, enum flow_status *out)
{
    static const enum flow_status all[] = {FLOW_STATUS_SUCCEEDED, FLOW_STATUS_FAILED,
                                           FLOW_STATUS_CANCELLED};
    for (size_t i = 0; i < HG_COUNT(all); i++) {
        if (!hg_str_eq_nocase(word, flow_status_text(all[i])))
            continue;
        *out = all[i];
        return true;
    }
    return false;
}

static void start_terminate(struct flow_run *run, struct flow_node *node)
{
    struct hg_json inputs;
    enum flow_status status;
    struct flow_outcome done = {.status = FLOW_STATUS_SUCCEEDED, .code = "OK"};
    if (!flow_node_evaluate(run, node, flow_node_action(run, node)->inputs, &inputs))
        return;
    flow_node_inputs(run, node, inputs);
    hg_str word = hg_json_str_or(hg_json_get(&inputs, "runStatus"), HG_STR(""));
    if (!status_of(word, &status)) {
        flow_node_refuse(run, node,
                         HG_STR("The 'runStatus' is none of Succeeded, Failed and Cancelled."));
        return;
    }
    hg_str code = hg_json_str_or(hg_json_path(&inputs, "runError.code"), HG_STR(""));
    hg_str message = hg_json_str_or(hg_json_path(&inputs, "runError.message"), HG_STR(""));
    bool failed = status == FLOW_STATUS_FAILED;
    flow_node_close(run, node, &done);
    flow_run_abandon(run);
    flow_run_finish(run, status, "Terminated", failed ? code : HG_STR(""),
                    failed ? message : HG_STR(""));
}

/* --- the table --- */

/* An enabled static result stands for what the action would have done. */
static void use_static_result(struct flow_run *run, struct flow_node *node,
                              const struct hg_json *result)
{
    hg_str word = hg_json_str_or(hg_json_get(result, "status"), HG_STR("Succeeded"));
    hg_str code = hg_json_str_or(hg_json_get(result, "code"), HG_STR("OK"));
    const struct hg_json *outputs = hg_json_get(result, "outputs");
    if (outputs != NULL)
        flow_node_outputs(run, node, *outputs);
    if (hg_str_eq_nocase(word, HG_STR("Succeeded")))
        flow_node_succeed(run, node, "OK");
    else
        flow_node_fail(run, node, hg_str_z(run->arena, code),
                       hg_json_str_or(hg_json_path(result, "error.code"), HG_STR("")),
                       hg_json_str_or(hg_json_path(result, "error.message"), HG_STR("")));
}

void flow_node_start(struct flow_run *run, struct flow_node *node)
{
    typedef void start_fn(struct flow_run * run, struct flow_node * node);
    static start_fn *const starts[] = {
        [FLOW_ACTION_COMPOSE] = start_compose,
        [FLOW_ACTION_INITIALIZE_VARIABLE] = flow_node_initialize,
        [FLOW_ACTION_SET_VARIABLE] = flow_node_change_variable,
        [FLOW_ACTION_INCREMENT_VARIABLE] = flow_node_change_variable,
        [FLOW_ACTION_DECREMENT_VARIABLE] = flow_node_change_variable,
        [FLOW_ACTION_APPEND_TO_ARRAY_VARIABLE] = flow_node_change_variable,
        [FLOW_ACTION_APPEND_TO_STRING_VARIABLE] = flow_node_change_variable,
        [FLOW_ACTION_IF] = start_if,
        [FLOW_ACTION_FOREACH] = start_foreach,
        [FLOW_ACTION_SCOPE] = start_scope,
        [FLOW_ACTION_HTTP] = flow_node_call_http,
        [FLOW_ACTION_CONNECTOR] = flow_node_call_connector,
        [FLOW_ACTION_RESPONSE] = flow_node_respond,
        [FLOW_ACTION_TERMINATE] = start_terminate,
    };
    const struct flow_action *action = flow_node_action(run, node);
    if (!flow_node_begin(run, node))
        return;
    if (action->static_result != NULL)
        use_static_result(run, node, action->static_result);
    else
        starts[action->type](run, node);
}
