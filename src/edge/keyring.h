#pragma once

#include "base/base.h"
#include "crypto/keyring.h"

/* The key file of an installation. One that is not there is made, once, with a key of each
 * kind; one that is there is never overwritten: without it nothing sealed opens again. */
HG_MUST_USE enum hg_code edge_keyring_open(struct hg_arena *arena, const char *path,
                                           const struct hg_random *random,
                                           struct crypto_keyring **out, struct hg_err *err);
