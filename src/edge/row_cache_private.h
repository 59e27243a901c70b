#pragma once

#include "store/store.h"

/* Rows that were read, kept in memory for the next time. Only for a store of which
 * this process is the sole writer (store_join), as it learns of changes from the
 * operations that are committed through it:
 *
 *   - what a commit touches is hidden before COMMIT, and shown as it is afterwards,
 *     or dropped; while it is hidden, and after it was, no read that began before is kept;
 *   - a row that was read by its key is followed through updates; a list of rows lasts
 *     until its table is written to.
 *
 * So a read sees what was committed when it began, as without. Bounded: entries of a
 * few kilobytes, a few megabytes in all. Thread-safe. */
struct row_cache;
struct row_cache *row_cache_new(void);        /* NULL: no memory */
void row_cache_free(struct row_cache *cache); /* NULL is fine */

enum { ROW_CACHE_MAX_KEY = 512 };

/* A read by key or by index prefix, spelled so that equal reads have equal bytes. */
struct row_lookup {
    const struct store_table *table;
    bool is_list;
    bool is_kept; /* false: not a read that is kept, or not one that may be kept now */
    uint64_t seq; /* of the table when the read began */
    uint64_t hash;
    size_t n;
    unsigned char bytes[ROW_CACHE_MAX_KEY];
};
void row_lookup_get(struct row_lookup *lookup, const struct store_table *table,
                    const struct store_value *key);
void row_lookup_find(struct row_lookup *lookup, const struct store_query *query);

/* True: *out has the rows, copied to the arena (HG_NO_MEMORY shows as an exhausted arena). */
bool row_cache_read(struct row_cache *cache, struct row_lookup *lookup, struct hg_arena *arena,
                    struct store_rows *out);
/* What the database gave instead. */
void row_cache_keep(struct row_cache *cache, const struct row_lookup *lookup,
                    const struct store_rows *rows);

/* Around COMMIT, for the operations of each commit of the group. */
void row_cache_hide(struct row_cache *cache, const struct store_op *ops, size_t n);
void row_cache_show(struct row_cache *cache, const struct store_op *ops, size_t n,
                    bool is_committed);
