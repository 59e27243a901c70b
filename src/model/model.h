#pragma once

#include "base/base.h"

/* The nouns that policy, lifetime, sign-in and tokens speak about. Plain values:
 * `app` loads them from the store, the pure modules read them. Ids are UUIDs in
 * lower case; all strings are borrowed from the arena of whoever loaded them. */

/* How a sign-in or grant reached us, in the words of conditionalAccessClientApp. */
enum model_client_app {
    MODEL_CLIENT_BROWSER = 1u << 0,
    MODEL_CLIENT_MOBILE_DESKTOP = 1u << 1,
    MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC = 1u << 2,
    MODEL_CLIENT_EAS_SUPPORTED = 1u << 3,
    MODEL_CLIENT_OTHER = 1u << 4,
};

enum model_platform {
    MODEL_PLATFORM_UNKNOWN = 0,
    MODEL_PLATFORM_ANDROID = 1u << 0,
    MODEL_PLATFORM_IOS = 1u << 1,
    MODEL_PLATFORM_WINDOWS = 1u << 2,
    MODEL_PLATFORM_WINDOWS_PHONE = 1u << 3,
    MODEL_PLATFORM_MACOS = 1u << 4,
    MODEL_PLATFORM_LINUX = 1u << 5,
};

/* authenticationMethodModes: what a sign-in was proved with. */
enum model_method {
    MODEL_METHOD_PASSWORD = 1u << 0,
    MODEL_METHOD_VOICE = 1u << 1,
    MODEL_METHOD_HARDWARE_OATH = 1u << 2,
    MODEL_METHOD_SOFTWARE_OATH = 1u << 3,
    MODEL_METHOD_SMS = 1u << 4,
    MODEL_METHOD_FIDO2 = 1u << 5,
    MODEL_METHOD_WINDOWS_HELLO = 1u << 6,
    MODEL_METHOD_AUTHENTICATOR_PUSH = 1u << 7,
    MODEL_METHOD_DEVICE_BASED_PUSH = 1u << 8,
    MODEL_METHOD_TAP_ONE_TIME = 1u << 9,
    MODEL_METHOD_TAP_MULTI_USE = 1u << 10,
    MODEL_METHOD_EMAIL = 1u << 11,
    MODEL_METHOD_X509_SINGLE_FACTOR = 1u << 12,
    MODEL_METHOD_X509_MULTI_FACTOR = 1u << 13,
    MODEL_METHOD_FEDERATED_SINGLE_FACTOR = 1u << 14,
    MODEL_METHOD_FEDERATED_MULTI_FACTOR = 1u << 15,
    MODEL_METHOD_QR_CODE_PIN = 1u << 17,
};

/* conditionalAccessGuestOrExternalUserTypes: how someone who is not an ordinary
 * member came to be here. */
enum model_external {
    MODEL_EXTERNAL_NONE = 0,
    MODEL_EXTERNAL_INTERNAL_GUEST = 1u << 0, /* credential of this tenant, userType Guest */
    MODEL_EXTERNAL_B2B_GUEST = 1u << 1,
    MODEL_EXTERNAL_B2B_MEMBER = 1u << 2,
    MODEL_EXTERNAL_DIRECT_CONNECT = 1u << 3,
    MODEL_EXTERNAL_OTHER = 1u << 4,
    MODEL_EXTERNAL_SERVICE_PROVIDER = 1u << 5,
};

/* How the token family came to be (conditions.authenticationFlows). */
enum model_flow_origin {
    MODEL_ORIGIN_NONE = 0,
    MODEL_ORIGIN_DEVICE_CODE = 1u << 0,
    MODEL_ORIGIN_AUTH_TRANSFER = 1u << 1,
};

/* Instants that may be absent. */
struct model_when {
    bool is_set;
    hg_time at;
};

enum model_behaviour { MODEL_BEHAVIOUR_SEED, MODEL_BEHAVIOUR_ENTRA };

struct model_tenant {
    hg_str id, domain, display_name;
    enum model_behaviour behaviour;
};

/* Per-user multi-factor state (conditional-access.md 6.8). */
enum model_user_mfa {
    MODEL_USER_MFA_DISABLED,
    MODEL_USER_MFA_ENABLED,
    MODEL_USER_MFA_ENFORCED,
};

struct model_user {
    hg_str id, upn, display_name, mail;
    hg_str given_name, surname, preferred_language;
    bool enabled;
    bool is_guest;
    enum model_external external; /* NONE with is_guest set reads as INTERNAL_GUEST */
    hg_str home_tenant;           /* of an external user; else empty */
    const hg_str *groups;         /* transitive group ids */
    size_t n_groups;
    const hg_str *roles; /* role template ids of active, tenant-wide assignments */
    size_t n_roles;
    bool has_mfa_method; /* a second factor is registered */
    enum model_user_mfa mfa_state;
    bool must_change_password;    /* somebody else chose it … */
    bool must_change_with_mfa;    /* … and changing it takes a second factor */
    struct model_when valid_from; /* TokensValidFrom: grants issued before are revoked */
    int64_t version;              /* of the record; what it names holds while that stands */
};

enum { MODEL_EXTENSION_ATTRIBUTES = 15 };

/* An attribute that is empty is null. */
struct model_device {
    hg_str id, display_name, operating_system, operating_system_version, ownership, trust_type;
    hg_str manufacturer, model, mdm_app_id, enrollment_profile, profile_type;
    hg_str extension[MODEL_EXTENSION_ATTRIBUTES]; /* extensionAttribute1 is extension[0] */
    const hg_str *physical_ids, *system_labels;
    size_t n_physical_ids, n_system_labels;
    bool is_present; /* false: unregistered; every attribute is null */
    bool is_compliant, is_managed;
};

/* Where a sign-in came from. */
struct model_network {
    bool has_ip;
    struct hg_ip ip;
    hg_str country;     /* ISO 3166 alpha-2; empty: unknown */
    hg_str gps_country; /* what the authenticator's GPS says; empty: nothing */
    bool is_compliant;  /* the tenant's compliant network says so */
    bool is_inside;     /* the federated sign-in claims insidecorporatenetwork */
};

enum model_revocation {
    MODEL_REVOKED_NOT,
    MODEL_REVOKED_SESSIONS, /* revokeSignInSessions, by admin or user */
    MODEL_REVOKED_PASSWORD, /* password change or reset */
    MODEL_REVOKED_REUSE,    /* a rotated token came back after its grace */
    MODEL_REVOKED_DELETED,  /* connection or consent removed */
};

/* What a refresh-token family stands for (architecture part 3, binding names). */
struct model_grant {
    hg_str id, tenant, user, client;
    hg_str scopes; /* blank-separated, as granted */
    hg_str family;
    hg_time issued, last_used;
    hg_time auth_at;
    struct model_when mfa_at;
    uint32_t methods; /* enum model_method bits */
    hg_str amr;       /* blank-separated, as in the token */
    hg_str acrs;      /* blank-separated: authentication contexts that its sign-in satisfied */
    bool password_is_changed; /* in the session that made it */
    enum model_client_app client_app_type;
    bool is_confidential;
    bool is_spa; /* redeemed at a spa redirect URI: the family ends 24 h after `issued` */
    enum model_flow_origin flow_origin;
    struct {
        struct model_network network;
        enum model_platform platform;
        struct model_device device;
        hg_str bound_device; /* id of the one that its tokens are bound to; empty: bearer tokens */
        hg_time taken_at;
    } snapshot;
    enum model_revocation revoked;
    hg_time revoked_at;
};

/* A permission that an application offers to others that act as themselves. */
struct model_app_role {
    hg_str id, value;
};

struct model_application {
    hg_str app_id, object_id, display_name;
    hg_str service_principal; /* object id of what stands for it in this tenant; "" nothing */
    bool enabled;
    bool needs_assignment;       /* appRoleAssignmentRequired */
    bool is_multi_tenant;        /* signInAudience goes beyond AzureADMyOrg */
    bool is_public;              /* publicClient or spa redirect: no secret */
    bool allow_public_fallback;  /* isFallbackPublicClient */
    const hg_str *redirect_uris; /* web */
    size_t n_redirect_uris;
    const hg_str *spa_redirect_uris;
    size_t n_spa_redirect_uris;
    const hg_str *public_redirect_uris;
    size_t n_public_redirect_uris;
    const hg_str *post_logout_uris;
    size_t n_post_logout_uris;
    const hg_str *identifier_uris;
    size_t n_identifier_uris;
    const hg_str *scopes; /* values of api.oauth2PermissionScopes */
    size_t n_scopes;
    const hg_str *admin_scopes; /* those of them that only an administrator agrees to */
    size_t n_admin_scopes;
    const struct model_app_role *app_roles; /* enabled, for applications */
    size_t n_app_roles;
    unsigned token_version; /* requestedAccessTokenVersion: 1 or 2 */
    bool takes_es256;    /* idTokenSignedResponseAlg: ES256; else RS256, which every client knows */
    bool is_approved;    /* an approved client application of conditional access */
    bool is_first_party; /* one of Headgate's own services or clients */
};

/* The one kind a user is of for policies: `external`, or what is_guest implies. */
enum model_external model_user_external(const struct model_user *user);

bool model_has_id(const hg_str *ids, size_t n, hg_str id);
