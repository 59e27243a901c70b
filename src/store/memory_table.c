#include "base/base.h"
#include "store/memory_private.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A place in an index: rows are compared with the first n columns of its order. */
struct place {
    const struct store_value *values[STORE_MAX_ORDER];
    size_t n;
};

struct memory_row *memory_row_new(const struct store_table *table, const struct store_value *values)
{
    size_t n_bytes = 0;
    for (size_t i = 0; i < table->n_columns; i++)
        n_bytes += values[i].is_null ? 0 : values[i].bytes.len;
    struct memory_row *row = calloc(1, sizeof(*row) + n_bytes);
    if (row == NULL)
        return NULL;
    char *at = (char *)(row + 1);
    for (size_t i = 0; i < table->n_columns; i++) {
        row->values[i] = (struct store_value){.type = values[i].type, .is_null = values[i].is_null};
        if (values[i].is_null)
            continue;
        row->values[i].integer = values[i].integer;
        row->values[i].bytes = (hg_str){.ptr = at, .len = values[i].bytes.len};
        if (values[i].bytes.len > 0)
            memcpy(at, values[i].bytes.ptr, values[i].bytes.len);
        at += values[i].bytes.len;
    }
    return row;
}

static bool condition_holds(const struct memory_row *row, const struct store_condition *condition)
{
    const struct store_value *value = &row->values[condition->column];
    if (condition->test == STORE_IS_NULL)
        return value->is_null;
    if (value->is_null)
        return false;
    int order = condition->test == STORE_NOT_NULL ? 0 : store_value_cmp(value, &condition->value);
    const bool holds[] = {
        [STORE_EQ] = order == 0, [STORE_NE] = order != 0, [STORE_LT] = order < 0,
        [STORE_LE] = order <= 0, [STORE_GT] = order > 0,  [STORE_GE] = order >= 0,
        [STORE_NOT_NULL] = true,
    };
    return holds[condition->test];
}

bool memory_row_fits(const struct memory_row *row, const struct store_condition *conditions,
                     size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!condition_holds(row, &conditions[i]))
            return false;
    return true;
}

enum hg_code memory_row_copy(struct hg_arena *arena, const struct store_table *table,
                             const struct memory_row *row, struct store_row *out)
{
    struct store_value *values = HG_NEW_ARRAY(arena, struct store_value, table->n_columns);
    if (values == NULL)
        return HG_NO_MEMORY;
    for (size_t i = 0; i < table->n_columns; i++) {
        values[i] = row->values[i];
        values[i].bytes = hg_str_dup(arena, row->values[i].bytes);
    }
    if (hg_arena_exhausted(arena))
        return HG_NO_MEMORY;
    out->values = values;
    return HG_OK;
}

static bool list_holds(const struct memory_table *table, size_t list, const struct memory_row *row)
{
    if (list == 0)
        return true;
    const struct store_index *index = &table->table->indexes[list - 1];
    for (size_t i = 0; i < index->n_columns; i++)
        if (row->values[index->columns[i]].is_null)
            return false;
    return true;
}

static int place_cmp(const struct memory_row *row, const uint8_t *order, const struct place *place)
{
    for (size_t i = 0; i < place->n; i++) {
        int c = store_value_cmp(&row->values[order[i]], place->values[i]);
        if (c != 0)
            return c;
    }
    return 0;
}

/* The first row of a list that stands at `place` or behind it; with `past` the
 * first that stands behind it. */
static size_t list_seek(const struct memory_table *table, size_t list, const struct place *place,
                        bool past)
{
    uint8_t order[STORE_MAX_ORDER];
    (void)store_order(table->table, (int8_t)((int)list - 1), order);
    size_t low = 0, high = table->lists[list].n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = place_cmp(table->lists[list].rows[middle], order, place);
        if (c < 0 || (past && c == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Where `row` stands, or would stand, in a list. */
static struct place place_of(const struct memory_table *table, size_t list,
                             const struct store_value *values)
{
    uint8_t order[STORE_MAX_ORDER];
    struct place place = {.n = store_order(table->table, (int8_t)((int)list - 1), order)};
    for (size_t i = 0; i < place.n; i++)
        place.values[i] = &values[order[i]];
    return place;
}

struct memory_row *memory_table_row(const struct memory_table *table, const struct store_value *key)
{
    struct place place = place_of(table, 0, key);
    size_t at = list_seek(table, 0, &place, false);
    return at == list_seek(table, 0, &place, true) ? NULL : table->lists[0].rows[at];
}

struct memory_range memory_table_range(const struct memory_table *table,
                                       const struct store_query *query)
{
    size_t list = (size_t)(query->index + 1);
    struct place place = {.n = query->n_prefix};
    for (size_t i = 0; i < place.n; i++)
        place.values[i] = &query->prefix[i];
    struct memory_range range = {.low = list_seek(table, list, &place, false),
                                 .high = list_seek(table, list, &place, true)};
    place.n++;
    if (query->has_from) {
        place.values[place.n - 1] = &query->from;
        range.low = list_seek(table, list, &place, query->from_exclusive);
    }
    if (query->has_to) {
        place.values[place.n - 1] = &query->to;
        range.high = list_seek(table, list, &place, !query->to_exclusive);
    }
    if (query->after != NULL) {
        place = place_of(table, list, query->after);
        for (size_t i = 0; i < query->n_prefix; i++)
            place.values[i] = &query->prefix[i];
        size_t at = list_seek(table, list, &place, !query->descending);
        if (query->descending)
            range.high = at < range.high ? at : range.high;
        else
            range.low = at > range.low ? at : range.low;
    }
    if (range.high < range.low)
        range.high = range.low;
    return range;
}

bool memory_table_clashes(const struct memory_table *table, const struct memory_row *was,
                          const struct memory_row *is)
{
    for (size_t list = 1; list <= table->table->n_indexes; list++) {
        if (!table->table->indexes[list - 1].is_unique || !list_holds(table, list, is))
            continue;
        struct place place = place_of(table, list, is->values);
        size_t at = list_seek(table, list, &place, false);
        if (at < list_seek(table, list, &place, true) && table->lists[list].rows[at] != was)
            return true;
    }
    return false;
}

bool memory_table_reserve(struct memory_table *table)
{
    for (size_t i = 0; i <= table->table->n_indexes; i++) {
        struct memory_list *list = &table->lists[i];
        if (list->n < list->room)
            continue;
        size_t room = list->room == 0 ? 16 : list->room * 2;
        struct memory_row **rows = (struct memory_row **)reallocarray((void *)list->rows, room,
                                                                      sizeof(struct memory_row *));
        if (rows == NULL)
            return false;
        list->rows = rows;
        list->room = room;
    }
    return true;
}

static void list_remove(struct memory_table *table, size_t list, const struct memory_row *row)
{
    if (!list_holds(table, list, row))
        return;
    struct memory_list *in = &table->lists[list];
    struct place place = place_of(table, list, row->values);
    size_t at = list_seek(table, list, &place, false);
    HG_ASSERT(at < in->n && in->rows[at] == row);
    memmove((void *)(in->rows + at), (void *)(in->rows + at + 1),
            (in->n - at - 1) * sizeof(struct memory_row *));
    in->n--;
}

static void list_add(struct memory_table *table, size_t list, struct memory_row *row)
{
    if (!list_holds(table, list, row))
        return;
    struct memory_list *in = &table->lists[list];
    HG_ASSERT(in->n < in->room);
    struct place place = place_of(table, list, row->values);
    size_t at = list_seek(table, list, &place, false);
    memmove((void *)(in->rows + at + 1), (void *)(in->rows + at),
            (in->n - at) * sizeof(struct memory_row *));
    in->rows[at] = row;
    in->n++;
}

void memory_table_replace(struct memory_table *table, struct memory_row *was, struct memory_row *is)
{
    for (size_t list = 0; list <= table->table->n_indexes; list++) {
        if (was != NULL)
            list_remove(table, list, was);
        if (is != NULL)
            list_add(table, list, is);
    }
}

void memory_table_fini(struct memory_table *table)
{
    for (size_t i = 0; i < table->lists[0].n; i++)
        free(table->lists[0].rows[i]);
    for (size_t i = 0; i <= table->table->n_indexes; i++)
        free((void *)table->lists[i].rows);
}
