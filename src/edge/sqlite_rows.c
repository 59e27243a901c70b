#include "base/base.h"
#include "edge/sqlite_private.h"
#include "store/store.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_ROOM = 8 };

struct reading {
    struct hg_arena *arena;
    struct store_row *rows;
    size_t n, room;
};

/* The arena gives no memory back, so the list doubles: what is left behind is
 * less than what is kept. */
static bool make_room(struct reading *reading)
{
    if (reading->n < reading->room)
        return true;
    size_t room = reading->room == 0 ? FIRST_ROOM : reading->room * 2;
    struct store_row *rows = HG_NEW_ARRAY(reading->arena, struct store_row, room);
    if (rows == NULL)
        return false;
    if (reading->n > 0)
        memcpy(rows, reading->rows, reading->n * sizeof(*rows));
    reading->rows = rows;
    reading->room = room;
    return true;
}

static struct store_value value_read(sqlite3_stmt *statement, int at, enum store_type type,
                                     struct hg_arena *arena)
{
    if (sqlite3_column_type(statement, at) == SQLITE_NULL)
        return store_null(type);
    if (type == STORE_INT)
        return store_int(sqlite3_column_int64(statement, at));
    /* The bytes come first: their number is that of the same conversion. */
    const char *bytes = type == STORE_TEXT ? (const char *)sqlite3_column_text(statement, at)
                                           : sqlite3_column_blob(statement, at);
    hg_str borrowed = {.ptr = bytes, .len = (size_t)sqlite3_column_bytes(statement, at)};
    return (struct store_value){.type = type, .bytes = hg_str_dup(arena, borrowed)};
}

static bool row_read(struct reading *reading, sqlite3_stmt *statement,
                     const struct store_table *table)
{
    struct store_value *values = HG_NEW_ARRAY(reading->arena, struct store_value, table->n_columns);
    if (values == NULL || !make_room(reading))
        return false;
    for (int i = 0; i < table->n_columns; i++)
        values[i] = value_read(statement, i, table->columns[i].type, reading->arena);
    reading->rows[reading->n++] = (struct store_row){.values = values};
    return !hg_arena_exhausted(reading->arena);
}

enum hg_code sqlite_rows_read(struct sqlite_connection *connection, sqlite3_stmt *statement,
                              const struct store_table *table, struct hg_arena *arena,
                              struct store_rows *out, struct hg_err *err)
{
    struct reading reading = {.arena = arena};
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW)
        if (!row_read(&reading, statement, table))
            return HG_FAIL(err, HG_NO_MEMORY, "%s: rows from %zu do not fit", table->name,
                           reading.n);
    if (rc != SQLITE_DONE)
        return sqlite_fail(connection, rc, err);
    *out = (struct store_rows){.rows = reading.rows, .n = reading.n};
    return HG_OK;
}
