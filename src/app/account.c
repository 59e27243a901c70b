#include "app/app_private.h"
#include "app/directory.h"
#include "app/journey.h"
#include "app/pages.h"
#include "app/sessions.h"
#include "base/base.h"
#include "http/http.h"
#include "lifetime/lifetime.h"

#include <stdbool.h>
#include <stddef.h>

/* GET /account: who am I, how did I prove it, what does this session satisfy. */

static enum hg_code nobody(struct app_call *call, struct hg_err *err)
{
    const struct app_page page = {
        .template = "signed_out", .status = 200, .title = "account.nobody"};
    return app_page_render(call, &page, err);
}

static enum hg_code show(struct app_call *call, const struct app_session *session,
                         const struct model_user *user, struct hg_err *err)
{
    struct app_page page = {.template = "session", .status = 200, .title = "account.title"};
    app_page_put(&page, "username", user->upn);
    app_page_put(&page, "display_name", user->display_name);
    app_page_put(&page, "tenant", call->tenant->tenant.display_name);
    app_page_put(&page, "auth_at", hg_time_aadsts(call->arena, session->auth_at));
    app_page_put_text(&page, "proof",
                      session->mfa_at.is_set ? "account.proof.mfa" : "account.proof.password");
    app_page_put(&page, "mfa_at",
                 session->mfa_at.is_set ? hg_time_aadsts(call->arena, session->mfa_at.at)
                                        : HG_STR(""));
    const struct lifetime_session lived = {.auth_at = session->auth_at,
                                           .mfa_at = session->mfa_at,
                                           .last_used = session->last_used,
                                           .is_persistent = session->is_persistent,
                                           .user_valid_from = user->valid_from};
    app_page_put(
        &page, "ends_at",
        hg_time_aadsts(call->arena, lifetime_session_end(&lived, &call->tenant->lifetime)));
    app_page_put(
        &page, "logout_url",
        hg_str_format(call->arena, "/%.*s/oauth2/v2.0/logout", HG_ARG(call->tenant->tenant.id)));
    return app_page_render(call, &page, err);
}

enum hg_code app_account(struct app_call *call, struct hg_err *err)
{
    HG_TRY(app_snapshot_first(call->app, &call->tenant, err));
    hg_str cookie;
    struct app_session session;
    struct model_user user;
    if (!http_cookie(call->request, APP_COOKIE_SESSION, &cookie))
        return nobody(call, err);
    enum hg_code code =
        app_session_find(call->app, call->arena, call->tenant->tenant.id, cookie, &session, err);
    if (code == HG_OK)
        code = app_user_load(call->app, call->arena, call->tenant->tenant.id, session.user, &user,
                             err);
    if (code == HG_NOT_FOUND)
        return nobody(call, err);
    HG_TRY(code);
    return show(call, &session, &user, err);
}
