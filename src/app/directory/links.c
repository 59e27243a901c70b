#include "app/commit.h"
#include "app/directory/objects.h"
#include "base/base.h"
#include "store/store.h"

#include <stddef.h>

enum { TENANT, LINK, PARENT, CHILD, N_COLUMNS };
enum { BY_KEY = -1, BY_CHILD = 0 };

const struct store_table app_links_table = {
    .name = "links",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [LINK] = {"link", STORE_INT},
            [PARENT] = {"parent", STORE_TEXT},
            [CHILD] = {"child", STORE_TEXT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 4,
    .indexes = {{"links_by_child", {TENANT, LINK, CHILD}, 3, false}},
    .n_indexes = 1,
};

static enum hg_code ids_at(struct store *store, struct hg_arena *arena,
                           const struct store_query *query, size_t column, struct app_ids *out,
                           struct hg_err *err)
{
    struct store_rows rows;
    HG_TRY(store_find(store, arena, query, &rows, err));
    hg_str *items = HG_NEW_ARRAY(arena, hg_str, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu links", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        items[i] = rows.rows[i].values[column].bytes;
    *out = (struct app_ids){items, rows.n};
    return HG_OK;
}

enum hg_code app_links_children(struct store *store, struct hg_arena *arena, hg_str tenant,
                                enum app_link link, hg_str parent, struct app_ids *out,
                                struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_int(link), store_text(parent)};
    const struct store_query query = {
        .table = &app_links_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 3};
    return ids_at(store, arena, &query, CHILD, out, err);
}

enum hg_code app_links_parents(struct store *store, struct hg_arena *arena, hg_str tenant,
                               enum app_link link, hg_str child, struct app_ids *out,
                               struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_int(link), store_text(child)};
    const struct store_query query = {
        .table = &app_links_table, .index = BY_CHILD, .prefix = prefix, .n_prefix = 3};
    return ids_at(store, arena, &query, PARENT, out, err);
}

void app_link_add(struct app_commit *commit, hg_str tenant, enum app_link link, hg_str parent,
                  hg_str child)
{
    const struct store_value values[N_COLUMNS] = {store_text(tenant), store_int(link),
                                                  store_text(parent), store_text(child)};
    app_commit_put(commit, &app_links_table, values);
}

void app_link_remove(struct app_commit *commit, hg_str tenant, enum app_link link, hg_str parent,
                     hg_str child)
{
    const struct store_value key[] = {store_text(tenant), store_int(link), store_text(parent),
                                      store_text(child)};
    app_commit_delete(commit, &app_links_table, key);
}

void app_links_forget(struct app_commit *commit, hg_str tenant, hg_str id)
{
    static const enum app_link all[] = {APP_LINK_MEMBER, APP_LINK_ROLE, APP_LINK_OWNER,
                                        APP_LINK_DEVICE_OWNER};
    for (size_t i = 0; i < HG_COUNT(all); i++) {
        const struct store_value prefix[] = {store_text(tenant), store_int(all[i]), store_text(id)};
        app_commit_delete_where(commit, &app_links_table, BY_KEY, prefix, 3);
        app_commit_delete_where(commit, &app_links_table, BY_CHILD, prefix, 3);
    }
}
