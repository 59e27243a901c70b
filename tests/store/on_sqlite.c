#include "base/base.h"
#include "edge/store_open.h"
#include "store/store.h"
#include "store/suite.h"
#include "store/temporary.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdio.h>

static char folder[TEMPORARY_PATH];
static char url[TEMPORARY_PATH + 64];

static void sqlite_start(void)
{
    temporary_make(folder);
}

static void sqlite_stop(void)
{
    temporary_remove(folder);
}

static struct store *sqlite_reopen(void)
{
    struct store *store = NULL;
    struct hg_err err = {0};
    if (edge_store_open(hg_str_of(url), &(struct edge_store_options){0}, &store, &err) != HG_OK)
        fail_msg("open: %s", err.detail);
    return store;
}

static struct store *sqlite_open_new(void)
{
    static unsigned n;
    (void)snprintf(url, sizeof(url), "sqlite:%s/%u.db", folder, n++);
    return sqlite_reopen();
}

const struct suite_backend suite_sqlite = {
    .name = "sqlite",
    .start = sqlite_start,
    .stop = sqlite_stop,
    .open_new = sqlite_open_new,
    .reopen = sqlite_reopen,
};

/* The same with the file for itself, which is when rows are kept in memory. */
static struct store *sole_reopen(void)
{
    struct store *store = sqlite_reopen();
    struct hg_err err = {0};
    if (store_join(store, HG_STR("suite"), &err) != HG_OK)
        fail_msg("join: %s", err.detail);
    return store;
}

static struct store *sole_open_new(void)
{
    store_close(sqlite_open_new());
    return sole_reopen();
}

const struct suite_backend suite_sqlite_sole = {
    .name = "sqlite-sole",
    .start = sqlite_start,
    .stop = sqlite_stop,
    .open_new = sole_open_new,
    .reopen = sole_reopen,
    .has_joined = true,
};
