#pragma once

#include "edge/sql_private.h"
#include "store/store.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>

/* One connection: used by one thread at a time. */
struct postgres_connection {
    PGconn *conn;
    struct sql_cache cache;
    unsigned n_prepared; /* names of prepared statements run on */
    bool is_lost;        /* of no more use: to be closed */
};

HG_MUST_USE enum hg_code postgres_connection_open(const char *url, struct postgres_connection **out,
                                                  struct hg_err *err);
void postgres_connection_close(void *closed); /* NULL is fine */

void postgres_clearp(PGresult **result); /* for HG_CLEANUP */

/* HG_OK when the result is what a statement should give. Else what it is to the
 * caller: HG_BUSY asks for another try, and is_lost is set when the connection
 * is gone. */
enum hg_code postgres_judge(struct postgres_connection *connection, const PGresult *result,
                            struct hg_err *err);

/* Statements without parameters and without rows. */
HG_MUST_USE enum hg_code postgres_run(struct postgres_connection *connection, const char *sql,
                                      struct hg_err *err);

/* Parameters in the form that libpq wants: binary, integers big-endian. */
struct postgres_parameters {
    int n;
    const char *values[SQL_MAX_PARAMS];
    int lengths[SQL_MAX_PARAMS], formats[SQL_MAX_PARAMS];
    uint64_t integers[SQL_MAX_PARAMS];
};

/* The name under which a statement is prepared, preparing it when it is new. */
HG_MUST_USE enum hg_code postgres_prepare(struct postgres_connection *connection,
                                          const struct sql *sql, const char **out_name,
                                          struct hg_err *err);
HG_MUST_USE enum hg_code postgres_bind(const struct sql *sql, struct postgres_parameters *out,
                                       struct hg_err *err);
HG_MUST_USE enum hg_code postgres_rows_read(const PGresult *result, const struct store_table *table,
                                            struct hg_arena *arena, struct store_rows *out,
                                            struct hg_err *err);

/* One try of a commit. *out_transaction is its id once it has one, and "" again
 * when it surely did not happen: with it the outcome can be asked for. */
enum { POSTGRES_TRANSACTION = 24 };
HG_MUST_USE enum hg_code postgres_try_commit(struct postgres_connection *connection,
                                             const struct store_op *ops, size_t n,
                                             char out_transaction[POSTGRES_TRANSACTION],
                                             struct hg_err *err);

/* That this process uses the database: an advisory lock in a session of its own. */
struct postgres_presence {
    pthread_mutex_t lock;
    struct postgres_connection *connection; /* NULL: not joined */
    char name[STORE_MAX_NAME + 1];
};
void postgres_presence_init(struct postgres_presence *presence);
void postgres_presence_fini(struct postgres_presence *presence);
HG_MUST_USE enum hg_code postgres_presence_begin(struct postgres_presence *presence,
                                                 const char *url, hg_str name, struct hg_err *err);
/* When others were lost and made anew: the lock's may be lost as well. */
void postgres_presence_renew(struct postgres_presence *presence, const char *url);
HG_MUST_USE enum hg_code postgres_presence_ask(struct postgres_connection *connection, hg_str name,
                                               bool *out, struct hg_err *err);

HG_MUST_USE enum hg_code postgres_schema_migrate(struct postgres_connection *connection,
                                                 const struct store_migrations *migrations,
                                                 struct hg_err *err);
HG_MUST_USE enum hg_code postgres_schema_check(struct postgres_connection *connection,
                                               const struct store_table *table, struct hg_err *err);
