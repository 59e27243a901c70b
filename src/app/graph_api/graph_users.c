#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/applications.h"
#include "app/directory/credentials.h"
#include "app/directory/directory.h"
#include "app/directory/objects.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "event/event.h"
#include "graph/graph.h"
#include "model/model.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Graph's actions and relations beside the plain collections. */

enum { SECRET_YEARS = 2 };

static enum hg_code find_user(struct app_call *call, hg_str id, struct app_object *out, bool *found,
                              struct hg_err *err)
{
    return app_graph_find(call, app_collection_of(call), id, out, found, err);
}

enum hg_code app_graph_me(struct app_call *call, struct hg_err *err)
{
    static const struct app_collection users = {
        .path = "users", .kind = APP_KIND_USER, .resource = &graph_user};
    struct odata_query query = {0};
    struct app_object object;
    bool found;
    if (!app_odata_query(call, &query))
        return HG_OK;
    if (call->caller.kind != APP_DELEGATED) {
        app_refuse(call, 400, "BadRequest",
                   "/me request is only valid with delegated authentication flow.");
        return HG_OK;
    }
    HG_TRY(app_graph_find(call, &users, call->caller.user.id, &object, &found, err));
    if (!found)
        return HG_OK;
    struct hg_json body = app_graph_show(call, &users, &query, &object);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* User.Read is enough for a user's own sessions, whatever roles the user has. */
static bool may_revoke_others(const struct app_call *call)
{
    return app_caller_has_scope(&call->caller, "User.ReadWrite.All Directory.ReadWrite.All") &&
           (call->caller.kind != APP_DELEGATED ||
            app_caller_has_role(&call->caller, "GlobalAdministrator UserAdministrator "
                                               "AuthenticationAdministrator "
                                               "PrivilegedAuthenticationAdministrator"));
}

/* Sessions and grants of the user, in one commit with what it holds already. */
static enum hg_code end_everything(struct app_call *call, const struct app_collection *users,
                                   struct app_commit *commit, const struct app_object *user,
                                   bool *done, struct hg_err *err)
{
    struct app_write write = app_graph_write(call, commit, GRAPH_UPDATE);
    struct app_object changed = *user;
    HG_TRY(app_user_revoke(&write, &changed, MODEL_REVOKED_SESSIONS, err));
    HG_TRY(app_object_replace(commit, call->tenant->tenant.id, APP_KIND_USER, &changed,
                              user->version, err));
    return app_graph_commit(call, users, commit, user->id, &changed.body, done, err);
}

/* POST /users/{id}/revokeSignInSessions: a user's own, or by an administrator. */
enum hg_code app_graph_revoke(struct app_call *call, struct hg_err *err)
{
    struct app_object user;
    bool found;
    HG_TRY(find_user(call, app_param(call, "id"), &user, &found, err));
    if (!found)
        return HG_OK;
    bool is_own = call->caller.kind == APP_DELEGATED && hg_str_eq(call->caller.user.id, user.id);
    if (!is_own && !may_revoke_others(call)) {
        app_refuse(call, 403, "Authorization_RequestDenied",
                   "Insufficient privileges to complete the operation.");
        return HG_OK;
    }
    struct app_commit commit = app_commit_new(call->arena);
    bool done;
    HG_TRY(end_everything(call, app_collection_of(call), &commit, &user, &done, err));
    if (!done)
        return HG_OK;
    struct hg_json body = hg_json_object();
    hg_json_put(call->arena, &body, "value", hg_json_bool(true));
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* POST /api/users/{id}/mfaReset: the second factors are forgotten, and what was proved with
 * them ends. Whoever had them in hand may hold sessions and tokens too. */
enum hg_code app_graph_may_administer(struct app_call *call, hg_str user, bool *may,
                                      struct hg_err *err)
{
    struct model_user target;
    *may = true;
    if (call->caller.kind != APP_DELEGATED ||
        app_caller_has_role(&call->caller,
                            "GlobalAdministrator PrivilegedAuthenticationAdministrator"))
        return HG_OK;
    HG_TRY(app_user_load(call->app, call->arena, call->tenant->tenant.id, user, &target, err));
    *may = target.n_roles == 0;
    if (!*may)
        app_refuse(call, 403, "Authorization_RequestDenied",
                   "%.*s holds a directory role: only a Global Administrator or a Privileged "
                   "Authentication Administrator changes how administrators sign in.",
                   HG_ARG(target.upn));
    return HG_OK;
}

enum hg_code app_mfa_reset(struct app_call *call, struct hg_err *err)
{
    static const struct app_collection users = {.path = "users",
                                                .title = "user",
                                                .kind = APP_KIND_USER,
                                                .resource = &graph_user,
                                                .by_name = true,
                                                .changed = EVENT_DIRECTORY_CHANGED};
    struct app_object user;
    bool found;
    HG_TRY(app_graph_find(call, &users, app_param(call, "id"), &user, &found, err));
    if (found)
        HG_TRY(app_graph_may_administer(call, user.id, &found, err));
    if (!found)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    app_totps_remove(&commit, call->tenant->tenant.id, user.id);
    bool done;
    HG_TRY(end_everything(call, &users, &commit, &user, &done, err));
    if (done)
        app_answer_empty(call, 204);
    return HG_OK;
}

/* --- Members of groups ---------------------------------------------------------------- */

/* Appends the user or group; one that is gone is left out. */
static enum hg_code show_member(struct app_call *call, hg_str id, struct hg_json *list,
                                struct hg_err *err)
{
    static const enum app_kind kinds[] = {APP_KIND_USER, APP_KIND_GROUP};
    static const struct graph_resource *const resources[] = {&graph_user, &graph_group};
    for (size_t k = 0; k < HG_COUNT(kinds); k++) {
        struct app_object object;
        enum hg_code code = app_object_get(call->app->store, call->arena, call->tenant->tenant.id,
                                           kinds[k], id, &object, err);
        if (code == HG_NOT_FOUND)
            continue;
        HG_TRY(code);
        struct hg_json view = graph_view(call->arena, resources[k], &object.body, NULL, 0);
        struct hg_json item = hg_json_object();
        hg_json_put_str(call->arena, &item, "@odata.type",
                        hg_str_format(call->arena, "#microsoft.graph.%s", resources[k]->name));
        for (uint32_t m = 0; m < view.object.n; m++)
            hg_json_set(call->arena, &item, view.object.members[m].name,
                        view.object.members[m].value);
        hg_json_push(call->arena, list, item);
    }
    return HG_OK;
}

static enum hg_code linked_to(struct app_call *call, enum app_link link, hg_str parent,
                              struct hg_json *out, struct hg_err *err)
{
    struct app_ids ids;
    HG_TRY(app_links_children(call->app->store, call->arena, call->tenant->tenant.id, link, parent,
                              &ids, err));
    *out = hg_json_array();
    for (size_t i = 0; i < ids.n; i++)
        HG_TRY(show_member(call, ids.items[i], out, err));
    return HG_OK;
}

enum hg_code app_group_members_of(struct app_call *call, hg_str group, struct hg_json *out,
                                  struct hg_err *err)
{
    return linked_to(call, APP_LINK_MEMBER, group, out, err);
}

static enum hg_code answer_linked(struct app_call *call, enum app_link link, struct hg_err *err)
{
    struct odata_query query = {0};
    struct app_object object;
    struct hg_json items;
    bool found;
    if (!app_odata_query(call, &query))
        return HG_OK;
    HG_TRY(find_user(call, app_param(call, "id"), &object, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(linked_to(call, link, object.id, &items, err));
    app_graph_answer_list(call, "directoryObjects", &query, &items);
    return HG_OK;
}

enum hg_code app_group_members(struct app_call *call, struct hg_err *err)
{
    return answer_linked(call, APP_LINK_MEMBER, err);
}

enum hg_code app_device_owners(struct app_call *call, struct hg_err *err)
{
    return answer_linked(call, APP_LINK_DEVICE_OWNER, err);
}

/* The id at the end of an @odata.id such as https://host/v1.0/users/{id}. */
static hg_str last_segment(hg_str url)
{
    size_t slash = hg_str_find_last_byte(url, '/');
    return slash == HG_NPOS ? url : hg_str_from(url, slash + 1);
}

static enum hg_code member_exists(struct app_call *call, hg_str id, bool *out, struct hg_err *err)
{
    struct app_object object;
    enum hg_code code = app_object_get(call->app->store, call->arena, call->tenant->tenant.id,
                                       APP_KIND_USER, id, &object, err);
    if (code == HG_NOT_FOUND)
        code = app_object_get(call->app->store, call->arena, call->tenant->tenant.id,
                              APP_KIND_GROUP, id, &object, err);
    *out = code == HG_OK;
    return code == HG_NOT_FOUND ? HG_OK : code;
}

enum hg_code app_group_member_add(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    struct app_object group;
    bool found;
    bool exists;
    if (!app_body_object(call, &input) || !app_body_knows(call, &input, "@odata.id @odata.type"))
        return HG_OK;
    HG_TRY(find_user(call, app_param(call, "id"), &group, &found, err));
    if (!found)
        return HG_OK;
    hg_str id = last_segment(hg_json_str_or(hg_json_get(&input, "@odata.id"), HG_STR("")));
    id = hg_str_lower(call->arena, id);
    HG_TRY(member_exists(call, id, &exists, err));
    if (!exists || hg_str_eq(id, group.id)) {
        app_refuse(call, 400, "Request_BadRequest",
                   "@odata.id must end in the id of an existing user or of another group.");
        return HG_OK;
    }
    struct app_commit commit = app_commit_new(call->arena);
    app_link_add(&commit, call->tenant->tenant.id, APP_LINK_MEMBER, group.id, id);
    bool done;
    HG_TRY(app_graph_commit(call, app_collection_of(call), &commit, group.id, &group.body, &done,
                            err));
    if (done)
        app_answer_empty(call, 204);
    return HG_OK;
}

enum hg_code app_group_member_remove(struct app_call *call, struct hg_err *err)
{
    struct app_object group;
    bool found;
    HG_TRY(find_user(call, app_param(call, "id"), &group, &found, err));
    if (!found)
        return HG_OK;
    hg_str member = hg_str_lower(call->arena, app_param(call, "member"));
    struct app_ids groups;
    HG_TRY(app_links_parents(call->app->store, call->arena, call->tenant->tenant.id,
                             APP_LINK_MEMBER, member, &groups, err));
    if (!model_has_id(groups.items, groups.n, group.id)) {
        app_refuse(call, 404, "Request_ResourceNotFound",
                   "Resource '%.*s' does not exist or one of its queried reference-property "
                   "objects are not present.",
                   HG_ARG(member));
        return HG_OK;
    }
    struct app_commit commit = app_commit_new(call->arena);
    app_link_remove(&commit, call->tenant->tenant.id, APP_LINK_MEMBER, group.id, member);
    bool done;
    HG_TRY(app_graph_commit(call, app_collection_of(call), &commit, group.id, &group.body, &done,
                            err));
    if (done)
        app_answer_empty(call, 204);
    return HG_OK;
}

/* --- Secrets of applications ----------------------------------------------------------- */

/* {"passwordCredential":{"displayName","endDateTime"}}, both optional. False: refused. */
static bool read_credential(struct app_call *call, struct app_new_secret *out)
{
    struct hg_json input;
    hg_str end;
    if (!app_body_object(call, &input) || !app_body_knows(call, &input, "passwordCredential"))
        return false;
    const struct hg_json *given = hg_json_get(&input, "passwordCredential");
    if (hg_json_is_null(given))
        return true;
    if (!hg_json_is(given, HG_JSON_OBJECT)) {
        app_refuse(call, 400, "Request_BadRequest", "passwordCredential must be an object.");
        return false;
    }
    if (!app_body_knows(call, given, "displayName endDateTime"))
        return false;
    const struct hg_json *name = hg_json_get(given, "displayName");
    if (!hg_json_is_null(name) &&
        (!hg_json_as_str(name, &out->display_name) || out->display_name.len > GRAPH_MAX_STRING)) {
        app_refuse(call, 400, "Request_BadRequest",
                   "displayName must be a string of at most %d bytes.", (int)GRAPH_MAX_STRING);
        return false;
    }
    if (hg_json_is_null(hg_json_get(given, "endDateTime")))
        return true;
    if (hg_json_as_str(hg_json_get(given, "endDateTime"), &end) &&
        hg_time_parse(end, &out->expires, NULL) == HG_OK && hg_time_before(call->now, out->expires))
        return true;
    app_refuse(call, 400, "Request_BadRequest",
               "endDateTime must be a time to come, such as 2028-11-24T16:14:11Z.");
    return false;
}

enum hg_code app_application_complete(struct app_call *call, const struct app_object *object,
                                      struct hg_json *body, struct hg_err *err)
{
    struct hg_json secrets;
    HG_TRY(app_secrets_list(call->app, call->arena, call->tenant->tenant.id, object->name, &secrets,
                            err));
    hg_json_put(call->arena, body, "passwordCredentials", secrets);
    return HG_OK;
}

enum hg_code app_application_add_password(struct app_call *call, struct hg_err *err)
{
    struct app_new_secret secret = {
        .key_id = app_new_id(call),
        .created = call->now,
        .expires = hg_time_add(call->now, HG_DAYS(365 * SECRET_YEARS)),
    };
    struct app_object object;
    bool found;
    if (!read_credential(call, &secret))
        return HG_OK;
    HG_TRY(find_user(call, app_param(call, "id"), &object, &found, err));
    if (!found)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    hg_str text;
    HG_TRY(app_secret_add(call->app, &commit, call->tenant->tenant.id, object.name, &secret, &text,
                          err));
    bool done;
    HG_TRY(app_graph_commit(call, app_collection_of(call), &commit, object.id, &object.body, &done,
                            err));
    if (!done)
        return HG_OK;
    struct hg_json body = app_secret_json(call->arena, &secret, text);
    hg_json_put_str(call->arena, &body, "secretText", text);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_application_remove_password(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    struct app_object object;
    bool found;
    if (!app_body_object(call, &input) || !app_body_knows(call, &input, "keyId"))
        return HG_OK;
    HG_TRY(find_user(call, app_param(call, "id"), &object, &found, err));
    if (!found)
        return HG_OK;
    hg_str key = hg_json_str_or(hg_json_get(&input, "keyId"), HG_STR(""));
    enum hg_code code = app_secret_find(call->app->store, call->arena, call->tenant->tenant.id,
                                        object.name, hg_str_lower(call->arena, key), err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    if (code == HG_NOT_FOUND) {
        app_refuse(call, 400, "Request_BadRequest",
                   "keyId: the application has no password credential '%.*s'.", HG_ARG(key));
        return HG_OK;
    }
    struct app_commit commit = app_commit_new(call->arena);
    app_secret_remove(&commit, call->tenant->tenant.id, object.name,
                      hg_str_lower(call->arena, key));
    bool done;
    HG_TRY(app_graph_commit(call, app_collection_of(call), &commit, object.id, &object.body, &done,
                            err));
    if (done)
        app_answer_empty(call, 204);
    return HG_OK;
}
