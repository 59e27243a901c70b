#pragma once

#include "base/base.h"

/* What the shell asks of a database: rows in tables that are described as data,
 * reads by key or by index prefix, and writes as one list of operations that
 * happens whole or not at all. There is no SQL above src/edge: sqlite and
 * postgres write their statements from the descriptions, memory keeps sorted
 * arrays, and one test suite holds all three to the same behaviour.
 *
 * Commits are serializable: the outcome is that of some order in which they ran
 * one after another. A read sees what was committed when it began; two reads
 * may see two states, which is what conditions are for.
 *
 * Thread-safe: any thread may call any function; arenas belong to the caller.
 * Acknowledged means durable (SQLite: synchronous=FULL with group commit).
 * A call that does not fit its table's description is a bug: HG_ASSERT. */

enum store_type { STORE_INT, STORE_TEXT, STORE_BLOB };

struct store_value {
    enum store_type type;
    bool is_null;
    int64_t integer;
    hg_str bytes; /* text (UTF-8 without NUL, else HG_MALFORMED) or blob; borrowed */
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

enum {
    STORE_MAX_COLUMNS = 24,
    STORE_MAX_KEY = 4, /* columns of a primary key, and of an index */
    STORE_MAX_INDEXES = 6,
    STORE_MAX_CONDITIONS = 16,
};

struct store_column {
    const char *name;
    enum store_type type;
    bool is_nullable; /* never a column of the primary key */
};

/* A row is in an index when none of the index's columns is null in it; rows
 * that are not in an index are neither found nor deleted through it. Texts and
 * blobs order bytewise. */
struct store_index {
    const char *name;
    uint8_t columns[STORE_MAX_KEY];
    uint8_t n_columns;
    bool is_unique; /* rows in the index differ in its columns */
};

/* A table: its first n_key columns are the primary key, and the first of those
 * is always `tenant`. Descriptions are constants: backends know them by address.
 * store_tables_check() holds them against what the migrations made. */
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
enum store_test {
    STORE_EQ, /* these six never hold for a null */
    STORE_NE,
    STORE_LT,
    STORE_LE,
    STORE_GT,
    STORE_GE,
    STORE_IS_NULL,  /* `value` is not looked at */
    STORE_NOT_NULL, /* the same */
};
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
    STORE_PUT,    /* insert, or replace the row of this key; a unique index is hit: HG_EXISTS */
    STORE_UPDATE, /* `changes` (not of the key) on the row of `key`; no such row, or a condition
                   * fails: HG_CONFLICT; a unique index is hit: HG_EXISTS */
    STORE_DELETE, /* by key; absent is fine unless there are conditions: then HG_CONFLICT */
    STORE_DELETE_WHERE, /* every row whose index prefix equals `key` and whose conditions hold;
                         * none is fine */
    STORE_REQUIRE,      /* the row of `key` exists and the conditions hold, else HG_CONFLICT */
    STORE_ABSENT,       /* no row of `key`, else HG_EXISTS */
};

/* Operations see what those before them in the list did. Values are borrowed
 * until the commit returns. */
struct store_op {
    const struct store_table *table;
    const struct store_value *values; /* INSERT, PUT: n_columns values */
    const struct store_value *key;    /* the others: the key's values */
    const struct store_change *changes;
    const struct store_condition *conditions;
    enum store_op_kind kind;
    int8_t index; /* DELETE_WHERE: which index; -1 is the primary key */
    uint8_t n_key, n_changes, n_conditions;
};

/* Rows in the order of `index` (a non-unique index is continued by those columns
 * of the primary key that it does not have; store_order() lists them all). The
 * first n_prefix of these columns equal `prefix`; `from` and `to`, when has_*,
 * bound the next one, whichever way the scan runs. `after`, when not NULL, is the
 * last row of the page before (of its n_columns values only those of the order
 * are looked at): rows strictly past it in the direction of the scan. */
struct store_query {
    const struct store_table *table;
    const struct store_value *prefix;
    const struct store_value *after;
    struct store_value from, to; /* smallest and largest */
    uint32_t limit;              /* 0: no limit */
    int8_t index;                /* -1 is the primary key */
    uint8_t n_prefix;
    bool has_from, has_to;
    bool from_exclusive, to_exclusive;
    bool descending;
};

struct store_rows {
    const struct store_row *rows;
    size_t n;
};

struct store;

/* The implementation behind the port: edge/sqlite.c, edge/postgres.c, store/memory.c.
 * Each is called through the functions below, which have checked the arguments. */
struct store_migrations;
struct store_backend {
    enum hg_code (*get)(struct store *, struct hg_arena *, const struct store_table *,
                        const struct store_value *key, struct store_row *out, struct hg_err *);
    enum hg_code (*find)(struct store *, struct hg_arena *, const struct store_query *,
                         struct store_rows *out, struct hg_err *);
    enum hg_code (*commit)(struct store *, const struct store_op *, size_t n, struct hg_err *);
    enum hg_code (*migrate)(struct store *, const struct store_migrations *, struct hg_err *);
    enum hg_code (*check)(struct store *, const struct store_table *, struct hg_err *);
    enum hg_code (*join)(struct store *, hg_str name, struct hg_err *);
    enum hg_code (*is_present)(struct store *, hg_str name, bool *out, struct hg_err *);
    void (*close)(struct store *);
};

struct store { /* first member of each implementation's own struct */
    const struct store_backend *backend;
};

/* For implementations: the one wording of an operation that failed. */
enum hg_code store_op_fail(const struct store_op *op, size_t at, enum hg_code code,
                           struct hg_err *err);

/* HG_NOT_FOUND when there is no such row. The row lives in `arena`. */
HG_MUST_USE enum hg_code store_get(struct store *store, struct hg_arena *arena,
                                   const struct store_table *table, const struct store_value *key,
                                   struct store_row *out, struct hg_err *err);
HG_MUST_USE enum hg_code store_find(struct store *store, struct hg_arena *arena,
                                    const struct store_query *query, struct store_rows *out,
                                    struct hg_err *err);
/* All or nothing; returns when it is durable. HG_EXISTS, HG_CONFLICT: nothing was
 * written, load again and decide again; err->detail names the operation ("op 3 on
 * codes", from 0). HG_BUSY: other commits were in the way, nothing was written.
 * HG_UNAVAILABLE, HG_IO: the database is not to be reached or cannot write; only
 * when err->detail says "outcome unknown" may the commit have happened. */
HG_MUST_USE enum hg_code store_commit(struct store *store, const struct store_op *ops, size_t n,
                                      struct hg_err *err);
void store_close(struct store *store); /* waits for running commits; NULL is fine */

/* Values of one type, neither of them null: <0, 0, >0 as every index orders them. */
int store_value_cmp(const struct store_value *a, const struct store_value *b);

/* The columns that say where a row stands in an index (-1: the primary key);
 * returns how many there are. */
enum { STORE_MAX_ORDER = 2 * STORE_MAX_KEY };
size_t store_order(const struct store_table *table, int8_t index, uint8_t out[STORE_MAX_ORDER]);

/* Who uses the database: a process joins it under a name that no other ever had, once
 * for an open store, and is present until the store is closed or the process dies, however
 * it dies. What an absent process had taken in hand is free. A SQLite file has one process
 * at a time (HG_CONFLICT: another has joined); PostgreSQL knows its sessions; in memory
 * whoever joined last is present.
 * A process that lost its connections to PostgreSQL is absent until it has new ones. */
enum { STORE_MAX_NAME = 63 };
HG_MUST_USE enum hg_code store_join(struct store *store, hg_str name, struct hg_err *err);
HG_MUST_USE enum hg_code store_is_present(struct store *store, hg_str name, bool *out,
                                          struct hg_err *err);

/* Numbered migrations, in order, generated from src/store/migrations by
 * tools/gen_migrations.py. One text serves SQLite and PostgreSQL; where the two
 * differ it has a token that each backend replaces (migrations/README.md). */
struct store_migration {
    unsigned number;
    const char *name;     /* "0003-app-grants" */
    const char *checksum; /* SHA-256 of the file, in hex */
    const char *sql;
};
struct store_migrations {
    const struct store_migration *items;
    size_t n;
};
extern const struct store_migrations store_migrations;

/* Brings the schema to this program's version; forward only, one transaction a
 * migration, one node at a time. HG_UNSUPPORTED when the schema is newer than the
 * program, HG_CONFLICT when a migration that ran here has another text now. */
HG_MUST_USE enum hg_code
store_migrate(struct store *store, const struct store_migrations *migrations, struct hg_err *err);

/* Whether the schema is what the descriptions say: columns, types, nulls, keys,
 * indexes. HG_MALFORMED names the first difference. */
HG_MUST_USE enum hg_code store_tables_check(struct store *store,
                                            const struct store_table *const *tables, size_t n,
                                            struct hg_err *err);

/* store/memory.c: for tests and simulation; durable for the life of the process,
 * needs no migration and knows every table. */
HG_MUST_USE enum hg_code store_memory_open(struct store **out, struct hg_err *err);
