#pragma once

#include "base/base.h"
#include "crypto/hash.h"

/* Secrets at rest (architecture.md part 4, security.md part 7).
 *
 * A keyring holds the key-encryption keys and MAC keys of one key file, in
 * locked pages. It is immutable and may be used by any number of threads.
 *
 *   What must be presented again is sealed: XChaCha20-Poly1305 under a data key
 *   of its own, which is wrapped by the newest key-encryption key. The place it
 *   stands in is authenticated with it, so that a value moved to another tenant,
 *   table, row or column does not open; a row that counts its changes passes the
 *   count as `version`, so that an older value put back does not open either.
 *
 *   What Headgate issued is kept as a keyed HMAC and never opens.
 *
 * Key file (docs/decisions/0011): text, one line each, the newest of a kind last:
 *
 *   headgate-keys 1
 *   # a comment
 *   kek <id> <32 bytes, base64url>
 *   mac <id> <32 bytes, base64url>
 *
 * The id is 8 hexadecimal digits derived from the key, so a mistyped line is
 * refused. Rotation adds a line; a line goes when no stored value names it. */
struct crypto_keyring;

enum {
    CRYPTO_KEY_BYTES = 32,
    CRYPTO_KEYRING_RANDOM = 2 * CRYPTO_KEY_BYTES, /* a new key file */
    CRYPTO_WRAP_RANDOM = 24,
    CRYPTO_SEAL_RANDOM = CRYPTO_KEY_BYTES + CRYPTO_WRAP_RANDOM,
    CRYPTO_SEAL_OVERHEAD = 1 + 4 + CRYPTO_WRAP_RANDOM + CRYPTO_KEY_BYTES + 16 + 16,
};

enum crypto_key_kind { CRYPTO_KEY_KEK, CRYPTO_KEY_MAC };

/* HG_MALFORMED: err->detail names the line; HG_TOO_BIG: file or number of keys;
 * HG_UNSUPPORTED: a later version of the format; HG_EXISTS: a key twice. */
HG_MUST_USE enum hg_code crypto_keyring_parse(hg_str file, struct crypto_keyring **out,
                                              struct hg_err *err);
void crypto_keyring_free(struct crypto_keyring *ring); /* NULL is fine */
void crypto_keyring_freep(struct crypto_keyring **ring);

/* The text of a new key file with one key of each kind. */
HG_MUST_USE enum hg_code crypto_keyring_file_new(struct hg_arena *arena,
                                                 const unsigned char random[CRYPTO_KEYRING_RANDOM],
                                                 hg_str *out, struct hg_err *err);
/* `file` with one more key, from now on the newest of its kind. */
HG_MUST_USE enum hg_code crypto_keyring_file_add(struct hg_arena *arena, hg_str file,
                                                 enum crypto_key_kind kind,
                                                 const unsigned char random[CRYPTO_KEY_BYTES],
                                                 hg_str *out, struct hg_err *err);

size_t crypto_keyring_count(const struct crypto_keyring *ring, enum crypto_key_kind kind);

/* Where a value stands. All of it is authenticated, none of it is stored with
 * the value. */
struct crypto_place {
    hg_str tenant, table, row, column;
    uint64_t version; /* 0 where the row does not count its changes */
};

struct crypto_plain {
    struct crypto_place place;
    hg_str bytes; /* at most HG_MAX_SEALED */
    /* Fresh for every call; all zero is a bug and asserted. */
    unsigned char random[CRYPTO_SEAL_RANDOM];
};

struct crypto_sealed {
    struct crypto_place place;
    hg_str bytes;
};

/* The sealed form is CRYPTO_SEAL_OVERHEAD bytes longer and binary. */
HG_MUST_USE enum hg_code crypto_seal(struct hg_arena *arena, const struct crypto_keyring *ring,
                                     const struct crypto_plain *plain, hg_str *out,
                                     struct hg_err *err);

/* HG_MALFORMED: no sealed value; HG_UNSUPPORTED: a later form; HG_NOT_FOUND: its
 * key is not in the ring; HG_FORBIDDEN: altered, or sealed for another place. */
HG_MUST_USE enum hg_code crypto_open(struct hg_arena *arena, const struct crypto_keyring *ring,
                                     const struct crypto_sealed *sealed, hg_str *out,
                                     struct hg_err *err);

/* True unless the newest key-encryption key wraps the value. */
bool crypto_needs_reseal(const struct crypto_keyring *ring, hg_str sealed);

/* The same value with its data key wrapped by the newest key-encryption key; the
 * plaintext is not touched. Codes as crypto_open(). */
HG_MUST_USE enum hg_code crypto_rewrap(struct hg_arena *arena, const struct crypto_keyring *ring,
                                       const struct crypto_sealed *sealed,
                                       const unsigned char random[CRYPTO_WRAP_RANDOM], hg_str *out,
                                       struct hg_err *err);

/* Which key wraps a value, as the key file writes it: for "may this line go?".
 * False when it is no sealed value. */
bool crypto_sealed_key_id(hg_str sealed, char out[8]);

/* Keyed HMAC of an issued token, code, client secret or session id: the lookup
 * key under which it is stored. `purpose` is a literal that keeps kinds apart
 * ("refresh-token"): the same bytes issued as two kinds have unrelated MACs. */
struct crypto_digest crypto_mac(const struct crypto_keyring *ring, const char *purpose,
                                hg_str message);
/* The same with the i-th key from the newest (0), below crypto_keyring_count(): a
 * lookup that misses is repeated with the older keys while a rotation lasts. */
struct crypto_digest crypto_mac_with(const struct crypto_keyring *ring, size_t i,
                                     const char *purpose, hg_str message);
/* True when any key of the ring gives `stored`; the time does not say which. */
bool crypto_mac_matches(const struct crypto_keyring *ring, const char *purpose, hg_str message,
                        hg_str stored);
