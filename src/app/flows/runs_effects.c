#include "app/app_private.h"
#include "app/caches.h"
#include "app/connections/connector_call.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "base/base.h"
#include "connector/connector.h"
#include "event/event.h"
#include "flow/run.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>

/* The effects of a run's commands. A call must end well before the run's lease does
 * (APP_TIMER_LEASE_SECONDS), or another worker would start it a second time. */
enum { CALL_SECONDS = 100, MAX_FIELDS = 60, OWN_FIELDS = 8 };

static enum hg_code failed(struct flow_event *out, const struct flow_command *command,
                           const char *code, hg_str message)
{
    *out = (struct flow_event){.kind = FLOW_EVENT_FAILED,
                               .command = command->id,
                               .code = hg_str_of(code),
                               .message = message};
    return HG_OK;
}

/* What is left until the step's own deadline, at most what a call has. */
static hg_dur time_for(const struct app_call *call, const struct flow_command *command)
{
    hg_dur most = HG_SECONDS(CALL_SECONDS);
    if (!command->has_deadline)
        return most;
    const hg_dur least = {.us = 1000};
    hg_dur left = hg_time_since(command->deadline, call->now);
    if (left.us < least.us)
        return least;
    return left.us < most.us ? left : most;
}

/* Was the time that is over the step's own? */
static bool is_cut(const struct app_call *call, const struct flow_command *command)
{
    return time_for(call, command).us < HG_SECONDS(CALL_SECONDS).us;
}

/* --- HTTP ------------------------------------------------------------------------------------ */

static size_t fill_fields(struct hg_arena *arena, const struct app_run_view *view,
                          const struct flow_command *command, struct http_field *fields)
{
    size_t n = 0;
    for (size_t i = 0; i < hg_json_count(command->headers) && n < MAX_FIELDS - OWN_FIELDS; i++) {
        const struct hg_json_member *member = &command->headers->object.members[i];
        fields[n++] = (struct http_field){member->name, hg_json_str_or(&member->value, HG_STR(""))};
    }
    hg_str workflow = app_flow_workflow_id(arena, view->row.flow);
    fields[n++] = (struct http_field){HG_STR("x-ms-workflow-id"), workflow};
    fields[n++] = (struct http_field){HG_STR("x-ms-workflow-run-id"), view->row.id};
    fields[n++] = (struct http_field){HG_STR("x-ms-workflow-operation-name"), command->action_name};
    fields[n++] = (struct http_field){HG_STR("x-ms-tracking-id"), command->tracking_id};
    return n;
}

/* What a step is told when no answer came. */
static enum hg_code no_answer(struct hg_arena *arena, const struct flow_command *command,
                              enum hg_code code, const struct hg_err *why, struct flow_event *out)
{
    hg_str detail = hg_str_dup(arena, hg_str_of(why->detail));
    if (code == HG_TOO_BIG)
        return failed(out, command, "ContentSizeLimitExceeded", detail);
    if (code == HG_FORBIDDEN)
        return failed(out, command, "Forbidden", detail);
    if (code != HG_UNAVAILABLE)
        return failed(out, command, "BadRequest", detail);
    bool unknown = hg_str_find(detail, HG_STR("resolve")) != HG_NPOS;
    bool late = hg_str_find(detail, HG_STR("timed out")) != HG_NPOS;
    const char *word = unknown ? "UnresolvableHostName" : "ServiceUnavailable";
    (void)failed(out, command, late ? "GatewayTimeout" : word, detail);
    out->may_retry = true;
    return HG_OK;
}

static enum hg_code answered(struct hg_arena *arena, const struct flow_command *command,
                             const struct http_answer *answer, struct flow_event *out,
                             struct hg_err *err)
{
    struct hg_json *headers = HG_NEW(arena, struct hg_json);
    struct hg_json *body = HG_NEW(arena, struct hg_json);
    struct connector_answer got = {.status = answer->status, .body = answer->body};
    if (headers == NULL || body == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "answer of %.*s", HG_ARG(command->action_name));
    *headers = hg_json_object();
    for (size_t i = 0; i < answer->headers.n; i++) {
        const struct http_field *field = &answer->headers.items[i];
        hg_json_set(arena, headers, field->name, hg_json_str(field->value));
        if (hg_str_eq_nocase(field->name, HG_STR("Content-Type")))
            got.content_type = field->value;
    }
    HG_TRY(connector_body_read(arena, &got, body, err));
    *out = (struct flow_event){.kind = FLOW_EVENT_ANSWERED,
                               .command = command->id,
                               .status = answer->status,
                               .headers = headers,
                               .body = hg_json_is_null(body) ? NULL : body};
    return HG_OK;
}

static enum hg_code call_http(struct app_call *call, const struct app_run_view *view,
                              const struct flow_command *command, struct flow_event *out,
                              struct hg_err *err)
{
    struct http_field fields[MAX_FIELDS];
    if (command->authentication != NULL)
        return failed(out, command, "BadRequest",
                      hg_str_format(call->arena,
                                    "The authentication type '%.*s' of action '%.*s' is not "
                                    "possible here; Basic and Raw are.",
                                    HG_ARG(hg_json_str_or(
                                        hg_json_get(command->authentication, "type"), HG_STR(""))),
                                    HG_ARG(command->action_name)));
    const struct http_call http = {
        .method = command->method,
        .url = command->uri,
        .headers = {fields, fill_fields(call->arena, view, command, fields)},
        .body = command->has_payload ? command->payload : HG_STR(""),
        .timeout = time_for(call, command),
    };
    struct http_answer answer;
    struct hg_err why = {0};
    const struct http_client *client = &call->app->client;
    enum hg_code code = client->send(client->self, call->arena, &http, &answer, &why);
    if (code == HG_NO_MEMORY)
        return HG_FAIL(err, code, "%s", why.detail);
    if (code == HG_OK)
        return answered(call->arena, command, &answer, out, err);
    HG_TRY(no_answer(call->arena, command, code, &why, out));
    out->is_late = is_cut(call, command) && hg_str_eq(out->code, HG_STR("GatewayTimeout"));
    return HG_OK;
}

/* --- Connectors ---------------------------------------------------------------------------- */

/* The older spelling gives its pieces under their own names. */
static struct hg_json pieces(struct hg_arena *arena, const struct flow_command *command)
{
    struct hg_json out = hg_json_object();
    if (command->queries != NULL)
        hg_json_put(arena, &out, "queries", *command->queries);
    if (command->headers != NULL)
        hg_json_put(arena, &out, "headers", *command->headers);
    if (command->body != NULL)
        hg_json_put(arena, &out, "body", *command->body);
    return out;
}

static enum hg_code call_connector(struct app_call *call, const struct app_run_view *view,
                                   hg_str owner, const struct flow_command *command,
                                   struct flow_event *out, struct hg_err *err)
{
    const struct hg_json *reference =
        hg_json_get_nocase(hg_json_get(view->body, "connectionReferences"), command->reference);
    struct hg_json older = pieces(call->arena, command);
    struct hg_json path = hg_json_str(command->uri);
    const struct app_connector_request request = {
        .connection = app_flow_reference_connection(reference),
        .api = command->api,
        .operation = command->operation,
        .method = command->method,
        .path = &path,
        .inputs = command->operation.len > 0 ? command->arguments : &older,
        .tracking_id = command->tracking_id,
        .owner = owner,
        .timeout = time_for(call, command),
    };
    struct app_connector_answer *answer = HG_NEW(call->arena, struct app_connector_answer);
    if (answer == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "call of %.*s", HG_ARG(command->action_name));
    HG_TRY(app_connector_call(call, &request, answer, err));
    if (answer->failed) { /* a dead connection is not tried again: it needs its owner */
        *out = (struct flow_event){.kind = FLOW_EVENT_FAILED,
                                   .command = command->id,
                                   .code = answer->code,
                                   .message = answer->message,
                                   .may_retry = hg_str_eq(answer->code, HG_STR("BadGateway")),
                                   .is_late = answer->timed_out && is_cut(call, command)};
        return HG_OK;
    }
    *out = (struct flow_event){.kind = FLOW_EVENT_ANSWERED,
                               .command = command->id,
                               .status = answer->status,
                               .headers = &answer->headers,
                               .body = hg_json_is_null(&answer->body) ? NULL : &answer->body};
    return HG_OK;
}

enum hg_code app_run_effect(struct app_call *call, const struct app_run_view *view, hg_str owner,
                            const struct flow_command *command, struct flow_event *out,
                            struct hg_err *err)
{
    return command->kind == FLOW_COMMAND_HTTP
               ? call_http(call, view, command, out, err)
               : call_connector(call, view, owner, command, out, err);
}

/* --- What has no answer -------------------------------------------------------------------- */

static bool has_waiting(const struct app_call *call, const struct app_run *row)
{
    return row->reply != 0 && call->app->replies.complete != NULL &&
           hg_str_eq(row->reply_node, app_instance(call->app->caches));
}

/* A field that the sender's runtime or the connection sets, not the maker. */
static bool is_of_the_connection(hg_str name)
{
    static const char *const names[] = {"Connection",        "Content-Length", "Keep-Alive",
                                        "Transfer-Encoding", "Upgrade",        "Date"};
    for (size_t i = 0; i < HG_COUNT(names); i++)
        if (hg_str_eq_nocase(name, hg_str_of(names[i])))
            return true;
    return false;
}

static bool is_field_text(hg_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.ptr[i] < ' ' || value.ptr[i] == 0x7f)
            return false;
    return true;
}

static void put_run_fields(struct http_response *response, const struct app_run *row)
{
    http_set_field(response, "x-ms-workflow-run-id", row->id);
    http_set_field(
        response, "x-ms-client-tracking-id",
        hg_json_str_or(hg_json_path(&row->summary, "correlation.clientTrackingId"), row->id));
}

static void respond(struct app_call *call, const struct app_run *row,
                    const struct flow_command *command)
{
    struct http_response response = {.status = command->status};
    if (command->has_payload)
        response.body = command->payload;
    for (size_t i = 0; i < hg_json_count(command->headers); i++) {
        const struct hg_json_member *member = &command->headers->object.members[i];
        hg_str value = hg_json_str_or(&member->value, HG_STR(""));
        if (!is_of_the_connection(member->name) && is_field_text(member->name) &&
            is_field_text(value) && response.n_fields < HTTP_MAX_RESPONSE_FIELDS - OWN_FIELDS)
            http_set_field(&response, hg_str_z(call->arena, member->name), value);
    }
    put_run_fields(&response, row);
    call->app->replies.complete(call->app->replies.self, row->reply, &response);
}

/* Whoever still waits when the run ends gets none of its answers any more. */
static void respond_none(struct app_call *call, const struct app_run *row)
{
    struct http_response response = {0};
    hg_str body = hg_str_format(
        call->arena,
        "{\"error\":{\"code\":\"NoResponse\",\"message\":\"The server did not receive a response "
        "from an upstream server. Request tracking id '%.*s'.\"}}",
        HG_ARG(row->id));
    http_respond(&response, 502, "application/json; charset=utf-8", body);
    put_run_fields(&response, row);
    call->app->replies.complete(call->app->replies.self, row->reply, &response);
}

static void record_end(struct app_call *call, const struct app_run *row,
                       const struct flow_command *command)
{
    bool is_bad = command->end == FLOW_STATUS_FAILED || command->end == FLOW_STATUS_TIMED_OUT;
    struct event event = event_new(is_bad ? EVENT_RUN_FAILED : EVENT_RUN_FINISHED, call->now);
    event_str(&event, "run", row->id);
    event_str(&event, "flow", row->flow);
    event_str(&event, "status", flow_status_text(command->end));
    if (is_bad)
        event_str(&event, "code", command->code);
    call->app->events.record(call->app->events.self, &event);
}

void app_run_conclude(struct app_call *call, const struct app_run_view *view,
                      const struct flow_command *command)
{
    bool waits = has_waiting(call, &view->row);
    if (command->kind == FLOW_COMMAND_RESPOND && waits)
        respond(call, &view->row, command);
    if (command->kind != FLOW_COMMAND_FINISH)
        return;
    record_end(call, &view->row, command);
    if (waits)
        respond_none(call, &view->row);
}
