#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/objects.h"
#include "app/graph_api/graph.h"
#include "app/signals/signals.h"
#include "base/base.h"
#include "odata/odata.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* identityProtection: users and service principals that somebody assessed, and what an
 * administrator says of them. */

enum { MAX_SUBJECTS = 60 };

struct risk_collection {
    const char *path; /* below /v1.0/ */
    enum app_signal_kind kind;
    enum app_kind object; /* whose ids the subjects are */
    const char *ids;      /* the member of the actions' bodies */
};

static const struct risk_collection risk_collections[] = {
    {"identityProtection/riskyUsers", APP_SIGNAL_USER_RISK, APP_KIND_USER, "userIds"},
    {"identityProtection/riskyServicePrincipals", APP_SIGNAL_WORKLOAD_RISK,
     APP_KIND_SERVICE_PRINCIPAL, "servicePrincipalIds"},
};

static const struct risk_collection *collection_of(const struct app_call *call)
{
    static const char version[] = "/{version}/";
    const char *rest = call->route->pattern + sizeof(version) - 1;
    for (size_t i = 0; i < HG_COUNT(risk_collections); i++) {
        size_t len = strlen(risk_collections[i].path);
        if (strncmp(rest, risk_collections[i].path, len) == 0 &&
            (rest[len] == '\0' || rest[len] == '/'))
            return &risk_collections[i];
    }
    HG_ASSERT(false && "a route of no collection");
    return NULL;
}

static void copy_text(struct hg_arena *arena, struct hg_json *out, const char *name,
                      const struct hg_json *body, const char *from)
{
    const struct hg_json *value = hg_json_get(body, from);
    hg_json_put(arena, out, name, value == NULL ? hg_json_null() : *value);
}

static void put_risk(struct hg_arena *arena, struct hg_json *out, const struct hg_json *stated)
{
    hg_str level = hg_json_str_or(hg_json_get(stated, "value"), HG_STR(""));
    bool is_known = !hg_str_eq(level, HG_STR("unknown"));
    copy_text(arena, out, "riskDetail", stated, "detail");
    copy_text(arena, out, "riskLastUpdatedDateTime", stated, "at");
    hg_json_put_str(arena, out, "riskLevel", is_known ? level : HG_STR("hidden"));
    copy_text(arena, out, "riskState", stated, "state");
}

/* The subject is gone only when it was deleted at this moment: its signals go with it. */
static enum hg_code show(struct app_call *call, const struct risk_collection *of,
                         const struct app_signal *signal, struct hg_json *out, struct hg_err *err)
{
    struct hg_arena *arena = call->arena;
    struct app_object object = {.body = hg_json_object()};
    struct hg_json stated = app_signal_json(arena, signal);
    struct hg_json json = hg_json_object();
    enum hg_code code = app_object_get(call->app->store, arena, call->tenant->tenant.id, of->object,
                                       signal->subject, &object, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    if (code == HG_OK && of->object == APP_KIND_SERVICE_PRINCIPAL) {
        const struct app_object stored = object;
        HG_TRY(app_service_principal_complete(call, &stored, &object.body, err));
    }
    hg_json_put_str(arena, &json, "id", signal->subject);
    hg_json_put(arena, &json, "isProcessing", hg_json_bool(false));
    put_risk(arena, &json, &stated);
    if (of->object == APP_KIND_USER) {
        hg_json_put(arena, &json, "isDeleted", hg_json_bool(code == HG_NOT_FOUND));
        copy_text(arena, &json, "userDisplayName", &object.body, "displayName");
        copy_text(arena, &json, "userPrincipalName", &object.body, "userPrincipalName");
    } else {
        copy_text(arena, &json, "appId", &object.body, "appId");
        copy_text(arena, &json, "displayName", &object.body, "displayName");
        hg_json_put(arena, &json, "isEnabled",
                    hg_json_bool(hg_json_bool_or(hg_json_get(&object.body, "accountEnabled"),
                                                 code == HG_OK)));
        hg_json_put(arena, &json, "servicePrincipalType", hg_json_z("Application"));
    }
    *out = json;
    return HG_OK;
}

enum hg_code app_risky_list(struct app_call *call, struct hg_err *err)
{
    const struct risk_collection *of = collection_of(call);
    struct odata_query query = {0};
    struct app_signals all;
    struct hg_json items = hg_json_array();
    if (!app_odata_query(call, &query))
        return HG_OK;
    HG_TRY(app_signals_list(call, of->kind, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        struct hg_json item;
        HG_TRY(show(call, of, &all.items[i], &item, err));
        hg_json_push(call->arena, &items, item);
    }
    app_graph_answer_list(call, of->path, &query, &items);
    return HG_OK;
}

/* *found false: answered with 404. */
static enum hg_code find_risky(struct app_call *call, const struct risk_collection *of,
                               struct app_signal *out, bool *found, struct hg_err *err)
{
    hg_str id = hg_str_lower(call->arena, app_param(call, "id"));
    enum hg_code code = app_signal_get(call, id, of->kind, HG_STR(""), out, err);
    *found = code == HG_OK;
    if (code != HG_NOT_FOUND)
        return code;
    app_refuse(call, 404, "Request_ResourceNotFound", "Nobody has assessed the risk of '%.*s'.",
               HG_ARG(id));
    return HG_OK;
}

enum hg_code app_risky_get(struct app_call *call, struct hg_err *err)
{
    const struct risk_collection *of = collection_of(call);
    struct app_signal signal;
    struct hg_json body;
    bool found;
    HG_TRY(find_risky(call, of, &signal, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(show(call, of, &signal, &body, err));
    app_answer_json(call, 200, &body);
    return HG_OK;
}

static struct hg_json history_item(struct app_call *call, const struct risk_collection *of,
                                   hg_str subject, const struct hg_json *stated)
{
    struct hg_json item = hg_json_object();
    hg_json_put_str(call->arena, &item,
                    of->object == APP_KIND_USER ? "userId" : "servicePrincipalId", subject);
    put_risk(call->arena, &item, stated);
    copy_text(call->arena, &item, "initiatedBy", stated, "by");
    return item;
}

/* GET …/{id}/history: the latest first. */
enum hg_code app_risky_history(struct app_call *call, struct hg_err *err)
{
    const struct risk_collection *of = collection_of(call);
    struct odata_query query = {0};
    struct app_signal signal;
    struct hg_json items = hg_json_array();
    bool found;
    if (!app_odata_query(call, &query))
        return HG_OK;
    HG_TRY(find_risky(call, of, &signal, &found, err));
    if (!found)
        return HG_OK;
    struct hg_json now = app_signal_json(call->arena, &signal);
    hg_json_push(call->arena, &items, history_item(call, of, signal.subject, &now));
    for (size_t i = 0; i < hg_json_count(&signal.history); i++)
        hg_json_push(call->arena, &items,
                     history_item(call, of, signal.subject, hg_json_item(&signal.history, i)));
    app_graph_answer_list(call, of->path, &query, &items);
    return HG_OK;
}

/* --- What an administrator says --------------------------------------------------------- */

struct risk_verb {
    const char *name;
    const char *level, *state;
    const char *details[2]; /* of a user, of a service principal */
};

static const struct risk_verb verbs[] = {
    {"confirmCompromised",
     "high",
     "confirmedCompromised",
     {"adminConfirmedUserCompromised", "adminConfirmedServicePrincipalCompromised"}},
    {"confirmSafe",
     "none",
     "confirmedSafe",
     {"adminConfirmedAccountSafe", "adminConfirmedAccountSafe"}},
    {"dismiss",
     "none",
     "dismissed",
     {"adminDismissedAllRiskForUser", "adminDismissedAllRiskForServicePrincipal"}},
};

static const struct risk_verb *verb_of(const struct app_call *call)
{
    const char *name = strrchr(call->route->pattern, '/') + 1;
    for (size_t i = 0; i < HG_COUNT(verbs); i++)
        if (strcmp(name, verbs[i].name) == 0)
            return &verbs[i];
    HG_ASSERT(false && "a route of no verb");
    return NULL;
}

/* *found false: refused. */
static enum hg_code check_subject(struct app_call *call, const struct risk_collection *of,
                                  hg_str id, bool *found, struct hg_err *err)
{
    struct app_object object;
    enum hg_code code = app_object_get(call->app->store, call->arena, call->tenant->tenant.id,
                                       of->object, id, &object, err);
    *found = code == HG_OK;
    if (code != HG_NOT_FOUND)
        return code;
    app_refuse(call, 404, "Request_ResourceNotFound", "%s: there is no '%.*s'.", of->ids,
               HG_ARG(id));
    return HG_OK;
}

static enum hg_code say(struct app_call *call, const struct risk_collection *of, hg_str id,
                        struct app_commit *commit, struct hg_err *err)
{
    const struct risk_verb *verb = verb_of(call);
    struct app_signal signal = {.history = hg_json_array()};
    enum hg_code code = app_signal_get(call, id, of->kind, HG_STR(""), &signal, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    signal.subject = id;
    signal.kind = of->kind;
    signal.expires.is_set = false;
    signal.value = hg_str_of(verb->level);
    signal.state = hg_str_of(verb->state);
    signal.detail = hg_str_of(verb->details[of->object != APP_KIND_USER]);
    signal.source = HG_STR("");
    return app_signal_put(call, commit, &signal, err);
}

/* False: refused. */
static bool read_subjects(struct app_call *call, const struct risk_collection *of,
                          struct hg_json *input, const struct hg_json **out)
{
    if (!app_body_object(call, input) || !app_body_knows(call, input, of->ids))
        return false;
    *out = hg_json_get(input, of->ids);
    size_t n = hg_json_count(*out);
    bool fits = hg_json_is(*out, HG_JSON_ARRAY) && n > 0 && n <= MAX_SUBJECTS;
    for (size_t i = 0; i < n && fits; i++)
        fits = hg_uuid_valid(hg_json_str_or(hg_json_item(*out, i), HG_STR("")));
    if (!fits)
        app_refuse(call, 400, "BadRequest", "%s must be an array of 1 to %d ids.", of->ids,
                   (int)MAX_SUBJECTS);
    return fits;
}

enum hg_code app_risky_say(struct app_call *call, struct hg_err *err)
{
    const struct risk_collection *of = collection_of(call);
    struct app_commit commit = app_commit_new(call->arena);
    struct hg_json input;
    const struct hg_json *ids;
    if (!read_subjects(call, of, &input, &ids))
        return HG_OK;
    for (size_t i = 0; i < hg_json_count(ids); i++) {
        hg_str id = hg_str_lower(call->arena, hg_json_item(ids, i)->string);
        bool found;
        HG_TRY(check_subject(call, of, id, &found, err));
        if (!found)
            return HG_OK;
        HG_TRY(say(call, of, id, &commit, err));
    }
    enum hg_code code = app_commit_run(&commit, call->app->store, err);
    if (code == HG_OK)
        app_answer_empty(call, 204);
    else if (code == HG_CONFLICT || code == HG_EXISTS)
        app_refuse(call, 409, "Conflict",
                   "A risk was stated by somebody else at the same moment, or an id stands twice "
                   "in the list. Repeat the request.");
    else
        return code;
    return HG_OK;
}
