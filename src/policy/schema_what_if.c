#include "base/base.h"
#include "policy/policy.h"
#include "policy/schema_private.h"

#include <stddef.h>

/* The body of conditionalAccessRoot/evaluate (conditional-access.md 4.1). Its identity and
 * context are of several types, which differ in their members alone. */

#define WORDS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}
#define MEMBERS(array) .members = (array), .n_members = HG_COUNT(array)
#define TEXT(name) {name, SCHEMA_STRING, 0, NULL, NULL}

WORDS(externals, "none", "internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember",
      "b2bDirectConnectUser", "otherExternalUser", "serviceProvider");
WORDS(actions, "registerSecurityInformation", "registerOrJoinDevices");
WORDS(platforms, "android", "iOS", "windows", "windowsPhone", "macOS", "linux", "all");
WORDS(clients, "all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync",
      "easSupported", "other");
WORDS(risks, "low", "medium", "high", "hidden", "none");
WORDS(insider_risks, "none", "minor", "moderate", "elevated");
WORDS(flows, "none", "deviceCodeFlow", "authenticationTransfer");

static const struct schema_member identity_members[] = {
    TEXT("userId"),
    TEXT("externalTenantId"),
    {"externalUserType", SCHEMA_FLAGS, 0, externals, NULL},
    TEXT("servicePrincipalId"),
};
static const struct schema identity = {MEMBERS(identity_members)};

static const struct schema_member context_members[] = {
    {"includeApplications", SCHEMA_TEXTS, 0, NULL, NULL},
    {"userAction", SCHEMA_WORD, 0, actions, NULL},
    TEXT("authenticationContextValue"),
};
static const struct schema context = {MEMBERS(context_members)};

static const struct schema_member flow_members[] = {
    {"transferMethod", SCHEMA_WORD, 0, flows, NULL},
};
static const struct schema flow = {MEMBERS(flow_members)};

static const struct schema_member device_members[] = {
    TEXT("deviceId"),
    TEXT("displayName"),
    TEXT("enrollmentProfileName"),
    TEXT("extensionAttribute1"),
    TEXT("extensionAttribute2"),
    TEXT("extensionAttribute3"),
    TEXT("extensionAttribute4"),
    TEXT("extensionAttribute5"),
    TEXT("extensionAttribute6"),
    TEXT("extensionAttribute7"),
    TEXT("extensionAttribute8"),
    TEXT("extensionAttribute9"),
    TEXT("extensionAttribute10"),
    TEXT("extensionAttribute11"),
    TEXT("extensionAttribute12"),
    TEXT("extensionAttribute13"),
    TEXT("extensionAttribute14"),
    TEXT("extensionAttribute15"),
    {"isCompliant", SCHEMA_BOOL, 0, NULL, NULL},
    TEXT("manufacturer"),
    TEXT("mdmAppId"),
    TEXT("model"),
    TEXT("operatingSystem"),
    TEXT("operatingSystemVersion"),
    TEXT("ownership"),
    {"physicalIds", SCHEMA_TEXTS, 0, NULL, NULL},
    TEXT("profileType"),
    {"systemLabels", SCHEMA_TEXTS, 0, NULL, NULL},
    TEXT("trustType"),
};
static const struct schema device = {MEMBERS(device_members)};

static const struct schema_member conditions_members[] = {
    {"devicePlatform", SCHEMA_WORD, 0, platforms, NULL},
    {"clientAppType", SCHEMA_WORD, 0, clients, NULL},
    {"signInRiskLevel", SCHEMA_WORD, 0, risks, NULL},
    {"userRiskLevel", SCHEMA_WORD, 0, risks, NULL},
    {"servicePrincipalRiskLevel", SCHEMA_WORD, 0, risks, NULL},
    {"insiderRiskLevel", SCHEMA_WORD, 0, insider_risks, NULL},
    TEXT("country"),
    TEXT("ipAddress"),
    {"authenticationFlow", SCHEMA_OBJECT, 0, NULL, &flow},
    {"deviceInfo", SCHEMA_OBJECT, 0, NULL, &device},
};
static const struct schema conditions = {MEMBERS(conditions_members)};

static const struct schema_member what_if_members[] = {
    {"signInIdentity", SCHEMA_OBJECT, 0, NULL, &identity},
    {"signInContext", SCHEMA_OBJECT, 0, NULL, &context},
    {"signInConditions", SCHEMA_OBJECT, 0, NULL, &conditions},
    {"appliedPoliciesOnly", SCHEMA_BOOL, 0, NULL, NULL},
};
const struct schema schema_what_if = {MEMBERS(what_if_members)};
