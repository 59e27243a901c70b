#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Http, connector and Response actions: from evaluated inputs to a request, and to
 * what the record shows of it. */

/* --- values on the wire --- */

static hg_str text_of(struct hg_arena *arena, const struct hg_json *value)
{
    hg_str out = {0};
    if (value->kind == HG_JSON_STRING)
        return value->string;
    if (value->kind == HG_JSON_BOOL)
        return value->boolean ? HG_STR("true") : HG_STR("false");
    if (hg_json_render(arena, value, &out, NULL) != HG_OK)
        return HG_STR("");
    return out;
}

bool flow_payload_of(struct hg_arena *arena, const struct hg_json *body, hg_str *out_bytes,
                     hg_str *out_type)
{
    hg_str content;
    if (hg_json_is_null(body))
        return false;
    if (hg_json_as_str(hg_json_get(body, "$content"), &content) &&
        hg_b64_decode(arena, content, out_bytes, NULL) == HG_OK) {
        *out_type =
            hg_json_str_or(hg_json_get(body, "$content-type"), HG_STR("application/octet-stream"));
        return true;
    }
    *out_bytes = text_of(arena, body);
    *out_type = body->kind == HG_JSON_STRING ? HG_STR("text/plain; charset=utf-8")
                                             : HG_STR("application/json; charset=utf-8");
    return true;
}

struct hg_json flow_headers_of(struct hg_arena *arena, const struct hg_json *headers)
{
    struct hg_json out = hg_json_object();
    for (size_t i = 0; hg_json_is(headers, HG_JSON_OBJECT) && i < hg_json_count(headers); i++) {
        const struct hg_json_member *one = &headers->object.members[i];
        if (!hg_json_is_null(&one->value))
            hg_json_set(arena, &out, one->name, hg_json_str(text_of(arena, &one->value)));
    }
    return out;
}

static bool is_token(hg_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    hg_str_find_byte(HG_STR("!#$%&'*+-.^_`|~"), c) != HG_NPOS;
        if (!good)
            return false;
    }
    return name.len > 0;
}

/* No header may smuggle another (RFC 9110 §5.5). */
static bool headers_are_clean(const struct hg_json *headers)
{
    for (size_t i = 0; i < hg_json_count(headers); i++) {
        hg_str value = headers->object.members[i].value.string;
        bool good = is_token(headers->object.members[i].name);
        for (size_t j = 0; j < value.len && good; j++) {
            unsigned char c = (unsigned char)value.ptr[j];
            good = (c >= 0x20 && c != 0x7f) || c == '\t';
        }
        if (!good)
            return false;
    }
    return true;
}

hg_str flow_http_origin(hg_str uri)
{
    size_t skip = hg_str_starts_nocase(uri, HG_STR("https://"))  ? 8
                  : hg_str_starts_nocase(uri, HG_STR("http://")) ? 7
                                                                 : 0;
    size_t end = skip;
    while (end < uri.len && uri.ptr[end] != '/' && uri.ptr[end] != '?' && uri.ptr[end] != '#')
        end++;
    return hg_str_sub(uri, 0, skip == 0 ? 0 : end);
}

bool flow_http_uri_valid(hg_str uri)
{
    hg_str origin = flow_http_origin(uri);
    size_t scheme = hg_str_starts_nocase(origin, HG_STR("https://")) ? 8 : 7;
    for (size_t i = 0; i < uri.len; i++) {
        if ((unsigned char)uri.ptr[i] < 0x20 || uri.ptr[i] == 0x7f)
            return false;
    }
    return origin.len > scheme && hg_str_find_byte(origin, ' ') == HG_NPOS &&
           hg_str_find_byte(origin, '@') == HG_NPOS;
}

/* The address with its queries; blanks and what is not ASCII percent-encoded. */
static hg_str uri_of(struct hg_arena *arena, hg_str written, const struct hg_json *queries)
{
    struct hg_buf buf = hg_buf_new(arena, (size_t)HG_MAX_TARGET * 4);
    bool has_query = hg_str_find_byte(written, '?') != HG_NPOS;
    for (size_t i = 0; i < written.len; i++) {
        unsigned char c = (unsigned char)written.ptr[i];
        if (c == ' ' || c >= 0x80)
            hg_buf_format(&buf, "%%%02X", c);
        else
            hg_buf_byte(&buf, (char)c);
    }
    for (size_t i = 0; hg_json_is(queries, HG_JSON_OBJECT) && i < hg_json_count(queries); i++) {
        const struct hg_json_member *one = &queries->object.members[i];
        if (hg_json_is_null(&one->value))
            continue;
        hg_buf_byte(&buf, has_query ? '&' : '?');
        hg_buf_percent(&buf, one->name);
        hg_buf_byte(&buf, '=');
        hg_buf_percent(&buf, text_of(arena, &one->value));
        has_query = true;
    }
    return hg_buf_view(&buf);
}

/* --- what the record shows --- */

static struct hg_json hide(struct hg_arena *arena, const struct hg_json *object,
                           const char *const *names, size_t n)
{
    struct hg_json out = hg_json_object();
    for (size_t i = 0; i < hg_json_count(object); i++) {
        const struct hg_json_member *one = &object->object.members[i];
        bool secret = false;
        for (size_t j = 0; j < n; j++)
            secret |= hg_str_eq_nocase(one->name, hg_str_of(names[j]));
        hg_json_set(arena, &out, one->name, secret ? hg_json_z("*sanitized*") : one->value);
    }
    return out;
}

static void hide_member(struct hg_arena *arena, struct hg_json *inputs, const char *member,
                        const char *const *names, size_t n)
{
    const struct hg_json *value = hg_json_get(inputs, member);
    if (hg_json_is(value, HG_JSON_OBJECT))
        hg_json_put(arena, inputs, member, hide(arena, value, names, n));
}

/* "fixed" is shown as "Fixed". */
static void capitalize_retry(struct hg_arena *arena, struct hg_json *inputs)
{
    const struct hg_json *policy = hg_json_get(inputs, "retryPolicy");
    hg_str type;
    if (!hg_json_as_str(hg_json_get(policy, "type"), &type) || type.len == 0)
        return;
    struct hg_json shown = hg_json_copy(arena, policy);
    char first = type.ptr[0] >= 'a' && type.ptr[0] <= 'z' ? (char)(type.ptr[0] - 32) : type.ptr[0];
    hg_json_put_str(arena, &shown, "type",
                    hg_str_format(arena, "%c%.*s", first, HG_ARG(hg_str_from(type, 1))));
    hg_json_put(arena, inputs, "retryPolicy", shown);
}

static struct hg_json shown_inputs(struct hg_arena *arena, const struct hg_json *inputs)
{
    static const char *const headers[] = {"Authorization", "Cookie", "Proxy-Authorization",
                                          "X-Api-Key", "Ocp-Apim-Subscription-Key"};
    static const char *const secrets[] = {"password", "value", "secret", "pfx", "credential"};
    struct hg_json shown = hg_json_copy(arena, inputs);
    hide_member(arena, &shown, "headers", headers, HG_COUNT(headers));
    hide_member(arena, &shown, "authentication", secrets, HG_COUNT(secrets));
    if (hg_json_get(&shown, "cookie") != NULL)
        hg_json_put(arena, &shown, "cookie", hg_json_z("*sanitized*"));
    capitalize_retry(arena, &shown);
    return shown;
}

/* --- Http --- */

/* Basic and Raw become a header; another kind stays for who sends the request. */
static void authenticate(struct hg_arena *arena, const struct hg_json *inputs,
                         struct hg_json *headers, struct hg_json *request)
{
    const struct hg_json *given = hg_json_get(inputs, "authentication");
    hg_str type = hg_json_str_or(hg_json_get(given, "type"), HG_STR("None"));
    if (hg_str_eq_nocase(type, HG_STR("Basic"))) {
        hg_str user = hg_json_str_or(hg_json_get(given, "username"), HG_STR(""));
        hg_str password = hg_json_str_or(hg_json_get(given, "password"), HG_STR(""));
        hg_str pair = hg_str_format(arena, "%.*s:%.*s", HG_ARG(user), HG_ARG(password));
        hg_str code = hg_b64_encode(arena, pair);
        hg_json_put_str(arena, headers, "Authorization",
                        hg_str_format(arena, "Basic %.*s", HG_ARG(code)));
    } else if (hg_str_eq_nocase(type, HG_STR("Raw"))) {
        hg_json_put_str(arena, headers, "Authorization",
                        hg_json_str_or(hg_json_get(given, "value"), HG_STR("")));
    } else if (hg_json_is(given, HG_JSON_OBJECT) && !hg_str_eq_nocase(type, HG_STR("None"))) {
        hg_json_put(arena, request, "authentication", *given);
    }
}

void flow_node_call_http(struct flow_run *run, struct flow_node *node)
{
    struct hg_arena *arena = run->arena;
    struct hg_json inputs;
    struct hg_json request = hg_json_object();
    if (!flow_node_evaluate(run, node, flow_node_action(run, node)->inputs, &inputs))
        return;
    flow_node_inputs(run, node, shown_inputs(arena, &inputs));
    hg_str method = hg_json_str_or(hg_json_get(&inputs, "method"), HG_STR(""));
    hg_str uri = hg_json_str_or(hg_json_get(&inputs, "uri"), HG_STR(""));
    struct hg_json headers = flow_headers_of(arena, hg_json_get(&inputs, "headers"));
    const struct hg_json *cookie = hg_json_get(&inputs, "cookie");
    if (hg_json_is(cookie, HG_JSON_STRING))
        hg_json_put(arena, &headers, "Cookie", *cookie);
    authenticate(arena, &inputs, &headers, &request);
    hg_str full = uri_of(arena, uri, hg_json_get(&inputs, "queries"));
    if (!is_token(method)) {
        flow_node_refuse(run, node, HG_STR("The property 'method' is not an HTTP method."));
    } else if (!flow_http_uri_valid(uri) || full.len == 0) {
        flow_node_refuse(run, node,
                         HG_STR("The property 'uri' must be an absolute http or https address of "
                                "at most 32768 characters, without a user name."));
    } else if (!headers_are_clean(&headers)) {
        flow_node_refuse(run, node,
                         HG_STR("A name or value in 'headers' holds characters that headers may "
                                "not have."));
    } else {
        hg_json_put_str(arena, &request, "method", method);
        hg_json_put_str(arena, &request, "uri", full);
        hg_json_put(arena, &request, "headers", headers);
        const struct hg_json *body = hg_json_get(&inputs, "body");
        if (!hg_json_is_null(body))
            hg_json_put(arena, &request, "body", *body);
        flow_node_send(run, node, request);
    }
}

/* --- connectors --- */

static bool evaluate_part(struct flow_run *run, struct flow_node *node, const char *part,
                          struct hg_json *out)
{
    const struct hg_json *written = hg_json_get(flow_node_action(run, node)->inputs, part);
    struct hg_json value;
    if (written == NULL)
        return true;
    if (!flow_node_evaluate(run, node, written, &value))
        return false;
    hg_json_put(run->arena, out, part, value);
    return true;
}

void flow_node_call_connector(struct flow_run *run, struct flow_node *node)
{
    static const char *const parts[] = {"method",  "path", "queries",
                                        "headers", "body", "parameters"};
    const struct flow_action *action = flow_node_action(run, node);
    struct hg_json request = hg_json_object();
    for (size_t i = 0; i < HG_COUNT(parts); i++) {
        if (!evaluate_part(run, node, parts[i], &request))
            return;
    }
    struct hg_json shown = hg_json_object();
    struct hg_json host = hg_json_object();
    if (action->host.api.len > 0)
        hg_json_put_str(run->arena, &host, "apiId",
                        hg_str_format(run->arena, "/providers/Microsoft.PowerApps/apis/%.*s",
                                      HG_ARG(action->host.api)));
    hg_json_put_str(run->arena, &host, "connectionReferenceName", action->host.reference);
    if (action->host.operation.len > 0)
        hg_json_put_str(run->arena, &host, "operationId", action->host.operation);
    hg_json_put(run->arena, &shown, "host", host);
    for (size_t i = 0; i < hg_json_count(&request); i++)
        hg_json_set(run->arena, &shown, request.object.members[i].name,
                    request.object.members[i].value);
    flow_node_inputs(run, node, shown_inputs(run->arena, &shown));
    if (action->host.operation.len == 0 &&
        !hg_json_is(hg_json_get(&request, "path"), HG_JSON_STRING))
        flow_node_refuse(run, node, HG_STR("The property 'path' is not a text."));
    else
        flow_node_send(run, node, request);
}

/* --- Response --- */

static bool status_of(const struct hg_json *value, unsigned *out)
{
    int64_t n = 0;
    hg_str text;
    if (value == NULL)
        n = 200;
    else if (!hg_json_as_int(value, &n) && !(hg_json_as_str(value, &text) && hg_str_i64(text, &n)))
        return false;
    *out = (unsigned)n;
    return n >= 200 && n <= 599;
}

static void answer(struct flow_run *run, struct flow_node *node, const struct hg_json *inputs,
                   unsigned status)
{
    struct hg_json *headers = HG_NEW(run->arena, struct hg_json);
    struct flow_command *command = flow_command_add(run, FLOW_COMMAND_RESPOND, node);
    hg_str type;
    if (headers == NULL || command == NULL) {
        run->failure = HG_NO_MEMORY;
        return;
    }
    *headers = flow_headers_of(run->arena, hg_json_get(inputs, "headers"));
    command->status = status;
    command->has_payload =
        flow_payload_of(run->arena, hg_json_get(inputs, "body"), &command->payload, &type);
    if (command->has_payload && hg_json_get_nocase(headers, HG_STR("Content-Type")) == NULL)
        hg_json_put_str(run->arena, headers, "Content-Type", type);
    command->headers = headers;
    run->has_responded = true;
}

void flow_node_respond(struct flow_run *run, struct flow_node *node)
{
    struct hg_json inputs;
    unsigned status;
    if (!flow_node_evaluate(run, node, flow_node_action(run, node)->inputs, &inputs))
        return;
    flow_node_inputs(run, node, inputs);
    struct hg_json headers = flow_headers_of(run->arena, hg_json_get(&inputs, "headers"));
    if (!status_of(hg_json_get(&inputs, "statusCode"), &status)) {
        flow_node_refuse(run, node,
                         HG_STR("The property 'statusCode' is not a number from 200 to 599."));
    } else if (!headers_are_clean(&headers)) {
        flow_node_refuse(run, node,
                         HG_STR("A name or value in 'headers' holds characters that headers may "
                                "not have."));
    } else if (run->has_responded) {
        flow_node_fail(run, node, "BadRequest", HG_STR("ActionResponseAlreadySent"),
                       HG_STR("The caller has been answered before: a run has one response."));
    } else {
        answer(run, node, &inputs, status);
        struct hg_json outputs = hg_json_copy(run->arena, &inputs);
        hg_json_put(run->arena, &outputs, "statusCode", hg_json_int(status));
        flow_node_outputs(run, node, outputs);
        flow_node_succeed(run, node, "OK");
    }
}
