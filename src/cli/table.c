#include "base/base.h"
#include "cli/cli_private.h"

#include <stdbool.h>
#include <stddef.h>

const struct cli_command cli_commands[CLI_N_COMMANDS] = {
#define CLI_COMMAND(a_id, a_path, a_arguments, a_options, a_how, a_method, a_route, a_body, \
                    a_columns, a_is_destructive, a_text, a_example)                         \
    {.id = CLI_##a_id,                                                                      \
     .path = (a_path),                                                                      \
     .arguments = (a_arguments),                                                            \
     .options = (a_options),                                                                \
     .how = (a_how),                                                                        \
     .method = (a_method),                                                                  \
     .route = (a_route),                                                                    \
     .body = (a_body),                                                                      \
     .columns = (a_columns),                                                                \
     .is_destructive = (a_is_destructive),                                                  \
     .text = (a_text),                                                                      \
     .example = (a_example)},
#include "cli/commands.def"
#undef CLI_COMMAND
};

const struct cli_option cli_options[] = {
#define CLI_OPTION(a_name, a_letter, a_value, a_member, a_is_repeatable, a_text) \
    {.name = (a_name),                                                           \
     .letter = (a_letter),                                                       \
     .value = (a_value),                                                         \
     .member = (a_member),                                                       \
     .is_repeatable = (a_is_repeatable),                                         \
     .text = (a_text)},
#include "cli/options.def"
#undef CLI_OPTION
};

const size_t cli_n_options = HG_COUNT(cli_options);

const struct cli_command *cli_command_find(hg_str path)
{
    for (size_t i = 0; i < CLI_N_COMMANDS; i++)
        if (hg_str_eq(path, hg_str_of(cli_commands[i].path)))
            return &cli_commands[i];
    return NULL;
}

hg_str cli_command_group(const struct cli_command *command)
{
    hg_str group;
    hg_str rest;
    (void)hg_str_cut(hg_str_of(command->path), ' ', &group, &rest);
    return group;
}

bool cli_is_group(hg_str word)
{
    for (size_t i = 0; i < CLI_N_COMMANDS; i++)
        if (hg_str_eq(word, cli_command_group(&cli_commands[i])) &&
            word.len < hg_str_of(cli_commands[i].path).len)
            return true;
    return false;
}

const struct cli_option *cli_option_find(hg_str name)
{
    for (size_t i = 0; i < cli_n_options; i++)
        if (hg_str_eq(name, hg_str_of(cli_options[i].name)))
            return &cli_options[i];
    return NULL;
}

const struct cli_option *cli_command_option(const struct cli_command *command, size_t i)
{
    hg_str rest = hg_str_of(command->options);
    hg_str name;
    while (hg_str_field(&rest, ' ', &name))
        if (i-- == 0)
            return cli_option_find(name);
    return NULL;
}

bool cli_takes_option(const struct cli_command *command, const struct cli_option *option)
{
    if (option < &cli_options[CLI_N_GLOBAL_OPTIONS])
        return true;
    hg_str rest = hg_str_of(command->options);
    hg_str name;
    while (hg_str_field(&rest, ' ', &name))
        if (hg_str_eq(name, hg_str_of(option->name)))
            return true;
    return false;
}

bool cli_is_choice(const struct cli_option *option)
{
    return option->value != NULL && hg_str_find_byte(hg_str_of(option->value), '|') != HG_NPOS;
}

bool cli_parameter_next(hg_str *rest, struct cli_parameter *out)
{
    hg_str word;
    if (!hg_str_field(rest, ' ', &word))
        return false;
    *out =
        (struct cli_parameter){.is_optional = word.ptr[0] == '[', .is_found = word.ptr[0] == '{'};
    if (out->is_optional || out->is_found)
        word = hg_str_sub(word, 1, word.len - 2);
    out->is_repeated = hg_str_ends(word, HG_STR("..."));
    out->name = out->is_repeated ? hg_str_sub(word, 0, word.len - 3) : word;
    return true;
}

void cli_usage(const struct cli_command *command, struct hg_buf *out)
{
    hg_buf_format(out, "headgate %s", command->path);
    hg_str rest = hg_str_of(command->arguments);
    hg_str word;
    while (hg_str_field(&rest, ' ', &word))
        if (word.ptr[0] != '{')
            hg_buf_format(out, " %.*s", HG_ARG(word));
    if (command->options[0] != '\0')
        hg_buf_z(out, " [options]");
}
