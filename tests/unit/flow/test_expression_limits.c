#include "flow/expression.h"
#include "unit/test.h"

/* What stops a hostile expression (flow-platform.md 3.2, security.md F02). */

static hg_str repeated(struct hg_arena *arena, const char *front, const char *piece, int n,
                       const char *back)
{
    struct hg_buf buf = hg_buf_new(arena, 8 << 20);
    hg_buf_z(&buf, front);
    for (int i = 0; i < n; i++)
        hg_buf_z(&buf, piece);
    hg_buf_z(&buf, back);
    return hg_buf_view(&buf);
}

static enum hg_code run(struct hg_arena *arena, hg_str text, const struct hg_json *context,
                        struct hg_json *out)
{
    const struct flow_expression *expression;
    struct flow_fault fault = {0};
    struct flow_scope scope = flow_scope_of(context, (hg_time){0}, NULL);
    enum hg_code code =
        flow_expression_parse(arena, text, FLOW_FORM_TEMPLATE, &expression, &fault, NULL);
    if (code != HG_OK)
        return code;
    return flow_expression_eval(arena, expression, &scope, out, &fault, NULL);
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json out;
    hg_str closing = repeated(arena, "", ")", HG_MAX_EXPRESSION_DEPTH, "");
    hg_str within = repeated(arena, "@", "array(", 60, "1");
    hg_str deep = repeated(arena, "@", "string(", 1000000, "1");
    within = hg_str_format(arena, "%.*s%.*s", HG_ARG(within), 60, closing.ptr);
    assert_int_equal(run(arena, deep, NULL, &out), HG_MALFORMED);
    assert_int_equal(run(arena, within, NULL, &out), HG_OK);
}

static void expressions_have_at_most_8192_characters(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json out;
    hg_str fits = repeated(arena, "@'", "č", HG_MAX_EXPRESSION - 2, "'");
    hg_str longer = repeated(arena, "@'", "č", HG_MAX_EXPRESSION - 1, "'");
    hg_str text = repeated(arena, "", "x", HG_MAX_EXPRESSION * 4, "@{1}");
    assert_int_equal(run(arena, fits, NULL, &out), HG_OK);
    assert_int_equal(run(arena, longer, NULL, &out), HG_MALFORMED);
    assert_int_equal(run(arena, text, NULL, &out), HG_OK); /* text around it does not count */
}

static void values_do_not_grow_deeper_than_a_document(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json out;
    hg_str closing = repeated(arena, "", ")", HG_MAX_EXPRESSION_DEPTH, "");
    hg_str opening = repeated(arena, "@", "createArray(", HG_MAX_FLOW_DEPTH + 1, "1");
    hg_str text =
        hg_str_format(arena, "%.*s%.*s", HG_ARG(opening), HG_MAX_FLOW_DEPTH + 1, closing.ptr);
    assert_int_equal(run(arena, text, NULL, &out), HG_TOO_BIG);
}

static void a_text_that_doubles_ends_with_the_arena(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("small", 16 << 20);
    assert_non_null(arena);
    struct hg_json context = hg_json_object();
    struct hg_json variables = hg_json_object();
    hg_str megabyte = repeated(arena, "", "0123456789abcdef", 65536, "");
    hg_json_put_str(arena, &variables, "x", megabyte);
    hg_json_put(arena, &context, "variables", variables);
    struct hg_json out = hg_json_int(7);
    enum hg_code code = run(arena,
                            HG_STR("@concat(concat(variables('x'),variables('x'),variables('x')),"
                                   "replace(variables('x'),'a','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'))"),
                            &context, &out);
    assert_true(code == HG_NO_MEMORY || code == HG_TOO_BIG);
    assert_int_equal(out.integer, 7);
}

static void large_sets_are_not_compared_all_with_all(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("large", 512 << 20);
    assert_non_null(arena);
    struct hg_json out = {0};
    assert_int_equal(run(arena,
                         HG_STR("@length(intersection(union(range(1,100000),range(2,100000)),"
                                "reverse(range(1,100000))))"),
                         NULL, &out),
                     HG_OK);
    assert_int_equal(out.integer, 100000);
}

static void every_limit_of_the_arena_is_a_code(void **state)
{
    (void)state;
    static const char text[] = "@{union(createArray(1,'a',decimal('1.5')),json('[{\"b\":[1]}]'))}"
                               "@{sort(createArray(3,1,2))}@{xpath(xml('<a><b/></a>'),'//b')}"
                               "@{formatDateTime('2024-01-01','D','sl-SI')}@{formatNumber(1,'C')}";
    struct hg_json out;
    bool done = false;
    for (size_t limit = 64; limit < 1 << 20 && !done; limit += limit / 8) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("tight", limit);
        assert_non_null(arena);
        enum hg_code code = run(arena, hg_str_of(text), NULL, &out);
        if (code != HG_OK && code != HG_NO_MEMORY)
            fail_msg("limit %zu: code %d", limit, code);
        done = code == HG_OK;
    }
    assert_true(done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(expressions_have_at_most_8192_characters),
        cmocka_unit_test(values_do_not_grow_deeper_than_a_document),
        cmocka_unit_test(a_text_that_doubles_ends_with_the_arena),
        cmocka_unit_test(large_sets_are_not_compared_all_with_all),
        cmocka_unit_test(every_limit_of_the_arena_is_a_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
