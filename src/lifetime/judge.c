#include "base/base.h"
#include "lifetime/lifetime.h"
#include "lifetime/lifetime_private.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static const struct {
    const char *name;
    uint32_t aadsts;
    hg_str error, suberror; /* protocol.md E2.2, E2.8 */
} rules[LIFETIME_RULE_COUNT] = {
    [LIFETIME_ALIVE] = {"alive", 0, HG_LIT(""), HG_LIT("")},
    [LIFETIME_REVOKED] = {"revoked", 50173, HG_LIT("invalid_grant"), HG_LIT("bad_token")},
    [LIFETIME_SPA_AGE] = {"spaAge", 700084, HG_LIT("invalid_grant"), HG_LIT("bad_token")},
    [LIFETIME_INACTIVE] = {"MaxInactiveTime", 70008, HG_LIT("invalid_grant"), HG_LIT("bad_token")},
    [LIFETIME_SINGLE_FACTOR] = {"MaxAgeSingleFactor", 50076, HG_LIT("interaction_required"),
                                HG_LIT("basic_action")},
    [LIFETIME_MULTI_FACTOR] = {"MaxAgeMultiFactor", 50076, HG_LIT("interaction_required"),
                               HG_LIT("basic_action")},
    [LIFETIME_REMEMBER_MFA] = {"rememberMfa", 50076, HG_LIT("interaction_required"),
                               HG_LIT("basic_action")},
    [LIFETIME_FREQUENCY] = {"signInFrequency", 70043, HG_LIT("invalid_grant"), HG_LIT("bad_token")},
};
enum { INACTIVE_IN_ENTRA = 700082 };

static const hg_dur spa_age = {.us = (int64_t)24 * 3600 * 1000000};
static const hg_dur longest_idle = {.us = (int64_t)90 * 86400 * 1000000};
static const hg_dur every_time_tolerance = {.us = (int64_t)300 * 1000000};

const char *lifetime_rule_name(enum lifetime_rule rule)
{
    HG_ASSERT(rule < LIFETIME_RULE_COUNT);
    return rules[rule].name;
}

hg_time lifetime_end(hg_time base, hg_dur span)
{
    return hg_time_add(hg_time_add(base, span), (hg_dur){.us = 1});
}

static bool is_seed(const struct lifetime_settings *settings)
{
    return settings->behaviour == MODEL_BEHAVIOUR_SEED;
}

static struct lifetime_age age_of(const struct lifetime_settings *settings,
                                  struct lifetime_limit_value value, enum lifetime_rule rule)
{
    return (struct lifetime_age){
        .applies = is_seed(settings) && !value.until_revoked, .span = value.span, .rule = rule};
}

struct lifetime_age lifetime_single_factor_age(const struct lifetime_settings *settings)
{
    return age_of(settings, settings->single_factor, LIFETIME_SINGLE_FACTOR);
}

/* architecture part 7: the days replace the value of the policy, even when longer. */
static struct lifetime_age or_remembered(const struct lifetime_settings *settings,
                                         struct lifetime_age age)
{
    if (!is_seed(settings) || !settings->remember_mfa)
        return age;
    return (struct lifetime_age){.applies = true,
                                 .span = HG_DAYS(settings->remember_mfa_days),
                                 .rule = LIFETIME_REMEMBER_MFA};
}

struct lifetime_age lifetime_multi_factor_age(const struct lifetime_settings *settings)
{
    return or_remembered(settings, age_of(settings, settings->multi_factor, LIFETIME_MULTI_FACTOR));
}

struct lifetime_age lifetime_session_age(const struct lifetime_settings *settings,
                                         bool is_multi_factor)
{
    if (!is_multi_factor)
        return age_of(settings, settings->session_single_factor, LIFETIME_SINGLE_FACTOR);
    return or_remembered(settings,
                         age_of(settings, settings->session_multi_factor, LIFETIME_MULTI_FACTOR));
}

/* --- The limits of one grant, in the order of 6.4 ------------------------------------ */

struct span_from {
    bool applies;
    enum lifetime_rule rule;
    hg_time base;
    hg_dur span;
};

static struct span_from spa_limit(const struct model_grant *grant,
                                  const struct lifetime_settings *settings)
{
    (void)settings;
    return (struct span_from){
        .applies = grant->is_spa, .rule = LIFETIME_SPA_AGE, .base = grant->issued, .span = spa_age};
}

/* Each use issues a fresh token, so the idle time counts from the last use. */
static struct span_from idle_limit(const struct model_grant *grant,
                                   const struct lifetime_settings *settings)
{
    return (struct span_from){.applies = true,
                              .rule = LIFETIME_INACTIVE,
                              .base = grant->last_used,
                              .span = is_seed(settings) ? settings->max_inactive : longest_idle};
}

static struct span_from age_limit(const struct model_grant *grant,
                                  const struct lifetime_settings *settings)
{
    bool multi = grant->mfa_at.is_set;
    struct lifetime_age age =
        multi ? lifetime_multi_factor_age(settings) : lifetime_single_factor_age(settings);
    return (struct span_from){.applies = age.applies,
                              .rule = age.rule,
                              .base = multi ? grant->mfa_at.at : grant->auth_at,
                              .span = age.span};
}

typedef struct span_from limit_fn(const struct model_grant *grant,
                                  const struct lifetime_settings *settings);
static limit_fn *const limits_in_order[] = {spa_limit, idle_limit, age_limit};

static struct lifetime_verdict refused(enum lifetime_rule rule, hg_time since)
{
    return (struct lifetime_verdict){.rule = rule,
                                     .since = since,
                                     .aadsts = rules[rule].aadsts,
                                     .error = rules[rule].error,
                                     .suberror = rules[rule].suberror};
}

/* Whatever `now` says: a clock that is behind revives nothing that was revoked. */
static bool is_revoked(const struct model_grant *grant, struct model_when user_valid_from,
                       struct lifetime_verdict *out)
{
    bool by_user = user_valid_from.is_set && hg_time_before(grant->auth_at, user_valid_from.at);
    if (grant->revoked == MODEL_REVOKED_NOT && !by_user)
        return false;
    hg_time since = by_user ? user_valid_from.at : grant->revoked_at;
    if (by_user && grant->revoked != MODEL_REVOKED_NOT)
        since = hg_time_min(since, grant->revoked_at);
    *out = refused(LIFETIME_REVOKED, since);
    out->issued = grant->auth_at;
    out->valid_from = user_valid_from.is_set ? user_valid_from.at : since;
    return true;
}

struct lifetime_verdict lifetime_judge(const struct model_grant *grant,
                                       const struct lifetime_settings *settings,
                                       struct model_when user_valid_from, hg_time now)
{
    struct lifetime_verdict verdict;
    if (is_revoked(grant, user_valid_from, &verdict))
        return verdict;
    for (size_t i = 0; i < HG_COUNT(limits_in_order); i++) {
        struct span_from limit = limits_in_order[i](grant, settings);
        hg_time end = lifetime_end(limit.base, limit.span);
        if (!limit.applies || hg_time_before(now, end))
            continue;
        verdict = refused(limit.rule, end);
        verdict.configured = limit.span;
        verdict.issued = limit.rule == LIFETIME_SPA_AGE ? grant->issued : grant->last_used;
        if (limit.rule == LIFETIME_INACTIVE && !is_seed(settings))
            verdict.aadsts = INACTIVE_IN_ENTRA;
        return verdict;
    }
    return (struct lifetime_verdict){.rule = LIFETIME_ALIVE};
}

bool lifetime_mfa_is_stale(struct model_when mfa_at, const struct lifetime_settings *settings,
                           hg_time now)
{
    return !is_seed(settings) && settings->remember_mfa && mfa_at.is_set &&
           !hg_time_before(now, lifetime_end(mfa_at.at, HG_DAYS(settings->remember_mfa_days)));
}

static void insert_by_time(struct lifetime_limits *limits, struct lifetime_limit limit)
{
    HG_ASSERT(limits->n < LIFETIME_MAX_LIMITS);
    size_t i = limits->n++;
    for (; i > 0 && hg_time_before(limit.at, limits->items[i - 1].at); i--)
        limits->items[i] = limits->items[i - 1];
    limits->items[i] = limit;
}

struct lifetime_limits lifetime_limits(const struct model_grant *grant,
                                       const struct lifetime_settings *settings)
{
    struct lifetime_limits limits = {.n = 0};
    for (size_t i = 0; i < HG_COUNT(limits_in_order); i++) {
        struct span_from limit = limits_in_order[i](grant, settings);
        if (limit.applies)
            insert_by_time(&limits,
                           (struct lifetime_limit){.rule = limit.rule,
                                                   .at = lifetime_end(limit.base, limit.span)});
    }
    return limits;
}

bool lifetime_frequency_passed(const struct lifetime_frequency *frequency, hg_time auth_at,
                               hg_time now)
{
    hg_dur span = frequency->every_time ? every_time_tolerance : frequency->span;
    return frequency->is_set && !hg_time_before(now, lifetime_end(auth_at, span));
}

struct lifetime_verdict lifetime_frequency_judge(const struct lifetime_frequency *frequency,
                                                 const struct model_grant *grant, hg_time now)
{
    bool counts = !grant->is_confidential && (!frequency->of_mfa || grant->mfa_at.is_set);
    hg_time base = frequency->of_mfa ? grant->mfa_at.at : grant->auth_at;
    if (!counts || !lifetime_frequency_passed(frequency, base, now))
        return (struct lifetime_verdict){.rule = LIFETIME_ALIVE};
    hg_dur span = frequency->every_time ? every_time_tolerance : frequency->span;
    struct lifetime_verdict verdict = refused(LIFETIME_FREQUENCY, lifetime_end(base, span));
    verdict.configured = span;
    verdict.issued = grant->last_used;
    return verdict;
}
