#include "app/commit.h"

#include "base/base.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_ROOM = 8 };

struct app_commit app_commit_new(struct hg_arena *arena)
{
    return (struct app_commit){.arena = arena};
}

static void append(struct app_commit *commit, const struct store_op *op)
{
    if (commit->failed)
        return;
    if (commit->n == commit->room) {
        size_t room = commit->room == 0 ? FIRST_ROOM : commit->room * 2;
        struct store_op *ops = HG_NEW_ARRAY(commit->arena, struct store_op, room);
        if (ops == NULL) {
            commit->failed = true;
            return;
        }
        if (commit->n > 0)
            memcpy(ops, commit->ops, commit->n * sizeof(*ops));
        commit->ops = ops;
        commit->room = room;
    }
    commit->ops[commit->n++] = *op;
}

/* A copy in the commit's arena; NULL with `failed` set when there is no room. */
static void *keep(struct app_commit *commit, const void *items, size_t n, size_t size)
{
    if (n == 0)
        return NULL;
    void *copy = hg_arena_array(commit->arena, n, size, _Alignof(max_align_t));
    if (copy == NULL) {
        commit->failed = true;
        return NULL;
    }
    memcpy(copy, items, n * size);
    return copy;
}

static void append_row(struct app_commit *commit, enum store_op_kind kind,
                       const struct store_table *table, const struct store_value *values)
{
    append(commit, &(struct store_op){
                       .kind = kind,
                       .table = table,
                       .values = keep(commit, values, table->n_columns, sizeof(*values)),
                   });
}

void app_commit_insert(struct app_commit *commit, const struct store_table *table,
                       const struct store_value *values)
{
    append_row(commit, STORE_INSERT, table, values);
}

void app_commit_put(struct app_commit *commit, const struct store_table *table,
                    const struct store_value *values)
{
    append_row(commit, STORE_PUT, table, values);
}

void app_commit_update(struct app_commit *commit, const struct store_table *table,
                       const struct store_value *key, const struct store_change *changes,
                       size_t n_changes)
{
    append(commit, &(struct store_op){
                       .kind = STORE_UPDATE,
                       .table = table,
                       .key = keep(commit, key, table->n_key, sizeof(*key)),
                       .n_key = table->n_key,
                       .changes = keep(commit, changes, n_changes, sizeof(*changes)),
                       .n_changes = (uint8_t)n_changes,
                   });
}

void app_commit_require(struct app_commit *commit, const struct store_table *table,
                        const struct store_value *key, const struct store_condition *conditions,
                        size_t n_conditions)
{
    append(commit, &(struct store_op){
                       .kind = STORE_REQUIRE,
                       .table = table,
                       .key = keep(commit, key, table->n_key, sizeof(*key)),
                       .n_key = table->n_key,
                       .conditions = keep(commit, conditions, n_conditions, sizeof(*conditions)),
                       .n_conditions = (uint8_t)n_conditions,
                   });
}

void app_commit_delete(struct app_commit *commit, const struct store_table *table,
                       const struct store_value *key)
{
    append(commit, &(struct store_op){
                       .kind = STORE_DELETE,
                       .table = table,
                       .key = keep(commit, key, table->n_key, sizeof(*key)),
                       .n_key = table->n_key,
                   });
}

void app_commit_delete_where(struct app_commit *commit, const struct store_table *table, int index,
                             const struct store_value *prefix, size_t n_prefix)
{
    append(commit, &(struct store_op){
                       .kind = STORE_DELETE_WHERE,
                       .table = table,
                       .key = keep(commit, prefix, n_prefix, sizeof(*prefix)),
                       .n_key = (uint8_t)n_prefix,
                       .index = (int8_t)index,
                   });
}

void app_commit_when(struct app_commit *commit, const struct store_condition *conditions,
                     size_t n_conditions)
{
    if (commit->failed)
        return;
    HG_ASSERT(commit->n > 0);
    struct store_op *last = &commit->ops[commit->n - 1];
    last->conditions = keep(commit, conditions, n_conditions, sizeof(*conditions));
    last->n_conditions = (uint8_t)n_conditions;
}

enum hg_code app_commit_run(struct app_commit *commit, struct store *store, struct hg_err *err)
{
    if (commit->failed)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu operations to commit", commit->n);
    if (commit->n == 0)
        return HG_OK;
    return store_commit(store, commit->ops, commit->n, err);
}
