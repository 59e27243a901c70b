#include "edge/postgres.h"

#include "base/base.h"
#include "edge/postgres_private.h"
#include "edge/sql_pool_private.h"
#include "edge/sql_private.h"
#include "edge/store_open.h"
#include "store/store.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MAX_TRIES = 6,     /* of a commit that others make impossible */
    FREE_TRIES = 3,    /* of them beside other commits */
    MAX_LOST = 2,      /* connections that one call may lose */
    MAX_QUESTIONS = 8, /* about what became of a transaction */
};

struct postgres_store {
    struct store store;
    char *url;
    struct sql_pool pool;
    pthread_rwlock_t gate; /* shared by tries beside others, exclusive for those alone */
    struct postgres_presence presence;
};

struct use {
    struct sql_pool *pool;
    struct postgres_connection *connection;
};

static struct postgres_store *postgres_of(struct store *store)
{
    return (struct postgres_store *)store;
}

/* When one connection is lost the others are most likely lost as well. */
static void use_end(struct use *use)
{
    if (use->connection == NULL)
        return;
    if (!use->connection->is_lost) {
        sql_pool_give(use->pool, use->connection);
        return;
    }
    postgres_connection_close(use->connection);
    sql_pool_drop(use->pool);
    sql_pool_clear(use->pool, postgres_connection_close);
}

static enum hg_code use_begin(struct postgres_store *store, struct use *out, struct hg_err *err)
{
    struct postgres_connection *connection = sql_pool_take(&store->pool);
    enum hg_code code = HG_OK;
    bool is_new = connection == NULL;
    if (is_new)
        code = postgres_connection_open(store->url, &connection, err);
    if (code != HG_OK) {
        sql_pool_drop(&store->pool);
        return code;
    }
    if (is_new)
        postgres_presence_renew(&store->presence, store->url);
    *out = (struct use){.pool = &store->pool, .connection = connection};
    return HG_OK;
}

static enum hg_code rows_try(struct postgres_connection *connection, const struct sql *sql,
                             const struct store_table *table, struct hg_arena *arena,
                             struct store_rows *out, struct hg_err *err)
{
    const char *name = NULL;
    HG_TRY(postgres_prepare(connection, sql, &name, err));
    struct postgres_parameters parameters;
    HG_TRY(postgres_bind(sql, &parameters, err));
    HG_CLEANUP(postgres_clearp)
    PGresult *result = PQexecPrepared(connection->conn, name, parameters.n, parameters.values,
                                      parameters.lengths, parameters.formats, 1);
    HG_TRY(postgres_judge(connection, result, err));
    return postgres_rows_read(result, table, arena, out, err);
}

static enum hg_code rows_load(struct postgres_store *store, const struct sql *sql,
                              const struct store_table *table, struct hg_arena *arena,
                              struct store_rows *out, struct hg_err *err)
{
    enum hg_code code = HG_OK;
    for (int i = 0; i < MAX_LOST; i++) {
        HG_CLEANUP(use_end) struct use use = {0};
        HG_TRY(use_begin(store, &use, err));
        code = rows_try(use.connection, sql, table, arena, out, err);
        if (!use.connection->is_lost)
            break;
    }
    return code;
}

static enum hg_code postgres_get(struct store *store, struct hg_arena *arena,
                                 const struct store_table *table, const struct store_value *key,
                                 struct store_row *out, struct hg_err *err)
{
    struct sql sql;
    sql_get(&sql, SQL_POSTGRES, table, key);
    struct store_rows rows = {0};
    HG_TRY(rows_load(postgres_of(store), &sql, table, arena, &rows, err));
    if (rows.n == 0)
        return HG_FAIL(err, HG_NOT_FOUND, "%s: no row of this key", table->name);
    *out = rows.rows[0];
    return HG_OK;
}

static enum hg_code postgres_find(struct store *store, struct hg_arena *arena,
                                  const struct store_query *query, struct store_rows *out,
                                  struct hg_err *err)
{
    struct sql sql;
    sql_find(&sql, SQL_POSTGRES, query);
    return rows_load(postgres_of(store), &sql, query->table, arena, out, err);
}

/* Longer each time, and not the same for everyone who waits. */
static void back_off(unsigned exponent)
{
    uint32_t longest = UINT32_C(1000000) << exponent; /* ns */
    const struct timespec pause = {.tv_nsec = (long)arc4random_uniform(longest)};
    (void)nanosleep(&pause, NULL);
}

static enum hg_code fate_ask(struct postgres_store *store, const char *transaction, char out[16],
                             struct hg_err *err)
{
    HG_CLEANUP(use_end) struct use use = {0};
    HG_TRY(use_begin(store, &use, err));
    HG_CLEANUP(postgres_clearp)
    PGresult *result = PQexecParams(use.connection->conn, "SELECT pg_xact_status($1::text::xid8)",
                                    1, NULL, &transaction, NULL, NULL, 0);
    HG_TRY(postgres_judge(use.connection, result, err));
    (void)snprintf(out, 16, "%s", PQgetvalue(result, 0, 0));
    return HG_OK;
}

/* What became of a transaction whose COMMIT went out and was not answered:
 * HG_OK, HG_BUSY (it did not happen: again), or HG_UNAVAILABLE. The server may
 * still be at it, then it is asked again. */
static enum hg_code fate_resolve(struct postgres_store *store, const char *transaction,
                                 struct hg_err *err)
{
    for (unsigned i = 0; i < MAX_QUESTIONS; i++) {
        char fate[16] = "";
        enum hg_code code = fate_ask(store, transaction, fate, NULL);
        if (code == HG_OK && strcmp(fate, "committed") == 0)
            return HG_OK;
        if (code == HG_OK && strcmp(fate, "aborted") == 0)
            return HG_FAIL(err, HG_BUSY, "postgresql: the connection was lost before the commit");
        back_off(i);
    }
    return HG_FAIL(err, HG_UNAVAILABLE, "outcome unknown: connection lost in transaction %s",
                   transaction);
}

/* A commit that met others too often is tried alone: none of this process runs
 * beside it, and none of another node that is being tried alone as well. */
static enum hg_code try_alone(struct postgres_connection *connection, const struct store_op *ops,
                              size_t n, char transaction[POSTGRES_TRANSACTION], struct hg_err *err)
{
    HG_TRY(postgres_run(connection,
                        "SELECT pg_advisory_lock(1212629333, hashtext(current_schema()))", err));
    enum hg_code code = postgres_try_commit(connection, ops, n, transaction, err);
    if (!connection->is_lost &&
        postgres_run(connection,
                     "SELECT pg_advisory_unlock(1212629333, hashtext(current_schema()))",
                     NULL) != HG_OK)
        connection->is_lost = true; /* which lets go of it; the outcome is known */
    return code;
}

/* One try. *n_lost counts connections that were of no more use. */
static enum hg_code commit_try(struct postgres_store *store, const struct store_op *ops, size_t n,
                               bool is_alone, int *n_lost, struct hg_err *err)
{
    char transaction[POSTGRES_TRANSACTION] = "";
    HG_CLEANUP(use_end) struct use use = {0};
    HG_TRY(use_begin(store, &use, err));
    enum hg_code code =
        (is_alone ? try_alone : postgres_try_commit)(use.connection, ops, n, transaction, err);
    if (!use.connection->is_lost || code == HG_OK)
        return code;
    use_end(&use);
    use.connection = NULL;
    (*n_lost)++;
    if (transaction[0] != '\0')
        return fate_resolve(store, transaction, err);
    return *n_lost < MAX_LOST ? HG_BUSY : code;
}

static enum hg_code postgres_commit(struct store *base, const struct store_op *ops, size_t n,
                                    struct hg_err *err)
{
    struct postgres_store *store = postgres_of(base);
    int n_lost = 0;
    enum hg_code code = HG_BUSY;
    for (int i = 0; i < MAX_TRIES && code == HG_BUSY; i++) {
        bool is_alone = i >= FREE_TRIES;
        if (is_alone)
            (void)pthread_rwlock_wrlock(&store->gate);
        else
            (void)pthread_rwlock_rdlock(&store->gate);
        code = commit_try(store, ops, n, is_alone, &n_lost, err);
        (void)pthread_rwlock_unlock(&store->gate);
    }
    return code;
}

/* With a connection of its own, which takes the locks with it when it is closed. */
static enum hg_code postgres_migrate(struct store *store, const struct store_migrations *migrations,
                                     struct hg_err *err)
{
    struct postgres_connection *connection = NULL;
    HG_TRY(postgres_connection_open(postgres_of(store)->url, &connection, err));
    enum hg_code code = postgres_schema_migrate(connection, migrations, err);
    postgres_connection_close(connection);
    return code;
}

static enum hg_code postgres_check(struct store *store, const struct store_table *table,
                                   struct hg_err *err)
{
    HG_CLEANUP(use_end) struct use use = {0};
    HG_TRY(use_begin(postgres_of(store), &use, err));
    return postgres_schema_check(use.connection, table, err);
}

static enum hg_code postgres_join(struct store *base, hg_str name, struct hg_err *err)
{
    struct postgres_store *store = postgres_of(base);
    return postgres_presence_begin(&store->presence, store->url, name, err);
}

static enum hg_code postgres_is_present(struct store *store, hg_str name, bool *out,
                                        struct hg_err *err)
{
    HG_CLEANUP(use_end) struct use use = {0};
    HG_TRY(use_begin(postgres_of(store), &use, err));
    return postgres_presence_ask(use.connection, name, out, err);
}

static void postgres_close(struct store *base)
{
    struct postgres_store *store = postgres_of(base);
    sql_pool_fini(&store->pool, postgres_connection_close);
    postgres_presence_fini(&store->presence);
    (void)pthread_rwlock_destroy(&store->gate);
    free(store->url);
    free(store);
}

static const struct store_backend postgres_backend = {
    .get = postgres_get,
    .find = postgres_find,
    .commit = postgres_commit,
    .migrate = postgres_migrate,
    .check = postgres_check,
    .join = postgres_join,
    .is_present = postgres_is_present,
    .close = postgres_close,
};

/* The ones that want to be alone would wait for ever where readers come first. */
static void gate_init(pthread_rwlock_t *gate)
{
    pthread_rwlockattr_t attributes;
    (void)pthread_rwlockattr_init(&attributes);
    (void)pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    (void)pthread_rwlock_init(gate, &attributes);
    (void)pthread_rwlockattr_destroy(&attributes);
}

enum hg_code edge_postgres_open(const char *url, const struct edge_store_options *options,
                                struct store **out, struct hg_err *err)
{
    struct postgres_store *store = calloc(1, sizeof(*store));
    char *own_url = strdup(url);
    if (store == NULL || own_url == NULL) {
        free(store);
        free(own_url);
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for a store");
    }
    store->store.backend = &postgres_backend;
    store->url = own_url;
    sql_pool_init(&store->pool, options->n_connections);
    gate_init(&store->gate);
    postgres_presence_init(&store->presence);
    struct use first = {0}; /* is there a server at all? */
    enum hg_code code = use_begin(store, &first, err);
    use_end(&first);
    if (code != HG_OK) {
        postgres_close(&store->store);
        return code;
    }
    *out = &store->store;
    return HG_OK;
}
