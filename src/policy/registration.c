#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static bool is_about_registration(const struct policy_rule *rule)
{
    for (size_t i = 0; i < rule->user_actions.n; i++)
        if (hg_str_eq_nocase(rule->user_actions.items[i], HG_STR(POLICY_ACTION_SECURITY_INFO)))
            return true;
    return false;
}

/* With operator OR one control will do, so a question that the sign-in asks answers for all. */
static uint32_t left_of_applications(const struct policy_result_row *row)
{
    bool is_asked = (row->unmet & POLICY_CONTROLS_PROMPT) != 0;
    return !row->needs_all && is_asked ? 0 : row->unmet & ~(uint32_t)POLICY_CONTROLS_PROMPT;
}

uint32_t policy_registration_needs(const struct policy_set *set,
                                   const struct policy_verdict *verdict)
{
    HG_ASSERT(verdict->rows != NULL || set->n == 0);
    uint32_t needs = 0;
    for (size_t i = 0; i < set->n; i++) {
        const struct policy_result_row *row = &verdict->rows[i];
        if (row->result == POLICY_RESULT_FAILURE)
            needs |= is_about_registration(set->rules[i]) ? row->unmet : left_of_applications(row);
    }
    return needs;
}

hg_str policy_verdict_strength(const struct policy_set *set, const struct policy_verdict *verdict)
{
    if ((verdict->needs & POLICY_CONTROL_STRENGTH) == 0)
        return HG_STR("");
    for (size_t i = 0; i < set->n; i++)
        if (set->strengths[i] != NULL &&
            model_has_id(verdict->deciding, verdict->n_deciding, set->rules[i]->id))
            return policy_strength_name(set->strengths[i]);
    return HG_STR("");
}
