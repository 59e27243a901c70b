#include "app/app_private.h"
#include "app/commit.h"
#include "app/graph_api/graph.h"
#include "app/services/list_service.h"
#include "app/services/lists.h"
#include "base/base.h"
#include "http/http.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* GetItems reads no more of a list than this (SharePoint's threshold for views). */
enum { MAX_SCAN = 5000, DEFAULT_TOP = 100, MAX_POLL = 100, MAX_TRIES = 3 };

/* --- Reading ----------------------------------------------------------------------------- */

/* Lists here have neither folders nor views; a query that means them is not answered as if
 * they did not matter. */
static bool query_is_known(struct app_call *call)
{
    static const char *const absent[] = {"view", "folderPath", "viewScopeOption"};
    struct http_form query;
    if (!app_query(call, &query))
        return false;
    for (size_t i = 0; i < HG_COUNT(absent); i++) {
        if (http_form_or(&query, absent[i], "").len == 0)
            continue;
        app_refuse(call, 400, "BadRequest", "%s: lists have no folders and no views here.",
                   absent[i]);
        return false;
    }
    return true;
}

static int rank(const struct hg_json *value)
{
    double number;
    return hg_json_is_null(value) ? 0 : hg_json_as_double(value, &number) ? 1 : 2;
}

static int compare(const struct hg_json *a, const struct hg_json *b)
{
    double left = 0;
    double right = 0;
    if (rank(a) != rank(b))
        return rank(a) - rank(b);
    if (hg_json_as_double(a, &left) && hg_json_as_double(b, &right))
        return left < right ? -1 : left > right;
    return hg_str_cmp_nocase(hg_json_str_or(a, HG_STR("")), hg_json_str_or(b, HG_STR("")));
}

/* Puts an item behind those that stand before it or are equal to it. */
static void place(struct hg_json *items, uint32_t n, const struct odata_query *query)
{
    struct hg_json moved = items[n];
    const struct hg_json *key = hg_json_get_nocase(&moved, query->orderby);
    uint32_t low = 0;
    uint32_t high = n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int order = compare(hg_json_get_nocase(&items[mid], query->orderby), key);
        if (query->descending ? order >= 0 : order <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    memmove(&items[low + 1], &items[low], (n - low) * sizeof(*items));
    items[low] = moved;
}

static enum hg_code matching(struct app_call *call, const struct app_list *list,
                             const struct odata_query *query, struct hg_json *out,
                             struct hg_err *err)
{
    const struct app_list_source from = app_list_source_of(call);
    struct app_list_items all;
    *out = hg_json_array();
    HG_TRY(app_list_items_after(&from, list->id, 0, MAX_SCAN, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        struct hg_json shown;
        HG_TRY(app_list_item_show(call, list, &all.items[i], &shown, err));
        if (query->filter != NULL && !odata_filter_holds(query->filter, &shown))
            continue;
        hg_json_push(call->arena, out, shown);
        if (query->orderby.len > 0 && out->array.n > 1)
            place(out->array.items, out->array.n - 1, query);
    }
    return HG_OK;
}

static hg_str raw_path(const struct app_call *call)
{
    hg_str path;
    hg_str query;
    (void)hg_str_cut(call->request->target, '?', &path, &query);
    return path;
}

static void put_next(struct app_call *call, struct hg_json *body, const struct odata_query *query,
                     uint64_t end)
{
    struct http_form asked;
    struct hg_buf url = hg_buf_new(call->arena, HG_MAX_TARGET);
    if (!app_query(call, &asked))
        return;
    hg_buf_str(&url, call->app->config.base_url);
    hg_buf_str(&url, raw_path(call));
    hg_buf_format(&url, "?$top=%u&$skiptoken=%llu", query->top, (unsigned long long)end);
    static const char *const kept[] = {"$filter", "$orderby"};
    for (size_t i = 0; i < HG_COUNT(kept); i++) {
        hg_str value = http_form_or(&asked, kept[i], "");
        if (value.len == 0)
            continue;
        hg_buf_format(&url, "&%s=", kept[i]);
        hg_buf_percent(&url, value);
    }
    hg_json_put_str(call->arena, body, "@odata.nextLink", hg_buf_view(&url));
}

enum hg_code app_list_items_get(struct app_call *call, struct hg_err *err)
{
    struct app_list list;
    struct odata_query query = {0};
    struct hg_json items;
    struct hg_json page = hg_json_array();
    struct hg_json body = hg_json_object();
    bool found;
    HG_TRY(app_list_find(call, &list, &found, err));
    if (!found || !query_is_known(call) || !app_odata_query(call, &query))
        return HG_OK;
    query.top = query.top == 0 ? DEFAULT_TOP : query.top;
    HG_TRY(matching(call, &list, &query, &items, err));
    uint64_t skip = 0;
    (void)hg_str_u64(query.skiptoken, UINT32_MAX, &skip);
    uint64_t end = skip + query.top;
    for (uint64_t i = skip; i < end && i < items.array.n; i++)
        hg_json_push(call->arena, &page, odata_select(call->arena, &query, &items.array.items[i]));
    hg_json_put(call->arena, &body, "value", page);
    if (end < items.array.n)
        put_next(call, &body, &query, end);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* The item of the route. */
static enum hg_code find_item(struct app_call *call, struct app_list *list,
                              struct app_list_item *out, bool *found, struct hg_err *err)
{
    const struct app_list_source from = app_list_source_of(call);
    uint64_t number = 0;
    HG_TRY(app_list_find(call, list, found, err));
    if (!*found)
        return HG_OK;
    hg_str text = app_param(call, "id");
    enum hg_code code = HG_NOT_FOUND;
    if (hg_str_u64(text, INT64_MAX, &number))
        code = app_list_item_load(&from, list->id, (int64_t)number, out, err);
    *found = code == HG_OK;
    if (code != HG_NOT_FOUND)
        return code;
    app_refuse(call, 404, "ItemNotFound", "The list '%.*s' has no item %.*s.", HG_ARG(list->name),
               HG_ARG(text));
    return HG_OK;
}

static enum hg_code answer_item(struct app_call *call, const struct app_list *list,
                                const struct app_list_item *item, struct hg_err *err)
{
    struct hg_json json;
    HG_TRY(app_list_item_show(call, list, item, &json, err));
    app_answer_json(call, 200, &json);
    return HG_OK;
}

enum hg_code app_list_item_get(struct app_call *call, struct hg_err *err)
{
    struct app_list list;
    struct app_list_item item;
    bool found;
    if (!query_is_known(call))
        return HG_OK;
    HG_TRY(find_item(call, &list, &item, &found, err));
    return found ? answer_item(call, &list, &item, err) : HG_OK;
}

/* --- Writing ------------------------------------------------------------------------------- */

static enum hg_code add_item(struct app_call *call, struct app_list *list,
                             struct app_list_item *item, struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    item->number = list->last_item + 1;
    HG_TRY(app_list_item_insert(&commit, call->tenant->tenant.id, list, item, err));
    return app_commit_run(&commit, call->app->store, err);
}

enum hg_code app_list_item_create(struct app_call *call, struct hg_err *err)
{
    struct app_list list;
    struct app_list_item item = {
        .created = call->now, .modified = call->now, .version = 1, .columns = hg_json_object()};
    struct hg_json given;
    bool found;
    if (!query_is_known(call) || !app_body_object(call, &given) ||
        !app_list_columns_set(call, &item.columns, &given))
        return HG_OK;
    HG_TRY(app_list_person(call, &item.author, err));
    item.editor = item.author;
    enum hg_code code = HG_CONFLICT;
    for (int i = 0; i < MAX_TRIES && code == HG_CONFLICT; i++) {
        HG_TRY(app_list_find(call, &list, &found, err));
        if (!found)
            return HG_OK;
        code = add_item(call, &list, &item, err);
    }
    HG_TRY(code);
    return answer_item(call, &list, &item, err);
}

enum hg_code app_list_item_change(struct app_call *call, struct hg_err *err)
{
    struct app_list list;
    struct app_list_item item;
    struct hg_json given;
    bool found;
    if (!query_is_known(call) || !app_body_object(call, &given))
        return HG_OK;
    HG_TRY(find_item(call, &list, &item, &found, err));
    if (!found || !app_list_columns_set(call, &item.columns, &given))
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    item.modified = call->now;
    HG_TRY(app_list_person(call, &item.editor, err));
    HG_TRY(app_list_item_update(&commit, call->tenant->tenant.id, list.id, &item, err));
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    item.version++;
    return answer_item(call, &list, &item, err);
}

enum hg_code app_list_item_remove(struct app_call *call, struct hg_err *err)
{
    struct app_list list;
    struct app_list_item item;
    bool found;
    HG_TRY(find_item(call, &list, &item, &found, err));
    if (!found)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    app_list_item_delete(&commit, call->tenant->tenant.id, list.id, item.number);
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    app_answer_empty(call, 200);
    return HG_OK;
}

/* --- The trigger (flow-platform.md 3.5) ----------------------------------------------------- */

/* The state of a poller is the number of the last item it has seen. */
static void put_location(struct app_call *call, int64_t seen)
{
    http_set_field(call->response, "Location",
                   hg_str_format(call->arena, "%.*s%.*s?triggerstate=%lld",
                                 HG_ARG(call->app->config.base_url), HG_ARG(raw_path(call)),
                                 (long long)seen));
}

static enum hg_code answer_new(struct app_call *call, const struct app_list *list, int64_t seen,
                               struct hg_err *err)
{
    const struct app_list_source from = app_list_source_of(call);
    struct app_list_items items;
    struct hg_json value = hg_json_array();
    struct hg_json body = hg_json_object();
    HG_TRY(app_list_items_after(&from, list->id, seen, MAX_POLL, &items, err));
    for (size_t i = 0; i < items.n; i++) {
        struct hg_json shown;
        HG_TRY(app_list_item_show(call, list, &items.items[i], &shown, err));
        hg_json_push(call->arena, &value, shown);
        seen = items.items[i].number;
    }
    hg_json_put(call->arena, &body, "value", value);
    if (items.n > 0)
        app_answer_json(call, 200, &body);
    else
        app_answer_empty(call, 202);
    put_location(call, seen);
    return HG_OK;
}

/* Without a state only the mark is set: old items never fire. */
enum hg_code app_list_new_items(struct app_call *call, struct hg_err *err)
{
    struct app_list list;
    struct http_form query;
    uint64_t seen;
    bool found;
    HG_TRY(app_list_find(call, &list, &found, err));
    if (!found || !query_is_known(call) || !app_query(call, &query))
        return HG_OK;
    hg_str state = http_form_or(&query, "triggerstate", "");
    if (state.len == 0) {
        app_answer_empty(call, 202);
        put_location(call, list.last_item);
        return HG_OK;
    }
    if (!hg_str_u64(state, INT64_MAX, &seen)) {
        app_refuse(call, 400, "BadRequest", "triggerstate: '%.*s' is not one that was given out.",
                   HG_ARG(state));
        return HG_OK;
    }
    return answer_new(call, &list, (int64_t)seen, err);
}
