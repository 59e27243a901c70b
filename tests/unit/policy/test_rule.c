#include "base/base.h"
#include "policy/policy.h"
#include "unit/test.h"

/* What a policy may say (conditional-access.md 1.9). Parts that a row leaves out are
 * those of a valid policy: MFA for all users of all resources. */

#define USERS "\"users\":{\"includeUsers\":[\"All\"]}"
#define APPS "\"applications\":{\"includeApplications\":[\"All\"]}"
#define ALL USERS "," APPS
#define ONE_APP \
    USERS ",\"applications\":{\"includeApplications\":[\"00000003-0000-0ff1-ce00-000000000000\"]}"
#define REGISTER_DEVICE \
    USERS ",\"applications\":{\"includeUserActions\":[\"urn:user:registerdevice\"]}"
#define MFA "{\"operator\":\"OR\",\"builtInControls\":[\"mfa\"]}"
#define CHANGE "{\"operator\":\"AND\",\"builtInControls\":[\"mfa\",\"passwordChange\"]}"
#define REPORT "enabledForReportingButNotEnforced"

struct row {
    const char *name;
    const char *conditions, *grant, *session, *state;
    const char *code, *path, *text; /* of the first fault; code NULL: no fault */
};

static const struct row errors[] = {
    {"T28 an empty clientAppTypes", ALL ",\"clientAppTypes\":[]", MFA, "null", "enabled", "1064",
     "conditions.clientAppTypes", "clientAppTypes is an empty array"},
    {"T29 applications together with a user action",
     USERS ",\"applications\":{\"includeApplications\":[\"All\"],\"includeUserActions\":["
           "\"urn:user:registersecurityinfo\"]}",
     MFA, "null", "enabled", "1012", "conditions.applications", "exclude each other"},
    {"T30 an unknown member", ALL ",\"futureThing\":{\"a\":1}", MFA, "null", "enabled", "1007",
     "conditions.futureThing", "unknown member 'futureThing' in conditions"},
    {"a member of the wrong type", ALL ",\"clientAppTypes\":\"all\"", MFA, "null", "enabled",
     "1007", "conditions.clientAppTypes", "must be an array of strings, not string"},
    {"a value that is no value", ALL ",\"clientAppTypes\":[\"web\"]", MFA, "null", "enabled",
     "1007", "conditions.clientAppTypes", "'web' is not a value of conditions.clientAppTypes"},
    {"V1 no users", APPS, MFA, "null", "enabled", "1032", "conditions.users", "NoUsers"},
    {"V1 no applications", USERS, MFA, "null", "enabled", "1032", "conditions.applications",
     "NoApplications"},
    {"V1 no controls", ALL, "null", "null", "enabled", "1032", "grantControls", "NoControls"},
    {"V1 a session control that is off is none", ALL, "null",
     "{\"applicationEnforcedRestrictions\":{\"isEnabled\":false}}", "enabled", "1032",
     "grantControls", "NoControls"},
    {"T31 V2 passwordChange for one application", ONE_APP, CHANGE, "null", REPORT, "1032",
     "conditions.applications.includeApplications", "InvalidPasswordResetControl"},
    {"V2 passwordChange with a location",
     ALL ",\"locations\":{\"includeLocations\":[\"AllTrusted\"]}", CHANGE, "null", REPORT, "1032",
     "conditions", "InvalidPasswordResetControl"},
    {"V2 passwordChange with a device control", ALL,
     "{\"operator\":\"AND\",\"builtInControls\":[\"passwordChange\",\"compliantDevice\"]}", "null",
     REPORT, "1032", "grantControls.builtInControls", "goes with mfa"},
    {"V3 passwordChange for some clients", ALL ",\"clientAppTypes\":[\"browser\"]", CHANGE, "null",
     REPORT, "1032", "conditions.clientAppTypes", "InvalidPasswordResetControl"},
    {"V4 passwordChange with a timed sign-in frequency", ALL, CHANGE,
     "{\"signInFrequency\":{\"isEnabled\":true,\"value\":1,\"type\":\"hours\"}}", REPORT, "1032",
     "sessionControls", "InvalidPasswordResetControl"},
    {"V4 passwordChange with a persistent browser", ALL, CHANGE,
     "{\"persistentBrowser\":{\"isEnabled\":true,\"mode\":\"never\"}}", REPORT, "1032",
     "sessionControls", "InvalidPasswordResetControl"},
    {"V7 everyTime with a value", ALL, MFA,
     "{\"signInFrequency\":{\"isEnabled\":true,\"frequencyInterval\":\"everyTime\",\"value\":1}}",
     "enabled", "1032", "sessionControls.signInFrequency", "neither value nor type"},
    {"V7 timeBased without a unit", ALL, MFA,
     "{\"signInFrequency\":{\"isEnabled\":true,\"value\":1}}", "enabled", "1032",
     "sessionControls.signInFrequency", "needs value and type"},
    {"V7 twenty-four hours", ALL, MFA,
     "{\"signInFrequency\":{\"isEnabled\":true,\"value\":24,\"type\":\"hours\"}}", "enabled",
     "1032", "sessionControls.signInFrequency", "1 to 23"},
    {"T32 V8 MFA and a strength", ALL,
     "{\"operator\":\"AND\",\"builtInControls\":[\"mfa\"],\"authenticationStrength\":{\"id\":"
     "\"00000000-0000-0000-0000-000000000004\"}}",
     "null", "enabled", "1032", "grantControls", "exclude each other"},
    {"T33 V9 persistentBrowser for one application", ONE_APP, MFA,
     "{\"persistentBrowser\":{\"isEnabled\":true,\"mode\":\"never\"}}", "enabled", "1032",
     "sessionControls.persistentBrowser", "needs includeApplications 'All'"},
    {"V10 registering a device under a device control", REGISTER_DEVICE,
     "{\"operator\":\"OR\",\"builtInControls\":[\"compliantDevice\"]}", "null", "enabled", "1032",
     "conditions.applications.includeUserActions", "urn:user:registerdevice"},
    {"V10 registering a device with some clients",
     REGISTER_DEVICE ",\"clientAppTypes\":[\"browser\"]", MFA, "null", "enabled", "1032",
     "conditions.applications.includeUserActions", "urn:user:registerdevice"},
    {"V11 an approved client on macOS",
     ALL ",\"platforms\":{\"includePlatforms\":[\"iOS\",\"macOS\"]}",
     "{\"operator\":\"OR\",\"builtInControls\":[\"approvedApplication\"]}", "null", "enabled",
     "1032", "conditions.platforms.includePlatforms", "macOS"},
    {"V13 users and service principals together",
     ALL ",\"clientApplications\":{\"includeServicePrincipals\":[\"ServicePrincipalsInMyTenant\"]}",
     "{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}", "null", "enabled", "1032",
     "conditions.clientApplications", "UsersAndWorkloads"},
    {"V14 an authentication context of users and service principals",
     USERS
     ",\"applications\":{\"includeAuthenticationContextClassReferences\":[\"c1\"]},"
     "\"clientApplications\":{\"includeServicePrincipals\":[\"ServicePrincipalsInMyTenant\"]}",
     "{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}", "null", "enabled", "1032",
     "conditions.clientApplications", "UsersAndWorkloads"},
    {"V13 MFA of a service principal",
     "\"users\":{\"includeUsers\":[\"None\"]}," APPS
     ",\"clientApplications\":{\"includeServicePrincipals\":[\"ServicePrincipalsInMyTenant\"]}",
     MFA, "null", "enabled", "1032", "grantControls", "can only block"},
    {"V15 block beside another control", ALL,
     "{\"operator\":\"OR\",\"builtInControls\":[\"block\",\"mfa\"]}", "null", "enabled", "1032",
     "grantControls.builtInControls", "block stands alone"},
    {"V16 continuous access evaluation off for one application", ONE_APP, MFA,
     "{\"continuousAccessEvaluation\":{\"mode\":\"disabled\"}}", "enabled", "1032",
     "sessionControls.continuousAccessEvaluation", "mode disabled"},
    {"V16 continuous access evaluation off with a location",
     ALL ",\"locations\":{\"includeLocations\":[\"AllTrusted\"]}", MFA,
     "{\"continuousAccessEvaluation\":{\"mode\":\"disabled\"}}", "enabled", "1032",
     "sessionControls.continuousAccessEvaluation", "no conditions"},
    {"V16 continuous access evaluation off with an exclusion",
     USERS ",\"applications\":{\"includeApplications\":[\"All\"],\"excludeApplications\":["
           "\"Office365\"]}",
     MFA, "{\"continuousAccessEvaluation\":{\"mode\":\"disabled\"}}", "enabled", "1032",
     "sessionControls.continuousAccessEvaluation", "without exclusions"},
    {"excluding a location without including one",
     ALL ",\"locations\":{\"excludeLocations\":[\"AllTrusted\"]}", MFA, "null", "enabled", "1032",
     "conditions.locations", "NothingIncluded"},
    {"an authentication context past c99",
     USERS ",\"applications\":{\"includeAuthenticationContextClassReferences\":[\"c100\"]}", MFA,
     "null", "enabled", "1007",
     "conditions.applications.includeAuthenticationContextClassReferences", "c1 to c99"},
    {"a device rule that cannot be read",
     ALL ",\"devices\":{\"deviceFilter\":{\"mode\":\"include\",\"rule\":\"device.model -eq\"}}",
     MFA, "null", "enabled", "1032", "conditions.devices.deviceFilter", "column 17"},
    {"a filter for applications that speaks of devices",
     USERS ",\"applications\":{\"includeApplications\":[\"All\"],\"applicationFilter\":{\"mode\":"
           "\"include\",\"rule\":\"device.model -eq 1\"}}",
     MFA, "null", "enabled", "1032", "conditions.applications.applicationFilter",
     "such as CustomSecurityAttribute.Set_Attribute"},
    {"a filter for service principals without a mode",
     "\"users\":{\"includeUsers\":[\"None\"]}," APPS ",\"clientApplications\":{"
     "\"includeServicePrincipals\":[\"ServicePrincipalsInMyTenant\"],\"servicePrincipalFilter\":{"
     "\"rule\":\"CustomSecurityAttribute.A_B -eq 1\"}}",
     "{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}", "null", "enabled", "1032",
     "conditions.clientApplications.servicePrincipalFilter", "mode must be"},
    {"an attribute without a set",
     USERS ",\"applications\":{\"applicationFilter\":{\"mode\":\"include\",\"rule\":"
           "\"CustomSecurityAttribute.Level -eq 1\"}}",
     MFA, "null", "enabled", "1032", "conditions.applications.applicationFilter",
     "an attribute is named"},
    {"a filter that excludes, without anything included",
     USERS ",\"applications\":{\"applicationFilter\":{\"mode\":\"exclude\",\"rule\":"
           "\"CustomSecurityAttribute.A_B -eq 1\"}}",
     MFA, "null", "enabled", "1032", "conditions.applications", "NoApplications"},
    {"users, and a filter for service principals",
     ALL ",\"clientApplications\":{\"servicePrincipalFilter\":{\"mode\":\"exclude\",\"rule\":"
         "\"CustomSecurityAttribute.A_B -eq 1\"}}",
     MFA, "null", "enabled", "1032", "conditions.clientApplications", "UsersAndWorkloads"},
    {"device states that are excluded from nothing",
     ALL ",\"deviceStates\":{\"excludeStates\":[\"Compliant\"]}", MFA, "null", "enabled", "1032",
     "conditions.deviceStates", "NothingIncluded"},
    {"a state that does not exist", ALL, MFA, "null", "on", "1007", "state", "'on' is not a value"},
};

static const struct row warnings[] = {
    {"a placeholder where an id belongs", "\"users\":{\"includeGroups\":[\"<RING>\"]}," APPS, MFA,
     "null", "enabled", "1011", "conditions.users.includeGroups", "'<RING>'"},
    {"V5 everyTime on a user risk without a new password", ALL ",\"userRiskLevels\":[\"high\"]",
     MFA, "{\"signInFrequency\":{\"isEnabled\":true,\"frequencyInterval\":\"everyTime\"}}",
     "enabled", "1032", "sessionControls.signInFrequency", "passwordChange"},
    {"V12 exchangeActiveSync without Exchange",
     ONE_APP ",\"clientAppTypes\":["
             "\"exchangeActiveSync\"]",
     MFA, "null", "enabled", "1032", "conditions.clientAppTypes", "Exchange Online"},
    {"token protection of all resources", ALL, "null",
     "{\"secureSignInSession\":{\"isEnabled\":true}}", "enabled", "1032",
     "sessionControls.secureSignInSession", "bound token"},
    {"token protection in a browser",
     ONE_APP ",\"platforms\":{\"includePlatforms\":[\"windows\"]},\"clientAppTypes\":["
             "\"browser\",\"mobileAppsAndDesktopClients\"]",
     "null", "{\"secureSignInSession\":{\"isEnabled\":true}}", "enabled", "1032",
     "sessionControls.secureSignInSession", "Windows"},
    {"a session control that only services can enforce", ALL, "null",
     "{\"cloudAppSecurity\":{\"isEnabled\":true,\"cloudAppSecurityType\":\"monitorOnly\"}}",
     "enabled", "1037", "sessionControls.cloudAppSecurity", "passed on"},
    {"a disabled policy with an element that cannot be judged", ALL ",\"agents\":{\"a\":1}", MFA,
     "null", "disabled", "1037", "conditions.agents", "stays disabled"},
};

static const struct row accepted[] = {
    {"T93 other letter cases",
     "\"USERS\":{\"IncludeUsers\":[\"all\"]},\"Applications\":{\"IncludeApplications\":[\"ALL\"]}",
     "{\"Operator\":\"or\",\"BuiltInControls\":[\"Mfa\"]}", "null", "Enabled", NULL, NULL, NULL},
    {"annotations, read-only and empty beta members",
     ALL ",\"users@odata.context\":\"x\",\"times\":null,\"deviceStates\":null,\"clients\":[]", MFA,
     "{\"signInFrequency\":null}", "enabled", NULL, NULL, NULL},
    {"an unknown member that says nothing", ALL ",\"futureThing\":null", MFA, "null", "enabled",
     NULL, NULL, NULL},
    {"an empty list where an object is absent", ALL ",\"locations\":[]", MFA, "null", "enabled",
     NULL, NULL, NULL},
    {"names of old exports", ALL ",\"clientAppTypes\":[\"modern\",\"easUnsupported\"]", MFA, "null",
     "enabled", NULL, NULL, NULL},
    {"terms of use alone", ALL,
     "{\"operator\":\"OR\",\"builtInControls\":[],\"termsOfUse\":[\"t\"]}", "null", "enabled", NULL,
     NULL, NULL},
    {"V2 a new password and MFA", ALL, CHANGE, "null", "enabled", NULL, NULL, NULL},
    {"V2 a new password and a strength", ALL,
     "{\"operator\":\"AND\",\"builtInControls\":[\"passwordChange\"],\"authenticationStrength\":{"
     "\"id\":\"00000000-0000-0000-0000-000000000002\"}}",
     "null", "enabled", NULL, NULL, NULL},
    {"the remediation of a risk", ALL,
     "{\"operator\":\"OR\",\"builtInControls\":[\"riskRemediation\"]}", "null", "enabled", NULL,
     NULL, NULL},
    {"a strength by its id alone", ALL,
     "{\"operator\":\"OR\",\"builtInControls\":[],\"authenticationStrength\":{\"id\":"
     "\"12345678-0000-0000-0000-000000000004\"}}",
     "null", "enabled", NULL, NULL, NULL},
    {"registering a device under a strength", REGISTER_DEVICE,
     "{\"operator\":\"OR\",\"builtInControls\":[],\"authenticationStrength\":{\"id\":"
     "\"00000000-0000-0000-0000-000000000002\"}}",
     "null", "enabled", NULL, NULL, NULL},
    {"an approved client or a compliant device on macOS",
     ALL ",\"platforms\":{\"includePlatforms\":[\"macOS\"]}",
     "{\"operator\":\"OR\",\"builtInControls\":[\"approvedApplication\",\"compliantDevice\"]}",
     "null", "enabled", NULL, NULL, NULL},
    {"token protection of what can be bound",
     ONE_APP ",\"platforms\":{\"includePlatforms\":[\"windows\"]},\"clientAppTypes\":["
             "\"mobileAppsAndDesktopClients\"]",
     "null", "{\"secureSignInSession\":{\"isEnabled\":true}}", "enabled", NULL, NULL, NULL},
    {"V6 everyTime is not a matter of beta", ALL, MFA,
     "{\"signInFrequency\":{\"isEnabled\":true,\"frequencyInterval\":\"everyTime\","
     "\"authenticationType\":\"primaryAndSecondaryAuthentication\",\"value\":null,\"type\":null}}",
     "enabled", NULL, NULL, NULL},
    {"V16 continuous access evaluation off everywhere", ALL, "null",
     "{\"continuousAccessEvaluation\":{\"mode\":\"disabled\"}}", "enabled", NULL, NULL, NULL},
    {"a session control alone", ALL, "null",
     "{\"persistentBrowser\":{\"isEnabled\":true,\"mode\":\"never\"}}", "enabled", NULL, NULL,
     NULL},
};

static enum hg_code parse(struct hg_arena *arena, const struct row *row, unsigned options,
                          const struct policy_rule **rule, struct policy_faults *faults)
{
    struct hg_json json;
    struct hg_err err;
    hg_str text = hg_str_format(
        arena,
        "{\"id\":\"90000000-0000-4000-8000-000000000001\",\"displayName\":\"A policy\","
        "\"state\":\"%s\",\"conditions\":{%s},\"grantControls\":%s,\"sessionControls\":%s}",
        row->state, row->conditions, row->grant, row->session);
    if (hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, &err) != HG_OK)
        fail_msg("%s: %s", row->name, err.detail);
    return policy_rule_parse(arena, &json, options, rule, faults, &err);
}

static void check_first(const struct row *row, const struct policy_faults *faults)
{
    if (faults->n == 0)
        fail_msg("%s: no fault", row->name);
    const struct policy_fault *fault = &faults->items[0];
    if (!hg_str_eq(fault->code, hg_str_of(row->code)) ||
        !hg_str_eq(fault->path, hg_str_of(row->path)) ||
        !hg_str_starts(fault->message, fault->code) ||
        hg_str_find(fault->message, hg_str_of(row->text)) == HG_NPOS)
        fail_msg("%s: %.*s at %.*s", row->name, HG_ARG(fault->message), HG_ARG(fault->path));
}

static void each_broken_rule_is_named_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(errors); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        const struct policy_rule *rule = NULL;
        struct policy_faults faults;
        if (parse(arena, &errors[i], POLICY_PARSE_STRICT, &rule, &faults) != HG_MALFORMED)
            fail_msg("%s: was accepted", errors[i].name);
        assert_null(rule);
        check_first(&errors[i], &faults);
    }
}

static void what_is_only_odd_is_a_warning(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(warnings); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        const struct policy_rule *rule = NULL;
        struct policy_faults faults;
        if (parse(arena, &warnings[i], POLICY_PARSE_STRICT, &rule, &faults) != HG_OK)
            fail_msg("%s: was refused", warnings[i].name);
        check_first(&warnings[i], &faults);
        assert_true(faults.items[0].is_warning);
    }
}

static void other_ways_of_writing_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(accepted); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        const struct policy_rule *rule = NULL;
        struct policy_faults faults = {0};
        if (parse(arena, &accepted[i], POLICY_PARSE_STRICT, &rule, &faults) != HG_OK ||
            faults.n != 0)
            fail_msg("%s: %.*s", accepted[i].name,
                     HG_ARG(faults.n > 0 ? faults.items[0].message : HG_STR("refused")));
    }
}

static void an_import_keeps_what_it_cannot_judge_disabled(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"T92 an unknown member", ALL ",\"futureThing\":{\"a\":1}", MFA, "null", "enabled", "1007",
         "conditions.futureThing", "unknown member"},
        {"a word that nobody knows", ALL,
         "{\"operator\":\"OR\",\"builtInControls\":[\"mfa\",\"MfaAndChangePassword\"]}", "null",
         "enabled", "1007", "grantControls.builtInControls", "MfaAndChangePassword"},
        {"a rule of 1.9 that is broken", ONE_APP, CHANGE, "null", "enabled", "1032",
         "conditions.applications.includeApplications", "InvalidPasswordResetControl"},
        {"a condition that is not judged", ALL ",\"times\":{\"a\":1}", MFA, "null", "enabled",
         "1037", "conditions.times", "stays disabled"},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        const struct policy_rule *rule = NULL;
        struct policy_faults faults;
        if (parse(arena, &rows[i], POLICY_PARSE_LENIENT, &rule, &faults) != HG_OK)
            fail_msg("%s: was refused", rows[i].name);
        check_first(&rows[i], &faults);
        assert_int_equal(policy_rule_state(rule), POLICY_DISABLED);
    }
}

/* T28: old exports write [] for every kind of client; the policy keeps its state. */
static void an_import_reads_no_client_as_all(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct policy_rule *rule = NULL;
    struct policy_faults faults;
    assert_int_equal(parse(arena, &errors[0], POLICY_PARSE_LENIENT, &rule, &faults), HG_OK);
    assert_int_equal(policy_rule_state(rule), POLICY_ENABLED);
    assert_int_equal(faults.n, 1);
    test_str_eq("the warning", faults.items[0].code, HG_STR("1064"));
}

static void an_import_still_refuses_what_is_wrong(void **state)
{
    (void)state;
    static const struct row row = {
        "no list", ALL ",\"clientAppTypes\":\"all\"", MFA, "null", "enabled", NULL, NULL, NULL};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct policy_rule *rule = NULL;
    struct policy_faults faults;
    assert_int_equal(parse(arena, &row, POLICY_PARSE_LENIENT, &rule, &faults), HG_MALFORMED);
}

static void all_faults_of_a_policy_are_named_at_once(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct policy_rule *rule = NULL;
    struct policy_faults faults;
    struct hg_json json;
    hg_str text = HG_STR("{\"conditions\":{\"clientAppTypes\":[],\"x\":1}}");
    assert_int_equal(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, NULL), HG_OK);
    assert_int_equal(policy_rule_parse(arena, &json, POLICY_PARSE_STRICT, &rule, &faults, NULL),
                     HG_MALFORMED);
    assert_int_equal(faults.n, 7); /* x, displayName, state, users, applications, 1064, controls */
}

static void references_name_what_must_exist(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    static const struct row row = {
        "references",
        "\"users\":{\"includeUsers\":[\"GuestsOrExternalUsers\",\"u1\"],\"excludeGroups\":[\"g1\"]}"
        "," APPS ",\"locations\":{\"includeLocations\":[\"All\"],\"excludeLocations\":[\"l1\","
        "\"00000000-0000-0000-0000-000000000000\"]}",
        MFA,
        "null",
        "enabled",
        NULL,
        NULL,
        NULL};
    const struct policy_rule *rule = NULL;
    struct policy_faults faults;
    const struct policy_reference *references;
    size_t n;
    assert_int_equal(parse(arena, &row, POLICY_PARSE_STRICT, &rule, &faults), HG_OK);
    assert_int_equal(policy_rule_references(arena, rule, &references, &n, NULL), HG_OK);
    assert_int_equal(n, 4);
    test_str_eq("the user", references[0].id, HG_STR("u1"));
    test_str_eq("the group", references[1].id, HG_STR("g1"));
    assert_int_equal(references[2].kind, POLICY_REFERENCE_LOCATION);

    assert_int_equal(policy_rule_check(arena, rule, &(struct policy_source){0}, &faults, NULL),
                     HG_MALFORMED);
    assert_int_equal(faults.n, 1); /* the MFA trusted IPs always exist */
    test_str_eq("the path", faults.items[0].path, HG_STR("conditions.locations.excludeLocations"));
}

/* They can be evaluated, and What-If does; but this server does not ask about or for them. */
static void what_nothing_asks_for_is_taken_while_it_enforces_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        enum hg_code code;
    } states[] = {{"enabled", HG_MALFORMED}, {REPORT, HG_OK}, {"disabled", HG_OK}};
    static const struct {
        const char *conditions, *grant, *path, *text;
    } parts[] = {
        {ALL,
         "{\"operator\":\"OR\",\"builtInControls\":[],\"customAuthenticationFactors\":[\"f\"]}",
         "grantControls.customAuthenticationFactors", "let nobody in"},
    };
    static const struct policy_source nothing = {0};
    for (size_t i = 0; i < HG_COUNT(parts) * HG_COUNT(states); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        size_t p = i / HG_COUNT(states);
        size_t s = i % HG_COUNT(states);
        const struct row row = {"part",        parts[p].conditions, parts[p].grant,
                                "null",        states[s].state,     "1037",
                                parts[p].path, parts[p].text};
        const struct policy_rule *rule = NULL;
        struct policy_faults faults;
        assert_int_equal(parse(arena, &row, POLICY_PARSE_STRICT, &rule, &faults), HG_OK);
        assert_int_equal(policy_rule_check(arena, rule, &nothing, &faults, NULL), states[s].code);
        if (states[s].code != HG_OK)
            check_first(&row, &faults);
    }
}

/* A kind that nothing tells is not used by a policy that is on. */
static void a_location_must_be_one_that_can_be_told(void **state)
{
    (void)state;
    static const struct {
        const char *location, *state;
        enum hg_code code;
    } rows[] = {
        {"\"countriesAndRegions\":[\"SI\"],\"countryLookupMethod\":\"authenticatorAppGps\"",
         "enabled", HG_OK},
        {"\"compliantNetworkType\":\"allTenantCompliantNetworks\"", "enabled", HG_OK},
        {"\"serviceTags\":[\"Storage\"]", "enabled", HG_MALFORMED},
        {"\"privateLinkResourcePolicyIds\":[\"p\"]", REPORT, HG_MALFORMED},
        {"\"serviceTags\":[\"Storage\"]", "disabled", HG_OK},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct hg_json json;
        const struct policy_location *location = NULL;
        const struct policy_rule *rule = NULL;
        struct policy_faults faults = {0};
        hg_str text =
            hg_str_format(arena, "{\"id\":\"l1\",\"displayName\":\"L\",%s}", rows[i].location);
        assert_int_equal(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, NULL),
                         HG_OK);
        assert_int_equal(policy_location_parse(arena, &json, &location, &faults, NULL), HG_OK);
        const struct policy_source there = {.locations = &location, .n_locations = 1};
        const struct row row = {"location",
                                ALL ",\"locations\":{\"includeLocations\":[\"l1\","
                                    "\"3d46dbda-8382-466a-856d-eb00cbc6b910\"]}",
                                MFA,
                                "null",
                                rows[i].state,
                                NULL,
                                NULL,
                                NULL};
        assert_int_equal(parse(arena, &row, POLICY_PARSE_STRICT, &rule, &faults), HG_OK);
        assert_int_equal(policy_rule_check(arena, rule, &there, &faults, NULL), rows[i].code);
    }
}

#define OWN_STRENGTH "12345678-0000-0000-0000-000000000004"

/* V20: the tenant's record, a built-in one, or what the policy says of it itself. */
static void a_strength_must_be_known(void **state)
{
    (void)state;
    static const struct {
        const char *name, *strength, *state;
        bool has_record;
        enum hg_code code;
        size_t n_faults;
    } rows[] = {
        {"nobody knows it", "\"id\":\"" OWN_STRENGTH "\"", "enabled", false, HG_MALFORMED, 1},
        {"nobody knows it, disabled", "\"id\":\"" OWN_STRENGTH "\"", "disabled", false, HG_OK, 1},
        {"the tenant has it", "\"id\":\"" OWN_STRENGTH "\"", "enabled", true, HG_OK, 0},
        {"the policy says it", "\"id\":\"" OWN_STRENGTH "\",\"allowedCombinations\":[\"fido2\"]",
         "enabled", false, HG_OK, 0},
        {"it is built in", "\"id\":\"00000000-0000-0000-0000-000000000003\"", "enabled", false,
         HG_OK, 0},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct hg_json json;
        const struct policy_strength *own = NULL;
        const struct policy_rule *rule = NULL;
        struct policy_faults faults = {0};
        hg_str text = HG_STR("{\"id\":\"" OWN_STRENGTH "\",\"displayName\":\"Own\","
                             "\"allowedCombinations\":[\"fido2\"]}");
        assert_int_equal(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, NULL),
                         HG_OK);
        assert_int_equal(policy_strength_parse(arena, &json, &own, &faults, NULL), HG_OK);
        const struct policy_source there = {.strengths = &own, .n_strengths = rows[i].has_record};
        hg_str grant = hg_str_format(arena,
                                     "{\"operator\":\"OR\",\"builtInControls\":[],"
                                     "\"authenticationStrength\":{%s}}",
                                     rows[i].strength);
        const struct row row = {
            rows[i].name, ALL, hg_str_z(arena, grant), "null", rows[i].state, NULL, NULL, NULL};
        assert_int_equal(parse(arena, &row, POLICY_PARSE_STRICT, &rule, &faults), HG_OK);
        if (policy_rule_check(arena, rule, &there, &faults, NULL) != rows[i].code ||
            faults.n != rows[i].n_faults)
            fail_msg("%s: %zu faults", rows[i].name, faults.n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_broken_rule_is_named_with_its_place),
        cmocka_unit_test(what_is_only_odd_is_a_warning),
        cmocka_unit_test(other_ways_of_writing_are_accepted),
        cmocka_unit_test(an_import_keeps_what_it_cannot_judge_disabled),
        cmocka_unit_test(an_import_reads_no_client_as_all),
        cmocka_unit_test(an_import_still_refuses_what_is_wrong),
        cmocka_unit_test(all_faults_of_a_policy_are_named_at_once),
        cmocka_unit_test(references_name_what_must_exist),
        cmocka_unit_test(what_nothing_asks_for_is_taken_while_it_enforces_nothing),
        cmocka_unit_test(a_location_must_be_one_that_can_be_told),
        cmocka_unit_test(a_strength_must_be_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
