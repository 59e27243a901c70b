#include "base/base.h"
#include "connector/connector.h"
#include "connector/connector_private.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_HOPS = 16 };

/* One step of a JSON pointer, its escapes undone (RFC 6901 §4). */
static const struct hg_json *pointer_step(const struct hg_json *at, hg_str step)
{
    char name[256];
    size_t n = 0;
    if (step.len > sizeof(name))
        return NULL;
    for (size_t i = 0; i < step.len; i++) {
        bool escape = step.ptr[i] == '~' && i + 1 < step.len;
        if (escape)
            name[n++] = step.ptr[++i] == '1' ? '/' : '~';
        else
            name[n++] = step.ptr[i];
    }
    return hg_json_get_str(at, (hg_str){.ptr = name, .len = n});
}

static const struct hg_json *pointer_find(const struct hg_json *root, hg_str pointer)
{
    if (!hg_str_starts(pointer, HG_STR("#/")))
        return NULL;
    const struct hg_json *at = root;
    hg_str rest = hg_str_from(pointer, 2);
    hg_str step;
    bool more = true;
    while (more && at != NULL) {
        more = hg_str_cut(rest, '/', &step, &rest);
        at = pointer_step(at, step);
    }
    return at;
}

const struct hg_json *connector_ref_follow(const struct hg_json *swagger,
                                           const struct hg_json *value)
{
    hg_str pointer;
    for (int hop = 0; hop < MAX_HOPS; hop++) {
        if (!hg_json_as_str(hg_json_get(value, "$ref"), &pointer))
            return value;
        value = pointer_find(swagger, pointer);
    }
    return NULL;
}

const struct hg_json *connector_schema_properties(struct connector_schema schema)
{
    const struct hg_json *properties = hg_json_get(schema.at, "properties");
    return hg_json_is(properties, HG_JSON_OBJECT) ? properties : NULL;
}

struct connector_schema connector_schema_property(struct connector_schema schema, hg_str name)
{
    const struct hg_json *found = hg_json_get_str(connector_schema_properties(schema), name);
    return (struct connector_schema){schema.swagger, connector_ref_follow(schema.swagger, found)};
}

bool connector_schema_requires(struct connector_schema schema, hg_str name)
{
    const struct hg_json *required = hg_json_get(schema.at, "required");
    for (size_t i = 0; i < hg_json_count(required); i++) {
        hg_str one;
        if (hg_json_as_str(hg_json_item(required, i), &one) && hg_str_eq(one, name))
            return true;
    }
    return false;
}

static bool begins_with_step(hg_str key, hg_str name)
{
    return hg_str_starts(key, name) && (key.len == name.len || key.ptr[name.len] == '/');
}

void connector_key_split(struct connector_schema schema, hg_str key, hg_str *out_name,
                         hg_str *out_rest)
{
    const struct hg_json *properties = connector_schema_properties(schema);
    hg_str best = {0};
    for (size_t i = 0; i < hg_json_count(properties); i++) {
        hg_str name = properties->object.members[i].name;
        if (name.len > best.len && begins_with_step(key, name))
            best = name;
    }
    if (best.len == 0) {
        (void)hg_str_cut(key, '/', out_name, out_rest);
        return;
    }
    *out_name = best;
    *out_rest = key.len == best.len ? HG_STR("") : hg_str_from(key, best.len + 1);
}

const struct connector_parameter *
connector_parameter_of(const struct connector_operation *operation, hg_str argument,
                       hg_str *out_rest)
{
    const struct connector_parameter *body = NULL;
    *out_rest = HG_STR("");
    for (size_t i = 0; i < operation->n_parameters; i++) {
        const struct connector_parameter *one = &operation->parameters[i];
        if (hg_str_eq(one->name, argument))
            return one;
        if (one->place == CONNECTOR_IN_BODY && begins_with_step(argument, one->name))
            body = one;
    }
    if (body != NULL)
        *out_rest = hg_str_from(argument, body->name.len + 1);
    return body;
}

bool connector_default_applies(const struct hg_json *source, bool required)
{
    hg_str visibility = hg_json_str_or(hg_json_get(source, "x-ms-visibility"), HG_STR(""));
    return hg_json_get(source, "default") != NULL &&
           (required || hg_str_eq_nocase(visibility, HG_STR("internal")));
}
