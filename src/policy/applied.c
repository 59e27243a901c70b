#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Results as the sign-in log shows them (conditional-access.md 4.3). */

enum hg_code policy_results_check(const struct policy_set *set, hg_str results, struct hg_err *err)
{
    if (results.len != set->n)
        return HG_FAIL(err, HG_MALFORMED, "%zu results for %zu policies", results.len, set->n);
    for (size_t i = 0; i < results.len; i++)
        if ((unsigned char)results.ptr[i] >= POLICY_RESULT_COUNT)
            return HG_FAIL(err, HG_MALFORMED, "result %u of policy %zu",
                           (unsigned char)results.ptr[i], i);
    return HG_OK;
}

static void push_if(struct hg_arena *arena, struct hg_json *array, bool is, const char *name)
{
    if (is)
        hg_json_push(arena, array, hg_json_z(name));
}

/* A policy that is not enabled enforces nothing. */
static struct hg_json grant_controls(struct hg_arena *arena, const struct policy_rule *rule)
{
    struct hg_json array = hg_json_array();
    if (rule->state == POLICY_DISABLED)
        return array;
    for (uint32_t left = rule->controls; left != 0; left &= left - 1)
        hg_json_push(arena, &array,
                     hg_json_z(policy_control_name((enum policy_control)(left & -left))));
    return array;
}

static struct hg_json session_controls(struct hg_arena *arena, const struct policy_rule *rule)
{
    const struct policy_session_controls *session = &rule->session;
    struct hg_json array = hg_json_array();
    if (rule->state == POLICY_DISABLED)
        return array;
    push_if(arena, &array, session->app_enforced_restrictions, "EnforcedRestrictions");
    push_if(arena, &array, session->cloud_app_security != POLICY_CAS_NONE, "CloudAppSecurity");
    push_if(arena, &array, session->frequency.is_set || session->mfa_frequency.is_set,
            "SignInFrequency");
    push_if(arena, &array, session->has_persistent, "PersistentBrowserSessionMode");
    push_if(arena, &array, session->secure_signin_session, "SignInTokenProtection");
    push_if(arena, &array, session->disable_resilience_defaults, "DisableResilienceDefaults");
    push_if(arena, &array, session->continuous_access != POLICY_CAE_DEFAULT,
            "ContinuousAccessEvaluation");
    return array;
}

/* Which session controls of a policy that applied were in the way: the row of the refusal
 * says which kind it was. */
static struct hg_json missed_session_controls(struct hg_arena *arena,
                                              const struct policy_rule *rule,
                                              enum policy_result result, uint32_t aadsts)
{
    enum { GRANT_TOO_OLD = 70043, SESSION_TOO_OLD = 70044, TOKEN_UNBOUND = 530084 };
    const struct policy_session_controls *session = &rule->session;
    struct hg_json array = hg_json_array();
    bool applied = result == POLICY_RESULT_SUCCESS || result == POLICY_RESULT_FAILURE;
    bool too_old = aadsts == GRANT_TOO_OLD || aadsts == SESSION_TOO_OLD;
    push_if(arena, &array,
            applied && too_old && (session->frequency.is_set || session->mfa_frequency.is_set),
            "SignInFrequency");
    push_if(arena, &array, applied && aadsts == TOKEN_UNBOUND && session->secure_signin_session,
            "SignInTokenProtection");
    return array;
}

static void put_strength(struct hg_arena *arena, struct hg_json *row,
                         const struct policy_strength *strength)
{
    if (strength == NULL)
        return;
    struct hg_json json = hg_json_object();
    hg_json_put_str(arena, &json, "authenticationStrengthId", policy_strength_id(strength));
    hg_json_put_str(arena, &json, "displayName", policy_strength_name(strength));
    hg_json_put(arena, row, "authenticationStrength", json);
}

struct hg_json policy_applied_json(struct hg_arena *arena, const struct policy_set *set,
                                   hg_str results, uint32_t aadsts, bool unknown_members)
{
    HG_ASSERT(results.len == set->n);
    struct hg_json array = hg_json_array();
    for (size_t i = 0; i < set->n; i++) {
        const struct policy_rule *rule = set->rules[i];
        enum policy_result result = (enum policy_result)results.ptr[i];
        bool hidden = result >= POLICY_RESULT_REPORT_ONLY_SUCCESS && !unknown_members;
        struct hg_json row = hg_json_object();
        hg_json_put_str(arena, &row, "id", rule->id);
        hg_json_put_str(arena, &row, "displayName", rule->display_name);
        hg_json_put(arena, &row, "enforcedGrantControls", grant_controls(arena, rule));
        hg_json_put(arena, &row, "enforcedSessionControls", session_controls(arena, rule));
        put_strength(arena, &row, set->strengths[i]);
        hg_json_put(arena, &row, "sessionControlsNotSatisfied",
                    missed_session_controls(arena, rule, result, aadsts));
        hg_json_put(arena, &row, "result",
                    hg_json_z(hidden ? "unknownFutureValue" : policy_result_name(result)));
        hg_json_push(arena, &array, row);
    }
    return array;
}

struct hg_json policy_mfa_required_json(struct hg_arena *arena,
                                        const struct policy_verdict *verdict)
{
    static const char *const details[] = {"Per-user MFA", "Security defaults", "Conditional Access",
                                          "Conditional Access", "Conditional Access"};
    struct hg_json list = hg_json_array();
    for (size_t i = 0; verdict != NULL && i < HG_COUNT(details); i++) {
        enum policy_mfa_source source = (enum policy_mfa_source)(1u << i);
        if ((verdict->mfa_required_by & source) == 0)
            continue;
        struct hg_json provider = hg_json_object();
        hg_json_put(arena, &provider, "requirementProvider",
                    hg_json_z(policy_mfa_source_name(source)));
        hg_json_put(arena, &provider, "detail", hg_json_z(details[i]));
        hg_json_push(arena, &list, provider);
    }
    return list;
}

uint32_t policy_results_controls(const struct policy_set *set, hg_str results)
{
    HG_ASSERT(results.len == set->n);
    uint32_t controls = 0;
    for (size_t i = 0; i < set->n; i++)
        if (results.ptr[i] == POLICY_RESULT_SUCCESS || results.ptr[i] == POLICY_RESULT_FAILURE)
            controls |= set->rules[i]->controls;
    return controls;
}

const char *policy_status_name(hg_str results)
{
    bool applied = false;
    for (size_t i = 0; i < results.len; i++) {
        if (results.ptr[i] == POLICY_RESULT_FAILURE)
            return "failure";
        applied |= results.ptr[i] == POLICY_RESULT_SUCCESS;
    }
    return applied ? "success" : "notApplied";
}
