/* Key files: what is read can be used and can be added to. */
#include "base/base.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"

#include <stddef.h>
#include <stdint.h>

static void use(struct hg_arena *arena, const struct crypto_keyring *ring, hg_str file)
{
    HG_ASSERT(crypto_keyring_count(ring, CRYPTO_KEY_KEK) > 0);
    HG_ASSERT(crypto_keyring_count(ring, CRYPTO_KEY_MAC) > 0);
    struct crypto_digest mac = crypto_mac(ring, "fuzz", HG_STR("x"));
    HG_ASSERT(crypto_mac_matches(ring, "fuzz", HG_STR("x"), crypto_digest_str(&mac)));

    static const unsigned char random[CRYPTO_KEY_BYTES] = {1, 2, 3};
    hg_str longer;
    enum hg_code code = crypto_keyring_file_add(arena, file, CRYPTO_KEY_KEK, random, &longer, NULL);
    HG_ASSERT(code == HG_OK || code == HG_TOO_BIG || code == HG_EXISTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 8 << 20);
    HG_CLEANUP(crypto_keyring_freep) struct crypto_keyring *ring = NULL;
    hg_str file = {.ptr = (const char *)data, .len = size};
    if (arena == NULL)
        return 0;
    enum hg_code code = crypto_keyring_parse(file, &ring, NULL);
    HG_ASSERT((code == HG_OK) == (ring != NULL));
    if (code == HG_OK)
        use(arena, ring, file);
    return 0;
}
