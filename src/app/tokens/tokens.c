#include "app/tokens/tokens.h"

#include "app/app_private.h"
#include "app/directory/directory.h"
#include "app/directory/tenants.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "lifetime/lifetime.h"
#include "oidc/claims_request.h"
#include "oidc/mint.h"
#include "oidc/response.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTI_BYTES = 16 };

static hg_str keyed_id(struct app_call *call, const char *purpose, hg_str first, hg_str second)
{
    hg_str message = hg_str_format(call->arena, "%.*s %.*s %.*s", HG_ARG(call->tenant->tenant.id),
                                   HG_ARG(first), HG_ARG(second));
    struct crypto_digest digest = crypto_mac(call->app->keyring, purpose, message);
    return hg_b64url_encode(call->arena, crypto_digest_str(&digest));
}

hg_str app_pairwise_sub(struct app_call *call, hg_str client, hg_str user)
{
    return keyed_id(call, "pairwise-sub", client, user);
}

hg_str app_login_hint(struct app_call *call, hg_str user)
{
    return keyed_id(call, "login-hint", user, HG_STR(""));
}

static hg_str new_uti(struct app_call *call)
{
    unsigned char bytes[UTI_BYTES];
    hg_random_fill(&call->app->random, bytes, sizeof(bytes));
    return hg_b64url_encode(call->arena, (hg_str){(const char *)bytes, sizeof(bytes)});
}

static hg_dur new_lifetime(struct app_call *call)
{
    unsigned char bytes[2];
    hg_random_fill(&call->app->random, bytes, sizeof(bytes));
    return lifetime_access_token(&call->tenant->lifetime, (uint16_t)(bytes[0] << 8 | bytes[1]));
}

/* Tokens are checked by many and signed once: ES256 for Headgate's own services, which know
 * it, RS256 for everyone else's libraries. */
static const struct app_signing_key *access_key(const struct app_call *call,
                                                const struct model_application *resource)
{
    return app_signing_key(call->tenant, resource->is_first_party ? CRYPTO_ES256 : CRYPTO_RS256);
}

static enum hg_code resource_of(struct app_call *call, const struct app_token_request *request,
                                struct model_application *own, const struct model_application **out,
                                struct hg_err *err)
{
    const struct oidc_scopes *scopes = &request->redeem->scopes;
    if (request->redeem->which < scopes->n_resources) {
        *out = scopes->resources[request->redeem->which];
        return HG_OK;
    }
    HG_TRY(app_application_load(call->app, call->arena, call->tenant->tenant.id, oidc_graph_id, own,
                                err));
    *out = own;
    return HG_OK;
}

static enum hg_code answer(struct app_call *call, const struct app_token_request *request,
                           const struct oidc_tokens *tokens, struct app_redeemed *out,
                           struct hg_err *err)
{
    struct oidc_token_answer body = {
        .tokens = tokens,
        .scope = request->redeem->granted.text,
        .refresh_token = request->refresh_token,
        .has_refresh_end = request->grant->is_spa && request->refresh_token.len > 0,
        .refresh_expires_in =
            hg_time_since(hg_time_add(request->grant->issued, oidc_spa_lifetime), call->now).us /
            1000000,
    };
    if (request->wants_client_info)
        HG_TRY(oidc_client_info(call->arena, request->user->id, call->tenant->tenant.id,
                                &body.client_info, err));
    return oidc_token_answer(call->arena, &body, &out->answer, err);
}

/* The context that a client asks for by `claims`, named whenever it is met. */
static hg_str acr_of(const struct app_call *call, const struct model_grant *grant)
{
    bool is_met = grant->mfa_at.is_set &&
                  !lifetime_mfa_is_stale(grant->mfa_at, &call->tenant->lifetime, call->now);
    return is_met ? HG_STR(OIDC_ACR_MFA) : HG_STR("");
}

enum hg_code app_tokens_mint(struct app_call *call, const struct app_token_request *request,
                             struct app_redeemed *out, struct hg_err *err)
{
    struct model_application own;
    const struct model_application *resource;
    HG_TRY(resource_of(call, request, &own, &resource, err));
    const struct app_signing_key *for_access = access_key(call, resource);
    const struct app_signing_key *for_id =
        app_signing_key(call->tenant, request->client->takes_es256 ? CRYPTO_ES256 : CRYPTO_RS256);
    if (for_access == NULL || for_id == NULL)
        return HG_FAIL(err, HG_NOT_FOUND, "the tenant has no signing key");
    const struct oidc_mint mint = {
        .now = call->now,
        .base = call->app->config.base_url,
        .tenant = &call->tenant->tenant,
        .client = request->client,
        .client_acr = oidc_client_acr(request->authenticated->method),
        .user = request->user,
        .sub = app_pairwise_sub(call, request->client->app_id, request->user->id),
        .sid = request->grant->id,
        .uti = new_uti(call),
        .auth_at = request->grant->auth_at,
        .amr = request->grant->amr,
        .acr = acr_of(call, request->grant),
        .acrs = request->acrs,
        .n_acrs = request->n_acrs,
        .resource = resource,
        .scp = request->redeem->granted.scp,
        .is_capable = request->is_capable,
        .lifetime = new_lifetime(call),
        .access_key = for_access->owned,
        .wants_id_token = request->redeem->gives_id_token,
        .oidc = request->redeem->oidc,
        .has_nonce = request->has_nonce,
        .nonce = request->nonce,
        .login_hint = app_login_hint(call, request->user->id),
        .id_key = for_id->owned,
    };
    struct oidc_tokens tokens;
    HG_TRY(oidc_mint(call->arena, &mint, &tokens, err));
    out->access_token = tokens.access_token;
    out->expires = tokens.expires;
    return answer(call, request, &tokens, out, err);
}

enum hg_code app_own_token_mint(struct app_call *call, const struct app_own_token_request *request,
                                struct app_redeemed *out, struct hg_err *err)
{
    const struct app_signing_key *key = access_key(call, request->resource);
    if (key == NULL)
        return HG_FAIL(err, HG_NOT_FOUND, "the tenant has no signing key");
    const struct oidc_mint mint = {
        .now = call->now,
        .base = call->app->config.base_url,
        .tenant = &call->tenant->tenant,
        .client = request->client,
        .client_acr = oidc_client_acr(request->authenticated->method),
        .service_principal = request->client->service_principal,
        .uti = new_uti(call),
        .resource = request->resource,
        .roles = request->roles,
        .n_roles = request->n_roles,
        .is_capable = request->is_capable,
        .lifetime = new_lifetime(call),
        .access_key = key->owned,
    };
    struct oidc_tokens tokens;
    HG_TRY(oidc_mint(call->arena, &mint, &tokens, err));
    out->access_token = tokens.access_token;
    out->expires = tokens.expires;
    const struct oidc_token_answer body = {.tokens = &tokens};
    return oidc_token_answer(call->arena, &body, &out->answer, err);
}
