#include "crypto/keyring.h"
#include "unit/crypto/keyring_fixture.h"
#include "unit/test.h"

#include <stddef.h>
#include <string.h>

static const struct crypto_place home = {.tenant = HG_LIT("contoso"),
                                         .table = HG_LIT("connections"),
                                         .row = HG_LIT("7"),
                                         .column = HG_LIT("refresh_token"),
                                         .version = 3};

static hg_str seal(struct hg_arena *arena, const struct crypto_keyring *ring, hg_str bytes)
{
    struct crypto_plain plain = {.place = home, .bytes = bytes};
    for (size_t i = 0; i < sizeof(plain.random); i++)
        plain.random[i] = (unsigned char)(200 - i);
    hg_str sealed = {0};
    assert_int_equal(crypto_seal(arena, ring, &plain, &sealed, NULL), HG_OK);
    return sealed;
}

static enum hg_code open_at(struct hg_arena *arena, const struct crypto_keyring *ring,
                            hg_str sealed, struct crypto_place place, hg_str *out)
{
    struct crypto_sealed value = {.place = place, .bytes = sealed};
    return crypto_open(arena, ring, &value, out, NULL);
}

static void what_is_sealed_opens(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *ring = test_keyring(test_key_file(arena, 1));
    const hg_str values[] = {HG_STR("a refresh token"), HG_STR(""), HG_STR("\0\xff\0")};
    for (size_t i = 0; i < HG_COUNT(values); i++) {
        hg_str sealed = seal(arena, ring, values[i]);
        assert_int_equal(sealed.len, values[i].len + CRYPTO_SEAL_OVERHEAD);
        hg_str out = HG_STR("x");
        assert_int_equal(open_at(arena, ring, sealed, home, &out), HG_OK);
        test_str_eq("plaintext", out, values[i]);
    }
    assert_int_equal(hg_str_find(seal(arena, ring, values[0]), values[0]), HG_NPOS);
}

static void each_flipped_bit_is_noticed(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *ring = test_keyring(test_key_file(arena, 1));
    hg_str sealed = seal(arena, ring, HG_STR("token"));
    char *bytes = hg_arena_alloc(arena, sealed.len, 1);
    memcpy(bytes, sealed.ptr, sealed.len);
    for (size_t i = 0; i < sealed.len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] = (char)(sealed.ptr[i] ^ (1 << bit));
            hg_str out = HG_STR("untouched");
            enum hg_code want = i == 0 ? HG_UNSUPPORTED : i < 5 ? HG_NOT_FOUND : HG_FORBIDDEN;
            if (open_at(arena, ring, (hg_str){bytes, sealed.len}, home, &out) != want ||
                !hg_str_eq(out, HG_STR("untouched")))
                fail_msg("byte %zu, bit %u", i, bit);
            bytes[i] = sealed.ptr[i];
        }
}

static void each_cut_is_noticed(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *ring = test_keyring(test_key_file(arena, 1));
    hg_str sealed = seal(arena, ring, HG_STR("token"));
    hg_str out = {0};
    for (size_t len = 0; len < sealed.len; len++)
        if (open_at(arena, ring, hg_str_sub(sealed, 0, len), home, &out) == HG_OK)
            fail_msg("%zu bytes of %zu", len, sealed.len);
}

static const struct {
    const char *name;
    struct crypto_place place;
} elsewhere[] = {
    {"another tenant",
     {HG_LIT("fabrikam"), HG_LIT("connections"), HG_LIT("7"), HG_LIT("refresh_token"), 3}},
    {"another table",
     {HG_LIT("contoso"), HG_LIT("users"), HG_LIT("7"), HG_LIT("refresh_token"), 3}},
    {"another row",
     {HG_LIT("contoso"), HG_LIT("connections"), HG_LIT("8"), HG_LIT("refresh_token"), 3}},
    {"another column",
     {HG_LIT("contoso"), HG_LIT("connections"), HG_LIT("7"), HG_LIT("access_token"), 3}},
    {"an older version put back",
     {HG_LIT("contoso"), HG_LIT("connections"), HG_LIT("7"), HG_LIT("refresh_token"), 4}},
    {"a border moved between two names",
     {HG_LIT("contosoc"), HG_LIT("onnections"), HG_LIT("7"), HG_LIT("refresh_token"), 3}},
    {"no place", {.version = 0}},
};

static void a_moved_value_does_not_open(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *ring = test_keyring(test_key_file(arena, 1));
    hg_str sealed = seal(arena, ring, HG_STR("token"));
    hg_str out = {0};
    for (size_t i = 0; i < HG_COUNT(elsewhere); i++)
        if (open_at(arena, ring, sealed, elsewhere[i].place, &out) != HG_FORBIDDEN)
            fail_msg("%s", elsewhere[i].name);
}

static void parts_of_two_values_do_not_make_a_third(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *ring = test_keyring(test_key_file(arena, 1));
    struct crypto_plain plain = {.place = home, .bytes = HG_STR("other"), .random = {1}};
    hg_str other = {0};
    assert_int_equal(crypto_seal(arena, ring, &plain, &other, NULL), HG_OK);
    hg_str sealed = seal(arena, ring, HG_STR("token"));
    char *mixed = hg_arena_alloc(arena, sealed.len, 1);
    size_t head = CRYPTO_SEAL_OVERHEAD - 16;
    memcpy(mixed, sealed.ptr, head);
    memcpy(mixed + head, other.ptr + head, other.len - head);
    hg_str out = {0};
    assert_int_equal(open_at(arena, ring, (hg_str){mixed, sealed.len}, home, &out), HG_FORBIDDEN);
}

static void rotation_opens_the_old_and_seals_with_the_new(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str file = test_key_file(arena, 1);
    HG_CLEANUP(crypto_keyring_freep) struct crypto_keyring *before = test_keyring(file);
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *during =
        test_keyring(test_key_file_add(arena, file, CRYPTO_KEY_KEK, 100));
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *after =
        test_keyring(test_key_file_add(arena, test_key_file(arena, 50), CRYPTO_KEY_KEK, 100));

    hg_str old = seal(arena, before, HG_STR("token"));
    assert_false(crypto_needs_reseal(before, old));
    assert_true(crypto_needs_reseal(during, old));

    struct crypto_sealed value = {.place = home, .bytes = old};
    static const unsigned char nonce[CRYPTO_WRAP_RANDOM] = {9};
    hg_str new = {0};
    assert_int_equal(crypto_rewrap(arena, during, &value, nonce, &new, NULL), HG_OK);
    assert_false(crypto_needs_reseal(during, new));

    hg_str out = {0};
    assert_int_equal(open_at(arena, during, old, home, &out), HG_OK);
    assert_int_equal(open_at(arena, after, old, home, &out), HG_NOT_FOUND);
    assert_int_equal(open_at(arena, after, new, home, &out), HG_OK);
    test_str_eq("after the old key is gone", out, HG_STR("token"));
    assert_int_equal(crypto_rewrap(arena, after, &value, nonce, &new, NULL), HG_NOT_FOUND);
}

static void a_sealed_value_names_its_key(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str file = test_key_file(arena, 1);
    HG_CLEANUP(crypto_keyring_freep) struct crypto_keyring *ring = test_keyring(file);
    char id[8];
    assert_true(crypto_sealed_key_id(seal(arena, ring, HG_STR("x")), id));
    assert_true(hg_str_find(file, hg_str_format(arena, "kek %.8s ", id)) != HG_NPOS);
    assert_false(crypto_sealed_key_id(HG_STR("plain text"), id));
    assert_true(crypto_needs_reseal(ring, HG_STR("plain text")));
}

static void a_value_past_the_limit_is_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("test", (size_t)4 * HG_MAX_SEALED);
    assert_non_null(arena);
    HG_CLEANUP(crypto_keyring_freep)
    struct crypto_keyring *ring = test_keyring(test_key_file(arena, 1));
    char *big = hg_arena_alloc(arena, HG_MAX_SEALED + 1, 1);
    hg_str out = {0};
    hg_str sealed = seal(arena, ring, (hg_str){big, HG_MAX_SEALED});
    assert_int_equal(open_at(arena, ring, sealed, home, &out), HG_OK);
    struct crypto_plain plain = {.place = home, .bytes = {big, HG_MAX_SEALED + 1}, .random = {1}};
    assert_int_equal(crypto_seal(arena, ring, &plain, &out, NULL), HG_TOO_BIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_opens),
        cmocka_unit_test(each_flipped_bit_is_noticed),
        cmocka_unit_test(each_cut_is_noticed),
        cmocka_unit_test(a_moved_value_does_not_open),
        cmocka_unit_test(parts_of_two_values_do_not_make_a_third),
        cmocka_unit_test(rotation_opens_the_old_and_seals_with_the_new),
        cmocka_unit_test(a_sealed_value_names_its_key),
        cmocka_unit_test(a_value_past_the_limit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
