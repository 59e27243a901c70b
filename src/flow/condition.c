#include "base/base.h"
#include "flow/expression.h"
#include "flow/expression_private.h"
#include "flow/function_private.h"
#include "flow/template_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static enum hg_code eval_condition(struct flow_eval *eval, const struct hg_json *value,
                                   unsigned depth, bool *out);

static enum hg_code refuse(struct flow_eval *eval, const char *text, hg_str what)
{
    return flow_eval_fail(eval, 0, hg_str_format(eval->arena, "%s '%.*s'.", text, HG_ARG(what)));
}

/* A whole text as an expression, or a boolean as it is. */
static enum hg_code eval_simple(struct flow_eval *eval, const struct hg_json *value, bool *out)
{
    struct hg_json result;
    HG_TRY(flow_template_eval(eval->arena, value, eval->scope, &result, eval->fault, eval->err));
    if (result.kind != HG_JSON_BOOL)
        return refuse(eval, "The result of a condition must be a boolean. It is of type",
                      flow_value_kind_name(&result));
    *out = result.boolean;
    return HG_OK;
}

/* All of a list, until one decides; a single condition is a list of one. */
static enum hg_code eval_all(struct flow_eval *eval, const struct hg_json *value, bool deciding,
                             unsigned depth, bool *out)
{
    bool is_list = value->kind == HG_JSON_ARRAY;
    uint32_t n = is_list ? value->array.n : 1;
    for (uint32_t i = 0; i < n; i++) {
        bool holds = false;
        HG_TRY(eval_condition(eval, is_list ? &value->array.items[i] : value, depth + 1, &holds));
        if (holds == deciding) {
            *out = deciding;
            return HG_OK;
        }
    }
    *out = !deciding;
    return HG_OK;
}

static enum hg_code eval_not(struct flow_eval *eval, const struct hg_json *value, unsigned depth,
                             bool *out)
{
    bool holds = false;
    HG_TRY(eval_all(eval, value, false, depth, &holds));
    *out = !holds;
    return HG_OK;
}

static bool is_comparison(hg_str name)
{
    static const hg_str names[] = {
        HG_LIT("equals"),     HG_LIT("greater"),      HG_LIT("greaterOrEquals"),
        HG_LIT("less"),       HG_LIT("lessOrEquals"), HG_LIT("contains"),
        HG_LIT("startsWith"), HG_LIT("endsWith"),     HG_LIT("empty"),
    };
    for (size_t i = 0; i < HG_COUNT(names); i++)
        if (hg_str_eq_nocase(names[i], name))
            return true;
    return false;
}

/* {"equals":[a,b]}: the function of that name, called with what the operands give. */
static enum hg_code eval_comparison(struct flow_eval *eval, hg_str name,
                                    const struct hg_json *operands, bool *out)
{
    struct hg_json args;
    struct hg_json result;
    HG_TRY(flow_template_eval(eval->arena, operands, eval->scope, &args, eval->fault, eval->err));
    bool is_list = args.kind == HG_JSON_ARRAY;
    struct flow_term node = {.is_call = true,
                             .name = name,
                             .function = flow_function_find(name),
                             .n_args = is_list ? args.array.n : 1};
    struct flow_call call = {.eval = eval,
                             .node = &node,
                             .function = node.function,
                             .args = is_list ? args.array.items : &args,
                             .n_args = node.n_args};
    HG_TRY(flow_call_check_count(&call));
    HG_TRY(flow_call_check_args(&call));
    HG_TRY(node.function->run(&call, &result));
    *out = result.boolean;
    return HG_OK;
}

static enum hg_code eval_member(struct flow_eval *eval, const struct hg_json_member *member,
                                unsigned depth, bool *out)
{
    hg_str name = member->name;
    if (hg_str_eq_nocase(name, HG_STR("and")))
        return eval_all(eval, &member->value, false, depth, out);
    if (hg_str_eq_nocase(name, HG_STR("or")))
        return eval_all(eval, &member->value, true, depth, out);
    if (hg_str_eq_nocase(name, HG_STR("not")))
        return eval_not(eval, &member->value, depth, out);
    if (is_comparison(name))
        return eval_comparison(eval, name, &member->value, out);
    return refuse(eval, "A condition cannot be", name);
}

static enum hg_code eval_condition(struct flow_eval *eval, const struct hg_json *value,
                                   unsigned depth, bool *out)
{
    if (depth > HG_MAX_FLOW_DEPTH)
        return HG_FAIL(eval->err, HG_TOO_BIG, "a condition nested deeper than %d",
                       HG_MAX_FLOW_DEPTH);
    if (value->kind != HG_JSON_OBJECT)
        return eval_simple(eval, value, out);
    if (value->object.n == 0) { /* an empty condition holds, as the designer saves it */
        *out = true;
        return HG_OK;
    }
    if (value->object.n > 1)
        return refuse(eval, "A condition has one operator. There is a second:",
                      value->object.members[1].name);
    enum hg_code code = eval_member(eval, &value->object.members[0], depth, out);
    if (code == HG_MALFORMED)
        flow_fault_prefix(eval->arena, eval->fault, value->object.members[0].name);
    return code;
}

enum hg_code flow_condition_eval(struct hg_arena *arena, const struct hg_json *value,
                                 const struct flow_scope *scope, bool *out,
                                 struct flow_fault *fault, struct hg_err *err)
{
    struct flow_eval eval = {.arena = arena, .scope = scope, .fault = fault, .err = err};
    bool holds = false;
    HG_TRY(eval_condition(&eval, value, 0, &holds));
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "condition");
    *out = holds;
    return HG_OK;
}
