#include "app/app_private.h"
#include "app/connections/connections.h"
#include "app/tokens/oauth.h"
#include "base/base.h"
#include "model/model.h"
#include "oidc/error.h"

#include <stddef.h>
#include <stdio.h>

static hg_str environment_name(struct app_call *call)
{
    return hg_str_format(call->arena, "Default-%.*s", HG_ARG(call->tenant->tenant.id));
}

static struct hg_json statuses(struct app_call *call, const struct app_connection *connection)
{
    struct hg_arena *arena = call->arena;
    struct hg_json status = hg_json_object();
    struct hg_json list = hg_json_array();
    if (connection->status == APP_CONNECTION_CONNECTED) {
        hg_json_put(arena, &status, "status", hg_json_z("Connected"));
    } else {
        struct hg_json error = hg_json_object();
        hg_json_put(arena, &status, "status", hg_json_z("Error"));
        hg_json_put(arena, &status, "target", hg_json_z("token"));
        hg_json_put_str(arena, &error, "code", connection->error_code);
        hg_json_put_str(arena, &error, "message", connection->error_message);
        hg_json_put(arena, &status, "error", error);
    }
    hg_json_push(arena, &list, status);
    return list;
}

static struct hg_json owner_json(struct app_call *call, const struct app_connection *connection,
                                 const struct model_user *owner)
{
    struct hg_arena *arena = call->arena;
    struct hg_json json = hg_json_object();
    hg_json_put_str(arena, &json, "id", connection->owner);
    hg_json_put_str(arena, &json, "displayName", owner == NULL ? HG_STR("") : owner->display_name);
    hg_json_put_str(arena, &json, "email", owner == NULL ? HG_STR("") : owner->mail);
    hg_json_put(arena, &json, "type", hg_json_z("User"));
    hg_json_put_str(arena, &json, "tenantId", call->tenant->tenant.id);
    hg_json_put_str(arena, &json, "userPrincipalName", owner == NULL ? HG_STR("") : owner->upn);
    return json;
}

static struct hg_json properties(struct app_call *call, const struct app_connection *connection,
                                 const struct model_user *owner)
{
    struct hg_arena *arena = call->arena;
    hg_str environment = environment_name(call);
    struct hg_json json = hg_json_object();
    struct hg_json parameters = hg_json_object();
    struct hg_json place = hg_json_object();
    struct hg_json user = hg_json_object();
    hg_json_put_str(
        arena, &json, "apiId",
        hg_str_format(arena, "/providers/Microsoft.PowerApps/apis/%.*s", HG_ARG(connection->api)));
    hg_json_put_str(arena, &json, "displayName", connection->display_name);
    hg_json_put_str(arena, &json, "accountName", owner == NULL ? HG_STR("") : owner->upn);
    hg_json_put(arena, &json, "statuses", statuses(call, connection));
    hg_json_put(arena, &json, "overallStatus",
                hg_json_z(connection->status == APP_CONNECTION_CONNECTED ? "Connected" : "Error"));
    hg_json_put_str(arena, &user, "name", owner == NULL ? HG_STR("") : owner->upn);
    hg_json_put(arena, &json, "authenticatedUser", user);
    hg_json_put(arena, &parameters, "token:grantType", hg_json_z("code"));
    hg_json_put(arena, &parameters, "sku", hg_json_z("Enterprise"));
    hg_json_put(arena, &json, "connectionParameters", parameters);
    hg_json_put(arena, &json, "createdBy", owner_json(call, connection, owner));
    hg_json_put_str(arena, &json, "createdTime", hg_time_seven(arena, connection->created));
    hg_json_put_str(arena, &json, "lastModifiedTime", hg_time_seven(arena, connection->modified));
    hg_json_put_str(arena, &place, "id",
                    hg_str_format(arena, "/providers/Microsoft.PowerApps/environments/%.*s",
                                  HG_ARG(environment)));
    hg_json_put_str(arena, &place, "name", environment);
    hg_json_put(arena, &json, "environment", place);
    hg_json_put(arena, &json, "allowSharing", hg_json_bool(false));
    return json;
}

struct hg_json app_connection_json(struct app_call *call, const struct app_connection *connection,
                                   const struct model_user *owner)
{
    struct hg_arena *arena = call->arena;
    struct hg_json json = hg_json_object();
    hg_json_put_str(arena, &json, "name", connection->id);
    hg_json_put_str(arena, &json, "id",
                    hg_str_format(arena,
                                  "/providers/Microsoft.PowerApps/apis/%.*s/connections/%.*s",
                                  HG_ARG(connection->api), HG_ARG(connection->id)));
    hg_json_put(arena, &json, "type", hg_json_z("Microsoft.PowerApps/apis/connections"));
    hg_json_put(arena, &json, "properties", properties(call, connection, owner));
    return json;
}

/* "11/24/2026 4:14:11 PM", as the documented text has it. */
static hg_str american(struct hg_arena *arena, hg_time t)
{
    struct hg_civil c = hg_civil_of(t);
    unsigned hour = c.hour % 12 == 0 ? 12 : c.hour % 12;
    return hg_str_format(arena, "%u/%u/%lld %u:%02u:%02u %s", c.month, c.day, (long long)c.year,
                         hour, c.minute, c.second, c.hour < 12 ? "AM" : "PM");
}

/* The grammar of 1.10.3 has each of the three ids on a line of its own, where the token
 * endpoint's answer has blanks. */
static enum hg_code refusal_body(struct app_call *call, const struct oidc_error *error, hg_str *out,
                                 struct hg_err *err)
{
    struct hg_arena *arena = call->arena;
    struct oidc_error_context context = app_oauth_context(call);
    struct hg_json json;
    hg_str body;
    hg_str text;
    HG_TRY(oidc_error_body(arena, error, &context, &body, err));
    HG_TRY(hg_json_parse(arena, body, HG_JSON_STRICT, &hg_json_api, &json, err));
    HG_TRY(oidc_error_text(arena, error, &text, err));
    hg_json_put_str(arena, &json, "error_description",
                    hg_str_format(arena,
                                  "%.*s\r\nTrace ID: %.*s\r\nCorrelation ID: %.*s\r\n"
                                  "Timestamp: %.*s",
                                  HG_ARG(text), HG_ARG(context.trace_id),
                                  HG_ARG(context.correlation_id),
                                  HG_ARG(hg_time_aadsts(arena, context.now))));
    return hg_json_render(arena, &json, out, err);
}

enum hg_code app_connection_failure(struct app_call *call, hg_str service,
                                    const struct oidc_error *error, hg_str *out, struct hg_err *err)
{
    hg_str body;
    HG_TRY(refusal_body(call, error, &body, err));
    *out = hg_str_format(call->arena,
                         "Failed to refresh access token for service: %.*s. Correlation Id=g-%.*s, "
                         "UTC TimeStamp=%.*s, Error: Failed to acquire token from AAD: %.*s",
                         HG_ARG(service), HG_ARG(call->correlation_id),
                         HG_ARG(american(call->arena, call->now)), HG_ARG(body));
    return out->len > 0 ? HG_OK : HG_FAIL(err, HG_NO_MEMORY, "connection status");
}
