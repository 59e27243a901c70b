#include "base/base.h"
#include "graph/graph.h"

/* Property names and types of the Graph v1.0 metadata, as far as Headgate gives them a
 * meaning or clients send them. */
static const struct graph_property user_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"accountEnabled", GRAPH_BOOL, 0},
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
    {"userType", GRAPH_STRING, 0},
    {"passwordPolicies", GRAPH_STRING, 0},
    {"passwordProfile", GRAPH_OBJECT, GRAPH_WRITE_ONLY},
};
const struct graph_resource graph_user = {"user", "users", user_properties,
                                          HG_COUNT(user_properties)};

static const struct graph_property group_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY}, {"createdDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"description", GRAPH_STRING, 0},  {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"groupTypes", GRAPH_STRINGS, 0},  {"isAssignableToRole", GRAPH_BOOL, GRAPH_CREATE_ONLY},
    {"mail", GRAPH_STRING, 0},         {"mailEnabled", GRAPH_BOOL, 0},
    {"mailNickname", GRAPH_STRING, 0}, {"securityEnabled", GRAPH_BOOL, 0},
    {"visibility", GRAPH_STRING, 0},
};
const struct graph_resource graph_group = {"group", "groups", group_properties,
                                           HG_COUNT(group_properties)};

static const struct graph_property application_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"appId", GRAPH_ID, GRAPH_READ_ONLY},
    {"createdDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"description", GRAPH_STRING, 0},
    {"signInAudience", GRAPH_STRING, 0},
    {"identifierUris", GRAPH_STRINGS, 0},
    {"api", GRAPH_OBJECT, 0},
    {"appRoles", GRAPH_OBJECTS, 0},
    {"requiredResourceAccess", GRAPH_OBJECTS, 0},
    {"web", GRAPH_OBJECT, 0},
    {"spa", GRAPH_OBJECT, 0},
    {"publicClient", GRAPH_OBJECT, 0},
    {"isFallbackPublicClient", GRAPH_BOOL, 0},
    {"groupMembershipClaims", GRAPH_STRING, 0},
    {"idTokenSignedResponseAlg", GRAPH_ALG, GRAPH_ON_REQUEST}, /* OpenID Connect Registration §2 */
    {"optionalClaims", GRAPH_OBJECT, 0},
    {"postLogoutRedirectUris", GRAPH_STRINGS, 0},
    {"info", GRAPH_OBJECT, 0},
    {"notes", GRAPH_STRING, 0},
    {"tags", GRAPH_STRINGS, 0},
    {"keyCredentials", GRAPH_OBJECTS, 0},
    {"passwordCredentials", GRAPH_OBJECTS, GRAPH_READ_ONLY},
    {"accountEnabled", GRAPH_BOOL, GRAPH_ON_REQUEST},
};
const struct graph_resource graph_application = {
    "application", "applications", application_properties, HG_COUNT(application_properties)};

static const struct graph_property lifetime_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"definition", GRAPH_STRINGS, GRAPH_REQUIRED},
    {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"description", GRAPH_STRING, 0},
    {"isOrganizationDefault", GRAPH_BOOL, 0},
};
const struct graph_resource graph_token_lifetime_policy = {
    "tokenLifetimePolicy", "policies/tokenLifetimePolicies", lifetime_properties,
    HG_COUNT(lifetime_properties)};
