#include "app/caller.h"

#include "app/app_private.h"
#include "app/decide.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/directory/tenants.h"
#include "app/tokens/grants.h"
#include "app/tokens/oauth.h"
#include "base/base.h"
#include "http/http.h"
#include "jose/jose.h"
#include "oidc/claims_request.h"
#include "oidc/error.h"
#include "oidc/scope.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The resource whose tokens a surface takes, and of one more. The flow API also takes those
 * asked for management.azure.com: judged as 797f4846 when issued, they are judged again here,
 * so that neither name walks around the other's policies (architecture part 6). */
static const struct {
    enum app_surface surface;
    const char *audience;
    const char *also;
    const char *uris[4]; /* identifier URIs, as v1 tokens carry them */
    bool judges_also;    /* a token of the other audience is judged as this one */
} audiences[] = {
    {APP_GRAPH, APP_ID_GRAPH, NULL, {"https://graph.microsoft.com", NULL}, false},
    {APP_FLOW, APP_ID_FLOW, APP_ID_MANAGEMENT, {NULL}, true},
    {APP_POWERAPPS, APP_ID_POWERAPPS, NULL, {NULL}, false},
    {APP_MAIL, APP_ID_MAIL, NULL, {NULL}, false},
    {APP_SITES, APP_ID_SITES, NULL, {NULL}, false},
    {APP_DEVICES, APP_ID_DEVICES, NULL, {NULL}, false},
    {APP_OWN, APP_ID_FLOW, APP_ID_GRAPH, {NULL}, false},
};

static bool audience_is_also(size_t i, hg_str aud)
{
    return audiences[i].also != NULL && hg_str_eq(aud, hg_str_of(audiences[i].also));
}

static bool audience_is_right(enum app_surface surface, hg_str aud)
{
    for (size_t i = 0; i < HG_COUNT(audiences); i++) {
        if (audiences[i].surface != surface)
            continue;
        if (hg_str_eq(aud, hg_str_of(audiences[i].audience)) || audience_is_also(i, aud))
            return true;
        for (size_t u = 0; audiences[i].uris[u] != NULL; u++)
            if (hg_str_eq(aud, hg_str_of(audiences[i].uris[u])))
                return true;
    }
    return false;
}

/* NULL: the token was judged as what it opens here when it was issued. */
static const char *judged_again_as(enum app_surface surface, hg_str aud)
{
    for (size_t i = 0; i < HG_COUNT(audiences); i++)
        if (audiences[i].surface == surface && audiences[i].judges_also && audience_is_also(i, aud))
            return audiences[i].audience;
    return NULL;
}

static void refuse_token(struct app_call *call, const char *why)
{
    hg_str challenge =
        hg_str_format(call->arena,
                      "Bearer realm=\"\", authorization_uri=\"%.*s/common/oauth2/v2.0/authorize\", "
                      "error=\"invalid_token\"",
                      HG_ARG(call->app->config.base_url));
    app_refuse(call, 401, "InvalidAuthenticationToken", "%s", why);
    http_set_field(call->response, "WWW-Authenticate", challenge);
}

static enum hg_code verify(struct app_call *call, hg_str token, struct hg_json *claims, bool *valid,
                           struct hg_err *err)
{
    hg_str payload;
    HG_TRY(app_token_payload(call, token, valid, &payload, err));
    if (*valid)
        *valid = hg_json_parse(call->arena, payload, HG_JSON_STRICT, &hg_json_api, claims, NULL) ==
                 HG_OK;
    return HG_OK;
}

static hg_str claim(const struct hg_json *claims, const char *name)
{
    return hg_json_str_or(hg_json_get(claims, name), HG_STR(""));
}

/* "" when the claims are those of a live access token for this surface. */
static const char *fault_of(const struct app_call *call, const struct hg_json *claims)
{
    hg_str issuer_v2 =
        hg_str_format(call->arena, "%.*s/%.*s/v2.0", HG_ARG(call->app->config.base_url),
                      HG_ARG(call->tenant->tenant.id));
    hg_str issuer_v1 = hg_str_format(call->arena, "%.*s/%.*s/", HG_ARG(call->app->config.base_url),
                                     HG_ARG(call->tenant->tenant.id));
    hg_str aud = claim(claims, "aud");
    struct jose_expect expect = {
        .iss = hg_str_eq(claim(claims, "ver"), HG_STR("1.0")) ? issuer_v1 : issuer_v2,
        .aud = aud,
    };
    switch (jose_claims_check(claims, &expect, call->now)) {
    case JOSE_CLAIMS_GOOD:
        break;
    case JOSE_CLAIMS_EXPIRED:
        return "The access token has expired. Ask for a new one with the refresh token.";
    case JOSE_CLAIMS_FORM:
    case JOSE_CLAIMS_ISSUER:
    case JOSE_CLAIMS_AUDIENCE:
    case JOSE_CLAIMS_NOT_YET:
        return "The access token is not valid here.";
    }
    /* An id_token has neither scopes nor roles of a resource, and its audience is the client. */
    if (!audience_is_right(call->route->surface, aud))
        return "The access token was issued for another resource (its aud is not this API).";
    return "";
}

static hg_str joined(struct hg_arena *arena, const struct hg_json *array)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_HEAD);
    for (size_t i = 0; i < hg_json_count(array); i++) {
        hg_buf_z(&buf, i == 0 ? "" : " ");
        hg_buf_str(&buf, hg_json_str_or(hg_json_item(array, i), HG_STR("")));
    }
    return hg_buf_view(&buf);
}

static bool shares_word(hg_str held, const char *wanted)
{
    hg_str field;
    for (hg_str rest = hg_str_of(wanted); hg_str_field(&rest, ' ', &field);)
        if (hg_str_has_word_nocase(held, field))
            return true;
    return false;
}

bool app_caller_has_role(const struct app_caller *caller, const char *roles)
{
    return caller->kind == APP_HOST_OPERATOR || app_user_has_role(&caller->user, roles);
}

static struct model_when seconds_claim(const struct hg_json *claims, const char *name)
{
    int64_t seconds;
    if (!hg_json_as_int(hg_json_get(claims, name), &seconds) || seconds < 0 ||
        seconds > INT64_MAX / 1000000)
        return (struct model_when){0};
    return (struct model_when){.is_set = true, .at = {seconds * 1000000}};
}

/* Live, as users are: switched off, gone or made anew, it opens nothing. */
static enum hg_code fill_application(struct app_call *call, hg_str principal, bool *known,
                                     struct hg_err *err)
{
    struct model_application client;
    enum hg_code code = app_application_load(call->app, call->arena, call->tenant->tenant.id,
                                             call->caller.client, &client, err);
    *known = code == HG_OK && client.enabled && hg_str_eq(client.service_principal, principal);
    return code == HG_NOT_FOUND ? HG_OK : code;
}

static enum hg_code fill_caller(struct app_call *call, const struct hg_json *claims, bool *known,
                                struct hg_err *err)
{
    struct app_caller *caller = &call->caller;
    hg_str azp = claim(claims, "azp");
    caller->client = azp.len > 0 ? azp : claim(claims, "appid");
    caller->grant = claim(claims, "sid");
    caller->scopes = claim(claims, "scp");
    caller->roles = joined(call->arena, hg_json_get(claims, "roles"));
    caller->auth_at = seconds_claim(claims, "auth_time").at;
    caller->amr = joined(call->arena, hg_json_get(claims, "amr"));
    *known = true;
    if (hg_str_eq(claim(claims, "idtyp"), HG_STR("app"))) {
        caller->kind = APP_APPLICATION;
        return fill_application(call, claim(claims, "oid"), known, err);
    }
    caller->kind = APP_DELEGATED;
    enum hg_code code = app_user_load(call->app, call->arena, call->tenant->tenant.id,
                                      claim(claims, "oid"), &caller->user, err);
    *known = code == HG_OK && caller->user.enabled;
    return code == HG_NOT_FOUND ? HG_OK : code;
}

/* --- A token that opens another service than it was asked for --------------------------- */

/* Would the token's grant be given this service now? */
static enum hg_code judge_as(struct app_call *call, const struct hg_json *claims, hg_str service,
                             struct policy_verdict *out, struct hg_err *err)
{
    struct model_grant grant;
    struct model_application client;
    struct model_application resource;
    hg_str tenant = call->tenant->tenant.id;
    HG_TRY(
        app_grant_load(call->app->store, call->arena, tenant, claim(claims, "sid"), &grant, err));
    HG_TRY(app_application_load(call->app, call->arena, tenant, call->caller.client, &client, err));
    HG_TRY(app_application_load(call->app, call->arena, tenant, service, &resource, err));
    const struct model_application *const resources[] = {&resource};
    const struct oidc_scopes scopes = {
        .identifiers = &service, .resources = resources, .n_resources = 1};
    bool is_lost;
    struct app_access access = app_access_of_grant(call, &grant, false);
    HG_TRY(app_access_take_device(call, &grant, false, &access, &is_lost, err));
    if (is_lost && grant.snapshot.bound_device.len == 0) /* access tokens are not bound */
        return HG_FAIL(err, HG_NOT_FOUND, "the device of the grant");
    access.user = &call->caller.user;
    access.client = &client;
    access.scopes = &scopes;
    return app_decide(call, &access, out, err);
}

static enum hg_code verdict_text(struct app_call *call, const struct policy_verdict *verdict,
                                 hg_str service, hg_str *out, struct hg_err *err)
{
    struct oidc_error error = oidc_error_make(oidc_error_of_number(verdict->aadsts));
    oidc_error_put(&error, "resource", service);
    return oidc_error_text(call->arena, &error, out, err);
}

enum hg_code app_refuse_verdict(struct app_call *call, hg_str service,
                                const struct policy_verdict *verdict, bool can_answer,
                                struct hg_err *err)
{
    hg_str text;
    HG_TRY(verdict_text(call, verdict, service, &text, err));
    if (verdict->outcome == POLICY_BLOCK || verdict->claims.len == 0 || !can_answer) {
        app_refuse(call, 403, "Authorization_RequestDenied", "%.*s", HG_ARG(text));
        return HG_OK;
    }
    hg_str challenge;
    HG_TRY(oidc_challenge_claims(call->arena, call->app->config.base_url, service, verdict->claims,
                                 &challenge, err));
    app_refuse(call, 401, "InvalidAuthenticationToken", "%.*s", HG_ARG(text));
    http_set_field(call->response, "WWW-Authenticate", challenge);
    return HG_OK;
}

static enum hg_code judge_again(struct app_call *call, const struct hg_json *claims, bool *refused,
                                struct hg_err *err)
{
    const char *as = judged_again_as(call->route->surface, claim(claims, "aud"));
    if (as == NULL || call->caller.kind != APP_DELEGATED)
        return HG_OK;
    struct policy_verdict verdict;
    enum hg_code code = judge_as(call, claims, hg_str_of(as), &verdict, err);
    *refused = code != HG_OK || verdict.outcome != POLICY_ALLOW;
    if (code == HG_NOT_FOUND) {
        refuse_token(call, "What the access token was issued for is no longer there.");
        return HG_OK;
    }
    HG_TRY(code);
    bool can_answer = hg_json_count(hg_json_get(claims, "xms_cc")) > 0;
    return *refused ? app_refuse_verdict(call, hg_str_of(as), &verdict, can_answer, err) : HG_OK;
}

bool app_caller_has_scope(const struct app_caller *caller, const char *scopes)
{
    return caller->kind == APP_HOST_OPERATOR ||
           shares_word(caller->kind == APP_APPLICATION ? caller->roles : caller->scopes, scopes);
}

/* "" when the caller may use the route. */
static const char *permission_fault(const struct app_call *call)
{
    const struct app_route *route = call->route;
    const struct app_caller *caller = &call->caller;
    if (route->scopes[0] != '\0' && !app_caller_has_scope(caller, route->scopes))
        return "Insufficient privileges to complete the operation: the access token has none of "
               "the permissions";
    if (caller->kind == APP_DELEGATED && route->roles[0] != '\0' &&
        !app_caller_has_role(caller, route->roles))
        return "Insufficient privileges to complete the operation: the user has none of the roles";
    return "";
}

static enum hg_code authenticate_bearer(struct app_call *call, hg_str token, bool *refused,
                                        struct hg_err *err)
{
    *refused = true;
    enum hg_code code = app_snapshot_of_token(call->app, call->arena, token, &call->tenant, err);
    if (code == HG_NOT_FOUND) {
        refuse_token(call, "The access token is not one of this server's.");
        return HG_OK;
    }
    HG_TRY(code);
    struct hg_json claims;
    bool valid;
    HG_TRY(verify(call, token, &claims, &valid, err));
    const char *fault =
        valid ? fault_of(call, &claims) : "The access token's signature is not valid.";
    if (fault[0] != '\0') {
        refuse_token(call, fault);
        return HG_OK;
    }
    bool known;
    HG_TRY(fill_caller(call, &claims, &known, err));
    if (!known) {
        refuse_token(call, "The user or application of the access token is disabled or deleted.");
        return HG_OK;
    }
    *refused = false;
    return judge_again(call, &claims, refused, err);
}

enum hg_code app_caller_authenticate(struct app_call *call, bool *refused, struct hg_err *err)
{
    *refused = false;
    if (call->request->is_local_socket) {
        call->caller.kind = APP_HOST_OPERATOR;
        return app_snapshot_first(call->app, &call->tenant, err);
    }
    hg_str token;
    if (!http_bearer(call->request, &token)) {
        *refused = true;
        app_refuse(call, 401, "InvalidAuthenticationToken", "Access token is empty.");
        http_set_field(call->response, "WWW-Authenticate", HG_STR("Bearer realm=\"\""));
        return HG_OK;
    }
    HG_TRY(authenticate_bearer(call, token, refused, err));
    const char *fault = *refused ? "" : permission_fault(call);
    if (fault[0] == '\0')
        return HG_OK;
    *refused = true;
    app_refuse(call, 403, "Authorization_RequestDenied", "%s: %s.", fault,
               call->route->roles[0] != '\0' && call->caller.kind == APP_DELEGATED
                   ? call->route->roles
                   : call->route->scopes);
    return HG_OK;
}
