#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"
#include "policy/words_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What each condition of each policy saw, wanted and found. The finding is the mask
 * that the decision was made from; only the words are made here. */

typedef hg_str seen_fn(struct hg_arena *arena, const struct policy_facts *facts);
typedef hg_str wanted_fn(struct hg_arena *arena, const struct policy_set *set,
                         const struct policy_rule *rule);

static const struct {
    seen_fn *seen;
    wanted_fn *wanted;
} texts[POLICY_CONDITION_COUNT] = {
    [POLICY_CONDITION_USERS] = {policy_seen_who, policy_wanted_who},
    [POLICY_CONDITION_APPLICATIONS] = {policy_seen_target, policy_wanted_target},
    [POLICY_CONDITION_PLATFORMS] = {policy_seen_platform, policy_wanted_platforms},
    [POLICY_CONDITION_DEVICES] = {policy_seen_device, policy_wanted_devices},
    [POLICY_CONDITION_CLIENT_APP_TYPES] = {policy_seen_client, policy_wanted_clients},
    [POLICY_CONDITION_LOCATIONS] = {policy_seen_place, policy_wanted_places},
    [POLICY_CONDITION_SIGNIN_RISK] = {policy_seen_signin_risk, policy_wanted_signin_risk},
    [POLICY_CONDITION_USER_RISK] = {policy_seen_user_risk, policy_wanted_user_risk},
    [POLICY_CONDITION_INSIDER_RISK] = {policy_seen_insider_risk, policy_wanted_insider_risk},
    [POLICY_CONDITION_AUTH_FLOWS] = {policy_seen_flow, policy_wanted_flows},
};

/* What a condition looks at (enum policy_stated bits); 0: what is always there. */
static const uint32_t signals[POLICY_CONDITION_COUNT] = {
    [POLICY_CONDITION_PLATFORMS] = POLICY_STATED_PLATFORM,
    [POLICY_CONDITION_DEVICES] = POLICY_STATED_DEVICE,
    [POLICY_CONDITION_CLIENT_APP_TYPES] = POLICY_STATED_CLIENT_APP_TYPE,
    [POLICY_CONDITION_LOCATIONS] = POLICY_STATED_PLACE,
    [POLICY_CONDITION_SIGNIN_RISK] = POLICY_STATED_SIGNIN_RISK | POLICY_STATED_WORKLOAD_RISK,
    [POLICY_CONDITION_USER_RISK] = POLICY_STATED_USER_RISK,
    [POLICY_CONDITION_INSIDER_RISK] = POLICY_STATED_INSIDER_RISK,
    [POLICY_CONDITION_AUTH_FLOWS] = POLICY_STATED_FLOW,
};

static bool explain_rule(struct hg_arena *arena, const struct policy_set *set,
                         const struct policy_resolved *facts, const hg_str *seen, size_t i,
                         struct policy_result_row *row)
{
    const struct policy_rule *rule = set->rules[i];
    struct policy_reason *reasons =
        HG_NEW_ARRAY(arena, struct policy_reason, policy_bits_count(rule->configured));
    if (reasons == NULL)
        return false;
    row->reasons = reasons;
    for (uint32_t left = rule->configured; left != 0; left &= left - 1) {
        unsigned condition = (unsigned)__builtin_ctz(left);
        reasons[row->n_reasons++] =
            (struct policy_reason){.condition = (enum policy_condition)condition,
                                   .seen = seen[condition],
                                   .wanted = texts[condition].wanted(arena, set, rule),
                                   .hit = policy_mask_has(facts->holds[condition], i)};
    }
    return true;
}

static void describe_rule(const struct policy_set *set, const struct policy_resolved *facts,
                          size_t i, enum policy_result result, struct policy_result_row *row)
{
    const struct policy_rule *rule = set->rules[i];
    *row = (struct policy_result_row){.id = rule->id,
                                      .display_name = rule->display_name,
                                      .state = rule->state,
                                      .result = result,
                                      .controls = rule->controls,
                                      .needs_all = rule->needs_all};
    if (rule->session.secure_signin_session)
        row->controls |= POLICY_CONTROL_BOUND_TOKEN;
    row->analysis_reason = policy_analysis_reason(set, facts, i);
    if (rule->state == POLICY_DISABLED || !policy_rule_applies(set, facts, i))
        return;
    struct policy_missing missing = policy_rule_missing(set, facts, i);
    row->unmet = missing.unmet;
    row->met = missing.met;
}

enum hg_code policy_explain(struct hg_arena *arena, const struct policy_set *set,
                            const struct policy_resolved *facts, hg_str results,
                            const struct policy_result_row **out, struct hg_err *err)
{
    struct policy_result_row *rows = HG_NEW_ARRAY(arena, struct policy_result_row, set->n);
    hg_str seen[POLICY_CONDITION_COUNT];
    if (rows == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "reasons of %zu policies", set->n);
    uint32_t unknown = policy_facts_unknown(facts->facts);
    for (size_t c = 0; c < POLICY_CONDITION_COUNT; c++) {
        bool is_known = signals[c] == 0 || (signals[c] & ~unknown) != 0;
        seen[c] = is_known ? texts[c].seen(arena, facts->facts) : HG_STR("not stated");
    }
    for (size_t i = 0; i < set->n; i++) {
        describe_rule(set, facts, i, (enum policy_result)results.ptr[i], &rows[i]);
        if (!explain_rule(arena, set, facts, seen, i, &rows[i]))
            return HG_FAIL(err, HG_NO_MEMORY, "reasons of %zu policies", set->n);
    }
    if (hg_arena_exhausted(arena)) /* a text came out empty */
        return HG_FAIL(err, HG_NO_MEMORY, "reasons of %zu policies", set->n);
    *out = rows;
    return HG_OK;
}

/* --- What-If ------------------------------------------------------------------------- */

static bool is_empty(const struct policy_rule *rule)
{
    const struct policy_people *people = &rule->include_people;
    bool nobody = !people->all && !people->any_external && people->users.n == 0 &&
                  people->groups.n == 0 && people->roles.n == 0 && people->guests.kinds == 0 &&
                  !rule->for_workloads;
    bool nothing = rule->include_apps.families == 0 && rule->include_apps.ids.n == 0 &&
                   rule->user_actions.n == 0 && rule->auth_contexts.n == 0 &&
                   (rule->app_filter.parsed == NULL || rule->app_filter.excludes);
    bool no_controls = rule->controls == 0 && !rule->has_session;
    return nobody || nothing || no_controls;
}

static const char *target_reason(const struct policy_rule *rule, const struct policy_facts *facts)
{
    if (facts->n_resources == 0 && facts->user_action.len == 0 && facts->n_auth_contexts == 0)
        return "notEnoughInformation";
    if (rule->user_actions.n > 0)
        return "userActions";
    return rule->auth_contexts.n > 0 ? "authenticationContext" : "application";
}

static const char *condition_reason(const struct policy_rule *rule,
                                    const struct policy_facts *facts,
                                    enum policy_condition condition)
{
    static const char *const names[POLICY_CONDITION_COUNT] = {
        "users",    "application", "devicePlatform", "devices",     "clientApps",
        "location", "signInRisk",  "userRisk",       "insiderRisk", "authenticationFlow"};
    if (condition == POLICY_CONDITION_USERS && (rule->for_workloads || facts->workload != NULL))
        return "workloadIdentities";
    if (condition == POLICY_CONDITION_APPLICATIONS)
        return target_reason(rule, facts);
    return (facts->invalid & signals[condition]) != 0 ? "invalidCondition" : names[condition];
}

const char *policy_analysis_reason(const struct policy_set *set,
                                   const struct policy_resolved *facts, size_t i)
{
    HG_ASSERT(i < set->n);
    const struct policy_rule *rule = set->rules[i];
    if (rule->state == POLICY_DISABLED)
        return "policyNotEnabled";
    if (is_empty(rule))
        return "emptyPolicy";
    for (uint32_t left = rule->configured; left != 0; left &= left - 1) {
        unsigned condition = (unsigned)__builtin_ctz(left);
        if (!policy_mask_has(facts->holds[condition], i))
            return condition_reason(rule, facts->facts, (enum policy_condition)condition);
    }
    return "notSet";
}
