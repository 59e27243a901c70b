#include "text/culture.h"
#include "unit/test.h"

static const struct {
    const char *name;
    hg_str march, march_of_day, monday, short_date, long_date, decimal, group;
} cases[] = {
    {"en-US", HG_LIT("March"), HG_LIT("March"), HG_LIT("Monday"), HG_LIT("M/d/yyyy"),
     HG_LIT("dddd, MMMM d, yyyy"), HG_LIT("."), HG_LIT(",")},
    {"", HG_LIT("March"), HG_LIT("March"), HG_LIT("Monday"), HG_LIT("MM/dd/yyyy"),
     HG_LIT("dddd, dd MMMM yyyy"), HG_LIT("."), HG_LIT(",")},
    {"sl-SI", HG_LIT("marec"), HG_LIT("marec"), HG_LIT("ponedeljek"), HG_LIT("d. MM. yyyy"),
     HG_LIT("dddd, d. MMMM yyyy"), HG_LIT(","), HG_LIT(".")},
    {"EL-gr", HG_LIT("Μάρτιος"), HG_LIT("Μαρτίου"), HG_LIT("Δευτέρα"), HG_LIT("d/M/yyyy"),
     HG_LIT("dddd d MMMM yyyy"), HG_LIT(","), HG_LIT(".")},
    {"de-DE", HG_LIT("März"), HG_LIT("März"), HG_LIT("Montag"), HG_LIT("dd.MM.yyyy"),
     HG_LIT("dddd, d. MMMM yyyy"), HG_LIT(","), HG_LIT(".")},
};

static void a_culture_knows_its_words_and_patterns(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        const struct text_culture *culture;
        assert_int_equal(text_culture_find(arena, hg_str_of(cases[i].name), &culture, NULL), HG_OK);
        test_str_eq(cases[i].name, culture->months[2], cases[i].march);
        test_str_eq(cases[i].name, culture->months_of_day[2], cases[i].march_of_day);
        test_str_eq(cases[i].name, culture->days[1], cases[i].monday);
        test_str_eq(cases[i].name, culture->short_date, cases[i].short_date);
        test_str_eq(cases[i].name, culture->long_date, cases[i].long_date);
        test_str_eq(cases[i].name, culture->decimal, cases[i].decimal);
        test_str_eq(cases[i].name, culture->group, cases[i].group);
    }
}

static void a_culture_that_nobody_has_is_not_found(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    static const char *const names[] = {"xx-XX", "en-US; DROP", "klingon"};
    const struct text_culture *culture = NULL;
    for (size_t i = 0; i < HG_COUNT(names); i++)
        if (text_culture_find(arena, hg_str_of(names[i]), &culture, NULL) != HG_NOT_FOUND)
            fail_msg("%s was found", names[i]);
    assert_null(culture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_culture_knows_its_words_and_patterns),
        cmocka_unit_test(a_culture_that_nobody_has_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
