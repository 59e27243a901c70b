#include "base/base.h"
#include "flow/arithmetic_private.h"
#include "flow/expression.h"
#include "flow/function_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Evaluates the i-th argument of a lazy function, which must be a boolean. */
static enum hg_code condition(const struct flow_call *call, uint32_t i, bool *out)
{
    struct hg_json value;
    HG_TRY(flow_eval_term(call->eval, &call->node->args[i], &value));
    if (value.kind != HG_JSON_BOOL)
        return flow_call_refuse_value(call, i, &value, "to be a boolean");
    *out = value.boolean;
    return HG_OK;
}

static enum hg_code run_if(const struct flow_call *call, struct hg_json *out)
{
    bool holds = false;
    HG_TRY(condition(call, 0, &holds));
    return flow_eval_term(call->eval, &call->node->args[holds ? 1 : 2], out);
}

/* Up to the first argument that decides. */
static enum hg_code run_until(const struct flow_call *call, bool deciding, struct hg_json *out)
{
    for (uint32_t i = 0; i < call->node->n_args; i++) {
        bool holds = false;
        HG_TRY(condition(call, i, &holds));
        if (holds == deciding) {
            *out = hg_json_bool(deciding);
            return HG_OK;
        }
    }
    *out = hg_json_bool(!deciding);
    return HG_OK;
}

static enum hg_code run_and(const struct flow_call *call, struct hg_json *out)
{
    return run_until(call, false, out);
}

static enum hg_code run_or(const struct flow_call *call, struct hg_json *out)
{
    return run_until(call, true, out);
}

static enum hg_code run_coalesce(const struct flow_call *call, struct hg_json *out)
{
    struct hg_json value = hg_json_null();
    for (uint32_t i = 0; i < call->node->n_args && value.kind == HG_JSON_NULL; i++)
        HG_TRY(flow_eval_term(call->eval, &call->node->args[i], &value));
    *out = value;
    return HG_OK;
}

static enum hg_code run_not(const struct flow_call *call, struct hg_json *out)
{
    *out = hg_json_bool(!call->args[0].boolean);
    return HG_OK;
}

static enum hg_code run_equals(const struct flow_call *call, struct hg_json *out)
{
    *out = hg_json_bool(flow_value_equal(call->eval->arena, &call->args[0], &call->args[1]));
    return HG_OK;
}

/* Both numbers or both strings: < 0, 0, > 0; unordered (NaN) is its own answer. */
enum { UNORDERED = 2 };

static enum hg_code order_of(const struct flow_call *call, int *out)
{
    const struct hg_json *a = &call->args[0];
    const struct hg_json *b = &call->args[1];
    if (flow_is(a, FLOW_KIND_STRING) && flow_is(b, FLOW_KIND_STRING)) {
        int order = hg_str_cmp(a->string, b->string);
        *out = (order > 0) - (order < 0);
        return HG_OK;
    }
    if (flow_is_number(a) && flow_is_number(b)) {
        *out = flow_numbers_compare(a, b, UNORDERED);
        return HG_OK;
    }
    hg_str kind_a = flow_value_kind_name(a);
    hg_str kind_b = flow_value_kind_name(b);
    return FLOW_FAIL(call,
                     "The template language function '%.*s' expects two parameter of matching "
                     "types. The function was invoked with values of type '%.*s' and '%.*s' that "
                     "do not match. Please see https://aka.ms/logicexpressions#%.*s for usage "
                     "details.",
                     HG_ARG(call->function->name), HG_ARG(kind_a), HG_ARG(kind_b),
                     HG_ARG(call->function->name));
}

static enum hg_code run_greater(const struct flow_call *call, struct hg_json *out)
{
    int order = 0;
    HG_TRY(order_of(call, &order));
    *out = hg_json_bool(order != UNORDERED && order > 0);
    return HG_OK;
}

static enum hg_code run_greater_or_equals(const struct flow_call *call, struct hg_json *out)
{
    int order = 0;
    HG_TRY(order_of(call, &order));
    *out = hg_json_bool(order != UNORDERED && order >= 0);
    return HG_OK;
}

static enum hg_code run_less(const struct flow_call *call, struct hg_json *out)
{
    int order = 0;
    HG_TRY(order_of(call, &order));
    *out = hg_json_bool(order < 0);
    return HG_OK;
}

static enum hg_code run_less_or_equals(const struct flow_call *call, struct hg_json *out)
{
    int order = 0;
    HG_TRY(order_of(call, &order));
    *out = hg_json_bool(order <= 0);
    return HG_OK;
}

// clang-format off
static const struct flow_function rows[] = {
    {HG_LIT("and"), 1, FLOW_ANY_ARGS, run_and, {FLOW_ARG_BOOL}, FLOW_IS_LAZY, 0},
    {HG_LIT("coalesce"), 1, FLOW_ANY_ARGS, run_coalesce, {FLOW_ARG_ANY}, FLOW_IS_LAZY, 0},
    {HG_LIT("equals"), 2, FLOW_ANY_ARGS, run_equals, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("greater"), 2, 2, run_greater, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("greaterOrEquals"), 2, 2, run_greater_or_equals, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("if"), 3, 3, run_if, {FLOW_ARG_BOOL}, FLOW_IS_LAZY, 0},
    {HG_LIT("less"), 2, 2, run_less, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("lessOrEquals"), 2, 2, run_less_or_equals, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("not"), 1, 1, run_not, {FLOW_ARG_BOOL}, 0, 0},
    {HG_LIT("or"), 1, FLOW_ANY_ARGS, run_or, {FLOW_ARG_BOOL}, FLOW_IS_LAZY, 0},
};
// clang-format on

const struct flow_function_group flow_functions_logical = {HG_LIT("logical"), rows, HG_COUNT(rows)};
