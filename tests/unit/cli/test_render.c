#include "unit/cli/calls.h"
#include "unit/test.h"

#define USERS                                                                              \
    "[{\"userPrincipalName\":\"a@x\",\"displayName\":\"Ann\",\"accountEnabled\":true,"     \
    "\"id\":\"1\"},{\"userPrincipalName\":\"b@x\",\"displayName\":\"B, \\\"b\\\" | <b>\"," \
    "\"accountEnabled\":false,\"id\":\"2\"}]"

static const struct {
    const char *name;
    const char *line;
    const char *value;
    const char *want;
} outputs[] = {
    {"a table", "user list -o table", USERS,
     "User  Name          Enabled  Id\na@x   Ann           true     1\n"
     "b@x   B, \"b\" | <b>  false    2\n"},
    {"named fields in their order", "user list -o table --fields id,displayName", USERS,
     "Id  DisplayName\n1   Ann\n2   B, \"b\" | <b>\n"},
    {"JSON as it is", "user list --json", "[{\"b\":1.0,\"a\":[]}]",
     "[\n  {\n    \"b\": 1.0,\n    \"a\": []\n  }\n]\n"},
    {"JSON of some fields", "user list --json --fields id,nothing", USERS,
     "[\n  {\n    \"id\": \"1\",\n    \"nothing\": null\n  },\n  {\n    \"id\": \"2\",\n    "
     "\"nothing\": null\n  }\n]\n"},
    {"NDJSON", "user list -o ndjson --fields id", USERS, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n"},
    {"CSV", "user list -o csv", USERS,
     "userPrincipalName,displayName,accountEnabled,id\na@x,Ann,true,1\n"
     "b@x,\"B, \"\"b\"\" | <b>\",false,2\n"},
    {"Markdown", "user list -o md --fields displayName", USERS,
     "| displayName |\n| --- |\n| Ann |\n| B, \"b\" \\| \\<b> |\n"},
    {"nothing", "user list -o none", USERS, ""},
    {"null is nothing", "user remove x -o json", "null", ""},
    {"an empty list", "user list -o json", "[]", "[]\n"},
    {"an empty table has its head", "user list -o table", "[]", "User  Name  Enabled  Id\n"},
    {"paths into objects", "signin list -o csv --fields id,status.errorCode",
     "[{\"id\":\"1\",\"status\":{\"errorCode\":50076}}]", "id,status.errorCode\n1,50076\n"},
    {"one object, a line a member", "user show x -o table",
     "{\"@odata.context\":\"x\",\"id\":\"1\",\"businessPhones\":[\"5\"],\"mail\":null}",
     "id              1\nbusinessPhones  5\n"},
    {"an empty member that was asked for", "user show x -o table --fields id,mail",
     "{\"id\":\"1\",\"mail\":null}", "id    1\nmail\n"},
    {"members of members stand further in", "flow show x -o table",
     "{\"name\":\"a\",\"p\":{\"state\":\"On\",\"e\":{}},\"list\":[{\"k\":1},\"x\"]}",
     "name  a\np\n  state  On\nlist\n  -\n    k  1\n  - x\n"},
    {"a list without usual columns", "version -o table", "[{\"a\":1},{\"b\":2}]",
     "A  B\n1  \n   2\n"},
    {"a bare value", "expression eval x -o table", "\"text\"", "text\n"},
    {"control characters cannot move the cursor", "user list -o table --fields id",
     "[{\"id\":\"a\\u001b[2Jb\\nc\\u009bd\"}]", "Id\na?[2Jb c?d\n"},
    {"letters beyond ASCII take one column", "user list -o table --fields id,mail",
     "[{\"id\":\"\xc5\xbd\xc5\xbd\",\"mail\":\"m\"}]", "Id  Mail\n\xc5\xbd\xc5\xbd  m\n"},
};

static void values_are_printed_in_each_format(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(outputs); i++) {
        struct cli_call call = call_of(arena, outputs[i].line);
        struct hg_json value = json_of(arena, outputs[i].value);
        struct hg_buf out = hg_buf_new(arena, 1 << 16);
        cli_render(arena, &call, &value, &in_pipe, &out);
        test_str_eq(outputs[i].name, hg_buf_view(&out), hg_str_of(outputs[i].want));
    }
}

static void a_table_fits_its_terminal(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct cli_call call = call_of(arena, "user list -o table --fields id,mail");
    struct hg_json value =
        json_of(arena, "[{\"id\":\"0123456789\",\"mail\":\"abcdefghijklmnopqrstuvwxyz\"}]");
    struct cli_terminal narrow = {.out_is_tty = true, .columns = 24};
    struct hg_buf out = hg_buf_new(arena, 1 << 16);
    cli_render(arena, &call, &value, &narrow, &out);
    test_str_eq("cut", hg_buf_view(&out),
                HG_STR("Id          Mail\n0123456789  abcdefghijk\xe2\x80\xa6\n"));
}

static const struct {
    const char *name;
    const char *line;
    const char *want;
} problems[] = {
    {"three lines for people", "user list",
     "headgate: error: MFA is needed\n  policy 'P' wants: mfa\n  Sign in again.\n"
     "  Correlation id: c-1\n"},
    {"an object for programs", "user list --json",
     "{\"error\":{\"code\":\"AADSTS50076\",\"message\":\"MFA is needed\",\"why\":\"policy 'P' "
     "wants: mfa\",\"next\":\"Sign in again.\",\"target\":\"t\",\"correlationId\":\"c-1\","
     "\"innerError\":{\"date\":\"d\"},\"repair\":{\"command\":\"x\"}}}\n"},
    {"a table was asked for", "user list -o table",
     "headgate: error: MFA is needed\n  policy 'P' wants: mfa\n  Sign in again.\n"
     "  Correlation id: c-1\n"},
};

static void problems_have_cause_reason_and_next_step(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json raw =
        json_of(arena, "{\"innerError\":{\"date\":\"d\"},\"repair\":{\"command\":\"x\"}}");
    struct cli_problem problem = {.exit = CLI_EXIT_SIGN_IN,
                                  .code = HG_STR("AADSTS50076"),
                                  .message = HG_STR("MFA is needed"),
                                  .why = HG_STR("policy 'P' wants: mfa"),
                                  .next = HG_STR("Sign in again."),
                                  .target = HG_STR("t"),
                                  .correlation_id = HG_STR("c-1"),
                                  .raw = &raw};
    for (size_t i = 0; i < HG_COUNT(problems); i++) {
        struct cli_call call = call_of(arena, problems[i].line);
        struct hg_buf out = hg_buf_new(arena, 1 << 16);
        cli_problem_render(arena, &call, &problem, &in_pipe, &out);
        test_str_eq(problems[i].name, hg_buf_view(&out), hg_str_of(problems[i].want));
    }
}

static void failures_of_the_program_have_exit_codes(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_err err = {.detail = "x.conf: no"};
    assert_int_equal(cli_problem_of(arena, HG_NOT_FOUND, &err).exit, CLI_EXIT_NOT_FOUND);
    assert_int_equal(cli_problem_of(arena, HG_CONFLICT, &err).exit, CLI_EXIT_CONFLICT);
    assert_int_equal(cli_problem_of(arena, HG_IO, NULL).exit, CLI_EXIT_FAILED);
    test_str_eq("message", cli_problem_of(arena, HG_IO, &err).message, HG_STR("x.conf: no"));
    test_str_eq("without detail", cli_problem_of(arena, HG_IO, NULL).message,
                HG_STR("reading or writing failed"));
}

static const struct {
    const char *name;
    const char *line;
    bool is_tty;
    struct cli_progress progress;
    const char *want;
} progresses[] = {
    {"on a terminal, in place",
     "user list",
     true,
     {"Replaying sign-ins", 5012, 8190, {4000000}},
     "\rReplaying sign-ins  61 %  (5 012/8 190)  1 253/s  ETA 3 s\x1b[K"},
    {"for programs",
     "user list --progress json",
     false,
     {"Read", 50, 100, {1000000}},
     "{\"phase\":\"Read\",\"done\":50,\"total\":100,\"eta\":1}\n"},
    {"no total",
     "user list --progress=json",
     false,
     {"Read", 50, 0, {1000000}},
     "{\"phase\":\"Read\",\"done\":50}\n"},
    {"a pipe stays quiet", "user list", false, {"Read", 50, 100, {1000000}}, ""},
    {"unless it is asked for",
     "user list -v",
     false,
     {"Read", 50, 0, {1000000}},
     "Read  50  50/s\n"},
    {"none", "user list --progress none", true, {"Read", 50, 100, {1000000}}, ""},
};

static void progress_is_told_where_it_is_wanted(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(progresses); i++) {
        struct cli_call call = call_of(arena, progresses[i].line);
        struct hg_buf out = hg_buf_new(arena, 4096);
        cli_progress_render(&call, &progresses[i].progress,
                            progresses[i].is_tty ? &on_terminal : &in_pipe, &out);
        test_str_eq(progresses[i].name, hg_buf_view(&out), hg_str_of(progresses[i].want));
    }
}

static void a_change_says_where_it_goes(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_buf out = hg_buf_new(arena, 4096);
    cli_target_line(HG_STR("contoso.test"), HG_STR("https://id.lab:8443"), HG_STR("admin@c"), &out);
    test_str_eq("target", hg_buf_view(&out),
                HG_STR("tenant contoso.test @ https://id.lab:8443 as admin@c\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_printed_in_each_format),
        cmocka_unit_test(a_table_fits_its_terminal),
        cmocka_unit_test(problems_have_cause_reason_and_next_step),
        cmocka_unit_test(failures_of_the_program_have_exit_codes),
        cmocka_unit_test(progress_is_told_where_it_is_wanted),
        cmocka_unit_test(a_change_says_where_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
