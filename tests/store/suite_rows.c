#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>

static void a_row_comes_back_as_it_was_written(void **state)
{
    const struct suite *suite = *state;
    static const struct {
        const char *name;
        int64_t size;
        struct store_value due, code, body;
    } cases[] = {
        {"nulls", 0, {STORE_INT, true}, {STORE_TEXT, true}, {STORE_BLOB, true}},
        {"empty", -1, {STORE_INT}, {STORE_TEXT}, {STORE_BLOB}},
        {"largest",
         INT64_MAX,
         {STORE_INT, .integer = INT64_MAX},
         {STORE_TEXT, .bytes = HG_LIT("z")},
         {STORE_BLOB, .bytes = HG_LIT("\xff\xfe")}},
        {"smallest",
         INT64_MIN,
         {STORE_INT, .integer = INT64_MIN},
         {STORE_TEXT, .bytes = HG_LIT("a")},
         {STORE_BLOB, .bytes = HG_LIT("\0")}},
        {"other letters",
         1,
         {STORE_INT, true},
         {STORE_TEXT, .bytes = HG_LIT("Žiga Ωμέγα 🔑 '\"\\")},
         {STORE_BLOB, .bytes = HG_LIT("a\0b\\x00'")}},
    };
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        struct thing thing = suite_thing("t", cases[i].name, "ω", cases[i].size);
        thing.values[THING_DUE] = cases[i].due;
        thing.values[THING_CODE] = cases[i].code;
        thing.values[THING_BODY] = cases[i].body;
        struct store_op op = suite_put(STORE_INSERT, &thing);
        suite_commit(suite, &op, 1, HG_OK);
        const struct store_value *row = suite_row(suite, "t", cases[i].name);
        assert_non_null(row);
        for (size_t c = 0; c < THING_N_COLUMNS; c++)
            if (!suite_value_eq(&row[c], &thing.values[c]))
                fail_msg("%s: column %s differs", cases[i].name, suite_things.columns[c].name);
    }
}

static void a_large_value_comes_back_whole(void **state)
{
    const struct suite *suite = *state;
    enum { SIZE = 3 << 20 };
    char *bytes = HG_NEW_ARRAY(suite->arena, char, SIZE);
    assert_non_null(bytes);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 31 >> 3);
    struct thing thing = suite_thing("t", "large", "u", 1);
    thing.values[THING_BODY] = store_blob((hg_str){.ptr = bytes, .len = SIZE});
    struct store_op op = suite_put(STORE_PUT, &thing);
    suite_commit(suite, &op, 1, HG_OK);
    const struct store_value *row = suite_row(suite, "t", "large");
    assert_true(row != NULL && suite_value_eq(&row[THING_BODY], &thing.values[THING_BODY]));
}

static void a_row_that_is_not_there_is_not_found(void **state)
{
    const struct suite *suite = *state;
    assert_null(suite_row(suite, "t", "x"));
    suite_insert(suite, "t", "x", "u", 1);
    assert_null(suite_row(suite, "t", "X"));
    assert_null(suite_row(suite, "t", "x "));
    assert_null(suite_row(suite, "s", "x"));
    assert_non_null(suite_row(suite, "t", "x"));
}

static void a_tenant_never_sees_the_rows_of_another(void **state)
{
    const struct suite *suite = *state;
    suite_insert(suite, "s", "x", "u", 1);
    suite_insert(suite, "t", "x", "u", 2);
    struct thing key = suite_thing("s", "x", "", 0);
    struct store_op op = suite_by_key(STORE_DELETE, &key);
    suite_commit(suite, &op, 1, HG_OK);
    const struct store_value *row = suite_row(suite, "t", "x");
    assert_true(row != NULL && row[THING_SIZE].integer == 2);
}

static void texts_that_no_database_keeps_are_malformed(void **state)
{
    const struct suite *suite = *state;
    static const struct {
        const char *name;
        hg_str text;
    } cases[] = {
        {"a NUL", HG_LIT("a\0b")},
        {"a byte that is no UTF-8", HG_LIT("a\xff")},
        {"a surrogate", HG_LIT("\xed\xa0\x80")},
    };
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        struct thing thing = suite_thing("t", "x", "u", 1);
        thing.values[THING_CODE] = store_text(cases[i].text);
        struct store_op op = suite_put(STORE_INSERT, &thing);
        suite_commit(suite, &op, 1, HG_MALFORMED);
        thing.values[THING_ID] = store_text(cases[i].text);
        op = suite_by_key(STORE_DELETE, &thing);
        suite_commit(suite, &op, 1, HG_MALFORMED);
        struct store_row row = {0};
        assert_int_equal(
            store_get(suite->store, suite->arena, &suite_things, thing.values, &row, NULL),
            HG_MALFORMED);
        assert_null(row.values);
    }
}

static void a_row_past_the_arena_is_out_of_memory(void **state)
{
    const struct suite *suite = *state;
    suite_insert(suite, "t", "x", "u", 1);
    struct hg_arena *small = hg_arena_new("small", 64);
    struct thing key = suite_thing("t", "x", "", 0);
    struct store_row row = {0};
    assert_int_equal(store_get(suite->store, small, &suite_things, key.values, &row, NULL),
                     HG_NO_MEMORY);
    struct store_rows rows = {0};
    struct store_query query = {.table = &suite_things, .index = -1};
    assert_int_equal(store_find(suite->store, small, &query, &rows, NULL), HG_NO_MEMORY);
    assert_true(row.values == NULL && rows.rows == NULL);
    hg_arena_free(small);
    assert_non_null(suite_row(suite, "t", "x"));
}

const struct CMUnitTest suite_row_tests[] = {
    SUITE_TEST(a_row_comes_back_as_it_was_written),
    SUITE_TEST(a_large_value_comes_back_whole),
    SUITE_TEST(a_row_that_is_not_there_is_not_found),
    SUITE_TEST(a_tenant_never_sees_the_rows_of_another),
    SUITE_TEST(texts_that_no_database_keeps_are_malformed),
    SUITE_TEST(a_row_past_the_arena_is_out_of_memory),
};
const size_t suite_n_row_tests = HG_COUNT(suite_row_tests);
