#include "base/base.h"
#include "flow/arithmetic_private.h"
#include "flow/decimal_private.h"
#include "flow/expression.h"
#include "flow/index_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FEW = 32 }; /* so many members are compared without an index */

static bool numbers_equal(const struct hg_json *a, const struct hg_json *b)
{
    if (a->kind == HG_JSON_INT && b->kind == HG_JSON_INT)
        return a->integer == b->integer;
    if (a->kind == HG_JSON_DOUBLE || b->kind == HG_JSON_DOUBLE)
        return flow_number_double(a) == flow_number_double(b);
    return flow_decimal_compare(flow_decimal_of(a), flow_decimal_of(b)) == 0;
}

static bool arrays_equal(struct hg_arena *arena, const struct hg_json *a, const struct hg_json *b)
{
    if (a->array.n != b->array.n)
        return false;
    for (uint32_t i = 0; i < a->array.n; i++)
        if (!flow_value_equal(arena, &a->array.items[i], &b->array.items[i]))
            return false;
    return true;
}

static const struct hg_json *member_at(const struct hg_json *object, const struct flow_index *index,
                                       uint32_t i, hg_str name)
{
    const struct hg_json_member *members = object->object.members;
    if (hg_str_eq(members[i].name, name))
        return &members[i].value;
    if (index->places == NULL)
        return hg_json_get_str(object, name);
    uint32_t place = *flow_index_name(index, members, name);
    return place == 0 ? NULL : &members[place - 1].value;
}

static bool objects_equal(struct hg_arena *arena, const struct hg_json *a, const struct hg_json *b)
{
    if (a->object.n != b->object.n)
        return false;
    HG_SCRATCH(arena);
    struct flow_index index = {0};
    if (a->object.n > FEW && !flow_index_members(arena, b, &index))
        return false; /* the arena ended: the evaluation ends with that */
    for (uint32_t i = 0; i < a->object.n; i++) {
        const struct hg_json_member *mine = &a->object.members[i];
        const struct hg_json *theirs = member_at(b, &index, i, mine->name);
        if (theirs == NULL || !flow_value_equal(arena, &mine->value, theirs))
            return false;
    }
    return true;
}

bool flow_value_equal(struct hg_arena *arena, const struct hg_json *a, const struct hg_json *b)
{
    enum flow_kind kind = flow_kind_of(a);
    if (flow_is_number(a) && flow_is_number(b))
        return numbers_equal(a, b);
    if (kind != flow_kind_of(b))
        return false;
    switch (kind) {
    case FLOW_KIND_NULL:
        return true;
    case FLOW_KIND_BOOL:
        return a->boolean == b->boolean;
    case FLOW_KIND_STRING:
        return hg_str_eq(a->string, b->string);
    case FLOW_KIND_ARRAY:
        return arrays_equal(arena, a, b);
    case FLOW_KIND_OBJECT:
        return objects_equal(arena, a, b);
    case FLOW_KIND_INT:
    case FLOW_KIND_DOUBLE:
    case FLOW_KIND_DECIMAL:
        break; /* dealt with above */
    }
    return false;
}
