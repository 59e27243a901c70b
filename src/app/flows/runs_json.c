#include "app/app_private.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "app/flows/triggers.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "flow/definition.h"
#include "flow/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The run object of flow-platform.md 1.6, with links to its contents that need no token. */

enum { LINK_HOURS = 4 };

/* Four hours and what is missing to the full hour: the same link for a while. */
static hg_str expiry_of(struct app_call *call)
{
    int64_t hour = HG_HOURS(1).us;
    hg_time end = hg_time_add(call->now, HG_HOURS(LINK_HOURS));
    end.us += (hour - end.us % hour) % hour;
    return hg_time_seven(call->arena, end);
}

static hg_str digest_of(struct hg_arena *arena, const struct hg_json *contents, size_t *out_size)
{
    hg_str text;
    *out_size = 0;
    if (hg_json_render(arena, contents, &text, NULL) != HG_OK)
        return HG_STR("");
    struct crypto_digest digest = crypto_sha256(text);
    *out_size = text.len;
    return hg_b64_encode(arena, crypto_digest_str(&digest));
}

struct hg_json app_run_link(struct app_call *call, hg_str flow, hg_str run, hg_str path,
                            const struct hg_json *contents)
{
    struct hg_arena *arena = call->arena;
    size_t size;
    hg_str digest = digest_of(arena, contents, &size);
    hg_str expiry = expiry_of(call);
    hg_str permission = hg_str_format(arena, "/runs/%.*s/%.*s/read", HG_ARG(run), HG_ARG(path));
    struct hg_buf url = hg_buf_new(arena, HG_MAX_TARGET);
    hg_buf_format(&url, "%.*s/workflows/%.*s/runs/%.*s/", HG_ARG(call->app->config.base_url),
                  HG_ARG(app_flow_workflow_id(arena, flow)), HG_ARG(run));
    hg_str segment;
    for (hg_str rest = path; hg_str_field(&rest, '/', &segment);) {
        hg_buf_percent(&url, segment);
        hg_buf_z(&url, rest.len > 0 ? "/" : "");
    }
    hg_buf_z(&url, "?api-version=2016-06-01&se=");
    hg_buf_percent(&url, expiry);
    hg_buf_z(&url, "&sp=");
    hg_buf_percent(&url, permission);
    hg_buf_z(&url, "&sv=1.0&sig=");
    hg_buf_str(&url, app_signature(call, call->tenant->tenant.id, flow, permission, expiry));
    struct hg_json link = hg_json_object();
    struct hg_json hash = hg_json_object();
    hg_json_put_str(arena, &link, "uri", hg_buf_view(&url));
    hg_json_put_str(arena, &link, "contentVersion", digest);
    hg_json_put(arena, &link, "contentSize", hg_json_int((int64_t)size));
    hg_json_put(arena, &hash, "algorithm", hg_json_z("sha256"));
    hg_json_put_str(arena, &hash, "value", digest);
    hg_json_put(arena, &link, "contentHash", hash);
    return link;
}

static struct hg_json trigger_with_links(struct app_call *call, const struct app_run *row)
{
    struct hg_json trigger = hg_json_copy(call->arena, hg_json_get(&row->summary, "trigger"));
    const struct hg_json *inputs = hg_json_get(&row->cause, "inputs");
    const struct hg_json *outputs = hg_json_get(&row->cause, "outputs");
    if (hg_json_get(&trigger, "secureData") != NULL)
        return trigger;
    if (inputs != NULL)
        hg_json_put(
            call->arena, &trigger, "inputsLink",
            app_run_link(call, row->flow, row->id, HG_STR("contents/TriggerInputs"), inputs));
    if (outputs != NULL)
        hg_json_put(
            call->arena, &trigger, "outputsLink",
            app_run_link(call, row->flow, row->id, HG_STR("contents/TriggerOutputs"), outputs));
    return trigger;
}

static hg_str path_of(struct app_call *call, const struct app_flow *flow, const struct app_run *row)
{
    return hg_str_format(call->arena, "%.*s/runs/%.*s", HG_ARG(app_flow_path(call, flow)),
                         HG_ARG(row->id));
}

static struct hg_json envelope(struct app_call *call, hg_str name, hg_str id, const char *type,
                               struct hg_json properties)
{
    struct hg_json out = hg_json_object();
    hg_json_put_str(call->arena, &out, "name", name);
    hg_json_put_str(call->arena, &out, "id", id);
    hg_json_put(call->arena, &out, "type", hg_json_z(type));
    hg_json_put(call->arena, &out, "properties", properties);
    return out;
}

static struct hg_json run_properties(struct app_call *call, const struct app_run *row)
{
    struct hg_json properties = hg_json_copy(call->arena, &row->summary);
    hg_json_put(call->arena, &properties, "trigger", trigger_with_links(call, row));
    if (row->resubmitted.len > 0)
        hg_json_put_str(call->arena, &properties, "resubmittedAs", row->resubmitted);
    return properties;
}

struct hg_json app_run_json(struct app_call *call, const struct app_flow *flow,
                            const struct app_run *row)
{
    return envelope(call, row->id, path_of(call, flow, row),
                    "Microsoft.ProcessSimple/environments/flows/runs", run_properties(call, row));
}

/* --- Actions -------------------------------------------------------------------------------- */

static struct hg_json action_properties(struct app_call *call, const struct app_run_view *view,
                                        uint32_t action)
{
    struct hg_arena *arena = call->arena;
    struct hg_json out = flow_action_properties(arena, view->run, action);
    const struct hg_json *inputs = flow_action_inputs(view->run, action);
    const struct hg_json *outputs = flow_action_outputs(view->run, action);
    hg_str name = view->definition->actions[action].name;
    if (hg_json_is_null(&out))
        return out;
    if (inputs != NULL)
        hg_json_put(
            arena, &out, "inputsLink",
            app_run_link(call, view->row.flow, view->row.id,
                         hg_str_format(arena, "actions/%.*s/contents/ActionInputs", HG_ARG(name)),
                         inputs));
    if (outputs != NULL)
        hg_json_put(
            arena, &out, "outputsLink",
            app_run_link(call, view->row.flow, view->row.id,
                         hg_str_format(arena, "actions/%.*s/contents/ActionOutputs", HG_ARG(name)),
                         outputs));
    return out;
}

struct hg_json app_run_action_json(struct app_call *call, const struct app_flow *flow,
                                   const struct app_run_view *view, uint32_t action)
{
    struct hg_json properties = action_properties(call, view, action);
    hg_str name = view->definition->actions[action].name;
    if (hg_json_is_null(&properties))
        return properties;
    return envelope(call, name,
                    hg_str_format(call->arena, "%.*s/actions/%.*s",
                                  HG_ARG(path_of(call, flow, &view->row)), HG_ARG(name)),
                    "Microsoft.ProcessSimple/environments/flows/runs/actions", properties);
}

struct hg_json app_run_json_whole(struct app_call *call, const struct app_flow *flow,
                                  const struct app_run_view *view)
{
    struct hg_json properties = run_properties(call, &view->row);
    struct hg_json actions = hg_json_object();
    for (uint32_t i = 0; i < view->definition->n_actions; i++) {
        struct hg_json one = action_properties(call, view, i);
        if (!hg_json_is_null(&one))
            hg_json_set(call->arena, &actions, view->definition->actions[i].name, one);
    }
    hg_json_put(call->arena, &properties, "actions", actions);
    return envelope(call, view->row.id, path_of(call, flow, &view->row),
                    "Microsoft.ProcessSimple/environments/flows/runs", properties);
}
