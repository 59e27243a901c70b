#include "app/connections/connector_call.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/connections/connection_consent.h"
#include "app/connections/connections.h"
#include "app/connections/connectors.h"
#include "app/tokens/redeem.h"
#include "base/base.h"
#include "connector/connector.h"
#include "event/event.h"
#include "http/http.h"
#include "oidc/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CALL_SECONDS = 100, MAX_FIELDS = 40 };

struct operation_call {
    struct app_call *call;
    const struct app_connector_request *asked;
    struct app_connection connection;
    const struct connector *connector;
    struct connector_request request;
    struct app_redeemed redeemed;
};

static enum hg_code fail(struct app_connector_answer *out, const char *code, hg_str message)
{
    *out =
        (struct app_connector_answer){.failed = true, .code = hg_str_of(code), .message = message};
    return HG_OK;
}

/* --- The connection's token ------------------------------------------------------------ */

/* Another worker may have written the row since it was loaded: what it found is as good. */
static enum hg_code store_connection(struct operation_call *op,
                                     const struct app_connection *changed, struct hg_err *err)
{
    struct app_commit commit = app_commit_new(op->call->arena);
    app_connection_update(&commit, op->call->tenant->tenant.id, changed);
    enum hg_code code = app_commit_run(&commit, op->call->app->store, err);
    return code == HG_CONFLICT ? HG_OK : code;
}

static enum hg_code note_refusal(struct operation_call *op, hg_str *out_message, struct hg_err *err)
{
    struct app_connection changed = op->connection;
    hg_str service =
        op->redeemed.resource_name.len > 0 ? op->redeemed.resource_name : op->connector->title;
    HG_TRY(app_connection_failure(op->call, service, &op->redeemed.error, out_message, err));
    changed.status = APP_CONNECTION_ERROR;
    changed.error_code = HG_STR("Unauthorized");
    changed.error_message = *out_message;
    changed.modified = op->call->now;
    HG_TRY(store_connection(op, &changed, err));
    if (op->connection.status == APP_CONNECTION_CONNECTED)
        app_connection_record(op->call, EVENT_CONNECTION_BROKEN, &op->connection);
    return HG_OK;
}

static enum hg_code note_success(struct operation_call *op, struct hg_err *err)
{
    struct app_connection changed = op->connection;
    bool recovered = op->connection.status == APP_CONNECTION_ERROR;
    changed.status = APP_CONNECTION_CONNECTED;
    changed.error_code = changed.error_message = HG_STR("");
    if (op->redeemed.refresh_token.len > 0)
        HG_TRY(app_connection_seal(op->call->app, op->call->arena, op->call->tenant->tenant.id,
                                   op->connection.id, op->redeemed.refresh_token, &changed.sealed,
                                   err));
    changed.modified = op->call->now;
    HG_TRY(store_connection(op, &changed, err));
    if (recovered)
        app_connection_record(op->call, EVENT_CONNECTION_REPAIRED, &op->connection);
    return HG_OK;
}

static enum hg_code redeem(struct operation_call *op, struct app_connector_answer *out,
                           bool *refused, struct hg_err *err)
{
    hg_str refresh_token;
    hg_str message;
    *refused = true;
    if (op->connection.sealed.len == 0)
        return fail(out, "Unauthorized",
                    HG_STR("The connection has never been signed in. Its owner must sign in with "
                           "\"Fix connection\"."));
    HG_TRY(app_connection_open(op->call->app, op->call->arena, op->call->tenant->tenant.id,
                               &op->connection, &refresh_token, err));
    HG_TRY(app_redeem_connection(op->call, refresh_token,
                                 app_connector_scope(op->call->arena, op->connector), &op->redeemed,
                                 err));
    if (oidc_error_is(&op->redeemed.error)) {
        HG_TRY(note_refusal(op, &message, err));
        return fail(out, "Unauthorized", message);
    }
    *refused = false;
    return note_success(op, err);
}

/* --- The request --------------------------------------------------------------------------- */

/* Where a service said to go on (Location) is a URL of it, or a path with the base in it;
 * the older spelling leaves the base out. */
static hg_str direct_path(const struct operation_call *op)
{
    hg_str path = hg_json_str_or(op->asked->path, HG_STR(""));
    const hg_str prefixes[] = {op->call->app->config.base_url, op->connector->base_path};
    for (size_t i = 0; i < HG_COUNT(prefixes); i++)
        if (prefixes[i].len > 1 && hg_str_starts(path, prefixes[i]))
            path = hg_str_from(path, prefixes[i].len);
    return path;
}

static enum hg_code build(struct operation_call *op, struct connector_fault *fault, bool *found)
{
    const struct app_connector_request *asked = op->asked;
    *found = true;
    if (asked->operation.len == 0) {
        const struct connector_direct direct = {
            .method = asked->method,
            .path = direct_path(op),
            .queries = hg_json_get(asked->inputs, "queries"),
            .headers = hg_json_get(asked->inputs, "headers"),
            .body = hg_json_get(asked->inputs, "body"),
        };
        return connector_request_direct(op->call->arena, op->connector, &direct, &op->request,
                                        fault);
    }
    const struct connector_call call = {
        .connector = op->connector,
        .operation = connector_operation_find(op->connector, asked->operation),
        .arguments = asked->inputs,
    };
    *found = call.operation != NULL;
    return call.operation == NULL
               ? HG_MALFORMED
               : connector_request_build(op->call->arena, &call, &op->request, fault);
}

static size_t fill_fields(struct operation_call *op, struct http_field *fields)
{
    size_t n = 0;
    fields[n++] = (struct http_field){
        HG_STR("Authorization"),
        hg_str_format(op->call->arena, "Bearer %.*s", HG_ARG(op->redeemed.access_token))};
    fields[n++] = (struct http_field){HG_STR("x-ms-client-tracking-id"), op->asked->tracking_id};
    for (uint32_t i = 0; i < op->request.headers.object.n && n < MAX_FIELDS; i++) {
        const struct hg_json_member *member = &op->request.headers.object.members[i];
        fields[n++] = (struct http_field){member->name, hg_json_str_or(&member->value, HG_STR(""))};
    }
    return n;
}

static enum hg_code read_answer(struct operation_call *op, const struct http_answer *answer,
                                struct app_connector_answer *out, struct hg_err *err)
{
    struct hg_arena *arena = op->call->arena;
    struct connector_answer got = {.status = answer->status, .body = answer->body};
    *out = (struct app_connector_answer){.status = answer->status, .headers = hg_json_object()};
    for (size_t i = 0; i < answer->headers.n; i++) {
        const struct http_field *field = &answer->headers.items[i];
        hg_json_set(arena, &out->headers, field->name, hg_json_str(field->value));
        if (hg_str_eq_nocase(field->name, HG_STR("Content-Type")))
            got.content_type = field->value;
    }
    return connector_body_read(arena, &got, &out->body, err);
}

static enum hg_code send(struct operation_call *op, struct app_connector_answer *out,
                         struct hg_err *err)
{
    struct http_field fields[MAX_FIELDS];
    const struct http_call http = {
        .method = op->request.method,
        .url = hg_str_format(op->call->arena, "%.*s%.*s", HG_ARG(op->call->app->config.base_url),
                             HG_ARG(op->request.path)),
        .headers = {fields, fill_fields(op, fields)},
        .body = op->request.has_body ? op->request.body : HG_STR(""),
        .timeout = op->asked->timeout.us > 0 ? op->asked->timeout : HG_SECONDS(CALL_SECONDS),
    };
    struct http_answer answer;
    struct hg_err inner = {0};
    const struct http_client *client = &op->call->app->client;
    enum hg_code code = client->send(client->self, op->call->arena, &http, &answer, &inner);
    if (code == HG_NO_MEMORY)
        return HG_FAIL(err, code, "%s", inner.detail);
    out->timed_out = code == HG_UNAVAILABLE &&
                     hg_str_find(hg_str_of(inner.detail), HG_STR("timed out")) != HG_NPOS;
    if (code != HG_OK)
        return fail(out, "BadGateway", hg_str_dup(op->call->arena, hg_str_of(inner.detail)));
    return read_answer(op, &answer, out, err);
}

static enum hg_code load(struct operation_call *op, struct app_connector_answer *out, bool *missing,
                         struct hg_err *err)
{
    struct app_call *call = op->call;
    enum hg_code code = app_connection_load(call->app->store, call->arena, call->tenant->tenant.id,
                                            op->asked->connection, &op->connection, err);
    *missing = true;
    if (code == HG_NOT_FOUND ||
        (code == HG_OK && !hg_str_eq(op->connection.owner, op->asked->owner)))
        return fail(out, "ConnectionAuthorizationFailed",
                    hg_str_format(call->arena,
                                  "There is no connection '%.*s' that the flow's owner may use.",
                                  HG_ARG(op->asked->connection)));
    HG_TRY(code);
    HG_TRY(app_connector_load(call->arena, op->connection.api, &op->connector, err));
    if (op->connector == NULL)
        return fail(out, "ConnectorNotFound",
                    hg_str_format(call->arena, "There is no connector '%.*s'.",
                                  HG_ARG(op->connection.api)));
    *missing = false;
    return HG_OK;
}

enum hg_code app_connector_call(struct app_call *call, const struct app_connector_request *request,
                                struct app_connector_answer *out, struct hg_err *err)
{
    struct operation_call op = {.call = call, .asked = request};
    struct connector_fault fault = {0};
    bool stop;
    bool found;
    HG_TRY(load(&op, out, &stop, err));
    if (stop)
        return HG_OK;
    enum hg_code code = build(&op, &fault, &found);
    if (code == HG_MALFORMED)
        return fail(out, found ? "BadRequest" : "OperationNotFound",
                    found ? fault.message
                          : hg_str_format(call->arena,
                                          "The connector '%.*s' has no operation '%.*s'.",
                                          HG_ARG(op.connector->name), HG_ARG(request->operation)));
    if (code != HG_OK)
        return HG_FAIL(err, code, "request of %.*s", HG_ARG(request->operation));
    HG_TRY(redeem(&op, out, &stop, err));
    return stop ? HG_OK : send(&op, out, err);
}
