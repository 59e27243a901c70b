#include "base/base.h"
#include "flow/arithmetic_private.h"
#include "flow/expression.h"
#include "flow/index_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LEAST_ROOM = 16 };

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * 1099511628211u; /* FNV-1a */
    return hash;
}

static uint64_t hash_str(hg_str s)
{
    return hash_bytes(14695981039346656037u, s.ptr, s.len);
}

/* Equal numbers hash alike, whatever their kinds; -0 is 0. */
static uint64_t hash_number(const struct hg_json *value)
{
    double number = flow_number_double(value) + 0.0;
    return hash_bytes(14695981039346656037u, &number, sizeof(number));
}

static uint64_t hash_value(const struct hg_json *value)
{
    uint64_t hash = (uint64_t)value->kind + 1;
    switch (flow_kind_of(value)) {
    case FLOW_KIND_NULL:
        return hash;
    case FLOW_KIND_BOOL:
        return hash + value->boolean * 64;
    case FLOW_KIND_INT:
    case FLOW_KIND_DOUBLE:
    case FLOW_KIND_DECIMAL:
        return hash_number(value);
    case FLOW_KIND_STRING:
        return hash_str(value->string);
    case FLOW_KIND_ARRAY:
        for (uint32_t i = 0; i < value->array.n; i++)
            hash = hash * 1099511628211u + hash_value(&value->array.items[i]);
        return hash;
    case FLOW_KIND_OBJECT: /* a sum: order does not count */
        for (uint32_t i = 0; i < value->object.n; i++)
            hash += hash_str(value->object.members[i].name) *
                    (hash_value(&value->object.members[i].value) | 1);
        return hash;
    }
    return hash;
}

bool flow_index_start(struct hg_arena *arena, size_t n, struct flow_index *out)
{
    size_t room = LEAST_ROOM;
    while (room < n * 2)
        room *= 2;
    out->places = HG_NEW_ARRAY(arena, uint32_t, room);
    out->mask = room - 1;
    return out->places != NULL;
}

static size_t first_place(const struct flow_index *index, uint64_t hash)
{
    return (hash ^ hash >> 29) & index->mask;
}

uint32_t *flow_index_name(const struct flow_index *index, const struct hg_json_member *members,
                          hg_str name)
{
    size_t at = first_place(index, hash_str(name));
    while (index->places[at] != 0 && !hg_str_eq(members[index->places[at] - 1].name, name))
        at = (at + 1) & index->mask;
    return &index->places[at];
}

uint32_t *flow_index_value(struct hg_arena *arena, const struct flow_index *index,
                           const struct hg_json *items, const struct hg_json *value)
{
    size_t at = first_place(index, hash_value(value));
    while (index->places[at] != 0 && !flow_value_equal(arena, &items[index->places[at] - 1], value))
        at = (at + 1) & index->mask;
    return &index->places[at];
}

bool flow_index_members(struct hg_arena *arena, const struct hg_json *object,
                        struct flow_index *out)
{
    if (!flow_index_start(arena, object->object.n, out))
        return false;
    for (uint32_t i = 0; i < object->object.n; i++)
        *flow_index_name(out, object->object.members, object->object.members[i].name) = i + 1;
    return true;
}
