#include "base/base.h"
#include "edge/row_cache_private.h"
#include "edge/sql_private.h"
#include "edge/sqlite_private.h"
#include "store/store.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* More commits in one transaction gain nothing: the fsync is shared by enough. */
enum { MAX_GROUP = 256 };

/* A commit that waits, on the stack of the thread that asked for it. */
struct pending {
    const struct store_op *ops;
    size_t n;
    enum hg_code code;
    struct hg_err err;
    sem_t done;
    struct pending *next;
};

struct sqlite_writer {
    struct sqlite_connection *connection;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct pending *first, **last; /* the queue */
    bool is_stopping;
    struct row_cache *_Atomic cache; /* NULL: the file is not ours alone */
    bool is_broken; /* the disk failed a write; only the writing thread looks at it */
};

static enum hg_code op_run(struct sqlite_writer *writer, const struct store_op *op, int64_t *n_rows,
                           struct hg_err *err)
{
    struct sqlite_connection *connection = writer->connection;
    struct sql sql;
    sql_op(&sql, SQL_SQLITE, op);
    HG_CLEANUP(sqlite_resetp) sqlite3_stmt *statement = NULL;
    HG_TRY(sqlite_prepare(connection, &sql, &statement, err));
    int64_t n_found = 0;
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW)
        n_found++;
    if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY)
        return HG_EXISTS;
    if (rc != SQLITE_DONE)
        return sqlite_fail(connection, rc, err);
    *n_rows = sqlite3_column_count(statement) > 0 ? n_found : sqlite3_changes64(connection->db);
    return HG_OK;
}

static enum hg_code ops_run(struct sqlite_writer *writer, struct pending *pending)
{
    for (size_t i = 0; i < pending->n; i++) {
        const struct store_op *op = &pending->ops[i];
        int64_t n_rows = 0;
        enum hg_code code = op_run(writer, op, &n_rows, &pending->err);
        if (code != HG_OK && code != HG_EXISTS)
            return code;
        if (code == HG_OK)
            code = sql_op_judge(op, n_rows);
        if (code != HG_OK)
            return store_op_fail(op, i, code, &pending->err);
    }
    return HG_OK;
}

static enum hg_code savepoint_end(struct sqlite_writer *writer, bool keep, struct hg_err *err)
{
    if (!keep)
        HG_TRY(sqlite_control(writer->connection, "ROLLBACK TO one", err));
    return sqlite_control(writer->connection, "RELEASE one", err);
}

/* One commit inside the group's transaction. A statement is whole or nothing by
 * itself; more than one need a savepoint, to which only they go back. */
static void pending_run(struct sqlite_writer *writer, struct pending *pending)
{
    struct sqlite_connection *connection = writer->connection;
    pending->code =
        pending->n > 1 ? sqlite_control(connection, "SAVEPOINT one", &pending->err) : HG_OK;
    if (pending->code == HG_OK)
        pending->code = ops_run(writer, pending);
    if (pending->n == 1 || sqlite3_get_autocommit(connection->db) != 0)
        return;
    struct hg_err err;
    enum hg_code code = savepoint_end(writer, pending->code == HG_OK, &err);
    if (code != HG_OK) {
        pending->code = code;
        pending->err = err;
    }
}

/* Failures of one commit; any other is the database's, and the group's. */
static bool is_own_failure(enum hg_code code)
{
    return code == HG_OK || code == HG_EXISTS || code == HG_CONFLICT || code == HG_MALFORMED ||
           code == HG_TOO_BIG;
}

static void group_hide(struct row_cache *cache, const struct pending *group)
{
    for (; cache != NULL && group != NULL; group = group->next)
        if (group->code == HG_OK)
            row_cache_hide(cache, group->ops, group->n);
}

static void group_show(struct row_cache *cache, const struct pending *group, bool is_committed)
{
    for (; cache != NULL && group != NULL; group = group->next)
        if (group->code == HG_OK)
            row_cache_show(cache, group->ops, group->n, is_committed);
}

static enum hg_code group_end(struct sqlite_writer *writer, const struct pending *group,
                              struct hg_err *err)
{
    struct hg_err why;
    struct row_cache *cache = atomic_load(&writer->cache);
    group_hide(cache, group);
    enum hg_code code = sqlite_control(writer->connection, "COMMIT", &why);
    group_show(cache, group, code == HG_OK);
    if (code == HG_OK)
        return HG_OK;
    /* A commit record may have reached the file before the fsync failed. A full
     * disk is another matter: nothing was written, and space may come back. */
    if ((sqlite3_errcode(writer->connection->db) & 0xff) == SQLITE_FULL)
        return HG_FAIL(err, code, "%s", why.detail);
    writer->is_broken = true;
    return HG_FAIL(err, code, "outcome unknown: %s", why.detail);
}

/* Nearly all commits succeed, and a savepoint has SQLite copy each page that is written
 * after it: the group is tried without them. False: one failed, nothing was kept. */
static bool group_run_plain(struct sqlite_writer *writer, struct pending *group)
{
    struct hg_err err;
    if (sqlite_control(writer->connection, "BEGIN IMMEDIATE", &err) != HG_OK)
        return false;
    for (struct pending *pending = group; pending != NULL; pending = pending->next) {
        pending->code = ops_run(writer, pending);
        if (pending->code == HG_OK)
            continue;
        sqlite_undo(writer->connection);
        return false;
    }
    return true;
}

static enum hg_code group_run(struct sqlite_writer *writer, struct pending *group,
                              struct hg_err *err)
{
    struct sqlite_connection *connection = writer->connection;
    if (group_run_plain(writer, group))
        return group_end(writer, group, err);
    HG_TRY(sqlite_control(connection, "BEGIN IMMEDIATE", err));
    for (struct pending *pending = group; pending != NULL; pending = pending->next) {
        pending_run(writer, pending);
        if (!is_own_failure(pending->code)) {
            *err = pending->err;
            return pending->code;
        }
        if (sqlite3_get_autocommit(connection->db) != 0)
            return HG_FAIL(err, HG_IO, "sqlite: the transaction was rolled back");
    }
    return group_end(writer, group, err);
}

/* Tells each caller; after sem_post() its pending is gone. */
static void group_answer(struct pending *group)
{
    while (group != NULL) {
        struct pending *next = group->next;
        (void)sem_post(&group->done);
        group = next;
    }
}

static void group_commit(struct sqlite_writer *writer, struct pending *group)
{
    struct hg_err err = {0};
    enum hg_code code = HG_OK;
    if (writer->is_broken)
        code = HG_FAIL(&err, HG_IO,
                       "the database failed an earlier write: see to the disk, then start again");
    else
        code = group_run(writer, group, &err);
    if (code != HG_OK) {
        sqlite_undo(writer->connection);
        /* Those that had failed on their own had seen what is undone now. */
        for (struct pending *pending = group; pending != NULL; pending = pending->next) {
            pending->code = code;
            pending->err = err;
        }
    }
    group_answer(group);
}

/* The first MAX_GROUP of the queue; waits while there are none. NULL: stop. */
static struct pending *group_take(struct sqlite_writer *writer)
{
    (void)pthread_mutex_lock(&writer->lock);
    while (writer->first == NULL && !writer->is_stopping)
        (void)pthread_cond_wait(&writer->work, &writer->lock);
    struct pending *group = writer->first;
    struct pending **end = &group;
    for (size_t n = 0; n < MAX_GROUP && *end != NULL; n++)
        end = &(*end)->next;
    writer->first = *end;
    *end = NULL;
    if (writer->first == NULL)
        writer->last = &writer->first;
    (void)pthread_mutex_unlock(&writer->lock);
    return group;
}

static void *writer_main(void *arg)
{
    struct sqlite_writer *writer = arg;
    struct pending *group;
    while ((group = group_take(writer)) != NULL)
        group_commit(writer, group);
    return NULL;
}

enum hg_code sqlite_writer_start(struct sqlite_connection *connection, struct sqlite_writer **out,
                                 struct hg_err *err)
{
    struct sqlite_writer *writer = calloc(1, sizeof(*writer));
    if (writer == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for a writer");
    writer->connection = connection;
    writer->last = &writer->first;
    (void)pthread_mutex_init(&writer->lock, NULL);
    (void)pthread_cond_init(&writer->work, NULL);
    if (pthread_create(&writer->thread, NULL, writer_main, writer) != 0) {
        free(writer);
        return HG_FAIL(err, HG_UNAVAILABLE, "no thread for a writer");
    }
    *out = writer;
    return HG_OK;
}

void sqlite_writer_tell(struct sqlite_writer *writer, struct row_cache *cache)
{
    atomic_store(&writer->cache, cache);
}

enum hg_code sqlite_writer_commit(struct sqlite_writer *writer, const struct store_op *ops,
                                  size_t n, struct hg_err *err)
{
    struct pending pending = {.ops = ops, .n = n};
    (void)sem_init(&pending.done, 0, 0);
    (void)pthread_mutex_lock(&writer->lock);
    HG_ASSERT(!writer->is_stopping);
    *writer->last = &pending;
    writer->last = &pending.next;
    (void)pthread_cond_signal(&writer->work);
    (void)pthread_mutex_unlock(&writer->lock);
    while (sem_wait(&pending.done) != 0 && errno == EINTR) {
    }
    (void)sem_destroy(&pending.done);
    if (pending.code != HG_OK && err != NULL)
        *err = pending.err;
    return pending.code;
}

void sqlite_writer_stop(struct sqlite_writer *writer)
{
    if (writer == NULL)
        return;
    (void)pthread_mutex_lock(&writer->lock);
    writer->is_stopping = true;
    (void)pthread_cond_signal(&writer->work);
    (void)pthread_mutex_unlock(&writer->lock);
    (void)pthread_join(writer->thread, NULL);
    sqlite_connection_close(writer->connection);
    (void)pthread_cond_destroy(&writer->work);
    (void)pthread_mutex_destroy(&writer->lock);
    free(writer);
}
