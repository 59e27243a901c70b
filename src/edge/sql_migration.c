#include "base/base.h"
#include "edge/sql_private.h"
#include "edge/sql_schema_private.h"
#include "store/store.h"

#include <stddef.h>
#include <string.h>

enum { MAX_SCRIPT = 4 << 20 };

static const struct {
    const char *token;
    const char *text[2]; /* by dialect */
} tokens[] = {
    {"{int}", {[SQL_SQLITE] = "INTEGER", [SQL_POSTGRES] = "BIGINT"}},
    {"{text}", {[SQL_SQLITE] = "TEXT", [SQL_POSTGRES] = "TEXT COLLATE \"C\""}},
    {"{blob}", {[SQL_SQLITE] = "BLOB", [SQL_POSTGRES] = "BYTEA"}},
    {"{table}", {[SQL_SQLITE] = "STRICT, WITHOUT ROWID", [SQL_POSTGRES] = ""}},
};

static void add_expanded(struct hg_buf *buf, const char *text, enum sql_dialect dialect)
{
    struct hg_scan scan = hg_scan_of(hg_str_of(text));
    while (!hg_scan_done(&scan)) {
        size_t i = 0;
        while (i < HG_COUNT(tokens) && !hg_scan_lit(&scan, tokens[i].token))
            i++;
        if (i < HG_COUNT(tokens))
            hg_buf_z(buf, tokens[i].text[dialect]);
        else
            hg_buf_byte(buf, scan.text.ptr[scan.at++]);
    }
}

static const char *script(struct hg_arena *arena, struct hg_buf *buf)
{
    hg_str text;
    return hg_buf_finish(buf, &text, NULL) == HG_OK ? hg_str_z(arena, text) : "";
}

const char *sql_migrations_table(struct hg_arena *arena, enum sql_dialect dialect)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_SCRIPT);
    add_expanded(&buf,
                 "CREATE TABLE IF NOT EXISTS schema_migrations (number {int} NOT NULL PRIMARY KEY,"
                 " name {text} NOT NULL, checksum {text} NOT NULL) {table}",
                 dialect);
    return script(arena, &buf);
}

const char *sql_migration_script(struct hg_arena *arena, const struct store_migration *migration,
                                 enum sql_dialect dialect)
{
    struct hg_buf buf = hg_buf_new(arena, MAX_SCRIPT);
    add_expanded(&buf, migration->sql, dialect);
    /* Name and checksum are constants of the program: letters, digits and hyphens. */
    hg_buf_format(&buf, "\n;INSERT INTO schema_migrations VALUES (%u, '%s', '%s')",
                  migration->number, migration->name, migration->checksum);
    return script(arena, &buf);
}

enum hg_code sql_migration_check(const struct store_migrations *migrations, size_t at,
                                 const struct store_migration *ran, struct hg_err *err)
{
    if (ran->number != at + 1)
        return HG_FAIL(err, HG_CONFLICT, "the database never ran migration %04zu", at + 1);
    if (at >= migrations->n)
        return HG_FAIL(err, HG_UNSUPPORTED,
                       "the database is newer (%s) than this program (%04zu): install a newer one",
                       ran->name, migrations->n);
    const struct store_migration *ours = &migrations->items[at];
    if (strcmp(ran->name, ours->name) != 0 || strcmp(ran->checksum, ours->checksum) != 0)
        return HG_FAIL(err, HG_CONFLICT,
                       "the database ran another text as %s than this program's %s", ran->name,
                       ours->name);
    return HG_OK;
}
