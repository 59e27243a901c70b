#include "base/base.h"
#include "edge/store_open.h"
#include "store/cluster.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static void postgres_start(void)
{
    if (!cluster_is_installed()) {
        (void)puts("skipped: PostgreSQL is not installed");
        exit(77);
    }
    cluster_start();
}

static struct store *postgres_reopen(void)
{
    struct store *store = NULL;
    struct hg_err err = {0};
    if (edge_store_open(hg_str_of(cluster_url()), &(struct edge_store_options){0}, &store, &err) !=
        HG_OK)
        fail_msg("open: %s", err.detail);
    return store;
}

static struct store *postgres_open_new(void)
{
    cluster_schema_new();
    return postgres_reopen();
}

const struct suite_backend suite_postgres = {
    .name = "postgres",
    .start = postgres_start,
    .stop = cluster_stop,
    .open_new = postgres_open_new,
    .reopen = postgres_reopen,
    .is_shared = true,
};
