#include "flow/expression.h"
#include "unit/test.h"

/* The language itself stands in tests/cases/expressions; here is what C callers see. */

static const struct flow_expression *parse(struct hg_arena *arena, const char *text,
                                           enum flow_form form)
{
    const struct flow_expression *expression = NULL;
    struct flow_fault fault = {0};
    enum hg_code code =
        flow_expression_parse(arena, hg_str_of(text), form, &expression, &fault, NULL);
    if (code != HG_OK)
        fail_msg("%s: %.*s", text, HG_ARG(fault.message));
    return expression;
}

static struct hg_json json(struct hg_arena *arena, const char *text)
{
    struct hg_json value = {0};
    struct hg_err err = {0};
    if (hg_json_parse(arena, hg_str_of(text), HG_JSON_STRICT, &hg_json_api, &value, &err) != HG_OK)
        fail_msg("%s: %s", text, err.detail);
    return value;
}

static void texts_without_expressions_are_plain(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    assert_true(flow_expression_is_plain(parse(arena, "", FLOW_FORM_TEMPLATE)));
    assert_true(flow_expression_is_plain(parse(arena, "a@b", FLOW_FORM_TEMPLATE)));
    assert_true(flow_expression_is_plain(parse(arena, "@@{x}", FLOW_FORM_TEMPLATE)));
    assert_false(flow_expression_is_plain(parse(arena, "@{1}", FLOW_FORM_TEMPLATE)));
    assert_false(flow_expression_is_plain(parse(arena, "utcNow()", FLOW_FORM_BARE)));
}

static void a_fault_says_where(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct flow_expression *expression = NULL;
    struct flow_fault fault = {0};
    assert_int_equal(flow_expression_parse(arena, HG_STR("ab @{concat(\"x\")}"), FLOW_FORM_TEMPLATE,
                                           &expression, &fault, NULL),
                     HG_MALFORMED);
    assert_null(expression);
    assert_int_equal(fault.at, 12);
    hg_str text = flow_fault_text(arena, &(struct flow_fault){.message = HG_STR("why")},
                                  HG_STR("in action 'X' inputs"));
    test_str_eq("the frame", text,
                HG_STR("Unable to process template language expressions in action 'X' inputs at "
                       "line '0' and column '0': 'why'."));
}

static void all_names_are_found(void **state)
{
    (void)state;
    static const struct {
        enum flow_name what;
        hg_str name;
        bool is_dynamic;
    } want[] = {
        {FLOW_NAME_ACTION, HG_LIT("A"), false},    {FLOW_NAME_PARAMETER, HG_LIT("p"), false},
        {FLOW_NAME_VARIABLE, HG_LIT(""), true},    {FLOW_NAME_TRIGGER, HG_LIT(""), false},
        {FLOW_NAME_LOOP, HG_LIT("Each"), false},   {FLOW_NAME_ITEM, HG_LIT(""), false},
        {FLOW_NAME_SELF, HG_LIT(""), false},       {FLOW_NAME_ACTION, HG_LIT("B"), false},
        {FLOW_NAME_RESULT, HG_LIT("S"), false},    {FLOW_NAME_WORKFLOW, HG_LIT(""), false},
        {FLOW_NAME_ITERATION, HG_LIT("U"), false},
    };
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct flow_references references = {0};
    const struct flow_expression *expression =
        parse(arena,
              "@{body('A')[parameters('p')]} @{if(true,variables(concat('v')),triggerBody())}"
              "@{createArray(items('Each'),item(),actionOutputs(),formDataValue('B','k'),"
              "result('S'),workflow(),iterationIndexes('U'))}",
              FLOW_FORM_TEMPLATE);
    assert_int_equal(flow_expression_references(arena, expression, &references, NULL), HG_OK);
    assert_int_equal(references.n, HG_COUNT(want));
    for (uint32_t i = 0; i < references.n; i++) {
        test_str_eq("name", references.items[i].name, want[i].name);
        assert_int_equal(references.items[i].what, want[i].what);
        assert_int_equal(references.items[i].is_dynamic, want[i].is_dynamic);
    }
}

static const struct {
    const char *name, *expr, *want;
} checks[] = {
    {"nothing is wrong", "@concat(body('A'),'x')", NULL},
    {"an unknown function, also where it may not be reached", "@if(true,1,contact('a'))",
     "Did you mean 'concat'?"},
    {"a wrong number of arguments", "@add(triggerBody())", "expects two parameters"},
    {"a constant that fails", "@int('abc')", "Could not parse abc as int"},
    {"a constant inside what is not", "@concat(body('A'),div(100,0))", "by zero"},
    {"an empty array", "@createArray()", "at least one parameter"},
    {"a constant that is not reached", "@if(true,1,int('abc'))", NULL},
    {"what depends on the run is not tried", "@int(parameters('p'))", NULL},
    {"what depends on the moment is not tried", "@int(utcNow())", NULL},
};

static void checking_finds_what_must_fail(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(checks); i++) {
        struct flow_faults faults = {0};
        const struct flow_expression *expression = parse(arena, checks[i].expr, FLOW_FORM_TEMPLATE);
        assert_int_equal(flow_expression_check(arena, expression, &faults, NULL), HG_OK);
        if (faults.n != (checks[i].want == NULL ? 0 : 1))
            fail_msg("%s: %u faults", checks[i].name, faults.n);
        if (faults.n == 1 &&
            hg_str_find(faults.items[0].message, hg_str_of(checks[i].want)) == HG_NPOS)
            fail_msg("%s: %.*s", checks[i].name, HG_ARG(faults.items[0].message));
    }
}

static void a_check_of_a_template_says_which_string(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json value = json(arena, "{\"a\":[\"x\",\"@nope()\"],\"b\":{\"c\":\"@{\"},"
                                       "\"@{variables('k')}\":\"@body('A')\"}");
    struct flow_references references = {0};
    struct flow_faults faults = {0};
    assert_int_equal(flow_template_check(arena, &value, &references, &faults, NULL), HG_OK);
    assert_int_equal(faults.n, 2);
    test_str_eq("unknown function", faults.items[0].path, HG_STR("/a/1"));
    test_str_eq("syntax", faults.items[1].path, HG_STR("/b/c"));
    assert_int_equal(references.n, 2);
    test_str_eq("name in a key", references.items[0].name, HG_STR("k"));
    test_str_eq("name in a value", references.items[1].name, HG_STR("A"));
}

static const struct {
    const char *name, *template, *want;
} templates[] = {
    {"strings are replaced, the rest stays", "{\"a\":\"@add(1,2)\",\"b\":[1,null,\"x @{true}\"]}",
     "{\"a\":3,\"b\":[1,null,\"x True\"]}"},
    {"keys are evaluated", "{\"@{concat('k',1)}\":1,\"@@odata.type\":2}",
     "{\"k1\":1,\"@odata.type\":2}"},
    {"a key that is no expression stays", "{\"@odata.type\":\"x\"}", "{\"@odata.type\":\"x\"}"},
    {"an order is kept", "{\"z\":\"@1\",\"a\":\"@2\"}", "{\"z\":1,\"a\":2}"},
};

static void templates_are_walked(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct flow_scope scope = {0};
    for (size_t i = 0; i < HG_COUNT(templates); i++) {
        struct hg_json value = json(arena, templates[i].template);
        struct flow_fault fault = {0};
        struct hg_json out;
        hg_str text;
        if (flow_template_eval(arena, &value, &scope, &out, &fault, NULL) != HG_OK)
            fail_msg("%s: %.*s", templates[i].name, HG_ARG(fault.message));
        assert_int_equal(hg_json_render(arena, &out, &text, NULL), HG_OK);
        test_str_eq(templates[i].name, text, hg_str_of(templates[i].want));
    }
}

static void a_fault_in_a_template_names_the_string(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json value = json(arena, "{\"body\":{\"items\":[\"ok\",\"@variables('x')\"]}}");
    struct flow_scope scope = {0};
    struct flow_fault fault = {0};
    struct hg_json out = hg_json_int(7);
    assert_int_equal(flow_template_eval(arena, &value, &scope, &out, &fault, NULL), HG_MALFORMED);
    test_str_eq("path", fault.path, HG_STR("/body/items/1"));
    assert_int_equal(out.integer, 7); /* untouched */
}

static const struct {
    const char *name, *condition;
    enum hg_code code;
    bool want;
} conditions[] = {
    {"a text", "\"@equals(1,1)\"", HG_OK, true},
    {"a boolean", "false", HG_OK, false},
    {"a comparison", "{\"greater\":[\"@add(1,2)\",2]}", HG_OK, true},
    {"all of a list", "{\"and\":[{\"equals\":[1,1]},\"@false\"]}", HG_OK, false},
    {"up to the one that decides", "{\"or\":[\"@true\",\"@nope()\"]}", HG_OK, true},
    {"not", "{\"not\":{\"contains\":[\"abc\",\"b\"]}}", HG_OK, false},
    {"nothing holds", "{}", HG_OK, true},
    {"an empty list", "{\"and\":[]}", HG_OK, true},
    {"a text that is no boolean", "\"true\"", HG_MALFORMED, false},
    {"an unknown operator", "{\"matches\":[1,1]}", HG_MALFORMED, false},
    {"two operators", "{\"equals\":[1,1],\"less\":[1,2]}", HG_MALFORMED, false},
    {"too few operands", "{\"equals\":[1]}", HG_MALFORMED, false},
};

static void conditions_are_texts_or_objects(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct flow_scope scope = {0};
    for (size_t i = 0; i < HG_COUNT(conditions); i++) {
        struct hg_json value = json(arena, conditions[i].condition);
        struct flow_fault fault = {0};
        bool holds = false;
        enum hg_code code = flow_condition_eval(arena, &value, &scope, &holds, &fault, NULL);
        if (code != conditions[i].code || holds != conditions[i].want)
            fail_msg("%s: code %d, %d, %.*s", conditions[i].name, code, holds,
                     HG_ARG(fault.message));
        if (code == HG_MALFORMED && fault.message.len == 0)
            fail_msg("%s: no message", conditions[i].name);
    }
}

static void the_functions_are_a_table(void **state)
{
    (void)state;
    size_t n = flow_function_count();
    assert_true(n > 120);
    for (size_t i = 0; i < n; i++) {
        struct flow_function_info a = flow_function_at(i);
        assert_true(a.name.len > 0 && a.group.len > 0 && a.min_args <= a.max_args);
        for (size_t j = i + 1; j < n; j++)
            if (hg_str_eq_nocase(a.name, flow_function_at(j).name))
                fail_msg("%.*s comes twice", HG_ARG(a.name));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_without_expressions_are_plain),
        cmocka_unit_test(a_fault_says_where),
        cmocka_unit_test(all_names_are_found),
        cmocka_unit_test(checking_finds_what_must_fail),
        cmocka_unit_test(a_check_of_a_template_says_which_string),
        cmocka_unit_test(templates_are_walked),
        cmocka_unit_test(a_fault_in_a_template_names_the_string),
        cmocka_unit_test(conditions_are_texts_or_objects),
        cmocka_unit_test(the_functions_are_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
