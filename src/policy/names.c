#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"

#include <stddef.h>
#include <stdint.h>

static const char *const outcomes[] = {
    [POLICY_ALLOW] = "allow", [POLICY_CHALLENGE] = "challenge", [POLICY_BLOCK] = "block"};

static const char *const states[] = {[POLICY_ENABLED] = "enabled",
                                     [POLICY_DISABLED] = "disabled",
                                     [POLICY_REPORT_ONLY] = "enabledForReportingButNotEnforced"};

static const char *const results[POLICY_RESULT_COUNT] = {
    [POLICY_RESULT_SUCCESS] = "success",
    [POLICY_RESULT_FAILURE] = "failure",
    [POLICY_RESULT_NOT_APPLIED] = "notApplied",
    [POLICY_RESULT_NOT_ENABLED] = "notEnabled",
    [POLICY_RESULT_REPORT_ONLY_SUCCESS] = "reportOnlySuccess",
    [POLICY_RESULT_REPORT_ONLY_FAILURE] = "reportOnlyFailure",
    [POLICY_RESULT_REPORT_ONLY_NOT_APPLIED] = "reportOnlyNotApplied",
    [POLICY_RESULT_REPORT_ONLY_INTERRUPTED] = "reportOnlyInterrupted",
};

static const char *const conditions[POLICY_CONDITION_COUNT] = {
    [POLICY_CONDITION_USERS] = "users",
    [POLICY_CONDITION_APPLICATIONS] = "applications",
    [POLICY_CONDITION_PLATFORMS] = "platforms",
    [POLICY_CONDITION_DEVICES] = "devices",
    [POLICY_CONDITION_CLIENT_APP_TYPES] = "clientAppTypes",
    [POLICY_CONDITION_LOCATIONS] = "locations",
    [POLICY_CONDITION_SIGNIN_RISK] = "signInRisk",
    [POLICY_CONDITION_USER_RISK] = "userRisk",
    [POLICY_CONDITION_INSIDER_RISK] = "insiderRisk",
    [POLICY_CONDITION_AUTH_FLOWS] = "authenticationFlows",
};

/* By bit: as in the sign-in log, as in a policy. */
static const struct {
    const char *log, *graph;
} controls[] = {
    {"Block", "block"},
    {"Mfa", "mfa"},
    {"RequireAuthenticationStrength", "authenticationStrength"},
    {"RequireCompliantDevice", "compliantDevice"},
    {"RequireDomainJoinedDevice", "domainJoinedDevice"},
    {"RequireApprovedApp", "approvedApplication"},
    {"RequireCompliantApp", "compliantApplication"},
    {"PasswordChange", "passwordChange"},
    {"RiskRemediation", "riskRemediation"},
    {"TermsOfUse", "termsOfUse"},
    {"CustomControl", "customAuthenticationFactors"},
    {"SignInTokenProtection", "secureSignInSession"},
};

const char *policy_outcome_name(enum policy_outcome outcome)
{
    HG_ASSERT(outcome <= POLICY_BLOCK);
    return outcomes[outcome];
}

const char *policy_state_name(enum policy_state state)
{
    HG_ASSERT(state <= POLICY_REPORT_ONLY);
    return states[state];
}

const char *policy_result_name(enum policy_result result)
{
    HG_ASSERT(result < POLICY_RESULT_COUNT);
    return results[result];
}

const char *policy_condition_name(enum policy_condition condition)
{
    HG_ASSERT(condition < POLICY_CONDITION_COUNT);
    return conditions[condition];
}

static size_t control_row(enum policy_control control)
{
    size_t row = (size_t)__builtin_ctz((unsigned)control | 1u << 31);
    HG_ASSERT(row < HG_COUNT(controls));
    return row;
}

const char *policy_control_name(enum policy_control control)
{
    return controls[control_row(control)].log;
}

const char *policy_control_graph_name(enum policy_control control)
{
    return controls[control_row(control)].graph;
}

const char *policy_mfa_source_name(enum policy_mfa_source source)
{
    static const char *const names[] = {"user", "securityDefaults", "multiConditionalAccess",
                                        "authenticationStrengths", "riskBasedPolicy"};
    size_t row = (size_t)__builtin_ctz((unsigned)source | 1u << 31);
    HG_ASSERT(row < HG_COUNT(names));
    return names[row];
}

uint32_t policy_platform_bit(enum model_platform platform)
{
    return platform == MODEL_PLATFORM_UNKNOWN ? POLICY_PLATFORM_UNKNOWN_BIT
                                              : (uint32_t)platform << 1;
}

hg_str policy_rule_id(const struct policy_rule *rule)
{
    return rule->id;
}

hg_str policy_rule_name(const struct policy_rule *rule)
{
    return rule->display_name;
}

enum policy_state policy_rule_state(const struct policy_rule *rule)
{
    return rule->state;
}

hg_str policy_location_id(const struct policy_location *location)
{
    return location->id;
}

hg_str policy_location_name(const struct policy_location *location)
{
    return location->display_name;
}

bool policy_location_is_trusted(const struct policy_location *location)
{
    return location->is_trusted;
}
