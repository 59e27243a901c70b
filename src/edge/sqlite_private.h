#pragma once

#include "edge/row_cache_private.h"
#include "edge/sql_private.h"
#include "store/store.h"

#include <sqlite3.h>

/* One connection: used by one thread at a time. */
struct sqlite_connection {
    sqlite3 *db;
    struct sql_cache cache;
};

enum sqlite_role { SQLITE_ROLE_READER, SQLITE_ROLE_WRITER, SQLITE_ROLE_RELAXED_WRITER };

HG_MUST_USE enum hg_code sqlite_connection_open(const char *path, enum sqlite_role role,
                                                struct sqlite_connection **out, struct hg_err *err);
void sqlite_connection_close(struct sqlite_connection *connection); /* NULL is fine */

/* Runs statements without parameters and without rows. */
HG_MUST_USE enum hg_code sqlite_run(struct sqlite_connection *connection, const char *sql,
                                    struct hg_err *err);
/* The same for one statement that comes again and again; `word` is a constant. */
HG_MUST_USE enum hg_code sqlite_control(struct sqlite_connection *connection, const char *word,
                                        struct hg_err *err);
/* Ends a transaction that failed, if there is one. When that fails too, the next
 * BEGIN says so. */
void sqlite_undo(struct sqlite_connection *connection);
/* A cached statement with its parameters bound, to be stepped and then reset. */
HG_MUST_USE enum hg_code sqlite_prepare(struct sqlite_connection *connection, const struct sql *sql,
                                        sqlite3_stmt **out, struct hg_err *err);
void sqlite_resetp(sqlite3_stmt **statement);    /* for HG_CLEANUP; also lets go of parameters */
void sqlite_finalizep(sqlite3_stmt **statement); /* for HG_CLEANUP */

/* What a result code other than OK, ROW and DONE is to the caller. */
enum hg_code sqlite_fail(struct sqlite_connection *connection, int rc, struct hg_err *err);

/* Steps a bound statement to its end: rows of `table` into the arena. */
HG_MUST_USE enum hg_code sqlite_rows_read(struct sqlite_connection *connection,
                                          sqlite3_stmt *statement, const struct store_table *table,
                                          struct hg_arena *arena, struct store_rows *out,
                                          struct hg_err *err);

/* The one writing thread: commits that are ready at the same time share one
 * transaction and one fsync. */
struct sqlite_writer;
HG_MUST_USE enum hg_code sqlite_writer_start(struct sqlite_connection *connection,
                                             struct sqlite_writer **out, struct hg_err *err);
HG_MUST_USE enum hg_code sqlite_writer_commit(struct sqlite_writer *writer,
                                              const struct store_op *ops, size_t n,
                                              struct hg_err *err);
/* From now on the cache hears of every commit. */
void sqlite_writer_tell(struct sqlite_writer *writer, struct row_cache *cache);
/* Ends after what was queued is written. Closes the connection. NULL is fine. */
void sqlite_writer_stop(struct sqlite_writer *writer);

/* The file: made when it is not there, refused when it is not Headgate's. */
HG_MUST_USE enum hg_code sqlite_file_prepare(const char *path, struct hg_err *err);
HG_MUST_USE enum hg_code sqlite_file_check(struct sqlite_connection *writer, const char *path,
                                           struct hg_err *err);

/* One process at a time: `name` holds the lock beside the file until the end. */
struct sqlite_presence {
    int lock; /* -1: not joined */
    char name[STORE_MAX_NAME + 1];
};
HG_MUST_USE enum hg_code sqlite_presence_begin(struct sqlite_presence *presence, const char *path,
                                               hg_str name, struct hg_err *err);
void sqlite_presence_end(struct sqlite_presence *presence);

HG_MUST_USE enum hg_code sqlite_schema_migrate(struct sqlite_connection *connection,
                                               const struct store_migrations *migrations,
                                               struct hg_err *err);
HG_MUST_USE enum hg_code sqlite_schema_check(struct sqlite_connection *connection,
                                             const struct store_table *table, struct hg_err *err);
