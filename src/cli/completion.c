#include "base/base.h"
#include "cli/cli_private.h"

#include <stdbool.h>
#include <stddef.h>

/* Scripts that know the whole table, so that completing starts no program. */

static bool is_first_of_group(size_t i)
{
    return i == 0 ||
           !hg_str_eq(cli_command_group(&cli_commands[i]), cli_command_group(&cli_commands[i - 1]));
}

static hg_str second_word(const struct cli_command *command)
{
    hg_str group;
    hg_str second;
    (void)hg_str_cut(hg_str_of(command->path), ' ', &group, &second);
    return second;
}

static bool is_file(const struct cli_option *option)
{
    return option->value != NULL && (hg_str_eq(hg_str_of(option->value), HG_STR("FILE")) ||
                                     hg_str_eq(hg_str_of(option->value), HG_STR("DIR")));
}

static bool wants_files(const struct cli_command *command)
{
    hg_str arguments = hg_str_of(command->arguments);
    return hg_str_find(arguments, HG_STR("FILE")) != HG_NPOS ||
           hg_str_find(arguments, HG_STR("PATH")) != HG_NPOS;
}

/* "a|b" as "a b" */
static void put_choices(const struct cli_option *option, struct hg_buf *out)
{
    hg_str rest = hg_str_of(option->value);
    hg_str choice;
    for (bool first = true; hg_str_field(&rest, '|', &choice); first = false) {
        hg_buf_z(out, first ? "" : " ");
        hg_buf_str(out, choice);
    }
}

static void put_first_words(struct hg_buf *out)
{
    for (size_t i = 0; i < CLI_N_COMMANDS; i++) {
        if (!is_first_of_group(i))
            continue;
        hg_buf_z(out, i == 0 ? "" : " ");
        hg_buf_str(out, cli_command_group(&cli_commands[i]));
    }
}

static void put_second_words(hg_str group, struct hg_buf *out)
{
    bool first = true;
    for (size_t i = 0; i < CLI_N_COMMANDS; i++) {
        if (!hg_str_eq(cli_command_group(&cli_commands[i]), group))
            continue;
        hg_buf_z(out, first ? "" : " ");
        hg_buf_str(out, second_word(&cli_commands[i]));
        first = false;
    }
}

static void put_options(const struct cli_command *command, struct hg_buf *out)
{
    for (size_t i = 0; cli_command_option(command, i) != NULL; i++)
        hg_buf_format(out, "--%s ", cli_command_option(command, i)->name);
}

/* What follows a word: 'group' → second words, 'a command' → its options. One case a line, in
 * the syntax that bash and zsh share; zsh has other uses for "words", "path" and "options". */
static void put_cases(struct hg_buf *out)
{
    for (size_t i = 0; i < CLI_N_COMMANDS; i++) {
        hg_str group = cli_command_group(&cli_commands[i]);
        if (is_first_of_group(i) && cli_is_group(group)) {
            hg_buf_format(out, "        '%.*s') found='", HG_ARG(group));
            put_second_words(group, out);
            hg_buf_z(out, "' ;;\n");
        }
        hg_buf_format(out, "        '%s') flags=\"", cli_commands[i].path);
        put_options(&cli_commands[i], out);
        hg_buf_format(out, "$flags\"; files=%d ;;\n", wants_files(&cli_commands[i]));
    }
}

static void put_global_options(struct hg_buf *out)
{
    for (size_t i = 0; i < CLI_N_GLOBAL_OPTIONS; i++)
        hg_buf_format(out, "%s--%s", i == 0 ? "" : " ", cli_options[i].name);
}

/* Options whose value is one of a few, and those whose value is a file. */
static void put_value_cases(struct hg_buf *out)
{
    for (size_t i = 0; i < cli_n_options; i++) {
        const struct cli_option *option = &cli_options[i];
        if (option->value == NULL)
            continue;
        hg_buf_format(out, "        --%s", option->name);
        if (option->letter != '\0')
            hg_buf_format(out, "|-%c", option->letter);
        hg_buf_z(out, ") found='");
        if (cli_is_choice(option))
            put_choices(option, out);
        hg_buf_format(out, "'; files=%d ;;\n", is_file(option));
    }
}

/* "--output|-o|--fields": options that a value follows. */
static void put_value_options(struct hg_buf *out)
{
    for (size_t i = 0, n = 0; i < cli_n_options; i++) {
        if (cli_options[i].value == NULL)
            continue;
        hg_buf_format(out, "%s--%s", n++ == 0 ? "" : "|", cli_options[i].name);
        if (cli_options[i].letter != '\0')
            hg_buf_format(out, "|-%c", cli_options[i].letter);
    }
}

/* Sets found, flags and files out of the words before the cursor. */
static void put_shared(struct hg_buf *out)
{
    hg_buf_z(out, "_headgate_find() {\n"
                  "    local line='' word skip=0 n=0\n"
                  "    found='' files=0 flags='");
    put_global_options(out);
    hg_buf_z(out, "'\n"
                  "    for word in \"$@\"; do\n"
                  "        if [ \"$skip\" = 1 ]; then skip=0; continue; fi\n"
                  "        case \"$word\" in\n"
                  "        ");
    put_value_options(out);
    hg_buf_z(out, ") skip=1 ;;\n"
                  "        -*) ;;\n"
                  "        *) n=$((n+1)); [ \"$n\" -gt 2 ] || line=\"${line:+$line }$word\" ;;\n"
                  "        esac\n"
                  "    done\n"
                  "    case \"$line\" in\n"
                  "        '') found='");
    put_first_words(out);
    hg_buf_z(out, "' ;;\n");
    put_cases(out);
    hg_buf_z(out, "        *' '*) _headgate_find \"${line%% *}\"; found='' ;;\n"
                  "    esac\n"
                  "    case \"$previous\" in\n");
    put_value_cases(out);
    hg_buf_z(out, "    esac\n}\n");
}

void cli_complete_bash(struct hg_buf *out)
{
    hg_buf_z(out, "# bash completion for headgate, made by: headgate completion bash\n");
    put_shared(out);
    hg_buf_z(out, "_headgate() {\n"
                  "    local current=\"${COMP_WORDS[COMP_CWORD]}\" found flags files\n"
                  "    local previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
                  "    _headgate_find \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"\n"
                  "    case \"$current\" in -*) found=\"$flags\"; files=0 ;; esac\n"
                  "    COMPREPLY=($(compgen -W \"$found\" -- \"$current\"))\n"
                  "    if [ \"$files\" = 1 ]; then COMPREPLY+=($(compgen -f -- \"$current\")); fi\n"
                  "}\n"
                  "complete -o filenames -F _headgate headgate\n");
}

void cli_complete_zsh(struct hg_buf *out)
{
    hg_buf_z(out, "#compdef headgate\n# zsh completion for headgate, made by: headgate completion "
                  "zsh\n");
    put_shared(out);
    hg_buf_z(out, "_headgate() {\n"
                  "    local current=\"${words[CURRENT]}\" previous=\"${words[CURRENT-1]}\"\n"
                  "    local -a given\n"
                  "    given=(\"${(@)words[2,CURRENT-1]}\")\n"
                  "    local found flags files\n"
                  "    _headgate_find \"${given[@]}\"\n"
                  "    case \"$current\" in -*) found=\"$flags\"; files=0 ;; esac\n"
                  "    compadd -- ${=found}\n"
                  "    if [ \"$files\" = 1 ]; then _files; fi\n"
                  "}\n"
                  "if [ \"$funcstack[1]\" = _headgate ]; then _headgate \"$@\"\n"
                  "else compdef _headgate headgate; fi\n");
}

/* Text in single quotes of fish. */
static void put_fish(struct hg_buf *out, const char *text)
{
    hg_buf_byte(out, '\'');
    for (; *text != '\0'; text++) {
        hg_buf_z(out, *text == '\'' || *text == '\\' ? "\\" : "");
        hg_buf_byte(out, *text);
    }
    hg_buf_byte(out, '\'');
}

static void put_fish_option(const struct cli_option *option, const struct cli_command *command,
                            struct hg_buf *out)
{
    hg_buf_z(out, "complete -c headgate");
    if (command != NULL)
        hg_buf_format(out, " -n '__headgate_at \"%s\"'", command->path);
    hg_buf_format(out, " -l %s", option->name);
    if (option->letter != '\0')
        hg_buf_format(out, " -s %c", option->letter);
    if (is_file(option)) {
        hg_buf_z(out, " -r -F");
    } else if (option->value != NULL) {
        hg_buf_z(out, " -x");
    }
    if (cli_is_choice(option)) {
        hg_buf_z(out, " -a '");
        put_choices(option, out);
        hg_buf_byte(out, '\'');
    }
    hg_buf_z(out, " -d ");
    put_fish(out, option->text);
    hg_buf_byte(out, '\n');
}

static void put_fish_word(const char *at, hg_str word, const char *text, struct hg_buf *out)
{
    hg_buf_format(out, "complete -c headgate -f -n '__headgate_at \"%s\"' -a '%.*s' -d ", at,
                  HG_ARG(word));
    put_fish(out, text);
    hg_buf_byte(out, '\n');
}

static void put_fish_command(size_t i, struct hg_buf *out)
{
    const struct cli_command *command = &cli_commands[i];
    hg_str group = cli_command_group(command);
    bool grouped = cli_is_group(group);
    if (is_first_of_group(i))
        put_fish_word("", group, grouped ? "Commands about it" : command->text, out);
    if (grouped)
        put_fish_word(hg_str_z(out->arena, group), second_word(command), command->text, out);
    if (!wants_files(command))
        hg_buf_format(out, "complete -c headgate -f -n '__headgate_at \"%s\"'\n", command->path);
    for (size_t k = 0; cli_command_option(command, k) != NULL; k++)
        put_fish_option(cli_command_option(command, k), command, out);
}

void cli_complete_fish(struct hg_buf *out)
{
    hg_buf_z(out, "# fish completion for headgate, made by: headgate completion fish\n"
                  "function __headgate_at\n"
                  "    set -l words (commandline -opc)[2..-1]\n"
                  "    set -l given (string match -v -- '-*' $words)[1..2]\n"
                  "    test \"$given\" = \"$argv[1]\"\n"
                  "end\n");
    for (size_t i = 0; i < CLI_N_GLOBAL_OPTIONS; i++)
        put_fish_option(&cli_options[i], NULL, out);
    for (size_t i = 0; i < CLI_N_COMMANDS; i++)
        put_fish_command(i, out);
}
