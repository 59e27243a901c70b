/* Sealed values as a thief of the database may have altered them: what opens is
 * the one value that was sealed, and rewrapping keeps it. */
#include "base/base.h"
#include "crypto/keyring.h"

#include <stddef.h>
#include <stdint.h>

#define SEALED "a refresh token"

static const struct crypto_place place = {.tenant = HG_LIT("contoso"),
                                          .table = HG_LIT("connections"),
                                          .row = HG_LIT("7"),
                                          .column = HG_LIT("refresh_token"),
                                          .version = 3};

static struct crypto_keyring *ring; /* made once, kept */

/* Keys of bytes 1..64: those of the corpus. */
static void make_ring(struct hg_arena *arena)
{
    unsigned char random[CRYPTO_KEYRING_RANDOM];
    for (size_t i = 0; i < sizeof(random); i++)
        random[i] = (unsigned char)(1 + i);
    hg_str file;
    enum hg_code code = crypto_keyring_file_new(arena, random, &file, NULL);
    HG_ASSERT(code == HG_OK);
    code = crypto_keyring_parse(file, &ring, NULL);
    HG_ASSERT(code == HG_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 8 << 20);
    if (arena == NULL)
        return 0;
    if (ring == NULL)
        make_ring(arena);
    const struct crypto_sealed sealed = {.place = place, .bytes = {(const char *)data, size}};
    static const unsigned char nonce[CRYPTO_WRAP_RANDOM] = {1};
    hg_str plain;
    struct crypto_sealed again = {.place = place};
    enum hg_code opened = crypto_open(arena, ring, &sealed, &plain, NULL);
    enum hg_code wrapped = crypto_rewrap(arena, ring, &sealed, nonce, &again.bytes, NULL);
    if (opened != HG_OK)
        return 0;
    HG_ASSERT(hg_str_eq(plain, HG_STR(SEALED)) && wrapped == HG_OK);
    opened = crypto_open(arena, ring, &again, &plain, NULL);
    HG_ASSERT(opened == HG_OK && hg_str_eq(plain, HG_STR(SEALED)));
    return 0;
}
