#pragma once

#include "app/app_private.h"
#include "base/base.h"
#include "model/model.h"
#include "oidc/error.h"
#include "oidc/token.h"

/* The redemption of a code or refresh token: load what it stands for, ask lifetime and
 * policy, mint, write. The token endpoint calls it with what came over HTTP; the flow
 * worker with a connection's refresh token, in process: the same path, so a run meets
 * exactly what the endpoint would answer. */

struct app_redemption {
    const struct oidc_token_request *request;
    const struct oidc_token_start *start; /* of oidc_token_check(), without an error */
    const struct model_application *client;
    const struct oidc_client *authenticated;
    /* The caller's own address and device, else the grant's snapshot (architecture part 7:
     * background redemptions are judged by the snapshot). */
    bool is_background;
};

struct app_redeemed {
    struct oidc_error error; /* OIDC_ERROR_NONE: tokens were given */
    hg_str resource_name;    /* <service> of the texts; "" when it was not reached */
    hg_str access_token;
    hg_time expires;
    hg_str refresh_token;     /* "" none */
    hg_str answer;            /* the token endpoint's JSON */
    struct model_grant grant; /* id "" when none was found */
};

/* HG_OK with the outcome, which is committed. */
HG_MUST_USE enum hg_code app_redeem(struct app_call *call, const struct app_redemption *redemption,
                                    struct app_redeemed *out, struct hg_err *err);

/* A connection's refresh token, for `scope`; the client is Headgate's own and trusted. */
HG_MUST_USE enum hg_code app_redeem_connection(struct app_call *call, hg_str refresh_token,
                                               hg_str scope, struct app_redeemed *out,
                                               struct hg_err *err);
