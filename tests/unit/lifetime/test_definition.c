#include "lifetime/lifetime.h"
#include "unit/test.h"

#define POLICY(members) HG_LIT("{\"TokenLifetimePolicy\":{\"Version\":1," members "}}")
#define BIT(property) (1u << (property))

static const struct {
    const char *name;
    hg_str text;
    uint32_t given;
    hg_str canonical;
} good[] = {
    {"the documents' recommended policy",
     POLICY("\"MaxAgeMultiFactor\":\"until-revoked\",\"MaxAgeSessionMultiFactor\":\"14.00:00:00\""),
     BIT(LIFETIME_MAX_AGE_MULTI) | BIT(LIFETIME_SESSION_MULTI),
     POLICY(
         "\"MaxAgeMultiFactor\":\"until-revoked\",\"MaxAgeSessionMultiFactor\":\"14.00:00:00\"")},
    {"ninety minutes written as 00:90:00", POLICY("\"AccessTokenLifetime\":\"00:90:00\""),
     BIT(LIFETIME_ACCESS_TOKEN), POLICY("\"AccessTokenLifetime\":\"01:30:00\"")},
    {"one digit for the hour", POLICY("\"AccessTokenLifetime\":\"8:00:00\""),
     BIT(LIFETIME_ACCESS_TOKEN), POLICY("\"AccessTokenLifetime\":\"08:00:00\"")},
    {"names and until-revoked in any letter case",
     HG_LIT("{\"tokenlifetimepolicy\":{\"version\":1,\"maxagesinglefactor\":\"Until-Revoked\"}}"),
     BIT(LIFETIME_MAX_AGE_SINGLE), POLICY("\"MaxAgeSingleFactor\":\"until-revoked\"")},
    {"the shortest and the longest access token",
     POLICY("\"AccessTokenLifetime\":\"1.00:00:00\",\"MaxInactiveTime\":\"00:10:00\""),
     BIT(LIFETIME_ACCESS_TOKEN) | BIT(LIFETIME_MAX_INACTIVE),
     POLICY("\"AccessTokenLifetime\":\"1.00:00:00\",\"MaxInactiveTime\":\"00:10:00\"")},
    {"a year as explicit maximum age", POLICY("\"MaxAgeMultiFactor\":\"365.00:00:00\""),
     BIT(LIFETIME_MAX_AGE_MULTI), POLICY("\"MaxAgeMultiFactor\":\"365.00:00:00\"")},
    {"a maximum age below the idle time that is not named",
     POLICY("\"MaxAgeMultiFactor\":\"30.00:00:00\""), BIT(LIFETIME_MAX_AGE_MULTI),
     POLICY("\"MaxAgeMultiFactor\":\"30.00:00:00\"")},
    {"a version and nothing else", HG_LIT("{\"TokenLifetimePolicy\":{\"Version\":1}}"), 0,
     HG_LIT("{\"TokenLifetimePolicy\":{\"Version\":1}}")},
};

static void a_definition_is_read_and_written_back(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(good); i++) {
        struct lifetime_settings settings;
        struct lifetime_fault fault = {.line = 0};
        if (lifetime_definition_parse(arena, good[i].text, MODEL_BEHAVIOUR_SEED, &settings, &fault,
                                      NULL) != HG_OK)
            fail_msg("%s: %.*s", good[i].name, HG_ARG(fault.message));
        if (settings.given != good[i].given)
            fail_msg("%s: given %x", good[i].name, settings.given);
        hg_str text;
        assert_int_equal(lifetime_definition_render(arena, &settings, &text, NULL), HG_OK);
        test_str_eq(good[i].name, text, good[i].canonical);
    }
}

static const struct {
    const char *name;
    hg_str text;
    enum hg_code code;
    uint32_t line, column;
    hg_str message; /* a part of it */
} bad[] = {
    {"TP-4: one closing brace too many",
     HG_LIT("{\"TokenLifetimePolicy\":{\"Version\":1,\"MaxAgeMultiFactor\":\"until-revoked\"}}}"),
     HG_MALFORMED, 1, 74, HG_LIT("line 1, column 74")},
    {"a brace missing, over two lines", HG_LIT("{\"TokenLifetimePolicy\":\n{\"Version\":1"),
     HG_MALFORMED, 2, 13, HG_LIT("line 2")},
    {"an unknown setting", POLICY("\"MaxAge\":\"1.00:00:00\""), HG_MALFORMED, 1, 46,
     HG_LIT("'MaxAge' is not a setting")},
    {"a setting twice, in two spellings",
     POLICY("\"MaxInactiveTime\":\"1.00:00:00\",\"maxinactivetime\":\"2.00:00:00\""), HG_MALFORMED,
     1, 86, HG_LIT("given twice")},
    {"the same key twice", POLICY("\"MaxInactiveTime\":\"1.00:00:00\",\"MaxInactiveTime\":\"1\""),
     HG_MALFORMED, 1, 0, HG_LIT("line 1")},
    {"version 2", HG_LIT("{\"TokenLifetimePolicy\":{\"Version\":2}}"), HG_MALFORMED, 1, 35,
     HG_LIT("'Version' must be 1")},
    {"no version", HG_LIT("{\"TokenLifetimePolicy\":{}}"), HG_MALFORMED, 1, 24,
     HG_LIT("'Version' is missing")},
    {"a member beside the policy", HG_LIT("{\"TokenLifetimePolicy\":{\"Version\":1},\"a\":1}"),
     HG_MALFORMED, 1, 1, HG_LIT("only member")},
    {"another policy", HG_LIT("{\"ClaimsMappingPolicy\":{\"Version\":1}}"), HG_MALFORMED, 1, 1,
     HG_LIT("'TokenLifetimePolicy' is missing")},
    {"an array", HG_LIT("[]"), HG_MALFORMED, 1, 1, HG_LIT("must be an object")},
    {"a number as span", POLICY("\"MaxInactiveTime\":90"), HG_MALFORMED, 1, 55,
     HG_LIT("must be a string")},
    {"not a span", POLICY("\"MaxInactiveTime\":\"90 days\""), HG_MALFORMED, 1, 55,
     HG_LIT("'90 days' is not a time span")},
    {"an idle time without end", POLICY("\"MaxInactiveTime\":\"until-revoked\""), HG_MALFORMED, 1,
     55, HG_LIT("cannot be until-revoked")},
    {"an access token below ten minutes", POLICY("\"AccessTokenLifetime\":\"00:09:59\""),
     HG_MALFORMED, 1, 59, HG_LIT("between 00:10:00 and 1.00:00:00")},
    {"an access token past a day", POLICY("\"AccessTokenLifetime\":\"1.00:00:01\""), HG_MALFORMED,
     1, 59, HG_LIT("between 00:10:00 and 1.00:00:00")},
    {"an idle time past 90 days", POLICY("\"MaxInactiveTime\":\"90.00:00:01\""), HG_MALFORMED, 1,
     55, HG_LIT("between 00:10:00 and 90.00:00:00")},
    {"an age past a year", POLICY("\"MaxAgeSingleFactor\":\"365.00:00:01\""), HG_MALFORMED, 1, 58,
     HG_LIT("between")},
    {"an age that the idle time reaches",
     POLICY("\"MaxAgeMultiFactor\":\"30.00:00:00\",\"MaxInactiveTime\":\"30.00:00:00\""),
     HG_MALFORMED, 1, 89, HG_LIT("'MaxAgeMultiFactor' must be longer than MaxInactiveTime")},
    {"nothing", HG_LIT(""), HG_MALFORMED, 1, 1, HG_LIT("line 1, column 1")},
};

static void a_malformed_definition_is_refused_with_its_place(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(bad); i++) {
        struct lifetime_settings settings = {.given = 77};
        struct lifetime_fault fault = {.line = 0};
        enum hg_code code = lifetime_definition_parse(arena, bad[i].text, MODEL_BEHAVIOUR_SEED,
                                                      &settings, &fault, NULL);
        if (code != bad[i].code || settings.given != 77)
            fail_msg("%s: code %d, given %u", bad[i].name, code, settings.given);
        if (hg_str_find(fault.message, bad[i].message) == HG_NPOS || fault.line != bad[i].line ||
            (bad[i].column != 0 && fault.column != bad[i].column))
            fail_msg("%s: \"%.*s\" at %u:%u", bad[i].name, HG_ARG(fault.message), fault.line,
                     fault.column);
    }
}

static void a_definition_past_its_limit_is_refused(void **state)
{
    struct hg_arena *arena = *state;
    struct hg_buf buf = hg_buf_new(arena, 10000);
    for (size_t i = 0; i < HG_MAX_DEFINITION + 1; i++)
        hg_buf_byte(&buf, ' ');
    struct lifetime_settings settings;
    struct lifetime_fault fault = {.line = 0};
    assert_int_equal(lifetime_definition_parse(arena, hg_buf_view(&buf), MODEL_BEHAVIOUR_SEED,
                                               &settings, &fault, NULL),
                     HG_TOO_BIG);
    assert_true(fault.message.len > 0);
}

static struct lifetime_settings parsed(struct hg_arena *arena, hg_str text)
{
    struct lifetime_settings settings;
    struct lifetime_fault fault;
    assert_int_equal(
        lifetime_definition_parse(arena, text, MODEL_BEHAVIOUR_SEED, &settings, &fault, NULL),
        HG_OK);
    return settings;
}

static void merging_keeps_what_the_change_does_not_name(void **state)
{
    struct hg_arena *arena = *state;
    hg_str before = (hg_str)POLICY("\"AccessTokenLifetime\":\"02:00:00\","
                                   "\"MaxAgeMultiFactor\":\"30.00:00:00\"");
    hg_str change = (hg_str)POLICY("\"MaxAgeMultiFactor\":\"until-revoked\","
                                   "\"MaxAgeSessionMultiFactor\":\"14.00:00:00\"");
    struct lifetime_settings base = parsed(arena, before);
    struct lifetime_settings over = parsed(arena, change);
    assert_int_equal(base.given & ~over.given, BIT(LIFETIME_ACCESS_TOKEN));
    struct lifetime_settings merged = lifetime_definition_merge(&base, &over);
    hg_str text;
    assert_int_equal(lifetime_definition_render(arena, &merged, &text, NULL), HG_OK);
    test_str_eq("merged", text,
                (hg_str)POLICY("\"AccessTokenLifetime\":\"02:00:00\","
                               "\"MaxAgeMultiFactor\":\"until-revoked\","
                               "\"MaxAgeSessionMultiFactor\":\"14.00:00:00\""));
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
        cmocka_unit_test(a_definition_is_read_and_written_back),
        cmocka_unit_test(a_malformed_definition_is_refused_with_its_place),
        cmocka_unit_test(a_definition_past_its_limit_is_refused),
        cmocka_unit_test(merging_keeps_what_the_change_does_not_name),
    };
    return cmocka_run_group_tests(tests, start, end);
}
