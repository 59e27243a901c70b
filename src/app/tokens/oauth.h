#pragma once

#include "app/app_private.h"
#include "base/base.h"
#include "oidc/authorize.h"
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

/* An id_token_hint: its signature and issuer, exp aside (oidc/authorize.h). */
HG_MUST_USE enum hg_code app_id_hint(struct app_call *call, hg_str token,
                                     enum oidc_hint_state *out_state, hg_str *out_oid,
                                     struct hg_err *err);
/* The payload of a token signed by one of the tenant's keys; false: it is not. */
HG_MUST_USE enum hg_code app_token_payload(struct app_call *call, hg_str token, bool *out_valid,
                                           hg_str *out_payload, struct hg_err *err);

/* Pages outside a sign-in: a refused request, a journey that is over. */
HG_MUST_USE enum hg_code app_oauth_error_page(struct app_call *call, const struct oidc_error *error,
                                              hg_str ui_locales, struct hg_err *err);
/* The same for a request that was no sign-in: `title` is a locale key. */
HG_MUST_USE enum hg_code app_oauth_refusal_page(struct app_call *call,
                                                const struct oidc_error *error, const char *title,
                                                hg_str ui_locales, struct hg_err *err);
HG_MUST_USE enum hg_code app_oauth_gone_page(struct app_call *call, struct hg_err *err);
