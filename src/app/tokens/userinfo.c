#include "oidc/userinfo.h"

#include "app/app_private.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/directory/tenants.h"
#include "app/tokens/oauth.h"
#include "base/base.h"
#include "http/http.h"

#include <stdbool.h>

/* GET, POST /oidc/userinfo (protocol.md E5). The token says whose tenant it is. */

static enum hg_code refuse(struct app_call *call, enum oidc_bearer_fault fault, struct hg_err *err)
{
    hg_str challenge;
    HG_TRY(oidc_bearer_challenge(call->arena, call->app->config.base_url, fault, &challenge, err));
    app_refuse(call, oidc_bearer_status(fault),
               fault == OIDC_BEARER_INSUFFICIENT_SCOPE ? "insufficient_scope" : "invalid_token",
               "%s",
               fault == OIDC_BEARER_INSUFFICIENT_SCOPE
                   ? "The access token has not the scope openid."
                   : "An access token for this server's userinfo endpoint is needed.");
    http_set_field(call->response, "WWW-Authenticate", challenge);
    return HG_OK;
}

static enum hg_code read_access(struct app_call *call, hg_str token, struct oidc_access *access,
                                enum oidc_bearer_fault *fault, struct hg_err *err)
{
    bool valid;
    hg_str payload;
    struct model_application graph;
    bool found =
        app_first_party_find(call->arena, call->app->config.base_url, HG_STR(APP_ID_GRAPH), &graph);
    HG_ASSERT(found);
    HG_TRY(app_token_payload(call, token, &valid, &payload, err));
    *fault = OIDC_BEARER_INVALID;
    if (!valid)
        return HG_OK;
    const struct oidc_bearer_facts facts = {
        .now = call->now,
        .base = call->app->config.base_url,
        .tenant = &call->tenant->tenant,
        .resource = &graph,
    };
    return oidc_access_read(call->arena, payload, &facts, access, fault, err);
}

enum hg_code app_userinfo(struct app_call *call, struct hg_err *err)
{
    http_set_field(call->response, "Access-Control-Allow-Origin", HG_STR("*"));
    hg_str token;
    if (!http_bearer(call->request, &token))
        return refuse(call, OIDC_BEARER_MISSING, err);
    enum hg_code code = app_snapshot_of_token(call->app, call->arena, token, &call->tenant, err);
    if (code == HG_NOT_FOUND)
        return refuse(call, OIDC_BEARER_INVALID, err);
    HG_TRY(code);
    struct oidc_access access;
    enum oidc_bearer_fault fault;
    HG_TRY(read_access(call, token, &access, &fault, err));
    if (fault != OIDC_BEARER_OK)
        return refuse(call, fault, err);
    struct model_user user;
    code = app_user_load(call->app, call->arena, call->tenant->tenant.id, access.oid, &user, err);
    if (code == HG_NOT_FOUND || (code == HG_OK && !user.enabled))
        return refuse(call, OIDC_BEARER_INVALID, err);
    HG_TRY(code);
    hg_str json;
    HG_TRY(oidc_userinfo_render(call->arena, &access, &user, &json, &fault, err));
    if (fault != OIDC_BEARER_OK)
        return refuse(call, fault, err);
    app_oauth_answer_json(call, 200, json);
    return HG_OK;
}
