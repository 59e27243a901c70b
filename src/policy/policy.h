#pragma once

#include "base/base.h"
#include "model/model.h"

/* Conditional access: facts about one sign-in or redemption go in, a verdict
 * with reasons comes out (conditional-access.md parts 1-3).
 *
 * This module is pure. It reads no clock, no file, no socket and no global, and
 * the same arguments always give the same verdict. That is what makes "what if",
 * report-only mode, the impact report and the differential test in tests/oracle
 * the same code path as a real sign-in.
 *
 *   parse      Graph JSON of one policy or named location → struct, or the rule it breaks
 *   compile    a set of policies and locations → struct policy_set, immutable, shareable
 *   resolve    raw facts → what the conditions ask for (locations matched once, …)
 *   evaluate   set × resolved facts → verdict
 *
 * Rules of combination (3.1), each with its test in tests/cases/policy:
 *   - every enabled policy whose conditions all hold applies; order is irrelevant;
 *   - one applying policy that blocks decides the verdict (block wins);
 *   - otherwise every applying policy's controls must be satisfied;
 *   - a report-only policy never changes the verdict;
 *   - what cannot be understood is never ignored: a policy with an unknown
 *     narrowing member does not load as enabled. */

/* --- One policy as written ------------------------------------------------ */

struct policy_rule;     /* one parsed policy; policy/rule.h (private shapes of the module) */
struct policy_location; /* one parsed named location */

/* What is wrong with an input: Graph's code and text ("1064: …") and where. */
struct policy_fault {
    hg_str code;    /* "BadRequest" */
    hg_str message; /* "1007: unknown member 'foo' in conditions.users" */
    hg_str path;    /* "conditions.users.includeUsers" */
    bool is_warning;
};
struct policy_faults {
    const struct policy_fault *items;
    size_t n;
};

/* On HG_OK *out is a rule in `arena`, borrowing `json`'s strings; *faults may hold
 * warnings. On HG_MALFORMED *faults names every rule that is broken (V1-V20). */
HG_MUST_USE enum hg_code policy_rule_parse(struct hg_arena *arena, const struct hg_json *json,
                                           const struct policy_rule **out,
                                           struct policy_faults *faults, struct hg_err *err);
HG_MUST_USE enum hg_code policy_location_parse(struct hg_arena *arena, const struct hg_json *json,
                                               const struct policy_location **out,
                                               struct policy_faults *faults, struct hg_err *err);
/* The canonical Graph v1.0 shape of 1.7: every member, canonical letter case. */
struct hg_json policy_rule_canonical(struct hg_arena *arena, const struct hg_json *json);

/* --- A tenant's set -------------------------------------------------------- */

struct policy_set; /* compiled, immutable; lives in the arena it was compiled into */

/* MFA service settings that policies see (2: trusted IPs; 6.5: remember days). */
struct policy_settings {
    const struct hg_cidr *trusted_ips;
    size_t n_trusted_ips;
};

HG_MUST_USE enum hg_code policy_compile(struct hg_arena *arena,
                                        const struct policy_rule *const *rules, size_t n_rules,
                                        const struct policy_location *const *locations,
                                        size_t n_locations, const struct policy_settings *settings,
                                        const struct policy_set **out, struct hg_err *err);

/* --- Facts ------------------------------------------------------------------ */

enum policy_risk {
    POLICY_RISK_NONE,
    POLICY_RISK_LOW,
    POLICY_RISK_MEDIUM,
    POLICY_RISK_HIGH,
    POLICY_RISK_UNKNOWN
};

struct policy_facts {
    hg_time now;
    const struct model_user *user;
    hg_str client; /* appId of the client */
    bool is_confidential;
    const hg_str *resources; /* audiences: appIds of what is asked for (3.4 step A) */
    size_t n_resources;
    hg_str user_action;  /* "urn:user:registersecurityinfo" … or empty */
    hg_str auth_context; /* "c1" … or empty */
    enum model_client_app client_app_type;
    enum model_platform platform;
    struct model_network network;
    const struct model_device *device; /* never NULL; is_present says */
    enum model_flow_origin flow_origin;
    enum policy_risk signin_risk, user_risk;

    /* What the session or grant has already proved. */
    uint32_t methods;         /* enum model_method bits */
    struct model_when mfa_at; /* set: an MFA claim is carried */
    bool is_interactive;      /* false: nobody is there to be asked */
};

/* --- Verdict ----------------------------------------------------------------- */

enum policy_outcome { POLICY_ALLOW, POLICY_CHALLENGE, POLICY_BLOCK };

/* Controls in the fixed order of 3.1 rule 8. */
enum policy_control {
    POLICY_CONTROL_BLOCK = 1u << 0,
    POLICY_CONTROL_MFA = 1u << 1,
    POLICY_CONTROL_STRENGTH = 1u << 2,
    POLICY_CONTROL_COMPLIANT_DEVICE = 1u << 3,
    POLICY_CONTROL_DOMAIN_JOINED = 1u << 4,
    POLICY_CONTROL_APPROVED_APP = 1u << 5,
    POLICY_CONTROL_COMPLIANT_APP = 1u << 6,
    POLICY_CONTROL_PASSWORD_CHANGE = 1u << 7,
    POLICY_CONTROL_TERMS_OF_USE = 1u << 8,
    POLICY_CONTROL_CUSTOM = 1u << 9,
};

enum policy_state { POLICY_ENABLED, POLICY_DISABLED, POLICY_REPORT_ONLY };

/* appliedConditionalAccessPolicyResult; names of the wire: policy_result_name(). */
enum policy_result {
    POLICY_RESULT_SUCCESS,
    POLICY_RESULT_FAILURE,
    POLICY_RESULT_NOT_APPLIED,
    POLICY_RESULT_NOT_ENABLED,
    POLICY_RESULT_REPORT_ONLY_SUCCESS,
    POLICY_RESULT_REPORT_ONLY_FAILURE,
    POLICY_RESULT_REPORT_ONLY_NOT_APPLIED,
    POLICY_RESULT_REPORT_ONLY_INTERRUPTED,
};

enum policy_condition {
    POLICY_CONDITION_USERS,
    POLICY_CONDITION_APPLICATIONS,
    POLICY_CONDITION_CLIENT_APP_TYPES,
    POLICY_CONDITION_PLATFORMS,
    POLICY_CONDITION_LOCATIONS,
    POLICY_CONDITION_DEVICES,
    POLICY_CONDITION_SIGNIN_RISK,
    POLICY_CONDITION_USER_RISK,
    POLICY_CONDITION_AUTH_FLOWS,
    POLICY_CONDITION_INSIDER_RISK,
    POLICY_CONDITION_COUNT,
};

/* Why a condition held or not: seen "203.0.113.9", wanted "not Corporate network". */
struct policy_reason {
    enum policy_condition condition;
    hg_str seen, wanted;
    bool hit;
};

struct policy_result_row {
    hg_str id, display_name;
    enum policy_state state;
    enum policy_result result;
    uint32_t controls; /* configured */
    uint32_t unmet;    /* still missing */
    const struct policy_reason
        *reasons; /* with_reasons only; up to the first miss and beyond: all */
    size_t n_reasons;
};

struct policy_session_controls {
    bool has_frequency;
    bool frequency_every_time;
    hg_dur frequency;
    bool has_persistent; /* persistentBrowser */
    bool persistent_always;
};

struct policy_verdict {
    enum policy_outcome outcome;
    uint32_t needs;  /* union of what is missing; ask in bit order */
    uint32_t aadsts; /* 0 when allowed; else the row of 5.4: 53003, 50076, 50079 … */
    hg_str error; /* v2 token endpoint: "interaction_required" / "invalid_grant" (protocol E2.8) */
    hg_str suberror; /* "basic_action" / "message_only" … */
    hg_str claims;   /* {"access_token":{"capolids":{"essential":true,"values":[…]}}} or "" */
    const hg_str *deciding; /* ids of the policies that made it so */
    size_t n_deciding;
    struct policy_session_controls session;
    const struct policy_result_row *results; /* one per policy of the set, in set order */
    size_t n_results;
    bool any_applied; /* an enabled policy applied: conditionalAccessStatus success rather than
                         notApplied */
};

struct policy_resolved; /* facts with locations, groups and audiences matched once */

HG_MUST_USE enum hg_code policy_resolve(struct hg_arena *arena, const struct policy_set *set,
                                        const struct policy_facts *facts,
                                        const struct policy_resolved **out, struct hg_err *err);

/* On HG_OK *out_verdict is complete and its arrays live in `arena`. On failure
 * *out_verdict is untouched and the caller must deny. */
HG_MUST_USE enum hg_code policy_evaluate(struct hg_arena *arena, const struct policy_set *set,
                                         const struct policy_resolved *facts, bool with_reasons,
                                         struct policy_verdict *out_verdict, struct hg_err *err);

const char *policy_result_name(enum policy_result result);          /* "reportOnlyFailure" */
const char *policy_condition_name(enum policy_condition condition); /* "users" */
const char *policy_control_name(enum policy_control control); /* "Mfa", as in the sign-in log */
const char *policy_state_name(enum policy_state state); /* "enabledForReportingButNotEnforced" */
/* Names of the named locations an address matches, for the sign-in log. */
HG_MUST_USE enum hg_code policy_matched_locations(struct hg_arena *arena,
                                                  const struct policy_set *set,
                                                  const struct model_network *network,
                                                  const hg_str **out_names, size_t *out_n,
                                                  struct hg_err *err);
/* Expands a resource id into the keyword families it belongs to (Office365, MicrosoftAdminPortals).
 */
bool policy_is_office365(hg_str app_id);
bool policy_is_admin_portal(hg_str app_id);
