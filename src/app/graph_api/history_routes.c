#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/objects.h"
#include "app/directory/tenants.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/history.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "graph/graph.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* /api/policies/{id}/… and /api/namedLocations/{id}/…: versions, what changed between two of
 * them, and the way back to one. */

static const struct {
    const char *prefix;
    enum app_kind kind;
    app_update_fn *replace;
} kinds[] = {
    {"/api/policies/", APP_KIND_POLICY, app_policy_replace},
    {"/api/namedLocations/", APP_KIND_LOCATION, app_location_replace},
};

static size_t kind_of(const struct app_call *call)
{
    size_t i = 0;
    while (strncmp(call->route->pattern, kinds[i].prefix, strlen(kinds[i].prefix)) != 0)
        i++;
    return i;
}

/* *found false: the call was answered with 404. */
static enum hg_code load(struct app_call *call, struct app_history *out, bool *found,
                         struct hg_err *err)
{
    hg_str id = hg_str_lower(call->arena, app_param(call, "id"));
    HG_TRY(app_history_load(call->app->store, call->arena, call->tenant->tenant.id,
                            kinds[kind_of(call)].kind, id, out, err));
    *found = out->n > 0;
    if (!*found)
        app_refuse(call, 404, "Request_ResourceNotFound",
                   "There is no history of '%.*s': there is no such %s, or it was not changed "
                   "since histories are kept.",
                   HG_ARG(id), app_collection_of_kind(kinds[kind_of(call)].kind)->title);
    return HG_OK;
}

/* What the version has that the one before it had not. */
static struct hg_json changes_of(struct hg_arena *arena, const struct app_history *history,
                                 size_t i)
{
    return i == 0 ? hg_json_array()
                  : graph_changes(arena, &history->items[i - 1].body, &history->items[i].body);
}

static struct hg_json entry_json(struct hg_arena *arena, const struct app_history *history,
                                 size_t i)
{
    const struct app_history_entry *entry = &history->items[i];
    struct hg_json json = hg_json_object();
    hg_json_put(arena, &json, "version", hg_json_int(entry->version));
    hg_json_put_str(arena, &json, "at", hg_time_rfc3339(arena, entry->at));
    hg_json_put_str(arena, &json, "action", entry->action);
    hg_json_put_str(arena, &json, "author", entry->author);
    hg_json_put_str(arena, &json, "reason", entry->reason);
    hg_json_put(arena, &json, "displayName",
                hg_json_str(hg_json_str_or(hg_json_get(&entry->body, "displayName"), HG_STR(""))));
    hg_json_put(arena, &json, "changes", changes_of(arena, history, i));
    hg_json_put(arena, &json, "object", entry->body);
    return json;
}

enum hg_code app_history_get(struct app_call *call, struct hg_err *err)
{
    struct app_history history;
    bool found;
    HG_TRY(load(call, &history, &found, err));
    if (!found)
        return HG_OK;
    struct hg_json value = hg_json_array();
    for (size_t i = history.n; i-- > 0;)
        hg_json_push(call->arena, &value, entry_json(call->arena, &history, i));
    struct hg_json body = hg_json_object();
    hg_json_put(call->arena, &body, "value", value);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

static const struct app_history_entry *version_of(const struct app_history *history,
                                                  int64_t version)
{
    for (size_t i = 0; i < history->n; i++)
        if (history->items[i].version == version)
            return &history->items[i];
    return NULL;
}

/* NULL: the call was answered with 404. */
static const struct app_history_entry *wanted(struct app_call *call,
                                              const struct app_history *history, int64_t version)
{
    const struct app_history_entry *entry = version_of(history, version);
    if (entry == NULL)
        app_refuse(call, 404, "Request_ResourceNotFound",
                   "There is no version %lld; versions %lld to %lld are known.", (long long)version,
                   (long long)history->items[0].version,
                   (long long)history->items[history->n - 1].version);
    return entry;
}

/* The version a parameter of the query names, else `otherwise`. */
static bool read_version(struct app_call *call, const struct http_form *query, const char *name,
                         int64_t otherwise, int64_t *out)
{
    hg_str text = http_form_or(query, name, "");
    uint64_t version;
    *out = otherwise;
    if (text.len == 0)
        return true;
    if (!hg_str_u64(text, INT64_MAX, &version)) {
        app_refuse(call, 400, "BadRequest", "%s: '%.*s' is no version; a version is a number.",
                   name, HG_ARG(text));
        return false;
    }
    *out = (int64_t)version;
    return true;
}

enum hg_code app_history_diff(struct app_call *call, struct hg_err *err)
{
    struct app_history history;
    struct http_form query;
    bool found;
    HG_TRY(load(call, &history, &found, err));
    if (!found || !app_query(call, &query))
        return HG_OK;
    int64_t last = history.items[history.n - 1].version;
    int64_t before = history.items[history.n > 1 ? history.n - 2 : 0].version;
    int64_t from;
    int64_t to;
    if (!read_version(call, &query, "from", before, &from) ||
        !read_version(call, &query, "to", last, &to))
        return HG_OK;
    const struct app_history_entry *was = wanted(call, &history, from);
    const struct app_history_entry *is = was == NULL ? NULL : wanted(call, &history, to);
    if (is == NULL)
        return HG_OK;
    struct hg_json body = hg_json_object();
    hg_json_put(call->arena, &body, "from", hg_json_int(from));
    hg_json_put(call->arena, &body, "to", hg_json_int(to));
    hg_json_put(call->arena, &body, "value", graph_changes(call->arena, &was->body, &is->body));
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* --- The way back ------------------------------------------------------------------------ */

/* False: the call was answered. */
static bool read_rollback(struct app_call *call, struct hg_json *out, int64_t *version)
{
    if (!app_body_object(call, out) || !app_body_knows(call, out, "version headgate.reason"))
        return false;
    const struct hg_json *given = hg_json_get(out, "version");
    uint64_t digits;
    if (hg_json_as_int(given, version))
        return true;
    if (hg_str_u64(hg_json_str_or(given, HG_STR("")), INT64_MAX, &digits)) {
        *version = (int64_t)digits;
        return true;
    }
    app_refuse(call, 400, "BadRequest",
               "version is missing or no number: name the version to go back to.");
    return false;
}

static enum hg_code roll_back(struct app_call *call, const struct app_object *stored,
                              const struct app_history_entry *to, const struct hg_json *input,
                              struct hg_err *err)
{
    size_t which = kind_of(call);
    const struct app_collection *collection = app_collection_of_kind(kinds[which].kind);
    struct app_commit commit = app_commit_new(call->arena);
    struct app_write write = app_graph_write(call, &commit, GRAPH_UPDATE);
    struct app_object object;
    bool done;
    struct hg_json rest = *input;
    if (!app_graph_take_reason(call, &rest, &write))
        return HG_OK;
    if (write.reason.len == 0)
        write.reason = hg_str_format(call->arena, "back to version %lld", (long long)to->version);
    enum hg_code code = kinds[which].replace(&write, stored, &to->body, &object, err);
    if (code != HG_OK)
        return app_graph_refused(call, &write, code, err);
    HG_TRY(app_graph_commit(call, collection, &commit, object.id, &object.body, &done, err));
    if (done)
        app_graph_answer_object(call, collection, 200, &object);
    return HG_OK;
}

enum hg_code app_history_rollback(struct app_call *call, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of_kind(kinds[kind_of(call)].kind);
    struct app_history history;
    struct app_object stored;
    struct hg_json input;
    int64_t version;
    bool found;
    if (!read_rollback(call, &input, &version))
        return HG_OK;
    HG_TRY(app_graph_find(call, collection, app_param(call, "id"), &stored, &found, err));
    if (!found || !app_graph_matches(call, collection, &stored))
        return HG_OK;
    HG_TRY(load(call, &history, &found, err));
    const struct app_history_entry *to = found ? wanted(call, &history, version) : NULL;
    return to == NULL ? HG_OK : roll_back(call, &stored, to, &input, err);
}
