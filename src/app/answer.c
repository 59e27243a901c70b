#include "app/app_private.h"
#include "app/pages.h"
#include "base/base.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { MAX_MESSAGE = 1024 };

void app_answer_json(struct app_call *call, unsigned status, const struct hg_json *body)
{
    hg_str text;
    if (hg_json_render(call->arena, body, &text, NULL) != HG_OK) {
        http_respond(
            call->response, 500, "text/plain; charset=utf-8",
            HG_STR("The answer was too large to build. Ask for less, with $top or $select.\n"));
        return;
    }
    http_respond(call->response, status, "application/json; charset=utf-8", text);
    http_set_field(call->response, "Cache-Control", HG_STR("no-store"));
}

void app_answer_empty(struct app_call *call, unsigned status)
{
    call->response->status = status;
    call->response->body = HG_STR("");
    http_set_field(call->response, "Cache-Control", HG_STR("no-store"));
}

/* {"error":{"code","message"}}, with Graph's innerError where Graph's clients read it. */
static struct hg_json nested_error(struct app_call *call, const char *code, hg_str message)
{
    enum { DATE_LEN = sizeof("2020-12-02T22:05:53") - 1 }; /* Graph's date names no zone */
    struct hg_arena *arena = call->arena;
    struct hg_json error = hg_json_object();
    hg_json_put(arena, &error, "code", hg_json_z(code));
    hg_json_put_str(arena, &error, "message", message);
    if (call->route != NULL && call->route->surface == APP_GRAPH) {
        struct hg_json inner = hg_json_object();
        hg_str date = hg_str_sub(hg_time_rfc3339(arena, call->now), 0, DATE_LEN);
        hg_json_put_str(arena, &inner, "date", date);
        hg_json_put_str(arena, &inner, "request-id", call->trace_id);
        hg_json_put_str(arena, &inner, "client-request-id", call->correlation_id);
        hg_json_put(arena, &error, "innerError", inner);
    }
    struct hg_json body = hg_json_object();
    hg_json_put(arena, &body, "error", error);
    return body;
}

/* RFC 6749 §5.2, for protocol endpoints whose request could not even be read. */
static struct hg_json flat_error(struct app_call *call, const char *code, hg_str message)
{
    struct hg_json body = hg_json_object();
    hg_json_put(call->arena, &body, "error", hg_json_z(code));
    hg_json_put_str(call->arena, &body, "error_description", message);
    hg_json_put_str(call->arena, &body, "trace_id", call->trace_id);
    hg_json_put_str(call->arena, &body, "correlation_id", call->correlation_id);
    return body;
}

void app_refuse(struct app_call *call, unsigned status, const char *code, const char *format, ...)
{
    char text[MAX_MESSAGE];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    hg_str message = hg_str_dup(call->arena, (hg_str){text, len});

    enum app_surface surface = call->route == NULL ? APP_OWN : call->route->surface;
    if (surface == APP_PAGE) {
        struct app_page page = {.template = "refusal", .status = status, .title = "error.title"};
        app_page_put(&page, "error", message);
        if (app_page_render(call, &page, NULL) == HG_OK)
            return;
    }
    struct hg_json body =
        surface == APP_OAUTH ? flat_error(call, code, message) : nested_error(call, code, message);
    app_answer_json(call, status, &body);
}

bool app_body_object(struct app_call *call, struct hg_json *out)
{
    if (!http_content_is(call->request, "application/json")) {
        app_refuse(call, 415, "UnsupportedMediaType",
                   "The body must be JSON: send Content-Type: application/json.");
        return false;
    }
    struct hg_err err = {0};
    struct hg_json json;
    enum hg_code code =
        hg_json_parse(call->arena, call->request->body, HG_JSON_STRICT, &hg_json_api, &json, &err);
    if (code != HG_OK) {
        app_refuse(call, code == HG_TOO_BIG ? 413 : 400, "BadRequest",
                   "The body is not JSON that can be read: %s", err.detail);
        return false;
    }
    if (json.kind != HG_JSON_OBJECT) {
        app_refuse(call, 400, "BadRequest", "The body must be a JSON object, not %s.",
                   hg_json_kind_name(json.kind));
        return false;
    }
    *out = json;
    return true;
}

bool app_body_object_or_none(struct app_call *call, struct hg_json *out)
{
    if (call->request->body.len > 0)
        return app_body_object(call, out);
    *out = hg_json_object();
    return true;
}

bool app_body_knows(struct app_call *call, const struct hg_json *object, const char *names)
{
    for (uint32_t i = 0; i < object->object.n; i++) {
        hg_str name = object->object.members[i].name;
        if (hg_str_has_word(hg_str_of(names), name))
            continue;
        app_refuse(call, 400, "BadRequest", "There is no '%.*s' here; there is: %s.", HG_ARG(name),
                   names);
        return false;
    }
    return true;
}

bool app_body_form(struct app_call *call, struct http_form *out)
{
    if (!http_content_is(call->request, "application/x-www-form-urlencoded")) {
        app_refuse(call, 400, "invalid_request",
                   "AADSTS900144: The body must be a form: send Content-Type: "
                   "application/x-www-form-urlencoded.");
        return false;
    }
    struct hg_err err = {0};
    if (http_form_parse(call->arena, call->request->body, out, &err) != HG_OK) {
        app_refuse(call, 400, "invalid_request", "The form cannot be read: %s", err.detail);
        return false;
    }
    return true;
}

bool app_query(struct app_call *call, struct http_form *out)
{
    struct hg_err err = {0};
    if (http_form_parse(call->arena, call->request->query, out, &err) != HG_OK) {
        app_refuse(call, 400, "BadRequest", "The query cannot be read: %s", err.detail);
        return false;
    }
    return true;
}

hg_str app_param(const struct app_call *call, const char *name)
{
    return http_param(call->params, name);
}

hg_str app_new_id(const struct app_call *call)
{
    return hg_uuid_v4(call->arena, &call->app->random);
}
