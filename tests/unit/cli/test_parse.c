#include "unit/cli/calls.h"
#include "unit/test.h"

static const struct {
    const char *name;
    const char *line;
    enum cli_id id;
    size_t n_arguments;
    enum cli_format format; /* in a pipe */
} calls[] = {
    {"one word", "serve --dev", CLI_SERVE, 0, CLI_JSON},
    {"two words", "policy enable Require_MFA", CLI_POLICY_ENABLE, 1, CLI_JSON},
    {"options before the command", "-o csv user list", CLI_USER_LIST, 0, CLI_CSV},
    {"options between", "policy --json list", CLI_POLICY_LIST, 0, CLI_JSON},
    {"a value behind '='", "user list --output=table", CLI_USER_LIST, 0, CLI_TABLE},
    {"a value glued to its letter", "user list -ondjson", CLI_USER_LIST, 0, CLI_NDJSON},
    {"--json weighs more than -o", "user list -o csv --json", CLI_USER_LIST, 0, CLI_JSON},
    {"the last value counts", "user list -o csv -o md", CLI_USER_LIST, 0, CLI_MARKDOWN},
    {"words behind --", "expression eval -- --x", CLI_EXPRESSION_EVAL, 1, CLI_JSON},
    {"a dash alone is a word", "policy apply -", CLI_POLICY_APPLY, 1, CLI_JSON},
    {"an optional argument left out", "expression eval --batch", CLI_EXPRESSION_EVAL, 0, CLI_JSON},
    {"many arguments", "policy validate a b c", CLI_POLICY_VALIDATE, 3, CLI_JSON},
    {"an alias", "token-policy new --display-name x", CLI_TOKEN_POLICY_CREATE, 0, CLI_JSON},
    {"an option for a command", "--version", CLI_VERSION, 0, CLI_JSON},
    {"help needs no arguments", "policy enable --help", CLI_POLICY_ENABLE, 0, CLI_JSON},
};

static void command_lines_are_understood(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(calls); i++) {
        struct cli_call call = call_of(arena, calls[i].line);
        if (call.command == NULL || call.command->id != calls[i].id ||
            call.n_arguments != calls[i].n_arguments || call.format != calls[i].format)
            fail_msg("%s", calls[i].name);
    }
}

static const struct {
    const char *name;
    const char *line;
    const char *message, *next;
} refusals[] = {
    {"a misspelled command", "policy enabel x", "there is no command 'policy enabel'",
     "Did you mean: headgate policy enable"},
    {"a misspelled group", "polcy list", "there is no command 'polcy'",
     "Did you mean: headgate policy"},
    {"nothing like it", "abracadabra", "there is no command 'abracadabra'", "See: headgate help"},
    {"an unknown word in a group", "policy abracadabra", "there is no command 'policy abracadabra'",
     "See: headgate help policy"},
    {"a misspelled option", "user list --tpo 3", "there is no option --tpo", "Did you mean: --top"},
    {"an option of another command", "policy enable x --top 3",
     "'policy enable' takes no option --top", "See: headgate help policy enable"},
    {"an unknown letter", "user list -z", "there is no option -z", "See: headgate help"},
    {"an option without its value", "user list --top", "--top needs a value: N",
     "See: headgate help"},
    {"a value for a switch", "serve --dev=1", "--dev takes no value", "See: headgate help"},
    {"a value that is no choice", "user list -o xml", "--output cannot be 'xml'",
     "Choose one of: table|json|ndjson|csv|md|none"},
    {"a word for a number", "user list --top x", "--top is a number, not 'x'",
     "See: headgate help"},
    {"an argument missing", "policy enable", "'policy enable' needs POLICY",
     "Usage: headgate policy enable POLICY [options]"},
    {"the second argument missing", "run cancel flow", "'run cancel' needs RUN",
     "Usage: headgate run cancel FLOW RUN"},
    {"an argument too many", "policy list x", "'x' is one argument too many",
     "Usage: headgate policy list [options]"},
    {"what is found is not given", "run resubmit flow run trigger",
     "'trigger' is one argument too many", "Usage: headgate run resubmit FLOW [RUN]"},
};

static void misunderstandings_say_what_was_meant(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(refusals); i++) {
        struct cli_call call;
        struct cli_problem problem = {0};
        if (parse_line(arena, refusals[i].line, &in_pipe, &call, &problem))
            fail_msg("%s", refusals[i].name);
        assert_int_equal(problem.exit, CLI_EXIT_USAGE);
        test_str_eq(refusals[i].name, problem.message, hg_str_of(refusals[i].message));
        test_str_eq(refusals[i].name, problem.next, hg_str_of(refusals[i].next));
    }
}

static void a_terminal_gets_a_table(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct cli_call call;
    struct cli_problem problem;
    assert_true(parse_line(arena, "user list", &on_terminal, &call, &problem));
    assert_int_equal(call.format, CLI_TABLE);
    assert_true(parse_line(arena, "user list", &in_pipe, &call, &problem));
    assert_int_equal(call.format, CLI_JSON);
}

static void a_group_alone_asks_for_help(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct cli_call call = call_of(arena, "policy");
    assert_true(call.wants_help);
    test_str_eq("group", call.group, HG_STR("policy"));
    call = call_of(arena, "");
    assert_true(call.wants_help && call.command == NULL);
}

static const struct {
    const char *name;
    const char *line;
    bool asks; /* on a terminal */
    enum cli_consent in_pipe;
} consents[] = {
    {"reading needs none", "user list", false, CLI_CONSENT_GIVEN},
    {"removing asks", "user remove x", true, CLI_CONSENT_MISSING},
    {"--yes answers", "user remove x --yes", false, CLI_CONSENT_GIVEN},
    {"--no-input refuses", "user remove x --no-input", false, CLI_CONSENT_MISSING},
};

static void destructive_commands_need_consent(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(consents); i++) {
        struct cli_call call = call_of(arena, consents[i].line);
        bool asks = cli_consent(&call, &on_terminal) == CLI_CONSENT_ASK;
        if (asks != consents[i].asks || cli_consent(&call, &in_pipe) != consents[i].in_pipe)
            fail_msg("%s", consents[i].name);
    }
}

static const struct {
    const char *name;
    const char *line;
    bool is_tty;
    const char *environment[3];
    bool want;
} colors[] = {
    {"a terminal", "user list", true, {"TERM=xterm"}, true},
    {"a pipe", "user list", false, {"TERM=xterm"}, false},
    {"a dumb terminal", "user list", true, {"TERM=dumb"}, false},
    {"NO_COLOR", "user list", true, {"NO_COLOR=1", "CLICOLOR_FORCE=1"}, false},
    {"an empty NO_COLOR is none", "user list", true, {"NO_COLOR="}, true},
    {"CLICOLOR_FORCE", "user list", false, {"CLICOLOR_FORCE=1"}, true},
    {"CLICOLOR_FORCE=0", "user list", false, {"CLICOLOR_FORCE=0"}, false},
    {"--color=always", "user list --color=always", false, {"NO_COLOR=1"}, true},
    {"--color=never", "user list --color never", true, {"CLICOLOR_FORCE=1"}, false},
};

static void colour_follows_the_conventions(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(colors); i++) {
        struct cli_call call = call_of(arena, colors[i].line);
        if (cli_has_color(&call, colors[i].is_tty, colors[i].environment) != colors[i].want)
            fail_msg("%s", colors[i].name);
    }
}

static void options_of_the_server_become_settings(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct cli_call call = call_of(arena, "serve --dev --listen 127.0.0.1:0 --data /x --listen "
                                          "http://127.0.0.1:0 --set log.format=json");
    const struct config_pair *pairs;
    size_t n;
    assert_int_equal(cli_config_overrides(arena, &call, &pairs, &n, NULL), HG_OK);
    assert_int_equal(n, 4);
    test_str_eq("listen", pairs[0].name, HG_STR("server.listen"));
    test_str_eq("data", pairs[1].value, HG_STR("/x"));
    test_str_eq("plain", pairs[2].name, HG_STR("server.plain_listen"));
    test_str_eq("set", pairs[3].name, HG_STR("log.format"));
    call = call_of(arena, "serve --set nonsense");
    assert_int_equal(cli_config_overrides(arena, &call, &pairs, &n, NULL), HG_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_lines_are_understood),
        cmocka_unit_test(misunderstandings_say_what_was_meant),
        cmocka_unit_test(a_terminal_gets_a_table),
        cmocka_unit_test(a_group_alone_asks_for_help),
        cmocka_unit_test(destructive_commands_need_consent),
        cmocka_unit_test(colour_follows_the_conventions),
        cmocka_unit_test(options_of_the_server_become_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
