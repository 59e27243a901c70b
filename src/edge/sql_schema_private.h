#pragma once

#include "edge/sql_private.h"
#include "store/store.h"

/* What both databases do about migrations and about the schema they lead to. */

#define SQL_MIGRATIONS_LIST "SELECT number, name, checksum FROM schema_migrations ORDER BY number"

/* The statement that makes the table of migrations where there is none, and the
 * script of one migration with the row that records it; "" when the arena ended. */
const char *sql_migrations_table(struct hg_arena *arena, enum sql_dialect dialect);
const char *sql_migration_script(struct hg_arena *arena, const struct store_migration *migration,
                                 enum sql_dialect dialect);

/* Holds what ran `at` (from 0) against the program's list: HG_UNSUPPORTED when
 * the list ends before it, HG_CONFLICT when it has another text there. */
HG_MUST_USE enum hg_code sql_migration_check(const struct store_migrations *migrations, size_t at,
                                             const struct store_migration *ran, struct hg_err *err);

/* A table as the database's catalogue has it. */
struct sql_schema_column {
    hg_str name, type; /* the type as the dialect's tokens spell it, without collation */
    bool is_nullable;
    int64_t key; /* place in the primary key, from 1; 0: not in it */
};

struct sql_schema_index {
    hg_str name;
    bool is_unique;
    hg_str columns;   /* "tenant user id" */
    hg_str predicate; /* "" or the text behind WHERE, in any spelling */
};

struct sql_schema {
    struct sql_schema_column columns[STORE_MAX_COLUMNS + 1];
    size_t n_columns;
    struct sql_schema_index indexes[STORE_MAX_INDEXES + 1];
    size_t n_indexes; /* without the primary key's */
};

/* HG_MALFORMED names the first difference. */
HG_MUST_USE enum hg_code sql_schema_compare(struct hg_arena *arena, const struct store_table *table,
                                            const struct sql_schema *found,
                                            enum sql_dialect dialect, struct hg_err *err);
