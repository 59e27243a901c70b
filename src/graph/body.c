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

static bool is_alg(const struct hg_json *value)
{
    return hg_json_is(value, HG_JSON_STRING) &&
           (hg_str_eq(value->string, HG_STR("RS256")) || hg_str_eq(value->string, HG_STR("ES256")));
}

/* NULL when the value is of the type, else what it must be. */
static const char *type_refusal(enum graph_type type, const struct hg_json *value)
{
    switch (type) {
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
    case GRAPH_OBJECT:
        return hg_json_is(value, HG_JSON_OBJECT) ? NULL : "an object";
    case GRAPH_STRINGS:
        return all_are(value, HG_JSON_STRING) ? NULL : "an array of strings";
    case GRAPH_OBJECTS:
        return all_are(value, HG_JSON_OBJECT) ? NULL : "an array of objects";
    case GRAPH_ALG:
        return is_alg(value) ? NULL : "RS256 or ES256";
    }
    return "of another type";
}

static enum hg_code refuse(struct hg_arena *arena, struct graph_fault *fault, hg_str message,
                           struct hg_err *err)
{
    (void)arena;
    *fault = (struct graph_fault){.code = HG_STR("Request_BadRequest"), .message = message};
    return HG_FAIL(err, HG_MALFORMED, "%.*s", HG_ARG(message));
}

/* A read-only member that comes back as it is stored is no change. */
static bool is_unchanged(const struct hg_json *stored, hg_str name, const struct hg_json *value)
{
    const struct hg_json *old = hg_json_get_str(stored, name);
    return old != NULL && hg_json_eq(old, value);
}

static enum hg_code apply_member(struct hg_arena *arena, const struct graph_resource *resource,
                                 enum graph_mode mode, const struct hg_json_member *member,
                                 struct hg_json *body, struct graph_fault *fault,
                                 struct hg_err *err)
{
    if (hg_str_starts(member->name, HG_STR("@odata")) ||
        hg_str_find(member->name, HG_STR("@odata.")) != HG_NPOS)
        return HG_OK;
    const struct graph_property *property = find(resource, member->name);
    if (property == NULL)
        return refuse(arena, fault,
                      hg_str_format(arena,
                                    "A property named '%.*s' does not exist on the type '%s'.",
                                    HG_ARG(member->name), resource->name),
                      err);
    bool is_null = hg_json_is_null(&member->value);
    const char *must_be = is_null ? NULL : type_refusal(property->type, &member->value);
    if (must_be != NULL)
        return refuse(arena, fault,
                      hg_str_format(arena, "Property '%s' of %s must be %s.", property->name,
                                    resource->name, must_be),
                      err);
    bool locked = (property->flags & GRAPH_READ_ONLY && mode != GRAPH_SEED) ||
                  (property->flags & GRAPH_CREATE_ONLY && mode == GRAPH_UPDATE);
    if (locked && !is_unchanged(body, member->name, &member->value))
        return refuse(arena, fault,
                      hg_str_format(arena, "Property '%s' of %s is read-only.", property->name,
                                    resource->name),
                      err);
    if (locked || property->flags & GRAPH_WRITE_ONLY)
        return HG_OK;
    if (is_null)
        (void)hg_json_remove(body, member->name);
    else
        hg_json_set(arena, body, member->name, hg_json_copy(arena, &member->value));
    return HG_OK;
}

static enum hg_code check_required(struct hg_arena *arena, const struct graph_resource *resource,
                                   const struct hg_json *body, struct graph_fault *fault,
                                   struct hg_err *err)
{
    for (size_t i = 0; i < resource->n_properties; i++) {
        const struct graph_property *property = &resource->properties[i];
        const struct hg_json *value = hg_json_get(body, property->name);
        bool missing =
            hg_json_is_null(value) || (hg_json_is(value, HG_JSON_STRING) && value->string.len == 0);
        if ((property->flags & GRAPH_REQUIRED) && missing)
            return refuse(arena, fault,
                          hg_str_format(arena,
                                        "A value is required for property '%s' of resource '%s'.",
                                        property->name, resource->name),
                          err);
    }
    return HG_OK;
}

enum hg_code graph_body(struct hg_arena *arena, const struct graph_resource *resource,
                        enum graph_mode mode, const struct hg_json *stored,
                        const struct hg_json *input, struct hg_json *out, struct graph_fault *fault,
                        struct hg_err *err)
{
    struct hg_json body = stored == NULL ? hg_json_object() : hg_json_copy(arena, stored);
    if (!hg_json_is(input, HG_JSON_OBJECT))
        return refuse(arena, fault, HG_STR("The body must be a JSON object."), err);
    for (uint32_t i = 0; i < input->object.n; i++)
        HG_TRY(apply_member(arena, resource, mode, &input->object.members[i], &body, fault, err));
    HG_TRY(check_required(arena, resource, &body, fault, err));
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
        bool is_list = property->type == GRAPH_STRINGS || property->type == GRAPH_OBJECTS;
        struct hg_json shown = value != NULL ? *value : is_list ? hg_json_array() : hg_json_null();
        hg_json_put(arena, &out, property->name, shown);
    }
    return out;
}
