#include "app/tokens/oauth.h"

#include "app/app_private.h"
#include "app/directory/tenants.h"
#include "app/pages.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "http/http.h"
#include "jose/jose.h"
#include "oidc/authorize.h"
#include "oidc/error.h"
#include "oidc/logout.h"
#include "oidc/params.h"

#include <stddef.h>

enum hg_code app_oauth_params(struct app_call *call, hg_str text, struct oidc_params *out,
                              struct oidc_error *error, struct hg_err *err)
{
    struct http_form form;
    enum hg_code code = http_form_parse(call->arena, text, &form, err);
    if (code == HG_NO_MEMORY)
        return code;
    if (code != HG_OK) {
        *error = oidc_error_make(OIDC_ERROR_REQUEST_MALFORMED);
        return HG_OK;
    }
    struct oidc_param *items = HG_NEW_ARRAY(call->arena, struct oidc_param, form.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu parameters", form.n);
    for (size_t i = 0; i < form.n; i++)
        items[i] = (struct oidc_param){form.items[i].name, form.items[i].value};
    *out = (struct oidc_params){items, form.n};
    return HG_OK;
}

struct oidc_error_context app_oauth_context(const struct app_call *call)
{
    return (struct oidc_error_context){
        .base = call->app->config.base_url,
        .trace_id = call->trace_id,
        .correlation_id = call->correlation_id,
        .now = call->now,
    };
}

void app_oauth_answer_json(struct app_call *call, unsigned status, hg_str json)
{
    http_respond(call->response, status, "application/json; charset=utf-8", json);
    http_set_field(call->response, "Cache-Control", HG_STR("no-store"));
    http_set_field(call->response, "Pragma", HG_STR("no-cache"));
}

enum hg_code app_oauth_answer_error(struct app_call *call, const struct oidc_error *error,
                                    struct hg_err *err)
{
    struct oidc_error_context context = app_oauth_context(call);
    hg_str body;
    HG_TRY(oidc_error_body(call->arena, error, &context, &body, err));
    app_oauth_answer_json(call, oidc_error_row(error->id)->status, body);
    return HG_OK;
}

hg_str app_issuer(const struct app_call *call)
{
    return hg_str_format(call->arena, "%.*s/%.*s/v2.0", HG_ARG(call->app->config.base_url),
                         HG_ARG(call->tenant->tenant.id));
}

enum { MAX_KEYS = 16 };

enum hg_code app_token_payload(struct app_call *call, hg_str token, bool *out_valid,
                               hg_str *out_payload, struct hg_err *err)
{
    const struct crypto_key *keys[MAX_KEYS];
    size_t n = 0;
    for (size_t i = 0; i < call->tenant->n_keys && n < MAX_KEYS; i++)
        keys[n++] = call->tenant->keys[i].owned;
    const struct jose_rules rules = {
        .keys = {keys, n},
        .algs = JOSE_ALLOW_RS256 | JOSE_ALLOW_ES256,
    };
    struct jose_jws jws;
    HG_TRY(jose_verify(call->arena, &rules, token, &jws, err));
    *out_valid = jws.verdict == JOSE_VALID;
    *out_payload = jws.payload;
    return HG_OK;
}

enum hg_code app_id_hint(struct app_call *call, hg_str token, enum oidc_hint_state *out_state,
                         hg_str *out_oid, struct hg_err *err)
{
    if (token.len == 0) {
        *out_state = OIDC_HINT_ABSENT;
        return HG_OK;
    }
    bool valid;
    hg_str payload;
    struct oidc_id_hint hint;
    HG_TRY(app_token_payload(call, token, &valid, &payload, err));
    enum hg_code code = !valid
                            ? HG_MALFORMED
                            : oidc_id_hint_read(call->arena, payload, app_issuer(call), &hint, err);
    if (code != HG_OK && code != HG_MALFORMED)
        return code;
    *out_state = code == HG_OK ? OIDC_HINT_GOOD : OIDC_HINT_BAD;
    if (code == HG_OK)
        *out_oid = hint.oid;
    return HG_OK;
}

enum hg_code app_oauth_refusal_page(struct app_call *call, const struct oidc_error *error,
                                    const char *title, hg_str ui_locales, struct hg_err *err)
{
    struct oidc_error_context context = app_oauth_context(call);
    struct oidc_error_page shown;
    HG_TRY(oidc_error_page(call->arena, error, &context, &shown, err));
    struct app_page page = {
        .template = "error",
        .status = shown.status,
        .title = title,
        .ui_locales = ui_locales,
    };
    app_page_put(&page, "error", shown.message);
    app_page_put(&page, "trace_id", shown.trace_id);
    app_page_put(&page, "correlation_id", shown.correlation_id);
    app_page_put(&page, "timestamp", shown.timestamp);
    app_page_put(&page, "help_url", shown.help_uri);
    return app_page_render(call, &page, err);
}

enum hg_code app_oauth_error_page(struct app_call *call, const struct oidc_error *error,
                                  hg_str ui_locales, struct hg_err *err)
{
    return app_oauth_refusal_page(call, error, "error.title", ui_locales, err);
}

enum hg_code app_oauth_gone_page(struct app_call *call, struct hg_err *err)
{
    const struct app_page page = {.template = "gone", .status = 400, .title = "gone.title"};
    return app_page_render(call, &page, err);
}
