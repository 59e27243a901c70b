#pragma once

#include "cli/cli.h" // IWYU pragma: export

enum { CLI_N_GLOBAL_OPTIONS = 12 }; /* the first of the table are of every command */

extern const struct cli_option cli_options[];
extern const size_t cli_n_options;

/* --- Tables */

/* Exact path; NULL: no such command. */
const struct cli_command *cli_command_find(hg_str path);
/* The first word of a command's path, and whether it has a second. */
hg_str cli_command_group(const struct cli_command *command);
bool cli_is_group(hg_str word);
const struct cli_option *cli_option_find(hg_str name);
bool cli_takes_option(const struct cli_command *command, const struct cli_option *option);
/* The i-th option of the command in its own order; NULL behind the last. */
const struct cli_option *cli_command_option(const struct cli_command *command, size_t i);
/* Whether the value is one of a list, "a|b". */
bool cli_is_choice(const struct cli_option *option);

/* One word of `arguments`: "FILE...", "[TOPIC]", "{TRIGGER}". */
struct cli_parameter {
    hg_str name;
    bool is_optional, is_repeated, is_found; /* is_found: looked up, not given */
};
/* The next one out of *rest; false behind the last. */
bool cli_parameter_next(hg_str *rest, struct cli_parameter *out);
/* "headgate policy enable POLICY [options]" */
void cli_usage(const struct cli_command *command, struct hg_buf *out);

/* --- Problems */

struct cli_problem cli_usage_problem(hg_str message, hg_str why, hg_str next);
/* What a refusing server's answer means. */
struct cli_problem cli_problem_of_answer(struct hg_arena *arena, unsigned status,
                                         const struct hg_json *body);

/* --- Text */

/* Words up to `width` columns a line, each line behind `indent` blanks; the first line starts
 * where the cursor is, at column `at`. */
void cli_wrap(struct hg_buf *out, hg_str text, size_t at, size_t indent, size_t width);
/* Columns that a text takes on a terminal. */
size_t cli_width(hg_str text);
void cli_pad(struct hg_buf *out, size_t from, size_t to);
/* Text of others on a terminal: control characters cannot move the cursor. */
void cli_put_safe(struct hg_buf *out, hg_str text);

/* --- Help */

void cli_help_top(struct hg_buf *out);
void cli_help_group(hg_str group, struct hg_buf *out);
void cli_help_command(const struct cli_command *command, struct hg_buf *out);
/* The topics that need no product module; the i-th name, "" behind the last. */
HG_MUST_USE bool cli_help_topic(hg_str topic, struct hg_buf *out);
hg_str cli_help_topic_name(size_t i);
/* Rows as prose: the first member is the heading, the others are paragraphs. */
void cli_help_prose(const struct hg_json *rows, struct hg_buf *out);
void cli_complete_bash(struct hg_buf *out);
void cli_complete_zsh(struct hg_buf *out);
void cli_complete_fish(struct hg_buf *out);
void cli_man_top(struct hg_buf *out);
void cli_man_command(const struct cli_command *command, struct hg_buf *out);
void cli_man_settings(struct hg_buf *out);
