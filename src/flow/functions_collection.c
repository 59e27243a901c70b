#include "base/base.h"
#include "flow/expression.h"
#include "flow/function_private.h"
#include "flow/sort_private.h"
#include "flow/units_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static bool is_array(const struct hg_json *value)
{
    return value->kind == HG_JSON_ARRAY;
}

static bool array_contains(struct hg_arena *arena, const struct hg_json *array,
                           const struct hg_json *value)
{
    for (uint32_t i = 0; i < array->array.n; i++)
        if (flow_value_equal(arena, &array->array.items[i], value))
            return true;
    return false;
}

static enum hg_code run_contains(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *in = &call->args[0];
    const struct hg_json *what = &call->args[1];
    enum flow_kind kind = flow_kind_of(in);
    if (kind != FLOW_KIND_ARRAY && kind != FLOW_KIND_OBJECT && kind != FLOW_KIND_STRING)
        return flow_call_refuse(call, 0, "to be a dictionary (object), an array or a string");
    if (kind != FLOW_KIND_ARRAY && !flow_is(what, FLOW_KIND_STRING))
        return flow_call_refuse(call, 1, "to be of type string");
    bool found;
    if (kind == FLOW_KIND_ARRAY)
        found = array_contains(call->eval->arena, in, what);
    else if (kind == FLOW_KIND_OBJECT)
        found = flow_member_find(in, what->string) != NULL;
    else
        found = hg_str_find(in->string, what->string) != HG_NPOS;
    *out = hg_json_bool(found);
    return HG_OK;
}

static enum hg_code run_empty(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    bool is_empty = value->kind == HG_JSON_NULL ||
                    (value->kind == HG_JSON_STRING && value->string.len == 0) ||
                    (value->kind != HG_JSON_STRING && hg_json_count(value) == 0);
    *out = hg_json_bool(is_empty);
    return HG_OK;
}

static enum hg_code run_first(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    if (is_array(value)) {
        *out = value->array.n > 0 ? value->array.items[0] : hg_json_null();
        return HG_OK;
    }
    size_t end = 0;
    if (value->string.len > 0)
        (void)hg_utf8_next(value->string, &end);
    *out = hg_json_str(hg_str_sub(value->string, 0, end));
    return HG_OK;
}

static enum hg_code run_last(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    if (is_array(value)) {
        *out = value->array.n > 0 ? value->array.items[value->array.n - 1] : hg_json_null();
        return HG_OK;
    }
    size_t start = value->string.len;
    while (start > 0 && ((unsigned char)value->string.ptr[start - 1] & 0xc0) == 0x80)
        start--;
    *out = hg_json_str(hg_str_from(value->string, start > 0 ? start - 1 : 0));
    return HG_OK;
}

/* The count of take(), skip() and chunk(). */
static enum hg_code count_arg(const struct flow_call *call, int64_t least, uint32_t *out)
{
    const struct hg_json *count = &call->args[1];
    if (!flow_is(count, FLOW_KIND_INT) || count->integer < least)
        return flow_call_refuse(call, 1, "to be a positive integer");
    *out = count->integer < UINT32_MAX ? (uint32_t)count->integer : UINT32_MAX;
    return HG_OK;
}

static enum hg_code run_take(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    uint32_t n = 0;
    HG_TRY(count_arg(call, 0, &n));
    *out = is_array(value) ? flow_array_part(value, 0, n)
                           : hg_json_str(flow_units_sub(value->string, 0, n));
    return HG_OK;
}

static enum hg_code run_skip(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    uint32_t n = 0;
    HG_TRY(count_arg(call, 0, &n));
    *out = is_array(value)
               ? flow_array_part(value, n, UINT32_MAX)
               : hg_json_str(hg_str_from(value->string, flow_units_to_bytes(value->string, n)));
    return HG_OK;
}

static enum hg_code run_chunk(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    struct hg_arena *arena = call->eval->arena;
    struct hg_json chunks = hg_json_array();
    uint32_t n = 0;
    HG_TRY(count_arg(call, 1, &n));
    for (uint64_t i = 0; is_array(value) && i < value->array.n; i += n)
        hg_json_push(arena, &chunks, flow_array_part(value, (uint32_t)i, n));
    hg_str rest = is_array(value) ? (hg_str){0} : value->string;
    while (rest.len > 0 && !hg_arena_exhausted(arena)) {
        hg_str piece = flow_units_sub(rest, 0, n);
        if (piece.len == 0) /* one unit of a character of two */
            piece = flow_units_sub(rest, 0, 2);
        hg_json_push(arena, &chunks, hg_json_str(piece));
        rest = hg_str_from(rest, piece.len);
    }
    *out = chunks;
    return HG_OK;
}

static enum hg_code run_join(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *array = &call->args[0];
    struct hg_buf buf = flow_call_buf(call);
    for (uint32_t i = 0; i < array->array.n; i++) {
        if (i > 0)
            hg_buf_str(&buf, flow_arg_str(call, 1));
        flow_text_write(&buf, &array->array.items[i]);
    }
    return flow_call_text(call, &buf, out);
}

static enum hg_code run_reverse(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *array = &call->args[0];
    struct hg_json reversed = flow_array_of(call->eval->arena, array->array.n);
    for (uint32_t i = array->array.n; i > 0; i--)
        hg_json_push(call->eval->arena, &reversed, array->array.items[i - 1]);
    *out = reversed;
    return HG_OK;
}

static enum hg_code run_sort(const struct flow_call *call, struct hg_json *out)
{
    bool has_key = call->n_args == 2;
    hg_str key = has_key ? flow_arg_str(call, 1) : (hg_str){0};
    switch (flow_array_sort(call->eval->arena, &call->args[0], has_key ? &key : NULL, out)) {
    case FLOW_SORT_DONE:
        return HG_OK;
    case FLOW_SORT_NO_KEY:
        return FLOW_FAIL(call,
                         "The template language function 'sort' expects every item of its array to "
                         "be an object with the property '%.*s'. Please see "
                         "https://aka.ms/logicexpressions#sort for usage details.",
                         HG_ARG(key));
    case FLOW_SORT_MIXED:
        return FLOW_FAIL(call, "The template language function 'sort' expects what it sorts by to "
                               "be all numbers or all strings. Please see "
                               "https://aka.ms/logicexpressions#sort for usage details.");
    case FLOW_SORT_NO_MEMORY:
        break;
    }
    return HG_FAIL(call->eval->err, HG_NO_MEMORY, "sort");
}

// clang-format off
static const struct flow_function rows[] = {
    {HG_LIT("chunk"), 2, 2, run_chunk, {FLOW_ARG_LIST, FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("contains"), 2, 2, run_contains, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("empty"), 1, 1, run_empty, {FLOW_ARG_COLLECTION}, 0, 0},
    {HG_LIT("first"), 1, 1, run_first, {FLOW_ARG_LIST}, 0, 0},
    {HG_LIT("intersection"), 1, FLOW_ANY_ARGS, flow_run_intersection, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("join"), 2, 2, run_join, {FLOW_ARG_ARRAY, FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("last"), 1, 1, run_last, {FLOW_ARG_LIST}, 0, 0},
    {HG_LIT("reverse"), 1, 1, run_reverse, {FLOW_ARG_ARRAY_TYPE}, 0, 0},
    {HG_LIT("skip"), 2, 2, run_skip, {FLOW_ARG_LIST, FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("sort"), 1, 2, run_sort, {FLOW_ARG_ARRAY, FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("take"), 2, 2, run_take, {FLOW_ARG_LIST, FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("union"), 1, FLOW_ANY_ARGS, flow_run_union, {FLOW_ARG_ANY}, 0, 0},
};
// clang-format on

const struct flow_function_group flow_functions_collection = {HG_LIT("collection"), rows,
                                                              HG_COUNT(rows)};
