#pragma once

#include "base/base.h"

/* Passwords as argon2id (RFC 9106) in the encoded form
 * $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>. A hash costs tens of milliseconds
 * and memory_kib KiB of the process's heap: the caller bounds how many run at
 * once. A password is any bytes up to HG_MAX_PASSWORD; normalising its Unicode
 * is the caller's. */
struct crypto_password_cost {
    uint32_t memory_kib; /* 8 .. HG_MAX_ARGON2_KIB */
    uint32_t passes;     /* 1 .. HG_MAX_ARGON2_PASSES */
};

enum {
    CRYPTO_PASSWORD_SALT = 16,       /* random bytes of a hash */
    CRYPTO_PASSWORD_DECOY = 16 + 32, /* random bytes of a decoy */
};

/* 19 MiB and two passes: the smaller of the settings OWASP lists as equal. */
extern const struct crypto_password_cost crypto_password_default;

/* HG_TOO_BIG: the password or a cost is past its limit; HG_NO_MEMORY. */
HG_MUST_USE enum hg_code crypto_password_hash(struct hg_arena *arena, hg_str password,
                                              struct crypto_password_cost cost,
                                              const unsigned char salt[CRYPTO_PASSWORD_SALT],
                                              hg_str *out, struct hg_err *err);

/* *out_matches says whether `password` gave this hash; one past HG_MAX_PASSWORD
 * never does. HG_MALFORMED: not the encoded form; HG_TOO_BIG: its costs are past
 * our limits (nothing was computed); HG_NO_MEMORY. */
HG_MUST_USE enum hg_code crypto_password_verify(hg_str encoded, hg_str password, bool *out_matches,
                                                struct hg_err *err);

/* True when a hash was made with other costs than `cost`, or cannot be read:
 * after the next successful sign-in it is made anew. */
bool crypto_password_needs_rehash(hg_str encoded, struct crypto_password_cost cost);

/* A hash that belongs to no password, from 48 random bytes, for users that do
 * not exist: verifying against it takes the same path and the same time
 * (security.md M18). Make one at start with the costs in use. */
HG_MUST_USE enum hg_code crypto_password_decoy(struct hg_arena *arena,
                                               struct crypto_password_cost cost,
                                               const unsigned char random[CRYPTO_PASSWORD_DECOY],
                                               hg_str *out, struct hg_err *err);
