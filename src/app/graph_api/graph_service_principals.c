#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "app/directory/service_principals.h"
#include "app/graph_api/graph.h"
#include "base/base.h"
#include "model/model.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>

/* Service principals in Graph: what their application says beside what is said of them here,
 * and custom security attributes, which have readers and writers of their own. */

static const char attributes[] = "customSecurityAttributes";

/* --- Showing ---------------------------------------------------------------------------- */

static void take(struct app_call *call, const struct hg_json *from, const char *name,
                 struct hg_json *body)
{
    if (from != NULL)
        hg_json_put(call->arena, body, name, *from);
}

static void push_all(struct app_call *call, const struct hg_json *list, struct hg_json *into)
{
    for (size_t i = 0; i < hg_json_count(list); i++)
        hg_json_push(call->arena, into, *hg_json_item(list, i));
}

static void complete_registered(struct app_call *call, const struct hg_json *application,
                                struct hg_json *body)
{
    struct hg_arena *arena = call->arena;
    struct hg_json urls = hg_json_array();
    struct hg_json names = hg_json_array();
    push_all(call, hg_json_path(application, "web.redirectUris"), &urls);
    push_all(call, hg_json_path(application, "spa.redirectUris"), &urls);
    push_all(call, hg_json_path(application, "publicClient.redirectUris"), &urls);
    take(call, hg_json_get(application, "displayName"), "displayName", body);
    take(call, hg_json_get(application, "displayName"), "appDisplayName", body);
    take(call, hg_json_get(application, "signInAudience"), "signInAudience", body);
    take(call, hg_json_get(application, "appRoles"), "appRoles", body);
    take(call, hg_json_path(application, "api.oauth2PermissionScopes"), "oauth2PermissionScopes",
         body);
    hg_json_push(arena, &names,
                 hg_json_str(hg_json_str_or(hg_json_get(body, "appId"), HG_STR(""))));
    push_all(call, hg_json_get(application, "identifierUris"), &names);
    hg_json_put(arena, body, "replyUrls", urls);
    hg_json_put(arena, body, "servicePrincipalNames", names);
    hg_json_put_str(arena, body, "appOwnerOrganizationId", call->tenant->tenant.id);
}

static struct hg_json permission(struct hg_arena *arena, hg_str id, hg_str value)
{
    struct hg_json one = hg_json_object();
    hg_json_put_str(arena, &one, "id", id);
    hg_json_put_str(arena, &one, "value", value);
    hg_json_put(arena, &one, "isEnabled", hg_json_bool(true));
    return one;
}

static void complete_own(struct app_call *call, const struct model_application *own,
                         struct hg_json *body)
{
    struct hg_arena *arena = call->arena;
    struct hg_json roles = hg_json_array();
    struct hg_json scopes = hg_json_array();
    struct hg_json names = hg_json_array();
    for (size_t i = 0; i < own->n_app_roles; i++) {
        struct hg_json role = permission(arena, own->app_roles[i].id, own->app_roles[i].value);
        struct hg_json members = hg_json_array();
        hg_json_push(arena, &members, hg_json_z("Application"));
        hg_json_put(arena, &role, "allowedMemberTypes", members);
        hg_json_put_str(arena, &role, "displayName", own->app_roles[i].value);
        hg_json_push(arena, &roles, role);
    }
    for (size_t i = 0; i < own->n_scopes; i++) {
        struct hg_json scope = permission(arena, own->scopes[i], own->scopes[i]);
        bool of_admins = model_has_id(own->admin_scopes, own->n_admin_scopes, own->scopes[i]);
        hg_json_put(arena, &scope, "type", hg_json_z(of_admins ? "Admin" : "User"));
        hg_json_push(arena, &scopes, scope);
    }
    hg_json_push(arena, &names, hg_json_str(own->app_id));
    for (size_t i = 0; i < own->n_identifier_uris; i++)
        hg_json_push(arena, &names, hg_json_str(own->identifier_uris[i]));
    hg_json_put_str(arena, body, "displayName", own->display_name);
    hg_json_put_str(arena, body, "appDisplayName", own->display_name);
    hg_json_put(arena, body, "appRoles", roles);
    hg_json_put(arena, body, "oauth2PermissionScopes", scopes);
    hg_json_put(arena, body, "servicePrincipalNames", names);
}

enum hg_code app_service_principal_complete(struct app_call *call, const struct app_object *object,
                                            struct hg_json *body, struct hg_err *err)
{
    struct model_application own;
    struct hg_json whole = hg_json_copy(call->arena, body);
    hg_json_put(call->arena, &whole, "servicePrincipalType", hg_json_z("Application"));
    if (app_first_party_find(call->arena, call->app->config.base_url, object->name, &own)) {
        complete_own(call, &own, &whole);
    } else {
        struct app_object application;
        enum hg_code code =
            app_object_by_name(call->app->store, call->arena, call->tenant->tenant.id,
                               APP_KIND_APPLICATION, object->name, &application, err);
        if (code != HG_OK) /* deleted a moment ago */
            return code == HG_NOT_FOUND ? HG_OK : code;
        complete_registered(call, &application.body, &whole);
    }
    *body = whole;
    return HG_OK;
}

/* --- Custom security attributes ---------------------------------------------------------- */

static bool may(const struct app_caller *caller, const char *scopes, const char *roles)
{
    return app_caller_has_scope(caller, scopes) &&
           (caller->kind != APP_DELEGATED || app_caller_has_role(caller, roles));
}

static void refuse_attributes(struct app_call *call, const char *scopes, const char *roles)
{
    app_refuse(call, 403, "Authorization_RequestDenied",
               "Insufficient privileges to complete the operation: %s needs one of the permissions "
               "%s, and of a user one of the roles %s.",
               attributes, scopes, roles);
}

/* False: the call was answered. */
static bool may_read(struct app_call *call)
{
    static const char scopes[] =
        "CustomSecAttributeAssignment.Read.All CustomSecAttributeAssignment.ReadWrite.All";
    static const char roles[] = "AttributeAssignmentAdministrator AttributeAssignmentReader";
    struct odata_query query = {0};
    if (!app_odata_query(call, &query))
        return false;
    for (size_t i = 0; i < query.n_select; i++) {
        if (!hg_str_eq_nocase(query.select[i], hg_str_of(attributes)) ||
            may(&call->caller, scopes, roles))
            continue;
        refuse_attributes(call, scopes, roles);
        return false;
    }
    return true;
}

enum hg_code app_service_principals_get(struct app_call *call, struct hg_err *err)
{
    return may_read(call) ? app_graph_list(call, err) : HG_OK;
}

enum hg_code app_service_principal_get_one(struct app_call *call, struct hg_err *err)
{
    return may_read(call) ? app_graph_get(call, err) : HG_OK;
}

/* Who may write attributes may write nothing else by that, and the other way round. */
static bool may_write(struct app_call *call, const struct hg_json *input)
{
    static const char scopes[] = "CustomSecAttributeAssignment.ReadWrite.All";
    static const char roles[] = "AttributeAssignmentAdministrator";
    static const char other_scopes[] = "Application.ReadWrite.All Directory.ReadWrite.All";
    static const char other_roles[] =
        "GlobalAdministrator ApplicationAdministrator CloudApplicationAdministrator";
    bool has_attributes = hg_json_get(input, attributes) != NULL;
    bool has_others = hg_json_count(input) > (has_attributes ? 1 : 0);
    if (has_attributes && !may(&call->caller, scopes, roles)) {
        refuse_attributes(call, scopes, roles);
        return false;
    }
    if (!has_others || may(&call->caller, other_scopes, other_roles))
        return true;
    app_refuse(call, 403, "Authorization_RequestDenied",
               "Insufficient privileges to complete the operation: it needs one of the permissions "
               "%s, and of a user one of the roles %s.",
               other_scopes, other_roles);
    return false;
}

enum hg_code app_service_principal_change(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    if (!app_body_object(call, &input) || !may_write(call, &input))
        return HG_OK;
    return app_graph_update(call, err);
}

enum hg_code app_service_principal_add(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    if (!app_body_object(call, &input) || !may_write(call, &input))
        return HG_OK;
    return app_graph_create(call, err);
}
