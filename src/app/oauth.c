#include "app/oauth.h"

#include "app/app_private.h"
#include "base/base.h"
#include "http/http.h"
#include "oidc/error.h"
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
