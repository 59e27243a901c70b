#include "app/app.h"
#include "app/commit.h"
#include "app/sweep.h"
#include "app/tokens/grants.h"
#include "app/tokens/issued.h"
#include "base/base.h"
#include "oidc/token.h"
#include "store/store.h"

#include <stddef.h>

enum {
    C_TENANT,
    C_MAC,
    C_GRANT,
    C_CLIENT,
    C_USER,
    C_REDIRECT_URI,
    C_REDIRECT_WAS_SENT,
    C_REDIRECT_KIND,
    C_PKCE,
    C_CHALLENGE,
    C_SCOPE,
    C_NONCE,
    C_EXPIRES,
    C_REDEEMED_AT,
    C_COLUMNS
};
enum { R_TENANT, R_MAC, R_GRANT, R_ISSUED, R_ROTATED_AT, R_COLUMNS };

const struct store_table app_codes_table = {
    .name = "codes",
    .columns =
        {
            [C_TENANT] = {"tenant", STORE_TEXT},
            [C_MAC] = {"mac", STORE_TEXT},
            [C_GRANT] = {"grant_id", STORE_TEXT},
            [C_CLIENT] = {"client", STORE_TEXT},
            [C_USER] = {"user_id", STORE_TEXT},
            [C_REDIRECT_URI] = {"redirect_uri", STORE_TEXT},
            [C_REDIRECT_WAS_SENT] = {"redirect_was_sent", STORE_INT},
            [C_REDIRECT_KIND] = {"redirect_kind", STORE_INT},
            [C_PKCE] = {"pkce", STORE_INT},
            [C_CHALLENGE] = {"challenge", STORE_TEXT},
            [C_SCOPE] = {"scope", STORE_TEXT},
            [C_NONCE] = {"nonce", STORE_TEXT, .is_nullable = true},
            [C_EXPIRES] = {"expires", STORE_INT},
            [C_REDEEMED_AT] = {"redeemed_at", STORE_INT, .is_nullable = true},
        },
    .n_columns = C_COLUMNS,
    .n_key = 2,
    .indexes = {{"codes_by_expiry", {C_TENANT, C_EXPIRES}, 2, false}},
    .n_indexes = 1,
};
enum { CODES_BY_EXPIRY = 0, TOKENS_BY_GRANT = 0, TOKENS_BY_ROTATION = 1 };

/* A grant whose code nobody came for stands for nothing. */
static bool forget_code(struct app_commit *commit, const struct store_value *row, hg_time now)
{
    (void)now;
    if (row[C_REDEEMED_AT].is_null)
        app_grant_delete(commit, row[C_TENANT].bytes, row[C_GRANT].bytes);
    return true;
}

/* One that was redeemed stays for a day: who comes with it again ends its family. */
const struct app_retention app_codes_retention = {
    .table = &app_codes_table, .index = CODES_BY_EXPIRY, .hours = 1 * 24, .forget = forget_code};

const struct store_table app_refresh_tokens_table = {
    .name = "refresh_tokens",
    .columns =
        {
            [R_TENANT] = {"tenant", STORE_TEXT},
            [R_MAC] = {"mac", STORE_TEXT},
            [R_GRANT] = {"grant_id", STORE_TEXT},
            [R_ISSUED] = {"issued", STORE_INT},
            [R_ROTATED_AT] = {"rotated_at", STORE_INT, .is_nullable = true},
        },
    .n_columns = R_COLUMNS,
    .n_key = 2,
    .indexes = {{"refresh_tokens_by_grant", {R_TENANT, R_GRANT}, 2, false},
                {"refresh_tokens_by_rotation", {R_TENANT, R_ROTATED_AT}, 2, false}},
    .n_indexes = 2,
};

/* A replay of a rotated one is noticed for as long as any token can lie unused (90 days); a
 * confidential client may use an older one, but not one that lay for longer than that. */
const struct app_retention app_refresh_tokens_retention = {
    .table = &app_refresh_tokens_table, .index = TOKENS_BY_ROTATION, .hours = 91 * 24};

void app_refresh_forget(struct app_commit *commit, hg_str tenant, hg_str grant)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(grant)};
    app_commit_delete_where(commit, &app_refresh_tokens_table, TOKENS_BY_GRANT, prefix, 2);
}

static const char code_purpose[] = "authorization-code";
static const char refresh_purpose[] = "refresh-token";

enum hg_code app_code_insert(struct app *app, struct app_commit *commit,
                             const struct app_code *code, hg_time now, hg_str *out_text,
                             struct hg_err *err)
{
    struct app_issued issued;
    HG_TRY(app_issue(app, commit->arena, code_purpose, &issued, err));
    const struct oidc_code *of = &code->code;
    const struct store_value values[C_COLUMNS] = {
        [C_TENANT] = store_text(of->tenant),
        [C_MAC] = store_text(issued.mac),
        [C_GRANT] = store_text(code->grant),
        [C_CLIENT] = store_text(of->client),
        [C_USER] = store_text(of->user),
        [C_REDIRECT_URI] = store_text(of->redirect_uri),
        [C_REDIRECT_WAS_SENT] = store_int(of->redirect_was_sent),
        [C_REDIRECT_KIND] = store_int(of->redirect_kind),
        [C_PKCE] = store_int(of->pkce),
        [C_CHALLENGE] = store_text(of->challenge),
        [C_SCOPE] = store_text(of->scope),
        [C_NONCE] = code->has_nonce ? store_text(code->nonce) : store_null(STORE_TEXT),
        [C_EXPIRES] = store_time(hg_time_add(now, oidc_code_lifetime)),
        [C_REDEEMED_AT] = store_null(STORE_INT),
    };
    app_commit_insert(commit, &app_codes_table, values);
    *out_text = issued.text;
    return HG_OK;
}

enum hg_code app_code_find(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str text,
                           struct app_code *out, struct hg_err *err)
{
    struct store_row row;
    HG_TRY(app_issued_find(app, arena, &app_codes_table, tenant, code_purpose, text, &row, err));
    const struct store_value *v = row.values;
    *out = (struct app_code){
        .mac = v[C_MAC].bytes,
        .grant = v[C_GRANT].bytes,
        .code =
            {
                .tenant = v[C_TENANT].bytes,
                .client = v[C_CLIENT].bytes,
                .user = v[C_USER].bytes,
                .redirect_uri = v[C_REDIRECT_URI].bytes,
                .redirect_was_sent = v[C_REDIRECT_WAS_SENT].integer != 0,
                .redirect_kind = (enum oidc_redirect_kind)v[C_REDIRECT_KIND].integer,
                .pkce = (enum oidc_pkce)v[C_PKCE].integer,
                .challenge = v[C_CHALLENGE].bytes,
                .scope = v[C_SCOPE].bytes,
                .expires = {v[C_EXPIRES].integer},
            },
        .has_nonce = !v[C_NONCE].is_null,
        .nonce = v[C_NONCE].bytes,
        .is_redeemed = !v[C_REDEEMED_AT].is_null,
    };
    return HG_OK;
}

void app_code_burn(struct app_commit *commit, hg_str tenant, const struct app_code *code,
                   hg_time now)
{
    const struct store_value key[] = {store_text(tenant), store_text(code->mac)};
    app_commit_update(commit, &app_codes_table, key, APP_CHANGES({C_REDEEMED_AT, store_time(now)}));
    if (!code->is_redeemed)
        app_commit_when(commit,
                        APP_CONDITIONS({C_REDEEMED_AT, STORE_IS_NULL, store_null(STORE_INT)}));
}

enum hg_code app_refresh_insert(struct app *app, struct app_commit *commit, hg_str tenant,
                                hg_str grant, hg_time now, hg_str *out_text, struct hg_err *err)
{
    struct app_issued issued;
    HG_TRY(app_issue(app, commit->arena, refresh_purpose, &issued, err));
    const struct store_value values[R_COLUMNS] = {
        store_text(tenant), store_text(issued.mac), store_text(grant),
        store_time(now),    store_null(STORE_INT),
    };
    app_commit_insert(commit, &app_refresh_tokens_table, values);
    *out_text = issued.text;
    return HG_OK;
}

enum hg_code app_refresh_find(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str text,
                              struct app_refresh *out, struct hg_err *err)
{
    struct store_row row;
    HG_TRY(app_issued_find(app, arena, &app_refresh_tokens_table, tenant, refresh_purpose, text,
                           &row, err));
    const struct store_value *v = row.values;
    *out = (struct app_refresh){
        .mac = v[R_MAC].bytes,
        .grant = v[R_GRANT].bytes,
        .token =
            {
                .is_rotated = !v[R_ROTATED_AT].is_null,
                .rotated_at = {v[R_ROTATED_AT].integer},
                .issued = {v[R_ISSUED].integer},
            },
    };
    return HG_OK;
}

void app_refresh_supersede(struct app_commit *commit, hg_str tenant,
                           const struct app_refresh *refresh, hg_time now)
{
    const struct store_value key[] = {store_text(tenant), store_text(refresh->mac)};
    app_commit_update(commit, &app_refresh_tokens_table, key,
                      APP_CHANGES({R_ROTATED_AT, store_time(now)}));
}
