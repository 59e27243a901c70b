#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The two sources of multi-factor authentication that are no policies: the user's own state
 * (conditional-access.md 6.8) and the tenant's security defaults. */

/* Roles whose holders are asked always, by template id. */
static const hg_str administrators[] = {
    HG_LIT("62e90394-69f5-4237-9190-012177145e10"), /* Global */
    HG_LIT("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"), /* Application */
    HG_LIT("c4e39bd9-1100-46d3-8c65-fb160da0071f"), /* Authentication */
    HG_LIT("b0f54661-2d74-4c50-afa3-1ec803f12efe"), /* Billing */
    HG_LIT("158c047a-c907-4556-b7ef-446551a6b5f7"), /* Cloud Application */
    HG_LIT("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"), /* Conditional Access */
    HG_LIT("29232cdf-9323-42fd-ade2-1d097af3e4de"), /* Exchange */
    HG_LIT("729827e3-9c14-49f7-bb1b-9608f156bbb8"), /* Helpdesk */
    HG_LIT("966707d0-3269-4727-9be2-8c3a10f19b9d"), /* Password */
    HG_LIT("7be44c8a-adaf-4e2a-84d6-ab2649e08a13"), /* Privileged Authentication */
    HG_LIT("e8611ab8-c189-46e8-94e1-60213ab1f814"), /* Privileged Role */
    HG_LIT("194ae4cb-b126-40b2-bd5b-6091b380977d"), /* Security */
    HG_LIT("f28a1f50-f6e7-4571-818b-6a12f2af6b6c"), /* SharePoint */
    HG_LIT("fe930be7-5e62-47db-91af-98c3a49a38b1"), /* User */
};

static bool is_at_trusted_ip(const struct policy_set *set, const struct model_network *network)
{
    const struct policy_place_group *group =
        network->has_ip ? policy_spans_find(&set->spans, network->ip) : NULL;
    return group != NULL && policy_mask_has(group->locations, set->n_locations);
}

static bool user_state_asks(const struct policy_set *set, const struct policy_resolved *facts)
{
    return facts->facts->user_mfa != POLICY_USER_MFA_DISABLED && !facts->is_legacy &&
           !is_at_trusted_ip(set, &facts->facts->network);
}

static bool is_administrator(const struct model_user *user)
{
    for (size_t i = 0; i < user->n_roles; i++)
        if (model_has_id(administrators, HG_COUNT(administrators), user->roles[i]))
            return true;
    return false;
}

/* The portal belongs to it (3.4 step B). */
static bool manages_azure(const struct policy_facts *facts)
{
    return model_has_id(facts->resources, facts->n_resources,
                        HG_STR(POLICY_APP_AZURE_MANAGEMENT)) ||
           model_has_id(facts->resources, facts->n_resources, HG_STR(POLICY_APP_AZURE_PORTAL));
}

static bool defaults_ask(const struct policy_facts *facts)
{
    return is_administrator(facts->user) || manages_azure(facts) ||
           (facts->mfa_registration_is_due && !facts->user->has_mfa_method);
}

struct policy_other_mfa policy_other_mfa(const struct policy_set *set,
                                         const struct policy_resolved *facts)
{
    struct policy_other_mfa other = {0};
    if (facts->facts->user == NULL)
        return other;
    if (user_state_asks(set, facts))
        other.sources |= POLICY_MFA_BY_USER;
    if (set->security_defaults && defaults_ask(facts->facts))
        other.sources |= POLICY_MFA_BY_SECURITY_DEFAULTS;
    other.blocks_legacy = set->security_defaults && facts->is_legacy;
    other.asks = other.sources != 0 && (facts->met & POLICY_CONTROL_MFA) == 0;
    other.is_final = other.asks && (facts->denied & POLICY_CONTROL_MFA) != 0;
    return other;
}
