#pragma once

#include "base/base.h"

/* Key material in pages of its own: locked, left out of core dumps, between
 * guard pages, read-only once made, wiped when freed (libsodium's guarded heap).
 * There is no way to print one, and equality is asked of the secret itself. */
struct crypto_secret;

/* Copies `bytes`; the caller's copy stays the caller's to wipe. HG_NO_MEMORY. */
HG_MUST_USE enum hg_code crypto_secret_new(hg_str bytes, struct crypto_secret **out,
                                           struct hg_err *err);
void crypto_secret_free(struct crypto_secret *secret); /* NULL is fine */
void crypto_secret_freep(struct crypto_secret **secret);

size_t crypto_secret_len(const struct crypto_secret *secret);
bool crypto_secret_eq(const struct crypto_secret *secret, hg_str bytes); /* constant time */

/* The bytes, valid until the secret is freed. Only crypto and mfa call this:
 * what leaves those modules is a digest, a seal or a signature. */
hg_str crypto_secret_bytes(const struct crypto_secret *secret);
