#pragma once

#include "base/base.h"

/* What the shell asks of a database: rows in tables that are described as data,
 * reads by key or by index prefix, and writes as one list of operations that
 * happens whole or not at all. There is no SQL above src/edge: sqlite and
 * postgres write their statements from the descriptions, memory keeps sorted
 * arrays, and one test suite holds all three to the same behaviour.
 *
 * Thread-safe: any thread may call any function; arenas belong to the caller.
 * Acknowledged means durable (SQLite: synchronous=FULL with group commit). */

enum store_type { STORE_INT, STORE_TEXT, STORE_BLOB };

struct store_value {
    enum store_type type;
    bool is_null;
    int64_t integer;
    hg_str bytes; /* text (UTF-8) or blob; borrowed */
};

static inline struct store_value store_int(int64_t integer)
{
    return (struct store_value){.type = STORE_INT, .integer = integer};
}
static inline struct store_value store_text(hg_str text)
{
    return (struct store_value){.type = STORE_TEXT, .bytes = text};
}
static inline struct store_value store_blob(hg_str bytes)
{
    return (struct store_value){.type = STORE_BLOB, .bytes = bytes};
}
static inline struct store_value store_time(hg_time t)
{
    return (struct store_value){.type = STORE_INT, .integer = t.us};
}
static inline struct store_value store_null(enum store_type type)
{
    return (struct store_value){.type = type, .is_null = true};
}

enum { STORE_MAX_COLUMNS = 24, STORE_MAX_KEY = 4, STORE_MAX_INDEXES = 6 };

struct store_column {
    const char *name;
    enum store_type type;
};

struct store_index {
    const char *name;
    uint8_t columns[STORE_MAX_KEY];
    uint8_t n_columns;
    bool is_unique; /* rows whose indexed columns are all non-null must differ */
};

/* A table: its first n_key columns are the primary key, and the first of those
 * is always `tenant`. The description and the migration that creates the table
 * are checked against each other by the store's test suite. */
struct store_table {
    const char *name;
    struct store_column columns[STORE_MAX_COLUMNS];
    uint8_t n_columns;
    uint8_t n_key;
    struct store_index indexes[STORE_MAX_INDEXES];
    uint8_t n_indexes;
};

struct store_row {
    const struct store_value *values; /* n_columns, in the table's order */
};

/* One condition on a column, for updates, deletes and requirements. */
enum store_test { STORE_EQ, STORE_NE, STORE_LT, STORE_LE, STORE_GT, STORE_GE, STORE_IS_NULL };
struct store_condition {
    uint8_t column;
    enum store_test test;
    struct store_value value;
};

struct store_change {
    uint8_t column;
    struct store_value value;
};

enum store_op_kind {
    STORE_INSERT, /* a row of this key exists, or a unique index is hit: HG_EXISTS */
    STORE_PUT,    /* insert or replace by key */
    STORE_UPDATE, /* `changes` on the row of `key`; no such row, or a condition fails: HG_CONFLICT
                   */
    STORE_DELETE, /* by key; absent is fine unless there are conditions: then HG_CONFLICT */
    STORE_DELETE_WHERE, /* every row whose index prefix equals `key` (n_key values of `index`) */
    STORE_REQUIRE,      /* the row of `key` exists and the conditions hold, else HG_CONFLICT */
    STORE_ABSENT,       /* no row of `key`, else HG_EXISTS */
};

/* Values are borrowed until the commit returns. */
struct store_op {
    enum store_op_kind kind;
    const struct store_table *table;
    const struct store_value *values; /* INSERT, PUT: n_columns values */
    const struct store_value *key;    /* the others: the key's values */
    uint8_t n_key;
    int8_t index; /* DELETE_WHERE: which index; -1 is the primary key */
    const struct store_change *changes;
    uint8_t n_changes;
    const struct store_condition *conditions;
    uint8_t n_conditions;
};

/* Rows whose first n_prefix columns of `index` equal `prefix`; `from`/`to`, when
 * has_*, bound the next column of the index; in index order (then primary key). */
struct store_query {
    const struct store_table *table;
    int8_t index; /* -1 is the primary key */
    const struct store_value *prefix;
    uint8_t n_prefix;
    bool has_from, has_to;
    bool from_exclusive; /* paging: strictly after `from` in scan direction's low end */
    bool to_exclusive;
    struct store_value from, to;
    bool descending;
    uint32_t limit; /* 0: no limit */
};

struct store_rows {
    const struct store_row *rows;
    size_t n;
};

struct store;

/* The implementation behind a port: edge/sqlite.c, edge/postgres.c, store/memory.c. */
struct store_backend {
    enum hg_code (*get)(struct store *, struct hg_arena *, const struct store_table *,
                        const struct store_value *key, struct store_row *out, struct hg_err *);
    enum hg_code (*find)(struct store *, struct hg_arena *, const struct store_query *,
                         struct store_rows *out, struct hg_err *);
    enum hg_code (*commit)(struct store *, const struct store_op *, size_t n, struct hg_err *);
    enum hg_code (*migrate)(struct store *, struct hg_err *);
    void (*close)(struct store *);
};

struct store { /* first member of each implementation's own struct */
    const struct store_backend *backend;
};

/* HG_NOT_FOUND when there is no such row. */
HG_MUST_USE enum hg_code store_get(struct store *store, struct hg_arena *arena,
                                   const struct store_table *table, const struct store_value *key,
                                   struct store_row *out, struct hg_err *err);
HG_MUST_USE enum hg_code store_find(struct store *store, struct hg_arena *arena,
                                    const struct store_query *query, struct store_rows *out,
                                    struct hg_err *err);
/* All or nothing. err->detail names the operation that failed ("op 3 on codes").
 * HG_EXISTS, HG_CONFLICT: nothing was written; load again and decide again. */
HG_MUST_USE enum hg_code store_commit(struct store *store, const struct store_op *ops, size_t n,
                                      struct hg_err *err);
/* Brings the schema to this program's version; forward only. */
HG_MUST_USE enum hg_code store_migrate(struct store *store, struct hg_err *err);
void store_close(struct store *store); /* NULL is fine */

/* Every table of the program: memory and the suite walk it. */
extern const struct store_table *const store_tables[];
extern const size_t store_n_tables;

/* Numbered migrations, in order; generated from src/store/migrations/NNNN-module-what.sql. */
struct store_migration {
    unsigned number;
    const char *name;
    const char *sql; /* one text for SQLite and PostgreSQL */
};
extern const struct store_migration store_migrations[];
extern const size_t store_n_migrations;

/* store/memory.c: for tests and simulation; durable for the life of the process. */
HG_MUST_USE enum hg_code store_memory_open(struct store **out, struct hg_err *err);
