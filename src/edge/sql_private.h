#pragma once

#include "store/store.h"

/* Statements written from table descriptions, for SQLite and PostgreSQL alike.
 *
 * A statement is a list of pieces, all of them constants of the program (words of
 * SQL, names of tables and columns), and the values of its parameters $1, $2, …
 * Values are never part of the text. Two statements of the same pieces have the
 * same text, so the pieces are what a cache of prepared statements looks up;
 * text is made only when there is something new to prepare. */
enum { SQL_MAX_PIECES = 640, SQL_MAX_PARAMS = 96, SQL_MAX_TEXT = 12 << 10 };

enum sql_dialect { SQL_SQLITE, SQL_POSTGRES };

struct sql {
    enum sql_dialect dialect;
    size_t n_pieces, n_params;
    const char *pieces[SQL_MAX_PIECES];
    const struct store_value *params[SQL_MAX_PARAMS]; /* borrowed from key, query or op */
    struct store_value limit;
};

void sql_get(struct sql *sql, enum sql_dialect dialect, const struct store_table *table,
             const struct store_value *key);
void sql_find(struct sql *sql, enum sql_dialect dialect, const struct store_query *query);
void sql_op(struct sql *sql, enum sql_dialect dialect, const struct store_op *op);

/* What an operation came to, from the rows that its statement wrote or found. */
enum hg_code sql_op_judge(const struct store_op *op, int64_t n_rows);

/* The text, ended by a NUL. */
void sql_text(const struct sql *sql, char out[SQL_MAX_TEXT]);

/* Prepared statements of one connection. What a slot holds is the backend's. */
enum { SQL_CACHE_SLOTS = 192 };

struct sql_slot {
    size_t n_pieces;
    const char **pieces; /* NULL: the slot is free */
    uint64_t last_used;
    void *statement;
};

struct sql_cache {
    struct sql_slot slots[SQL_CACHE_SLOTS];
    uint64_t hashes[SQL_CACHE_SLOTS];
    size_t n;
    uint64_t uses;
};

/* The slot of this statement, or NULL. */
struct sql_slot *sql_cache_find(struct sql_cache *cache, const struct sql *sql);
/* A slot for this statement: a free one, or the one that was used longest ago, of
 * which `release` gets what it held. NULL: no memory. */
struct sql_slot *sql_cache_add(struct sql_cache *cache, const struct sql *sql,
                               void (*release)(void *statement));
void sql_cache_clear(struct sql_cache *cache, void (*release)(void *statement));
