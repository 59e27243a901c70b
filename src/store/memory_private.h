#pragma once

#include "store/store.h"

/* The tables of store/memory.c: rows are immutable blocks, an index is a sorted
 * array of pointers to them. Nothing here locks. */
struct memory_row {
    struct store_value values[STORE_MAX_COLUMNS]; /* their bytes follow in the same block */
};

struct memory_list {
    struct memory_row **rows;
    size_t n, room;
};

struct memory_table {
    const struct store_table *table;
    struct memory_list lists[1 + STORE_MAX_INDEXES]; /* the primary key, then the indexes */
};

/* Part of a list: [low, high). */
struct memory_range {
    size_t low, high;
};

struct memory_row *memory_row_new(const struct store_table *table,
                                  const struct store_value *values); /* NULL: no memory */
bool memory_row_fits(const struct memory_row *row, const struct store_condition *conditions,
                     size_t n);
HG_MUST_USE enum hg_code memory_row_copy(struct hg_arena *arena, const struct store_table *table,
                                         const struct memory_row *row, struct store_row *out);

struct memory_row *memory_table_row(const struct memory_table *table,
                                    const struct store_value *key); /* NULL: none */
struct memory_range memory_table_range(const struct memory_table *table,
                                       const struct store_query *query);
/* Whether putting `is` in the place of `was` (NULL: no row) would hit a unique index. */
bool memory_table_clashes(const struct memory_table *table, const struct memory_row *was,
                          const struct memory_row *is);

/* Room for one more row, so that replacing it cannot fail; false: no memory. */
bool memory_table_reserve(struct memory_table *table);
void memory_table_replace(struct memory_table *table, struct memory_row *was,
                          struct memory_row *is);
void memory_table_fini(struct memory_table *table);
