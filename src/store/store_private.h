#pragma once

#include "store/store.h"

/* Asserts that a description is one: names, key, indexes. */
void store_table_assert(const struct store_table *table);

/* Assert that a call fits its table, and answer whether its texts can be stored
 * (UTF-8 without NUL): bytes from outside may fail that, which is no bug. */
bool store_key_check(const struct store_table *table, const struct store_value *key);
bool store_query_check(const struct store_query *query);
bool store_op_check(const struct store_op *op);
