#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "unit/crypto/keyring_fixture.h"
#include "unit/test.h"

#include <stddef.h>
#include <string.h>

/* Keys of bytes 1..32 and 33..64 as crypto_keyring_file_new() writes them. */
#define KEK "kek 40bb6bfc AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA\n"
#define MAC "mac abf1410c ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-P0A\n"
#define HEAD "headgate-keys 1\n"

static const struct {
    const char *name;
    hg_str file;
    enum hg_code want;
    const char *detail; /* starts so */
} files[] = {
    {"one key of each kind", HG_LIT(HEAD KEK MAC), HG_OK, ""},
    {"comments, empty lines and CRLF", HG_LIT("headgate-keys 1\r\n\r\n# kept\r\n" KEK "\r\n" MAC),
     HG_OK, ""},
    {"the last line may lack its end",
     HG_LIT(HEAD MAC "kek 40bb6bfc AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"), HG_OK, ""},
    {"nothing", HG_LIT(""), HG_MALFORMED, "no key file"},
    {"no first line", HG_LIT(KEK MAC), HG_MALFORMED, "no key file"},
    {"a later version", HG_LIT("headgate-keys 2\n" KEK MAC), HG_UNSUPPORTED, "a key file of"},
    {"no MAC key", HG_LIT(HEAD KEK), HG_MALFORMED, "the key file has no line mac"},
    {"no key-encryption key", HG_LIT(HEAD MAC), HG_MALFORMED, "the key file has no line kek"},
    {"a key twice", HG_LIT(HEAD KEK KEK MAC), HG_EXISTS, "line 3: this key id"},
    {"an unknown word", HG_LIT(HEAD KEK "key 00000000 x\n"), HG_MALFORMED, "line 3: starts"},
    {"too few fields", HG_LIT(HEAD KEK "mac abf1410c\n"), HG_MALFORMED, "line 3: wants"},
    {"too many fields", HG_LIT(HEAD "kek 40bb6bfc AQID x\n"), HG_MALFORMED, "line 2: wants"},
    {"31 bytes", HG_LIT(HEAD "kek 40bb6bfc AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHw\n" MAC),
     HG_MALFORMED, "line 2: the key is not 32"},
    {"33 bytes", HG_LIT(HEAD "kek 40bb6bfc AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh\n" MAC),
     HG_MALFORMED, "line 2: the key is not 32"},
    {"a mistyped key",
     HG_LIT(HEAD "kek 40bb6bfc AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyB\n" MAC), HG_MALFORMED,
     "line 2: the key is not 32"},
    {"a mistyped key that decodes",
     HG_LIT(HEAD "kek 40bb6bfc BQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA\n" MAC), HG_MALFORMED,
     "line 2: the id does not"},
    {"a key moved to the other kind",
     HG_LIT(HEAD KEK "mac 40bb6bfc AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA\n"), HG_MALFORMED,
     "line 3: the id does not"},
    {"a placeholder of zeros",
     HG_LIT(HEAD "kek 40bb6bfc AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" MAC), HG_MALFORMED,
     "line 2: the key is a placeholder"},
};

static void a_key_file_is_read_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(files); i++) {
        HG_CLEANUP(crypto_keyring_freep) struct crypto_keyring *ring = NULL;
        struct hg_err err = {.detail = ""};
        enum hg_code got = crypto_keyring_parse(files[i].file, &ring, &err);
        if (got != files[i].want || (ring != NULL) != (got == HG_OK))
            fail_msg("%s: %s (%s)", files[i].name, hg_code_text(got), err.detail);
        if (!hg_str_starts(hg_str_of(err.detail), hg_str_of(files[i].detail)))
            fail_msg("%s: says \"%s\"", files[i].name, err.detail);
    }
}

static void a_new_file_is_what_the_reader_wants(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    test_str_eq("golden", test_key_file(arena, 1), HG_STR(HEAD KEK MAC));
}

static void adding_keys_keeps_the_old_ones(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str file = test_key_file(arena, 1);
    file = test_key_file_add(arena, file, CRYPTO_KEY_KEK, 100);
    file = test_key_file_add(arena, file, CRYPTO_KEY_KEK, 101);
    file = test_key_file_add(arena, file, CRYPTO_KEY_MAC, 102);
    HG_CLEANUP(crypto_keyring_freep) struct crypto_keyring *ring = test_keyring(file);
    assert_int_equal(crypto_keyring_count(ring, CRYPTO_KEY_KEK), 3);
    assert_int_equal(crypto_keyring_count(ring, CRYPTO_KEY_MAC), 2);
}

static void a_file_that_would_not_be_read_is_not_made(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str file = test_key_file(arena, 1);
    hg_str out = {0};
    unsigned char same[CRYPTO_KEY_BYTES];
    for (size_t i = 0; i < sizeof(same); i++)
        same[i] = (unsigned char)(1 + i);
    assert_int_equal(crypto_keyring_file_add(arena, file, CRYPTO_KEY_KEK, same, &out, NULL),
                     HG_EXISTS);
    for (unsigned char i = 0; i < 15; i++)
        file = test_key_file_add(arena, file, CRYPTO_KEY_KEK, (unsigned char)(100 + i));
    memset(same, 7, 16);
    assert_int_equal(crypto_keyring_file_add(arena, file, CRYPTO_KEY_KEK, same, &out, NULL),
                     HG_TOO_BIG);
    assert_int_equal(out.len, 0);
}

static bool macs_are_equal(struct crypto_digest a, struct crypto_digest b)
{
    return hg_str_eq(crypto_digest_str(&a), crypto_digest_str(&b));
}

static void macs_of_different_purposes_are_unrelated(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *ring = test_keyring(test_key_file(arena, 1));
    struct crypto_digest token = crypto_mac(ring, "refresh-token", HG_STR("x"));
    assert_true(macs_are_equal(token, crypto_mac(ring, "refresh-token", HG_STR("x"))));
    assert_false(macs_are_equal(token, crypto_mac(ring, "code", HG_STR("x"))));
    assert_false(macs_are_equal(token, crypto_mac(ring, "refresh-token", HG_STR("y"))));
    /* The border between purpose and message is part of what is hashed. */
    assert_false(
        macs_are_equal(crypto_mac(ring, "ab", HG_STR("c")), crypto_mac(ring, "a", HG_STR("bc"))));
}

static void macs_of_an_older_key_still_match(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str file = test_key_file(arena, 1);
    HG_CLEANUP(crypto_keyring_freep) struct crypto_keyring *before = test_keyring(file);
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *after =
        test_keyring(test_key_file_add(arena, file, CRYPTO_KEY_MAC, 100));
    struct crypto_digest old = crypto_mac(before, "code", HG_STR("x"));
    struct crypto_digest new = crypto_mac(after, "code", HG_STR("x"));

    assert_false(macs_are_equal(old, new));
    assert_true(macs_are_equal(old, crypto_mac_with(after, 1, "code", HG_STR("x"))));
    assert_true(crypto_mac_matches(after, "code", HG_STR("x"), crypto_digest_str(&old)));
    assert_true(crypto_mac_matches(after, "code", HG_STR("x"), crypto_digest_str(&new)));
    assert_false(crypto_mac_matches(before, "code", HG_STR("x"), crypto_digest_str(&new)));
    assert_false(crypto_mac_matches(after, "code", HG_STR("x"), HG_STR("")));
}

static void a_rotation_of_the_kek_leaves_macs_alone(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str file = test_key_file(arena, 1);
    HG_CLEANUP(crypto_keyring_freep) struct crypto_keyring *before = test_keyring(file);
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *after =
        test_keyring(test_key_file_add(arena, file, CRYPTO_KEY_KEK, 100));
    assert_true(macs_are_equal(crypto_mac(before, "code", HG_STR("x")),
                               crypto_mac(after, "code", HG_STR("x"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_file_is_read_strictly),
        cmocka_unit_test(a_new_file_is_what_the_reader_wants),
        cmocka_unit_test(adding_keys_keeps_the_old_ones),
        cmocka_unit_test(a_file_that_would_not_be_read_is_not_made),
        cmocka_unit_test(macs_of_different_purposes_are_unrelated),
        cmocka_unit_test(macs_of_an_older_key_still_match),
        cmocka_unit_test(a_rotation_of_the_kek_leaves_macs_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
