#include "lifetime/lifetime.h"
#include "unit/test.h"

static struct lifetime_settings named(const char *name, enum model_behaviour behaviour)
{
    struct lifetime_settings settings = lifetime_defaults(behaviour);
    settings.policy_name = hg_str_of(name);
    return settings;
}

static void the_policy_of_the_service_principal_wins_in_seed(void **state)
{
    (void)state;
    struct lifetime_settings principal = named("principal", MODEL_BEHAVIOUR_SEED);
    struct lifetime_settings organization = named("organization", MODEL_BEHAVIOUR_SEED);
    struct lifetime_settings application = named("application", MODEL_BEHAVIOUR_SEED);
    const struct {
        const char *name;
        enum model_behaviour behaviour;
        struct lifetime_policies policies;
        const char *want;
    } rows[] = {
        {"seed: the service principal's",
         MODEL_BEHAVIOUR_SEED,
         {&principal, &organization, &application},
         "principal"},
        {"seed: then the organization's",
         MODEL_BEHAVIOUR_SEED,
         {.organization = &organization, .application = &application},
         "organization"},
        {"seed: then the application's",
         MODEL_BEHAVIOUR_SEED,
         {.application = &application},
         "application"},
        {"seed: else the built-in", MODEL_BEHAVIOUR_SEED, {.remember_mfa = false}, ""},
        {"entra: the organization's first",
         MODEL_BEHAVIOUR_ENTRA,
         {&principal, &organization, &application},
         "organization"},
        {"entra: then the application's",
         MODEL_BEHAVIOUR_ENTRA,
         {.service_principal = &principal, .application = &application},
         "application"},
        {"entra: then the service principal's",
         MODEL_BEHAVIOUR_ENTRA,
         {.service_principal = &principal},
         "principal"},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct lifetime_settings got = lifetime_effective(rows[i].behaviour, &rows[i].policies);
        test_str_eq(rows[i].name, got.policy_name, hg_str_of(rows[i].want));
        assert_int_equal(got.behaviour, rows[i].behaviour);
    }
}

struct want_row {
    const char *name;
    enum lifetime_property property;
    const char *configured, *effective;
    enum lifetime_source source;
    bool is_recommended;
};

static void check_rows(struct hg_arena *arena, const struct lifetime_settings *settings,
                       const struct want_row *want, size_t n)
{
    struct lifetime_row rows[LIFETIME_PROPERTY_COUNT];
    lifetime_rows(arena, settings, rows);
    for (size_t i = 0; i < n; i++) {
        const struct lifetime_row *row = &rows[want[i].property];
        test_str_eq(want[i].name, row->configured, hg_str_of(want[i].configured));
        test_str_eq(want[i].name, row->effective, hg_str_of(want[i].effective));
        if (row->source != want[i].source || row->is_recommended != want[i].is_recommended)
            fail_msg("%s: %s, recommended %d", want[i].name, lifetime_source_name(row->source),
                     row->is_recommended);
    }
}

static void screens_show_the_effective_value_and_its_source(void **state)
{
    struct hg_arena *arena = *state;
    struct lifetime_settings seed = lifetime_defaults(MODEL_BEHAVIOUR_SEED);
    seed.given = 1u << LIFETIME_SESSION_MULTI;
    seed.session_multi_factor = (struct lifetime_limit_value){.span = HG_DAYS(30)};
    const struct want_row plain[] = {
        {"an access token nobody set", LIFETIME_ACCESS_TOKEN, "60-90 min", "60-90 min",
         LIFETIME_FROM_DEFAULT, true},
        {"idle time", LIFETIME_MAX_INACTIVE, "90.00:00:00", "90.00:00:00", LIFETIME_FROM_DEFAULT,
         true},
        {"what the policy names", LIFETIME_SESSION_MULTI, "30.00:00:00", "30.00:00:00",
         LIFETIME_FROM_POLICY, false},
        {"multi-factor age as recommended", LIFETIME_MAX_AGE_MULTI, "until-revoked",
         "until-revoked", LIFETIME_FROM_DEFAULT, true},
    };
    check_rows(arena, &seed, plain, HG_COUNT(plain));

    seed.remember_mfa = true;
    seed.remember_mfa_days = 60;
    const struct want_row remembered[] = {
        {"TL-7: the days win although they are longer", LIFETIME_SESSION_MULTI, "30.00:00:00",
         "60.00:00:00", LIFETIME_FROM_REMEMBER_MFA, false},
        {"TL-7: and over until-revoked", LIFETIME_MAX_AGE_MULTI, "until-revoked", "60.00:00:00",
         LIFETIME_FROM_REMEMBER_MFA, false},
        {"single-factor values are not touched", LIFETIME_MAX_AGE_SINGLE, "until-revoked",
         "until-revoked", LIFETIME_FROM_DEFAULT, true},
    };
    check_rows(arena, &seed, remembered, HG_COUNT(remembered));

    seed.behaviour = MODEL_BEHAVIOUR_ENTRA;
    const struct want_row ignored[] = {
        {"entra: stored and shown, without effect", LIFETIME_SESSION_MULTI, "30.00:00:00",
         "until-revoked", LIFETIME_IGNORED, false},
        {"entra: the access token is honoured", LIFETIME_ACCESS_TOKEN, "60-90 min", "60-90 min",
         LIFETIME_FROM_DEFAULT, true},
    };
    check_rows(arena, &seed, ignored, HG_COUNT(ignored));
}

static void an_access_token_lives_as_set_or_is_drawn(void **state)
{
    (void)state;
    struct lifetime_settings settings = lifetime_defaults(MODEL_BEHAVIOUR_SEED);
    assert_int_equal(lifetime_access_token(&settings, 0).us, HG_SECONDS(3600).us);
    assert_int_equal(lifetime_access_token(&settings, 65535).us, HG_SECONDS(5399).us);
    assert_int_equal(lifetime_access_token(&settings, 32768).us, HG_SECONDS(4500).us);
    settings.has_access_token = true;
    settings.access_token = HG_MINUTES(10);
    assert_int_equal(lifetime_access_token(&settings, 9).us, HG_MINUTES(10).us);
}

/* Columns: password grant, other grant, confidential grant, password session, other session. */
static const struct {
    enum lifetime_event event;
    bool seed[5], entra[5];
} events[LIFETIME_EVENT_COUNT] = {
    {LIFETIME_EVENT_PASSWORD_EXPIRED, {false}, {false}},
    {LIFETIME_EVENT_PASSWORD_CHANGED, {1, 1, 1, 1, 0}, {1, 0, 0, 1, 0}},
    {LIFETIME_EVENT_PASSWORD_SELF_RESET, {1, 1, 1, 1, 0}, {1, 0, 0, 1, 0}},
    {LIFETIME_EVENT_PASSWORD_RESET_CLASSIC, {1, 1, 1, 1, 0}, {1, 0, 0, 1, 0}},
    {LIFETIME_EVENT_PASSWORD_RESET, {1, 1, 1, 1, 0}, {1, 1, 1, 1, 0}},
    {LIFETIME_EVENT_USER_REVOKED, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}},
    {LIFETIME_EVENT_ADMIN_REVOKED, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}},
    {LIFETIME_EVENT_SIGNED_OUT, {0, 0, 0, 1, 1}, {0, 0, 0, 1, 1}},
};

static void events_end_what_the_revocation_matrix_says(void **state)
{
    (void)state;
    const struct model_grant grants[] = {{.methods = MODEL_METHOD_PASSWORD},
                                         {.methods = MODEL_METHOD_FIDO2},
                                         {.methods = MODEL_METHOD_FIDO2, .is_confidential = true}};
    const uint32_t sessions[] = {MODEL_METHOD_PASSWORD, MODEL_METHOD_FIDO2};
    for (size_t i = 0; i < HG_COUNT(events); i++) {
        for (unsigned b = 0; b < 2; b++) {
            const bool *want = b == MODEL_BEHAVIOUR_SEED ? events[i].seed : events[i].entra;
            for (size_t g = 0; g < 3; g++)
                assert_int_equal(lifetime_event_ends_grant(events[i].event, b, &grants[g]),
                                 want[g]);
            for (size_t s = 0; s < 2; s++)
                assert_int_equal(lifetime_event_ends_session(events[i].event, b, sessions[s]),
                                 want[3 + s]);
        }
    }
}

static int start(void **state)
{
    *state = test_arena();
    return 0;
}

static int end(void **state)
{
    hg_arena_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_policy_of_the_service_principal_wins_in_seed),
        cmocka_unit_test(screens_show_the_effective_value_and_its_source),
        cmocka_unit_test(an_access_token_lives_as_set_or_is_drawn),
        cmocka_unit_test(events_end_what_the_revocation_matrix_says),
    };
    return cmocka_run_group_tests(tests, start, end);
}
