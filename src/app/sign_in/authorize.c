#include "oidc/authorize.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/decide.h"
#include "app/directory/directory.h"
#include "app/sign_in/journey.h"
#include "app/sign_in/sessions.h"
#include "app/tokens/issued.h"
#include "app/tokens/oauth.h"
#include "base/base.h"
#include "http/http.h"
#include "oidc/error.h"
#include "oidc/params.h"
#include "oidc/response.h"
#include "oidc/scope.h"
#include "signin/signin.h"

#include <stdbool.h>
#include <stddef.h>

/* GET and POST /{tenant}/oauth2/v2.0/authorize (protocol.md E1). */

enum { BROWSER_COOKIE_DAYS = 400 };

static enum oidc_tenant_kind tenant_kind_of(const struct app_call *call)
{
    hg_str name = app_param(call, "tenant");
    if (hg_str_eq_nocase(name, HG_STR("common")))
        return OIDC_TENANT_COMMON;
    return hg_str_eq_nocase(name, HG_STR("organizations")) ? OIDC_TENANT_ORGANIZATIONS
                                                           : OIDC_TENANT_OWN;
}

static enum hg_code load_client(struct app_run *run, struct hg_err *err)
{
    struct app_call *call = run->call;
    if (!run->request.client_id.is_set)
        return HG_OK;
    enum hg_code code = app_application_load(call->app, call->arena, call->tenant->tenant.id,
                                             run->request.client_id.value, &run->client, err);
    run->has_client = code == HG_OK;
    return code == HG_NOT_FOUND ? HG_OK : code;
}

enum hg_code app_run_check(struct app_run *run, struct hg_err *err)
{
    struct app_call *call = run->call;
    struct oidc_params params;
    HG_TRY(app_oauth_params(call, run->request_text, &params, &run->auth.error, err));
    if (oidc_error_is(&run->auth.error))
        return HG_OK;
    oidc_authorize_parse(&params, &run->request);
    for (size_t i = 0; i < params.n; i++)
        if (hg_str_eq(params.items[i].name, HG_STR("ui_locales")))
            run->ui_locales = params.items[i].value;
    HG_TRY(load_client(run, err));
    struct oidc_scopes scopes;
    HG_TRY(oidc_authorize_scopes(call->arena, &run->request, &scopes, err));
    HG_TRY(app_resources_find(call, &scopes, &run->resources, err));
    const struct oidc_authorize_facts facts = {
        .tenant = &call->tenant->tenant,
        .tenant_kind = tenant_kind_of(call),
        .client = run->has_client ? &run->client : NULL,
        .resources = run->resources,
        .hint = run->request.id_token_hint.is_set ? OIDC_HINT_BAD : OIDC_HINT_ABSENT,
    };
    struct oidc_authorize_facts checked = facts;
    HG_TRY(
        app_id_hint(call, run->request.id_token_hint.value, &checked.hint, &checked.hint_oid, err));
    return oidc_authorize_check(call->arena, OIDC_AUTHORIZE, &run->request, &checked, &run->auth,
                                err);
}

/* The browser's own cookie binds a journey to the browser that began it. */
static enum hg_code bind_browser(struct app_run *run, struct hg_err *err)
{
    struct app_call *call = run->call;
    if (!http_cookie(call->request, APP_COOKIE_BROWSER, &run->browser_cookie) ||
        run->browser_cookie.len < 40) {
        struct app_issued issued;
        HG_TRY(app_issue(call->app, call->arena, "browser", &issued, err));
        run->browser_cookie = issued.text;
        run->sets_browser_cookie = true;
    }
    run->journey.browser = app_issued_mac(call->app, call->arena, "browser", run->browser_cookie);
    if (run->sets_browser_cookie)
        http_set_cookie(call->arena, call->response, APP_COOKIE_BROWSER, run->browser_cookie,
                        (struct http_cookie_options){.max_age_s = BROWSER_COOKIE_DAYS * 86400,
                                                     .same_site_none = true});
    return HG_OK;
}

enum hg_code app_authorize(struct app_call *call, struct hg_err *err)
{
    struct app_run *run = HG_NEW(call->arena, struct app_run);
    if (run == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "sign-in");
    bool is_post = hg_str_eq(call->request->method, HG_STR("POST"));
    run->call = call;
    run->commit = app_commit_new(call->arena);
    run->request_text = is_post ? call->request->body : call->request->query;
    HG_TRY(app_run_check(run, err));
    if (oidc_error_is(&run->auth.error))
        return app_run_refuse(run, &run->auth.error, err);
    HG_TRY(bind_browser(run, err));
    run->is_new = true;
    run->journey.id = app_new_id(call);
    run->journey.request = run->request_text;
    run->journey.started = call->now;
    run->state = signin_begin(call->now);
    return app_run_event(run, (struct signin_event){.kind = SIGNIN_EVENT_START}, err);
}

enum hg_code app_run_refuse(struct app_run *run, const struct oidc_error *error, struct hg_err *err)
{
    struct app_call *call = run->call;
    struct oidc_error_context context = app_oauth_context(call);
    if (run->auth.error_by_redirect || !oidc_error_is(&run->auth.error)) {
        struct oidc_reply reply;
        context.issuer = app_issuer(call);
        HG_TRY(oidc_reply_error(call->arena, &run->auth, error, &context, &reply, err));
        return app_run_reply(run, &reply, err);
    }
    return app_oauth_error_page(call, error, run->ui_locales, err);
}
