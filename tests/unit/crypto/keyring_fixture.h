#pragma once

#include "crypto/keyring.h"
#include "unit/test.h"

/* A key file with one key of each kind, its bytes counted up from `start`. */
static inline hg_str test_key_file(struct hg_arena *arena, unsigned char start)
{
    unsigned char random[CRYPTO_KEYRING_RANDOM];
    for (size_t i = 0; i < sizeof(random); i++)
        random[i] = (unsigned char)(start + i);
    hg_str file = {0};
    assert_int_equal(crypto_keyring_file_new(arena, random, &file, NULL), HG_OK);
    return file;
}

static inline hg_str test_key_file_add(struct hg_arena *arena, hg_str file,
                                       enum crypto_key_kind kind, unsigned char start)
{
    unsigned char random[CRYPTO_KEY_BYTES];
    for (size_t i = 0; i < sizeof(random); i++)
        random[i] = (unsigned char)(start + i);
    hg_str longer = {0};
    assert_int_equal(crypto_keyring_file_add(arena, file, kind, random, &longer, NULL), HG_OK);
    return longer;
}

static inline struct crypto_keyring *test_keyring(hg_str file)
{
    struct crypto_keyring *ring = NULL;
    struct hg_err err = {.detail = ""};
    if (crypto_keyring_parse(file, &ring, &err) != HG_OK)
        fail_msg("%s", err.detail);
    return ring;
}
