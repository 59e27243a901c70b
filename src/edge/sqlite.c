#include "edge/sqlite.h"

#include "base/base.h"
#include "edge/row_cache_private.h"
#include "edge/sql_pool_private.h"
#include "edge/sql_private.h"
#include "edge/sqlite_private.h"
#include "edge/store_open.h"
#include "store/store.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct sqlite_store {
    struct store store;
    struct sqlite_writer *writer;
    char *path;
    struct sql_pool readers;
    struct row_cache *cache; /* NULL until this process has the file for itself (sqlite_join) */
    struct sqlite_presence presence;
};

struct reader {
    struct sql_pool *pool;
    struct sqlite_connection *connection;
};

static struct sqlite_store *sqlite_of(struct store *store)
{
    return (struct sqlite_store *)store;
}

static void reader_give(struct reader *reader)
{
    if (reader->connection != NULL)
        sql_pool_give(reader->pool, reader->connection);
}

static enum hg_code reader_take(struct sqlite_store *store, struct reader *out, struct hg_err *err)
{
    struct sqlite_connection *connection = sql_pool_take(&store->readers);
    enum hg_code code = HG_OK;
    if (connection == NULL)
        code = sqlite_connection_open(store->path, SQLITE_ROLE_READER, &connection, err);
    if (code != HG_OK) {
        sql_pool_drop(&store->readers);
        return code;
    }
    *out = (struct reader){.pool = &store->readers, .connection = connection};
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

/* From the database, to be found in the cache the next time. */
static enum hg_code rows_read(struct sqlite_store *store, struct row_lookup *lookup,
                              const struct sql *sql, struct hg_arena *arena, struct store_rows *out,
                              struct hg_err *err)
{
    HG_TRY(rows_load(store, sql, lookup->table, arena, out, err));
    if (store->cache != NULL)
        row_cache_keep(store->cache, lookup, out);
    return HG_OK;
}

static bool is_cached(struct sqlite_store *store, struct row_lookup *lookup, struct hg_arena *arena,
                      struct store_rows *out)
{
    return store->cache != NULL && row_cache_read(store->cache, lookup, arena, out);
}

static enum hg_code sqlite_get(struct store *store, struct hg_arena *arena,
                               const struct store_table *table, const struct store_value *key,
                               struct store_row *out, struct hg_err *err)
{
    struct sql sql;
    struct row_lookup lookup;
    struct store_rows rows = {0};
    row_lookup_get(&lookup, table, key);
    if (!is_cached(sqlite_of(store), &lookup, arena, &rows)) {
        sql_get(&sql, SQL_SQLITE, table, key);
        HG_TRY(rows_read(sqlite_of(store), &lookup, &sql, arena, &rows, err));
    }
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "%s: a row does not fit", table->name);
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
    struct row_lookup lookup;
    struct store_rows rows = {0};
    row_lookup_find(&lookup, query);
    if (!is_cached(sqlite_of(store), &lookup, arena, &rows)) {
        sql_find(&sql, SQL_SQLITE, query);
        HG_TRY(rows_read(sqlite_of(store), &lookup, &sql, arena, &rows, err));
    }
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "%s: rows do not fit", query->table->name);
    *out = rows;
    return HG_OK;
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

static enum hg_code sqlite_join(struct store *base, hg_str name, struct hg_err *err)
{
    struct sqlite_store *store = sqlite_of(base);
    HG_TRY(sqlite_presence_begin(&store->presence, store->path, name, err));
    store->cache = row_cache_new(); /* without memory for it every read goes to the file */
    sqlite_writer_tell(store->writer, store->cache);
    return HG_OK;
}

static enum hg_code sqlite_is_present(struct store *store, hg_str name, bool *out,
                                      struct hg_err *err)
{
    (void)err;
    *out = hg_str_eq(name, hg_str_of(sqlite_of(store)->presence.name));
    return HG_OK;
}

static void reader_close(void *connection)
{
    sqlite_connection_close(connection);
}

static void sqlite_close(struct store *base)
{
    struct sqlite_store *store = sqlite_of(base);
    sql_pool_fini(&store->readers, reader_close);
    sqlite_writer_stop(store->writer); /* last: the last connection empties the log */
    row_cache_free(store->cache);
    sqlite_presence_end(&store->presence);
    free(store->path);
    free(store);
}

static const struct store_backend sqlite_backend = {
    .get = sqlite_get,
    .find = sqlite_find,
    .commit = sqlite_commit,
    .migrate = sqlite_migrate,
    .check = sqlite_check,
    .join = sqlite_join,
    .is_present = sqlite_is_present,
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
    store->presence.lock = -1;
    sql_pool_init(&store->readers, options->n_connections);
    *out = &store->store;
    return HG_OK;
}
