#include "crypto/keyring.h"

#include "base/base.h"
#include "crypto/crypto_private.h"
#include "crypto/hash.h"
#include "crypto/keyring_private.h"

#include <sodium/utils.h>
#include <stddef.h>
#include <string.h>

enum { FILE_KEY_TEXT = 43, ID_TEXT = 2 * KEYRING_ID };

static const hg_str first_line = HG_LIT("headgate-keys 1");

static const struct {
    hg_str word;
    hg_str id_info, use_info; /* HKDF infos: an id tells nothing about the key in use */
} kinds[KEYRING_KINDS] = {
    [CRYPTO_KEY_KEK] = {HG_LIT("kek"), HG_LIT("headgate-keys 1 kek id"),
                        HG_LIT("headgate-keys 1 kek wrap")},
    [CRYPTO_KEY_MAC] = {HG_LIT("mac"), HG_LIT("headgate-keys 1 mac id"),
                        HG_LIT("headgate-keys 1 mac hmac")},
};

static struct keyring_key derive(enum crypto_key_kind kind,
                                 const unsigned char bytes[CRYPTO_KEY_BYTES])
{
    hg_str secret = {.ptr = (const char *)bytes, .len = CRYPTO_KEY_BYTES};
    struct crypto_digest id = crypto_hkdf_sha256(secret, HG_STR(""), kinds[kind].id_info);
    struct crypto_digest use = crypto_hkdf_sha256(secret, HG_STR(""), kinds[kind].use_info);
    struct keyring_key key;
    memcpy(key.id, id.bytes, sizeof(key.id));
    memcpy(key.bytes, use.bytes, sizeof(key.bytes));
    sodium_memzero(&use, sizeof(use));
    return key;
}

static bool kind_of(hg_str word, enum crypto_key_kind *out)
{
    for (size_t i = 0; i < HG_COUNT(kinds); i++)
        if (hg_str_eq(kinds[i].word, word)) {
            *out = (enum crypto_key_kind)i;
            return true;
        }
    return false;
}

/* A key of one repeated byte is a placeholder that someone meant to replace. */
static bool is_placeholder(const unsigned char bytes[CRYPTO_KEY_BYTES])
{
    return memcmp(bytes, bytes + 1, CRYPTO_KEY_BYTES - 1) == 0;
}

static void id_text(const unsigned char id[KEYRING_ID], char out[ID_TEXT + 1])
{
    (void)sodium_bin2hex(out, ID_TEXT + 1, id, KEYRING_ID);
}

static enum hg_code add_key(struct crypto_keyring *ring, enum crypto_key_kind kind,
                            const struct keyring_key *key, size_t line, struct hg_err *err)
{
    size_t n = ring->n[kind];
    if (n == KEYRING_MAX)
        return HG_FAIL(err, HG_TOO_BIG, "line %zu: more than %d keys of a kind", line, KEYRING_MAX);
    for (size_t i = 0; i < n; i++)
        if (memcmp(ring->keys[kind][i].id, key->id, KEYRING_ID) == 0)
            return HG_FAIL(err, HG_EXISTS, "line %zu: this key id stands above already", line);
    ring->keys[kind][n] = *key;
    ring->n[kind] = n + 1;
    return HG_OK;
}

/* kind, id, key. Details name the line and never what stands in it. */
static enum hg_code parse_key_line(struct crypto_keyring *ring, hg_str text, size_t line,
                                   struct hg_err *err)
{
    hg_str word = {0};
    hg_str id = {0};
    hg_str key_text = {0};
    hg_str more;
    enum crypto_key_kind kind;
    if (!hg_str_field(&text, ' ', &word) || !kind_of(word, &kind))
        return HG_FAIL(err, HG_MALFORMED, "line %zu: starts with neither kek nor mac", line);
    if (!hg_str_field(&text, ' ', &id) || !hg_str_field(&text, ' ', &key_text) ||
        hg_str_field(&text, ' ', &more))
        return HG_FAIL(err, HG_MALFORMED, "line %zu: wants a kind, an id and a key", line);

    unsigned char bytes[CRYPTO_KEY_BYTES];
    if (!crypto_text_bytes(key_text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, bytes,
                           sizeof(bytes))) {
        sodium_memzero(bytes, sizeof(bytes)); /* most of a mistyped key is a key */
        return HG_FAIL(err, HG_MALFORMED, "line %zu: the key is not 32 bytes in base64url", line);
    }
    bool is_weak = is_placeholder(bytes);
    struct keyring_key key = derive(kind, bytes);
    sodium_memzero(bytes, sizeof(bytes));

    char wanted[ID_TEXT + 1];
    id_text(key.id, wanted);
    enum hg_code code = HG_OK;
    if (is_weak)
        code = HG_FAIL(err, HG_MALFORMED, "line %zu: the key is a placeholder", line);
    else if (!hg_str_eq(id, hg_str_of(wanted)))
        code = HG_FAIL(err, HG_MALFORMED, "line %zu: the id does not belong to the key", line);
    else
        code = add_key(ring, kind, &key, line, err);
    sodium_memzero(&key, sizeof(key));
    return code;
}

static enum hg_code check_first_line(hg_str line, struct hg_err *err)
{
    if (hg_str_eq(line, first_line))
        return HG_OK;
    if (hg_str_starts(line, HG_STR("headgate-keys ")))
        return HG_FAIL(err, HG_UNSUPPORTED, "a key file of another version than 1");
    return HG_FAIL(err, HG_MALFORMED, "no key file: line 1 is not \"%.*s\"", HG_ARG(first_line));
}

static enum hg_code parse_file(struct crypto_keyring *ring, hg_str file, struct hg_err *err)
{
    if (file.len > HG_MAX_KEY_FILE)
        return HG_FAIL(err, HG_TOO_BIG, "a key file of %zu bytes; at most %d", file.len,
                       HG_MAX_KEY_FILE);
    hg_str line;
    (void)hg_str_cut(file, '\n', &line, &file);
    HG_TRY(check_first_line(hg_str_trim(line), err));
    for (size_t n = 2; file.len > 0; n++) {
        (void)hg_str_cut(file, '\n', &line, &file);
        line = hg_str_trim(line);
        if (line.len > 0 && line.ptr[0] != '#')
            HG_TRY(parse_key_line(ring, line, n, err));
    }
    for (size_t kind = 0; kind < KEYRING_KINDS; kind++)
        if (ring->n[kind] == 0)
            return HG_FAIL(err, HG_MALFORMED, "the key file has no line %.*s",
                           HG_ARG(kinds[kind].word));
    return HG_OK;
}

enum hg_code crypto_keyring_parse(hg_str file, struct crypto_keyring **out, struct hg_err *err)
{
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *ring = crypto_secret_pages(sizeof(*ring));
    if (ring == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "locked pages for the keyring");
    memset(ring, 0, sizeof(*ring));
    HG_TRY(parse_file(ring, file, err));
    (void)sodium_mprotect_readonly(ring);
    *out = ring;
    ring = NULL;
    return HG_OK;
}

void crypto_keyring_free(struct crypto_keyring *ring)
{
    sodium_free(ring);
}

void crypto_keyring_freep(struct crypto_keyring **ring)
{
    crypto_keyring_free(*ring);
    *ring = NULL;
}

size_t crypto_keyring_count(const struct crypto_keyring *ring, enum crypto_key_kind kind)
{
    return ring->n[kind];
}

const struct keyring_key *crypto_keyring_newest(const struct crypto_keyring *ring,
                                                enum crypto_key_kind kind)
{
    return &ring->keys[kind][ring->n[kind] - 1];
}

static void write_key_line(struct hg_buf *buf, enum crypto_key_kind kind,
                           const unsigned char bytes[CRYPTO_KEY_BYTES])
{
    HG_ASSERT(!is_placeholder(bytes)); /* the caller forgot to fill it */
    struct keyring_key key = derive(kind, bytes);
    char id[ID_TEXT + 1];
    char text[FILE_KEY_TEXT + 1];
    id_text(key.id, id);
    (void)sodium_bin2base64(text, sizeof(text), bytes, CRYPTO_KEY_BYTES,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    hg_buf_str(buf, kinds[kind].word);
    hg_buf_byte(buf, ' ');
    hg_buf_z(buf, id);
    hg_buf_byte(buf, ' ');
    hg_buf_z(buf, text);
    hg_buf_byte(buf, '\n');
    sodium_memzero(text, sizeof(text));
    sodium_memzero(&key, sizeof(key));
}

enum hg_code crypto_keyring_file_new(struct hg_arena *arena,
                                     const unsigned char random[CRYPTO_KEYRING_RANDOM], hg_str *out,
                                     struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_KEY_FILE);
    hg_buf_str(&buf, first_line);
    hg_buf_byte(&buf, '\n');
    write_key_line(&buf, CRYPTO_KEY_KEK, random);
    write_key_line(&buf, CRYPTO_KEY_MAC, random + CRYPTO_KEY_BYTES);
    return hg_buf_finish(&buf, out, err);
}

enum hg_code crypto_keyring_file_add(struct hg_arena *arena, hg_str file, enum crypto_key_kind kind,
                                     const unsigned char random[CRYPTO_KEY_BYTES], hg_str *out,
                                     struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_KEY_FILE);
    hg_buf_str(&buf, file);
    if (!hg_str_ends(file, HG_STR("\n")))
        hg_buf_byte(&buf, '\n');
    write_key_line(&buf, kind, random);
    hg_str text;
    HG_TRY(hg_buf_finish(&buf, &text, err));

    /* Never hand out a file that would not be read: it replaces the one that is. */
    HG_CLEANUP(crypto_keyring_freep) struct crypto_keyring *ring = NULL;
    HG_TRY(crypto_keyring_parse(text, &ring, err));
    *out = text;
    return HG_OK;
}

struct crypto_digest crypto_mac_with(const struct crypto_keyring *ring, size_t i,
                                     const char *purpose, hg_str message)
{
    HG_ASSERT(i < ring->n[CRYPTO_KEY_MAC]);
    const struct keyring_key *key = &ring->keys[CRYPTO_KEY_MAC][ring->n[CRYPTO_KEY_MAC] - 1 - i];
    hg_str secret = {.ptr = (const char *)key->bytes, .len = sizeof(key->bytes)};
    hg_str named = {.ptr = purpose, .len = strlen(purpose) + 1}; /* NUL ends the purpose */
    return crypto_hmac_of_two(secret, named, message);
}

struct crypto_digest crypto_mac(const struct crypto_keyring *ring, const char *purpose,
                                hg_str message)
{
    return crypto_mac_with(ring, 0, purpose, message);
}

bool crypto_mac_matches(const struct crypto_keyring *ring, const char *purpose, hg_str message,
                        hg_str stored)
{
    bool matches = false;
    for (size_t i = 0; i < ring->n[CRYPTO_KEY_MAC]; i++) {
        struct crypto_digest mac = crypto_mac_with(ring, i, purpose, message);
        matches |= hg_str_eq_secret(crypto_digest_str(&mac), stored);
    }
    return matches;
}
