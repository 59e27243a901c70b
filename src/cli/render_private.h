#pragma once

#include "cli/cli_private.h" // IWYU pragma: export

enum { CLI_MAX_COLUMNS = 64 };

struct cli_column {
    hg_str path; /* dotted */
    hg_str heading;
};

struct cli_columns {
    struct cli_column items[CLI_MAX_COLUMNS];
    size_t n;
    bool are_chosen; /* by --fields: shown also when empty */
};

/* --fields, else the command's columns, else the members that the rows have. */
struct cli_columns cli_columns_of(const struct cli_call *call, const struct hg_json *rows);
/* What a dotted path names; a name with dots in it is tried whole first. NULL: nothing. */
const struct hg_json *cli_at_path(const struct hg_json *row, hg_str path);
/* As text: strings bare, objects and lists as JSON, null as "". */
hg_str cli_text(struct hg_arena *arena, const struct hg_json *value);
/* What a path names in a row, as text. */
hg_str cli_cell(struct hg_arena *arena, const struct hg_json *row, hg_str path);
/* The value as a list of rows: itself, or one row. */
struct hg_json cli_rows(struct hg_arena *arena, const struct hg_json *value);

void cli_render_table(struct hg_arena *arena, const struct cli_columns *columns,
                      const struct hg_json *rows, const struct cli_terminal *terminal,
                      struct hg_buf *out);
/* One object as an outline: a line a member, members of members further in, empty ones
 * left out. */
void cli_render_object(struct hg_arena *arena, const struct cli_columns *columns,
                       const struct hg_json *object, const struct cli_terminal *terminal,
                       struct hg_buf *out);
