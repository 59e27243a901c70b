#include "base/base.h"
#include "policy/policy.h"
#include "unit/test.h"

/* Authentication strengths as objects of a tenant (conditional-access.md 1.5). */

#define OWN "\"id\":\"12345678-0000-4000-8000-000000000001\",\"displayName\":\"Own\","
#define FIDO2(applies, aaguids)                                            \
    "{\"@odata.type\":\"#microsoft.graph.fido2CombinationConfiguration\"," \
    "\"appliesToCombinations\":[" applies "],\"allowedAAGUIDs\":[" aaguids "]}"
#define X509(applies, skis, oids)                                                    \
    "{\"@odata.type\":\"#microsoft.graph.x509CertificateCombinationConfiguration\"," \
    "\"appliesToCombinations\":[" applies "],\"allowedIssuerSkis\":[" skis           \
    "],\"allowedPolicyOIDs\":[" oids "]}"
#define WITH(combinations, configurations)           \
    "{" OWN "\"allowedCombinations\":[" combinations \
    "],\"combinationConfigurations\":[" configurations "]}"

static const struct {
    const char *name, *json;
    const char *code, *path, *text; /* of the first fault; NULL: none */
    bool is_warning;
} rows[] = {
    {"combinations in any order and letter case",
     "{" OWN "\"allowedCombinations\":[\"SMS, password\",\"fido2\"]}", NULL, NULL, NULL, false},
    {"limits of passkeys and certificates",
     WITH("\"fido2\",\"x509CertificateMultiFactor\"",
          FIDO2("\"FIDO2\"", "\"a\"") "," X509("\"x509CertificateMultiFactor\"", "\"b\"", "")),
     NULL, NULL, NULL, false},
    {"a method that does not exist", "{" OWN "\"allowedCombinations\":[\"password,pager\"]}",
     "1007", "allowedCombinations", "'password,pager' is no combination", false},
    {"no combination", "{" OWN "\"allowedCombinations\":[]}", "1032", "allowedCombinations",
     "at least one", false},
    {"no name", "{\"allowedCombinations\":[\"fido2\"]}", "1007", "displayName", "required", false},
    {"an unknown member", "{" OWN "\"allowedCombinations\":[\"fido2\"],\"rank\":1}", "1007", "rank",
     "unknown member 'rank'", false},
    {"an unknown member of a limit",
     WITH("\"fido2\"",
          "{\"appliesToCombinations\":[\"fido2\"],\"allowedAAGUIDs\":[\"a\"],\"x\":1}"),
     "1007", "combinationConfigurations[0].x", "unknown member", false},
    {"a code by mail", "{" OWN "\"allowedCombinations\":[\"password,email\"]}", "1032",
     "allowedCombinations", "never met", true},
    {"a limit of a combination that is not allowed",
     WITH("\"password,sms\"", FIDO2("\"fido2\"", "\"a\"")), "1032", "combinationConfigurations[0]",
     "'fido2' is not in allowedCombinations", false},
    {"a limit of passkeys on a combination without one",
     WITH("\"password,sms\"", FIDO2("\"sms,password\"", "\"a\"")), "1032",
     "combinationConfigurations[0]", "'password,sms' has no fido2", false},
    {"a limit of certificates on a passkey", WITH("\"fido2\"", X509("\"fido2\"", "\"a\"", "")),
     "1032", "combinationConfigurations[0]", "'fido2' has no certificate", false},
    {"a limit of nothing", WITH("\"fido2\"", FIDO2("", "\"a\"")), "1032",
     "combinationConfigurations[0]", "names no combination", false},
    {"a limit that lists no passkey", WITH("\"fido2\"", FIDO2("\"fido2\"", "")), "1032",
     "combinationConfigurations[0]", "name allowedAAGUIDs", false},
    {"a limit that lists neither issuers nor policies",
     WITH("\"x509CertificateMultiFactor\"", X509("\"x509CertificateMultiFactor\"", "", "")), "1032",
     "combinationConfigurations[0]", "allowedIssuerSkis", false},
    {"a limit of both kinds",
     WITH("\"fido2\"", "{\"appliesToCombinations\":[\"fido2\"],\"allowedAAGUIDs\":[\"a\"],"
                       "\"allowedIssuerSkis\":[\"b\"]}"),
     "1032", "combinationConfigurations[0]", "two configurations", false},
};

static struct hg_json parse(struct hg_arena *arena, const char *text)
{
    struct hg_json json;
    struct hg_err err;
    if (hg_json_parse(arena, hg_str_of(text), HG_JSON_STRICT, &hg_json_api, &json, &err) != HG_OK)
        fail_msg("%s: %s", text, err.detail);
    return json;
}

static hg_str render(struct hg_arena *arena, const struct hg_json *json)
{
    hg_str text;
    assert_int_equal(hg_json_render(arena, json, &text, NULL), HG_OK);
    return text;
}

static void strengths_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        const struct policy_strength *strength = NULL;
        struct policy_faults faults = {0};
        struct hg_json json = parse(arena, rows[i].json);
        bool refused = rows[i].code != NULL && !rows[i].is_warning;
        if (policy_strength_parse(arena, &json, &strength, &faults, NULL) !=
                (refused ? HG_MALFORMED : HG_OK) ||
            (strength == NULL) != refused || (faults.n == 0) != (rows[i].code == NULL))
            fail_msg("%s: %zu faults", rows[i].name, faults.n);
        if (faults.n == 0)
            continue;
        const struct policy_fault *fault = &faults.items[0];
        test_str_eq(rows[i].name, fault->code, hg_str_of(rows[i].code));
        test_str_eq(rows[i].name, fault->path, hg_str_of(rows[i].path));
        assert_int_equal(fault->is_warning, rows[i].is_warning);
        if (hg_str_find(fault->message, hg_str_of(rows[i].text)) == HG_NPOS)
            fail_msg("%s: %.*s", rows[i].name, HG_ARG(fault->message));
    }
}

static const char sent[] =
    "{\"Id\":\"12345678-0000-4000-8000-000000000001\",\"displayName\":\"Own\","
    "\"allowedCombinations\":["
    "\"SMS, password\",\"fido2\"],\"combinationConfigurations\":[{\"allowedAAGUIDs\":[\"a\"],"
    "\"appliesToCombinations\":[\"FIDO2\"]}],\"policyType\":\"Custom\"}";
static const char canonical[] =
    "{\"id\":\"12345678-0000-4000-8000-000000000001\",\"createdDateTime\":null,"
    "\"modifiedDateTime\":null,\"displayName\":\"Own\",\"description\":null,\"policyType\":"
    "\"custom\",\"requirementsSatisfied\":\"mfa\",\"allowedCombinations\":[\"password,sms\","
    "\"fido2\"],\"combinationConfigurations\":[{\"@odata.type\":"
    "\"#microsoft.graph.fido2CombinationConfiguration\",\"id\":null,\"appliesToCombinations\":["
    "\"fido2\"],\"allowedAAGUIDs\":[\"a\"]}]}";

static void a_strength_is_written_as_graph_writes_it(void **state)
{
    (void)state;
    static const char *const texts[] = {sent, canonical};
    for (size_t i = 0; i < HG_COUNT(texts); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct hg_json json = parse(arena, texts[i]);
        struct hg_json out = policy_strength_canonical(arena, &json, POLICY_SHAPE_V1);
        test_str_eq(texts[i], render(arena, &out), hg_str_of(canonical));
    }
}

static void a_strength_with_one_weak_combination_satisfies_no_mfa(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json = parse(arena, "{" OWN "\"allowedCombinations\":[\"fido2\",\"password\"]}");
    struct hg_json out = policy_strength_canonical(arena, &json, POLICY_SHAPE_V1);
    test_str_eq("requirements",
                hg_json_str_or(hg_json_get(&out, "requirementsSatisfied"), HG_STR("")),
                HG_STR("none"));
}

static void the_built_in_strengths_are_three(void **state)
{
    (void)state;
    static const struct {
        const char *id, *name;
        size_t n;
    } wants[] = {
        {"00000000-0000-0000-0000-000000000002", "Multifactor authentication", 19},
        {"00000000-0000-0000-0000-000000000003", "Passwordless MFA", 4},
        {"00000000-0000-0000-0000-000000000004", "Phishing-resistant MFA", 3},
    };
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    assert_null(policy_strength_builtin_at(HG_COUNT(wants)));
    for (size_t i = 0; i < HG_COUNT(wants); i++) {
        const struct policy_strength *strength = policy_strength_builtin_at(i);
        struct hg_json json = policy_strength_json(arena, strength, POLICY_SHAPE_V1);
        test_str_eq("the id", policy_strength_id(strength), hg_str_of(wants[i].id));
        test_str_eq("its name", policy_strength_name(strength), hg_str_of(wants[i].name));
        test_str_eq("built in", hg_json_str_or(hg_json_get(&json, "policyType"), HG_STR("")),
                    HG_STR("builtIn"));
        assert_int_equal(hg_json_count(hg_json_get(&json, "allowedCombinations")), wants[i].n);
    }
}

/* "On read expanded inline": by the record of today, not by what was once sent. */
static void a_policy_that_is_read_says_what_its_strength_allows_now(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct policy_faults faults;
    const struct policy_strength *own;
    struct hg_json json = parse(arena, canonical);
    assert_int_equal(policy_strength_parse(arena, &json, &own, &faults, NULL), HG_OK);
    const struct policy_source there = {.strengths = &own, .n_strengths = 1};
    static const struct {
        const char *name, *last;
        size_t n;
    } cases[] = {{"there is a record", "1", 2}, {"there is none", "2", 1}};
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        hg_str text = hg_str_format(
            arena,
            "{\"displayName\":\"P\",\"grantControls\":{\"operator\":\"OR\","
            "\"authenticationStrength\":{\"id\":\"12345678-0000-4000-8000-00000000000%s\","
            "\"allowedCombinations\":[\"sms\"]}}}",
            cases[i].last);
        json = parse(arena, hg_str_z(arena, text));
        struct hg_json stored = policy_rule_canonical(arena, &json, POLICY_SHAPE_BETA);
        struct hg_json read = policy_rule_expanded(arena, &stored, &there);
        const struct hg_json *allowed =
            hg_json_path(&read, "grantControls.authenticationStrength.allowedCombinations");
        if (hg_json_count(allowed) != cases[i].n)
            fail_msg("%s: %zu combinations", cases[i].name, hg_json_count(allowed));
        assert_int_equal(hg_json_count(hg_json_path(
                             &stored, "grantControls.authenticationStrength.allowedCombinations")),
                         1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strengths_are_checked),
        cmocka_unit_test(a_strength_is_written_as_graph_writes_it),
        cmocka_unit_test(a_strength_with_one_weak_combination_satisfies_no_mfa),
        cmocka_unit_test(the_built_in_strengths_are_three),
        cmocka_unit_test(a_policy_that_is_read_says_what_its_strength_allows_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
