#include "unit/signin/journey.h"
#include "unit/test.h"

#define NOBODY SIGNIN_PROMPT_NONE
#define AGAIN "password(password.again)"

static const struct row rows[] = {
    {.name = "password alone", .events = "start name pw", .want = "username password Rissue"},
    {.name = "stay signed in, yes",
     .events = "start name pw yes",
     .want = "username password stay Rissue",
     .may_stay = true},
    {.name = "stay signed in, no",
     .events = "start name pw no",
     .want = "username password stay Rissue",
     .may_stay = true},
    {.name = "a policy that keeps browsers signed in asks nothing",
     .events = "start name pw",
     .want = "username password Rissue",
     .verdict = KEEP,
     .may_stay = true},
    {.name = "nor does one that never does",
     .events = "start name pw",
     .want = "username password Rissue",
     .verdict = DROP,
     .may_stay = true},
    {.name = "CA-1: the second factor after the password",
     .events = "start name pw badcode oldcode slow code",
     .want = "username password code code(code.wrong) code(code.wrong) code(throttled) Rissue",
     .verdict = MFA},
    {.name = "CA-2: a session with both factors is not asked",
     .events = "start",
     .want = "Tissue",
     .verdict = MFA,
     .session = true},
    {.name = "a session with one factor steps up and is renewed",
     .events = "start code",
     .want = "code Rissue",
     .verdict = MFA,
     .session = true,
     .one_factor_session = true},
    {.name = "CA-3: blocked; back takes it to the client",
     .events = "start name pw cancel",
     .want = "username password refused:53003 error:53003",
     .verdict = BLOCK},
    {.name = "another account after a refusal",
     .events = "start name pw other",
     .want = "username password refused:53003 username",
     .verdict = BLOCK},
    {.name = "CA-4: a device that is not compliant",
     .events = "start name pw",
     .want = "username password refused:53000",
     .verdict = DEVICE},
    {.name = "a strength that a code does not reach is refused, not asked for ever",
     .events = "start name pw code",
     .want = "username password code refused:50076",
     .verdict = STRENGTH},
    {.name = "CA-6: a user without a method is led through registration",
     .events = "start name pw badcode show code",
     .want = "username password register register(code.wrong) register ARissue",
     .verdict = MFA,
     .user = &world_new},
    {.name = "CA-6: per-user enabled becomes enforced",
     .events = "start name pw code",
     .want = "username password register AERissue",
     .verdict = MFA,
     .user = &world_new,
     .user_mfa = MODEL_USER_MFA_ENABLED},
    {.name = "per-user enforced stays what it is",
     .events = "start name pw code",
     .want = "username password register ARissue",
     .verdict = MFA,
     .user = &world_new,
     .user_mfa = MODEL_USER_MFA_ENFORCED},
    {.name = "registration where it is forbidden",
     .events = "start name pw",
     .want = "username password refused:53010",
     .verdict = MFA,
     .user = &world_new,
     .no_register = true},
    {.name = "A23: a session that outlives the browser, where none may",
     .events = "start pw",
     .want = AGAIN " Rissue",
     .verdict = DROP,
     .session = true,
     .kept_session = true},
    {.name = "A23: … silently",
     .events = "start",
     .want = "error:50058",
     .verdict = DROP,
     .prompt = NOBODY,
     .session = true,
     .kept_session = true},
    {.name = "one that ends with it goes on",
     .events = "start",
     .want = "Tissue",
     .verdict = DROP,
     .session = true},
    {.name = "a new password, after a second factor",
     .events = "start name pw new badcode code weak differ same old? hurry new",
     .want = "username password code code code(code.wrong) new_password "
             "new_password(new_password.weak) new_password(new_password.differ) "
             "new_password(new_password.same) new_password(new_password.wrong) "
             "new_password(throttled) PRissue",
     .verdict = CHANGE},
    {.name = "a new password in a session that has both factors",
     .events = "start new",
     .want = "new_password PRissue",
     .verdict = CHANGE,
     .session = true},
    {.name = "a password that the session changed is not asked for again",
     .events = "start",
     .want = "Tissue",
     .verdict = CHANGE,
     .session = true,
     .changed_session = true},
    {.name = "a new password where no method may be registered",
     .events = "start name pw",
     .want = "username password refused:53010",
     .verdict = CHANGE,
     .user = &world_new,
     .no_register = true},
    {.name = "a new password, cancelled",
     .events = "start cancel",
     .want = "new_password error:65004",
     .verdict = CHANGE,
     .session = true},
    {.name = "silent: a new password",
     .events = "start",
     .want = "error:50135",
     .verdict = CHANGE,
     .prompt = NOBODY,
     .session = true},
    {.name = "a password that somebody else chose, before consent",
     .events = "start name pw new accept",
     .want = "username password new_password Pconsent CRissue",
     .must_change = true,
     .consent = true},
    {.name = "a password that somebody else chose, with a second factor",
     .events = "start name pw code new",
     .want = "username password code new_password PRissue",
     .must_change_with_mfa = true},
    {.name = "silent: a password that somebody else chose",
     .events = "start",
     .want = "error:50055",
     .must_change = true,
     .prompt = NOBODY,
     .session = true},
    {.name = "terms of use, one after the other, before consent",
     .events = "start name pw agree agree accept",
     .want = "username password terms Uterms Uconsent CRissue",
     .verdict = TERMS,
     .consent = true},
    {.name = "the second factor comes first",
     .events = "start name pw agree code agree agree",
     .want = "username password code code terms Uterms URissue",
     .verdict = MFA_TERMS},
    {.name = "terms that must be opened first",
     .events = "start name pw agree view agree agree view agree",
     .want = "username password terms terms(terms.view) terms Uterms terms(terms.view) terms "
             "URissue",
     .verdict = TERMS,
     .view_terms = true},
    {.name = "terms declined",
     .events = "start name pw agree disagree cancel",
     .want = "username password terms Uterms Drefused:50158 error:50158",
     .verdict = TERMS},
    {.name = "terms that cannot be accepted here",
     .events = "start name pw",
     .want = "username password refused:50158",
     .verdict = TERMS,
     .no_terms = true},
    {.name = "terms for a session that is there",
     .events = "start agree agree",
     .want = "terms Uterms UTissue",
     .verdict = TERMS,
     .session = true},
    {.name = "silent: terms",
     .events = "start",
     .want = "error:50158",
     .verdict = TERMS,
     .prompt = NOBODY,
     .session = true},
    {.name = "a wrong password, then the right one",
     .events = "start name wrong pw",
     .want = "username password password(password.wrong) Rissue"},
    {.name = "M18: an unknown user sees what a known one sees",
     .events = "start name unknown unknown",
     .want = "username password password(password.wrong) password(password.wrong)",
     .unknown = true},
    {.name = "a right password without a user is a wrong one",
     .events = "start name pw",
     .want = "username password password(password.wrong)",
     .unknown = true},
    {.name = "throttled",
     .events = "start name throttled",
     .want = "username password password(throttled)"},
    {.name = "a disabled account",
     .events = "start name disabled",
     .want = "username password refused:50057"},
    {.name = "an expired password",
     .events = "start name expired",
     .want = "username password refused:50055"},
    {.name = "cancel at the user name",
     .events = "start cancel show",
     .want = "username error:65004 gone"},
    {.name = "cancel at the code",
     .events = "start name pw cancel",
     .want = "username password code error:65004",
     .verdict = MFA},
    {.name = "M07: steps cannot be skipped",
     .events = "start code accept yes name code pw code",
     .want = "username username username username password password code Rissue",
     .verdict = MFA},
    {.name = "S03: a finished journey is over",
     .events = "start name pw pw start show",
     .want = "username password Rissue gone gone gone"},

    {.name = "PC024: silent, nobody", .events = "start", .want = "error:50058", .prompt = NOBODY},
    {.name = "PC025: silent, somebody",
     .events = "start",
     .want = "Tissue",
     .prompt = NOBODY,
     .session = true},
    {.name = "silent: MFA needed",
     .events = "start",
     .want = "error:50076",
     .verdict = MFA,
     .prompt = NOBODY,
     .session = true,
     .one_factor_session = true},
    {.name = "silent: blocked",
     .events = "start",
     .want = "error:53003",
     .verdict = BLOCK,
     .prompt = NOBODY,
     .session = true},
    {.name = "silent: consent needed",
     .events = "start",
     .want = "error:65001",
     .prompt = NOBODY,
     .session = true,
     .consent = true},
    {.name = "silent: max_age passed",
     .events = "start",
     .want = "error:50058",
     .prompt = NOBODY,
     .session = true,
     .max_age = true},
    {.name = "silent: another login_hint",
     .events = "start",
     .want = "error:50058",
     .prompt = NOBODY,
     .session = true,
     .login_hint = "eva@contoso.test"},
    {.name = "silent: the opaque login_hint of the session",
     .events = "start",
     .want = "Tissue",
     .prompt = NOBODY,
     .session = true,
     .login_hint = "opaque"},
    {.name = "silent: another sid",
     .events = "start",
     .want = "error:160021",
     .prompt = NOBODY,
     .session = true,
     .sid = "s2"},
    {.name = "silent: a sid without a session",
     .events = "start",
     .want = "error:160021",
     .prompt = NOBODY,
     .sid = "s2"},
    {.name = "PC045: silent, the id_token_hint of the session's user",
     .events = "start",
     .want = "Tissue",
     .prompt = NOBODY,
     .session = true,
     .hint_user = "ana-id"},
    {.name = "silent: the id_token_hint of another user",
     .events = "start",
     .want = "error:50058",
     .prompt = NOBODY,
     .session = true,
     .hint_user = "eva-id"},
    {.name = "silent: sign-in frequency",
     .events = "start",
     .want = "error:70044",
     .verdict = FREQUENT,
     .prompt = NOBODY,
     .session = true},
    {.name = "PC111: silent, an essential second factor",
     .events = "start",
     .want = "error:50076",
     .prompt = NOBODY,
     .session = true,
     .one_factor_session = true,
     .wants_mfa = true},
    {.name = "silent: an essential second factor, no method",
     .events = "start",
     .want = "error:50079",
     .prompt = NOBODY,
     .session = true,
     .one_factor_session = true,
     .user = &(const struct model_user){.id = HG_LIT("ana-id"), .enabled = true},
     .wants_mfa = true},

    {.name = "PC044: login asks again, both factors",
     .events = "start pw code",
     .want = AGAIN " code Rissue",
     .verdict = MFA,
     .prompt = SIGNIN_PROMPT_LOGIN,
     .session = true},
    {.name = "PC073: max_age asks again",
     .events = "start pw",
     .want = AGAIN " Rissue",
     .session = true,
     .max_age = true},
    {.name = "sign-in frequency asks for both factors again, once",
     .events = "start pw",
     .want = AGAIN " Rissue",
     .verdict = FREQUENT,
     .session = true},
    {.name = "frequency of the second factor asks for that alone",
     .events = "start code",
     .want = "code Rissue",
     .verdict = MFA_FREQUENT,
     .session = true},
    {.name = "select_account, the session's",
     .events = "start account",
     .want = "account Tissue",
     .prompt = SIGNIN_PROMPT_SELECT_ACCOUNT,
     .session = true},
    {.name = "select_account, another",
     .events = "start other name pw",
     .want = "account username password Rissue",
     .prompt = SIGNIN_PROMPT_SELECT_ACCOUNT,
     .session = true},
    {.name = "select_account without a session",
     .events = "start",
     .want = "username",
     .prompt = SIGNIN_PROMPT_SELECT_ACCOUNT},
    {.name = "select_account does not break with login_hint",
     .events = "start",
     .want = "password",
     .prompt = SIGNIN_PROMPT_SELECT_ACCOUNT,
     .session = true,
     .login_hint = "eva@contoso.test"},
    {.name = "login_hint leads to the password",
     .events = "start pw",
     .want = "password Rissue",
     .login_hint = "ana@contoso.test"},
    {.name = "an opaque login_hint of nobody is ignored",
     .events = "start",
     .want = "username",
     .login_hint = "zzz"},
    {.name = "consent",
     .events = "start name pw accept",
     .want = "username password consent CRissue",
     .consent = true},
    {.name = "consent before staying signed in",
     .events = "start name pw accept yes",
     .want = "username password consent Cstay Rissue",
     .consent = true,
     .may_stay = true},
    {.name = "PC028: consent declined",
     .events = "start name pw decline",
     .want = "username password consent error:65004",
     .consent = true},
    {.name = "prompt=consent asks though all is agreed to",
     .events = "start accept",
     .want = "consent CTissue",
     .prompt = SIGNIN_PROMPT_CONSENT,
     .session = true},
    {.name = "only an administrator can consent",
     .events = "start name pw",
     .want = "username password refused:90094",
     .admin_consent = true},
    {.name = "an essential second factor is asked for without a policy",
     .events = "start code",
     .want = "code Rissue",
     .session = true,
     .one_factor_session = true,
     .wants_mfa = true},

    {.name = "RM-1: don't ask again is ticked",
     .events = "start name pw code+",
     .want = "username password code MRissue",
     .verdict = MFA,
     .remember_days = 14},
    {.name = "the tick means nothing when the setting is off",
     .events = "start name pw code+",
     .want = "username password code Rissue",
     .verdict = MFA},
    {.name = "RM-1: a remembered browser is not asked on day 14",
     .events = "start name pw",
     .want = "username password Rissue",
     .verdict = MFA,
     .remember_days = 14,
     .remembered = 14 * 86400},
    {.name = "RM-1: but a second later",
     .events = "start name pw",
     .want = "username password code",
     .verdict = MFA,
     .remember_days = 14,
     .remembered = 14 * 86400 + 1},
    {.name = "a proof past MaxAgeMultiFactor is asked for anew, or the grant would be dead",
     .events = "start code",
     .want = "code Rissue",
     .verdict = MFA,
     .session = true,
     .old_session = true,
     .multi_factor_days = 7},
};

static void journeys_go_as_documented(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        test_str_eq(rows[i].name, journey(arena, &rows[i]), hg_str_of(rows[i].want));
    hg_arena_free(arena);
}

/* What reaches the log and the code: proofs, numbers, who was there. */
static void proofs_and_records_are_complete(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    struct row row = {.name = "records", .verdict = MFA};
    struct world world;
    struct hg_buf buf = hg_buf_new(arena, 1000);
    struct signin_state at = signin_begin(world_at(0));
    fill_world(&row, &world);
    (void)run_event(&row, &world, &at, event_of(HG_STR("start")), &buf);
    (void)run_event(&row, &world, &at, event_of(HG_STR("name")), &buf);
    struct signin_step step = run_event(&row, &world, &at, event_of(HG_STR("unknown")), &buf);
    assert_int_equal(world_effect(&step, SIGNIN_EFFECT_RECORD)->aadsts, 50034);
    step = run_event(&row, &world, &at, event_of(HG_STR("wrong")), &buf);
    assert_int_equal(world_effect(&step, SIGNIN_EFFECT_RECORD)->aadsts, 50126);
    world.facts.now = world_at(20);
    (void)run_event(&row, &world, &at, event_of(HG_STR("pw")), &buf);
    world.facts.now = world_at(40);
    step = run_event(&row, &world, &at, event_of(HG_STR("code")), &buf);
    const struct signin_effect *record = world_effect(&step, SIGNIN_EFFECT_RECORD);
    assert_true(record->aadsts == 0 && record->is_interactive);
    assert_int_equal(step.state.auth_at.us, world_at(20).us);
    assert_int_equal(step.state.mfa_at.at.us, world_at(40).us);
    assert_int_equal(step.state.methods, MODEL_METHOD_PASSWORD | MODEL_METHOD_SOFTWARE_OATH);
    test_str_eq("user", step.state.user, world_ana.id);
    hg_arena_free(arena);
}

static void a_refusal_goes_to_the_client_with_its_challenge(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    struct row row = {.name = "silent", .verdict = BLOCK, .prompt = NOBODY, .session = true};
    struct world world;
    struct hg_buf buf = hg_buf_new(arena, 1000);
    struct signin_state at = signin_begin(world_at(0));
    fill_world(&row, &world);
    struct signin_step step = run_event(&row, &world, &at, event_of(HG_STR("start")), &buf);
    test_str_eq("claims", world_effect(&step, SIGNIN_EFFECT_REDIRECT)->claims, HG_STR("{\"c\":1}"));
    assert_false(world_effect(&step, SIGNIN_EFFECT_RECORD)->is_interactive);
    hg_arena_free(arena);
}

/* M04: a half-finished sign-in dies with its user; and after a quarter of an hour. */
static void a_half_finished_sign_in_dies(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    struct row row = {.name = "half", .verdict = MFA};
    struct world world;
    struct hg_buf buf = hg_buf_new(arena, 1000);
    struct signin_state at = signin_begin(world_at(0));
    fill_world(&row, &world);
    (void)run_event(&row, &world, &at, event_of(HG_STR("start")), &buf);
    (void)run_event(&row, &world, &at, event_of(HG_STR("name")), &buf);
    (void)run_event(&row, &world, &at, event_of(HG_STR("pw")), &buf);
    struct signin_state other = at;
    world.facts.user = &world_off;
    struct signin_step step = run_event(&row, &world, &at, event_of(HG_STR("code")), &buf);
    assert_int_equal(step.state.stage, SIGNIN_STAGE_REFUSED);
    assert_int_equal(step.state.aadsts, 50057);
    world.facts.user = &world_ana;
    world.facts.now = world_at(900);
    step = run_event(&row, &world, &other, event_of(HG_STR("badcode")), &buf);
    assert_int_equal(world_effect(&step, SIGNIN_EFFECT_SHOW)->page, SIGNIN_PAGE_CODE);
    world.facts.now = world_at(901);
    step = run_event(&row, &world, &other, event_of(HG_STR("code")), &buf);
    assert_int_equal(world_effect(&step, SIGNIN_EFFECT_SHOW)->page, SIGNIN_PAGE_GONE);
    assert_null(world_effect(&step, SIGNIN_EFFECT_ISSUE));
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journeys_go_as_documented),
        cmocka_unit_test(proofs_and_records_are_complete),
        cmocka_unit_test(a_refusal_goes_to_the_client_with_its_challenge),
        cmocka_unit_test(a_half_finished_sign_in_dies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
