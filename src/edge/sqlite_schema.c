#include "base/base.h"
#include "edge/sql_private.h"
#include "edge/sql_schema_private.h"
#include "edge/sqlite_private.h"
#include "store/store.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_SCHEMA_ARENA = 16 << 20 };

static hg_str text_of(struct hg_arena *arena, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return hg_str_dup(arena, hg_str_of(text));
}

/* Calls `take` with each row of a statement whose parameters are texts. */
struct rows {
    struct sqlite_connection *connection;
    struct hg_arena *arena;
    enum hg_code (*take)(struct rows *rows, sqlite3_stmt *row, struct hg_err *err);
    void *out;
    const char *name; /* of what is looked at, for the text of a failure */
};

static enum hg_code rows_walk(struct rows *rows, const char *sql, const char *parameter,
                              struct hg_err *err)
{
    HG_CLEANUP(sqlite_finalizep) sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(rows->connection->db, sql, -1, &statement, NULL);
    if (rc == SQLITE_OK && parameter != NULL)
        rc = sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_STATIC);
    if (rc != SQLITE_OK)
        return sqlite_fail(rows->connection, rc, err);
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW)
        HG_TRY(rows->take(rows, statement, err));
    return rc == SQLITE_DONE ? HG_OK : sqlite_fail(rows->connection, rc, err);
}

/* Migrations. */

struct ran {
    const struct store_migrations *migrations;
    size_t n;
};

static enum hg_code ran_take(struct rows *rows, sqlite3_stmt *row, struct hg_err *err)
{
    struct ran *ran = rows->out;
    const struct store_migration found = {
        .number = (unsigned)sqlite3_column_int64(row, 0),
        .name = hg_str_z(rows->arena, text_of(rows->arena, row, 1)),
        .checksum = hg_str_z(rows->arena, text_of(rows->arena, row, 2)),
    };
    return sql_migration_check(ran->migrations, ran->n++, &found, err);
}

static enum hg_code migration_run(struct sqlite_connection *connection, struct hg_arena *arena,
                                  const struct store_migration *migration, struct hg_err *err)
{
    const char *script = sql_migration_script(arena, migration, SQL_SQLITE);
    if (script[0] == '\0')
        return HG_FAIL(err, HG_NO_MEMORY, "%s: no memory for its text", migration->name);
    struct hg_err why;
    enum hg_code code = sqlite_run(connection, script, &why);
    return code == HG_OK ? HG_OK : HG_FAIL(err, code, "%s: %s", migration->name, why.detail);
}

/* One migration, the next that did not run yet; *out_done: there is none. */
static enum hg_code step_run(struct sqlite_connection *connection,
                             const struct store_migrations *migrations, bool *out_done,
                             struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("migration", MAX_SCHEMA_ARENA);
    if (arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory to migrate");
    HG_TRY(sqlite_run(connection, sql_migrations_table(arena, SQL_SQLITE), err));
    struct ran ran = {.migrations = migrations};
    struct rows rows = {.connection = connection, .arena = arena, .take = ran_take, .out = &ran};
    HG_TRY(rows_walk(&rows, SQL_MIGRATIONS_LIST, NULL, err));
    if (ran.n < migrations->n)
        HG_TRY(migration_run(connection, arena, &migrations->items[ran.n], err));
    *out_done = ran.n >= migrations->n;
    return HG_OK;
}

/* Each step takes the write lock and looks again: of two processes that start at
 * once each migration is run by one. */
enum hg_code sqlite_schema_migrate(struct sqlite_connection *connection,
                                   const struct store_migrations *migrations, struct hg_err *err)
{
    bool is_done = false;
    while (!is_done) {
        HG_TRY(sqlite_run(connection, "BEGIN IMMEDIATE", err));
        enum hg_code code = step_run(connection, migrations, &is_done, err);
        if (code == HG_OK)
            code = sqlite_run(connection, "COMMIT", err);
        if (code != HG_OK) {
            sqlite_undo(connection);
            return code;
        }
    }
    return HG_OK;
}

/* The schema against a description. */

static enum hg_code column_take(struct rows *rows, sqlite3_stmt *row, struct hg_err *err)
{
    (void)err;
    struct sql_schema *schema = rows->out;
    if (schema->n_columns < HG_COUNT(schema->columns))
        schema->columns[schema->n_columns++] = (struct sql_schema_column){
            .name = text_of(rows->arena, row, 0),
            .type = text_of(rows->arena, row, 1),
            .is_nullable = sqlite3_column_int(row, 2) == 0,
            .key = sqlite3_column_int64(row, 3),
        };
    return HG_OK;
}

static enum hg_code index_take(struct rows *rows, sqlite3_stmt *row, struct hg_err *err)
{
    (void)err;
    struct sql_schema *schema = rows->out;
    hg_str sql = text_of(rows->arena, row, 3);
    size_t where = hg_str_find(sql, HG_STR(" WHERE "));
    if (schema->n_indexes < HG_COUNT(schema->indexes))
        schema->indexes[schema->n_indexes++] = (struct sql_schema_index){
            .name = text_of(rows->arena, row, 0),
            .is_unique = sqlite3_column_int(row, 1) != 0,
            .columns = text_of(rows->arena, row, 2),
            .predicate = where == HG_NPOS ? (hg_str){0} : hg_str_from(sql, where + 7),
        };
    return HG_OK;
}

/* Fails a plan that sorts or does not use the index: then its columns run in
 * another direction, or it has another collation. */
static enum hg_code plan_take(struct rows *rows, sqlite3_stmt *row, struct hg_err *err)
{
    hg_str step = text_of(rows->arena, row, 3);
    if (hg_str_find(step, HG_STR("TEMP B-TREE")) == HG_NPOS)
        return HG_OK;
    return HG_FAIL(err, HG_MALFORMED, "%s: does not give its order (%.*s)", rows->name,
                   HG_ARG(step));
}

static enum hg_code plan_check(struct rows *rows, const struct store_table *table, int8_t index,
                               struct hg_err *err)
{
    struct sql sql;
    sql_find(&sql, SQL_SQLITE, &(struct store_query){.table = table, .index = index});
    char text[SQL_MAX_TEXT];
    sql_text(&sql, text);
    rows->take = plan_take;
    rows->name = index < 0 ? table->name : table->indexes[index].name;
    hg_str plan = hg_str_format(rows->arena, "EXPLAIN QUERY PLAN %s", text);
    return rows_walk(rows, hg_str_z(rows->arena, plan), NULL, err);
}

enum hg_code sqlite_schema_check(struct sqlite_connection *connection,
                                 const struct store_table *table, struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("schema", MAX_SCHEMA_ARENA);
    if (arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory to look at the schema");
    struct sql_schema schema = {0};
    struct rows rows = {
        .connection = connection, .arena = arena, .take = column_take, .out = &schema};
    HG_TRY(rows_walk(&rows, "SELECT name, type, \"notnull\", pk FROM pragma_table_info($1)",
                     table->name, err));
    rows.take = index_take;
    HG_TRY(rows_walk(&rows,
                     "SELECT l.name, l.\"unique\","
                     " (SELECT group_concat(name, ' ') FROM"
                     "  (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)), s.sql"
                     " FROM pragma_index_list($1) l JOIN sqlite_schema s ON s.name = l.name"
                     " WHERE l.origin = 'c' ORDER BY l.name",
                     table->name, err));
    HG_TRY(sql_schema_compare(arena, table, &schema, SQL_SQLITE, err));
    for (int i = -1; i < table->n_indexes; i++)
        HG_TRY(plan_check(&rows, table, (int8_t)i, err));
    return HG_OK;
}
