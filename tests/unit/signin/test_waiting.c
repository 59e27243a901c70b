#include "unit/signin/journey.h"
#include "unit/test.h"

/* Sign-ins that wait on a page while something changes. */

#define NOBODY SIGNIN_PROMPT_NONE
#define AGAIN "password(password.again)"

/* From a page that waits: at the second factor, a registration, "stay signed in?". */
static void what_was_proved_before_a_revocation_counts_no_more(void **state)
{
    (void)state;
    static const struct {
        struct row row;
        const char *event;
    } waits[] = {
        {{.name = "code", .verdict = MFA}, "code"},
        {{.name = "registration", .verdict = MFA, .user = &world_new}, "code"},
        {{.name = "stay", .may_stay = true}, "no"},
        {{.name = "consent", .consent = true}, "accept"},
    };
    struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(waits); i++) {
        struct world world;
        struct hg_buf buf = hg_buf_new(arena, 1000);
        struct signin_state at = signin_begin(world_at(0));
        fill_world(&waits[i].row, &world);
        struct model_user user = *world.facts.user;
        world.facts.user = &user;
        (void)run_event(&waits[i].row, &world, &at, event_of(HG_STR("start")), &buf);
        (void)run_event(&waits[i].row, &world, &at, event_of(HG_STR("name")), &buf);
        (void)run_event(&waits[i].row, &world, &at, event_of(HG_STR("pw")), &buf);
        user.valid_from = (struct model_when){.is_set = true, .at = world_at(1)};
        world.facts.now = world_at(2);
        struct hg_buf last = hg_buf_new(arena, 1000);
        (void)run_event(&waits[i].row, &world, &at, event_of(hg_str_of(waits[i].event)), &last);
        test_str_eq(waits[i].row.name, hg_buf_view(&last), HG_STR(AGAIN));
        assert_false(at.is_proved);
        test_str_eq(waits[i].row.name, at.secret, HG_STR(""));
    }
    hg_arena_free(arena);
}

/* A21: a policy came into force while the last page waited. */
static void a_waiting_page_is_judged_again_when_it_is_answered(void **state)
{
    (void)state;
    static const struct {
        struct row row;
        const char *event;
        enum verdict later;
        const char *want;
    } waits[] = {
        {{.name = "no", .may_stay = true}, "no", BLOCK, "refused:53003"},
        {{.name = "yes", .may_stay = true}, "yes", BLOCK, "refused:53003"},
        {{.name = "accept", .consent = true}, "accept", BLOCK, "Crefused:53003"},
        {{.name = "step up", .may_stay = true}, "yes code", MFA, "codeRissue"},
        {{.name = "never", .may_stay = true}, "yes", DROP, "Rissue"},
    };
    struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(waits); i++) {
        struct world world;
        struct hg_buf buf = hg_buf_new(arena, 1000);
        struct signin_state at = signin_begin(world_at(0));
        struct row row = waits[i].row;
        fill_world(&row, &world);
        (void)run_event(&row, &world, &at, event_of(HG_STR("start")), &buf);
        (void)run_event(&row, &world, &at, event_of(HG_STR("name")), &buf);
        (void)run_event(&row, &world, &at, event_of(HG_STR("pw")), &buf);
        row.verdict = waits[i].later;
        struct hg_buf last = hg_buf_new(arena, 1000);
        hg_str rest = hg_str_of(waits[i].event);
        hg_str word;
        while (hg_str_field(&rest, ' ', &word))
            (void)run_event(&row, &world, &at, event_of(word), &last);
        test_str_eq(row.name, hg_buf_view(&last), hg_str_of(waits[i].want));
        assert_int_equal(at.is_persistent, at.stage == SIGNIN_STAGE_DONE && row.verdict != DROP);
    }
    hg_arena_free(arena);
}

/* prompt=none, and the session's user was revoked between two steps. */
static void a_silent_sign_in_of_a_revoked_session_is_nobodys(void **state)
{
    (void)state;
    struct world world;
    const struct row row = {.name = "silent", .prompt = NOBODY, .session = true};
    struct signin_state at = signin_begin(world_at(0));
    struct signin_step step;
    struct policy_verdict allow = world_verdict(POLICY_ALLOW, 0, 0);
    fill_world(&row, &world);
    struct model_user user = world_ana;
    world.facts.user = &user;
    struct signin_event event = {.kind = SIGNIN_EVENT_START};
    signin_step(&at, &event, &world.facts, &step);
    at = step.state;
    user.valid_from = (struct model_when){.is_set = true, .at = world_at(0)};
    event = (struct signin_event){.kind = SIGNIN_EVENT_VERDICT, .verdict = &allow};
    signin_step(&at, &event, &world.facts, &step);
    assert_null(world_effect(&step, SIGNIN_EFFECT_ISSUE));
    assert_int_equal(world_effect(&step, SIGNIN_EFFECT_REDIRECT)->aadsts, 50058);
}

/* A page left open at the registration, while the user registered elsewhere. */
static void a_second_registration_is_asked_for_the_first(void **state)
{
    (void)state;
    static const char *const events[] = {"code", "badcode", "show"};
    struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(events); i++) {
        struct world world;
        const struct row row = {.name = events[i], .verdict = MFA, .user = &world_new};
        struct hg_buf buf = hg_buf_new(arena, 1000);
        struct signin_state at = signin_begin(world_at(0));
        fill_world(&row, &world);
        struct model_user user = world_new;
        world.facts.user = &user;
        (void)run_event(&row, &world, &at, event_of(HG_STR("start")), &buf);
        (void)run_event(&row, &world, &at, event_of(HG_STR("name")), &buf);
        (void)run_event(&row, &world, &at, event_of(HG_STR("pw")), &buf);
        assert_int_equal(at.stage, SIGNIN_STAGE_REGISTER);
        user.has_mfa_method = true;
        struct signin_state leaving = at;
        struct hg_buf last = hg_buf_new(arena, 1000);
        (void)run_event(&row, &world, &at, event_of(hg_str_of(events[i])), &last);
        test_str_eq(events[i], hg_buf_view(&last), HG_STR("code"));
        test_str_eq(events[i], at.secret, HG_STR(""));
        assert_false(at.mfa_at.is_set);
        (void)run_event(&row, &world, &leaving, event_of(HG_STR("cancel")), &last);
        test_str_eq("cancel", hg_buf_view(&last), HG_STR("codeerror:65004"));
    }
    hg_arena_free(arena);
}

/* A21: registering was forbidden while the page with the new authenticator waited. */
static void a_registration_that_became_forbidden_stores_nothing(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    struct world world;
    const struct row row = {.name = "forbidden", .verdict = MFA, .user = &world_new};
    struct hg_buf buf = hg_buf_new(arena, 1000);
    struct signin_state at = signin_begin(world_at(0));
    fill_world(&row, &world);
    (void)run_event(&row, &world, &at, event_of(HG_STR("start")), &buf);
    (void)run_event(&row, &world, &at, event_of(HG_STR("name")), &buf);
    (void)run_event(&row, &world, &at, event_of(HG_STR("pw")), &buf);
    assert_int_equal(at.stage, SIGNIN_STAGE_REGISTER);
    world.facts.may_register = false;
    struct hg_buf last = hg_buf_new(arena, 1000);
    (void)run_event(&row, &world, &at, event_of(HG_STR("code")), &last);
    test_str_eq(row.name, hg_buf_view(&last), HG_STR("refused:53010"));
    assert_false(at.mfa_at.is_set);
    test_str_eq(row.name, at.secret, HG_STR(""));
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_proved_before_a_revocation_counts_no_more),
        cmocka_unit_test(a_waiting_page_is_judged_again_when_it_is_answered),
        cmocka_unit_test(a_silent_sign_in_of_a_revoked_session_is_nobodys),
        cmocka_unit_test(a_second_registration_is_asked_for_the_first),
        cmocka_unit_test(a_registration_that_became_forbidden_stores_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
