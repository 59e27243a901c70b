#pragma once

#include "app/app_private.h"
#include "app/directory/policy_source.h"
#include "base/base.h"

#include <stdbool.h>

/* The guard against locking oneself out (decision 0124): before a change of conditional access
 * is committed, those who could undo it are judged by the set as it will be. */

/* *refused: the call was answered, with what is in the way and how to go on. The host's operator
 * is not asked: nothing here can lock the machine's own socket. */
HG_MUST_USE enum hg_code app_lockout_check(struct app_call *call,
                                           const struct app_policy_change *change, bool *refused,
                                           struct hg_err *err);

/* Can the account get in under the tenant's set, under the best of circumstances? *out_by is the
 * policy that is in the way when it cannot. */
HG_MUST_USE enum hg_code app_lockout_can_enter(struct app_call *call, const struct model_user *user,
                                               bool *out, hg_str *out_by, struct hg_err *err);
