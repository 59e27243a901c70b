#include "unit/test.h"

static const struct {
    const char *name;
    void (*append)(struct hg_buf *, hg_str);
    hg_str in, want;
} escapes[] = {
    {"JSON: quotes, backslashes and controls", hg_buf_json, HG_LIT("a\"\\\n\x01\x7f"),
     HG_LIT("\"a\\\"\\\\\\n\\u0001\\u007f\"")},
    {"JSON: text beyond ASCII stays", hg_buf_json, HG_LIT("\xc5\xbd"), HG_LIT("\"\xc5\xbd\"")},
    {"JSON: a NUL", hg_buf_json, HG_LIT("\0"), HG_LIT("\"\\u0000\"")},
    {"HTML: the five", hg_buf_html, HG_LIT("<a href=\"x\">'&'</a>"),
     HG_LIT("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;")},
    {"percent: all but unreserved", hg_buf_percent, HG_LIT("aZ9-._~ /?%\xc5\xbd"),
     HG_LIT("aZ9-._~%20%2F%3F%25%C5%BD")},
};

static void text_is_escaped_for_where_it_goes(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(escapes); i++) {
        struct hg_buf buf = hg_buf_new(arena, 1000);
        hg_str out;
        escapes[i].append(&buf, escapes[i].in);
        assert_int_equal(hg_buf_finish(&buf, &out, NULL), HG_OK);
        test_str_eq(escapes[i].name, out, escapes[i].want);
    }
}

static void pieces_add_up_and_a_nul_follows(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_buf buf = hg_buf_new(arena, 100000);
    for (int i = 0; i < 1000; i++) {
        hg_buf_str(&buf, HG_STR("a"));
        hg_buf_z(&buf, "b");
        hg_buf_byte(&buf, 'c');
    }
    hg_buf_i64(&buf, INT64_MIN);
    hg_buf_format(&buf, "|%s|%d", "x", 7);
    hg_str out;
    assert_int_equal(hg_buf_finish(&buf, &out, NULL), HG_OK);
    test_str_eq("the end", hg_str_from(out, 2997), HG_STR("abc-9223372036854775808|x|7"));
    assert_int_equal(out.ptr[out.len], '\0');
}

static void the_maximum_holds_exactly(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_buf buf = hg_buf_new(arena, 4);
    hg_str out = HG_STR("untouched");
    hg_buf_z(&buf, "1234");
    test_str_eq("what fits", hg_buf_view(&buf), HG_STR("1234"));
    hg_buf_byte(&buf, '5');
    test_str_eq("nothing after a failure", hg_buf_view(&buf), HG_STR(""));
    assert_int_equal(hg_buf_finish(&buf, &out, NULL), HG_TOO_BIG);
    test_str_eq("untouched", out, HG_STR("untouched"));
    struct hg_buf formatted = hg_buf_new(arena, 4);
    hg_buf_format(&formatted, "%d", 12345);
    assert_int_equal(hg_buf_finish(&formatted, &out, NULL), HG_TOO_BIG);
}

static void the_arena_s_end_is_told_apart(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("small", 500);
    struct hg_buf buf = hg_buf_new(arena, 100000);
    hg_str out;
    for (int i = 0; i < 1000; i++)
        hg_buf_byte(&buf, 'x');
    assert_int_equal(hg_buf_finish(&buf, &out, NULL), HG_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_escaped_for_where_it_goes),
        cmocka_unit_test(pieces_add_up_and_a_nul_follows),
        cmocka_unit_test(the_maximum_holds_exactly),
        cmocka_unit_test(the_arena_s_end_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
