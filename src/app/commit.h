#pragma once

#include "base/base.h"
#include "store/store.h"

/* A list of store operations that happens whole or not at all. Appends need no
 * check: when the arena ends, app_commit_run() says so. Values are borrowed until
 * then. The arrays given are copied, so they may be compound literals. */
struct app_commit {
    struct hg_arena *arena;
    struct store_op *ops;
    size_t n, room;
    bool failed;
};

struct app_commit app_commit_new(struct hg_arena *arena);

/* `values`: all columns in the table's order. */
void app_commit_insert(struct app_commit *commit, const struct store_table *table,
                       const struct store_value *values);
void app_commit_put(struct app_commit *commit, const struct store_table *table,
                    const struct store_value *values);
/* `key`: the table's n_key values. `changes` on the row; the conditions must hold. */
void app_commit_update(struct app_commit *commit, const struct store_table *table,
                       const struct store_value *key, const struct store_change *changes,
                       size_t n_changes);
void app_commit_require(struct app_commit *commit, const struct store_table *table,
                        const struct store_value *key, const struct store_condition *conditions,
                        size_t n_conditions);
void app_commit_delete(struct app_commit *commit, const struct store_table *table,
                       const struct store_value *key);
/* Every row whose first n_prefix columns of `index` (-1: the primary key) equal `prefix`. */
void app_commit_delete_where(struct app_commit *commit, const struct store_table *table, int index,
                             const struct store_value *prefix, size_t n_prefix);

/* The last operation appended holds only if these conditions hold too. */
void app_commit_when(struct app_commit *commit, const struct store_condition *conditions,
                     size_t n_conditions);

/* HG_CONFLICT, HG_EXISTS: nothing was written. */
HG_MUST_USE enum hg_code app_commit_run(struct app_commit *commit, struct store *store,
                                        struct hg_err *err);

#define APP_CHANGES(...)                        \
    (const struct store_change[]){__VA_ARGS__}, \
        sizeof((const struct store_change[]){__VA_ARGS__}) / sizeof(struct store_change)
#define APP_CONDITIONS(...)                        \
    (const struct store_condition[]){__VA_ARGS__}, \
        sizeof((const struct store_condition[]){__VA_ARGS__}) / sizeof(struct store_condition)
