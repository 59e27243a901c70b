/* policy: the body of What If is read, judged by a small set, and answered for each policy;
 * with appliedPoliciesOnly the answer is the applying part of the whole one. */

#include "base/base.h"
#include "policy/policy.h"
#include "policy/what_if.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const policies[] = {
    "{\"id\":\"a\",\"displayName\":\"A\",\"state\":\"enabled\",\"conditions\":{\"users\":{"
    "\"includeUsers\":[\"All\"]},\"applications\":{\"includeApplications\":[\"All\"]},"
    "\"platforms\":{\"includePlatforms\":[\"windows\",\"iOS\"]},\"signInRiskLevels\":[\"high\"]},"
    "\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}}",
    "{\"id\":\"b\",\"displayName\":\"B\",\"state\":\"enabledForReportingButNotEnforced\","
    "\"conditions\":{\"users\":{\"includeUsers\":[\"All\"]},\"applications\":{"
    "\"includeApplications\":[\"Office365\"]},\"clientAppTypes\":[\"browser\"],\"devices\":{"
    "\"deviceFilter\":{\"mode\":\"include\",\"rule\":\"device.trustType -ne \\\"ServerAD\\\"\"}}},"
    "\"grantControls\":{\"operator\":\"AND\",\"builtInControls\":[\"mfa\",\"compliantDevice\"]}}",
    "{\"id\":\"c\",\"displayName\":\"C\",\"state\":\"enabled\",\"conditions\":{\"users\":{"
    "\"includeUsers\":[\"None\"]},\"applications\":{\"includeApplications\":[\"All\"]},"
    "\"clientApplications\":{\"includeServicePrincipals\":[\"ServicePrincipalsInMyTenant\"]},"
    "\"servicePrincipalRiskLevels\":[\"high\"]},\"grantControls\":{\"operator\":\"OR\","
    "\"builtInControls\":[\"block\"]}}",
    "{\"id\":\"d\",\"displayName\":\"D\",\"state\":\"disabled\",\"conditions\":{\"users\":{"
    "\"includeUsers\":[\"All\"]},\"applications\":{\"includeApplications\":[\"All\"]}},"
    "\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"mfa\"]}}",
};

/* One for all inputs. */
static const struct policy_set *set;
static struct hg_json json_of[HG_COUNT(policies)];

static void compile(void)
{
    struct hg_arena *arena = hg_arena_new("fuzz", 16 << 20);
    const struct policy_rule **rules =
        HG_NEW_ARRAY(arena, const struct policy_rule *, HG_COUNT(policies));
    HG_ASSERT(rules != NULL);
    struct policy_faults faults;
    for (size_t i = 0; i < HG_COUNT(policies); i++) {
        HG_ASSERT(hg_json_parse(arena, hg_str_of(policies[i]), HG_JSON_STRICT, &hg_json_api,
                                &json_of[i], NULL) == HG_OK);
        HG_ASSERT(policy_rule_parse(arena, &json_of[i], POLICY_PARSE_STRICT, &rules[i], &faults,
                                    NULL) == HG_OK);
    }
    const struct policy_source source = {.rules = rules, .n_rules = HG_COUNT(policies)};
    HG_ASSERT(policy_compile(arena, &source, &set, NULL) == HG_OK);
}

static size_t count_applying(const struct hg_json *answer)
{
    size_t n = 0;
    for (size_t i = 0; i < hg_json_count(answer); i++)
        n += hg_json_bool_or(hg_json_get(hg_json_item(answer, i), "policyApplies"), false);
    return n;
}

static void evaluate(struct hg_arena *arena, const struct policy_what_if *asked)
{
    if (set == NULL)
        compile();
    const struct model_user user = {.id = asked->user, .external = asked->external};
    const struct policy_workload workload = {.service_principal = asked->service_principal,
                                             .is_own = true,
                                             .risk = asked->workload_risk};
    struct policy_facts facts = asked->facts;
    const struct policy_resolved *resolved;
    if (asked->user.len > 0)
        facts.user = &user;
    else
        facts.workload = &workload;
    HG_ASSERT(policy_resolve(arena, set, &facts, &resolved, NULL) == HG_OK);
    struct hg_json all =
        policy_what_if_json(arena, set, resolved, json_of, POLICY_SHAPE_BETA, false);
    struct hg_json applied =
        policy_what_if_json(arena, set, resolved, json_of, POLICY_SHAPE_BETA, true);
    HG_ASSERT(hg_json_count(&all) == HG_COUNT(policies));
    HG_ASSERT(hg_json_count(&applied) == count_applying(&all));
    HG_ASSERT(count_applying(&applied) == hg_json_count(&applied));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    struct hg_json json;
    struct policy_faults faults = {0};
    const struct policy_what_if *asked;
    if (arena == NULL || hg_json_parse(arena, (hg_str){(const char *)data, size}, HG_JSON_STRICT,
                                       &hg_json_api, &json, NULL) != HG_OK)
        return 0;
    enum hg_code code = policy_what_if_parse(arena, &json, &asked, &faults, NULL);
    HG_ASSERT(code == HG_OK || (code == HG_MALFORMED && faults.n > 0));
    if (code == HG_OK)
        evaluate(arena, asked);
    return 0;
}
