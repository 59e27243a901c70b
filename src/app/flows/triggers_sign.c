#include "app/app_private.h"
#include "app/directory/tenants.h"
#include "app/flows/flows.h"
#include "app/flows/triggers.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>

/* URLs under /workflows carry their own authorisation: a MAC over what they permit. Clients
 * fetch them without a token (flow-platform.md 1.2, "anonymous follow-ups"). */

static const char purpose[] = "workflow-url";

static hg_str message_of(struct hg_arena *arena, hg_str tenant, hg_str flow, hg_str permission,
                         hg_str expiry)
{
    return hg_str_format(arena, "%.*s\n%.*s\n%.*s\n%.*s", HG_ARG(tenant), HG_ARG(flow),
                         HG_ARG(permission), HG_ARG(expiry));
}

hg_str app_signature(struct app_call *call, hg_str tenant, hg_str flow, hg_str permission,
                     hg_str expiry)
{
    struct crypto_digest digest = crypto_mac(
        call->app->keyring, purpose, message_of(call->arena, tenant, flow, permission, expiry));
    return hg_b64url_encode(call->arena, crypto_digest_str(&digest));
}

static void refuse(struct app_call *call)
{
    app_refuse(call, 401, "DirectApiAuthorizationRequired",
               "The request must be authenticated by the signature of its URL, and that is "
               "missing, not valid, or has expired.");
}

static bool is_live(const struct app_call *call, hg_str expiry)
{
    hg_time end;
    return expiry.len == 0 ||
           (hg_time_parse(expiry, &end, NULL) == HG_OK && hg_time_before(call->now, end));
}

static bool signature_holds(struct app_call *call, const struct http_form *query, hg_str tenant,
                            hg_str flow, hg_str permission)
{
    hg_str mac;
    hg_str expiry = http_form_or(query, "se", "");
    if (!hg_str_eq(http_form_or(query, "sp", ""), permission) ||
        hg_b64url_decode(call->arena, http_form_or(query, "sig", ""), &mac, NULL) != HG_OK)
        return false;
    hg_str message = message_of(call->arena, tenant, flow, permission, expiry);
    return crypto_mac_matches(call->app->keyring, purpose, message, mac) && is_live(call, expiry);
}

enum hg_code app_signed_flow(struct app_call *call, hg_str permission, struct app_flow *out,
                             bool *good, struct hg_err *err)
{
    struct http_form query;
    hg_str tenant;
    hg_str id = app_flow_of_workflow(call->arena, app_param(call, "workflow"));
    *good = false;
    if (!app_query(call, &query))
        return HG_OK;
    enum hg_code code = app_flow_tenant(call->app->store, call->arena, id, &tenant, err);
    if (code == HG_NOT_FOUND ||
        (code == HG_OK && !signature_holds(call, &query, tenant, id, permission))) {
        refuse(call);
        return HG_OK;
    }
    HG_TRY(code);
    HG_TRY(app_snapshot_get(call->app, tenant, &call->tenant, err));
    code = app_flow_load(call->app->store, call->arena, tenant, id, out, err);
    *good = code == HG_OK;
    if (code == HG_NOT_FOUND)
        refuse(call);
    return code == HG_NOT_FOUND ? HG_OK : code;
}
