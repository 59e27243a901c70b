#include "base/base.h"
#include "edge/postgres_private.h"
#include "edge/sql_private.h"
#include "edge/sql_schema_private.h"
#include "store/store.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { MAX_SCHEMA_ARENA = 16 << 20 };

/* Migrations. */

static enum hg_code ran_check(struct postgres_connection *connection,
                              const struct store_migrations *migrations, size_t *out_n,
                              struct hg_err *err)
{
    HG_CLEANUP(postgres_clearp)
    PGresult *result = PQexec(connection->conn, SQL_MIGRATIONS_LIST);
    HG_TRY(postgres_judge(connection, result, err));
    size_t n = (size_t)PQntuples(result);
    for (size_t i = 0; i < n; i++) {
        const struct store_migration ran = {
            .number = (unsigned)strtoul(PQgetvalue(result, (int)i, 0), NULL, 10),
            .name = PQgetvalue(result, (int)i, 1),
            .checksum = PQgetvalue(result, (int)i, 2),
        };
        HG_TRY(sql_migration_check(migrations, i, &ran, err));
    }
    *out_n = n;
    return HG_OK;
}

static enum hg_code migration_run(struct postgres_connection *connection, struct hg_arena *arena,
                                  const struct store_migration *migration, struct hg_err *err)
{
    HG_SCRATCH(arena);
    const char *script = sql_migration_script(arena, migration, SQL_POSTGRES);
    if (script[0] == '\0')
        return HG_FAIL(err, HG_NO_MEMORY, "%s: no memory for its text", migration->name);
    struct hg_err why;
    HG_TRY(postgres_run(connection, "BEGIN", err));
    enum hg_code code = postgres_run(connection, script, &why);
    if (code != HG_OK) {
        if (postgres_run(connection, "ROLLBACK", NULL) != HG_OK)
            connection->is_lost = true;
        return HG_FAIL(err, code, "%s: %s", migration->name, why.detail);
    }
    return postgres_run(connection, "COMMIT", err);
}

/* One node migrates at a time, the others wait for it as long as it takes. Both
 * locks and settings end with the connection. */
static enum hg_code lock(struct postgres_connection *connection, struct hg_err *err)
{
    HG_TRY(postgres_run(connection,
                        "SET lock_timeout = 0; SET statement_timeout = 0;"
                        "SET idle_in_transaction_session_timeout = 0",
                        err));
    HG_CLEANUP(postgres_clearp)
    PGresult *result =
        PQexec(connection->conn, "SELECT pg_advisory_lock(1212629332, hashtext(current_schema()))"
                                 " WHERE current_schema() IS NOT NULL");
    HG_TRY(postgres_judge(connection, result, err));
    if (PQntuples(result) == 0)
        return HG_FAIL(err, HG_UNSUPPORTED,
                       "no schema of the search_path exists: CREATE SCHEMA first");
    return HG_OK;
}

enum hg_code postgres_schema_migrate(struct postgres_connection *connection,
                                     const struct store_migrations *migrations, struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("migration", MAX_SCHEMA_ARENA);
    if (arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory to migrate");
    HG_TRY(lock(connection, err));
    HG_TRY(postgres_run(connection, sql_migrations_table(arena, SQL_POSTGRES), err));
    size_t n = 0;
    HG_TRY(ran_check(connection, migrations, &n, err));
    for (; n < migrations->n; n++)
        HG_TRY(migration_run(connection, arena, &migrations->items[n], err));
    return HG_OK;
}

/* The schema against a description. */

#define THE_TABLE "to_regclass(quote_ident($1::text))"

static const char columns_sql[] =
    "SELECT a.attname, format_type(a.atttypid, a.atttypmod) ||"
    " CASE WHEN a.attcollation IN (0, '\"C\"'::regcollation) THEN '' ELSE ' not of COLLATE \"C\"'"
    " END, a.attnotnull::int, coalesce(array_position(k.indkey::int2[], a.attnum) + 1, 0)"
    " FROM pg_attribute a LEFT JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary"
    " WHERE a.attrelid = " THE_TABLE " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

/* An index that runs downwards, or with nulls elsewhere, has another name for its columns. */
static const char indexes_sql[] =
    "SELECT c.relname, i.indisunique::int,"
    " (SELECT string_agg(a.attname, ' ' ORDER BY k.at) FROM"
    "  unnest(i.indkey::int2[]) WITH ORDINALITY k (number, at) JOIN pg_attribute a"
    "  ON a.attrelid = i.indrelid AND a.attnum = k.number) ||"
    " CASE WHEN array_to_string(i.indoption::int2[], '') ~ '^0*$' THEN '' ELSE ' not ascending'"
    " END, coalesce(pg_get_expr(i.indpred, i.indrelid), '')"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE i.indrelid = " THE_TABLE " AND NOT i.indisprimary AND i.indisvalid ORDER BY c.relname";

static enum hg_code catalogue_read(struct postgres_connection *connection, const char *sql,
                                   const char *table, PGresult **out, struct hg_err *err)
{
    PGresult *result = PQexecParams(connection->conn, sql, 1, NULL, &table, NULL, NULL, 0);
    enum hg_code code = postgres_judge(connection, result, err);
    if (code != HG_OK) {
        PQclear(result);
        return code;
    }
    *out = result;
    return HG_OK;
}

static hg_str field(const PGresult *result, size_t row, int column)
{
    return hg_str_of(PQgetvalue(result, (int)row, column));
}

static int64_t number(const PGresult *result, size_t row, int column)
{
    return strtoll(PQgetvalue(result, (int)row, column), NULL, 10);
}

static size_t rows_of(const PGresult *result, size_t max)
{
    size_t n = (size_t)PQntuples(result);
    return n < max ? n : max;
}

enum hg_code postgres_schema_check(struct postgres_connection *connection,
                                   const struct store_table *table, struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("schema", MAX_SCHEMA_ARENA);
    HG_CLEANUP(postgres_clearp) PGresult *columns = NULL;
    HG_CLEANUP(postgres_clearp) PGresult *indexes = NULL;
    if (arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory to look at the schema");
    HG_TRY(catalogue_read(connection, columns_sql, table->name, &columns, err));
    HG_TRY(catalogue_read(connection, indexes_sql, table->name, &indexes, err));
    struct sql_schema schema = {.n_columns = rows_of(columns, HG_COUNT(schema.columns)),
                                .n_indexes = rows_of(indexes, HG_COUNT(schema.indexes))};
    for (size_t i = 0; i < schema.n_columns; i++)
        schema.columns[i] = (struct sql_schema_column){.name = field(columns, i, 0),
                                                       .type = field(columns, i, 1),
                                                       .is_nullable = number(columns, i, 2) == 0,
                                                       .key = number(columns, i, 3)};
    for (size_t i = 0; i < schema.n_indexes; i++)
        schema.indexes[i] = (struct sql_schema_index){.name = field(indexes, i, 0),
                                                      .is_unique = number(indexes, i, 1) != 0,
                                                      .columns = field(indexes, i, 2),
                                                      .predicate = field(indexes, i, 3)};
    return sql_schema_compare(arena, table, &schema, SQL_POSTGRES, err);
}
