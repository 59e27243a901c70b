#include "app/app_private.h"
#include "app/flows/flows.h"
#include "base/base.h"
#include "event/event.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADMINS "GlobalAdministrator PowerPlatformAdministrator"

enum { PAGE = 50, MAX_PAGE = 250 };

static const char admin_scope[] = "/providers/Microsoft.ProcessSimple/scopes/admin/";

bool app_flow_is_admin_scope(const struct app_call *call)
{
    return hg_str_starts(hg_str_of(call->route->pattern), hg_str_of(admin_scope));
}

/* An app-only token is no one's flows and no administrator. */
bool app_flow_is_admin(const struct app_call *call)
{
    return call->caller.kind == APP_HOST_OPERATOR ||
           (call->caller.kind == APP_DELEGATED && app_caller_has_role(&call->caller, ADMINS));
}

hg_str app_flow_caller_id(const struct app_call *call)
{
    return call->caller.kind == APP_DELEGATED ? call->caller.user.id : call->caller.client;
}

bool app_flow_environment(struct app_call *call)
{
    return app_environment_is_ours(call, app_param(call, "environment"));
}

bool app_environment_is_ours(struct app_call *call, hg_str name)
{
    if (name.len == 0 || hg_str_eq_nocase(name, HG_STR("~default")) ||
        hg_str_eq_nocase(name, app_environment_name(call)))
        return true;
    app_refuse(call, 403, "EnvironmentAccessDenied", "Access to the environment '%.*s' is denied.",
               HG_ARG(name));
    return false;
}

void app_flow_refuse(struct app_call *call, const struct app_flow_fault *fault)
{
    app_refuse(call, fault->status, fault->code, "%.*s", HG_ARG(fault->message));
}

/* Whether a flow is there is for those to know who may see it. */
static void refuse_flow(struct app_call *call, hg_str id)
{
    if (app_flow_is_admin(call))
        app_refuse(call, 404, "FlowNotFound", "Could not find flow '%.*s'.", HG_ARG(id));
    else
        app_refuse(call, 403, "ConnectionAuthorizationFailed",
                   "The caller with object id '%.*s' does not have permission for connection "
                   "'%.*s' under Api 'shared_logicflows'.",
                   HG_ARG(app_flow_caller_id(call)), HG_ARG(id));
}

enum hg_code app_flow_find(struct app_call *call, struct app_flow *out, bool *found,
                           struct hg_err *err)
{
    hg_str id = hg_str_lower(call->arena, app_param(call, "flow"));
    *found = false;
    if (!app_flow_environment(call))
        return HG_OK;
    enum hg_code code =
        app_flow_load(call->app->store, call->arena, call->tenant->tenant.id, id, out, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    bool is_owner = code == HG_OK && call->caller.kind == APP_DELEGATED &&
                    hg_str_eq(out->owner, call->caller.user.id);
    *found = code == HG_OK && (is_owner || app_flow_is_admin(call));
    if (!*found)
        refuse_flow(call, id);
    return HG_OK;
}

bool app_flow_page(struct app_call *call, struct app_flow_page *out)
{
    if (!app_query(call, &out->query))
        return false;
    uint64_t top = PAGE;
    hg_str given = http_form_or(&out->query, "$top", "");
    if (given.len > 0 && (!hg_str_u64(given, UINT32_MAX, &top) || top == 0)) {
        app_refuse(call, 400, "InvalidRequestParameter", "$top: '%.*s' is no number from 1 up.",
                   HG_ARG(given));
        return false;
    }
    out->top = (uint32_t)(top > MAX_PAGE ? MAX_PAGE : top);
    out->after = http_form_or(&out->query, "$skiptoken", "");
    return true;
}

static void percent(struct hg_buf *buf, const char *name, hg_str value)
{
    if (value.len == 0)
        return;
    hg_buf_z(buf, name);
    hg_buf_percent(buf, value);
}

void app_flow_answer_page(struct app_call *call, const struct app_flow_page *page,
                          struct hg_json value, hg_str last)
{
    struct hg_json body = hg_json_object();
    hg_json_put(call->arena, &body, "value", value);
    if (last.len > 0) {
        struct hg_buf link = hg_buf_new(call->arena, HG_MAX_TARGET);
        hg_buf_str(&link, call->app->config.base_url);
        hg_buf_str(&link, call->request->path);
        hg_buf_format(&link, "?api-version=2016-11-01&$top=%u", page->top);
        percent(&link, "&$filter=", http_form_or(&page->query, "$filter", ""));
        percent(&link, "&$skiptoken=", last);
        hg_json_put_str(call->arena, &body, "nextLink", hg_buf_view(&link));
    }
    app_answer_json(call, 200, &body);
}

void app_flow_record(struct app_call *call, hg_str flow, const char *action)
{
    struct event event = event_new(EVENT_FLOW_CHANGED, call->now);
    event_str(&event, "flow", flow);
    event_str(&event, "action", hg_str_of(action));
    event_str(&event, "by",
              call->caller.kind == APP_HOST_OPERATOR ? HG_STR("host operator")
                                                     : app_flow_caller_id(call));
    call->app->events.record(call->app->events.self, &event);
}
