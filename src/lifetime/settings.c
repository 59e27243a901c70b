#include "base/base.h"
#include "lifetime/lifetime.h"
#include "lifetime/lifetime_private.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lifetime_settings lifetime_defaults(enum model_behaviour behaviour)
{
    return (struct lifetime_settings){
        .behaviour = behaviour,
        .max_inactive = HG_DAYS(90),
        .single_factor = {.until_revoked = true},
        .multi_factor = {.until_revoked = true},
        .session_single_factor = {.until_revoked = true},
        .session_multi_factor = {.until_revoked = true},
    };
}

static hg_str limit_text(struct hg_arena *arena, struct lifetime_limit_value value)
{
    return value.until_revoked ? HG_STR("until-revoked") : hg_timespan_text(arena, value.span);
}

static hg_str access_token_text(struct hg_arena *arena, const struct lifetime_settings *settings)
{
    return settings->has_access_token ? hg_timespan_text(arena, settings->access_token)
                                      : HG_STR("60-90 min");
}

static hg_str max_inactive_text(struct hg_arena *arena, const struct lifetime_settings *settings)
{
    return hg_timespan_text(arena, settings->max_inactive);
}

static hg_str single_text(struct hg_arena *arena, const struct lifetime_settings *settings)
{
    return limit_text(arena, settings->single_factor);
}

static hg_str multi_text(struct hg_arena *arena, const struct lifetime_settings *settings)
{
    return limit_text(arena, settings->multi_factor);
}

static hg_str session_single_text(struct hg_arena *arena, const struct lifetime_settings *settings)
{
    return limit_text(arena, settings->session_single_factor);
}

static hg_str session_multi_text(struct hg_arena *arena, const struct lifetime_settings *settings)
{
    return limit_text(arena, settings->session_multi_factor);
}

static void access_token_store(struct lifetime_settings *settings,
                               struct lifetime_limit_value value)
{
    settings->has_access_token = true;
    settings->access_token = value.span;
}

static void max_inactive_store(struct lifetime_settings *settings,
                               struct lifetime_limit_value value)
{
    settings->max_inactive = value.span;
}

static void single_store(struct lifetime_settings *settings, struct lifetime_limit_value value)
{
    settings->single_factor = value;
}

static void multi_store(struct lifetime_settings *settings, struct lifetime_limit_value value)
{
    settings->multi_factor = value;
}

static void session_single_store(struct lifetime_settings *settings,
                                 struct lifetime_limit_value value)
{
    settings->session_single_factor = value;
}

static void session_multi_store(struct lifetime_settings *settings,
                                struct lifetime_limit_value value)
{
    settings->session_multi_factor = value;
}

#define DAYS(n) {.us = (int64_t)(n) * 86400 * 1000000}
#define MINUTES(n) {.us = (int64_t)(n) * 60 * 1000000}
// clang-format off
const struct lifetime_property_row lifetime_property_rows[LIFETIME_PROPERTY_COUNT] = {
    [LIFETIME_ACCESS_TOKEN]   = {"AccessTokenLifetime", MINUTES(10), DAYS(1), false, "",
                                 access_token_text, access_token_store},
    [LIFETIME_MAX_INACTIVE]   = {"MaxInactiveTime", MINUTES(10), DAYS(90), false, "",
                                 max_inactive_text, max_inactive_store},
    [LIFETIME_MAX_AGE_SINGLE] = {"MaxAgeSingleFactor", MINUTES(10), DAYS(365), true, "",
                                 single_text, single_store},
    [LIFETIME_MAX_AGE_MULTI]  = {"MaxAgeMultiFactor", MINUTES(10), DAYS(365), true, "until-revoked",
                                 multi_text, multi_store},
    [LIFETIME_SESSION_SINGLE] = {"MaxAgeSessionSingleFactor", MINUTES(10), DAYS(365), true, "",
                                 session_single_text, session_single_store},
    [LIFETIME_SESSION_MULTI]  = {"MaxAgeSessionMultiFactor", MINUTES(10), DAYS(365), true,
                                 "14.00:00:00", session_multi_text, session_multi_store},
};
// clang-format on

const char *lifetime_property_name(enum lifetime_property property)
{
    HG_ASSERT(property < LIFETIME_PROPERTY_COUNT);
    return lifetime_property_rows[property].name;
}

/* 6.3: the winning policy is used whole; the order depends on the behaviour. */
static const struct lifetime_settings *winner(enum model_behaviour behaviour,
                                              const struct lifetime_policies *policies)
{
    const struct lifetime_settings *in_order[2][3] = {
        [MODEL_BEHAVIOUR_SEED] = {policies->service_principal, policies->organization,
                                  policies->application},
        [MODEL_BEHAVIOUR_ENTRA] = {policies->organization, policies->application,
                                   policies->service_principal},
    };
    for (size_t i = 0; i < 3; i++)
        if (in_order[behaviour][i] != NULL)
            return in_order[behaviour][i];
    return NULL;
}

struct lifetime_settings lifetime_effective(enum model_behaviour behaviour,
                                            const struct lifetime_policies *policies)
{
    const struct lifetime_settings *won = winner(behaviour, policies);
    struct lifetime_settings settings = won != NULL ? *won : lifetime_defaults(behaviour);
    settings.behaviour = behaviour;
    settings.remember_mfa = policies->remember_mfa;
    settings.remember_mfa_days = policies->remember_mfa_days;
    return settings;
}

static bool is_refresh_or_session(enum lifetime_property property)
{
    return property != LIFETIME_ACCESS_TOKEN;
}

static bool is_remembered(const struct lifetime_settings *settings, enum lifetime_property property)
{
    return settings->remember_mfa &&
           (property == LIFETIME_MAX_AGE_MULTI || property == LIFETIME_SESSION_MULTI);
}

static struct lifetime_row row_of(struct hg_arena *arena, const struct lifetime_settings *settings,
                                  enum lifetime_property property)
{
    const struct lifetime_property_row *is = &lifetime_property_rows[property];
    struct lifetime_row row = {
        .property = is->name,
        .configured = is->configured(arena, settings),
        .source = settings->given & (1u << property) ? LIFETIME_FROM_POLICY : LIFETIME_FROM_DEFAULT,
        .recommended = hg_str_of(is->recommended),
    };
    row.effective = row.configured;
    if (settings->behaviour == MODEL_BEHAVIOUR_ENTRA && is_refresh_or_session(property)) {
        struct lifetime_settings defaults = lifetime_defaults(MODEL_BEHAVIOUR_ENTRA);
        row.effective = is->configured(arena, &defaults);
        row.source = LIFETIME_IGNORED;
    } else if (is_remembered(settings, property)) {
        row.effective = hg_timespan_text(arena, HG_DAYS(settings->remember_mfa_days));
        row.source = LIFETIME_FROM_REMEMBER_MFA;
    }
    row.is_recommended = row.recommended.len == 0 || hg_str_eq(row.effective, row.recommended);
    return row;
}

void lifetime_rows(struct hg_arena *arena, const struct lifetime_settings *settings,
                   struct lifetime_row out[LIFETIME_PROPERTY_COUNT])
{
    for (unsigned i = 0; i < LIFETIME_PROPERTY_COUNT; i++)
        out[i] = row_of(arena, settings, (enum lifetime_property)i);
}

const char *lifetime_source_name(enum lifetime_source source)
{
    static const char *const names[] = {
        [LIFETIME_FROM_DEFAULT] = "default",
        [LIFETIME_FROM_POLICY] = "policy",
        [LIFETIME_FROM_REMEMBER_MFA] = "rememberMfa",
        [LIFETIME_IGNORED] = "ignored",
    };
    HG_ASSERT((size_t)source < HG_COUNT(names));
    return names[source];
}
