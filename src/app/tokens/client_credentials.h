#pragma once

#include "app/app_private.h"
#include "app/tokens/redeem.h"
#include "base/base.h"

/* A client's token to act with as itself: no grant, no user, no refresh token. Asked and
 * answered as a redemption; the grant in *out stays empty. HG_OK with the outcome, which is
 * committed. */
HG_MUST_USE enum hg_code app_client_credentials(struct app_call *call,
                                                const struct app_redemption *asked,
                                                struct app_redeemed *out, struct hg_err *err);
