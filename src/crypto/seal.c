#include "base/base.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "crypto/keyring_private.h"

#include <sodium/crypto_aead_xchacha20poly1305.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A sealed value: version, key id, wrap nonce, wrapped data key, ciphertext. The
 * data key is used once, so the nonce of the value itself is constant. */
enum {
    VERSION = 1,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    AT_ID = 1,
    AT_NONCE = AT_ID + KEYRING_ID,
    AT_DATA_KEY = AT_NONCE + CRYPTO_WRAP_RANDOM,
    AT_VALUE = AT_DATA_KEY + CRYPTO_KEY_BYTES + TAG,
};

_Static_assert(CRYPTO_SEAL_OVERHEAD == AT_VALUE + TAG, "the header states the overhead");
_Static_assert(CRYPTO_WRAP_RANDOM == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "a nonce");

static const unsigned char value_nonce[CRYPTO_WRAP_RANDOM];

enum role { ROLE_DATA_KEY = 'k', ROLE_VALUE = 'v' };

/* What is authenticated with a ciphertext: form, role and place. */
struct context {
    unsigned char version, role;
    struct crypto_digest place;
};

static void hash_counted(crypto_hash_sha256_state *state, hg_str s)
{
    uint64_t len = s.len;
    unsigned char count[8];
    for (size_t i = 0; i < sizeof(count); i++)
        count[i] = (unsigned char)(len >> (8 * i));
    (void)crypto_hash_sha256_update(state, count, sizeof(count));
    if (s.len > 0)
        (void)crypto_hash_sha256_update(state, (const unsigned char *)s.ptr, s.len);
}

static struct crypto_digest digest_of_place(const struct crypto_place *place)
{
    unsigned char version[8];
    for (size_t i = 0; i < sizeof(version); i++)
        version[i] = (unsigned char)(place->version >> (8 * i));
    const hg_str fields[] = {HG_STR("headgate place 1"),
                             place->tenant,
                             place->table,
                             place->row,
                             place->column,
                             {.ptr = (const char *)version, .len = sizeof(version)}};

    crypto_hash_sha256_state state;
    struct crypto_digest digest;
    (void)crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < HG_COUNT(fields); i++)
        hash_counted(&state, fields[i]);
    (void)crypto_hash_sha256_final(&state, digest.bytes);
    return digest;
}

static struct context context_of(enum role role, const struct crypto_place *place)
{
    return (struct context){
        .version = VERSION, .role = (unsigned char)role, .place = digest_of_place(place)};
}

static void encrypt(const unsigned char key[CRYPTO_KEY_BYTES], const unsigned char *nonce,
                    const struct context *context, hg_str plain, unsigned char *out)
{
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, (const unsigned char *)plain.ptr,
                                                     plain.len, (const unsigned char *)context,
                                                     sizeof(*context), NULL, nonce, key);
}

/* `out` has room for cipher.len - TAG bytes; false: altered, or another key or context. */
static bool decrypt(const unsigned char key[CRYPTO_KEY_BYTES], const unsigned char *nonce,
                    const struct context *context, hg_str cipher, unsigned char *out)
{
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               out, NULL, NULL, (const unsigned char *)cipher.ptr, cipher.len,
               (const unsigned char *)context, sizeof(*context), nonce, key) == 0;
}

static void write_head(unsigned char *out, const struct keyring_key *kek,
                       const unsigned char nonce[CRYPTO_WRAP_RANDOM],
                       const struct crypto_place *place,
                       const unsigned char data_key[CRYPTO_KEY_BYTES])
{
    struct context context = context_of(ROLE_DATA_KEY, place);
    out[0] = VERSION;
    memcpy(out + AT_ID, kek->id, KEYRING_ID);
    memcpy(out + AT_NONCE, nonce, CRYPTO_WRAP_RANDOM);
    encrypt(kek->bytes, nonce, &context,
            (hg_str){.ptr = (const char *)data_key, .len = CRYPTO_KEY_BYTES}, out + AT_DATA_KEY);
}

enum hg_code crypto_seal(struct hg_arena *arena, const struct crypto_keyring *ring,
                         const struct crypto_plain *plain, hg_str *out, struct hg_err *err)
{
    HG_ASSERT(!sodium_is_zero(plain->random, sizeof(plain->random)));
    if (plain->bytes.len > HG_MAX_SEALED)
        return HG_FAIL(err, HG_TOO_BIG, "%zu bytes to seal; at most %d", plain->bytes.len,
                       HG_MAX_SEALED);
    size_t len = plain->bytes.len + CRYPTO_SEAL_OVERHEAD;
    unsigned char *sealed = hg_arena_alloc(arena, len, 1);
    if (sealed == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a sealed value of %zu bytes", len);

    const unsigned char *data_key = plain->random;
    struct context context = context_of(ROLE_VALUE, &plain->place);
    write_head(sealed, crypto_keyring_newest(ring, CRYPTO_KEY_KEK), data_key + CRYPTO_KEY_BYTES,
               &plain->place, data_key);
    encrypt(data_key, value_nonce, &context, plain->bytes, sealed + AT_VALUE);
    *out = (hg_str){.ptr = (const char *)sealed, .len = len};
    return HG_OK;
}

static const struct keyring_key *find_kek(const struct crypto_keyring *ring,
                                          const unsigned char id[KEYRING_ID])
{
    for (size_t i = 0; i < ring->n[CRYPTO_KEY_KEK]; i++)
        if (memcmp(ring->keys[CRYPTO_KEY_KEK][i].id, id, KEYRING_ID) == 0)
            return &ring->keys[CRYPTO_KEY_KEK][i];
    return NULL;
}

static enum hg_code check_form(hg_str sealed, struct hg_err *err)
{
    if (sealed.len < CRYPTO_SEAL_OVERHEAD)
        return HG_FAIL(err, HG_MALFORMED, "no sealed value (%zu bytes)", sealed.len);
    if (sealed.len > HG_MAX_SEALED + CRYPTO_SEAL_OVERHEAD)
        return HG_FAIL(err, HG_TOO_BIG, "a sealed value of %zu bytes", sealed.len);
    if (sealed.ptr[0] != VERSION)
        return HG_FAIL(err, HG_UNSUPPORTED, "a sealed value of form %d",
                       (unsigned char)sealed.ptr[0]);
    return HG_OK;
}

static enum hg_code unwrap(const struct crypto_keyring *ring, const struct crypto_sealed *sealed,
                           unsigned char data_key[CRYPTO_KEY_BYTES], struct hg_err *err)
{
    HG_TRY(check_form(sealed->bytes, err));
    const unsigned char *head = (const unsigned char *)sealed->bytes.ptr;
    const struct keyring_key *kek = find_kek(ring, head + AT_ID);
    if (kek == NULL)
        return HG_FAIL(err, HG_NOT_FOUND,
                       "the key file has no kek %02x%02x%02x%02x; put its line back", head[AT_ID],
                       head[AT_ID + 1], head[AT_ID + 2], head[AT_ID + 3]);
    struct context context = context_of(ROLE_DATA_KEY, &sealed->place);
    hg_str wrapped = hg_str_sub(sealed->bytes, AT_DATA_KEY, CRYPTO_KEY_BYTES + TAG);
    if (!decrypt(kek->bytes, head + AT_NONCE, &context, wrapped, data_key))
        return HG_FAIL(err, HG_FORBIDDEN, "a value in %.*s.%.*s was altered or moved",
                       HG_ARG(sealed->place.table), HG_ARG(sealed->place.column));
    return HG_OK;
}

enum hg_code crypto_open(struct hg_arena *arena, const struct crypto_keyring *ring,
                         const struct crypto_sealed *sealed, hg_str *out, struct hg_err *err)
{
    unsigned char data_key[CRYPTO_KEY_BYTES];
    HG_TRY(unwrap(ring, sealed, data_key, err));
    size_t len = sealed->bytes.len - CRYPTO_SEAL_OVERHEAD;
    unsigned char *plain = hg_arena_alloc(arena, len + 1, 1);
    struct context context = context_of(ROLE_VALUE, &sealed->place);
    bool is_open = plain != NULL && decrypt(data_key, value_nonce, &context,
                                            hg_str_from(sealed->bytes, AT_VALUE), plain);
    sodium_memzero(data_key, sizeof(data_key));
    if (plain == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "an opened value of %zu bytes", len);
    if (!is_open)
        return HG_FAIL(err, HG_FORBIDDEN, "a value in %.*s.%.*s was altered",
                       HG_ARG(sealed->place.table), HG_ARG(sealed->place.column));
    *out = (hg_str){.ptr = (const char *)plain, .len = len};
    return HG_OK;
}

bool crypto_needs_reseal(const struct crypto_keyring *ring, hg_str sealed)
{
    return check_form(sealed, NULL) != HG_OK ||
           memcmp(sealed.ptr + AT_ID, crypto_keyring_newest(ring, CRYPTO_KEY_KEK)->id,
                  KEYRING_ID) != 0;
}

enum hg_code crypto_rewrap(struct hg_arena *arena, const struct crypto_keyring *ring,
                           const struct crypto_sealed *sealed,
                           const unsigned char random[CRYPTO_WRAP_RANDOM], hg_str *out,
                           struct hg_err *err)
{
    HG_ASSERT(!sodium_is_zero(random, CRYPTO_WRAP_RANDOM));
    unsigned char data_key[CRYPTO_KEY_BYTES];
    HG_TRY(unwrap(ring, sealed, data_key, err));
    unsigned char *copy = hg_arena_alloc(arena, sealed->bytes.len, 1);
    if (copy != NULL) {
        write_head(copy, crypto_keyring_newest(ring, CRYPTO_KEY_KEK), random, &sealed->place,
                   data_key);
        memcpy(copy + AT_VALUE, sealed->bytes.ptr + AT_VALUE, sealed->bytes.len - AT_VALUE);
    }
    sodium_memzero(data_key, sizeof(data_key));
    if (copy == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a sealed value of %zu bytes", sealed->bytes.len);
    *out = (hg_str){.ptr = (const char *)copy, .len = sealed->bytes.len};
    return HG_OK;
}

bool crypto_sealed_key_id(hg_str sealed, char out[8])
{
    if (check_form(sealed, NULL) != HG_OK)
        return false;
    char text[2 * KEYRING_ID + 1];
    (void)sodium_bin2hex(text, sizeof(text), (const unsigned char *)sealed.ptr + AT_ID, KEYRING_ID);
    memcpy(out, text, 2 * KEYRING_ID);
    return true;
}
