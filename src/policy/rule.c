#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>

static const enum policy_state all_states[] = {POLICY_ENABLED, POLICY_DISABLED, POLICY_REPORT_ONLY};

/* A policy without a state it can be told by counts as enabled: the strictest reading. */
static enum policy_state read_state(const struct hg_json *json)
{
    hg_str text = hg_json_str_or(policy_member(json, "state"), HG_STR(""));
    for (size_t i = 0; i < HG_COUNT(all_states); i++)
        if (hg_str_eq_nocase(text, hg_str_of(policy_state_name(all_states[i]))))
            return all_states[i];
    return POLICY_ENABLED;
}

static void find_missing(struct policy_findings *findings, const char *member)
{
    policy_find(findings, "1007", hg_str_of(member),
                hg_str_format(findings->arena,
                              "The body does not match the policy schema: %s is required.",
                              member));
}

static void check_required(struct policy_findings *findings, const struct hg_json *json)
{
    if (hg_json_str_or(policy_member(json, "displayName"), HG_STR("")).len == 0)
        find_missing(findings, "displayName");
    if (policy_member(json, "state") == NULL)
        find_missing(findings, "state");
    if (!hg_json_is(policy_member(json, "conditions"), HG_JSON_OBJECT))
        find_missing(findings, "conditions");
}

static void read_rule(struct policy_findings *findings, const struct hg_json *json,
                      struct policy_rule *rule)
{
    const struct hg_json *conditions = policy_member(json, "conditions");
    rule->id = hg_json_str_or(policy_member(json, "id"), HG_STR(""));
    rule->display_name = hg_json_str_or(policy_member(json, "displayName"), HG_STR(""));
    rule->state = findings->state;
    check_required(findings, json);
    if (hg_json_is(conditions, HG_JSON_OBJECT)) {
        policy_read_people(findings, conditions, rule);
        policy_read_targets(findings, conditions, rule);
        policy_read_conditions(findings, conditions, rule);
    }
    policy_read_controls(findings, json, rule);
    policy_read_session(findings, json, rule);
    policy_rule_validate(findings, rule);
}

enum hg_code policy_rule_parse(struct hg_arena *arena, const struct hg_json *json, unsigned options,
                               const struct policy_rule **out, struct policy_faults *faults,
                               struct hg_err *err)
{
    struct policy_findings findings = {.arena = arena,
                                       .lenient = (options & POLICY_PARSE_LENIENT) != 0,
                                       .state = read_state(json)};
    struct policy_rule *rule = HG_NEW(arena, struct policy_rule);
    if (rule == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a policy");

    schema_check(&findings, &schema_policy, json, HG_STR(""));
    if (hg_json_is(json, HG_JSON_OBJECT))
        read_rule(&findings, json, rule);
    HG_TRY(policy_findings_close(&findings, faults, err));
    if (findings.becomes_disabled)
        rule->state = POLICY_DISABLED;
    *out = rule;
    return HG_OK;
}

struct hg_json policy_rule_canonical(struct hg_arena *arena, const struct hg_json *json,
                                     enum policy_shape shape)
{
    return schema_render(arena, &schema_policy, json, shape);
}
