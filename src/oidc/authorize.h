#pragma once

#include "base/base.h"
#include "model/model.h"
#include "oidc/claims_request.h"
#include "oidc/error.h"
#include "oidc/params.h"
#include "oidc/pkce.h"
#include "oidc/redirect_uri.h"
#include "oidc/scope.h"

/* The authorization request (protocol.md E1): parse, look up what it names, check.
 *
 *   oidc_authorize_parse()     the parameters, from query or form
 *   app                        loads the application of client_id
 *   oidc_authorize_scopes()    which resources the scopes name; app looks them up
 *   oidc_authorize_check()     the steps of E1's processing order
 *
 * The checks end before anybody signs in: the session, policies and consent come
 * after them, in `signin`. */

enum oidc_endpoint { OIDC_AUTHORIZE, OIDC_DEVICE_AUTHORIZATION, OIDC_PUSHED_AUTHORIZATION };

struct oidc_authorize_request {
    struct oidc_text client_id, redirect_uri, response_type, response_mode, scope, state, nonce,
        code_challenge, code_challenge_method, prompt, login_hint, domain_hint, sid, max_age,
        acr_values, claims, id_token_hint, request, request_uri, resource, client_info;
    hg_str client_request_id; /* the last one sent, or "" */
    hg_str repeated;          /* name of the first repeated parameter, or "" */
};

/* Unknown parameters are ignored; `params` stays borrowed. */
void oidc_authorize_parse(const struct oidc_params *params, struct oidc_authorize_request *out);

/* The {t} of the path. */
enum oidc_tenant_kind { OIDC_TENANT_OWN, OIDC_TENANT_COMMON, OIDC_TENANT_ORGANIZATIONS };

/* The id_token_hint as `app` verified it (signature, issuer; exp ignored). */
enum oidc_hint_state { OIDC_HINT_ABSENT, OIDC_HINT_GOOD, OIDC_HINT_BAD };

struct oidc_authorize_facts {
    const struct model_tenant *tenant;
    enum oidc_tenant_kind tenant_kind;
    const struct model_application *client; /* NULL: no such application */
    /* Answers the identifiers of oidc_authorize_scopes(), by index; NULL: unknown. */
    const struct model_application *const *resources;
    enum oidc_hint_state hint;
    hg_str hint_oid;           /* user id of a good hint */
    bool allow_plain_pkce;     /* tenant setting; default false */
    bool allow_public_no_pkce; /* tenant setting; default false */
};

enum oidc_prompt {
    OIDC_PROMPT_NONE = 1u << 0, /* also no_session */
    OIDC_PROMPT_LOGIN = 1u << 1,
    OIDC_PROMPT_CONSENT = 1u << 2,
    OIDC_PROMPT_SELECT_ACCOUNT = 1u << 3,
};

enum oidc_response_mode { OIDC_MODE_QUERY, OIDC_MODE_FRAGMENT, OIDC_MODE_FORM_POST };

/* All that later steps need of a good request, and where an error goes. */
struct oidc_authorize {
    struct oidc_error error;
    hg_str client_id;
    hg_str redirect_uri; /* as sent, or the only registered one */
    hg_str state, nonce, challenge;
    hg_str login_hint, domain_hint, sid;
    hg_str hint_oid; /* user of a verified id_token_hint */
    struct oidc_scopes scopes;
    struct oidc_claims_request claims;
    hg_dur max_age;
    uint32_t prompt; /* enum oidc_prompt */
    enum oidc_redirect_kind redirect_kind;
    enum oidc_response_mode mode;
    enum oidc_pkce pkce;
    bool error_by_redirect; /* else a page (or, at PAR and device, a JSON body) */
    bool redirect_was_sent;
    bool has_state, has_nonce, has_max_age, has_hint_oid;
    bool wants_client_info;
};

/* Parses the scope parameter alone, so that `app` can look up out->identifiers before
 * the check, which reports what is wrong with it. */
HG_MUST_USE enum hg_code oidc_authorize_scopes(struct hg_arena *arena,
                                               const struct oidc_authorize_request *request,
                                               struct oidc_scopes *out, struct hg_err *err);

/* On HG_OK *out is complete; out->error says whether the request is refused. What is
 * known so far is filled in even then, so that the refusal can be sent. */
HG_MUST_USE enum hg_code oidc_authorize_check(struct hg_arena *arena, enum oidc_endpoint endpoint,
                                              const struct oidc_authorize_request *request,
                                              const struct oidc_authorize_facts *facts,
                                              struct oidc_authorize *out, struct hg_err *err);
