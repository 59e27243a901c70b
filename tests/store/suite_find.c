#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

static void insert_full(const struct suite *suite, const char *id, const char *user, int64_t size,
                        const int64_t *due, const char *code)
{
    struct thing thing = suite_thing("t", id, user, size);
    if (due != NULL)
        thing.values[THING_DUE] = store_int(*due);
    if (code != NULL)
        thing.values[THING_CODE] = store_text(hg_str_of(code));
    struct store_op op = suite_put(STORE_INSERT, &thing);
    suite_commit(suite, &op, 1, HG_OK);
}

/* Two users' things, sizes with ties, some due, some with a code. */
static void insert_world(const struct suite *suite)
{
    static const int64_t due[] = {50, 10, 30, -5};
    insert_full(suite, "d", "ann", 2, &due[0], "k4");
    insert_full(suite, "b", "ann", 2, &due[1], NULL);
    insert_full(suite, "c", "ann", 1, NULL, "k1");
    insert_full(suite, "a", "ann", 3, &due[2], "k3");
    insert_full(suite, "e", "bob", 2, NULL, NULL);
    insert_full(suite, "B", "bob", 9, &due[3], "k2");
    suite_insert(suite, "s", "z", "ann", 2);
}

static const struct store_value tenant_t[] = {{STORE_TEXT, .bytes = HG_LIT("t")}};
static const struct store_value ann[] = {{STORE_TEXT, .bytes = HG_LIT("t")},
                                         {STORE_TEXT, .bytes = HG_LIT("ann")}};
static const struct store_value ann_2[] = {{STORE_TEXT, .bytes = HG_LIT("t")},
                                           {STORE_TEXT, .bytes = HG_LIT("ann")},
                                           {STORE_INT, .integer = 2}};
static const struct store_value nobody[] = {{STORE_TEXT, .bytes = HG_LIT("t")},
                                            {STORE_TEXT, .bytes = HG_LIT("an")}};

#define BY_USER .table = &suite_things, .index = THINGS_BY_USER
#define BY_KEY .table = &suite_things, .index = -1
#define BY_DUE .table = &suite_things, .index = THINGS_DUE
#define BY_CODE .table = &suite_things, .index = THINGS_CODE
#define SIZE(n) {STORE_INT, .integer = (n)}

static void rows_are_found_in_the_order_of_the_index(void **state)
{
    const struct suite *suite = *state;
    insert_world(suite);
    static const struct {
        const char *name;
        struct store_query query;
        const char *want;
    } cases[] = {
        {"the whole table", {BY_KEY}, "z B a b c d e"},
        {"a tenant, bytewise by key", {BY_KEY, .prefix = tenant_t, .n_prefix = 1}, "B a b c d e"},
        {"the same backwards",
         {BY_KEY, .prefix = tenant_t, .n_prefix = 1, .descending = true},
         "e d c b a B"},
        {"a user's by size, ties by key", {BY_USER, .prefix = ann, .n_prefix = 2}, "c b d a"},
        {"the same backwards",
         {BY_USER, .prefix = ann, .n_prefix = 2, .descending = true},
         "a d b c"},
        {"users of a tenant", {BY_USER, .prefix = tenant_t, .n_prefix = 1}, "c b d a e B"},
        {"all columns of the index", {BY_USER, .prefix = ann_2, .n_prefix = 3}, "b d"},
        {"no one", {BY_USER, .prefix = nobody, .n_prefix = 2}, ""},
        {"limit", {BY_USER, .prefix = ann, .n_prefix = 2, .limit = 3}, "c b d"},
        {"limit backwards",
         {BY_USER, .prefix = ann, .n_prefix = 2, .limit = 2, .descending = true},
         "a d"},
        {"an index without those that are null", {BY_DUE}, "B b a d"},
        {"a unique one without those that are null",
         {BY_CODE, .prefix = tenant_t, .n_prefix = 1},
         "c B a d"},
        {"a unique one backwards",
         {BY_CODE, .prefix = tenant_t, .n_prefix = 1, .descending = true},
         "d a B c"},
    };
    for (size_t i = 0; i < HG_COUNT(cases); i++)
        suite_ids_eq(suite, cases[i].name, &cases[i].query, cases[i].want);
}

static void a_range_bounds_the_column_behind_the_prefix(void **state)
{
    const struct suite *suite = *state;
    insert_world(suite);
#define ANN BY_USER, .prefix = ann, .n_prefix = 2
    static const struct {
        const char *name;
        struct store_query query;
        const char *want;
    } cases[] = {
        {"from", {ANN, .has_from = true, .from = SIZE(2)}, "b d a"},
        {"from, exclusive", {ANN, .has_from = true, .from = SIZE(2), .from_exclusive = true}, "a"},
        {"to", {ANN, .has_to = true, .to = SIZE(2)}, "c b d"},
        {"to, exclusive", {ANN, .has_to = true, .to = SIZE(2), .to_exclusive = true}, "c"},
        {"both", {ANN, .has_from = true, .from = SIZE(2), .has_to = true, .to = SIZE(2)}, "b d"},
        {"both, backwards",
         {ANN, .has_from = true, .from = SIZE(1), .has_to = true, .to = SIZE(2),
          .descending = true},
         "d b c"},
        {"nothing between",
         {ANN, .has_from = true, .from = SIZE(3), .has_to = true, .to = SIZE(2)},
         ""},
        {"due until", {BY_DUE, .has_to = true, .to = SIZE(30)}, "B b a"},
        {"due until, first two", {BY_DUE, .has_to = true, .to = SIZE(30), .limit = 2}, "B b"},
        {"a range of what is nullable",
         {BY_DUE, .has_from = true, .from = SIZE(INT64_MIN)},
         "B b a d"},
        {"keys from",
         {BY_KEY, .prefix = tenant_t, .n_prefix = 1, .has_from = true,
          .from = {STORE_TEXT, .bytes = HG_LIT("c")}},
         "c d e"},
        {"behind the columns of the index",
         {BY_USER, .prefix = ann_2, .n_prefix = 3, .has_from = true, .from_exclusive = true,
          .from = {STORE_TEXT, .bytes = HG_LIT("b")}},
         "d"},
    };
    for (size_t i = 0; i < HG_COUNT(cases); i++)
        suite_ids_eq(suite, cases[i].name, &cases[i].query, cases[i].want);
#undef ANN
}

/* Pages of `size` rows, joined, are what one scan finds. */
static void pages_eq(const struct suite *suite, struct store_query query, uint32_t size)
{
    hg_str want = suite_ids(suite, &query);
    struct hg_buf got = hg_buf_new(suite->arena, 1 << 16);
    query.limit = size;
    for (;;) {
        struct store_rows rows = {0};
        assert_int_equal(store_find(suite->store, suite->arena, &query, &rows, NULL), HG_OK);
        assert_true(rows.n <= size);
        for (size_t i = 0; i < rows.n; i++) {
            if (got.len > 0)
                hg_buf_byte(&got, ' ');
            hg_buf_str(&got, rows.rows[i].values[THING_ID].bytes);
        }
        if (rows.n < size)
            break;
        query.after = rows.rows[rows.n - 1].values;
    }
    test_str_eq("pages", hg_buf_view(&got), want);
}

static void pages_join_to_the_whole_without_gap_or_double(void **state)
{
    const struct suite *suite = *state;
    insert_world(suite);
    for (int i = 0; i < 20; i++) {
        char id[8];
        (void)snprintf(id, sizeof(id), "n%d", i);
        int64_t due = i / 7;
        insert_full(suite, id, i % 2 == 0 ? "ann" : "bob", i / 6, &due, i % 3 == 0 ? id : NULL);
    }
    static const struct store_query queries[] = {
        {BY_KEY},
        {BY_KEY, .prefix = tenant_t, .n_prefix = 1},
        {BY_USER, .prefix = tenant_t, .n_prefix = 1},
        {BY_USER, .prefix = ann, .n_prefix = 2},
        {BY_USER, .prefix = ann_2, .n_prefix = 3},
        {BY_USER, .prefix = ann, .n_prefix = 2, .has_from = true, .from = SIZE(1), .has_to = true,
         .to = SIZE(2)},
        {BY_DUE},
        {BY_DUE, .has_to = true, .to = SIZE(30)},
        {BY_CODE, .prefix = tenant_t, .n_prefix = 1},
    };
    for (size_t i = 0; i < HG_COUNT(queries); i++) {
        for (uint32_t size = 1; size <= 8; size++) {
            struct store_query query = queries[i];
            pages_eq(suite, query, size);
            query.descending = true;
            pages_eq(suite, query, size);
        }
    }
}

static void a_key_of_all_types_orders_by_each_column(void **state)
{
    const struct suite *suite = *state;
    static const struct {
        const char *thing;
        int64_t position;
        hg_str mark;
    } rows[] = {
        {"a", 10, HG_LIT("\x01")},  {"a", -2, HG_LIT("\xff")}, {"a", -2, HG_LIT("")},
        {"a", 9, HG_LIT("\x7f")},   {"a", 9, HG_LIT("\x80")},  {"b", 0, HG_LIT("\0")},
        {"a", 9, HG_LIT("\x7f\0")}, {"ab", 1, HG_LIT("x")},
    };
    static const int64_t want[] = {2, 1, 3, 6, 4, 0, 7, 5};
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct store_value values[] = {
            store_text(HG_STR("t")), store_text(hg_str_of(rows[i].thing)),
            store_int(rows[i].position), store_blob(rows[i].mark), store_int((int64_t)i)};
        struct store_op op = {.kind = STORE_INSERT, .table = &suite_links, .values = values};
        suite_commit(suite, &op, 1, HG_OK);
    }
    struct store_rows found = {0};
    struct store_query query = {
        .table = &suite_links, .index = -1, .prefix = tenant_t, .n_prefix = 1};
    assert_int_equal(store_find(suite->store, suite->arena, &query, &found, NULL), HG_OK);
    assert_int_equal(found.n, HG_COUNT(want));
    for (size_t i = 0; i < found.n; i++)
        assert_int_equal(found.rows[i].values[LINK_N].integer, want[i]);
}

static void an_update_moves_a_row_in_its_indexes(void **state)
{
    const struct suite *suite = *state;
    insert_world(suite);
    suite_update_size(suite, "c", 1, 7, HG_OK);
    suite_ids_eq(suite, "after", &(struct store_query){BY_USER, .prefix = ann, .n_prefix = 2},
                 "b d a c");
    struct thing key = suite_thing("t", "b", "", 0);
    struct store_op op = suite_by_key(STORE_UPDATE, &key);
    struct store_change change = {.column = THING_DUE, .value = store_null(STORE_INT)};
    op.changes = &change;
    op.n_changes = 1;
    suite_commit(suite, &op, 1, HG_OK);
    suite_ids_eq(suite, "out of the index", &(struct store_query){BY_DUE}, "B a d");
}

const struct CMUnitTest suite_find_tests[] = {
    SUITE_TEST(rows_are_found_in_the_order_of_the_index),
    SUITE_TEST(a_range_bounds_the_column_behind_the_prefix),
    SUITE_TEST(pages_join_to_the_whole_without_gap_or_double),
    SUITE_TEST(a_key_of_all_types_orders_by_each_column),
    SUITE_TEST(an_update_moves_a_row_in_its_indexes),
};
const size_t suite_n_find_tests = HG_COUNT(suite_find_tests);
