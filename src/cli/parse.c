#include "base/base.h"
#include "cli/cli_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Names that were used before, or by other tools. */
static const struct {
    const char *given, *meant;
} aliases[] = {
    {"token-policy new", "token-policy create"},
    {"token-policy set", "token-policy update"},
};

struct parser {
    struct hg_arena *arena;
    hg_str *words; /* what is no option */
    size_t n_words;
    struct cli_value *values;
    size_t n_values;
    const char *const *argv; /* what is left */
    const char *const *end;
    struct cli_call *call;
    struct cli_problem *problem;
};

static bool fail(struct parser *p, hg_str message, hg_str next)
{
    *p->problem = cli_usage_problem(message, HG_STR(""), next);
    return false;
}

/* "See: headgate help policy enable" */
static hg_str see(struct parser *p, hg_str topic)
{
    return hg_str_format(p->arena, "See: headgate help%s%.*s", topic.len > 0 ? " " : "",
                         HG_ARG(topic));
}

static hg_str command_name(const struct parser *p)
{
    return p->call->command == NULL ? p->call->group : hg_str_of(p->call->command->path);
}

/* --- The command */

static hg_str path_of(struct parser *p, size_t n_words)
{
    hg_str path = p->words[0];
    if (n_words == 2)
        path = hg_str_format(p->arena, "%.*s %.*s", HG_ARG(p->words[0]), HG_ARG(p->words[1]));
    for (size_t i = 0; i < HG_COUNT(aliases); i++)
        if (hg_str_eq(path, hg_str_of(aliases[i].given)))
            return hg_str_of(aliases[i].meant);
    return path;
}

static bool fail_command(struct parser *p, hg_str given)
{
    struct hg_near near = hg_near_to(given);
    for (size_t i = 0; i < CLI_N_COMMANDS; i++) {
        hg_near_offer(&near, hg_str_of(cli_commands[i].path));
        hg_near_offer(&near, cli_command_group(&cli_commands[i]));
    }
    hg_str message = hg_str_format(p->arena, "there is no command '%.*s'", HG_ARG(given));
    if (near.best.len == 0)
        return fail(p, message, see(p, cli_is_group(p->words[0]) ? p->words[0] : HG_STR("")));
    return fail(p, message,
                hg_str_format(p->arena, "Did you mean: headgate %.*s", HG_ARG(near.best)));
}

/* Takes the words of the command's name away. */
static bool find_command(struct parser *p)
{
    size_t n_path = 0;
    for (size_t n = p->n_words < 2 ? p->n_words : 2; n > 0 && n_path == 0; n--) {
        p->call->command = cli_command_find(path_of(p, n));
        n_path = p->call->command == NULL ? 0 : n;
    }
    if (n_path == 0 && p->n_words == 1 && cli_is_group(p->words[0])) {
        p->call->group = p->words[0];
        p->call->wants_help = true;
        n_path = 1;
    }
    if (n_path == 0 && p->n_words > 0)
        return fail_command(p, path_of(p, p->n_words > 1 && cli_is_group(p->words[0]) ? 2 : 1));
    p->call->arguments = p->words + n_path;
    p->call->n_arguments = p->n_words - n_path;
    return true;
}

/* --- Options */

static bool fail_option(struct parser *p, hg_str given, const struct cli_command *command)
{
    struct hg_near near = hg_near_to(given);
    for (size_t i = 0; i < cli_n_options; i++)
        if (command == NULL || cli_takes_option(command, &cli_options[i]))
            hg_near_offer(&near, hg_str_of(cli_options[i].name));
    hg_str message =
        command == NULL
            ? hg_str_format(p->arena, "there is no option --%.*s", HG_ARG(given))
            : hg_str_format(p->arena, "'%s' takes no option --%.*s", command->path, HG_ARG(given));
    if (near.best.len == 0)
        return fail(p, message, see(p, command_name(p)));
    return fail(p, message, hg_str_format(p->arena, "Did you mean: --%.*s", HG_ARG(near.best)));
}

static bool check_choice(struct parser *p, const struct cli_option *option, hg_str value)
{
    hg_str rest = hg_str_of(option->value);
    hg_str choice;
    while (hg_str_field(&rest, '|', &choice))
        if (hg_str_eq(choice, value))
            return true;
    return fail(p, hg_str_format(p->arena, "--%s cannot be '%.*s'", option->name, HG_ARG(value)),
                hg_str_format(p->arena, "Choose one of: %s", option->value));
}

static bool check_value(struct parser *p, const struct cli_option *option, hg_str value)
{
    uint64_t n;
    if (cli_is_choice(option))
        return check_choice(p, option, value);
    if (hg_str_eq(hg_str_of(option->value), HG_STR("N")) && !hg_str_u64(value, UINT32_MAX, &n))
        return fail(
            p, hg_str_format(p->arena, "--%s is a number, not '%.*s'", option->name, HG_ARG(value)),
            see(p, command_name(p)));
    return true;
}

/* `value` is what stood behind '=' or the letter; without it the next word is taken. */
static bool take_option(struct parser *p, const struct cli_option *option, bool has_value,
                        hg_str value)
{
    if (option->value == NULL && has_value)
        return fail(p, hg_str_format(p->arena, "--%s takes no value", option->name),
                    see(p, command_name(p)));
    if (option->value != NULL && !has_value) {
        if (p->argv == p->end)
            return fail(
                p, hg_str_format(p->arena, "--%s needs a value: %s", option->name, option->value),
                see(p, command_name(p)));
        value = hg_str_of(*p->argv++);
    }
    if (option->value != NULL && !check_value(p, option, value))
        return false;
    p->values[p->n_values++] = (struct cli_value){.option = option, .value = value};
    return true;
}

static bool take_long(struct parser *p, hg_str word)
{
    hg_str name;
    hg_str value;
    bool has_value = hg_str_cut(word, '=', &name, &value);
    const struct cli_option *option = cli_option_find(name);
    return option == NULL ? fail_option(p, name, NULL) : take_option(p, option, has_value, value);
}

/* "-y", "-o json", "-ojson" */
static bool take_short(struct parser *p, hg_str word)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        hg_str value = hg_str_from(word, 1);
        if (cli_options[i].letter == word.ptr[0])
            return take_option(p, &cli_options[i], value.len > 0, value);
    }
    return fail(p, hg_str_format(p->arena, "there is no option -%.*s", HG_ARG(word)),
                see(p, HG_STR("")));
}

static bool take_words(struct parser *p)
{
    bool options_end = false;
    while (p->argv < p->end) {
        hg_str word = hg_str_of(*p->argv++);
        bool ok = true;
        if (options_end || word.len < 2 || word.ptr[0] != '-')
            p->words[p->n_words++] = word;
        else if (hg_str_eq(word, HG_STR("--")))
            options_end = true;
        else
            ok = word.ptr[1] == '-' ? take_long(p, hg_str_from(word, 2))
                                    : take_short(p, hg_str_from(word, 1));
        if (!ok)
            return false;
    }
    return true;
}

static bool check_options(struct parser *p)
{
    for (size_t i = 0; i < p->n_values; i++) {
        const struct cli_option *option = p->values[i].option;
        if (p->call->command != NULL && !cli_takes_option(p->call->command, option))
            return fail_option(p, hg_str_of(option->name), p->call->command);
    }
    return true;
}

/* --- Arguments */

static bool check_arguments(struct parser *p)
{
    hg_str rest = hg_str_of(p->call->command->arguments);
    size_t least = 0;
    size_t most = 0;
    struct cli_parameter parameter;
    struct hg_buf usage = hg_buf_new(p->arena, 1024);
    hg_buf_z(&usage, "Usage: ");
    cli_usage(p->call->command, &usage);
    while (cli_parameter_next(&rest, &parameter)) {
        if (parameter.is_found)
            continue;
        if (!parameter.is_optional && p->call->n_arguments < ++least)
            return fail(p,
                        hg_str_format(p->arena, "'%s' needs %.*s", p->call->command->path,
                                      HG_ARG(parameter.name)),
                        hg_buf_view(&usage));
        most = parameter.is_repeated ? SIZE_MAX : most + 1;
    }
    if (p->call->n_arguments > most)
        return fail(p,
                    hg_str_format(p->arena, "'%.*s' is one argument too many",
                                  HG_ARG(p->call->arguments[most])),
                    hg_buf_view(&usage));
    return true;
}

/* --- All together */

static void choose_format(struct cli_call *call, const struct cli_terminal *terminal)
{
    static const struct {
        const char *name;
        enum cli_format format;
    } formats[] = {{"table", CLI_TABLE}, {"json", CLI_JSON},   {"ndjson", CLI_NDJSON},
                   {"csv", CLI_CSV},     {"md", CLI_MARKDOWN}, {"none", CLI_NONE}};
    hg_str name;
    call->format = terminal->out_is_tty ? CLI_TABLE : CLI_JSON;
    call->fields = cli_get_or(call, "fields", "");
    for (size_t i = 0; cli_get(call, "output", &name) && i < HG_COUNT(formats); i++)
        if (hg_str_eq(name, hg_str_of(formats[i].name)))
            call->format = formats[i].format;
    if (cli_has(call, "json"))
        call->format = CLI_JSON;
}

static bool interpret(struct parser *p, const struct cli_terminal *terminal)
{
    bool read = take_words(p);
    p->call->values = p->values;
    p->call->n_values = p->n_values;
    choose_format(p->call, terminal);
    p->call->wants_help = cli_has(p->call, "help");
    if (!read)
        return false;
    if (p->n_words == 0 && cli_has(p->call, "version"))
        p->words[p->n_words++] = HG_STR("version");
    p->call->wants_help |= p->n_words == 0;
    if (!find_command(p) || !check_options(p))
        return false;
    return p->call->wants_help || check_arguments(p);
}

bool cli_parse(struct hg_arena *arena, int argc, const char *const *argv,
               const struct cli_terminal *terminal, struct cli_call *out_call,
               struct cli_problem *out_problem)
{
    size_t n = argc > 1 ? (size_t)argc : 1; /* one word may be added */
    *out_call = (struct cli_call){.format = CLI_TABLE};
    struct parser p = {.arena = arena, .call = out_call, .problem = out_problem};
    p.words = HG_NEW_ARRAY(arena, hg_str, n);
    p.values = HG_NEW_ARRAY(arena, struct cli_value, n);
    if (p.words == NULL || p.values == NULL)
        return fail(&p, HG_STR("the command line is too long"), HG_STR(""));
    p.argv = argv + (argc > 0);
    p.end = argv + (argc > 0 ? argc : 0);
    return interpret(&p, terminal);
}

/* --- Reading a call */

bool cli_get(const struct cli_call *call, const char *option, hg_str *out)
{
    for (size_t i = call->n_values; i > 0; i--) {
        if (strcmp(call->values[i - 1].option->name, option) != 0)
            continue;
        *out = call->values[i - 1].value;
        return true;
    }
    return false;
}

bool cli_has(const struct cli_call *call, const char *option)
{
    hg_str value;
    return cli_get(call, option, &value);
}

hg_str cli_get_or(const struct cli_call *call, const char *option, const char *otherwise)
{
    hg_str value;
    return cli_get(call, option, &value) ? value : hg_str_of(otherwise);
}

hg_str cli_argument(const struct cli_call *call, size_t i)
{
    return i < call->n_arguments ? call->arguments[i] : HG_STR("");
}
