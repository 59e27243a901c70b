/* Encoded password hashes: the reader alone, and the arithmetic where it is cheap. */
#include "base/base.h"
#include "crypto/password.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct crypto_password_cost cheapest = {.memory_kib = 8, .passes = 1};
    hg_str encoded = {.ptr = (const char *)data, .len = size};
    bool matches = false;
    if (crypto_password_needs_rehash(encoded, cheapest))
        return 0;
    enum hg_code code = crypto_password_verify(encoded, HG_STR("correct horse"), &matches, NULL);
    HG_ASSERT(code == HG_OK);
    return 0;
}
