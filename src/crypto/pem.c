#include "base/base.h"
#include "crypto/cert.h"
#include "crypto/crypto_private.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/types.h>
#include <stddef.h>
#include <string.h>

static enum hg_code copy_out(struct hg_arena *arena, const void *bytes, size_t n, hg_str *out,
                             struct hg_err *err)
{
    char *copy = hg_arena_alloc(arena, n + 1, 1);
    if (copy == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu bytes of PEM", n);
    memcpy(copy, bytes, n);
    *out = (hg_str){.ptr = copy, .len = n};
    return HG_OK;
}

enum hg_code crypto_pem_write(struct hg_arena *arena, const char *label, hg_str der, hg_str *out,
                              struct hg_err *err)
{
    if (der.len == 0 || der.len > HG_MAX_PEM / 2)
        return HG_FAIL(err, HG_TOO_BIG, "%zu bytes as PEM", der.len);
    HG_CLEANUP(crypto_clean_bio) BIO *bio = BIO_new(BIO_s_mem()); /* wipes what it held */
    BUF_MEM *text = NULL;
    if (bio == NULL ||
        PEM_write_bio(bio, label, "", (const unsigned char *)der.ptr, (long)der.len) <= 0 ||
        BIO_get_mem_ptr(bio, &text) != 1)
        return crypto_library_fail(err, HG_NO_MEMORY, "PEM");
    return copy_out(arena, text->data, text->length, out, err);
}

/* One block as OpenSSL allocates it. */
struct block {
    char *name, *header;
    unsigned char *data;
    long len;
};

static void block_free(struct block *block)
{
    OPENSSL_free(block->name);
    OPENSSL_free(block->header);
    OPENSSL_clear_free(block->data, (size_t)block->len);
}

enum hg_code crypto_pem_read(struct hg_arena *arena, const char *label, hg_str text, hg_str *out,
                             struct hg_err *err)
{
    if (text.len > HG_MAX_PEM)
        return HG_FAIL(err, HG_TOO_BIG, "%zu bytes of PEM", text.len);
    HG_CLEANUP(crypto_clean_bio)
    BIO *bio = BIO_new_mem_buf(text.len == 0 ? "" : text.ptr, (int)text.len);
    if (bio == NULL)
        return crypto_library_fail(err, HG_NO_MEMORY, "PEM");
    for (;;) {
        HG_CLEANUP(block_free) struct block block = {0};
        if (PEM_read_bio(bio, &block.name, &block.header, &block.data, &block.len) != 1)
            return crypto_library_fail(err, HG_NOT_FOUND, label);
        if (hg_str_eq(hg_str_of(block.name), hg_str_of(label)) && block.header[0] == '\0')
            return copy_out(arena, block.data, (size_t)block.len, out, err);
    }
}
