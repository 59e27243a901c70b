#include "edge/files.h"

#include "base/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { CHUNK = 64 << 10, MOST_NAMES = 100000 };

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static enum hg_code io_error(const char *what, const char *path, struct hg_err *err)
{
    int why = errno;
    return HG_FAIL(err, why == ENOENT ? HG_NOT_FOUND : HG_IO, "cannot %s %s: %s", what, path,
                   strerrordesc_np(why));
}

/* Reads until the end or until `room` bytes are there. */
static ssize_t read_some(int fd, char *into, size_t room)
{
    size_t len = 0;
    while (len < room) {
        ssize_t n = read(fd, into + len, room - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

/* A pipe or device, whose size is not known beforehand. */
static enum hg_code read_stream(struct hg_arena *arena, int fd, const char *path,
                                struct hg_buf *buf, struct hg_err *err)
{
    char *chunk = HG_NEW_ARRAY(arena, char, CHUNK);
    if (chunk == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "reading %s", path);
    ssize_t n;
    do {
        n = read_some(fd, chunk, CHUNK);
        if (n < 0)
            return io_error("read", path, err);
        hg_buf_str(buf, (hg_str){.ptr = chunk, .len = (size_t)n});
    } while (n > 0 && !buf->failed);
    return HG_OK;
}

static enum hg_code read_regular(struct hg_arena *arena, int fd, const char *path, size_t size,
                                 hg_str *out, struct hg_err *err)
{
    char *bytes = HG_NEW_ARRAY(arena, char, size + 1);
    if (bytes == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "reading %s", path);
    ssize_t n = read_some(fd, bytes, size);
    if (n < 0)
        return io_error("read", path, err);
    *out = (hg_str){.ptr = bytes, .len = (size_t)n};
    return HG_OK;
}

enum hg_code edge_file_read(struct hg_arena *arena, const char *path, size_t max, hg_str *out,
                            struct hg_err *err)
{
    HG_CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0)
        return io_error("open", path, err);
    if (S_ISDIR(status.st_mode))
        return HG_FAIL(err, HG_IO, "cannot read %s: it is a directory", path);
    if (S_ISREG(status.st_mode) && (uint64_t)status.st_size > max)
        return HG_FAIL(err, HG_TOO_BIG, "%s is larger than %zu bytes", path, max);
    if (S_ISREG(status.st_mode))
        return read_regular(arena, fd, path, (size_t)status.st_size, out, err);

    struct hg_buf buf = hg_buf_new(arena, max);
    HG_TRY(read_stream(arena, fd, path, &buf, err));
    return hg_buf_finish(&buf, out, err);
}

static bool write_whole(int fd, hg_str bytes)
{
    size_t at = 0;
    while (at < bytes.len) {
        ssize_t n = write(fd, bytes.ptr + at, bytes.len - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* What the name points to is on disk only when its directory is, too. */
static bool sync_directory_of(const char *path)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int len = slash == NULL ? 0 : (int)(slash - path);
    (void)snprintf(dir, sizeof(dir), "%.*s%s", len, path, slash == NULL ? "." : "/");
    HG_CLEANUP(close_fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

enum hg_code edge_file_write(const char *path, hg_str bytes, struct hg_err *err)
{
    char temporary[PATH_MAX];
    int len = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof(temporary))
        return HG_FAIL(err, HG_TOO_BIG, "the path %.60s… is too long", path);
    HG_CLEANUP(close_fd) int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return io_error("write beside", path, err);
    if (!write_whole(fd, bytes) || fsync(fd) != 0 || rename(temporary, path) != 0 ||
        !sync_directory_of(path)) {
        enum hg_code code = io_error("write", path, err);
        (void)unlink(temporary);
        return code;
    }
    return HG_OK;
}

bool edge_file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

bool edge_dir_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static enum hg_code check_directory(const char *path, struct hg_err *err)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return io_error("look at", path, err);
    if (!S_ISDIR(status.st_mode))
        return HG_FAIL(err, HG_IO, "%s is not a directory", path);
    uid_t self = geteuid();
    if (self != 0 && status.st_uid != self)
        return HG_FAIL(err, HG_FORBIDDEN, "%s belongs to another user", path);
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return HG_FAIL(err, HG_FORBIDDEN, "%s can be written by others: chmod go-w it", path);
    return HG_OK;
}

enum hg_code edge_dir_make(const char *path, struct hg_err *err)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof(part))
        return HG_FAIL(err, HG_MALFORMED, "'%.60s' is not a directory name", path);
    memcpy(part, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return io_error("make", part, err);
        part[i] = path[i];
    }
    return check_directory(path, err);
}

static int by_bytes(const void *a, const void *b)
{
    return hg_str_cmp(*(const hg_str *)a, *(const hg_str *)b);
}

static void close_stream(DIR **dir)
{
    if (*dir != NULL)
        (void)closedir(*dir);
}

static size_t count_names(DIR *dir)
{
    size_t n = 0;
    while (n <= MOST_NAMES && readdir(dir) != NULL)
        n++;
    rewinddir(dir);
    return n;
}

enum hg_code edge_dir_list(struct hg_arena *arena, const char *path, const hg_str **out_names,
                           size_t *out_n, struct hg_err *err)
{
    HG_CLEANUP(close_stream) DIR *dir = opendir(path);
    if (dir == NULL)
        return io_error("list", path, err);
    size_t room = count_names(dir);
    if (room > MOST_NAMES)
        return HG_FAIL(err, HG_TOO_BIG, "%s holds more than %d files", path, MOST_NAMES);
    hg_str *names = HG_NEW_ARRAY(arena, hg_str, room + 1);
    if (names == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "listing %s", path);

    size_t n = 0;
    for (struct dirent *entry; n < room && (entry = readdir(dir)) != NULL;) {
        hg_str name = hg_str_of(entry->d_name);
        if (!hg_str_eq(name, HG_STR(".")) && !hg_str_eq(name, HG_STR("..")))
            names[n++] = hg_str_dup(arena, name);
    }
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "listing %s", path);
    qsort(names, n, sizeof(*names), by_bytes);
    *out_names = names;
    *out_n = n;
    return HG_OK;
}
