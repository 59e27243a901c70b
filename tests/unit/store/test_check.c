#include "base/base.h"
#include "store/store.h"
#include "unit/test.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A call that does not fit its table is a bug, and ends the program before
 * anything is written. */

static const struct store_table table = {
    .name = "rows",
    .columns = {{"tenant", STORE_TEXT},
                {"n", STORE_INT},
                {"note", STORE_TEXT, .is_nullable = true}},
    .n_columns = 3,
    .n_key = 2,
    .indexes = {{"rows_by_note", {2}, 1, false}, {"rows_by_n", {1, 0}, 2, true}},
    .n_indexes = 2,
};

static const struct store_value row[] = {
    {STORE_TEXT, .bytes = HG_LIT("t")}, {STORE_INT, .integer = 1}, {STORE_TEXT, true}};
static const struct store_value swapped[] = {
    {STORE_INT, .integer = 1}, {STORE_TEXT, .bytes = HG_LIT("t")}, {STORE_TEXT, true}};
static const struct store_value null_key[] = {
    {STORE_TEXT, .bytes = HG_LIT("t")}, {STORE_INT, true}, {STORE_TEXT, true}};
static const struct store_change of_key[] = {{1, {STORE_INT, .integer = 2}}};
static const struct store_change of_type[] = {{2, {STORE_INT, .integer = 2}}};
static const struct store_change twice[] = {{2, {STORE_TEXT, true}}, {2, {STORE_TEXT, true}}};
static const struct store_condition is_null[] = {{2, STORE_EQ, {STORE_TEXT, true}}};

#define BY_KEY(k) .table = &table, .kind = (k), .key = row, .n_key = 2

static const struct {
    const char *name;
    struct store_op op;
} wrong[] = {
    {"values of other types", {.table = &table, .kind = STORE_INSERT, .values = swapped}},
    {"a null in the key", {.table = &table, .kind = STORE_PUT, .values = null_key}},
    {"no values", {.table = &table, .kind = STORE_PUT}},
    {"half a key", {.table = &table, .kind = STORE_DELETE, .key = row, .n_key = 1}},
    {"an update of nothing", {BY_KEY(STORE_UPDATE)}},
    {"an update of the key", {BY_KEY(STORE_UPDATE), .changes = of_key, .n_changes = 1}},
    {"a change of another type", {BY_KEY(STORE_UPDATE), .changes = of_type, .n_changes = 1}},
    {"a column changed twice", {BY_KEY(STORE_UPDATE), .changes = twice, .n_changes = 2}},
    {"changes of a delete", {BY_KEY(STORE_DELETE), .changes = twice, .n_changes = 1}},
    {"a comparison with null", {BY_KEY(STORE_REQUIRE), .conditions = is_null, .n_conditions = 1}},
    {"an absence with conditions",
     {BY_KEY(STORE_ABSENT), .conditions = is_null, .n_conditions = 1}},
    {"an index that is not there",
     {.table = &table, .kind = STORE_DELETE_WHERE, .index = 2, .key = row, .n_key = 1}},
    {"a prefix longer than the index",
     {.table = &table, .kind = STORE_DELETE_WHERE, .index = 1, .key = row, .n_key = 3}},
};

/* Whether the commit aborts, in a process of its own. */
static bool aborts(const struct store_op *op)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit no_core = {0};
        struct store *store = NULL;
        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)close(STDERR_FILENO);
        if (store_memory_open(&store, NULL) == HG_OK && store_commit(store, op, 1, NULL) == HG_OK)
            _exit(0);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void a_call_that_does_not_fit_its_table_is_a_bug(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(wrong); i++)
        if (!aborts(&wrong[i].op))
            fail_msg("%s: went through", wrong[i].name);
    assert_false(aborts(&(struct store_op){.table = &table, .kind = STORE_INSERT, .values = row}));
}

static void an_order_ends_in_the_key_unless_its_index_is_unique(void **state)
{
    (void)state;
    static const struct {
        int8_t index;
        size_t n;
        uint8_t want[STORE_MAX_ORDER];
    } cases[] = {{-1, 2, {0, 1}}, {0, 3, {2, 0, 1}}, {1, 2, {1, 0}}};
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        uint8_t order[STORE_MAX_ORDER] = {0};
        assert_int_equal(store_order(&table, cases[i].index, order), cases[i].n);
        assert_memory_equal(order, cases[i].want, cases[i].n);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_that_does_not_fit_its_table_is_a_bug),
        cmocka_unit_test(an_order_ends_in_the_key_unless_its_index_is_unique),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
