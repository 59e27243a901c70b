#include "base/base.h"
#include "edge/postgres_private.h"
#include "store/store.h"

#include <endian.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* False: an integer of another width, from a schema that is not the described one. */
static bool value_read(const PGresult *result, int row, int column, struct hg_arena *arena,
                       struct store_value *out)
{
    hg_str bytes = {.ptr = PQgetvalue(result, row, column),
                    .len = (size_t)PQgetlength(result, row, column)};
    uint64_t integer;
    out->is_null = PQgetisnull(result, row, column) != 0;
    if (out->is_null)
        return true;
    if (out->type != STORE_INT) {
        out->bytes = hg_str_dup(arena, bytes);
        return true;
    }
    if (bytes.len != sizeof(integer))
        return false;
    memcpy(&integer, bytes.ptr, sizeof(integer));
    out->integer = (int64_t)be64toh(integer);
    return true;
}

enum hg_code postgres_rows_read(const PGresult *result, const struct store_table *table,
                                struct hg_arena *arena, struct store_rows *out, struct hg_err *err)
{
    size_t n = (size_t)PQntuples(result);
    struct store_row *rows = HG_NEW_ARRAY(arena, struct store_row, n);
    struct store_value *values = HG_NEW_ARRAY(arena, struct store_value, n * table->n_columns);
    if (rows == NULL || values == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%s: %zu rows do not fit", table->name, n);
    for (size_t i = 0; i < n; i++) {
        rows[i].values = values;
        for (int c = 0; c < table->n_columns; c++, values++) {
            values->type = table->columns[c].type;
            if (!value_read(result, (int)i, c, arena, values))
                return HG_FAIL(err, HG_MALFORMED, "%s.%s: not as described", table->name,
                               table->columns[c].name);
        }
    }
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "%s: %zu rows do not fit", table->name, n);
    *out = (struct store_rows){.rows = rows, .n = n};
    return HG_OK;
}
