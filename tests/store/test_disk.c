#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

/* A disk that fails: SQLite's own file system with two calls that can be told to. */

const struct suite_backend *suite_backend = &suite_sqlite;

static atomic_int write_answer = SQLITE_OK, sync_answer = SQLITE_OK;
static sqlite3_vfs disk;
static const sqlite3_vfs *real;

/* Files that are locked and files that are not have other methods, but write alike. */
static struct {
    const sqlite3_io_methods *real;
    sqlite3_io_methods failing;
} kinds[4];

static int disk_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    int answer = atomic_load(&write_answer);
    return answer != SQLITE_OK ? answer : kinds[0].real->xWrite(file, bytes, n, at);
}

static int disk_sync(sqlite3_file *file, int flags)
{
    int answer = atomic_exchange(&sync_answer, SQLITE_OK); /* fails once, then says nothing */
    return answer != SQLITE_OK ? answer : kinds[0].real->xSync(file, flags);
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    int rc = real->xOpen(vfs, name, file, flags, out);
    if (rc != SQLITE_OK)
        return rc;
    size_t i = 0;
    while (i < HG_COUNT(kinds) && kinds[i].real != NULL && kinds[i].real != file->pMethods)
        i++;
    HG_ASSERT(i < HG_COUNT(kinds));
    kinds[i].real = file->pMethods;
    kinds[i].failing = *file->pMethods;
    kinds[i].failing.xWrite = disk_write;
    kinds[i].failing.xSync = disk_sync;
    file->pMethods = &kinds[i].failing;
    return SQLITE_OK;
}

static int disk_start(void **state)
{
    (void)state;
    real = sqlite3_vfs_find(NULL);
    disk = *real;
    disk.zName = "failing";
    disk.pNext = NULL;
    disk.xOpen = disk_open;
    suite_backend->start();
    return sqlite3_vfs_register(&disk, 1);
}

static int disk_stop(void **state)
{
    (void)state;
    suite_backend->stop();
    return sqlite3_vfs_unregister(&disk);
}

static void fails(const struct suite *suite, const char *id, const char *text, bool is_unknown)
{
    struct thing thing = suite_thing("t", id, "u", 1);
    struct store_op op = suite_put(STORE_INSERT, &thing);
    struct hg_err err = {0};
    assert_int_equal(store_commit(suite->store, &op, 1, &err), HG_IO);
    if (strstr(err.detail, text) == NULL || (strstr(err.detail, "unknown") != NULL) != is_unknown)
        fail_msg("%s", err.detail);
}

static void a_full_disk_refuses_and_goes_on_when_there_is_room(void **state)
{
    const struct suite *suite = *state;
    suite_insert(suite, "t", "before", "u", 1);
    atomic_store(&write_answer, SQLITE_FULL);
    fails(suite, "meanwhile", "full", false);
    assert_non_null(suite_row(suite, "t", "before"));
    atomic_store(&write_answer, SQLITE_OK);
    suite_insert(suite, "t", "after", "u", 1);
    suite_ids_eq(suite, "all", &(struct store_query){.table = &suite_things, .index = -1},
                 "after before");
}

/* After a failed fsync the kernel may have forgotten what was to be written, so a
 * second one that succeeds says nothing. */
static void a_failed_fsync_ends_writing_until_the_file_is_opened_again(void **state)
{
    struct suite *suite = *state;
    suite_insert(suite, "t", "before", "u", 1);
    atomic_store(&sync_answer, SQLITE_IOERR_FSYNC);
    fails(suite, "meanwhile", "outcome unknown", true);
    fails(suite, "later", "see to the disk", false);
    assert_non_null(suite_row(suite, "t", "before"));
    store_close(suite->store);
    suite->store = suite_backend->reopen();
    suite_insert(suite, "t", "after", "u", 1);
    assert_non_null(suite_row(suite, "t", "before"));
    assert_null(suite_row(suite, "t", "later"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SUITE_TEST(a_full_disk_refuses_and_goes_on_when_there_is_room),
        SUITE_TEST(a_failed_fsync_ends_writing_until_the_file_is_opened_again),
    };
    return cmocka_run_group_tests(tests, disk_start, disk_stop);
}
