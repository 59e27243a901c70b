#include "base/base.h"
#include "policy/policy.h"
#include "unit/test.h"

/* The shapes of conditional-access.md 1.7, whatever way a policy was written. */

static struct hg_json parse(struct hg_arena *arena, const char *text)
{
    struct hg_json json;
    struct hg_err err;
    if (hg_json_parse(arena, hg_str_of(text), HG_JSON_STRICT, &hg_json_api, &json, &err) != HG_OK)
        fail_msg("%s", err.detail);
    return json;
}

static hg_str render(struct hg_arena *arena, const struct hg_json *json)
{
    hg_str text;
    assert_int_equal(hg_json_render(arena, json, &text, NULL), HG_OK);
    return text;
}

static const char pascal[] =
    "{\"DisplayName\":\"MFA\",\"State\":\"Enabled\",\"Conditions\":{\"Users\":{\"IncludeUsers\":"
    "[\"all\"],\"includeGuestsOrExternalUsers\":{\"guestOrExternalUserTypes\":\"InternalGuest, "
    "b2bcollaborationguest\",\"externalTenants\":{\"@odata.type\":"
    "\"#microsoft.graph.conditionalAccessAllExternalTenants\"}}},\"Applications\":{"
    "\"IncludeApplications\":[\"office365\"]},\"ClientAppTypes\":[\"Modern\",\"BROWSER\"],"
    "\"times\":null},\"GrantControls\":{\"Operator\":\"or\",\"BuiltInControls\":[\"Mfa\"]}}";

static const char v1[] =
    "{\"id\":null,\"templateId\":null,\"displayName\":\"MFA\",\"description\":null,"
    "\"createdDateTime\":null,\"modifiedDateTime\":null,\"deletedDateTime\":null,\"state\":"
    "\"enabled\",\"sessionControls\":null,\"conditions\":{\"userRiskLevels\":[],"
    "\"signInRiskLevels\":[],\"clientAppTypes\":[\"mobileAppsAndDesktopClients\",\"browser\"],"
    "\"servicePrincipalRiskLevels\":[],\"insiderRiskLevels\":null,\"platforms\":null,"
    "\"locations\":null,\"devices\":null,\"clientApplications\":null,\"authenticationFlows\":null,"
    "\"applications\":{\"includeApplications\":[\"Office365\"],\"excludeApplications\":[],"
    "\"includeUserActions\":[],\"includeAuthenticationContextClassReferences\":[],"
    "\"applicationFilter\":null},\"users\":{\"includeUsers\":[\"All\"],\"excludeUsers\":[],"
    "\"includeGroups\":[],\"excludeGroups\":[],\"includeRoles\":[],\"excludeRoles\":[],"
    "\"includeGuestsOrExternalUsers\":{\"guestOrExternalUserTypes\":"
    "\"internalGuest,b2bCollaborationGuest\",\"externalTenants\":{\"@odata.type\":"
    "\"#microsoft.graph.conditionalAccessAllExternalTenants\",\"membershipKind\":\"all\"}},"
    "\"excludeGuestsOrExternalUsers\":null}},\"grantControls\":{\"operator\":\"OR\","
    "\"builtInControls\":[\"mfa\"],\"customAuthenticationFactors\":[],\"termsOfUse\":[],"
    "\"authenticationStrength\":null}}";

static void every_member_is_there_in_its_order_and_letter_case(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json = parse(arena, pascal);
    struct hg_json canonical = policy_rule_canonical(arena, &json, POLICY_SHAPE_V1);
    test_str_eq("v1.0", render(arena, &canonical), hg_str_of(v1));
}

static void the_canonical_form_is_its_own(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json = parse(arena, v1);
    struct hg_json again = policy_rule_canonical(arena, &json, POLICY_SHAPE_V1);
    const struct policy_rule *rule;
    struct policy_faults faults;
    test_str_eq("again", render(arena, &again), hg_str_of(v1));
    assert_int_equal(policy_rule_parse(arena, &again, POLICY_PARSE_STRICT, &rule, &faults, NULL),
                     HG_OK);
}

static void beta_shows_what_only_beta_has(void **state)
{
    (void)state;
    static const char *const members[] = {
        "conditions.clients", "conditions.times", "conditions.deviceStates",
        "conditions.applications.networkAccess", "conditions.applications.globalSecureAccess"};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json = parse(arena, pascal);
    struct hg_json beta = policy_rule_canonical(arena, &json, POLICY_SHAPE_BETA);
    struct hg_json plain = policy_rule_canonical(arena, &json, POLICY_SHAPE_V1);
    for (size_t i = 0; i < HG_COUNT(members); i++) {
        if (!hg_json_is(hg_json_path(&beta, members[i]), HG_JSON_NULL))
            fail_msg("%s is not null in beta", members[i]);
        if (hg_json_path(&plain, members[i]) != NULL)
            fail_msg("%s is in v1.0", members[i]);
    }
}

/* Beta alone documents it; without it a policy would cover more. */
static void device_states_stay_in_every_shape(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json = parse(arena, "{\"conditions\":{\"deviceStates\":{\"includeStates\":["
                                       "\"all\"],\"excludeStates\":[\"compliant\"]}}}");
    for (int shape = POLICY_SHAPE_V1; shape <= POLICY_SHAPE_BETA; shape++) {
        struct hg_json canonical = policy_rule_canonical(arena, &json, (enum policy_shape)shape);
        test_str_eq("the states",
                    render(arena, hg_json_path(&canonical, "conditions.deviceStates")),
                    HG_STR("{\"includeStates\":[\"All\"],\"excludeStates\":[\"Compliant\"]}"));
    }
}

static void filters_are_written_as_objects_of_two(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json =
        parse(arena, "{\"conditions\":{\"applications\":{\"applicationFilter\":{\"Rule\":\"r\","
                     "\"mode\":\"Include\"}},\"clientApplications\":{\"servicePrincipalFilter\":{"
                     "\"mode\":\"EXCLUDE\",\"rule\":\"s\"}}}}");
    struct hg_json canonical = policy_rule_canonical(arena, &json, POLICY_SHAPE_V1);
    test_str_eq(
        "of applications",
        render(arena, hg_json_path(&canonical, "conditions.applications.applicationFilter")),
        HG_STR("{\"mode\":\"include\",\"rule\":\"r\"}"));
    test_str_eq("of service principals",
                render(arena, hg_json_path(&canonical,
                                           "conditions.clientApplications.servicePrincipalFilter")),
                HG_STR("{\"mode\":\"exclude\",\"rule\":\"s\"}"));
}

static void what_is_not_judged_stays(void **state)
{
    (void)state;
    static const char *const members[] = {"conditions.agents", "conditions.times",
                                          "conditions.devices.includeDevices",
                                          "conditions.futureThing"};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json =
        parse(arena, "{\"conditions\":{\"Agents\":{\"a\":1},\"times\":{\"a\":1},\"devices\":{"
                     "\"includeDevices\":[\"All\"]},\"futureThing\":true,\"nothing\":null}}");
    struct hg_json canonical = policy_rule_canonical(arena, &json, POLICY_SHAPE_V1);
    for (size_t i = 0; i < HG_COUNT(members); i++)
        if (hg_json_path(&canonical, members[i]) == NULL)
            fail_msg("%s is lost", members[i]);
    assert_null(hg_json_path(&canonical, "conditions.nothing"));
}

static void clients_that_are_not_narrowed_read_all(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json = parse(arena, "{\"conditions\":{\"users\":{\"includeUsers\":[\"All\"]}}}");
    struct hg_json canonical = policy_rule_canonical(arena, &json, POLICY_SHAPE_V1);
    const struct hg_json *clients = hg_json_path(&canonical, "conditions.clientAppTypes");
    test_str_eq("clients", render(arena, clients), HG_STR("[\"all\"]"));
}

static void a_built_in_strength_is_written_out(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json = parse(arena, "{\"grantControls\":{\"authenticationStrength\":{\"id\":"
                                       "\"00000000-0000-0000-0000-000000000004\"}}}");
    struct hg_json canonical = policy_rule_canonical(arena, &json, POLICY_SHAPE_V1);
    const struct hg_json *strength =
        hg_json_path(&canonical, "grantControls.authenticationStrength");
    test_str_eq("name", hg_json_str_or(hg_json_get(strength, "displayName"), HG_STR("")),
                HG_STR("Phishing-resistant MFA"));
    test_str_eq("combinations", render(arena, hg_json_get(strength, "allowedCombinations")),
                HG_STR("[\"windowsHelloForBusiness\",\"fido2\",\"x509CertificateMultiFactor\"]"));
}

static void a_location_is_written_by_its_kind(void **state)
{
    (void)state;
    static const struct {
        const char *name, *in, *want;
    } rows[] = {
        {"addresses",
         "{\"DisplayName\":\"HQ\",\"IpRanges\":[{\"CidrAddress\":\"203.0.113.0/24\"},{"
         "\"lowerAddress\":\"2001:db8::1\",\"upperAddress\":\"2001:db8::9\"}]}",
         "{\"@odata.type\":\"#microsoft.graph.ipNamedLocation\",\"id\":null,\"displayName\":\"HQ\","
         "\"createdDateTime\":null,\"modifiedDateTime\":null,\"isTrusted\":false,\"ipRanges\":[{"
         "\"@odata.type\":\"#microsoft.graph.iPv4CidrRange\",\"cidrAddress\":\"203.0.113.0/24\"},{"
         "\"@odata.type\":\"#microsoft.graph.iPv6Range\",\"lowerAddress\":\"2001:db8::1\","
         "\"upperAddress\":\"2001:db8::9\"}]}"},
        {"countries", "{\"displayName\":\"SI\",\"countriesAndRegions\":[\"SI\"]}",
         "{\"@odata.type\":\"#microsoft.graph.countryNamedLocation\",\"id\":null,\"displayName\":"
         "\"SI\",\"createdDateTime\":null,\"modifiedDateTime\":null,\"countriesAndRegions\":["
         "\"SI\"],\"countryLookupMethod\":\"clientIpAddress\","
         "\"includeUnknownCountriesAndRegions\":false}"},
    };
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct hg_json json = parse(arena, rows[i].in);
        struct hg_json canonical = policy_location_canonical(arena, &json, POLICY_SHAPE_V1);
        test_str_eq(rows[i].name, render(arena, &canonical), hg_str_of(rows[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_there_in_its_order_and_letter_case),
        cmocka_unit_test(the_canonical_form_is_its_own),
        cmocka_unit_test(beta_shows_what_only_beta_has),
        cmocka_unit_test(device_states_stay_in_every_shape),
        cmocka_unit_test(filters_are_written_as_objects_of_two),
        cmocka_unit_test(what_is_not_judged_stays),
        cmocka_unit_test(clients_that_are_not_narrowed_read_all),
        cmocka_unit_test(a_built_in_strength_is_written_out),
        cmocka_unit_test(a_location_is_written_by_its_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
