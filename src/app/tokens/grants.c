#include "app/tokens/grants.h"

#include "app/commit.h"
#include "app/directory/first_party.h"
#include "app/sweep.h"
#include "base/base.h"
#include "model/model.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum {
    TENANT,
    ID,
    USER,
    CLIENT,
    SCOPES,
    ISSUED,
    LAST_USED,
    AUTH_AT,
    MFA_AT,
    METHODS,
    AMR,
    CLIENT_APP_TYPE,
    IS_CONFIDENTIAL,
    IS_SPA,
    FLOW_ORIGIN,
    SNAPSHOT,
    REVOKED,
    REVOKED_AT,
    N_COLUMNS
};
enum { BY_USER = 0, BY_USE = 1, CONNECTION_DAYS = 730 };

const struct store_table app_grants_table = {
    .name = "grants",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [ID] = {"id", STORE_TEXT},
            [USER] = {"user_id", STORE_TEXT},
            [CLIENT] = {"client", STORE_TEXT},
            [SCOPES] = {"scopes", STORE_TEXT},
            [ISSUED] = {"issued", STORE_INT},
            [LAST_USED] = {"last_used", STORE_INT},
            [AUTH_AT] = {"auth_at", STORE_INT},
            [MFA_AT] = {"mfa_at", STORE_INT, .is_nullable = true},
            [METHODS] = {"methods", STORE_INT},
            [AMR] = {"amr", STORE_TEXT},
            [CLIENT_APP_TYPE] = {"client_app_type", STORE_INT},
            [IS_CONFIDENTIAL] = {"is_confidential", STORE_INT},
            [IS_SPA] = {"is_spa", STORE_INT},
            [FLOW_ORIGIN] = {"flow_origin", STORE_INT},
            [SNAPSHOT] = {"snapshot", STORE_TEXT},
            [REVOKED] = {"revoked", STORE_INT},
            [REVOKED_AT] = {"revoked_at", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 2,
    .indexes = {{"grants_by_user", {TENANT, USER}, 2, false},
                {"grants_by_use", {TENANT, LAST_USED}, 2, false}},
    .n_indexes = 2,
};

void app_grant_delete(struct app_commit *commit, hg_str tenant, hg_str id)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    app_commit_delete(commit, &app_grants_table, key);
}

/* A connection's is kept for longer: its owner is to read why it died, not that nobody knows
 * it. One that was revoked has been given up or replaced. */
static bool forget_grant(struct app_commit *commit, const struct store_value *row, hg_time now)
{
    bool is_connection = hg_str_eq(row[CLIENT].bytes, HG_STR(APP_ID_CONNECTIONS)) &&
                         row[REVOKED].integer == MODEL_REVOKED_NOT;
    if (is_connection && now.us - row[LAST_USED].integer < HG_DAYS(CONNECTION_DAYS).us)
        return false;
    app_refresh_forget(commit, row[TENANT].bytes, row[ID].bytes);
    return true;
}

/* No grant is good for anything that lay unused for 90 days; for as long again whoever comes
 * with it is told so. */
const struct app_retention app_grants_retention = {
    .table = &app_grants_table, .index = BY_USE, .hours = 180 * 24, .forget = forget_grant};

static struct store_value when_value(struct model_when when)
{
    return when.is_set ? store_time(when.at) : store_null(STORE_INT);
}

static struct model_when when_of(const struct store_value *value)
{
    return (struct model_when){.is_set = !value->is_null, .at = {value->integer}};
}

enum hg_code app_grant_insert(struct app_commit *commit, const struct model_grant *grant,
                              struct hg_err *err)
{
    hg_str snapshot;
    HG_TRY(app_grant_snapshot_render(commit->arena, grant, &snapshot, err));
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(grant->tenant),
        [ID] = store_text(grant->id),
        [USER] = store_text(grant->user),
        [CLIENT] = store_text(grant->client),
        [SCOPES] = store_text(grant->scopes),
        [ISSUED] = store_time(grant->issued),
        [LAST_USED] = store_time(grant->last_used),
        [AUTH_AT] = store_time(grant->auth_at),
        [MFA_AT] = when_value(grant->mfa_at),
        [METHODS] = store_int(grant->methods),
        [AMR] = store_text(grant->amr),
        [CLIENT_APP_TYPE] = store_int(grant->client_app_type),
        [IS_CONFIDENTIAL] = store_int(grant->is_confidential),
        [IS_SPA] = store_int(grant->is_spa),
        [FLOW_ORIGIN] = store_int(grant->flow_origin),
        [SNAPSHOT] = store_text(snapshot),
        [REVOKED] = store_int(grant->revoked),
        [REVOKED_AT] = store_time(grant->revoked_at),
    };
    app_commit_insert(commit, &app_grants_table, values);
    return HG_OK;
}

static enum hg_code grant_of(struct hg_arena *arena, const struct store_row *row,
                             struct model_grant *out, struct hg_err *err)
{
    const struct store_value *v = row->values;
    struct model_grant grant = {
        .tenant = v[TENANT].bytes,
        .id = v[ID].bytes,
        .family = v[ID].bytes,
        .user = v[USER].bytes,
        .client = v[CLIENT].bytes,
        .scopes = v[SCOPES].bytes,
        .issued = {v[ISSUED].integer},
        .last_used = {v[LAST_USED].integer},
        .auth_at = {v[AUTH_AT].integer},
        .mfa_at = when_of(&v[MFA_AT]),
        .methods = (uint32_t)v[METHODS].integer,
        .amr = v[AMR].bytes,
        .client_app_type = (enum model_client_app)v[CLIENT_APP_TYPE].integer,
        .is_confidential = v[IS_CONFIDENTIAL].integer != 0,
        .is_spa = v[IS_SPA].integer != 0,
        .flow_origin = (enum model_flow_origin)v[FLOW_ORIGIN].integer,
        .revoked = (enum model_revocation)v[REVOKED].integer,
        .revoked_at = {v[REVOKED_AT].integer},
    };
    HG_TRY(app_grant_snapshot_parse(arena, v[SNAPSHOT].bytes, &grant, err));
    *out = grant;
    return HG_OK;
}

enum hg_code app_grant_load(struct store *store, struct hg_arena *arena, hg_str tenant, hg_str id,
                            struct model_grant *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    struct store_row row;
    HG_TRY(store_get(store, arena, &app_grants_table, key, &row, err));
    return grant_of(arena, &row, out, err);
}

enum hg_code app_grant_bind(struct app_commit *commit, const struct model_grant *grant,
                            struct hg_err *err)
{
    const struct store_value key[] = {store_text(grant->tenant), store_text(grant->id)};
    hg_str snapshot;
    HG_TRY(app_grant_snapshot_render(commit->arena, grant, &snapshot, err));
    app_commit_update(commit, &app_grants_table, key,
                      APP_CHANGES({SNAPSHOT, store_text(snapshot)}));
    return HG_OK;
}

void app_grant_touch(struct app_commit *commit, const struct model_grant *grant, hg_time now,
                     hg_str scopes)
{
    const struct store_value key[] = {store_text(grant->tenant), store_text(grant->id)};
    app_commit_update(commit, &app_grants_table, key,
                      APP_CHANGES({LAST_USED, store_time(now)}, {SCOPES, store_text(scopes)}));
    app_commit_when(commit, APP_CONDITIONS({REVOKED, STORE_EQ, store_int(MODEL_REVOKED_NOT)}));
}

void app_grant_revoke(struct app_commit *commit, const struct model_grant *grant,
                      enum model_revocation cause, hg_time now)
{
    if (grant->revoked != MODEL_REVOKED_NOT)
        return;
    const struct store_value key[] = {store_text(grant->tenant), store_text(grant->id)};
    app_commit_update(commit, &app_grants_table, key,
                      APP_CHANGES({REVOKED, store_int(cause)}, {REVOKED_AT, store_time(now)}));
}

enum hg_code app_grants_revoke_user(struct store *store, struct app_commit *commit,
                                    const struct app_revocation *revocation, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(revocation->tenant),
                                         store_text(revocation->user)};
    const struct store_query query = {
        .table = &app_grants_table, .index = BY_USER, .prefix = prefix, .n_prefix = 2};
    struct store_rows rows;
    HG_TRY(store_find(store, commit->arena, &query, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        struct model_grant grant;
        HG_TRY(grant_of(commit->arena, &rows.rows[i], &grant, err));
        app_grant_revoke(commit, &grant, revocation->cause, revocation->at);
    }
    return HG_OK;
}
