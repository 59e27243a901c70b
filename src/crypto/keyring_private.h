#pragma once

#include "crypto/crypto_private.h"
#include "crypto/keyring.h"

enum { KEYRING_ID = 4, KEYRING_MAX = 16, KEYRING_KINDS = CRYPTO_KEY_MAC + 1 };

/* The keys of the file are not kept: what is used is derived from them. */
struct keyring_key {
    unsigned char id[KEYRING_ID];
    unsigned char bytes[CRYPTO_KEY_BYTES];
};

struct crypto_keyring {
    size_t n[KEYRING_KINDS];
    struct keyring_key keys[KEYRING_KINDS][KEYRING_MAX]; /* in the file's order */
};

const struct keyring_key *crypto_keyring_newest(const struct crypto_keyring *ring,
                                                enum crypto_key_kind kind);
