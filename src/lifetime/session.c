#include "base/base.h"
#include "lifetime/lifetime.h"
#include "lifetime/lifetime_private.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

static const hg_dur idle_while_open = {.us = (int64_t)24 * 3600 * 1000000};
static const hg_dur idle_persistent = {.us = (int64_t)90 * 86400 * 1000000};

hg_time lifetime_session_end(const struct lifetime_session *session,
                             const struct lifetime_settings *settings)
{
    hg_time end = lifetime_end(session->last_used,
                               session->is_persistent ? idle_persistent : idle_while_open);
    bool multi = session->mfa_at.is_set;
    struct lifetime_age age = lifetime_session_age(settings, multi);
    if (age.applies)
        end =
            hg_time_min(end, lifetime_end(multi ? session->mfa_at.at : session->auth_at, age.span));
    return end;
}

bool lifetime_session_alive(const struct lifetime_session *session,
                            const struct lifetime_settings *settings, hg_time now)
{
    struct model_when valid_from = session->user_valid_from;
    if (valid_from.is_set && hg_time_before(session->auth_at, valid_from.at))
        return false;
    return hg_time_before(now, lifetime_session_end(session, settings));
}

bool lifetime_remembered(struct model_when mfa_at, const struct lifetime_settings *settings,
                         struct model_when user_valid_from, hg_time now)
{
    if (!settings->remember_mfa || !mfa_at.is_set)
        return false;
    if (user_valid_from.is_set && hg_time_before(mfa_at.at, user_valid_from.at))
        return false;
    return hg_time_before(now, lifetime_end(mfa_at.at, HG_DAYS(settings->remember_mfa_days)));
}

hg_dur lifetime_access_token(const struct lifetime_settings *settings, uint16_t random)
{
    enum { SHORTEST = 3600, RANGE = 1800 };
    if (settings->has_access_token)
        return settings->access_token;
    /* Scaled, not reduced: 65536 is no multiple of 1800. */
    return HG_SECONDS(SHORTEST + (int64_t)random * RANGE / 65536);
}
