#include "app/app_private.h"
#include "app/graph.h"
#include "app/signins.h"
#include "base/base.h"
#include "http/http.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>

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

enum hg_code app_signins_get(struct app_call *call, struct hg_err *err)
{
    struct odata_query query = {0};
    if (!app_odata_query(call, &query))
        return HG_OK;
    bool by_type = mentions(call, "signInEventTypes") || mentions(call, "isInteractive");
    struct app_signin_query find = {.interactive = true, .non_interactive = by_type, .limit = 1000};
    (void)odata_filter_equals(query.filter, "userId", &find.user);
    (void)odata_filter_equals(query.filter, "appId", &find.app);
    struct hg_json items;
    HG_TRY(app_signins_list(call, &find, wants_unknown_members(call), &items, err));
    app_graph_answer_list(call, "auditLogs/signIns", &query, &items);
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
