#include "app/app.h"
#include "app/commit.h"
#include "app/directory/applications.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

enum { TENANT, APP, KEY_ID, NAME, MAC, HINT, CREATED, EXPIRES, N_COLUMNS };
enum { BY_KEY = -1, SECRET_BYTES = 30, HINT_LENGTH = 3 };

const struct store_table app_secrets_table = {
    .name = "app_secrets",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [APP] = {"app_id", STORE_TEXT},
            [KEY_ID] = {"key_id", STORE_TEXT},
            [NAME] = {"display_name", STORE_TEXT},
            [MAC] = {"mac", STORE_BLOB},
            [HINT] = {"hint", STORE_TEXT},
            [CREATED] = {"created", STORE_INT},
            [EXPIRES] = {"expires", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 3,
};

static const char purpose[] = "client-secret";

enum hg_code app_secret_add(struct app *app, struct app_commit *commit, hg_str tenant,
                            hg_str app_id, const struct app_new_secret *secret, hg_str *out_text,
                            struct hg_err *err)
{
    unsigned char random[SECRET_BYTES];
    hg_random_fill(&app->random, random, sizeof(random));
    hg_str text =
        secret->text.len > 0
            ? secret->text
            : hg_b64url_encode(commit->arena, (hg_str){(const char *)random, sizeof(random)});
    if (text.len == 0)
        return HG_FAIL(err, HG_NO_MEMORY, "client secret");
    struct crypto_digest mac = crypto_mac(app->keyring, purpose, text);
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [APP] = store_text(app_id),
        [KEY_ID] = store_text(secret->key_id),
        [NAME] = store_text(secret->display_name),
        [MAC] = store_blob(hg_str_dup(commit->arena, crypto_digest_str(&mac))),
        [HINT] = store_text(hg_str_sub(text, 0, HINT_LENGTH)),
        [CREATED] = store_time(secret->created),
        [EXPIRES] = store_time(secret->expires),
    };
    app_commit_insert(commit, &app_secrets_table, values);
    *out_text = text;
    return HG_OK;
}

struct hg_json app_secret_json(struct hg_arena *arena, const struct app_new_secret *secret,
                               hg_str text)
{
    struct hg_json body = hg_json_object();
    hg_json_put_str(arena, &body, "keyId", secret->key_id);
    hg_json_put_str(arena, &body, "displayName", secret->display_name);
    hg_json_put_str(arena, &body, "startDateTime", hg_time_rfc3339(arena, secret->created));
    hg_json_put_str(arena, &body, "endDateTime", hg_time_rfc3339(arena, secret->expires));
    hg_json_put_str(arena, &body, "hint", hg_str_sub(text, 0, HINT_LENGTH));
    return body;
}

enum hg_code app_secrets_list(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str app_id,
                              struct hg_json *out, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(app_id)};
    const struct store_query query = {
        .table = &app_secrets_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 2};
    struct store_rows rows;
    HG_TRY(store_find(app->store, arena, &query, &rows, err));
    *out = hg_json_array();
    for (size_t i = 0; i < rows.n; i++) {
        const struct store_value *v = rows.rows[i].values;
        const struct app_new_secret secret = {
            .key_id = v[KEY_ID].bytes,
            .display_name = v[NAME].bytes,
            .created = {v[CREATED].integer},
            .expires = {v[EXPIRES].integer},
        };
        hg_json_push(arena, out, app_secret_json(arena, &secret, v[HINT].bytes));
    }
    return HG_OK;
}

void app_secret_remove(struct app_commit *commit, hg_str tenant, hg_str app_id, hg_str key_id)
{
    const struct store_value key[] = {store_text(tenant), store_text(app_id), store_text(key_id)};
    app_commit_delete(commit, &app_secrets_table, key);
}

void app_secrets_forget(struct app_commit *commit, hg_str tenant, hg_str app_id)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(app_id)};
    app_commit_delete_where(commit, &app_secrets_table, BY_KEY, prefix, 2);
}

enum hg_code app_secret_exists(struct app *app, struct hg_arena *arena, hg_str tenant,
                               hg_str app_id, bool *out, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(app_id)};
    const struct store_query query = {
        .table = &app_secrets_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 2, .limit = 1};
    struct store_rows rows;
    HG_TRY(store_find(app->store, arena, &query, &rows, err));
    *out = rows.n > 0;
    return HG_OK;
}

enum hg_code app_secret_find(struct store *store, struct hg_arena *arena, hg_str tenant,
                             hg_str app_id, hg_str key_id, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(app_id), store_text(key_id)};
    struct store_row row;
    return store_get(store, arena, &app_secrets_table, key, &row, err);
}

enum hg_code app_secret_check(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str app_id,
                              hg_str presented, hg_time now, enum oidc_secret_result *out,
                              struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(app_id)};
    const struct store_query query = {
        .table = &app_secrets_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 2};
    struct store_rows rows;
    HG_TRY(store_find(app->store, arena, &query, &rows, err));
    enum oidc_secret_result result = OIDC_SECRET_UNKNOWN;
    for (size_t i = 0; i < rows.n; i++) {
        const struct store_value *v = rows.rows[i].values;
        if (!crypto_mac_matches(app->keyring, purpose, presented, v[MAC].bytes))
            continue;
        bool is_live = now.us < v[EXPIRES].integer;
        if (is_live)
            result = OIDC_SECRET_MATCHES;
        else if (result == OIDC_SECRET_UNKNOWN)
            result = OIDC_SECRET_EXPIRED;
    }
    *out = result;
    return HG_OK;
}
