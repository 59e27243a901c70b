#include "crypto/cert.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "jose/jose.h"
#include "unit/crypto/rfc_vectors.h"
#include "unit/jose/jws_fixture.h"
#include "unit/test.h"

#include <stddef.h>
#include <string.h>

#define RSA_KID "\"kid\":\"IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8\""
#define EC_KID "\"kid\":\"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U\""

static const hg_str claims = HG_LIT("{\"iss\":\"joe\"}");

/* Each is truly signed by the EC key: only the header is at fault. security.md J01,
 * J03, J05, J07, J11. */
static const struct {
    const char *name;
    hg_str header;
    enum jose_verdict want;
} headers[] = {
    {"ES256 with our key", HG_LIT("{\"alg\":\"ES256\"," EC_KID "}"), JOSE_VALID},
    {"members that we ignore",
     HG_LIT("{\"alg\":\"ES256\",\"jku\":\"https://evil.test\",\"x5u\":\"https://evil.test\","
            "\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"},\"x5c\":[\"AA\"]," EC_KID "}"),
     JOSE_VALID},
    {"none", HG_LIT("{\"alg\":\"none\"," EC_KID "}"), JOSE_REFUSED_ALG},
    {"None", HG_LIT("{\"alg\":\"None\"," EC_KID "}"), JOSE_REFUSED_ALG},
    {"nOnE", HG_LIT("{\"alg\":\"nOnE\"," EC_KID "}"), JOSE_REFUSED_ALG},
    {"an empty alg", HG_LIT("{\"alg\":\"\"," EC_KID "}"), JOSE_REFUSED_ALG},
    {"no alg", HG_LIT("{" EC_KID "}"), JOSE_REFUSED_FORM},
    {"alg in lower case", HG_LIT("{\"alg\":\"es256\"," EC_KID "}"), JOSE_REFUSED_ALG},
    {"alg is no text", HG_LIT("{\"alg\":256," EC_KID "}"), JOSE_REFUSED_FORM},
    {"alg twice", HG_LIT("{\"alg\":\"none\",\"alg\":\"ES256\"," EC_KID "}"), JOSE_REFUSED_FORM},
    {"ES384", HG_LIT("{\"alg\":\"ES384\"," EC_KID "}"), JOSE_REFUSED_ALG},
    {"PS256", HG_LIT("{\"alg\":\"PS256\"," RSA_KID "}"), JOSE_REFUSED_ALG},
    {"RS256 for the EC key", HG_LIT("{\"alg\":\"RS256\"," EC_KID "}"), JOSE_REFUSED_ALG},
    {"ES256 for the RSA key", HG_LIT("{\"alg\":\"ES256\"," RSA_KID "}"), JOSE_REFUSED_ALG},
    {"RS256 signed by another key", HG_LIT("{\"alg\":\"RS256\"," RSA_KID "}"),
     JOSE_REFUSED_SIGNATURE},
    {"no kid", HG_LIT("{\"alg\":\"ES256\"}"), JOSE_REFUSED_KEY},
    {"an unknown kid", HG_LIT("{\"alg\":\"ES256\",\"kid\":\"x\"}"), JOSE_REFUSED_KEY},
    {"kid is no text", HG_LIT("{\"alg\":\"ES256\",\"kid\":[]}"), JOSE_REFUSED_FORM},
    {"typ is no text", HG_LIT("{\"alg\":\"ES256\",\"typ\":null," EC_KID "}"), JOSE_REFUSED_FORM},
    {"a critical extension",
     HG_LIT("{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false," EC_KID "}"), JOSE_REFUSED_FORM},
    {"an empty crit", HG_LIT("{\"alg\":\"ES256\",\"crit\":[]," EC_KID "}"), JOSE_REFUSED_FORM},
    {"an array", HG_LIT("[\"ES256\"]"), JOSE_REFUSED_FORM},
    {"no JSON", HG_LIT("ES256"), JOSE_REFUSED_FORM},
    {"bytes behind it", HG_LIT("{\"alg\":\"ES256\"," EC_KID "} x"), JOSE_REFUSED_FORM},
    {"no UTF-8", HG_LIT("{\"alg\":\"ES256\",\"a\":\"\xff\"," EC_KID "}"), JOSE_REFUSED_FORM},
    {"nested too deep", HG_LIT("{\"a\":[[[[[[[[[[1]]]]]]]]]],\"alg\":\"ES256\"," EC_KID "}"),
     JOSE_REFUSED_FORM},
};

static void the_header_decides_before_the_signature(void **state)
{
    const struct test_keys *keys = *state;
    for (size_t i = 0; i < HG_COUNT(headers); i++) {
        hg_str token = test_token(keys->arena, keys->ec, headers[i].header, claims);
        enum jose_verdict got = test_verify(keys, &keys->rules, token).verdict;
        if (got != headers[i].want)
            fail_msg("%s: %s", headers[i].name, jose_verdict_name(got));
    }
}

/* security.md J02: the public key, which everyone has, as the secret of an HMAC. */
static void hs256_over_the_public_key_is_refused(void **state)
{
    const struct test_keys *keys = *state;
    struct crypto_public rsa = crypto_key_public(keys->rsa);
    hg_str pem = {0};
    assert_int_equal(crypto_pem_write(keys->arena, "PUBLIC KEY", rsa.n, &pem, NULL), HG_OK);
    const hg_str secrets[] = {rsa.n, pem, HG_STR(RFC7515_A2_N), HG_STR("")};
    hg_str header = HG_STR("{\"alg\":\"HS256\"," RSA_KID "}");
    hg_str text =
        hg_str_format(keys->arena, "%.*s.%.*s", HG_ARG(hg_b64url_encode(keys->arena, header)),
                      HG_ARG(hg_b64url_encode(keys->arena, claims)));
    struct jose_rules all = keys->rules;
    all.algs = ~0u;
    for (size_t i = 0; i < HG_COUNT(secrets); i++) {
        struct crypto_digest mac = crypto_hmac_sha256(secrets[i], text);
        hg_str token =
            hg_str_format(keys->arena, "%.*s.%.*s", HG_ARG(text),
                          HG_ARG(hg_b64url_encode(keys->arena, crypto_digest_str(&mac))));
        assert_int_equal(test_verify(keys, &all, token).verdict, JOSE_REFUSED_ALG);
    }
}

static hg_str good_token(const struct test_keys *keys)
{
    return test_token(keys->arena, keys->ec, HG_STR("{\"alg\":\"ES256\"," EC_KID "}"), claims);
}

static void only_what_the_caller_allows_counts(void **state)
{
    const struct test_keys *keys = *state;
    hg_str token = good_token(keys);
    struct jose_rules rules = keys->rules;
    rules.algs = JOSE_ALLOW_RS256;
    assert_int_equal(test_verify(keys, &rules, token).verdict, JOSE_REFUSED_ALG);
    rules.algs = 0;
    assert_int_equal(test_verify(keys, &rules, token).verdict, JOSE_REFUSED_ALG);
    rules = keys->rules;
    rules.keys.n = 1; /* the EC key was removed (J09) */
    assert_int_equal(test_verify(keys, &rules, token).verdict, JOSE_REFUSED_KEY);
}

static const struct {
    const char *name;
    const char *wanted;
    hg_str header;
    enum jose_verdict want;
} types[] = {
    {"any", NULL, HG_LIT("{\"alg\":\"ES256\",\"typ\":\"x\"," EC_KID "}"), JOSE_VALID},
    {"exact", "at+jwt", HG_LIT("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"," EC_KID "}"), JOSE_VALID},
    {"another case", "at+jwt", HG_LIT("{\"alg\":\"ES256\",\"typ\":\"AT+JWT\"," EC_KID "}"),
     JOSE_VALID},
    {"the long form", "at+jwt",
     HG_LIT("{\"alg\":\"ES256\",\"typ\":\"application/at+jwt\"," EC_KID "}"), JOSE_VALID},
    {"an ID token as access token", "at+jwt",
     HG_LIT("{\"alg\":\"ES256\",\"typ\":\"JWT\"," EC_KID "}"), JOSE_REFUSED_TYPE},
    {"an access token as ID token", "JWT",
     HG_LIT("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"," EC_KID "}"), JOSE_REFUSED_TYPE},
    {"no typ", "JWT", HG_LIT("{\"alg\":\"ES256\"," EC_KID "}"), JOSE_REFUSED_TYPE},
};

static void a_token_of_another_type_is_refused(void **state)
{
    const struct test_keys *keys = *state;
    for (size_t i = 0; i < HG_COUNT(types); i++) {
        struct jose_rules rules = keys->rules;
        rules.typ = types[i].wanted;
        hg_str token = test_token(keys->arena, keys->ec, types[i].header, claims);
        enum jose_verdict got = test_verify(keys, &rules, token).verdict;
        if (got != types[i].want)
            fail_msg("%s: %s", types[i].name, jose_verdict_name(got));
    }
}

static void each_changed_character_is_noticed(void **state)
{
    const struct test_keys *keys = *state;
    hg_str token = good_token(keys);
    char *bad = hg_arena_alloc(keys->arena, token.len, 1);
    memcpy(bad, token.ptr, token.len);
    for (size_t i = 0; i < token.len; i++) {
        bad[i] = token.ptr[i] == 'A' ? 'B' : 'A';
        if (test_verify(keys, &keys->rules, (hg_str){bad, token.len}).verdict == JOSE_VALID)
            fail_msg("character %zu", i);
        bad[i] = token.ptr[i];
    }
}

/* security.md J07, J08: forms that other readers let pass. */
static void a_token_has_one_spelling(void **state)
{
    const struct test_keys *keys = *state;
    struct hg_arena *arena = keys->arena;
    hg_str token = good_token(keys);
    hg_str two = hg_str_sub(token, 0, hg_str_find_last_byte(token, '.'));
    char *spare = hg_arena_alloc(arena, token.len, 1);
    memcpy(spare, token.ptr, token.len);
    spare[token.len - 1]++; /* A, Q, g or w end 64 bytes; the next character has spare bits set */
    const hg_str bad[] = {
        HG_STR(""),
        HG_STR("."),
        HG_STR(".."),
        HG_STR("a.b.c"),
        two,
        hg_str_format(arena, "%.*s.", HG_ARG(two)),
        hg_str_format(arena, "%.*s.x", HG_ARG(token)),
        hg_str_format(arena, "%.*s..", HG_ARG(token)),
        hg_str_format(arena, "%.*s==", HG_ARG(token)),
        hg_str_format(arena, "%.*s ", HG_ARG(token)),
        hg_str_format(arena, "%.*s\n", HG_ARG(token)),
        hg_str_format(arena, " %.*s", HG_ARG(token)),
        hg_str_format(arena, "=%.*s", HG_ARG(token)),
        {spare, token.len},
    };
    for (size_t i = 0; i < HG_COUNT(bad); i++) {
        enum jose_verdict got = test_verify(keys, &keys->rules, bad[i]).verdict;
        if (got != JOSE_REFUSED_FORM)
            fail_msg("form %zu: %s", i, jose_verdict_name(got));
    }
}

static void huge_tokens_are_refused_unread(void **state)
{
    const struct test_keys *keys = *state;
    enum { BIG = 1 << 20 };
    char *bytes = hg_arena_alloc(keys->arena, BIG, 1);
    size_t before = hg_arena_used(keys->arena);
    memset(bytes, 'A', BIG);
    bytes[BIG - 4] = bytes[BIG - 2] = '.';
    assert_int_equal(test_verify(keys, &keys->rules, (hg_str){bytes, BIG}).verdict,
                     JOSE_REFUSED_FORM);
    memset(bytes, '.', 10000);
    assert_int_equal(test_verify(keys, &keys->rules, (hg_str){bytes, 10000}).verdict,
                     JOSE_REFUSED_FORM);
    assert_true(hg_arena_used(keys->arena) == before);
}

static void memory_that_ends_is_no_verdict(void **state)
{
    const struct test_keys *keys = *state;
    hg_str token = good_token(keys);
    for (size_t limit = 0; limit < 2000; limit += 40) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("small", limit);
        struct jose_jws jws = {0};
        enum hg_code code = jose_verify(arena, &keys->rules, token, &jws, NULL);
        if (code == HG_OK && jws.verdict != JOSE_VALID)
            fail_msg("%zu bytes: %s", limit, jose_verdict_name(jws.verdict));
        if (code != HG_OK && (code != HG_NO_MEMORY || jws.verdict == JOSE_VALID))
            fail_msg("%zu bytes: %s", limit, hg_code_text(code));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_decides_before_the_signature),
        cmocka_unit_test(hs256_over_the_public_key_is_refused),
        cmocka_unit_test(only_what_the_caller_allows_counts),
        cmocka_unit_test(a_token_of_another_type_is_refused),
        cmocka_unit_test(each_changed_character_is_noticed),
        cmocka_unit_test(a_token_has_one_spelling),
        cmocka_unit_test(huge_tokens_are_refused_unread),
        cmocka_unit_test(memory_that_ends_is_no_verdict),
    };
    return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}
