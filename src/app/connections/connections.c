#include "app/connections/connections.h"

#include "app/app.h"
#include "app/commit.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TENANT,
    ID,
    OWNER,
    API,
    NAME,
    SEALED,
    GRANT,
    STATUS,
    ERROR_CODE,
    ERROR_MESSAGE,
    CREATED,
    MODIFIED,
    VERSION,
    N_COLUMNS
};
enum { BY_KEY = -1, BY_OWNER = 0 };
enum { MAX_ID = 64 };

const struct store_table app_connections_table = {
    .name = "connections",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [ID] = {"id", STORE_TEXT},
            [OWNER] = {"owner", STORE_TEXT},
            [API] = {"api", STORE_TEXT},
            [NAME] = {"display_name", STORE_TEXT},
            [SEALED] = {"sealed", STORE_BLOB},
            [GRANT] = {"grant_id", STORE_TEXT},
            [STATUS] = {"status", STORE_INT},
            [ERROR_CODE] = {"error_code", STORE_TEXT},
            [ERROR_MESSAGE] = {"error_message", STORE_TEXT},
            [CREATED] = {"created", STORE_INT},
            [MODIFIED] = {"modified", STORE_INT},
            [VERSION] = {"version", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 2,
    .indexes = {{"connections_by_owner", {TENANT, OWNER}, 2, false}},
    .n_indexes = 1,
};

struct app_connection app_connection_new(hg_time now)
{
    return (struct app_connection){
        .status = APP_CONNECTION_UNAUTHENTICATED,
        .error_code = HG_STR("Unauthenticated"),
        .error_message = HG_STR("This connection is not authenticated."),
        .created = now,
        .modified = now,
        .version = 1,
    };
}

bool app_connection_id_is_good(hg_str id)
{
    bool good = id.len > 0 && id.len <= MAX_ID;
    for (size_t i = 0; good && i < id.len; i++) {
        char c = id.ptr[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
    return good;
}

static struct app_connection connection_of(const struct store_value *v)
{
    return (struct app_connection){
        .id = v[ID].bytes,
        .owner = v[OWNER].bytes,
        .api = v[API].bytes,
        .display_name = v[NAME].bytes,
        .sealed = v[SEALED].bytes,
        .grant = v[GRANT].bytes,
        .status = (enum app_connection_status)v[STATUS].integer,
        .error_code = v[ERROR_CODE].bytes,
        .error_message = v[ERROR_MESSAGE].bytes,
        .created = {v[CREATED].integer},
        .modified = {v[MODIFIED].integer},
        .version = v[VERSION].integer,
    };
}

enum hg_code app_connection_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                                 hg_str id, struct app_connection *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    struct store_row row;
    HG_TRY(store_get(store, arena, &app_connections_table, key, &row, err));
    *out = connection_of(row.values);
    return HG_OK;
}

enum hg_code app_connections_list(struct store *store, struct hg_arena *arena, hg_str tenant,
                                  hg_str owner, struct app_connections *out, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(owner)};
    const struct store_query query = {
        .table = &app_connections_table,
        .index = owner.len > 0 ? BY_OWNER : BY_KEY,
        .prefix = prefix,
        .n_prefix = owner.len > 0 ? 2 : 1,
    };
    struct store_rows rows;
    HG_TRY(store_find(store, arena, &query, &rows, err));
    struct app_connection *items = HG_NEW_ARRAY(arena, struct app_connection, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu connections", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        items[i] = connection_of(rows.rows[i].values);
    *out = (struct app_connections){items, rows.n};
    return HG_OK;
}

void app_connection_insert(struct app_commit *commit, hg_str tenant,
                           const struct app_connection *connection)
{
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [ID] = store_text(connection->id),
        [OWNER] = store_text(connection->owner),
        [API] = store_text(connection->api),
        [NAME] = store_text(connection->display_name),
        [SEALED] = store_blob(connection->sealed),
        [GRANT] = store_text(connection->grant),
        [STATUS] = store_int(connection->status),
        [ERROR_CODE] = store_text(connection->error_code),
        [ERROR_MESSAGE] = store_text(connection->error_message),
        [CREATED] = store_time(connection->created),
        [MODIFIED] = store_time(connection->modified),
        [VERSION] = store_int(1),
    };
    app_commit_insert(commit, &app_connections_table, values);
}

void app_connection_update(struct app_commit *commit, hg_str tenant,
                           const struct app_connection *connection)
{
    const struct store_value key[] = {store_text(tenant), store_text(connection->id)};
    app_commit_update(commit, &app_connections_table, key,
                      APP_CHANGES({NAME, store_text(connection->display_name)},
                                  {SEALED, store_blob(connection->sealed)},
                                  {GRANT, store_text(connection->grant)},
                                  {STATUS, store_int(connection->status)},
                                  {ERROR_CODE, store_text(connection->error_code)},
                                  {ERROR_MESSAGE, store_text(connection->error_message)},
                                  {MODIFIED, store_time(connection->modified)},
                                  {VERSION, store_int(connection->version + 1)}));
    app_commit_when(commit, APP_CONDITIONS({VERSION, STORE_EQ, store_int(connection->version)}));
}

void app_connection_delete(struct app_commit *commit, hg_str tenant, hg_str id)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    app_commit_delete(commit, &app_connections_table, key);
}

static struct crypto_place place_of(hg_str tenant, hg_str id)
{
    return (struct crypto_place){
        .tenant = tenant, .table = HG_STR("connections"), .row = id, .column = HG_STR("sealed")};
}

enum hg_code app_connection_seal(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str id,
                                 hg_str refresh_token, hg_str *out, struct hg_err *err)
{
    struct crypto_plain plain = {.place = place_of(tenant, id), .bytes = refresh_token};
    hg_random_fill(&app->random, plain.random, sizeof(plain.random));
    return crypto_seal(arena, app->keyring, &plain, out, err);
}

enum hg_code app_connection_open(struct app *app, struct hg_arena *arena, hg_str tenant,
                                 const struct app_connection *connection, hg_str *out,
                                 struct hg_err *err)
{
    const struct crypto_sealed sealed = {.place = place_of(tenant, connection->id),
                                         .bytes = connection->sealed};
    return crypto_open(arena, app->keyring, &sealed, out, err);
}
