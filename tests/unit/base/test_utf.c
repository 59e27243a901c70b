#include "unit/test.h"

static const struct {
    const char *name;
    hg_str text;
    size_t bad; /* HG_NPOS: valid */
} validity[] = {
    {"ASCII", HG_LIT("abc"), HG_NPOS},
    {"two, three and four bytes", HG_LIT("\xc2\x80\xe0\xa0\x80\xf0\x90\x80\x80"), HG_NPOS},
    {"the last code point", HG_LIT("\xf4\x8f\xbf\xbf"), HG_NPOS},
    {"past the last code point", HG_LIT("a\xf4\x90\x80\x80"), 1},
    {"an overlong slash", HG_LIT("ab\xc0\xaf"), 2},
    {"an overlong three-byte form", HG_LIT("\xe0\x9f\xbf"), 0},
    {"an overlong four-byte form", HG_LIT("\xf0\x8f\xbf\xbf"), 0},
    {"a surrogate", HG_LIT("\xed\xa0\x80"), 0},
    {"a lone continuation", HG_LIT("a\x80"), 1},
    {"cut short", HG_LIT("\xe2\x82"), 0},
    {"a byte that never occurs", HG_LIT("abc\xff"), 3},
};

static void utf8_is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(validity); i++) {
        if (hg_utf8_first_bad(validity[i].text) != validity[i].bad ||
            hg_utf8_valid(validity[i].text) != (validity[i].bad == HG_NPOS))
            fail_msg("%s", validity[i].name);
    }
}

static void every_code_point_is_written_and_read(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x110000; point++) {
        char bytes[4];
        size_t at = 0;
        size_t n = hg_utf8_encode(point, bytes);
        bool is_character = point < 0xd800 || (point > 0xdfff && point <= 0x10ffff);
        if ((n != 0) != is_character)
            fail_msg("U+%04X: %zu bytes", point, n);
        if (n != 0 && (hg_utf8_next((hg_str){bytes, n}, &at) != point || at != n))
            fail_msg("U+%04X is read as another", point);
    }
}

static void bad_bytes_are_read_one_by_one(void **state)
{
    (void)state;
    size_t at = 0;
    assert_int_equal(hg_utf8_next(HG_STR("\xe2\x82z"), &at), 0xfffd);
    assert_int_equal(at, 1);
}

static void other_bytes_are_read_as_latin_1(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    test_str_eq("UTF-8", hg_utf8_or_latin1(arena, HG_STR("\xc3\xa9")), HG_STR("\xc3\xa9"));
    test_str_eq("Latin-1", hg_utf8_or_latin1(arena, HG_STR("a\xe9\xff")),
                HG_STR("a\xc3\xa9\xc3\xbf"));
}

static void lengths_count_utf16_units(void **state)
{
    (void)state;
    assert_int_equal(hg_utf16_length(HG_STR("")), 0);
    assert_int_equal(hg_utf16_length(HG_STR("a\xc5\xbd\xe2\x82\xac")), 3);
    assert_int_equal(hg_utf16_length(HG_STR("\xf0\x9f\x98\x80")), 2);
}

static const struct {
    const char *name;
    hg_str bytes;
    const char *want; /* NULL: refused */
} files[] = {
    {"UTF-8", HG_LIT("{}\xc5\xbd"), "{}\xc5\xbd"},
    {"UTF-8 with its mark", HG_LIT("\xef\xbb\xbf{}"), "{}"},
    {"UTF-16, little end first", HG_LIT("\xff\xfe{\0}\0\x7d\x01"), "{}\xc5\xbd"},
    {"UTF-16, big end first", HG_LIT("\xfe\xff\0{\0}\x01\x7d"), "{}\xc5\xbd"},
    {"UTF-16 without a mark", HG_LIT("{\0}\0"), "{}"},
    {"UTF-16, big end first, without a mark", HG_LIT("\0{\0}"), "{}"},
    {"UTF-16 with a pair", HG_LIT("\xff\xfe\x3d\xd8\x00\xde"), "\xf0\x9f\x98\x80"},
    {"UTF-16 with half a pair", HG_LIT("\xff\xfe\x3d\xd8{\0"), NULL},
    {"UTF-16 with half a character", HG_LIT("\xff\xfe{\0}"), NULL},
    {"Latin-1", HG_LIT("caf\xe9"), NULL},
    {"an empty file", HG_LIT(""), ""},
};

static void files_become_utf8(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(files); i++) {
        hg_str text;
        enum hg_code code = hg_utf_text(arena, files[i].bytes, &text, NULL);
        if (code != (files[i].want == NULL ? HG_MALFORMED : HG_OK))
            fail_msg("%s: code %d", files[i].name, code);
        if (files[i].want != NULL)
            test_str_eq(files[i].name, text, hg_str_of(files[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(every_code_point_is_written_and_read),
        cmocka_unit_test(bad_bytes_are_read_one_by_one),
        cmocka_unit_test(other_bytes_are_read_as_latin_1),
        cmocka_unit_test(lengths_count_utf16_units),
        cmocka_unit_test(files_become_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
