#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stddef.h>

static bool is_present(struct store *store, const char *name)
{
    bool present = false;
    struct hg_err err = {0};
    if (store_is_present(store, hg_str_of(name), &present, &err) != HG_OK)
        fail_msg("%s: %s", name, err.detail);
    return present;
}

static void whoever_joined_is_present_and_nobody_else(void **state)
{
    const struct suite *suite = *state;
    assert_false(is_present(suite->store, "first"));
    assert_int_equal(store_join(suite->store, HG_STR("first"), NULL), HG_OK);
    assert_true(is_present(suite->store, "first"));
    assert_true(is_present(suite->store, "first")); /* asking takes nothing */
    assert_false(is_present(suite->store, "fir"));
    assert_false(is_present(suite->store, "second"));
}

/* The second store stands for another process. */
static void presence_ends_with_the_store(void **state)
{
    struct suite *suite = *state;
    struct hg_err err = {0};
    assert_int_equal(store_join(suite->store, HG_STR("first"), NULL), HG_OK);
    struct store *second = suite_backend->reopen();
    enum hg_code code = store_join(second, HG_STR("second"), &err);
    assert_int_equal(code, suite_backend->is_shared ? HG_OK : HG_CONFLICT);
    if (suite_backend->is_shared) {
        assert_true(is_present(suite->store, "second"));
        assert_true(is_present(second, "first"));
    } else {
        assert_true(hg_str_find(hg_str_of(err.detail), HG_STR("another server")) != HG_NPOS);
    }
    store_close(suite->store);
    suite->store = second;
    if (!suite_backend->is_shared)
        assert_int_equal(store_join(second, HG_STR("second"), &err), HG_OK);
    assert_false(is_present(second, "first"));
    assert_true(is_present(second, "second"));
}

const struct CMUnitTest suite_presence_tests[] = {
    SUITE_TEST(whoever_joined_is_present_and_nobody_else),
};
const size_t suite_n_presence_tests = HG_COUNT(suite_presence_tests);

/* Of a store that outlives its process. */
const struct CMUnitTest suite_processes_tests[] = {
    SUITE_TEST(presence_ends_with_the_store),
};
const size_t suite_n_processes_tests = HG_COUNT(suite_processes_tests);
