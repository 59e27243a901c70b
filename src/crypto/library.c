#include "base/base.h"
#include "crypto/crypto_private.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/types.h>
#include <pthread.h>
#include <sodium/core.h>
#include <sodium/utils.h>
#include <stddef.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const EVP_MD *sha256;
static const EVP_MD *sha1;

static void start(void)
{
    int sodium = sodium_init();
    HG_ASSERT(sodium >= 0);
    sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    HG_ASSERT(sha256 != NULL && sha1 != NULL);
}

void crypto_library_start(void)
{
    int failed = pthread_once(&once, start);
    HG_ASSERT(failed == 0);
}

const EVP_MD *crypto_library_sha256(void)
{
    crypto_library_start();
    return sha256;
}

const EVP_MD *crypto_library_sha1(void)
{
    crypto_library_start();
    return sha1;
}

enum hg_code crypto_library_fail(struct hg_err *err, enum hg_code code, const char *what)
{
    unsigned long reason = ERR_peek_last_error();
    ERR_clear_error();
    if (ERR_GET_REASON(reason) == ERR_R_MALLOC_FAILURE)
        return HG_FAIL(err, HG_NO_MEMORY, "%s", what);
    const char *text = reason == 0 ? NULL : ERR_reason_error_string(reason);
    return HG_FAIL(err, code, "%s: %s", what, text == NULL ? "refused" : text);
}

void *crypto_secret_pages(size_t n)
{
    /* The block ends at a guard page, so its start is aligned as its size is. */
    enum { ALIGN = 16 };
    crypto_library_start();
    return n > SIZE_MAX - ALIGN ? NULL : sodium_malloc((n + ALIGN - 1) / ALIGN * ALIGN);
}

bool crypto_text_bytes(hg_str text, int variant, unsigned char *out, size_t n)
{
    size_t len;
    const char *end;
    return text.len > 0 &&
           sodium_base642bin(out, n, text.ptr, text.len, NULL, &len, &end, variant) == 0 &&
           len == n && end == text.ptr + text.len;
}
