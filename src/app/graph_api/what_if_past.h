#pragma once

#include "app/app_private.h"
#include "base/base.h"
#include "policy/policy.h"

/* What If as something was: the request is filled in from a sign-in of the log, or from the
 * connection that a flow's run acts through (decision 0123). */
struct app_past {
    struct hg_json request; /* of evaluate; an object */
    bool has_proof;
    uint32_t methods;
    struct model_when mfa_at;
};

/* *found false: the call was answered with 404. */
HG_MUST_USE enum hg_code app_past_signin(struct app_call *call, hg_str id, struct app_past *out,
                                         bool *found, struct hg_err *err);
/* `run`: "FLOW/RUN"; `connection`: "" the first that the flow names. */
HG_MUST_USE enum hg_code app_past_run(struct app_call *call, hg_str run, hg_str connection,
                                      struct app_past *out, bool *found, struct hg_err *err);
