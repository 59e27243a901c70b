#include "oidc/pkce.h"

#include "base/base.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stddef.h>

enum { S256_LEN = 43, SHORTEST = 43, LONGEST = 128 };

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

bool oidc_pkce_verifier_ok(hg_str verifier)
{
    for (size_t i = 0; i < verifier.len; i++)
        if (!is_unreserved(verifier.ptr[i]))
            return false;
    return verifier.len >= SHORTEST && verifier.len <= LONGEST;
}

bool oidc_pkce_challenge_ok(enum oidc_pkce method, hg_str challenge)
{
    if (method == OIDC_PKCE_NONE || !oidc_pkce_verifier_ok(challenge))
        return false;
    bool is_base64url =
        hg_str_find_byte(challenge, '.') == HG_NPOS && hg_str_find_byte(challenge, '~') == HG_NPOS;
    return method == OIDC_PKCE_PLAIN || (challenge.len == S256_LEN && is_base64url);
}

enum hg_code oidc_pkce_check(struct hg_arena *arena, enum oidc_pkce method, hg_str challenge,
                             hg_str verifier, bool *out, struct hg_err *err)
{
    if (method == OIDC_PKCE_NONE || !oidc_pkce_verifier_ok(verifier)) {
        *out = false;
        return HG_OK;
    }
    hg_str answer = verifier;
    if (method == OIDC_PKCE_S256) {
        struct crypto_digest digest = crypto_sha256(verifier);
        answer = hg_b64url_encode(arena, crypto_digest_str(&digest));
        if (answer.len == 0)
            return HG_FAIL(err, HG_NO_MEMORY, "code challenge");
    }
    *out = hg_str_eq_secret(answer, challenge);
    return HG_OK;
}
