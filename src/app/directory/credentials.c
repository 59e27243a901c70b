#include "app/directory/credentials.h"

#include "app/app.h"
#include "app/caches.h"
#include "app/commit.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "mfa/mfa.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENANT, USER, KIND, ID, NAME, VALUE, CREATED, LAST_STEP, N_COLUMNS };
enum { BY_KEY = -1 };
enum kind { KIND_PASSWORD, KIND_TOTP };

const struct store_table app_credentials_table = {
    .name = "credentials",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [USER] = {"user_id", STORE_TEXT},
            [KIND] = {"kind", STORE_INT},
            [ID] = {"id", STORE_TEXT},
            [NAME] = {"name", STORE_TEXT},
            [VALUE] = {"value", STORE_BLOB},
            [CREATED] = {"created", STORE_INT},
            [LAST_STEP] = {"last_step", STORE_INT, .is_nullable = true},
        },
    .n_columns = N_COLUMNS,
    .n_key = 4,
};

enum hg_code app_password_hash(struct app *app, struct hg_arena *arena, hg_str password,
                               hg_str *out, struct hg_err *err)
{
    unsigned char salt[CRYPTO_PASSWORD_SALT];
    hg_random_fill(&app->random, salt, sizeof(salt));
    const struct crypto_password_cost cost = {app->config.argon2_memory_kib,
                                              app->config.argon2_passes};
    HG_TRY(app_gate_enter(app->caches, err));
    enum hg_code code = crypto_password_hash(arena, password, cost, salt, out, err);
    app_gate_leave(app->caches);
    return code;
}

void app_password_set(struct app_commit *commit, hg_str tenant, hg_str user, hg_str encoded,
                      hg_time now)
{
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),     [USER] = store_text(user),
        [KIND] = store_int(KIND_PASSWORD), [ID] = store_text(HG_STR("")),
        [NAME] = store_text(HG_STR("")),   [VALUE] = store_blob(encoded),
        [CREATED] = store_time(now),       [LAST_STEP] = store_null(STORE_INT),
    };
    app_commit_put(commit, &app_credentials_table, values);
}

enum hg_code app_password_check(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str user,
                                hg_str password, bool *out_matches, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(user),
                                      store_int(KIND_PASSWORD), store_text(HG_STR(""))};
    struct store_row row;
    enum hg_code code = store_get(app->store, arena, &app_credentials_table, key, &row, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    bool is_known = code == HG_OK;
    hg_str encoded = is_known ? row.values[VALUE].bytes : app_password_decoy(app->caches);

    HG_TRY(app_gate_enter(app->caches, err));
    bool matches = false;
    code = crypto_password_verify(encoded, password, &matches, err);
    app_gate_leave(app->caches);
    HG_TRY(code);
    *out_matches = matches && is_known;
    return HG_OK;
}

static enum hg_code find_totps(struct store *store, struct hg_arena *arena, hg_str tenant,
                               hg_str user, struct store_rows *out, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(user),
                                         store_int(KIND_TOTP)};
    const struct store_query query = {
        .table = &app_credentials_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 3};
    return store_find(store, arena, &query, out, err);
}

enum hg_code app_credentials_has_mfa(struct store *store, struct hg_arena *arena, hg_str tenant,
                                     hg_str user, bool *out, struct hg_err *err)
{
    struct store_rows rows;
    HG_TRY(find_totps(store, arena, tenant, user, &rows, err));
    *out = rows.n > 0;
    return HG_OK;
}

static struct crypto_place place_of(hg_str tenant, hg_str id)
{
    return (struct crypto_place){
        .tenant = tenant, .table = HG_STR("credentials"), .row = id, .column = HG_STR("value")};
}

static enum hg_code totp_of(struct app *app, struct hg_arena *arena, const struct store_row *row,
                            struct mfa_totp *out, struct hg_err *err)
{
    const struct store_value *v = row->values;
    struct mfa_totp totp = {
        .id = v[ID].bytes,
        .display_name = v[NAME].bytes,
        .created = {v[CREATED].integer},
        .has_last_step = !v[LAST_STEP].is_null,
        .last_step = (uint64_t)v[LAST_STEP].integer,
    };
    const struct crypto_sealed sealed = {.place = place_of(v[TENANT].bytes, v[ID].bytes),
                                         .bytes = v[VALUE].bytes};
    HG_TRY(crypto_open(arena, app->keyring, &sealed, &totp.seed, err));
    *out = totp;
    return HG_OK;
}

enum hg_code app_totps_load(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str user,
                            struct app_totps *out, struct hg_err *err)
{
    struct store_rows rows;
    HG_TRY(find_totps(app->store, arena, tenant, user, &rows, err));
    struct mfa_totp *items = HG_NEW_ARRAY(arena, struct mfa_totp, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu authenticators", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        HG_TRY(totp_of(app, arena, &rows.rows[i], &items[i], err));
    *out = (struct app_totps){items, rows.n};
    return HG_OK;
}

enum hg_code app_totp_add(struct app *app, struct app_commit *commit, hg_str tenant, hg_str user,
                          const struct mfa_totp *totp, struct hg_err *err)
{
    struct crypto_plain plain = {.place = place_of(tenant, totp->id), .bytes = totp->seed};
    hg_random_fill(&app->random, plain.random, sizeof(plain.random));
    hg_str sealed;
    HG_TRY(crypto_seal(commit->arena, app->keyring, &plain, &sealed, err));
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [USER] = store_text(user),
        [KIND] = store_int(KIND_TOTP),
        [ID] = store_text(totp->id),
        [NAME] = store_text(totp->display_name),
        [VALUE] = store_blob(sealed),
        [CREATED] = store_time(totp->created),
        [LAST_STEP] =
            totp->has_last_step ? store_int((int64_t)totp->last_step) : store_null(STORE_INT),
    };
    app_commit_insert(commit, &app_credentials_table, values);
    return HG_OK;
}

void app_totp_accept(struct app_commit *commit, hg_str tenant, hg_str user,
                     const struct mfa_totp *totp, uint64_t step)
{
    const struct store_value key[] = {store_text(tenant), store_text(user), store_int(KIND_TOTP),
                                      store_text(totp->id)};
    app_commit_update(commit, &app_credentials_table, key,
                      APP_CHANGES({LAST_STEP, store_int((int64_t)step)}));
    if (totp->has_last_step)
        app_commit_when(commit,
                        APP_CONDITIONS({LAST_STEP, STORE_EQ, store_int((int64_t)totp->last_step)}));
    else
        app_commit_when(commit, APP_CONDITIONS({LAST_STEP, STORE_IS_NULL, store_null(STORE_INT)}));
}

void app_totps_remove(struct app_commit *commit, hg_str tenant, hg_str user)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(user),
                                         store_int(KIND_TOTP)};
    app_commit_delete_where(commit, &app_credentials_table, BY_KEY, prefix, 3);
}

void app_credentials_forget(struct app_commit *commit, hg_str tenant, hg_str user)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(user)};
    app_commit_delete_where(commit, &app_credentials_table, BY_KEY, prefix, 2);
}
