#include "oidc/logout.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/directory.h"
#include "app/pages.h"
#include "app/sign_in/journey.h"
#include "app/sign_in/sessions.h"
#include "app/tokens/issued.h"
#include "app/tokens/oauth.h"
#include "app/tokens/tokens.h"
#include "base/base.h"
#include "http/http.h"
#include "model/model.h"
#include "oidc/error.h"
#include "oidc/params.h"
#include "oidc/redirect_uri.h"

#include <stdbool.h>
#include <stddef.h>

/* GET, POST /{tenant}/oauth2/v2.0/logout (protocol.md E4). */

struct logout_call {
    struct oidc_logout_request request;
    hg_str text; /* the parameters as they came, for the confirmation's form */
    struct app_session session;
    bool has_session;
    hg_str cookie;
    struct oidc_logout_facts facts;
    struct model_application hinted;
};

static enum hg_code load_session(struct app_call *call, struct logout_call *logout,
                                 struct hg_err *err)
{
    if (!http_cookie(call->request, APP_COOKIE_SESSION, &logout->cookie))
        return HG_OK;
    enum hg_code code = app_session_find(call->app, call->arena, call->tenant->tenant.id,
                                         logout->cookie, &logout->session, err);
    logout->has_session = code == HG_OK;
    if (code == HG_OK) {
        logout->facts.has_session = true;
        logout->facts.session_id = logout->session.id;
        logout->facts.session_user = logout->session.user;
        logout->facts.session_login_hint = app_login_hint(call, logout->session.user);
    }
    return code == HG_NOT_FOUND ? HG_OK : code;
}

static enum hg_code load_hint(struct app_call *call, struct logout_call *logout, struct hg_err *err)
{
    if (!logout->request.id_token_hint.is_set)
        return HG_OK;
    bool valid;
    hg_str payload;
    HG_TRY(app_token_payload(call, logout->request.id_token_hint.value, &valid, &payload, err));
    if (!valid)
        return HG_OK;
    enum hg_code code =
        oidc_id_hint_read(call->arena, payload, app_issuer(call), &logout->facts.hint, err);
    logout->facts.hint_is_good = code == HG_OK;
    return code == HG_MALFORMED ? HG_OK : code;
}

static enum hg_code load_application(struct app_call *call, hg_str app_id,
                                     struct model_application *out, bool *found, struct hg_err *err)
{
    enum hg_code code =
        app_application_load(call->app, call->arena, call->tenant->tenant.id, app_id, out, err);
    *found = code == HG_OK;
    return code == HG_NOT_FOUND ? HG_OK : code;
}

static enum hg_code load_applications(struct app_call *call, struct logout_call *logout,
                                      struct hg_err *err)
{
    size_t n = logout->has_session ? logout->session.n_clients : 0;
    struct model_application *apps = HG_NEW_ARRAY(call->arena, struct model_application, n);
    const struct model_application **list =
        HG_NEW_ARRAY(call->arena, const struct model_application *, n);
    if (apps == NULL || list == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu applications", n);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool found;
        HG_TRY(load_application(call, logout->session.clients[i], &apps[kept], &found, err));
        list[kept] = &apps[kept];
        kept += found;
    }
    logout->facts.applications = list;
    logout->facts.n_applications = kept;
    hg_str named =
        logout->facts.hint_is_good ? logout->facts.hint.aud : logout->request.client_id.value;
    bool found = false;
    if (named.len > 0)
        HG_TRY(load_application(call, named, &logout->hinted, &found, err));
    logout->facts.hinted = found ? &logout->hinted : NULL;
    return HG_OK;
}

static hg_str csrf_of(struct app_call *call, const struct logout_call *logout)
{
    return app_issued_mac(call->app, call->arena, "logout-csrf", logout->cookie);
}

static enum hg_code confirm(struct app_call *call, const struct logout_call *logout,
                            struct hg_err *err)
{
    struct app_page page = {.template = "logout", .status = 200, .title = "logout.title"};
    if (logout->request.post_logout_redirect_uri.is_set)
        page.form_origin = oidc_redirect_origin(logout->request.post_logout_redirect_uri.value);
    app_page_put(
        &page, "action_url",
        hg_str_format(call->arena, "/%.*s/oauth2/v2.0/logout", HG_ARG(app_param(call, "tenant"))));
    app_page_put(&page, "csrf", csrf_of(call, logout));
    app_page_put(&page, "redirect", logout->request.post_logout_redirect_uri.value);
    app_page_put(&page, "state", logout->request.state.value);
    app_page_put(&page, "client_id", logout->request.client_id.value);
    return app_page_render(call, &page, err);
}

static enum hg_code end_session(struct app_call *call, const struct logout_call *logout,
                                struct hg_err *err)
{
    http_set_cookie(call->arena, call->response, APP_COOKIE_SESSION, HG_STR(""),
                    (struct http_cookie_options){.max_age_s = -1, .same_site_none = true});
    if (!logout->has_session)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    app_session_end(&commit, call->tenant->tenant.id, &logout->session, call->now);
    return app_commit_run(&commit, call->app->store, err);
}

static enum hg_code show_refusal(struct app_call *call, const struct oidc_error *error,
                                 struct hg_err *err)
{
    return app_oauth_refusal_page(call, error, "error.title.logout", HG_STR(""), err);
}

static enum hg_code refuse(struct app_call *call, const struct logout_call *logout,
                           struct hg_err *err)
{
    hg_str repeated = logout->request.repeated;
    bool is_repeated = repeated.len > 0;
    struct oidc_error error =
        oidc_error_make(is_repeated ? OIDC_ERROR_PARAMETER_REPEATED_PAGE : OIDC_ERROR_HINT_BAD);
    oidc_error_put(&error, "name", is_repeated ? repeated : HG_STR("id_token_hint"));
    return show_refusal(call, &error, err);
}

static enum hg_code carry_out(struct app_call *call, struct logout_call *logout,
                              const struct oidc_logout *decided, struct hg_err *err)
{
    if (decided->action == OIDC_LOGOUT_CONFIRM)
        return confirm(call, logout, err);
    if (decided->action == OIDC_LOGOUT_REFUSE)
        return refuse(call, logout, err);
    HG_TRY(end_session(call, logout, err));
    if (decided->action == OIDC_LOGOUT_REDIRECT) {
        http_redirect(call->response, 303, decided->location);
        return HG_OK;
    }
    const struct app_page page = {
        .template = "signed_out", .status = 200, .title = "signed_out.title"};
    return app_page_render(call, &page, err);
}

/* The page's own button was pressed, not another site's. */
static bool is_confirmed(struct app_call *call, const struct logout_call *logout,
                         const struct oidc_params *params)
{
    bool confirmed = false;
    for (size_t i = 0; i < params->n; i++)
        if (hg_str_eq(params->items[i].name, HG_STR("csrf")))
            confirmed = logout->has_session &&
                        hg_str_eq_secret(params->items[i].value, csrf_of(call, logout));
    return confirmed;
}

enum hg_code app_logout(struct app_call *call, struct hg_err *err)
{
    struct logout_call logout = {0};
    bool is_post = hg_str_eq(call->request->method, HG_STR("POST"));
    logout.text = is_post ? call->request->body : call->request->query;
    struct oidc_params params = {0};
    struct oidc_error error = {0};
    HG_TRY(app_oauth_params(call, logout.text, &params, &error, err));
    if (oidc_error_is(&error))
        return show_refusal(call, &error, err);
    oidc_logout_parse(&params, &logout.request);
    HG_TRY(load_session(call, &logout, err));
    HG_TRY(load_hint(call, &logout, err));
    HG_TRY(load_applications(call, &logout, err));
    logout.facts.is_confirmed = is_post && is_confirmed(call, &logout, &params);
    struct oidc_logout decided;
    HG_TRY(oidc_logout_check(call->arena, &logout.request, &logout.facts, &decided, err));
    return carry_out(call, &logout, &decided, err);
}
