#include "unit/test.h"

static struct hg_json parsed(struct hg_arena *arena, const char *text)
{
    struct hg_json value;
    struct hg_err err = {0};
    if (hg_json_parse(arena, hg_str_of(text), HG_JSON_STRICT, &hg_json_api, &value, &err) != HG_OK)
        fail_msg("%s: %s", text, err.detail);
    return value;
}

static hg_str text_of(struct hg_arena *arena, const struct hg_json *value)
{
    hg_str text = {0};
    assert_int_equal(hg_json_render(arena, value, &text, NULL), HG_OK);
    return text;
}

static void limits_hold_exactly(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct hg_json_limits small = {.depth = 2, .members = 3};
    static const struct {
        const char *name, *in;
        enum hg_code want;
        const char *detail;
    } rows[] = {
        {"as deep as may be", "[[]]", HG_OK, ""},
        {"one too deep", "[[{}]]", HG_TOO_BIG, "line 1, column 3: more than 2 levels"},
        {"as many as may be", "{\"a\":1,\"b\":[1]}", HG_OK, ""},
        {"one too many", "{\"a\":1,\"b\":[1,2]}", HG_TOO_BIG,
         "line 1, column 15: more than 3 members and items"},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct hg_json value;
        struct hg_err err = {0};
        if (hg_json_parse(arena, hg_str_of(rows[i].in), HG_JSON_STRICT, &small, &value, &err) !=
            rows[i].want)
            fail_msg("%s: %s", rows[i].name, err.detail);
        test_str_eq(rows[i].name, hg_str_of(err.detail), hg_str_of(rows[i].detail));
    }
}

static void the_arena_s_end_fails_the_reading(void **state)
{
    (void)state;
    static const char *const texts[] = {"[1,2,3]", "{\"a\":1}", "\"a\\n\""};
    for (size_t i = 0; i < HG_COUNT(texts); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("tiny", 2);
        struct hg_json value;
        assert_int_equal(
            hg_json_parse(arena, hg_str_of(texts[i]), HG_JSON_STRICT, &hg_json_api, &value, NULL),
            HG_NO_MEMORY);
    }
}

/* Names that a weak hash would throw together are only sorted: no square of their number. */
static void many_names_are_checked_without_comparing_each_with_each(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("large", (size_t)1 << 30);
    struct hg_buf buf = hg_buf_new(arena, 64 << 20);
    hg_buf_byte(&buf, '{');
    for (int i = 0; i < 200000; i++)
        hg_buf_format(&buf, "\"%08d\":0,", i);
    size_t n = buf.len;
    hg_buf_z(&buf, "\"last\":0}");
    struct hg_json value;
    struct hg_err err = {0};
    assert_int_equal(
        hg_json_parse(arena, hg_buf_view(&buf), HG_JSON_STRICT, &hg_json_file, &value, &err),
        HG_OK);
    assert_int_equal(hg_json_count(&value), 200001);
    memcpy(buf.ptr + n, "\"00000007\":0}", 14);
    assert_int_equal(hg_json_parse(arena, (hg_str){buf.ptr, n + 13}, HG_JSON_STRICT, &hg_json_file,
                                   &value, &err),
                     HG_MALFORMED);
    assert_true(hg_str_ends(hg_str_of(err.detail), HG_STR("the member '00000007' is there twice")));
}

static void values_know_where_they_stood(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const char *text = "{\n  \"\xc5\xbd\": [10,\n true]\n}";
    struct hg_json value = parsed(arena, text);
    const struct hg_json *item = hg_json_item(&value.object.members[0].value, 1);
    struct hg_json_place place = hg_json_place_of(hg_str_of(text), item->at);
    assert_int_equal(place.line, 3);
    assert_int_equal(place.column, 2);
    place = hg_json_place_of(hg_str_of(text), value.object.members[0].value.at);
    assert_int_equal(place.line, 2);
    assert_int_equal(place.column, 8); /* a letter of two bytes is one column */
}

static void chains_of_reading_need_one_check(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json value = parsed(arena, "{\"a\":{\"B\":[1,\"x\",2.5]},\"n\":null,\"t\":true}");
    const struct hg_json *list = hg_json_path(&value, "a.B");
    int64_t integer = 77;
    double number = 0;
    bool boolean = false;
    hg_str text;
    assert_true(hg_json_as_int(hg_json_item(list, 0), &integer) && integer == 1);
    assert_true(hg_json_as_str(hg_json_item(list, 1), &text));
    assert_true(hg_json_as_double(hg_json_item(list, 2), &number) && number == 2.5);
    assert_true(hg_json_as_double(hg_json_item(list, 0), &number) && number == 1.0);
    assert_true(hg_json_as_bool(hg_json_get(&value, "t"), &boolean) && boolean);
    assert_false(hg_json_as_int(hg_json_item(list, 2), &integer));
    assert_null(hg_json_path(&value, "a.b"));
    assert_null(hg_json_path(&value, "a.B.c"));
    assert_null(hg_json_item(list, 3));
    assert_null(hg_json_get(NULL, "a"));
    assert_non_null(hg_json_get_nocase(hg_json_get(&value, "a"), HG_STR("b")));
    assert_true(hg_json_is_null(hg_json_get(&value, "n")));
    assert_true(hg_json_is_null(hg_json_get(&value, "absent")));
    assert_int_equal(hg_json_count(list), 3);
    assert_int_equal(hg_json_count(&value), 3);
    assert_int_equal(hg_json_count(NULL), 0);
    test_str_eq("otherwise", hg_json_str_or(list, HG_STR("none")), HG_STR("none"));
    assert_true(hg_json_bool_or(NULL, true));
}

static const struct {
    const char *name;
    const char *a, *b;
    bool want;
} pairs[] = {
    {"member order does not count", "{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}", true},
    {"item order does", "[1,2]", "[2,1]", false},
    {"a member more", "{\"a\":1}", "{\"a\":1,\"b\":1}", false},
    {"another name", "{\"a\":1}", "{\"b\":1}", false},
    {"an integer is no double", "1", "1.0", false},
    {"doubles by value", "1.50", "15e-1", true},
    {"null is null", "null", "null", true},
    {"null is not false", "null", "false", false},
    {"texts by content", "\"\\u0041\"", "\"A\"", true},
    {"a deep difference", "{\"a\":[{\"b\":true}]}", "{\"a\":[{\"b\":false}]}", false},
};

static void values_compare_by_meaning(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(pairs); i++) {
        struct hg_json a = parsed(arena, pairs[i].a);
        struct hg_json b = parsed(arena, pairs[i].b);
        if (hg_json_eq(&a, &b) != pairs[i].want || hg_json_eq(&b, &a) != pairs[i].want)
            fail_msg("%s", pairs[i].name);
    }
    assert_true(hg_json_eq(NULL, NULL));
}

static void trees_are_built_and_changed(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json list = hg_json_array();
    for (int i = 0; i < 6; i++)
        hg_json_push(arena, &list, hg_json_int(i));
    struct hg_json object = hg_json_object();
    hg_json_put(arena, &object, "list", list);
    hg_json_put_str(arena, &object, "text", HG_STR("a\"b"));
    hg_json_put(arena, &object, "none", hg_json_null());
    hg_json_put(arena, &object, "yes", hg_json_bool(true));
    hg_json_put(arena, &object, "number", hg_json_double(2));
    hg_json_put(arena, &object, "text", hg_json_z("again"));
    test_str_eq("built", text_of(arena, &object),
                HG_STR("{\"list\":[0,1,2,3,4,5],\"text\":\"again\",\"none\":null,\"yes\":true,"
                       "\"number\":2.0}"));
    assert_true(hg_json_remove(&object, HG_STR("list")));
    assert_false(hg_json_remove(&object, HG_STR("list")));
    test_str_eq("without a member", text_of(arena, &object),
                HG_STR("{\"text\":\"again\",\"none\":null,\"yes\":true,\"number\":2.0}"));
}

static void a_parsed_object_grows(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json value = parsed(arena, "{\"a\":[]}");
    hg_json_push(arena, &value.object.members[0].value, hg_json_int(1));
    hg_json_put(arena, &value, "b", hg_json_int(2));
    test_str_eq("grown", text_of(arena, &value), HG_STR("{\"a\":[1],\"b\":2}"));
}

static void a_copy_stands_alone(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    char text[] = "{\"a\":[\"x\",{\"b\":1.5}]}";
    struct hg_json value = parsed(arena, text);
    struct hg_json copy = hg_json_copy(arena, &value);
    memset(text, 'z', sizeof(text) - 1);
    test_str_eq("copy", text_of(arena, &copy), HG_STR("{\"a\":[\"x\",{\"b\":1.5}]}"));
}

static void building_past_the_arena_fails_at_the_end(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("small", 2000);
    struct hg_json list = hg_json_array();
    hg_str text;
    for (int i = 0; i < 1000; i++)
        hg_json_push(arena, &list, hg_json_int(i));
    assert_int_equal(hg_json_render(arena, &list, &text, NULL), HG_NO_MEMORY);
}

static void text_is_laid_out_for_people(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json value = parsed(arena, "{\"a\":[1,{\"b\":null}],\"c\":{},\"d\":[]}");
    struct hg_buf buf = hg_buf_new(arena, 1000);
    hg_json_write_pretty(&buf, &value);
    test_str_eq("pretty", hg_buf_view(&buf),
                HG_STR("{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n"
                       "  \"c\": {},\n  \"d\": []\n}"));
}

static void numbers_that_json_lacks_become_null(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json list = hg_json_array();
    hg_json_push(arena, &list, hg_json_double(__builtin_inf()));
    hg_json_push(arena, &list, hg_json_double(__builtin_nan("")));
    test_str_eq("null", text_of(arena, &list), HG_STR("[null,null]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_hold_exactly),
        cmocka_unit_test(the_arena_s_end_fails_the_reading),
        cmocka_unit_test(many_names_are_checked_without_comparing_each_with_each),
        cmocka_unit_test(values_know_where_they_stood),
        cmocka_unit_test(chains_of_reading_need_one_check),
        cmocka_unit_test(values_compare_by_meaning),
        cmocka_unit_test(trees_are_built_and_changed),
        cmocka_unit_test(a_parsed_object_grows),
        cmocka_unit_test(a_copy_stands_alone),
        cmocka_unit_test(building_past_the_arena_fails_at_the_end),
        cmocka_unit_test(text_is_laid_out_for_people),
        cmocka_unit_test(numbers_that_json_lacks_become_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
