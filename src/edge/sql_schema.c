#include "base/base.h"
#include "edge/sql_private.h"
#include "edge/sql_schema_private.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static const hg_str types[2][3] = {
    [SQL_SQLITE] = {[STORE_INT] = HG_LIT("INTEGER"),
                    [STORE_TEXT] = HG_LIT("TEXT"),
                    [STORE_BLOB] = HG_LIT("BLOB")},
    [SQL_POSTGRES] = {[STORE_INT] = HG_LIT("bigint"),
                      [STORE_TEXT] = HG_LIT("text"),
                      [STORE_BLOB] = HG_LIT("bytea")},
};

/* Letters, digits and underscores, in lower case, one blank between words: what
 * is left when two spellings of `a IS NOT NULL AND "b" IS NOT NULL` differ in nothing. */
static hg_str words_of(struct hg_arena *arena, hg_str text)
{
    struct hg_buf buf = hg_buf_new(arena, 4096);
    bool is_between = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_upper = c >= 'A' && c <= 'Z';
        if (!is_upper && c != '_' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
            is_between = true;
            continue;
        }
        if (is_between && buf.len > 0)
            hg_buf_byte(&buf, ' ');
        is_between = false;
        hg_buf_byte(&buf, is_upper ? (char)(c + ('a' - 'A')) : c);
    }
    return hg_buf_view(&buf);
}

static enum hg_code column_compare(const struct store_table *table, size_t at,
                                   const struct sql_schema_column *found, enum sql_dialect dialect,
                                   struct hg_err *err)
{
    const struct store_column *want = &table->columns[at];
    int64_t key = at < table->n_key ? (int64_t)at + 1 : 0;
    if (!hg_str_eq(found->name, hg_str_of(want->name)))
        return HG_FAIL(err, HG_MALFORMED, "%s: column %zu is %.*s, described as %s", table->name,
                       at, HG_ARG(found->name), want->name);
    if (!hg_str_eq(found->type, types[dialect][want->type]))
        return HG_FAIL(err, HG_MALFORMED, "%s.%s: is %.*s, described as %.*s", table->name,
                       want->name, HG_ARG(found->type), HG_ARG(types[dialect][want->type]));
    if (found->is_nullable != want->is_nullable)
        return HG_FAIL(err, HG_MALFORMED, "%s.%s: is %s, described as %s", table->name, want->name,
                       found->is_nullable ? "nullable" : "NOT NULL",
                       want->is_nullable ? "nullable" : "not");
    if (found->key != key)
        return HG_FAIL(err, HG_MALFORMED, "%s.%s: is key column %d, described as %d (0: none)",
                       table->name, want->name, (int)found->key, (int)key);
    return HG_OK;
}

static hg_str index_columns(struct hg_arena *arena, const struct store_table *table, int8_t index)
{
    uint8_t order[STORE_MAX_ORDER];
    size_t n = store_order(table, index, order);
    struct hg_buf buf = hg_buf_new(arena, 4096);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            hg_buf_byte(&buf, ' ');
        hg_buf_z(&buf, table->columns[order[i]].name);
    }
    return hg_buf_view(&buf);
}

static hg_str index_predicate(struct hg_arena *arena, const struct store_table *table,
                              const struct store_index *index)
{
    struct hg_buf buf = hg_buf_new(arena, 4096);
    for (size_t i = 0; i < index->n_columns; i++) {
        const struct store_column *column = &table->columns[index->columns[i]];
        if (!column->is_nullable)
            continue;
        hg_buf_z(&buf, buf.len > 0 ? " and " : "");
        hg_buf_format(&buf, "%s is not null", column->name);
    }
    return hg_buf_view(&buf);
}

static const struct sql_schema_index *index_find(const struct sql_schema *found, const char *name)
{
    for (size_t i = 0; i < found->n_indexes; i++)
        if (hg_str_eq(found->indexes[i].name, hg_str_of(name)))
            return &found->indexes[i];
    return NULL;
}

static enum hg_code index_compare(struct hg_arena *arena, const struct store_table *table,
                                  int8_t at, const struct sql_schema *schema, struct hg_err *err)
{
    const struct store_index *index = &table->indexes[at];
    const struct sql_schema_index *found = index_find(schema, index->name);
    if (found == NULL)
        return HG_FAIL(err, HG_MALFORMED, "%s: has no index %s", table->name, index->name);
    if (found->is_unique != index->is_unique)
        return HG_FAIL(err, HG_MALFORMED, "%s: is %sunique, described the other way", index->name,
                       found->is_unique ? "" : "not ");
    hg_str columns = index_columns(arena, table, at);
    if (!hg_str_eq(found->columns, columns))
        return HG_FAIL(err, HG_MALFORMED, "%s: is on (%.*s), described as (%.*s)", index->name,
                       HG_ARG(found->columns), HG_ARG(columns));
    hg_str predicate = index_predicate(arena, table, index);
    if (!hg_str_eq(words_of(arena, found->predicate), predicate))
        return HG_FAIL(err, HG_MALFORMED, "%s: WHERE is \"%.*s\", has to be \"%.*s\"", index->name,
                       HG_ARG(found->predicate), HG_ARG(predicate));
    return HG_OK;
}

enum hg_code sql_schema_compare(struct hg_arena *arena, const struct store_table *table,
                                const struct sql_schema *found, enum sql_dialect dialect,
                                struct hg_err *err)
{
    if (found->n_columns != table->n_columns)
        return HG_FAIL(err, HG_MALFORMED, "%s: has %zu columns, described are %u", table->name,
                       found->n_columns, table->n_columns);
    for (size_t i = 0; i < table->n_columns; i++)
        HG_TRY(column_compare(table, i, &found->columns[i], dialect, err));
    for (size_t i = 0; i < table->n_indexes; i++)
        HG_TRY(index_compare(arena, table, (int8_t)i, found, err));
    if (found->n_indexes != table->n_indexes)
        return HG_FAIL(err, HG_MALFORMED, "%s: has more indexes than the %u described", table->name,
                       table->n_indexes);
    return HG_OK;
}
