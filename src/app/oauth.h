#pragma once

#include "app/app_private.h"
#include "base/base.h"
#include "oidc/error.h"
#include "oidc/params.h"

/* What the protocol endpoints share: parameters in, JSON and errors out. */

/* Query or form text as parameters. *error is set (9002313) when it cannot be read. */
HG_MUST_USE enum hg_code app_oauth_params(struct app_call *call, hg_str text,
                                          struct oidc_params *out, struct oidc_error *error,
                                          struct hg_err *err);
struct oidc_error_context app_oauth_context(const struct app_call *call);
/* Cache-Control: no-store, Pragma: no-cache (RFC 6749 §5.1). */
void app_oauth_answer_json(struct app_call *call, unsigned status, hg_str json);
/* The body of protocol.md E2 with its row's status. */
HG_MUST_USE enum hg_code app_oauth_answer_error(struct app_call *call,
                                                const struct oidc_error *error, struct hg_err *err);
hg_str app_issuer(const struct app_call *call);
