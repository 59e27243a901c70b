#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/world.h"
#include "unit/test.h"

/* What is made of a verdict: reasons, the sign-in log's rows, What-If's answers. */

static const char world_text[] =
    "{\"locations\":[{\"id\":\"f0000000-0000-4000-8000-000000000001\",\"displayName\":"
    "\"Corporate network\",\"ipRanges\":[{\"cidrAddress\":\"203.0.113.0/24\"}],\"isTrusted\":true},"
    "{\"id\":\"f0000000-0000-4000-8000-000000000002\",\"displayName\":\"Slovenia\","
    "\"countriesAndRegions\":[\"SI\"]}],"
    "\"policies\":["
    "{\"id\":\"p0\",\"displayName\":\"Block outside\",\"state\":\"enabled\",\"conditions\":{"
    "\"users\":{\"includeUsers\":[\"All\"],\"excludeGroups\":[\"g9\"]},\"applications\":{"
    "\"includeApplications\":[\"All\"]},\"locations\":{\"includeLocations\":[\"All\"],"
    "\"excludeLocations\":[\"f0000000-0000-4000-8000-000000000001\"]}},\"grantControls\":{"
    "\"operator\":\"OR\",\"builtInControls\":[\"block\"]}},"
    "{\"id\":\"p1\",\"displayName\":\"MFA\",\"state\":\"enabled\",\"conditions\":{\"users\":{"
    "\"includeUsers\":[\"All\"]},\"applications\":{\"includeApplications\":[\"Office365\"]}},"
    "\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"mfa\",\"compliantDevice\"]},"
    "\"sessionControls\":{\"signInFrequency\":{\"isEnabled\":true,\"value\":8,\"type\":\"hours\"}}}"
    ","
    "{\"id\":\"p2\",\"displayName\":\"Trial\",\"state\":\"enabledForReportingButNotEnforced\","
    "\"conditions\":{\"users\":{\"includeUsers\":[\"All\"]},\"applications\":{"
    "\"includeApplications\":[\"All\"]},\"platforms\":{\"includePlatforms\":[\"iOS\"]}},"
    "\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}},"
    "{\"id\":\"p3\",\"displayName\":\"Off\",\"state\":\"disabled\",\"conditions\":{\"users\":{"
    "\"includeUsers\":[\"All\"]},\"applications\":{\"includeApplications\":[\"All\"]}},"
    "\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"mfa\"]}},"
    "{\"id\":\"p4\",\"displayName\":\"Registration\",\"state\":\"enabled\",\"conditions\":{"
    "\"users\":{\"includeUsers\":[\"All\"]},\"applications\":{\"includeUserActions\":["
    "\"urn:user:registersecurityinfo\"]}},\"grantControls\":{\"operator\":\"OR\","
    "\"builtInControls\":[\"mfa\"]}}],"
    "\"facts\":{\"user\":{\"id\":\"u1\",\"userPrincipalName\":\"ana@example.com\",\"hasMfaMethod\":"
    "true},\"resources\":[\"00000002-0000-0ff1-ce00-000000000000\"],\"clientAppType\":\"browser\","
    "\"platform\":\"windows\",\"ip\":\"203.0.113.9\",\"country\":\"SI\"}}";

static struct world read(struct hg_arena *arena)
{
    struct hg_json json;
    struct world world = {0};
    struct hg_err err;
    if (hg_json_parse(arena, hg_str_of(world_text), HG_JSON_STRICT, &hg_json_api, &json, &err) !=
            HG_OK ||
        world_read(arena, &json, &world, &err) != HG_OK)
        fail_msg("%s", err.detail);
    return world;
}

static hg_str render(struct hg_arena *arena, const struct hg_json *json)
{
    hg_str text;
    assert_int_equal(hg_json_render(arena, json, &text, NULL), HG_OK);
    return text;
}

static void each_condition_says_what_it_saw_and_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t row, reason;
        const char *seen, *wanted;
        bool hit;
    } rows[] = {
        {"users", 0, 0, "ana@example.com", "All users except group g9", true},
        {"applications", 0, 1, "00000002-0000-0ff1-ce00-000000000000", "All resources", true},
        {"locations by name", 0, 2, "203.0.113.9, country SI",
         "All locations except Corporate network", false},
        {"keywords", 1, 1, "00000002-0000-0ff1-ce00-000000000000", "Office365", true},
        {"platforms", 2, 2, "windows", "iOS", false},
        {"user actions", 4, 1, "00000002-0000-0ff1-ce00-000000000000",
         "urn:user:registersecurityinfo", false},
    };
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct world world = read(arena);
    struct policy_verdict verdict;
    assert_int_equal(policy_judge(arena, world.set, &world.facts, true, &verdict, NULL), HG_OK);
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        const struct policy_reason *reason = &verdict.rows[rows[i].row].reasons[rows[i].reason];
        test_str_eq(rows[i].name, reason->seen, hg_str_of(rows[i].seen));
        test_str_eq(rows[i].name, reason->wanted, hg_str_of(rows[i].wanted));
        assert_int_equal(reason->hit, rows[i].hit);
    }
    assert_int_equal(verdict.rows[1].unmet, POLICY_CONTROL_MFA | POLICY_CONTROL_COMPLIANT_DEVICE);
    assert_int_equal(verdict.needs, POLICY_CONTROL_MFA);
    assert_int_equal(verdict.rows[0].unmet, 0);
}

static void the_log_shows_each_policy_as_graph_does(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct world world = read(arena);
    struct policy_verdict verdict;
    assert_int_equal(policy_judge(arena, world.set, &world.facts, false, &verdict, NULL), HG_OK);
    struct hg_json json = policy_applied_json(arena, world.set, verdict.results, 0, true);
    test_str_eq("all members", render(arena, &json),
                HG_STR("[{\"id\":\"p0\",\"displayName\":\"Block outside\",\"enforcedGrantControls\""
                       ":[\"Block\"],\"enforcedSessionControls\":[],\"sessionControlsNotSatisfied\""
                       ":[],\"result\":\"notApplied\"},{\"id\":\"p1\",\"displayName\":\"MFA\",\"enf"
                       "orcedGrantControls\":[\"Mfa\",\"RequireCompliantDevice\"],\"enforcedSession"
                       "Controls\":[\"SignInFrequency\"],\"sessionControlsNotSatisfied\":[],\"resul"
                       "t\":\"failure\"},{\"id\":\"p2\",\"displayName\":\"Trial\",\"enforcedGrantCo"
                       "ntrols\":[\"Block\"],\"enforcedSessionControls\":[],\"sessionControlsNotSat"
                       "isfied\":[],\"result\":\"reportOnlyNotApplied\"},{\"id\":\"p3\",\"displayNa"
                       "me\":\"Off\",\"enforcedGrantControls\":[],\"enforcedSessionControls\":[],\""
                       "sessionControlsNotSatisfied\":[],\"result\":\"notEnabled\"},{\"id\":\"p4\","
                       "\"displayName\":\"Registration\",\"enforcedGrantControls\":[\"Mfa\"],\"enfo"
                       "rcedSessionControls\":[],\"sessionControlsNotSatisfied\":[],\"result\":\"no"
                       "tApplied\"}]"));
    json = policy_applied_json(arena, world.set, verdict.results, 0, false);
    test_str_eq("known members alone",
                hg_json_str_or(hg_json_get(hg_json_item(&json, 2), "result"), HG_STR("")),
                HG_STR("unknownFutureValue"));
    test_str_eq("the status", hg_str_of(policy_status_name(verdict.results)), HG_STR("failure"));
}

/* Only the policies that applied and have the control that the row speaks of. */
static void the_log_says_which_session_control_was_in_the_way(void **state)
{
    (void)state;
    static const struct {
        uint32_t aadsts;
        size_t row;
        const char *want;
    } rows[] = {
        {70043, 1, "SignInFrequency"},
        {70044, 1, "SignInFrequency"},
        {50076, 1, ""},
        {70043, 0, ""},
        {530084, 1, ""},
    };
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct world world = read(arena);
    struct policy_verdict verdict;
    assert_int_equal(policy_judge(arena, world.set, &world.facts, false, &verdict, NULL), HG_OK);
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct hg_json json =
            policy_applied_json(arena, world.set, verdict.results, rows[i].aadsts, true);
        const struct hg_json *missed =
            hg_json_get(hg_json_item(&json, rows[i].row), "sessionControlsNotSatisfied");
        assert_int_equal(hg_json_count(missed), rows[i].want[0] != '\0');
        test_str_eq(rows[i].want, hg_json_str_or(hg_json_item(missed, 0), HG_STR("")),
                    hg_str_of(rows[i].want));
    }
}

static void stored_results_are_checked_before_use(void **state)
{
    (void)state;
    static const char good[] = {0, 1, 2, 3, 7};
    static const char bad[] = {0, 1, 2, 3, POLICY_RESULT_COUNT};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct world world = read(arena);
    assert_int_equal(policy_results_check(world.set, (hg_str){good, 5}, NULL), HG_OK);
    assert_int_equal(policy_results_check(world.set, (hg_str){good, 4}, NULL), HG_MALFORMED);
    assert_int_equal(policy_results_check(world.set, (hg_str){bad, 5}, NULL), HG_MALFORMED);
}

static void what_if_names_the_first_condition_against(void **state)
{
    (void)state;
    static const char *const wants[] = {"location", "notSet", "devicePlatform", "policyNotEnabled",
                                        "userActions"};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct world world = read(arena);
    const struct policy_resolved *facts;
    assert_int_equal(policy_resolve(arena, world.set, &world.facts, &facts, NULL), HG_OK);
    for (size_t i = 0; i < HG_COUNT(wants); i++)
        test_str_eq(wants[i], hg_str_of(policy_analysis_reason(world.set, facts, i)),
                    hg_str_of(wants[i]));
}

static void locations_of_an_address_are_named(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct world world = read(arena);
    const hg_str *names;
    size_t n;
    assert_int_equal(
        policy_matched_locations(arena, world.set, &world.facts.network, &names, &n, NULL), HG_OK);
    assert_int_equal(n, 2);
    test_str_eq("the network", names[0], HG_STR("Corporate network"));
    test_str_eq("the country", names[1], HG_STR("Slovenia"));
    assert_true(policy_network_is_trusted(world.set, &world.facts.network));
}

/* Documented: trouble begins at 2048 groups. Here it does not. */
static void t91_a_user_in_2049_groups_is_judged_by_the_last_of_them(void **state)
{
    (void)state;
    enum { N = 2049 };
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct world world = read(arena);
    struct model_user user = *world.facts.user;
    hg_str *groups = HG_NEW_ARRAY(arena, hg_str, N);
    assert_non_null(groups);
    for (size_t i = 0; i < N; i++)
        groups[i] = hg_str_format(arena, "bbbbbbbb-0000-4000-8000-%012zu", i);
    groups[N - 1] = HG_STR("g9"); /* excluded from the block */
    user.groups = groups;
    user.n_groups = N;
    world.facts.user = &user;
    world.facts.network.has_ip = false;
    struct policy_verdict verdict;
    assert_int_equal(policy_judge(arena, world.set, &world.facts, false, &verdict, NULL), HG_OK);
    assert_int_equal(verdict.results.ptr[0], POLICY_RESULT_NOT_APPLIED);
    user.n_groups = N - 1;
    assert_int_equal(policy_judge(arena, world.set, &world.facts, false, &verdict, NULL), HG_OK);
    assert_int_equal(verdict.results.ptr[0], POLICY_RESULT_FAILURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_condition_says_what_it_saw_and_wanted),
        cmocka_unit_test(the_log_shows_each_policy_as_graph_does),
        cmocka_unit_test(the_log_says_which_session_control_was_in_the_way),
        cmocka_unit_test(stored_results_are_checked_before_use),
        cmocka_unit_test(what_if_names_the_first_condition_against),
        cmocka_unit_test(locations_of_an_address_are_named),
        cmocka_unit_test(t91_a_user_in_2049_groups_is_judged_by_the_last_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
