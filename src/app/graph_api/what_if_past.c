#include "app/graph_api/what_if_past.h"

#include "app/app_private.h"
#include "app/connections/connections.h"
#include "app/connections/connectors.h"
#include "app/decide.h"
#include "app/directory/directory.h"
#include "app/directory/tenants.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/graph_api/signins.h"
#include "app/tokens/grants.h"
#include "base/base.h"
#include "connector/connector.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>

static const struct {
    const char *logged; /* begins the word of the log */
    const char *word;   /* of evaluate */
    enum model_platform platform;
} platforms[] = {
    {"WindowsPhone", "windowsPhone", MODEL_PLATFORM_WINDOWS_PHONE},
    {"Windows Phone", "windowsPhone", MODEL_PLATFORM_WINDOWS_PHONE},
    {"Windows", "windows", MODEL_PLATFORM_WINDOWS},
    {"Android", "android", MODEL_PLATFORM_ANDROID},
    {"iOS", "iOS", MODEL_PLATFORM_IOS},
    {"macOS", "macOS", MODEL_PLATFORM_MACOS},
    {"Linux", "linux", MODEL_PLATFORM_LINUX},
};
static const struct {
    const char *logged, *word;
    enum model_client_app type;
} clients[] = {
    {"Browser", "browser", MODEL_CLIENT_BROWSER},
    {"Mobile Apps and Desktop clients", "mobileAppsAndDesktopClients", MODEL_CLIENT_MOBILE_DESKTOP},
    {"Exchange ActiveSync", "exchangeActiveSync", MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC},
    {"Other clients", "other", MODEL_CLIENT_OTHER},
};

static enum hg_code answer_missing(struct app_call *call, const char *what, hg_str id, bool *found)
{
    *found = false;
    app_refuse(call, 404, "Request_ResourceNotFound", "There is no %s '%.*s'.", what, HG_ARG(id));
    return HG_OK;
}

static void put_text(struct hg_arena *arena, struct hg_json *object, const char *name, hg_str text)
{
    if (text.len > 0)
        hg_json_put_str(arena, object, name, text);
}

/* The request around its conditions. */
static struct hg_json request_of(struct hg_arena *arena, const char *member, hg_str who,
                                 hg_str resource, const struct hg_json *conditions)
{
    struct hg_json identity = hg_json_object();
    struct hg_json context = hg_json_object();
    struct hg_json apps = hg_json_array();
    struct hg_json request = hg_json_object();
    hg_json_put_str(arena, &identity, member, who);
    hg_json_push(arena, &apps, hg_json_str(resource));
    hg_json_put(arena, &context, "includeApplications", apps);
    hg_json_put(arena, &request, "signInIdentity", identity);
    hg_json_put(arena, &request, "signInContext", context);
    hg_json_put(arena, &request, "signInConditions", *conditions);
    return request;
}

static hg_str text_at(const struct hg_json *json, const char *path)
{
    return hg_json_str_or(hg_json_path(json, path), HG_STR(""));
}

/* --- A sign-in ----------------------------------------------------------------------------- */

static void put_signin_conditions(struct hg_arena *arena, const struct hg_json *signin,
                                  struct hg_json *out)
{
    hg_str system = text_at(signin, "deviceDetail.operatingSystem");
    hg_str client = text_at(signin, "clientAppUsed");
    hg_str trust = text_at(signin, "deviceDetail.trustType");
    for (size_t i = HG_COUNT(platforms); i-- > 0;)
        if (hg_str_starts_nocase(system, hg_str_of(platforms[i].logged)))
            hg_json_put(arena, out, "devicePlatform", hg_json_z(platforms[i].word));
    for (size_t i = 0; i < HG_COUNT(clients); i++)
        if (hg_str_eq(client, hg_str_of(clients[i].logged)))
            hg_json_put(arena, out, "clientAppType", hg_json_z(clients[i].word));
    put_text(arena, out, "ipAddress", text_at(signin, "ipAddress"));
    put_text(arena, out, "country", text_at(signin, "location.countryOrRegion"));
    if (trust.len == 0)
        return;
    struct hg_json device = hg_json_object();
    put_text(arena, &device, "deviceId", text_at(signin, "deviceDetail.deviceId"));
    put_text(arena, &device, "displayName", text_at(signin, "deviceDetail.displayName"));
    put_text(arena, &device, "operatingSystem", system);
    hg_json_put_str(arena, &device, "trustType", trust);
    hg_json_put(
        arena, &device, "isCompliant",
        hg_json_bool(hg_json_bool_or(hg_json_path(signin, "deviceDetail.isCompliant"), false)));
    hg_json_put(arena, out, "deviceInfo", device);
}

static void put_risk(struct hg_arena *arena, struct hg_json *out, const char *name, hg_str level)
{
    static const char words[] = "none low medium high";
    if (hg_str_has_word(hg_str_of(words), level))
        hg_json_put_str(arena, out, name, level);
}

enum hg_code app_past_signin(struct app_call *call, hg_str id, struct app_past *out, bool *found,
                             struct hg_err *err)
{
    struct hg_arena *arena = call->arena;
    struct hg_json signin;
    enum hg_code code = app_signin_get(call, hg_str_lower(arena, id), true, &signin, err);
    if (code == HG_NOT_FOUND)
        return answer_missing(call, "sign-in", id, found);
    HG_TRY(code);
    struct hg_json conditions = hg_json_object();
    put_signin_conditions(arena, &signin, &conditions);
    put_risk(arena, &conditions, "signInRiskLevel", text_at(&signin, "riskLevelDuringSignIn"));
    put_risk(arena, &conditions, "userRiskLevel", text_at(&signin, "riskLevelAggregated"));
    hg_str user = text_at(&signin, "userId");
    hg_str principal = text_at(&signin, "servicePrincipalId");
    *out = (struct app_past){
        .request = request_of(arena, user.len > 0 ? "userId" : "servicePrincipalId",
                              user.len > 0 ? user : principal, text_at(&signin, "resourceId"),
                              &conditions),
    };
    *found = true;
    return HG_OK;
}

/* --- A run --------------------------------------------------------------------------------- */

static struct hg_json access_conditions(struct hg_arena *arena, const struct app_access *access)
{
    struct hg_json out = hg_json_object();
    for (size_t i = 0; i < HG_COUNT(platforms); i++)
        if (platforms[i].platform == access->platform)
            hg_json_put(arena, &out, "devicePlatform", hg_json_z(platforms[i].word));
    for (size_t i = 0; i < HG_COUNT(clients); i++)
        if (clients[i].type == access->client_app_type)
            hg_json_put(arena, &out, "clientAppType", hg_json_z(clients[i].word));
    if (access->network.has_ip)
        hg_json_put_str(arena, &out, "ipAddress", hg_ip_text(arena, access->network.ip));
    put_text(arena, &out, "country", access->network.country);
    if (!access->device.is_present)
        return out;
    struct hg_json device = hg_json_object();
    put_text(arena, &device, "deviceId", access->device.id);
    put_text(arena, &device, "trustType", access->device.trust_type);
    put_text(arena, &device, "operatingSystem", access->device.operating_system);
    hg_json_put(arena, &device, "isCompliant", hg_json_bool(access->device.is_compliant));
    hg_json_put(arena, &out, "deviceInfo", device);
    return out;
}

/* The connection that the flow names so, or its first; "" it has none. */
static hg_str connection_of(const struct app_flow *flow, hg_str wanted)
{
    const struct hg_json *references = hg_json_get(&flow->body, "connectionReferences");
    for (size_t i = 0; i < hg_json_count(references); i++) {
        const struct hg_json *reference = &references->object.members[i].value;
        hg_str name = text_at(reference, "connectionName");
        if (name.len == 0)
            name = text_at(reference, "connection.name");
        if (name.len > 0 && (wanted.len == 0 || hg_str_eq_nocase(wanted, name)))
            return name;
    }
    return HG_STR("");
}

/* The service that the connection's tokens are for. */
static enum hg_code service_of(struct app_call *call, hg_str api, hg_str *out, struct hg_err *err)
{
    const struct connector *connector;
    HG_TRY(app_connector_load(call->arena, api, &connector, err));
    hg_str scope = app_connector_scope(call->arena, connector);
    struct model_application service;
    size_t slash = hg_str_find(scope, HG_STR("/.default"));
    hg_str uri = slash == HG_NPOS ? scope : hg_str_sub(scope, 0, slash);
    HG_TRY(app_application_by_uri(call->app, call->arena, call->tenant->tenant.id, uri, &service,
                                  err));
    *out = service.app_id;
    return HG_OK;
}

static enum hg_code fill_run(struct app_call *call, const struct app_connection *connection,
                             struct app_past *out, struct hg_err *err)
{
    struct model_grant grant;
    hg_str service;
    HG_TRY(app_grant_load(call->app->store, call->arena, call->tenant->tenant.id, connection->grant,
                          &grant, err));
    HG_TRY(service_of(call, connection->api, &service, err));
    struct app_access access = app_access_of_grant(call, &grant, true);
    struct hg_json conditions = access_conditions(call->arena, &access);
    *out = (struct app_past){
        .request = request_of(call->arena, "userId", grant.user, service, &conditions),
        .has_proof = true,
        .methods = access.methods,
        .mfa_at = access.mfa_at,
    };
    return HG_OK;
}

enum hg_code app_past_run(struct app_call *call, hg_str run, hg_str connection,
                          struct app_past *out, bool *found, struct hg_err *err)
{
    struct app_flow flow;
    struct app_run row;
    struct app_connection through;
    struct store *store = call->app->store;
    hg_str tenant = call->tenant->tenant.id;
    hg_str flow_id;
    hg_str run_id;
    (void)hg_str_cut(run, '/', &flow_id, &run_id);
    enum hg_code code =
        app_flow_load(store, call->arena, tenant, hg_str_lower(call->arena, flow_id), &flow, err);
    if (code == HG_OK)
        code = app_run_load(call->app, call->arena, tenant, run_id, &row, err);
    if (code == HG_NOT_FOUND || (code == HG_OK && !hg_str_eq(row.flow, flow.id)))
        return answer_missing(call, "run", run, found);
    HG_TRY(code);
    hg_str name = connection_of(&flow, connection);
    code = app_connection_load(store, call->arena, tenant, name, &through, err);
    if (code == HG_NOT_FOUND || (code == HG_OK && through.grant.len == 0))
        return answer_missing(call, "connection of this flow that was signed in:", name, found);
    HG_TRY(code);
    *found = true;
    return fill_run(call, &through, out, err);
}
