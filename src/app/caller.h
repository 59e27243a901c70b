#pragma once

#include "app/app_private.h"
#include "base/base.h"
#include "policy/policy.h"

/* Who is calling an API route: the peer of DATA/admin.sock, or the bearer of an
 * access token that this server issued for the route's resource. Fills call->caller
 * and call->tenant; *refused: the call was answered (401, 403). */
HG_MUST_USE enum hg_code app_caller_authenticate(struct app_call *call, bool *refused,
                                                 struct hg_err *err);

/* Refuses a call that policies do not allow: 401 with a claims challenge where the verdict has
 * one and the client can answer it (conditional-access.md 5.5), else 403. */
HG_MUST_USE enum hg_code app_refuse_verdict(struct app_call *call, hg_str service,
                                            const struct policy_verdict *verdict, bool can_answer,
                                            struct hg_err *err);
