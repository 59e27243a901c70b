#include "app/sign_in/sessions.h"

#include "app/app.h"
#include "app/commit.h"
#include "app/sweep.h"
#include "app/tokens/issued.h"
#include "base/base.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum {
    TENANT,
    MAC,
    ID,
    USER,
    AUTH_AT,
    MFA_AT,
    METHODS,
    CREATED,
    LAST_USED,
    IS_PERSISTENT,
    CLIENTS,
    ENDED,
    PASSWORD_CHANGED,
    N_COLUMNS
};
enum { BY_USER = 0, BY_USE = 1, BY_END = 2, MAX_CLIENTS = 200 };

const struct store_table app_sessions_table = {
    .name = "sessions",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [MAC] = {"mac", STORE_TEXT},
            [ID] = {"id", STORE_TEXT},
            [USER] = {"user_id", STORE_TEXT},
            [AUTH_AT] = {"auth_at", STORE_INT},
            [MFA_AT] = {"mfa_at", STORE_INT, .is_nullable = true},
            [METHODS] = {"methods", STORE_INT},
            [CREATED] = {"created", STORE_INT},
            [LAST_USED] = {"last_used", STORE_INT},
            [IS_PERSISTENT] = {"is_persistent", STORE_INT},
            [CLIENTS] = {"clients", STORE_TEXT},
            [ENDED] = {"ended", STORE_INT, .is_nullable = true},
            [PASSWORD_CHANGED] = {"password_changed", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 2,
    .indexes = {{"sessions_by_user", {TENANT, USER}, 2, false},
                {"sessions_by_use", {TENANT, LAST_USED}, 2, false},
                {"sessions_by_end", {TENANT, ENDED}, 2, false}},
    .n_indexes = 3,
};

/* An ended one lets nobody in; for a day a log can still be read beside it. No setting lets
 * one live on that nobody used for 90 days. */
const struct app_retention app_ended_sessions_retention = {
    .table = &app_sessions_table, .index = BY_END, .hours = 1 * 24};
const struct app_retention app_idle_sessions_retention = {
    .table = &app_sessions_table, .index = BY_USE, .hours = 180 * 24};

static const char session_purpose[] = "session";

static const hg_str *clients_of(struct hg_arena *arena, hg_str text, size_t *out_n)
{
    hg_str *items = HG_NEW_ARRAY(arena, hg_str, MAX_CLIENTS);
    size_t n = 0;
    while (items != NULL && n < MAX_CLIENTS && hg_str_field(&text, ' ', &items[n]))
        n++;
    *out_n = n;
    return items;
}

static struct app_session session_of(struct hg_arena *arena, const struct store_value *v)
{
    struct app_session session = {
        .mac = v[MAC].bytes,
        .id = v[ID].bytes,
        .user = v[USER].bytes,
        .auth_at = {v[AUTH_AT].integer},
        .mfa_at = {.is_set = !v[MFA_AT].is_null, .at = {v[MFA_AT].integer}},
        .methods = (uint32_t)v[METHODS].integer,
        .created = {v[CREATED].integer},
        .last_used = {v[LAST_USED].integer},
        .is_persistent = v[IS_PERSISTENT].integer != 0,
        .password_is_changed = v[PASSWORD_CHANGED].integer != 0,
    };
    session.clients = clients_of(arena, v[CLIENTS].bytes, &session.n_clients);
    return session;
}

enum hg_code app_session_find(struct app *app, struct hg_arena *arena, hg_str tenant, hg_str cookie,
                              struct app_session *out, struct hg_err *err)
{
    struct store_row row;
    HG_TRY(app_issued_find(app, arena, &app_sessions_table, tenant, session_purpose, cookie, &row,
                           err));
    if (!row.values[ENDED].is_null)
        return HG_FAIL(err, HG_NOT_FOUND, "the session has ended");
    *out = session_of(arena, row.values);
    return HG_OK;
}

static hg_str clients_text(struct hg_arena *arena, const struct app_session *session, hg_str more)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_CLIENTS * (HG_UUID_LEN + 1));
    for (size_t i = 0; i < session->n_clients; i++) {
        if (hg_str_eq(session->clients[i], more))
            continue;
        hg_buf_str(&buf, session->clients[i]);
        hg_buf_byte(&buf, ' ');
    }
    hg_buf_str(&buf, more);
    return hg_str_trim(hg_buf_view(&buf));
}

enum hg_code app_session_insert(struct app *app, struct app_commit *commit, hg_str tenant,
                                struct app_session *session, hg_str *out_cookie, struct hg_err *err)
{
    struct app_issued issued;
    HG_TRY(app_issue(app, commit->arena, session_purpose, &issued, err));
    session->mac = issued.mac;
    session->id = hg_uuid_v4(commit->arena, &app->random);
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [MAC] = store_text(session->mac),
        [ID] = store_text(session->id),
        [USER] = store_text(session->user),
        [AUTH_AT] = store_time(session->auth_at),
        [MFA_AT] = session->mfa_at.is_set ? store_time(session->mfa_at.at) : store_null(STORE_INT),
        [METHODS] = store_int(session->methods),
        [CREATED] = store_time(session->created),
        [LAST_USED] = store_time(session->last_used),
        [IS_PERSISTENT] = store_int(session->is_persistent),
        [CLIENTS] = store_text(clients_text(commit->arena, session, HG_STR(""))),
        [ENDED] = store_null(STORE_INT),
        [PASSWORD_CHANGED] = store_int(session->password_is_changed),
    };
    app_commit_insert(commit, &app_sessions_table, values);
    *out_cookie = issued.text;
    return HG_OK;
}

enum hg_code app_session_touch(struct app_commit *commit, hg_str tenant,
                               const struct app_session *session, hg_str client, hg_time now,
                               struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(session->mac)};
    hg_str clients = clients_text(commit->arena, session, client);
    if (hg_arena_exhausted(commit->arena))
        return HG_FAIL(err, HG_NO_MEMORY, "session");
    app_commit_update(commit, &app_sessions_table, key,
                      APP_CHANGES({LAST_USED, store_time(now)}, {CLIENTS, store_text(clients)}));
    return HG_OK;
}

void app_session_end(struct app_commit *commit, hg_str tenant, const struct app_session *session,
                     hg_time now)
{
    const struct store_value key[] = {store_text(tenant), store_text(session->mac)};
    app_commit_update(commit, &app_sessions_table, key, APP_CHANGES({ENDED, store_time(now)}));
}

enum hg_code app_sessions_end_user(struct store *store, struct app_commit *commit, hg_str tenant,
                                   hg_str user, hg_time now, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(user)};
    const struct store_query query = {
        .table = &app_sessions_table, .index = BY_USER, .prefix = prefix, .n_prefix = 2};
    struct store_rows rows;
    HG_TRY(store_find(store, commit->arena, &query, &rows, err));
    for (size_t i = 0; i < rows.n; i++) {
        struct app_session session = session_of(commit->arena, rows.rows[i].values);
        if (rows.rows[i].values[ENDED].is_null)
            app_session_end(commit, tenant, &session, now);
    }
    return HG_OK;
}
