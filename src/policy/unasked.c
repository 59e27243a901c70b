#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What this server cannot ask for or about yet. The evaluator judges all of it; a policy that
 * enforces it would hold for nobody, or let nobody in. A row goes when the server asks. */

static bool wants_factors(const struct policy_rule *rule)
{
    return (rule->controls & POLICY_CONTROL_CUSTOM) != 0;
}

static const struct {
    bool (*is_in)(const struct policy_rule *rule);
    hg_str path;
    const char *what;
} rows[] = {
    {wants_factors, HG_LIT("grantControls.customAuthenticationFactors"), "custom controls"},
};

void policy_find_unasked(struct policy_findings *findings, const struct policy_rule *rule,
                         bool is_warning)
{
    for (size_t i = 0; i < HG_COUNT(rows) && rule->state == POLICY_ENABLED; i++) {
        if (!rows[i].is_in(rule))
            continue;
        hg_str text = hg_str_format(
            findings->arena,
            "%.*s: this server cannot ask for %s at its sign-in, so the policy would let nobody "
            "in; save it with state 'disabled' or 'enabledForReportingButNotEnforced'.",
            HG_ARG(rows[i].path), rows[i].what);
        if (is_warning)
            policy_warn(findings, "1037", rows[i].path, text);
        else
            policy_find(findings, "1037", rows[i].path, text);
    }
}
