#include "app/directory/directory.h"

#include "app/app.h"
#include "app/directory/credentials.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "app/directory/service_principals.h"
#include "base/base.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>

/* A user sits in at most this many groups, nested ones counted: a limit on a loop
 * over data, far above the 2,049 at which the real directory stops. */
enum { MAX_GROUPS = 4096 };

struct id_set {
    hg_str *items;
    size_t n, room;
};

static bool set_add(struct hg_arena *arena, struct id_set *set, hg_str id)
{
    if (model_has_id(set->items, set->n, id))
        return false;
    if (set->n == set->room) {
        size_t room = set->room == 0 ? 16 : set->room * 2;
        hg_str *items = HG_NEW_ARRAY(arena, hg_str, room);
        if (items == NULL)
            return false;
        for (size_t i = 0; i < set->n; i++)
            items[i] = set->items[i];
        set->items = items;
        set->room = room;
    }
    set->items[set->n++] = id;
    return true;
}

/* Breadth first over "is a member of": cycles end because each group enters once. */
static enum hg_code load_groups(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str user,
                                struct id_set *out, struct hg_err *err)
{
    struct id_set groups = {0};
    hg_str next = user;
    for (size_t done = 0;; done++) {
        struct app_ids parents;
        HG_TRY(app_links_parents(app->store, arena, tenant, APP_LINK_MEMBER, next, &parents, err));
        for (size_t i = 0; i < parents.n; i++)
            (void)set_add(arena, &groups, parents.items[i]);
        if (groups.n > MAX_GROUPS)
            return HG_FAIL(err, HG_TOO_BIG, "user %.*s is in more than %d groups", HG_ARG(user),
                           MAX_GROUPS);
        if (done == groups.n)
            break;
        next = groups.items[done];
    }
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "groups of user %.*s", HG_ARG(user));
    *out = groups;
    return HG_OK;
}

static enum hg_code add_roles(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str holder,
                              struct id_set *roles, struct hg_err *err)
{
    struct app_ids parents;
    HG_TRY(app_links_parents(app->store, arena, tenant, APP_LINK_ROLE, holder, &parents, err));
    for (size_t i = 0; i < parents.n; i++)
        (void)set_add(arena, roles, parents.items[i]);
    return HG_OK;
}

static hg_str text_of(const struct hg_json *body, const char *name)
{
    return hg_json_str_or(hg_json_get(body, name), HG_STR(""));
}

static struct model_when when_of(const struct hg_json *body, const char *name)
{
    struct model_when when = {0};
    hg_str text;
    if (hg_json_as_str(hg_json_get(body, name), &text))
        when.is_set = hg_time_parse(text, &when.at, NULL) == HG_OK;
    return when;
}

const char *app_user_mfa_name(enum model_user_mfa state)
{
    static const char *const names[] = {
        [MODEL_USER_MFA_DISABLED] = "disabled",
        [MODEL_USER_MFA_ENABLED] = "enabled",
        [MODEL_USER_MFA_ENFORCED] = "enforced",
    };
    HG_ASSERT(state < HG_COUNT(names));
    return names[state];
}

enum hg_code app_user_mfa_parse(hg_str name, enum model_user_mfa *out, struct hg_err *err)
{
    for (int state = MODEL_USER_MFA_DISABLED; state <= MODEL_USER_MFA_ENFORCED; state++) {
        if (!hg_str_eq_nocase(name, hg_str_of(app_user_mfa_name((enum model_user_mfa)state))))
            continue;
        *out = (enum model_user_mfa)state;
        return HG_OK;
    }
    return HG_FAIL(err, HG_MALFORMED, "'%.*s' is no per-user MFA state", HG_ARG(name));
}

static enum model_user_mfa mfa_state_of(const struct hg_json *body)
{
    enum model_user_mfa state;
    return app_user_mfa_parse(text_of(body, APP_USER_MFA), &state, NULL) == HG_OK
               ? state
               : MODEL_USER_MFA_DISABLED;
}

static struct model_user user_of(const struct app_object *object)
{
    const struct hg_json *body = &object->body;
    return (struct model_user){
        .id = object->id,
        .upn = text_of(body, "userPrincipalName"),
        .display_name = text_of(body, "displayName"),
        .mail = text_of(body, "mail"),
        .given_name = text_of(body, "givenName"),
        .surname = text_of(body, "surname"),
        .preferred_language = text_of(body, "preferredLanguage"),
        .enabled = hg_json_bool_or(hg_json_get(body, "accountEnabled"), true),
        .is_guest = hg_str_eq_nocase(text_of(body, "userType"), HG_STR("Guest")),
        .mfa_state = mfa_state_of(body),
        .must_change_password = hg_json_bool_or(hg_json_get(body, APP_MUST_CHANGE), false),
        .must_change_with_mfa = hg_json_bool_or(hg_json_get(body, APP_MUST_CHANGE_MFA), false),
        .valid_from = when_of(body, "signInSessionsValidFromDateTime"),
        .version = object->version,
    };
}

static enum hg_code complete_user(struct app *app, struct hg_arena *arena, hg_str tenant,
                                  const struct app_object *object, struct model_user *out,
                                  struct hg_err *err)
{
    struct model_user user = user_of(object);
    struct id_set groups;
    struct id_set roles = {0};
    HG_TRY(load_groups(app, arena, tenant, user.id, &groups, err));
    HG_TRY(add_roles(app, arena, tenant, user.id, &roles, err));
    for (size_t i = 0; i < groups.n; i++)
        HG_TRY(add_roles(app, arena, tenant, groups.items[i], &roles, err));
    user.groups = groups.items;
    user.n_groups = groups.n;
    user.roles = roles.items;
    user.n_roles = roles.n;
    HG_TRY(app_credentials_has_mfa(app->store, arena, tenant, user.id, &user.has_mfa_method, err));
    *out = user;
    return HG_OK;
}

bool app_user_has_role(const struct model_user *user, const char *roles)
{
    hg_str field;
    for (hg_str rest = hg_str_of(roles); hg_str_field(&rest, ' ', &field);) {
        const struct app_role *role = app_role_find(field);
        HG_ASSERT(role != NULL);
        if (model_has_id(user->roles, user->n_roles, hg_str_of(role->template_id)))
            return true;
    }
    return false;
}

enum hg_code app_user_load(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str id,
                           struct model_user *out, struct hg_err *err)
{
    struct app_object object;
    HG_TRY(app_object_get(app->store, arena, tenant, APP_KIND_USER, id, &object, err));
    return complete_user(app, arena, tenant, &object, out, err);
}

enum hg_code app_user_by_upn(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str upn,
                             struct model_user *out, struct hg_err *err)
{
    struct app_object object;
    HG_TRY(app_object_by_name(app->store, arena, tenant, APP_KIND_USER, upn, &object, err));
    return complete_user(app, arena, tenant, &object, out, err);
}

static const hg_str *strings_of(struct hg_arena *arena, const struct hg_json *array, size_t *out_n)
{
    size_t n = hg_json_count(array);
    hg_str *items = HG_NEW_ARRAY(arena, hg_str, n);
    size_t kept = 0;
    for (size_t i = 0; items != NULL && i < n; i++) {
        if (hg_json_as_str(hg_json_item(array, i), &items[kept]))
            kept++;
    }
    *out_n = kept;
    return items;
}

/* The names of the scopes that are enabled; with `of_admins` only those for administrators. */
static const hg_str *scopes_of(struct hg_arena *arena, const struct hg_json *scopes, bool of_admins,
                               size_t *out_n)
{
    size_t n = hg_json_count(scopes);
    hg_str *items = HG_NEW_ARRAY(arena, hg_str, n);
    size_t kept = 0;
    for (size_t i = 0; items != NULL && i < n; i++) {
        const struct hg_json *scope = hg_json_item(scopes, i);
        bool for_admins = hg_str_eq_nocase(text_of(scope, "type"), HG_STR("Admin"));
        if (!hg_json_bool_or(hg_json_get(scope, "isEnabled"), true) || (of_admins && !for_admins))
            continue;
        if (hg_json_as_str(hg_json_get(scope, "value"), &items[kept]))
            kept++;
    }
    *out_n = kept;
    return items;
}

static bool is_for_applications(const struct hg_json *role)
{
    const struct hg_json *members = hg_json_get(role, "allowedMemberTypes");
    for (size_t i = 0; i < hg_json_count(members); i++)
        if (hg_str_eq(hg_json_str_or(hg_json_item(members, i), HG_STR("")), HG_STR("Application")))
            return hg_json_bool_or(hg_json_get(role, "isEnabled"), true);
    return false;
}

static const struct model_app_role *app_roles_of(struct hg_arena *arena, const struct hg_json *all,
                                                 size_t *out_n)
{
    struct model_app_role *roles = HG_NEW_ARRAY(arena, struct model_app_role, hg_json_count(all));
    size_t n = 0;
    for (size_t i = 0; roles != NULL && i < hg_json_count(all); i++) {
        const struct hg_json *role = hg_json_item(all, i);
        if (is_for_applications(role))
            roles[n++] = (struct model_app_role){text_of(role, "id"), text_of(role, "value")};
    }
    *out_n = n;
    return roles;
}

static bool has_text(const struct hg_json *array, hg_str text)
{
    for (size_t i = 0; i < hg_json_count(array); i++)
        if (hg_str_eq_nocase(hg_json_str_or(hg_json_item(array, i), HG_STR("")), text))
            return true;
    return false;
}

static struct model_application application_of(struct hg_arena *arena,
                                               const struct app_object *object)
{
    const struct hg_json *body = &object->body;
    hg_str audience = text_of(body, "signInAudience");
    int64_t version = 0;
    (void)hg_json_as_int(hg_json_path(body, "api.requestedAccessTokenVersion"), &version);
    struct model_application app = {
        .app_id = text_of(body, "appId"),
        .object_id = object->id,
        .display_name = text_of(body, "displayName"),
        .enabled = hg_json_bool_or(hg_json_get(body, "accountEnabled"), true),
        .is_multi_tenant = audience.len > 0 && !hg_str_eq(audience, HG_STR("AzureADMyOrg")),
        .allow_public_fallback =
            hg_json_bool_or(hg_json_get(body, "isFallbackPublicClient"), false),
        .token_version = version == 1 ? 1 : 2,
        .is_approved = has_text(hg_json_get(body, "tags"), HG_STR(APP_TAG_APPROVED)),
        .takes_es256 = hg_str_eq(text_of(body, "idTokenSignedResponseAlg"), HG_STR("ES256")),
    };
    app.redirect_uris =
        strings_of(arena, hg_json_path(body, "web.redirectUris"), &app.n_redirect_uris);
    app.spa_redirect_uris =
        strings_of(arena, hg_json_path(body, "spa.redirectUris"), &app.n_spa_redirect_uris);
    app.public_redirect_uris = strings_of(arena, hg_json_path(body, "publicClient.redirectUris"),
                                          &app.n_public_redirect_uris);
    app.post_logout_uris =
        strings_of(arena, hg_json_get(body, "postLogoutRedirectUris"), &app.n_post_logout_uris);
    app.identifier_uris =
        strings_of(arena, hg_json_get(body, "identifierUris"), &app.n_identifier_uris);
    const struct hg_json *scopes = hg_json_path(body, "api.oauth2PermissionScopes");
    app.scopes = scopes_of(arena, scopes, false, &app.n_scopes);
    app.admin_scopes = scopes_of(arena, scopes, true, &app.n_admin_scopes);
    app.app_roles = app_roles_of(arena, hg_json_get(body, "appRoles"), &app.n_app_roles);
    app.is_public =
        app.allow_public_fallback ||
        (app.n_redirect_uris == 0 && app.n_spa_redirect_uris + app.n_public_redirect_uris > 0);
    return app;
}

/* What its service principal says; an application without one is switched off here. */
static enum hg_code complete_application(struct app *app, struct hg_arena *arena, hg_str tenant,
                                         struct model_application *out, struct hg_err *err)
{
    struct app_object principal;
    enum hg_code code = app_object_by_name(app->store, arena, tenant, APP_KIND_SERVICE_PRINCIPAL,
                                           out->app_id, &principal, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    if (code == HG_NOT_FOUND) {
        out->enabled = false;
        return HG_OK;
    }
    const struct hg_json *body = &principal.body;
    out->service_principal = principal.id;
    out->needs_assignment = hg_json_bool_or(hg_json_get(body, "appRoleAssignmentRequired"), false);
    out->enabled = out->enabled && hg_json_bool_or(hg_json_get(body, "accountEnabled"), true);
    return HG_OK;
}

enum hg_code app_application_load(struct app *app, struct hg_arena *arena, hg_str tenant,
                                  hg_str app_id, struct model_application *out, struct hg_err *err)
{
    if (app_first_party_find(arena, app->config.base_url, app_id, out))
        return HG_OK;
    struct app_object object;
    HG_TRY(
        app_object_by_name(app->store, arena, tenant, APP_KIND_APPLICATION, app_id, &object, err));
    struct model_application found = application_of(arena, &object);
    HG_TRY(complete_application(app, arena, tenant, &found, err));
    *out = found;
    return HG_OK;
}

static enum hg_code application_owning(struct app *app, struct hg_arena *arena, hg_str tenant,
                                       hg_str uri, struct model_application *out,
                                       struct hg_err *err)
{
    struct app_objects all;
    HG_TRY(app_objects_list(app->store, arena, tenant, APP_KIND_APPLICATION, HG_STR(""), 0, &all,
                            err));
    for (size_t i = 0; i < all.n; i++) {
        struct model_application found = application_of(arena, &all.items[i]);
        for (size_t u = 0; u < found.n_identifier_uris; u++) {
            if (!hg_str_eq_nocase(found.identifier_uris[u], uri))
                continue;
            HG_TRY(complete_application(app, arena, tenant, &found, err));
            *out = found;
            return HG_OK;
        }
    }
    return HG_FAIL(err, HG_NOT_FOUND, "no application answers to %.*s", HG_ARG(uri));
}

enum hg_code app_application_by_uri(struct app *app, struct hg_arena *arena, hg_str tenant,
                                    hg_str uri, struct model_application *out, struct hg_err *err)
{
    if (app_first_party_by_uri(arena, app->config.base_url, uri, out))
        return HG_OK;
    hg_str id = hg_str_starts_nocase(uri, HG_STR("api://")) ? hg_str_from(uri, 6) : uri;
    if (hg_uuid_valid(id)) {
        enum hg_code code = app_application_load(app, arena, tenant, id, out, err);
        if (code != HG_NOT_FOUND)
            return code;
    }
    return application_owning(app, arena, tenant, uri, out, err);
}
