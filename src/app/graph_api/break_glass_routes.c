#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/break_glass.h"
#include "app/directory/directory.h"
#include "app/directory/objects.h"
#include "app/directory/tenants.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/lockout.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "event/event.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* /api/breakGlass: which accounts they are, whether they get in, and on the host the way to
 * switch policies off. */

static struct hg_json shown(struct hg_arena *arena, const struct app_object *object,
                            const struct model_user *user)
{
    static const char *const members[] = {"addedDateTime", "addedBy", "lastTestedDateTime"};
    struct hg_json json = hg_json_object();
    hg_json_put_str(arena, &json, "id", object->id);
    hg_json_put_str(arena, &json, "userPrincipalName", user->upn);
    hg_json_put(arena, &json, "accountEnabled", hg_json_bool(user->enabled));
    hg_json_put(arena, &json, "hasSecondFactor", hg_json_bool(user->has_mfa_method));
    for (size_t i = 0; i < HG_COUNT(members); i++) {
        const struct hg_json *value = hg_json_get(&object->body, members[i]);
        hg_json_put(arena, &json, members[i], value == NULL ? hg_json_null() : *value);
    }
    return json;
}

/* A user that is gone is an account that cannot be used: shown without a name. */
static enum hg_code load_user(struct app_call *call, hg_str id, struct model_user *out,
                              struct hg_err *err)
{
    enum hg_code code =
        app_user_load(call->app, call->arena, call->tenant->tenant.id, id, out, err);
    if (code == HG_NOT_FOUND)
        *out = (struct model_user){.id = id};
    return code == HG_NOT_FOUND ? HG_OK : code;
}

enum hg_code app_break_glass_get(struct app_call *call, struct hg_err *err)
{
    struct app_objects all;
    struct hg_json value = hg_json_array();
    struct hg_json body = hg_json_object();
    HG_TRY(app_break_glass_list(call->app->store, call->arena, call->tenant->tenant.id, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        struct model_user user;
        HG_TRY(load_user(call, all.items[i].id, &user, err));
        hg_json_push(call->arena, &value, shown(call->arena, &all.items[i], &user));
    }
    hg_json_put(call->arena, &body, "value", value);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* Changes of the list rebuild snapshots: sign-ins look there. */
static enum hg_code commit(struct app_call *call, struct app_commit *commit, hg_str id, bool *done,
                           struct hg_err *err)
{
    return app_graph_commit(call, app_collection_of_kind(APP_KIND_BREAK_GLASS), commit, id, NULL,
                            done, err);
}

static hg_str who(const struct app_call *call)
{
    return call->caller.kind == APP_HOST_OPERATOR ? HG_STR("host operator") : call->caller.user.upn;
}

/* False: refused. The list is what keeps people in; an application that writes policies
 * does not also take away who is kept in. */
static bool is_person(struct app_call *call)
{
    if (call->caller.kind != APP_APPLICATION)
        return true;
    app_refuse(
        call, 403, "Authorization_RequestDenied",
        "Break-glass accounts are chosen by a Global Administrator or on the host, not by an "
        "application.");
    return false;
}

enum hg_code app_break_glass_add(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    struct model_user user;
    bool done;
    if (!is_person(call) || !app_body_object(call, &input) || !app_body_knows(call, &input, "user"))
        return HG_OK;
    hg_str name = hg_json_str_or(hg_json_get(&input, "user"), HG_STR(""));
    hg_str tenant = call->tenant->tenant.id;
    if (name.len == 0 || name.len > GRAPH_MAX_STRING) {
        app_refuse(call, 400, "BadRequest", "user: name one by id or principal name.");
        return HG_OK;
    }
    enum hg_code code = hg_uuid_valid(name)
                            ? app_user_load(call->app, call->arena, tenant,
                                            hg_str_lower(call->arena, name), &user, err)
                            : app_user_by_upn(call->app, call->arena, tenant, name, &user, err);
    if (code == HG_NOT_FOUND) {
        app_refuse(call, 404, "Request_ResourceNotFound", "There is no user '%.*s'.", HG_ARG(name));
        return HG_OK;
    }
    HG_TRY(code);
    struct app_object object = {
        .id = user.id, .version = 1, .modified = call->now, .body = hg_json_object()};
    hg_json_put_str(call->arena, &object.body, "id", user.id);
    hg_json_put_str(call->arena, &object.body, "addedDateTime",
                    hg_time_rfc3339(call->arena, call->now));
    hg_json_put_str(call->arena, &object.body, "addedBy", who(call));
    struct app_commit ops = app_commit_new(call->arena);
    HG_TRY(app_object_insert(&ops, tenant, APP_KIND_BREAK_GLASS, &object, err));
    HG_TRY(commit(call, &ops, object.id, &done, err));
    if (!done)
        return HG_OK;
    struct hg_json body = shown(call->arena, &object, &user);
    app_answer_json(call, 201, &body);
    return HG_OK;
}

static enum hg_code find(struct app_call *call, struct app_object *out, bool *found,
                         struct hg_err *err)
{
    return app_graph_find(call, app_collection_of_kind(APP_KIND_BREAK_GLASS), app_param(call, "id"),
                          out, found, err);
}

enum hg_code app_break_glass_remove(struct app_call *call, struct hg_err *err)
{
    struct app_object object;
    bool found;
    bool done;
    if (!is_person(call))
        return HG_OK;
    HG_TRY(find(call, &object, &found, err));
    if (!found)
        return HG_OK;
    struct app_commit ops = app_commit_new(call->arena);
    app_object_delete(&ops, call->tenant->tenant.id, APP_KIND_BREAK_GLASS, object.id);
    HG_TRY(commit(call, &ops, object.id, &done, err));
    if (done)
        app_answer_empty(call, 204);
    return HG_OK;
}

/* A test that it passes is written down: the guard trusts accounts that were tested. */
static enum hg_code note_test(struct app_call *call, struct app_object *object, bool *done,
                              struct hg_err *err)
{
    int64_t read = object->version;
    struct app_commit ops = app_commit_new(call->arena);
    object->version = read + 1;
    object->modified = call->now;
    object->body = hg_json_copy(call->arena, &object->body);
    hg_json_put_str(call->arena, &object->body, "lastTestedDateTime",
                    hg_time_rfc3339(call->arena, call->now));
    HG_TRY(
        app_object_replace(&ops, call->tenant->tenant.id, APP_KIND_BREAK_GLASS, object, read, err));
    return commit(call, &ops, object->id, done, err);
}

enum hg_code app_break_glass_test(struct app_call *call, struct hg_err *err)
{
    struct app_object object;
    struct model_user user;
    bool found;
    bool is_in;
    bool done = true;
    hg_str by;
    HG_TRY(find(call, &object, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(load_user(call, object.id, &user, err));
    HG_TRY(app_lockout_can_enter(call, &user, &is_in, &by, err));
    bool is_admin = app_user_has_role(&user, "GlobalAdministrator");
    bool passes = is_in && user.enabled && is_admin;
    if (passes)
        HG_TRY(note_test(call, &object, &done, err));
    if (!done)
        return HG_OK;
    struct hg_json body = shown(call->arena, &object, &user);
    hg_json_put(call->arena, &body, "canSignIn", hg_json_bool(is_in && user.enabled));
    hg_json_put(call->arena, &body, "isGlobalAdministrator", hg_json_bool(is_admin));
    hg_json_put(call->arena, &body, "passes", hg_json_bool(passes));
    hg_json_put(call->arena, &body, "blockedBy", is_in ? hg_json_null() : hg_json_str(by));
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* --- The host's way out --------------------------------------------------------------------- */

/* NULL: all of them. */
static bool is_named(const struct hg_json *ids, hg_str id)
{
    for (size_t i = 0; i < hg_json_count(ids); i++)
        if (hg_str_eq_nocase(hg_json_str_or(hg_json_item(ids, i), HG_STR("")), id))
            return true;
    return ids == NULL;
}

/* False: refused. A list that names nothing would otherwise be taken for all of them. */
static bool names_policies(struct app_call *call, const struct hg_json *ids)
{
    bool fits = ids == NULL || (hg_json_is(ids, HG_JSON_ARRAY) && hg_json_count(ids) > 0);
    for (size_t i = 0; fits && i < hg_json_count(ids); i++)
        fits = hg_uuid_valid(hg_json_str_or(hg_json_item(ids, i), HG_STR("")));
    if (!fits)
        app_refuse(call, 400, "BadRequest",
                   "policies must be a list of the ids of policies; leave it out for all of them.");
    return fits;
}

/* In a commit of its own, on the tenant as the one before left it. */
static enum hg_code disable_one(struct app_call *call, const struct app_object *policy,
                                hg_str reason, bool *done, struct hg_err *err)
{
    struct app_commit ops = app_commit_new(call->arena);
    struct app_write write = app_graph_write(call, &ops, GRAPH_UPDATE);
    struct app_object object;
    struct hg_json off = hg_json_object();
    write.reason = reason;
    hg_json_put(call->arena, &off, "state", hg_json_z(policy_state_name(POLICY_DISABLED)));
    *done = false;
    enum hg_code code = app_policy_update(&write, policy, &off, &object, err);
    if (code != HG_OK)
        return app_graph_refused(call, &write, code, err);
    HG_TRY(app_graph_commit(call, app_collection_of_kind(APP_KIND_POLICY), &ops, object.id,
                            &object.body, done, err));
    hg_str tenant = hg_str_dup(call->arena, call->tenant->tenant.id);
    app_snapshot_put(call->app, call->tenant);
    call->tenant = NULL;
    return app_snapshot_get(call->app, tenant, &call->tenant, err);
}

static enum hg_code disable(struct app_call *call, const struct hg_json *ids, hg_str reason,
                            struct hg_json *rows, bool *done, struct hg_err *err)
{
    struct app_objects all;
    *done = true;
    HG_TRY(app_objects_list(call->app->store, call->arena, call->tenant->tenant.id, APP_KIND_POLICY,
                            HG_STR(""), 0, &all, err));
    for (size_t i = 0; i < all.n && *done; i++) {
        const struct app_object *policy = &all.items[i];
        hg_str state = hg_json_str_or(hg_json_get(&policy->body, "state"), HG_STR(""));
        if (!is_named(ids, policy->id) ||
            !hg_str_eq(state, hg_str_of(policy_state_name(POLICY_ENABLED))))
            continue;
        HG_TRY(disable_one(call, policy, reason, done, err));
        struct hg_json row = hg_json_object();
        hg_json_put_str(call->arena, &row, "id", policy->id);
        hg_json_put_str(call->arena, &row, "displayName",
                        hg_json_str_or(hg_json_get(&policy->body, "displayName"), HG_STR("")));
        hg_json_push(call->arena, rows, row);
    }
    return HG_OK;
}

static void tell(struct app_call *call, size_t n)
{
    struct event event = event_new(EVENT_BREAK_GLASS_USED, call->now);
    event_str(&event, "by", HG_STR("host operator"));
    event_int(&event, "policies", (int64_t)n);
    call->app->events.record(call->app->events.self, &event);
}

enum hg_code app_break_glass_disable(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    struct hg_json rows = hg_json_array();
    struct app_write write = app_graph_write(call, NULL, GRAPH_UPDATE);
    bool done;
    if (call->caller.kind != APP_HOST_OPERATOR) {
        app_refuse(call, 403, "Authorization_RequestDenied",
                   "Only the host's operator can do this, over the machine's own socket.");
        return HG_OK;
    }
    if (!app_body_object_or_none(call, &input) ||
        !app_body_knows(call, &input, "policies headgate.reason") ||
        !app_graph_take_reason(call, &input, &write) ||
        !names_policies(call, hg_json_get(&input, "policies")))
        return HG_OK;
    hg_str reason =
        write.reason.len > 0 ? write.reason : HG_STR("break-glass: switched off on the host");
    HG_TRY(disable(call, hg_json_get(&input, "policies"), reason, &rows, &done, err));
    if (!done)
        return HG_OK;
    tell(call, hg_json_count(&rows));
    struct hg_json body = hg_json_object();
    hg_json_put(call->arena, &body, "value", rows);
    app_answer_json(call, 200, &body);
    return HG_OK;
}
