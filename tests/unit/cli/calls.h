#pragma once

/* A command line as a call, for the tests of cli. */

#include "cli/cli.h"
#include "unit/test.h"

static const struct cli_terminal on_terminal = {
    .out_is_tty = true, .err_is_tty = true, .in_is_tty = true, .columns = 80};
static const struct cli_terminal in_pipe = {.columns = 0};

/* Words between blanks; "_" in a word is a blank in it. */
static inline bool parse_line(struct hg_arena *arena, const char *line,
                              const struct cli_terminal *terminal, struct cli_call *call,
                              struct cli_problem *problem)
{
    const char *argv[32] = {"headgate"};
    int argc = 1;
    hg_str rest = hg_str_of(line);
    hg_str word;
    while (argc < 31 && hg_str_field(&rest, ' ', &word)) {
        char *z = hg_arena_alloc(arena, word.len + 1, 1);
        assert_non_null(z);
        for (size_t i = 0; i < word.len; i++)
            z[i] = (char)(word.ptr[i] == '_' ? ' ' : word.ptr[i]);
        argv[argc++] = z;
    }
    return cli_parse(arena, argc, argv, terminal, call, problem);
}

static inline struct cli_call call_of(struct hg_arena *arena, const char *line)
{
    struct cli_call call;
    struct cli_problem problem = {0};
    if (!parse_line(arena, line, &in_pipe, &call, &problem))
        fail_msg("%s: %.*s", line, HG_ARG(problem.message));
    return call;
}

static inline struct hg_json json_of(struct hg_arena *arena, const char *text)
{
    struct hg_json value;
    struct hg_err err = {0};
    if (hg_json_parse(arena, hg_str_of(text), HG_JSON_STRICT, &hg_json_api, &value, &err) != HG_OK)
        fail_msg("%s: %s", text, err.detail);
    return value;
}
