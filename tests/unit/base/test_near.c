#include "unit/test.h"

static const char *const known[] = {"list", "show", "enable", "disable", "report-only", "remove"};

static const struct {
    const char *name;
    const char *given, *want;
} cases[] = {
    {"a letter missing", "enabl", "enable"},
    {"a letter too many", "listt", "list"},
    {"neighbours swapped", "hsow", "show"},
    {"another letter", "shaw", "show"},
    {"letter case is free", "LIST", "list"},
    {"two edits in a long word", "reprot-olny", "report-only"},
    {"another word", "create", ""},
    {"a short word is not far from anything", "x", ""},
    {"nothing", "", ""},
};

static void the_nearest_name_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        struct hg_near near = hg_near_to(hg_str_of(cases[i].given));
        for (size_t k = 0; k < HG_COUNT(known); k++)
            hg_near_offer(&near, hg_str_of(known[k]));
        test_str_eq(cases[i].name, near.best, hg_str_of(cases[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_name_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
