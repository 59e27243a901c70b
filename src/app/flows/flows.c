#include "app/flows/flows.h"

#include "app/app.h"
#include "app/commit.h"
#include "app/flows/runs.h"
#include "base/base.h"
#include "flow/definition.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TENANT,
    ID,
    OWNER,
    NAME,
    STATE,
    BODY,
    REVISION,
    TRIGGER,
    CREATED,
    MODIFIED,
    VERSION,
    N_COLUMNS
};
enum { V_TENANT, V_FLOW, V_REVISION, V_BODY, V_COLUMNS };
enum { BY_KEY = -1, BY_OWNER = 0, BY_ID = 1 };

const struct store_table app_flows_table = {
    .name = "flows",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [ID] = {"id", STORE_TEXT},
            [OWNER] = {"owner", STORE_TEXT},
            [NAME] = {"display_name", STORE_TEXT},
            [STATE] = {"state", STORE_INT},
            [BODY] = {"body", STORE_TEXT},
            [REVISION] = {"revision", STORE_INT},
            [TRIGGER] = {"trigger_state", STORE_TEXT},
            [CREATED] = {"created", STORE_INT},
            [MODIFIED] = {"modified", STORE_INT},
            [VERSION] = {"version", STORE_INT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 2,
    .indexes = {{"flows_by_owner", {TENANT, OWNER}, 2, false}, {"flows_by_id", {ID}, 1, true}},
    .n_indexes = 2,
};

const struct store_table app_flow_revisions_table = {
    .name = "flow_revisions",
    .columns =
        {
            [V_TENANT] = {"tenant", STORE_TEXT},
            [V_FLOW] = {"flow", STORE_TEXT},
            [V_REVISION] = {"revision", STORE_INT},
            [V_BODY] = {"body", STORE_TEXT},
        },
    .n_columns = V_COLUMNS,
    .n_key = 3,
};

/* --- What a trigger remembers, as text ------------------------------------------------- */

static int64_t int_or_zero(const struct hg_json *json, const char *name)
{
    int64_t value;
    return hg_json_as_int(hg_json_get(json, name), &value) ? value : 0;
}

static hg_str text_of(const struct hg_json *json, const char *name)
{
    return hg_json_str_or(hg_json_get(json, name), HG_STR(""));
}

static struct app_trigger_state trigger_of(const struct hg_json *json)
{
    return (struct app_trigger_state){
        .on_since = {int_or_zero(json, "onSince")},
        .has_next = hg_json_get(json, "next") != NULL,
        .next = {int_or_zero(json, "next")},
        .n_fired = (uint64_t)int_or_zero(json, "fired"),
        .has_polled = hg_json_bool_or(hg_json_get(json, "polled"), false),
        .location = text_of(json, "location"),
        .evaluated = {int_or_zero(json, "evaluated")},
        .status = text_of(json, "status"),
        .code = text_of(json, "code"),
        .message = text_of(json, "message"),
    };
}

static enum hg_code render_trigger(struct hg_arena *arena, const struct app_trigger_state *state,
                                   hg_str *out, struct hg_err *err)
{
    struct hg_json json = hg_json_object();
    hg_json_put(arena, &json, "onSince", hg_json_int(state->on_since.us));
    if (state->has_next)
        hg_json_put(arena, &json, "next", hg_json_int(state->next.us));
    hg_json_put(arena, &json, "fired", hg_json_int((int64_t)state->n_fired));
    hg_json_put(arena, &json, "polled", hg_json_bool(state->has_polled));
    hg_json_put_str(arena, &json, "location", state->location);
    hg_json_put(arena, &json, "evaluated", hg_json_int(state->evaluated.us));
    hg_json_put_str(arena, &json, "status", state->status);
    hg_json_put_str(arena, &json, "code", state->code);
    hg_json_put_str(arena, &json, "message", state->message);
    return hg_json_render(arena, &json, out, err);
}

/* --- Reading ----------------------------------------------------------------------------- */

static enum hg_code flow_of(struct hg_arena *arena, const struct store_value *v,
                            struct app_flow *out, struct hg_err *err)
{
    struct hg_json trigger;
    *out = (struct app_flow){
        .id = v[ID].bytes,
        .owner = v[OWNER].bytes,
        .display_name = v[NAME].bytes,
        .state = (enum app_flow_state)v[STATE].integer,
        .revision = v[REVISION].integer,
        .created = {v[CREATED].integer},
        .modified = {v[MODIFIED].integer},
        .version = v[VERSION].integer,
    };
    HG_TRY(hg_json_parse(arena, v[BODY].bytes, HG_JSON_STRICT, &hg_json_file, &out->body, err));
    HG_TRY(hg_json_parse(arena, v[TRIGGER].bytes, HG_JSON_STRICT, &hg_json_file, &trigger, err));
    out->trigger = trigger_of(&trigger);
    return HG_OK;
}

enum hg_code app_flow_load(struct store *store, struct hg_arena *arena, hg_str tenant, hg_str id,
                           struct app_flow *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    struct store_row row;
    HG_TRY(store_get(store, arena, &app_flows_table, key, &row, err));
    return flow_of(arena, row.values, out, err);
}

enum hg_code app_flow_tenant(struct store *store, struct hg_arena *arena, hg_str id,
                             hg_str *out_tenant, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(id)};
    const struct store_query query = {
        .table = &app_flows_table, .index = BY_ID, .prefix = prefix, .n_prefix = 1, .limit = 1};
    struct store_rows rows;
    HG_TRY(store_find(store, arena, &query, &rows, err));
    if (rows.n == 0)
        return HG_FAIL(err, HG_NOT_FOUND, "flow %.*s", HG_ARG(id));
    *out_tenant = rows.rows[0].values[TENANT].bytes;
    return HG_OK;
}

enum hg_code app_flows_list(struct store *store, struct hg_arena *arena, hg_str tenant,
                            const struct app_flows_query *query, struct app_flows *out,
                            struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(query->owner)};
    bool of_owner = query->owner.len > 0;
    const struct store_query find = {
        .table = &app_flows_table,
        .index = of_owner ? BY_OWNER : BY_KEY,
        .prefix = prefix,
        .n_prefix = of_owner ? 2 : 1,
        .has_from = query->after.len > 0,
        .from_exclusive = true,
        .from = store_text(query->after),
        .limit = query->limit,
    };
    struct store_rows rows;
    HG_TRY(store_find(store, arena, &find, &rows, err));
    struct app_flow *items = HG_NEW_ARRAY(arena, struct app_flow, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu flows", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        HG_TRY(flow_of(arena, rows.rows[i].values, &items[i], err));
    *out = (struct app_flows){items, rows.n};
    return HG_OK;
}

enum hg_code app_flow_revision(struct store *store, struct hg_arena *arena, hg_str tenant,
                               const struct app_flow_moment *moment, struct hg_json *out,
                               struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(moment->flow),
                                      store_int(moment->revision)};
    struct store_row row;
    HG_TRY(store_get(store, arena, &app_flow_revisions_table, key, &row, err));
    return hg_json_parse(arena, row.values[V_BODY].bytes, HG_JSON_STRICT, &hg_json_file, out, err);
}

enum hg_code app_flow_definition(struct hg_arena *arena, const struct hg_json *body,
                                 const struct flow_definition **out, struct hg_err *err)
{
    struct flow_findings findings = {0};
    HG_TRY(app_flow_findings(arena, body, &findings, out, err));
    if (*out != NULL)
        return HG_OK;
    hg_str first = findings.n == 0 ? HG_STR("") : findings.items[0].message;
    return HG_FAIL(err, HG_UNSUPPORTED, "a stored definition is not accepted any more: %.*s",
                   HG_ARG(first));
}

/* --- Writing ----------------------------------------------------------------------------- */

static void put_revision(struct app_commit *commit, hg_str tenant, const struct app_flow *flow,
                         hg_str body)
{
    const struct store_value values[V_COLUMNS] = {store_text(tenant), store_text(flow->id),
                                                  store_int(flow->revision), store_text(body)};
    app_commit_insert(commit, &app_flow_revisions_table, values);
}

enum hg_code app_flow_insert(struct app_commit *commit, hg_str tenant, const struct app_flow *flow,
                             struct hg_err *err)
{
    hg_str body;
    hg_str trigger;
    HG_TRY(hg_json_render(commit->arena, &flow->body, &body, err));
    HG_TRY(render_trigger(commit->arena, &flow->trigger, &trigger, err));
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(tenant),
        [ID] = store_text(flow->id),
        [OWNER] = store_text(flow->owner),
        [NAME] = store_text(flow->display_name),
        [STATE] = store_int(flow->state),
        [BODY] = store_text(body),
        [REVISION] = store_int(flow->revision),
        [TRIGGER] = store_text(trigger),
        [CREATED] = store_time(flow->created),
        [MODIFIED] = store_time(flow->modified),
        [VERSION] = store_int(1),
    };
    app_commit_insert(commit, &app_flows_table, values);
    put_revision(commit, tenant, flow, body);
    return HG_OK;
}

enum hg_code app_flow_update(struct app_commit *commit, hg_str tenant, const struct app_flow *flow,
                             bool new_revision, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(flow->id)};
    hg_str body;
    hg_str trigger;
    HG_TRY(hg_json_render(commit->arena, &flow->body, &body, err));
    HG_TRY(render_trigger(commit->arena, &flow->trigger, &trigger, err));
    app_commit_update(
        commit, &app_flows_table, key,
        APP_CHANGES({NAME, store_text(flow->display_name)}, {STATE, store_int(flow->state)},
                    {BODY, store_text(body)}, {REVISION, store_int(flow->revision)},
                    {TRIGGER, store_text(trigger)}, {MODIFIED, store_time(flow->modified)},
                    {VERSION, store_int(flow->version + 1)}));
    app_commit_when(commit, APP_CONDITIONS({VERSION, STORE_EQ, store_int(flow->version)}));
    if (new_revision)
        put_revision(commit, tenant, flow, body);
    return HG_OK;
}

enum hg_code app_flow_remember(struct app_commit *commit, hg_str tenant,
                               const struct app_flow *flow, struct hg_err *err)
{
    const struct store_value key[] = {store_text(tenant), store_text(flow->id)};
    hg_str trigger;
    HG_TRY(render_trigger(commit->arena, &flow->trigger, &trigger, err));
    app_commit_update(commit, &app_flows_table, key, APP_CHANGES({TRIGGER, store_text(trigger)}));
    return HG_OK;
}

void app_flow_delete(struct app_commit *commit, hg_str tenant, hg_str id)
{
    const struct store_value key[] = {store_text(tenant), store_text(id)};
    app_commit_delete(commit, &app_flows_table, key);
    app_commit_delete_where(commit, &app_flow_revisions_table, BY_KEY, key, 2);
    app_runs_forget(commit, tenant, id);
}
