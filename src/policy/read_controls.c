#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* grantControls (1.4): every listed item is one operand of the operator. */

static const struct policy_word_bit control_bits[] = {
    {"block", POLICY_CONTROL_BLOCK},
    {"mfa", POLICY_CONTROL_MFA},
    {"compliantDevice", POLICY_CONTROL_COMPLIANT_DEVICE},
    {"domainJoinedDevice", POLICY_CONTROL_DOMAIN_JOINED},
    {"approvedApplication", POLICY_CONTROL_APPROVED_APP},
    {"compliantApplication", POLICY_CONTROL_COMPLIANT_APP},
    {"passwordChange", POLICY_CONTROL_PASSWORD_CHANGE},
    {"riskRemediation", POLICY_CONTROL_RISK_REMEDIATION},
};

/* A built-in strength is known by its id, whatever else was sent. */
static const struct policy_strength *read_strength(struct policy_findings *findings,
                                                   const struct hg_json *json)
{
    hg_str path = HG_STR("grantControls.authenticationStrength");
    hg_str id = hg_json_str_or(policy_member(json, "id"), HG_STR(""));
    const struct policy_strength *known = policy_strength_builtin(id);
    if (known != NULL)
        return known;
    if (id.len == 0)
        policy_find(findings, "1007", path,
                    HG_STR("The body does not match the policy schema: "
                           "grantControls.authenticationStrength needs the id of a strength."));
    return policy_read_strength(findings, json, path);
}

static uint32_t control_if(bool is, enum policy_control control)
{
    return is ? control : 0;
}

static struct policy_ids ids_of(struct policy_findings *findings, const struct hg_json *grant,
                                const char *member)
{
    uint32_t none = 0;
    return policy_read_ids(findings->arena, policy_member(grant, member),
                           (struct policy_words){NULL, 0}, &none);
}

void policy_read_controls(struct policy_findings *findings, const struct hg_json *json,
                          struct policy_rule *rule)
{
    const struct hg_json *grant = policy_member(json, "grantControls");
    const struct hg_json *built_in = policy_member(grant, "builtInControls");
    const struct hg_json *strength = policy_member(grant, "authenticationStrength");
    rule->terms = ids_of(findings, grant, "termsOfUse");
    rule->factors = ids_of(findings, grant, "customAuthenticationFactors");
    rule->controls =
        policy_read_words(built_in, (struct policy_words){control_bits, HG_COUNT(control_bits)}) |
        control_if(policy_says_something(strength), POLICY_CONTROL_STRENGTH) |
        control_if(rule->terms.n > 0, POLICY_CONTROL_TERMS_OF_USE) |
        control_if(rule->factors.n > 0, POLICY_CONTROL_CUSTOM);
    rule->needs_all = !hg_str_eq_nocase(
        hg_json_str_or(policy_member(grant, "operator"), HG_STR("AND")), HG_STR("OR"));
    if ((rule->controls & POLICY_CONTROL_STRENGTH) != 0)
        rule->strength = read_strength(findings, strength);
}
