#include "edge/sqlite.h"

#include "edge/sql_private.h"
#include "edge/sqlite_private.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { READERS_DEFAULT = 8, READERS_MAX = 64 };

/* Readers are opened when there is none free, up to n_readers; the one that was
 * used last goes first, its pages are in the cache. */
struct sqlite_store {
    struct store store;
    struct sqlite_writer *writer;
    char *path;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct sqlite_connection *free_readers[READERS_MAX];
    size_t n_free, n_open, n_readers;
};

struct reader {
    struct sqlite_store *store;
    struct sqlite_connection *connection;
};

static struct sqlite_store *sqlite_of(struct store *store)
{
    return (struct sqlite_store *)store;
}

static void reader_give(struct reader *reader)
{
    if (reader->connection == NULL)
        return;
    struct sqlite_store *store = reader->store;
    (void)pthread_mutex_lock(&store->lock);
    store->free_readers[store->n_free++] = reader->connection;
    (void)pthread_cond_signal(&store->freed);
    (void)pthread_mutex_unlock(&store->lock);
}

/* A free connection, or NULL when one more may be opened. */
static struct sqlite_connection *reader_wait(struct sqlite_store *store)
{
    struct sqlite_connection *connection = NULL;
    (void)pthread_mutex_lock(&store->lock);
    while (store->n_free == 0 && store->n_open == store->n_readers)
        (void)pthread_cond_wait(&store->freed, &store->lock);
    if (store->n_free > 0)
        connection = store->free_readers[--store->n_free];
    else
        store->n_open++;
    (void)pthread_mutex_unlock(&store->lock);
    return connection;
}

static enum hg_code reader_take(struct sqlite_store *store, struct reader *out, struct hg_err *err)
{
    struct sqlite_connection *connection = reader_wait(store);
    enum hg_code code = HG_OK;
    if (connection == NULL)
        code = sqlite_connection_open(store->path, SQLITE_ROLE_READER, &connection, err);
    if (code != HG_OK) {
        (void)pthread_mutex_lock(&store->lock);
        store->n_open--;
        (void)pthread_cond_signal(&store->freed);
        (void)pthread_mutex_unlock(&store->lock);
        return code;
    }
    *out = (struct reader){.store = store, .connection = connection};
    return HG_OK;
}

static enum hg_code rows_load(struct sqlite_store *store, const struct sql *sql,
                              const struct store_table *table, struct hg_arena *arena,
                              struct store_rows *out, struct hg_err *err)
{
    HG_CLEANUP(reader_give) struct reader reader = {0};
    HG_TRY(reader_take(store, &reader, err));
    HG_CLEANUP(sqlite_resetp) sqlite3_stmt *statement = NULL; /* before the reader is given back */
    HG_TRY(sqlite_prepare(reader.connection, sql, &statement, err));
    return sqlite_rows_read(reader.connection, statement, table, arena, out, err);
}

static enum hg_code sqlite_get(struct store *store, struct hg_arena *arena,
                               const struct store_table *table, const struct store_value *key,
                               struct store_row *out, struct hg_err *err)
{
    struct sql sql;
    sql_get(&sql, SQL_SQLITE, table, key);
    struct store_rows rows = {0};
    HG_TRY(rows_load(sqlite_of(store), &sql, table, arena, &rows, err));
    if (rows.n == 0)
        return HG_FAIL(err, HG_NOT_FOUND, "%s: no row of this key", table->name);
    *out = rows.rows[0];
    return HG_OK;
}

static enum hg_code sqlite_find(struct store *store, struct hg_arena *arena,
                                const struct store_query *query, struct store_rows *out,
                                struct hg_err *err)
{
    struct sql sql;
    sql_find(&sql, SQL_SQLITE, query);
    return rows_load(sqlite_of(store), &sql, query->table, arena, out, err);
}

static enum hg_code sqlite_commit(struct store *store, const struct store_op *ops, size_t n,
                                  struct hg_err *err)
{
    return sqlite_writer_commit(sqlite_of(store)->writer, ops, n, err);
}

static void connection_closep(struct sqlite_connection **connection)
{
    sqlite_connection_close(*connection);
}

static enum hg_code sqlite_migrate(struct store *store, const struct store_migrations *migrations,
                                   struct hg_err *err)
{
    HG_CLEANUP(connection_closep) struct sqlite_connection *connection = NULL;
    HG_TRY(sqlite_connection_open(sqlite_of(store)->path, SQLITE_ROLE_WRITER, &connection, err));
    return sqlite_schema_migrate(connection, migrations, err);
}

static enum hg_code sqlite_check(struct store *store, const struct store_table *table,
                                 struct hg_err *err)
{
    HG_CLEANUP(reader_give) struct reader reader = {0};
    HG_TRY(reader_take(sqlite_of(store), &reader, err));
    return sqlite_schema_check(reader.connection, table, err);
}

static void sqlite_close(struct store *base)
{
    struct sqlite_store *store = sqlite_of(base);
    HG_ASSERT(store->n_free == store->n_open); /* no one reads any more */
    for (size_t i = 0; i < store->n_free; i++)
        sqlite_connection_close(store->free_readers[i]);
    sqlite_writer_stop(store->writer); /* last: the last connection empties the log */
    (void)pthread_cond_destroy(&store->freed);
    (void)pthread_mutex_destroy(&store->lock);
    free(store->path);
    free(store);
}

static const struct store_backend sqlite_backend = {
    .get = sqlite_get,
    .find = sqlite_find,
    .commit = sqlite_commit,
    .migrate = sqlite_migrate,
    .check = sqlite_check,
    .close = sqlite_close,
};

static enum hg_code writer_open(const char *path, const struct edge_store_options *options,
                                struct sqlite_writer **out, struct hg_err *err)
{
    HG_TRY(sqlite_file_prepare(path, err));
    enum sqlite_role role = options->is_relaxed ? SQLITE_ROLE_RELAXED_WRITER : SQLITE_ROLE_WRITER;
    struct sqlite_connection *connection = NULL;
    HG_TRY(sqlite_connection_open(path, role, &connection, err));
    enum hg_code code = sqlite_file_check(connection, path, err);
    if (code == HG_OK)
        code = sqlite_writer_start(connection, out, err);
    if (code != HG_OK)
        sqlite_connection_close(connection);
    return code;
}

enum hg_code edge_sqlite_open(const char *path, const struct edge_store_options *options,
                              struct store **out, struct hg_err *err)
{
    HG_ASSERT(options->n_connections <= READERS_MAX);
    struct sqlite_writer *writer = NULL;
    HG_TRY(writer_open(path, options, &writer, err));
    struct sqlite_store *store = calloc(1, sizeof(*store));
    char *own_path = strdup(path);
    if (store == NULL || own_path == NULL) {
        sqlite_writer_stop(writer);
        free(store);
        free(own_path);
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for a store");
    }
    store->store.backend = &sqlite_backend;
    store->writer = writer;
    store->path = own_path;
    store->n_readers = options->n_connections == 0 ? READERS_DEFAULT : options->n_connections;
    (void)pthread_mutex_init(&store->lock, NULL);
    (void)pthread_cond_init(&store->freed, NULL);
    *out = &store->store;
    return HG_OK;
}
