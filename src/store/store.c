#include "store/store.h"

#include "base/base.h"
#include "store/store_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int store_value_cmp(const struct store_value *a, const struct store_value *b)
{
    if (a->type != STORE_INT) {
        size_t n = a->bytes.len < b->bytes.len ? a->bytes.len : b->bytes.len;
        int order = n == 0 ? 0 : memcmp(a->bytes.ptr, b->bytes.ptr, n);
        return order != 0 ? order : (a->bytes.len > b->bytes.len) - (a->bytes.len < b->bytes.len);
    }
    return (a->integer > b->integer) - (a->integer < b->integer);
}

static bool key_has(const struct store_index *index, uint8_t column)
{
    for (size_t i = 0; i < index->n_columns; i++)
        if (index->columns[i] == column)
            return true;
    return false;
}

size_t store_order(const struct store_table *table, int8_t index, uint8_t out[STORE_MAX_ORDER])
{
    size_t n = 0;
    if (index < 0) {
        for (; n < table->n_key; n++)
            out[n] = (uint8_t)n;
        return n;
    }
    const struct store_index *chosen = &table->indexes[index];
    for (; n < chosen->n_columns; n++)
        out[n] = chosen->columns[n];
    if (chosen->is_unique)
        return n;
    for (uint8_t k = 0; k < table->n_key; k++)
        if (!key_has(chosen, k))
            out[n++] = k;
    return n;
}

enum hg_code store_op_fail(const struct store_op *op, size_t at, enum hg_code code,
                           struct hg_err *err)
{
    return HG_FAIL(err, code, "op %zu on %s: %s", at, op->table->name, hg_code_text(code));
}

static enum hg_code refuse_text(const struct store_table *table, struct hg_err *err)
{
    return HG_FAIL(err, HG_MALFORMED, "%s: a text that is not UTF-8, or has a NUL", table->name);
}

enum hg_code store_get(struct store *store, struct hg_arena *arena, const struct store_table *table,
                       const struct store_value *key, struct store_row *out, struct hg_err *err)
{
    store_table_assert(table);
    if (!store_key_check(table, key))
        return refuse_text(table, err);
    return store->backend->get(store, arena, table, key, out, err);
}

enum hg_code store_find(struct store *store, struct hg_arena *arena,
                        const struct store_query *query, struct store_rows *out, struct hg_err *err)
{
    store_table_assert(query->table);
    if (!store_query_check(query))
        return refuse_text(query->table, err);
    return store->backend->find(store, arena, query, out, err);
}

enum hg_code store_commit(struct store *store, const struct store_op *ops, size_t n,
                          struct hg_err *err)
{
    for (size_t i = 0; i < n; i++) {
        store_table_assert(ops[i].table);
        if (!store_op_check(&ops[i]))
            return refuse_text(ops[i].table, err);
    }
    return n == 0 ? HG_OK : store->backend->commit(store, ops, n, err);
}

enum hg_code store_migrate(struct store *store, const struct store_migrations *migrations,
                           struct hg_err *err)
{
    for (size_t i = 0; i < migrations->n; i++)
        HG_ASSERT(migrations->items[i].number == i + 1);
    return store->backend->migrate(store, migrations, err);
}

enum hg_code store_join(struct store *store, hg_str name, struct hg_err *err)
{
    HG_ASSERT(name.len > 0 && name.len <= STORE_MAX_NAME);
    return store->backend->join(store, name, err);
}

enum hg_code store_is_present(struct store *store, hg_str name, bool *out, struct hg_err *err)
{
    return store->backend->is_present(store, name, out, err);
}

enum hg_code store_tables_check(struct store *store, const struct store_table *const *tables,
                                size_t n, struct hg_err *err)
{
    for (size_t i = 0; i < n; i++) {
        store_table_assert(tables[i]);
        HG_TRY(store->backend->check(store, tables[i], err));
    }
    return HG_OK;
}

void store_close(struct store *store)
{
    if (store != NULL)
        store->backend->close(store);
}
