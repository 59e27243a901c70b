#include "unit/cli/calls.h"
#include "unit/test.h"

#define ID "7d1c3a52-5c0f-4f0e-9a55-2b7c8f3f9d10"
#define FLOWS "/providers/Microsoft.ProcessSimple/environments/~default/flows"
#define POLICIES "/v1.0/identity/conditionalAccess/policies"

/* One exchange: what is asked and what is answered. */
struct turn {
    const char *request; /* "GET /path" or "POST /path {body}" */
    unsigned status;
    const char *answer; /* NULL: no body */
};

static const struct {
    const char *name;
    const char *line;
    const char *file;
    struct turn turns[6];
    const char *result;
} commands[] = {
    {"a list without its envelope",
     "user list",
     NULL,
     {{"GET /v1.0/users", 200, "{\"value\":[{\"id\":\"1\"}]}"}},
     "[{\"id\":\"1\"}]"},
    {"options of a query",
     "user list --filter startswith(displayName,'A') --top 5",
     NULL,
     {{"GET /v1.0/users?$top=5&$filter=startswith%28displayName%2C%27A%27%29", 200,
       "{\"value\":[]}"}},
     "[]"},
    {"filters are joined and quotes doubled",
     "signin list --user o'hara@x --app Orders",
     NULL,
     {{"GET /v1.0/auditLogs/signIns?$filter=userPrincipalName%20eq%20%27o%27%27hara%40x%27%20and"
       "%20appDisplayName%20eq%20%27Orders%27",
       200, "{\"value\":[]}"}},
     "[]"},
    {"pages are followed, links of other hosts by their path",
     "group list",
     NULL,
     {{"GET /v1.0/groups", 200,
       "{\"value\":[1],\"@odata.nextLink\":\"https://elsewhere/v1.0/groups?$skiptoken=x\"}"},
      {"GET /v1.0/groups?$skiptoken=x", 200, "{\"value\":[2],\"nextLink\":\"/v1.0/more\"}"},
      {"GET /v1.0/more", 200, "{\"value\":[3]}"}},
     "[1,2,3]"},
    {"no more rows than wanted",
     "user list --top 2",
     NULL,
     {{"GET /v1.0/users?$top=2", 200,
       "{\"value\":[1,2,3],\"@odata.nextLink\":\"https://h/v1.0/users?x\"}"}},
     "[1,2]"},
    {"an id is used as it is",
     "policy enable " ID,
     NULL,
     {{"PATCH " POLICIES "/" ID " {\"state\":\"enabled\"}", 204, NULL}},
     "null"},
    {"a name is looked up",
     "policy enable Require_MFA",
     NULL,
     {{"GET " POLICIES, 200,
       "{\"value\":[{\"id\":\"a\",\"displayName\":\"Other\"},{\"id\":\"b\",\"displayName\":"
       "\"require mfa\"}]}"},
      {"PATCH " POLICIES "/b {\"state\":\"enabled\"}", 204, NULL}},
     "null"},
    {"a user by the first part of the name",
     "user revoke bob",
     NULL,
     {{"GET /v1.0/users?$filter=userPrincipalName%20eq%20%27bob%27%20or%20startswith%28"
       "userPrincipalName%2C%27bob%40%27%29",
       200, "{\"value\":[{\"id\":\"9\",\"userPrincipalName\":\"bob@contoso.test\"}]}"},
      {"POST /v1.0/users/9/revokeSignInSessions", 200, "{\"value\":true}"}},
     "{\"value\":true}"},
    {"two names, one in the body",
     "group add-member Finance bob@x",
     NULL,
     {{"GET /v1.0/groups?$filter=displayName%20eq%20%27Finance%27", 200,
       "{\"value\":[{\"id\":\"g\",\"displayName\":\"Finance\"}]}"},
      {"GET /v1.0/users?$filter=userPrincipalName%20eq%20%27bob%40x%27%20or%20startswith%28"
       "userPrincipalName%2C%27bob%40x%40%27%29",
       200, "{\"value\":[{\"id\":\"u\",\"userPrincipalName\":\"bob@x\"}]}"},
      {"POST /v1.0/groups/g/members/$ref "
       "{\"@odata.id\":\"https://localhost/v1.0/directoryObjects/u\"}",
       204, NULL}},
     "null"},
    {"an option that names an object",
     "token-policy assign " ID " --app Orders",
     NULL,
     {{"GET /v1.0/applications", 200,
       "{\"value\":[{\"id\":\"o\",\"displayName\":\"Orders\",\"appId\":\"x\"}]}"},
      {"POST /v1.0/applications/o/tokenLifetimePolicies/$ref "
       "{\"@odata.id\":\"https://localhost/v1.0/policies/tokenLifetimePolicies/" ID "\"}",
       204, NULL}},
     "null"},
    {"a body of arguments and options",
     "user add adele.v@contoso.test --display-name Adele_\"V\"",
     NULL,
     {{"POST /v1.0/users {\"userPrincipalName\":\"adele.v@contoso.test\",\"displayName\":"
       "\"Adele \\\"V\\\"\",\"mailNickname\":\"adele.v\",\"accountEnabled\":true,"
       "\"passwordProfile\":{\"password\":\"pass{word}\"}}",
       201, "{\"id\":\"n\"}"}},
     "{\"id\":\"n\"}"},
    {"a switch that says false and repeated options",
     "app add Orders --redirect-uri https://a --redirect-uri https://b --public-client",
     NULL,
     {{"POST /v1.0/applications {\"displayName\":\"Orders\",\"web\":{\"redirectUris\":"
       "[\"https://a\",\"https://b\"]},\"isFallbackPublicClient\":true}",
       201, "{}"}},
     "{}"},
    {"a segment is encoded",
     "signin show a/b?c",
     NULL,
     {{"GET /v1.0/auditLogs/signIns/a%2Fb%3Fc", 200, "{}"}},
     "{}"},
    {"an id that is a path",
     "connection repair shared-x-1",
     NULL,
     {{"GET /providers/Microsoft.PowerApps/connections?api-version=2016-11-01", 200,
       "{\"value\":[{\"name\":\"shared-x-1\",\"id\":\"/providers/Microsoft.PowerApps/apis/"
       "shared_x/connections/shared-x-1\"}]}"},
      {"POST /providers/Microsoft.PowerApps/apis/shared_x/connections/shared-x-1/getConsentLink"
       "?api-version=2016-11-01 {}",
       200, "{\"consentLink\":\"https://x\"}"}},
     "{\"consentLink\":\"https://x\"}"},
    {"something the client names",
     "connection create shared-x",
     NULL,
     {{"PUT /providers/Microsoft.PowerApps/apis/shared-x/connections/0123456789abcdef?api-version="
       "2016-11-01 {\"properties\":{\"displayName\":\"shared-x\",\"environment\":{\"id\":"
       "\"/providers/Microsoft.PowerApps/environments/~default\",\"name\":\"~default\"}}}",
       201, "{\"name\":\"0123456789abcdef\"}"},
      {"POST /providers/Microsoft.PowerApps/apis/shared-x/connections/0123456789abcdef/"
       "getConsentLink?api-version=2016-11-01 {}",
       200, "{\"consentLink\":\"https://x\"}"}},
     "{\"name\":\"0123456789abcdef\",\"consentLink\":\"https://x\"}"},
    {"what is found, not given",
     "run resubmit " ID " 085",
     NULL,
     {{"GET " FLOWS "/" ID "/triggers?api-version=2016-11-01", 200,
       "{\"value\":[{\"name\":\"manual\"}]}"},
      {"POST " FLOWS "/" ID "/triggers/manual/histories/085/resubmit?api-version=2016-11-01", 202,
       NULL},
      {"GET " FLOWS "/" ID "/runs?$top=1&api-version=2016-11-01", 200,
       "{\"value\":[{\"name\":\"086\",\"properties\":{\"status\":\"Running\"}}]}"},
      {"GET " FLOWS "/" ID "/runs?$top=1&api-version=2016-11-01", 200,
       "{\"value\":[{\"name\":\"086\",\"properties\":{\"status\":\"Failed\"}}],"
       "\"nextLink\":\"/earlier/runs\"}"}},
     "[{\"name\":\"086\",\"properties\":{\"status\":\"Failed\"}}]"},
    {"the latest run when none is named",
     "run show " ID,
     NULL,
     {{"GET " FLOWS "/" ID "/runs?$top=1&api-version=2016-11-01", 200,
       "{\"value\":[{\"name\":\"086\"}],\"nextLink\":\"/earlier/runs\"}"},
      {"GET " FLOWS "/" ID "/runs/086?$expand=properties%2Factions&api-version=2016-11-01", 200,
       "{\"name\":\"086\"}"}},
     "{\"name\":\"086\"}"},
    {"a trigger without a file gets an empty body",
     "flow trigger " ID,
     NULL,
     {{"GET " FLOWS "/" ID "/triggers?api-version=2016-11-01", 200,
       "{\"value\":[{\"name\":\"manual\"}]}"},
      {"POST " FLOWS "/" ID "/triggers/manual/run?api-version=2016-11-01 {}", 202, NULL},
      {"GET " FLOWS "/" ID "/runs?$top=1&api-version=2016-11-01", 200, "{\"value\":[]}"}},
     "[]"},
    {"a length of time",
     "clock advance 91d",
     NULL,
     {{"POST /api/clock {\"advance\":\"P91D\"}", 200, "{\"now\":\"x\"}"}},
     "{\"now\":\"x\"}"},
    {"a body out of a file, an option over it",
     "flow create invoice.json --flow-name Invoices",
     "{\"properties\":{\"definition\":{\"a\":\"{x}\"}}}",
     {{"POST " FLOWS "?api-version=2016-11-01 {\"properties\":{\"definition\":{\"a\":\"{x}\"},"
       "\"displayName\":\"Invoices\"}}",
       201, "{}"}},
     "{}"},
    {"files against what is there: by id, by name, new, the same",
     "policy apply p.json",
     "[{\"id\":\"1\",\"displayName\":\"A\",\"state\":\"enabled\",\"createdDateTime\":\"x\"},"
     "{\"displayName\":\"b\",\"state\":\"disabled\"},{\"id\":\"9\",\"displayName\":\"C\"},"
     "{\"displayName\":\"D\",\"state\":\"on\"}]",
     {{"GET " POLICIES, 200,
       "{\"value\":[{\"id\":\"1\",\"displayName\":\"old\"},{\"id\":\"2\",\"displayName\":\"B\"},"
       "{\"id\":\"4\",\"displayName\":\"D\",\"state\":\"on\"}]}"},
      {"PATCH " POLICIES "/1 {\"displayName\":\"A\",\"state\":\"enabled\"}", 204, NULL},
      {"PATCH " POLICIES "/2 {\"displayName\":\"b\",\"state\":\"disabled\"}", 204, NULL},
      {"POST " POLICIES " {\"displayName\":\"C\"}", 201, "{\"id\":\"10\"}"}},
     "[{\"action\":\"changed\",\"displayName\":\"A\",\"id\":\"1\"},{\"action\":\"changed\","
     "\"displayName\":\"b\",\"id\":\"2\"},{\"action\":\"created\",\"displayName\":\"C\",\"id\":"
     "\"10\"},{\"action\":\"unchanged\",\"displayName\":\"D\",\"id\":\"4\"}]"},
};

static struct cli_inputs inputs_with(const struct cli_file *file)
{
    return (struct cli_inputs){.base_url = HG_LIT("https://localhost"),
                               .new_id = HG_LIT("0123456789abcdef"),
                               .password = HG_LIT("pass{word}"),
                               .files = file,
                               .n_files = file == NULL ? 0 : 1};
}

static hg_str text_of(struct hg_arena *arena, const struct cli_request *request)
{
    return hg_str_format(arena, "%.*s %.*s%s%.*s", HG_ARG(request->method), HG_ARG(request->target),
                         request->body.len > 0 ? " " : "", HG_ARG(request->body));
}

static void run_command(struct hg_arena *arena, size_t i)
{
    struct cli_file file = {.name = HG_STR("p.json")};
    if (commands[i].file != NULL)
        file.value = json_of(arena, commands[i].file);
    struct cli_inputs inputs = inputs_with(commands[i].file == NULL ? NULL : &file);
    struct cli_call call = call_of(arena, commands[i].line);
    struct cli_problem problem = {0};
    struct cli_online *online = cli_online_new(arena, &call, &inputs, &problem);
    if (online == NULL)
        fail_msg("%s: %.*s", commands[i].name, HG_ARG(problem.message));
    struct cli_request request;
    size_t turn = 0;
    for (; cli_online_next(online, &request); turn++) {
        const struct turn *want = &commands[i].turns[turn];
        test_str_eq(commands[i].name, text_of(arena, &request),
                    hg_str_of(want->request == NULL ? "nothing" : want->request));
        struct hg_json answer = json_of(arena, want->answer == NULL ? "null" : want->answer);
        if (!cli_online_answer(online, want->status, want->answer == NULL ? NULL : &answer,
                               &problem))
            fail_msg("%s: %.*s", commands[i].name, HG_ARG(problem.message));
    }
    hg_str result;
    assert_null(commands[i].turns[turn].request);
    assert_int_equal(hg_json_render(arena, cli_online_result(online), &result, NULL), HG_OK);
    test_str_eq(commands[i].name, result, hg_str_of(commands[i].result));
}

static void a_row_of_the_table_becomes_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(commands); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        run_command(arena, i);
    }
}

static const struct {
    const char *name;
    const char *line;
    unsigned status;
    const char *answer; /* to the first request; NULL: it is refused before */
    enum cli_exit exit;
    const char *message, *next;
} failures[] = {
    {"no such name", "policy show Requir_MFA", 200,
     "{\"value\":[{\"id\":\"a\",\"displayName\":\"Require MFA\"}]}", CLI_EXIT_NOT_FOUND,
     "there is no policy 'Requir MFA'", "Did you mean 'Require MFA'?"},
    {"nothing like it", "group show X", 200, "{\"value\":[]}", CLI_EXIT_NOT_FOUND,
     "there is no group 'X'", "What there is: headgate group list"},
    {"two of that name", "policy show A", 200,
     "{\"value\":[{\"id\":\"1\",\"displayName\":\"A\"},{\"id\":\"2\",\"displayName\":\"A\"}]}",
     CLI_EXIT_USAGE, "'A' can be more than one policy", "Give the id instead of the name."},
    {"Graph's not found", "user show " ID, 404,
     "{\"error\":{\"code\":\"Request_ResourceNotFound\",\"message\":\"Resource '" ID
     "' does not exist.\"}}",
     CLI_EXIT_NOT_FOUND, "Resource '" ID "' does not exist.", ""},
    {"a changed object", "policy enable " ID, 412, "{\"error\":{\"code\":\"x\",\"message\":\"y\"}}",
     CLI_EXIT_CONFLICT, "y", "Show it again, then repeat the change."},
    {"a token that is missing", "user list", 401,
     "{\"error\":\"invalid_token\",\"error_description\":\"AADSTS50076: MFA\\r\\nTrace ID: 1\"}",
     CLI_EXIT_SIGN_IN, "AADSTS50076: MFA", "An administrator may do this."},
    {"a server that is busy", "user list", 503, "{}", CLI_EXIT_FAILED, "the server answered 503",
     "Try again in a moment."},
    {"an answer without a body", "user list", 500, NULL, CLI_EXIT_FAILED, NULL, NULL},
    {"a repair that the server names", "flow on " ID, 403,
     "{\"error\":{\"code\":\"a\",\"message\":\"b\",\"repair\":{\"command\":\"headgate x\"}}}",
     CLI_EXIT_SIGN_IN, "b", "headgate x"},
};

static void failures_become_problems_with_exit_codes(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct cli_inputs inputs = inputs_with(NULL);
    for (size_t i = 0; i < HG_COUNT(failures); i++) {
        struct cli_call call = call_of(arena, failures[i].line);
        struct cli_problem problem = {0};
        struct cli_request request;
        struct cli_online *online = cli_online_new(arena, &call, &inputs, &problem);
        assert_non_null(online);
        assert_true(cli_online_next(online, &request));
        struct hg_json answer =
            json_of(arena, failures[i].answer == NULL ? "null" : failures[i].answer);
        if (cli_online_answer(online, failures[i].status,
                              failures[i].answer == NULL ? NULL : &answer, &problem))
            fail_msg("%s", failures[i].name);
        if (problem.exit != failures[i].exit)
            fail_msg("%s: exit %d", failures[i].name, problem.exit);
        assert_false(cli_online_next(online, &request));
        if (failures[i].message == NULL)
            continue;
        test_str_eq(failures[i].name, problem.message, hg_str_of(failures[i].message));
        test_str_eq(failures[i].name, problem.next, hg_str_of(failures[i].next));
    }
}

static const struct {
    const char *name;
    const char *line;
    const char *message;
} incomplete[] = {
    {"an option that the route needs", "token-policy assign x",
     "'token-policy assign' needs --app"},
    {"a password", "user add a@b", "'user add' needs --password-file"},
    {"nothing to change", "user set a@b", "'user set' was not told what to change"},
};

static void what_is_missing_is_told_before_any_request(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct cli_inputs inputs = {.base_url = HG_STR("https://localhost")};
    for (size_t i = 0; i < HG_COUNT(incomplete); i++) {
        struct cli_call call = call_of(arena, incomplete[i].line);
        struct cli_problem problem = {0};
        assert_null(cli_online_new(arena, &call, &inputs, &problem));
        assert_int_equal(problem.exit, CLI_EXIT_USAGE);
        test_str_eq(incomplete[i].name, problem.message, hg_str_of(incomplete[i].message));
    }
}

static void files_and_passwords_are_asked_of_the_caller(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const hg_str *paths;
    struct cli_call call = call_of(arena, "policy apply a.json b.json");
    assert_int_equal(cli_files(arena, &call, &paths), 2);
    test_str_eq("second", paths[1], HG_STR("b.json"));
    call = call_of(arena, "flow update Invoices c.json");
    assert_int_equal(cli_files(arena, &call, &paths), 1);
    test_str_eq("its file", paths[0], HG_STR("c.json"));
    call = call_of(arena, "token-policy create -f d.json");
    assert_int_equal(cli_files(arena, &call, &paths), 1);
    assert_false(cli_wants_password(&call));
    call = call_of(arena, "user password bob");
    assert_int_equal(cli_files(arena, &call, &paths), 0);
    assert_true(cli_wants_password(&call));
    assert_true(cli_changes_something(&call));
    call = call_of(arena, "flow run f.json");
    assert_int_equal(cli_files(arena, &call, &paths), 0);
    assert_false(cli_changes_something(&call));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_of_the_table_becomes_requests),
        cmocka_unit_test(failures_become_problems_with_exit_codes),
        cmocka_unit_test(what_is_missing_is_told_before_any_request),
        cmocka_unit_test(files_and_passwords_are_asked_of_the_caller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
