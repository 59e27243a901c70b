#include "unit/test.h"

static const struct {
    const char *name;
    const char *in;
    uint64_t max;
    bool ok;
    uint64_t want;
} numbers[] = {
    {"digits", "42", 100, true, 42},
    {"leading zeros", "0042", 100, true, 42},
    {"the maximum", "100", 100, true, 100},
    {"past the maximum", "101", 100, false, 0},
    {"the largest of all", "18446744073709551615", UINT64_MAX, true, UINT64_MAX},
    {"one past the largest", "18446744073709551616", UINT64_MAX, false, 0},
    {"nothing", "", 100, false, 0},
    {"a sign", "+1", 100, false, 0},
    {"text behind it", "1x", 100, false, 0},
    {"a blank", " 1", 100, false, 0},
};

static void unsigned_numbers_have_a_maximum(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(numbers); i++) {
        uint64_t n = 77;
        bool ok = hg_str_u64(hg_str_of(numbers[i].in), numbers[i].max, &n);
        if (ok != numbers[i].ok || n != (ok ? numbers[i].want : 77))
            fail_msg("%s: %d %llu", numbers[i].name, ok, (unsigned long long)n);
    }
}

static const struct {
    const char *name;
    const char *in;
    bool ok;
    int64_t want;
} signed_numbers[] = {
    {"negative", "-42", true, -42},
    {"a plus sign", "+42", true, 42},
    {"the smallest", "-9223372036854775808", true, INT64_MIN},
    {"one below the smallest", "-9223372036854775809", false, 0},
    {"the largest", "9223372036854775807", true, INT64_MAX},
    {"one past the largest", "9223372036854775808", false, 0},
    {"two signs", "--1", false, 0},
    {"a sign alone", "-", false, 0},
};

static void signed_numbers_have_the_full_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(signed_numbers); i++) {
        int64_t n = 77;
        bool ok = hg_str_i64(hg_str_of(signed_numbers[i].in), &n);
        if (ok != signed_numbers[i].ok || n != (ok ? signed_numbers[i].want : 77))
            fail_msg("%s", signed_numbers[i].name);
    }
}

static void what_is_not_there_leaves_the_cursor(void **state)
{
    (void)state;
    struct hg_scan scan = hg_scan_of(HG_STR("Ab12x"));
    unsigned digits;
    assert_false(hg_scan_byte(&scan, 'a'));
    assert_false(hg_scan_lit(&scan, "ab"));
    assert_int_equal(scan.at, 0);
    assert_true(hg_scan_lit_nocase(&scan, "aB"));
    assert_false(hg_scan_digits(&scan, 3, &digits));
    assert_int_equal(scan.at, 2);
    assert_true(hg_scan_digits(&scan, 2, &digits));
    assert_int_equal(digits, 12);
    test_str_eq("the rest", hg_scan_rest(&scan), HG_STR("x"));
    assert_true(hg_scan_byte(&scan, 'x'));
    assert_true(hg_scan_done(&scan));
    assert_int_equal(hg_scan_peek(&scan), '\0');
    assert_false(hg_scan_byte(&scan, '\0'));
}

static void blanks_are_passed_over(void **state)
{
    (void)state;
    struct hg_scan scan = hg_scan_of(HG_STR(" \t\r\n x "));
    hg_scan_blanks(&scan);
    assert_int_equal(hg_scan_peek(&scan), 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsigned_numbers_have_a_maximum),
        cmocka_unit_test(signed_numbers_have_the_full_range),
        cmocka_unit_test(what_is_not_there_leaves_the_cursor),
        cmocka_unit_test(blanks_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
