#include "base/base.h"
#include "edge/sql_private.h"
#include "edge/sqlite_private.h"
#include "store/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { LOCK_WAIT_MS = 5000 };

/* The counters that this turns off are one lock that all threads share. */
static void library_setup(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum hg_code sqlite_fail(struct sqlite_connection *connection, int rc, struct hg_err *err)
{
    static const struct {
        int rc;
        enum hg_code code;
    } codes[] = {
        {SQLITE_BUSY, HG_UNAVAILABLE},   {SQLITE_LOCKED, HG_UNAVAILABLE},
        {SQLITE_NOMEM, HG_NO_MEMORY},    {SQLITE_TOOBIG, HG_TOO_BIG},
        {SQLITE_NOTADB, HG_UNSUPPORTED}, {SQLITE_CONSTRAINT, HG_MALFORMED},
    };
    const char *text = connection == NULL || connection->db == NULL
                           ? sqlite3_errstr(rc)
                           : sqlite3_errmsg(connection->db);
    for (size_t i = 0; i < HG_COUNT(codes); i++)
        if (codes[i].rc == (rc & 0xff))
            return HG_FAIL(err, codes[i].code, "sqlite: %s (%d)", text, rc);
    return HG_FAIL(err, HG_IO, "sqlite: %s (%d)", text, rc);
}

enum hg_code sqlite_run(struct sqlite_connection *connection, const char *sql, struct hg_err *err)
{
    int rc = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? HG_OK : sqlite_fail(connection, rc, err);
}

/* A page that is written many times is copied back into the database once a checkpoint:
 * after 32 MiB of log rather than after 4. */
#define WRITER_PRAGMAS                                             \
    "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 8192;" \
    "PRAGMA cache_size = -8192; PRAGMA journal_size_limit = 67108864;"

/* Statements are Headgate's own, the file may not be: nothing in a schema is
 * trusted to run functions. */
static enum hg_code connection_set_up(struct sqlite_connection *connection, enum sqlite_role role,
                                      struct hg_err *err)
{
    static const char *const pragmas[] = {
        [SQLITE_ROLE_READER] = "PRAGMA query_only = ON; PRAGMA cache_size = -2048;",
        [SQLITE_ROLE_WRITER] = "PRAGMA synchronous = FULL;" WRITER_PRAGMAS,
        [SQLITE_ROLE_RELAXED_WRITER] = "PRAGMA synchronous = NORMAL;" WRITER_PRAGMAS,
    };
    (void)sqlite3_extended_result_codes(connection->db, 1);
    (void)sqlite3_busy_timeout(connection->db, LOCK_WAIT_MS);
    (void)sqlite3_db_config(connection->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(connection->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_db_config(connection->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(connection->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    HG_TRY(sqlite_run(connection, "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;", err));
    return sqlite_run(connection, pragmas[role], err);
}

enum hg_code sqlite_connection_open(const char *path, enum sqlite_role role,
                                    struct sqlite_connection **out, struct hg_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, library_setup);
    struct sqlite_connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for a connection");
    int rc =
        sqlite3_open_v2(path, &connection->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    enum hg_code code = rc == SQLITE_OK ? connection_set_up(connection, role, err)
                                        : sqlite_fail(connection, rc, err);
    if (code != HG_OK) {
        sqlite_connection_close(connection);
        return code;
    }
    *out = connection;
    return HG_OK;
}

static void release(void *statement)
{
    (void)sqlite3_finalize(statement);
}

void sqlite_connection_close(struct sqlite_connection *connection)
{
    if (connection == NULL)
        return;
    sql_cache_clear(&connection->cache, release);
    (void)sqlite3_close(connection->db);
    free(connection);
}

void sqlite_resetp(sqlite3_stmt **statement)
{
    (void)sqlite3_reset(*statement);
    (void)sqlite3_clear_bindings(*statement); /* they point into the caller's memory */
}

void sqlite_finalizep(sqlite3_stmt **statement)
{
    (void)sqlite3_finalize(*statement);
}

static int bind(sqlite3_stmt *statement, int at, const struct store_value *value)
{
    if (value->is_null)
        return sqlite3_bind_null(statement, at);
    if (value->type == STORE_INT)
        return sqlite3_bind_int64(statement, at, value->integer);
    /* A NULL pointer would bind NULL, which the empty string is not. */
    const char *bytes = value->bytes.len == 0 ? "" : value->bytes.ptr;
    if (value->type == STORE_TEXT)
        return sqlite3_bind_text64(statement, at, bytes, value->bytes.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    return sqlite3_bind_blob64(statement, at, bytes, value->bytes.len, SQLITE_STATIC);
}

static enum hg_code prepare_new(struct sqlite_connection *connection, const struct sql *sql,
                                struct sql_slot *slot, struct hg_err *err)
{
    char text[SQL_MAX_TEXT];
    sql_text(sql, text);
    sqlite3_stmt *statement = NULL;
    int rc =
        sqlite3_prepare_v3(connection->db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (rc != SQLITE_OK)
        return sqlite_fail(connection, rc, err);
    slot->statement = statement;
    return HG_OK;
}

enum hg_code sqlite_prepare(struct sqlite_connection *connection, const struct sql *sql,
                            sqlite3_stmt **out, struct hg_err *err)
{
    struct sql_slot *slot = sql_cache_find(&connection->cache, sql);
    if (slot == NULL)
        slot = sql_cache_add(&connection->cache, sql, release);
    if (slot == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for a statement");
    if (slot->statement == NULL)
        HG_TRY(prepare_new(connection, sql, slot, err));
    for (size_t i = 0; i < sql->n_params; i++) {
        int rc = bind(slot->statement, (int)i + 1, sql->params[i]);
        if (rc != SQLITE_OK)
            return sqlite_fail(connection, rc, err);
    }
    *out = slot->statement;
    return HG_OK;
}

enum hg_code sqlite_control(struct sqlite_connection *connection, const char *word,
                            struct hg_err *err)
{
    const struct sql sql = {.dialect = SQL_SQLITE, .n_pieces = 1, .pieces = {word}};
    HG_CLEANUP(sqlite_resetp) sqlite3_stmt *statement = NULL;
    HG_TRY(sqlite_prepare(connection, &sql, &statement, err));
    int rc = sqlite3_step(statement);
    return rc == SQLITE_DONE ? HG_OK : sqlite_fail(connection, rc, err);
}

void sqlite_undo(struct sqlite_connection *connection)
{
    if (sqlite3_get_autocommit(connection->db) == 0)
        (void)sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
}
