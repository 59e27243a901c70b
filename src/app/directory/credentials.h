#pragma once

#include "app/commit.h"
#include "base/base.h"
#include "mfa/mfa.h"
#include "store/store.h"

/* Passwords and second factors of users. Passwords are argon2id hashes; TOTP seeds
 * are sealed and bound to their row. */

struct app;

/* Hashes with the configured costs, on the caller's thread. At most
 * config.argon2_concurrent run at once, as many wait; past that HG_BUSY. */
HG_MUST_USE enum hg_code app_password_hash(struct app *app, struct hg_arena *arena, hg_str password,
                                           hg_str *out, struct hg_err *err);
/* Appends to `commit`: from now on this is the user's password. */
void app_password_set(struct app_commit *commit, hg_str tenant, hg_str user, hg_str encoded,
                      hg_time now);
/* `user` "" is the unknown user: a decoy is verified, which takes as long. A user
 * without a password takes that path too. HG_BUSY as above. */
HG_MUST_USE enum hg_code app_password_check(struct app *app, struct hg_arena *arena, hg_str tenant,
                                            hg_str user, hg_str password, bool *out_matches,
                                            struct hg_err *err);

HG_MUST_USE enum hg_code app_credentials_has_mfa(struct store *store, struct hg_arena *arena,
                                                 hg_str tenant, hg_str user, bool *out,
                                                 struct hg_err *err);

struct app_totps {
    const struct mfa_totp *items; /* seeds opened; wiped with the arena */
    size_t n;
};
HG_MUST_USE enum hg_code app_totps_load(struct app *app, struct hg_arena *arena, hg_str tenant,
                                        hg_str user, struct app_totps *out, struct hg_err *err);
/* Appends to `commit`. HG_TOO_BIG is the caller's check (MFA_MAX_OATH_METHODS). */
HG_MUST_USE enum hg_code app_totp_add(struct app *app, struct app_commit *commit, hg_str tenant,
                                      hg_str user, const struct mfa_totp *totp, struct hg_err *err);
/* Appends: `step` was accepted. Of two uses of one code one fails with HG_CONFLICT. */
void app_totp_accept(struct app_commit *commit, hg_str tenant, hg_str user,
                     const struct mfa_totp *totp, uint64_t step);
void app_totps_remove(struct app_commit *commit, hg_str tenant, hg_str user); /* all of them */
/* Password and factors: for the deletion of a user. */
void app_credentials_forget(struct app_commit *commit, hg_str tenant, hg_str user);

extern const struct store_table app_credentials_table;
