#include "base/base.h"
#include "edge/postgres_private.h"
#include "edge/sql_private.h"
#include "store/store.h"

#include <endian.h>
#include <libpq-fe.h>
#include <limits.h>
#include <postgres_ext.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLDEST_SERVER = 130000 }; /* pg_current_xact_id() */

/* Types as parameters name them: int8, text, bytea. */
static const Oid oids[] = {[STORE_INT] = 20, [STORE_TEXT] = 25, [STORE_BLOB] = 17};

/* A statement that the server keeps. */
struct prepared {
    PGconn *conn;
    char name[16];
};

static void release(void *statement)
{
    struct prepared *prepared = statement;
    char sql[32];
    (void)snprintf(sql, sizeof(sql), "DEALLOCATE %s", prepared->name);
    PQclear(PQexec(prepared->conn, sql));
    free(prepared);
}

static void forget(void *statement) /* the server forgets by itself */
{
    free(statement);
}

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg, (void)result;
}

/* Every statement is written so that an index serves it, and which one does not
 * depend on what the planner believes about the table today: plans are made
 * once, never by reading the whole table, never compiled. A node that died in a
 * transaction holds its locks for half a minute at most. */
static const char settings[] =
    "SET client_min_messages = warning; SET plan_cache_mode = force_generic_plan;"
    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; SET jit = off;"
    "SET max_parallel_workers_per_gather = 0; SET lock_timeout = '10s';"
    "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '30s'";

static enum hg_code connection_set_up(struct postgres_connection *connection, struct hg_err *err)
{
    if (PQstatus(connection->conn) != CONNECTION_OK)
        return HG_FAIL(err, HG_UNAVAILABLE, "%s", PQerrorMessage(connection->conn));
    (void)PQsetNoticeReceiver(connection->conn, ignore_notice, NULL);
    if (PQserverVersion(connection->conn) < OLDEST_SERVER)
        return HG_FAIL(err, HG_UNSUPPORTED, "the server is PostgreSQL %d, 13 is the oldest",
                       PQserverVersion(connection->conn) / 10000);
    return postgres_run(connection, settings, err);
}

enum hg_code postgres_connection_open(const char *url, struct postgres_connection **out,
                                      struct hg_err *err)
{
    /* What the URL says comes later, and wins, except about the encoding. */
    static const char *const names[] = {"connect_timeout", "fallback_application_name", "dbname",
                                        "client_encoding", NULL};
    const char *const values[] = {"5", "headgate", url, "UTF8", NULL};
    struct postgres_connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for a connection");
    connection->conn = PQconnectdbParams(names, values, 1);
    enum hg_code code = connection_set_up(connection, err);
    if (code != HG_OK) {
        postgres_connection_close(connection);
        return code;
    }
    *out = connection;
    return HG_OK;
}

void postgres_connection_close(void *closed)
{
    struct postgres_connection *connection = closed;
    if (connection == NULL)
        return;
    sql_cache_clear(&connection->cache, forget);
    PQfinish(connection->conn);
    free(connection);
}

void postgres_clearp(PGresult **result)
{
    PQclear(*result);
}

/* By SQLSTATE, the longest that fits first.
 * https://www.postgresql.org/docs/15/errcodes-appendix.html */
static const struct {
    const char *state;
    enum hg_code code;
    bool is_lost;
} states[] = {
    {"40001", HG_BUSY, false},        /* serialization failure */
    {"40P01", HG_BUSY, false},        /* deadlock */
    {"23505", HG_EXISTS, false},      /* unique violation */
    {"25006", HG_UNAVAILABLE, true},  /* read-only: a primary that is none any more */
    {"26000", HG_UNAVAILABLE, true},  /* prepared statements gone */
    {"55P03", HG_UNAVAILABLE, false}, /* waited too long for a lock */
    {"57014", HG_UNAVAILABLE, false}, /* took too long */
    {"53200", HG_NO_MEMORY, false},   {"53300", HG_UNAVAILABLE, true}, /* too many connections */
    {"54", HG_TOO_BIG, false},                                         /* a limit of the program */
    {"57", HG_UNAVAILABLE, true},                                      /* shut down */
    {"08", HG_UNAVAILABLE, true},                                      /* connection */
    {"22", HG_MALFORMED, false},                                       /* data */
    {"23", HG_MALFORMED, false},                                       /* another constraint */
};

enum hg_code postgres_judge(struct postgres_connection *connection, const PGresult *result,
                            struct hg_err *err)
{
    ExecStatusType status = result == NULL ? PGRES_FATAL_ERROR : PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return HG_OK;
    /* libpq has no result to give when it could not send, or not receive. */
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state == NULL || PQstatus(connection->conn) != CONNECTION_OK) {
        connection->is_lost = true;
        return HG_FAIL(err, HG_UNAVAILABLE, "postgresql: %s", PQerrorMessage(connection->conn));
    }
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    for (size_t i = 0; i < HG_COUNT(states); i++) {
        if (strncmp(state, states[i].state, strlen(states[i].state)) != 0)
            continue;
        connection->is_lost = connection->is_lost || states[i].is_lost;
        return HG_FAIL(err, states[i].code, "postgresql: %s (%s)", text, state);
    }
    return HG_FAIL(err, HG_IO, "postgresql: %s (%s)", text, state);
}

enum hg_code postgres_run(struct postgres_connection *connection, const char *sql,
                          struct hg_err *err)
{
    HG_CLEANUP(postgres_clearp) PGresult *result = PQexec(connection->conn, sql);
    return postgres_judge(connection, result, err);
}

static enum hg_code prepare_new(struct postgres_connection *connection, const struct sql *sql,
                                struct sql_slot *slot, struct hg_err *err)
{
    struct prepared *prepared = calloc(1, sizeof(*prepared));
    if (prepared == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for a statement");
    prepared->conn = connection->conn;
    (void)snprintf(prepared->name, sizeof(prepared->name), "s%u", connection->n_prepared++);
    char text[SQL_MAX_TEXT];
    sql_text(sql, text);
    Oid types[SQL_MAX_PARAMS];
    for (size_t i = 0; i < sql->n_params; i++)
        types[i] = oids[sql->params[i]->type];
    HG_CLEANUP(postgres_clearp)
    PGresult *result = PQprepare(connection->conn, prepared->name, text, (int)sql->n_params, types);
    enum hg_code code = postgres_judge(connection, result, err);
    if (code != HG_OK) {
        free(prepared);
        return code;
    }
    slot->statement = prepared;
    return HG_OK;
}

enum hg_code postgres_prepare(struct postgres_connection *connection, const struct sql *sql,
                              const char **out_name, struct hg_err *err)
{
    struct sql_slot *slot = sql_cache_find(&connection->cache, sql);
    if (slot == NULL)
        slot = sql_cache_add(&connection->cache, sql, release);
    if (slot == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for a statement");
    if (slot->statement == NULL)
        HG_TRY(prepare_new(connection, sql, slot, err));
    *out_name = ((const struct prepared *)slot->statement)->name;
    return HG_OK;
}

enum hg_code postgres_bind(const struct sql *sql, struct postgres_parameters *out,
                           struct hg_err *err)
{
    out->n = (int)sql->n_params;
    for (size_t i = 0; i < sql->n_params; i++) {
        const struct store_value *value = sql->params[i];
        if (value->bytes.len > INT_MAX / 2)
            return HG_FAIL(err, HG_TOO_BIG, "a value of %zu bytes", value->bytes.len);
        out->formats[i] = 1;
        out->lengths[i] = (int)value->bytes.len;
        out->values[i] = value->bytes.len == 0 ? "" : value->bytes.ptr; /* NULL would be NULL */
        if (value->type == STORE_INT) {
            out->integers[i] = htobe64((uint64_t)value->integer);
            out->lengths[i] = sizeof(out->integers[i]);
            out->values[i] = (const char *)&out->integers[i];
        }
        if (value->is_null)
            out->values[i] = NULL;
    }
    return HG_OK;
}
