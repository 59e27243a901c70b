#pragma once

#include "base/base.h"
#include "crypto/key.h"
#include "model/model.h"
#include "oidc/scope.h"

/* Tokens (protocol.md part 2). oidc_mint() is the only function of Headgate that
 * builds and signs them; every grant calls it. It decides nothing: what it is given
 * has been judged. */

struct oidc_mint {
    hg_time now;
    hg_str base; /* "https://localhost:8443" */
    const struct model_tenant *tenant;
    const struct model_application *client;
    hg_str client_acr;             /* oidc_client_acr() */
    const struct model_user *user; /* NULL: app-only; then no id_token */
    hg_str service_principal;      /* app-only: oid and sub */
    hg_str sub;                    /* pairwise for client and user, as `app` derived it */
    hg_str sid;                    /* session id, "" none */
    hg_str uti;                    /* unique, 22 characters of base64url: also jti */

    /* How the user signed in. */
    hg_time auth_at;
    hg_str amr;         /* blank-separated */
    hg_str acr;         /* "" none */
    const hg_str *acrs; /* satisfied authentication contexts */
    size_t n_acrs;

    /* The access token. */
    const struct model_application *resource;
    hg_str audience;     /* v1: as asked for; v2 uses the appId. "" is the appId */
    hg_str scp;          /* oidc_granted.scp; app-only: "" */
    const hg_str *roles; /* app roles of the caller at the resource */
    size_t n_roles;
    bool wants_wids;                     /* the resource asks for directory roles */
    bool wants_groups;                   /* … for group ids; past 200 only the overage marker */
    bool is_capable;                     /* cp1 was sent and the resource asks for xms_cc */
    hg_dur lifetime;                     /* lifetime_access_token() */
    const struct crypto_key *access_key; /* RS256 or ES256, by application or resource */

    /* The id_token. */
    bool wants_id_token;
    uint32_t oidc;      /* oidc_redeem.oidc: profile and email add claims */
    hg_dur id_lifetime; /* 0: an hour */
    bool has_nonce;
    hg_str nonce;
    hg_str login_hint;               /* the opaque claim; "" none */
    bool is_persistent;              /* signin_state ["kmsi"] */
    const struct crypto_key *id_key; /* RS256 unless the application asks otherwise */
};

struct oidc_tokens {
    hg_str access_token;
    hg_str id_token; /* "" none */
    hg_time expires;
    int64_t expires_in;
};

HG_MUST_USE enum hg_code oidc_mint(struct hg_arena *arena, const struct oidc_mint *mint,
                                   struct oidc_tokens *out, struct hg_err *err);

/* The body of a good answer of the token endpoint. */
struct oidc_token_answer {
    const struct oidc_tokens *tokens;
    hg_str scope;         /* oidc_granted.text; "": the member is left out */
    hg_str refresh_token; /* "" none */
    bool has_refresh_end; /* spa: */
    int64_t refresh_expires_in;
    hg_str client_info; /* "" none */
};
HG_MUST_USE enum hg_code oidc_token_answer(struct hg_arena *arena,
                                           const struct oidc_token_answer *answer, hg_str *out,
                                           struct hg_err *err);
