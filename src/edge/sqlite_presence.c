#include "base/base.h"
#include "edge/sqlite_private.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The lock has a file of its own: SQLite's locks on the database are of another kind, and
 * closing a second descriptor of that file would drop them. The file stays; who holds its
 * lock is what counts, and the kernel lets go of it when the process ends. */

enum hg_code sqlite_presence_begin(struct sqlite_presence *presence, const char *path, hg_str name,
                                   struct hg_err *err)
{
    char lock_path[PATH_MAX];
    HG_ASSERT(presence->lock < 0);
    int n = snprintf(lock_path, sizeof(lock_path), "%s-lock", path);
    if (n < 0 || (size_t)n >= sizeof(lock_path))
        return HG_FAIL(err, HG_TOO_BIG, "%s: the path is too long", path);
    int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return HG_FAIL(err, HG_IO, "%s: %s", lock_path, strerrordesc_np(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int why = errno;
        (void)close(fd);
        if (why != EWOULDBLOCK)
            return HG_FAIL(err, HG_IO, "%s: %s", lock_path, strerrordesc_np(why));
        return HG_FAIL(err, HG_CONFLICT, "%s: another server uses this database; stop it first",
                       path);
    }
    presence->lock = fd;
    (void)snprintf(presence->name, sizeof(presence->name), "%.*s", HG_ARG(name));
    return HG_OK;
}

void sqlite_presence_end(struct sqlite_presence *presence)
{
    if (presence->lock >= 0)
        (void)close(presence->lock);
    presence->lock = -1;
}
