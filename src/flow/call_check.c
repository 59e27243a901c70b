#include "base/base.h"
#include "flow/expression.h"
#include "flow/function_private.h"
#include "flow/value_private.h"
#include "text/culture.h"

#include <stddef.h>
#include <stdint.h>

enum hg_code flow_eval_fail(struct flow_eval *eval, uint32_t at, hg_str message)
{
    if (hg_arena_exhausted(eval->arena))
        return HG_FAIL(eval->err, HG_NO_MEMORY, "message");
    *eval->fault = (struct flow_fault){.message = message, .at = at};
    return HG_FAIL(eval->err, HG_MALFORMED, "%.*s", HG_ARG(message));
}

static const char *ordinal(uint32_t i)
{
    static const char *const words[] = {"first", "second", "third", "fourth", "fifth"};
    return i < HG_COUNT(words) ? words[i] : "last";
}

enum hg_code flow_call_refuse_value(const struct flow_call *call, uint32_t i,
                                    const struct hg_json *value, const char *wanted)
{
    hg_str name = call->function->name;
    hg_str kind = flow_value_kind_name(value);
    bool is_only = call->function->max_args == 1;
    return FLOW_FAIL(call,
                     "The template language function '%.*s' expects its %s%sparameter %s. The "
                     "provided value is of type '%.*s'. Please see "
                     "https://aka.ms/logicexpressions#%.*s for usage details.",
                     HG_ARG(name), is_only ? "" : ordinal(i), is_only ? "" : " ", wanted,
                     HG_ARG(kind), HG_ARG(name));
}

enum hg_code flow_call_refuse(const struct flow_call *call, uint32_t i, const char *wanted)
{
    return flow_call_refuse_value(call, i, &call->args[i], wanted);
}

#define KIND(name) (1u << FLOW_KIND_##name)
#define NUMBERS (KIND(INT) | KIND(DOUBLE) | KIND(DECIMAL))

static const struct {
    unsigned kinds;
    const char *wanted;
} wants[] = {
    [FLOW_ARG_ANY] = {~0u, ""},
    [FLOW_ARG_STRING] = {KIND(STRING), "to be of type string"},
    [FLOW_ARG_TEXT] = {KIND(STRING), "to be a string"},
    [FLOW_ARG_INT] = {KIND(INT), "to be an integer"},
    [FLOW_ARG_NUMBER] = {NUMBERS, "to be an integer or a decimal number"},
    [FLOW_ARG_BOOL] = {KIND(BOOL), "to be a boolean"},
    [FLOW_ARG_ARRAY] = {KIND(ARRAY), "to be an array"},
    [FLOW_ARG_ARRAY_TYPE] = {KIND(ARRAY), "to be of type array"},
    [FLOW_ARG_OBJECT] = {KIND(OBJECT), "to be an object"},
    [FLOW_ARG_LIST] = {KIND(ARRAY) | KIND(STRING), "to be an array or a string"},
    [FLOW_ARG_COLLECTION] = {KIND(NULL) | KIND(OBJECT) | KIND(ARRAY) | KIND(STRING),
                             "to be an object, an array or a string"},
};

/* A function without an upper bound wants the same of every argument. */
enum hg_code flow_call_check_args(const struct flow_call *call)
{
    const struct flow_function *function = call->function;
    for (uint32_t i = 0; i < call->n_args; i++) {
        enum flow_arg arg = function->args[function->max_args == FLOW_ANY_ARGS ? 0 : i];
        unsigned kind = 1u << flow_kind_of(&call->args[i]);
        if ((wants[arg].kinds & kind) == 0)
            return flow_call_refuse(call, i, wants[arg].wanted);
    }
    return HG_OK;
}

static const char *number_word(unsigned n)
{
    static const char *const words[] = {"no", "one", "two", "three", "four"};
    HG_ASSERT(n < HG_COUNT(words));
    return words[n];
}

static hg_str count_wanted(struct hg_arena *arena, const struct flow_function *function)
{
    unsigned min = function->min_args;
    unsigned max = function->max_args;
    if (max == FLOW_ANY_ARGS)
        return hg_str_format(arena, "at least %s parameter%s. Expected at least %s argument%s",
                             number_word(min), min == 1 ? "" : "s", number_word(min),
                             min == 1 ? "" : "s");
    if (min == max)
        return hg_str_format(arena, "%s parameter%s", number_word(min), min == 1 ? "" : "s");
    return hg_str_format(arena, "%s %s %s parameter%s", number_word(min),
                         max == min + 1 ? "or" : "to", number_word(max), max == 1 ? "" : "s");
}

enum hg_code flow_call_check_count(const struct flow_call *call)
{
    const struct flow_function *function = call->function;
    uint32_t n = call->node->n_args;
    if (n >= function->min_args && (function->max_args == FLOW_ANY_ARGS || n <= function->max_args))
        return HG_OK;
    hg_str wanted = count_wanted(call->eval->arena, function);
    return FLOW_FAIL(call,
                     "The template language function '%.*s' expects %.*s. The function was invoked "
                     "with '%u' parameter(s). Please see https://aka.ms/logicexpressions#%.*s for "
                     "usage details.",
                     HG_ARG(function->name), HG_ARG(wanted), (unsigned)n, HG_ARG(function->name));
}

enum hg_code flow_call_text(const struct flow_call *call, struct hg_buf *buf, struct hg_json *out)
{
    hg_str text;
    HG_TRY(hg_buf_finish(buf, &text, call->eval->err));
    *out = hg_json_str(text);
    return HG_OK;
}

enum hg_code flow_call_culture(const struct flow_call *call, uint32_t i,
                               const struct text_culture **out)
{
    hg_str name = flow_arg_str(call, i);
    enum hg_code code = text_culture_find(call->eval->arena, name, out, call->eval->err);
    if (code != HG_NOT_FOUND)
        return code;
    return FLOW_FAIL(call,
                     "The template language function '%.*s' expects its %s parameter to be the "
                     "name of a culture. The provided value '%.*s' is not supported. Please see "
                     "https://aka.ms/logicexpressions#%.*s for usage details.",
                     HG_ARG(call->function->name), ordinal(i), HG_ARG(name),
                     HG_ARG(call->function->name));
}
