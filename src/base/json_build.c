#include "base/arena.h"
#include "base/defs.h"
#include "base/json.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_ROOM = 4 };

struct hg_json hg_json_null(void)
{
    return (struct hg_json){.kind = HG_JSON_NULL};
}

struct hg_json hg_json_bool(bool boolean)
{
    return (struct hg_json){.kind = HG_JSON_BOOL, .boolean = boolean};
}

struct hg_json hg_json_int(int64_t integer)
{
    return (struct hg_json){.kind = HG_JSON_INT, .integer = integer};
}

struct hg_json hg_json_double(double number)
{
    return (struct hg_json){.kind = HG_JSON_DOUBLE, .number = number};
}

struct hg_json hg_json_str(hg_str string)
{
    return (struct hg_json){.kind = HG_JSON_STRING, .string = string};
}

struct hg_json hg_json_z(const char *z)
{
    return hg_json_str(hg_str_of(z));
}

struct hg_json hg_json_array(void)
{
    return (struct hg_json){.kind = HG_JSON_ARRAY};
}

struct hg_json hg_json_object(void)
{
    return (struct hg_json){.kind = HG_JSON_OBJECT};
}

/* The old piece stays behind in the arena. NULL: the arena ended. */
static void *grown(struct hg_arena *arena, const void *old, uint32_t n, size_t size, uint32_t *room)
{
    if (*room > UINT32_MAX / 2)
        return NULL;
    uint32_t bigger = *room == 0 ? FIRST_ROOM : *room * 2;
    void *piece = hg_arena_array(arena, bigger, size, _Alignof(struct hg_json_member));
    if (piece == NULL)
        return NULL;
    if (n > 0)
        memcpy(piece, old, n * size);
    *room = bigger;
    return piece;
}

void hg_json_push(struct hg_arena *arena, struct hg_json *array, struct hg_json value)
{
    HG_ASSERT(array->kind == HG_JSON_ARRAY);
    if (array->array.n == array->array.room) {
        struct hg_json *items = grown(arena, array->array.items, array->array.n,
                                      sizeof(struct hg_json), &array->array.room);
        if (items == NULL)
            return;
        array->array.items = items;
    }
    array->array.items[array->array.n++] = value;
}

static struct hg_json_member *find(const struct hg_json *object, hg_str name)
{
    for (uint32_t i = 0; i < object->object.n; i++)
        if (hg_str_eq(object->object.members[i].name, name))
            return &object->object.members[i];
    return NULL;
}

static void append(struct hg_arena *arena, struct hg_json *object, struct hg_json_member member)
{
    if (object->object.n == object->object.room) {
        struct hg_json_member *members = grown(arena, object->object.members, object->object.n,
                                               sizeof(member), &object->object.room);
        if (members == NULL)
            return;
        object->object.members = members;
    }
    object->object.members[object->object.n++] = member;
}

void hg_json_set(struct hg_arena *arena, struct hg_json *object, hg_str name, struct hg_json value)
{
    HG_ASSERT(object->kind == HG_JSON_OBJECT);
    struct hg_json_member *there = find(object, name);
    if (there != NULL)
        there->value = value;
    else
        append(arena, object, (struct hg_json_member){.name = name, .value = value});
}

void hg_json_put(struct hg_arena *arena, struct hg_json *object, const char *name,
                 struct hg_json value)
{
    hg_json_set(arena, object, hg_str_of(name), value);
}

void hg_json_put_str(struct hg_arena *arena, struct hg_json *object, const char *name, hg_str value)
{
    hg_json_put(arena, object, name, hg_json_str(value));
}

bool hg_json_remove(struct hg_json *object, hg_str name)
{
    HG_ASSERT(object->kind == HG_JSON_OBJECT);
    struct hg_json_member *there = find(object, name);
    if (there == NULL)
        return false;
    struct hg_json_member *end = object->object.members + object->object.n;
    memmove(there, there + 1, (size_t)(end - (there + 1)) * sizeof(*there));
    object->object.n--;
    return true;
}

static struct hg_json copy_array(struct hg_arena *arena, const struct hg_json *value)
{
    struct hg_json copy = {.kind = HG_JSON_ARRAY, .at = value->at};
    copy.array.items = HG_NEW_ARRAY(arena, struct hg_json, value->array.n);
    if (copy.array.items == NULL)
        return copy;
    copy.array.n = copy.array.room = value->array.n;
    for (uint32_t i = 0; i < value->array.n; i++)
        copy.array.items[i] = hg_json_copy(arena, &value->array.items[i]);
    return copy;
}

static struct hg_json copy_object(struct hg_arena *arena, const struct hg_json *value)
{
    struct hg_json copy = {.kind = HG_JSON_OBJECT, .at = value->at};
    copy.object.members = HG_NEW_ARRAY(arena, struct hg_json_member, value->object.n);
    if (copy.object.members == NULL)
        return copy;
    copy.object.n = copy.object.room = value->object.n;
    for (uint32_t i = 0; i < value->object.n; i++) {
        const struct hg_json_member *from = &value->object.members[i];
        copy.object.members[i] = (struct hg_json_member){
            .name = hg_str_dup(arena, from->name), .value = hg_json_copy(arena, &from->value)};
    }
    return copy;
}

struct hg_json hg_json_copy(struct hg_arena *arena, const struct hg_json *value)
{
    if (value == NULL)
        return hg_json_null();
    if (value->kind == HG_JSON_ARRAY)
        return copy_array(arena, value);
    if (value->kind == HG_JSON_OBJECT)
        return copy_object(arena, value);
    struct hg_json copy = *value;
    if (value->kind == HG_JSON_STRING)
        copy.string = hg_str_dup(arena, value->string);
    return copy;
}
