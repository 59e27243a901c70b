#include "app/services/lists.h"

#include "app/commit.h"
#include "base/base.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum { TENANT, ID, SITE, NAME_KEY, NAME, CREATOR, CREATED, LAST_ITEM, VERSION, N_COLUMNS };
enum { I_TENANT, I_LIST, I_ITEM, AUTHOR, EDITOR, I_CREATED, MODIFIED, I_VERSION, BODY, I_COLUMNS };
enum { BY_KEY = -1, BY_NAME = 0 };

const struct store_table app_lists_table = {
    .name = "lists",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [ID] = {"id", STORE_TEXT},
            [SITE] = {"site", STORE_TEXT},
            [NAME_KEY] = {"name_key", STORE_TEXT},
            [NAME] = {"name", STORE_TEXT},
            [CREATOR] = {"creator", STORE_TEXT},
            [CREATED] = {"created", STORE_INT},
            [LAST_ITEM] = {"last_item", STORE_INT},
            [VERSION] = {"version", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 2,
    .indexes = {{"lists_by_name", {TENANT, SITE, NAME_KEY}, 3, true}},
    .n_indexes = 1,
};

const struct store_table app_list_items_table = {
    .name = "list_items",
    .columns =
        {
            [I_TENANT] = {"tenant", STORE_TEXT},
            [I_LIST] = {"list", STORE_TEXT},
            [I_ITEM] = {"item", STORE_INT},
            [AUTHOR] = {"author", STORE_TEXT},
            [EDITOR] = {"editor", STORE_TEXT},
            [I_CREATED] = {"created", STORE_INT},
            [MODIFIED] = {"modified", STORE_INT},
            [I_VERSION] = {"version", STORE_INT},
            [BODY] = {"body", STORE_TEXT},
        },
    .n_columns = I_COLUMNS,
    .n_key = 3,
};

hg_str app_list_site(struct hg_arena *arena, hg_str address)
{
    while (hg_str_ends(address, HG_STR("/")))
        address = hg_str_sub(address, 0, address.len - 1);
    return hg_str_lower(arena, address);
}

/* --- Lists -------------------------------------------------------------------------------- */

static struct app_list list_of(const struct store_value *v)
{
    return (struct app_list){
        .id = v[ID].bytes,
        .site = v[SITE].bytes,
        .name = v[NAME].bytes,
        .creator = v[CREATOR].bytes,
        .created = {v[CREATED].integer},
        .last_item = v[LAST_ITEM].integer,
        .version = v[VERSION].integer,
    };
}

static enum hg_code find_lists(const struct app_list_source *from, const struct store_value *prefix,
                               size_t n_prefix, struct app_lists *out, struct hg_err *err)
{
    const struct store_query query = {.table = &app_lists_table,
                                      .index = BY_NAME,
                                      .prefix = prefix,
                                      .n_prefix = (uint8_t)n_prefix};
    struct store_rows rows;
    HG_TRY(store_find(from->store, from->arena, &query, &rows, err));
    struct app_list *items = HG_NEW_ARRAY(from->arena, struct app_list, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu lists", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        items[i] = list_of(rows.rows[i].values);
    *out = (struct app_lists){items, rows.n};
    return HG_OK;
}

enum hg_code app_lists_of(const struct app_list_source *from, hg_str site, struct app_lists *out,
                          struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(from->tenant), store_text(site)};
    return find_lists(from, prefix, 2, out, err);
}

static enum hg_code load_named(const struct app_list_source *from, hg_str site, hg_str name,
                               struct app_list *out, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(from->tenant), store_text(site),
                                         store_text(hg_str_lower(from->arena, name))};
    struct app_lists found = {0};
    HG_TRY(find_lists(from, prefix, 3, &found, err));
    if (found.n == 0)
        return HG_FAIL(err, HG_NOT_FOUND, "no list %.*s", HG_ARG(name));
    *out = found.items[0];
    return HG_OK;
}

enum hg_code app_list_load(const struct app_list_source *from, hg_str site, hg_str id_or_name,
                           struct app_list *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(from->tenant),
                                      store_text(hg_str_lower(from->arena, id_or_name))};
    struct store_row row;
    enum hg_code code = hg_uuid_valid(id_or_name)
                            ? store_get(from->store, from->arena, &app_lists_table, key, &row, err)
                            : HG_NOT_FOUND;
    if (code == HG_NOT_FOUND)
        return load_named(from, site, id_or_name, out, err);
    HG_TRY(code);
    if (!hg_str_eq(row.values[SITE].bytes, site))
        return HG_FAIL(err, HG_NOT_FOUND, "no list %.*s at %.*s", HG_ARG(id_or_name), HG_ARG(site));
    *out = list_of(row.values);
    return HG_OK;
}

void app_list_insert(struct app_commit *commit, hg_str tenant, const struct app_list *list)
{
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [ID] = store_text(list->id),
        [SITE] = store_text(list->site),
        [NAME_KEY] = store_text(hg_str_lower(commit->arena, list->name)),
        [NAME] = store_text(list->name),
        [CREATOR] = store_text(list->creator),
        [CREATED] = store_time(list->created),
        [LAST_ITEM] = store_int(list->last_item),
        [VERSION] = store_int(1),
    };
    app_commit_insert(commit, &app_lists_table, values);
}

void app_list_delete(struct app_commit *commit, hg_str tenant, hg_str id)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    app_commit_delete(commit, &app_lists_table, key);
    app_commit_delete_where(commit, &app_list_items_table, BY_KEY, key, 2);
}

/* --- Items ----------------------------------------------------------------------------------- */

static enum hg_code item_of(struct hg_arena *arena, const struct store_value *v,
                            struct app_list_item *out, struct hg_err *err)
{
    struct app_list_item item = {
        .number = v[I_ITEM].integer,
        .author = v[AUTHOR].bytes,
        .editor = v[EDITOR].bytes,
        .created = {v[I_CREATED].integer},
        .modified = {v[MODIFIED].integer},
        .version = v[I_VERSION].integer,
    };
    HG_TRY(hg_json_parse(arena, v[BODY].bytes, HG_JSON_STRICT, &hg_json_file, &item.columns, err));
    *out = item;
    return HG_OK;
}

enum hg_code app_list_item_load(const struct app_list_source *from, hg_str list, int64_t number,
                                struct app_list_item *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(from->tenant), store_text(list),
                                      store_int(number)};
    struct store_row row;
    HG_TRY(store_get(from->store, from->arena, &app_list_items_table, key, &row, err));
    return item_of(from->arena, row.values, out, err);
}

enum hg_code app_list_items_after(const struct app_list_source *from, hg_str list, int64_t after,
                                  uint32_t limit, struct app_list_items *out, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(from->tenant), store_text(list)};
    const struct store_query query = {
        .table = &app_list_items_table,
        .index = BY_KEY,
        .prefix = prefix,
        .n_prefix = 2,
        .has_from = true,
        .from_exclusive = true,
        .from = store_int(after),
        .limit = limit,
    };
    struct store_rows rows;
    HG_TRY(store_find(from->store, from->arena, &query, &rows, err));
    struct app_list_item *items = HG_NEW_ARRAY(from->arena, struct app_list_item, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu list items", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        HG_TRY(item_of(from->arena, rows.rows[i].values, &items[i], err));
    *out = (struct app_list_items){items, rows.n};
    return HG_OK;
}

enum hg_code app_list_item_insert(struct app_commit *commit, hg_str tenant,
                                  const struct app_list *list, const struct app_list_item *item,
                                  struct hg_err *err)
{
    hg_str body;
    HG_TRY(hg_json_render(commit->arena, &item->columns, &body, err));
    const struct store_value key[] = {store_text(tenant), store_text(list->id)};
    const struct store_value values[I_COLUMNS] = {
        [I_TENANT] = store_text(tenant),
        [I_LIST] = store_text(list->id),
        [I_ITEM] = store_int(item->number),
        [AUTHOR] = store_text(item->author),
        [EDITOR] = store_text(item->editor),
        [I_CREATED] = store_time(item->created),
        [MODIFIED] = store_time(item->modified),
        [I_VERSION] = store_int(1),
        [BODY] = store_text(body),
    };
    app_commit_update(
        commit, &app_lists_table, key,
        APP_CHANGES({LAST_ITEM, store_int(item->number)}, {VERSION, store_int(list->version + 1)}));
    app_commit_when(commit, APP_CONDITIONS({VERSION, STORE_EQ, store_int(list->version)}));
    app_commit_insert(commit, &app_list_items_table, values);
    return HG_OK;
}

enum hg_code app_list_item_update(struct app_commit *commit, hg_str tenant, hg_str list,
                                  const struct app_list_item *item, struct hg_err *err)
{
    hg_str body;
    HG_TRY(hg_json_render(commit->arena, &item->columns, &body, err));
    const struct store_value key[] = {store_text(tenant), store_text(list),
                                      store_int(item->number)};
    app_commit_update(
        commit, &app_list_items_table, key,
        APP_CHANGES({EDITOR, store_text(item->editor)}, {MODIFIED, store_time(item->modified)},
                    {I_VERSION, store_int(item->version + 1)}, {BODY, store_text(body)}));
    app_commit_when(commit, APP_CONDITIONS({I_VERSION, STORE_EQ, store_int(item->version)}));
    return HG_OK;
}

void app_list_item_delete(struct app_commit *commit, hg_str tenant, hg_str list, int64_t number)
{
    const struct store_value key[] = {store_text(tenant), store_text(list), store_int(number)};
    app_commit_delete(commit, &app_list_items_table, key);
}
