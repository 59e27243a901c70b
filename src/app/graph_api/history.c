#include "app/graph_api/history.h"

#include "app/commit.h"
#include "base/base.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum { TENANT, OBJECT, VERSION, KIND, AT, ACTION, AUTHOR, REASON, BODY, N_COLUMNS };

const struct store_table app_policy_history_table = {
    .name = "policy_history",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [OBJECT] = {"object", STORE_TEXT},
            [VERSION] = {"version", STORE_INT},
            [KIND] = {"kind", STORE_INT},
            [AT] = {"at", STORE_INT},
            [ACTION] = {"action", STORE_TEXT},
            [AUTHOR] = {"author", STORE_TEXT},
            [REASON] = {"reason", STORE_TEXT},
            [BODY] = {"body", STORE_TEXT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 3,
};

static enum hg_code put(struct app_write *write, enum app_kind kind,
                        const struct app_history_entry *entry, hg_str object, struct hg_err *err)
{
    hg_str body;
    HG_TRY(hg_json_render(write->arena, &entry->body, &body, err));
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(write->tenant),
        [OBJECT] = store_text(object),
        [VERSION] = store_int(entry->version),
        [KIND] = store_int(kind),
        [AT] = store_time(entry->at),
        [ACTION] = store_text(entry->action),
        [AUTHOR] = store_text(entry->author),
        [REASON] = store_text(entry->reason),
        [BODY] = store_text(body),
    };
    app_commit_put(write->commit, &app_policy_history_table, values);
    return HG_OK;
}

enum hg_code app_history_put(struct app_write *write, enum app_kind kind, const char *action,
                             const struct app_object *object, struct hg_err *err)
{
    const struct app_history_entry entry = {
        .version = object->version,
        .at = write->now,
        .action = hg_str_of(action),
        .author = write->author,
        .reason = write->reason,
        .body = object->body,
    };
    return put(write, kind, &entry, object->id, err);
}

enum hg_code app_history_before(struct app_write *write, enum app_kind kind,
                                const struct app_object *stored, struct hg_err *err)
{
    const struct store_value key[] = {store_text(write->tenant), store_text(stored->id),
                                      store_int(stored->version)};
    struct store_row row;
    enum hg_code code =
        store_get(write->app->store, write->arena, &app_policy_history_table, key, &row, err);
    if (code != HG_NOT_FOUND)
        return code;
    const struct app_history_entry entry = {
        .version = stored->version,
        .at = stored->modified,
        .action = HG_STR("before"),
        .author = HG_STR(""),
        .reason = HG_STR(""),
        .body = stored->body,
    };
    return put(write, kind, &entry, stored->id, err);
}

static enum hg_code entry_of(struct hg_arena *arena, const struct store_value *v,
                             struct app_history_entry *out, struct hg_err *err)
{
    *out = (struct app_history_entry){
        .version = v[VERSION].integer,
        .at = {v[AT].integer},
        .action = v[ACTION].bytes,
        .author = v[AUTHOR].bytes,
        .reason = v[REASON].bytes,
    };
    return hg_json_parse(arena, v[BODY].bytes, HG_JSON_STRICT, &hg_json_file, &out->body, err);
}

enum hg_code app_history_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                              enum app_kind kind, hg_str object, struct app_history *out,
                              struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(object)};
    const struct store_query query = {
        .table = &app_policy_history_table, .index = -1, .prefix = prefix, .n_prefix = 2};
    struct store_rows rows;
    HG_TRY(store_find(store, arena, &query, &rows, err));
    struct app_history_entry *items = HG_NEW_ARRAY(arena, struct app_history_entry, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu versions", rows.n);
    size_t n = 0;
    for (size_t i = 0; i < rows.n; i++)
        if (rows.rows[i].values[KIND].integer == kind)
            HG_TRY(entry_of(arena, rows.rows[i].values, &items[n++], err));
    *out = (struct app_history){items, n};
    return HG_OK;
}
