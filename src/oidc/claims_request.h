#pragma once

#include "base/base.h"
#include "oidc/error.h"

#define OIDC_ACR_MFA "urn:microsoft:policies:mfa"

/* The `claims` parameter (OIDC Core §5.5), as far as it changes anything: voluntary
 * claims that are not listed here are ignored and never an error (protocol.md fact 9). */
struct oidc_claims_request {
    const hg_str *capolids; /* ids of policies a challenge named: evaluate them anew */
    size_t n_capolids;
    const hg_str *acrs; /* authentication contexts asked for, c1 to c99, each once */
    size_t n_acrs;
    bool acrs_essential;
    bool wants_mfa;      /* id_token.acr names the multi-factor context */
    bool mfa_essential;  /* … as essential */
    bool has_not_before; /* access_token.nbf: a token issued at or after it */
    hg_time not_before;
    bool is_capable; /* access_token.xms_cc holds cp1 */
    bool wants_login_hint;
};

/* At most HG_MAX_CLAIMS bytes. *error: 9000411 when it is no JSON object. */
HG_MUST_USE enum hg_code oidc_claims_parse(struct hg_arena *arena, hg_str text,
                                           struct oidc_claims_request *out,
                                           struct oidc_error *error, struct hg_err *err);

/* WWW-Authenticate of a resource that wants more (conditional-access.md 5.5): realm "",
 * the common authorize endpoint, the resource's appId ("": left out), insufficient_claims
 * and the claims in base64. Send it with status 401, and only to a client with cp1. */
HG_MUST_USE enum hg_code oidc_challenge_claims(struct hg_arena *arena, hg_str base,
                                               hg_str resource_id, hg_str claims, hg_str *out,
                                               struct hg_err *err);
/* {"access_token":{"nbf":{"essential":true,"value":"1604106651"}}} */
HG_MUST_USE enum hg_code oidc_challenge_not_before(struct hg_arena *arena, hg_time since,
                                                   hg_str *out, struct hg_err *err);
/* {"access_token":{"acrs":{"essential":true,"value":"c1"}}} */
HG_MUST_USE enum hg_code oidc_challenge_acrs(struct hg_arena *arena, hg_str context, hg_str *out,
                                             struct hg_err *err);
/* A challenge that also asks for these contexts anew: whoever hands it back is judged by the
 * policies on them again. `claims`: a document of a policy verdict. */
HG_MUST_USE enum hg_code oidc_claims_with_contexts(struct hg_arena *arena, hg_str claims,
                                                   const hg_str *contexts, size_t n, hg_str *out,
                                                   struct hg_err *err);
