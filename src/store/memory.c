#include "base/base.h"
#include "store/memory_private.h"
#include "store/store.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* One row replaced by another; NULL stands for no row. */
struct undo {
    struct memory_table *table;
    struct memory_row *was, *is;
};

struct memory {
    struct store store;
    pthread_rwlock_t lock;
    struct memory_table **tables;
    size_t n_tables, tables_room;
    struct undo *undos; /* of the running commit */
    size_t n_undos, undos_room;
    char joined[STORE_MAX_NAME + 1]; /* whoever did so last */
};

static struct memory *memory_of(struct store *store)
{
    return (struct memory *)store;
}

static void unlock(pthread_rwlock_t **lock)
{
    (void)pthread_rwlock_unlock(*lock);
}

#define LOCKED_FOR(what, memory)                        \
    (void)pthread_rwlock_##what##lock(&(memory)->lock); \
    HG_CLEANUP(unlock) pthread_rwlock_t *held_ = &(memory)->lock

static struct memory_table *table_of(const struct memory *memory, const struct store_table *table)
{
    for (size_t i = 0; i < memory->n_tables; i++)
        if (memory->tables[i]->table == table)
            return memory->tables[i];
    return NULL;
}

/* Room for one more element; false: no memory. */
static bool grow(void **items, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return true;
    size_t more = *room == 0 ? 16 : *room * 2;
    void *grown = reallocarray(*items, more, size);
    if (grown == NULL)
        return false;
    *items = grown;
    *room = more;
    return true;
}

static struct memory_table *table_add(struct memory *memory, const struct store_table *table)
{
    if (!grow((void **)&memory->tables, memory->n_tables, &memory->tables_room,
              sizeof(struct memory_table *)))
        return NULL;
    struct memory_table *added = calloc(1, sizeof(*added));
    if (added == NULL)
        return NULL;
    added->table = table;
    memory->tables[memory->n_tables++] = added;
    return added;
}

static enum hg_code memory_get(struct store *store, struct hg_arena *arena,
                               const struct store_table *table, const struct store_value *key,
                               struct store_row *out, struct hg_err *err)
{
    struct memory *memory = memory_of(store);
    LOCKED_FOR(rd, memory);
    const struct memory_table *in = table_of(memory, table);
    const struct memory_row *row = in == NULL ? NULL : memory_table_row(in, key);
    if (row == NULL)
        return HG_FAIL(err, HG_NOT_FOUND, "%s: no row of this key", table->name);
    enum hg_code code = memory_row_copy(arena, table, row, out);
    return code == HG_OK ? HG_OK : HG_FAIL(err, code, "%s: the row does not fit", table->name);
}

static enum hg_code memory_find(struct store *store, struct hg_arena *arena,
                                const struct store_query *query, struct store_rows *out,
                                struct hg_err *err)
{
    struct memory *memory = memory_of(store);
    LOCKED_FOR(rd, memory);
    const struct memory_table *in = table_of(memory, query->table);
    if (in == NULL) {
        *out = (struct store_rows){0};
        return HG_OK;
    }
    struct memory_range range = memory_table_range(in, query);
    size_t n = range.high - range.low;
    if (query->limit != 0 && n > query->limit)
        n = query->limit;
    struct store_row *rows = HG_NEW_ARRAY(arena, struct store_row, n);
    enum hg_code code = rows == NULL ? HG_NO_MEMORY : HG_OK;
    const struct memory_list *list = &in->lists[query->index + 1];
    for (size_t i = 0; i < n && code == HG_OK; i++) {
        size_t at = query->descending ? range.high - 1 - i : range.low + i;
        code = memory_row_copy(arena, query->table, list->rows[at], &rows[i]);
    }
    if (code != HG_OK)
        return HG_FAIL(err, code, "%s: %zu rows do not fit", query->table->name, n);
    *out = (struct store_rows){.rows = rows, .n = n};
    return HG_OK;
}

/* Takes `is` (freed when it cannot be put). */
static enum hg_code row_replace(struct memory *memory, struct memory_table *table,
                                struct memory_row *was, struct memory_row *is)
{
    enum hg_code code = HG_OK;
    if (is != NULL && memory_table_clashes(table, was, is))
        code = HG_EXISTS;
    else if (!memory_table_reserve(table) || !grow((void **)&memory->undos, memory->n_undos,
                                                   &memory->undos_room, sizeof(struct undo)))
        code = HG_NO_MEMORY;
    if (code != HG_OK) {
        free(is);
        return code;
    }
    memory->undos[memory->n_undos++] = (struct undo){.table = table, .was = was, .is = is};
    memory_table_replace(table, was, is);
    return HG_OK;
}

static enum hg_code op_write(struct memory *memory, struct memory_table *table,
                             const struct store_op *op, struct memory_row *was)
{
    if (was != NULL && op->kind == STORE_INSERT)
        return HG_EXISTS;
    struct memory_row *is = memory_row_new(op->table, op->values);
    return is == NULL ? HG_NO_MEMORY : row_replace(memory, table, was, is);
}

static enum hg_code op_update(struct memory *memory, struct memory_table *table,
                              const struct store_op *op, struct memory_row *was)
{
    struct store_value values[STORE_MAX_COLUMNS];
    for (size_t i = 0; i < op->table->n_columns; i++)
        values[i] = was->values[i];
    for (size_t i = 0; i < op->n_changes; i++)
        values[op->changes[i].column] = op->changes[i].value;
    struct memory_row *is = memory_row_new(op->table, values);
    return is == NULL ? HG_NO_MEMORY : row_replace(memory, table, was, is);
}

static enum hg_code op_delete_where(struct memory *memory, struct memory_table *table,
                                    const struct store_op *op)
{
    struct memory_range range = memory_table_range(
        table, &(struct store_query){.index = op->index, .prefix = op->key, .n_prefix = op->n_key});
    const struct memory_list *list = &table->lists[op->index + 1];
    HG_ASSERT(list->rows != NULL || range.high == range.low);
    for (size_t at = range.high; at-- > range.low;) {
        if (memory_row_fits(list->rows[at], op->conditions, op->n_conditions))
            HG_TRY(row_replace(memory, table, list->rows[at], NULL));
    }
    return HG_OK;
}

static enum hg_code op_by_key(struct memory *memory, struct memory_table *table,
                              const struct store_op *op, struct memory_row *row)
{
    if (op->kind == STORE_ABSENT)
        return row == NULL ? HG_OK : HG_EXISTS;
    bool fits = row != NULL && memory_row_fits(row, op->conditions, op->n_conditions);
    if (op->kind == STORE_DELETE && row == NULL && op->n_conditions == 0)
        return HG_OK;
    if (!fits)
        return HG_CONFLICT;
    if (op->kind == STORE_DELETE)
        return row_replace(memory, table, row, NULL);
    return op->kind == STORE_UPDATE ? op_update(memory, table, op, row) : HG_OK;
}

static enum hg_code op_apply(struct memory *memory, const struct store_op *op)
{
    struct memory_table *table = table_of(memory, op->table);
    if (table == NULL)
        table = table_add(memory, op->table);
    if (table == NULL)
        return HG_NO_MEMORY;
    if (op->kind == STORE_DELETE_WHERE)
        return op_delete_where(memory, table, op);
    bool is_write = op->kind == STORE_INSERT || op->kind == STORE_PUT;
    struct memory_row *row = memory_table_row(table, is_write ? op->values : op->key);
    return is_write ? op_write(memory, table, op, row) : op_by_key(memory, table, op, row);
}

/* Each row that the commit took out of a table is `was` of one undo, each that
 * it made is `is` of one: that side is freed which is in no table now. */
static void commit_finish(struct memory *memory, bool keep)
{
    while (memory->n_undos > 0) {
        struct undo *undo = &memory->undos[--memory->n_undos];
        if (!keep)
            memory_table_replace(undo->table, undo->is, undo->was);
        free(keep ? undo->was : undo->is);
    }
}

static enum hg_code memory_commit(struct store *store, const struct store_op *ops, size_t n,
                                  struct hg_err *err)
{
    struct memory *memory = memory_of(store);
    LOCKED_FOR(wr, memory);
    for (size_t i = 0; i < n; i++) {
        enum hg_code code = op_apply(memory, &ops[i]);
        if (code != HG_OK) {
            commit_finish(memory, false);
            return store_op_fail(&ops[i], i, code, err);
        }
    }
    commit_finish(memory, true);
    return HG_OK;
}

static enum hg_code memory_migrate(struct store *store, const struct store_migrations *migrations,
                                   struct hg_err *err)
{
    (void)store, (void)migrations, (void)err;
    return HG_OK;
}

static enum hg_code memory_check(struct store *store, const struct store_table *table,
                                 struct hg_err *err)
{
    (void)store, (void)table, (void)err;
    return HG_OK;
}

static enum hg_code memory_join(struct store *store, hg_str name, struct hg_err *err)
{
    struct memory *memory = memory_of(store);
    (void)err;
    LOCKED_FOR(wr, memory);
    (void)snprintf(memory->joined, sizeof(memory->joined), "%.*s", HG_ARG(name));
    return HG_OK;
}

static enum hg_code memory_is_present(struct store *store, hg_str name, bool *out,
                                      struct hg_err *err)
{
    struct memory *memory = memory_of(store);
    (void)err;
    LOCKED_FOR(rd, memory);
    *out = hg_str_eq(name, hg_str_of(memory->joined));
    return HG_OK;
}

static void memory_close(struct store *store)
{
    struct memory *memory = memory_of(store);
    for (size_t i = 0; i < memory->n_tables; i++) {
        memory_table_fini(memory->tables[i]);
        free(memory->tables[i]);
    }
    free((void *)memory->tables);
    free(memory->undos);
    (void)pthread_rwlock_destroy(&memory->lock);
    free(memory);
}

static const struct store_backend memory_backend = {
    .get = memory_get,
    .find = memory_find,
    .commit = memory_commit,
    .migrate = memory_migrate,
    .check = memory_check,
    .join = memory_join,
    .is_present = memory_is_present,
    .close = memory_close,
};

enum hg_code store_memory_open(struct store **out, struct hg_err *err)
{
    struct memory *memory = calloc(1, sizeof(*memory));
    if (memory == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for a store");
    memory->store.backend = &memory_backend;
    (void)pthread_rwlock_init(&memory->lock, NULL);
    *out = &memory->store;
    return HG_OK;
}
