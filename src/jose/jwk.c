#include "base/base.h"
#include "crypto/cert.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "jose/jose.h"

#include <stddef.h>

enum { JWK_MAX = 32 << 10, JWKS_MAX = 256 << 10 };

/* ,"name":"base64url" */
static void put_bytes(struct hg_arena *arena, struct hg_buf *buf, const char *name, hg_str bytes)
{
    hg_buf_format(buf, ",\"%s\":", name);
    hg_buf_json(buf, hg_b64url_encode(arena, bytes));
}

static void put_numbers(struct hg_arena *arena, struct hg_buf *buf, const struct crypto_public *key)
{
    if (key->alg == CRYPTO_RS256) {
        put_bytes(arena, buf, "n", key->n);
        put_bytes(arena, buf, "e", key->e);
        return;
    }
    hg_buf_z(buf, ",\"crv\":\"P-256\"");
    put_bytes(arena, buf, "x", key->x);
    put_bytes(arena, buf, "y", key->y);
}

static enum hg_code put_cert(struct hg_arena *arena, struct hg_buf *buf, hg_str cert,
                             struct hg_err *err)
{
    struct crypto_sha1 sha1;
    HG_TRY(crypto_cert_x5t(cert, &sha1, err));
    put_bytes(arena, buf, "x5t",
              (hg_str){.ptr = (const char *)sha1.bytes, .len = sizeof(sha1.bytes)});
    hg_buf_z(buf, ",\"x5c\":[");
    hg_buf_json(buf, hg_b64_encode(arena, cert)); /* base64, not base64url: RFC 7517 §4.7 */
    hg_buf_byte(buf, ']');
    return HG_OK;
}

static enum hg_code put_jwk(struct hg_arena *arena, struct hg_buf *buf, const struct jose_jwk *jwk,
                            struct hg_err *err)
{
    struct crypto_public key = crypto_key_public(jwk->key);
    hg_buf_z(buf, key.alg == CRYPTO_RS256 ? "{\"kty\":\"RSA\"" : "{\"kty\":\"EC\"");
    hg_buf_z(buf, ",\"use\":\"sig\",\"kid\":");
    hg_buf_json(buf, crypto_key_id(jwk->key));
    hg_buf_z(buf, ",\"alg\":");
    hg_buf_json(buf, crypto_alg_name(key.alg));
    put_numbers(arena, buf, &key);
    if (jwk->cert.len > 0)
        HG_TRY(put_cert(arena, buf, jwk->cert, err));
    if (jwk->issuer.len > 0) {
        hg_buf_z(buf, ",\"issuer\":");
        hg_buf_json(buf, jwk->issuer);
    }
    hg_buf_byte(buf, '}');
    return HG_OK;
}

enum hg_code jose_jwk_render(struct hg_arena *arena, const struct jose_jwk *jwk, hg_str *out,
                             struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, JWK_MAX);
    HG_TRY(put_jwk(arena, &buf, jwk, err));
    return hg_buf_finish(&buf, out, err);
}

static bool is_listed(const struct jose_jwk *jwks, size_t n, const struct crypto_key *key)
{
    for (size_t i = 0; i < n; i++)
        if (hg_str_eq(crypto_key_id(jwks[i].key), crypto_key_id(key)))
            return true;
    return false;
}

enum hg_code jose_jwks_render(struct hg_arena *arena, const struct jose_jwk *jwks, size_t n,
                              hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, JWKS_MAX);
    hg_buf_z(&buf, "{\"keys\":[");
    for (size_t i = 0; i < n; i++) {
        if (is_listed(jwks, i, jwks[i].key))
            return HG_FAIL(err, HG_EXISTS, "key %.*s is published twice",
                           HG_ARG(crypto_key_id(jwks[i].key)));
        if (i > 0)
            hg_buf_byte(&buf, ',');
        HG_TRY(put_jwk(arena, &buf, &jwks[i], err));
    }
    hg_buf_z(&buf, "]}");
    return hg_buf_finish(&buf, out, err);
}
