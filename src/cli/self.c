#include "base/base.h"
#include "cli/cli_private.h"

#include <stdbool.h>
#include <stddef.h>

/* "policy enable" out of the arguments of help and man. */
static hg_str topic_of(struct hg_arena *arena, const struct cli_call *call)
{
    if (call->n_arguments < 2)
        return cli_argument(call, 0);
    return hg_str_format(arena, "%.*s %.*s", HG_ARG(call->arguments[0]),
                         HG_ARG(call->arguments[1]));
}

static bool fail_topic(struct hg_arena *arena, hg_str topic, const struct cli_topics *topics,
                       struct cli_problem *out_problem)
{
    struct hg_near near = hg_near_to(topic);
    for (size_t i = 0; cli_help_topic_name(i).len > 0; i++)
        hg_near_offer(&near, cli_help_topic_name(i));
    for (size_t i = 0; i < topics->n; i++)
        hg_near_offer(&near, topics->items[i].name);
    for (size_t i = 0; i < CLI_N_COMMANDS; i++) {
        hg_near_offer(&near, hg_str_of(cli_commands[i].path));
        hg_near_offer(&near, cli_command_group(&cli_commands[i]));
    }
    *out_problem = cli_usage_problem(
        hg_str_format(arena, "there is no help about '%.*s'", HG_ARG(topic)), HG_STR(""),
        near.best.len > 0
            ? hg_str_format(arena, "Did you mean: headgate help %.*s", HG_ARG(near.best))
            : HG_STR("See: headgate help"));
    return false;
}

static bool asks_for_format(const struct cli_call *call)
{
    return cli_has(call, "json") || cli_has(call, "output");
}

/* Help is read by people, also through a pipe: data only when it is asked for. False: it is no
 * topic of the product's, or it has nothing about that detail. */
static bool help_by_rows(struct hg_arena *arena, const struct cli_call *call,
                         const struct cli_topics *topics, const struct cli_terminal *terminal,
                         struct hg_buf *out)
{
    for (size_t i = 0; i < topics->n; i++) {
        const struct cli_topic *topic = &topics->items[i];
        if (!hg_str_eq(cli_argument(call, 0), topic->name))
            continue;
        struct hg_json rows = topic->rows(arena, cli_argument(call, 1));
        if (hg_json_count(&rows) == 0)
            return false;
        struct cli_call shown = *call;
        if (!asks_for_format(call))
            shown.format = CLI_TABLE;
        if (topic->is_prose && shown.format == CLI_TABLE)
            cli_help_prose(&rows, out);
        else
            cli_render(arena, &shown, &rows, terminal, out);
        return true;
    }
    return false;
}

static bool help(struct hg_arena *arena, const struct cli_call *call,
                 const struct cli_topics *topics, const struct cli_terminal *terminal,
                 struct hg_buf *out, struct cli_problem *out_problem)
{
    hg_str topic = topic_of(arena, call);
    const struct cli_command *command = cli_command_find(topic);
    if (topic.len == 0)
        cli_help_top(out);
    else if (command != NULL)
        cli_help_command(command, out);
    else if (cli_is_group(topic))
        cli_help_group(topic, out);
    else if (!help_by_rows(arena, call, topics, terminal, out) && !cli_help_topic(topic, out))
        return fail_topic(arena, topic, topics, out_problem);
    return true;
}

static bool completion(struct hg_arena *arena, const struct cli_call *call, struct hg_buf *out,
                       struct cli_problem *out_problem)
{
    static const struct {
        hg_str shell;
        void (*put)(struct hg_buf *);
    } shells[] = {{HG_LIT("bash"), cli_complete_bash},
                  {HG_LIT("zsh"), cli_complete_zsh},
                  {HG_LIT("fish"), cli_complete_fish}};
    hg_str wanted = cli_argument(call, 0);
    for (size_t i = 0; i < HG_COUNT(shells); i++) {
        if (!hg_str_eq(wanted, shells[i].shell))
            continue;
        shells[i].put(out);
        return true;
    }
    *out_problem =
        cli_usage_problem(hg_str_format(arena, "there is no completion for '%.*s'", HG_ARG(wanted)),
                          HG_STR(""), HG_STR("Choose one of: bash, zsh, fish"));
    return false;
}

static bool manual(struct hg_arena *arena, const struct cli_call *call,
                   const struct cli_topics *topics, struct hg_buf *out,
                   struct cli_problem *out_problem)
{
    hg_str topic = topic_of(arena, call);
    const struct cli_command *command = cli_command_find(topic);
    if (topic.len == 0)
        cli_man_top(out);
    else if (command != NULL)
        cli_man_command(command, out);
    else if (hg_str_eq(topic, HG_STR("settings")))
        cli_man_settings(out);
    else
        return fail_topic(arena, topic, topics, out_problem);
    return true;
}

static void version(struct hg_arena *arena, const struct cli_call *call,
                    const struct cli_terminal *terminal, struct hg_buf *out)
{
    struct hg_json object = hg_json_object();
    hg_json_put_str(arena, &object, "version", HG_STR(HG_VERSION));
    if (asks_for_format(call))
        cli_render(arena, call, &object, terminal, out);
    else
        hg_buf_z(out, "headgate " HG_VERSION "\n");
}

bool cli_self(struct hg_arena *arena, const struct cli_call *call, const struct cli_topics *topics,
              const struct cli_terminal *terminal, struct hg_buf *out,
              struct cli_problem *out_problem)
{
    const struct cli_command *command = call->command;
    if (command == NULL && call->group.len > 0)
        cli_help_group(call->group, out);
    else if (command == NULL)
        cli_help_top(out);
    else if (call->wants_help)
        cli_help_command(command, out);
    else if (command->id == CLI_COMPLETION)
        return completion(arena, call, out, out_problem);
    else if (command->id == CLI_MAN)
        return manual(arena, call, topics, out, out_problem);
    else if (command->id == CLI_VERSION)
        version(arena, call, terminal, out);
    else
        return help(arena, call, topics, terminal, out, out_problem);
    return true;
}
