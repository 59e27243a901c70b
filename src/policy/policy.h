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
 *   parse      Graph JSON of one policy or named location → struct, or the rules it breaks
 *   compile    a set of policies and locations → struct policy_set, immutable, shareable
 *   resolve    raw facts → which rules' conditions hold (locations matched once, …)
 *   evaluate   set × resolved facts → verdict
 *
 * Rules of combination (3.1), each with its test in tests/cases/policy:
 *   - every enabled policy whose conditions all hold applies; order is irrelevant;
 *   - one applying policy that blocks decides the verdict (block wins);
 *   - otherwise every applying policy's controls must be satisfied;
 *   - a report-only policy never changes the verdict;
 *   - what cannot be judged is never ignored: a policy with such an element is
 *     refused unless it is disabled.
 *
 * Not here: which scopes stand for which audience (policy/audience.h), whether
 * users, groups and roles exist (policy_rule_references lists the ids), sign-in
 * frequency over time (lifetime judges what the verdict merged). */

/* --- One policy as written ------------------------------------------------ */

struct policy_rule;     /* one parsed policy */
struct policy_location; /* one parsed named location */
struct policy_strength; /* one parsed authentication strength */

enum policy_state { POLICY_ENABLED, POLICY_DISABLED, POLICY_REPORT_ONLY };

/* What is wrong with an input. A client is shown {"code":"BadRequest","message"}. */
struct policy_fault {
    hg_str code;    /* "1007", the number that also begins the message */
    hg_str message; /* "1007: … unknown member 'foo' in conditions.users." */
    hg_str path;    /* "conditions.users.foo" */
    bool is_warning;
};
struct policy_faults {
    const struct policy_fault *items; /* in the order of the document */
    size_t n;
};

enum policy_parse_option {
    POLICY_PARSE_STRICT = 0,
    /* An import: an unknown member or word, an element that cannot be judged or a broken rule
     * of 1.9 becomes a warning and the rule's state POLICY_DISABLED (1.3); the JSON keeps its text.
     * An empty clientAppTypes is read as 'all', with a warning. */
    POLICY_PARSE_LENIENT = 1u << 0,
};

/* The value of a policy as v1.0, beta, PowerShell or the portal write it: any
 * letter case of member names and keywords, @odata annotations, read-only and
 * beta members. HG_OK: *out is a rule in `arena`, borrowing `json`'s strings, and
 * *faults holds the warnings. HG_MALFORMED: *faults names every rule that is broken
 * (V1-V20) and *out is untouched; err->detail is the first of them. */
HG_MUST_USE enum hg_code policy_rule_parse(struct hg_arena *arena, const struct hg_json *json,
                                           unsigned options, const struct policy_rule **out,
                                           struct policy_faults *faults, struct hg_err *err);
HG_MUST_USE enum hg_code policy_location_parse(struct hg_arena *arena, const struct hg_json *json,
                                               const struct policy_location **out,
                                               struct policy_faults *faults, struct hg_err *err);
HG_MUST_USE enum hg_code policy_strength_parse(struct hg_arena *arena, const struct hg_json *json,
                                               const struct policy_strength **out,
                                               struct policy_faults *faults, struct hg_err *err);

/* The canonical Graph shape of 1.7: every member in its order, canonical letter
 * case, lists never null; beta adds what only beta shows. Members that are not judged
 * or not known stay, in either shape, when they say something: the form can be stored
 * in place of what was sent. `json` must have parsed; the result borrows from it. */
enum policy_shape { POLICY_SHAPE_V1, POLICY_SHAPE_BETA };
struct hg_json policy_rule_canonical(struct hg_arena *arena, const struct hg_json *json,
                                     enum policy_shape shape);
struct hg_json policy_location_canonical(struct hg_arena *arena, const struct hg_json *json,
                                         enum policy_shape shape);
struct hg_json policy_strength_canonical(struct hg_arena *arena, const struct hg_json *json,
                                         enum policy_shape shape);

/* A strength as it was read, or a built-in one, in its canonical shape. */
struct hg_json policy_strength_json(struct hg_arena *arena, const struct policy_strength *strength,
                                    enum policy_shape shape);
/* The built-in strengths (1.5): i from 0 on, NULL behind the last. */
const struct policy_strength *policy_strength_builtin_at(size_t i);

hg_str policy_rule_id(const struct policy_rule *rule);
hg_str policy_rule_name(const struct policy_rule *rule);
enum policy_state policy_rule_state(const struct policy_rule *rule);
hg_str policy_location_id(const struct policy_location *location);
hg_str policy_location_name(const struct policy_location *location);
bool policy_location_is_trusted(const struct policy_location *location);
hg_str policy_strength_id(const struct policy_strength *strength);
hg_str policy_strength_name(const struct policy_strength *strength);

/* What a rule speaks of by id, keywords left out: for the referential checks of
 * V20 and for "which policies use this location". */
enum policy_reference_kind {
    POLICY_REFERENCE_USER,
    POLICY_REFERENCE_GROUP,
    POLICY_REFERENCE_ROLE,
    POLICY_REFERENCE_APPLICATION,
    POLICY_REFERENCE_SERVICE_PRINCIPAL,
    POLICY_REFERENCE_LOCATION,
    POLICY_REFERENCE_AUTH_CONTEXT,
    POLICY_REFERENCE_STRENGTH,
    POLICY_REFERENCE_TERMS, /* agreements */
};
struct policy_reference {
    enum policy_reference_kind kind;
    hg_str id;
    const char *path; /* "conditions.users.includeUsers" */
};
HG_MUST_USE enum hg_code policy_rule_references(struct hg_arena *arena,
                                                const struct policy_rule *rule,
                                                const struct policy_reference **out, size_t *out_n,
                                                struct hg_err *err);

/* --- Groups of applications --------------------------------------------------- */

/* What Office365 and MicrosoftAdminPortals hold, which applications are there in every tenant,
 * and what each needs before it is entered (3.4.2, 3.4.3, 3.5): data with a date, because
 * Microsoft changes it. One comes with the server; an operator's file replaces it whole. */
struct policy_app_groups;
extern const struct policy_app_groups policy_app_groups_builtin;

/* {"date": "2026-08-20", "source"?, "applications"?: [{"id", "name"}], "groups": {"Office365":
 * [appId …], "MicrosoftAdminPortals": […]}, "dependencies"?: [{"app", "needs"}]}. The result
 * borrows from `json`. HG_MALFORMED: err->detail says what is wrong where. */
HG_MUST_USE enum hg_code policy_app_groups_parse(struct hg_arena *arena, const struct hg_json *json,
                                                 const struct policy_app_groups **out,
                                                 struct hg_err *err);

hg_str policy_app_groups_date(const struct policy_app_groups *groups);
/* An application that is there in every tenant (3.4.3). */
bool policy_app_is_known(const struct policy_app_groups *groups, hg_str app_id);

/* --- A tenant's set -------------------------------------------------------- */

struct policy_set; /* compiled, immutable; lives in the arena it was compiled into */

/* What becomes of a request for low-privilege scopes alone (3.4 step C). */
enum policy_baseline {
    POLICY_BASELINE_ENFORCE, /* judged as one for the directory */
    POLICY_BASELINE_LEGACY,  /* All resources does not cover it once something is excluded */
    POLICY_BASELINE_CUSTOM,  /* judged as one for baseline_resource */
};

/* Settings of the tenant that decisions see: the MFA service's trusted IPs (2), whether its
 * security defaults are on, and baselineScopesMode. */
struct policy_settings {
    const struct hg_cidr *trusted_ips;
    size_t n_trusted_ips;
    bool security_defaults;
    enum policy_baseline baseline;
    hg_str baseline_resource; /* appId, with POLICY_BASELINE_CUSTOM; outlives the set */
};

/* What a set is made of. Rules keep their order: results.ptr[i] of a verdict is of
 * rules[i]. The rules, locations and strengths must outlive the set, the arrays need not.
 * Ids of locations that do not exist match nothing. Strengths are the tenant's own; the
 * built-in ones exist by themselves. */
struct policy_source {
    const struct policy_rule *const *rules;
    size_t n_rules;
    const struct policy_location *const *locations;
    size_t n_locations;
    const struct policy_strength *const *strengths;
    size_t n_strengths;
    const struct policy_app_groups *app_groups; /* NULL: the built-in ones; outlive the set */
    struct policy_settings settings;
};

/* Whether a server can take the rule as its own, beside what is `there`. V20 for what this
 * module knows: each location exists and can be judged, the strength exists or the rule says
 * what it allows; an error unless the rule is disabled. And what it targets and demands is
 * what the server asks about and for: an error if it is enabled. HG_MALFORMED when there is
 * an error. */
HG_MUST_USE enum hg_code policy_rule_check(struct hg_arena *arena, const struct policy_rule *rule,
                                           const struct policy_source *there,
                                           struct policy_faults *faults, struct hg_err *err);

/* A policy's canonical form as it is read: of its strength it says what the tenant's record or
 * the server says now; one that is not there stays as it was written. */
struct hg_json policy_rule_expanded(struct hg_arena *arena, const struct hg_json *canonical,
                                    const struct policy_source *there);

HG_MUST_USE enum hg_code policy_compile(struct hg_arena *arena, const struct policy_source *source,
                                        const struct policy_set **out, struct hg_err *err);

size_t policy_set_count(const struct policy_set *set);
const struct policy_rule *policy_set_rule(const struct policy_set *set, size_t i);
const struct policy_app_groups *policy_set_app_groups(const struct policy_set *set);
/* Does a rule look at attributes of applications (facts.apps)? */
bool policy_set_filters_apps(const struct policy_set *set);

/* --- Facts ------------------------------------------------------------------ */

enum policy_risk {
    POLICY_RISK_NONE, /* assessed: no risk */
    POLICY_RISK_LOW,
    POLICY_RISK_MEDIUM,
    POLICY_RISK_HIGH,
    POLICY_RISK_UNKNOWN, /* not assessed: matches no list of levels */
};

enum policy_insider_risk {
    POLICY_INSIDER_ABSENT = 0,
    POLICY_INSIDER_MINOR = 1u << 0,
    POLICY_INSIDER_MODERATE = 1u << 1,
    POLICY_INSIDER_ELEVATED = 1u << 2,
};

/* Custom security attributes, of an application or a service principal. */
struct policy_attribute {
    hg_str name; /* "<set>_<attribute>" */
    const hg_str *values;
    size_t n_values;
    bool is_list;
};
struct policy_attributes {
    const struct policy_attribute *items;
    size_t n;
};
struct policy_app_attributes {
    hg_str app_id;
    struct policy_attributes attributes;
};

/* A client that signs in as itself (client credentials). */
struct policy_workload {
    hg_str service_principal; /* object id */
    bool is_own;              /* single-tenant and registered in this tenant */
    enum policy_risk risk;
    struct policy_attributes attributes;
};

/* What is said of a sign-in that What If only imagines. */
enum policy_stated {
    POLICY_STATED_PLATFORM = 1u << 0,
    POLICY_STATED_DEVICE = 1u << 1,
    POLICY_STATED_CLIENT_APP_TYPE = 1u << 2,
    POLICY_STATED_PLACE = 1u << 3, /* an address, a country or a signal of the network */
    POLICY_STATED_SIGNIN_RISK = 1u << 4,
    POLICY_STATED_WORKLOAD_RISK = 1u << 5,
    POLICY_STATED_USER_RISK = 1u << 6,
    POLICY_STATED_INSIDER_RISK = 1u << 7,
    POLICY_STATED_FLOW = 1u << 8,
};

/* Per-user multi-factor state (6.8). */
enum policy_user_mfa {
    POLICY_USER_MFA_DISABLED,
    POLICY_USER_MFA_ENABLED,
    POLICY_USER_MFA_ENFORCED
};

/* What is taken over from the home tenant of an external user (3.9). */
struct policy_inbound_trust {
    bool mfa, compliant_device, domain_joined_device;
};

/* User actions that policies speak of. */
#define POLICY_ACTION_SECURITY_INFO "urn:user:registersecurityinfo"
#define POLICY_ACTION_DEVICE "urn:user:registerdevice"

struct policy_facts {
    hg_time now;
    const struct model_user *user;          /* NULL for a workload */
    const struct policy_workload *workload; /* NULL for a user */
    hg_str client;                          /* appId of the client */
    bool is_confidential;
    const hg_str *resources; /* audiences: appIds of what is asked for (3.4 step A) */
    size_t n_resources;
    hg_str
        low_privilege; /* that of them which stands for low-privilege scopes alone, if one does */
    const struct policy_app_attributes *apps; /* of applications that have attributes */
    size_t n_apps;
    hg_str user_action;          /* "urn:user:registersecurityinfo" … or empty */
    const hg_str *auth_contexts; /* "c1" …: the `acrs` that are asked for */
    size_t n_auth_contexts;
    enum model_client_app client_app_type; /* 0: cannot be told, which counts as `other` */
    enum model_platform platform;
    struct model_network network;
    const struct model_device *device; /* never NULL; is_present says */
    enum model_flow_origin flow_origin;
    enum policy_risk signin_risk, user_risk;
    enum policy_insider_risk insider_risk;

    enum policy_user_mfa user_mfa;
    bool mfa_registration_is_due; /* under security defaults: the days to register are over */
    struct policy_inbound_trust inbound_trust;

    /* What the session, grant or client has already proved. */
    uint32_t methods;               /* enum model_method bits */
    hg_str fido2_aaguid;            /* with MODEL_METHOD_FIDO2; empty: not known */
    hg_str x509_issuer_ski;         /* of the certificate; empty: not known */
    const hg_str *x509_policy_oids; /* of the certificate */
    size_t n_x509_policy_oids;
    bool knows_usable_methods; /* false: any method may be usable */
    uint32_t usable_methods;   /* registered, or the user may register them */
    struct model_when mfa_at;  /* set: an MFA claim is carried */
    bool mfa_is_stale;         /* the claim is older than the remember-MFA days: counts as absent */
    bool mfa_is_foreign;       /* … was made in the home tenant: counts when trust accepts it */
    const hg_str *accepted_terms; /* ids of agreements whose acceptance is in force */
    size_t n_accepted_terms;
    const hg_str *passed_factors; /* ids of custom controls passed in this session */
    size_t n_passed_factors;
    bool password_is_changed; /* in this session */
    bool risk_is_remediated;  /* in this session */
    bool is_approved_app;     /* on the approved list and brokered */
    bool is_protected_app;    /* an app protection policy is in force in it */
    bool is_token_bound;      /* what is redeemed is bound to the device (secureSignInSession) */
    bool is_interactive;      /* false: nobody is there to be asked */

    bool is_what_if;  /* conditions that are configured and not stated do not hold (4.1) */
    uint32_t stated;  /* enum policy_stated bits; of use with is_what_if alone */
    uint32_t invalid; /* enum policy_stated bits: stated, but nothing that could be matched */
};

/* --- Verdict ----------------------------------------------------------------- */

enum policy_outcome {
    POLICY_ALLOW,
    POLICY_CHALLENGE, /* not as things stand: `needs` says what would make it allowed */
    POLICY_BLOCK,     /* no step of this sign-in can change it */
};

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
    POLICY_CONTROL_RISK_REMEDIATION = 1u << 8,
    POLICY_CONTROL_TERMS_OF_USE = 1u << 9,
    POLICY_CONTROL_CUSTOM = 1u << 10,
    POLICY_CONTROL_BOUND_TOKEN = 1u << 11, /* session control secureSignInSession */
};
enum {
    /* What a page of the sign-in can obtain from the user; the rest is shown as an error. */
    POLICY_CONTROLS_PROMPT = POLICY_CONTROL_MFA | POLICY_CONTROL_STRENGTH |
                             POLICY_CONTROL_PASSWORD_CHANGE | POLICY_CONTROL_RISK_REMEDIATION |
                             POLICY_CONTROL_TERMS_OF_USE | POLICY_CONTROL_CUSTOM,
};

/* Who wants multi-factor authentication of this user, met or not: requirementProvider of
 * the sign-in log's authenticationRequirementPolicies. */
enum policy_mfa_source {
    POLICY_MFA_BY_USER = 1u << 0, /* the user's own state */
    POLICY_MFA_BY_SECURITY_DEFAULTS = 1u << 1,
    POLICY_MFA_BY_POLICY = 1u << 2,   /* control mfa of a policy that applies */
    POLICY_MFA_BY_STRENGTH = 1u << 3, /* an authentication strength of one */
    POLICY_MFA_BY_RISK = 1u << 4,     /* either, of one with a risk condition */
};

/* appliedConditionalAccessPolicyResult; names of the wire: policy_result_name().
 * Values are stored, one byte a policy: add at the end, never renumber. */
enum policy_result {
    POLICY_RESULT_SUCCESS,
    POLICY_RESULT_FAILURE,
    POLICY_RESULT_NOT_APPLIED,
    POLICY_RESULT_NOT_ENABLED,
    POLICY_RESULT_REPORT_ONLY_SUCCESS,
    POLICY_RESULT_REPORT_ONLY_FAILURE,
    POLICY_RESULT_REPORT_ONLY_NOT_APPLIED,
    POLICY_RESULT_REPORT_ONLY_INTERRUPTED,
    POLICY_RESULT_COUNT,
};

/* In the order in which What-If names the first that does not hold (4.2). */
enum policy_condition {
    POLICY_CONDITION_USERS, /* of a policy for workloads: the service principals */
    POLICY_CONDITION_APPLICATIONS,
    POLICY_CONDITION_PLATFORMS,
    POLICY_CONDITION_DEVICES,
    POLICY_CONDITION_CLIENT_APP_TYPES,
    POLICY_CONDITION_LOCATIONS,
    POLICY_CONDITION_SIGNIN_RISK, /* also the risk of a service principal */
    POLICY_CONDITION_USER_RISK,
    POLICY_CONDITION_INSIDER_RISK,
    POLICY_CONDITION_AUTH_FLOWS,
    POLICY_CONDITION_COUNT,
};

/* Why a condition held or not: seen "203.0.113.9", wanted "All except AllTrusted".
 * Texts are English and of one line; ids stand where names are not known. */
struct policy_reason {
    enum policy_condition condition;
    hg_str seen, wanted;
    bool hit;
};

struct policy_result_row {
    hg_str id, display_name;
    enum policy_state state;
    enum policy_result result;
    uint32_t controls; /* configured: enum policy_control bits */
    bool needs_all;    /* operator AND: every control; OR: one of them */
    uint32_t unmet;    /* those still missing; 0 when the policy is met or does not apply */
    uint32_t met;      /* those that the sign-in meets, if the policy applies */
    const char *analysis_reason;         /* policy_analysis_reason() */
    const struct policy_reason *reasons; /* one per configured condition, all of them */
    size_t n_reasons;
};

struct policy_frequency {
    bool is_set;
    bool every_time; /* `window` is then 0 */
    hg_dur window;
};

enum policy_cloud_app_security {
    POLICY_CAS_NONE,
    POLICY_CAS_MONITOR_ONLY,
    POLICY_CAS_CONFIGURED,
    POLICY_CAS_BLOCK_DOWNLOADS,
};

enum policy_cae {
    POLICY_CAE_DEFAULT,
    POLICY_CAE_DISABLED,
    POLICY_CAE_STRICT_ENFORCEMENT,
    POLICY_CAE_STRICT_LOCATION,
};

/* Session controls of all applying policies, merged: the strictest wins (3.7). */
struct policy_session_controls {
    struct policy_frequency frequency;     /* primaryAndSecondaryAuthentication */
    struct policy_frequency mfa_frequency; /* secondaryAuthentication: of the MFA proof alone */
    bool has_persistent;                   /* persistentBrowser */
    bool persistent_always;                /* false: never */
    bool app_enforced_restrictions;
    bool secure_signin_session;
    bool disable_resilience_defaults;
    enum policy_cloud_app_security cloud_app_security;
    enum policy_cae continuous_access;
};

struct policy_verdict {
    enum policy_outcome outcome;
    uint32_t needs;  /* union of what is missing; ask in bit order. A policy with operator OR
                        asks for the first that can be had (3.2) */
    uint32_t aadsts; /* 0 when allowed; else the row of 5.4: 53003, 50076, 50079 … */
    hg_str error; /* v2 token endpoint: "interaction_required" / "invalid_grant" (protocol E2.8) */
    hg_str suberror; /* "basic_action" / "message_only" … */
    hg_str claims;   /* {"access_token":{"capolids":{"essential":true,"values":[…]}}} or "" */
    const hg_str *deciding; /* ids of the policies that made it so, in set order; none when a
                               setting of user or tenant did */
    size_t n_deciding;
    /* With POLICY_CONTROL_TERMS_OF_USE and _CUSTOM in `needs`: which agreements are still to be
     * accepted and which custom controls to be passed, in set order, each once. */
    const hg_str *terms, *factors;
    size_t n_terms, n_factors;
    uint32_t mfa_required_by; /* enum policy_mfa_source bits */
    struct policy_session_controls session;
    hg_str results; /* one byte per policy of the set, in set order: enum policy_result. What a
                       sign-in row stores beside the version of the set */
    const struct policy_result_row *rows; /* with_reasons only: as many as results.len */
    bool any_applied; /* an enabled policy applied: conditionalAccessStatus success rather than
                         notApplied */
};

struct policy_resolved; /* facts with locations, groups and audiences matched once */

/* `facts` and what it points to must outlive *out. */
HG_MUST_USE enum hg_code policy_resolve(struct hg_arena *arena, const struct policy_set *set,
                                        const struct policy_facts *facts,
                                        const struct policy_resolved **out, struct hg_err *err);

/* On HG_OK *out_verdict is complete and its arrays live in `arena`. On failure
 * *out_verdict is untouched and the caller must deny. */
HG_MUST_USE enum hg_code policy_evaluate(struct hg_arena *arena, const struct policy_set *set,
                                         const struct policy_resolved *facts, bool with_reasons,
                                         struct policy_verdict *out_verdict, struct hg_err *err);

/* resolve and evaluate in one. */
HG_MUST_USE enum hg_code policy_judge(struct hg_arena *arena, const struct policy_set *set,
                                      const struct policy_facts *facts, bool with_reasons,
                                      struct policy_verdict *out_verdict, struct hg_err *err);

/* Of a verdict with reasons on registering security information, for a user who is about to
 * register the first method: the controls that keep him from it (1.5, T75). What a policy on
 * applications lets the sign-in itself ask for is not among them: it is asked, and met, with
 * the method. What such a policy wants of the device is. */
uint32_t policy_registration_needs(const struct policy_set *set,
                                   const struct policy_verdict *verdict);

/* Of a verdict that wants a strength: its name, of the first policy that decided; "" none. */
hg_str policy_verdict_strength(const struct policy_set *set, const struct policy_verdict *verdict);

/* What-If's answer for one policy of the set (4.2): "notSet" when it would apply
 * (enabled or report-only), else the first reason against: "users", "location",
 * "policyNotEnabled", "notEnoughInformation" when nothing is asked for … */
const char *policy_analysis_reason(const struct policy_set *set,
                                   const struct policy_resolved *facts, size_t i);

/* --- Rendering and storing results ------------------------------------------- */

/* Bytes that a row of the log brought back: HG_MALFORMED when their number is not
 * the set's or one of them names no result. */
HG_MUST_USE enum hg_code policy_results_check(const struct policy_set *set, hg_str results,
                                              struct hg_err *err);

/* signIn.appliedConditionalAccessPolicies (4.3) from the set and its result bytes,
 * checked before, and the row that the sign-in ended with (0: success). Without `unknown_members`
 * (Prefer: include-unknown-enum-members) the report-only results read "unknownFutureValue". */
struct hg_json policy_applied_json(struct hg_arena *arena, const struct policy_set *set,
                                   hg_str results, uint32_t aadsts, bool unknown_members);

/* signIn.authenticationRequirementPolicies (4.3): who wanted a second factor, met or not.
 * NULL: nothing was judged. */
struct hg_json policy_mfa_required_json(struct hg_arena *arena,
                                        const struct policy_verdict *verdict);

/* The grant controls of the enabled policies that applied, met or not. */
uint32_t policy_results_controls(const struct policy_set *set, hg_str results);

/* "success", "failure" or "notApplied" (signIn.conditionalAccessStatus). */
const char *policy_status_name(hg_str results);

/* One English sentence: "Blocked by 'Block legacy' and 1 more (AADSTS53003): clientAppTypes is
 * other.", "Allowed after MFA and a compliant device; the session ends after 1 hour." The verdict
 * was reached with reasons. */
hg_str policy_verdict_sentence(struct hg_arena *arena, const struct policy_verdict *verdict);

/* A verdict as one JSON object: outcome, needs, error, deciding, session, and the
 * rows with their reasons. For --json output, panels and the oracle. */
struct hg_json policy_verdict_json(struct hg_arena *arena, const struct policy_verdict *verdict);

const char *policy_outcome_name(enum policy_outcome outcome);       /* "challenge" */
const char *policy_result_name(enum policy_result result);          /* "reportOnlyFailure" */
const char *policy_condition_name(enum policy_condition condition); /* "users" */
const char *policy_state_name(enum policy_state state); /* "enabledForReportingButNotEnforced" */
const char *policy_control_name(enum policy_control control); /* "Mfa", as in the sign-in log */
const char *policy_control_graph_name(enum policy_control control); /* "mfa", as in a policy */
const char *policy_mfa_source_name(enum policy_mfa_source source);  /* "securityDefaults" */

/* Names of the named locations an address matches, for the sign-in log. */
HG_MUST_USE enum hg_code policy_matched_locations(struct hg_arena *arena,
                                                  const struct policy_set *set,
                                                  const struct model_network *network,
                                                  const hg_str **out_names, size_t *out_n,
                                                  struct hg_err *err);
/* Is that address in AllTrusted? */
bool policy_network_is_trusted(const struct policy_set *set, const struct model_network *network);
