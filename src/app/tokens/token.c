#include "oidc/token.h"

#include "app/app_private.h"
#include "app/directory/applications.h"
#include "app/directory/directory.h"
#include "app/tokens/client_credentials.h"
#include "app/tokens/oauth.h"
#include "app/tokens/redeem.h"
#include "base/base.h"
#include "http/http.h"
#include "model/model.h"
#include "oidc/client_auth.h"
#include "oidc/error.h"
#include "oidc/params.h"

#include <stdbool.h>
#include <stddef.h>

/* POST /{tenant}/oauth2/v2.0/token (protocol.md E2). */

static void put_cors(struct app_call *call)
{
    hg_str origin;
    if (!http_header(call->request, "Origin", &origin))
        return;
    http_set_field(call->response, "Access-Control-Allow-Origin", origin);
    http_set_field(call->response, "Vary", HG_STR("Origin"));
    http_set_field(call->response, "Access-Control-Expose-Headers",
                   HG_STR("x-ms-request-id, x-ms-httpver, retry-after, www-authenticate, "
                          "dpop-nonce"));
}

enum hg_code app_token_options(struct app_call *call, struct hg_err *err)
{
    (void)err;
    put_cors(call);
    http_set_field(call->response, "Access-Control-Allow-Methods", HG_STR("POST, OPTIONS"));
    http_set_field(call->response, "Access-Control-Allow-Headers",
                   HG_STR("content-type, authorization, dpop, x-anchormailbox, client-request-id"));
    http_set_field(call->response, "Access-Control-Max-Age", HG_STR("3600"));
    call->response->status = 204;
    return HG_OK;
}

/* Basic's halves are form-encoded (RFC 6749 §2.3.1). */
static enum hg_code add_basic(struct app_call *call, struct oidc_credentials *credentials,
                              struct oidc_error *error, struct hg_err *err)
{
    hg_str id;
    hg_str secret;
    if (!http_basic(call->arena, call->request, &id, &secret))
        return HG_OK;
    if (http_percent_decode(call->arena, id, true, &credentials->basic_id, err) != HG_OK ||
        http_percent_decode(call->arena, secret, true, &credentials->basic_secret, err) != HG_OK) {
        *error = oidc_error_make(OIDC_ERROR_REQUEST_MALFORMED);
        return HG_OK;
    }
    credentials->has_basic = true;
    return HG_OK;
}

struct token_call {
    struct oidc_token_request request;
    struct oidc_token_start start;
    struct model_application application;
    struct oidc_client client;
    struct oidc_error error;
};

static enum hg_code authenticate(struct app_call *call, struct token_call *token,
                                 struct hg_err *err)
{
    const struct oidc_credentials *credentials = &token->request.credentials;
    hg_str tenant = call->tenant->tenant.id;
    hg_str named = oidc_client_named(credentials);
    enum hg_code code =
        app_application_load(call->app, call->arena, tenant, named, &token->application, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    struct oidc_client_facts facts = {
        .client = code == HG_OK ? &token->application : NULL,
        .tenant_name = call->tenant->tenant.display_name,
        .now = call->now,
    };
    hg_str secret = oidc_client_secret(credentials);
    if (facts.client != NULL)
        HG_TRY(app_secret_exists(call->app, call->arena, tenant, token->application.app_id,
                                 &facts.has_credentials, err));
    if (secret.len > 0 && facts.client != NULL)
        HG_TRY(app_secret_check(call->app, call->arena, tenant, token->application.app_id, secret,
                                call->now, &facts.secret, err));
    HG_TRY(oidc_client_check(call->arena, credentials, &facts, &token->client, err));
    token->error = token->client.error;
    return HG_OK;
}

static enum hg_code read_request(struct app_call *call, struct token_call *token,
                                 struct hg_err *err)
{
    bool is_form = http_content_is(call->request, "application/x-www-form-urlencoded");
    token->error = oidc_token_method_check(call->request->method, is_form);
    if (oidc_error_is(&token->error))
        return HG_OK;
    struct oidc_params params;
    HG_TRY(app_oauth_params(call, call->request->body, &params, &token->error, err));
    if (oidc_error_is(&token->error))
        return HG_OK;
    oidc_token_parse(&params, &token->request);
    if (token->request.client_request_id.len > 0 && hg_uuid_valid(token->request.client_request_id))
        call->correlation_id = token->request.client_request_id;
    HG_TRY(add_basic(call, &token->request.credentials, &token->error, err));
    hg_str origin;
    token->request.credentials.has_origin = http_header(call->request, "Origin", &origin);
    if (oidc_error_is(&token->error))
        return HG_OK;
    HG_TRY(oidc_token_check(call->arena, &token->request, &token->start, err));
    token->error = token->start.error;
    return HG_OK;
}

static enum hg_code answer_error(struct app_call *call, const struct token_call *token,
                                 struct hg_err *err)
{
    HG_TRY(app_oauth_answer_error(call, &token->error, err));
    if (token->client.needs_basic_challenge)
        http_set_field(call->response, "WWW-Authenticate", HG_STR("Basic realm=\"Headgate\""));
    put_cors(call);
    return HG_OK;
}

enum hg_code app_token(struct app_call *call, struct hg_err *err)
{
    struct token_call token = {0};
    HG_TRY(read_request(call, &token, err));
    if (!oidc_error_is(&token.error))
        HG_TRY(authenticate(call, &token, err));
    if (oidc_error_is(&token.error))
        return answer_error(call, &token, err);
    const struct app_redemption redemption = {
        .request = &token.request,
        .start = &token.start,
        .client = &token.application,
        .authenticated = &token.client,
    };
    struct app_redeemed redeemed;
    HG_TRY(token.start.grant == OIDC_GRANT_CLIENT_CREDENTIALS
               ? app_client_credentials(call, &redemption, &redeemed, err)
               : app_redeem(call, &redemption, &redeemed, err));
    token.error = redeemed.error;
    if (oidc_error_is(&token.error))
        return answer_error(call, &token, err);
    app_oauth_answer_json(call, 200, redeemed.answer);
    put_cors(call);
    return HG_OK;
}
