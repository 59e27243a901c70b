#include "app/app_private.h"
#include "app/caller.h"
#include "app/commit.h"
#include "app/decide.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/write.h"
#include "app/signals/devices.h"
#include "app/tokens/grants.h"
#include "base/base.h"
#include "crypto/cert.h"
#include "oidc/claims_request.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* /api/devices: a signed-in user registers the device in hand, and renews its certificate. */

enum { MAX_DEVICES = 50 }; /* of one user, as the directory's own default */

/* PEM, or base64 of the DER. False: refused. */
static bool read_request(struct app_call *call, const struct hg_json *input, hg_str *out)
{
    hg_str text = hg_json_str_or(hg_json_get(input, "certificateRequest"), HG_STR(""));
    bool is_pem = hg_str_find(text, HG_STR("-----BEGIN")) != HG_NPOS;
    enum hg_code code = is_pem
                            ? crypto_pem_read(call->arena, "CERTIFICATE REQUEST", text, out, NULL)
                            : hg_b64_decode(call->arena, text, out, NULL);
    if (text.len > 0 && code == HG_OK)
        return true;
    app_refuse(call, 400, "BadRequest",
               "certificateRequest must be a PKCS #10 request, as PEM or in base64.");
    return false;
}

/* *done false: the request was refused. */
static enum hg_code certify(struct app_call *call, hg_str device_id, hg_str request,
                            struct app_device_certificate *out, bool *done, struct hg_err *err)
{
    enum hg_code code = app_device_certify(call, device_id, request, out, err);
    *done = code == HG_OK;
    if (code != HG_MALFORMED && code != HG_UNSUPPORTED)
        return code;
    app_refuse(call, 400, "BadRequest",
               "certificateRequest must be signed with its own key, which is RSA of 2048 to 4096 "
               "bits or P-256.");
    return HG_OK;
}

static enum hg_code answer(struct app_call *call, unsigned status, const struct app_object *device,
                           const struct app_device_certificate *made, struct hg_err *err)
{
    struct hg_json body = hg_json_object();
    hg_str certificate;
    hg_str authority;
    HG_TRY(crypto_pem_write(call->arena, "CERTIFICATE", made->certificate, &certificate, err));
    HG_TRY(crypto_pem_write(call->arena, "CERTIFICATE", made->authority, &authority, err));
    hg_json_put_str(call->arena, &body, "id", device->id);
    hg_json_put_str(call->arena, &body, "deviceId", device->name);
    hg_json_put_str(call->arena, &body, "certificate", certificate);
    hg_json_put_str(call->arena, &body, "authority", authority);
    hg_json_put_str(call->arena, &body, "notAfter", hg_time_rfc3339(call->arena, made->not_after));
    app_answer_json(call, status, &body);
    return HG_OK;
}

/* --- May it be registered? --------------------------------------------------------------- */

/* What a step-up for this brings: the action is no resource, so a sign-in meets the policy by
 * proving a second factor, and asking again. */
#define STEP_UP "{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[\"" OIDC_ACR_MFA "\"]}}}"

static enum hg_code judge(struct app_call *call, struct policy_verdict *out, struct hg_err *err)
{
    struct model_grant grant;
    struct model_application client;
    hg_str tenant = call->tenant->tenant.id;
    bool is_lost;
    HG_TRY(app_grant_load(call->app->store, call->arena, tenant, call->caller.grant, &grant, err));
    HG_TRY(app_application_load(call->app, call->arena, tenant, call->caller.client, &client, err));
    const struct oidc_scopes none = {0};
    struct app_access access = app_access_of_grant(call, &grant, false);
    HG_TRY(app_access_take_device(call, &grant, false, &access, &is_lost, err));
    if (is_lost && grant.snapshot.bound_device.len == 0) /* access tokens are not bound */
        return HG_FAIL(err, HG_NOT_FOUND, "the device of the grant");
    access.user = &call->caller.user;
    access.client = &client;
    access.scopes = &none;
    access.user_action = HG_STR(POLICY_ACTION_DEVICE);
    return app_decide(call, &access, out, err);
}

/* *may false: refused. */
static enum hg_code may_register(struct app_call *call, bool *may, struct hg_err *err)
{
    struct policy_verdict verdict;
    struct app_ids owned;
    *may = false;
    enum hg_code code = judge(call, &verdict, err);
    if (code == HG_NOT_FOUND) {
        app_refuse(call, 401, "InvalidAuthenticationToken",
                   "What the access token was issued for is no longer there.");
        return HG_OK;
    }
    HG_TRY(code);
    if (verdict.outcome != POLICY_ALLOW) {
        if (verdict.claims.len > 0)
            verdict.claims = HG_STR(STEP_UP);
        return app_refuse_verdict(call, HG_STR(APP_ID_DEVICES), &verdict, true, err);
    }
    HG_TRY(app_links_parents(call->app->store, call->arena, call->tenant->tenant.id,
                             APP_LINK_DEVICE_OWNER, call->caller.user.id, &owned, err));
    *may = owned.n < MAX_DEVICES;
    if (!*may)
        app_refuse(call, 403, "Directory_QuotaExceeded",
                   "The user has %d devices, which is all there may be: delete one first.",
                   (int)MAX_DEVICES);
    return HG_OK;
}

/* False: refused. A device that is joined to a domain is said to be so by an administrator. */
static bool read_trust(struct app_call *call, const struct hg_json *input, struct hg_json *device)
{
    hg_str type = hg_json_str_or(hg_json_get(input, "trustType"), HG_STR("Workplace"));
    bool is_joined = hg_str_eq_nocase(type, HG_STR("AzureAd"));
    bool fits = is_joined || hg_str_eq(type, HG_STR("Workplace"));
    if (!fits)
        app_refuse(call, 400, "BadRequest", "trustType must be Workplace or AzureAd.");
    hg_json_put(call->arena, device, "trustType", hg_json_z(is_joined ? "AzureAd" : "Workplace"));
    hg_json_put(call->arena, device, "deviceOwnership",
                hg_json_z(is_joined ? "Company" : "Personal"));
    return fits;
}

static bool read_device(struct app_call *call, const struct hg_json *input, struct hg_json *out)
{
    static const char *const copied[] = {"displayName", "operatingSystem", "operatingSystemVersion",
                                         "manufacturer", "model"};
    *out = hg_json_object();
    for (size_t i = 0; i < HG_COUNT(copied); i++) {
        const struct hg_json *value = hg_json_get(input, copied[i]);
        if (value != NULL)
            hg_json_put(call->arena, out, copied[i], *value);
    }
    hg_json_put_str(call->arena, out, "deviceId", app_new_id(call));
    return read_trust(call, input, out);
}

static enum hg_code add_device(struct app_call *call, const struct hg_json *device, hg_str request,
                               struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    struct app_write write = app_graph_write(call, &commit, GRAPH_CREATE);
    struct app_device_certificate made;
    struct app_object object;
    bool done;
    hg_str device_id = hg_json_get(device, "deviceId")->string;
    HG_TRY(certify(call, device_id, request, &made, &done, err));
    if (!done)
        return HG_OK;
    write.certificate = made.certificate;
    enum hg_code code = app_device_create(&write, device, &object, err);
    if (code != HG_OK)
        return app_graph_refused(call, &write, code, err);
    app_link_add(&commit, call->tenant->tenant.id, APP_LINK_DEVICE_OWNER, object.id,
                 call->caller.user.id);
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    return answer(call, 201, &object, &made, err);
}

static bool is_user(struct app_call *call)
{
    if (call->caller.kind == APP_DELEGATED)
        return true;
    app_refuse(call, 403, "Authorization_RequestDenied",
               "A device is registered by the user who signs in on it.");
    return false;
}

enum hg_code app_device_register(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    struct hg_json device;
    hg_str request;
    bool may;
    if (!app_body_object(call, &input) ||
        !app_body_knows(call, &input,
                        "certificateRequest displayName operatingSystem operatingSystemVersion "
                        "manufacturer model trustType") ||
        !read_request(call, &input, &request) || !read_device(call, &input, &device) ||
        !is_user(call))
        return HG_OK;
    HG_TRY(may_register(call, &may, err));
    return may ? add_device(call, &device, request, err) : HG_OK;
}

/* --- Renewal ---------------------------------------------------------------------------------- */

/* With the device's own certificate, while it holds. */
enum hg_code app_device_renew(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    hg_str request;
    struct model_device device;
    struct app_object object;
    struct app_device_certificate made;
    bool done;
    if (!app_body_object(call, &input) || !app_body_knows(call, &input, "certificateRequest") ||
        !read_request(call, &input, &request) || !is_user(call))
        return HG_OK;
    HG_TRY(app_device_present(call, &device, err));
    if (!device.is_present) {
        app_refuse(call, 403, "Authorization_RequestDenied",
                   "A device renews its certificate over a connection that shows the one it has.");
        return HG_OK;
    }
    HG_TRY(app_object_by_name(call->app->store, call->arena, call->tenant->tenant.id,
                              APP_KIND_DEVICE, device.id, &object, err));
    HG_TRY(certify(call, device.id, request, &made, &done, err));
    if (!done)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    app_device_note(call->arena, &object.body, made.certificate);
    HG_TRY(app_object_replace(&commit, call->tenant->tenant.id, APP_KIND_DEVICE, &object,
                              object.version, err));
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    return answer(call, 200, &object, &made, err);
}
