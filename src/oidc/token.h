#pragma once

#include "base/base.h"
#include "model/model.h"
#include "oidc/authorize.h"
#include "oidc/claims_request.h"
#include "oidc/client_auth.h"
#include "oidc/error.h"
#include "oidc/params.h"
#include "oidc/scope.h"

/* The token endpoint (protocol.md E2.1, E2.2): authorization_code and refresh_token.
 *
 *   oidc_token_parse()       the form
 *   oidc_client_check()      who is asking (client_auth.h)
 *   oidc_redeem_identify()   the code or refresh token, its binding, its reuse; says
 *                            which scopes are wanted. app then looks up the resources,
 *                            runs lifetime_judge() and policy_evaluate()
 *   oidc_redeem_decide()     user, lifetime, scopes, policy, frequency, consent
 *   oidc_mint()              (mint.h)
 *
 * Outcomes are values: an error row, and what must be written down either way. */

enum oidc_grant_type {
    OIDC_GRANT_CODE,
    OIDC_GRANT_REFRESH,
    OIDC_GRANT_CLIENT_CREDENTIALS, /* app_only.h */
    OIDC_GRANT_UNKNOWN
};

struct oidc_token_request {
    struct oidc_credentials credentials; /* has_basic, has_origin are set by app */
    struct oidc_text grant_type, code, redirect_uri, code_verifier, refresh_token, scope, claims,
        client_info;
    hg_str client_request_id;
    hg_str repeated; /* name of the first repeated parameter, or "" */
};

void oidc_token_parse(const struct oidc_params *params, struct oidc_token_request *out);

/* What can be said before anything is looked up: repeated parameters, grant type, what
 * it requires, the claims. */
struct oidc_token_start {
    struct oidc_error error;
    enum oidc_grant_type grant;
    struct oidc_claims_request claims;
};
HG_MUST_USE enum hg_code oidc_token_check(struct hg_arena *arena,
                                          const struct oidc_token_request *request,
                                          struct oidc_token_start *out, struct hg_err *err);

/* POST with a form, else 900561 or 9002313 (protocol.md E2). */
struct oidc_error oidc_token_method_check(hg_str method, bool is_form);

/* An authorization code as it was issued. */
struct oidc_code {
    hg_str tenant, client, user;
    hg_str redirect_uri;
    bool redirect_was_sent;
    enum oidc_redirect_kind redirect_kind;
    enum oidc_pkce pkce;
    hg_str challenge;
    hg_str scope; /* as asked for and agreed to, in the client's spelling */
    hg_time expires;
};

/* A refresh token as it was issued. */
struct oidc_refresh {
    bool is_rotated; /* a newer one has been given out */
    hg_time rotated_at;
    hg_time issued;
};

/* What is stored behind the code or refresh token that was presented. */
struct oidc_redeem_facts {
    hg_time now;
    hg_str tenant; /* id of the tenant of the path; "" on the aliases */
    const struct model_application *client;
    const struct oidc_client *authenticated;
    const struct oidc_code *code; /* NULL: no such code (or a refresh token) */
    bool code_is_redeemed;
    const struct oidc_refresh *refresh; /* NULL: no such token (or a code) */
    const struct model_grant *grant;    /* of the refresh token; NULL for a code */
};

/* What must be written whether or not tokens are given. */
enum oidc_effect {
    OIDC_EFFECT_BURN_CODE = 1u << 0,     /* mark the code redeemed: it works no more */
    OIDC_EFFECT_REVOKE_FAMILY = 1u << 1, /* MODEL_REVOKED_REUSE for all that came of it */
    OIDC_EFFECT_ROTATE = 1u << 2,        /* mark the presented token rotated, give a new one */
    OIDC_EFFECT_KEEP = 1u << 3,          /* give a new one, the presented one stays good */
};

struct oidc_redeem {
    struct oidc_error error;
    uint32_t effects; /* enum oidc_effect */
    hg_str scope;     /* what is wanted: the request's, else the code's or grant's */
    bool scope_was_sent;
    struct oidc_scopes scopes; /* parsed; look up its identifiers */
    size_t which;              /* after the decision: index of the token's resource */
    struct oidc_granted granted;
    uint32_t oidc; /* enum oidc_scope_bit that the tokens are made for */
    bool gives_refresh_token, gives_id_token;
    uint32_t effects_on_success; /* moved into effects by oidc_redeem_decide() */
};

HG_MUST_USE enum hg_code oidc_redeem_identify(struct hg_arena *arena, enum oidc_grant_type grant,
                                              const struct oidc_token_request *request,
                                              const struct oidc_redeem_facts *facts,
                                              struct oidc_redeem *out, struct hg_err *err);

/* A refusal that lifetime, policy or frequency decided; aadsts 0: none. `app` copies
 * it from their verdicts (oidc knows neither module). */
struct oidc_refusal {
    uint32_t aadsts;
    hg_str claims;  /* of a policy verdict */
    hg_time issued; /* of a lifetime verdict */
    hg_time valid_from;
    hg_dur configured;
};

struct oidc_decide_facts {
    const struct model_user *user; /* NULL: deleted */
    bool password_expired;         /* 50055 */
    const struct model_tenant *tenant;
    const struct model_application *client;
    const struct model_application *const
        *resources; /* answers scopes.identifiers; Graph's when it has none */
    struct oidc_refusal lifetime, policy, frequency;
    struct oidc_consents given, required;
};

/* Continues what oidc_redeem_identify() began; *redeem carries its answer in and out.
 * On an error its effects stay and those of success are not added. */
HG_MUST_USE enum hg_code oidc_redeem_decide(struct hg_arena *arena, enum oidc_grant_type grant,
                                            const struct oidc_decide_facts *facts,
                                            struct oidc_redeem *redeem, struct hg_err *err);

/* A refusal as an error with its text's arguments filled. */
HG_MUST_USE enum hg_code oidc_refusal_error(struct hg_arena *arena,
                                            const struct oidc_refusal *refusal,
                                            hg_str resource_name, struct oidc_error *out,
                                            struct hg_err *err);

extern const hg_dur oidc_code_lifetime;  /* 60 s */
extern const hg_dur oidc_rotation_grace; /* 60 s */
extern const hg_dur oidc_spa_lifetime;   /* 24 h, for refresh_token_expires_in */
