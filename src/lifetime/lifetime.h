#pragma once

#include "base/base.h"
#include "model/model.h"

/* Token lifetimes: is this grant alive at `now`, until when, and which rule says
 * so (conditional-access.md part 6, seed-scenarios.md TL and RM). Pure: the same
 * grant, settings and instant always give the same answer, so forecast, impact
 * and the token endpoint cannot disagree. Expiry is judged at each use and never
 * written: relaxing a setting revives what was only expired (TL-10).
 *
 * Not here: the texts of the errors (oidc/errors.def), conditional access
 * (policy), and who may change a setting (app). */

struct lifetime_limit_value {
    bool until_revoked;
    hg_dur span; /* meaningless with until_revoked */
};

/* The six settings, in the order of 6.2; bits of lifetime_settings.given. */
enum lifetime_property {
    LIFETIME_ACCESS_TOKEN,
    LIFETIME_MAX_INACTIVE,
    LIFETIME_MAX_AGE_SINGLE,
    LIFETIME_MAX_AGE_MULTI,
    LIFETIME_SESSION_SINGLE,
    LIFETIME_SESSION_MULTI,
    LIFETIME_PROPERTY_COUNT,
};
const char *lifetime_property_name(enum lifetime_property property); /* "MaxInactiveTime" */

/* What one definition says, or the built-in values; with the MFA service setting
 * added by lifetime_effective() these are the settings the judge works with. */
struct lifetime_settings {
    enum model_behaviour behaviour;
    uint32_t given;        /* 1u << enum lifetime_property: the definition names it */
    bool has_access_token; /* else drawn between 60 and 90 minutes */
    hg_dur access_token;
    hg_dur max_inactive; /* default 90 days */
    struct lifetime_limit_value single_factor, multi_factor;
    struct lifetime_limit_value session_single_factor, session_multi_factor;
    bool remember_mfa; /* the service setting "remember MFA on trusted devices" */
    unsigned remember_mfa_days;
    hg_str policy_id, policy_name; /* empty: built-in defaults */
};

struct lifetime_settings lifetime_defaults(enum model_behaviour behaviour);

/* What is wrong with a definition, with its place ("line 1, column 124: …"). */
struct lifetime_fault {
    hg_str message;
    uint32_t line, column; /* 0: concerns the whole */
};

/* One definition string of a tokenLifetimePolicy, e.g.
 * {"TokenLifetimePolicy":{"Version":1,"MaxAgeMultiFactor":"until-revoked"}}.
 * Property names as documented (case ignored), bounds of 6.2. Settings the
 * definition leaves out are those of lifetime_defaults. HG_MALFORMED or HG_TOO_BIG:
 * *fault says what and where; *out is untouched. At most HG_MAX_DEFINITION bytes. */
HG_MUST_USE enum hg_code lifetime_definition_parse(struct hg_arena *arena, hg_str definition,
                                                   enum model_behaviour behaviour,
                                                   struct lifetime_settings *out,
                                                   struct lifetime_fault *fault,
                                                   struct hg_err *err);

/* The definition that names exactly the settings of `given`, canonically spelled. */
HG_MUST_USE enum hg_code lifetime_definition_render(struct hg_arena *arena,
                                                    const struct lifetime_settings *settings,
                                                    hg_str *out, struct hg_err *err);

/* `change` over `base`: what `change` names, and what only `base` names (update --merge).
 * What an update without it loses is base->given & ~change->given (TP-3). */
struct lifetime_settings lifetime_definition_merge(const struct lifetime_settings *base,
                                                   const struct lifetime_settings *change);

/* The policies that could apply to one user and application, each as parsed and
 * with its id and name; NULL: there is none. The first one in order is used whole:
 * seed: service principal, organisation, application; entra: organisation,
 * application, service principal (docs/decisions/0040). */
struct lifetime_policies {
    const struct lifetime_settings *service_principal, *organization, *application;
    bool remember_mfa;
    unsigned remember_mfa_days; /* 1..365 */
};
struct lifetime_settings lifetime_effective(enum model_behaviour behaviour,
                                            const struct lifetime_policies *policies);

/* For every screen and command that shows a policy (TL-7, R-3): what is set, what
 * holds, who says so, and what the documents recommend. */
enum lifetime_source {
    LIFETIME_FROM_DEFAULT,
    LIFETIME_FROM_POLICY,
    LIFETIME_FROM_REMEMBER_MFA, /* the days replace the value of the policy */
    LIFETIME_IGNORED,           /* entra: stored, shown, without effect */
};
struct lifetime_row {
    const char *property;
    hg_str configured; /* "90.00:00:00", "until-revoked", "random 60-90 min" */
    hg_str effective;
    enum lifetime_source source;
    hg_str recommended; /* empty: any value is fine */
    bool is_recommended;
};
void lifetime_rows(struct hg_arena *arena, const struct lifetime_settings *settings,
                   struct lifetime_row out[LIFETIME_PROPERTY_COUNT]);
const char *lifetime_source_name(enum lifetime_source source); /* "rememberMfa" … */

enum lifetime_rule {
    LIFETIME_ALIVE,
    LIFETIME_REVOKED,       /* 50173 */
    LIFETIME_SPA_AGE,       /* 700084 */
    LIFETIME_INACTIVE,      /* 70008, entra: 700082 */
    LIFETIME_SINGLE_FACTOR, /* 50076 */
    LIFETIME_MULTI_FACTOR,  /* 50076 */
    LIFETIME_REMEMBER_MFA,  /* 50076: the remember-MFA days replace MaxAgeMultiFactor */
    LIFETIME_FREQUENCY,     /* 70043: sign-in frequency of conditional access */
    LIFETIME_RULE_COUNT,
};

struct lifetime_verdict {
    enum lifetime_rule rule; /* LIFETIME_ALIVE or the rule that ended it */
    hg_time since;           /* the first instant of refusal (meaningless while alive) */
    uint32_t aadsts;         /* 0 while alive */
    hg_str error, suberror;  /* v2 token endpoint pair */
    hg_dur configured;       /* the span in the text, e.g. 90 days */
    hg_time issued;          /* the instant in the text: when the presented token was issued */
    hg_time valid_from;      /* LIFETIME_REVOKED: from when on tokens count */
};

/* In the order of 6.4: revocation, spa age, inactivity, maximum age (which the
 * remember-MFA days replace under `seed`); the first that applies decides. A limit
 * is passed when more than its span has gone by: at exactly 90 days all is well.
 * `user_valid_from` is the user's TokensValidFrom; grants authenticated before it
 * are revoked. */
struct lifetime_verdict lifetime_judge(const struct model_grant *grant,
                                       const struct lifetime_settings *settings,
                                       struct model_when user_valid_from, hg_time now);

/* entra: a proof older than the remember-MFA days counts as absent (6.4 step 8). When
 * true, hand policy_evaluate() no mfa_at; what is then 50076 is sent as 50078. Under
 * `seed` always false: there the judge itself refuses. */
bool lifetime_mfa_is_stale(struct model_when mfa_at, const struct lifetime_settings *settings,
                           hg_time now);

struct lifetime_limit {
    enum lifetime_rule rule;
    hg_time at; /* the first instant at which the judge refuses */
};
enum { LIFETIME_MAX_LIMITS = 6 };
struct lifetime_limits {
    struct lifetime_limit items[LIFETIME_MAX_LIMITS]; /* earliest first */
    size_t n;
};
/* Every limit the grant will meet if it is not used again (inactive) or used (ages).
 * For a grant that is not revoked: alive at now ⇔ now is before items[0].at. */
struct lifetime_limits lifetime_limits(const struct model_grant *grant,
                                       const struct lifetime_settings *settings);

/* Sign-in frequency (6.6), from the merged session controls of a policy verdict. */
struct lifetime_frequency {
    bool is_set;
    bool every_time; /* five minutes are tolerated */
    hg_dur span;
    bool of_mfa; /* secondaryAuthentication: counts from the second factor alone */
};
/* For a refresh token: counted from auth_at or mfa_at; confidential clients are spared until
 * their next interactive sign-in. `issued` only fills the text. */
struct lifetime_verdict lifetime_frequency_judge(const struct lifetime_frequency *frequency,
                                                 const struct model_grant *grant, hg_time now);
/* For a session: must its user prove who he is again? */
bool lifetime_frequency_passed(const struct lifetime_frequency *frequency, hg_time auth_at,
                               hg_time now);

/* Session cookies: alive at now? (MaxAgeSession*, idle 24 h, persistent 90 days,
 * TokensValidFrom.) */
struct lifetime_session {
    hg_time auth_at;
    struct model_when mfa_at;
    hg_time last_used;
    bool is_persistent;
    struct model_when user_valid_from; /* authenticated before it: dead */
};
bool lifetime_session_alive(const struct lifetime_session *session,
                            const struct lifetime_settings *settings, hg_time now);
/* The first instant at which it is dead if it is not used again: for the cookie's Max-Age. */
hg_time lifetime_session_end(const struct lifetime_session *session,
                             const struct lifetime_settings *settings);

/* "Don't ask again for N days": does the proof a browser remembers still count? */
bool lifetime_remembered(struct model_when mfa_at, const struct lifetime_settings *settings,
                         struct model_when user_valid_from, hg_time now);

/* How long an access token lives: the configured value, else 3600..5399 s from two random bytes. */
hg_dur lifetime_access_token(const struct lifetime_settings *settings, uint16_t random);

/* What an event does to a session or grant (6.7). seed: any password change or reset
 * and any revocation ends grants of every kind. Sign-out ends sessions alone. */
enum lifetime_event {
    LIFETIME_EVENT_PASSWORD_EXPIRED,
    LIFETIME_EVENT_PASSWORD_CHANGED,       /* by the user */
    LIFETIME_EVENT_PASSWORD_SELF_RESET,    /* by the user, with recovery */
    LIFETIME_EVENT_PASSWORD_RESET_CLASSIC, /* by an administrator, in the classic portal */
    LIFETIME_EVENT_PASSWORD_RESET,         /* by an administrator */
    LIFETIME_EVENT_USER_REVOKED,
    LIFETIME_EVENT_ADMIN_REVOKED,
    LIFETIME_EVENT_SIGNED_OUT,
    LIFETIME_EVENT_COUNT,
};
bool lifetime_event_ends_grant(enum lifetime_event event, enum model_behaviour behaviour,
                               const struct model_grant *grant);
bool lifetime_event_ends_session(enum lifetime_event event, enum model_behaviour behaviour,
                                 uint32_t methods);

/* "MaxInactiveTime", "rememberMfa" …: names on the wire of forecast and impact. */
const char *lifetime_rule_name(enum lifetime_rule rule);

/* --- Terms of use --------------------------------------------------------------- */

/* How long an acceptance counts (termsExpiration and userReacceptRequiredFrequency of an
 * agreement); whichever ends first. */
struct lifetime_terms {
    struct model_when expires_from; /* every acceptance from before it ends then … */
    hg_dur expires_every;           /* … and again every so long after it; 0: only then */
    hg_dur accept_again;            /* each acceptance ends so long after it was given; 0: never */
};
/* When an acceptance ends; is_set false: never. */
struct model_when lifetime_terms_end(const struct lifetime_terms *terms, hg_time accepted);
bool lifetime_terms_in_force(const struct lifetime_terms *terms, hg_time accepted, hg_time now);
