#include "base/base.h"
#include "edge/sql_private.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Parameters by number; constants, so that they can be pieces. */
static const char *const numbers[SQL_MAX_PARAMS] = {
#define TEN(t) t "0", t "1", t "2", t "3", t "4", t "5", t "6", t "7", t "8", t "9"
    "$1",      "$2",      "$3",      "$4",      "$5",      "$6",      "$7",      "$8",
    "$9",      TEN("$1"), TEN("$2"), TEN("$3"), TEN("$4"), TEN("$5"), TEN("$6"), TEN("$7"),
    TEN("$8"), "$90",     "$91",     "$92",     "$93",     "$94",     "$95",     "$96",
#undef TEN
};

static void add(struct sql *sql, const char *piece)
{
    HG_ASSERT(sql->n_pieces < SQL_MAX_PIECES);
    sql->pieces[sql->n_pieces++] = piece;
}

static void add_name(struct sql *sql, const char *name)
{
    add(sql, "\"");
    add(sql, name);
    add(sql, "\"");
}

static void add_param(struct sql *sql, const struct store_value *value)
{
    HG_ASSERT(sql->n_params < SQL_MAX_PARAMS);
    add(sql, numbers[sql->n_params]);
    sql->params[sql->n_params++] = value;
}

static void add_column(struct sql *sql, const struct store_table *table, size_t column)
{
    add_name(sql, table->columns[column].name);
}

static void add_columns(struct sql *sql, const struct store_table *table)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        if (i > 0)
            add(sql, ", ");
        add_column(sql, table, i);
    }
}

/* `column relation $n` as the next of the conditions of a statement. */
static void add_test(struct sql *sql, const struct store_table *table, size_t column,
                     const char *relation, const struct store_value *value)
{
    add(sql, " AND ");
    add_column(sql, table, column);
    add(sql, relation);
    if (value != NULL)
        add_param(sql, value);
}

/* TRUE opens each list of conditions, so that all the others begin with AND. */
static void add_where(struct sql *sql)
{
    add(sql, " WHERE TRUE");
}

static void add_key(struct sql *sql, const struct store_table *table, const struct store_value *key)
{
    add_where(sql);
    for (size_t i = 0; i < table->n_key; i++)
        add_test(sql, table, i, " = ", &key[i]);
}

static void add_conditions(struct sql *sql, const struct store_op *op)
{
    static const char *const relations[] = {
        [STORE_EQ] = " = ",           [STORE_NE] = " <> ",
        [STORE_LT] = " < ",           [STORE_LE] = " <= ",
        [STORE_GT] = " > ",           [STORE_GE] = " >= ",
        [STORE_IS_NULL] = " IS NULL", [STORE_NOT_NULL] = " IS NOT NULL",
    };
    for (size_t i = 0; i < op->n_conditions; i++) {
        const struct store_condition *condition = &op->conditions[i];
        bool has_value = condition->test != STORE_IS_NULL && condition->test != STORE_NOT_NULL;
        add_test(sql, op->table, condition->column, relations[condition->test],
                 has_value ? &condition->value : NULL);
    }
}

/* SQLite is told which index to use, and fails rather than scan; PostgreSQL has
 * its planner set so by the connection. */
static void add_table(struct sql *sql, const struct store_table *table, int8_t index)
{
    add_name(sql, table->name);
    if (sql->dialect == SQL_SQLITE && index >= 0) {
        add(sql, " INDEXED BY ");
        add_name(sql, table->indexes[index].name);
    }
}

/* Rows with a null in the index are not in it. A column that is compared needs
 * no word about that; `n_compared` of the order are. */
static void add_not_null(struct sql *sql, const struct store_table *table, int8_t index,
                         size_t n_compared)
{
    if (index < 0)
        return;
    const struct store_index *in = &table->indexes[index];
    for (size_t i = n_compared; i < in->n_columns; i++)
        if (table->columns[in->columns[i]].is_nullable)
            add_test(sql, table, in->columns[i], " IS NOT NULL", NULL);
}

static void start(struct sql *sql, enum sql_dialect dialect)
{
    sql->dialect = dialect;
    sql->n_pieces = 0;
    sql->n_params = 0;
}

void sql_get(struct sql *sql, enum sql_dialect dialect, const struct store_table *table,
             const struct store_value *key)
{
    start(sql, dialect);
    add(sql, "SELECT ");
    add_columns(sql, table);
    add(sql, " FROM ");
    add_table(sql, table, -1);
    add_key(sql, table, key);
}

/* (a, b, c) > ($1, $2, $3) over the order behind the prefix. */
static void add_after(struct sql *sql, const struct store_query *query, const uint8_t *order,
                      size_t n_order)
{
    if (query->n_prefix == n_order) { /* the prefix names one row, and that was on the last page */
        add(sql, " AND FALSE");
        return;
    }
    add(sql, " AND (");
    for (size_t i = query->n_prefix; i < n_order; i++) {
        if (i > query->n_prefix)
            add(sql, ", ");
        add_column(sql, query->table, order[i]);
    }
    add(sql, query->descending ? ") < (" : ") > (");
    for (size_t i = query->n_prefix; i < n_order; i++) {
        if (i > query->n_prefix)
            add(sql, ", ");
        add_param(sql, &query->after[order[i]]);
    }
    add(sql, ")");
}

/* Which of `after` and the bound at the scan's beginning is the tighter one: an
 * engine that is given both may begin at the looser one and step over the pages
 * that were seen already. Rows past `after` with a smaller first column than the
 * bound's are out by the bound; those past the bound are all past an `after` that
 * stands before it. */
static bool after_is_tighter(const struct store_query *query, uint8_t next)
{
    bool has_bound = query->descending ? query->has_to : query->has_from;
    if (!has_bound)
        return true;
    const struct store_value *bound = query->descending ? &query->to : &query->from;
    bool is_exclusive = query->descending ? query->to_exclusive : query->from_exclusive;
    int c = store_value_cmp(&query->after[next], bound);
    if (c == 0)
        return !is_exclusive;
    return query->descending ? c < 0 : c > 0;
}

static void add_bounds(struct sql *sql, const struct store_query *query, uint8_t next,
                       bool has_from, bool has_to)
{
    if (has_from)
        add_test(sql, query->table, next, query->from_exclusive ? " > " : " >= ", &query->from);
    if (has_to)
        add_test(sql, query->table, next, query->to_exclusive ? " < " : " <= ", &query->to);
}

static void add_order(struct sql *sql, const struct store_query *query, const uint8_t *order,
                      size_t n_order)
{
    for (size_t i = query->n_prefix; i < n_order; i++) {
        add(sql, i == query->n_prefix ? " ORDER BY " : ", ");
        add_column(sql, query->table, order[i]);
        add(sql, query->descending ? " DESC" : "");
    }
}

static void add_range(struct sql *sql, const struct store_query *query)
{
    uint8_t order[STORE_MAX_ORDER];
    size_t n_order = store_order(query->table, query->index, order);
    size_t n_compared = query->n_prefix;
    for (size_t i = 0; i < query->n_prefix; i++)
        add_test(sql, query->table, order[i], " = ", &query->prefix[i]);
    bool is_after = query->after != NULL;
    if (query->n_prefix < n_order) {
        uint8_t next = order[query->n_prefix];
        is_after = is_after && after_is_tighter(query, next);
        bool has_from = query->has_from && (!is_after || query->descending);
        bool has_to = query->has_to && (!is_after || !query->descending);
        add_bounds(sql, query, next, has_from, has_to);
        n_compared += has_from || has_to ? 1 : 0;
    }
    if (is_after)
        add_after(sql, query, order, n_order);
    add_not_null(sql, query->table, query->index, n_compared);
    add_order(sql, query, order, n_order);
}

void sql_find(struct sql *sql, enum sql_dialect dialect, const struct store_query *query)
{
    start(sql, dialect);
    add(sql, "SELECT ");
    add_columns(sql, query->table);
    add(sql, " FROM ");
    add_table(sql, query->table, query->index);
    add_where(sql);
    add_range(sql, query);
    if (query->limit != 0) {
        sql->limit = store_int(query->limit);
        add(sql, " LIMIT ");
        add_param(sql, &sql->limit);
    }
}

static void op_insert(struct sql *sql, const struct store_op *op)
{
    add(sql, "INSERT INTO ");
    add_name(sql, op->table->name);
    add(sql, " (");
    add_columns(sql, op->table);
    add(sql, ") VALUES (");
    for (size_t i = 0; i < op->table->n_columns; i++) {
        if (i > 0)
            add(sql, ", ");
        add_param(sql, &op->values[i]);
    }
    add(sql, ") ON CONFLICT ");
    if (op->kind == STORE_INSERT)
        add(sql, "DO NOTHING");
}

static void op_put(struct sql *sql, const struct store_op *op)
{
    const struct store_table *table = op->table;
    op_insert(sql, op);
    for (size_t i = 0; i < table->n_key; i++) {
        add(sql, i == 0 ? "(" : ", ");
        add_column(sql, table, i);
    }
    if (table->n_key == table->n_columns) {
        add(sql, ") DO NOTHING");
        return;
    }
    for (size_t i = table->n_key; i < table->n_columns; i++) {
        add(sql, i == table->n_key ? ") DO UPDATE SET " : ", ");
        add_column(sql, table, i);
        add(sql, " = excluded.");
        add_column(sql, table, i);
    }
}

static void op_update(struct sql *sql, const struct store_op *op)
{
    add(sql, "UPDATE ");
    add_table(sql, op->table, -1);
    for (size_t i = 0; i < op->n_changes; i++) {
        add(sql, i == 0 ? " SET " : ", ");
        add_column(sql, op->table, op->changes[i].column);
        add(sql, " = ");
        add_param(sql, &op->changes[i].value);
    }
    add_key(sql, op->table, op->key);
    add_conditions(sql, op);
}

static void op_delete(struct sql *sql, const struct store_op *op)
{
    add(sql, "DELETE FROM ");
    add_table(sql, op->table, -1);
    add_key(sql, op->table, op->key);
    add_conditions(sql, op);
}

static void op_delete_where(struct sql *sql, const struct store_op *op)
{
    uint8_t order[STORE_MAX_ORDER];
    (void)store_order(op->table, op->index, order);
    add(sql, "DELETE FROM ");
    add_table(sql, op->table, op->index);
    add_where(sql);
    for (size_t i = 0; i < op->n_key; i++)
        add_test(sql, op->table, order[i], " = ", &op->key[i]);
    add_not_null(sql, op->table, op->index, op->n_key);
    add_conditions(sql, op);
}

static void op_look(struct sql *sql, const struct store_op *op) /* REQUIRE and ABSENT */
{
    add(sql, "SELECT 1 FROM ");
    add_table(sql, op->table, -1);
    add_key(sql, op->table, op->key);
    add_conditions(sql, op);
}

/* One row a kind: how it is written, and what it is when no row, or a row, was hit. */
static const struct {
    void (*write)(struct sql *sql, const struct store_op *op);
    enum hg_code none, some;
} kinds[] = {
    [STORE_INSERT] = {op_insert, HG_EXISTS, HG_OK},
    [STORE_PUT] = {op_put, HG_OK, HG_OK},
    [STORE_UPDATE] = {op_update, HG_CONFLICT, HG_OK},
    [STORE_DELETE] = {op_delete, HG_CONFLICT, HG_OK},
    [STORE_DELETE_WHERE] = {op_delete_where, HG_OK, HG_OK},
    [STORE_REQUIRE] = {op_look, HG_CONFLICT, HG_OK},
    [STORE_ABSENT] = {op_look, HG_OK, HG_EXISTS},
};

void sql_op(struct sql *sql, enum sql_dialect dialect, const struct store_op *op)
{
    start(sql, dialect);
    kinds[op->kind].write(sql, op);
}

enum hg_code sql_op_judge(const struct store_op *op, int64_t n_rows)
{
    if (op->kind == STORE_DELETE && op->n_conditions == 0)
        return HG_OK;
    return n_rows == 0 ? kinds[op->kind].none : kinds[op->kind].some;
}

void sql_text(const struct sql *sql, char out[SQL_MAX_TEXT])
{
    size_t at = 0;
    for (size_t i = 0; i < sql->n_pieces; i++) {
        size_t n = strlen(sql->pieces[i]);
        HG_ASSERT(n < SQL_MAX_TEXT - at);
        memcpy(out + at, sql->pieces[i], n);
        at += n;
    }
    out[at] = '\0';
}
