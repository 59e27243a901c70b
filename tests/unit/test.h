#pragma once

/* What every unit test includes: cmocka behind the headers it needs first. */

// clang-format off
// IWYU pragma: begin_exports
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// IWYU pragma: end_exports
// clang-format on

#include "base/base.h" // IWYU pragma: export

/* An arena for one test; a test that cannot have it fails. */
static inline struct hg_arena *test_arena(void)
{
    struct hg_arena *arena = hg_arena_new("test", (size_t)64 << 20);
    assert_non_null(arena);
    return arena;
}

/* Shows both texts when they differ; `name` says which row of a table it was. */
static inline void test_str_eq(const char *name, hg_str got, hg_str want)
{
    if (!hg_str_eq(got, want))
        fail_msg("%s: got \"%.*s\", want \"%.*s\"", name, HG_ARG(got), HG_ARG(want));
}
