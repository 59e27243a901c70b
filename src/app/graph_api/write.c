#include "app/graph_api/write.h"

#include "app/commit.h"
#include "app/directory/applications.h"
#include "app/directory/credentials.h"
#include "app/directory/directory.h"
#include "app/directory/objects.h"
#include "app/sign_in/sessions.h"
#include "app/tokens/grants.h"
#include "base/base.h"
#include "graph/graph.h"
#include "oidc/redirect_uri.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { MAX_MESSAGE = 512, MAX_UPN = 320 };

enum hg_code app_write_refuse(struct app_write *write, struct hg_err *err, const char *format, ...)
{
    char text[MAX_MESSAGE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    write->fault = (struct graph_fault){.code = HG_STR("Request_BadRequest"),
                                        .message = hg_str_dup(write->arena, hg_str_of(text))};
    return HG_FAIL(err, HG_MALFORMED, "%s", text);
}

static hg_str text_of(const struct hg_json *body, const char *name)
{
    return hg_json_str_or(hg_json_get(body, name), HG_STR(""));
}

hg_str app_write_id(struct app_write *write, const struct hg_json *input)
{
    hg_str given = text_of(input, "id");
    return write->mode == GRAPH_SEED && given.len > 0
               ? hg_str_lower(write->arena, given)
               : hg_uuid_v4(write->arena, &write->app->random);
}

enum hg_code app_write_insert(struct app_write *write, enum app_kind kind,
                              struct app_object *object, struct hg_err *err)
{
    object->id = text_of(&object->body, "id");
    object->version = 1;
    object->modified = write->now;
    return app_object_insert(write->commit, write->tenant, kind, object, err);
}

enum hg_code app_write_replace(struct app_write *write, enum app_kind kind,
                               const struct app_object *stored, struct app_object *object,
                               struct hg_err *err)
{
    object->id = stored->id;
    object->version = stored->version + 1;
    object->modified = write->now;
    return app_object_replace(write->commit, write->tenant, kind, object, stored->version, err);
}

/* Under an id of its own. */
static enum hg_code create(struct app_write *write, enum app_kind kind, struct hg_json *body,
                           hg_str name, struct app_object *out, struct hg_err *err)
{
    hg_json_put_str(write->arena, body, "id", app_write_id(write, body));
    *out = (struct app_object){.name = name, .body = *body};
    return app_write_insert(write, kind, out, err);
}

static void put_created(struct app_write *write, struct hg_json *body)
{
    if (hg_json_get(body, "createdDateTime") == NULL)
        hg_json_put_str(write->arena, body, "createdDateTime",
                        hg_time_rfc3339(write->arena, write->now));
}

/* --- Users ----------------------------------------------------------------------- */

static enum hg_code check_upn(struct app_write *write, hg_str upn, struct hg_err *err)
{
    hg_str local;
    hg_str domain;
    if (upn.len > MAX_UPN || !hg_str_cut(upn, '@', &local, &domain) || local.len == 0 ||
        !hg_utf8_valid(upn) || hg_str_find_byte(upn, ' ') != HG_NPOS)
        return app_write_refuse(write, err,
                                "Property userPrincipalName is invalid: it must be name@domain.");
    if (!hg_str_eq_nocase(domain, write->domain))
        return app_write_refuse(write, err,
                                "The domain portion of the userPrincipalName property is invalid. "
                                "You must use one of the verified domain names in your "
                                "organization: %.*s.",
                                HG_ARG(write->domain));
    return HG_OK;
}

static enum hg_code check_password(struct app_write *write, hg_str password, struct hg_err *err)
{
    if (password.len < APP_MIN_PASSWORD)
        return app_write_refuse(write, err,
                                "The specified password does not comply with password complexity "
                                "requirements: it needs at least %d characters.",
                                (int)APP_MIN_PASSWORD);
    return HG_OK;
}

static void put_flag(struct app_write *write, struct hg_json *body, const char *member, bool is)
{
    (void)hg_json_remove(body, hg_str_of(member));
    if (is)
        hg_json_put(write->arena, body, member, hg_json_bool(true));
}

/* Whether the user is to choose another one goes with each password. */
static void put_must_change(struct app_write *write, const struct hg_json *input,
                            struct hg_json *body)
{
    const struct hg_json *profile = hg_json_get(input, "passwordProfile");
    bool with_mfa =
        hg_json_bool_or(hg_json_get(profile, "forceChangePasswordNextSignInWithMfa"), false);
    bool plain = hg_json_bool_or(hg_json_get(profile, "forceChangePasswordNextSignIn"), false);
    put_flag(write, body, APP_MUST_CHANGE, plain || with_mfa);
    put_flag(write, body, APP_MUST_CHANGE_MFA, with_mfa);
}

static hg_str given_password(const struct hg_json *input)
{
    return hg_json_str_or(hg_json_path(input, "passwordProfile.password"), HG_STR(""));
}

enum hg_code app_user_revoke(struct app_write *write, struct app_object *user,
                             enum model_revocation cause, struct hg_err *err)
{
    const struct app_revocation revocation = {write->tenant, user->id, cause, write->now};
    HG_TRY(app_grants_revoke_user(write->app->store, write->commit, &revocation, err));
    HG_TRY(app_sessions_end_user(write->app->store, write->commit, write->tenant, user->id,
                                 write->now, err));
    hg_json_put_str(write->arena, &user->body, "signInSessionsValidFromDateTime",
                    hg_time_seven(write->arena, write->now));
    return HG_OK;
}

enum hg_code app_user_set_password(struct app_write *write, struct app_object *user,
                                   hg_str password, bool is_new_user, struct hg_err *err)
{
    hg_str encoded;
    HG_TRY(check_password(write, password, err));
    HG_TRY(app_password_hash(write->app, write->arena, password, &encoded, err));
    app_password_set(write->commit, write->tenant, user->id, encoded, write->now);
    return is_new_user ? HG_OK : app_user_revoke(write, user, MODEL_REVOKED_PASSWORD, err);
}

enum hg_code app_user_create(struct app_write *write, const struct hg_json *input,
                             struct app_object *out, struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(
        graph_body(write->arena, &graph_user, write->mode, NULL, input, &body, &write->fault, err));
    hg_str upn = text_of(&body, "userPrincipalName");
    HG_TRY(check_upn(write, upn, err));
    put_created(write, &body);
    if (hg_json_get(&body, "accountEnabled") == NULL)
        hg_json_put(write->arena, &body, "accountEnabled", hg_json_bool(true));
    if (hg_json_get(&body, "userType") == NULL)
        hg_json_put(write->arena, &body, "userType", hg_json_z("Member"));
    hg_str password = given_password(input);
    if (password.len == 0)
        return app_write_refuse(write, err,
                                "A password must be specified to create a new user "
                                "(passwordProfile.password).");
    put_must_change(write, input, &body);
    HG_TRY(create(write, APP_KIND_USER, &body, upn, out, err));
    return app_user_set_password(write, out, password, true, err);
}

enum hg_code app_user_update(struct app_write *write, const struct app_object *stored,
                             const struct hg_json *input, struct app_object *out,
                             struct hg_err *err)
{
    struct app_object user = *stored;
    HG_TRY(graph_body(write->arena, &graph_user, write->mode, &stored->body, input, &user.body,
                      &write->fault, err));
    hg_str upn = text_of(&user.body, "userPrincipalName");
    HG_TRY(check_upn(write, upn, err));
    if (hg_json_get(input, "passwordProfile") != NULL) {
        hg_str password = given_password(input);
        put_must_change(write, input, &user.body);
        HG_TRY(app_user_set_password(write, &user, password, false, err));
    }
    *out = (struct app_object){.name = upn, .body = user.body};
    return app_write_replace(write, APP_KIND_USER, stored, out, err);
}

/* --- Groups ------------------------------------------------------------------------ */

enum hg_code app_group_create(struct app_write *write, const struct hg_json *input,
                              struct app_object *out, struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_group, write->mode, NULL, input, &body, &write->fault,
                      err));
    put_created(write, &body);
    return create(write, APP_KIND_GROUP, &body, HG_STR(""), out, err);
}

enum hg_code app_group_update(struct app_write *write, const struct app_object *stored,
                              const struct hg_json *input, struct app_object *out,
                              struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_group, write->mode, &stored->body, input, &body,
                      &write->fault, err));
    *out = (struct app_object){.name = HG_STR(""), .body = body};
    return app_write_replace(write, APP_KIND_GROUP, stored, out, err);
}

/* --- Applications -------------------------------------------------------------------- */

static const struct {
    const char *path;
    enum oidc_redirect_kind kind;
} redirect_lists[] = {
    {"web.redirectUris", OIDC_REDIRECT_WEB},
    {"spa.redirectUris", OIDC_REDIRECT_SPA},
    {"publicClient.redirectUris", OIDC_REDIRECT_PUBLIC},
    {"postLogoutRedirectUris", OIDC_REDIRECT_WEB},
};

static enum hg_code check_redirects(struct app_write *write, const struct hg_json *body,
                                    struct hg_err *err)
{
    for (size_t i = 0; i < HG_COUNT(redirect_lists); i++) {
        const struct hg_json *list = hg_json_path(body, redirect_lists[i].path);
        for (size_t u = 0; u < hg_json_count(list); u++) {
            hg_str uri = hg_json_str_or(hg_json_item(list, u), HG_STR(""));
            const char *refusal = oidc_redirect_refusal(redirect_lists[i].kind, uri);
            if (refusal != NULL)
                return app_write_refuse(write, err, "%s: '%.*s': %s", redirect_lists[i].path,
                                        HG_ARG(uri), refusal);
        }
    }
    return HG_OK;
}

/* An absolute URI, as an audience and the part of a scope before its name. */
static bool is_identifier_uri(hg_str uri)
{
    hg_str scheme;
    hg_str rest;
    if (uri.len > GRAPH_MAX_STRING || !hg_str_cut(uri, ':', &scheme, &rest) || scheme.len == 0)
        return false;
    for (size_t i = 0; i < uri.len; i++)
        if (uri.ptr[i] <= ' ' || uri.ptr[i] == '#' || (unsigned char)uri.ptr[i] >= 0x7f)
            return false;
    return rest.len > 0;
}

/* By an application that the same seed makes. */
static bool taken_in_seed(const struct app_write *write, hg_str uri)
{
    for (size_t i = 0; i < hg_json_count(&write->new_applications); i++) {
        const struct hg_json *other = hg_json_item(&write->new_applications, i);
        const struct hg_json *uris = hg_json_get(other, "identifierUris");
        for (size_t u = 0; u < hg_json_count(uris); u++)
            if (hg_str_eq_nocase(hg_json_str_or(hg_json_item(uris, u), HG_STR("")), uri))
                return true;
    }
    return false;
}

/* By another application, of the store, of the seed or Headgate's own. */
static enum hg_code is_taken(const struct app_write *write, hg_str app_id, hg_str uri, bool *out,
                             struct hg_err *err)
{
    struct model_application owner;
    enum hg_code code =
        app_application_by_uri(write->app, write->arena, write->tenant, uri, &owner, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    *out = code == HG_OK ? !hg_str_eq_nocase(owner.app_id, app_id) : taken_in_seed(write, uri);
    return HG_OK;
}

/* One application answers to a URI: else a token for it would be another's. */
static enum hg_code check_identifiers(struct app_write *write, hg_str app_id,
                                      const struct hg_json *body, struct hg_err *err)
{
    const struct hg_json *uris = hg_json_get(body, "identifierUris");
    for (size_t i = 0; i < hg_json_count(uris); i++) {
        hg_str uri = hg_json_str_or(hg_json_item(uris, i), HG_STR(""));
        bool taken;
        if (!is_identifier_uri(uri))
            return app_write_refuse(write, err,
                                    "identifierUris: '%.*s' is no absolute URI such as api://%.*s.",
                                    HG_ARG(uri), HG_ARG(app_id));
        HG_TRY(is_taken(write, app_id, uri, &taken, err));
        if (taken)
            return app_write_refuse(write, err,
                                    "Another object with the same value for property "
                                    "identifierUris already exists: '%.*s'. Choose another URI, "
                                    "such as api://%.*s.",
                                    HG_ARG(uri), HG_ARG(app_id));
    }
    return HG_OK;
}

enum hg_code app_application_create(struct app_write *write, const struct hg_json *input,
                                    struct app_object *out, struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_application, write->mode, NULL, input, &body,
                      &write->fault, err));
    HG_TRY(check_redirects(write, &body, err));
    put_created(write, &body);
    hg_str app_id = text_of(&body, "appId");
    if (app_id.len == 0)
        app_id = hg_uuid_v4(write->arena, &write->app->random);
    hg_json_put_str(write->arena, &body, "appId", hg_str_lower(write->arena, app_id));
    HG_TRY(check_identifiers(write, app_id, &body, err));
    if (hg_json_get(&body, "signInAudience") == NULL)
        hg_json_put(write->arena, &body, "signInAudience", hg_json_z("AzureADMyOrg"));
    return create(write, APP_KIND_APPLICATION, &body, app_id, out, err);
}

enum hg_code app_application_update(struct app_write *write, const struct app_object *stored,
                                    const struct hg_json *input, struct app_object *out,
                                    struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_application, write->mode, &stored->body, input, &body,
                      &write->fault, err));
    HG_TRY(check_redirects(write, &body, err));
    HG_TRY(check_identifiers(write, stored->name, &body, err));
    *out = (struct app_object){.name = stored->name, .body = body};
    return app_write_replace(write, APP_KIND_APPLICATION, stored, out, err);
}
