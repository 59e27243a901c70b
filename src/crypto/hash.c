#include "crypto/hash.h"

#include "base/base.h"
#include "crypto/crypto_private.h"

#include <openssl/evp.h>
#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

/* libsodium wants a pointer even for no bytes. */
static const unsigned char *bytes_of(hg_str s)
{
    return (const unsigned char *)(s.len == 0 ? "" : s.ptr);
}

struct crypto_digest crypto_sha256(hg_str message)
{
    struct crypto_digest digest;
    (void)crypto_hash_sha256(digest.bytes, bytes_of(message), message.len);
    return digest;
}

struct crypto_digest crypto_hmac_of_two(hg_str key, hg_str head, hg_str tail)
{
    struct crypto_digest digest;
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
