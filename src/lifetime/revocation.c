#include "base/base.h"
#include "lifetime/lifetime.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

/* What an artefact was obtained with (6.7). */
enum {
    PASSWORD_SESSION = 1u << 0,
    PASSWORD_GRANT = 1u << 1,
    OTHER_SESSION = 1u << 2,
    OTHER_GRANT = 1u << 3,
    CONFIDENTIAL_GRANT = 1u << 4,
    GRANTS = PASSWORD_GRANT | OTHER_GRANT | CONFIDENTIAL_GRANT,
    SESSIONS = PASSWORD_SESSION | OTHER_SESSION,
};

static const struct {
    unsigned seed, entra; /* the kinds that end */
} ends[LIFETIME_EVENT_COUNT] = {
    [LIFETIME_EVENT_PASSWORD_EXPIRED] = {0, 0},
    [LIFETIME_EVENT_PASSWORD_CHANGED] = {GRANTS | PASSWORD_SESSION,
                                         PASSWORD_GRANT | PASSWORD_SESSION},
    [LIFETIME_EVENT_PASSWORD_SELF_RESET] = {GRANTS | PASSWORD_SESSION,
                                            PASSWORD_GRANT | PASSWORD_SESSION},
    [LIFETIME_EVENT_PASSWORD_RESET_CLASSIC] = {GRANTS | PASSWORD_SESSION,
                                               PASSWORD_GRANT | PASSWORD_SESSION},
    [LIFETIME_EVENT_PASSWORD_RESET] = {GRANTS | PASSWORD_SESSION, GRANTS | PASSWORD_SESSION},
    [LIFETIME_EVENT_USER_REVOKED] = {GRANTS | SESSIONS, GRANTS | SESSIONS},
    [LIFETIME_EVENT_ADMIN_REVOKED] = {GRANTS | SESSIONS, GRANTS | SESSIONS},
    [LIFETIME_EVENT_SIGNED_OUT] = {SESSIONS, SESSIONS},
};

static bool is_ended(enum lifetime_event event, enum model_behaviour behaviour, unsigned kind)
{
    HG_ASSERT(event < LIFETIME_EVENT_COUNT);
    unsigned kinds = behaviour == MODEL_BEHAVIOUR_SEED ? ends[event].seed : ends[event].entra;
    return (kinds & kind) != 0;
}

bool lifetime_event_ends_grant(enum lifetime_event event, enum model_behaviour behaviour,
                               const struct model_grant *grant)
{
    unsigned kind = grant->is_confidential                     ? CONFIDENTIAL_GRANT
                    : (grant->methods & MODEL_METHOD_PASSWORD) ? PASSWORD_GRANT
                                                               : OTHER_GRANT;
    return is_ended(event, behaviour, kind);
}

bool lifetime_event_ends_session(enum lifetime_event event, enum model_behaviour behaviour,
                                 uint32_t methods)
{
    unsigned kind = methods & MODEL_METHOD_PASSWORD ? PASSWORD_SESSION : OTHER_SESSION;
    return is_ended(event, behaviour, kind);
}
