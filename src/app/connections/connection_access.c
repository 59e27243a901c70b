#include "app/connections/connection_access.h"

#include "app/app_private.h"
#include "app/connections/connections.h"
#include "app/directory/directory.h"
#include "app/flows/flows.h"
#include "base/base.h"

#include <stdbool.h>

#define ADMINS "GlobalAdministrator PowerPlatformAdministrator"

bool app_connection_is_admin(const struct app_call *call)
{
    return call->caller.kind == APP_HOST_OPERATOR ||
           (call->caller.kind == APP_DELEGATED && app_caller_has_role(&call->caller, ADMINS));
}

static bool owns(const struct app_call *call, const struct app_connection *connection)
{
    return call->caller.kind == APP_DELEGATED && hg_str_eq(call->caller.user.id, connection->owner);
}

static void refuse_foreign(struct app_call *call, const struct app_connection *connection)
{
    app_refuse(
        call, 403, "ConnectionAuthorizationFailed",
        "The caller with object id '%.*s' does not have permission for connection '%.*s' "
        "under Api '%.*s'.",
        HG_ARG(call->caller.kind == APP_DELEGATED ? call->caller.user.id : call->caller.client),
        HG_ARG(connection->id), HG_ARG(connection->api));
}

enum hg_code app_connection_find(struct app_call *call, struct app_connection *out, bool *found,
                                 struct hg_err *err)
{
    hg_str id = hg_str_lower(call->arena, app_param(call, "connection"));
    hg_str api = app_param(call, "api");
    *found = false;
    if (!app_flow_environment(call))
        return HG_OK;
    enum hg_code code =
        app_connection_load(call->app->store, call->arena, call->tenant->tenant.id, id, out, err);
    if (code == HG_NOT_FOUND ||
        (code == HG_OK && api.len > 0 && !hg_str_eq_nocase(api, out->api))) {
        app_refuse(call, 404, "ConnectionNotFound", "Could not find connection '%.*s'.",
                   HG_ARG(id));
        return HG_OK;
    }
    HG_TRY(code);
    *found = owns(call, out) || app_connection_is_admin(call);
    if (!*found)
        refuse_foreign(call, out);
    return HG_OK;
}

static enum hg_code named_owner(struct app_call *call, hg_str name, struct model_user *out,
                                bool *refused, struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    enum hg_code code = hg_uuid_valid(name)
                            ? app_user_load(call->app, call->arena, tenant,
                                            hg_str_lower(call->arena, name), out, err)
                            : app_user_by_upn(call->app, call->arena, tenant, name, out, err);
    if (code != HG_NOT_FOUND)
        return code;
    *refused = true;
    app_refuse(call, 400, "InvalidOwner", "properties.owner: there is no user '%.*s'.",
               HG_ARG(name));
    return HG_OK;
}

enum hg_code app_connection_new_owner(struct app_call *call, const struct hg_json *body,
                                      struct model_user *out, bool *refused, struct hg_err *err)
{
    hg_str name = hg_json_str_or(hg_json_path(body, "properties.owner"), HG_STR(""));
    *refused = false;
    if (name.len > 0 && app_connection_is_admin(call))
        return named_owner(call, name, out, refused, err);
    *refused = true;
    if (name.len > 0) {
        app_refuse(call, 403, "ConnectionAuthorizationFailed",
                   "Only an administrator can make a connection for somebody else "
                   "(properties.owner).");
    } else if (call->caller.kind == APP_HOST_OPERATOR) {
        app_refuse(call, 400, "OwnerRequired",
                   "A host operator is no user: say whose connection it is, in properties.owner "
                   "(on the command line --owner UPN).");
    } else if (call->caller.kind != APP_DELEGATED) {
        app_refuse(call, 403, "ConnectionAuthorizationFailed",
                   "A connection belongs to a user; this token has none.");
    } else {
        *out = call->caller.user;
        *refused = false;
    }
    return HG_OK;
}

enum hg_code app_connection_show(struct app_call *call, const struct app_connection *connection,
                                 struct hg_json *out, struct hg_err *err)
{
    struct model_user owner;
    enum hg_code code = app_user_load(call->app, call->arena, call->tenant->tenant.id,
                                      connection->owner, &owner, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    *out = app_connection_json(call, connection, code == HG_OK ? &owner : NULL);
    return HG_OK;
}

enum hg_code app_connection_answer(struct app_call *call, unsigned status,
                                   const struct app_connection *connection, struct hg_err *err)
{
    struct hg_json json;
    HG_TRY(app_connection_show(call, connection, &json, err));
    app_answer_json(call, status, &json);
    return HG_OK;
}
