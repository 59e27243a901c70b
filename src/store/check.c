#include "base/base.h"
#include "store/store.h"
#include "store/store_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static void index_assert(const struct store_table *table, const struct store_index *index)
{
    HG_ASSERT(index->name != NULL);
    HG_ASSERT(index->n_columns >= 1 && index->n_columns <= STORE_MAX_KEY);
    for (size_t i = 0; i < index->n_columns; i++)
        HG_ASSERT(index->columns[i] < table->n_columns);
}

void store_table_assert(const struct store_table *table)
{
    HG_ASSERT(table != NULL && table->name != NULL);
    HG_ASSERT(table->n_columns <= STORE_MAX_COLUMNS && table->n_indexes <= STORE_MAX_INDEXES);
    HG_ASSERT(table->n_key >= 1 && table->n_key <= STORE_MAX_KEY);
    HG_ASSERT(table->n_key <= table->n_columns);
    HG_ASSERT(table->columns[0].type == STORE_TEXT &&
              strcmp(table->columns[0].name, "tenant") == 0);
    for (size_t i = 0; i < table->n_columns; i++)
        HG_ASSERT(table->columns[i].name != NULL);
    for (size_t i = 0; i < table->n_key; i++)
        HG_ASSERT(!table->columns[i].is_nullable);
    for (size_t i = 0; i < table->n_indexes; i++)
        index_assert(table, &table->indexes[i]);
}

static bool text_is_storable(const struct store_value *value)
{
    if (value->type != STORE_TEXT || value->is_null)
        return true;
    return hg_str_find_byte(value->bytes, '\0') == HG_NPOS && hg_utf8_valid(value->bytes);
}

static bool value_check(const struct store_table *table, size_t column,
                        const struct store_value *value)
{
    HG_ASSERT(column < table->n_columns);
    HG_ASSERT(value->type == table->columns[column].type);
    HG_ASSERT(!value->is_null || table->columns[column].is_nullable);
    return text_is_storable(value);
}

static bool given_check(const struct store_table *table, size_t column,
                        const struct store_value *value)
{
    HG_ASSERT(!value->is_null);
    return value_check(table, column, value);
}

bool store_key_check(const struct store_table *table, const struct store_value *key)
{
    HG_ASSERT(key != NULL);
    bool storable = true;
    for (size_t i = 0; i < table->n_key; i++)
        storable = given_check(table, i, &key[i]) && storable;
    return storable;
}

static bool prefix_check(const struct store_table *table, int8_t index,
                         const struct store_value *prefix, size_t n_prefix)
{
    HG_ASSERT(index >= -1 && index < table->n_indexes);
    HG_ASSERT(prefix != NULL || n_prefix == 0);
    uint8_t order[STORE_MAX_ORDER];
    HG_ASSERT(n_prefix <= store_order(table, index, order));
    bool storable = true;
    for (size_t i = 0; i < n_prefix; i++)
        storable = given_check(table, order[i], &prefix[i]) && storable;
    return storable;
}

bool store_query_check(const struct store_query *query)
{
    const struct store_table *table = query->table;
    bool storable = prefix_check(table, query->index, query->prefix, query->n_prefix);
    uint8_t order[STORE_MAX_ORDER];
    size_t n_order = store_order(table, query->index, order);
    HG_ASSERT((!query->has_from && !query->has_to) || query->n_prefix < n_order);
    if (query->has_from)
        storable = given_check(table, order[query->n_prefix], &query->from) && storable;
    if (query->has_to)
        storable = given_check(table, order[query->n_prefix], &query->to) && storable;
    for (size_t i = query->n_prefix; query->after != NULL && i < n_order; i++)
        storable = given_check(table, order[i], &query->after[order[i]]) && storable;
    return storable;
}

static bool row_check(const struct store_op *op)
{
    HG_ASSERT(op->values != NULL);
    bool storable = true;
    for (size_t i = 0; i < op->table->n_columns; i++)
        storable = value_check(op->table, i, &op->values[i]) && storable;
    return storable;
}

static bool changes_check(const struct store_op *op)
{
    HG_ASSERT(op->kind == STORE_UPDATE ? op->n_changes >= 1 : op->n_changes == 0);
    HG_ASSERT(op->n_changes <= op->table->n_columns);
    bool storable = true;
    uint32_t seen = 0;
    for (size_t i = 0; i < op->n_changes; i++) {
        HG_ASSERT(op->changes[i].column >= op->table->n_key);
        HG_ASSERT((seen & UINT32_C(1) << op->changes[i].column) == 0);
        seen |= UINT32_C(1) << op->changes[i].column;
        storable = value_check(op->table, op->changes[i].column, &op->changes[i].value) && storable;
    }
    return storable;
}

static bool conditions_check(const struct store_op *op)
{
    HG_ASSERT(op->n_conditions == 0 || op->kind != STORE_ABSENT);
    HG_ASSERT(op->n_conditions <= STORE_MAX_CONDITIONS);
    bool storable = true;
    for (size_t i = 0; i < op->n_conditions; i++) {
        const struct store_condition *condition = &op->conditions[i];
        HG_ASSERT(condition->column < op->table->n_columns);
        if (condition->test != STORE_IS_NULL && condition->test != STORE_NOT_NULL)
            storable = given_check(op->table, condition->column, &condition->value) && storable;
    }
    return storable;
}

static bool target_check(const struct store_op *op)
{
    if (op->kind == STORE_DELETE_WHERE)
        return prefix_check(op->table, op->index, op->key, op->n_key);
    HG_ASSERT(op->n_key == op->table->n_key);
    return store_key_check(op->table, op->key);
}

bool store_op_check(const struct store_op *op)
{
    if (op->kind == STORE_INSERT || op->kind == STORE_PUT) {
        HG_ASSERT(op->n_changes == 0 && op->n_conditions == 0);
        return row_check(op);
    }
    bool storable = target_check(op);
    storable = changes_check(op) && storable;
    return conditions_check(op) && storable;
}
