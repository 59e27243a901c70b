#include "base/base.h"
#include "crypto/crypto_private.h"
#include "crypto/key.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/types.h>
#include <stddef.h>
#include <string.h>

enum { DIGEST = 32, ES256_RAW = 2 * CRYPTO_EC_COORD, ES256_DER = 80 };

static bool digest_of(hg_str message, unsigned char out[DIGEST])
{
    return EVP_Digest(message.len == 0 ? "" : message.ptr, message.len, out, NULL,
                      crypto_library_sha256(), NULL) == 1;
}

/* OpenSSL has DER, JOSE has r || s (RFC 7518 §3.4). */
static bool es256_to_raw(struct crypto_signature *signature)
{
    const unsigned char *at = signature->bytes;
    HG_CLEANUP(crypto_clean_ecdsa_sig)
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)signature->len);
    if (sig == NULL)
        return false;
    signature->len = ES256_RAW;
    return BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature->bytes, CRYPTO_EC_COORD) > 0 &&
           BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature->bytes + CRYPTO_EC_COORD,
                        CRYPTO_EC_COORD) > 0;
}

static bool es256_to_der(hg_str raw, struct crypto_signature *out)
{
    const unsigned char *bytes = (const unsigned char *)raw.ptr;
    HG_CLEANUP(crypto_clean_ecdsa_sig) ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes, CRYPTO_EC_COORD, NULL);
    BIGNUM *s = BN_bin2bn(bytes + CRYPTO_EC_COORD, CRYPTO_EC_COORD, NULL);
    if (sig == NULL || r == NULL || s == NULL) {
        BN_free(r);
        BN_free(s);
        return false;
    }
    (void)ECDSA_SIG_set0(sig, r, s); /* owns both now; fails for NULL alone */
    if (i2d_ECDSA_SIG(sig, NULL) > ES256_DER)
        return false;
    unsigned char *at = out->bytes;
    out->len = (size_t)i2d_ECDSA_SIG(sig, &at);
    return true;
}

enum hg_code crypto_key_sign(const struct crypto_key *key, hg_str message,
                             struct crypto_signature *out, struct hg_err *err)
{
    if (!key->is_private)
        return HG_FAIL(err, HG_FORBIDDEN, "key %s has no private half", key->kid);
    unsigned char digest[DIGEST];
    struct crypto_signature signature = {.len = sizeof(signature.bytes)};
    HG_CLEANUP(crypto_clean_pkey_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->sign);
    if (ctx == NULL || !digest_of(message, digest) ||
        EVP_PKEY_sign(ctx, signature.bytes, &signature.len, digest, DIGEST) != 1 ||
        (key->alg == CRYPTO_ES256 && !es256_to_raw(&signature)))
        return crypto_library_fail(err, HG_UNAVAILABLE, "a signature");
    *out = signature;
    return HG_OK;
}

static size_t signature_len(const struct crypto_key *key)
{
    return key->alg == CRYPTO_ES256 ? ES256_RAW : key->n_a;
}

bool crypto_key_verify(const struct crypto_key *key, hg_str message, hg_str signature)
{
    if (signature.len != signature_len(key))
        return false;
    struct crypto_signature der;
    if (key->alg == CRYPTO_ES256) {
        if (!es256_to_der(signature, &der))
            return false;
        signature = crypto_signature_str(&der);
    }
    unsigned char digest[DIGEST];
    HG_CLEANUP(crypto_clean_pkey_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(key->verify);
    bool is_valid = ctx != NULL && digest_of(message, digest) &&
                    EVP_PKEY_verify(ctx, (const unsigned char *)signature.ptr, signature.len,
                                    digest, DIGEST) == 1;
    ERR_clear_error();
    return is_valid;
}
