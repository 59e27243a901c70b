#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/schema_private.h"

#include <stddef.h>
#include <stdint.h>

/* conditionalAccessPolicy (conditional-access.md 1.2-1.7), members in the order in
 * which Graph writes them. */

#define WORDS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}
#define MEMBERS(array) .members = (array), .n_members = HG_COUNT(array)

WORDS(states, "enabled", "disabled", "enabledForReportingButNotEnforced");
WORDS(client_apps, "all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync",
      "easSupported", "other", "modern=mobileAppsAndDesktopClients",
      "easUnsupported=exchangeActiveSync");
WORDS(platforms, "android", "iOS", "windows", "windowsPhone", "macOS", "all", "linux");
WORDS(risks, "low", "medium", "high", "hidden", "none");
WORDS(insider_risks, "minor", "moderate", "elevated");
WORDS(transfer_methods, "none", "deviceCodeFlow", "authenticationTransfer");
WORDS(guest_kinds, "none", "internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember",
      "b2bDirectConnectUser", "otherExternalUser", "serviceProvider");
WORDS(tenant_kinds, "all", "enumerated");
WORDS(include_device_words, "All");
WORDS(exclude_device_words, "Compliant", "DomainJoined");
WORDS(filter_modes, "include", "exclude");
WORDS(include_user_words, "All", "None", "GuestsOrExternalUsers");
WORDS(exclude_user_words, "GuestsOrExternalUsers");
WORDS(include_app_words, "All", "None", "Office365", "MicrosoftAdminPortals");
WORDS(exclude_app_words, "Office365", "MicrosoftAdminPortals");
WORDS(user_actions, POLICY_ACTION_SECURITY_INFO, POLICY_ACTION_DEVICE);
WORDS(location_words, "All", "AllTrusted");
WORDS(workload_words, "ServicePrincipalsInMyTenant");
WORDS(operators, "AND", "OR");
WORDS(grant_controls, "block", "mfa", "compliantDevice", "domainJoinedDevice",
      "approvedApplication", "compliantApplication", "passwordChange", "riskRemediation");
WORDS(cas_kinds, "mcasConfigured", "monitorOnly", "blockDownloads");
WORDS(frequency_units, "days", "hours");
WORDS(frequency_intervals, "timeBased", "everyTime");
WORDS(frequency_proofs, "primaryAndSecondaryAuthentication", "secondaryAuthentication");
WORDS(browser_modes, "always", "never");
WORDS(cae_modes, "strictEnforcement", "disabled", "strictLocation");

/* --- users ---------------------------------------------------------------------- */

static const struct schema_member tenants_members[] = {
    {"membershipKind", SCHEMA_WORD, 0, tenant_kinds, NULL},
    {"members", SCHEMA_TEXTS, 0, NULL, NULL},
};

/* Polymorphic: the type's name says what the kind says, and only one has members. */
static struct hg_json render_tenants(struct hg_arena *arena, const struct hg_json *json,
                                     enum policy_shape shape)
{
    (void)shape;
    hg_str kind = hg_json_str_or(hg_json_get_nocase(json, HG_STR("membershipKind")), HG_STR(""));
    hg_str type = hg_json_str_or(hg_json_get_nocase(json, HG_STR("@odata.type")), HG_STR(""));
    bool some = kind.len > 0 ? hg_str_eq_nocase(kind, HG_STR("enumerated"))
                             : hg_str_ends(type, HG_STR("EnumeratedExternalTenants"));
    struct hg_json object = hg_json_object();
    hg_json_put(arena, &object, "@odata.type",
                hg_json_z(some ? "#microsoft.graph.conditionalAccessEnumeratedExternalTenants"
                               : "#microsoft.graph.conditionalAccessAllExternalTenants"));
    hg_json_put(arena, &object, "membershipKind", hg_json_z(some ? "enumerated" : "all"));
    if (some) {
        const struct hg_json *members = hg_json_get_nocase(json, HG_STR("members"));
        hg_json_put(arena, &object, "members",
                    hg_json_is_null(members) ? hg_json_array() : *members);
    }
    return object;
}

static const struct schema tenants = {MEMBERS(tenants_members), .render = render_tenants};

static const struct schema_member guests_members[] = {
    {"guestOrExternalUserTypes", SCHEMA_FLAGS, 0, guest_kinds, NULL},
    {"externalTenants", SCHEMA_OBJECT, 0, NULL, &tenants},
};
static const struct schema guests = {MEMBERS(guests_members)};

static const struct schema_member users_members[] = {
    {"includeUsers", SCHEMA_TEXTS, 0, include_user_words, NULL},
    {"excludeUsers", SCHEMA_TEXTS, 0, exclude_user_words, NULL},
    {"includeGroups", SCHEMA_TEXTS, 0, NULL, NULL},
    {"excludeGroups", SCHEMA_TEXTS, 0, NULL, NULL},
    {"includeRoles", SCHEMA_TEXTS, 0, NULL, NULL},
    {"excludeRoles", SCHEMA_TEXTS, 0, NULL, NULL},
    {"includeGuestsOrExternalUsers", SCHEMA_OBJECT, 0, NULL, &guests},
    {"excludeGuestsOrExternalUsers", SCHEMA_OBJECT, 0, NULL, &guests},
};
static const struct schema users = {MEMBERS(users_members)};

/* --- applications, workloads ---------------------------------------------------- */

static const struct schema_member filter_members[] = {
    {"mode", SCHEMA_WORD, 0, filter_modes, NULL},
    {"rule", SCHEMA_STRING, 0, NULL, NULL},
};
static const struct schema filter = {MEMBERS(filter_members)};

static const struct schema_member applications_members[] = {
    {"includeApplications", SCHEMA_TEXTS, 0, include_app_words, NULL},
    {"excludeApplications", SCHEMA_TEXTS, 0, exclude_app_words, NULL},
    {"includeUserActions", SCHEMA_WORDS, 0, user_actions, NULL},
    {"includeAuthenticationContextClassReferences", SCHEMA_TEXTS, 0, NULL, NULL},
    {"applicationFilter", SCHEMA_OBJECT, 0, NULL, &filter},
    {"networkAccess", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_BETA, NULL, NULL},
    {"globalSecureAccess", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_BETA, NULL, NULL},
};
static const struct schema applications = {MEMBERS(applications_members)};

static const struct schema_member workloads_members[] = {
    {"includeServicePrincipals", SCHEMA_TEXTS, 0, workload_words, NULL},
    {"excludeServicePrincipals", SCHEMA_TEXTS, 0, NULL, NULL},
    {"servicePrincipalFilter", SCHEMA_OBJECT, 0, NULL, &filter},
    {"includeAgentIdServicePrincipals", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"excludeAgentIdServicePrincipals", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"agentIdServicePrincipalFilter", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
};
static const struct schema workloads = {MEMBERS(workloads_members)};

/* --- conditions ------------------------------------------------------------------ */

static const struct schema_member platforms_members[] = {
    {"includePlatforms", SCHEMA_WORDS, 0, platforms, NULL},
    {"excludePlatforms", SCHEMA_WORDS, 0, platforms, NULL},
};
static const struct schema platforms_schema = {MEMBERS(platforms_members)};

static const struct schema_member locations_members[] = {
    {"includeLocations", SCHEMA_TEXTS, 0, location_words, NULL},
    {"excludeLocations", SCHEMA_TEXTS, 0, location_words, NULL},
};
static const struct schema locations = {MEMBERS(locations_members)};

/* The predecessor of the device filter. */
static const struct schema_member device_states_members[] = {
    {"includeStates", SCHEMA_WORDS, 0, include_device_words, NULL},
    {"excludeStates", SCHEMA_WORDS, 0, exclude_device_words, NULL},
};
static const struct schema device_states = {MEMBERS(device_states_members)};

static const struct schema_member devices_members[] = {
    {"includeDeviceStates", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"excludeDeviceStates", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"includeDevices", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"excludeDevices", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"deviceFilter", SCHEMA_OBJECT, 0, NULL, &filter},
};
static const struct schema devices = {MEMBERS(devices_members)};

static const struct schema_member flows_members[] = {
    {"transferMethods", SCHEMA_FLAGS, 0, transfer_methods, NULL},
};
static const struct schema flows = {MEMBERS(flows_members)};

static const struct schema_member conditions_members[] = {
    {"userRiskLevels", SCHEMA_WORDS, 0, risks, NULL},
    {"signInRiskLevels", SCHEMA_WORDS, 0, risks, NULL},
    {"clientAppTypes", SCHEMA_WORDS, SCHEMA_ALL_WORD, client_apps, NULL},
    {"servicePrincipalRiskLevels", SCHEMA_WORDS, 0, risks, NULL},
    {"insiderRiskLevels", SCHEMA_FLAGS, 0, insider_risks, NULL},
    {"clients", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_BETA, NULL, NULL},
    {"platforms", SCHEMA_OBJECT, 0, NULL, &platforms_schema},
    {"locations", SCHEMA_OBJECT, 0, NULL, &locations},
    {"times", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_BETA, NULL, NULL},
    {"deviceStates", SCHEMA_OBJECT, SCHEMA_BETA | SCHEMA_NARROWS, NULL, &device_states},
    {"devices", SCHEMA_OBJECT, 0, NULL, &devices},
    {"clientApplications", SCHEMA_OBJECT, 0, NULL, &workloads},
    {"authenticationFlows", SCHEMA_OBJECT, 0, NULL, &flows},
    {"agentIdRiskLevels", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"agents", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"agentContext", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"applications", SCHEMA_OBJECT, 0, NULL, &applications},
    {"users", SCHEMA_OBJECT, 0, NULL, &users},
};
static const struct schema conditions = {MEMBERS(conditions_members)};

/* --- controls ---------------------------------------------------------------------- */

static const struct schema_member grant_members[] = {
    {"operator", SCHEMA_WORD, 0, operators, NULL},
    {"builtInControls", SCHEMA_WORDS, 0, grant_controls, NULL},
    {"customAuthenticationFactors", SCHEMA_TEXTS, 0, NULL, NULL},
    {"termsOfUse", SCHEMA_TEXTS, 0, NULL, NULL},
    {"authenticationStrength", SCHEMA_OBJECT, 0, NULL, &schema_strength},
};
static const struct schema grant = {MEMBERS(grant_members)};

static const struct schema_member enabled_members[] = {
    {"isEnabled", SCHEMA_BOOL, 0, NULL, NULL},
};
static const struct schema enabled = {MEMBERS(enabled_members)};

static const struct schema_member cas_members[] = {
    {"isEnabled", SCHEMA_BOOL, 0, NULL, NULL},
    {"cloudAppSecurityType", SCHEMA_WORD, 0, cas_kinds, NULL},
};
static const struct schema cas = {MEMBERS(cas_members)};

static const struct schema_member frequency_members[] = {
    {"isEnabled", SCHEMA_BOOL, 0, NULL, NULL},
    {"type", SCHEMA_WORD, 0, frequency_units, NULL},
    {"value", SCHEMA_INT, 0, NULL, NULL},
    {"frequencyInterval", SCHEMA_WORD, 0, frequency_intervals, NULL},
    {"authenticationType", SCHEMA_WORD, 0, frequency_proofs, NULL},
};
static const struct schema frequency = {MEMBERS(frequency_members)};

static const struct schema_member browser_members[] = {
    {"isEnabled", SCHEMA_BOOL, 0, NULL, NULL},
    {"mode", SCHEMA_WORD, 0, browser_modes, NULL},
};
static const struct schema browser = {MEMBERS(browser_members)};

static const struct schema_member cae_members[] = {
    {"mode", SCHEMA_WORD, 0, cae_modes, NULL},
};
static const struct schema cae = {MEMBERS(cae_members)};

static const struct schema_member session_members[] = {
    {"disableResilienceDefaults", SCHEMA_BOOL, 0, NULL, NULL},
    {"cloudAppSecurity", SCHEMA_OBJECT, 0, NULL, &cas},
    {"signInFrequency", SCHEMA_OBJECT, 0, NULL, &frequency},
    {"persistentBrowser", SCHEMA_OBJECT, 0, NULL, &browser},
    {"continuousAccessEvaluation", SCHEMA_OBJECT, SCHEMA_BETA, NULL, &cae},
    {"secureSignInSession", SCHEMA_OBJECT, 0, NULL, &enabled},
    {"networkAccessSecurity", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_BETA, NULL, NULL},
    {"globalSecureAccessFilteringProfile", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_BETA, NULL,
     NULL},
    {"blockSensitiveActions", SCHEMA_OPAQUE, SCHEMA_UNJUDGED | SCHEMA_SILENT, NULL, NULL},
    {"applicationEnforcedRestrictions", SCHEMA_OBJECT, 0, NULL, &enabled},
};
static const struct schema session = {MEMBERS(session_members)};

/* policyApplies and analysisReasons come with What-If's copies of a policy. */
static const struct schema_member policy_members[] = {
    {"id", SCHEMA_STRING, 0, NULL, NULL},
    {"templateId", SCHEMA_STRING, 0, NULL, NULL},
    {"displayName", SCHEMA_STRING, 0, NULL, NULL},
    {"description", SCHEMA_STRING, 0, NULL, NULL},
    {"createdDateTime", SCHEMA_STRING, 0, NULL, NULL},
    {"modifiedDateTime", SCHEMA_STRING, 0, NULL, NULL},
    {"deletedDateTime", SCHEMA_STRING, 0, NULL, NULL},
    {"state", SCHEMA_WORD, 0, states, NULL},
    {"partialEnablementStrategy", SCHEMA_OPAQUE, SCHEMA_BETA, NULL, NULL},
    {"policyApplies", SCHEMA_OPAQUE, SCHEMA_SILENT, NULL, NULL},
    {"analysisReasons", SCHEMA_OPAQUE, SCHEMA_SILENT, NULL, NULL},
    {"sessionControls", SCHEMA_OBJECT, 0, NULL, &session},
    {"conditions", SCHEMA_OBJECT, 0, NULL, &conditions},
    {"grantControls", SCHEMA_OBJECT, 0, NULL, &grant},
};
const struct schema schema_policy = {MEMBERS(policy_members)};

struct hg_json policy_rule_expanded(struct hg_arena *arena, const struct hg_json *canonical,
                                    const struct policy_source *there)
{
    static const char *const grant_name = "grantControls";
    static const char *const strength_name = "authenticationStrength";
    struct hg_json out = hg_json_copy(arena, canonical);
    const struct hg_json *strength = hg_json_get(hg_json_get(&out, grant_name), strength_name);
    hg_str id = hg_json_str_or(hg_json_get(strength, "id"), HG_STR(""));
    const struct policy_strength *found = policy_strength_find(there, id);
    if (found == NULL)
        return out;
    struct hg_json controls = *hg_json_get(&out, grant_name);
    hg_json_put(arena, &controls, strength_name,
                policy_strength_json(arena, found, POLICY_SHAPE_BETA));
    hg_json_put(arena, &out, grant_name, controls);
    return out;
}
