#pragma once

#include "crypto/key.h"
#include "jose/jose.h"
#include "unit/crypto/key_fixture.h"
#include "unit/test.h"

/* Two keys of ours: RFC 7515's, so that nothing here depends on chance. */
struct test_keys {
    struct hg_arena *arena;
    struct crypto_key *rsa, *ec;
    const struct crypto_key *both[2];
    struct jose_rules rules;
};

static inline int test_keys_make(void **state)
{
    static struct test_keys keys;
    keys.arena = test_arena();
    keys.rsa = test_key(keys.arena, RFC7515_A2_PKCS8);
    keys.ec = test_key(keys.arena, RFC7515_A3_PKCS8);
    keys.both[0] = keys.rsa;
    keys.both[1] = keys.ec;
    keys.rules =
        (struct jose_rules){.keys = {keys.both, 2}, .algs = JOSE_ALLOW_RS256 | JOSE_ALLOW_ES256};
    *state = &keys;
    return 0;
}

static inline int test_keys_free(void **state)
{
    struct test_keys *keys = *state;
    crypto_key_free(keys->rsa);
    crypto_key_free(keys->ec);
    hg_arena_free(keys->arena);
    return 0;
}

/* A token with any header at all, truly signed by `key`. */
static inline hg_str test_token(struct hg_arena *arena, const struct crypto_key *key, hg_str header,
                                hg_str payload)
{
    hg_str text = hg_str_format(arena, "%.*s.%.*s", HG_ARG(hg_b64url_encode(arena, header)),
                                HG_ARG(hg_b64url_encode(arena, payload)));
    struct crypto_signature signature;
    assert_int_equal(crypto_key_sign(key, text, &signature, NULL), HG_OK);
    hg_str end = hg_b64url_encode(arena, crypto_signature_str(&signature));
    return hg_str_format(arena, "%.*s.%.*s", HG_ARG(text), HG_ARG(end));
}

static inline struct jose_jws test_verify(const struct test_keys *keys,
                                          const struct jose_rules *rules, hg_str token)
{
    struct jose_jws jws = {0};
    struct hg_err err = {.detail = "untouched"};
    assert_int_equal(jose_verify(keys->arena, rules, token, &jws, &err), HG_OK);
    assert_string_equal(err.detail, "untouched");
    if (jws.verdict != JOSE_VALID && (jws.payload.len != 0 || jws.key != NULL))
        fail_msg("a refused token gives its payload");
    return jws;
}
