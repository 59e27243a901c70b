#include "crypto/cert.h"
#include "crypto/hash.h"
#include "jose/jose.h"
#include "unit/crypto/rfc_vectors.h"
#include "unit/jose/jws_fixture.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>

static void jwks_shows_public_members_alone(void **state)
{
    const struct test_keys *keys = *state;
    struct jose_jwk jwks[] = {{.key = keys->rsa, .issuer = HG_LIT("https://idp.test/{tenantid}")},
                              {.key = keys->ec}};
    hg_str text = {0};
    assert_int_equal(jose_jwks_render(keys->arena, jwks, HG_COUNT(jwks), &text, NULL), HG_OK);
    test_str_eq(
        "golden", text,
        HG_STR("{\"keys\":["
               "{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"IsUn6_e04MaShXFIISMp4kG62LWzMIPy_"
               "MvSA5pJgX8\",\"alg\":\"RS256\",\"n\":\"" RFC7515_A2_N
               "\",\"e\":\"AQAB\",\"issuer\":\"https://idp.test/{tenantid}\"},"
               "{\"kty\":\"EC\",\"use\":\"sig\",\"kid\":\"oKIywvGUpTVTyxMQ3bwIIeQUudfr_"
               "CkLMjCE19ECD-U\",\"alg\":\"ES256\",\"crv\":\"P-256\",\"x\":\"" RFC7515_A3_X
               "\",\"y\":\"" RFC7515_A3_Y "\"}]}"));
}

static void a_certificate_gives_x5t_and_x5c(void **state)
{
    const struct test_keys *keys = *state;
    struct crypto_cert_spec spec = {.kind = CRYPTO_CERT_SIGNING,
                                    .common_name = HG_LIT("signing"),
                                    .not_after = {.us = INT64_C(2000000000) * 1000000},
                                    .serial = {1}};
    hg_str cert = {0};
    assert_int_equal(crypto_cert_make(keys->arena, &spec, keys->rsa, NULL, &cert, NULL), HG_OK);
    struct jose_jwk jwk = {.key = keys->rsa, .cert = cert};
    hg_str text = {0};
    struct hg_json json = {0};
    assert_int_equal(jose_jwk_render(keys->arena, &jwk, &text, NULL), HG_OK);
    assert_int_equal(hg_json_parse(keys->arena, text, HG_JSON_STRICT, &hg_json_api, &json, NULL),
                     HG_OK);

    struct crypto_sha1 sha1;
    assert_int_equal(crypto_sha1(cert, &sha1, NULL), HG_OK);
    hg_str x5t = hg_b64url_encode(keys->arena, (hg_str){(char *)sha1.bytes, sizeof(sha1.bytes)});
    test_str_eq("x5t", hg_json_str_or(hg_json_get(&json, "x5t"), HG_STR("")), x5t);
    const struct hg_json *x5c = hg_json_get(&json, "x5c");
    assert_int_equal(hg_json_count(x5c), 1);
    hg_str der = {0};
    assert_int_equal(hg_b64_decode(keys->arena, hg_json_item(x5c, 0)->string, &der, NULL), HG_OK);
    test_str_eq("x5c", der, cert);
}

static void a_key_is_published_once(void **state)
{
    const struct test_keys *keys = *state;
    struct jose_jwk jwks[] = {{.key = keys->rsa}, {.key = keys->ec}, {.key = keys->rsa}};
    hg_str text = {0};
    assert_int_equal(jose_jwks_render(keys->arena, jwks, 3, &text, NULL), HG_EXISTS);
    assert_int_equal(jose_jwks_render(keys->arena, jwks, 0, &text, NULL), HG_OK);
    test_str_eq("no key yet", text, HG_STR("{\"keys\":[]}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jwks_shows_public_members_alone),
        cmocka_unit_test(a_certificate_gives_x5t_and_x5c),
        cmocka_unit_test(a_key_is_published_once),
    };
    return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
