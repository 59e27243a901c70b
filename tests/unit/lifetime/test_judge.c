#include "lifetime/lifetime.h"
#include "unit/test.h"

/* Instants are seconds from an origin; the grant was made at 0. The boundaries of every
 * rule are in tests/cases/lifetime; here is what the verdict says besides its rule. */
static hg_time at(int64_t seconds)
{
    return hg_time_add((hg_time){.us = 1700000000000000}, HG_SECONDS(seconds));
}

enum { DAY = 86400 };

static struct model_grant grant_of(bool with_mfa)
{
    struct model_grant grant = {.issued = at(0), .last_used = at(5), .auth_at = at(-10)};
    if (with_mfa)
        grant.mfa_at = (struct model_when){.is_set = true, .at = at(-5)};
    return grant;
}

static void inactivity_names_when_the_token_was_issued_and_the_span(void **state)
{
    (void)state;
    struct model_grant grant = grant_of(false);
    struct lifetime_settings settings = lifetime_defaults(MODEL_BEHAVIOUR_SEED);
    struct model_when never = {.is_set = false};
    struct lifetime_verdict verdict = lifetime_judge(&grant, &settings, never, at(100 * DAY));
    assert_int_equal(verdict.rule, LIFETIME_INACTIVE);
    assert_int_equal(verdict.aadsts, 70008);
    assert_int_equal(verdict.issued.us, at(5).us);
    assert_int_equal(verdict.configured.us, HG_DAYS(90).us);
    assert_int_equal(verdict.since.us, at(5 + 90 * DAY).us + 1);
    test_str_eq("error", verdict.error, HG_STR("invalid_grant"));
    test_str_eq("suberror", verdict.suberror, HG_STR("bad_token"));

    settings.behaviour = MODEL_BEHAVIOUR_ENTRA;
    settings.max_inactive = HG_DAYS(1);
    verdict = lifetime_judge(&grant, &settings, never, at(89 * DAY));
    assert_int_equal(verdict.rule, LIFETIME_ALIVE);
    verdict = lifetime_judge(&grant, &settings, never, at(100 * DAY));
    assert_int_equal(verdict.aadsts, 700082);
    assert_int_equal(verdict.configured.us, HG_DAYS(90).us);
}

static void revocation_says_from_when_tokens_count(void **state)
{
    (void)state;
    struct model_grant grant = grant_of(true);
    struct lifetime_settings settings = lifetime_defaults(MODEL_BEHAVIOUR_SEED);
    struct model_when from = {.is_set = true, .at = at(50)};
    struct lifetime_verdict verdict = lifetime_judge(&grant, &settings, from, at(200 * DAY));
    assert_int_equal(verdict.rule, LIFETIME_REVOKED);
    assert_int_equal(verdict.aadsts, 50173);
    assert_int_equal(verdict.valid_from.us, at(50).us);
    assert_int_equal(verdict.issued.us, grant.auth_at.us);
    from.at = grant.auth_at;
    verdict = lifetime_judge(&grant, &settings, from, at(60));
    assert_int_equal(verdict.rule, LIFETIME_ALIVE);
}

static void what_was_revoked_stays_dead_whatever_the_clock_says(void **state)
{
    (void)state;
    struct model_grant grant = grant_of(true);
    struct lifetime_settings settings = lifetime_defaults(MODEL_BEHAVIOUR_SEED);
    struct model_when never = {.is_set = false};
    grant.revoked = MODEL_REVOKED_REUSE;
    grant.revoked_at = at(40);
    assert_int_equal(lifetime_judge(&grant, &settings, never, at(30)).rule, LIFETIME_REVOKED);
    assert_int_equal(lifetime_judge(&grant, &settings, never, at(50)).since.us, at(40).us);
}

/* TL-10: nothing of an expiry is written down, so a relaxed setting revives. */
static void a_relaxed_setting_revives_what_was_only_expired(void **state)
{
    (void)state;
    struct model_grant grant = grant_of(true);
    struct lifetime_settings settings = lifetime_defaults(MODEL_BEHAVIOUR_SEED);
    struct model_when never = {.is_set = false};
    settings.remember_mfa = true;
    settings.remember_mfa_days = 14;
    struct lifetime_verdict verdict = lifetime_judge(&grant, &settings, never, at(15 * DAY));
    assert_int_equal(verdict.rule, LIFETIME_REMEMBER_MFA);
    assert_int_equal(verdict.aadsts, 50076);
    settings.remember_mfa = false;
    assert_int_equal(lifetime_judge(&grant, &settings, never, at(15 * DAY)).rule, LIFETIME_ALIVE);
}

static void every_rule_has_a_name_and_a_pair(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LIFETIME_RULE_COUNT; i++)
        assert_true(lifetime_rule_name((enum lifetime_rule)i)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inactivity_names_when_the_token_was_issued_and_the_span),
        cmocka_unit_test(revocation_says_from_when_tokens_count),
        cmocka_unit_test(what_was_revoked_stays_dead_whatever_the_clock_says),
        cmocka_unit_test(a_relaxed_setting_revives_what_was_only_expired),
        cmocka_unit_test(every_rule_has_a_name_and_a_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
