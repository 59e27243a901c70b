#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/directory.h"
#include "app/directory/objects.h"
#include "app/graph_api/graph.h"
#include "base/base.h"
#include "event/event.h"
#include "graph/graph.h"

#include <stdbool.h>

/* /users/{id}/authentication/requirements: per-user multi-factor authentication. The state
 * stands in the user's record, where Graph's users do not show it. */

static const struct app_collection users = {.path = "users",
                                            .title = "user",
                                            .kind = APP_KIND_USER,
                                            .resource = &graph_user,
                                            .by_name = true,
                                            .changed = EVENT_DIRECTORY_CHANGED};

enum hg_code app_user_requirements_get(struct app_call *call, struct hg_err *err)
{
    struct app_object user;
    bool found;
    HG_TRY(app_graph_find(call, &users, app_param(call, "id"), &user, &found, err));
    if (!found)
        return HG_OK;
    struct hg_json body = hg_json_object();
    hg_json_put_str(call->arena, &body, "@odata.context",
                    hg_str_format(call->arena,
                                  "%.*s/%.*s/$metadata#users('%.*s')/authentication/requirements",
                                  HG_ARG(call->app->config.base_url),
                                  HG_ARG(app_param(call, "version")), HG_ARG(user.id)));
    hg_json_put_str(call->arena, &body, "perUserMfaState",
                    hg_json_str_or(hg_json_get(&user.body, APP_USER_MFA), HG_STR("disabled")));
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_user_requirements_patch(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    struct app_object user;
    enum model_user_mfa state;
    bool found;
    if (!app_body_object(call, &input) || !app_body_knows(call, &input, "perUserMfaState"))
        return HG_OK;
    hg_str name = hg_json_str_or(hg_json_get(&input, "perUserMfaState"), HG_STR(""));
    if (app_user_mfa_parse(name, &state, NULL) != HG_OK) {
        app_refuse(call, 400, "Request_BadRequest",
                   "perUserMfaState must be disabled, enabled or enforced.");
        return HG_OK;
    }
    HG_TRY(app_graph_find(call, &users, app_param(call, "id"), &user, &found, err));
    if (found)
        HG_TRY(app_graph_may_administer(call, user.id, &found, err));
    if (!found)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    int64_t version = user.version;
    hg_json_set(call->arena, &user.body, HG_STR(APP_USER_MFA), hg_json_z(app_user_mfa_name(state)));
    user.version = version + 1;
    user.modified = call->now;
    HG_TRY(
        app_object_replace(&commit, call->tenant->tenant.id, APP_KIND_USER, &user, version, err));
    bool done;
    HG_TRY(app_graph_commit(call, &users, &commit, user.id, &user.body, &done, err));
    if (done)
        app_answer_empty(call, 204);
    return HG_OK;
}
