#include "app/app_private.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/signins.h"
#include "base/base.h"
#include "http/http.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_PAGE = 1000 };

/* GET /auditLogs/signIns. Without a filter on signInEventTypes only interactive sign-ins
 * are listed, as the documented system does (conditional-access.md 4.3). */

static bool wants_unknown_members(const struct app_call *call)
{
    hg_str prefer = http_header_or(call->request, "Prefer", "");
    return hg_str_find(prefer, HG_STR("include-unknown-enum-members")) != HG_NPOS;
}

static bool mentions(const struct app_call *call, const char *word)
{
    return hg_str_find(call->request->query, hg_str_of(word)) != HG_NPOS;
}

/* A bound of createdDateTime in the filter. Shown are whole seconds, kept are microseconds:
 * the walk takes one second more, the filter decides. */
static bool read_bound(hg_str text, hg_dur margin, hg_time *out)
{
    if (hg_time_parse(text, out, NULL) != HG_OK)
        return false;
    *out = hg_time_add(*out, margin);
    return true;
}

static bool read_find(struct app_call *call, const struct odata_query *query,
                      struct app_signin_query *out)
{
    bool by_type = mentions(call, "signInEventTypes") || mentions(call, "isInteractive");
    hg_str text;
    *out = (struct app_signin_query){
        .interactive = true,
        .all_kinds = by_type,
        .filter = query->filter,
        .oldest_first = query->orderby.len > 0 && !query->descending,
        .unknown_members = wants_unknown_members(call),
        .limit = query->top > 0 && query->top < MAX_PAGE ? query->top : MAX_PAGE,
        .after = query->skiptoken,
    };
    if (query->orderby.len > 0 && !hg_str_eq_nocase(query->orderby, HG_STR("createdDateTime"))) {
        app_refuse(call, 400, "BadRequest",
                   "Sign-ins are ordered by createdDateTime, not by '%.*s'.",
                   HG_ARG(query->orderby));
        return false;
    }
    if (query->skip > 0) {
        app_refuse(call, 400, "BadRequest",
                   "$skip is not possible with sign-ins: follow @odata.nextLink.");
        return false;
    }
    if (odata_filter_equals(query->filter, "userId", &text))
        out->user = hg_str_lower(call->arena, text);
    if (odata_filter_equals(query->filter, "appId", &text))
        out->app = hg_str_lower(call->arena, text);
    out->has_from = odata_filter_least(query->filter, "createdDateTime", &text) &&
                    read_bound(text, HG_SECONDS(-1), &out->from);
    out->has_to = odata_filter_most(query->filter, "createdDateTime", &text) &&
                  read_bound(text, HG_SECONDS(1), &out->to);
    return true;
}

enum hg_code app_signins_get(struct app_call *call, struct hg_err *err)
{
    struct odata_query query = {0};
    struct app_signin_query find;
    struct app_signin_page page;
    if (!app_odata_query(call, &query) || !read_find(call, &query, &find))
        return HG_OK;
    enum hg_code code = app_signins_list(call, &find, &page, err);
    if (code == HG_NOT_FOUND && find.after.len > 0) {
        app_refuse(call, 400, "BadRequest", "%s", err->detail);
        return HG_OK;
    }
    HG_TRY(code);
    struct hg_json body = hg_json_object();
    struct hg_json value = hg_json_array();
    for (size_t i = 0; i < hg_json_count(&page.items); i++)
        hg_json_push(call->arena, &value,
                     odata_select(call->arena, &query, hg_json_item(&page.items, i)));
    hg_json_put_str(call->arena, &body, "@odata.context",
                    hg_str_format(call->arena, "%.*s/%.*s/$metadata#auditLogs/signIns",
                                  HG_ARG(call->app->config.base_url),
                                  HG_ARG(app_param(call, "version"))));
    if (page.next.len > 0)
        hg_json_put_str(call->arena, &body, "@odata.nextLink",
                        app_graph_next_link(call, page.next));
    hg_json_put(call->arena, &body, "value", value);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_signins_get_one(struct app_call *call, struct hg_err *err)
{
    struct hg_json signin;
    enum hg_code code =
        app_signin_get(call, app_param(call, "id"), wants_unknown_members(call), &signin, err);
    if (code == HG_NOT_FOUND) {
        app_refuse(call, 404, "Request_ResourceNotFound", "There is no sign-in '%.*s'.",
                   HG_ARG(app_param(call, "id")));
        return HG_OK;
    }
    HG_TRY(code);
    app_answer_json(call, 200, &signin);
    return HG_OK;
}
