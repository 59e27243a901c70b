#include "app/services/list_service.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/services/lists.h"
#include "base/base.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_SITE = 1024, MAX_LIST_NAME = 255 };

/* The router decoded the path once. */
static bool decoded(struct app_call *call, const char *name, hg_str *out)
{
    if (http_percent_decode(call->arena, app_param(call, name), false, out, NULL) == HG_OK)
        return true;
    app_refuse(call, 400, "BadRequest", "'%.*s' is not percent-encoded text.",
               HG_ARG(app_param(call, name)));
    return false;
}

bool app_list_site_asked(struct app_call *call, hg_str *out)
{
    hg_str address;
    struct http_url url;
    if (!decoded(call, "dataset", &address))
        return false;
    bool good = address.len <= MAX_SITE && http_url_parse(address, &url, NULL) == HG_OK &&
                hg_str_starts_nocase(url.scheme, HG_STR("http")) && !url.has_query &&
                !url.has_fragment;
    if (good)
        *out = app_list_site(call->arena, address);
    else
        app_refuse(call, 400, "BadRequest", "'%.*s' is no address of a site.", HG_ARG(address));
    return good;
}

enum hg_code app_list_find(struct app_call *call, struct app_list *out, bool *found,
                           struct hg_err *err)
{
    const struct app_list_source from = app_list_source_of(call);
    hg_str site;
    hg_str table;
    *found = false;
    if (!app_list_site_asked(call, &site) || !decoded(call, "table", &table))
        return HG_OK;
    enum hg_code code = app_list_load(&from, site, table, out, err);
    *found = code == HG_OK;
    if (code != HG_NOT_FOUND)
        return code;
    app_refuse(call, 404, "ListNotFound", "There is no list '%.*s' at %.*s.", HG_ARG(table),
               HG_ARG(site));
    return HG_OK;
}

static struct hg_json list_json(struct app_call *call, const struct app_list *list)
{
    struct hg_json json = hg_json_object();
    hg_json_put_str(call->arena, &json, "Name", list->id);
    hg_json_put_str(call->arena, &json, "DisplayName", list->name);
    return json;
}

enum hg_code app_lists_get(struct app_call *call, struct hg_err *err)
{
    const struct app_list_source from = app_list_source_of(call);
    hg_str site;
    struct app_lists lists;
    struct hg_json value = hg_json_array();
    struct hg_json body = hg_json_object();
    if (!app_list_site_asked(call, &site))
        return HG_OK;
    HG_TRY(app_lists_of(&from, site, &lists, err));
    for (size_t i = 0; i < lists.n; i++)
        hg_json_push(call->arena, &value, list_json(call, &lists.items[i]));
    hg_json_put(call->arena, &body, "value", value);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_list_create(struct app_call *call, struct hg_err *err)
{
    struct hg_json body;
    struct app_list list = {
        .id = app_new_id(call), .creator = call->caller.user.id, .created = call->now};
    if (!app_list_site_asked(call, &list.site) || !app_body_object(call, &body) ||
        !app_body_knows(call, &body, "displayName"))
        return HG_OK;
    list.name = hg_str_trim(hg_json_str_or(hg_json_get(&body, "displayName"), HG_STR("")));
    if (list.name.len == 0 || list.name.len > MAX_LIST_NAME) {
        app_refuse(call, 400, "BadRequest",
                   "displayName: give the list a name of at most %d bytes.", (int)MAX_LIST_NAME);
        return HG_OK;
    }
    struct app_commit commit = app_commit_new(call->arena);
    app_list_insert(&commit, call->tenant->tenant.id, &list);
    enum hg_code code = app_commit_run(&commit, call->app->store, err);
    if (code == HG_EXISTS) {
        app_refuse(call, 409, "ListExists", "There is a list '%.*s' at %.*s.", HG_ARG(list.name),
                   HG_ARG(list.site));
        return HG_OK;
    }
    HG_TRY(code);
    struct hg_json json = list_json(call, &list);
    app_answer_json(call, 201, &json);
    return HG_OK;
}

enum hg_code app_list_remove(struct app_call *call, struct hg_err *err)
{
    struct app_list list;
    bool found;
    HG_TRY(app_list_find(call, &list, &found, err));
    if (!found)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    app_list_delete(&commit, call->tenant->tenant.id, list.id);
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    app_answer_empty(call, 200);
    return HG_OK;
}
