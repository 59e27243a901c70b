#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void size_eq(const struct suite *suite, const char *id, int64_t want)
{
    const struct store_value *row = suite_row(suite, "t", id);
    assert_non_null(row);
    assert_int_equal(row[THING_SIZE].integer, want);
}

static void inserting_a_key_twice_is_refused(void **state)
{
    const struct suite *suite = *state;
    suite_insert(suite, "t", "x", "u", 1);
    struct thing again = suite_thing("t", "x", "u", 2);
    struct store_op op = suite_put(STORE_INSERT, &again);
    suite_commit(suite, &op, 1, HG_EXISTS);
    size_eq(suite, "x", 1);
}

static void putting_replaces_the_whole_row(void **state)
{
    const struct suite *suite = *state;
    struct thing thing = suite_thing("t", "x", "u", 1);
    thing.values[THING_DUE] = store_int(5);
    thing.values[THING_BODY] = store_blob(HG_STR("b"));
    struct store_op op = suite_put(STORE_PUT, &thing);
    suite_commit(suite, &op, 1, HG_OK);
    thing = suite_thing("t", "x", "v", 2);
    thing.values[THING_CODE] = store_text(HG_STR("k"));
    suite_commit(suite, &op, 1, HG_OK);
    const struct store_value *row = suite_row(suite, "t", "x");
    assert_non_null(row);
    for (size_t c = 0; c < THING_N_COLUMNS; c++)
        assert_true(suite_value_eq(&row[c], &thing.values[c]));
    suite_commit(suite, &op, 1, HG_OK); /* its own code is no clash */
}

static void a_unique_index_admits_each_value_once_a_tenant(void **state)
{
    const struct suite *suite = *state;
    struct thing a = suite_thing("t", "a", "u", 1), b = suite_thing("t", "b", "u", 2);
    struct thing elsewhere = suite_thing("s", "a", "u", 3);
    a.values[THING_CODE] = elsewhere.values[THING_CODE] = store_text(HG_STR("k"));
    struct store_op ops[] = {suite_put(STORE_INSERT, &a), suite_put(STORE_INSERT, &b),
                             suite_put(STORE_INSERT, &elsewhere)};
    suite_commit(suite, ops, 3, HG_OK);

    b.values[THING_CODE] = store_text(HG_STR("k"));
    b.values[THING_SIZE] = store_int(9);
    ops[1].kind = STORE_PUT;
    suite_commit(suite, &ops[1], 1, HG_EXISTS);
    struct store_change change = {.column = THING_CODE, .value = store_text(HG_STR("k"))};
    struct store_op update = suite_by_key(STORE_UPDATE, &b);
    update.changes = &change;
    update.n_changes = 1;
    suite_commit(suite, &update, 1, HG_EXISTS);
    struct thing c = suite_thing("t", "c", "u", 4);
    c.values[THING_CODE] = store_text(HG_STR("k"));
    ops[2] = suite_put(STORE_INSERT, &c);
    suite_commit(suite, &ops[2], 1, HG_EXISTS);
    size_eq(suite, "a", 1);
    size_eq(suite, "b", 2);
    assert_null(suite_row(suite, "t", "c"));
    change.value = store_text(HG_STR("K"));
    suite_commit(suite, &update, 1, HG_OK);
}

static void conditions_compare_as_they_say_and_never_hold_for_null(void **state)
{
    const struct suite *suite = *state;
    static const struct {
        const char *name;
        struct store_condition condition;
        enum hg_code full, null; /* on a row with due 5, code "m"; on one with nulls */
    } cases[] = {
#define INT(t, n)                     \
    {                                 \
        THING_DUE, t,                 \
        {                             \
            STORE_INT, .integer = (n) \
        }                             \
    }
#define TEXT(t, s)                         \
    {                                      \
        THING_CODE, t,                     \
        {                                  \
            STORE_TEXT, .bytes = HG_LIT(s) \
        }                                  \
    }
        {"equal", INT(STORE_EQ, 5), HG_OK, HG_CONFLICT},
        {"not equal", INT(STORE_NE, 5), HG_CONFLICT, HG_CONFLICT},
        {"different", INT(STORE_NE, 6), HG_OK, HG_CONFLICT},
        {"less", INT(STORE_LT, 6), HG_OK, HG_CONFLICT},
        {"not less", INT(STORE_LT, 5), HG_CONFLICT, HG_CONFLICT},
        {"at most", INT(STORE_LE, 5), HG_OK, HG_CONFLICT},
        {"greater", INT(STORE_GT, 4), HG_OK, HG_CONFLICT},
        {"not greater", INT(STORE_GT, 5), HG_CONFLICT, HG_CONFLICT},
        {"at least", INT(STORE_GE, 5), HG_OK, HG_CONFLICT},
        {"text equal", TEXT(STORE_EQ, "m"), HG_OK, HG_CONFLICT},
        {"text bytewise", TEXT(STORE_GT, "Z"), HG_OK, HG_CONFLICT},
        {"text with more", TEXT(STORE_LT, "m "), HG_OK, HG_CONFLICT},
        {"blob", {THING_BODY, STORE_GE, {STORE_BLOB, .bytes = HG_LIT("\x80")}}, HG_OK, HG_CONFLICT},
        {"null", {THING_DUE, STORE_IS_NULL}, HG_CONFLICT, HG_OK},
        {"not null", {THING_DUE, STORE_NOT_NULL}, HG_OK, HG_CONFLICT},
    };
    struct thing full = suite_thing("t", "full", "u", 1), null = suite_thing("t", "null", "u", 1);
    full.values[THING_DUE] = store_int(5);
    full.values[THING_CODE] = store_text(HG_STR("m"));
    full.values[THING_BODY] = store_blob(HG_STR("\x80"));
    struct store_op ops[] = {suite_put(STORE_INSERT, &full), suite_put(STORE_INSERT, &null)};
    suite_commit(suite, ops, 2, HG_OK);
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        struct store_op op = suite_by_key(STORE_REQUIRE, &full);
        op.conditions = &cases[i].condition;
        op.n_conditions = 1;
        if (store_commit(suite->store, &op, 1, NULL) != cases[i].full)
            fail_msg("%s", cases[i].name);
        op.key = null.values;
        if (store_commit(suite->store, &op, 1, NULL) != cases[i].null)
            fail_msg("%s, on nulls", cases[i].name);
    }
}

static void an_update_needs_its_row_and_its_conditions(void **state)
{
    const struct suite *suite = *state;
    suite_update_size(suite, "x", 1, 2, HG_CONFLICT);
    suite_insert(suite, "t", "x", "u", 1);
    suite_update_size(suite, "x", 1, 2, HG_OK);
    suite_update_size(suite, "x", 1, 3, HG_CONFLICT);
    size_eq(suite, "x", 2);
}

static void deleting_what_is_absent_is_fine_without_conditions(void **state)
{
    const struct suite *suite = *state;
    struct thing x = suite_thing("t", "x", "u", 1);
    struct store_condition condition = {
        .column = THING_SIZE, .test = STORE_EQ, .value = store_int(2)};
    struct store_op plain = suite_by_key(STORE_DELETE, &x), judged = plain;
    judged.conditions = &condition;
    judged.n_conditions = 1;
    suite_commit(suite, &plain, 1, HG_OK);
    suite_commit(suite, &judged, 1, HG_CONFLICT);
    suite_insert(suite, "t", "x", "u", 1);
    suite_commit(suite, &judged, 1, HG_CONFLICT);
    assert_non_null(suite_row(suite, "t", "x"));
    condition.value = store_int(1);
    suite_commit(suite, &judged, 1, HG_OK);
    assert_null(suite_row(suite, "t", "x"));
}

static void deleting_by_prefix_takes_the_rows_that_fit(void **state)
{
    const struct suite *suite = *state;
    static const struct {
        const char *name;
        int8_t index;
        uint8_t n_key;
        struct store_value key[3];
        int64_t size_under; /* condition; 0: none */
        const char *want;
    } cases[] = {
        {"a user's",
         THINGS_BY_USER,
         2,
         {{STORE_TEXT, .bytes = HG_LIT("t")}, {STORE_TEXT, .bytes = HG_LIT("ann")}},
         0,
         "z c"},
        {"a user's that are small",
         THINGS_BY_USER,
         2,
         {{STORE_TEXT, .bytes = HG_LIT("t")}, {STORE_TEXT, .bytes = HG_LIT("ann")}},
         2,
         "z b c"},
        {"a tenant's", -1, 1, {{STORE_TEXT, .bytes = HG_LIT("t")}}, 0, "z"},
        {"everything", -1, 0, {{STORE_TEXT}}, 0, ""},
        {"what is in the index, of all tenants", THINGS_DUE, 0, {{STORE_INT}}, 0, "a b c"},
        {"nothing",
         THINGS_BY_USER,
         2,
         {{STORE_TEXT, .bytes = HG_LIT("t")}, {STORE_TEXT, .bytes = HG_LIT("x")}},
         0,
         "z a b c"},
    };
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        struct thing z = suite_thing("s", "z", "ann", 1);
        z.values[THING_DUE] = store_int(0);
        struct thing a = suite_thing("t", "a", "ann", 1), b = suite_thing("t", "b", "ann", 2),
                     c = suite_thing("t", "c", "bob", 1);
        struct store_op world[] = {suite_put(STORE_PUT, &z), suite_put(STORE_PUT, &a),
                                   suite_put(STORE_PUT, &b), suite_put(STORE_PUT, &c)};
        suite_commit(suite, world, 4, HG_OK);
        struct store_condition condition = {
            .column = THING_SIZE, .test = STORE_LT, .value = store_int(cases[i].size_under)};
        struct store_op op = {.kind = STORE_DELETE_WHERE,
                              .table = &suite_things,
                              .index = cases[i].index,
                              .key = cases[i].key,
                              .n_key = cases[i].n_key,
                              .conditions = &condition,
                              .n_conditions = cases[i].size_under != 0};
        suite_commit(suite, &op, 1, HG_OK);
        suite_ids_eq(suite, cases[i].name,
                     &(struct store_query){.table = &suite_things, .index = -1}, cases[i].want);
    }
}

static void required_and_absent_rows_are_held_to(void **state)
{
    const struct suite *suite = *state;
    struct thing x = suite_thing("t", "x", "u", 1);
    struct store_op require = suite_by_key(STORE_REQUIRE, &x),
                    absent = suite_by_key(STORE_ABSENT, &x);
    suite_commit(suite, &require, 1, HG_CONFLICT);
    suite_commit(suite, &absent, 1, HG_OK);
    suite_insert(suite, "t", "x", "u", 1);
    suite_commit(suite, &require, 1, HG_OK);
    suite_commit(suite, &absent, 1, HG_EXISTS);
}

static void operations_see_what_those_before_them_did(void **state)
{
    const struct suite *suite = *state;
    struct thing x = suite_thing("t", "x", "u", 1), y = suite_thing("t", "y", "u", 2);
    x.values[THING_CODE] = store_text(HG_STR("k"));
    struct store_op first[] = {suite_by_key(STORE_ABSENT, &x),  suite_put(STORE_INSERT, &x),
                               suite_by_key(STORE_REQUIRE, &x), suite_by_key(STORE_DELETE, &x),
                               suite_by_key(STORE_ABSENT, &x),  suite_put(STORE_INSERT, &x)};
    suite_commit(suite, first, HG_COUNT(first), HG_OK);
    y.values[THING_CODE] = store_text(HG_STR("k"));
    struct store_op second[] = {suite_by_key(STORE_DELETE, &x), suite_put(STORE_INSERT, &y)};
    suite_commit(suite, second, 2, HG_OK);
    suite_ids_eq(suite, "y has the code of x",
                 &(struct store_query){.table = &suite_things, .index = THINGS_CODE}, "y");
}

static void a_commit_that_fails_anywhere_writes_nothing(void **state)
{
    const struct suite *suite = *state;
    suite_insert(suite, "t", "x", "u", 1);
    struct thing x = suite_thing("t", "x", "u", 7), y = suite_thing("t", "y", "u", 8);
    struct store_change change = {.column = THING_SIZE, .value = store_int(9)};
    struct store_op update = suite_by_key(STORE_UPDATE, &x);
    update.changes = &change;
    update.n_changes = 1;
    const struct store_op good[] = {update, suite_put(STORE_PUT, &y),
                                    suite_by_key(STORE_DELETE, &x), suite_put(STORE_INSERT, &x)};
    const struct store_op bad = suite_put(STORE_INSERT, &x);
    const char *places[] = {"op 0 on things", "op 1 on things", "op 2 on things", NULL,
                            "op 4 on things"};
    for (size_t at = 0; at <= HG_COUNT(good); at++) {
        if (places[at] == NULL)
            continue; /* behind the delete the insert is good */
        struct store_op ops[HG_COUNT(good) + 1];
        memcpy(ops, good, sizeof(good));
        memmove(ops + at + 1, good + at, (HG_COUNT(good) - at) * sizeof(*ops));
        ops[at] = bad;
        struct hg_err err = {0};
        assert_int_equal(store_commit(suite->store, ops, HG_COUNT(ops), &err), HG_EXISTS);
        assert_true(hg_str_starts(hg_str_of(err.detail), hg_str_of(places[at])));
        size_eq(suite, "x", 1);
        assert_null(suite_row(suite, "t", "y"));
    }
}

static void an_empty_commit_is_fine(void **state)
{
    const struct suite *suite = *state;
    suite_commit(suite, NULL, 0, HG_OK);
}

static void thousands_of_operations_are_one_commit(void **state)
{
    const struct suite *suite = *state;
    enum { N = 3000 };
    struct thing *things = HG_NEW_ARRAY(suite->arena, struct thing, N);
    struct store_op *ops = HG_NEW_ARRAY(suite->arena, struct store_op, N + 1);
    assert_true(things != NULL && ops != NULL);
    for (int i = 0; i < N; i++) {
        hg_str id = hg_str_format(suite->arena, "%05d", i);
        things[i] = suite_thing("t", "", "u", i);
        things[i].values[THING_ID] = store_text(id);
        ops[i] = suite_put(STORE_INSERT, &things[i]);
    }
    ops[N] = suite_put(STORE_INSERT, &things[1]);
    suite_commit(suite, ops, N + 1, HG_EXISTS);
    struct store_query all = {.table = &suite_things, .index = -1};
    suite_ids_eq(suite, "nothing", &all, "");
    suite_commit(suite, ops, N, HG_OK);
    all.descending = true;
    all.limit = 2;
    suite_ids_eq(suite, "everything", &all, "02999 02998");
}

const struct CMUnitTest suite_commit_tests[] = {
    SUITE_TEST(inserting_a_key_twice_is_refused),
    SUITE_TEST(putting_replaces_the_whole_row),
    SUITE_TEST(a_unique_index_admits_each_value_once_a_tenant),
    SUITE_TEST(conditions_compare_as_they_say_and_never_hold_for_null),
    SUITE_TEST(an_update_needs_its_row_and_its_conditions),
    SUITE_TEST(deleting_what_is_absent_is_fine_without_conditions),
    SUITE_TEST(deleting_by_prefix_takes_the_rows_that_fit),
    SUITE_TEST(required_and_absent_rows_are_held_to),
    SUITE_TEST(operations_see_what_those_before_them_did),
    SUITE_TEST(a_commit_that_fails_anywhere_writes_nothing),
    SUITE_TEST(an_empty_commit_is_fine),
    SUITE_TEST(thousands_of_operations_are_one_commit),
};
const size_t suite_n_commit_tests = HG_COUNT(suite_commit_tests);
