#include "oidc/pkce.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

/* RFC 7636 appendix B. */
#define VERIFIER HG_LIT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
#define CHALLENGE HG_LIT("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")

static const struct {
    const char *name;
    enum oidc_pkce method;
    hg_str challenge, verifier;
    bool want;
} checks[] = {
    {"the example of the RFC", OIDC_PKCE_S256, CHALLENGE, VERIFIER, true},
    {"C05: another verifier", OIDC_PKCE_S256, CHALLENGE,
     HG_LIT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"), false},
    {"C05: the challenge itself as verifier", OIDC_PKCE_S256, CHALLENGE, CHALLENGE, false},
    {"C05: no verifier", OIDC_PKCE_S256, CHALLENGE, HG_LIT(""), false},
    {"plain", OIDC_PKCE_PLAIN, VERIFIER, VERIFIER, true},
    {"plain, another", OIDC_PKCE_PLAIN, VERIFIER, CHALLENGE, false},
    {"no challenge at all", OIDC_PKCE_NONE, HG_LIT(""), VERIFIER, false},
};

static void a_verifier_answers_its_challenge_alone(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(checks); i++) {
        bool got;
        assert_int_equal(oidc_pkce_check(arena, checks[i].method, checks[i].challenge,
                                         checks[i].verifier, &got, NULL),
                         HG_OK);
        if (got != checks[i].want)
            fail_msg("%s", checks[i].name);
    }
}

/* C06: 42, 43, 128 and 129 characters. */
static void a_verifier_has_43_to_128_characters(void **state)
{
    struct hg_arena *arena = *state;
    struct hg_buf buf = hg_buf_new(arena, 200);
    for (size_t len = 1; len <= 130; len++) {
        hg_buf_byte(&buf, '~');
        assert_int_equal(oidc_pkce_verifier_ok(hg_buf_view(&buf)), len >= 43 && len <= 128);
    }
    assert_false(oidc_pkce_verifier_ok(HG_STR("dBjftJeZ4CVP mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
    assert_false(oidc_pkce_verifier_ok(HG_STR("dBjftJeZ4CVP+mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
}

static void a_challenge_has_the_form_of_its_method(void **state)
{
    (void)state;
    hg_str challenge = (hg_str)CHALLENGE;
    hg_str dotted = HG_STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw.cM");
    assert_true(oidc_pkce_challenge_ok(OIDC_PKCE_S256, challenge));
    assert_false(oidc_pkce_challenge_ok(OIDC_PKCE_S256, hg_str_sub(challenge, 0, 42)));
    assert_false(oidc_pkce_challenge_ok(OIDC_PKCE_S256, dotted));
    assert_true(oidc_pkce_challenge_ok(OIDC_PKCE_PLAIN, dotted));
    assert_false(oidc_pkce_challenge_ok(OIDC_PKCE_NONE, challenge));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verifier_answers_its_challenge_alone),
        cmocka_unit_test(a_verifier_has_43_to_128_characters),
        cmocka_unit_test(a_challenge_has_the_form_of_its_method),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
