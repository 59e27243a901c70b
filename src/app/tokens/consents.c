#include "app/app.h"
#include "app/commit.h"
#include "app/directory/applications.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "base/base.h"
#include "oidc/scope.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

enum { TENANT, CLIENT, PRINCIPAL, RESOURCE, SCOPES, N_COLUMNS };
enum { BY_KEY = -1, MAX_SCOPES_TEXT = 16 << 10 };

const struct store_table app_consents_table = {
    .name = "consents",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [CLIENT] = {"client", STORE_TEXT},
            [PRINCIPAL] = {"principal", STORE_TEXT},
            [RESOURCE] = {"resource", STORE_TEXT},
            [SCOPES] = {"scopes", STORE_TEXT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 4,
};

static hg_str united(struct hg_arena *arena, hg_str old, hg_str added)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_SCOPES_TEXT);
    hg_buf_str(&buf, old);
    hg_str field;
    while (hg_str_field(&added, ' ', &field)) {
        if (hg_str_has_word_nocase(hg_buf_view(&buf), field))
            continue;
        hg_buf_z(&buf, buf.len > 0 ? " " : "");
        hg_buf_str(&buf, field);
    }
    return hg_buf_view(&buf);
}

enum hg_code app_consent_add(struct store *store, struct app_commit *commit, hg_str tenant,
                             hg_str client, hg_str principal, const struct oidc_consent *consent,
                             struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(client), store_text(principal),
                                      store_text(consent->resource)};
    struct store_row row;
    enum hg_code code = store_get(store, commit->arena, &app_consents_table, key, &row, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    hg_str old = code == HG_OK ? row.values[SCOPES].bytes : HG_STR("");
    const struct store_value values[N_COLUMNS] = {
        key[0], key[1], key[2], key[3], store_text(united(commit->arena, old, consent->scopes)),
    };
    app_commit_put(commit, &app_consents_table, values);
    return HG_OK;
}

static enum hg_code rows_for(struct store *store, struct hg_arena *arena, hg_str tenant,
                             hg_str client, hg_str principal, struct store_rows *out,
                             struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(client),
                                         store_text(principal)};
    const struct store_query query = {
        .table = &app_consents_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 3};
    return store_find(store, arena, &query, out, err);
}

enum hg_code app_consents_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                               hg_str client, hg_str user, struct oidc_consents *out,
                               struct hg_err *err)
{
    struct store_rows all;
    struct store_rows own;
    HG_TRY(rows_for(store, arena, tenant, client, HG_STR(""), &all, err));
    HG_TRY(rows_for(store, arena, tenant, client, user, &own, err));
    struct oidc_consent *items = HG_NEW_ARRAY(arena, struct oidc_consent, all.n + own.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu consents", all.n + own.n);
    for (size_t i = 0; i < all.n + own.n; i++) {
        const struct store_value *v = i < all.n ? all.rows[i].values : own.rows[i - all.n].values;
        items[i] = (struct oidc_consent){v[RESOURCE].bytes, v[SCOPES].bytes};
    }
    *out = (struct oidc_consents){items, all.n + own.n};
    return HG_OK;
}

/* The name of a permission id at a resource. Ids of Headgate's own scopes are their names. */
static enum hg_code scope_name(struct app *app, struct hg_arena *arena, hg_str tenant,
                               hg_str resource, hg_str id, hg_str *out, struct hg_err *err)
{
    *out = id;
    struct app_object object;
    enum hg_code code =
        app_object_by_name(app->store, arena, tenant, APP_KIND_APPLICATION, resource, &object, err);
    if (code == HG_NOT_FOUND)
        return HG_OK;
    HG_TRY(code);
    const struct hg_json *scopes = hg_json_path(&object.body, "api.oauth2PermissionScopes");
    for (size_t i = 0; i < hg_json_count(scopes); i++) {
        const struct hg_json *scope = hg_json_item(scopes, i);
        if (hg_str_eq_nocase(hg_json_str_or(hg_json_get(scope, "id"), HG_STR("")), id))
            *out = hg_json_str_or(hg_json_get(scope, "value"), id);
    }
    return HG_OK;
}

static enum hg_code required_of(struct app *app, struct hg_arena *arena, hg_str tenant,
                                const struct hg_json *access, struct oidc_consent *out,
                                struct hg_err *err)
{
    hg_str resource = hg_json_str_or(hg_json_get(access, "resourceAppId"), HG_STR(""));
    const struct hg_json *items = hg_json_get(access, "resourceAccess");
    struct hg_buf scopes = hg_buf_new(arena, MAX_SCOPES_TEXT);
    for (size_t i = 0; i < hg_json_count(items); i++) {
        const struct hg_json *item = hg_json_item(items, i);
        if (!hg_str_eq_nocase(hg_json_str_or(hg_json_get(item, "type"), HG_STR("Scope")),
                              HG_STR("Scope")))
            continue;
        hg_str name;
        HG_TRY(scope_name(app, arena, tenant, resource,
                          hg_json_str_or(hg_json_get(item, "id"), HG_STR("")), &name, err));
        hg_buf_z(&scopes, scopes.len > 0 ? " " : "");
        hg_buf_str(&scopes, name);
    }
    *out = (struct oidc_consent){resource, hg_buf_view(&scopes)};
    return HG_OK;
}

enum hg_code app_consents_required(struct app *app, struct hg_arena *arena, hg_str tenant,
                                   hg_str client, struct oidc_consents *out, struct hg_err *err)
{
    struct app_object object;
    enum hg_code code =
        app_object_by_name(app->store, arena, tenant, APP_KIND_APPLICATION, client, &object, err);
    if (code == HG_NOT_FOUND) { /* one of Headgate's own: it registers none */
        *out = (struct oidc_consents){0};
        return HG_OK;
    }
    HG_TRY(code);
    const struct hg_json *access = hg_json_get(&object.body, "requiredResourceAccess");
    size_t n = hg_json_count(access);
    struct oidc_consent *items = HG_NEW_ARRAY(arena, struct oidc_consent, n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu permissions", n);
    for (size_t i = 0; i < n; i++)
        HG_TRY(required_of(app, arena, tenant, hg_json_item(access, i), &items[i], err));
    *out = (struct oidc_consents){items, n};
    return HG_OK;
}
