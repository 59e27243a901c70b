#include "app/app.h"
#include "app/directory/directory.h"
#include "app/directory/objects.h"
#include "app/directory/service_principals.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "graph/graph.h"

#include <stdbool.h>
#include <stddef.h>

/* Service principals: made with their application, or for one that lost it. */

enum { MAX_NAME = 32, MAX_VALUES = 50, MAX_VALUE = 64 };

/* --- Custom security attributes ------------------------------------------------------- */

/* Rules name an attribute <set>_<attribute>, so neither half has a '_'. */
static bool is_attribute_name(hg_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && c < 0x80)
            return false;
    }
    return name.len > 0 && name.len <= MAX_NAME;
}

static bool is_annotation(hg_str name)
{
    return hg_str_find(name, HG_STR("@odata.")) != HG_NPOS;
}

static bool is_plain_value(const struct hg_json *value)
{
    return (hg_json_is(value, HG_JSON_STRING) && value->string.len <= MAX_VALUE) ||
           hg_json_is(value, HG_JSON_BOOL) || hg_json_is(value, HG_JSON_INT);
}

/* One value, or a list of texts or numbers. */
static bool is_attribute_value(const struct hg_json *value)
{
    size_t n = hg_json_count(value);
    if (!hg_json_is(value, HG_JSON_ARRAY))
        return is_plain_value(value);
    for (size_t i = 0; i < n; i++) {
        const struct hg_json *item = hg_json_item(value, i);
        if (!is_plain_value(item) || hg_json_is(item, HG_JSON_BOOL))
            return false;
    }
    return n <= MAX_VALUES;
}

static bool is_removal(const struct hg_json *value)
{
    return hg_json_is_null(value) ||
           (hg_json_is(value, HG_JSON_ARRAY) && hg_json_count(value) == 0);
}

/* What is named replaces; null or an empty list removes. */
static enum hg_code merge_set(struct app_write *write, hg_str set, const struct hg_json *input,
                              struct hg_json *into, struct hg_err *err)
{
    for (uint32_t i = 0; i < input->object.n; i++) {
        hg_str name = input->object.members[i].name;
        const struct hg_json *value = &input->object.members[i].value;
        if (!is_annotation(name) && !is_attribute_name(name))
            return app_write_refuse(write, err,
                                    "customSecurityAttributes.%.*s: '%.*s' is no name of an "
                                    "attribute: at most %d letters and digits.",
                                    HG_ARG(set), HG_ARG(name), (int)MAX_NAME);
        if (!is_annotation(name) && !is_removal(value) && !is_attribute_value(value))
            return app_write_refuse(write, err,
                                    "customSecurityAttributes.%.*s.%.*s must be a text of at most "
                                    "%d bytes, a whole number, true or false, or a list of at most "
                                    "%d texts or numbers.",
                                    HG_ARG(set), HG_ARG(name), (int)MAX_VALUE, (int)MAX_VALUES);
        if (is_removal(value))
            (void)hg_json_remove(into, name);
        else
            hg_json_set(write->arena, into, name, hg_json_copy(write->arena, value));
    }
    return HG_OK;
}

static bool says_something(const struct hg_json *set)
{
    for (uint32_t i = 0; i < set->object.n; i++)
        if (!is_annotation(set->object.members[i].name))
            return true;
    return false;
}

/* The stored attributes with the given ones in them, set by set. */
static enum hg_code merge_attributes(struct app_write *write, const struct hg_json *stored,
                                     const struct hg_json *input, struct hg_json *out,
                                     struct hg_err *err)
{
    struct hg_json merged =
        hg_json_is(stored, HG_JSON_OBJECT) ? hg_json_copy(write->arena, stored) : hg_json_object();
    for (uint32_t i = 0; i < input->object.n; i++) {
        hg_str name = input->object.members[i].name;
        const struct hg_json *given = &input->object.members[i].value;
        if (is_annotation(name))
            continue;
        if (!is_attribute_name(name) || !hg_json_is(given, HG_JSON_OBJECT))
            return app_write_refuse(write, err,
                                    "customSecurityAttributes: '%.*s' must be the name of an "
                                    "attribute set, at most %d letters and digits, with an object "
                                    "of attributes.",
                                    HG_ARG(name), (int)MAX_NAME);
        const struct hg_json *old = hg_json_get_str(&merged, name);
        struct hg_json set = old == NULL ? hg_json_object() : *old;
        HG_TRY(merge_set(write, name, given, &set, err));
        if (says_something(&set))
            hg_json_set(write->arena, &merged, name, set);
        else
            (void)hg_json_remove(&merged, name);
    }
    *out = merged;
    return HG_OK;
}

/* The body to store: of `stored` (NULL: none) and `input`. */
static enum hg_code read_body(struct app_write *write, const struct hg_json *stored,
                              const struct hg_json *input, struct hg_json *out, struct hg_err *err)
{
    static const char attributes[] = "customSecurityAttributes";
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_service_principal, write->mode, stored, input, &body,
                      &write->fault, err));
    const struct hg_json *given = hg_json_get(input, attributes);
    if (hg_json_is(given, HG_JSON_OBJECT)) {
        const struct hg_json *old = stored == NULL ? NULL : hg_json_get(stored, attributes);
        struct hg_json merged;
        HG_TRY(merge_attributes(write, old, given, &merged, err));
        hg_json_put(write->arena, &body, attributes, merged);
    }
    *out = body;
    return HG_OK;
}

/* --- Service principals --------------------------------------------------------------- */

static void put_defaults(struct app_write *write, struct hg_json *body)
{
    if (hg_json_get(body, "accountEnabled") == NULL)
        hg_json_put(write->arena, body, "accountEnabled", hg_json_bool(true));
    if (hg_json_get(body, "appRoleAssignmentRequired") == NULL)
        hg_json_put(write->arena, body, "appRoleAssignmentRequired", hg_json_bool(false));
    if (hg_json_get(body, "createdDateTime") == NULL)
        hg_json_put_str(write->arena, body, "createdDateTime",
                        hg_time_rfc3339(write->arena, write->now));
    if (hg_json_count(&write->assignments) > 0)
        hg_json_put(write->arena, body, "appRoleAssignments", write->assignments);
}

static enum hg_code insert(struct app_write *write, struct hg_json *body, struct app_object *out,
                           struct hg_err *err)
{
    hg_str app_id =
        hg_str_lower(write->arena, hg_json_str_or(hg_json_get(body, "appId"), HG_STR("")));
    hg_json_put_str(write->arena, body, "appId", app_id);
    hg_json_put_str(write->arena, body, "id", app_write_id(write, body));
    put_defaults(write, body);
    *out = (struct app_object){.name = app_id, .body = *body};
    return app_write_insert(write, APP_KIND_SERVICE_PRINCIPAL, out, err);
}

enum hg_code app_service_principal_create(struct app_write *write, const struct hg_json *input,
                                          struct app_object *out, struct hg_err *err)
{
    struct hg_json body;
    bool is_there;
    HG_TRY(read_body(write, NULL, input, &body, err));
    hg_str app_id = hg_json_str_or(hg_json_get(&body, "appId"), HG_STR(""));
    HG_TRY(app_object_exists(write->app->store, write->commit, write->tenant, APP_KIND_APPLICATION,
                             app_id, &is_there, err));
    if (!is_there)
        return app_write_refuse(write, err,
                                "appId: there is no application '%.*s' in this tenant. Register it "
                                "first; it then has a service principal.",
                                HG_ARG(app_id));
    return insert(write, &body, out, err);
}

enum hg_code app_application_register(struct app_write *write, const struct hg_json *input,
                                      struct app_object *out, struct hg_err *err)
{
    struct app_object application;
    struct app_object principal;
    HG_TRY(app_application_create(write, input, &application, err));
    struct hg_json body = hg_json_object();
    hg_json_put_str(write->arena, &body, "appId", application.name);
    HG_TRY(insert(write, &body, &principal, err));
    *out = application;
    return HG_OK;
}

/* Headgate's own serve every tenant: nobody switches them off or closes them. */
static enum hg_code check_own(struct app_write *write, const struct app_object *stored,
                              const struct hg_json *body, struct hg_err *err)
{
    static const char *const fixed[] = {"accountEnabled", "appRoleAssignmentRequired"};
    for (size_t i = 0; i < HG_COUNT(fixed); i++)
        if (!hg_json_eq(hg_json_get(&stored->body, fixed[i]), hg_json_get(body, fixed[i])))
            return app_write_refuse(write, err,
                                    "%s cannot be changed: the application is one of the server's "
                                    "own.",
                                    fixed[i]);
    return HG_OK;
}

enum hg_code app_service_principal_update(struct app_write *write, const struct app_object *stored,
                                          const struct hg_json *input, struct app_object *out,
                                          struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(read_body(write, &stored->body, input, &body, err));
    if (app_service_principal_is_own(stored))
        HG_TRY(check_own(write, stored, &body, err));
    *out = (struct app_object){.name = stored->name, .body = body};
    return stored->version == 0
               ? app_write_insert(write, APP_KIND_SERVICE_PRINCIPAL, out, err)
               : app_write_replace(write, APP_KIND_SERVICE_PRINCIPAL, stored, out, err);
}

enum hg_code app_service_principal_release(struct app_write *write, const struct app_object *stored,
                                           struct hg_err *err)
{
    if (!app_service_principal_is_own(stored))
        return HG_OK;
    return app_write_refuse(write, err,
                            "The service principal cannot be deleted: the application is one of "
                            "the server's own.");
}
