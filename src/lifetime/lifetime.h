#pragma once

#include "base/base.h"
#include "model/model.h"

/* Token lifetimes: is this grant alive at `now`, until when, and which rule says
 * so (conditional-access.md part 6, seed-scenarios.md TL and RM). Pure: the same
 * grant, settings and instant always give the same answer, so forecast, impact
 * and the token endpoint cannot disagree. Expiry is judged at each use and never
 * written: relaxing a setting revives what was only expired (TL-10). */

struct lifetime_limit_value {
    bool until_revoked;
    hg_dur span;
};

/* The effective settings of one user and application, after precedence. */
struct lifetime_settings {
    enum model_behaviour behaviour;
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
 * definition leaves out are those of lifetime_defaults. HG_MALFORMED: *fault says
 * what and where; *out is untouched. */
HG_MUST_USE enum hg_code lifetime_definition_parse(struct hg_arena *arena, hg_str definition,
                                                   enum model_behaviour behaviour,
                                                   struct lifetime_settings *out,
                                                   struct lifetime_fault *fault,
                                                   struct hg_err *err);

enum lifetime_rule {
    LIFETIME_ALIVE,
    LIFETIME_REVOKED,       /* 50173 */
    LIFETIME_SPA_AGE,       /* 700084 */
    LIFETIME_INACTIVE,      /* 70008, entra: 700082 */
    LIFETIME_SINGLE_FACTOR, /* 50076 */
    LIFETIME_MULTI_FACTOR,  /* 50076 */
    LIFETIME_REMEMBER_MFA,  /* 50076: the remember-MFA days replace MaxAgeMultiFactor */
};

struct lifetime_verdict {
    enum lifetime_rule rule; /* LIFETIME_ALIVE or the rule that ended it */
    hg_time since;           /* when it ended (meaningless while alive) */
    uint32_t aadsts;
    hg_str error, suberror; /* v2 token endpoint pair */
    hg_dur configured;      /* the span in the text, e.g. 90 days */
    hg_time issued;         /* the instant in the text */
};

/* `user_valid_from` is the user's TokensValidFrom; grants authenticated before it are revoked. */
struct lifetime_verdict lifetime_judge(const struct model_grant *grant,
                                       const struct lifetime_settings *settings,
                                       struct model_when user_valid_from, hg_time now);

struct lifetime_limit {
    enum lifetime_rule rule;
    hg_time at; /* the first instant at which the judge refuses */
};
enum { LIFETIME_MAX_LIMITS = 6 };
struct lifetime_limits {
    struct lifetime_limit items[LIFETIME_MAX_LIMITS]; /* earliest first */
    size_t n;
};
/* Every limit the grant will meet if it is not used again (inactive) or used (ages). */
struct lifetime_limits lifetime_limits(const struct model_grant *grant,
                                       const struct lifetime_settings *settings);

/* Session cookies: alive at now? (MaxAgeSession*, idle 24 h, persistent 90 days). */
struct lifetime_session {
    hg_time auth_at;
    struct model_when mfa_at;
    hg_time last_used;
    bool is_persistent;
};
bool lifetime_session_alive(const struct lifetime_session *session,
                            const struct lifetime_settings *settings, hg_time now);

/* Seconds an access token lives: the configured value, else 3600..5399 from two random bytes. */
hg_dur lifetime_access_token(const struct lifetime_settings *settings, uint16_t random);

const char *lifetime_rule_name(enum lifetime_rule rule); /* "MaxInactiveTime" … */
