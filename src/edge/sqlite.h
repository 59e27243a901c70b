#pragma once

#include "edge/store_open.h"
#include "store/store.h"

/* The store in one SQLite file: write-ahead log, any number of readers beside one
 * writing thread. Commits that are ready at the same time are made durable by
 * one fsync and answered after it. Another process that holds the file's lock
 * for longer than five seconds makes a commit HG_UNAVAILABLE. After a write that
 * the disk failed no further commit is taken (HG_IO): what a failed fsync left
 * behind is not known, only opening anew finds out. */
HG_MUST_USE enum hg_code edge_sqlite_open(const char *path,
                                          const struct edge_store_options *options,
                                          struct store **out, struct hg_err *err);
