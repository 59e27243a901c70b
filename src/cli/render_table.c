#include "base/base.h"
#include "cli/render_private.h"

#include <stddef.h>
#include <stdint.h>

enum { GAP = 2, NARROWEST = 8 };

/* Text of a table on its way to the terminal: cells and the width of each column. */
struct layout {
    const struct cli_columns *columns;
    size_t widths[CLI_MAX_COLUMNS];
    hg_str *cells; /* row after row, the headings first */
    size_t n_rows;
};

/* "properties.displayName" → "DisplayName" */
static hg_str heading_of(struct hg_arena *arena, const struct cli_column *column)
{
    size_t dot = hg_str_find_last_byte(column->heading, '.');
    hg_str last = dot == HG_NPOS ? column->heading : hg_str_from(column->heading, dot + 1);
    char *text = hg_arena_alloc(arena, last.len + 1, 1);
    if (text == NULL || last.len == 0)
        return last;
    for (size_t i = 0; i < last.len; i++)
        text[i] = last.ptr[i];
    if (text[0] >= 'a' && text[0] <= 'z')
        text[0] = (char)(text[0] - ('a' - 'A'));
    return (hg_str){text, last.len};
}

static void set_cell(struct layout *layout, size_t row, size_t column, hg_str text)
{
    size_t width = cli_width(text);
    layout->cells[row * layout->columns->n + column] = text;
    if (width > layout->widths[column])
        layout->widths[column] = width;
}

static size_t total_width(const struct layout *layout)
{
    size_t total = 0;
    for (size_t i = 0; i < layout->columns->n; i++)
        total += layout->widths[i] + (i == 0 ? 0 : GAP);
    return total;
}

/* Takes columns from the widest until the table fits. */
static void fit(struct layout *layout, size_t columns)
{
    while (total_width(layout) > columns) {
        size_t widest = 0;
        for (size_t i = 1; i < layout->columns->n; i++)
            if (layout->widths[i] > layout->widths[widest])
                widest = i;
        if (layout->widths[widest] <= NARROWEST)
            return;
        layout->widths[widest]--;
    }
}

/* At most `width` columns; what is longer ends in an ellipsis. */
static size_t put_cut(struct hg_buf *out, hg_str text, size_t width)
{
    size_t full = cli_width(text);
    if (full <= width) {
        cli_put_safe(out, text);
        return full;
    }
    size_t at = 0;
    for (size_t i = 0; i + 1 < width; i++)
        (void)hg_utf8_next(text, &at);
    cli_put_safe(out, hg_str_sub(text, 0, at));
    hg_buf_z(out, "\xe2\x80\xa6");
    return width;
}

static void put_row(const struct layout *layout, size_t row, struct hg_buf *out)
{
    size_t n = layout->columns->n;
    for (size_t i = 0; i < n; i++) {
        size_t width = put_cut(out, layout->cells[row * n + i], layout->widths[i]);
        if (i + 1 < n)
            cli_pad(out, width, layout->widths[i] + GAP);
    }
    hg_buf_byte(out, '\n');
}

void cli_render_table(struct hg_arena *arena, const struct cli_columns *columns,
                      const struct hg_json *rows, const struct cli_terminal *terminal,
                      struct hg_buf *out)
{
    struct layout layout = {.columns = columns, .n_rows = hg_json_count(rows) + 1};
    layout.cells = HG_NEW_ARRAY(arena, hg_str, layout.n_rows * columns->n);
    if (layout.cells == NULL || columns->n == 0)
        return;
    for (size_t i = 0; i < columns->n; i++)
        set_cell(&layout, 0, i, heading_of(arena, &columns->items[i]));
    for (size_t row = 1; row < layout.n_rows; row++)
        for (size_t i = 0; i < columns->n; i++)
            set_cell(&layout, row, i,
                     cli_cell(arena, hg_json_item(rows, row - 1), columns->items[i].path));
    if (terminal->out_is_tty && terminal->columns > 0)
        fit(&layout, terminal->columns);
    hg_buf_z(out, terminal->has_color ? "\x1b[1m" : "");
    put_row(&layout, 0, out);
    hg_buf_z(out, terminal->has_color ? "\x1b[0m" : "");
    for (size_t row = 1; row < layout.n_rows; row++)
        put_row(&layout, row, out);
}
