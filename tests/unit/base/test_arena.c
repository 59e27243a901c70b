#include "unit/test.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t align = 1; align <= alignof(max_align_t); align *= 2) {
        unsigned char *one = hg_arena_alloc(arena, 3, 1);
        unsigned char *bytes = hg_arena_alloc(arena, 100, align);
        assert_non_null(one);
        assert_non_null(bytes);
        assert_int_equal((uintptr_t)bytes % align, 0);
        for (size_t i = 0; i < 100; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xff, 100);
    }
}

static void the_limit_is_an_answer_and_lasts_until_reset(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("small", 1000);
    assert_non_null(hg_arena_alloc(arena, 600, 1));
    assert_false(hg_arena_exhausted(arena));
    assert_null(hg_arena_alloc(arena, 600, 1));
    assert_true(hg_arena_exhausted(arena));
    assert_non_null(hg_arena_alloc(arena, 100, 1)); /* what fits is still given */
    assert_true(hg_arena_exhausted(arena));
    hg_arena_reset(arena);
    assert_false(hg_arena_exhausted(arena));
    assert_int_equal(hg_arena_used(arena), 0);
    assert_non_null(hg_arena_alloc(arena, 1000, 1));
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    assert_null(hg_arena_array(arena, SIZE_MAX / 2, 3, 1));
    assert_true(hg_arena_exhausted(arena));
    hg_arena_reset(arena);
    assert_null(hg_arena_alloc(arena, SIZE_MAX, 1));
}

static void a_scratch_frame_gives_its_memory_back(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    char *before = hg_arena_alloc(arena, 10, 1);
    before[0] = 'x';
    size_t used = hg_arena_used(arena);
    for (int round = 0; round < 3; round++) {
        HG_SCRATCH(arena);
        for (int i = 0; i < 100; i++) {
            char *piece = hg_arena_alloc(arena, 1000, 1);
            assert_non_null(piece);
            assert_int_equal(piece[999], 0); /* nothing of the round before is left */
            memset(piece, 'y', 1000);
        }
    }
    assert_int_equal(hg_arena_used(arena), used);
    assert_int_equal(before[0], 'x');
}

static void a_frame_in_an_empty_arena_leaves_it_empty(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_mark mark = hg_arena_mark(arena);
    assert_non_null(hg_arena_alloc(arena, 10, 1));
    hg_arena_rewind(&mark);
    assert_int_equal(hg_arena_used(arena), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(the_limit_is_an_answer_and_lasts_until_reset),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(a_scratch_frame_gives_its_memory_back),
        cmocka_unit_test(a_frame_in_an_empty_arena_leaves_it_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
