#include "crypto/password.h"

#include "base/base.h"
#include "crypto/crypto_private.h"

#include <sodium/crypto_pwhash.h>
#include <sodium/utils.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { MIN_KIB = 8, HASH = 32 };

_Static_assert(CRYPTO_PASSWORD_SALT == crypto_pwhash_SALTBYTES, "libsodium's salt");
_Static_assert(CRYPTO_PASSWORD_DECOY == CRYPTO_PASSWORD_SALT + HASH, "a salt and a hash");

const struct crypto_password_cost crypto_password_default = {.memory_kib = 19456, .passes = 2};

/* The encoded form, taken apart. */
struct parts {
    struct crypto_password_cost cost;
    unsigned char salt[CRYPTO_PASSWORD_SALT];
    unsigned char hash[HASH];
};

static enum hg_code check_cost(struct crypto_password_cost cost, struct hg_err *err)
{
    if (cost.memory_kib < MIN_KIB || cost.passes < 1)
        return HG_FAIL(err, HG_MALFORMED, "argon2id needs %d KiB and one pass at least", MIN_KIB);
    if (cost.memory_kib > HG_MAX_ARGON2_KIB || cost.passes > HG_MAX_ARGON2_PASSES)
        return HG_FAIL(err, HG_TOO_BIG, "argon2id with m=%u, t=%u; at most m=%d, t=%d",
                       cost.memory_kib, cost.passes, HG_MAX_ARGON2_KIB, HG_MAX_ARGON2_PASSES);
    return HG_OK;
}

static enum hg_code compute(hg_str password, struct parts *parts, struct hg_err *err)
{
    crypto_library_start();
    int failed =
        crypto_pwhash(parts->hash, sizeof(parts->hash), password.len == 0 ? "" : password.ptr,
                      password.len, parts->salt, parts->cost.passes,
                      (size_t)parts->cost.memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13);
    if (failed != 0)
        return HG_FAIL(err, HG_NO_MEMORY, "argon2id over %u KiB", parts->cost.memory_kib);
    return HG_OK;
}

static hg_str base64_bare(struct hg_arena *arena, const unsigned char *bytes, size_t n)
{
    hg_str text = hg_b64_encode(arena, (hg_str){.ptr = (const char *)bytes, .len = n});
    while (hg_str_ends(text, HG_STR("=")))
        text.len--;
    return text;
}

static enum hg_code encode(struct hg_arena *arena, const struct parts *parts, hg_str *out,
                           struct hg_err *err)
{
    hg_str salt = base64_bare(arena, parts->salt, sizeof(parts->salt));
    hg_str hash = base64_bare(arena, parts->hash, sizeof(parts->hash));
    hg_str text =
        hg_str_format(arena, "$argon2id$v=19$m=%u,t=%u,p=1$%.*s$%.*s", parts->cost.memory_kib,
                      parts->cost.passes, HG_ARG(salt), HG_ARG(hash));
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "an encoded password hash");
    *out = text;
    return HG_OK;
}

static bool scan_cost(struct hg_scan *scan, struct crypto_password_cost *cost)
{
    uint64_t kib;
    uint64_t passes;
    if (!hg_scan_lit(scan, "$argon2id$v=19$m=") || !hg_scan_u64(scan, UINT32_MAX, &kib) ||
        !hg_scan_lit(scan, ",t=") || !hg_scan_u64(scan, UINT32_MAX, &passes) ||
        !hg_scan_lit(scan, ",p=1$"))
        return false;
    *cost = (struct crypto_password_cost){(uint32_t)kib, (uint32_t)passes};
    return true;
}

static enum hg_code parse(hg_str encoded, struct parts *out, struct hg_err *err)
{
    struct parts parts = {0};
    struct hg_scan scan = hg_scan_of(encoded);
    hg_str salt;
    hg_str hash;
    if (encoded.len > HG_MAX_PASSWORD_HASH || !scan_cost(&scan, &parts.cost) ||
        !hg_str_cut(hg_scan_rest(&scan), '$', &salt, &hash) ||
        !crypto_text_bytes(salt, sodium_base64_VARIANT_ORIGINAL_NO_PADDING, parts.salt,
                           sizeof(parts.salt)) ||
        !crypto_text_bytes(hash, sodium_base64_VARIANT_ORIGINAL_NO_PADDING, parts.hash,
                           sizeof(parts.hash)))
        return HG_FAIL(err, HG_MALFORMED, "no argon2id hash of ours (%zu bytes)", encoded.len);
    HG_TRY(check_cost(parts.cost, err));
    *out = parts;
    return HG_OK;
}

enum hg_code crypto_password_hash(struct hg_arena *arena, hg_str password,
                                  struct crypto_password_cost cost,
                                  const unsigned char salt[CRYPTO_PASSWORD_SALT], hg_str *out,
                                  struct hg_err *err)
{
    if (password.len > HG_MAX_PASSWORD)
        return HG_FAIL(err, HG_TOO_BIG, "a password of %zu bytes; at most %d", password.len,
                       HG_MAX_PASSWORD);
    HG_TRY(check_cost(cost, err));
    struct parts parts = {.cost = cost};
    memcpy(parts.salt, salt, sizeof(parts.salt));
    HG_TRY(compute(password, &parts, err));
    return encode(arena, &parts, out, err);
}

enum hg_code crypto_password_verify(hg_str encoded, hg_str password, bool *out_matches,
                                    struct hg_err *err)
{
    struct parts stored;
    HG_TRY(parse(encoded, &stored, err));
    struct parts given = stored;
    bool is_too_long = password.len > HG_MAX_PASSWORD;
    HG_TRY(compute(is_too_long ? HG_STR("") : password, &given, err));
    bool is_equal = sodium_memcmp(stored.hash, given.hash, HASH) == 0;
    sodium_memzero(&given, sizeof(given));
    *out_matches = is_equal && !is_too_long;
    return HG_OK;
}

bool crypto_password_needs_rehash(hg_str encoded, struct crypto_password_cost cost)
{
    struct parts parts = {0};
    return parse(encoded, &parts, NULL) != HG_OK || parts.cost.memory_kib != cost.memory_kib ||
           parts.cost.passes != cost.passes;
}

enum hg_code crypto_password_decoy(struct hg_arena *arena, struct crypto_password_cost cost,
                                   const unsigned char random[CRYPTO_PASSWORD_DECOY], hg_str *out,
                                   struct hg_err *err)
{
    HG_TRY(check_cost(cost, err));
    struct parts parts = {.cost = cost};
    memcpy(parts.salt, random, sizeof(parts.salt));
    memcpy(parts.hash, random + sizeof(parts.salt), sizeof(parts.hash));
    return encode(arena, &parts, out, err);
}
