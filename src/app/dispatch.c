#include "app/app_private.h"
#include "app/caches.h"
#include "app/caller.h"
#include "app/directory/tenants.h"
#include "app/offline.h"
#include "app/tokens/oauth.h"
#include "base/base.h"
#include "event/event.h"
#include "http/http.h"
#include "oidc/error.h"

#include <stdbool.h>
#include <stddef.h>

static const struct app_route routes[] = {
#define ROUTE(a_surface, a_methods, a_pattern, a_handler, a_scopes, a_roles) \
    {.surface = (a_surface),                                                 \
     .methods = (a_methods),                                                 \
     .pattern = (a_pattern),                                                 \
     .handler = (a_handler),                                                 \
     .scopes = (a_scopes),                                                   \
     .roles = (a_roles)},
#include "app/routes.def"
#undef ROUTE
};

enum { N_ROUTES = HG_COUNT(routes) };

static struct http_route table[N_ROUTES];

/* Rows as the router reads them. Written once, by app_open, before any thread runs. */
void app_routes_prepare(void)
{
    for (size_t i = 0; i < N_ROUTES; i++)
        table[i] = (struct http_route){routes[i].methods, routes[i].pattern, (int)i};
}

/* --- headgate help routes ---------------------------------------------------- */

static const char *const surface_names[APP_SURFACE_COUNT] = {
    [APP_OAUTH] = "oauth", [APP_PAGE] = "page",           [APP_GRAPH] = "graph",
    [APP_FLOW] = "flow",   [APP_POWERAPPS] = "powerapps", [APP_RUNTIME] = "runtime",
    [APP_MAIL] = "mail",   [APP_SITES] = "sites",         [APP_DEVICES] = "devices",
    [APP_OWN] = "own",
};

struct hg_json app_offline_routes(struct hg_arena *arena, hg_str part)
{
    struct hg_json rows = hg_json_array();
    for (size_t i = 0; i < N_ROUTES; i++) {
        const struct app_route *route = &routes[i];
        const char *surface = surface_names[route->surface];
        if (!hg_str_starts_nocase(hg_str_of(surface), part) &&
            !hg_str_starts_nocase(hg_str_of(route->pattern), part))
            continue;
        struct hg_json row = hg_json_object();
        hg_json_put(arena, &row, "surface", hg_json_z(surface));
        hg_json_put(arena, &row, "methods", hg_json_z(route->methods));
        hg_json_put(arena, &row, "pattern", hg_json_z(route->pattern));
        hg_json_put(arena, &row, "scopes",
                    route->scopes == NULL ? hg_json_null() : hg_json_z(route->scopes));
        hg_json_put(arena, &row, "roles", hg_json_z(route->roles));
        hg_json_push(arena, &rows, row);
    }
    return rows;
}

/* --- Requests ------------------------------------------------------------------ */

static const struct app_route *find_route(struct hg_arena *arena, hg_str method, hg_str path,
                                          struct http_params *params, enum http_match *match,
                                          hg_str *allow)
{
    struct http_found found = {0};
    *match = http_route_find(arena, &(struct http_routes){table, N_ROUTES}, method, path, &found);
    *params = found.params;
    *allow = found.allow;
    return *match == HTTP_NO_PATH ? NULL : &routes[found.index];
}

/* Members of few rows only. */
static bool path_starts(hg_str path, const char *prefix)
{
    return hg_str_starts_nocase(path, hg_str_of(prefix));
}

size_t app_body_limit(const struct app *app, hg_str method, hg_str path)
{
    (void)method;
    bool is_big = path_starts(path, "/workflows/") || path_starts(path, "/apim/");
    return is_big ? HG_MAX_WEBHOOK_BODY : app->config.max_body;
}

static hg_str own_or_given_correlation(struct app_call *call)
{
    hg_str given;
    if (http_header(call->request, "client-request-id", &given) && hg_uuid_valid(given))
        return given;
    struct http_form query;
    if (http_form_parse(call->arena, call->request->query, &query, NULL) == HG_OK &&
        http_form_get(&query, "client-request-id", &given) && hg_uuid_valid(given))
        return given;
    return app_new_id(call);
}

static void common_fields(struct app_call *call)
{
    http_set_field(call->response, "x-ms-request-id", call->trace_id);
    http_set_field(call->response, "request-id", call->trace_id);
    http_set_field(call->response, "client-request-id", call->correlation_id);
}

/* A protocol error that a request meets before its handler: a page for people, else JSON. */
static enum hg_code refuse_by_row(struct app_call *call, const struct oidc_error *error,
                                  struct hg_err *err)
{
    return call->route->surface == APP_PAGE ? app_oauth_error_page(call, error, HG_STR(""), err)
                                            : app_oauth_answer_error(call, error, err);
}

/* Personal accounts, by their name or by their reserved id: there are none. */
static bool is_consumers(hg_str name)
{
    return hg_str_eq_nocase(name, HG_STR("consumers")) ||
           hg_str_eq_nocase(name, HG_STR("9188040d-6c67-4c5b-b112-36a304b66dad"));
}

/* The tenant a path names. "common" and "organizations" are the server's own tenant. */
static enum hg_code path_tenant(struct app_call *call, bool *refused, struct hg_err *err)
{
    hg_str name = app_param(call, "tenant");
    *refused = false;
    if (name.len == 0)
        return HG_OK;
    enum hg_code code;
    if (hg_str_eq_nocase(name, HG_STR("common")) || hg_str_eq_nocase(name, HG_STR("organizations")))
        code = app_snapshot_first(call->app, &call->tenant, err);
    else
        code = app_snapshot_get(call->app, name, &call->tenant, err);
    if (code != HG_NOT_FOUND)
        return code;
    *refused = true;
    struct oidc_error error = oidc_error_make(is_consumers(name) ? OIDC_ERROR_TENANT_CONSUMERS
                                                                 : OIDC_ERROR_TENANT_UNKNOWN);
    oidc_error_put(&error, "tenant", name);
    return refuse_by_row(call, &error, err);
}

/* {version} is v1.0 or beta; anything else is no Graph. */
static bool version_is_known(const struct app_call *call)
{
    hg_str version = app_param(call, "version");
    return version.len == 0 || hg_str_eq_nocase(version, HG_STR("v1.0")) ||
           hg_str_eq_nocase(version, HG_STR("beta"));
}

static enum hg_code run_route(struct app_call *call, struct hg_err *err)
{
    bool refused = false;
    if (!version_is_known(call)) {
        app_refuse(call, 404, "NotFound", "Invalid version: %.*s. There are v1.0 and beta.",
                   HG_ARG(app_param(call, "version")));
        return HG_OK;
    }
    HG_TRY(path_tenant(call, &refused, err));
    if (refused)
        return HG_OK;
    if (call->route->scopes != NULL) {
        HG_TRY(app_caller_authenticate(call, &refused, err));
        if (refused)
            return HG_OK;
    }
    return call->route->handler(call, err);
}

static void record_failure(struct app_call *call, enum hg_code code, const struct hg_err *err)
{
    struct event event = event_new(EVENT_REQUEST_FAILED, call->now);
    event_str(&event, "method", call->request->method);
    event_str(&event, "route", hg_str_of(call->route == NULL ? "" : call->route->pattern));
    event_str(&event, "code", hg_str_of(hg_code_text(code)));
    event_str(&event, "where", hg_str_of(err->where == NULL ? "" : err->where));
    event_str(&event, "detail", hg_str_of(err->detail));
    event_str(&event, "correlation_id", call->correlation_id);
    call->app->events.record(call->app->events.self, &event);
}

/* Nothing of what went wrong inside is told to the caller; the ids find it in the log. */
static void answer_failure(struct app_call *call, enum hg_code code, const struct hg_err *err)
{
    record_failure(call, code, err);
    *call->response = (struct http_response){0};
    bool passing = code == HG_BUSY || code == HG_UNAVAILABLE || code == HG_CONFLICT;
    if (passing)
        http_set_field(call->response, "Retry-After", HG_STR("1"));
    app_refuse(
        call, passing ? 503 : 500, passing ? "temporarily_unavailable" : "server_error",
        passing
            ? "AADSTS90033: A transient error has occurred. Please try again. Trace ID: %.*s"
            : "AADSTS90033: Something went wrong here, and it is in the log under Trace ID: %.*s",
        HG_ARG(call->trace_id));
    common_fields(call);
}

static enum hg_code refuse_method(struct app_call *call, hg_str allow, struct hg_err *err)
{
    bool is_protocol = call->route->surface == APP_OAUTH || call->route->surface == APP_PAGE;
    http_set_field(call->response, "Allow", allow);
    if (!is_protocol) {
        app_refuse(call, 405, "MethodNotAllowed", "%.*s is not possible here; allowed: %.*s.",
                   HG_ARG(call->request->method), HG_ARG(allow));
        return HG_OK;
    }
    struct oidc_error error = oidc_error_make(OIDC_ERROR_METHOD);
    oidc_error_put(&error, "verbs", allow);
    oidc_error_put(&error, "verb", call->request->method);
    return refuse_by_row(call, &error, err);
}

/* The call with its ids and its route (NULL: no pattern matches). */
static enum http_match begin(struct app_call *call, struct http_params *params, hg_str *allow)
{
    enum http_match match;
    call->trace_id = app_new_id(call);
    call->correlation_id = own_or_given_correlation(call);
    call->route =
        find_route(call->arena, call->request->method, call->request->path, params, &match, allow);
    common_fields(call);
    return match;
}

void app_handle(struct app *app, hg_time now, struct hg_arena *arena,
                const struct http_request *request, struct http_response *response)
{
    struct http_params params = {0};
    struct app_call call = {
        .app = app,
        .now = now,
        .arena = arena,
        .request = request,
        .params = &params,
        .response = response,
    };
    hg_str allow = HG_STR("");
    enum http_match match = begin(&call, &params, &allow);
    if (call.route == NULL) {
        app_refuse(&call, 404, "NotFound", "There is nothing at %.*s.", HG_ARG(request->path));
        return;
    }
    struct hg_err err = {0};
    enum hg_code code =
        match == HTTP_MATCHED ? run_route(&call, &err) : refuse_method(&call, allow, &err);
    if (code != HG_OK)
        answer_failure(&call, code, &err);
    app_snapshot_put(app, call.tenant);
}

void app_handle_too_large(struct app *app, hg_time now, struct hg_arena *arena,
                          const struct http_request *request, struct http_response *response)
{
    struct http_params params = {0};
    struct app_call call = {
        .app = app,
        .now = now,
        .arena = arena,
        .request = request,
        .params = &params,
        .response = response,
    };
    hg_str allow = HG_STR("");
    (void)begin(&call, &params, &allow);
    bool is_protocol = call.route != NULL && call.route->surface == APP_OAUTH;
    app_refuse(&call, 413, is_protocol ? "invalid_request" : "RequestTooLarge",
               "The body is larger than the %zu bytes that are taken here.",
               app_body_limit(app, request->method, request->path));
}
