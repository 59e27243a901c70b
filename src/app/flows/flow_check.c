#include "app/app.h"
#include "app/connections/connections.h"
#include "app/connections/connectors.h"
#include "app/flows/flows.h"
#include "base/base.h"
#include "connector/connector.h"
#include "flow/definition.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What may be saved (flow-platform.md 3.12, 1.13): the definition's own findings, the
 * connectors' opinion of each step, and the connections. */

enum { MAX_MESSAGES = 900 };

/* Members of a body; anything else in `properties` is what the server adds when it shows
 * a flow, and clients send it back. */
static const char *const members[] = {"definition", "connectionReferences", "parameters",
                                      "templateName", "description"};

static enum hg_code object_to(struct app_flow_fault *fault, unsigned status, const char *code,
                              hg_str message)
{
    *fault = (struct app_flow_fault){.status = status, .code = code, .message = message};
    return HG_OK;
}

/* --- Connection references --------------------------------------------------------------- */

hg_str app_flow_reference_connection(const struct hg_json *reference)
{
    return hg_json_str_or(hg_json_get(reference, "connectionName"),
                          hg_json_str_or(hg_json_path(reference, "connection.name"), HG_STR("")));
}

static hg_str last_segment(hg_str id)
{
    size_t at = hg_str_find_last_byte(id, '/');
    return at == HG_NPOS ? id : hg_str_from(id, at + 1);
}

hg_str app_flow_reference_api(const struct hg_json *reference)
{
    hg_str id = hg_json_str_or(hg_json_get(reference, "id"), HG_STR(""));
    if (hg_str_find(id, HG_STR("/apis/")) != HG_NPOS)
        return last_segment(id);
    return hg_json_str_or(hg_json_get(reference, "apiName"),
                          hg_json_str_or(hg_json_path(reference, "api.name"), HG_STR("")));
}

static enum hg_code refuse_connection(struct hg_arena *arena, const struct app_flow *flow,
                                      hg_str connection, hg_str api, struct app_flow_fault *fault)
{
    return object_to(fault, 403, "ConnectionAuthorizationFailed",
                     hg_str_format(arena,
                                   "The caller with object id '%.*s' does not have permission for "
                                   "connection '%.*s' under Api '%.*s'.",
                                   HG_ARG(flow->owner), HG_ARG(connection), HG_ARG(api)));
}

struct owned {
    struct store *store;
    struct hg_arena *arena;
    hg_str tenant;
    const struct app_flow *flow;
};

static enum hg_code check_reference(const struct owned *owned, const struct hg_json_member *member,
                                    struct app_flow_fault *fault, struct hg_err *err)
{
    struct hg_arena *arena = owned->arena;
    const struct app_flow *flow = owned->flow;
    hg_str name = app_flow_reference_connection(&member->value);
    hg_str api = app_flow_reference_api(&member->value);
    struct app_connection connection;
    if (name.len == 0)
        return object_to(fault, 400, "FlowMissingConnection",
                         hg_str_format(arena,
                                       "The flow is missing a connection for the API \"%.*s\": "
                                       "connectionReferences['%.*s'] has no connectionName.",
                                       HG_ARG(api), HG_ARG(member->name)));
    enum hg_code code =
        app_connection_load(owned->store, arena, owned->tenant, name, &connection, err);
    if (code == HG_NOT_FOUND || (code == HG_OK && !hg_str_eq(connection.owner, flow->owner)))
        return refuse_connection(arena, flow, name, api, fault);
    HG_TRY(code);
    if (api.len > 0 && !hg_str_eq(connection.api, api))
        return object_to(fault, 400, "FlowMissingConnection",
                         hg_str_format(arena,
                                       "The flow is missing a connection for the API \"%.*s\": "
                                       "'%.*s' is a connection of \"%.*s\".",
                                       HG_ARG(api), HG_ARG(name), HG_ARG(connection.api)));
    return HG_OK;
}

enum hg_code app_flow_check_connections(struct store *store, struct hg_arena *arena, hg_str tenant,
                                        const struct app_flow *flow, struct app_flow_fault *fault,
                                        struct hg_err *err)
{
    const struct hg_json *references = hg_json_get(&flow->body, "connectionReferences");
    const struct owned owned = {store, arena, tenant, flow};
    *fault = (struct app_flow_fault){0};
    for (size_t i = 0; i < hg_json_count(references) && fault->status == 0; i++)
        HG_TRY(check_reference(&owned, &references->object.members[i], fault, err));
    return HG_OK;
}

/* --- Steps of connectors ------------------------------------------------------------------ */

struct check {
    struct hg_arena *arena;
    const struct hg_json *references;
    struct flow_findings *findings;
    struct hg_err *err;
};

static enum hg_code report(struct check *check, const char *code, hg_str path, hg_str message)
{
    const struct flow_finding finding = {
        .severity = FLOW_ERROR, .code = hg_str_of(code), .path = path, .message = message};
    return flow_finding_add(check->arena, check->findings, &finding, check->err);
}

static enum hg_code report_arguments(struct check *check, const struct connector_call *call,
                                     hg_str name, hg_str path)
{
    struct connector_faults faults = {0};
    HG_TRY(connector_arguments_check(check->arena, call, &faults, check->err));
    for (size_t i = 0; i < faults.n; i++)
        if (faults.items[i].severity == CONNECTOR_ERROR)
            HG_TRY(report(check, "WorkflowRunActionInputsInvalidProperty", path,
                          hg_str_format(check->arena, "'%.*s': %.*s", HG_ARG(name),
                                        HG_ARG(faults.items[i].message))));
    return HG_OK;
}

struct step {
    hg_str name, type, path;
    const struct flow_host *host;
    bool is_trigger;
};

static enum hg_code check_operation(struct check *check, const struct step *step,
                                    const struct connector *connector)
{
    const struct connector_call call = {
        .connector = connector,
        .operation = connector_operation_find(connector, step->host->operation),
        .arguments = step->host->arguments,
    };
    if (call.operation == NULL)
        return report(check, "InvalidOpenApiFlow", step->path,
                      hg_str_format(check->arena,
                                    "'%.*s' of type '%.*s': the connector '%.*s' has no operation "
                                    "'%.*s'.",
                                    HG_ARG(step->name), HG_ARG(step->type), HG_ARG(connector->name),
                                    HG_ARG(step->host->operation)));
    bool polls = call.operation->trigger == CONNECTOR_TRIGGER_SINGLE ||
                 call.operation->trigger == CONNECTOR_TRIGGER_BATCH;
    if (step->is_trigger != polls)
        return report(
            check, "InvalidOpenApiFlow", step->path,
            hg_str_format(check->arena, "'%.*s' of type '%.*s': the operation '%.*s' is no %s.",
                          HG_ARG(step->name), HG_ARG(step->type), HG_ARG(step->host->operation),
                          step->is_trigger ? "trigger that can be polled" : "action"));
    return report_arguments(check, &call, step->name, step->path);
}

static enum hg_code check_step(struct check *check, const struct step *step)
{
    hg_str api = step->host->api;
    if (api.len == 0)
        api = app_flow_reference_api(hg_json_get_str(check->references, step->host->reference));
    const struct connector *connector;
    HG_TRY(app_connector_load(check->arena, api, &connector, check->err));
    if (connector == NULL)
        return report(check, "InvalidOpenApiFlow", step->path,
                      hg_str_format(check->arena,
                                    "'%.*s' of type '%.*s': there is no connector '%.*s' here.",
                                    HG_ARG(step->name), HG_ARG(step->type), HG_ARG(api)));
    if (step->host->operation.len == 0) /* the older spelling is looked up when it runs */
        return HG_OK;
    return check_operation(check, step, connector);
}

static enum hg_code check_steps(struct check *check, const struct flow_definition *definition)
{
    const struct flow_trigger *trigger = &definition->trigger;
    if (trigger->type == FLOW_TRIGGER_CONNECTOR) {
        const struct step step = {trigger->name, trigger->type_name, HG_STR("/triggers"),
                                  &trigger->host, true};
        HG_TRY(check_step(check, &step));
    }
    for (uint32_t i = 0; i < definition->n_actions; i++) {
        const struct flow_action *action = &definition->actions[i];
        const struct step step = {action->name, action->type_name, action->path, &action->host,
                                  false};
        if (action->type == FLOW_ACTION_CONNECTOR)
            HG_TRY(check_step(check, &step));
    }
    return HG_OK;
}

/* What the run machine could do but this shell does not. */
static enum hg_code check_trigger(struct check *check, const struct flow_definition *definition)
{
    const struct flow_trigger *trigger = &definition->trigger;
    hg_str who =
        hg_json_str_or(hg_json_get(trigger->inputs, "triggerAuthenticationType"), HG_STR("All"));
    if (trigger->has_concurrency)
        HG_TRY(report(check, "InvalidTemplate", HG_STR("/triggers"),
                      hg_str_format(check->arena,
                                    "The trigger '%.*s' of type '%.*s' limits its concurrency, "
                                    "which is not possible here. Use operationOptions "
                                    "\"SingleInstance\", or remove "
                                    "runtimeConfiguration.concurrency.",
                                    HG_ARG(trigger->name), HG_ARG(trigger->type_name))));
    if (trigger->type == FLOW_TRIGGER_REQUEST && !hg_str_eq_nocase(who, HG_STR("All")))
        HG_TRY(
            report(check, "InvalidTemplate", HG_STR("/triggers"),
                   hg_str_format(check->arena,
                                 "The trigger '%.*s' of type '%.*s' asks for "
                                 "triggerAuthenticationType '%.*s'; only 'All' is possible "
                                 "here.",
                                 HG_ARG(trigger->name), HG_ARG(trigger->type_name), HG_ARG(who))));
    return HG_OK;
}

enum hg_code app_flow_findings(struct hg_arena *arena, const struct hg_json *body,
                               struct flow_findings *out,
                               const struct flow_definition **out_definition, struct hg_err *err)
{
    static const struct hg_json none = {.kind = HG_JSON_OBJECT};
    const struct hg_json *references = hg_json_get(body, "connectionReferences");
    const struct flow_source source = {
        .definition = hg_json_get(body, "definition"),
        .references = references == NULL ? &none : references,
        .parameters = hg_json_get(body, "parameters"),
    };
    const struct flow_definition *definition;
    HG_TRY(flow_definition_read(arena, &source, out, &definition, err));
    struct check check = {
        .arena = arena, .references = source.references, .findings = out, .err = err};
    if (definition != NULL) {
        HG_TRY(check_trigger(&check, definition));
        HG_TRY(check_steps(&check, definition));
    }
    *out_definition = out->n_errors == 0 ? definition : NULL;
    return HG_OK;
}

/* --- Saving --------------------------------------------------------------------------------- */

/* A reference as it is kept: without the API's own document, which clients send back. */
static struct hg_json plain_references(struct hg_arena *arena, const struct hg_json *references)
{
    struct hg_json out = hg_json_copy(arena, references);
    for (size_t i = 0; i < hg_json_count(&out); i++) {
        struct hg_json *one = &out.object.members[i].value;
        if (!hg_json_is(one, HG_JSON_OBJECT))
            continue;
        (void)hg_json_remove(one, HG_STR("apiDefinition"));
        (void)hg_json_remove(one, HG_STR("swagger"));
    }
    return out;
}

static enum hg_code judge(struct hg_arena *arena, const struct hg_json *body,
                          struct app_flow_fault *fault, struct hg_err *err)
{
    struct flow_findings findings = {0};
    const struct flow_definition *definition;
    HG_TRY(app_flow_findings(arena, body, &findings, &definition, err));
    if (definition != NULL)
        return HG_OK;
    struct hg_buf text = hg_buf_new(arena, HG_MAX_TARGET);
    const char *code = NULL;
    for (size_t i = 0; i < findings.n && text.len < MAX_MESSAGES; i++) {
        if (findings.items[i].severity != FLOW_ERROR)
            continue;
        if (code == NULL)
            code = hg_str_z(arena, findings.items[i].code);
        else
            hg_buf_byte(&text, ' ');
        hg_buf_str(&text, findings.items[i].message);
    }
    return object_to(fault, 400, code == NULL ? "InvalidTemplate" : code, hg_buf_view(&text));
}

static hg_str shape_fault(const struct hg_json *properties)
{
    const struct hg_json *name = hg_json_get(properties, "displayName");
    const struct hg_json *definition = hg_json_get(properties, "definition");
    const struct hg_json *references = hg_json_get(properties, "connectionReferences");
    if (!hg_json_is(properties, HG_JSON_OBJECT))
        return HG_STR("The body must have 'properties', an object with displayName, definition "
                      "and connectionReferences.");
    if (name != NULL && !hg_json_is(name, HG_JSON_STRING))
        return HG_STR("properties.displayName must be a text.");
    if (definition != NULL && !hg_json_is(definition, HG_JSON_OBJECT))
        return HG_STR("properties.definition must be an object.");
    if (references != NULL && !hg_json_is(references, HG_JSON_OBJECT))
        return HG_STR("properties.connectionReferences must be an object.");
    return HG_STR("");
}

enum hg_code app_flow_apply(struct hg_arena *arena, const struct hg_json *properties,
                            struct app_flow *flow, bool *changed, struct app_flow_fault *fault,
                            struct hg_err *err)
{
    hg_str wrong = shape_fault(properties);
    *fault = (struct app_flow_fault){0};
    if (wrong.len > 0)
        return object_to(fault, 400, "InvalidRequestContent", wrong);
    struct hg_json body =
        flow->body.kind == HG_JSON_OBJECT ? hg_json_copy(arena, &flow->body) : hg_json_object();
    for (size_t i = 0; i < HG_COUNT(members); i++) {
        const struct hg_json *value = hg_json_get(properties, members[i]);
        if (!hg_json_is_null(value))
            hg_json_put(arena, &body, members[i],
                        hg_str_eq(hg_str_of(members[i]), HG_STR("connectionReferences"))
                            ? plain_references(arena, value)
                            : *value);
    }
    if (hg_json_get(&body, "definition") == NULL)
        return object_to(fault, 400, "InvalidRequestContent",
                         HG_STR("properties.definition is missing: a flow is saved with its "
                                "definition."));
    *changed = flow->body.kind != HG_JSON_OBJECT || !hg_json_eq(&body, &flow->body);
    if (*changed)
        HG_TRY(judge(arena, &body, fault, err));
    flow->body = body;
    flow->display_name = hg_json_str_or(hg_json_get(properties, "displayName"), flow->display_name);
    return HG_OK;
}
