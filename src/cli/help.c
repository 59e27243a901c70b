#include "base/base.h"
#include "cli/cli_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIDTH = 80 };

/* "  name    text", the text in its own column. */
static void put_entry(struct hg_buf *out, hg_str name, hg_str text, size_t column)
{
    hg_buf_z(out, "  ");
    hg_buf_str(out, name);
    size_t at = 2 + cli_width(name);
    if (at + 2 > column) {
        hg_buf_byte(out, '\n');
        at = 0;
    }
    cli_pad(out, at, column);
    cli_wrap(out, text, column, column, WIDTH);
}

/* --- The program, a group */

static void put_group_line(hg_str group, size_t from, struct hg_buf *out)
{
    struct hg_buf words = hg_buf_new(out->arena, 1024);
    for (size_t i = from; i < CLI_N_COMMANDS; i++)
        if (hg_str_eq(cli_command_group(&cli_commands[i]), group))
            hg_buf_format(&words, " %s", cli_commands[i].path + group.len + 1);
    put_entry(out, group, hg_buf_view(&words), 16);
}

void cli_help_top(struct hg_buf *out)
{
    hg_buf_z(out, "headgate: identity provider with conditional access, and automation under it\n\n"
                  "Usage: headgate COMMAND [arguments] [options]\n\nCommands\n");
    for (size_t i = 0; i < CLI_N_COMMANDS; i++) {
        const struct cli_command *command = &cli_commands[i];
        hg_str group = cli_command_group(command);
        bool is_first = i == 0 || !hg_str_eq(group, cli_command_group(&cli_commands[i - 1]));
        if (!cli_is_group(group))
            put_entry(out, group, hg_str_of(command->text), 16);
        else if (is_first)
            put_group_line(group, i, out);
    }
    hg_buf_z(out, "\nMore: headgate help COMMAND, headgate help environment|errors|exit-codes|"
                  "routes|settings\n");
}

void cli_help_group(hg_str group, struct hg_buf *out)
{
    hg_buf_format(out, "Usage: headgate %.*s COMMAND [arguments] [options]\n\nCommands\n",
                  HG_ARG(group));
    for (size_t i = 0; i < CLI_N_COMMANDS; i++)
        if (hg_str_eq(cli_command_group(&cli_commands[i]), group))
            put_entry(out, hg_str_of(cli_commands[i].path + group.len + 1),
                      hg_str_of(cli_commands[i].text), 20);
}

/* --- One command */

static void put_option(const struct cli_option *option, struct hg_buf *out)
{
    struct hg_buf name = hg_buf_new(out->arena, 256);
    hg_buf_format(&name, option->letter == '\0' ? "    " : "-%c, ", option->letter);
    hg_buf_format(&name, "--%s", option->name);
    if (option->value != NULL)
        hg_buf_format(&name, " %s", option->value);
    hg_str text = option->is_repeatable
                      ? hg_str_format(out->arena, "%s; can be repeated", option->text)
                      : hg_str_of(option->text);
    put_entry(out, hg_buf_view(&name), text, 32);
}

void cli_help_command(const struct cli_command *command, struct hg_buf *out)
{
    hg_buf_format(out, "%s\n\nUsage: ", command->text);
    cli_usage(command, out);
    hg_buf_byte(out, '\n');
    for (size_t i = 0; cli_command_option(command, i) != NULL; i++) {
        hg_buf_z(out, i == 0 ? "\nOptions\n" : "");
        put_option(cli_command_option(command, i), out);
    }
    hg_buf_z(out, "\nOptions of every command\n");
    for (size_t i = 0; i < CLI_N_GLOBAL_OPTIONS; i++)
        put_option(&cli_options[i], out);
    hg_buf_format(out, "\nExample\n  %s\n", command->example);
}

/* --- Topics */

static void put_exit_codes(struct hg_buf *out)
{
    static const struct {
        unsigned code;
        const char *text;
    } rows[] = {
#define CLI_EXIT_ROW(a_code, a_text) {(a_code), (a_text)},
#include "cli/topics.def"
#undef CLI_EXIT_ROW
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        hg_buf_format(out, "%5u  %s\n", rows[i].code, rows[i].text);
}

static void put_environment(struct hg_buf *out)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
#define CLI_VARIABLE_ROW(a_name, a_text) {(a_name), (a_text)},
#include "cli/topics.def"
#undef CLI_VARIABLE_ROW
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        put_entry(out, hg_str_of(rows[i].name), hg_str_of(rows[i].text), 30);
}

static const struct {
    hg_str name;
    void (*put)(struct hg_buf *out);
} topics[] = {
    {HG_LIT("environment"), put_environment},
    {HG_LIT("exit-codes"), put_exit_codes},
    {HG_LIT("settings"), config_help},
};

hg_str cli_help_topic_name(size_t i)
{
    return i < HG_COUNT(topics) ? topics[i].name : HG_STR("");
}

bool cli_help_topic(hg_str topic, struct hg_buf *out)
{
    for (size_t i = 0; i < HG_COUNT(topics); i++) {
        if (!hg_str_eq(topic, topics[i].name))
            continue;
        topics[i].put(out);
        return true;
    }
    return false;
}

void cli_help_prose(const struct hg_json *rows, struct hg_buf *out)
{
    for (size_t i = 0; i < hg_json_count(rows); i++) {
        const struct hg_json *row = hg_json_item(rows, i);
        for (uint32_t m = 0; m < row->object.n; m++) {
            hg_str text = hg_json_str_or(&row->object.members[m].value, HG_STR(""));
            size_t indent = m == 0 ? 0 : 2;
            if (text.len == 0)
                continue;
            cli_pad(out, 0, indent);
            cli_wrap(out, text, indent, indent, WIDTH);
        }
    }
}
