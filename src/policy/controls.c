#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which controls these facts meet, which a step of the sign-in could still meet, and what a
 * policy that applies therefore misses (conditional-access.md 1.4, 1.5, 3.1, 3.9). */

static uint32_t bit_if(bool is, uint32_t bits)
{
    return is ? bits : 0;
}

/* --- The facts alone -------------------------------------------------------------------- */

static bool is_by_code(const struct policy_facts *facts)
{
    return (facts->flow_origin & MODEL_ORIGIN_DEVICE_CODE) != 0;
}

static bool foreign_claim_is_refused(const struct policy_facts *facts)
{
    return facts->mfa_is_foreign && !facts->inbound_trust.mfa;
}

static bool mfa_is_met(const struct policy_facts *facts)
{
    if (foreign_claim_is_refused(facts))
        return false;
    return (facts->mfa_at.is_set && !facts->mfa_is_stale) ||
           (facts->methods & MODEL_METHOD_WINDOWS_HELLO) != 0;
}

static uint32_t signalled_controls(const struct policy_facts *facts)
{
    const struct model_device *device = facts->device;
    bool has_device = device->is_present && !is_by_code(facts);
    bool mfa = mfa_is_met(facts);
    bool changed = facts->password_is_changed && mfa;
    bool joined = hg_str_eq_nocase(device->trust_type, HG_STR("ServerAD"));
    return bit_if(mfa, POLICY_CONTROL_MFA) |
           bit_if(has_device && device->is_compliant, POLICY_CONTROL_COMPLIANT_DEVICE) |
           bit_if(has_device && joined, POLICY_CONTROL_DOMAIN_JOINED) |
           bit_if(facts->is_approved_app, POLICY_CONTROL_APPROVED_APP) |
           bit_if(facts->is_protected_app, POLICY_CONTROL_COMPLIANT_APP) |
           bit_if(changed, POLICY_CONTROL_PASSWORD_CHANGE) |
           bit_if(changed || facts->risk_is_remediated, POLICY_CONTROL_RISK_REMEDIATION) |
           bit_if(facts->is_token_bound, POLICY_CONTROL_BOUND_TOKEN);
}

/* 1.4 and 3.9: what an external user can neither bring along nor obtain here. */
static uint32_t denied_controls(const struct policy_facts *facts)
{
    const struct policy_inbound_trust *trust = &facts->inbound_trust;
    enum model_external kind =
        facts->user == NULL ? MODEL_EXTERNAL_NONE : model_user_external(facts->user);
    if (kind == MODEL_EXTERNAL_NONE || kind == MODEL_EXTERNAL_INTERNAL_GUEST)
        return 0;
    bool has_no_object = kind == MODEL_EXTERNAL_DIRECT_CONNECT;
    return POLICY_CONTROL_APPROVED_APP | POLICY_CONTROL_COMPLIANT_APP |
           POLICY_CONTROL_PASSWORD_CHANGE | POLICY_CONTROL_RISK_REMEDIATION |
           bit_if(!trust->compliant_device, POLICY_CONTROL_COMPLIANT_DEVICE) |
           bit_if(!trust->domain_joined_device, POLICY_CONTROL_DOMAIN_JOINED) |
           bit_if(has_no_object, POLICY_CONTROL_TERMS_OF_USE) |
           bit_if(has_no_object && !trust->mfa, POLICY_CONTROL_MFA | POLICY_CONTROL_STRENGTH);
}

/* 1.4, column "not satisfiable by". An unknown platform may turn out to be any. */
static uint32_t attainable_controls(const struct policy_facts *facts, bool is_legacy)
{
    const enum model_platform platform = facts->platform;
    bool by_code = is_by_code(facts);
    bool windows = platform == MODEL_PLATFORM_WINDOWS || platform == MODEL_PLATFORM_UNKNOWN;
    bool phone = platform == MODEL_PLATFORM_IOS || platform == MODEL_PLATFORM_ANDROID ||
                 platform == MODEL_PLATFORM_UNKNOWN;
    return bit_if(!is_legacy, POLICY_CONTROLS_PROMPT) |
           bit_if(!by_code, POLICY_CONTROL_COMPLIANT_DEVICE) |
           bit_if(!by_code && windows, POLICY_CONTROL_DOMAIN_JOINED) |
           bit_if(phone, POLICY_CONTROL_APPROVED_APP) |
           bit_if(phone || windows, POLICY_CONTROL_COMPLIANT_APP);
}

/* What enrols a device cannot wait for an enrolled one (3.4 step B). */
static uint32_t met_through_all(const struct policy_facts *facts)
{
    bool registers = facts->n_resources == 1 &&
                     hg_str_eq_nocase(facts->resources[0], HG_STR(POLICY_APP_DEVICE_REGISTRATION));
    return bit_if(registers, POLICY_CONTROL_COMPLIANT_DEVICE | POLICY_CONTROL_DOMAIN_JOINED);
}

static bool targets_action(const struct policy_rule *rule, const struct policy_facts *facts)
{
    return model_has_id(rule->user_actions.items, rule->user_actions.n, facts->user_action);
}

/* 1.5: while security information is registered, the strength of a policy on that user action
 * governs, and those of policies for all resources do not count. */
static bool strengths_of_all_yield(const struct policy_set *set,
                                   const struct policy_resolved *facts)
{
    if (!hg_str_eq_nocase(facts->facts->user_action, HG_STR(POLICY_ACTION_SECURITY_INFO)))
        return false;
    for (size_t i = 0; i < set->n; i++)
        if (policy_mask_has(set->enabled, i) &&
            (set->rules[i]->controls & POLICY_CONTROL_STRENGTH) != 0 &&
            targets_action(set->rules[i], facts->facts) && policy_rule_applies(set, facts, i))
            return true;
    return false;
}

void policy_resolve_controls(const struct policy_set *set, struct policy_resolved *out)
{
    const struct policy_facts *facts = out->facts;
    bool is_less = facts->mfa_is_stale || foreign_claim_is_refused(facts);
    out->is_legacy =
        (facts->client_app_type & (MODEL_CLIENT_BROWSER | MODEL_CLIENT_MOBILE_DESKTOP)) == 0;
    out->denied = denied_controls(facts);
    out->met = signalled_controls(facts) & ~out->denied;
    out->met_through_all = met_through_all(facts);
    out->can_be_had = attainable_controls(facts, out->is_legacy) & ~out->denied;
    out->methods = is_less ? facts->methods & MODEL_METHOD_PASSWORD : facts->methods;
    out->usable = facts->knows_usable_methods ? facts->methods | facts->usable_methods : UINT32_MAX;
    out->strengths_of_all_yield = strengths_of_all_yield(set, out);
    out->is_user = facts->user != NULL;
    out->other = policy_other_mfa(set, out);
}

/* --- One policy ------------------------------------------------------------------------- */

static size_t count_present(struct policy_ids wanted, const hg_str *had, size_t n)
{
    size_t present = 0;
    for (size_t i = 0; i < wanted.n; i++)
        present += model_has_id(had, n, wanted.items[i]);
    return present;
}

static bool enough(const struct policy_rule *rule, struct policy_ids wanted, const hg_str *had,
                   size_t n)
{
    return count_present(wanted, had, n) >= (rule->needs_all ? wanted.n : 1);
}

static bool strength_is_met(const struct policy_set *set, const struct policy_resolved *facts,
                            size_t i)
{
    if (facts->strengths_of_all_yield && (set->briefs[i].traits & POLICY_TRAIT_FOR_ALL) != 0)
        return true;
    return set->strengths[i] != NULL && (facts->denied & POLICY_CONTROL_STRENGTH) == 0 &&
           policy_strength_met(set->strengths[i], facts->methods, facts->facts);
}

static bool strength_is_usable(const struct policy_set *set, const struct policy_resolved *facts,
                               size_t i)
{
    return set->strengths[i] != NULL && policy_strength_usable(set->strengths[i], facts->usable);
}

/* What depends on the policy's own lists; apart, so that policies without lists do not pay. */
__attribute__((noinline)) static uint32_t
met_by_lists(const struct policy_set *set, const struct policy_resolved *resolved, size_t i)
{
    const struct policy_rule *rule = set->rules[i];
    const struct policy_facts *facts = resolved->facts;
    uint32_t listed = rule->controls & (POLICY_CONTROL_STRENGTH | POLICY_CONTROL_TERMS_OF_USE |
                                        POLICY_CONTROL_CUSTOM);
    uint32_t met = 0;
    if ((listed & POLICY_CONTROL_STRENGTH) != 0)
        met |= bit_if(strength_is_met(set, resolved, i), POLICY_CONTROL_STRENGTH);
    if ((listed & POLICY_CONTROL_TERMS_OF_USE) != 0)
        met |= bit_if(enough(rule, rule->terms, facts->accepted_terms, facts->n_accepted_terms),
                      POLICY_CONTROL_TERMS_OF_USE & ~resolved->denied);
    if ((listed & POLICY_CONTROL_CUSTOM) != 0)
        met |= bit_if(enough(rule, rule->factors, facts->passed_factors, facts->n_passed_factors),
                      POLICY_CONTROL_CUSTOM);
    return met;
}

static uint32_t lowest(uint32_t bits)
{
    return bits & -bits;
}

struct policy_missing policy_rule_missing(const struct policy_set *set,
                                          const struct policy_resolved *facts, size_t i)
{
    const struct policy_brief brief = set->briefs[i];
    bool needs_all = (brief.traits & POLICY_TRAIT_NEEDS_ALL) != 0;
    uint32_t met = facts->met;
    if ((brief.traits & POLICY_TRAIT_FOR_ALL) != 0)
        met |= facts->met_through_all;
    if ((brief.traits & POLICY_TRAIT_HAS_LISTS) != 0)
        met |= met_by_lists(set, facts, i);
    uint32_t unmet = brief.controls & ~met;
    uint32_t out_of_reach = facts->denied;
    if ((unmet & POLICY_CONTROL_STRENGTH) != 0 && !strength_is_usable(set, facts, i))
        out_of_reach |= POLICY_CONTROL_STRENGTH;
    struct policy_missing missing = {
        .unmet = unmet, .asked = unmet, .met = brief.controls & ~unmet};
    if (!needs_all && missing.met != 0)
        missing.unmet = missing.asked = 0;
    else if (!needs_all) {
        uint32_t attainable = unmet & facts->can_be_had & ~out_of_reach;
        missing.asked = lowest(attainable != 0 ? attainable : unmet);
    }
    if ((brief.traits & POLICY_TRAIT_BINDS_TOKENS) != 0 &&
        (facts->met & POLICY_CONTROL_BOUND_TOKEN) == 0) {
        missing.unmet |= POLICY_CONTROL_BOUND_TOKEN;
        missing.asked |= POLICY_CONTROL_BOUND_TOKEN;
    }
    missing.is_final = (missing.asked & (POLICY_CONTROL_BLOCK | out_of_reach)) != 0 ||
                       (facts->is_legacy && (missing.asked & POLICY_CONTROLS_PROMPT) != 0);
    return missing;
}

/* --- What is asked by name ---------------------------------------------------------------- */

static void add_missing(const struct policy_rule *rule, struct policy_ids wanted,
                        struct policy_ids had, struct policy_names *names)
{
    for (size_t i = 0; i < wanted.n; i++) {
        if (model_has_id(had.items, had.n, wanted.items[i]))
            continue;
        if (!model_has_id(names->items, names->n, wanted.items[i]))
            names->items[names->n++] = wanted.items[i];
        if (!rule->needs_all) /* one will do */
            return;
    }
}

bool policy_names_add(struct hg_arena *arena, const struct policy_set *set, size_t i,
                      uint32_t asked, const struct policy_facts *facts, struct policy_asked *out)
{
    const struct policy_rule *rule = set->rules[i];
    if (out->terms.items == NULL) {
        out->terms.items = HG_NEW_ARRAY(arena, hg_str, set->n_terms);
        out->factors.items = HG_NEW_ARRAY(arena, hg_str, set->n_factors);
        if (out->terms.items == NULL || out->factors.items == NULL)
            return false;
    }
    if ((asked & POLICY_CONTROL_TERMS_OF_USE) != 0)
        add_missing(rule, rule->terms,
                    (struct policy_ids){facts->accepted_terms, facts->n_accepted_terms},
                    &out->terms);
    if ((asked & POLICY_CONTROL_CUSTOM) != 0)
        add_missing(rule, rule->factors,
                    (struct policy_ids){facts->passed_factors, facts->n_passed_factors},
                    &out->factors);
    return true;
}
