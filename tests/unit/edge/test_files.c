#include "base/base.h"
#include "edge/files.h"
#include "folder.h"
#include "unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_written_file_reads_back_and_is_private(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    const char *path = test_folder_name(&folder, "a");
    assert_int_equal(edge_file_write(path, HG_STR("one"), NULL), HG_OK);
    assert_int_equal(edge_file_write(path, HG_STR("a\0b"), NULL), HG_OK);
    hg_str text;
    assert_int_equal(edge_file_read(arena, path, 3, &text, NULL), HG_OK);
    test_str_eq("the second write replaced the first", text, HG_STR("a\0b"));
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);

    const hg_str *names;
    size_t n;
    assert_int_equal(edge_dir_list(arena, folder.path, &names, &n, NULL), HG_OK);
    assert_int_equal(n, 1); /* no temporary file is left */
    (void)unlink(path);
    (void)rmdir(folder.path);
}

static void reading_has_a_limit_and_clear_errors(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    const char *path = test_folder_name(&folder, "a");
    hg_str text = HG_LIT("untouched");
    struct hg_err err = {0};
    assert_int_equal(edge_file_read(arena, path, 10, &text, &err), HG_NOT_FOUND);
    assert_non_null(strstr(err.detail, path));
    assert_int_equal(edge_file_write(path, HG_STR("12345"), NULL), HG_OK);
    assert_int_equal(edge_file_read(arena, path, 4, &text, &err), HG_TOO_BIG);
    assert_int_equal(edge_file_read(arena, folder.path, 10, &text, &err), HG_IO);
    test_str_eq("a failure leaves the output", text, HG_STR("untouched"));
    (void)unlink(path);
    (void)rmdir(folder.path);
}

static void a_pipe_is_read_to_its_end(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], "hello", 5), 5);
    (void)close(ends[1]);
    char path[32];
    (void)snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
    hg_str text;
    assert_int_equal(edge_file_read(arena, path, 100, &text, NULL), HG_OK);
    test_str_eq("pipe", text, HG_STR("hello"));
    (void)close(ends[0]);
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    (void)state;
    struct test_folder folder = test_folder_make();
    struct hg_err err = {0};
    assert_int_equal(edge_file_write(test_folder_name(&folder, "no/a"), HG_STR("x"), &err),
                     HG_NOT_FOUND);
    /* A directory in its place cannot be replaced. */
    const char *path = test_folder_name(&folder, "d");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(edge_file_write(path, HG_STR("x"), &err), HG_IO);
    assert_true(edge_dir_exists(path));
    assert_false(edge_file_exists(path));
    (void)rmdir(path);
    assert_int_equal(rmdir(folder.path), 0); /* nothing else is left in it */
}

static void directories_are_made_private_with_those_above(void **state)
{
    (void)state;
    struct test_folder folder = test_folder_make();
    assert_int_equal(edge_dir_make(test_folder_name(&folder, "x/y/z/"), NULL), HG_OK);
    assert_int_equal(edge_dir_make(test_folder_name(&folder, "x/y"), NULL), HG_OK);
    struct stat status;
    assert_int_equal(stat(test_folder_name(&folder, "x"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);

    assert_int_equal(chmod(test_folder_name(&folder, "x/y/z"), 0777), 0);
    struct hg_err err = {0};
    assert_int_equal(edge_dir_make(test_folder_name(&folder, "x/y/z"), &err), HG_FORBIDDEN);
    assert_non_null(strstr(err.detail, "chmod go-w"));
    (void)rmdir(test_folder_name(&folder, "x/y/z"));
    (void)rmdir(test_folder_name(&folder, "x/y"));
    (void)rmdir(test_folder_name(&folder, "x"));
    (void)rmdir(folder.path);
}

static void a_listing_is_sorted(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    static const char *const made[] = {"b", "a", "B"};
    for (size_t i = 0; i < HG_COUNT(made); i++)
        assert_int_equal(edge_file_write(test_folder_name(&folder, made[i]), HG_STR(""), NULL),
                         HG_OK);
    const hg_str *names;
    size_t n;
    assert_int_equal(edge_dir_list(arena, folder.path, &names, &n, NULL), HG_OK);
    assert_int_equal(n, 3);
    test_str_eq("first", names[0], HG_STR("B"));
    test_str_eq("last", names[2], HG_STR("b"));
    for (size_t i = 0; i < HG_COUNT(made); i++)
        (void)unlink(test_folder_name(&folder, made[i]));
    (void)rmdir(folder.path);
    assert_int_equal(edge_dir_list(arena, folder.path, &names, &n, NULL), HG_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_written_file_reads_back_and_is_private),
        cmocka_unit_test(reading_has_a_limit_and_clear_errors),
        cmocka_unit_test(a_pipe_is_read_to_its_end),
        cmocka_unit_test(a_failed_write_leaves_the_old_file),
        cmocka_unit_test(directories_are_made_private_with_those_above),
        cmocka_unit_test(a_listing_is_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
