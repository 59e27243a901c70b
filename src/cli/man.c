#include "base/base.h"
#include "cli/cli_private.h"

#include <stdbool.h>
#include <stddef.h>

/* Text of a manual page: '-' and '\' keep their meaning, no line is taken for a request. */
static void put_roff(struct hg_buf *out, hg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool starts_line = i == 0 || text.ptr[i - 1] == '\n';
        if (starts_line && (c == '.' || c == '\''))
            hg_buf_z(out, "\\&");
        if (c == '\\')
            hg_buf_z(out, "\\e");
        else if (c == '-')
            hg_buf_z(out, "\\-");
        else
            hg_buf_byte(out, c);
    }
}

static void put_z(struct hg_buf *out, const char *text)
{
    put_roff(out, hg_str_of(text));
}

/* "policy enable" → "headgate\-policy\-enable" */
static void put_page_name(const struct cli_command *command, struct hg_buf *out)
{
    hg_buf_z(out, "headgate\\-");
    for (const char *p = command->path; *p != '\0'; p++) {
        if (*p == ' ' || *p == '-')
            hg_buf_z(out, "\\-");
        else
            hg_buf_byte(out, *p);
    }
}

static void put_option(const struct cli_option *option, struct hg_buf *out)
{
    hg_buf_z(out, ".TP\n.B ");
    if (option->letter != '\0')
        hg_buf_format(out, "\\-%c, ", option->letter);
    hg_buf_z(out, "\\-\\-");
    put_z(out, option->name);
    if (option->value != NULL) {
        hg_buf_byte(out, ' ');
        put_z(out, option->value);
    }
    hg_buf_byte(out, '\n');
    put_z(out, option->text);
    hg_buf_z(out, option->is_repeatable ? "; can be repeated.\n" : ".\n");
}

static void put_global_options(struct hg_buf *out)
{
    for (size_t i = 0; i < CLI_N_GLOBAL_OPTIONS; i++)
        put_option(&cli_options[i], out);
}

static void put_exits_and_variables(struct hg_buf *out)
{
    hg_buf_z(out, ".SH EXIT STATUS\n");
#define CLI_EXIT_ROW(a_code, a_text) hg_buf_z(out, ".TP\n" #a_code "\n" a_text ".\n");
#include "cli/topics.def"
#undef CLI_EXIT_ROW
    hg_buf_z(out, ".SH ENVIRONMENT\n");
#define CLI_VARIABLE_ROW(a_name, a_text)   \
    hg_buf_z(out, ".TP\n.B " a_name "\n"); \
    put_z(out, a_text);                    \
    hg_buf_z(out, ".\n");
#include "cli/topics.def"
#undef CLI_VARIABLE_ROW
}

void cli_man_top(struct hg_buf *out)
{
    hg_buf_z(out, ".TH HEADGATE 1 \"\" \"headgate " HG_VERSION "\"\n"
                  ".SH NAME\nheadgate \\- identity provider with conditional access, and "
                  "automation under it\n"
                  ".SH SYNOPSIS\n.B headgate\n.I COMMAND\n[arguments] [options]\n"
                  ".SH COMMANDS\n");
    for (size_t i = 0; i < CLI_N_COMMANDS; i++) {
        struct hg_buf usage = hg_buf_new(out->arena, 1024);
        cli_usage(&cli_commands[i], &usage);
        hg_buf_z(out, ".TP\n.B ");
        put_roff(out, hg_buf_view(&usage));
        hg_buf_byte(out, '\n');
        put_z(out, cli_commands[i].text);
        hg_buf_z(out, ".\n");
    }
    hg_buf_z(out, ".SH OPTIONS OF EVERY COMMAND\n");
    put_global_options(out);
    put_exits_and_variables(out);
    hg_buf_z(out, ".SH FILES\n.TP\n.I /etc/headgate/headgate.conf\nSettings; see "
                  ".BR headgate.conf (5).\n");
}

void cli_man_command(const struct cli_command *command, struct hg_buf *out)
{
    struct hg_buf usage = hg_buf_new(out->arena, 1024);
    cli_usage(command, &usage);
    hg_buf_z(out, ".TH \"");
    put_page_name(command, out);
    hg_buf_z(out, "\" 1 \"\" \"headgate " HG_VERSION "\"\n.SH NAME\n");
    put_page_name(command, out);
    hg_buf_z(out, " \\- ");
    put_z(out, command->text);
    hg_buf_z(out, "\n.SH SYNOPSIS\n.B ");
    put_roff(out, hg_buf_view(&usage));
    hg_buf_z(out, "\n.SH OPTIONS\n");
    for (size_t i = 0; cli_command_option(command, i) != NULL; i++)
        put_option(cli_command_option(command, i), out);
    put_global_options(out);
    hg_buf_z(out, ".SH EXAMPLE\n.nf\n");
    put_z(out, command->example);
    hg_buf_z(out, "\n.fi\n.SH SEE ALSO\n.BR headgate (1)\n");
}

void cli_man_settings(struct hg_buf *out)
{
    struct hg_buf settings = hg_buf_new(out->arena, 1 << 16);
    config_help(&settings);
    hg_buf_z(out, ".TH HEADGATE.CONF 5 \"\" \"headgate " HG_VERSION "\"\n"
                  ".SH NAME\nheadgate.conf \\- settings of headgate\n.SH DESCRIPTION\n"
                  "An INI file: [section], key = value; lines that start with ; or # are comments. "
                  "The environment weighs more than the file, the command line more than both.\n"
                  ".SH SETTINGS\n.nf\n");
    put_roff(out, hg_buf_view(&settings));
    hg_buf_z(out, ".fi\n.SH SEE ALSO\n.BR headgate (1)\n");
}
