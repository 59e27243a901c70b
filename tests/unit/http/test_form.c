#include "http/http.h"
#include "unit/test.h"

static const struct {
    const char *name;
    const char *in;
    const char *want; /* name=value| for each */
} forms[] = {
    {"pairs in their order", "a=1&b=2&a=3", "a=1|b=2|a=3|"},
    {"a plus sign is a blank", "scope=openid+profile", "scope=openid profile|"},
    {"escapes in names and values", "%61=%C5%BD%2b", "a=\xc5\xbd+|"},
    {"a value may be empty or missing", "a=&b", "a=|b=|"},
    {"empty pairs are passed over", "&&a=1&&", "a=1|"},
    {"only the first '=' separates", "a=b=c", "a=b=c|"},
    {"nothing", "", ""},
};

static void forms_are_decoded(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(forms); i++) {
        struct http_form form;
        struct hg_err err = {0};
        if (http_form_parse(arena, hg_str_of(forms[i].in), &form, &err) != HG_OK)
            fail_msg("%s: %s", forms[i].name, err.detail);
        struct hg_buf buf = hg_buf_new(arena, 4096);
        for (size_t k = 0; k < form.n; k++)
            hg_buf_format(&buf, "%.*s=%.*s|", HG_ARG(form.items[k].name),
                          HG_ARG(form.items[k].value));
        test_str_eq(forms[i].name, hg_buf_view(&buf), hg_str_of(forms[i].want));
    }
}

static const struct {
    const char *name;
    hg_str in;
    enum hg_code want;
} refusals[] = {
    {"an escape cut short", HG_LIT("a=%4"), HG_MALFORMED},
    {"an escape with other letters", HG_LIT("a=%zz"), HG_MALFORMED},
    {"an escaped NUL", HG_LIT("a=%00"), HG_MALFORMED},
    {"a raw NUL", HG_LIT("a=\0"), HG_MALFORMED},
    {"escaped bytes that are not UTF-8", HG_LIT("a=%ff"), HG_MALFORMED},
    {"an escaped overlong slash", HG_LIT("a=%c0%af"), HG_MALFORMED},
};

static void bad_forms_are_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(refusals); i++) {
        struct http_form form = {.n = 77};
        if (http_form_parse(arena, refusals[i].in, &form, NULL) != refusals[i].want || form.n != 77)
            fail_msg("%s", refusals[i].name);
    }
}

static void a_form_has_a_limited_number_of_fields(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_buf buf = hg_buf_new(arena, 4096);
    for (int i = 0; i < HG_MAX_FORM_FIELDS; i++)
        hg_buf_z(&buf, "a=1&");
    struct http_form form;
    assert_int_equal(http_form_parse(arena, hg_buf_view(&buf), &form, NULL), HG_OK);
    assert_int_equal(http_form_count(&form, "a"), HG_MAX_FORM_FIELDS);
    hg_buf_z(&buf, "b=1");
    assert_int_equal(http_form_parse(arena, hg_buf_view(&buf), &form, NULL), HG_TOO_BIG);
}

static void the_first_field_of_a_name_answers(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct http_form form;
    hg_str value;
    assert_int_equal(http_form_parse(arena, HG_STR("a=1&A=2&a=3"), &form, NULL), HG_OK);
    assert_true(http_form_get(&form, "a", &value));
    test_str_eq("first", value, HG_STR("1"));
    test_str_eq("case counts", http_form_or(&form, "A", "none"), HG_STR("2"));
    test_str_eq("absent", http_form_or(&form, "b", "none"), HG_STR("none"));
    assert_int_equal(http_form_count(&form, "a"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_decoded),
        cmocka_unit_test(bad_forms_are_refused),
        cmocka_unit_test(a_form_has_a_limited_number_of_fields),
        cmocka_unit_test(the_first_field_of_a_name_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
