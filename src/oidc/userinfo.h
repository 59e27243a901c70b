#pragma once

#include "base/base.h"
#include "model/model.h"

/* Presented access tokens and UserInfo (protocol.md E5, RFC 6750 §3). */

/* The claims of an access token of ours that the resource side reads. */
struct oidc_access {
    hg_str aud, oid, sub, tid, sid, client, scp, uti, idtyp;
    hg_time issued, expires, auth_at;
    bool has_auth_at;
    bool has_mfa;    /* amr holds mfa */
    bool is_capable; /* xms_cc holds cp1 */
    const hg_str *roles;
    size_t n_roles;
    const hg_str *acrs;
    size_t n_acrs;
};

enum oidc_bearer_fault {
    OIDC_BEARER_OK,
    OIDC_BEARER_MISSING,            /* 401 without an error word */
    OIDC_BEARER_INVALID,            /* 401 invalid_token */
    OIDC_BEARER_INSUFFICIENT_SCOPE, /* 403 insufficient_scope */
};

struct oidc_bearer_facts {
    hg_time now;
    hg_str base;
    const struct model_tenant *tenant;
    const struct model_application *resource; /* whom the token must be for */
};

/* `payload` is the JSON of a token whose signature `app` verified with one of our
 * access-token keys. Issuer (v1 and v2 form), tenant, audience, times and kind are
 * checked: an id_token is refused. */
HG_MUST_USE enum hg_code oidc_access_read(struct hg_arena *arena, hg_str payload,
                                          const struct oidc_bearer_facts *facts,
                                          struct oidc_access *out, enum oidc_bearer_fault *fault,
                                          struct hg_err *err);
bool oidc_access_has_scope(const struct oidc_access *access, hg_str scope);

/* 401/403 value of WWW-Authenticate. */
HG_MUST_USE enum hg_code oidc_bearer_challenge(struct hg_arena *arena, hg_str base,
                                               enum oidc_bearer_fault fault, hg_str *out,
                                               struct hg_err *err);
unsigned oidc_bearer_status(enum oidc_bearer_fault fault);

/* The UserInfo answer; *fault is INSUFFICIENT_SCOPE when openid was not granted. */
HG_MUST_USE enum hg_code oidc_userinfo_render(struct hg_arena *arena,
                                              const struct oidc_access *access,
                                              const struct model_user *user, hg_str *out,
                                              enum oidc_bearer_fault *fault, struct hg_err *err);
