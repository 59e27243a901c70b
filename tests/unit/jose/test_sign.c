#include "crypto/key.h"
#include "jose/jose.h"
#include "unit/jose/jws_fixture.h"
#include "unit/test.h"

#include <stddef.h>

static const hg_str claims = HG_LIT("{\"iss\":\"joe\"}");

static hg_str sign(const struct test_keys *keys, const struct crypto_key *key,
                   const struct jose_header *header)
{
    hg_str token = {0};
    assert_int_equal(jose_sign(keys->arena, key, header, claims, &token, NULL), HG_OK);
    return token;
}

static hg_str header_of(const struct test_keys *keys, hg_str token)
{
    hg_str head;
    hg_str rest;
    hg_str text = {0};
    (void)hg_str_cut(token, '.', &head, &rest);
    assert_int_equal(hg_b64url_decode(keys->arena, head, &text, NULL), HG_OK);
    return text;
}

static void a_token_names_its_key_and_algorithm(void **state)
{
    const struct test_keys *keys = *state;
    struct jose_member members[] = {{"x5t", HG_LIT("abc\"")}};
    struct jose_header plain = {0};
    struct jose_header full = {.typ = HG_LIT("JWT"), .members = members, .n_members = 1};
    test_str_eq(
        "no typ", header_of(keys, sign(keys, keys->ec, &plain)),
        HG_STR("{\"alg\":\"ES256\",\"kid\":\"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U\"}"));
    test_str_eq(
        "typ and a member", header_of(keys, sign(keys, keys->rsa, &full)),
        HG_STR("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"IsUn6_e04MaShXFIISMp4kG62LWzMIPy_"
               "MvSA5pJgX8\",\"x5t\":\"abc\\\"\"}"));
}

static void what_was_signed_verifies(void **state)
{
    const struct test_keys *keys = *state;
    struct jose_header header = {.typ = HG_LIT("at+jwt")};
    for (size_t i = 0; i < HG_COUNT(keys->both); i++) {
        hg_str token = sign(keys, keys->both[i], &header);
        struct jose_jws jws = test_verify(keys, &keys->rules, token);
        assert_int_equal(jws.verdict, JOSE_VALID);
        assert_ptr_equal(jws.key, keys->both[i]);
        test_str_eq("payload", jws.payload, claims);
        test_str_eq("typ", jws.typ, HG_STR("at+jwt"));
        test_str_eq("kid", jws.kid, crypto_key_id(keys->both[i]));
        assert_int_equal(hg_str_find_byte(token, '='), HG_NPOS);
    }
}

static void a_payload_of_any_length_fits_its_buffer(void **state)
{
    const struct test_keys *keys = *state;
    static const char filler[80] = "{}                                                            ";
    struct jose_header header = {0};
    for (size_t n = 1; n < sizeof(filler); n++) {
        hg_str token = {0};
        hg_str payload = {filler, n};
        assert_int_equal(jose_sign(keys->arena, keys->ec, &header, payload, &token, NULL), HG_OK);
        test_str_eq("payload", test_verify(keys, &keys->rules, token).payload, payload);
    }
}

static void what_cannot_be_signed_is_refused(void **state)
{
    const struct test_keys *keys = *state;
    struct crypto_public parts = crypto_key_public(keys->ec);
    HG_CLEANUP(crypto_key_freep) struct crypto_key *public_half = NULL;
    assert_int_equal(crypto_key_from_public(&parts, &public_half, NULL), HG_OK);
    struct jose_header header = {0};
    hg_str token = {0};
    assert_int_equal(jose_sign(keys->arena, public_half, &header, claims, &token, NULL),
                     HG_FORBIDDEN);
    static const char big[HG_MAX_JWT];
    assert_int_equal(
        jose_sign(keys->arena, keys->ec, &header, (hg_str){big, sizeof(big)}, &token, NULL),
        HG_TOO_BIG);
    assert_int_equal(
        jose_sign(keys->arena, keys->ec, &header, (hg_str){big, sizeof(big) * 3 / 4}, &token, NULL),
        HG_TOO_BIG);
    assert_int_equal(token.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_names_its_key_and_algorithm),
        cmocka_unit_test(what_was_signed_verifies),
        cmocka_unit_test(a_payload_of_any_length_fits_its_buffer),
        cmocka_unit_test(what_cannot_be_signed_is_refused),
    };
    return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
