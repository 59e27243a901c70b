#include "app/directory/objects.h"

#include "app/commit.h"
#include "base/base.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum { TENANT, KIND, ID, NAME, VERSION, MODIFIED, BODY, N_COLUMNS };
enum { BY_KEY = -1, BY_NAME = 0 };

const struct store_table app_objects_table = {
    .name = "objects",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [KIND] = {"kind", STORE_INT},
            [ID] = {"id", STORE_TEXT},
            [NAME] = {"name", STORE_TEXT, .is_nullable = true},
            [VERSION] = {"version", STORE_INT},
            [MODIFIED] = {"modified", STORE_INT},
            [BODY] = {"body", STORE_TEXT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 3,
    .indexes = {{"objects_by_name", {TENANT, KIND, NAME}, 3, true}},
    .n_indexes = 1,
};

static enum hg_code object_of(struct hg_arena *arena, const struct store_row *row,
                              struct app_object *out, struct hg_err *err)
{
    const struct store_value *v = row->values;
    struct app_object object = {
        .id = v[ID].bytes,
        .name = v[NAME].is_null ? HG_STR("") : v[NAME].bytes,
        .version = v[VERSION].integer,
        .modified = {v[MODIFIED].integer},
    };
    HG_TRY(hg_json_parse(arena, v[BODY].bytes, HG_JSON_STRICT, &hg_json_file, &object.body, err));
    *out = object;
    return HG_OK;
}

enum hg_code app_object_get(struct store *store, struct hg_arena *arena, hg_str tenant,
                            enum app_kind kind, hg_str id, struct app_object *out,
                            struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_int(kind), store_text(id)};
    struct store_row row;
    HG_TRY(store_get(store, arena, &app_objects_table, key, &row, err));
    return object_of(arena, &row, out, err);
}

static enum hg_code objects_of(struct hg_arena *arena, const struct store_rows *rows,
                               struct app_objects *out, struct hg_err *err)
{
    struct app_object *items = HG_NEW_ARRAY(arena, struct app_object, rows->n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu directory objects", rows->n);
    for (size_t i = 0; i < rows->n; i++)
        HG_TRY(object_of(arena, &rows->rows[i], &items[i], err));
    *out = (struct app_objects){items, rows->n};
    return HG_OK;
}

enum hg_code app_object_by_name(struct store *store, struct hg_arena *arena, hg_str tenant,
                                enum app_kind kind, hg_str name, struct app_object *out,
                                struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_int(kind),
                                         store_text(hg_str_lower(arena, name))};
    const struct store_query query = {
        .table = &app_objects_table,
        .index = BY_NAME,
        .prefix = prefix,
        .n_prefix = 3,
        .limit = 1,
    };
    struct store_rows rows;
    HG_TRY(store_find(store, arena, &query, &rows, err));
    if (rows.n == 0)
        return HG_FAIL(err, HG_NOT_FOUND, "no object named %.*s", HG_ARG(name));
    return object_of(arena, &rows.rows[0], out, err);
}

static bool will_insert(const struct app_commit *commit, hg_str tenant, enum app_kind kind,
                        hg_str id_or_name)
{
    for (size_t i = 0; i < commit->n; i++) {
        const struct store_op *op = &commit->ops[i];
        const struct store_value *v = op->values;
        if (op->kind == STORE_INSERT && op->table == &app_objects_table &&
            hg_str_eq(v[TENANT].bytes, tenant) && v[KIND].integer == kind &&
            (hg_str_eq(v[ID].bytes, id_or_name) ||
             (!v[NAME].is_null && hg_str_eq(v[NAME].bytes, id_or_name))))
            return true;
    }
    return false;
}

enum hg_code app_object_exists(struct store *store, const struct app_commit *commit, hg_str tenant,
                               enum app_kind kind, hg_str id_or_name, bool *out, struct hg_err *err)
{
    hg_str text = hg_str_lower(commit->arena, id_or_name);
    struct app_object object;
    enum hg_code code =
        will_insert(commit, tenant, kind, text)
            ? HG_OK
            : app_object_get(store, commit->arena, tenant, kind, text, &object, err);
    if (code == HG_NOT_FOUND)
        code = app_object_by_name(store, commit->arena, tenant, kind, text, &object, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    *out = code == HG_OK;
    return HG_OK;
}

enum hg_code app_objects_list(struct store *store, struct hg_arena *arena, hg_str tenant,
                              enum app_kind kind, hg_str after, uint32_t limit,
                              struct app_objects *out, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_int(kind)};
    const struct store_query query = {
        .table = &app_objects_table,
        .index = BY_KEY,
        .prefix = prefix,
        .n_prefix = 2,
        .has_from = after.len > 0,
        .from_exclusive = true,
        .from = store_text(after),
        .limit = limit,
    };
    struct store_rows rows;
    HG_TRY(store_find(store, arena, &query, &rows, err));
    return objects_of(arena, &rows, out, err);
}

static struct store_value name_value(struct hg_arena *arena, hg_str name)
{
    return name.len == 0 ? store_null(STORE_TEXT) : store_text(hg_str_lower(arena, name));
}

enum hg_code app_object_insert(struct app_commit *commit, hg_str tenant, enum app_kind kind,
                               const struct app_object *object, struct hg_err *err)
{
    hg_str body;
    HG_TRY(hg_json_render(commit->arena, &object->body, &body, err));
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [KIND] = store_int(kind),
        [ID] = store_text(object->id),
        [NAME] = name_value(commit->arena, object->name),
        [VERSION] = store_int(object->version),
        [MODIFIED] = store_time(object->modified),
        [BODY] = store_text(body),
    };
    app_commit_insert(commit, &app_objects_table, values);
    return HG_OK;
}

enum hg_code app_object_replace(struct app_commit *commit, hg_str tenant, enum app_kind kind,
                                const struct app_object *object, int64_t read_version,
                                struct hg_err *err)
{
    hg_str body;
    HG_TRY(hg_json_render(commit->arena, &object->body, &body, err));
    const struct store_value key[] = {store_text(tenant), store_int(kind), store_text(object->id)};
    app_commit_update(commit, &app_objects_table, key,
                      APP_CHANGES({NAME, name_value(commit->arena, object->name)},
                                  {VERSION, store_int(read_version + 1)},
                                  {MODIFIED, store_time(object->modified)},
                                  {BODY, store_text(body)}));
    app_commit_when(commit, APP_CONDITIONS({VERSION, STORE_EQ, store_int(read_version)}));
    return HG_OK;
}

void app_object_touch(struct app_commit *commit, hg_str tenant, enum app_kind kind, hg_str id,
                      int64_t read_version)
{
    const struct store_value key[] = {store_text(tenant), store_int(kind), store_text(id)};
    app_commit_update(commit, &app_objects_table, key,
                      APP_CHANGES({VERSION, store_int(read_version + 1)}));
    app_commit_when(commit, APP_CONDITIONS({VERSION, STORE_EQ, store_int(read_version)}));
}

void app_object_delete(struct app_commit *commit, hg_str tenant, enum app_kind kind, hg_str id)
{
    const struct store_value key[] = {store_text(tenant), store_int(kind), store_text(id)};
    app_commit_delete(commit, &app_objects_table, key);
}
