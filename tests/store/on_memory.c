#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stddef.h>

static void nothing(void)
{
}

static struct store *memory_open_new(void)
{
    struct store *store = NULL;
    assert_int_equal(store_memory_open(&store, NULL), HG_OK);
    return store;
}

const struct suite_backend suite_memory = {
    .name = "memory",
    .start = nothing,
    .stop = nothing,
    .open_new = memory_open_new,
};
