#include "app/app_private.h"
#include "app/connections/connectors.h"
#include "base/base.h"
#include "connector/connector.h"
#include "http/http.h"

#include <stdbool.h>
#include <stddef.h>

/* Connectors as the platform's clients see them (flow-platform.md 1.11). */

static size_t index_of(hg_str name)
{
    size_t i = 0;
    while (i < app_connector_count() && !hg_str_eq_nocase(app_connector_name(i), name))
        i++;
    return i;
}

/* Clients fetch it without a token. */
static hg_str swagger_url(const struct app_call *call, hg_str name)
{
    return hg_str_format(call->arena, "%.*s/connectors/%.*s/apiDefinition.swagger.json",
                         HG_ARG(call->app->config.base_url), HG_ARG(name));
}

static struct hg_json properties_of(struct app_call *call, const struct connector *connector)
{
    struct hg_arena *arena = call->arena;
    hg_str base = call->app->config.base_url;
    hg_str runtime = hg_str_format(arena, "%.*s%.*s", HG_ARG(base), HG_ARG(connector->base_path));
    struct hg_json json = connector->properties == NULL
                              ? hg_json_object()
                              : hg_json_copy(arena, connector->properties);
    struct hg_json urls = hg_json_array();
    struct hg_json definitions = hg_json_object();
    hg_json_put_str(arena, &json, "displayName", connector->title);
    hg_json_put_str(arena, &json, "description", connector->description);
    hg_json_push(arena, &urls, hg_json_str(runtime));
    hg_json_put(arena, &json, "runtimeUrls", urls);
    hg_json_put_str(arena, &json, "primaryRuntimeUrl", runtime);
    hg_json_put_str(arena, &definitions, "originalSwaggerUrl", swagger_url(call, connector->name));
    hg_json_put_str(arena, &definitions, "modifiedSwaggerUrl", swagger_url(call, connector->name));
    hg_json_put(arena, &json, "apiDefinitions", definitions);
    hg_json_put(arena, &json, "isCustomApi", hg_json_bool(false));
    return json;
}

/* The whole swagger document only for one connector, not in lists. */
static struct hg_json connector_json(struct app_call *call, const struct connector *connector,
                                     bool with_swagger)
{
    struct hg_arena *arena = call->arena;
    struct hg_json json = hg_json_object();
    hg_json_put_str(arena, &json, "name", connector->name);
    hg_json_put_str(
        arena, &json, "id",
        hg_str_format(arena, "/providers/Microsoft.PowerApps/apis/%.*s", HG_ARG(connector->name)));
    hg_json_put(arena, &json, "type", hg_json_z("Microsoft.PowerApps/apis"));
    struct hg_json properties = properties_of(call, connector);
    if (with_swagger)
        hg_json_put(arena, &properties, "swagger", *connector->swagger);
    hg_json_put(arena, &json, "properties", properties);
    return json;
}

/* IsCustomApi eq 'True': none of the built-in ones. */
static bool wants_custom(const struct http_form *query)
{
    hg_str filter = http_form_or(query, "$filter", "");
    return hg_str_find(filter, HG_STR("IsCustomApi eq 'True'")) != HG_NPOS;
}

enum hg_code app_connectors_get(struct app_call *call, struct hg_err *err)
{
    struct http_form query;
    struct hg_json list = hg_json_array();
    struct hg_json body = hg_json_object();
    if (!app_query(call, &query))
        return HG_OK;
    for (size_t i = 0; !wants_custom(&query) && i < app_connector_count(); i++) {
        const struct connector *connector;
        HG_TRY(app_connector_load(call->arena, app_connector_name(i), &connector, err));
        hg_json_push(call->arena, &list, connector_json(call, connector, false));
    }
    hg_json_put(call->arena, &body, "value", list);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_connector_get(struct app_call *call, struct hg_err *err)
{
    const struct connector *connector;
    HG_TRY(app_connector_load(call->arena, app_param(call, "api"), &connector, err));
    if (connector == NULL) {
        app_refuse(call, 404, "ApiNotFound", "There is no connector '%.*s'.",
                   HG_ARG(app_param(call, "api")));
        return HG_OK;
    }
    struct hg_json json = connector_json(call, connector, true);
    app_answer_json(call, 200, &json);
    return HG_OK;
}

enum hg_code app_connector_swagger_get(struct app_call *call, struct hg_err *err)
{
    (void)err;
    size_t i = index_of(app_param(call, "api"));
    if (i == app_connector_count()) {
        app_refuse(call, 404, "ApiNotFound", "There is no connector '%.*s'.",
                   HG_ARG(app_param(call, "api")));
        return HG_OK;
    }
    http_respond(call->response, 200, "application/json; charset=utf-8", app_connector_swagger(i));
    http_set_field(call->response, "Cache-Control", HG_STR("public, max-age=3600"));
    return HG_OK;
}
