#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/world.h"
#include "unit/test.h"

/* What keeps a user from registering a first method (conditional-access.md 1.5, T75). */

#define ACTION "\"includeUserActions\":[\"urn:user:registersecurityinfo\"]"
#define APPS "\"includeApplications\":[\"All\"]"
#define ONE_APP "\"includeApplications\":[\"00000002-0000-0ff1-ce00-000000000000\"]"
#define HERE "\"203.0.113.9\""
#define ELSEWHERE "\"198.51.100.7\""

static void registering_needs_what_policies_ask_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *name, *target, *operator_, *controls, *state, *ip;
        uint32_t needs;
    } rows[] = {
        {"blocked away from the office", ACTION, "OR", "\"block\"", "enabled", ELSEWHERE,
         POLICY_CONTROL_BLOCK},
        {"and not in it", ACTION, "OR", "\"block\"", "enabled", HERE, 0},
        {"report-only", ACTION, "OR", "\"block\"", "enabledForReportingButNotEnforced", ELSEWHERE,
         0},
        {"a second factor before the first", ACTION, "OR", "\"mfa\"", "enabled", ELSEWHERE,
         POLICY_CONTROL_MFA},
        {"All: the sign-in asks for the factor by registering it", APPS, "OR", "\"mfa\"", "enabled",
         ELSEWHERE, 0},
        {"All: but the device must be right", APPS, "AND", "\"mfa\",\"compliantDevice\"", "enabled",
         ELSEWHERE, POLICY_CONTROL_COMPLIANT_DEVICE},
        {"All: one of two will do", APPS, "OR", "\"mfa\",\"compliantDevice\"", "enabled", ELSEWHERE,
         0},
        {"All: blocked", APPS, "OR", "\"block\"", "enabled", ELSEWHERE, POLICY_CONTROL_BLOCK},
        {"another target", ONE_APP, "OR", "\"block\"", "enabled", ELSEWHERE, 0},
    };
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        hg_str text = hg_str_format(
            arena,
            "{\"locations\":[{\"id\":\"f0000000-0000-4000-8000-000000000001\",\"displayName\":"
            "\"Office\",\"ipRanges\":[{\"cidrAddress\":\"203.0.113.0/24\"}],\"isTrusted\":"
            "true}],\"policies\":[{\"id\":\"p\",\"displayName\":\"P\",\"state\":\"%s\","
            "\"conditions\":{\"users\":{\"includeUsers\":[\"All\"]},\"applications\":{%s},"
            "\"locations\":{\"includeLocations\":[\"All\"],\"excludeLocations\":[\"AllTrusted\"]}},"
            "\"grantControls\":{\"operator\":\"%s\",\"builtInControls\":[%s]}}],\"facts\":{"
            "\"user\":{\"id\":\"u1\"},\"userAction\":\"urn:user:registersecurityinfo\","
            "\"clientAppType\":\"browser\",\"ip\":%s,\"isInteractive\":true}}",
            rows[i].state, rows[i].target, rows[i].operator_, rows[i].controls, rows[i].ip);
        struct hg_json json;
        struct world world;
        struct policy_verdict verdict;
        struct hg_err err = {0};
        if (hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, &err) != HG_OK ||
            world_read(arena, &json, &world, &err) != HG_OK ||
            policy_judge(arena, world.set, &world.facts, true, &verdict, &err) != HG_OK)
            fail_msg("%s: %s", rows[i].name, err.detail);
        uint32_t needs = policy_registration_needs(world.set, &verdict);
        if (needs != rows[i].needs)
            fail_msg("%s: needs %#x, not %#x", rows[i].name, needs, rows[i].needs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registering_needs_what_policies_ask_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
