#include "app/app_private.h"
#include "app/flows/flows.h"
#include "base/base.h"

#include <stddef.h>

/* A tenant has one environment (flow-platform.md 1.3), at this server. */

static struct hg_json endpoints(struct app_call *call)
{
    static const char *const names[] = {"microsoft.Flow", "microsoft.PowerApps",
                                        "microsoft.BusinessAppPlatform", "microsoft.ApiManagement"};
    struct hg_json out = hg_json_object();
    for (size_t i = 0; i < HG_COUNT(names); i++)
        hg_json_put_str(call->arena, &out, names[i], call->app->config.base_url);
    return out;
}

static struct hg_json states(struct app_call *call)
{
    struct hg_json out = hg_json_object();
    struct hg_json management = hg_json_object();
    struct hg_json runtime = hg_json_object();
    hg_json_put(call->arena, &management, "id", hg_json_z("NotSpecified"));
    hg_json_put(call->arena, &runtime, "runtimeReasonCode", hg_json_z("NotSpecified"));
    hg_json_put(call->arena, &runtime, "id", hg_json_z("Enabled"));
    hg_json_put(call->arena, &out, "management", management);
    hg_json_put(call->arena, &out, "runtime", runtime);
    return out;
}

static struct hg_json environment(struct app_call *call)
{
    struct hg_arena *arena = call->arena;
    struct hg_json out = hg_json_object();
    struct hg_json properties = hg_json_object();
    hg_str name = app_environment_name(call);
    hg_json_put_str(arena, &out, "name", name);
    hg_json_put(arena, &out, "location", hg_json_z("local"));
    hg_json_put(arena, &out, "type", hg_json_z("Microsoft.ProcessSimple/environments"));
    hg_json_put_str(
        arena, &out, "id",
        hg_str_format(arena, "/providers/Microsoft.ProcessSimple/environments/%.*s", HG_ARG(name)));
    hg_json_put_str(
        arena, &properties, "displayName",
        hg_str_format(arena, "%.*s (default)", HG_ARG(call->tenant->tenant.display_name)));
    hg_json_put(arena, &properties, "provisioningState", hg_json_z("Succeeded"));
    hg_json_put(arena, &properties, "environmentSku", hg_json_z("Default"));
    hg_json_put(arena, &properties, "environmentType", hg_json_z("NotSpecified"));
    hg_json_put(arena, &properties, "creationType", hg_json_z("DefaultTenant"));
    hg_json_put(arena, &properties, "azureRegionHint", hg_json_z("local"));
    hg_json_put(arena, &properties, "isDefault", hg_json_bool(true));
    hg_json_put(arena, &properties, "isPayAsYouGoEnabled", hg_json_bool(false));
    hg_json_put(arena, &properties, "states", states(call));
    hg_json_put(arena, &properties, "runtimeEndpoints", endpoints(call));
    hg_json_put(arena, &out, "properties", properties);
    return out;
}

enum hg_code app_environments_get(struct app_call *call, struct hg_err *err)
{
    struct hg_json body = hg_json_object();
    struct hg_json value = hg_json_array();
    (void)err;
    hg_json_push(call->arena, &value, environment(call));
    hg_json_put(call->arena, &body, "value", value);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_environment_get(struct app_call *call, struct hg_err *err)
{
    (void)err;
    if (!app_flow_environment(call))
        return HG_OK;
    struct hg_json body = environment(call);
    app_answer_json(call, 200, &body);
    return HG_OK;
}
