#pragma once

/* The only module that includes OpenSSL and libsodium, by noun. Everything is a
 * function of its arguments (salts, nonces, serial numbers and `now` are passed
 * in) with one exception: crypto_key_generate() draws a private key, because
 * neither library can make an RSA key from given bytes. Signing uses OpenSSL's
 * own generator for blinding and for ECDSA's nonce; signatures are verified,
 * never compared (architecture.md part 5). */

// IWYU pragma: begin_exports
#include "crypto/cert.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "crypto/keyring.h"
#include "crypto/password.h"
#include "crypto/secret.h"
// IWYU pragma: end_exports
