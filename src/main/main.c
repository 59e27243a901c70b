#include "main/main.h"

#include "app/offline.h"
#include "base/base.h"
#include "cli/cli.h"
#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

extern char **environ;

enum { MAIN_ARENA = 1 << 30 };

void main_print(hg_str text)
{
    if (text.len > 0)
        (void)fwrite(text.ptr, 1, text.len, stdout);
    (void)fflush(stdout);
}

int main_fail(const struct main_context *context, const struct cli_problem *problem)
{
    struct hg_buf out = hg_buf_new(context->arena, HG_MAX_FILE);
    cli_problem_render(context->arena, context->call, problem, &context->terminal, &out);
    hg_str text = hg_buf_view(&out);
    (void)fwrite(text.ptr, 1, text.len, stderr);
    return (int)problem->exit;
}

int main_fail_code(const struct main_context *context, enum hg_code code, const struct hg_err *err)
{
    struct cli_problem problem = cli_problem_of(context->arena, code, err);
    return main_fail(context, &problem);
}

int main_show(struct main_context *context, const struct hg_json *value, int exit)
{
    struct hg_buf out = hg_buf_new(context->arena, (size_t)4 * HG_MAX_FILE);
    cli_render(context->arena, context->call, value, &context->terminal, &out);
    main_print(hg_buf_view(&out));
    return exit;
}

static struct cli_terminal terminal_of(void)
{
    struct cli_terminal terminal = {
        .out_is_tty = isatty(STDOUT_FILENO) != 0,
        .err_is_tty = isatty(STDERR_FILENO) != 0,
        .in_is_tty = isatty(STDIN_FILENO) != 0,
    };
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        terminal.columns = size.ws_col;
    return terminal;
}

enum hg_code main_load_config(const struct main_context *context, struct hg_arena *arena,
                              struct config *out, struct hg_err *err)
{
    const struct config_pair *overrides;
    size_t n;
    HG_TRY(cli_config_overrides(arena, context->call, &overrides, &n, err));
    const struct config_sources sources = {
        .file = cli_get_or(context->call, "config", ""),
        .environment = context->environment,
        .overrides = overrides,
        .n_overrides = n,
    };
    return config_load(arena, &sources, out, err);
}

static int run_self(struct main_context *context)
{
    static const struct cli_topic items[] = {
        {HG_LIT("errors"), true, app_offline_errors},
        {HG_LIT("routes"), false, app_offline_routes},
    };
    static const struct cli_topics topics = {items, HG_COUNT(items)};
    struct cli_problem problem;
    struct hg_buf out = hg_buf_new(context->arena, HG_MAX_FILE);
    if (!cli_self(context->arena, context->call, &topics, &context->terminal, &out, &problem))
        return main_fail(context, &problem);
    main_print(hg_buf_view(&out));
    return CLI_EXIT_OK;
}

static int run(struct main_context *context)
{
    const struct cli_call *call = context->call;
    if (call->command == NULL || call->wants_help || call->command->how == CLI_SELF)
        return run_self(context);
    struct hg_err err = {0};
    enum hg_code code = main_load_config(context, context->arena, &context->config, &err);
    if (code != HG_OK)
        return main_fail_code(context, code, &err);
    if (call->command->how == CLI_ONLINE && !cli_has(call, "bundle"))
        return main_online(context);
    if (call->command->id == CLI_SERVE)
        return main_serve(context);
    return main_local(context);
}

int main(int argc, char **argv)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("main", MAIN_ARENA);
    if (arena == NULL)
        return CLI_EXIT_FAILED;
    struct main_context context = {
        .arena = arena,
        .environment = (const char *const *)environ,
        .terminal = terminal_of(),
    };
    struct cli_call call = {0};
    struct cli_problem problem;
    if (!cli_parse(arena, argc, (const char *const *)argv, &context.terminal, &call, &problem))
        return main_fail(&context, &problem);
    context.call = &call;
    context.terminal.has_color =
        cli_has_color(&call, context.terminal.out_is_tty, context.environment);
    return run(&context);
}
