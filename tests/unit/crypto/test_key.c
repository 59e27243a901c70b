#include "crypto/key.h"
#include "unit/crypto/foreign_keys.h"
#include "unit/crypto/key_fixture.h"
#include "unit/crypto/rfc_vectors.h"
#include "unit/test.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

#define A2_INPUT RFC7515_A2_HEADER "." RFC7515_A2_PAYLOAD
#define A3_INPUT RFC7515_A3_HEADER "." RFC7515_A2_PAYLOAD

static struct crypto_public a2_public(struct hg_arena *arena)
{
    return (struct crypto_public){.alg = CRYPTO_RS256,
                                  .n = test_b64url(arena, RFC7515_A2_N),
                                  .e = test_b64url(arena, "AQAB")};
}

static struct crypto_public a3_public(struct hg_arena *arena)
{
    return (struct crypto_public){.alg = CRYPTO_ES256,
                                  .x = test_b64url(arena, RFC7515_A3_X),
                                  .y = test_b64url(arena, RFC7515_A3_Y)};
}

static struct crypto_key *public_key(struct crypto_public parts)
{
    struct crypto_key *key = NULL;
    assert_int_equal(crypto_key_from_public(&parts, &key, NULL), HG_OK);
    return key;
}

static void rs256_signs_as_rfc_7515_prints_it(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_key_freep) struct crypto_key *key = test_key(arena, RFC7515_A2_PKCS8);
    struct crypto_signature signature;
    assert_int_equal(crypto_key_sign(key, HG_STR(A2_INPUT), &signature, NULL), HG_OK);
    test_str_eq("A.2", hg_b64url_encode(arena, crypto_signature_str(&signature)),
                HG_STR(RFC7515_A2_SIGNATURE));
}

static void signatures_of_rfc_7515_verify(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_key_freep) struct crypto_key *rsa = public_key(a2_public(arena));
    HG_CLEANUP(crypto_key_freep) struct crypto_key *ec = public_key(a3_public(arena));
    hg_str rs256 = test_b64url(arena, RFC7515_A2_SIGNATURE);
    hg_str es256 = test_b64url(arena, RFC7515_A3_SIGNATURE);
    assert_true(crypto_key_verify(rsa, HG_STR(A2_INPUT), rs256));
    assert_true(crypto_key_verify(ec, HG_STR(A3_INPUT), es256));
    assert_false(crypto_key_verify(rsa, HG_STR(A3_INPUT), rs256));
    assert_false(crypto_key_verify(ec, HG_STR(A2_INPUT), es256));
    assert_false(crypto_key_verify(rsa, HG_STR(A3_INPUT), es256));
    assert_false(crypto_key_verify(ec, HG_STR(A2_INPUT), rs256));
}

static void each_flipped_bit_of_a_signature_is_noticed(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_key_freep) struct crypto_key *ec = public_key(a3_public(arena));
    hg_str good = test_b64url(arena, RFC7515_A3_SIGNATURE);
    char *bad = hg_arena_alloc(arena, good.len, 1);
    memcpy(bad, good.ptr, good.len);
    for (size_t i = 0; i < good.len; i++) {
        bad[i] ^= 1;
        if (crypto_key_verify(ec, HG_STR(A3_INPUT), (hg_str){bad, good.len}))
            fail_msg("byte %zu", i);
        bad[i] ^= 1;
    }
}

/* security.md J04 */
static void signatures_that_cannot_be_are_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_key_freep) struct crypto_key *rsa = public_key(a2_public(arena));
    HG_CLEANUP(crypto_key_freep) struct crypto_key *ec = public_key(a3_public(arena));
    static const unsigned char order[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
                                            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                            0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
                                            0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
    hg_str good = test_b64url(arena, RFC7515_A3_SIGNATURE);
    unsigned char raw[600] = {0};
    assert_false(
        crypto_key_verify(ec, HG_STR(A3_INPUT), (hg_str){(char *)raw, 64})); /* r = s = 0 */
    memcpy(raw, good.ptr, 32);
    assert_false(crypto_key_verify(ec, HG_STR(A3_INPUT), (hg_str){(char *)raw, 64})); /* s = 0 */
    memcpy(raw + 32, order, 32);
    assert_false(crypto_key_verify(ec, HG_STR(A3_INPUT), (hg_str){(char *)raw, 64})); /* s = n */
    memcpy(raw, order, 32);
    memcpy(raw + 32, good.ptr + 32, 32);
    assert_false(crypto_key_verify(ec, HG_STR(A3_INPUT), (hg_str){(char *)raw, 64})); /* r = n */
    memset(raw, 0xff, 64);
    assert_false(crypto_key_verify(ec, HG_STR(A3_INPUT), (hg_str){(char *)raw, 64}));

    memcpy(raw, good.ptr, 64);
    const size_t wrong[] = {0, 1, 63, 65, 255, 257, 600};
    for (size_t i = 0; i < HG_COUNT(wrong); i++) {
        hg_str text = {(char *)raw, wrong[i]};
        if (crypto_key_verify(ec, HG_STR(A3_INPUT), text) ||
            crypto_key_verify(rsa, HG_STR(A2_INPUT), text))
            fail_msg("%zu bytes", wrong[i]);
    }
    memset(raw, 0xff, 256); /* a number past the modulus */
    assert_false(crypto_key_verify(rsa, HG_STR(A2_INPUT), (hg_str){(char *)raw, 256}));
}

static void the_key_id_is_the_thumbprint_of_rfc_7638(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct crypto_public parts = {
        .alg = CRYPTO_RS256, .n = test_b64url(arena, RFC7638_N), .e = test_b64url(arena, "AQAB")};
    HG_CLEANUP(crypto_key_freep) struct crypto_key *rsa = public_key(parts);
    HG_CLEANUP(crypto_key_freep) struct crypto_key *ec = test_key(arena, RFC7515_A3_PKCS8);
    HG_CLEANUP(crypto_key_freep) struct crypto_key *ec_public = public_key(a3_public(arena));
    test_str_eq("RSA", crypto_key_id(rsa), HG_STR(RFC7638_THUMBPRINT));
    test_str_eq("EC", crypto_key_id(ec), HG_STR("oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"));
    test_str_eq("private and public", crypto_key_id(ec_public), crypto_key_id(ec));
}

static const enum crypto_alg both[] = {CRYPTO_RS256, CRYPTO_ES256};

static void a_new_key_survives_export_and_import(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(both); i++) {
        HG_CLEANUP(crypto_key_freep) struct crypto_key *key = NULL;
        HG_CLEANUP(crypto_key_freep) struct crypto_key *copy = NULL;
        hg_str der = {0};
        struct crypto_signature signature;
        assert_int_equal(crypto_key_generate(both[i], &key, NULL), HG_OK);
        assert_int_equal(crypto_key_alg(key), both[i]);
        assert_true(crypto_key_is_private(key));
        assert_int_equal(crypto_key_export(arena, key, &der, NULL), HG_OK);
        assert_int_equal(crypto_key_import(der, &copy, NULL), HG_OK);
        test_str_eq("kid", crypto_key_id(copy), crypto_key_id(key));
        assert_int_equal(crypto_key_sign(copy, HG_STR("message"), &signature, NULL), HG_OK);
        assert_true(crypto_key_verify(key, HG_STR("message"), crypto_signature_str(&signature)));
        assert_false(crypto_key_verify(key, HG_STR("Message"), crypto_signature_str(&signature)));
    }
}

static void a_public_key_neither_signs_nor_exports(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_key_freep) struct crypto_key *key = public_key(a3_public(arena));
    struct crypto_signature signature;
    hg_str der = {0};
    assert_false(crypto_key_is_private(key));
    assert_int_equal(crypto_key_sign(key, HG_STR("x"), &signature, NULL), HG_FORBIDDEN);
    assert_int_equal(crypto_key_export(arena, key, &der, NULL), HG_FORBIDDEN);
}

static const struct {
    const char *name;
    const char *pkcs8;
    enum hg_code want;
} imports[] = {
    {"P-384 is not for ES256", FOREIGN_P384, HG_UNSUPPORTED},
    {"RSA under 2048 bits", FOREIGN_RSA_1024, HG_UNSUPPORTED},
    {"Ed25519", FOREIGN_ED25519, HG_UNSUPPORTED},
    {"nothing", "", HG_MALFORMED},
    {"text", "aGVhZGdhdGU=", HG_MALFORMED},
};

static void only_keys_that_we_use_are_imported(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(imports); i++) {
        struct crypto_key *key = NULL;
        enum hg_code got = crypto_key_import(test_b64(arena, imports[i].pkcs8), &key, NULL);
        if (got != imports[i].want || key != NULL)
            fail_msg("%s: %s", imports[i].name, hg_code_text(got));
    }
    hg_str der = test_b64(arena, RFC7515_A3_PKCS8);
    struct crypto_key *key = NULL;
    char *longer = hg_arena_alloc(arena, der.len + 1, 1);
    memcpy(longer, der.ptr, der.len);
    assert_int_equal(crypto_key_import((hg_str){longer, der.len + 1}, &key, NULL), HG_MALFORMED);
    assert_int_equal(crypto_key_import(hg_str_sub(der, 0, der.len - 1), &key, NULL), HG_MALFORMED);
    assert_null(key);
}

static void public_numbers_are_checked(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct crypto_public rsa = a2_public(arena);
    struct crypto_public ec = a3_public(arena);
    struct crypto_public bad[9];
    for (size_t i = 0; i < HG_COUNT(bad); i++)
        bad[i] = i < 6 ? rsa : ec;
    bad[0].e = HG_STR("\x01");
    bad[1].e = HG_STR("\x01\x00\x00");
    bad[2].e = HG_STR("\x00\x01\x00\x01");
    bad[3].n = hg_str_sub(rsa.n, 0, 255);
    bad[4].n = hg_str_sub(rsa.n, 0, 0);
    bad[5].e = HG_STR("\x01\x00\x00\x00\x00\x00\x00\x00\x01");
    bad[6].x = ec.y; /* off the curve */
    bad[7].x = hg_str_sub(ec.x, 0, 31);
    bad[8].y = HG_STR("");
    for (size_t i = 0; i < HG_COUNT(bad); i++) {
        struct crypto_key *key = NULL;
        enum hg_code got = crypto_key_from_public(&bad[i], &key, NULL);
        if ((got != HG_MALFORMED && got != HG_UNSUPPORTED) || key != NULL)
            fail_msg("numbers %zu: %s", i, hg_code_text(got));
    }
}

static void the_public_half_is_what_jwk_wants(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    HG_CLEANUP(crypto_key_freep) struct crypto_key *rsa = test_key(arena, RFC7515_A2_PKCS8);
    HG_CLEANUP(crypto_key_freep) struct crypto_key *ec = test_key(arena, RFC7515_A3_PKCS8);
    struct crypto_public a = crypto_key_public(rsa);
    struct crypto_public b = crypto_key_public(ec);
    test_str_eq("n", hg_b64url_encode(arena, a.n), HG_STR(RFC7515_A2_N));
    test_str_eq("e", hg_b64url_encode(arena, a.e), HG_STR("AQAB"));
    test_str_eq("x", hg_b64url_encode(arena, b.x), HG_STR(RFC7515_A3_X));
    test_str_eq("y", hg_b64url_encode(arena, b.y), HG_STR(RFC7515_A3_Y));
}

static void algorithms_have_exact_names(void **state)
{
    (void)state;
    enum crypto_alg alg = CRYPTO_ES256;
    assert_true(crypto_alg_find(HG_STR("RS256"), &alg));
    assert_int_equal(alg, CRYPTO_RS256);
    const hg_str others[] = {HG_STR("rs256"), HG_STR("none"), HG_STR(""), HG_STR("RS256 ")};
    for (size_t i = 0; i < HG_COUNT(others); i++)
        assert_false(crypto_alg_find(others[i], &alg));
    test_str_eq("name", crypto_alg_name(CRYPTO_ES256), HG_STR("ES256"));
}

struct work {
    struct crypto_key *key;
    bool ok;
};

static void *sign_often(void *arg)
{
    struct work *work = arg;
    work->ok = true;
    for (int i = 0; i < 50; i++) {
        struct crypto_signature signature;
        work->ok &=
            crypto_key_sign(work->key, HG_STR("message"), &signature, NULL) == HG_OK &&
            crypto_key_verify(work->key, HG_STR("message"), crypto_signature_str(&signature));
    }
    crypto_key_free(work->key);
    return NULL;
}

static void many_threads_share_one_key(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct crypto_key *key = test_key(arena, RFC7515_A3_PKCS8);
    pthread_t threads[4];
    struct work work[HG_COUNT(threads)];
    for (size_t i = 0; i < HG_COUNT(threads); i++) {
        work[i] = (struct work){.key = crypto_key_ref(key)};
        assert_int_equal(pthread_create(&threads[i], NULL, sign_often, &work[i]), 0);
    }
    crypto_key_free(key); /* the threads own it now */
    for (size_t i = 0; i < HG_COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(work[i].ok);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rs256_signs_as_rfc_7515_prints_it),
        cmocka_unit_test(signatures_of_rfc_7515_verify),
        cmocka_unit_test(each_flipped_bit_of_a_signature_is_noticed),
        cmocka_unit_test(signatures_that_cannot_be_are_refused),
        cmocka_unit_test(the_key_id_is_the_thumbprint_of_rfc_7638),
        cmocka_unit_test(a_new_key_survives_export_and_import),
        cmocka_unit_test(a_public_key_neither_signs_nor_exports),
        cmocka_unit_test(only_keys_that_we_use_are_imported),
        cmocka_unit_test(public_numbers_are_checked),
        cmocka_unit_test(the_public_half_is_what_jwk_wants),
        cmocka_unit_test(algorithms_have_exact_names),
        cmocka_unit_test(many_threads_share_one_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
