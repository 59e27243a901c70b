#include "base/base.h"
#include "edge/sqlite_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

/* Stands in the file's header: file(1) and every program can tell whose it is. */
#define APPLICATION_ID "1212629332" /* "HGAT" */

/* A file that is there is not opened: closing it would drop the locks that SQLite
 * holds on it in this process. */
enum hg_code sqlite_file_prepare(const char *path, struct hg_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
        return HG_FAIL(err, HG_IO, "%s: %s", path, strerrordesc_np(errno));
    if (fd >= 0)
        (void)close(fd);
    return HG_OK;
}

enum hg_code sqlite_file_check(struct sqlite_connection *writer, const char *path,
                               struct hg_err *err)
{
    HG_CLEANUP(sqlite_finalizep) sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(writer->db,
                                "SELECT application_id = " APPLICATION_ID ", application_id = 0"
                                " AND NOT EXISTS (SELECT 1 FROM sqlite_schema)"
                                " FROM pragma_application_id",
                                -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc != SQLITE_ROW)
        return sqlite_fail(writer, rc, err);
    if (sqlite3_column_int(statement, 0) != 0)
        return HG_OK;
    if (sqlite3_column_int(statement, 1) == 0)
        return HG_FAIL(err, HG_UNSUPPORTED, "%s: the database of another program", path);
    sqlite_finalizep(&statement);
    statement = NULL;
    return sqlite_run(writer, "PRAGMA application_id = " APPLICATION_ID, err);
}
