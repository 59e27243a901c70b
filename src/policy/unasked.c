#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What this server cannot ask for or about yet. The evaluator judges all of it; a policy that
 * enforces it would hold for nobody, or let nobody in. A row goes when the server asks. */

/* Devices are not registered by this server. */
static bool names_device_action(const struct policy_rule *rule)
{
    for (size_t i = 0; i < rule->user_actions.n; i++)
        if (hg_str_eq_nocase(rule->user_actions.items[i], HG_STR(POLICY_ACTION_DEVICE)))
            return true;
    return false;
}

static bool wants_factors(const struct policy_rule *rule)
{
    return (rule->controls & POLICY_CONTROL_CUSTOM) != 0;
}

static const struct {
    bool (*is_in)(const struct policy_rule *rule);
    hg_str path;
    bool is_target; /* else a control */
    const char *what;
} rows[] = {
    {names_device_action, HG_LIT("conditions.applications.includeUserActions"), true,
     "registering devices"},
    {wants_factors, HG_LIT("grantControls.customAuthenticationFactors"), false, "custom controls"},
};

static hg_str why(struct hg_arena *arena, size_t row)
{
    const char *what = rows[row].what;
    if (rows[row].is_target)
        return hg_str_format(arena,
                             "asks no policy about %s, so the policy would be enabled and never "
                             "hold",
                             what);
    return hg_str_format(
        arena, "cannot ask for %s at its sign-in, so the policy would let nobody in", what);
}

void policy_find_unasked(struct policy_findings *findings, const struct policy_rule *rule,
                         bool is_warning)
{
    for (size_t i = 0; i < HG_COUNT(rows) && rule->state == POLICY_ENABLED; i++) {
        if (!rows[i].is_in(rule))
            continue;
        hg_str text = hg_str_format(findings->arena,
                                    "%.*s: this server %.*s; save it with state 'disabled' or "
                                    "'enabledForReportingButNotEnforced'.",
                                    HG_ARG(rows[i].path), HG_ARG(why(findings->arena, i)));
        if (is_warning)
            policy_warn(findings, "1037", rows[i].path, text);
        else
            policy_find(findings, "1037", rows[i].path, text);
    }
}
