#include "base/base.h"
#include "policy/document.h"
#include "unit/test.h"

#define POLICY(state, grant)                                                                  \
    "{\"id\":\"p\",\"displayName\":\"P\",\"state\":\"" state "\",\"conditions\":{\"users\":{" \
    "\"includeUsers\":[\"All\"]},\"applications\":{\"includeApplications\":[\"All\"]}},"      \
    "\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"" grant "\"]}}"
#define DETAILS                                                                   \
    "{\"conditions\":{\"users\":{\"includeUsers\":[\"All\"]},\"applications\":{"  \
    "\"includeApplications\":[\"All\"]}},\"grantControls\":{\"operator\":\"OR\"," \
    "\"builtInControls\":[\"mfa\"]}}"

static const struct {
    const char *name, *json;
    const char *want; /* kind:ok of each row */
    const char *path; /* of the first fault of the last row, or NULL */
} rows[] = {
    {"one policy", POLICY("enabled", "mfa"), "policy:ok", NULL},
    {"an array", "[" POLICY("enabled", "mfa") "," POLICY("enabled", "moon") "]",
     "policy:ok policy:no", "[1].grantControls.builtInControls"},
    {"a list of Graph", "{\"value\":[" POLICY("enabled", "mfa") "]}", "policy:ok", NULL},
    {"PascalCase",
     "{\"DisplayName\":\"P\",\"State\":\"Enabled\",\"Conditions\":{\"Users\":{"
     "\"IncludeUsers\":[\"All\"]},\"Applications\":{\"IncludeApplications\":[\"All\"]"
     "}},\"GrantControls\":{\"Operator\":\"OR\",\"BuiltInControls\":[\"Mfa\"]}}",
     "policy:ok", NULL},
    {"a template", "{\"id\":\"t\",\"name\":\"T\",\"details\":" DETAILS "}", "template:ok", NULL},
    {"a wrapped export", "{\"ExportDate\":\"x\",\"PolicyConfig\":" POLICY("on", "mfa") "}",
     "policy:no", "PolicyConfig.state"},
    {"an exchange",
     "{\"request\":{\"body\":" POLICY(
         "enabled", "mfa") "},\"response\":{\"body\":{"
                           "\"value\":[{\"displayName\":\"HQ\",\"ipRanges\":[{\"cidrAddress\":"
                           "\"10.0.0.0/4\"}]}]}}}",
     "policy:ok namedLocation:no", "response.body.value[0].ipRanges[0]"},
    {"an exchange without bodies", "{\"request\":{\"method\":\"DELETE\"}}", "exchange:ok", NULL},
    {"a strength", "{\"displayName\":\"S\",\"allowedCombinations\":[\"password,sms\",\"fido\"]}",
     "authenticationStrength:no", "allowedCombinations"},
    {"a group", "{\"displayName\":\"G\",\"groupTypes\":[]}", "group:ok", NULL},
    {"something else", "{\"a\":1,\"b\":2}", "unknown:no", ""},
    {"no object", "17", "unknown:no", ""},
    {"an empty list", "[]", "", NULL},
};

static hg_str summary(struct hg_arena *arena, const struct policy_document_row *items, size_t n)
{
    struct hg_buf buf = hg_buf_new(arena, 1024);
    for (size_t i = 0; i < n; i++)
        hg_buf_format(&buf, "%s%s:%s", i == 0 ? "" : " ", items[i].kind, items[i].ok ? "ok" : "no");
    return hg_buf_view(&buf);
}

static void documents_are_judged_object_by_object(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct hg_json json;
        const struct policy_document_row *items;
        size_t n;
        assert_int_equal(hg_json_parse(arena, hg_str_of(rows[i].json), HG_JSON_STRICT, &hg_json_api,
                                       &json, NULL),
                         HG_OK);
        assert_int_equal(policy_document_validate(arena, &json, &items, &n, NULL), HG_OK);
        test_str_eq(rows[i].name, summary(arena, items, n), hg_str_of(rows[i].want));
        if (rows[i].path != NULL)
            test_str_eq(rows[i].name, items[n - 1].faults.items[0].path, hg_str_of(rows[i].path));
    }
}

static void a_row_is_written_as_the_command_prints_it(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct policy_fault faults[] = {{HG_LIT("1064"), HG_LIT("1064: m"), HG_LIT("a"), false},
                                          {HG_LIT("1011"), HG_LIT("1011: w"), HG_LIT("b"), true}};
    const struct policy_document_row row = {.index = 2,
                                            .kind = "policy",
                                            .id = HG_STR("p"),
                                            .display_name = HG_STR("P"),
                                            .faults = {faults, 2}};
    struct hg_json json = policy_document_row_json(arena, HG_STR("f.json"), &row);
    hg_str text;
    assert_int_equal(hg_json_render(arena, &json, &text, NULL), HG_OK);
    test_str_eq("the line", text,
                HG_STR("{\"file\":\"f.json\",\"index\":2,\"kind\":\"policy\",\"id\":\"p\","
                       "\"displayName\":\"P\",\"ok\":false,\"errors\":[{\"code\":\"1064\",\"path\":"
                       "\"a\",\"message\":\"1064: m\"}],\"warnings\":[{\"code\":\"1011\",\"path\":"
                       "\"b\",\"message\":\"1011: w\"}]}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_judged_object_by_object),
        cmocka_unit_test(a_row_is_written_as_the_command_prints_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
