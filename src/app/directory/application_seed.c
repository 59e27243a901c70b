#include "app/app.h"
#include "app/commit.h"
#include "app/directory/applications.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "app/directory/service_principals.h"
#include "app/graph_api/write.h"
#include "app/seed.h"
#include "base/base.h"
#include "model/model.h"
#include "oidc/scope.h"

#include <stdbool.h>
#include <stddef.h>

/* Applications of a seed: with their secrets, their service principal, what everybody agreed
 * to for them, and the app roles they hold. */

enum { SECRET_YEARS = 2 };

static const struct app_seed_extra extras[] = {
    {"secrets", HG_JSON_STRING, true, "an array of strings"},
    {"grants", HG_JSON_OBJECT, true, "an array of objects"},
    {"servicePrincipal", HG_JSON_OBJECT, false, "an object"}};

static hg_str text_of(const struct hg_json *object, const char *name)
{
    return hg_json_str_or(hg_json_get(object, name), HG_STR(""));
}

static enum hg_code add_secrets(struct app_seed *seed, const struct hg_json *item, hg_str app_id,
                                struct hg_err *err)
{
    struct app_write *write = &seed->write;
    const struct hg_json *secrets = hg_json_get(item, "secrets");
    for (size_t i = 0; i < hg_json_count(secrets); i++) {
        const struct app_new_secret secret = {
            .key_id = hg_uuid_v4(write->arena, &write->app->random),
            .display_name = HG_STR("seed"),
            .created = write->now,
            .expires = hg_time_add(write->now, HG_DAYS(365 * SECRET_YEARS)),
            .text = hg_json_str_or(hg_json_item(secrets, i), HG_STR("")),
        };
        hg_str text;
        HG_TRY(
            app_secret_add(write->app, write->commit, write->tenant, app_id, &secret, &text, err));
    }
    return HG_OK;
}

static enum hg_code add_scopes(struct app_seed *seed, const struct hg_json *grant, hg_str app_id,
                               struct hg_err *err)
{
    struct app_write *write = &seed->write;
    const struct hg_json *scopes = hg_json_get(grant, "scopes");
    struct hg_buf words = hg_buf_new(write->arena, HG_MAX_TARGET);
    for (size_t s = 0; s < hg_json_count(scopes); s++) {
        hg_buf_z(&words, s == 0 ? "" : " ");
        hg_buf_str(&words, hg_json_str_or(hg_json_item(scopes, s), HG_STR("")));
    }
    const struct oidc_consent consent = {text_of(grant, "resource"), hg_buf_view(&words)};
    if (words.len == 0)
        return HG_OK;
    return app_consent_add(write->app->store, write->commit, write->tenant, app_id, HG_STR(""),
                           &consent, err);
}

/* --- App roles ---------------------------------------------------------------------------- */

/* The id of a role for applications among those that an application of this seed defines. */
static bool role_in_seed(const struct app_seed *seed, hg_str app_id, hg_str value, hg_str *out)
{
    const struct hg_json *applications = &seed->write.new_applications;
    for (size_t i = 0; i < hg_json_count(applications); i++) {
        const struct hg_json *application = hg_json_item(applications, i);
        const struct hg_json *roles = hg_json_get(application, "appRoles");
        if (!hg_str_eq_nocase(text_of(application, "appId"), app_id))
            continue;
        for (size_t r = 0; r < hg_json_count(roles); r++) {
            *out = text_of(hg_json_item(roles, r), "id");
            if (hg_str_eq(text_of(hg_json_item(roles, r), "value"), value))
                return out->len > 0;
        }
    }
    return false;
}

/* The service principal of the resource, and the role's id. False: there is none such. */
static bool find_role(const struct app_seed *seed, hg_str resource, hg_str value, hg_str *principal,
                      hg_str *role)
{
    struct model_application own;
    const struct app_write *write = &seed->write;
    if (app_first_party_find(write->arena, write->app->config.base_url, resource, &own)) {
        *principal = own.service_principal;
        *role = value;
        return app_role_of_id(&own, value) != NULL;
    }
    for (size_t i = 0; i < seed->n_principals; i++) {
        if (!hg_str_eq_nocase(seed->principals[i].name, resource))
            continue;
        *principal = seed->principals[i].id;
        return role_in_seed(seed, resource, value, role);
    }
    return false;
}

static enum hg_code add_roles(struct app_seed *seed, const struct hg_json *grant,
                              struct hg_err *err)
{
    struct app_write *write = &seed->write;
    const struct hg_json *roles = hg_json_get(grant, "roles");
    for (size_t i = 0; i < hg_json_count(roles); i++) {
        hg_str value = hg_json_str_or(hg_json_item(roles, i), HG_STR(""));
        hg_str principal;
        hg_str role;
        if (!find_role(seed, text_of(grant, "resource"), value, &principal, &role))
            return app_seed_refuse(
                seed,
                hg_str_format(write->arena,
                              "grants: the resource has no app role '%.*s' for applications; one "
                              "of this seed stands before those that hold its roles",
                              HG_ARG(value)),
                err);
        struct hg_json one = hg_json_object();
        hg_json_put_str(write->arena, &one, "id", hg_uuid_v4(write->arena, &write->app->random));
        hg_json_put_str(write->arena, &one, "appRoleId", role);
        hg_json_put_str(write->arena, &one, "resourceId", principal);
        hg_json_put_str(write->arena, &one, "createdDateTime",
                        hg_time_rfc3339(write->arena, write->now));
        hg_json_push(write->arena, &write->assignments, one);
    }
    return HG_OK;
}

static enum hg_code add_grants(struct app_seed *seed, const struct hg_json *item, hg_str app_id,
                               struct hg_err *err)
{
    const struct hg_json *grants = hg_json_get(item, "grants");
    for (size_t i = 0; i < hg_json_count(grants); i++) {
        const struct hg_json *grant = hg_json_item(grants, i);
        HG_TRY(app_seed_knows(seed, grant, "resource scopes roles", err));
        HG_TRY(add_scopes(seed, grant, app_id, err));
        HG_TRY(add_roles(seed, grant, err));
    }
    return HG_OK;
}

static enum hg_code add_principal(struct app_seed *seed, const struct hg_json *item, hg_str app_id,
                                  struct hg_err *err)
{
    struct app_write *write = &seed->write;
    const struct hg_json *given = hg_json_get(item, "servicePrincipal");
    struct hg_json input = given == NULL ? hg_json_object() : hg_json_copy(write->arena, given);
    struct app_object principal;
    hg_json_put_str(write->arena, &input, "appId", app_id);
    HG_TRY(
        app_seed_created(seed, app_service_principal_create(write, &input, &principal, err), err));
    seed->principals[seed->n_principals++] = (struct app_seed_name){app_id, principal.id};
    return HG_OK;
}

enum hg_code app_seed_application(struct app_seed *seed, const struct hg_json *item,
                                  struct hg_err *err)
{
    struct app_write *write = &seed->write;
    struct hg_json input;
    struct app_object app;
    HG_TRY(app_seed_without(seed, item, extras, HG_COUNT(extras), &input, err));
    HG_TRY(app_seed_created(seed, app_application_create(write, &input, &app, err), err));
    hg_json_push(write->arena, &write->new_applications, app.body);
    hg_str app_id = text_of(&app.body, "appId");
    HG_TRY(add_secrets(seed, item, app_id, err));
    write->assignments = hg_json_array();
    HG_TRY(add_grants(seed, item, app_id, err));
    return add_principal(seed, item, app_id, err);
}
