#pragma once

#include "crypto/key.h"
#include "unit/crypto/rfc_vectors.h"
#include "unit/test.h"

static inline hg_str test_b64(struct hg_arena *arena, const char *text)
{
    hg_str bytes = {0};
    assert_int_equal(hg_b64_decode(arena, hg_str_of(text), &bytes, NULL), HG_OK);
    return bytes;
}

static inline hg_str test_b64url(struct hg_arena *arena, const char *text)
{
    hg_str bytes = {0};
    assert_int_equal(hg_b64url_decode(arena, hg_str_of(text), &bytes, NULL), HG_OK);
    return bytes;
}

/* RFC7515_A2_PKCS8 or RFC7515_A3_PKCS8 as a key. */
static inline struct crypto_key *test_key(struct hg_arena *arena, const char *pkcs8)
{
    struct crypto_key *key = NULL;
    struct hg_err err = {.detail = ""};
    if (crypto_key_import(test_b64(arena, pkcs8), &key, &err) != HG_OK)
        fail_msg("%s", err.detail);
    return key;
}
