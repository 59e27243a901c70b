#include "app/app_private.h"
#include "app/commit.h"
#include "app/connections/connection_access.h"
#include "app/connections/connection_consent.h"
#include "app/connections/connections.h"
#include "app/directory/tenants.h"
#include "app/pages.h"
#include "app/sign_in/journey.h"
#include "app/sign_in/sessions.h"
#include "app/tokens/oauth.h"
#include "base/base.h"
#include "http/http.h"
#include "oidc/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The two ends of signing a connection in: the link, and what comes back. */

/* --- The link ---------------------------------------------------------------------------- */

/* {"prompt":"none"}: only with the session there is, without a page. */
static bool wants_silence(const struct hg_json *body)
{
    return hg_str_eq(hg_json_str_or(hg_json_get(body, "prompt"), HG_STR("")), HG_STR("none"));
}

static enum hg_code answer_link(struct app_call *call, const char *member, struct hg_err *err)
{
    struct app_connection connection;
    struct hg_json input;
    struct hg_json body = hg_json_object();
    bool found;
    hg_str url;
    HG_TRY(app_connection_find(call, &connection, &found, err));
    if (!found || !app_body_object_or_none(call, &input))
        return HG_OK;
    HG_TRY(app_connection_consent_url(call, &connection, wants_silence(&input), &url, err));
    hg_json_put_str(call->arena, &body, member, url);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_connection_consent_link(struct app_call *call, struct hg_err *err)
{
    return answer_link(call, "consentLink", err);
}

enum hg_code app_connection_repair(struct app_call *call, struct hg_err *err)
{
    return answer_link(call, "url", err);
}

/* --- The code, handed in by the client ------------------------------------------------------ */

static enum hg_code answer_result(struct app_call *call, const struct app_connection *connection,
                                  enum app_consent_result result, const struct oidc_error *refusal,
                                  struct hg_err *err)
{
    struct app_connection now;
    hg_str text;
    switch (result) {
    case APP_CONSENT_CONNECTED:
        HG_TRY(app_connection_load(call->app->store, call->arena, call->tenant->tenant.id,
                                   connection->id, &now, err));
        return app_connection_answer(call, 200, &now, err);
    case APP_CONSENT_REFUSED:
        HG_TRY(oidc_error_text(call->arena, refusal, &text, err));
        app_refuse(call, 400, "Unauthorized", "%.*s", HG_ARG(text));
        break;
    case APP_CONSENT_FOREIGN:
        app_refuse(call, 403, "ConnectionAuthorizationFailed",
                   "The code is of a sign-in by somebody who is not the connection's owner.");
        break;
    case APP_CONSENT_USELESS:
        app_refuse(call, 400, "BadRequest",
                   "The code gives no refresh token: use the link of getConsentLink.");
        break;
    case APP_CONSENT_GONE:
        app_refuse(call, 404, "ConnectionNotFound", "Could not find connection '%.*s'.",
                   HG_ARG(connection->id));
        break;
    }
    return HG_OK;
}

enum hg_code app_connection_confirm(struct app_call *call, struct hg_err *err)
{
    struct app_connection connection;
    struct hg_json body;
    bool found;
    enum app_consent_result result;
    struct oidc_error refusal;
    HG_TRY(app_connection_find(call, &connection, &found, err));
    if (!found || !app_body_object(call, &body))
        return HG_OK;
    hg_str code = hg_json_str_or(hg_json_get(&body, "code"), HG_STR(""));
    if (code.len == 0) {
        app_refuse(call, 400, "BadRequest", "code is missing.");
        return HG_OK;
    }
    const struct app_consent consent = {call->tenant->tenant.id, connection.id, connection.owner};
    HG_TRY(app_consent_redeem(call, &consent, code, &result, &refusal, err));
    return answer_result(call, &connection, result, &refusal, err);
}

/* --- The code, brought by the owner's browser ------------------------------------------------ */

static enum hg_code is_signed_in(struct app_call *call, hg_str user, bool *out, struct hg_err *err)
{
    hg_str cookie;
    struct app_session session;
    *out = false;
    if (!http_cookie(call->request, APP_COOKIE_SESSION, &cookie))
        return HG_OK;
    enum hg_code code =
        app_session_find(call->app, call->arena, call->tenant->tenant.id, cookie, &session, err);
    *out = code == HG_OK && hg_str_eq(session.user, user);
    return code == HG_NOT_FOUND ? HG_OK : code;
}

/* A connection that was never signed in goes with the sign-in that was refused: nothing is
 * left half made. One that had a grant keeps it. */
static enum hg_code forget_unmade(struct app_call *call, const struct app_consent *consent,
                                  struct hg_err *err)
{
    struct app_connection connection;
    bool is_owner;
    HG_TRY(is_signed_in(call, consent->owner, &is_owner, err));
    enum hg_code code = app_connection_load(call->app->store, call->arena, consent->tenant,
                                            consent->connection, &connection, err);
    if (code == HG_NOT_FOUND || !is_owner)
        return HG_OK;
    HG_TRY(code);
    if (connection.status != APP_CONNECTION_UNAUTHENTICATED)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    app_connection_delete(&commit, consent->tenant, consent->connection);
    return app_commit_run(&commit, call->app->store, err);
}

static enum hg_code show_refusal(struct app_call *call, const struct app_consent *consent,
                                 const struct http_form *query, struct hg_err *err)
{
    HG_TRY(forget_unmade(call, consent, err));
    hg_str text = http_form_or(query, "error_description", "");
    if (text.len == 0)
        text = http_form_or(query, "error", "");
    struct app_page page = {.template = "refusal", .status = 400, .title = "connection.refused"};
    app_page_put(&page, "error", text);
    return app_page_render(call, &page, err);
}

static enum hg_code show_text(struct app_call *call, unsigned status, const char *title,
                              const char *key, struct hg_err *err)
{
    struct app_page page = {.template = "connected", .status = status, .title = title};
    app_page_put_text(&page, "why", key);
    return app_page_render(call, &page, err);
}

static enum hg_code redeem(struct app_call *call, const struct app_consent *consent, hg_str code,
                           struct hg_err *err)
{
    enum app_consent_result result;
    struct oidc_error refusal;
    HG_TRY(app_consent_redeem(call, consent, code, &result, &refusal, err));
    switch (result) {
    case APP_CONSENT_CONNECTED:
        return show_text(call, 200, "connection.connected", "connection.connected.why", err);
    case APP_CONSENT_REFUSED:
        HG_TRY(forget_unmade(call, consent, err));
        return app_oauth_error_page(call, &refusal, HG_STR(""), err);
    case APP_CONSENT_FOREIGN:
        return show_text(call, 403, "connection.refused", "connection.foreign", err);
    case APP_CONSENT_USELESS:
    case APP_CONSENT_GONE:
        break;
    }
    return show_text(call, 400, "connection.refused", "connection.gone", err);
}

enum hg_code app_connection_callback(struct app_call *call, struct hg_err *err)
{
    struct http_form query;
    struct app_consent consent;
    hg_str code;
    bool is_owner;
    if (!app_query(call, &query))
        return HG_OK;
    if (!app_consent_open(call, http_form_or(&query, "state", ""), &consent))
        return app_oauth_gone_page(call, err);
    HG_TRY(app_snapshot_get(call->app, consent.tenant, &call->tenant, err));
    if (!http_form_get(&query, "code", &code))
        return show_refusal(call, &consent, &query, err);
    HG_TRY(is_signed_in(call, consent.owner, &is_owner, err));
    if (!is_owner)
        return show_text(call, 403, "connection.refused", "connection.foreign", err);
    return redeem(call, &consent, code, err);
}
