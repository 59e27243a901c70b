#pragma once

#include "app/app_private.h"
#include "base/base.h"

/* Who is calling an API route: the peer of DATA/admin.sock, or the bearer of an
 * access token that this server issued for the route's resource. Fills call->caller
 * and call->tenant; *refused: the call was answered (401, 403). */
HG_MUST_USE enum hg_code app_caller_authenticate(struct app_call *call, bool *refused,
                                                 struct hg_err *err);
