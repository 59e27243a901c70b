#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/applications.h"
#include "app/directory/credentials.h"
#include "app/directory/objects.h"
#include "app/directory/tenants.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/lockout.h"
#include "app/graph_api/signins.h"
#include "app/graph_api/write.h"
#include "app/signals/signals.h"
#include "base/base.h"
#include "event/event.h"
#include "http/http.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How Graph's collections change: create, update, delete, and what stands for all of them
 * (graph.c has the rows). */

static hg_str author_of(const struct app_call *call)
{
    const struct app_caller *caller = &call->caller;
    if (caller->kind == APP_HOST_OPERATOR)
        return HG_STR("host operator");
    return caller->kind == APP_DELEGATED
               ? caller->user.upn
               : hg_str_format(call->arena, "application %.*s", HG_ARG(caller->client));
}

/* The reason that a body of a policy or named location says beside the object. */
bool app_graph_take_reason(struct app_call *call, struct hg_json *input, struct app_write *write)
{
    static const char name[] = "headgate.reason";
    const struct hg_json *given = hg_json_get(input, name);
    if (given != NULL && !hg_json_as_str(given, &write->reason)) {
        app_refuse(call, 400, "BadRequest", "%s must be a string.", name);
        return false;
    }
    (void)hg_json_remove(input, HG_STR("headgate.reason"));
    if (write->reason.len <= GRAPH_MAX_STRING)
        return true;
    app_refuse(call, 400, "BadRequest", "The reason of a change has at most %d bytes.",
               (int)GRAPH_MAX_STRING);
    return false;
}

struct app_write app_graph_write(struct app_call *call, struct app_commit *commit,
                                 enum graph_mode mode)
{
    return (struct app_write){
        .app = call->app,
        .now = call->now,
        .arena = call->arena,
        .tenant = call->tenant->tenant.id,
        .domain = call->tenant->tenant.domain,
        .behaviour = call->tenant->tenant.behaviour,
        .mode = mode,
        .author = author_of(call),
        .reason = http_header_or(call->request, "Headgate-Reason", ""),
        .commit = commit,
    };
}

enum hg_code app_graph_refused(struct app_call *call, const struct app_write *write,
                               enum hg_code code, struct hg_err *err)
{
    (void)err;
    if (code != HG_MALFORMED)
        return code;
    app_refuse(call, 400, hg_str_z(call->arena, write->fault.code), "%.*s",
               HG_ARG(write->fault.message));
    return HG_OK;
}

/* --- ETags ------------------------------------------------------------------------------- */

hg_str app_graph_etag(struct hg_arena *arena, const struct app_object *object)
{
    return hg_str_format(arena, "W/\"%lld\"", (long long)object->version);
}

bool app_graph_matches(struct app_call *call, const struct app_collection *collection,
                       const struct app_object *object)
{
    hg_str given;
    if (!collection->has_etag || !http_header(call->request, "If-Match", &given))
        return true;
    hg_str etag = app_graph_etag(call->arena, object);
    hg_str strong = hg_str_from(etag, 2); /* also as those write it who know no weak ones */
    hg_str one;
    for (hg_str rest = given; hg_str_field(&rest, ',', &one);) {
        one = hg_str_trim(one);
        if (hg_str_eq(one, HG_STR("*")) || hg_str_eq(one, etag) || hg_str_eq(one, strong))
            return true;
    }
    app_refuse(call, 412, "PreconditionFailed",
               "The %s has changed since it was read: it is at %.*s, and If-Match asks for %.*s. "
               "Read it again and repeat the change.",
               collection->title, HG_ARG(etag), HG_ARG(given));
    return false;
}

/* --- One commit ---------------------------------------------------------------------------- */

/* The set as it will be, for sign-in rows that name its version. */
static enum hg_code put_policy_version(struct app_call *call, struct app_commit *commit, hg_str id,
                                       const struct hg_json *changed, struct hg_err *err)
{
    struct app_objects all;
    HG_TRY(app_objects_list(call->app->store, call->arena, call->tenant->tenant.id, APP_KIND_POLICY,
                            HG_STR(""), 0, &all, err));
    struct hg_json rules = hg_json_array();
    bool placed = changed == NULL;
    for (size_t i = 0; i < all.n; i++) {
        int cmp = hg_str_cmp(id, all.items[i].id);
        if (!placed && cmp <= 0) { /* ids are the set's order */
            hg_json_push(call->arena, &rules, *changed);
            placed = true;
        }
        if (cmp != 0)
            hg_json_push(call->arena, &rules, all.items[i].body);
    }
    if (!placed)
        hg_json_push(call->arena, &rules, *changed);
    return app_policy_version_put(commit, call->tenant->tenant.id, call->tenant->version + 1,
                                  &rules, err);
}

/* What decides who gets in. */
static bool is_guarded(const struct app_collection *collection)
{
    return collection->kind == APP_KIND_POLICY || collection->kind == APP_KIND_LOCATION ||
           collection->kind == APP_KIND_STRENGTH || collection->kind == APP_KIND_SECURITY_DEFAULTS;
}

static void record_change(struct app_call *call, const struct app_collection *collection, hg_str id)
{
    struct event event = event_new(collection->changed, call->now);
    event_str(&event, "kind", hg_str_of(collection->title));
    event_str(&event, "id", id);
    event_str(&event, "action", call->request->method);
    event_str(&event, "by", author_of(call));
    call->app->events.record(call->app->events.self, &event);
}

enum hg_code app_graph_commit(struct app_call *call, const struct app_collection *collection,
                              struct app_commit *commit, hg_str id, const struct hg_json *changed,
                              bool *done, struct hg_err *err)
{
    if (is_guarded(collection)) {
        const struct app_policy_change change = {collection->kind, id, changed};
        bool refused;
        HG_TRY(app_lockout_check(call, &change, &refused, err));
        *done = false;
        if (refused)
            return HG_OK;
    }
    if (collection->in_snapshot) {
        HG_TRY(put_policy_version(call, commit,
                                  collection->kind == APP_KIND_POLICY ? id : HG_STR(""),
                                  collection->kind == APP_KIND_POLICY ? changed : NULL, err));
        app_tenant_touch(commit, call->tenant, APP_TOUCH_POLICIES);
    }
    enum hg_code code = app_commit_run(commit, call->app->store, err);
    *done = code == HG_OK;
    if (code == HG_EXISTS)
        app_refuse(call, 409, "Request_MultipleObjectsWithSameKeyValue",
                   "Another object with the same value for property userPrincipalName, appId or id "
                   "already exists.");
    else if (code == HG_CONFLICT)
        app_refuse(call, 409, "Conflict",
                   "The %s, or the tenant's policies, were changed by someone else at the same "
                   "moment. Read it again and repeat the change.",
                   collection->title);
    else if (code != HG_OK)
        return code;
    if (*done)
        record_change(call, collection, id);
    return HG_OK;
}

enum hg_code app_graph_create(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    return app_body_object(call, &input) ? app_graph_create_from(call, &input, err) : HG_OK;
}

enum hg_code app_graph_create_from(struct app_call *call, struct hg_json *input, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    struct app_commit commit = app_commit_new(call->arena);
    struct app_write write = app_graph_write(call, &commit, GRAPH_CREATE);
    struct app_object object;
    if (collection->has_etag && !app_graph_take_reason(call, input, &write))
        return HG_OK;
    enum hg_code code = collection->create(&write, input, &object, err);
    if (code != HG_OK)
        return app_graph_refused(call, &write, code, err);
    bool done;
    HG_TRY(app_graph_commit(call, collection, &commit, object.id, &object.body, &done, err));
    if (done)
        app_graph_answer_object(call, collection, 201, &object);
    return HG_OK;
}

void app_graph_answer_object(struct app_call *call, const struct app_collection *collection,
                             unsigned status, const struct app_object *object)
{
    const struct odata_query all = {0};
    struct hg_json body = app_graph_show(call, collection, &all, object);
    app_answer_json(call, status, &body);
    if (collection->has_etag)
        http_set_field(call->response, "ETag", app_graph_etag(call->arena, object));
}

/* *found false: answered. */
static enum hg_code find_changeable(struct app_call *call, const struct app_collection *collection,
                                    struct app_object *out, bool *found, struct hg_err *err)
{
    HG_TRY(app_graph_find(call, collection, app_param(call, "id"), out, found, err));
    if (!*found)
        return HG_OK;
    *found = app_graph_matches(call, collection, out);
    bool is_other = collection->kind == APP_KIND_USER && !hg_str_eq(out->id, call->caller.user.id);
    return *found && is_other ? app_graph_may_administer(call, out->id, found, err) : HG_OK;
}

enum hg_code app_graph_update(struct app_call *call, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    struct hg_json input;
    struct app_object stored;
    bool found;
    if (!app_body_object(call, &input))
        return HG_OK;
    HG_TRY(find_changeable(call, collection, &stored, &found, err));
    if (!found)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    struct app_write write = app_graph_write(call, &commit, GRAPH_UPDATE);
    struct app_object object;
    if (collection->has_etag && !app_graph_take_reason(call, &input, &write))
        return HG_OK;
    enum hg_code code = collection->update(&write, &stored, &input, &object, err);
    if (code != HG_OK)
        return app_graph_refused(call, &write, code, err);
    bool done;
    HG_TRY(app_graph_commit(call, collection, &commit, object.id, &object.body, &done, err));
    if (!done)
        return HG_OK;
    app_answer_empty(call, 204);
    if (collection->has_etag)
        http_set_field(call->response, "ETag", app_graph_etag(call->arena, &object));
    return HG_OK;
}

static enum hg_code forget_service_principal(struct app_call *call, struct app_commit *commit,
                                             hg_str app_id, struct hg_err *err)
{
    struct app_object principal;
    hg_str tenant = call->tenant->tenant.id;
    enum hg_code code = app_object_by_name(call->app->store, call->arena, tenant,
                                           APP_KIND_SERVICE_PRINCIPAL, app_id, &principal, err);
    if (code != HG_OK)
        return code == HG_NOT_FOUND ? HG_OK : code;
    app_object_delete(commit, tenant, APP_KIND_SERVICE_PRINCIPAL, principal.id);
    app_signals_forget(commit, tenant, principal.id);
    return HG_OK;
}

/* What else goes with an object. */
static enum hg_code forget(struct app_call *call, struct app_commit *commit,
                           const struct app_collection *collection, const struct app_object *object,
                           struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    app_links_forget(commit, tenant, object->id);
    if (collection->kind == APP_KIND_USER)
        app_credentials_forget(commit, tenant, object->id);
    app_signals_forget(commit, tenant, object->id);
    if (collection->kind != APP_KIND_APPLICATION)
        return HG_OK;
    app_secrets_forget(commit, tenant, object->name);
    return forget_service_principal(call, commit, object->name, err);
}

enum hg_code app_graph_delete(struct app_call *call, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    struct app_object object;
    bool found;
    HG_TRY(find_changeable(call, collection, &object, &found, err));
    if (!found)
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    struct app_write write = app_graph_write(call, &commit, GRAPH_UPDATE);
    enum hg_code code =
        collection->release == NULL ? HG_OK : collection->release(&write, &object, err);
    if (code != HG_OK)
        return app_graph_refused(call, &write, code, err);
    app_object_delete(&commit, call->tenant->tenant.id, collection->kind, object.id);
    if (collection->bin != 0)
        HG_TRY(app_deleted_keep(&write, collection->bin, &object, err));
    HG_TRY(forget(call, &commit, collection, &object, err));
    bool done;
    HG_TRY(app_graph_commit(call, collection, &commit, object.id, NULL, &done, err));
    if (done)
        app_answer_empty(call, 204);
    return HG_OK;
}
