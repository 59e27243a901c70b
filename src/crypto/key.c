#include "crypto/key.h"

#include "base/base.h"
#include "crypto/crypto_private.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/types.h>
#include <openssl/x509.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

enum { RSA_BITS = 2048, RSA_MIN_BITS = 2048, RSA_MAX_BITS = 8 * CRYPTO_RSA_MAX, RSA_E_MAX = 8 };
enum { PART_TEXT = (CRYPTO_RSA_MAX * 4 + 2) / 3 + 1 };

static const struct {
    hg_str name;
    const char *key_type; /* OpenSSL's */
} algs[CRYPTO_ALG_COUNT] = {
    [CRYPTO_RS256] = {HG_LIT("RS256"), "RSA"},
    [CRYPTO_ES256] = {HG_LIT("ES256"), "EC"},
};

hg_str crypto_alg_name(enum crypto_alg alg)
{
    return algs[alg].name;
}

bool crypto_alg_find(hg_str name, enum crypto_alg *out)
{
    for (size_t i = 0; i < HG_COUNT(algs); i++)
        if (hg_str_eq(algs[i].name, name)) {
            *out = (enum crypto_alg)i;
            return true;
        }
    return false;
}

static enum hg_code find_alg(const EVP_PKEY *pkey, enum crypto_alg *out, struct hg_err *err)
{
    char group[32];
    if (EVP_PKEY_is_a(pkey, "RSA")) {
        int bits = EVP_PKEY_get_bits(pkey);
        if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS)
            return HG_FAIL(err, HG_UNSUPPORTED, "an RSA key of %d bits; %d to %d are used", bits,
                           RSA_MIN_BITS, RSA_MAX_BITS);
        *out = CRYPTO_RS256;
        return HG_OK;
    }
    if (EVP_PKEY_is_a(pkey, "EC") &&
        EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group),
                                       NULL) == 1 &&
        hg_str_eq(hg_str_of(group), HG_STR("prime256v1"))) {
        *out = CRYPTO_ES256;
        return HG_OK;
    }
    return crypto_library_fail(err, HG_UNSUPPORTED, "a key that is neither RSA nor P-256");
}

/* One number of the key, big-endian; `exact` bytes, or as many as it takes (0). */
static bool read_part(const EVP_PKEY *pkey, const char *name, size_t exact, size_t room,
                      unsigned char *out, size_t *n)
{
    HG_CLEANUP(crypto_clean_bn) BIGNUM *bn = NULL;
    if (EVP_PKEY_get_bn_param(pkey, name, &bn) != 1)
        return false;
    size_t len = exact > 0 ? exact : (size_t)BN_num_bytes(bn);
    if (len == 0 || len > room || BN_bn2binpad(bn, out, (int)len) != (int)len)
        return false;
    *n = len;
    return true;
}

static bool read_parts(struct crypto_key *key)
{
    if (key->alg == CRYPTO_RS256)
        return read_part(key->pkey, OSSL_PKEY_PARAM_RSA_N, 0, CRYPTO_RSA_MAX, key->a, &key->n_a) &&
               read_part(key->pkey, OSSL_PKEY_PARAM_RSA_E, 0, RSA_E_MAX, key->b, &key->n_b);
    return read_part(key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, CRYPTO_EC_COORD, CRYPTO_EC_COORD, key->a,
                     &key->n_a) &&
           read_part(key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, CRYPTO_EC_COORD, CRYPTO_EC_COORD, key->b,
                     &key->n_b);
}

static void hash_z(crypto_hash_sha256_state *state, const char *z)
{
    (void)crypto_hash_sha256_update(state, (const unsigned char *)z, strlen(z));
}

static void hash_part(crypto_hash_sha256_state *state, const unsigned char *bytes, size_t n)
{
    char text[PART_TEXT];
    hash_z(state, sodium_bin2base64(text, sizeof(text), bytes, n,
                                    sodium_base64_VARIANT_URLSAFE_NO_PADDING));
}

/* RFC 7638 §3: the required members in lexicographic order, without blanks. */
static void write_kid(struct crypto_key *key)
{
    bool is_rsa = key->alg == CRYPTO_RS256;
    crypto_hash_sha256_state state;
    unsigned char digest[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256_init(&state);
    if (is_rsa) {
        hash_z(&state, "{\"e\":\"");
        hash_part(&state, key->b, key->n_b);
        hash_z(&state, "\",\"kty\":\"RSA\",\"n\":\"");
        hash_part(&state, key->a, key->n_a);
    } else {
        hash_z(&state, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"");
        hash_part(&state, key->a, key->n_a);
        hash_z(&state, "\",\"y\":\"");
        hash_part(&state, key->b, key->n_b);
    }
    hash_z(&state, "\"}");
    (void)crypto_hash_sha256_final(&state, digest);
    (void)sodium_bin2base64(key->kid, sizeof(key->kid), digest, sizeof(digest),
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

typedef int init_fn(EVP_PKEY_CTX *ctx);

/* A context that only waits to be copied: looking the algorithm up costs more
 * than an ES256 signature's share of the time we allow ourselves. */
static EVP_PKEY_CTX *prepare(EVP_PKEY *pkey, init_fn *init)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    if (ctx == NULL || init(ctx) != 1 ||
        EVP_PKEY_CTX_set_signature_md(ctx, crypto_library_sha256()) != 1) {
        EVP_PKEY_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

/* Takes over `pkey`, also on failure. */
enum hg_code crypto_key_adopt(EVP_PKEY *pkey, bool is_private, struct crypto_key **out,
                              struct hg_err *err)
{
    HG_CLEANUP(crypto_key_freep)
    struct crypto_key *key = OPENSSL_zalloc(sizeof(*key));
    if (key == NULL) {
        EVP_PKEY_free(pkey);
        return HG_FAIL(err, HG_NO_MEMORY, "a key");
    }
    atomic_init(&key->refs, 1);
    key->pkey = pkey;
    key->is_private = is_private;
    HG_TRY(find_alg(pkey, &key->alg, err));
    if (!read_parts(key))
        return crypto_library_fail(err, HG_UNSUPPORTED, "the public part of a key");
    key->verify = prepare(pkey, EVP_PKEY_verify_init);
    key->sign = is_private ? prepare(pkey, EVP_PKEY_sign_init) : NULL;
    if (key->verify == NULL || (is_private && key->sign == NULL))
        return crypto_library_fail(err, HG_UNSUPPORTED, "a key's contexts");
    write_kid(key);
    *out = key;
    key = NULL;
    return HG_OK;
}

enum hg_code crypto_key_generate(enum crypto_alg alg, struct crypto_key **out, struct hg_err *err)
{
    crypto_library_start();
    EVP_PKEY *pkey = alg == CRYPTO_RS256 ? EVP_RSA_gen(RSA_BITS) : EVP_EC_gen("P-256");
    if (pkey == NULL)
        return crypto_library_fail(err, HG_UNAVAILABLE, "a new private key");
    return crypto_key_adopt(pkey, true, out, err);
}

enum hg_code crypto_key_export(struct hg_arena *arena, const struct crypto_key *key, hg_str *out,
                               struct hg_err *err)
{
    if (!key->is_private)
        return HG_FAIL(err, HG_FORBIDDEN, "key %s has no private half", key->kid);
    HG_CLEANUP(crypto_clean_pkcs8) PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
    int len = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, NULL);
    if (len <= 0)
        return crypto_library_fail(err, HG_UNSUPPORTED, "a private key as PKCS #8");
    unsigned char *der = hg_arena_alloc(arena, (size_t)len, 1);
    if (der == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a private key of %d bytes", len);
    unsigned char *at = der;
    (void)i2d_PKCS8_PRIV_KEY_INFO(info, &at);
    *out = (hg_str){.ptr = (const char *)der, .len = (size_t)len};
    return HG_OK;
}

enum hg_code crypto_key_import(hg_str der, struct crypto_key **out, struct hg_err *err)
{
    crypto_library_start();
    if (der.len > HG_MAX_KEY_DER)
        return HG_FAIL(err, HG_TOO_BIG, "a private key of %zu bytes", der.len);
    const unsigned char *at = (const unsigned char *)der.ptr;
    HG_CLEANUP(crypto_clean_pkcs8)
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len);
    if (info == NULL || at != (const unsigned char *)der.ptr + der.len)
        return crypto_library_fail(err, HG_MALFORMED, "no private key in PKCS #8 form");
    EVP_PKEY *pkey = EVP_PKCS82PKEY(info);
    if (pkey == NULL)
        return crypto_library_fail(err, HG_MALFORMED, "a private key");
    return crypto_key_adopt(pkey, true, out, err);
}

static bool push_number(OSSL_PARAM_BLD *bld, const char *name, hg_str bytes, BIGNUM **bn)
{
    *bn = BN_bin2bn((const unsigned char *)bytes.ptr, (int)bytes.len, NULL);
    return *bn != NULL && OSSL_PARAM_BLD_push_BN(bld, name, *bn) == 1;
}

static EVP_PKEY *pkey_from_params(OSSL_PARAM_BLD *bld, enum crypto_alg alg)
{
    EVP_PKEY *pkey = NULL;
    HG_CLEANUP(crypto_clean_params) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    HG_CLEANUP(crypto_clean_pkey_ctx)
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, algs[alg].key_type, NULL);
    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return pkey;
}

static EVP_PKEY *rsa_public(const struct crypto_public *parts)
{
    HG_CLEANUP(crypto_clean_param_bld) OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    HG_CLEANUP(crypto_clean_bn) BIGNUM *n = NULL;
    HG_CLEANUP(crypto_clean_bn) BIGNUM *e = NULL;
    if (bld == NULL || !push_number(bld, OSSL_PKEY_PARAM_RSA_N, parts->n, &n) ||
        !push_number(bld, OSSL_PKEY_PARAM_RSA_E, parts->e, &e))
        return NULL;
    return pkey_from_params(bld, CRYPTO_RS256);
}

static EVP_PKEY *ec_public(const struct crypto_public *parts)
{
    unsigned char point[1 + 2 * CRYPTO_EC_COORD] = {POINT_CONVERSION_UNCOMPRESSED};
    memcpy(point + 1, parts->x.ptr, CRYPTO_EC_COORD);
    memcpy(point + 1 + CRYPTO_EC_COORD, parts->y.ptr, CRYPTO_EC_COORD);
    HG_CLEANUP(crypto_clean_param_bld) OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    if (bld == NULL ||
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)) != 1)
        return NULL;
    return pkey_from_params(bld, CRYPTO_ES256);
}

/* An even exponent or one is no RSA key; a leading zero would give a second kid. */
static bool rsa_parts_are_fit(const struct crypto_public *parts)
{
    hg_str n = parts->n;
    hg_str e = parts->e;
    if (n.len == 0 || n.len > CRYPTO_RSA_MAX || e.len == 0 || e.len > RSA_E_MAX)
        return false;
    bool is_odd = (n.ptr[n.len - 1] & 1) != 0 && (e.ptr[e.len - 1] & 1) != 0;
    bool is_one = e.len == 1 && e.ptr[0] == 1;
    return is_odd && !is_one && n.ptr[0] != 0 && e.ptr[0] != 0;
}

enum hg_code crypto_key_from_public(const struct crypto_public *parts, struct crypto_key **out,
                                    struct hg_err *err)
{
    crypto_library_start();
    bool is_rsa = parts->alg == CRYPTO_RS256;
    bool is_fit = is_rsa ? rsa_parts_are_fit(parts)
                         : parts->x.len == CRYPTO_EC_COORD && parts->y.len == CRYPTO_EC_COORD;
    if (!is_fit)
        return HG_FAIL(err, HG_MALFORMED, "numbers that make no %s key", algs[parts->alg].key_type);
    EVP_PKEY *pkey = is_rsa ? rsa_public(parts) : ec_public(parts);
    if (pkey == NULL)
        return crypto_library_fail(err, HG_MALFORMED, "a public key");
    return crypto_key_adopt(pkey, false, out, err);
}

struct crypto_key *crypto_key_ref(struct crypto_key *key)
{
    (void)atomic_fetch_add_explicit(&key->refs, 1, memory_order_relaxed);
    return key;
}

void crypto_key_free(struct crypto_key *key)
{
    if (key == NULL || atomic_fetch_sub_explicit(&key->refs, 1, memory_order_acq_rel) > 1)
        return;
    EVP_PKEY_CTX_free(key->sign);
    EVP_PKEY_CTX_free(key->verify);
    EVP_PKEY_free(key->pkey);
    OPENSSL_free(key);
}

void crypto_key_freep(struct crypto_key **key)
{
    crypto_key_free(*key);
    *key = NULL;
}

enum crypto_alg crypto_key_alg(const struct crypto_key *key)
{
    return key->alg;
}

bool crypto_key_is_private(const struct crypto_key *key)
{
    return key->is_private;
}

hg_str crypto_key_id(const struct crypto_key *key)
{
    return (hg_str){.ptr = key->kid, .len = CRYPTO_KID};
}

struct crypto_public crypto_key_public(const struct crypto_key *key)
{
    hg_str a = {.ptr = (const char *)key->a, .len = key->n_a};
    hg_str b = {.ptr = (const char *)key->b, .len = key->n_b};
    if (key->alg == CRYPTO_RS256)
        return (struct crypto_public){.alg = CRYPTO_RS256, .n = a, .e = b};
    return (struct crypto_public){.alg = CRYPTO_ES256, .x = a, .y = b};
}
