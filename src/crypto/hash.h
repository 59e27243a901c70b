#pragma once

#include "base/base.h"

/* Digests and keyed digests. None of the SHA-256 functions can fail, none
 * allocates. Digests that stand for secrets are compared with
 * hg_str_eq_secret(crypto_digest_str(&a), …). */
struct crypto_digest {
    unsigned char bytes[32];
};

static inline hg_str crypto_digest_str(const struct crypto_digest *digest) /* borrows *digest */
{
    return (hg_str){.ptr = (const char *)digest->bytes, .len = sizeof(digest->bytes)};
}

struct crypto_digest crypto_sha256(hg_str message);
struct crypto_digest crypto_hmac_sha256(hg_str key, hg_str message);

/* HKDF with SHA-256 (RFC 5869), one block: 32 bytes of key for `info`. */
struct crypto_digest crypto_hkdf_sha256(hg_str secret, hg_str salt, hg_str info);

/* For x5t (RFC 7515 §4.1.7), where the format prescribes it, and for nothing else. */
struct crypto_sha1 {
    unsigned char bytes[20];
};
HG_MUST_USE enum hg_code crypto_sha1(hg_str message, struct crypto_sha1 *out, struct hg_err *err);
