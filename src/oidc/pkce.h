#pragma once

#include "base/base.h"

/* Proof Key for Code Exchange (RFC 7636). */
enum oidc_pkce { OIDC_PKCE_NONE, OIDC_PKCE_S256, OIDC_PKCE_PLAIN };

bool oidc_pkce_challenge_ok(enum oidc_pkce method, hg_str challenge); /* §4.2: form alone */
bool oidc_pkce_verifier_ok(hg_str verifier);                          /* §4.1: form alone */

/* Does the verifier answer the challenge (§4.6)? In constant time. */
HG_MUST_USE enum hg_code oidc_pkce_check(struct hg_arena *arena, enum oidc_pkce method,
                                         hg_str challenge, hg_str verifier, bool *out,
                                         struct hg_err *err);
