#include "unit/cli/calls.h"
#include "unit/test.h"

/* What main hands in, with one row. */
static struct hg_json error_rows(struct hg_arena *arena, hg_str detail)
{
    struct hg_json rows = hg_json_array();
    if (detail.len == 0 || hg_str_eq(detail, HG_STR("50173")))
        hg_json_push(arena, &rows,
                     json_of(arena,
                             "{\"code\":\"AADSTS50173\",\"text\":\"The grant has been revoked and "
                             "a fresh sign-in is needed, since the password changed.\","
                             "\"more\":\"\",\"next\":\"Sign in again.\"}"));
    return rows;
}

static struct hg_json route_rows(struct hg_arena *arena, hg_str detail)
{
    struct hg_json rows = hg_json_array();
    hg_json_push(arena, &rows, json_of(arena, "{\"surface\":\"graph\",\"scopes\":null}"));
    (void)detail;
    return rows;
}

static const struct cli_topic topic_items[] = {{HG_LIT("errors"), true, error_rows},
                                               {HG_LIT("routes"), false, route_rows}};
static const struct cli_topics topics = {topic_items, HG_COUNT(topic_items)};

static hg_str said(struct hg_arena *arena, const char *line)
{
    struct cli_call call = call_of(arena, line);
    struct cli_problem problem = {0};
    struct hg_buf out = hg_buf_new(arena, 1 << 20);
    hg_str text;
    if (!cli_self(arena, &call, &topics, &in_pipe, &out, &problem))
        fail_msg("%s: %.*s", line, HG_ARG(problem.message));
    assert_int_equal(hg_buf_finish(&out, &text, NULL), HG_OK);
    return text;
}

static const struct {
    const char *name;
    const char *line;
    const char *part;
} texts[] = {
    {"the program lists its groups", "", "\n  policy        list show apply validate enable"},
    {"and its single commands", "--help", "\n  serve         Run the server\n"},
    {"a group lists its commands", "policy", "\n  enable            Turn a policy on\n"},
    {"the same by help", "help policy", "Usage: headgate policy COMMAND"},
    {"a command tells its usage", "policy enable -h", "Usage: headgate policy enable POLICY"},
    {"the same by help, with options", "help user list", "      --top N                   At most"},
    {"and what may be given twice", "help app add", "single-page application; can\n"},
    {"and an example", "help policy report-only", "headgate policy report-only 'Require MFA'"},
    {"what is found is no argument", "help run resubmit", "headgate run resubmit FLOW [RUN]\n"},
    {"exit codes", "help exit-codes",
     "    5  it is there already, or someone else changed it in the meantime\n"},
    {"variables", "help environment", "  NO_COLOR "},
    {"settings", "help settings", "argon2.memory = 19456 to 4194304 KiB\n"},
    {"rows as prose", "help errors",
     "AADSTS50173\n  The grant has been revoked and a fresh sign-in is needed, since the password\n"
     "  changed.\n  Sign in again.\n"},
    {"rows that a detail names", "help errors 50173", "AADSTS50173\n"},
    {"rows of prose for programs", "help errors --json", "\"code\": \"AADSTS50173\""},
    {"rows as a table", "help routes", "Surface  Scopes\ngraph"},
    {"the same for programs", "help routes --output ndjson",
     "{\"surface\":\"graph\",\"scopes\":null}\n"},
    {"the version", "version", "headgate " HG_VERSION "\n"},
    {"the version for programs", "version --json", "\"version\": \"" HG_VERSION "\""},
    {"the manual", "man", ".TH HEADGATE 1 "},
    {"the manual of a command", "man policy report-only", "headgate\\-policy\\-report\\-only"},
    {"the manual of the settings", "man settings", ".TH HEADGATE.CONF 5 "},
};

static void the_program_explains_itself(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(texts); i++)
        if (hg_str_find(said(arena, texts[i].line), hg_str_of(texts[i].part)) == HG_NPOS)
            fail_msg("%s", texts[i].name);
}

static const struct {
    const char *name;
    const char *line;
    const char *message, *next;
} refusals[] = {
    {"a misspelled topic", "help exit-code", "there is no help about 'exit-code'",
     "Did you mean: headgate help exit-codes"},
    {"a misspelled topic of the product's", "help rutes", "there is no help about 'rutes'",
     "Did you mean: headgate help routes"},
    {"an unknown error", "help errors 1", "there is no help about 'errors 1'",
     "Did you mean: headgate help errors"},
    {"an unknown shell", "completion tcsh", "there is no completion for 'tcsh'",
     "Choose one of: bash, zsh, fish"},
    {"a manual that is not there", "man abracadabra", "there is no help about 'abracadabra'",
     "See: headgate help"},
};

static void what_there_is_no_help_about_is_told(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(refusals); i++) {
        struct cli_call call = call_of(arena, refusals[i].line);
        struct cli_problem problem = {0};
        struct hg_buf out = hg_buf_new(arena, 1 << 20);
        assert_false(cli_self(arena, &call, &topics, &in_pipe, &out, &problem));
        test_str_eq(refusals[i].name, problem.message, hg_str_of(refusals[i].message));
        test_str_eq(refusals[i].name, problem.next, hg_str_of(refusals[i].next));
    }
}

static const struct {
    const char *name;
    const char *line;
    const char *part;
} scripts[] = {
    {"bash: groups", "completion bash", "'policy') found='list show apply validate"},
    {"bash: options of a command", "completion bash", "'user list') flags=\"--filter --top $flags"},
    {"bash: choices of an option", "completion bash",
     "--status) found='Succeeded Running Failed Cancelled'; files=0"},
    {"bash: files", "completion bash", "'policy apply') flags=\"--reason $flags\"; files=1"},
    {"zsh: its head", "completion zsh", "#compdef headgate\n"},
    {"fish: words of a group", "completion fish",
     "-n '__headgate_at \"policy\"' -a 'enable' -d 'Turn a policy on'"},
    {"fish: quotes are escaped", "completion fish", "-d 'End all sessions"},
};

static void completion_knows_the_table(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(scripts); i++)
        if (hg_str_find(said(arena, scripts[i].line), hg_str_of(scripts[i].part)) == HG_NPOS)
            fail_msg("%s", scripts[i].name);
}

/* The table itself: what no single command shows. */
static void every_row_can_be_parsed_explained_and_found(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < CLI_N_COMMANDS; i++) {
        const struct cli_command *command = &cli_commands[i];
        hg_str line = hg_str_format(arena, "%s --help", command->path);
        struct cli_call call = call_of(arena, hg_str_z(arena, line));
        if (call.command != command)
            fail_msg("'%s' is another command", command->path);
        if ((command->how == CLI_ONLINE) != (command->method != NULL && command->route != NULL))
            fail_msg("'%s' is online without a route, or the other way round", command->path);
        if (!hg_str_starts(hg_str_of(command->example), HG_STR("headgate ")))
            fail_msg("'%s' has no example", command->path);
        (void)said(arena, hg_str_z(arena, line));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_program_explains_itself),
        cmocka_unit_test(what_there_is_no_help_about_is_told),
        cmocka_unit_test(completion_knows_the_table),
        cmocka_unit_test(every_row_can_be_parsed_explained_and_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
