#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* sessionControls (1.6). A control with isEnabled false is there for the round trip
 * alone; evaluation takes it for absent. */

static const struct policy_word_bit cas_kinds[] = {
    {"monitorOnly", POLICY_CAS_MONITOR_ONLY},
    {"mcasConfigured", POLICY_CAS_CONFIGURED},
    {"blockDownloads", POLICY_CAS_BLOCK_DOWNLOADS},
};
static const struct policy_word_bit cae_modes[] = {
    {"disabled", POLICY_CAE_DISABLED},
    {"strictEnforcement", POLICY_CAE_STRICT_ENFORCEMENT},
    {"strictLocation", POLICY_CAE_STRICT_LOCATION},
};

enum { MAX_HOURS = 23, MAX_DAYS = 365 };

static const struct hg_json *enabled(const struct hg_json *session, const char *name)
{
    const struct hg_json *control = policy_member(session, name);
    return hg_json_bool_or(policy_member(control, "isEnabled"), false) ? control : NULL;
}

static hg_str word_of(const struct hg_json *control, const char *name)
{
    return hg_json_str_or(policy_member(control, name), HG_STR(""));
}

static void find_frequency(struct policy_findings *findings, hg_str text)
{
    policy_find_broken(
        findings, HG_STR("sessionControls.signInFrequency"),
        hg_str_format(findings->arena,
                      "Policy validation failed due to InvalidSignInFrequency: %.*s.",
                      HG_ARG(text)));
}

/* V7: everyTime has neither value nor type; timeBased has both, in their bounds. */
static struct policy_frequency read_frequency(struct policy_findings *findings,
                                              const struct hg_json *control)
{
    struct policy_frequency frequency = {.is_set = true};
    const struct hg_json *value = policy_member(control, "value");
    hg_str type = word_of(control, "type");
    frequency.every_time =
        hg_str_eq_nocase(word_of(control, "frequencyInterval"), HG_STR("everyTime"));
    if (frequency.every_time) {
        if (value != NULL || type.len > 0)
            find_frequency(findings, HG_STR("everyTime takes neither value nor type"));
        return frequency;
    }
    bool hours = hg_str_eq_nocase(type, HG_STR("hours"));
    int64_t n = 0;
    int64_t most = hours ? MAX_HOURS : MAX_DAYS;
    if (!hg_json_as_int(value, &n) || type.len == 0)
        find_frequency(findings, HG_STR("timeBased needs value and type"));
    else if (n < 1 || n > most)
        find_frequency(findings, hours ? HG_STR("hours range from 1 to 23")
                                       : HG_STR("days range from 1 to 365"));
    else
        frequency.window = hours ? HG_HOURS(n) : HG_DAYS(n);
    return frequency;
}

static void read_browser(struct policy_findings *findings, const struct hg_json *session,
                         struct policy_session_controls *out)
{
    const struct hg_json *control = enabled(session, "persistentBrowser");
    if (control == NULL)
        return;
    hg_str mode = word_of(control, "mode");
    out->has_persistent = true;
    out->persistent_always = hg_str_eq_nocase(mode, HG_STR("always"));
    if (mode.len == 0)
        policy_find(findings, "1007", HG_STR("sessionControls.persistentBrowser.mode"),
                    HG_STR("The body does not match the policy schema: "
                           "sessionControls.persistentBrowser needs mode always or never."));
}

static void read_cas(struct policy_findings *findings, const struct hg_json *session,
                     struct policy_session_controls *out)
{
    const struct hg_json *control = enabled(session, "cloudAppSecurity");
    if (control == NULL)
        return;
    struct policy_words kinds = {cas_kinds, HG_COUNT(cas_kinds)};
    out->cloud_app_security = (enum policy_cloud_app_security)policy_read_flags(
        policy_member(control, "cloudAppSecurityType"), kinds);
    if (out->cloud_app_security == POLICY_CAS_NONE)
        policy_find(findings, "1007", HG_STR("sessionControls.cloudAppSecurity"),
                    HG_STR("The body does not match the policy schema: "
                           "sessionControls.cloudAppSecurity needs cloudAppSecurityType."));
    else
        policy_warn(findings, "1037", HG_STR("sessionControls.cloudAppSecurity"),
                    HG_STR("sessionControls.cloudAppSecurity is passed on in decisions; this "
                           "server has no proxy that enforces it."));
}

void policy_read_session(struct policy_findings *findings, const struct hg_json *json,
                         struct policy_rule *rule)
{
    const struct hg_json *session = policy_member(json, "sessionControls");
    struct policy_session_controls *out = &rule->session;
    const struct hg_json *frequency = enabled(session, "signInFrequency");
    if (frequency != NULL) {
        bool second = hg_str_eq_nocase(word_of(frequency, "authenticationType"),
                                       HG_STR("secondaryAuthentication"));
        *(second ? &out->mfa_frequency : &out->frequency) = read_frequency(findings, frequency);
    }
    read_browser(findings, session, out);
    read_cas(findings, session, out);
    out->app_enforced_restrictions = enabled(session, "applicationEnforcedRestrictions") != NULL;
    out->secure_signin_session = enabled(session, "secureSignInSession") != NULL;
    out->disable_resilience_defaults =
        hg_json_bool_or(policy_member(session, "disableResilienceDefaults"), false);
    out->continuous_access = (enum policy_cae)policy_read_flags(
        policy_member(policy_member(session, "continuousAccessEvaluation"), "mode"),
        (struct policy_words){cae_modes, HG_COUNT(cae_modes)});

    rule->has_session =
        frequency != NULL || out->has_persistent || out->app_enforced_restrictions ||
        out->secure_signin_session || out->disable_resilience_defaults ||
        out->cloud_app_security != POLICY_CAS_NONE || out->continuous_access != POLICY_CAE_DEFAULT;
}
