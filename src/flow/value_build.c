#include "base/base.h"
#include "flow/decimal_private.h"
#include "flow/value_private.h"
#include "text/casing.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct hg_json_member *flow_member_find(const struct hg_json *object, hg_str name)
{
    struct hg_json_member *members = object->object.members;
    for (uint32_t i = 0; i < object->object.n; i++)
        if (hg_str_eq(members[i].name, name))
            return &members[i];
    for (uint32_t i = 0; i < object->object.n; i++)
        if (text_eq_nocase(members[i].name, name))
            return &members[i];
    return NULL;
}

struct hg_json flow_array_of(struct hg_arena *arena, uint32_t room)
{
    struct hg_json array = hg_json_array();
    array.array.items = HG_NEW_ARRAY(arena, struct hg_json, room);
    array.array.room = array.array.items == NULL ? 0 : room;
    return array;
}

struct hg_json flow_array_part(const struct hg_json *array, uint32_t from, uint32_t n)
{
    struct hg_json part = hg_json_array();
    from = from < array->array.n ? from : array->array.n;
    n = n < array->array.n - from ? n : array->array.n - from;
    if (n > 0)
        part.array.items = array->array.items + from;
    part.array.n = n; /* no room: whoever appends copies first */
    part.array.room = n;
    return part;
}

struct hg_json flow_object_copy(struct hg_arena *arena, const struct hg_json *object, uint32_t more)
{
    struct hg_json copy = hg_json_object();
    uint32_t room = object->object.n + more;
    copy.object.members = HG_NEW_ARRAY(arena, struct hg_json_member, room);
    if (copy.object.members == NULL)
        return copy;
    copy.object.room = room;
    copy.object.n = object->object.n;
    if (object->object.n > 0)
        memcpy(copy.object.members, object->object.members,
               object->object.n * sizeof(*copy.object.members));
    return copy;
}

/* What has no kind in JSON. */
static void settle_leaf(struct hg_json *value)
{
    if (flow_is(value, FLOW_KIND_DECIMAL))
        *value = hg_json_double(flow_decimal_to_double(flow_decimal_of(value)));
    if (value->kind == HG_JSON_DOUBLE && isnan(value->number))
        *value = hg_json_z("NaN");
    if (value->kind == HG_JSON_DOUBLE && isinf(value->number))
        *value = hg_json_z(value->number < 0 ? "-Infinity" : "Infinity");
}

enum hg_code flow_value_settle(struct hg_json *value, unsigned depth, struct hg_err *err)
{
    bool is_array = value->kind == HG_JSON_ARRAY;
    bool is_container = is_array || value->kind == HG_JSON_OBJECT;
    uint32_t n = (uint32_t)hg_json_count(value);
    if (!is_container) {
        settle_leaf(value);
        return HG_OK;
    }
    if (depth >= HG_MAX_FLOW_DEPTH)
        return HG_FAIL(err, HG_TOO_BIG, "a value nested deeper than %d", HG_MAX_FLOW_DEPTH);
    for (uint32_t i = 0; i < n; i++) {
        struct hg_json *part = is_array ? &value->array.items[i] : &value->object.members[i].value;
        HG_TRY(flow_value_settle(part, depth + 1, err));
    }
    return HG_OK;
}
