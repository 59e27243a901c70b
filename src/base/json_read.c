#include "base/defs.h"
#include "base/json.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool hg_json_is(const struct hg_json *value, enum hg_json_kind kind)
{
    return value != NULL && value->kind == kind;
}

bool hg_json_is_null(const struct hg_json *value)
{
    return value == NULL || value->kind == HG_JSON_NULL;
}

const struct hg_json *hg_json_get_str(const struct hg_json *object, hg_str name)
{
    if (!hg_json_is(object, HG_JSON_OBJECT))
        return NULL;
    for (uint32_t i = 0; i < object->object.n; i++)
        if (hg_str_eq(object->object.members[i].name, name))
            return &object->object.members[i].value;
    return NULL;
}

const struct hg_json *hg_json_get(const struct hg_json *object, const char *name)
{
    return hg_json_get_str(object, hg_str_of(name));
}

const struct hg_json *hg_json_get_nocase(const struct hg_json *object, hg_str name)
{
    const struct hg_json *exact = hg_json_get_str(object, name);
    if (exact != NULL || !hg_json_is(object, HG_JSON_OBJECT))
        return exact;
    for (uint32_t i = 0; i < object->object.n; i++)
        if (hg_str_eq_nocase(object->object.members[i].name, name))
            return &object->object.members[i].value;
    return NULL;
}

const struct hg_json *hg_json_path(const struct hg_json *object, const char *dotted)
{
    hg_str rest = hg_str_of(dotted);
    hg_str name;
    while (hg_str_field(&rest, '.', &name))
        object = hg_json_get_str(object, name);
    return object;
}

bool hg_json_as_str(const struct hg_json *value, hg_str *out)
{
    if (!hg_json_is(value, HG_JSON_STRING))
        return false;
    *out = value->string;
    return true;
}

bool hg_json_as_bool(const struct hg_json *value, bool *out)
{
    if (!hg_json_is(value, HG_JSON_BOOL))
        return false;
    *out = value->boolean;
    return true;
}

bool hg_json_as_int(const struct hg_json *value, int64_t *out)
{
    if (!hg_json_is(value, HG_JSON_INT))
        return false;
    *out = value->integer;
    return true;
}

bool hg_json_as_double(const struct hg_json *value, double *out)
{
    if (hg_json_is(value, HG_JSON_INT))
        *out = (double)value->integer;
    else if (hg_json_is(value, HG_JSON_DOUBLE))
        *out = value->number;
    else
        return false;
    return true;
}

hg_str hg_json_str_or(const struct hg_json *value, hg_str otherwise)
{
    return hg_json_is(value, HG_JSON_STRING) ? value->string : otherwise;
}

bool hg_json_bool_or(const struct hg_json *value, bool otherwise)
{
    return hg_json_is(value, HG_JSON_BOOL) ? value->boolean : otherwise;
}

size_t hg_json_count(const struct hg_json *value)
{
    if (hg_json_is(value, HG_JSON_ARRAY))
        return value->array.n;
    return hg_json_is(value, HG_JSON_OBJECT) ? value->object.n : 0;
}

const struct hg_json *hg_json_item(const struct hg_json *array, size_t i)
{
    return hg_json_is(array, HG_JSON_ARRAY) && i < array->array.n ? &array->array.items[i] : NULL;
}

const char *hg_json_kind_name(enum hg_json_kind kind)
{
    static const char *const names[] = {
        [HG_JSON_NULL] = "null",     [HG_JSON_BOOL] = "boolean",  [HG_JSON_INT] = "integer",
        [HG_JSON_DOUBLE] = "number", [HG_JSON_STRING] = "string", [HG_JSON_ARRAY] = "array",
        [HG_JSON_OBJECT] = "object",
    };
    return (unsigned)kind < HG_COUNT(names) ? names[kind] : "nothing";
}

static bool arrays_equal(const struct hg_json *a, const struct hg_json *b)
{
    if (a->array.n != b->array.n)
        return false;
    for (uint32_t i = 0; i < a->array.n; i++)
        if (!hg_json_eq(&a->array.items[i], &b->array.items[i]))
            return false;
    return true;
}

static bool objects_equal(const struct hg_json *a, const struct hg_json *b)
{
    if (a->object.n != b->object.n)
        return false;
    for (uint32_t i = 0; i < a->object.n; i++) {
        const struct hg_json_member *mine = &a->object.members[i];
        const struct hg_json_member *same = &b->object.members[i];
        const struct hg_json *theirs =
            hg_str_eq(mine->name, same->name) ? &same->value : hg_json_get_str(b, mine->name);
        if (theirs == NULL || !hg_json_eq(&mine->value, theirs))
            return false;
    }
    return true;
}

bool hg_json_eq(const struct hg_json *a, const struct hg_json *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case HG_JSON_NULL:
        return true;
    case HG_JSON_BOOL:
        return a->boolean == b->boolean;
    case HG_JSON_INT:
        return a->integer == b->integer;
    case HG_JSON_DOUBLE:
        return a->number == b->number;
    case HG_JSON_STRING:
        return hg_str_eq(a->string, b->string);
    case HG_JSON_ARRAY:
        return arrays_equal(a, b);
    case HG_JSON_OBJECT:
        return objects_equal(a, b);
    }
    return false;
}
