#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The rules of 1.9 that look at more than one member. V1 (users, applications), V7,
 * V13 and V14 are where their members are read; V17-V19 need the directory. */

static bool has(const struct policy_rule *rule, uint32_t controls)
{
    return (rule->controls & controls) != 0;
}

static bool targets_all(const struct policy_rule *rule)
{
    return (rule->include_apps.families & POLICY_FAMILY_ALL) != 0;
}

static bool narrows_beyond(const struct policy_rule *rule, uint32_t allowed)
{
    return (rule->configured & ~allowed) != 0;
}

static bool registers_device(const struct policy_rule *rule)
{
    for (size_t i = 0; i < rule->user_actions.n; i++)
        if (hg_str_eq_nocase(rule->user_actions.items[i], HG_STR(POLICY_ACTION_DEVICE)))
            return true;
    return false;
}

#define CONDITION(name) (1u << POLICY_CONDITION_##name)

static bool v1_no_controls(const struct policy_rule *rule)
{
    return rule->controls == 0 && !rule->has_session;
}

static bool v2_password_target(const struct policy_rule *rule)
{
    return has(rule, POLICY_CONTROL_PASSWORD_CHANGE) && !targets_all(rule);
}

static bool v2_password_conditions(const struct policy_rule *rule)
{
    return has(rule, POLICY_CONTROL_PASSWORD_CHANGE) &&
           narrows_beyond(rule, CONDITION(USERS) | CONDITION(APPLICATIONS) | CONDITION(USER_RISK) |
                                    CONDITION(CLIENT_APP_TYPES));
}

static bool v2_password_partners(const struct policy_rule *rule)
{
    return has(rule, POLICY_CONTROL_PASSWORD_CHANGE) &&
           has(rule, ~(uint32_t)(POLICY_CONTROL_PASSWORD_CHANGE | POLICY_CONTROL_MFA |
                                 POLICY_CONTROL_STRENGTH));
}

static bool v3_password_clients(const struct policy_rule *rule)
{
    return has(rule, POLICY_CONTROL_PASSWORD_CHANGE) &&
           policy_rule_has(rule, POLICY_CONDITION_CLIENT_APP_TYPES);
}

static bool v4_password_session(const struct policy_rule *rule)
{
    const struct policy_session_controls *session = &rule->session;
    bool timed = session->frequency.is_set && !session->frequency.every_time;
    bool timed_mfa = session->mfa_frequency.is_set && !session->mfa_frequency.every_time;
    return has(rule, POLICY_CONTROL_PASSWORD_CHANGE) &&
           (timed || timed_mfa || session->has_persistent);
}

static bool v8_mfa_and_strength(const struct policy_rule *rule)
{
    return has(rule, POLICY_CONTROL_MFA) && has(rule, POLICY_CONTROL_STRENGTH);
}

static bool v9_browser_target(const struct policy_rule *rule)
{
    return rule->session.has_persistent && !targets_all(rule);
}

static bool v10_register_device(const struct policy_rule *rule)
{
    return registers_device(rule) &&
           (has(rule, ~(uint32_t)(POLICY_CONTROL_MFA | POLICY_CONTROL_STRENGTH)) ||
            narrows_beyond(rule, ~(CONDITION(CLIENT_APP_TYPES) | CONDITION(DEVICES))));
}

static bool v11_app_on_desktop(const struct policy_rule *rule)
{
    uint32_t desktop =
        policy_platform_bit(MODEL_PLATFORM_MACOS) | policy_platform_bit(MODEL_PLATFORM_LINUX);
    uint32_t apps = POLICY_CONTROL_APPROVED_APP | POLICY_CONTROL_COMPLIANT_APP;
    bool alone = rule->needs_all || (rule->controls & ~apps) == 0;
    bool named = (rule->include_platforms & POLICY_PLATFORM_UNKNOWN_BIT) == 0;
    return has(rule, apps) && alone && named && (rule->include_platforms & desktop) != 0;
}

static bool v13_workload_block(const struct policy_rule *rule)
{
    return rule->for_workloads && rule->controls != POLICY_CONTROL_BLOCK;
}

static bool v15_block_alone(const struct policy_rule *rule)
{
    return has(rule, POLICY_CONTROL_BLOCK) && rule->controls != POLICY_CONTROL_BLOCK;
}

static bool excludes_resources(const struct policy_rule *rule)
{
    return rule->exclude_apps.families != 0 || rule->exclude_apps.ids.n > 0;
}

static bool v16_cae_disabled(const struct policy_rule *rule)
{
    return rule->session.continuous_access == POLICY_CAE_DISABLED &&
           (!targets_all(rule) || excludes_resources(rule) ||
            narrows_beyond(rule, CONDITION(USERS) | CONDITION(APPLICATIONS)));
}

static const struct {
    bool (*is_broken)(const struct policy_rule *rule);
    const char *reason;
    hg_str path;
    const char *text;
} rows[] = {
    {v1_no_controls, "NoControls", HG_LIT("grantControls"),
     "name a grant control or a session control"},
    {v2_password_target, "InvalidPasswordResetControl",
     HG_LIT("conditions.applications.includeApplications"),
     "passwordChange needs includeApplications 'All'"},
    {v2_password_conditions, "InvalidPasswordResetControl", HG_LIT("conditions"),
     "passwordChange allows no conditions but users, applications and user risk"},
    {v2_password_partners, "InvalidPasswordResetControl", HG_LIT("grantControls.builtInControls"),
     "passwordChange goes with mfa or an authentication strength alone"},
    {v3_password_clients, "InvalidPasswordResetControl", HG_LIT("conditions.clientAppTypes"),
     "passwordChange needs clientAppTypes 'all'"},
    {v4_password_session, "InvalidPasswordResetControl", HG_LIT("sessionControls"),
     "passwordChange allows signInFrequency everyTime and no persistentBrowser"},
    {v8_mfa_and_strength, "InvalidGrantControls", HG_LIT("grantControls"),
     "mfa and authenticationStrength exclude each other"},
    {v9_browser_target, "InvalidPersistentBrowser", HG_LIT("sessionControls.persistentBrowser"),
     "persistentBrowser needs includeApplications 'All'"},
    {v10_register_device, "InvalidRegisterDevicePolicy",
     HG_LIT("conditions.applications.includeUserActions"),
     "urn:user:registerdevice allows the grant mfa or a strength, and neither clientAppTypes nor "
     "devices"},
    {v11_app_on_desktop, "InvalidPlatforms", HG_LIT("conditions.platforms.includePlatforms"),
     "approvedApplication and compliantApplication cannot be required of macOS or Linux"},
    {v13_workload_block, "InvalidWorkloadPolicy", HG_LIT("grantControls"),
     "a policy for service principals can only block"},
    {v15_block_alone, "InvalidGrantControls", HG_LIT("grantControls.builtInControls"),
     "block stands alone"},
    {v16_cae_disabled, "InvalidContinuousAccessEvaluation",
     HG_LIT("sessionControls.continuousAccessEvaluation"),
     "mode disabled needs includeApplications 'All' without exclusions, and no conditions"},
};

/* 1.6: what the documents' system can bind. Whatever else the policy covers it refuses. */
static bool binds_the_unbindable(const struct policy_rule *rule)
{
    const hg_str known[] = {HG_STR(POLICY_APP_EXCHANGE), HG_STR(POLICY_APP_SHAREPOINT)};
    bool elsewhere = rule->include_apps.families != 0;
    for (size_t i = 0; i < rule->include_apps.ids.n; i++)
        elsewhere |= !model_has_id(known, HG_COUNT(known), rule->include_apps.ids.items[i]);
    uint32_t platforms = policy_rule_has(rule, POLICY_CONDITION_PLATFORMS)
                             ? rule->include_platforms & ~rule->exclude_platforms
                             : POLICY_PLATFORMS_ALL;
    uint32_t clients = rule->client_apps;
    return elsewhere || platforms != policy_platform_bit(MODEL_PLATFORM_WINDOWS) ||
           clients != MODEL_CLIENT_MOBILE_DESKTOP;
}

static void warn_token_protection(struct policy_findings *findings, const struct policy_rule *rule)
{
    if (rule->session.secure_signin_session && binds_the_unbindable(rule))
        policy_warn(findings, "1032", HG_STR("sessionControls.secureSignInSession"),
                    HG_STR("secureSignInSession refuses each sign-in without a bound token; those "
                           "there are on Windows, from mobileAppsAndDesktopClients, for Exchange "
                           "Online and SharePoint Online. Narrow the policy to them."));
}

/* V5 and V12 describe what the portal advises; policies that tenants export break them. */
static void warn_advice(struct policy_findings *findings, const struct policy_rule *rule)
{
    if (rule->session.frequency.every_time && rule->user_risks != 0 &&
        (rule->controls & POLICY_CONTROL_PASSWORD_CHANGE) == 0)
        policy_warn(findings, "1032", HG_STR("sessionControls.signInFrequency"),
                    HG_STR("signInFrequency everyTime with a user risk is meant to go with "
                           "passwordChange: without it the risk stays and each visit asks again."));
    bool everything =
        (rule->include_apps.families & (POLICY_FAMILY_ALL | POLICY_FAMILY_OFFICE365)) != 0;
    bool exchange = model_has_id(rule->include_apps.ids.items, rule->include_apps.ids.n,
                                 HG_STR(POLICY_APP_EXCHANGE));
    if (policy_rule_has(rule, POLICY_CONDITION_CLIENT_APP_TYPES) &&
        (rule->client_apps & MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC) != 0 && !everything && !exchange)
        policy_warn(findings, "1032", HG_STR("conditions.clientAppTypes"),
                    HG_STR("exchangeActiveSync only ever reaches Exchange Online, which this "
                           "policy does not include."));
}

void policy_rule_validate(struct policy_findings *findings, const struct policy_rule *rule)
{
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        if (rows[i].is_broken(rule))
            policy_find_broken(findings, rows[i].path,
                               hg_str_format(findings->arena,
                                             "Policy validation failed due to %s: %s.",
                                             rows[i].reason, rows[i].text));
    warn_advice(findings, rule);
    warn_token_protection(findings, rule);
}
