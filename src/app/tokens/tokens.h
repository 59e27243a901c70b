#pragma once

#include "app/app_private.h"
#include "app/tokens/redeem.h"
#include "base/base.h"
#include "oidc/token.h"

/* What the shell adds to oidc_mint(): keys, random ids, the pairwise sub, the lifetime. */
struct app_token_request {
    const struct model_application *client;
    const struct oidc_client *authenticated;
    const struct model_user *user;
    const struct model_grant *grant;
    const struct oidc_redeem *redeem;
    bool has_nonce;
    hg_str nonce;
    bool wants_client_info;
    bool is_capable;
    hg_str refresh_token;
    const hg_str *acrs; /* authentication contexts that are satisfied */
    size_t n_acrs;
};
/* Fills access_token, expires and answer of *out. */
HG_MUST_USE enum hg_code app_tokens_mint(struct app_call *call,
                                         const struct app_token_request *request,
                                         struct app_redeemed *out, struct hg_err *err);

/* The same for a client that acts as itself (client credentials). */
struct app_own_token_request {
    const struct model_application *client;
    const struct oidc_client *authenticated;
    const struct model_application *resource;
    const hg_str *roles; /* its app roles there */
    size_t n_roles;
    bool is_capable;
};
HG_MUST_USE enum hg_code app_own_token_mint(struct app_call *call,
                                            const struct app_own_token_request *request,
                                            struct app_redeemed *out, struct hg_err *err);

/* sub: the same for one user at one client, unrelated between clients (OIDC Core §8.1). */
hg_str app_pairwise_sub(struct app_call *call, hg_str client, hg_str user);

/* The opaque login_hint claim of a session or user, and back: "" when it is not one of ours. */
hg_str app_login_hint(struct app_call *call, hg_str user);
