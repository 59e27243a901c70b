#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static uint32_t mfa_sources(const struct policy_rule *rule)
{
    bool mfa = (rule->controls & POLICY_CONTROL_MFA) != 0;
    bool strength = (rule->controls & POLICY_CONTROL_STRENGTH) != 0;
    bool risk = rule->signin_risks != 0 || rule->user_risks != 0;
    return (mfa ? POLICY_MFA_BY_POLICY : 0u) | (strength ? POLICY_MFA_BY_STRENGTH : 0u) |
           ((mfa || strength) && risk ? POLICY_MFA_BY_RISK : 0u);
}

struct policy_brief policy_brief_of(const struct policy_rule *rule)
{
    enum { LISTED = POLICY_CONTROL_STRENGTH | POLICY_CONTROL_TERMS_OF_USE | POLICY_CONTROL_CUSTOM };
    const struct {
        bool is;
        enum policy_trait trait;
    } rows[] = {
        {rule->state == POLICY_ENABLED, POLICY_TRAIT_ENABLED},
        {rule->needs_all, POLICY_TRAIT_NEEDS_ALL},
        {(rule->include_apps.families & POLICY_FAMILY_ALL) != 0, POLICY_TRAIT_FOR_ALL},
        {(rule->controls & LISTED) != 0, POLICY_TRAIT_HAS_LISTS},
        {rule->session.secure_signin_session, POLICY_TRAIT_BINDS_TOKENS},
        {rule->has_session, POLICY_TRAIT_HAS_SESSION},
    };
    uint32_t traits = 0;
    for (size_t k = 0; k < HG_COUNT(rows); k++)
        traits |= rows[k].is ? rows[k].trait : 0u;
    return (struct policy_brief){.controls = rule->controls,
                                 .traits = (uint16_t)traits,
                                 .mfa_sources = (uint16_t)mfa_sources(rule)};
}
