#pragma once

#include "base/base.h"

/* Files as whole values. Paths are NUL-terminated; err->detail names the path
 * and what the system said. */

/* Also from a pipe or device. HG_NOT_FOUND, HG_TOO_BIG (more than max bytes), HG_IO. */
HG_MUST_USE enum hg_code edge_file_read(struct hg_arena *arena, const char *path, size_t max,
                                        hg_str *out, struct hg_err *err);

/* Replaces the file whole or not at all: a temporary file beside it, mode 0600,
 * fsync, rename, fsync of the directory. */
HG_MUST_USE enum hg_code edge_file_write(const char *path, hg_str bytes, struct hg_err *err);
bool edge_file_exists(const char *path);

/* Makes the directory and those above it, mode 0700. One that exists must belong
 * to this user and not be writable by others: HG_FORBIDDEN. */
HG_MUST_USE enum hg_code edge_dir_make(const char *path, struct hg_err *err);

/* The names in a directory without "." and "..", sorted bytewise. HG_NOT_FOUND,
 * HG_TOO_BIG (more than 100,000), HG_IO. */
HG_MUST_USE enum hg_code edge_dir_list(struct hg_arena *arena, const char *path,
                                       const hg_str **out_names, size_t *out_n, struct hg_err *err);
bool edge_dir_exists(const char *path);
