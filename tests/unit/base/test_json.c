#include "unit/test.h"

static const struct {
    const char *name;
    const char *in;
    const char *want; /* compact */
} reads[] = {
    {"members keep their order", " {\"b\" : 1 , \"a\" : [ true , false , null ] } ",
     "{\"b\":1,\"a\":[true,false,null]}"},
    {"empty containers", "[{},[],\"\"]", "[{},[],\"\"]"},
    {"the largest integer", "9223372036854775807", "9223372036854775807"},
    {"the smallest integer", "-9223372036854775808", "-9223372036854775808"},
    {"an integer that does not fit is a double", "9223372036854775808", "9.223372036854776e+18"},
    {"an integer of sixty-five digits is a double",
     "10000000000000000000000000000000000000000000000000000000000000000", "1e+64"},
    {"a double stays one", "5.0", "5.0"},
    {"an exponent makes a double", "[1e2,1E+20,-2.5e-3]", "[100.0,1e+20,-0.0025]"},
    {"shortest digits that read back", "[0.1,0.30000000000000004,5e-324,1.7976931348623157e308]",
     "[0.1,0.30000000000000004,5e-324,1.7976931348623157e+308]"},
    {"zero keeps its sign as a double", "[0,-0.0]", "[0,-0.0]"},
    {"short escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
    {"escaped letters", "\"\\u0041\\u00e9\\u20AC\"", "\"A\xc3\xa9\xe2\x82\xac\""},
    {"a surrogate pair", "\"a\\ud83d\\ude00b\"",
     "\"a\xf0\x9f\x98\x80"
     "b\""},
    {"an escaped NUL", "\"\\u0000\"", "\"\\u0000\""},
    {"text beyond ASCII", "\"\xc5\xbd\xce\xb1\"", "\"\xc5\xbd\xce\xb1\""},
    {"a long text with one escape", "\"0123456789abcdef0123456789abcdef\\n\"",
     "\"0123456789abcdef0123456789abcdef\\n\""},
    {"an empty member name", "{\"\":1}", "{\"\":1}"},
};

static void values_are_read_and_written(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(reads); i++) {
        struct hg_json value;
        struct hg_err err = {0};
        hg_str text;
        if (hg_json_parse(arena, hg_str_of(reads[i].in), HG_JSON_STRICT, &hg_json_api, &value,
                          &err) != HG_OK)
            fail_msg("%s: %s", reads[i].name, err.detail);
        assert_int_equal(hg_json_render(arena, &value, &text, &err), HG_OK);
        test_str_eq(reads[i].name, text, hg_str_of(reads[i].want));
    }
}

static const struct {
    const char *name;
    const char *in;
    const char *want; /* the detail */
} refusals[] = {
    {"nothing at all", "", "line 1, column 1: expected a value"},
    {"a missing comma", "{\n  \"a\": 1\n  \"b\": 2}", "line 3, column 3: expected ',' or '}'"},
    {"a missing bracket", "[1, 2", "line 1, column 6: expected ',' or ']'"},
    {"a trailing comma in an object", "{\"a\":1,}",
     "line 1, column 8: expected a member name in quotes"},
    {"a trailing comma in an array", "[1,]", "line 1, column 4: expected a value"},
    {"a comment", "// x\n1", "line 1, column 1: expected a value"},
    {"a name without quotes", "{a:1}", "line 1, column 2: expected a member name in quotes"},
    {"no colon", "{\"a\" 1}", "line 1, column 6: expected ':' after the member name"},
    {"two values", "1 2", "line 1, column 3: text after the end of the value"},
    {"a word cut short", "[tru]", "line 1, column 2: expected a value"},
    {"a leading zero", "[012]", "line 1, column 2: a number with a leading zero"},
    {"a plus sign", "+1", "line 1, column 1: expected a value"},
    {"a lone minus", "-", "line 1, column 2: expected a digit"},
    {"a point without digits", "1.", "line 1, column 3: expected a digit after '.'"},
    {"a point without a whole part", ".5", "line 1, column 1: expected a value"},
    {"an exponent without digits", "1e+", "line 1, column 4: expected a digit in the exponent"},
    {"a number past all doubles", "1e999", "line 1, column 1: a number out of range"},
    {"a string without end", "[\"abc", "line 1, column 2: the string has no end"},
    {"a string that ends in a backslash", "\"\\", "line 1, column 1: the string has no end"},
    {"a line break in a string", "\"a\nb\"",
     "line 1, column 3: a control character in a string must be escaped"},
    {"an unknown escape", "\"a\\x\"", "line 1, column 3: unknown escape in a string"},
    {"bad digits in an escape", "\"\\u12g4\"", "line 1, column 2: \\u names no character"},
    {"a lone high surrogate", "\"\\ud800\"", "line 1, column 2: \\u names no character"},
    {"a high surrogate before a letter", "\"\\ud800\\u0041\"",
     "line 1, column 2: \\u names no character"},
    {"a lone low surrogate", "\"\\udc00\"", "line 1, column 2: \\u names no character"},
    {"a byte that is not UTF-8", "\"\xc5\xbd\xff\"",
     "line 1, column 3: a string that is not UTF-8"},
    {"a surrogate in UTF-8", "\"\xed\xa0\x80\"", "line 1, column 2: a string that is not UTF-8"},
    {"a byte-order mark", "\xef\xbb\xbf{}", "line 1, column 1: expected a value"},
    {"a member twice", "{\"a\":1,\n\"a\":2}", "line 2, column 5: the member 'a' is there twice"},
    {"a member twice, once escaped", "{\"a\":1,\"\\u0061\":2}",
     "line 1, column 17: the member 'a' is there twice"},
};

static void bad_text_is_refused_with_its_place(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(refusals); i++) {
        struct hg_json value = hg_json_int(42);
        struct hg_err err = {0};
        enum hg_code code = hg_json_parse(arena, hg_str_of(refusals[i].in), HG_JSON_STRICT,
                                          &hg_json_api, &value, &err);
        if (code != HG_MALFORMED || value.integer != 42)
            fail_msg("%s: code %d, value %lld", refusals[i].name, code, (long long)value.integer);
        test_str_eq(refusals[i].name, hg_str_of(err.detail), hg_str_of(refusals[i].want));
    }
}

static const struct {
    const char *name;
    unsigned options;
    const char *in, *want;
} leniencies[] = {
    {"comments and trailing commas of exports", HG_JSON_TOLERANT,
     "// head\n{ /* a */ \"a\" : [1, 2, ], // end\n } // tail", "{\"a\":[1,2]}"},
    {"a comment without line end", HG_JSON_TOLERANT, "1 //", "1"},
    {"the last of equal members wins", HG_JSON_LAST_WINS, "{\"a\":1,\"b\":2,\"a\":3}",
     "{\"b\":2,\"a\":3}"},
    {"the last of many equal members wins", HG_JSON_LAST_WINS,
     "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,"
     "\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"a\":2,\"b\":2,\"a\":3}",
     "{\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,"
     "\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"b\":2,\"a\":3}"},
};

static void options_read_what_exports_hold(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(leniencies); i++) {
        struct hg_json value;
        struct hg_err err = {0};
        hg_str text;
        if (hg_json_parse(arena, hg_str_of(leniencies[i].in), leniencies[i].options, &hg_json_file,
                          &value, &err) != HG_OK)
            fail_msg("%s: %s", leniencies[i].name, err.detail);
        assert_int_equal(hg_json_render(arena, &value, &text, &err), HG_OK);
        test_str_eq(leniencies[i].name, text, hg_str_of(leniencies[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_and_written),
        cmocka_unit_test(bad_text_is_refused_with_its_place),
        cmocka_unit_test(options_read_what_exports_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
