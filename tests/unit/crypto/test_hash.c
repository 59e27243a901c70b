#include "crypto/hash.h"
#include "unit/test.h"

#include <string.h>

static hg_str hex(struct hg_arena *arena, struct crypto_digest digest)
{
    return hg_hex_encode(arena, crypto_digest_str(&digest));
}

static void sha256_agrees_with_fips_180(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    test_str_eq("abc", hex(arena, crypto_sha256(HG_STR("abc"))),
                HG_STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    test_str_eq("nothing", hex(arena, crypto_sha256((hg_str){0})),
                HG_STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

static void hmac_agrees_with_rfc_4231(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    test_str_eq(
        "case 2: a key shorter than a block",
        hex(arena, crypto_hmac_sha256(HG_STR("Jefe"), HG_STR("what do ya want for nothing?"))),
        HG_STR("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    char key[131];
    memset(key, 0xaa, sizeof(key));
    test_str_eq("case 6: a key longer than a block",
                hex(arena, crypto_hmac_sha256((hg_str){key, sizeof(key)},
                                              HG_STR("Test Using Larger Than Block-Size Key - "
                                                     "Hash Key First"))),
                HG_STR("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

static void hkdf_agrees_with_rfc_5869(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    char secret[22];
    memset(secret, 0x0b, sizeof(secret));
    hg_str ikm = {secret, sizeof(secret)};
    test_str_eq("A.1, first block",
                hex(arena, crypto_hkdf_sha256(
                               ikm, HG_STR("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"),
                               HG_STR("\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9"))),
                HG_STR("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
    test_str_eq("A.3, no salt and no info",
                hex(arena, crypto_hkdf_sha256(ikm, HG_STR(""), HG_STR(""))),
                HG_STR("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
}

static void sha1_agrees_with_fips_180(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct crypto_sha1 digest;
    assert_int_equal(crypto_sha1(HG_STR("abc"), &digest, NULL), HG_OK);
    test_str_eq("abc",
                hg_hex_encode(arena, (hg_str){(const char *)digest.bytes, sizeof(digest.bytes)}),
                HG_STR("a9993e364706816aba3e25717850c26c9cd0d89d"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_agrees_with_fips_180),
        cmocka_unit_test(hmac_agrees_with_rfc_4231),
        cmocka_unit_test(hkdf_agrees_with_rfc_5869),
        cmocka_unit_test(sha1_agrees_with_fips_180),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
