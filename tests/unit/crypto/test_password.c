#include "crypto/password.h"
#include "crypto/secret.h"
#include "unit/test.h"

#include <stddef.h>
#include <string.h>

#define SALT "0123456789abcdef"
/* Made by the reference implementation's command line tool. */
#define HORSE                                             \
    "$argon2id$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$" \
    "dPtrHTEawLtMiR9+/XloAkXZ+EtyrY+bvmHIbiufhk0"

static const struct crypto_password_cost cheap = {.memory_kib = 64, .passes = 2};

static hg_str hash_of(struct hg_arena *arena, hg_str password)
{
    hg_str encoded = {0};
    assert_int_equal(
        crypto_password_hash(arena, password, cheap, (const unsigned char *)SALT, &encoded, NULL),
        HG_OK);
    return encoded;
}

static bool matches(hg_str encoded, hg_str password)
{
    bool is_match = false;
    assert_int_equal(crypto_password_verify(encoded, password, &is_match, NULL), HG_OK);
    return is_match;
}

static void hash_agrees_with_the_reference_implementation(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    test_str_eq("correct horse", hash_of(arena, HG_STR("correct horse")), HG_STR(HORSE));
}

static const struct {
    const char *name;
    hg_str password;
    bool want;
} tries[] = {
    {"the password", HG_LIT("correct horse"), true},
    {"another case", HG_LIT("Correct horse"), false},
    {"a blank more", HG_LIT("correct horse "), false},
    {"a NUL more", HG_LIT("correct horse\0"), false},
    {"nothing", HG_LIT(""), false},
};

static void verify_takes_the_exact_bytes_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(tries); i++)
        if (matches(HG_STR(HORSE), tries[i].password) != tries[i].want)
            fail_msg("%s", tries[i].name);
}

static void a_password_past_the_limit_never_matches(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    static char text[HG_MAX_PASSWORD + 1];
    memset(text, 'p', sizeof(text));
    hg_str longest = {text, HG_MAX_PASSWORD};
    hg_str too_long = {text, sizeof(text)};
    assert_true(matches(hash_of(arena, longest), longest));
    assert_false(matches(hash_of(arena, longest), too_long));
    assert_false(matches(hash_of(arena, HG_STR("")), too_long));
    hg_str out;
    assert_int_equal(
        crypto_password_hash(arena, too_long, cheap, (const unsigned char *)SALT, &out, NULL),
        HG_TOO_BIG);
}

#define TAIL "$MDEyMzQ1Njc4OWFiY2RlZg$dPtrHTEawLtMiR9+/XloAkXZ+EtyrY+bvmHIbiufhk0"
static const struct {
    const char *name;
    hg_str encoded;
    enum hg_code want;
} forms[] = {
    {"nothing", HG_LIT(""), HG_MALFORMED},
    {"another kind of argon2", HG_LIT("$argon2i$v=19$m=64,t=2,p=1" TAIL), HG_MALFORMED},
    {"an older version", HG_LIT("$argon2id$v=16$m=64,t=2,p=1" TAIL), HG_MALFORMED},
    {"two lanes", HG_LIT("$argon2id$v=19$m=64,t=2,p=2" TAIL), HG_MALFORMED},
    {"memory past a number", HG_LIT("$argon2id$v=19$m=99999999999,t=2,p=1" TAIL), HG_MALFORMED},
    {"memory past the limit", HG_LIT("$argon2id$v=19$m=262145,t=2,p=1" TAIL), HG_TOO_BIG},
    {"passes past the limit", HG_LIT("$argon2id$v=19$m=64,t=17,p=1" TAIL), HG_TOO_BIG},
    {"no memory", HG_LIT("$argon2id$v=19$m=7,t=2,p=1" TAIL), HG_MALFORMED},
    {"no pass", HG_LIT("$argon2id$v=19$m=64,t=0,p=1" TAIL), HG_MALFORMED},
    {"a short salt",
     HG_LIT("$argon2id$v=19$m=64,t=2,p=1$MDEy$"
            "dPtrHTEawLtMiR9+/XloAkXZ+EtyrY+bvmHIbiufhk0"),
     HG_MALFORMED},
    {"a short hash", HG_LIT("$argon2id$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$dPtr"),
     HG_MALFORMED},
    {"padding", HG_LIT(HORSE "="), HG_MALFORMED},
    {"bytes behind it", HG_LIT(HORSE "$"), HG_MALFORMED},
    {"cut", HG_LIT("$argon2id$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg"), HG_MALFORMED},
};

static void verify_refuses_what_is_not_our_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(forms); i++) {
        bool is_match = true;
        struct hg_err err;
        enum hg_code got =
            crypto_password_verify(forms[i].encoded, HG_STR("correct horse"), &is_match, &err);
        if (got != forms[i].want || !is_match)
            fail_msg("%s: %s", forms[i].name, hg_code_text(got));
    }
}

static void other_costs_ask_for_a_new_hash(void **state)
{
    (void)state;
    assert_false(crypto_password_needs_rehash(HG_STR(HORSE), cheap));
    assert_true(crypto_password_needs_rehash(HG_STR(HORSE), crypto_password_default));
    assert_true(crypto_password_needs_rehash(HG_STR("plain"), cheap));
}

static void a_decoy_looks_like_a_hash_and_matches_nothing(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    unsigned char random[CRYPTO_PASSWORD_DECOY];
    memset(random, 0x5a, sizeof(random));
    hg_str decoy = {0};
    assert_int_equal(crypto_password_decoy(arena, cheap, random, &decoy, NULL), HG_OK);
    assert_int_equal(decoy.len, sizeof(HORSE) - 1);
    assert_false(crypto_password_needs_rehash(decoy, cheap));
    assert_false(matches(decoy, HG_STR("")));
    assert_false(matches(decoy, HG_STR("correct horse")));
}

static void a_secret_keeps_its_bytes(void **state)
{
    (void)state;
    HG_CLEANUP(crypto_secret_freep) struct crypto_secret *secret = NULL;
    assert_int_equal(crypto_secret_new(HG_STR("key\0material"), &secret, NULL), HG_OK);
    assert_int_equal(crypto_secret_len(secret), 12);
    assert_true(crypto_secret_eq(secret, HG_STR("key\0material")));
    assert_false(crypto_secret_eq(secret, HG_STR("key\0materiaL")));
    test_str_eq("bytes", crypto_secret_bytes(secret), HG_STR("key\0material"));
    crypto_secret_free(NULL);

    static const char big[HG_MAX_SECRET + 1];
    struct crypto_secret *none = NULL;
    assert_int_equal(crypto_secret_new((hg_str){big, sizeof(big)}, &none, NULL), HG_TOO_BIG);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_agrees_with_the_reference_implementation),
        cmocka_unit_test(verify_takes_the_exact_bytes_alone),
        cmocka_unit_test(a_password_past_the_limit_never_matches),
        cmocka_unit_test(verify_refuses_what_is_not_our_form),
        cmocka_unit_test(other_costs_ask_for_a_new_hash),
        cmocka_unit_test(a_decoy_looks_like_a_hash_and_matches_nothing),
        cmocka_unit_test(a_secret_keeps_its_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
