#include "base/base.h"
#include "policy/policy.h"
#include "policy/what_if.h"
#include "unit/policy/world.h"
#include "unit/test.h"

/* The body of evaluate and its answer, and the sentence of a verdict. Which conditions
 * hold is in tests/cases/policy. */

#define EXCHANGE "00000002-0000-0ff1-ce00-000000000000"
#define WHO "\"signInIdentity\":{\"@odata.type\":\"#microsoft.graph.userSignIn\",\"userId\":\"u1\"}"
#define WHAT                                                                      \
    "\"signInContext\":{\"@odata.type\":\"#microsoft.graph.applicationContext\"," \
    "\"includeApplications\":[\"" EXCHANGE "\"]}"

static struct hg_json parse(struct hg_arena *arena, const char *text)
{
    struct hg_json json;
    struct hg_err err;
    if (hg_json_parse(arena, hg_str_of(text), HG_JSON_STRICT, &hg_json_api, &json, &err) != HG_OK)
        fail_msg("%s: %s", text, err.detail);
    return json;
}

static const struct policy_what_if *read(struct hg_arena *arena, const char *text)
{
    struct hg_json json = parse(arena, text);
    const struct policy_what_if *out = NULL;
    struct policy_faults faults;
    struct hg_err err;
    if (policy_what_if_parse(arena, &json, &out, &faults, &err) != HG_OK)
        fail_msg("%s: %s", text, err.detail);
    return out;
}

static void a_body_becomes_facts(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct policy_what_if *all = read(
        arena,
        "{" WHO "," WHAT ",\"signInConditions\":{\"devicePlatform\":\"Android\",\"clientAppType\":"
        "\"browser\",\"signInRiskLevel\":\"high\",\"userRiskLevel\":\"none\","
        "\"servicePrincipalRiskLevel\":\"low\",\"country\":\"SI\",\"ipAddress\":\"203.0.113.9\","
        "\"insiderRiskLevel\":\"elevated\",\"authenticationFlow\":{\"transferMethod\":"
        "\"deviceCodeFlow\"},\"deviceInfo\":{\"isCompliant\":true,\"ownership\":\"Company\","
        "\"extensionAttribute15\":\"SAW\",\"physicalIds\":[\"[ZTDId]:a\"]}},"
        "\"appliedPoliciesOnly\":true}");
    const struct policy_facts *facts = &all->facts;
    test_str_eq("the user", all->user, HG_STR("u1"));
    assert_int_equal(facts->n_resources, 1);
    test_str_eq("the application", facts->resources[0], HG_STR(EXCHANGE));
    assert_int_equal(facts->platform, MODEL_PLATFORM_ANDROID);
    assert_int_equal(facts->client_app_type, MODEL_CLIENT_BROWSER);
    assert_int_equal(facts->signin_risk, POLICY_RISK_HIGH);
    assert_int_equal(facts->user_risk, POLICY_RISK_NONE);
    assert_int_equal(all->workload_risk, POLICY_RISK_LOW);
    assert_int_equal(facts->insider_risk, POLICY_INSIDER_ELEVATED);
    assert_int_equal(facts->flow_origin, MODEL_ORIGIN_DEVICE_CODE);
    test_str_eq("the country", facts->network.country, HG_STR("SI"));
    test_str_eq("the address", hg_ip_text(arena, facts->network.ip), HG_STR("203.0.113.9"));
    assert_true(facts->device->is_present && facts->device->is_compliant);
    test_str_eq("ownership", facts->device->ownership, HG_STR("Company"));
    test_str_eq("the last attribute", facts->device->extension[14], HG_STR("SAW"));
    test_str_eq("a list", facts->device->physical_ids[0], HG_STR("[ZTDId]:a"));
    assert_true(all->applied_only && facts->is_what_if);
    assert_int_equal(facts->stated, 0x1ff);
    assert_int_equal(facts->invalid, 0);
}

static void what_is_not_said_is_not_stated(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct policy_what_if *bare = read(
        arena, "{\"signInIdentity\":{\"servicePrincipalId\":\"s1\"},\"signInContext\":{"
               "\"userAction\":\"registerOrJoinDevices\"},\"signInConditions\":{\"devicePlatform\":"
               "\"all\",\"clientAppType\":null}}");
    test_str_eq("the service principal", bare->service_principal, HG_STR("s1"));
    test_str_eq("the action", bare->facts.user_action, HG_STR("urn:user:registerdevice"));
    assert_int_equal(bare->facts.stated, 0);
    assert_false(bare->facts.device->is_present || bare->applied_only);
    const struct policy_what_if *context =
        read(arena, "{" WHO ",\"signInContext\":{\"authenticationContextValue\":\"c37\"},"
                    "\"signInConditions\":{\"ipAddress\":\"here\"}}");
    assert_int_equal(context->facts.n_auth_contexts, 1);
    test_str_eq("the context", context->facts.auth_contexts[0], HG_STR("c37"));
    assert_int_equal(context->facts.invalid, POLICY_STATED_PLACE);
}

static void a_body_that_cannot_be_judged_says_where(void **state)
{
    (void)state;
    static const struct {
        const char *body, *want;
    } rows[] = {
        {"{" WHAT ",\"signInConditions\":{}}", "signInIdentity"},
        {"{\"signInIdentity\":{\"userId\":\"u\",\"servicePrincipalId\":\"s\"}," WHAT
         ",\"signInConditions\":{}}",
         "signInIdentity"},
        {"{" WHO ",\"signInConditions\":{}}", "signInContext"},
        {"{" WHO "," WHAT "}", "signInConditions"},
        {"{" WHO "," WHAT ",\"signInConditions\":{\"devicePlatform\":\"windos\"}}",
         "signInConditions.devicePlatform"},
        {"{" WHO "," WHAT ",\"signInConditions\":{\"deviceInfo\":{\"deviceOwnership\":\"x\"}}}",
         "signInConditions.deviceInfo.deviceOwnership"},
        {"{" WHO "," WHAT ",\"signInConditions\":{\"ipAddress\":7}}", "signInConditions.ipAddress"},
        {"{" WHO "," WHAT ",\"signInConditions\":{},\"only\":true}", "only"},
        {"{\"signInIdentity\":{\"userId\":\"u\",\"externalUserType\":"
         "\"internalGuest,serviceProvider\"}," WHAT ",\"signInConditions\":{}}",
         "signInIdentity.externalUserType"},
        {"[]", "the body"},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct hg_json json = parse(arena, rows[i].body);
        const struct policy_what_if *out = NULL;
        struct policy_faults faults = {0};
        assert_int_equal(policy_what_if_parse(arena, &json, &out, &faults, NULL), HG_MALFORMED);
        assert_true(faults.n > 0);
        test_str_eq(rows[i].body, faults.items[0].path, hg_str_of(rows[i].want));
    }
}

/* --- The answer ---------------------------------------------------------------------- */

static const char policies_text[] =
    "[{\"id\":\"p0\",\"displayName\":\"Mail\",\"state\":\"enabled\",\"conditions\":{\"users\":{"
    "\"includeUsers\":[\"all\"]},\"applications\":{\"includeApplications\":[\"" EXCHANGE "\"]}},"
    "\"grantControls\":{\"operator\":\"or\",\"builtInControls\":[\"mfa\"]}},"
    "{\"id\":\"p1\",\"displayName\":\"Risk\",\"state\":\"enabled\",\"conditions\":{\"users\":{"
    "\"includeUsers\":[\"All\"]},\"applications\":{\"includeApplications\":[\"All\"]},"
    "\"signInRiskLevels\":[\"high\"]},\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":["
    "\"block\"]}}]";

static void the_answer_is_the_policies_and_why(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json policies = parse(arena, policies_text);
    const struct policy_rule *rules[2];
    struct policy_faults faults;
    const struct policy_set *set;
    const struct policy_resolved *resolved;
    for (size_t i = 0; i < HG_COUNT(rules); i++)
        assert_int_equal(policy_rule_parse(arena, hg_json_item(&policies, i), POLICY_PARSE_STRICT,
                                           &rules[i], &faults, NULL),
                         HG_OK);
    const struct policy_source source = {.rules = rules, .n_rules = HG_COUNT(rules)};
    const struct model_user user = {.id = HG_STR("u1")};
    struct policy_facts facts = read(arena, "{" WHO "," WHAT ",\"signInConditions\":{}}")->facts;
    facts.user = &user;
    assert_int_equal(policy_compile(arena, &source, &set, NULL), HG_OK);
    assert_int_equal(policy_resolve(arena, set, &facts, &resolved, NULL), HG_OK);

    struct hg_json all =
        policy_what_if_json(arena, set, resolved, policies.array.items, POLICY_SHAPE_BETA, false);
    assert_int_equal(hg_json_count(&all), 2);
    const struct hg_json *mail = hg_json_item(&all, 0);
    test_str_eq("canonical",
                hg_json_str_or(hg_json_path(mail, "grantControls.operator"), HG_STR("")),
                HG_STR("OR"));
    test_str_eq("it applies", hg_json_str_or(hg_json_get(mail, "analysisReasons"), HG_STR("")),
                HG_STR("notSet"));
    assert_true(hg_json_bool_or(hg_json_get(mail, "policyApplies"), false));
    test_str_eq("T79 the risk was not said",
                hg_json_str_or(hg_json_get(hg_json_item(&all, 1), "analysisReasons"), HG_STR("")),
                HG_STR("signInRisk"));
    /* T82: those that apply alone */
    all = policy_what_if_json(arena, set, resolved, policies.array.items, POLICY_SHAPE_BETA, true);
    assert_int_equal(hg_json_count(&all), 1);
}

/* --- The sentence -------------------------------------------------------------------- */

#define POLICY(name, state, narrow, controls)                                      \
    "{\"id\":\"" name "\",\"displayName\":\"" name "\",\"state\":\"" state         \
    "\",\"conditions\":{\"users\":{\"includeUsers\":[\"All\"]},\"applications\":{" \
    "\"includeApplications\":[\"All\"]}" narrow "}," controls "}"
#define GRANT(operator, ...) \
    "\"grantControls\":{\"operator\":\"" operator"\",\"builtInControls\":[" __VA_ARGS__ "]}"
#define BLOCK GRANT("OR", "\"block\"")
#define BOTH GRANT("AND", "\"mfa\",\"compliantDevice\"")

static void a_verdict_is_told_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *policies, *facts, *want, *more;
    } rows[] = {
        {"", "\"clientAppType\":\"browser\"", "Allowed: no enabled policy applies."},
        {"", "\"clientAppType\":\"other\"", "Blocked by security defaults (AADSTS530035).",
         ",\"settings\":{\"securityDefaults\":true}"},
        {"", "\"clientAppType\":\"browser\",\"user\":{\"id\":\"u1\",\"perUserMfa\":\"enforced\"}",
         "Not yet allowed (AADSTS50079): the user's own MFA state needs MFA."},
        {POLICY("Block legacy", "enabled", ",\"clientAppTypes\":[\"other\"]",
                BLOCK) "," POLICY("B", "enabled", "", BLOCK),
         "\"clientAppType\":\"other\"",
         "Blocked by 'Block legacy' and 1 more (AADSTS53003): clientAppTypes is other."},
        {POLICY("All of it", "enabled", "", BLOCK), "\"clientAppType\":\"browser\"",
         "Blocked by 'All of it' (AADSTS53003): it is for All users at All resources."},
        {POLICY("M", "enabled", "", BOTH), "\"clientAppType\":\"other\"",
         "Blocked by 'M' (AADSTS53003): this sign-in cannot come by MFA and a compliant device."},
        {POLICY("M", "enabled", "", BOTH), "\"clientAppType\":\"browser\",\"isInteractive\":true",
         "Not yet allowed (AADSTS50079): 'M' needs MFA and a compliant device."},
        {POLICY("M", "enabled", "",
                BOTH ",\"sessionControls\":{\"signInFrequency\":{\"isEnabled\":true,\"value\":1,"
                     "\"type\":\"hours\"}}"),
         "\"clientAppType\":\"browser\",\"mfa\":true,\"device\":{\"isCompliant\":true}",
         "Allowed after MFA and a compliant device; the session ends after 1 hour."},
        {POLICY("M", "enabled", "", GRANT("OR", "\"mfa\",\"compliantDevice\"")) "," POLICY(
             "Trial", "enabledForReportingButNotEnforced", "", BLOCK),
         "\"clientAppType\":\"browser\",\"device\":{\"isCompliant\":true}",
         "Allowed after a compliant device; enforced, 'Trial' would refuse."},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct world world;
        struct policy_verdict verdict;
        struct hg_err err;
        bool has_user = hg_str_find(hg_str_of(rows[i].facts), HG_STR("\"user\"")) != HG_NPOS;
        const char *who = has_user ? "" : "\"user\":{\"id\":\"u1\"},";
        struct hg_json json = parse(
            arena, hg_str_z(arena, hg_str_format(arena,
                                                 "{\"policies\":[%s],\"facts\":{%s\"resources\":["
                                                 "\"r\"],%s}%s}",
                                                 rows[i].policies, who, rows[i].facts,
                                                 rows[i].more == NULL ? "" : rows[i].more)));
        if (world_read(arena, &json, &world, &err) != HG_OK)
            fail_msg("%s: %s", rows[i].want, err.detail);
        assert_int_equal(policy_judge(arena, world.set, &world.facts, true, &verdict, NULL), HG_OK);
        test_str_eq(rows[i].want, policy_verdict_sentence(arena, &verdict),
                    hg_str_of(rows[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_becomes_facts),
        cmocka_unit_test(what_is_not_said_is_not_stated),
        cmocka_unit_test(a_body_that_cannot_be_judged_says_where),
        cmocka_unit_test(the_answer_is_the_policies_and_why),
        cmocka_unit_test(a_verdict_is_told_in_one_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
