#include "base/base.h"
#include "cli/render_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- Columns */

static void add_column(struct cli_columns *columns, hg_str path, hg_str heading)
{
    if (columns->n < CLI_MAX_COLUMNS && path.len > 0)
        columns->items[columns->n++] = (struct cli_column){.path = path, .heading = heading};
}

/* "id,displayName=Name,properties.state" */
static void add_listed(struct cli_columns *columns, hg_str list)
{
    hg_str word;
    while (hg_str_field(&list, ',', &word)) {
        hg_str path;
        hg_str heading;
        if (!hg_str_cut(hg_str_trim(word), '=', &path, &heading))
            heading = path;
        add_column(columns, path, heading);
    }
}

static bool has_column(const struct cli_columns *columns, hg_str path)
{
    for (size_t i = 0; i < columns->n; i++)
        if (hg_str_eq(columns->items[i].path, path))
            return true;
    return false;
}

static void add_members(struct cli_columns *columns, const struct hg_json *row)
{
    for (uint32_t i = 0; row->kind == HG_JSON_OBJECT && i < row->object.n; i++) {
        hg_str name = row->object.members[i].name;
        if (!hg_str_starts(name, HG_STR("@odata.")) && !has_column(columns, name))
            add_column(columns, name, name);
    }
}

struct cli_columns cli_columns_of(const struct cli_call *call, const struct hg_json *rows)
{
    struct cli_columns columns = {.are_chosen = call->fields.len > 0};
    const char *usual = call->command == NULL ? "" : call->command->columns;
    add_listed(&columns, call->fields.len > 0 ? call->fields : hg_str_of(usual));
    for (size_t i = 0; call->fields.len == 0 && usual[0] == '\0' && i < hg_json_count(rows); i++)
        add_members(&columns, hg_json_item(rows, i));
    return columns;
}

/* --- Cells */

/* A name with dots in it ("properties.state") is tried whole first. */
const struct hg_json *cli_at_path(const struct hg_json *row, hg_str path)
{
    const struct hg_json *whole = hg_json_get_str(row, path);
    hg_str name;
    if (whole != NULL)
        return whole;
    while (hg_str_field(&path, '.', &name))
        row = hg_json_get_nocase(row, name);
    return row;
}

hg_str cli_text(struct hg_arena *arena, const struct hg_json *value)
{
    hg_str text = HG_STR("");
    if (hg_json_is_null(value))
        return text;
    if (hg_json_as_str(value, &text) || hg_json_render(arena, value, &text, NULL) == HG_OK)
        return text;
    return HG_STR("");
}

hg_str cli_cell(struct hg_arena *arena, const struct hg_json *row, hg_str path)
{
    return cli_text(arena, cli_at_path(row, path));
}

struct hg_json cli_rows(struct hg_arena *arena, const struct hg_json *value)
{
    if (value->kind == HG_JSON_ARRAY)
        return *value;
    struct hg_json rows = hg_json_array();
    hg_json_push(arena, &rows, *value);
    return rows;
}

/* --- JSON */

/* Only the named members, under the names that were given. */
static struct hg_json picked(struct hg_arena *arena, const struct cli_call *call,
                             const struct hg_json *value)
{
    if (call->fields.len == 0)
        return *value;
    if (value->kind == HG_JSON_ARRAY) {
        struct hg_json list = hg_json_array();
        for (size_t i = 0; i < hg_json_count(value); i++)
            hg_json_push(arena, &list, picked(arena, call, hg_json_item(value, i)));
        return list;
    }
    struct hg_json object = hg_json_object();
    struct cli_columns columns = cli_columns_of(call, value);
    for (size_t i = 0; i < columns.n; i++) {
        const struct hg_json *member = cli_at_path(value, columns.items[i].path);
        hg_json_set(arena, &object, columns.items[i].path,
                    member == NULL ? hg_json_null() : *member);
    }
    return object;
}

static void render_json(struct hg_arena *arena, const struct cli_call *call,
                        const struct hg_json *value, struct hg_buf *out)
{
    struct hg_json chosen = picked(arena, call, value);
    hg_json_write_pretty(out, &chosen);
    hg_buf_byte(out, '\n');
}

static void render_ndjson(struct hg_arena *arena, const struct cli_call *call,
                          const struct hg_json *rows, struct hg_buf *out)
{
    for (size_t i = 0; i < hg_json_count(rows); i++) {
        struct hg_json chosen = picked(arena, call, hg_json_item(rows, i));
        hg_json_write(out, &chosen);
        hg_buf_byte(out, '\n');
    }
}

/* --- CSV (RFC 4180) and Markdown */

static void put_csv(struct hg_buf *out, hg_str cell)
{
    bool quoted = false;
    for (size_t i = 0; i < cell.len; i++)
        quoted |=
            cell.ptr[i] == '"' || cell.ptr[i] == ',' || cell.ptr[i] == '\n' || cell.ptr[i] == '\r';
    if (!quoted) {
        hg_buf_str(out, cell);
        return;
    }
    hg_buf_byte(out, '"');
    for (size_t i = 0; i < cell.len; i++) {
        hg_buf_z(out, cell.ptr[i] == '"' ? "\"" : "");
        hg_buf_byte(out, cell.ptr[i]);
    }
    hg_buf_byte(out, '"');
}

static void render_csv(struct hg_arena *arena, const struct cli_columns *columns,
                       const struct hg_json *rows, struct hg_buf *out)
{
    for (size_t i = 0; i < columns->n; i++) {
        hg_buf_z(out, i == 0 ? "" : ",");
        put_csv(out, columns->items[i].path);
    }
    hg_buf_byte(out, '\n');
    for (size_t row = 0; row < hg_json_count(rows); row++) {
        for (size_t i = 0; i < columns->n; i++) {
            hg_buf_z(out, i == 0 ? "" : ",");
            put_csv(out, cli_cell(arena, hg_json_item(rows, row), columns->items[i].path));
        }
        hg_buf_byte(out, '\n');
    }
}

static void put_markdown(struct hg_buf *out, hg_str cell)
{
    hg_buf_byte(out, ' ');
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.ptr[i];
        if (c == '\n' || c == '\r') {
            hg_buf_byte(out, ' ');
        } else {
            hg_buf_z(out, c == '|' || c == '\\' || c == '<' ? "\\" : "");
            hg_buf_byte(out, c);
        }
    }
    hg_buf_z(out, " |");
}

static void render_markdown(struct hg_arena *arena, const struct cli_columns *columns,
                            const struct hg_json *rows, struct hg_buf *out)
{
    hg_buf_byte(out, '|');
    for (size_t i = 0; i < columns->n; i++)
        put_markdown(out, columns->items[i].heading);
    hg_buf_z(out, "\n|");
    for (size_t i = 0; i < columns->n; i++)
        hg_buf_z(out, " --- |");
    hg_buf_byte(out, '\n');
    for (size_t row = 0; row < hg_json_count(rows); row++) {
        hg_buf_byte(out, '|');
        for (size_t i = 0; i < columns->n; i++)
            put_markdown(out, cli_cell(arena, hg_json_item(rows, row), columns->items[i].path));
        hg_buf_byte(out, '\n');
    }
}

static void render_plain(struct hg_arena *arena, const struct cli_call *call,
                         const struct hg_json *value, const struct cli_terminal *terminal,
                         struct hg_buf *out)
{
    struct hg_json rows = cli_rows(arena, value);
    struct cli_columns columns = cli_columns_of(call, &rows);
    if (value->kind == HG_JSON_OBJECT)
        cli_render_object(arena, &columns, value, terminal, out);
    else
        cli_render_table(arena, &columns, &rows, terminal, out);
}

static bool is_scalar(const struct hg_json *value)
{
    return value->kind != HG_JSON_OBJECT && value->kind != HG_JSON_ARRAY;
}

void cli_render(struct hg_arena *arena, const struct cli_call *call, const struct hg_json *value,
                const struct cli_terminal *terminal, struct hg_buf *out)
{
    if (hg_json_is_null(value) || call->format == CLI_NONE)
        return;
    const struct hg_json *policies = hg_json_path(value, "verdict.policies");
    bool is_data = call->format == CLI_JSON || call->format == CLI_NDJSON;
    if (!is_data && policies != NULL) { /* What If: its sentence, and a row a policy */
        hg_str sentence = hg_json_str_or(hg_json_path(value, "verdict.sentence"), HG_STR(""));
        if (call->format == CLI_TABLE)
            hg_buf_format(out, "%.*s\n\n", HG_ARG(sentence));
        value = policies;
    }
    struct hg_json rows = cli_rows(arena, value);
    struct cli_columns columns = cli_columns_of(call, &rows);
    if (call->format == CLI_JSON)
        render_json(arena, call, value, out);
    else if (call->format == CLI_NDJSON)
        render_ndjson(arena, call, &rows, out);
    else if (is_scalar(value))
        hg_buf_format(out, "%.*s\n", HG_ARG(cli_text(arena, value)));
    else if (call->format == CLI_CSV)
        render_csv(arena, &columns, &rows, out);
    else if (call->format == CLI_MARKDOWN)
        render_markdown(arena, &columns, &rows, out);
    else
        render_plain(arena, call, value, terminal, out);
}
