#include "edge/store_open.h"

#include "base/base.h"
#include "edge/postgres.h"
#include "edge/sqlite.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_URL = 4096 };

static enum hg_code memory_open(const char *rest, const struct edge_store_options *options,
                                struct store **out, struct hg_err *err)
{
    (void)options;
    if (rest[0] != '\0')
        return HG_FAIL(err, HG_UNSUPPORTED, "memory: takes nothing behind the colon");
    return store_memory_open(out, err);
}

/* libpq wants its URI whole, SQLite the path behind the scheme. */
static const struct {
    const char *scheme;
    bool is_whole;
    enum hg_code (*open)(const char *url, const struct edge_store_options *options,
                         struct store **out, struct hg_err *err);
} schemes[] = {
    {"sqlite:", false, edge_sqlite_open},
    {"postgresql://", true, edge_postgres_open},
    {"postgres://", true, edge_postgres_open},
    {"memory:", false, memory_open},
};

enum hg_code edge_store_open(hg_str url, const struct edge_store_options *options,
                             struct store **out, struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("store url", 2 * MAX_URL);
    if (url.len >= MAX_URL || hg_str_find_byte(url, '\0') != HG_NPOS)
        return HG_FAIL(err, HG_UNSUPPORTED, "the URL of the store is too long or has a NUL");
    if (arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "no memory for the URL of the store");
    for (size_t i = 0; i < HG_COUNT(schemes); i++) {
        hg_str scheme = hg_str_of(schemes[i].scheme);
        if (!hg_str_starts(url, scheme))
            continue;
        hg_str rest = schemes[i].is_whole ? url : hg_str_from(url, scheme.len);
        return schemes[i].open(hg_str_z(arena, rest), options, out, err);
    }
    /* The URL may carry a password: it is not repeated. */
    return HG_FAIL(err, HG_UNSUPPORTED, "a store is sqlite:PATH, postgresql://… or memory:");
}
