#include "base/base.h"
#include "edge/postgres_private.h"
#include "store/store.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* A present process holds an advisory lock in a session of its own. The server ends the
 * session with the process that had it, and the lock with the session. */
#define KEY "hashtextextended(current_schema() || ' ' || $1, 0)"

static enum hg_code ask(struct postgres_connection *connection, const char *sql, const char *name,
                        bool *out, struct hg_err *err)
{
    HG_CLEANUP(postgres_clearp)
    PGresult *result = PQexecParams(connection->conn, sql, 1, NULL, &name, NULL, NULL, 0);
    HG_TRY(postgres_judge(connection, result, err));
    *out = strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    return HG_OK;
}

/* Under the mutex. */
static enum hg_code take_lock(struct postgres_presence *presence, const char *url,
                              struct hg_err *err)
{
    struct postgres_connection *connection = NULL;
    bool taken = false;
    HG_TRY(postgres_connection_open(url, &connection, err));
    enum hg_code code =
        ask(connection, "SELECT pg_try_advisory_lock(" KEY ")", presence->name, &taken, err);
    if (code == HG_OK && !taken)
        code = HG_FAIL(err, HG_CONFLICT, "another session is present as %s", presence->name);
    if (code != HG_OK) {
        postgres_connection_close(connection);
        return code;
    }
    postgres_connection_close(presence->connection);
    presence->connection = connection;
    return HG_OK;
}

void postgres_presence_init(struct postgres_presence *presence)
{
    (void)pthread_mutex_init(&presence->lock, NULL);
}

enum hg_code postgres_presence_begin(struct postgres_presence *presence, const char *url,
                                     hg_str name, struct hg_err *err)
{
    (void)pthread_mutex_lock(&presence->lock);
    (void)snprintf(presence->name, sizeof(presence->name), "%.*s", HG_ARG(name));
    enum hg_code code = take_lock(presence, url, err);
    (void)pthread_mutex_unlock(&presence->lock);
    return code;
}

/* Its session may have outlived the one that was lost: it answers, then. */
static bool is_alive(const struct postgres_presence *presence)
{
    bool yes;
    return ask(presence->connection, "SELECT $1::text <> ''", presence->name, &yes, NULL) == HG_OK;
}

void postgres_presence_renew(struct postgres_presence *presence, const char *url)
{
    (void)pthread_mutex_lock(&presence->lock);
    if (presence->connection != NULL && !is_alive(presence) &&
        take_lock(presence, url, NULL) != HG_OK)
        presence->connection->is_lost = true; /* absent until the next new connection */
    (void)pthread_mutex_unlock(&presence->lock);
}

enum hg_code postgres_presence_ask(struct postgres_connection *connection, hg_str name, bool *out,
                                   struct hg_err *err)
{
    char text[STORE_MAX_NAME + 1];
    bool is_free = false;
    (void)snprintf(text, sizeof(text), "%.*s", HG_ARG(name));
    /* Shared, and of the transaction: who asks holds it for no longer than the question, and
     * two who ask do not take each other for the one who is asked about. */
    HG_TRY(
        ask(connection, "SELECT pg_try_advisory_xact_lock_shared(" KEY ")", text, &is_free, err));
    *out = !is_free;
    return HG_OK;
}

void postgres_presence_fini(struct postgres_presence *presence)
{
    /* By word: that the session is over the server learns a moment later. */
    if (presence->connection != NULL &&
        postgres_run(presence->connection, "SELECT pg_advisory_unlock_all()", NULL) != HG_OK)
        presence->connection->is_lost = true; /* the lock is, too */
    postgres_connection_close(presence->connection);
    (void)pthread_mutex_destroy(&presence->lock);
}
