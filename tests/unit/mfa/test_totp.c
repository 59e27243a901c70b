#include "mfa/mfa.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>

/* RFC 6238 appendix B, SHA-1: the RFC prints eight digits, apps show the last six. */
#define SEED "12345678901234567890"
static const struct {
    int64_t seconds;
    hg_str code;
} vectors[] = {
    {59, HG_LIT("287082")},         {1111111109, HG_LIT("081804")}, {1111111111, HG_LIT("050471")},
    {1234567890, HG_LIT("005924")}, {2000000000, HG_LIT("279037")}, {20000000000, HG_LIT("353130")},
};

static hg_time at(int64_t seconds)
{
    return (hg_time){.us = seconds * 1000000};
}

static void codes_agree_with_rfc_6238(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(vectors); i++) {
        hg_str code = {0};
        assert_int_equal(mfa_totp_code(arena, HG_STR(SEED), at(vectors[i].seconds), &code, NULL),
                         HG_OK);
        test_str_eq("appendix B", code, vectors[i].code);
    }
}

static enum mfa_totp_verdict check(const struct mfa_totp *totp, hg_str code, hg_time now,
                                   uint64_t *step)
{
    enum mfa_totp_verdict verdict = MFA_TOTP_WRONG;
    assert_int_equal(mfa_totp_check(totp, code, now, &verdict, step, NULL), HG_OK);
    return verdict;
}

/* security.md M02: the code of step 37037037 (1111111110 to 1111111139), seen from
 * the border of each step around it. */
static const struct {
    const char *name;
    int64_t now;
    enum mfa_totp_verdict want;
} windows[] = {
    {"two steps early", 1111111079, MFA_TOTP_WRONG},
    {"one step early, its first second", 1111111080, MFA_TOTP_ACCEPTED},
    {"in its step", 1111111110, MFA_TOTP_ACCEPTED},
    {"one step late, its last second", 1111111169, MFA_TOTP_ACCEPTED},
    {"two steps late", 1111111170, MFA_TOTP_WRONG},
};

static void a_code_counts_one_step_around_its_own(void **state)
{
    (void)state;
    struct mfa_totp totp = {.seed = HG_LIT(SEED)};
    for (size_t i = 0; i < HG_COUNT(windows); i++) {
        uint64_t step = 0;
        enum mfa_totp_verdict got = check(&totp, HG_STR("050471"), at(windows[i].now), &step);
        if (got != windows[i].want || step != (got == MFA_TOTP_ACCEPTED ? 37037037 : 0))
            fail_msg("%s: %d, step %llu", windows[i].name, got, (unsigned long long)step);
    }
}

/* security.md M01 */
static void no_code_counts_twice(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct mfa_totp totp = {.seed = HG_LIT(SEED)};
    hg_time now = at(1111111111);
    hg_str older = {0};
    hg_str newer = {0};
    assert_int_equal(mfa_totp_code(arena, totp.seed, at(1111111081), &older, NULL), HG_OK);
    assert_int_equal(mfa_totp_code(arena, totp.seed, at(1111111141), &newer, NULL), HG_OK);

    uint64_t step = 0;
    assert_int_equal(check(&totp, older, now, &step), MFA_TOTP_ACCEPTED);
    totp.has_last_step = true;
    totp.last_step = step;
    assert_int_equal(check(&totp, older, now, &step), MFA_TOTP_REPLAYED);
    assert_int_equal(check(&totp, HG_STR("050471"), now, &step), MFA_TOTP_ACCEPTED);
    totp.last_step = step;
    assert_int_equal(check(&totp, older, now, &step), MFA_TOTP_REPLAYED);
    assert_int_equal(check(&totp, newer, now, &step), MFA_TOTP_ACCEPTED);
    totp.last_step = step;
    assert_int_equal(check(&totp, HG_STR("050471"), now, &step), MFA_TOTP_REPLAYED);
    assert_int_equal(step, 37037038);
}

static const struct {
    const char *name;
    hg_str code;
    enum mfa_totp_verdict want;
} spellings[] = {
    {"as shown by apps", HG_LIT("050 471"), MFA_TOTP_ACCEPTED},
    {"pasted with blanks around", HG_LIT(" 050471\r\n"), MFA_TOTP_ACCEPTED},
    {"five digits", HG_LIT("05047"), MFA_TOTP_WRONG},
    {"seven digits", HG_LIT("0504711"), MFA_TOTP_WRONG},
    {"eight digits of the RFC", HG_LIT("14050471"), MFA_TOTP_WRONG},
    {"without its zero", HG_LIT("50471"), MFA_TOTP_WRONG},
    {"letters", HG_LIT("05047l"), MFA_TOTP_WRONG},
    {"a sign", HG_LIT("+50471"), MFA_TOTP_WRONG},
    {"a NUL", HG_LIT("05047\0"), MFA_TOTP_WRONG},
    {"nothing", HG_LIT(""), MFA_TOTP_WRONG},
    {"another code", HG_LIT("050472"), MFA_TOTP_WRONG},
};

static void a_code_is_six_digits(void **state)
{
    (void)state;
    struct mfa_totp totp = {.seed = HG_LIT(SEED)};
    for (size_t i = 0; i < HG_COUNT(spellings); i++) {
        uint64_t step = 0;
        if (check(&totp, spellings[i].code, at(1111111111), &step) != spellings[i].want)
            fail_msg("%s", spellings[i].name);
    }
}

static void the_first_steps_of_time_have_no_step_before(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct mfa_totp totp = {.seed = HG_LIT(SEED)};
    const int64_t times[] = {INT64_MIN / 1000000, -1, 0, 29};
    for (size_t i = 0; i < HG_COUNT(times); i++) {
        hg_str code = {0};
        uint64_t step = 7;
        assert_int_equal(mfa_totp_code(arena, totp.seed, at(times[i]), &code, NULL), HG_OK);
        assert_int_equal(check(&totp, code, at(times[i]), &step), MFA_TOTP_ACCEPTED);
        assert_int_equal(step, 0);
    }
}

static const struct {
    const char *name;
    hg_str text;
    enum hg_code want;
} seeds[] = {
    {"grouped, lower case", HG_LIT("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"), HG_OK},
    {"padded", HG_LIT("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ===="), HG_OK},
    {"ten bytes, as test seeds have", HG_LIT("JBSWY3DPEHPK3PXP"), HG_OK},
    {"nine bytes", HG_LIT("GEZDGNBVGY3TQOI"), HG_MALFORMED},
    {"nothing", HG_LIT(""), HG_MALFORMED},
    {"a digit that base32 lacks", HG_LIT("GEZDGNBVGY3TQOJ1GEZDGNBVGY3TQOJQ"), HG_MALFORMED},
};

static void seeds_are_read_as_apps_show_them(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(seeds); i++) {
        hg_str seed = {0};
        enum hg_code got = mfa_totp_seed_parse(arena, seeds[i].text, &seed, NULL);
        if (got != seeds[i].want || (seed.len > 0) != (got == HG_OK))
            fail_msg("%s: %s", seeds[i].name, hg_code_text(got));
    }
    hg_str seed = {0};
    assert_int_equal(mfa_totp_seed_parse(arena, seeds[0].text, &seed, NULL), HG_OK);
    test_str_eq("bytes", seed, HG_STR(SEED));
    struct mfa_totp empty = {.seed = HG_LIT("short")};
    enum mfa_totp_verdict verdict = MFA_TOTP_WRONG;
    uint64_t step = 0;
    assert_int_equal(mfa_totp_check(&empty, HG_STR("050471"), at(0), &verdict, &step, NULL),
                     HG_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_agree_with_rfc_6238),
        cmocka_unit_test(a_code_counts_one_step_around_its_own),
        cmocka_unit_test(no_code_counts_twice),
        cmocka_unit_test(a_code_is_six_digits),
        cmocka_unit_test(the_first_steps_of_time_have_no_step_before),
        cmocka_unit_test(seeds_are_read_as_apps_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
