#pragma once

#include "store/store.h"

/* Opens the database that a URL names:
 *
 *   sqlite:PATH          one file, made with mode 0600 when it is not there
 *   postgresql://…       libpq's connection URI; the schema is the first of its
 *                        search_path (options=-csearch_path%3Dheadgate)
 *   memory:              for tests and simulation
 *
 * The schema is brought up to date by store_migrate(), which refuses one that is
 * newer than the program. HG_UNSUPPORTED: another kind of URL, or a file that is
 * not Headgate's. HG_UNAVAILABLE: no server there. HG_IO: the file cannot be used. */
struct edge_store_options {
    bool is_relaxed; /* SQLite: synchronous=NORMAL; the last commits may be lost with the power */
    unsigned n_connections; /* readers (SQLite), connections (PostgreSQL): 1 to 64; 0: 8 */
};

HG_MUST_USE enum hg_code edge_store_open(hg_str url, const struct edge_store_options *options,
                                         struct store **out, struct hg_err *err);
