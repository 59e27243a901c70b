#include "text/casing.h"
#include "unit/test.h"

static const struct {
    const char *name;
    hg_str text, lower, upper;
} cases[] = {
    {"ASCII", HG_LIT("aB1"), HG_LIT("ab1"), HG_LIT("AB1")},
    {"Slovenian", HG_LIT("Čšž"), HG_LIT("čšž"), HG_LIT("ČŠŽ")},
    {"Turkish letters stay", HG_LIT("ıİ"), HG_LIT("ıİ"), HG_LIT("ıİ")},
    {"sharp s does not lengthen", HG_LIT("ß"), HG_LIT("ß"), HG_LIT("ß")},
    {"long s stays", HG_LIT("ſ"), HG_LIT("ſ"), HG_LIT("ſ")},
    {"full width", HG_LIT("Ａｂ"), HG_LIT("ａｂ"), HG_LIT("ＡＢ")},
    {"nothing", HG_LIT(""), HG_LIT(""), HG_LIT("")},
    {"what is no text becomes a mark", HG_LIT("\xff"), HG_LIT("\xef\xbf\xbd"),
     HG_LIT("\xef\xbf\xbd")},
};

static void case_changes_one_character_for_one(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        hg_str lower;
        hg_str upper;
        assert_int_equal(text_to_lower(arena, cases[i].text, &lower, NULL), HG_OK);
        assert_int_equal(text_to_upper(arena, cases[i].text, &upper, NULL), HG_OK);
        test_str_eq(cases[i].name, lower, cases[i].lower);
        test_str_eq(cases[i].name, upper, cases[i].upper);
    }
}

static void texts_compare_without_case(void **state)
{
    (void)state;
    assert_true(text_eq_nocase(HG_STR("PRIMOŽ"), HG_STR("primož")));
    assert_false(text_eq_nocase(HG_STR("a"), HG_STR("ab")));
    assert_true(text_cmp_nocase(HG_STR("a"), HG_STR("B")) < 0);
    assert_true(text_cmp_nocase(HG_STR("AB"), HG_STR("a")) > 0);
    assert_true(text_starts_nocase(HG_STR("Žiga"), HG_STR("ž")));
    assert_false(text_starts_nocase(HG_STR("Ž"), HG_STR("žiga")));
}

static const struct {
    const char *name;
    hg_str text, want;
} trims[] = {
    {"blanks at both ends", HG_LIT("  a b  "), HG_LIT("a b")},
    {"white space of Unicode", HG_LIT("\u3000\u00a0x\u2003"), HG_LIT("x")},
    {"nothing but white space", HG_LIT(" \t\u2028"), HG_LIT("")},
    {"a letter of several bytes at the end", HG_LIT("č"), HG_LIT("č")},
    {"a zero-width space is none", HG_LIT("\u200bx"), HG_LIT("\u200bx")},
};

static void white_space_goes_from_both_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(trims); i++)
        test_str_eq(trims[i].name, text_trim(trims[i].text), trims[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_changes_one_character_for_one),
        cmocka_unit_test(texts_compare_without_case),
        cmocka_unit_test(white_space_goes_from_both_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
