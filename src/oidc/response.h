#pragma once

#include "base/base.h"
#include "oidc/authorize.h"
#include "oidc/error.h"
#include "oidc/params.h"

/* The authorization response (RFC 6749 §4.1.2, RFC 9207, OAuth 2.0 Form Post). */

enum { OIDC_MAX_REPLY_FIELDS = 10 };

struct oidc_reply {
    enum oidc_response_mode mode;
    hg_str location; /* query and fragment: for 302, or 303 after a POST */
    /* form_post: the page posts `fields` to `action`; `origin` goes into form-action. */
    hg_str action, origin;
    struct oidc_param fields[OIDC_MAX_REPLY_FIELDS];
    size_t n_fields;
};

/* state byte for byte, iss always; a redirect URI without a path gets '/' in query and
 * fragment mode. */
struct oidc_success {
    hg_str code;
    hg_str session_state; /* "" none */
    hg_str client_info;   /* "" none; see oidc_client_info() */
};
HG_MUST_USE enum hg_code oidc_reply_success(struct hg_arena *arena,
                                            const struct oidc_authorize *auth, hg_str issuer,
                                            const struct oidc_success *success,
                                            struct oidc_reply *out, struct hg_err *err);

/* Only for an error whose row has a redirect word (else HG_UNSUPPORTED). `error` is
 * that of the check or one found later (sign-in, policy, consent); context->issuer is set. */
HG_MUST_USE enum hg_code oidc_reply_error(struct hg_arena *arena, const struct oidc_authorize *auth,
                                          const struct oidc_error *error,
                                          const struct oidc_error_context *context,
                                          struct oidc_reply *out, struct hg_err *err);

/* base64url {"uid":oid,"utid":home tenant} (fact 18). */
HG_MUST_USE enum hg_code oidc_client_info(struct hg_arena *arena, hg_str oid, hg_str tenant,
                                          hg_str *out, struct hg_err *err);

/* "{base}/{tid}/v2.0"; the aliases' documents have "{tenantid}" instead. */
HG_MUST_USE enum hg_code oidc_issuer(struct hg_arena *arena, hg_str base, hg_str tenant_id,
                                     hg_str *out, struct hg_err *err);
