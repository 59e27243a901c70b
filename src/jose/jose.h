#pragma once

#include "base/base.h"
#include "crypto/key.h"

/* Tokens that Headgate signs and reads back: compact JWS (RFC 7515), the JSON Web
 * Key Set that publishes its keys (RFC 7517), and the checks of JWT claims
 * (RFC 7519, RFC 8725). Pure. Foreign keys and tokens are not read here
 * (docs/decisions/0013); nothing is ever fetched, and jwk, jku, x5u and x5c of a
 * header are ignored. */

/* A header member besides alg and kid, which are the key's. */
struct jose_member {
    const char *name; /* a literal, e.g. "x5t" */
    hg_str value;
};

struct jose_header {
    hg_str typ; /* "JWT", "at+jwt", "logout+jwt"; empty: left out */
    const struct jose_member *members;
    size_t n_members;
};

/* One compact JWS over `payload` (JSON text, taken as it is), in a single buffer.
 * HG_FORBIDDEN: the key cannot sign; HG_TOO_BIG: past HG_MAX_JWT; HG_NO_MEMORY. */
HG_MUST_USE enum hg_code jose_sign(struct hg_arena *arena, const struct crypto_key *key,
                                   const struct jose_header *header, hg_str payload, hg_str *out,
                                   struct hg_err *err);

/* The keys whose signatures count now: the active one and the passive ones. Keys
 * that are published for later do not belong here (security.md J09). */
struct jose_keys {
    const struct crypto_key *const *items;
    size_t n;
};

enum { JOSE_ALLOW_RS256 = 1u << CRYPTO_RS256, JOSE_ALLOW_ES256 = 1u << CRYPTO_ES256 };

struct jose_rules {
    struct jose_keys keys;
    unsigned algs;   /* JOSE_ALLOW_… bits; 0 allows none */
    const char *typ; /* required, case and "application/" ignored (RFC 8725 §3.11); NULL: any */
};

enum jose_verdict {
    JOSE_REFUSED_FORM, /* not a compact JWS with a header we understand */
    JOSE_REFUSED_ALG,  /* not allowed by the caller, or not the key's */
    JOSE_REFUSED_KEY,  /* no kid, or none of these keys has it */
    JOSE_REFUSED_TYPE, /* another typ than wanted */
    JOSE_REFUSED_SIGNATURE,
    JOSE_VALID,
};

const char *jose_verdict_name(enum jose_verdict verdict);

struct jose_jws {
    enum jose_verdict verdict;
    hg_str payload; /* empty unless valid */
    hg_str typ, kid;
    const struct crypto_key *key; /* that verified it; NULL unless valid */
};

/* HG_OK with the verdict in *out, whatever it is; HG_NO_MEMORY. Exactly three
 * parts, base64url without padding or spare bits, a strict JSON header without
 * "crit", and at most HG_MAX_JWT bytes, or the form is refused. */
HG_MUST_USE enum hg_code jose_verify(struct hg_arena *arena, const struct jose_rules *rules,
                                     hg_str token, struct jose_jws *out, struct hg_err *err);

/* Claims that every token of ours carries. */
struct jose_expect {
    hg_str iss;           /* exact */
    hg_str aud;           /* the audience, or one of it when it is an array */
    hg_dur leeway;        /* for exp and nbf */
    bool expired_is_fine; /* id_token_hint at logout alone (security.md J10) */
    bool any_audience;    /* then `aud` is not looked at */
};

enum jose_claims {
    JOSE_CLAIMS_FORM, /* not an object, or a claim of the wrong kind, or exp missing */
    JOSE_CLAIMS_ISSUER,
    JOSE_CLAIMS_AUDIENCE,
    JOSE_CLAIMS_NOT_YET, /* nbf */
    JOSE_CLAIMS_EXPIRED, /* at exp itself a token is expired (RFC 7519 §4.1.4) */
    JOSE_CLAIMS_GOOD,
};

const char *jose_claims_name(enum jose_claims verdict);

enum jose_claims jose_claims_check(const struct hg_json *claims, const struct jose_expect *expect,
                                   hg_time now);

/* One published key. */
struct jose_jwk {
    const struct crypto_key *key;
    hg_str cert;   /* DER: gives x5t and x5c; empty: neither */
    hg_str issuer; /* the member "issuer" (protocol.md E0d); empty: left out */
};

/* kty, use, kid, alg, n and e or crv, x and y, x5t, x5c, issuer; never a private member. */
HG_MUST_USE enum hg_code jose_jwk_render(struct hg_arena *arena, const struct jose_jwk *jwk,
                                         hg_str *out, struct hg_err *err);
/* {"keys":[…]} in the order given. HG_EXISTS: a key twice. */
HG_MUST_USE enum hg_code jose_jwks_render(struct hg_arena *arena, const struct jose_jwk *jwks,
                                          size_t n, hg_str *out, struct hg_err *err);
