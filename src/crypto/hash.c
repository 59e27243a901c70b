#include "crypto/hash.h"

#include "base/base.h"
#include "crypto/crypto_private.h"

#include <openssl/evp.h>
#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { HMAC_BLOCK = 64 };

/* libsodium wants a pointer even for no bytes. */
static const unsigned char *bytes_of(hg_str s)
{
    return (const unsigned char *)(s.len == 0 ? "" : s.ptr);
}

/* OpenSSL hashes with the processor's own instructions, libsodium does not; libsodium
 * cannot fail, so it stands in where OpenSSL has no memory for a context. */
struct crypto_digest crypto_sha256(hg_str message)
{
    struct crypto_digest digest;
    if (EVP_Digest(bytes_of(message), message.len, digest.bytes, NULL, crypto_library_sha256(),
                   NULL) != 1)
        (void)crypto_hash_sha256(digest.bytes, bytes_of(message), message.len);
    return digest;
}

/* The hash of a pad and what follows it: RFC 2104's inner and outer half. */
static bool hash_padded(EVP_MD_CTX *context, const unsigned char pad[HMAC_BLOCK], hg_str head,
                        hg_str tail, struct crypto_digest *out)
{
    return EVP_DigestInit_ex2(context, crypto_library_sha256(), NULL) == 1 &&
           EVP_DigestUpdate(context, pad, HMAC_BLOCK) == 1 &&
           EVP_DigestUpdate(context, bytes_of(head), head.len) == 1 &&
           EVP_DigestUpdate(context, bytes_of(tail), tail.len) == 1 &&
           EVP_DigestFinal_ex(context, out->bytes, NULL) == 1;
}

/* OpenSSL's own HMAC looks its digest up by name at each call, which costs more than
 * the hashing. */
static bool hmac_by_openssl(hg_str key, hg_str head, hg_str tail, struct crypto_digest *out)
{
    enum { INNER = 0x36, OUTER = 0x5c };
    unsigned char inner[HMAC_BLOCK] = {0};
    unsigned char outer[HMAC_BLOCK];
    struct crypto_digest inside;
    HG_CLEANUP(crypto_clean_md_ctx) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || key.len > HMAC_BLOCK)
        return false;
    memcpy(inner, bytes_of(key), key.len);
    for (size_t i = 0; i < HMAC_BLOCK; i++) {
        outer[i] = inner[i] ^ OUTER;
        inner[i] ^= INNER;
    }
    bool done = hash_padded(context, inner, head, tail, &inside) &&
                hash_padded(context, outer, crypto_digest_str(&inside), HG_STR(""), out);
    sodium_memzero(inner, sizeof(inner));
    sodium_memzero(outer, sizeof(outer));
    sodium_memzero(&inside, sizeof(inside));
    return done;
}

struct crypto_digest crypto_hmac_of_two(hg_str key, hg_str head, hg_str tail)
{
    struct crypto_digest digest;
    if (hmac_by_openssl(key, head, tail, &digest))
        return digest;
    crypto_auth_hmacsha256_state state;
    (void)crypto_auth_hmacsha256_init(&state, bytes_of(key), key.len);
    (void)crypto_auth_hmacsha256_update(&state, bytes_of(head), head.len);
    (void)crypto_auth_hmacsha256_update(&state, bytes_of(tail), tail.len);
    (void)crypto_auth_hmacsha256_final(&state, digest.bytes);
    sodium_memzero(&state, sizeof(state));
    return digest;
}

struct crypto_digest crypto_hmac_sha256(hg_str key, hg_str message)
{
    return crypto_hmac_of_two(key, message, HG_STR(""));
}

struct crypto_digest crypto_hkdf_sha256(hg_str secret, hg_str salt, hg_str info)
{
    struct crypto_digest extracted = crypto_hmac_sha256(salt, secret);
    struct crypto_digest block =
        crypto_hmac_of_two(crypto_digest_str(&extracted), info, HG_STR("\x01"));
    sodium_memzero(&extracted, sizeof(extracted));
    return block;
}

enum hg_code crypto_sha1(hg_str message, struct crypto_sha1 *out, struct hg_err *err)
{
    struct crypto_sha1 digest;
    if (EVP_Digest(bytes_of(message), message.len, digest.bytes, NULL, crypto_library_sha1(),
                   NULL) != 1)
        return crypto_library_fail(err, HG_UNSUPPORTED, "SHA-1");
    *out = digest;
    return HG_OK;
}
