#pragma once

#include "base/base.h"
#include "crypto/hash.h"
#include "crypto/key.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>

/* Set up once per process, by whichever call comes first: libsodium chooses its
 * implementations, OpenSSL's digests are looked up. Never changes afterwards. */
void crypto_library_start(void);
const EVP_MD *crypto_library_sha256(void);
const EVP_MD *crypto_library_sha1(void);

/* Ends a failed OpenSSL call: its error queue is emptied, its reason becomes the
 * detail. Running out of memory is HG_NO_MEMORY whatever `code` says. */
enum hg_code crypto_library_fail(struct hg_err *err, enum hg_code code, const char *what);

/* HMAC over two pieces, one after the other. */
struct crypto_digest crypto_hmac_of_two(hg_str key, hg_str head, hg_str tail);

/* Pages as sodium_malloc() gives them, sized so that any type fits at their start. */
void *crypto_secret_pages(size_t n);

/* base64url or base64, unpadded, of exactly n bytes; false otherwise. */
bool crypto_text_bytes(hg_str text, int variant, unsigned char *out, size_t n);

enum { CRYPTO_RSA_MAX = 512, CRYPTO_EC_COORD = 32, CRYPTO_KID = 43 };

struct crypto_key {
    atomic_uint refs;
    enum crypto_alg alg;
    bool is_private;
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *sign;              /* initialised and never used itself: each call takes a copy */
    EVP_PKEY_CTX *verify;            /* the same */
    unsigned char a[CRYPTO_RSA_MAX]; /* n or x */
    unsigned char b[CRYPTO_EC_COORD]; /* e or y */
    size_t n_a, n_b;
    char kid[CRYPTO_KID + 1];
};

/* A key of what OpenSSL holds, which it takes over whatever comes of it. HG_UNSUPPORTED: a
 * kind, curve or size that Headgate does not use. */
HG_MUST_USE enum hg_code crypto_key_adopt(EVP_PKEY *pkey, bool is_private, struct crypto_key **out,
                                          struct hg_err *err);
X509 *crypto_cert_parse(hg_str der); /* NULL: no certificate, or something behind it */

/* A cleanup function for HG_CLEANUP; the arguments are names, not expressions. */
// NOLINTBEGIN(bugprone-macro-parentheses)
#define CRYPTO_CLEANER(name, type, release)          \
    static inline void crypto_clean_##name(type **p) \
    {                                                \
        release(*p);                                 \
    }
// NOLINTEND(bugprone-macro-parentheses)

CRYPTO_CLEANER(bn, BIGNUM, BN_clear_free)
CRYPTO_CLEANER(ecdsa_sig, ECDSA_SIG, ECDSA_SIG_free)
CRYPTO_CLEANER(md_ctx, EVP_MD_CTX, EVP_MD_CTX_free)
CRYPTO_CLEANER(pkey, EVP_PKEY, EVP_PKEY_free)
CRYPTO_CLEANER(pkey_ctx, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
CRYPTO_CLEANER(param_bld, OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
CRYPTO_CLEANER(params, OSSL_PARAM, OSSL_PARAM_free)
CRYPTO_CLEANER(pkcs8, PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
CRYPTO_CLEANER(x509, X509, X509_free)
CRYPTO_CLEANER(x509_req, X509_REQ, X509_REQ_free)
CRYPTO_CLEANER(extension, X509_EXTENSION, X509_EXTENSION_free)
CRYPTO_CLEANER(general_names, GENERAL_NAMES, GENERAL_NAMES_free)
CRYPTO_CLEANER(bio, BIO, BIO_free_all)
