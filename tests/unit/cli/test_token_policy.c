#include "unit/cli/calls.h"
#include "unit/test.h"

#define ID "7d1c3a52-5c0f-4f0e-9a55-2b7c8f3f9d10"
#define ROUTE "/v1.0/policies/tokenLifetimePolicies"

static const struct {
    const char *name;
    const char *line;
    const char *file, *stored;
    const char *body;
    const char *note;
} rows[] = {
    {"a definition as the documents give it",
     "token-policy create --display-name D --organization-default --definition "
     "{\"TokenLifetimePolicy\":{\"Version\":1,\"MaxAgeMultiFactor\":\"until-revoked\"}}",
     NULL, NULL,
     "{\"displayName\":\"D\",\"isOrganizationDefault\":true,\"definition\":"
     "[\"{\\\"TokenLifetimePolicy\\\":{\\\"Version\\\":1,\\\"MaxAgeMultiFactor\\\":"
     "\\\"until-revoked\\\"}}\"]}",
     ""},
    {"single members, lengths in days and hours",
     "token-policy new --display-name D --lifetime MaxInactiveTime=14d --lifetime "
     "AccessTokenLifetime=8h --lifetime MaxAgeSingleFactor=until-revoked",
     NULL, NULL,
     "{\"displayName\":\"D\",\"definition\":[\"{\\\"TokenLifetimePolicy\\\":{\\\"Version\\\":1,"
     "\\\"MaxInactiveTime\\\":\\\"14.00:00:00\\\",\\\"AccessTokenLifetime\\\":\\\"08:00:00\\\","
     "\\\"MaxAgeSingleFactor\\\":\\\"until-revoked\\\"}}\"]}",
     ""},
    {"a whole policy out of a file", "token-policy create -f p.json",
     "{\"displayName\":\"F\",\"definition\":[\"{\\\"TokenLifetimePolicy\\\":{\\\"Version\\\":1}}\"]"
     ","
     "\"isOrganizationDefault\":false}",
     NULL,
     "{\"displayName\":\"F\",\"isOrganizationDefault\":false,\"definition\":"
     "[\"{\\\"TokenLifetimePolicy\\\":{\\\"Version\\\":1}}\"]}",
     ""},
    {"an update names what it loses",
     "token-policy update " ID " --lifetime MaxAgeSessionMultiFactor=14d", NULL,
     "{\"definition\":[\"{\\\"TokenLifetimePolicy\\\":{\\\"Version\\\":1,\\\"MaxInactiveTime\\\":"
     "\\\"90.00:00:00\\\"}}\"]}",
     "{\"definition\":[\"{\\\"TokenLifetimePolicy\\\":{\\\"Version\\\":1,"
     "\\\"MaxAgeSessionMultiFactor\\\":\\\"14.00:00:00\\\"}}\"]}",
     "warning: MaxInactiveTime=90.00:00:00 is not in the new definition and is lost (--merge keeps "
     "it)\n"},
    {"--merge keeps it", "token-policy set " ID " --merge --lifetime MaxAgeSessionMultiFactor=14d",
     NULL,
     "{\"definition\":[\"{\\\"TokenLifetimePolicy\\\":{\\\"Version\\\":1,\\\"MaxInactiveTime\\\":"
     "\\\"90.00:00:00\\\"}}\"]}",
     "{\"definition\":[\"{\\\"TokenLifetimePolicy\\\":{\\\"Version\\\":1,"
     "\\\"MaxAgeSessionMultiFactor\\\":\\\"14.00:00:00\\\",\\\"MaxInactiveTime\\\":"
     "\\\"90.00:00:00\\\"}}\"]}",
     ""},
    {"a new name needs no definition", "token-policy update " ID " --display-name E", NULL, NULL,
     "{\"displayName\":\"E\"}", ""},
};

static void check_row(struct hg_arena *arena, size_t i)
{
    struct cli_file file = {.name = HG_STR("p.json")};
    struct cli_inputs inputs = {.base_url = HG_STR("https://localhost"), .files = &file};
    struct cli_problem problem = {0};
    struct cli_request request;
    if (rows[i].file != NULL) {
        file.value = json_of(arena, rows[i].file);
        inputs.n_files = 1;
    }
    struct cli_call call = call_of(arena, rows[i].line);
    struct cli_online *online = cli_online_new(arena, &call, &inputs, &problem);
    if (online == NULL)
        fail_msg("%s: %.*s", rows[i].name, HG_ARG(problem.message));
    assert_true(cli_online_next(online, &request));
    if (rows[i].stored != NULL) {
        struct hg_json stored = json_of(arena, rows[i].stored);
        test_str_eq(rows[i].name, request.target, HG_STR(ROUTE "/" ID));
        test_str_eq(rows[i].name, request.method, HG_STR("GET"));
        assert_true(cli_online_answer(online, 200, &stored, &problem));
        assert_true(cli_online_next(online, &request));
    }
    test_str_eq(rows[i].name, request.body, hg_str_of(rows[i].body));
    test_str_eq(rows[i].name, cli_online_note(online), hg_str_of(rows[i].note));
}

static void definitions_are_written_merged_and_compared(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        check_row(arena, i);
    }
}

static const struct {
    const char *name;
    const char *line;
    const char *message, *why;
} refusals[] = {
    {"one brace too many, as in the document",
     "token-policy create --display-name D --definition "
     "{\"TokenLifetimePolicy\":{\"Version\":1}}}",
     "the definition is not valid JSON: line 1, column 38: text after the end of the value",
     "There is one closing brace too many."},
    {"one brace missing", "token-policy create --display-name D --definition {\"a\":{}",
     "the definition is not valid JSON: line 1, column 8: expected ',' or '}'",
     "One closing brace is missing."},
    {"no object", "token-policy create --display-name D --definition 1",
     "the definition is no JSON object", ""},
    {"a member without value", "token-policy create --display-name D --lifetime MaxInactiveTime",
     "--lifetime MaxInactiveTime", ""},
    {"no name", "token-policy create --lifetime MaxInactiveTime=1d",
     "a new policy needs --display-name", ""},
    {"nothing to change", "token-policy update " ID,
     "'token-policy update' was not told what to change", ""},
};

static void bad_definitions_are_refused_before_any_request(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct cli_inputs inputs = {.base_url = HG_STR("https://localhost")};
    for (size_t i = 0; i < HG_COUNT(refusals); i++) {
        struct cli_call call = call_of(arena, refusals[i].line);
        struct cli_problem problem = {0};
        if (cli_online_new(arena, &call, &inputs, &problem) != NULL)
            fail_msg("%s", refusals[i].name);
        assert_int_equal(problem.exit, CLI_EXIT_USAGE);
        test_str_eq(refusals[i].name, problem.message, hg_str_of(refusals[i].message));
        test_str_eq(refusals[i].name, problem.why, hg_str_of(refusals[i].why));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definitions_are_written_merged_and_compared),
        cmocka_unit_test(bad_definitions_are_refused_before_any_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
