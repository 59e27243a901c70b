#include "app/app_private.h"
#include "app/decide.h"
#include "app/graph_api/signins.h"
#include "app/signals/origin.h"
#include "app/signals/signals.h"
#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a row of the sign-in log says beside its columns: as JSON, with Graph's names where
 * Graph shows it as it is. */

static const char *platform_name(enum model_platform platform)
{
    switch (platform) {
    case MODEL_PLATFORM_ANDROID:
        return "Android";
    case MODEL_PLATFORM_IOS:
        return "iOS";
    case MODEL_PLATFORM_WINDOWS:
        return "Windows";
    case MODEL_PLATFORM_WINDOWS_PHONE:
        return "Windows Phone";
    case MODEL_PLATFORM_MACOS:
        return "macOS";
    case MODEL_PLATFORM_LINUX:
        return "Linux";
    case MODEL_PLATFORM_UNKNOWN:
        break;
    }
    return "";
}

static const char *client_app_name(enum model_client_app type)
{
    switch (type) {
    case MODEL_CLIENT_BROWSER:
        return "Browser";
    case MODEL_CLIENT_MOBILE_DESKTOP:
        return "Mobile Apps and Desktop clients";
    case MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC:
    case MODEL_CLIENT_EAS_SUPPORTED:
        return "Exchange ActiveSync";
    case MODEL_CLIENT_OTHER:
        break;
    }
    return "Other clients";
}

static void put_user(struct app_call *call, struct hg_json *facts, const struct app_signin *signin)
{
    const struct model_user *user = signin->access->user;
    hg_json_put_str(call->arena, facts, "userPrincipalName",
                    user == NULL ? signin->username : user->upn);
    hg_json_put_str(call->arena, facts, "userDisplayName",
                    user == NULL ? HG_STR("") : user->display_name);
}

static void put_workload(struct app_call *call, struct hg_json *facts,
                         const struct app_access *access)
{
    if (access->workload == NULL)
        return;
    hg_json_put_str(call->arena, facts, "servicePrincipalId", access->workload->service_principal);
    hg_json_put_str(call->arena, facts, "servicePrincipalName", access->client->display_name);
    hg_json_put(call->arena, facts, "clientCredentialType", hg_json_z("clientSecret"));
}

static void put_device(struct app_call *call, struct hg_json *facts,
                       const struct app_access *access)
{
    struct hg_arena *arena = call->arena;
    const struct model_device *device = &access->device;
    struct hg_json detail = hg_json_object();
    hg_json_put_str(arena, &detail, "deviceId", device->id);
    hg_json_put_str(arena, &detail, "displayName", device->display_name);
    hg_json_put(arena, &detail, "operatingSystem",
                device->operating_system.len > 0 ? hg_json_str(device->operating_system)
                                                 : hg_json_z(platform_name(access->platform)));
    hg_json_put_str(arena, &detail, "browser", app_browser_of(arena, access->user_agent));
    hg_json_put(arena, &detail, "isCompliant", hg_json_bool(device->is_compliant));
    hg_json_put(arena, &detail, "isManaged", hg_json_bool(device->is_managed));
    hg_json_put_str(arena, &detail, "trustType", device->trust_type);
    hg_json_put(arena, facts, "deviceDetail", detail);
}

/* The country is the one that was judged by: of a grant's snapshot, it may be older than what
 * the database now says of its address. */
static void put_place(struct app_call *call, struct hg_json *facts,
                      const struct model_network *network)
{
    struct hg_arena *arena = call->arena;
    struct app_place place = {0};
    if (network->has_ip)
        place = app_place_of(call, network->ip);
    hg_json_put_str(arena, facts, "countryOrRegion", network->country);
    if (!hg_str_eq(place.country, network->country))
        return;
    hg_json_put_str(arena, facts, "state", place.region);
    hg_json_put_str(arena, facts, "city", place.city);
    if (!place.has_point)
        return;
    hg_json_put(arena, facts, "latitude", hg_json_double(place.latitude));
    hg_json_put(arena, facts, "longitude", hg_json_double(place.longitude));
}

static enum hg_code put_networks(struct app_call *call, struct hg_json *facts,
                                 const struct app_access *access, struct hg_err *err)
{
    const hg_str *names;
    size_t n;
    HG_TRY(policy_matched_locations(call->arena, call->tenant->policies, &access->network, &names,
                                    &n, err));
    struct hg_json list = hg_json_array();
    for (size_t i = 0; i < n; i++)
        hg_json_push(call->arena, &list, hg_json_str(names[i]));
    hg_json_put(call->arena, facts, "namedLocations", list);
    return HG_OK;
}

/* Refusals for want of a second factor (conditional-access.md 5.3). */
static bool is_mfa_refusal(uint32_t aadsts)
{
    static const uint32_t numbers[] = {50072, 50074, 50076, 50078, 50079, 500121};
    for (size_t i = 0; i < HG_COUNT(numbers); i++)
        if (numbers[i] == aadsts)
            return true;
    return false;
}

/* What had to be proved, not what was: a second factor that nobody asked for counts as one
 * factor. Where a policy leaves a choice, what it was met with, or would have had, counts. */
static bool is_mfa_required(const struct app_call *call, const struct app_signin *signin)
{
    static const uint32_t second = POLICY_CONTROL_MFA | POLICY_CONTROL_STRENGTH;
    const struct policy_verdict *verdict = signin->verdict;
    if (signin->asks_mfa || is_mfa_refusal(signin->aadsts))
        return true;
    if (verdict == NULL)
        return false;
    if ((verdict->mfa_required_by & (POLICY_MFA_BY_USER | POLICY_MFA_BY_SECURITY_DEFAULTS)) != 0)
        return true;
    uint32_t asked = policy_results_controls(call->tenant->policies, verdict->results);
    return (verdict->needs & second) != 0 ||
           ((asked & second) != 0 && signin->access->mfa_at.is_set);
}

static enum hg_code put_risks(struct app_call *call, struct hg_json *facts,
                              const struct app_access *access, struct hg_err *err)
{
    struct app_standing standing;
    const struct app_standing_query query = {
        .subject = access->user == NULL ? HG_STR("") : access->user->id,
        .network = access->network,
    };
    HG_TRY(app_standing_load(call, &query, &standing, err));
    const char *during = app_risk_name(standing.signin_risk);
    const char *aggregated = app_risk_name(standing.user_risk);
    bool is_at_risk =
        standing.signin_risk != POLICY_RISK_UNKNOWN && standing.signin_risk != POLICY_RISK_NONE;
    if (during[0] != '\0')
        hg_json_put(call->arena, facts, "riskLevelDuringSignIn", hg_json_z(during));
    if (aggregated[0] != '\0')
        hg_json_put(call->arena, facts, "riskLevelAggregated", hg_json_z(aggregated));
    if (is_at_risk)
        hg_json_put(call->arena, facts, "riskState", hg_json_z("atRisk"));
    return HG_OK;
}

/* Contexts that were asked for, and those that a refresh token still had. */
static struct hg_json contexts_of(struct hg_arena *arena, const struct app_signin *signin)
{
    const struct app_access *access = signin->access;
    struct hg_json list = hg_json_array();
    for (size_t i = 0; i < access->n_auth_contexts + signin->n_contexts; i++) {
        bool is_asked = i < access->n_auth_contexts;
        hg_str id =
            is_asked ? access->auth_contexts[i] : signin->contexts[i - access->n_auth_contexts];
        if (!is_asked && model_has_id(access->auth_contexts, access->n_auth_contexts, id))
            continue;
        struct hg_json context = hg_json_object();
        hg_json_put_str(arena, &context, "id", id);
        hg_json_put(arena, &context, "detail",
                    hg_json_z(is_asked ? "required" : "previouslySatisfied"));
        hg_json_push(arena, &list, context);
    }
    return list;
}

static void put_origin(struct app_call *call, struct hg_json *facts,
                       const struct app_signin *signin)
{
    static const struct {
        enum model_flow_origin origin;
        const char *name;
    } methods[] = {
        {MODEL_ORIGIN_DEVICE_CODE, "deviceCodeFlow"},
        {MODEL_ORIGIN_AUTH_TRANSFER, "authenticationTransfer"},
    };
    const char *method = "none";
    for (size_t i = 0; i < HG_COUNT(methods); i++)
        if (signin->access->flow_origin == methods[i].origin)
            method = methods[i].name;
    hg_json_put(call->arena, facts, "originalTransferMethod", hg_json_z(method));
    hg_json_put(call->arena, facts, "incomingTokenType",
                hg_json_z(signin->is_refresh ? "refreshToken" : "none"));
    hg_json_put(call->arena, facts, "authenticationContextClassReferences",
                contexts_of(call->arena, signin));
}

enum hg_code app_signin_facts(struct app_call *call, const struct app_signin *signin, hg_str *out,
                              struct hg_err *err)
{
    const struct app_access *access = signin->access;
    const struct model_application *resource = app_access_resource(access);
    struct hg_arena *arena = call->arena;
    struct hg_json facts = hg_json_object();
    put_user(call, &facts, signin);
    put_workload(call, &facts, access);
    hg_json_put_str(arena, &facts, "appDisplayName", access->client->display_name);
    hg_json_put_str(arena, &facts, "resourceId", resource->app_id);
    hg_json_put_str(arena, &facts, "resourceDisplayName", resource->display_name);
    hg_json_put(
        arena, &facts, "clientAppUsed",
        hg_json_z(access->workload != NULL ? "" : client_app_name(access->client_app_type)));
    if (access->network.has_ip)
        hg_json_put_str(arena, &facts, "ipAddress", hg_ip_text(arena, access->network.ip));
    put_place(call, &facts, &access->network);
    hg_json_put_str(arena, &facts, "userAgent", access->user_agent);
    hg_json_put_str(arena, &facts, "correlationId", call->correlation_id);
    hg_json_put_str(arena, &facts, "sessionId", signin->session);
    hg_json_put(arena, &facts, "authenticationRequirement",
                hg_json_z(is_mfa_required(call, signin) ? "multiFactorAuthentication"
                                                        : "singleFactorAuthentication"));
    hg_json_put(arena, &facts, "authenticationRequirementPolicies",
                policy_mfa_required_json(arena, signin->verdict));
    hg_json_put_str(arena, &facts, "homeTenantId",
                    access->user != NULL && access->user->home_tenant.len > 0
                        ? access->user->home_tenant
                        : call->tenant->tenant.id);
    put_device(call, &facts, access);
    if (access->user != NULL && app_is_break_glass(call->tenant, access->user->id))
        hg_json_put(arena, &facts, "flaggedForReview", hg_json_bool(true));
    put_origin(call, &facts, signin);
    HG_TRY(put_networks(call, &facts, access, err));
    HG_TRY(put_risks(call, &facts, access, err));
    return hg_json_render(arena, &facts, out, err);
}
