#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/directory.h"
#include "app/directory/objects.h"
#include "app/directory/service_principals.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "graph/graph.h"
#include "model/model.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>

/* App roles that service principals hold at resources. They are kept with whoever holds them. */

enum { MAX_ASSIGNMENTS = 1500 };

static hg_str text_of(const struct hg_json *object, const char *name)
{
    return hg_json_str_or(hg_json_get(object, name), HG_STR(""));
}

/* The service principal of {id}. False: the call was answered. */
static enum hg_code find_principal(struct app_call *call, struct app_object *out, bool *found,
                                   struct hg_err *err)
{
    return app_graph_find(call, app_collection_of(call), app_param(call, "id"), out, found, err);
}

/* The application of a service principal; HG_NOT_FOUND: it is gone. */
static enum hg_code application_of(struct app_call *call, const struct app_object *principal,
                                   struct model_application *out, struct hg_err *err)
{
    return app_application_load(call->app, call->arena, call->tenant->tenant.id, principal->name,
                                out, err);
}

static enum hg_code display_name(struct app_call *call, hg_str principal, hg_str *out,
                                 struct hg_err *err)
{
    struct app_object object;
    struct model_application application;
    enum hg_code code = app_service_principal_get(call->app, call->arena, call->tenant->tenant.id,
                                                  principal, &object, err);
    if (code == HG_OK)
        code = application_of(call, &object, &application, err);
    *out = code == HG_OK ? application.display_name : HG_STR("");
    return code == HG_NOT_FOUND ? HG_OK : code;
}

static enum hg_code show(struct app_call *call, const struct app_object *principal,
                         const struct hg_json *assignment, struct hg_json *out, struct hg_err *err)
{
    struct hg_arena *arena = call->arena;
    hg_str holder;
    hg_str resource;
    HG_TRY(display_name(call, principal->id, &holder, err));
    HG_TRY(display_name(call, text_of(assignment, "resourceId"), &resource, err));
    struct hg_json shown = hg_json_object();
    hg_json_put_str(arena, &shown, "id", text_of(assignment, "id"));
    hg_json_put(arena, &shown, "deletedDateTime", hg_json_null());
    hg_json_put_str(arena, &shown, "appRoleId", text_of(assignment, "appRoleId"));
    hg_json_put_str(arena, &shown, "createdDateTime", text_of(assignment, "createdDateTime"));
    hg_json_put_str(arena, &shown, "principalDisplayName", holder);
    hg_json_put_str(arena, &shown, "principalId", principal->id);
    hg_json_put(arena, &shown, "principalType", hg_json_z("ServicePrincipal"));
    hg_json_put_str(arena, &shown, "resourceDisplayName", resource);
    hg_json_put_str(arena, &shown, "resourceId", text_of(assignment, "resourceId"));
    *out = shown;
    return HG_OK;
}

/* Those of `principal`, at `resource` alone if it is not "". */
static enum hg_code push_of(struct app_call *call, const struct app_object *principal,
                            hg_str resource, struct hg_json *items, struct hg_err *err)
{
    const struct hg_json *all = app_assignments_of(principal);
    for (size_t i = 0; i < hg_json_count(all); i++) {
        const struct hg_json *one = hg_json_item(all, i);
        struct hg_json shown;
        if (resource.len > 0 && !hg_str_eq(text_of(one, "resourceId"), resource))
            continue;
        HG_TRY(show(call, principal, one, &shown, err));
        hg_json_push(call->arena, items, shown);
    }
    return HG_OK;
}

enum hg_code app_assignments_get(struct app_call *call, struct hg_err *err)
{
    struct odata_query query = {0};
    struct app_object principal;
    struct hg_json items = hg_json_array();
    bool found;
    if (!app_odata_query(call, &query))
        return HG_OK;
    HG_TRY(find_principal(call, &principal, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(push_of(call, &principal, HG_STR(""), &items, err));
    app_graph_answer_list(call, "appRoleAssignments", &query, &items);
    return HG_OK;
}

enum hg_code app_assignments_to_get(struct app_call *call, struct hg_err *err)
{
    struct odata_query query = {0};
    struct app_object resource;
    struct app_objects all;
    struct hg_json items = hg_json_array();
    bool found;
    if (!app_odata_query(call, &query))
        return HG_OK;
    HG_TRY(find_principal(call, &resource, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(app_objects_list(call->app->store, call->arena, call->tenant->tenant.id,
                            APP_KIND_SERVICE_PRINCIPAL, HG_STR(""), 0, &all, err));
    for (size_t i = 0; i < all.n; i++)
        HG_TRY(push_of(call, &all.items[i], resource.id, &items, err));
    app_graph_answer_list(call, "appRoleAssignments", &query, &items);
    return HG_OK;
}

/* --- Changes ------------------------------------------------------------------------------ */

/* Roles of the server's own services administer the directory. */
static bool may_assign(struct app_call *call, const struct app_object *resource)
{
    static const char roles[] = "GlobalAdministrator PrivilegedRoleAdministrator";
    if (!app_service_principal_is_own(resource) || call->caller.kind != APP_DELEGATED ||
        app_caller_has_role(&call->caller, roles))
        return true;
    app_refuse(call, 403, "Authorization_RequestDenied",
               "Insufficient privileges to complete the operation: app roles of the server's own "
               "services are assigned by one of the roles %s.",
               roles);
    return false;
}

struct asked {
    struct app_object resource;
    hg_str role;
};

/* {"principalId","resourceId","appRoleId"}. False: the call was answered. */
static enum hg_code read_asked(struct app_call *call, const struct app_object *principal,
                               struct asked *out, bool *good, struct hg_err *err)
{
    struct hg_json input;
    struct model_application application;
    *good = false;
    if (!app_body_object(call, &input) ||
        !app_body_knows(call, &input, "principalId resourceId appRoleId"))
        return HG_OK;
    hg_str holder = text_of(&input, "principalId");
    if (!hg_str_eq_nocase(holder, principal->id)) {
        app_refuse(call, 400, "Request_BadRequest",
                   "principalId must be the id of the service principal in the path, %.*s.",
                   HG_ARG(principal->id));
        return HG_OK;
    }
    enum hg_code code =
        app_service_principal_get(call->app, call->arena, call->tenant->tenant.id,
                                  text_of(&input, "resourceId"), &out->resource, err);
    if (code == HG_OK)
        code = application_of(call, &out->resource, &application, err);
    if (code == HG_NOT_FOUND) {
        app_refuse(call, 400, "Request_BadRequest",
                   "resourceId must be the id of the resource's service principal in this tenant.");
        return HG_OK;
    }
    HG_TRY(code);
    out->role = text_of(&input, "appRoleId");
    if (!hg_str_eq(out->role, app_default_role) &&
        app_role_of_id(&application, out->role) == NULL) {
        app_refuse(call, 400, "Request_BadRequest",
                   "Permission being assigned was not found on application: appRoleId must be the "
                   "id of an enabled role of '%.*s' whose allowedMemberTypes have Application.",
                   HG_ARG(application.display_name));
        return HG_OK;
    }
    *good = may_assign(call, &out->resource);
    return HG_OK;
}

static bool has_it(const struct app_object *principal, const struct asked *asked)
{
    const struct hg_json *all = app_assignments_of(principal);
    for (size_t i = 0; i < hg_json_count(all); i++) {
        const struct hg_json *one = hg_json_item(all, i);
        if (hg_str_eq(text_of(one, "resourceId"), asked->resource.id) &&
            hg_str_eq_nocase(text_of(one, "appRoleId"), asked->role))
            return true;
    }
    return false;
}

/* The principal with these assignments, committed. *done false: the call was answered. */
static enum hg_code put(struct app_call *call, const struct app_object *stored,
                        struct hg_json assignments, bool *done, struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    struct app_write write = app_graph_write(call, &commit, GRAPH_UPDATE);
    struct hg_json body = hg_json_copy(call->arena, &stored->body);
    hg_json_put(call->arena, &body, "appRoleAssignments", assignments);
    struct app_object changed = {.name = stored->name, .body = body};
    HG_TRY(stored->version == 0
               ? app_write_insert(&write, APP_KIND_SERVICE_PRINCIPAL, &changed, err)
               : app_write_replace(&write, APP_KIND_SERVICE_PRINCIPAL, stored, &changed, err));
    return app_graph_commit(call, app_collection_of(call), &commit, stored->id, &body, done, err);
}

static struct hg_json new_assignment(struct app_call *call, const struct asked *asked)
{
    struct hg_json one = hg_json_object();
    hg_json_put_str(call->arena, &one, "id", app_new_id(call));
    hg_json_put_str(call->arena, &one, "appRoleId", asked->role);
    hg_json_put_str(call->arena, &one, "resourceId", asked->resource.id);
    hg_json_put_str(call->arena, &one, "createdDateTime", hg_time_rfc3339(call->arena, call->now));
    return one;
}

enum hg_code app_assignment_create(struct app_call *call, struct hg_err *err)
{
    struct app_object principal;
    struct asked asked;
    bool good;
    HG_TRY(find_principal(call, &principal, &good, err));
    if (good)
        HG_TRY(read_asked(call, &principal, &asked, &good, err));
    if (!good)
        return HG_OK;
    const struct hg_json *held = app_assignments_of(&principal);
    if (has_it(&principal, &asked) || hg_json_count(held) >= MAX_ASSIGNMENTS) {
        app_refuse(call, 400, "Request_BadRequest",
                   "Permission being assigned already exists on the object, or it has %d.",
                   (int)MAX_ASSIGNMENTS);
        return HG_OK;
    }
    struct hg_json one = new_assignment(call, &asked);
    struct hg_json all = held == NULL ? hg_json_array() : hg_json_copy(call->arena, held);
    struct hg_json body;
    hg_json_push(call->arena, &all, one);
    HG_TRY(put(call, &principal, all, &good, err));
    if (!good)
        return HG_OK;
    HG_TRY(show(call, &principal, &one, &body, err));
    app_answer_json(call, 201, &body);
    return HG_OK;
}

enum hg_code app_assignment_remove(struct app_call *call, struct hg_err *err)
{
    struct app_object principal;
    bool found;
    HG_TRY(find_principal(call, &principal, &found, err));
    if (!found)
        return HG_OK;
    const struct hg_json *held = app_assignments_of(&principal);
    struct hg_json kept = hg_json_array();
    for (size_t i = 0; i < hg_json_count(held); i++)
        if (!hg_str_eq_nocase(text_of(hg_json_item(held, i), "id"), app_param(call, "assignment")))
            hg_json_push(call->arena, &kept, *hg_json_item(held, i));
    if (hg_json_count(&kept) == hg_json_count(held)) {
        app_refuse(call, 404, "Request_ResourceNotFound",
                   "Resource '%.*s' does not exist or one of its queried reference-property "
                   "objects are not present.",
                   HG_ARG(app_param(call, "assignment")));
        return HG_OK;
    }
    HG_TRY(put(call, &principal, kept, &found, err));
    if (found)
        app_answer_empty(call, 204);
    return HG_OK;
}
