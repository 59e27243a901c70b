#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

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
};
static const struct policy_word_bit unjudged_bits[] = {{"riskRemediation", 1}};

static void read_combinations(struct policy_findings *findings, const struct hg_json *list,
                              struct policy_strength *strength)
{
    hg_str path = HG_STR("grantControls.authenticationStrength.allowedCombinations");
    size_t n = hg_json_is(list, HG_JSON_ARRAY) ? hg_json_count(list) : 0;
    uint32_t *combinations = HG_NEW_ARRAY(findings->arena, uint32_t, n);
    strength->combinations = combinations;
    if (combinations == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        hg_str text = hg_json_str_or(hg_json_item(list, i), HG_STR(""));
        if (policy_combination_parse(text, &combinations[strength->n_combinations]))
            strength->n_combinations++;
        else
            policy_find(findings, "1007", path,
                        hg_str_format(findings->arena,
                                      "The body does not match the policy schema: '%.*s' is no "
                                      "combination of authentication methods.",
                                      HG_ARG(policy_clip(text))));
    }
}

/* A built-in strength is known by its id; another must say what it allows. */
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
    struct policy_strength *strength = HG_NEW(findings->arena, struct policy_strength);
    if (strength == NULL)
        return NULL;
    strength->id = id;
    strength->display_name = hg_json_str_or(policy_member(json, "displayName"), id);
    read_combinations(findings, policy_member(json, "allowedCombinations"), strength);
    if (strength->n_combinations == 0)
        policy_find_unjudged(findings, path);
    return strength;
}

static void find_unenforced(struct policy_findings *findings, uint32_t controls)
{
    static const struct {
        enum policy_control control;
        hg_str path;
    } rows[] = {
        {POLICY_CONTROL_PASSWORD_CHANGE, HG_LIT("grantControls.builtInControls.passwordChange")},
        {POLICY_CONTROL_TERMS_OF_USE, HG_LIT("grantControls.termsOfUse")},
        {POLICY_CONTROL_CUSTOM, HG_LIT("grantControls.customAuthenticationFactors")},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        if ((controls & rows[i].control) != 0)
            policy_find_unenforced(findings, rows[i].path);
}

static uint32_t control_if(const struct hg_json *value, enum policy_control control)
{
    return policy_says_something(value) ? control : 0;
}

void policy_read_controls(struct policy_findings *findings, const struct hg_json *json,
                          struct policy_rule *rule)
{
    const struct hg_json *grant = policy_member(json, "grantControls");
    const struct hg_json *built_in = policy_member(grant, "builtInControls");
    const struct hg_json *strength = policy_member(grant, "authenticationStrength");
    rule->controls =
        policy_read_words(built_in, (struct policy_words){control_bits, HG_COUNT(control_bits)});
    rule->controls |= control_if(strength, POLICY_CONTROL_STRENGTH);
    rule->controls |= control_if(policy_member(grant, "termsOfUse"), POLICY_CONTROL_TERMS_OF_USE);
    rule->controls |=
        control_if(policy_member(grant, "customAuthenticationFactors"), POLICY_CONTROL_CUSTOM);
    rule->needs_all = !hg_str_eq_nocase(
        hg_json_str_or(policy_member(grant, "operator"), HG_STR("AND")), HG_STR("OR"));
    if ((rule->controls & POLICY_CONTROL_STRENGTH) != 0)
        rule->strength = read_strength(findings, strength);
    if (policy_read_words(built_in, (struct policy_words){unjudged_bits, 1}) != 0)
        policy_find_unjudged(findings, HG_STR("grantControls.builtInControls.riskRemediation"));
    find_unenforced(findings, rule->controls);
}
