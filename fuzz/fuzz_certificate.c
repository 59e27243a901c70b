#include "base/base.h"
#include "crypto/cert.h"
#include "crypto/key.h"

#include <stddef.h>
#include <stdint.h>

/* What devices send: requests for certificates, and certificates. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hg_str der = {.ptr = (const char *)data, .len = size};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 1 << 20);
    struct crypto_key *key = NULL;
    if (crypto_request_key(der, &key, NULL) == HG_OK)
        HG_ASSERT(!crypto_key_is_private(key));
    crypto_key_free(key);
    struct crypto_cert_facts facts;
    if (arena != NULL && crypto_cert_read(arena, der, der, &facts, NULL) == HG_OK)
        HG_ASSERT(facts.common_name.len <= size);
    return 0;
}
