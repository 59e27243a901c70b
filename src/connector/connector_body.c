#include "base/base.h"
#include "connector/connector.h"
#include "connector/connector_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flattened arguments ("emailMessage/To", "item/Author/Claims") back into the object
 * that the operation takes, by the schema of its body. */

enum { MAX_LEVELS = 32 };

static struct hg_json *member_of(struct hg_json *object, hg_str name)
{
    for (uint32_t i = 0; i < object->object.n; i++) {
        if (hg_str_eq(object->object.members[i].name, name))
            return &object->object.members[i].value;
    }
    return NULL;
}

/* The object under that name, made where there is none. NULL: the arena ended. */
static struct hg_json *object_under(struct hg_arena *arena, struct hg_json *at, hg_str name)
{
    struct hg_json *child = member_of(at, name);
    if (child != NULL && child->kind == HG_JSON_OBJECT)
        return child;
    hg_json_set(arena, at, name, hg_json_object());
    return member_of(at, name);
}

static bool put_flat(struct connector_building *building, struct hg_json *root,
                     struct connector_schema schema, hg_str key, const struct hg_json *value)
{
    struct hg_json *at = root;
    hg_str name;
    hg_str rest = key;
    for (int level = 0; level < MAX_LEVELS && at != NULL; level++) {
        connector_key_split(schema, rest, &name, &rest);
        if (rest.len == 0) {
            hg_json_set(building->arena, at, name, *value);
            return true;
        }
        at = object_under(building->arena, at, name);
        schema = connector_schema_property(schema, name);
    }
    return connector_refuse(building, "WorkflowOperationParametersExtraParameter", key,
                            hg_str_format(building->arena,
                                          "The parameter '%.*s' of operation '%.*s' is nested too "
                                          "deeply.",
                                          HG_ARG(key), HG_ARG(building->operation)));
}

static bool is_empty(const struct hg_json *value)
{
    return hg_json_is_null(value) || (value->kind == HG_JSON_STRING && value->string.len == 0);
}

/* Where completing stands: the names from the body's own down. */
struct level {
    const struct level *up;
    hg_str name;
    int depth;
};

static hg_str level_key(struct hg_arena *arena, const struct level *level)
{
    hg_str key = level->name;
    for (const struct level *up = level->up; up != NULL; up = up->up)
        key = hg_str_format(arena, "%.*s/%.*s", HG_ARG(up->name), HG_ARG(key));
    return key;
}

static bool complete(struct connector_building *building, struct hg_json *object,
                     struct connector_schema schema, const struct level *level);

/* What a property that was not given becomes: its default, an empty object to look
 * for required properties in, or a fault. */
static bool complete_absent(struct connector_building *building, struct hg_json *object,
                            struct connector_schema schema, const struct level *level)
{
    struct connector_schema own = connector_schema_property(schema, level->name);
    bool required = connector_schema_requires(schema, level->name);
    if (connector_default_applies(own.at, required)) {
        hg_json_set(building->arena, object, level->name, *hg_json_get(own.at, "default"));
        return true;
    }
    if (!required)
        return true;
    if (connector_schema_properties(own) == NULL)
        return connector_refuse_missing(building, level_key(building->arena, level));
    struct hg_json *child = object_under(building->arena, object, level->name);
    return child != NULL && complete(building, child, own, level);
}

static bool complete_property(struct connector_building *building, struct hg_json *object,
                              struct connector_schema schema, const struct level *level)
{
    struct hg_json *value = member_of(object, level->name);
    if (value == NULL)
        return complete_absent(building, object, schema, level);
    if (connector_schema_requires(schema, level->name) && is_empty(value))
        return connector_refuse_empty(building, level_key(building->arena, level));
    if (value->kind != HG_JSON_OBJECT)
        return true;
    return complete(building, value, connector_schema_property(schema, level->name), level);
}

/* Recursion follows the value, or a schema down to MAX_LEVELS. */
static bool complete(struct connector_building *building, struct hg_json *object,
                     struct connector_schema schema, const struct level *level)
{
    const struct hg_json *properties = connector_schema_properties(schema);
    if (level->depth >= MAX_LEVELS)
        return true;
    for (size_t i = 0; i < hg_json_count(properties); i++) {
        struct level inner = {
            .up = level, .name = properties->object.members[i].name, .depth = level->depth + 1};
        if (!complete_property(building, object, schema, &inner))
            return false;
    }
    return true;
}

/* Takes the arguments that belong to the body: the whole of it first, then single
 * properties over it. */
static bool gather(struct connector_building *building, struct connector_schema schema,
                   hg_str body_name, const struct hg_json *arguments, struct hg_json *out)
{
    const struct hg_json *whole = hg_json_get_str(arguments, body_name);
    if (whole != NULL)
        *out = hg_json_copy(building->arena, whole);
    for (size_t i = 0; i < hg_json_count(arguments); i++) {
        const struct hg_json_member *one = &arguments->object.members[i];
        if (one->name.len <= body_name.len || !hg_str_starts(one->name, body_name) ||
            one->name.ptr[body_name.len] != '/')
            continue;
        if (out->kind != HG_JSON_OBJECT)
            *out = hg_json_object();
        if (!put_flat(building, out, schema, hg_str_from(one->name, body_name.len + 1),
                      &one->value))
            return false;
    }
    return true;
}

bool connector_body_build(struct connector_building *building, const struct connector_call *call,
                          const struct connector_parameter *parameter, struct hg_json *out,
                          bool *out_has)
{
    struct connector_schema schema = {call->connector->swagger, parameter->schema};
    struct level top = {.name = parameter->name};
    *out = hg_json_null();
    if (!gather(building, schema, parameter->name, call->arguments, out))
        return false;
    bool is_object = connector_schema_properties(schema) != NULL;
    if (hg_json_is_null(out) && is_object && parameter->required)
        *out = hg_json_object();
    *out_has = !hg_json_is_null(out);
    if (!*out_has && parameter->required)
        return connector_refuse_missing(building, parameter->name);
    return out->kind != HG_JSON_OBJECT || complete(building, out, schema, &top);
}
