#include "base/base.h"
#include "flow/expression.h"
#include "flow/expression_private.h"
#include "flow/function_private.h"
#include "flow/select_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static enum hg_code refuse_unknown(struct flow_eval *eval, const struct flow_term *node)
{
    return flow_eval_fail(eval, node->at, flow_unknown_function_text(eval->arena, node->name));
}

hg_str flow_unknown_function_text(struct hg_arena *arena, hg_str name)
{
    hg_str nearest = flow_function_nearest(name);
    return hg_str_format(arena, "The template function '%.*s' is not defined or not valid.%s%.*s%s",
                         HG_ARG(name), nearest.len > 0 ? " Did you mean '" : "", HG_ARG(nearest),
                         nearest.len > 0 ? "'?" : "");
}

static enum hg_code eval_args(struct flow_call *call)
{
    call->args = HG_NEW_ARRAY(call->eval->arena, struct hg_json, call->node->n_args);
    if (call->args == NULL && call->node->n_args > 0)
        return HG_FAIL(call->eval->err, HG_NO_MEMORY, "arguments");
    for (uint32_t i = 0; i < call->node->n_args; i++)
        HG_TRY(flow_eval_term(call->eval, &call->node->args[i], &call->args[i]));
    call->n_args = call->node->n_args;
    return flow_call_check_args(call);
}

static enum hg_code eval_call(struct flow_eval *eval, const struct flow_term *node,
                              struct hg_json *out)
{
    struct flow_call call = {.eval = eval, .node = node, .function = node->function};
    if (node->function == NULL)
        return refuse_unknown(eval, node);
    HG_TRY(flow_call_check_count(&call));
    if ((node->function->flags & FLOW_IS_LAZY) == 0)
        HG_TRY(eval_args(&call));
    return node->function->run(&call, out);
}

enum hg_code flow_eval_term(struct flow_eval *eval, const struct flow_term *node,
                            struct hg_json *out)
{
    if (!node->is_call) {
        *out = node->literal;
        return HG_OK;
    }
    struct hg_json value;
    HG_TRY(eval_call(eval, node, &value));
    bool has_slash = (node->function->flags & FLOW_HAS_SLASH) != 0;
    for (uint32_t i = 0; i < node->n_steps; i++) {
        struct hg_json key;
        HG_TRY(flow_eval_term(eval, node->steps[i].key, &key));
        HG_TRY(flow_select(eval, &node->steps[i], &key, has_slash && i == 0, &value));
    }
    *out = value;
    return HG_OK;
}

/* Text and expressions in turn, as one text. */
static enum hg_code interpolate(struct flow_eval *eval, const struct flow_expression *expression,
                                struct hg_json *out)
{
    struct hg_buf buf = hg_buf_new(eval->arena, HG_MAX_FLOW_TEXT);
    for (uint32_t i = 0; i < expression->n_parts; i++) {
        const struct flow_part *part = &expression->parts[i];
        if (part->root == NULL) {
            hg_buf_str(&buf, part->text);
            continue;
        }
        struct hg_json value;
        eval->source = part->text;
        HG_TRY(flow_eval_term(eval, part->root, &value));
        flow_text_write(&buf, &value);
    }
    hg_str text;
    HG_TRY(hg_buf_finish(&buf, &text, eval->err));
    *out = hg_json_str(text);
    return HG_OK;
}

static enum hg_code evaluate(struct flow_eval *eval, const struct flow_expression *expression,
                             struct hg_json *out)
{
    if (expression->n_parts == 0) {
        *out = hg_json_str((hg_str){0});
        return HG_OK;
    }
    const struct flow_part *first = &expression->parts[0];
    if (expression->n_parts == 1 && first->root == NULL) {
        *out = hg_json_str(first->text);
        return HG_OK;
    }
    if (!expression->is_typed)
        return interpolate(eval, expression, out);
    eval->source = first->text;
    return flow_eval_term(eval, first->root, out);
}

enum hg_code flow_expression_eval(struct hg_arena *arena, const struct flow_expression *expression,
                                  const struct flow_scope *scope, struct hg_json *out,
                                  struct flow_fault *fault, struct hg_err *err)
{
    struct flow_eval eval = {.arena = arena, .scope = scope, .fault = fault, .err = err};
    struct hg_json value;
    HG_TRY(evaluate(&eval, expression, &value));
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "expression");
    HG_TRY(flow_value_settle(&value, 0, err));
    *out = value;
    return HG_OK;
}

hg_str flow_fault_text(struct hg_arena *arena, const struct flow_fault *fault, hg_str place)
{
    return hg_str_format(arena,
                         "Unable to process template language expressions %.*s at line '0' and "
                         "column '0': '%.*s'.",
                         HG_ARG(place), HG_ARG(fault->message));
}
