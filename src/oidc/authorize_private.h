#pragma once

#include "oidc/authorize.h"

/* One step of the table in authorize.c. It fills in `out` what it finds out, and
 * out->error when the request is to be refused; the code is for memory alone. */
struct oidc_authorize_step {
    struct hg_arena *arena;
    enum oidc_endpoint endpoint;
    const struct oidc_authorize_request *request;
    const struct oidc_authorize_facts *facts;
    struct oidc_authorize *out;
};
typedef enum hg_code oidc_step_fn(struct oidc_authorize_step *step, struct hg_err *err);

oidc_step_fn oidc_check_client, oidc_check_redirect_uri, oidc_check_repeated,
    oidc_check_response_type, oidc_check_response_mode, oidc_check_request_object, oidc_check_scope,
    oidc_check_resource, oidc_check_pkce, oidc_check_prompt, oidc_check_max_age, oidc_check_hint,
    oidc_check_claims, oidc_check_rest;
