#include "base/base.h"
#include "flow/expression.h"
#include "flow/function_private.h"
#include "flow/index_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* union, intersection and mergeObjects: all arrays or all objects. */
static bool is_array(const struct hg_json *value)
{
    return value->kind == HG_JSON_ARRAY;
}

static enum hg_code check_same_kind(const struct flow_call *call)
{
    enum flow_kind kind = flow_kind_of(&call->args[0]);
    bool is_fine = kind == FLOW_KIND_ARRAY || kind == FLOW_KIND_OBJECT;
    for (uint32_t i = 1; i < call->n_args; i++)
        is_fine = is_fine && flow_is(&call->args[i], kind);
    if (is_fine)
        return HG_OK;
    return FLOW_FAIL(call,
                     "The template language function '%.*s' is not valid: this function expects "
                     "parameters of same type, arrays or objects. Please see "
                     "https://aka.ms/logicexpressions#%.*s for usage details.",
                     HG_ARG(call->function->name), HG_ARG(call->function->name));
}

static enum hg_code no_memory(const struct flow_call *call)
{
    return HG_FAIL(call->eval->err, HG_NO_MEMORY, "%.*s", HG_ARG(call->function->name));
}

static size_t count_all(const struct flow_call *call)
{
    size_t n = 0;
    for (uint32_t i = 0; i < call->n_args; i++)
        n += hg_json_count(&call->args[i]);
    return n;
}

/* Pushes what is not in the array yet. */
static void push_distinct(struct hg_arena *arena, struct flow_index *index, struct hg_json *array,
                          const struct hg_json *items, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *place = flow_index_value(arena, index, array->array.items, &items[i]);
        if (*place != 0)
            continue;
        uint32_t before = array->array.n;
        hg_json_push(arena, array, items[i]);
        if (array->array.n > before)
            *place = array->array.n;
    }
}

static enum hg_code union_arrays(const struct flow_call *call, struct hg_json *out)
{
    struct hg_json array = hg_json_array();
    struct flow_index index;
    if (!flow_index_start(call->eval->arena, count_all(call), &index))
        return no_memory(call);
    for (uint32_t i = 0; i < call->n_args; i++)
        push_distinct(call->eval->arena, &index, &array, call->args[i].array.items,
                      call->args[i].array.n);
    *out = array;
    return HG_OK;
}

/* A later value takes the place of an earlier one. */
static enum hg_code union_objects(const struct flow_call *call, struct hg_json *out)
{
    size_t all = count_all(call);
    struct flow_index index;
    struct hg_json empty = hg_json_object();
    struct hg_json object = flow_object_copy(call->eval->arena, &empty, (uint32_t)all);
    if (all > HG_MAX_FLOW_ITEMS)
        return HG_FAIL(call->eval->err, HG_TOO_BIG, "an object of %zu members", all);
    if ((all > 0 && object.object.room < all) || !flow_index_start(call->eval->arena, all, &index))
        return no_memory(call);
    for (uint32_t i = 0; i < call->n_args; i++) {
        const struct hg_json *from = &call->args[i];
        for (uint32_t j = 0; j < from->object.n; j++) {
            struct hg_json_member member = from->object.members[j];
            uint32_t *place = flow_index_name(&index, object.object.members, member.name);
            if (*place == 0)
                *place = ++object.object.n;
            object.object.members[*place - 1] = member;
        }
    }
    *out = object;
    return HG_OK;
}

enum hg_code flow_run_union(const struct flow_call *call, struct hg_json *out)
{
    HG_TRY(check_same_kind(call));
    return is_array(&call->args[0]) ? union_arrays(call, out) : union_objects(call, out);
}

/* What of `array` is in `other` too, in place: `array` is our own. */
static bool keep_common(struct hg_arena *arena, struct hg_json *array, const struct hg_json *other)
{
    struct flow_index index;
    if (!flow_index_start(arena, other->array.n, &index))
        return false;
    for (uint32_t i = 0; i < other->array.n; i++)
        *flow_index_value(arena, &index, other->array.items, &other->array.items[i]) = i + 1;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < array->array.n; i++)
        if (*flow_index_value(arena, &index, other->array.items, &array->array.items[i]) != 0)
            array->array.items[kept++] = array->array.items[i];
    array->array.n = kept;
    return true;
}

static bool keep_common_members(struct hg_arena *arena, struct hg_json *object,
                                const struct hg_json *other)
{
    struct flow_index index;
    if (!flow_index_members(arena, other, &index))
        return false;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < object->object.n; i++) {
        struct hg_json_member member = object->object.members[i];
        uint32_t place = *flow_index_name(&index, other->object.members, member.name);
        if (place != 0 &&
            flow_value_equal(arena, &other->object.members[place - 1].value, &member.value))
            object->object.members[kept++] = member;
    }
    object->object.n = kept;
    return true;
}

enum hg_code flow_run_intersection(const struct flow_call *call, struct hg_json *out)
{
    struct hg_arena *arena = call->eval->arena;
    struct hg_json common = hg_json_array();
    struct flow_index index;
    HG_TRY(check_same_kind(call));
    const struct hg_json *first = &call->args[0];
    if (!flow_index_start(arena, hg_json_count(first), &index))
        return no_memory(call);
    if (is_array(first))
        push_distinct(arena, &index, &common, first->array.items, first->array.n);
    else
        common = flow_object_copy(arena, first, 0);
    for (uint32_t i = 1; i < call->n_args; i++) {
        bool done = is_array(first) ? keep_common(arena, &common, &call->args[i])
                                    : keep_common_members(arena, &common, &call->args[i]);
        if (!done)
            return no_memory(call);
    }
    *out = common;
    return HG_OK;
}
