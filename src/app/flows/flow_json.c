#include "app/app_private.h"
#include "app/flows/flows.h"
#include "app/flows/triggers.h"
#include "base/base.h"
#include "flow/definition.h"

#include <stdbool.h>
#include <stddef.h>

#define PROVIDER "/providers/Microsoft.ProcessSimple"

enum { WORKFLOW_ID_LEN = 32 };

hg_str app_environment_name(struct app_call *call)
{
    return hg_str_format(call->arena, "Default-%.*s", HG_ARG(call->tenant->tenant.id));
}

hg_str app_flow_path(struct app_call *call, const struct app_flow *flow)
{
    return hg_str_format(call->arena, PROVIDER "/environments/%.*s/flows/%.*s",
                         HG_ARG(app_environment_name(call)), HG_ARG(flow->id));
}

hg_str app_flow_workflow_id(struct hg_arena *arena, hg_str flow)
{
    struct hg_buf buf = hg_buf_new(arena, HG_UUID_LEN);
    for (size_t i = 0; i < flow.len; i++)
        if (flow.ptr[i] != '-')
            hg_buf_byte(&buf, flow.ptr[i]);
    return hg_buf_view(&buf);
}

hg_str app_flow_of_workflow(struct hg_arena *arena, hg_str workflow)
{
    if (workflow.len != WORKFLOW_ID_LEN)
        return HG_STR("");
    hg_str id = hg_str_format(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", workflow.ptr, workflow.ptr + 8,
                              workflow.ptr + 12, workflow.ptr + 16, workflow.ptr + 20);
    return hg_uuid_valid(id) ? hg_str_lower(arena, id) : HG_STR("");
}

struct hg_json app_flow_workflow(struct app_call *call, const struct app_flow *flow)
{
    struct hg_arena *arena = call->arena;
    struct hg_json out = hg_json_object();
    struct hg_json tags = hg_json_object();
    hg_str id = app_flow_workflow_id(arena, flow->id);
    hg_json_put_str(arena, &out, "id", hg_str_format(arena, "/workflows/%.*s", HG_ARG(id)));
    hg_json_put_str(arena, &out, "name", flow->id);
    hg_json_put(arena, &out, "type", hg_json_z("Microsoft.Logic/workflows"));
    hg_json_put(arena, &out, "location", hg_json_z("local"));
    hg_json_put_str(arena, &tags, "flowDisplayName", flow->display_name);
    hg_json_put_str(arena, &tags, "environmentName", app_environment_name(call));
    hg_json_put_str(arena, &tags, "logicAppName", flow->id);
    hg_json_put(arena, &out, "tags", tags);
    return out;
}

static struct hg_json creator(struct app_call *call, const struct app_flow *flow)
{
    struct hg_json out = hg_json_object();
    hg_json_put_str(call->arena, &out, "tenantId", call->tenant->tenant.id);
    hg_json_put_str(call->arena, &out, "objectId", flow->owner);
    hg_json_put_str(call->arena, &out, "userId", flow->owner);
    hg_json_put(call->arena, &out, "userType", hg_json_z("ActiveDirectory"));
    return out;
}

static struct hg_json environment(struct app_call *call)
{
    struct hg_json out = hg_json_object();
    hg_str name = app_environment_name(call);
    hg_json_put_str(call->arena, &out, "name", name);
    hg_json_put(call->arena, &out, "type", hg_json_z("Microsoft.ProcessSimple/environments"));
    hg_json_put_str(call->arena, &out, "id",
                    hg_str_format(call->arena, PROVIDER "/environments/%.*s", HG_ARG(name)));
    return out;
}

/* The references with what every client reads, whatever was saved. */
static struct hg_json references(struct app_call *call, const struct app_flow *flow)
{
    const struct hg_json *stored = hg_json_get(&flow->body, "connectionReferences");
    struct hg_json out = stored == NULL ? hg_json_object() : hg_json_copy(call->arena, stored);
    for (size_t i = 0; i < hg_json_count(&out); i++) {
        struct hg_json *one = &out.object.members[i].value;
        hg_str api = app_flow_reference_api(one);
        if (!hg_json_is(one, HG_JSON_OBJECT))
            continue;
        hg_json_put_str(call->arena, one, "connectionName", app_flow_reference_connection(one));
        hg_json_put_str(
            call->arena, one, "id",
            hg_str_format(call->arena, "/providers/Microsoft.PowerApps/apis/%.*s", HG_ARG(api)));
        hg_json_put_str(call->arena, one, "apiName", api);
    }
    return out;
}

static struct hg_json summary(struct app_call *call, const struct app_flow *flow)
{
    struct hg_json out =
        flow_definition_summary(call->arena, hg_json_get(&flow->body, "definition"));
    hg_str description = hg_json_str_or(hg_json_get(&flow->body, "description"), HG_STR(""));
    if (description.len > 0)
        hg_json_put_str(call->arena, &out, "description", description);
    return out;
}

static void put_whole(struct app_call *call, const struct app_flow *flow, struct hg_json *out)
{
    struct hg_arena *arena = call->arena;
    const struct hg_json *definition = hg_json_get(&flow->body, "definition");
    const struct hg_json *parameters = hg_json_get(&flow->body, "parameters");
    struct hg_json refs = references(call, flow);
    hg_json_put(arena, out, "definition", *definition);
    if (parameters != NULL)
        hg_json_put(arena, out, "parameters", *parameters);
    hg_json_put_str(arena, out, "flowTriggerUri",
                    hg_str_format(arena, "%.*s%.*s/triggers/%.*s/run?api-version=2016-11-01",
                                  HG_ARG(call->app->config.base_url),
                                  HG_ARG(app_flow_path(call, flow)),
                                  HG_ARG(app_trigger_name(&flow->body))));
    hg_json_put(arena, out, "connectionReferences", refs);
    hg_json_put(arena, out, "installedConnectionReferences", refs);
    hg_json_put(arena, out, "referencedResources", hg_json_array());
    hg_json_put(arena, out, "installationStatus", hg_json_z("Installed"));
    hg_json_put(arena, out, "provisioningMethod", hg_json_z("FromDefinition"));
    hg_json_put(arena, out, "plan", hg_json_z("NotSpecified"));
}

static struct hg_json properties(struct app_call *call, const struct app_flow *flow, bool whole)
{
    struct hg_arena *arena = call->arena;
    struct hg_json out = hg_json_object();
    hg_json_put(arena, &out, "apiId",
                hg_json_z("/providers/Microsoft.PowerApps/apis/shared_logicflows"));
    hg_json_put_str(arena, &out, "displayName", flow->display_name);
    hg_json_put(arena, &out, "userType", hg_json_z("Owner"));
    hg_json_put(arena, &out, "state",
                hg_json_z(flow->state == APP_FLOW_STARTED ? "Started" : "Stopped"));
    hg_json_put(arena, &out, "flowSuspensionReason", hg_json_z("None"));
    hg_json_put_str(arena, &out, "createdTime", hg_time_seven(arena, flow->created));
    hg_json_put_str(arena, &out, "lastModifiedTime", hg_time_seven(arena, flow->modified));
    hg_json_put_str(arena, &out, "workflowEntityId", flow->id);
    hg_json_put(arena, &out, "environment", environment(call));
    hg_json_put(arena, &out, "definitionSummary", summary(call, flow));
    hg_json_put(arena, &out, "creator", creator(call, flow));
    hg_json_put(arena, &out, "flowFailureAlertSubscribed", hg_json_bool(true));
    hg_json_put(arena, &out, "isManaged", hg_json_bool(false));
    if (whole)
        put_whole(call, flow, &out);
    return out;
}

struct hg_json app_flow_json(struct app_call *call, const struct app_flow *flow, bool whole)
{
    struct hg_json out = hg_json_object();
    hg_json_put_str(call->arena, &out, "name", flow->id);
    hg_json_put_str(call->arena, &out, "id", app_flow_path(call, flow));
    hg_json_put(call->arena, &out, "type", hg_json_z("Microsoft.ProcessSimple/environments/flows"));
    hg_json_put(call->arena, &out, "properties", properties(call, flow, whole));
    return out;
}
