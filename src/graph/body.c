#include "base/base.h"
#include "graph/graph.h"

#include <stdbool.h>
#include <stddef.h>

static const struct graph_property *find(const struct graph_resource *resource, hg_str name)
{
    for (size_t i = 0; i < resource->n_properties; i++)
        if (hg_str_eq(name, hg_str_of(resource->properties[i].name)))
            return &resource->properties[i];
    return NULL;
}

static bool all_are(const struct hg_json *array, enum hg_json_kind kind)
{
    if (!hg_json_is(array, HG_JSON_ARRAY))
        return false;
    for (size_t i = 0; i < hg_json_count(array); i++)
        if (!hg_json_is(hg_json_item(array, i), kind))
            return false;
    return true;
}

static bool is_text(const struct hg_json *value)
{
    return hg_json_is(value, HG_JSON_STRING) && value->string.len <= GRAPH_MAX_STRING;
}

static bool is_time(const struct hg_json *value)
{
    hg_time time;
    return hg_json_is(value, HG_JSON_STRING) && hg_time_parse(value->string, &time, NULL) == HG_OK;
}

static bool is_id(const struct hg_json *value)
{
    return hg_json_is(value, HG_JSON_STRING) && hg_uuid_valid(value->string);
}

static bool is_word(const struct graph_property *property, const struct hg_json *value)
{
    if (!hg_json_is(value, HG_JSON_STRING))
        return false;
    for (const char *const *word = property->words; *word != NULL; word++)
        if (hg_str_eq(value->string, hg_str_of(*word)))
            return true;
    return false;
}

static bool are_words(const struct graph_property *property, const struct hg_json *array)
{
    if (!hg_json_is(array, HG_JSON_ARRAY))
        return false;
    for (size_t i = 0; i < hg_json_count(array); i++)
        if (!is_word(property, hg_json_item(array, i)))
            return false;
    return true;
}

/* NULL when the value is of the type, else what it must be. */
static const char *type_refusal(const struct graph_property *property, const struct hg_json *value)
{
    switch (property->type) {
    case GRAPH_STRING:
        return is_text(value) ? NULL : "a string of at most 1024 bytes";
    case GRAPH_BOOL:
        return hg_json_is(value, HG_JSON_BOOL) ? NULL : "true or false";
    case GRAPH_INT:
        return hg_json_is(value, HG_JSON_INT) ? NULL : "a whole number";
    case GRAPH_TIME:
        return is_time(value) ? NULL : "a time such as 2026-11-24T16:14:11Z";
    case GRAPH_ID:
        return is_id(value) ? NULL : "a GUID";
    case GRAPH_WORD:
        return is_word(property, value) ? NULL : property->must_be;
    case GRAPH_OBJECT:
        return hg_json_is(value, HG_JSON_OBJECT) ? NULL : "an object";
    case GRAPH_STRINGS:
        return all_are(value, HG_JSON_STRING) ? NULL : "an array of strings";
    case GRAPH_WORDS:
        return are_words(property, value) ? NULL : property->must_be;
    case GRAPH_OBJECTS:
        return all_are(value, HG_JSON_OBJECT) ? NULL : "an array of objects";
    }
    return "of another type";
}

static bool is_list(const struct graph_property *property)
{
    return property->type == GRAPH_STRINGS || property->type == GRAPH_WORDS ||
           property->type == GRAPH_OBJECTS;
}

/* What every step of one check needs. */
struct check {
    struct hg_arena *arena;
    const struct graph_resource *resource; /* the outermost */
    enum graph_mode mode;
    struct graph_fault *fault;
    struct hg_err *err;
};

static enum hg_code refuse(const struct check *check, hg_str message)
{
    *check->fault = (struct graph_fault){.code = HG_STR("Request_BadRequest"), .message = message};
    return HG_FAIL(check->err, HG_MALFORMED, "%.*s", HG_ARG(message));
}

static enum hg_code refuse_unknown(const struct check *check, const struct graph_resource *shape,
                                   hg_str name)
{
    return refuse(check, hg_str_format(check->arena,
                                       "A property named '%.*s' does not exist on the type '%s'.",
                                       HG_ARG(name), shape->name));
}

static bool is_annotation(hg_str name)
{
    return hg_str_find(name, HG_STR("@odata.")) != HG_NPOS || hg_str_starts(name, HG_STR("@odata"));
}

/* A read-only member that comes back as it is stored is no change. */
static bool is_unchanged(const struct hg_json *stored, hg_str name, const struct hg_json *value)
{
    const struct hg_json *old = hg_json_get_str(stored, name);
    return old != NULL && hg_json_eq(old, value);
}

/* `path` is what stands before the names of this shape in messages: "web." */
static enum hg_code check_required(const struct check *check, const struct graph_resource *shape,
                                   const struct hg_json *body, hg_str path)
{
    for (size_t i = 0; i < shape->n_properties; i++) {
        const struct graph_property *property = &shape->properties[i];
        const struct hg_json *value = hg_json_get(body, property->name);
        bool missing =
            hg_json_is_null(value) || (hg_json_is(value, HG_JSON_STRING) && value->string.len == 0);
        if ((property->flags & GRAPH_REQUIRED) && missing)
            return refuse(
                check, hg_str_format(check->arena,
                                     "A value is required for property '%.*s%s' of resource '%s'.",
                                     HG_ARG(path), property->name, check->resource->name));
    }
    return HG_OK;
}

static enum hg_code check_shape(const struct check *check, const struct graph_resource *shape,
                                const struct hg_json *value, hg_str path);

/* Shapes hold shapes as deep as the tables do: three levels. */
static enum hg_code check_inner(const struct check *check, const struct graph_property *property,
                                const struct hg_json *value, hg_str path)
{
    if (property->shape == NULL)
        return HG_OK;
    if (property->type == GRAPH_OBJECT)
        return check_shape(check, property->shape, value,
                           hg_str_format(check->arena, "%.*s.", HG_ARG(path)));
    for (size_t i = 0; i < hg_json_count(value); i++)
        HG_TRY(check_shape(check, property->shape, hg_json_item(value, i),
                           hg_str_format(check->arena, "%.*s[%zu].", HG_ARG(path), i)));
    return HG_OK;
}

static enum hg_code check_value(const struct check *check, const struct graph_property *property,
                                const struct hg_json *value, hg_str path)
{
    bool is_null = hg_json_is_null(value);
    if (is_null && (is_list(property) || property->flags & GRAPH_NOT_NULL))
        return refuse(check, hg_str_format(check->arena,
                                           "Property '%.*s' of %s must not be null: leave it out "
                                           "to keep what it is.",
                                           HG_ARG(path), check->resource->name));
    if (is_null)
        return HG_OK;
    const char *must_be = type_refusal(property, value);
    if (must_be != NULL)
        return refuse(check, hg_str_format(check->arena, "Property '%.*s' of %s must be %s.",
                                           HG_ARG(path), check->resource->name, must_be));
    return check_inner(check, property, value, path);
}

static enum hg_code check_shape(const struct check *check, const struct graph_resource *shape,
                                const struct hg_json *value, hg_str path)
{
    for (uint32_t i = 0; i < value->object.n; i++) {
        const struct hg_json_member *member = &value->object.members[i];
        if (is_annotation(member->name))
            continue;
        const struct graph_property *property = find(shape, member->name);
        hg_str name = hg_str_format(check->arena, "%.*s%.*s", HG_ARG(path), HG_ARG(member->name));
        if (property == NULL)
            return refuse_unknown(check, shape, name);
        HG_TRY(check_value(check, property, &member->value, name));
    }
    return check_required(check, shape, value, path);
}

static enum hg_code apply_member(const struct check *check, const struct hg_json_member *member,
                                 struct hg_json *body)
{
    if (is_annotation(member->name))
        return HG_OK;
    const struct graph_property *property = find(check->resource, member->name);
    if (property == NULL)
        return refuse_unknown(check, check->resource, member->name);
    HG_TRY(check_value(check, property, &member->value, member->name));
    bool locked = (property->flags & GRAPH_READ_ONLY && check->mode != GRAPH_SEED) ||
                  (property->flags & GRAPH_CREATE_ONLY && check->mode == GRAPH_UPDATE);
    if (locked && !is_unchanged(body, member->name, &member->value))
        return refuse(check, hg_str_format(check->arena, "Property '%s' of %s is read-only.",
                                           property->name, check->resource->name));
    if (locked || property->flags & GRAPH_WRITE_ONLY)
        return HG_OK;
    if (hg_json_is_null(&member->value))
        (void)hg_json_remove(body, member->name);
    else
        hg_json_set(check->arena, body, member->name, hg_json_copy(check->arena, &member->value));
    return HG_OK;
}

enum hg_code graph_body(struct hg_arena *arena, const struct graph_resource *resource,
                        enum graph_mode mode, const struct hg_json *stored,
                        const struct hg_json *input, struct hg_json *out, struct graph_fault *fault,
                        struct hg_err *err)
{
    const struct check check = {arena, resource, mode, fault, err};
    struct hg_json body = stored == NULL ? hg_json_object() : hg_json_copy(arena, stored);
    if (!hg_json_is(input, HG_JSON_OBJECT))
        return refuse(&check, HG_STR("The body must be a JSON object."));
    for (uint32_t i = 0; i < input->object.n; i++)
        HG_TRY(apply_member(&check, &input->object.members[i], &body));
    HG_TRY(check_required(&check, resource, &body, HG_STR("")));
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "%s", resource->name);
    *out = body;
    return HG_OK;
}

static bool is_selected(const char *name, const hg_str *selected, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (hg_str_eq_nocase(hg_str_of(name), selected[i]))
            return true;
    return false;
}

struct hg_json graph_view(struct hg_arena *arena, const struct graph_resource *resource,
                          const struct hg_json *body, const hg_str *selected, size_t n_selected)
{
    struct hg_json out = hg_json_object();
    for (size_t i = 0; i < resource->n_properties; i++) {
        const struct graph_property *property = &resource->properties[i];
        if (property->flags & GRAPH_WRITE_ONLY)
            continue;
        if (property->flags & GRAPH_ON_REQUEST &&
            !is_selected(property->name, selected, n_selected))
            continue;
        const struct hg_json *value = hg_json_get(body, property->name);
        struct hg_json shown = value != NULL       ? *value
                               : is_list(property) ? hg_json_array()
                                                   : hg_json_null();
        hg_json_put(arena, &out, property->name, shown);
    }
    return out;
}
