#include "app/app_private.h"
#include "app/decide.h"
#include "app/pages.h"
#include "app/sign_in/journey.h"
#include "app/sign_in/terms.h"
#include "app/tokens/oauth.h"
#include "base/base.h"
#include "http/http.h"
#include "mfa/mfa.h"
#include "oidc/error.h"
#include "oidc/redirect_uri.h"
#include "oidc/response.h"
#include "policy/policy.h"
#include "signin/signin.h"

#include <stdbool.h>
#include <stddef.h>

static void put_common(struct app_run *run, struct app_page *page)
{
    struct app_call *call = run->call;
    app_page_put(page, "action_url",
                 hg_str_format(call->arena, "/%.*s/login", HG_ARG(app_param(call, "tenant"))));
    app_page_put(page, "ctx", run->journey.id);
    app_page_put(page, "csrf", app_run_csrf(run));
    app_page_put(page, "client", run->client.display_name);
    app_page_put(page, "tenant", call->tenant->tenant.display_name);
    app_page_put(page, "username",
                 run->state.is_proved && run->has_user ? run->user.upn : run->state.username);
    page->form_origin = oidc_redirect_origin(run->auth.redirect_uri);
    page->ui_locales = run->ui_locales;
}

static enum hg_code put_register(struct app_run *run, struct app_page *page, struct hg_err *err)
{
    struct app_call *call = run->call;
    hg_str seed;
    HG_TRY(mfa_totp_seed_parse(call->arena, run->state.secret, &seed, err));
    const struct mfa_enrolment_request request = {
        .seed = seed,
        .issuer = call->tenant->tenant.display_name,
        .account = run->user.upn,
        .title = app_text(app_language(call, run->ui_locales), "register.qr"),
    };
    struct mfa_enrolment enrolment;
    HG_TRY(mfa_totp_enrol(call->arena, &request, &enrolment, err));
    app_page_put(page, "secret", enrolment.secret);
    page->markup = (struct app_page_markup){"qr", enrolment.qr_svg};
    return HG_OK;
}

/* With prompt=consent everything may be agreed to already: then all that is asked for. */
static size_t list_asked(const struct app_run *run, hg_str *items)
{
    const struct oidc_scopes *scopes = &run->auth.scopes;
    size_t n = 0;
    hg_str word;
    for (hg_str rest = scopes->oidc_text;
         n < APP_PAGE_MAX_ITEMS && hg_str_field(&rest, ' ', &word);)
        items[n++] = word;
    for (size_t i = 0; i < scopes->n && n < APP_PAGE_MAX_ITEMS; i++)
        items[n++] = scopes->items[i].is_default ? scopes->items[i].text : scopes->items[i].name;
    return n;
}

static enum hg_code put_consent(struct app_run *run, struct app_page *page, struct hg_err *err)
{
    struct hg_arena *arena = run->call->arena;
    hg_str *items = HG_NEW_ARRAY(arena, hg_str, APP_PAGE_MAX_ITEMS);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "consent");
    size_t n = 0;
    for (size_t i = 0; i < run->missing.n; i++) {
        hg_str word;
        for (hg_str rest = run->missing.items[i].scopes;
             n < APP_PAGE_MAX_ITEMS && hg_str_field(&rest, ' ', &word);)
            items[n++] = word;
    }
    if (n == 0)
        n = list_asked(run, items);
    page->list = (struct app_page_list){"scopes", items, n};
    return HG_OK;
}

static enum hg_code put_refusal(struct app_run *run, struct app_page *page, uint32_t aadsts,
                                struct hg_err *err)
{
    struct app_call *call = run->call;
    enum oidc_error_id id = oidc_error_of_number(aadsts);
    HG_ASSERT(id != OIDC_ERROR_NONE);
    struct oidc_error error = oidc_error_make(id);
    oidc_error_put(&error, "resource", app_access_resource(&run->access)->display_name);
    oidc_error_put(&error, "client", run->client.app_id);
    oidc_error_put(&error, "client_name", run->client.display_name);
    if (run->is_judged)
        app_page_put(page, "strength",
                     policy_verdict_strength(call->tenant->policies, &run->verdict));
    struct oidc_error_context context = app_oauth_context(call);
    struct oidc_error_page shown;
    HG_TRY(oidc_error_page(call->arena, &error, &context, &shown, err));
    app_page_put(page, "error", shown.message);
    app_page_put(page, "trace_id", shown.trace_id);
    app_page_put(page, "correlation_id", shown.correlation_id);
    app_page_put(page, "timestamp", shown.timestamp);
    return HG_OK;
}

enum hg_code app_run_show(struct app_run *run, const struct signin_effect *effect,
                          struct hg_err *err)
{
    struct app_page page = {
        .template = signin_page_name(effect->page),
        .status = 200,
        .title = effect->title,
    };
    put_common(run, &page);
    if (effect->message != NULL)
        app_page_put_text(&page, "message", effect->message);
    if (effect->page == SIGNIN_PAGE_ACCOUNT && run->has_session)
        app_page_put(&page, "account", run->session.username);
    if (effect->page == SIGNIN_PAGE_REGISTER)
        HG_TRY(put_register(run, &page, err));
    if (effect->page == SIGNIN_PAGE_TERMS)
        HG_TRY(app_run_put_terms(run, &page, err));
    if (effect->page == SIGNIN_PAGE_CONSENT)
        HG_TRY(put_consent(run, &page, err));
    if (effect->page == SIGNIN_PAGE_REFUSED)
        HG_TRY(put_refusal(run, &page, effect->aadsts, err));
    return app_page_render(run->call, &page, err);
}

/* A form answered with 303 becomes a GET (RFC 9700 §4.12). */
static unsigned redirect_status(const struct app_call *call)
{
    return hg_str_eq(call->request->method, HG_STR("POST")) ? 303 : 302;
}

static enum hg_code post_form(struct app_run *run, const struct oidc_reply *reply,
                              struct hg_err *err)
{
    struct hg_arena *arena = run->call->arena;
    struct hg_buf fields = hg_buf_new(arena, HG_MAX_PAGE);
    for (size_t i = 0; i < reply->n_fields; i++) {
        hg_buf_z(&fields, "<input type=\"hidden\" name=\"");
        hg_buf_html(&fields, reply->fields[i].name);
        hg_buf_z(&fields, "\" value=\"");
        hg_buf_html(&fields, reply->fields[i].value);
        hg_buf_z(&fields, "\">");
    }
    struct app_page page = {
        .template = "form_post",
        .status = 200,
        .title = "form_post.title",
        .form_origin = reply->origin,
        .ui_locales = run->ui_locales,
        .submits_itself = true,
        .markup = {"fields", hg_buf_view(&fields)},
    };
    app_page_put(&page, "action_url", reply->action);
    app_page_put(&page, "client", run->client.display_name);
    return app_page_render(run->call, &page, err);
}

enum hg_code app_run_reply(struct app_run *run, const struct oidc_reply *reply, struct hg_err *err)
{
    if (reply->mode == OIDC_MODE_FORM_POST)
        return post_form(run, reply, err);
    http_redirect(run->call->response, redirect_status(run->call), reply->location);
    http_set_field(run->call->response, "Cache-Control", HG_STR("no-store"));
    return HG_OK;
}
