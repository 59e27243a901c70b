#include "base/base.h"
#include "flow/arithmetic_private.h"
#include "flow/decimal_private.h"
#include "flow/expression.h"
#include "flow/function_private.h"
#include "flow/value_private.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an operation does with two numbers of one kind. False: overflow. */
struct operation {
    bool (*integers)(int64_t a, int64_t b, int64_t *out);
    double (*doubles)(double a, double b);
    bool (*decimals)(const struct flow_decimal *a, const struct flow_decimal *b,
                     struct flow_decimal *out);
};

static enum hg_code overflow(const struct flow_call *call)
{
    return FLOW_FAIL(call,
                     "The template language function '%.*s' resulted in an arithmetic overflow. "
                     "Please see https://aka.ms/logicexpressions#%.*s for usage details.",
                     HG_ARG(call->function->name), HG_ARG(call->function->name));
}

static bool decimals(const struct flow_call *call, const struct operation *operation,
                     const struct hg_json *a, const struct hg_json *b, struct hg_json *out)
{
    struct flow_decimal x = flow_decimal_of(a);
    struct flow_decimal y = flow_decimal_of(b);
    struct flow_decimal result;
    if (!operation->decimals(&x, &y, &result))
        return false;
    *out = flow_decimal_value(call->eval->arena, &result);
    return true;
}

static enum hg_code apply(const struct flow_call *call, const struct operation *operation,
                          struct hg_json *out)
{
    struct hg_arena *arena = call->eval->arena;
    struct hg_json a;
    struct hg_json b;
    enum flow_kind kind =
        flow_wider_kind(flow_kind_of(&call->args[0]), flow_kind_of(&call->args[1]));
    if (!flow_number_as(arena, &call->args[0], kind, &a) ||
        !flow_number_as(arena, &call->args[1], kind, &b))
        return overflow(call);
    bool fits = true;
    if (kind == FLOW_KIND_INT) {
        int64_t n = 0;
        fits = operation->integers(a.integer, b.integer, &n);
        *out = hg_json_int(n);
    } else if (kind == FLOW_KIND_DOUBLE) {
        *out = hg_json_double(operation->doubles(a.number, b.number));
    } else {
        fits = decimals(call, operation, &a, &b, out);
    }
    return fits ? HG_OK : overflow(call);
}

static bool add_integers(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static double add_doubles(double a, double b)
{
    return a + b;
}

static bool sub_integers(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_sub_overflow(a, b, out);
}

static double sub_doubles(double a, double b)
{
    return a - b;
}

static bool sub_decimals(const struct flow_decimal *a, const struct flow_decimal *b,
                         struct flow_decimal *out)
{
    struct flow_decimal negated = flow_decimal_negated(*b);
    return flow_decimal_add(a, &negated, out);
}

static bool mul_integers(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static double mul_doubles(double a, double b)
{
    return a * b;
}

static bool div_integers(int64_t a, int64_t b, int64_t *out)
{
    if (a == INT64_MIN && b == -1)
        return false;
    *out = a / b;
    return true;
}

static double div_doubles(double a, double b)
{
    return a / b;
}

static bool mod_integers(int64_t a, int64_t b, int64_t *out)
{
    *out = b == -1 ? 0 : a % b;
    return true;
}

static enum hg_code run_add(const struct flow_call *call, struct hg_json *out)
{
    static const struct operation add = {add_integers, add_doubles, flow_decimal_add};
    return apply(call, &add, out);
}

static enum hg_code run_sub(const struct flow_call *call, struct hg_json *out)
{
    static const struct operation sub = {sub_integers, sub_doubles, sub_decimals};
    return apply(call, &sub, out);
}

static enum hg_code run_mul(const struct flow_call *call, struct hg_json *out)
{
    static const struct operation mul = {mul_integers, mul_doubles, flow_decimal_mul};
    return apply(call, &mul, out);
}

static bool is_double(const struct hg_json *value)
{
    return flow_is(value, FLOW_KIND_DOUBLE);
}

/* Doubles divide by zero as IEEE 754 says; integers and decimals cannot. */
static enum hg_code check_divisor(const struct flow_call *call)
{
    if (flow_number_double(&call->args[1]) != 0 ||
        (is_double(&call->args[0]) && !flow_is(&call->args[1], FLOW_KIND_DECIMAL)) ||
        (is_double(&call->args[1]) && !flow_is(&call->args[0], FLOW_KIND_DECIMAL)))
        return HG_OK;
    return FLOW_FAIL(call,
                     "Attempt to divide an integral or decimal value by zero in function '%.*s'.",
                     HG_ARG(call->function->name));
}

static enum hg_code run_div(const struct flow_call *call, struct hg_json *out)
{
    static const struct operation div = {div_integers, div_doubles, flow_decimal_div};
    HG_TRY(check_divisor(call));
    return apply(call, &div, out);
}

static enum hg_code run_mod(const struct flow_call *call, struct hg_json *out)
{
    static const struct operation mod = {mod_integers, fmod, flow_decimal_rem};
    HG_TRY(check_divisor(call));
    return apply(call, &mod, out);
}

/* The least (sign 1) or greatest (sign -1) of some numbers, in their widest kind. */
static enum hg_code extreme(const struct flow_call *call, int sign, struct hg_json *out)
{
    bool is_list = call->n_args == 1 && flow_is(&call->args[0], FLOW_KIND_ARRAY);
    const struct hg_json *items = is_list ? call->args[0].array.items : call->args;
    uint32_t n = is_list ? call->args[0].array.n : call->n_args;
    enum flow_kind kind = FLOW_KIND_INT;
    const struct hg_json *best = n > 0 ? &items[0] : NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (!flow_is_number(&items[i]))
            return flow_call_refuse_value(call, i, &items[i],
                                          "to be an integer, a decimal number or an array of them");
        kind = flow_wider_kind(kind, flow_kind_of(&items[i]));
        if (flow_numbers_compare(&items[i], best, 0) * sign < 0)
            best = &items[i];
    }
    if (best == NULL)
        return flow_call_refuse(call, 0, "to be an array that is not empty");
    return flow_number_as(call->eval->arena, best, kind, out) ? HG_OK : overflow(call);
}

static enum hg_code run_min(const struct flow_call *call, struct hg_json *out)
{
    return extreme(call, 1, out);
}

static enum hg_code run_max(const struct flow_call *call, struct hg_json *out)
{
    return extreme(call, -1, out);
}

/* Uniform in [0, n), n > 0: draws below the greatest multiple of n. */
static uint64_t draw_below(const struct hg_random *random, uint64_t n)
{
    uint64_t rejected = (UINT64_MAX % n + 1) % n;
    uint64_t drawn;
    do
        hg_random_fill(random, &drawn, sizeof(drawn));
    while (drawn > UINT64_MAX - rejected);
    return drawn % n;
}

static enum hg_code run_rand(const struct flow_call *call, struct hg_json *out)
{
    int64_t from = call->args[0].integer;
    int64_t to = call->args[1].integer;
    const struct hg_random *random = call->eval->scope->random;
    if (from > to)
        return FLOW_FAIL(call,
                         "The template language function 'rand' expects its first parameter to be "
                         "less than or equal to its second. The provided values are '%lld' and "
                         "'%lld'.",
                         (long long)from, (long long)to);
    if (random == NULL)
        return FLOW_FAIL(call, "The template function 'rand' is not available here.");
    uint64_t n = (uint64_t)to - (uint64_t)from;
    *out = hg_json_int(n == 0 ? from : (int64_t)((uint64_t)from + draw_below(random, n)));
    return HG_OK;
}

static enum hg_code run_range(const struct flow_call *call, struct hg_json *out)
{
    int64_t start = call->args[0].integer;
    int64_t count = call->args[1].integer;
    int64_t end;
    if (count < 0 || count > HG_MAX_FLOW_ITEMS)
        return FLOW_FAIL(call,
                         "The template language function 'range' expects its second parameter to "
                         "be a count from 0 to %d. The provided value is '%lld'.",
                         HG_MAX_FLOW_ITEMS, (long long)count);
    if (__builtin_add_overflow(start, count, &end))
        return overflow(call);
    struct hg_json range = flow_array_of(call->eval->arena, (uint32_t)count);
    for (int64_t i = start; i < end; i++)
        hg_json_push(call->eval->arena, &range, hg_json_int(i));
    *out = range;
    return HG_OK;
}

// clang-format off
static const struct flow_function rows[] = {
    {HG_LIT("add"), 2, 2, run_add, {FLOW_ARG_NUMBER, FLOW_ARG_NUMBER}, 0, 0},
    {HG_LIT("div"), 2, 2, run_div, {FLOW_ARG_NUMBER, FLOW_ARG_NUMBER}, 0, 0},
    {HG_LIT("max"), 1, FLOW_ANY_ARGS, run_max, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("min"), 1, FLOW_ANY_ARGS, run_min, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("mod"), 2, 2, run_mod, {FLOW_ARG_NUMBER, FLOW_ARG_NUMBER}, 0, 0},
    {HG_LIT("mul"), 2, 2, run_mul, {FLOW_ARG_NUMBER, FLOW_ARG_NUMBER}, 0, 0},
    {HG_LIT("rand"), 2, 2, run_rand, {FLOW_ARG_INT, FLOW_ARG_INT}, FLOW_IS_DYNAMIC, 0},
    {HG_LIT("range"), 2, 2, run_range, {FLOW_ARG_INT, FLOW_ARG_INT}, 0, 0},
    {HG_LIT("sub"), 2, 2, run_sub, {FLOW_ARG_NUMBER, FLOW_ARG_NUMBER}, 0, 0},
};
// clang-format on

const struct flow_function_group flow_functions_math = {HG_LIT("math"), rows, HG_COUNT(rows)};
