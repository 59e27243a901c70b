#include "base/base.h"
#include "edge/postgres_private.h"
#include "edge/sql_private.h"
#include "store/store.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Operations that are sent before the first answer is read: few enough that the
 * answers fit into what the kernel holds for the connection. */
enum { BATCH = 32 };

/* The statements of a batch are prepared before it is sent, each at the cost of a
 * round trip the first time. A batch has fewer than the cache has slots, so none
 * of them pushes out another. */
static enum hg_code batch_prepare(struct postgres_connection *connection,
                                  const struct store_op *ops, size_t n, const char *names[BATCH],
                                  struct hg_err *err)
{
    struct sql sql;
    for (size_t i = 0; i < n; i++) {
        sql_op(&sql, SQL_POSTGRES, &ops[i]);
        HG_TRY(postgres_prepare(connection, &sql, &names[i], err));
    }
    return HG_OK;
}

static enum hg_code sent(struct postgres_connection *connection, int is_sent, struct hg_err *err)
{
    return is_sent == 1 ? HG_OK : postgres_judge(connection, NULL, err);
}

static enum hg_code op_send(struct postgres_connection *connection, const struct store_op *op,
                            const char *name, struct hg_err *err)
{
    struct sql sql;
    sql_op(&sql, SQL_POSTGRES, op);
    struct postgres_parameters parameters;
    HG_TRY(postgres_bind(&sql, &parameters, err));
    return sent(connection,
                PQsendQueryPrepared(connection->conn, name, parameters.n, parameters.values,
                                    parameters.lengths, parameters.formats, 1),
                err);
}

static enum hg_code text_send(struct postgres_connection *connection, const char *sql,
                              struct hg_err *err)
{
    return sent(connection, PQsendQueryParams(connection->conn, sql, 0, NULL, NULL, NULL, NULL, 0),
                err);
}

/* The answer to one statement of a pipeline; what follows it is read away. */
static enum hg_code answer_read(struct postgres_connection *connection, PGresult **out,
                                struct hg_err *err)
{
    PGresult *result = PQgetResult(connection->conn);
    enum hg_code code = postgres_judge(connection, result, err);
    if (result != NULL)
        PQclear(PQgetResult(connection->conn)); /* the NULL that ends this statement */
    if (code != HG_OK) {
        PQclear(result);
        return code;
    }
    *out = result;
    return HG_OK;
}

static enum hg_code op_read(struct postgres_connection *connection, const struct store_op *op,
                            size_t at, struct hg_err *err)
{
    HG_CLEANUP(postgres_clearp) PGresult *result = NULL;
    enum hg_code code = answer_read(connection, &result, err);
    if (code == HG_OK) /* "INSERT 0 1", "UPDATE 1", "SELECT 1" */
        code = sql_op_judge(op, strtoll(PQcmdTuples(result), NULL, 10));
    return code == HG_EXISTS || code == HG_CONFLICT ? store_op_fail(op, at, code, err) : code;
}

/* Reads away what is still on its way and leaves pipeline mode. Each statement
 * ends in one NULL; two in a row mean that nothing more will come. */
static enum hg_code pipeline_end(struct postgres_connection *connection, struct hg_err *err)
{
    ExecStatusType status = PGRES_EMPTY_QUERY;
    for (int n_nulls = 0; status != PGRES_PIPELINE_SYNC && n_nulls < 2;) {
        PGresult *result = PQgetResult(connection->conn);
        status = PQresultStatus(result);
        n_nulls = result == NULL ? n_nulls + 1 : 0;
        PQclear(result);
    }
    int is_left = status == PGRES_PIPELINE_SYNC ? PQexitPipelineMode(connection->conn) : 0;
    return sent(connection, is_left, err);
}

struct batch {
    const struct store_op *ops;
    size_t first, n;
    bool is_first;
    char *transaction;
};

static enum hg_code batch_send(struct postgres_connection *connection, const struct batch *batch,
                               const char *const names[BATCH], struct hg_err *err)
{
    if (batch->is_first) {
        HG_TRY(text_send(connection, "BEGIN ISOLATION LEVEL SERIALIZABLE", err));
        HG_TRY(text_send(connection, "SELECT pg_current_xact_id()", err));
    }
    for (size_t i = 0; i < batch->n; i++)
        HG_TRY(op_send(connection, &batch->ops[batch->first + i], names[i], err));
    return sent(connection, PQpipelineSync(connection->conn), err);
}

static enum hg_code batch_read(struct postgres_connection *connection, const struct batch *batch,
                               struct hg_err *err)
{
    if (batch->is_first) {
        HG_CLEANUP(postgres_clearp) PGresult *begun = NULL;
        HG_CLEANUP(postgres_clearp) PGresult *id = NULL;
        HG_TRY(answer_read(connection, &begun, err));
        HG_TRY(answer_read(connection, &id, err));
        (void)snprintf(batch->transaction, POSTGRES_TRANSACTION, "%s", PQgetvalue(id, 0, 0));
    }
    for (size_t i = 0; i < batch->n; i++)
        HG_TRY(op_read(connection, &batch->ops[batch->first + i], batch->first + i, err));
    return HG_OK;
}

static enum hg_code batch_run(struct postgres_connection *connection, const struct batch *batch,
                              struct hg_err *err)
{
    const char *names[BATCH];
    HG_TRY(batch_prepare(connection, batch->ops + batch->first, batch->n, names, err));
    HG_TRY(sent(connection, PQenterPipelineMode(connection->conn), err));
    enum hg_code code = batch_send(connection, batch, names, err);
    if (code != HG_OK) { /* half a pipeline cannot be taken back */
        connection->is_lost = true;
        return code;
    }
    code = batch_read(connection, batch, err);
    if (connection->is_lost)
        return code;
    enum hg_code end = pipeline_end(connection, code == HG_OK ? err : NULL);
    return code == HG_OK ? end : code;
}

static enum hg_code batches_run(struct postgres_connection *connection, const struct store_op *ops,
                                size_t n, char *transaction, struct hg_err *err)
{
    for (size_t at = 0; at < n; at += BATCH) {
        const struct batch batch = {.ops = ops,
                                    .first = at,
                                    .n = n - at < BATCH ? n - at : BATCH,
                                    .is_first = at == 0,
                                    .transaction = transaction};
        HG_TRY(batch_run(connection, &batch, err));
    }
    return HG_OK;
}

/* The tag tells: the COMMIT of a transaction that has failed answers ROLLBACK. */
static enum hg_code commit_send(struct postgres_connection *connection, struct hg_err *err)
{
    HG_CLEANUP(postgres_clearp) PGresult *result = PQexec(connection->conn, "COMMIT");
    HG_TRY(postgres_judge(connection, result, err));
    if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
        return HG_FAIL(err, HG_IO, "postgresql: COMMIT answered %s", PQcmdStatus(result));
    return HG_OK;
}

enum hg_code postgres_try_commit(struct postgres_connection *connection, const struct store_op *ops,
                                 size_t n, char out_transaction[POSTGRES_TRANSACTION],
                                 struct hg_err *err)
{
    enum hg_code code = batches_run(connection, ops, n, out_transaction, err);
    if (code != HG_OK) { /* without a COMMIT it surely did not happen */
        out_transaction[0] = '\0';
        if (!connection->is_lost && postgres_run(connection, "ROLLBACK", NULL) != HG_OK)
            connection->is_lost = true;
        return code;
    }
    code = commit_send(connection, err);
    if (code == HG_OK || !connection->is_lost)
        out_transaction[0] = '\0';
    return code;
}
