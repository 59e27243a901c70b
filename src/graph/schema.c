#include "base/base.h"
#include "graph/graph.h"

/* Property names and types of the Graph v1.0 metadata, as far as Headgate gives them a
 * meaning or clients send them. Where the metadata has a word that Headgate gives no
 * meaning, the word is not in the table. */

#define WORDS(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}

/* {name, GRAPH_OBJECT(S), flags, of a shape} and {name, GRAPH_WORD(S), flags, of words} */
#define OF_SHAPE(its_shape) NULL, NULL, &(its_shape)
#define OF_WORDS(its_words, must_be) (must_be), (its_words), NULL

#define SHAPE(its_name, its_type, ...)                                                    \
    static const struct graph_property its_name##_properties[] = {__VA_ARGS__};           \
    static const struct graph_resource its_name = {its_type, NULL, its_name##_properties, \
                                                   HG_COUNT(its_name##_properties)}

WORDS(user_types, "Member", "Guest");
WORDS(password_policies, "None", "DisablePasswordExpiration");

SHAPE(password_profile, "passwordProfile", {"password", GRAPH_STRING, GRAPH_REQUIRED},
      {"forceChangePasswordNextSignIn", GRAPH_BOOL, 0},
      {"forceChangePasswordNextSignInWithMfa", GRAPH_BOOL, 0});

static const struct graph_property user_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"accountEnabled", GRAPH_BOOL, GRAPH_NOT_NULL},
    {"businessPhones", GRAPH_STRINGS, 0},
    {"createdDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"department", GRAPH_STRING, 0},
    {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"givenName", GRAPH_STRING, 0},
    {"jobTitle", GRAPH_STRING, 0},
    {"mail", GRAPH_STRING, 0},
    {"mailNickname", GRAPH_STRING, 0},
    {"mobilePhone", GRAPH_STRING, 0},
    {"officeLocation", GRAPH_STRING, 0},
    {"preferredLanguage", GRAPH_STRING, 0},
    {"signInSessionsValidFromDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"surname", GRAPH_STRING, 0},
    {"usageLocation", GRAPH_STRING, 0},
    {"userPrincipalName", GRAPH_STRING, GRAPH_REQUIRED},
    {"userType", GRAPH_WORD, GRAPH_NOT_NULL, OF_WORDS(user_types, "Member or Guest")},
    {"passwordPolicies", GRAPH_WORD, 0,
     OF_WORDS(password_policies, "None or DisablePasswordExpiration")},
    {"passwordProfile", GRAPH_OBJECT, GRAPH_WRITE_ONLY | GRAPH_NOT_NULL,
     OF_SHAPE(password_profile)},
};
const struct graph_resource graph_user = {"user", "users", user_properties,
                                          HG_COUNT(user_properties)};

WORDS(group_types, "Unified");
WORDS(visibilities, "Private", "Public", "HiddenMembership");

static const struct graph_property group_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"createdDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"description", GRAPH_STRING, 0},
    {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"groupTypes", GRAPH_WORDS, 0, OF_WORDS(group_types, "an array that is empty or has Unified")},
    {"isAssignableToRole", GRAPH_BOOL, GRAPH_CREATE_ONLY},
    {"mail", GRAPH_STRING, 0},
    {"mailEnabled", GRAPH_BOOL, GRAPH_NOT_NULL},
    {"mailNickname", GRAPH_STRING, 0},
    {"securityEnabled", GRAPH_BOOL, GRAPH_NOT_NULL},
    {"visibility", GRAPH_WORD, 0, OF_WORDS(visibilities, "Private, Public or HiddenMembership")},
};
const struct graph_resource graph_group = {"group", "groups", group_properties,
                                           HG_COUNT(group_properties)};

WORDS(no_group_claims, "None");
static const char *const nothing[] = {NULL};
WORDS(audiences, "AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount",
      "PersonalMicrosoftAccount");
WORDS(algorithms, "RS256", "ES256");
WORDS(scope_types, "User", "Admin");
WORDS(access_types, "Scope", "Role");
WORDS(member_types, "User", "Application");

SHAPE(permission_scope, "permissionScope", {"id", GRAPH_ID, GRAPH_NOT_NULL},
      {"adminConsentDescription", GRAPH_STRING, 0}, {"adminConsentDisplayName", GRAPH_STRING, 0},
      {"isEnabled", GRAPH_BOOL, GRAPH_NOT_NULL}, {"origin", GRAPH_STRING, 0},
      {"type", GRAPH_WORD, GRAPH_NOT_NULL, OF_WORDS(scope_types, "User or Admin")},
      {"userConsentDescription", GRAPH_STRING, 0}, {"userConsentDisplayName", GRAPH_STRING, 0},
      {"value", GRAPH_STRING, GRAPH_REQUIRED});
SHAPE(pre_authorized, "preAuthorizedApplication", {"appId", GRAPH_ID, GRAPH_REQUIRED},
      {"delegatedPermissionIds", GRAPH_STRINGS, 0});
SHAPE(api, "apiApplication", {"acceptMappedClaims", GRAPH_BOOL, 0},
      {"knownClientApplications", GRAPH_STRINGS, 0},
      {"oauth2PermissionScopes", GRAPH_OBJECTS, 0, OF_SHAPE(permission_scope)},
      {"preAuthorizedApplications", GRAPH_OBJECTS, 0, OF_SHAPE(pre_authorized)},
      {"requestedAccessTokenVersion", GRAPH_INT, 0});
SHAPE(app_role, "appRole",
      {"allowedMemberTypes", GRAPH_WORDS, 0,
       OF_WORDS(member_types, "an array of User and Application")},
      {"description", GRAPH_STRING, 0}, {"displayName", GRAPH_STRING, 0},
      {"id", GRAPH_ID, GRAPH_NOT_NULL}, {"isEnabled", GRAPH_BOOL, GRAPH_NOT_NULL},
      {"origin", GRAPH_STRING, 0}, {"value", GRAPH_STRING, 0});
/* The id of a permission of Headgate's own services is its name. */
SHAPE(resource_access, "resourceAccess", {"id", GRAPH_STRING, GRAPH_REQUIRED},
      {"type", GRAPH_WORD, GRAPH_NOT_NULL, OF_WORDS(access_types, "Scope or Role")});
SHAPE(required_access, "requiredResourceAccess", {"resourceAppId", GRAPH_ID, GRAPH_REQUIRED},
      {"resourceAccess", GRAPH_OBJECTS, 0, OF_SHAPE(resource_access)});
SHAPE(implicit_grant, "implicitGrantSettings", {"enableAccessTokenIssuance", GRAPH_BOOL, 0},
      {"enableIdTokenIssuance", GRAPH_BOOL, 0});
SHAPE(redirect_setting, "redirectUriSettings", {"uri", GRAPH_STRING, GRAPH_REQUIRED},
      {"index", GRAPH_INT, 0});
SHAPE(web, "webApplication", {"homePageUrl", GRAPH_STRING, 0},
      {"implicitGrantSettings", GRAPH_OBJECT, 0, OF_SHAPE(implicit_grant)},
      {"logoutUrl", GRAPH_STRING, 0}, {"redirectUris", GRAPH_STRINGS, 0},
      {"redirectUriSettings", GRAPH_OBJECTS, 0, OF_SHAPE(redirect_setting)});
SHAPE(redirects, "publicClientApplication", {"redirectUris", GRAPH_STRINGS, 0});
SHAPE(spa, "spaApplication", {"redirectUris", GRAPH_STRINGS, 0});
SHAPE(informational_url, "informationalUrl", {"logoUrl", GRAPH_STRING, 0},
      {"marketingUrl", GRAPH_STRING, 0}, {"privacyStatementUrl", GRAPH_STRING, 0},
      {"supportUrl", GRAPH_STRING, 0}, {"termsOfServiceUrl", GRAPH_STRING, 0});
SHAPE(key_credential, "keyCredential", {"customKeyIdentifier", GRAPH_STRING, 0},
      {"displayName", GRAPH_STRING, 0}, {"endDateTime", GRAPH_TIME, 0}, {"key", GRAPH_STRING, 0},
      {"keyId", GRAPH_ID, 0}, {"startDateTime", GRAPH_TIME, 0}, {"type", GRAPH_STRING, 0},
      {"usage", GRAPH_STRING, 0});

static const struct graph_property application_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"appId", GRAPH_ID, GRAPH_READ_ONLY},
    {"createdDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"description", GRAPH_STRING, 0},
    {"signInAudience", GRAPH_WORD, GRAPH_NOT_NULL,
     OF_WORDS(audiences, "AzureADMyOrg, AzureADMultipleOrgs, AzureADandPersonalMicrosoftAccount or "
                         "PersonalMicrosoftAccount")},
    {"identifierUris", GRAPH_STRINGS, 0},
    {"api", GRAPH_OBJECT, 0, OF_SHAPE(api)},
    {"appRoles", GRAPH_OBJECTS, 0, OF_SHAPE(app_role)},
    {"requiredResourceAccess", GRAPH_OBJECTS, 0, OF_SHAPE(required_access)},
    {"web", GRAPH_OBJECT, 0, OF_SHAPE(web)},
    {"spa", GRAPH_OBJECT, 0, OF_SHAPE(spa)},
    {"publicClient", GRAPH_OBJECT, 0, OF_SHAPE(redirects)},
    {"isFallbackPublicClient", GRAPH_BOOL, GRAPH_NOT_NULL},
    {"groupMembershipClaims", GRAPH_WORD, 0,
     OF_WORDS(no_group_claims, "None or null: tokens carry no groups")},
    /* OpenID Connect Registration §2 */
    {"idTokenSignedResponseAlg", GRAPH_WORD, GRAPH_ON_REQUEST,
     OF_WORDS(algorithms, "RS256 or ES256")},
    {"optionalClaims", GRAPH_WORD, 0, OF_WORDS(nothing, "null: tokens carry no optional claims")},
    {"postLogoutRedirectUris", GRAPH_STRINGS, 0},
    {"info", GRAPH_OBJECT, 0, OF_SHAPE(informational_url)},
    {"notes", GRAPH_STRING, 0},
    {"tags", GRAPH_STRINGS, 0},
    {"keyCredentials", GRAPH_OBJECTS, 0, OF_SHAPE(key_credential)},
    {"passwordCredentials", GRAPH_OBJECTS, GRAPH_READ_ONLY},
    {"accountEnabled", GRAPH_BOOL, GRAPH_ON_REQUEST | GRAPH_NOT_NULL},
};
const struct graph_resource graph_application = {
    "application", "applications", application_properties, HG_COUNT(application_properties)};

/* Most of it is the application's, shown with it. */
static const struct graph_property service_principal_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"accountEnabled", GRAPH_BOOL, GRAPH_NOT_NULL},
    {"appDisplayName", GRAPH_STRING, GRAPH_READ_ONLY},
    {"appId", GRAPH_ID, GRAPH_REQUIRED | GRAPH_CREATE_ONLY},
    {"appOwnerOrganizationId", GRAPH_ID, GRAPH_READ_ONLY},
    {"appRoleAssignmentRequired", GRAPH_BOOL, GRAPH_NOT_NULL},
    {"appRoles", GRAPH_OBJECTS, GRAPH_READ_ONLY},
    {"createdDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"customSecurityAttributes", GRAPH_OBJECT, GRAPH_ON_REQUEST},
    {"displayName", GRAPH_STRING, GRAPH_READ_ONLY},
    {"notes", GRAPH_STRING, 0},
    {"oauth2PermissionScopes", GRAPH_OBJECTS, GRAPH_READ_ONLY},
    {"replyUrls", GRAPH_STRINGS, GRAPH_READ_ONLY},
    {"servicePrincipalNames", GRAPH_STRINGS, GRAPH_READ_ONLY},
    {"servicePrincipalType", GRAPH_STRING, GRAPH_READ_ONLY},
    {"signInAudience", GRAPH_STRING, GRAPH_READ_ONLY},
    {"tags", GRAPH_STRINGS, 0},
};
const struct graph_resource graph_service_principal = {"servicePrincipal", "servicePrincipals",
                                                       service_principal_properties,
                                                       HG_COUNT(service_principal_properties)};

static const struct graph_property lifetime_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"definition", GRAPH_STRINGS, GRAPH_REQUIRED},
    {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"description", GRAPH_STRING, 0},
    {"isOrganizationDefault", GRAPH_BOOL, GRAPH_NOT_NULL},
};
const struct graph_resource graph_token_lifetime_policy = {
    "tokenLifetimePolicy", "policies/tokenLifetimePolicies", lifetime_properties,
    HG_COUNT(lifetime_properties)};

SHAPE(terms_expiration, "termsExpiration", {"startDateTime", GRAPH_TIME, 0},
      {"frequency", GRAPH_STRING, 0});

/* Its documents have rules of their own (src/app). */
static const struct graph_property agreement_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"isPerDeviceAcceptanceRequired", GRAPH_BOOL, GRAPH_NOT_NULL},
    {"isViewingBeforeAcceptanceRequired", GRAPH_BOOL, GRAPH_NOT_NULL},
    {"termsExpiration", GRAPH_OBJECT, 0, OF_SHAPE(terms_expiration)},
    {"userReacceptRequiredFrequency", GRAPH_STRING, 0},
};
const struct graph_resource graph_agreement = {
    "agreement", "identityGovernance/termsOfUse/agreements", agreement_properties,
    HG_COUNT(agreement_properties)};
static const struct graph_property context_properties[] = {
    {"id", GRAPH_STRING, GRAPH_REQUIRED | GRAPH_CREATE_ONLY},
    {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"description", GRAPH_STRING, 0},
    {"isAvailable", GRAPH_BOOL, GRAPH_NOT_NULL},
};
const struct graph_resource graph_authentication_context = {
    "authenticationContextClassReference",
    "identity/conditionalAccess/authenticationContextClassReferences", context_properties,
    HG_COUNT(context_properties)};
