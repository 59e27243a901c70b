#include "signin/signin.h"
#include "unit/test.h"

static struct signin_state whole(void)
{
    return (struct signin_state){.stage = SIGNIN_STAGE_REGISTER,
                                 .started = {.us = 1764000000000001},
                                 .username = HG_STR("ana@contoso.test"),
                                 .user = HG_STR("u1"),
                                 .session = HG_STR("s1"),
                                 .is_proved = true,
                                 .is_fresh = true,
                                 .asks_remember = true,
                                 .persist = SIGNIN_PERSIST_NEVER,
                                 .methods = UINT32_MAX,
                                 .auth_at = {.us = 1764000000000002},
                                 .mfa_at = {.is_set = true, .at = {.us = -3}},
                                 .secret = HG_STR("JBSWY3DPEHPK3PXP"),
                                 .aadsts = 53003,
                                 .claims = HG_STR("{\"a\":\"\\u0000\"}")};
}

static void a_state_comes_back_as_it_was(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    struct signin_state before = whole();
    struct signin_state after;
    hg_str text;
    hg_str again;
    assert_int_equal(signin_state_render(arena, &before, &text, NULL), HG_OK);
    assert_int_equal(signin_state_parse(arena, text, &after, NULL), HG_OK);
    assert_int_equal(signin_state_render(arena, &after, &again, NULL), HG_OK);
    test_str_eq("text", again, text);
    assert_int_equal(after.stage, before.stage);
    assert_int_equal(after.methods, before.methods);
    assert_int_equal(after.mfa_at.at.us, -3);
    test_str_eq("claims", after.claims, before.claims);

    before.mfa_at = (struct model_when){.is_set = false};
    assert_int_equal(signin_state_render(arena, &before, &text, NULL), HG_OK);
    assert_int_equal(signin_state_parse(arena, text, &after, NULL), HG_OK);
    assert_false(after.mfa_at.is_set);
    hg_arena_free(arena);
}

/* One member changed or taken away; what the render cannot have written is refused. */
static const struct {
    const char *name, *from, *to;
} damages[] = {
    {"a stage past the last", "\"stage\":5", "\"stage\":99"},
    {"a negative stage", "\"stage\":5", "\"stage\":-1"},
    {"a stage as text", "\"stage\":5", "\"stage\":\"5\""},
    {"a persistence past the last", "\"persist\":2", "\"persist\":3"},
    {"a flag as number", "\"is_proved\":true", "\"is_proved\":1"},
    {"methods past 32 bits", "\"methods\":4294967295", "\"methods\":4294967296"},
    {"an instant as text", "\"mfa_at\":-3", "\"mfa_at\":\"-3\""},
    {"a member missing", "\"user\":\"u1\",", ""},
    {"a member renamed", "\"user\"", "\"usr\""},
    {"a member too many", "\"user\"", "\"extra\":1,\"user\""},
    {"a member twice", "\"user\"", "\"user\":\"u1\",\"user\""},
    {"a text as null", "\"session\":\"s1\"", "\"session\":null"},
    {"a late stage without a proof", "\"is_proved\":true", "\"is_proved\":false"},
    {"a late stage without a user", "\"user\":\"u1\"", "\"user\":\"\""},
    {"terms of no agreement", "\"stage\":5", "\"stage\":8"},
    {"an array around it", "{\"stage\"", "[{\"stage\""},
};

static void a_damaged_state_is_refused(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    struct signin_state good = whole();
    hg_str text;
    assert_int_equal(signin_state_render(arena, &good, &text, NULL), HG_OK);
    for (size_t i = 0; i < HG_COUNT(damages); i++) {
        hg_str from = hg_str_of(damages[i].from);
        size_t at = hg_str_find(text, from);
        if (at == HG_NPOS)
            fail_msg("%s: the state has no %s", damages[i].name, damages[i].from);
        hg_str bad = hg_str_format(arena, "%.*s%s%.*s", HG_ARG(hg_str_sub(text, 0, at)),
                                   damages[i].to, HG_ARG(hg_str_from(text, at + from.len)));
        struct signin_state parsed = {.aadsts = 7};
        if (signin_state_parse(arena, bad, &parsed, NULL) != HG_MALFORMED || parsed.aadsts != 7)
            fail_msg("%s", damages[i].name);
    }
    struct signin_state parsed;
    assert_int_equal(signin_state_parse(arena, HG_STR(""), &parsed, NULL), HG_MALFORMED);
    assert_int_equal(signin_state_parse(arena, HG_STR("[]"), &parsed, NULL), HG_MALFORMED);
    hg_arena_free(arena);
}

static void a_state_has_a_limit_both_ways(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    struct hg_buf buf = hg_buf_new(arena, 1 << 20);
    while (buf.len <= HG_MAX_SIGNIN_STATE)
        hg_buf_byte(&buf, 'a');
    struct signin_state big = whole();
    struct signin_state parsed;
    hg_str text;
    big.username = hg_buf_view(&buf);
    assert_int_equal(signin_state_render(arena, &big, &text, NULL), HG_TOO_BIG);
    assert_int_equal(signin_state_parse(arena, hg_buf_view(&buf), &parsed, NULL), HG_TOO_BIG);
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_comes_back_as_it_was),
        cmocka_unit_test(a_damaged_state_is_refused),
        cmocka_unit_test(a_state_has_a_limit_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
