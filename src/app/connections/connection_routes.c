#include "app/app_private.h"
#include "app/commit.h"
#include "app/connections/connection_access.h"
#include "app/connections/connection_consent.h"
#include "app/connections/connections.h"
#include "app/connections/connectors.h"
#include "app/flows/flows.h"
#include "base/base.h"
#include "connector/connector.h"
#include "event/event.h"
#include "http/http.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>

/* Connections as the platform's clients see them (flow-platform.md 1.10.1). */

enum { MAX_DISPLAY_NAME = 256 };

/* False: answered. */
static bool environment_asked(struct app_call *call)
{
    struct http_form query;
    const struct odata_filter *filter;
    struct hg_err err = {0};
    hg_str text;
    hg_str name = app_param(call, "environment");
    if (!app_query(call, &query))
        return false;
    if (name.len > 0 || !http_form_get(&query, "$filter", &text))
        return app_environment_is_ours(call, name);
    if (odata_filter_parse(call->arena, text, &filter, &err) != HG_OK) {
        app_refuse(call, 400, "BadRequest", "$filter: %s", err.detail);
        return false;
    }
    return !odata_filter_equals(filter, "environment", &name) ||
           app_environment_is_ours(call, name);
}

static enum hg_code answer_list(struct app_call *call, hg_str owner, struct hg_err *err)
{
    struct app_connections all;
    struct hg_json list = hg_json_array();
    struct hg_json body = hg_json_object();
    hg_str api = app_param(call, "api");
    HG_TRY(app_connections_list(call->app->store, call->arena, call->tenant->tenant.id, owner, &all,
                                err));
    for (size_t i = 0; i < all.n; i++) {
        struct hg_json shown;
        if (api.len > 0 && !hg_str_eq_nocase(api, all.items[i].api))
            continue;
        HG_TRY(app_connection_show(call, &all.items[i], &shown, err));
        hg_json_push(call->arena, &list, shown);
    }
    hg_json_put(call->arena, &body, "value", list);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* A host operator, who is no user, sees all. */
enum hg_code app_connections_mine(struct app_call *call, struct hg_err *err)
{
    if (!environment_asked(call))
        return HG_OK;
    if (call->caller.kind == APP_HOST_OPERATOR)
        return answer_list(call, HG_STR(""), err);
    hg_str owner = call->caller.kind == APP_DELEGATED ? call->caller.user.id : call->caller.client;
    return answer_list(call, owner, err);
}

enum hg_code app_connections_all(struct app_call *call, struct hg_err *err)
{
    if (!environment_asked(call))
        return HG_OK;
    if (app_connection_is_admin(call))
        return answer_list(call, HG_STR(""), err);
    app_refuse(call, 403, "Forbidden",
               "The connections of all users are listed for administrators of the platform.");
    return HG_OK;
}

enum hg_code app_connection_get(struct app_call *call, struct hg_err *err)
{
    struct app_connection connection;
    bool found;
    HG_TRY(app_connection_find(call, &connection, &found, err));
    return found ? app_connection_answer(call, 200, &connection, err) : HG_OK;
}

/* --- Create and rename ------------------------------------------------------------------ */

static hg_str display_name_of(const struct hg_json *body, hg_str otherwise)
{
    hg_str name = hg_json_str_or(hg_json_path(body, "properties.displayName"), HG_STR(""));
    return name.len > 0 ? hg_str_sub(name, 0, MAX_DISPLAY_NAME) : otherwise;
}

static enum hg_code run_insert(struct app_call *call, const struct app_connection *connection,
                               struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    app_connection_insert(&commit, call->tenant->tenant.id, connection);
    enum hg_code code = app_commit_run(&commit, call->app->store, err);
    if (code == HG_EXISTS) /* made in between: asked again, this is a change */
        return HG_FAIL(err, HG_CONFLICT, "connection %.*s", HG_ARG(connection->id));
    HG_TRY(code);
    app_connection_record(call, EVENT_CONNECTION_CREATED, connection);
    return HG_OK;
}

static enum hg_code create(struct app_call *call, const struct hg_json *body, struct hg_err *err)
{
    const struct connector *connector;
    struct model_user owner;
    bool refused;
    hg_str id = hg_str_lower(call->arena, app_param(call, "connection"));
    if (!app_connection_id_is_good(id)) {
        app_refuse(call, 400, "InvalidConnectionName",
                   "A connection's name has letters, digits, '-' and '_', at most 64 of them.");
        return HG_OK;
    }
    HG_TRY(app_connector_load(call->arena, app_param(call, "api"), &connector, err));
    if (connector == NULL) {
        app_refuse(call, 404, "ApiNotFound", "There is no connector '%.*s'.",
                   HG_ARG(app_param(call, "api")));
        return HG_OK;
    }
    HG_TRY(app_connection_new_owner(call, body, &owner, &refused, err));
    if (refused)
        return HG_OK;
    struct app_connection made = app_connection_new(call->now);
    made.id = id;
    made.owner = owner.id;
    made.api = connector->name;
    made.display_name = display_name_of(body, owner.upn);
    HG_TRY(run_insert(call, &made, err));
    return app_connection_answer(call, 201, &made, err);
}

static enum hg_code rename_to(struct app_call *call, struct app_connection *connection, hg_str name,
                              struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    connection->display_name = name;
    connection->modified = call->now;
    app_connection_update(&commit, call->tenant->tenant.id, connection);
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    return app_connection_answer(call, 200, connection, err);
}

enum hg_code app_connection_put(struct app_call *call, struct hg_err *err)
{
    struct hg_json body;
    struct app_connection connection;
    bool found;
    if (!app_body_object(call, &body))
        return HG_OK;
    hg_str environment =
        hg_json_str_or(hg_json_path(&body, "properties.environment.name"), HG_STR(""));
    if (!app_environment_is_ours(call, environment))
        return HG_OK;
    hg_str id = hg_str_lower(call->arena, app_param(call, "connection"));
    enum hg_code code = app_connection_load(call->app->store, call->arena, call->tenant->tenant.id,
                                            id, &connection, err);
    if (code == HG_NOT_FOUND)
        return create(call, &body, err);
    HG_TRY(code);
    HG_TRY(app_connection_find(call, &connection, &found, err));
    return found
               ? rename_to(call, &connection, display_name_of(&body, connection.display_name), err)
               : HG_OK;
}

/* --- Delete ------------------------------------------------------------------------------- */

enum hg_code app_connection_remove(struct app_call *call, struct hg_err *err)
{
    struct app_connection connection;
    bool found;
    HG_TRY(app_connection_find(call, &connection, &found, err));
    if (!found)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    HG_TRY(app_connection_end_grant(call, &commit, &connection, err));
    app_connection_delete(&commit, call->tenant->tenant.id, connection.id);
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    app_answer_empty(call, 200); /* clients read 204 as "there was none" */
    return HG_OK;
}
