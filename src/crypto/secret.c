#include "crypto/secret.h"

#include "base/base.h"
#include "crypto/crypto_private.h"

#include <sodium/utils.h>
#include <stddef.h>
#include <string.h>

struct crypto_secret {
    size_t len;
    unsigned char bytes[];
};

enum hg_code crypto_secret_new(hg_str bytes, struct crypto_secret **out, struct hg_err *err)
{
    if (bytes.len > HG_MAX_SECRET)
        return HG_FAIL(err, HG_TOO_BIG, "a secret of %zu bytes", bytes.len);
    struct crypto_secret *secret = crypto_secret_pages(sizeof(*secret) + bytes.len);
    if (secret == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "locked pages for %zu bytes", bytes.len);
    secret->len = bytes.len;
    if (bytes.len > 0)
        memcpy(secret->bytes, bytes.ptr, bytes.len);
    (void)sodium_mprotect_readonly(secret); /* a guard against our own bugs, no more */
    *out = secret;
    return HG_OK;
}

void crypto_secret_free(struct crypto_secret *secret)
{
    sodium_free(secret); /* makes it writable, wipes it, checks its canary */
}

void crypto_secret_freep(struct crypto_secret **secret)
{
    crypto_secret_free(*secret);
    *secret = NULL;
}

size_t crypto_secret_len(const struct crypto_secret *secret)
{
    return secret->len;
}

bool crypto_secret_eq(const struct crypto_secret *secret, hg_str bytes)
{
    return hg_str_eq_secret(crypto_secret_bytes(secret), bytes);
}

hg_str crypto_secret_bytes(const struct crypto_secret *secret)
{
    return (hg_str){.ptr = (const char *)secret->bytes, .len = secret->len};
}
