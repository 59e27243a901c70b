#include "app/app_private.h"
#include "app/decide.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/pages.h"
#include "app/sign_in/journey.h"
#include "app/sign_in/sessions.h"
#include "app/signals/devices.h"
#include "app/signals/origin.h"
#include "base/base.h"
#include "http/http.h"
#include "lifetime/lifetime.h"
#include "oidc/scope.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* GET /account: who am I, how did I prove it, what does this session satisfy. */

static enum hg_code nobody(struct app_call *call, struct hg_err *err)
{
    const struct app_page page = {
        .template = "signed_out", .status = 200, .title = "account.nobody"};
    return app_page_render(call, &page, err);
}

/* Whether the user, with what this session has proved and from where the request comes, may use
 * a service now: asked of the function that decides every access. */
static enum hg_code judge(struct app_call *call, const struct app_session *session,
                          const struct model_user *user, const struct model_application *service,
                          enum policy_outcome *out, struct hg_err *err)
{
    const struct model_application *const resources[] = {service};
    const struct oidc_scopes scopes = {
        .identifiers = &service->app_id, .resources = resources, .n_resources = 1};
    struct model_device device;
    HG_TRY(app_device_present(call, &device, err));
    const struct app_access access = {
        .user = user,
        .client = service,
        .is_confidential = true,
        .scopes = &scopes,
        .all_resources = true,
        .client_app_type = MODEL_CLIENT_BROWSER,
        .platform = device.is_present ? app_platform_of_system(device.operating_system)
                                      : app_platform_of(call),
        .network = app_network_of(call),
        .device = device,
        .proven_device = device.id,
        .methods = session->methods,
        .mfa_at = session->mfa_at,
        .is_interactive = true,
        .user_agent = app_user_agent(call),
    };
    struct policy_verdict verdict;
    HG_TRY(app_decide(call, &access, &verdict, err));
    *out = verdict.outcome;
    return HG_OK;
}

/* "Office 365 Exchange Online: open", a line a service. */
static enum hg_code judge_services(struct app_call *call, const struct app_session *session,
                                   const struct model_user *user, struct app_page_list *out,
                                   struct hg_err *err)
{
    static const char *const texts[] = {[POLICY_ALLOW] = "account.service.open",
                                        [POLICY_CHALLENGE] = "account.service.asks",
                                        [POLICY_BLOCK] = "account.service.closed"};
    const char *language = app_language(call, HG_STR(""));
    size_t most = app_first_party_count();
    hg_str *lines = HG_NEW_ARRAY(call->arena, hg_str, most);
    if (lines == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "services");
    *out = (struct app_page_list){.name = "services", .items = lines};
    for (size_t i = 0; i < most; i++) {
        struct model_application service;
        enum policy_outcome outcome;
        if (!app_first_party_find(call->arena, call->app->config.base_url, app_first_party_id(i),
                                  &service) ||
            service.n_identifier_uris == 0) /* a client, no service */
            continue;
        HG_TRY(judge(call, session, user, &service, &outcome, err));
        lines[out->n++] = hg_str_format(call->arena, "%.*s: %.*s", HG_ARG(service.display_name),
                                        HG_ARG(app_text(language, texts[outcome])));
    }
    return HG_OK;
}

static enum hg_code show(struct app_call *call, const struct app_session *session,
                         const struct model_user *user, struct hg_err *err)
{
    struct app_page page = {.template = "session", .status = 200, .title = "account.title"};
    HG_TRY(judge_services(call, session, user, &page.list, err));
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
