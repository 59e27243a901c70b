#include "jose/jose.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>

static const struct jose_expect ours = {
    .iss = HG_LIT("https://idp.test/t/v2.0"), .aud = HG_LIT("api"), .leeway = {.us = 60000000}};
static const hg_time now = {.us = INT64_C(1000000) * 1000000};

#define ISS "\"iss\":\"https://idp.test/t/v2.0\""
#define AUD "\"aud\":\"api\""

static const struct {
    const char *name;
    hg_str claims;
    enum jose_claims want;
} cases[] = {
    {"all as expected", HG_LIT("{" ISS "," AUD ",\"exp\":1000100,\"nbf\":999000}"),
     JOSE_CLAIMS_GOOD},
    {"nbf may be missing", HG_LIT("{" ISS "," AUD ",\"exp\":1000100}"), JOSE_CLAIMS_GOOD},
    {"exp must not", HG_LIT("{" ISS "," AUD "}"), JOSE_CLAIMS_FORM},
    {"exp is text", HG_LIT("{" ISS "," AUD ",\"exp\":\"1000100\"}"), JOSE_CLAIMS_FORM},
    {"exp is negative", HG_LIT("{" ISS "," AUD ",\"exp\":-1}"), JOSE_CLAIMS_FORM},
    {"exp past all calendars", HG_LIT("{" ISS "," AUD ",\"exp\":9223372036854775807}"),
     JOSE_CLAIMS_FORM},
    {"exp as a huge double", HG_LIT("{" ISS "," AUD ",\"exp\":1e300}"), JOSE_CLAIMS_FORM},
    {"exp with a fraction", HG_LIT("{" ISS "," AUD ",\"exp\":999940.000001}"), JOSE_CLAIMS_GOOD},
    {"nbf is null", HG_LIT("{" ISS "," AUD ",\"exp\":1000100,\"nbf\":null}"), JOSE_CLAIMS_FORM},
    {"expired to the microsecond", HG_LIT("{" ISS "," AUD ",\"exp\":999940}"), JOSE_CLAIMS_EXPIRED},
    {"alive in its last second", HG_LIT("{" ISS "," AUD ",\"exp\":999941}"), JOSE_CLAIMS_GOOD},
    {"not before, within the leeway", HG_LIT("{" ISS "," AUD ",\"exp\":1000100,\"nbf\":1000060}"),
     JOSE_CLAIMS_GOOD},
    {"not before, past the leeway", HG_LIT("{" ISS "," AUD ",\"exp\":1000100,\"nbf\":1000061}"),
     JOSE_CLAIMS_NOT_YET},
    {"another issuer", HG_LIT("{\"iss\":\"https://idp.test/t\"," AUD ",\"exp\":1000100}"),
     JOSE_CLAIMS_ISSUER},
    {"no issuer", HG_LIT("{" AUD ",\"exp\":1000100}"), JOSE_CLAIMS_FORM},
    {"another audience", HG_LIT("{" ISS ",\"aud\":\"API\",\"exp\":1000100}"), JOSE_CLAIMS_AUDIENCE},
    {"no audience", HG_LIT("{" ISS ",\"exp\":1000100}"), JOSE_CLAIMS_AUDIENCE},
    {"one of several audiences", HG_LIT("{" ISS ",\"aud\":[1,\"x\",\"api\"],\"exp\":1000100}"),
     JOSE_CLAIMS_GOOD},
    {"none of several audiences", HG_LIT("{" ISS ",\"aud\":[\"x\"],\"exp\":1000100}"),
     JOSE_CLAIMS_AUDIENCE},
    {"no object", HG_LIT("[]"), JOSE_CLAIMS_FORM},
};

static enum jose_claims check(struct hg_arena *arena, hg_str text, const struct jose_expect *expect)
{
    struct hg_json claims = {0};
    assert_int_equal(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &claims, NULL),
                     HG_OK);
    return jose_claims_check(&claims, expect, now);
}

static void claims_are_held_to_what_is_expected(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        enum jose_claims got = check(arena, cases[i].claims, &ours);
        if (got != cases[i].want)
            fail_msg("%s: %s", cases[i].name, jose_claims_name(got));
    }
}

/* security.md J10 */
static void a_hint_at_logout_may_be_expired_and_nothing_else(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct jose_expect hint = {
        .iss = ours.iss, .leeway = ours.leeway, .expired_is_fine = true, .any_audience = true};
    assert_int_equal(check(arena, HG_STR("{" ISS ",\"exp\":1}"), &hint), JOSE_CLAIMS_GOOD);
    assert_int_equal(check(arena, HG_STR("{\"iss\":\"x\",\"exp\":1}"), &hint), JOSE_CLAIMS_ISSUER);
    assert_int_equal(check(arena, HG_STR("{" ISS ",\"exp\":1,\"nbf\":2000000}"), &hint),
                     JOSE_CLAIMS_NOT_YET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_held_to_what_is_expected),
        cmocka_unit_test(a_hint_at_logout_may_be_expired_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
