#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "app/connections/connections.h"
#include "base/base.h"
#include "event/event.h"
#include "oidc/error.h"

/* Signing a connection in: the owner goes through our own authorization endpoint as to any
 * client, and the code that comes back is redeemed as everybody's is. The `state` names
 * connection and owner, ends after half an hour, and is signed; the PKCE verifier is made
 * from them with our key, so that a code of another connection cannot be handed in. */

struct app_consent {
    hg_str tenant, connection, owner;
};

hg_str app_consent_redirect_uri(const struct app_call *call);
hg_str app_consent_verifier(struct app_call *call, const struct app_consent *consent);
/* False: not one of ours, or too old. */
bool app_consent_open(struct app_call *call, hg_str state, struct app_consent *out);

enum app_consent_result {
    APP_CONSENT_CONNECTED,
    APP_CONSENT_REFUSED, /* the code was not redeemed: *refusal */
    APP_CONSENT_FOREIGN, /* somebody else signed in */
    APP_CONSENT_USELESS, /* the code gives no refresh token: another request asked for it */
    APP_CONSENT_GONE,    /* the connection was deleted in between */
};
/* Redeems `code` for the connection: its new grant replaces the one it had. */
HG_MUST_USE enum hg_code app_consent_redeem(struct app_call *call,
                                            const struct app_consent *consent, hg_str code,
                                            enum app_consent_result *out_result,
                                            struct oidc_error *out_refusal, struct hg_err *err);

/* Appends: the connection's grant is over. */
HG_MUST_USE enum hg_code app_connection_end_grant(struct app_call *call, struct app_commit *commit,
                                                  const struct app_connection *connection,
                                                  struct hg_err *err);
void app_connection_record(struct app_call *call, enum event_name name,
                           const struct app_connection *connection);
