#include "unit/test.h"

static const struct {
    const char *name;
    hg_str s, prefix;
    bool want;
} starts[] = {
    {"a text starts with itself", HG_LIT("abc"), HG_LIT("abc"), true},
    {"a text starts with nothing", HG_LIT("abc"), HG_LIT(""), true},
    {"a text does not start with a longer one", HG_LIT("ab"), HG_LIT("abc"), false},
    {"letter case counts", HG_LIT("Abc"), HG_LIT("a"), false},
};

static void starts_compares_the_first_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(starts); i++)
        if (hg_str_starts(starts[i].s, starts[i].prefix) != starts[i].want)
            fail_msg("%s", starts[i].name);
}

static const struct {
    const char *name;
    hg_str text, head, rest;
    bool found;
} cuts[] = {
    {"the first separator counts", HG_LIT("a:b:c"), HG_LIT("a"), HG_LIT("b:c"), true},
    {"nothing before it", HG_LIT(":b"), HG_LIT(""), HG_LIT("b"), true},
    {"nothing after it", HG_LIT("a:"), HG_LIT("a"), HG_LIT(""), true},
    {"no separator: all is head", HG_LIT("abc"), HG_LIT("abc"), HG_LIT(""), false},
};

static void cut_splits_at_the_first_separator(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(cuts); i++) {
        hg_str head;
        hg_str rest;
        bool found = hg_str_cut(cuts[i].text, ':', &head, &rest);
        if (found != cuts[i].found || !hg_str_eq(head, cuts[i].head) ||
            !hg_str_eq(rest, cuts[i].rest))
            fail_msg("%s", cuts[i].name);
    }
}

static const struct {
    const char *name;
    hg_str words, word;
    bool exact, nocase;
} words[] = {
    {"a word among others", HG_LIT("a bc d"), HG_LIT("bc"), true, true},
    {"in other letter case", HG_LIT("a bc d"), HG_LIT("BC"), false, true},
    {"a part of a word", HG_LIT("a bc d"), HG_LIT("b"), false, false},
    {"two words", HG_LIT("a bc d"), HG_LIT("a bc"), false, false},
    {"nothing", HG_LIT("a  d"), HG_LIT(""), false, false},
};

static void a_word_is_found_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(words); i++)
        if (hg_str_has_word(words[i].words, words[i].word) != words[i].exact ||
            hg_str_has_word_nocase(words[i].words, words[i].word) != words[i].nocase)
            fail_msg("%s", words[i].name);
}

static void secrets_compare_by_content_and_length(void **state)
{
    (void)state;
    assert_true(hg_str_eq_secret(HG_STR("s3cret"), HG_STR("s3cret")));
    assert_false(hg_str_eq_secret(HG_STR("s3cret"), HG_STR("s3creT")));
    assert_false(hg_str_eq_secret(HG_STR("s3cret"), HG_STR("s3cret ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_compares_the_first_bytes),
        cmocka_unit_test(cut_splits_at_the_first_separator),
        cmocka_unit_test(a_word_is_found_whole),
        cmocka_unit_test(secrets_compare_by_content_and_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
