/* PEM blocks of files that an operator may have edited, and what stands in them. */
#include "base/base.h"
#include "crypto/cert.h"
#include "crypto/key.h"

#include <stddef.h>
#include <stdint.h>

static void read_key(struct hg_arena *arena, hg_str text)
{
    hg_str der;
    HG_CLEANUP(crypto_key_freep) struct crypto_key *key = NULL;
    if (crypto_pem_read(arena, "PRIVATE KEY", text, &der, NULL) != HG_OK ||
        crypto_key_import(der, &key, NULL) != HG_OK)
        return;
    HG_ASSERT(crypto_key_is_private(key) && crypto_key_id(key).len == 43);
}

static void read_cert(struct hg_arena *arena, hg_str text)
{
    hg_str der;
    hg_time end;
    if (crypto_pem_read(arena, "CERTIFICATE", text, &der, NULL) == HG_OK)
        (void)!crypto_cert_not_after(der, &end, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 8 << 20);
    hg_str text = {.ptr = (const char *)data, .len = size};
    if (arena == NULL)
        return 0;
    read_key(arena, text);
    read_cert(arena, text);
    return 0;
}
