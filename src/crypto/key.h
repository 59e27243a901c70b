#pragma once

#include "base/base.h"

/* Signing keys. A key is immutable once made, counted, and may be used by any
 * number of threads at once; what OpenSSL needs per key is prepared when it is
 * made, so that a signature costs little more than its arithmetic. */
struct crypto_key;

enum crypto_alg {
    CRYPTO_RS256, /* RSASSA-PKCS1-v1_5, SHA-256 (RFC 7518 §3.3); 2048..4096 bits */
    CRYPTO_ES256, /* ECDSA P-256, SHA-256, r || s (RFC 7518 §3.4) */
};
enum { CRYPTO_ALG_COUNT = CRYPTO_ES256 + 1 };

hg_str crypto_alg_name(enum crypto_alg alg);             /* "RS256" */
bool crypto_alg_find(hg_str name, enum crypto_alg *out); /* exact name */

/* The one impure function of this module: draws a new private key (RSA-2048 or
 * P-256) from OpenSSL's generator. An RSA key takes about 100 ms. */
HG_MUST_USE enum hg_code crypto_key_generate(enum crypto_alg alg, struct crypto_key **out,
                                             struct hg_err *err);

/* PKCS #8 DER, unencrypted: for sealing, and for PEM files of the development CA. */
HG_MUST_USE enum hg_code crypto_key_export(struct hg_arena *arena, const struct crypto_key *key,
                                           hg_str *out, struct hg_err *err);
/* HG_MALFORMED: not such a key, or trailing bytes; HG_UNSUPPORTED: another kind,
 * curve or size. */
HG_MUST_USE enum hg_code crypto_key_import(hg_str der, struct crypto_key **out, struct hg_err *err);

/* The public half as JWK has it (RFC 7518 §6): big-endian, n and e without leading
 * zeros, x and y 32 bytes each. */
struct crypto_public {
    enum crypto_alg alg;
    hg_str n, e; /* CRYPTO_RS256 */
    hg_str x, y; /* CRYPTO_ES256 */
};

/* A key that only verifies. Codes as crypto_key_import(); a point off the curve
 * is HG_MALFORMED. */
HG_MUST_USE enum hg_code crypto_key_from_public(const struct crypto_public *parts,
                                                struct crypto_key **out, struct hg_err *err);

struct crypto_key *crypto_key_ref(struct crypto_key *key); /* one more owner */
void crypto_key_free(struct crypto_key *key);              /* one less; NULL is fine */
void crypto_key_freep(struct crypto_key **key);

enum crypto_alg crypto_key_alg(const struct crypto_key *key);
bool crypto_key_is_private(const struct crypto_key *key);
hg_str crypto_key_id(const struct crypto_key *key); /* RFC 7638 thumbprint, base64url: the kid */
struct crypto_public crypto_key_public(const struct crypto_key *key); /* borrows the key */

struct crypto_signature {
    unsigned char bytes[512];
    size_t len;
};

static inline hg_str crypto_signature_str(const struct crypto_signature *signature)
{
    return (hg_str){.ptr = (const char *)signature->bytes, .len = signature->len};
}

/* Signs the bytes of `message` with the key's one algorithm. HG_FORBIDDEN: the
 * key has no private half; HG_NO_MEMORY. */
HG_MUST_USE enum hg_code crypto_key_sign(const struct crypto_key *key, hg_str message,
                                         struct crypto_signature *out, struct hg_err *err);

/* True only for a valid signature of this key's algorithm and exact length. */
HG_MUST_USE bool crypto_key_verify(const struct crypto_key *key, hg_str message, hg_str signature);
