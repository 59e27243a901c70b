#pragma once

#include "edge/store_open.h"
#include "store/store.h"

/* The store in PostgreSQL (13 or newer), which any number of nodes share.
 *
 * Commits are SERIALIZABLE transactions; one that another made impossible
 * (40001, 40P01) runs again, a few times, then it is HG_BUSY. A connection that
 * is lost is opened again once; when it was lost between the COMMIT and its
 * answer, the server is asked what became of the transaction, so that nothing
 * is applied twice and nothing that was done is reported as failed.
 *
 * Texts order bytewise whatever the database's locale is (COLLATE "C"). A pooler
 * in front must pool sessions, not transactions: statements are prepared. */
HG_MUST_USE enum hg_code edge_postgres_open(const char *url,
                                            const struct edge_store_options *options,
                                            struct store **out, struct hg_err *err);
