#include "app/directory/service_principals.h"

#include "app/app.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "base/base.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>

const hg_str app_default_role = HG_LIT("00000000-0000-0000-0000-000000000000");

static hg_str text_of(const struct hg_json *body, const char *name)
{
    return hg_json_str_or(hg_json_get(body, name), HG_STR(""));
}

struct app_object app_service_principal_own(struct hg_arena *arena, size_t i)
{
    struct app_object own = {
        .id = app_first_party_id(i), .name = app_first_party_id(i), .body = hg_json_object()};
    hg_json_put_str(arena, &own.body, "id", own.id);
    hg_json_put_str(arena, &own.body, "appId", own.name);
    hg_json_put(arena, &own.body, "accountEnabled", hg_json_bool(true));
    hg_json_put(arena, &own.body, "appRoleAssignmentRequired", hg_json_bool(false));
    return own;
}

static bool find_own(struct hg_arena *arena, hg_str id, struct app_object *out)
{
    for (size_t i = 0; i < app_first_party_count(); i++) {
        if (!hg_str_eq_nocase(app_first_party_id(i), id))
            continue;
        *out = app_service_principal_own(arena, i);
        return true;
    }
    return false;
}

bool app_service_principal_is_own(const struct app_object *principal)
{
    for (size_t i = 0; i < app_first_party_count(); i++)
        if (hg_str_eq_nocase(app_first_party_id(i), principal->name))
            return true;
    return false;
}

enum hg_code app_service_principal_get(struct app *app, struct hg_arena *arena, hg_str tenant,
                                       hg_str id_or_app_id, struct app_object *out,
                                       struct hg_err *err)
{
    enum hg_code code = app_object_by_name(app->store, arena, tenant, APP_KIND_SERVICE_PRINCIPAL,
                                           id_or_app_id, out, err);
    if (code == HG_NOT_FOUND)
        code = app_object_get(app->store, arena, tenant, APP_KIND_SERVICE_PRINCIPAL,
                              hg_str_lower(arena, id_or_app_id), out, err);
    if (code == HG_NOT_FOUND && find_own(arena, id_or_app_id, out))
        return HG_OK;
    return code;
}

const struct hg_json *app_assignments_of(const struct app_object *principal)
{
    return hg_json_get(&principal->body, "appRoleAssignments");
}

const struct model_app_role *app_role_of_id(const struct model_application *resource, hg_str id)
{
    for (size_t i = 0; i < resource->n_app_roles; i++)
        if (hg_str_eq_nocase(resource->app_roles[i].id, id))
            return &resource->app_roles[i];
    return NULL;
}

/* A role that the resource no longer has, or has switched off, is none. */
enum hg_code app_assigned_load(struct hg_arena *arena, const struct app_object *principal,
                               const struct model_application *resource, struct app_assigned *out,
                               struct hg_err *err)
{
    const struct hg_json *all = app_assignments_of(principal);
    hg_str *roles = HG_NEW_ARRAY(arena, hg_str, hg_json_count(all));
    struct app_assigned assigned = {.roles = {.items = roles}};
    if (roles == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu app roles", hg_json_count(all));
    for (size_t i = 0; i < hg_json_count(all); i++) {
        const struct hg_json *one = hg_json_item(all, i);
        if (resource->service_principal.len == 0 ||
            !hg_str_eq(text_of(one, "resourceId"), resource->service_principal))
            continue;
        assigned.is_assigned = true;
        const struct model_app_role *role = app_role_of_id(resource, text_of(one, "appRoleId"));
        if (role != NULL && role->value.len > 0 &&
            !model_has_id(roles, assigned.roles.n, role->value))
            roles[assigned.roles.n++] = role->value;
    }
    *out = assigned;
    return HG_OK;
}

/* --- Custom security attributes ------------------------------------------------------- */

/* The texts of a value; false: it is none that filters read. */
static bool read_texts(struct hg_arena *arena, const struct hg_json *value,
                       struct policy_attribute *out)
{
    bool is_list = hg_json_is(value, HG_JSON_ARRAY);
    size_t n = is_list ? hg_json_count(value) : 1;
    hg_str *texts = HG_NEW_ARRAY(arena, hg_str, n);
    for (size_t i = 0; texts != NULL && i < n; i++)
        if (!hg_json_as_str(is_list ? hg_json_item(value, i) : value, &texts[i]))
            return false;
    out->values = texts;
    out->n_values = texts == NULL ? 0 : n;
    out->is_list = is_list;
    return true;
}

static size_t count_attributes(const struct hg_json *sets)
{
    size_t n = 0;
    for (size_t s = 0; s < hg_json_count(sets); s++)
        n += hg_json_count(&sets->object.members[s].value);
    return n;
}

enum hg_code app_attributes_load(struct hg_arena *arena, const struct app_object *principal,
                                 struct policy_attributes *out, struct hg_err *err)
{
    const struct hg_json *sets = hg_json_get(&principal->body, "customSecurityAttributes");
    size_t room = count_attributes(sets);
    struct policy_attribute *items = HG_NEW_ARRAY(arena, struct policy_attribute, room);
    size_t n = 0;
    for (size_t s = 0; items != NULL && s < hg_json_count(sets); s++) {
        hg_str set = sets->object.members[s].name;
        const struct hg_json *attributes = &sets->object.members[s].value;
        for (size_t i = 0; i < hg_json_count(attributes); i++) {
            const struct hg_json_member *member = &attributes->object.members[i];
            if (hg_str_find(member->name, HG_STR("@odata.")) != HG_NPOS ||
                !read_texts(arena, &member->value, &items[n]))
                continue;
            items[n++].name = hg_str_format(arena, "%.*s_%.*s", HG_ARG(set), HG_ARG(member->name));
        }
    }
    if (items == NULL || hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "%zu attributes", room);
    *out = (struct policy_attributes){items, n};
    return HG_OK;
}

enum hg_code app_attributes_of_apps(struct app *app, struct hg_arena *arena, hg_str tenant,
                                    const struct app_ids *app_ids,
                                    const struct policy_app_attributes **out, size_t *out_n,
                                    struct hg_err *err)
{
    struct policy_app_attributes *items =
        HG_NEW_ARRAY(arena, struct policy_app_attributes, app_ids->n);
    size_t n = 0;
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "attributes of %zu applications", app_ids->n);
    for (size_t i = 0; i < app_ids->n; i++) {
        struct app_object principal;
        enum hg_code code =
            app_service_principal_get(app, arena, tenant, app_ids->items[i], &principal, err);
        if (code == HG_NOT_FOUND)
            continue;
        HG_TRY(code);
        items[n].app_id = app_ids->items[i];
        HG_TRY(app_attributes_load(arena, &principal, &items[n].attributes, err));
        n += items[n].attributes.n > 0;
    }
    *out = items;
    *out_n = n;
    return HG_OK;
}
