#pragma once

#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The shapes behind policy.h: a rule and a location as parsed, before they are
 * compiled into masks. Everything is borrowed from the JSON or lives in the arena
 * that was parsed into. */

/* Ids with a meaning of their own (1.3). */
#define POLICY_LOCATION_MFA_TRUSTED_IPS "00000000-0000-0000-0000-000000000000"
#define POLICY_LOCATION_COMPLIANT_NETWORK "3d46dbda-8382-466a-856d-eb00cbc6b910"
#define POLICY_APP_EXCHANGE "00000002-0000-0ff1-ce00-000000000000"
#define POLICY_APP_SHAREPOINT "00000003-0000-0ff1-ce00-000000000000"
#define POLICY_APP_SKYPE "00000004-0000-0ff1-ce00-000000000000"
#define POLICY_APP_TEAMS "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
#define POLICY_APP_GRAPH "00000003-0000-0000-c000-000000000000"
#define POLICY_APP_DIRECTORY "00000002-0000-0000-c000-000000000000"
#define POLICY_APP_AZURE_MANAGEMENT "797f4846-ba00-4fd7-ba43-dac1f8f63013"
#define POLICY_APP_DEVICE_REGISTRATION "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"
#define POLICY_APP_AZURE_PORTAL "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"

struct policy_ids {
    const hg_str *items;
    size_t n;
};

/* externalTenants narrows the kinds that come from another tenant. */
struct policy_guests {
    uint32_t kinds; /* enum model_external bits; 0: not configured */
    bool some_tenants;
    struct policy_ids tenants; /* with some_tenants */
};

/* One half (include or exclude) of conditions.users. */
struct policy_people {
    bool all;
    bool any_external; /* keyword GuestsOrExternalUsers */
    struct policy_ids users, groups, roles;
    struct policy_guests guests;
};

enum policy_family {
    POLICY_FAMILY_ALL = 1u << 0,
    POLICY_FAMILY_OFFICE365 = 1u << 1,
    POLICY_FAMILY_ADMIN_PORTALS = 1u << 2,
};

struct policy_apps {
    uint32_t families; /* enum policy_family bits */
    struct policy_ids ids;
};

struct policy_places {
    bool all, all_trusted;
    struct policy_ids ids;
};

/* combinationConfigurations: which passkeys or certificates count. */
struct policy_limit {
    const uint32_t *combinations; /* that it applies to */
    size_t n_combinations;
    bool is_fido2;             /* else of certificates */
    struct policy_ids aaguids; /* fido2: one of them */
    struct policy_ids issuers; /* certificates: one of them, unless there are none */
    struct policy_ids oids;    /* … likewise */
};

/* A combination is met when all its methods were used and every limit of it holds. */
struct policy_strength {
    hg_str id, display_name;
    const uint32_t *combinations; /* enum model_method bits each */
    size_t n_combinations;
    const struct policy_limit *limits;
    size_t n_limits;
    const struct hg_json *json; /* as read; NULL: built in */
};

struct policy_filter; /* filter_private.h */

struct policy_rule_filter {
    const struct policy_filter *parsed; /* NULL: not configured */
    hg_str text;                        /* as written */
    bool excludes;                      /* mode */
};

/* Members of conditions.deviceStates, the predecessor of the device filter. */
enum policy_device_state {
    POLICY_DEVICE_ALL = 1u << 0,
    POLICY_DEVICE_COMPLIANT = 1u << 1,
    POLICY_DEVICE_DOMAIN_JOINED = 1u << 2,
};

struct policy_rule {
    hg_str id, display_name;
    enum policy_state state;
    uint32_t configured; /* bit 1 << enum policy_condition */

    struct policy_people include_people, exclude_people;
    bool for_workloads;
    bool all_own_workloads; /* ServicePrincipalsInMyTenant */
    struct policy_ids include_workloads, exclude_workloads;
    struct policy_rule_filter workload_filter;

    struct policy_apps include_apps, exclude_apps;
    struct policy_rule_filter app_filter;
    struct policy_ids user_actions, auth_contexts;

    uint32_t include_platforms, exclude_platforms; /* policy_platform_bit() */
    struct policy_rule_filter device_filter;
    uint32_t include_device_states, exclude_device_states; /* enum policy_device_state bits */
    uint32_t client_apps;                                  /* enum model_client_app bits */
    struct policy_places include_places, exclude_places;
    uint32_t signin_risks, workload_risks, user_risks; /* 1 << enum policy_risk; 0: ignored */
    uint32_t insider_risks;                            /* enum policy_insider_risk bits */
    uint32_t transfer_methods;                         /* enum model_flow_origin bits */

    uint32_t controls; /* enum policy_control bits */
    bool needs_all;
    const struct policy_strength *strength; /* with POLICY_CONTROL_STRENGTH: what the policy
                                               says of it, at least the id */
    struct policy_ids terms, factors;       /* each id is one operand of the operator */
    struct policy_session_controls session;
    bool has_session;
};

/* Bit 0 is the platform that could not be told; it is only in "all". */
enum { POLICY_PLATFORM_UNKNOWN_BIT = 1u << 0, POLICY_PLATFORMS_ALL = 0x7f, POLICY_N_PLATFORMS = 7 };
uint32_t policy_platform_bit(enum model_platform platform);

enum policy_location_kind {
    POLICY_LOCATION_IP,
    POLICY_LOCATION_COUNTRY,
    POLICY_LOCATION_GPS_COUNTRY,
    POLICY_LOCATION_NETWORK, /* the tenant's compliant network */
    POLICY_LOCATION_OPAQUE,  /* kept, never matched: service tags, private links */
};

/* Both ends belong to the range. */
struct policy_range {
    struct hg_ip first, last;
};

struct policy_location {
    hg_str id, display_name;
    enum policy_location_kind kind;
    bool is_trusted; /* of addresses or the compliant network */
    const struct policy_range *ranges;
    size_t n_ranges;
    struct policy_ids countries;
    bool includes_unknown;
};

static inline bool policy_rule_has(const struct policy_rule *rule, enum policy_condition condition)
{
    return (rule->configured & (1u << condition)) != 0;
}

/* NULL when the id is not one of the three built-in strengths (1.5). */
const struct policy_strength *policy_strength_builtin(hg_str id);
/* The tenant's record of that id, else a built-in one, else NULL. */
const struct policy_strength *policy_strength_find(const struct policy_source *source, hg_str id);
/* "password,sms" as bits; false for a method that does not exist. */
bool policy_combination_parse(hg_str text, uint32_t *out);
/* It holds one of the combinations that are multi-factor authentication. */
bool policy_combination_is_mfa(uint32_t methods);
/* With these methods, the passkey and the certificate of the facts. */
bool policy_strength_met(const struct policy_strength *strength, uint32_t methods,
                         const struct policy_facts *facts);
/* Some combination could be met with these methods, limits aside. */
bool policy_strength_usable(const struct policy_strength *strength, uint32_t methods);
/* Names of authenticationMethodModes, joined by commas, in bit order. */
hg_str policy_combination_text(struct hg_arena *arena, uint32_t methods);

struct policy_app {
    hg_str id, name;
    uint32_t families; /* enum policy_family bits, All apart */
};
struct policy_dependency {
    hg_str app, needs; /* met before `app` is entered */
};
struct policy_app_groups {
    hg_str date, source;
    const struct policy_app *apps; /* ascending by id, letter case ignored; none twice */
    size_t n_apps;
    const struct policy_dependency *dependencies;
    size_t n_dependencies;
};
