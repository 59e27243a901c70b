#include "app/graph_api/signins.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/decide.h"
#include "base/base.h"
#include "event/event.h"
#include "model/model.h"
#include "odata/odata.h"
#include "oidc/error.h"
#include "policy/policy.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENANT, ID, AT, USER, APP, INTERACTIVE, AADSTS, POLICY_VERSION, RESULTS, FACTS, N_COLUMNS };
enum { BY_TIME = 0, BY_USER = 1, BY_APP = 2, BATCH = 250, MAX_SCAN = 5000 };
enum { V_TENANT, V_VERSION, V_RULES, V_COLUMNS };

const struct store_table app_signins_table = {
    .name = "signins",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [ID] = {"id", STORE_TEXT},
            [AT] = {"at", STORE_INT},
            [USER] = {"user_id", STORE_TEXT},
            [APP] = {"app_id", STORE_TEXT},
            [INTERACTIVE] = {"interactive", STORE_INT},
            [AADSTS] = {"aadsts", STORE_INT},
            [POLICY_VERSION] = {"policy_version", STORE_INT},
            [RESULTS] = {"results", STORE_BLOB},
            [FACTS] = {"facts", STORE_TEXT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 2,
    .indexes =
        {
            {"signins_by_time", {TENANT, AT}, 2, false},
            {"signins_by_user", {TENANT, USER, AT}, 3, false},
            {"signins_by_app", {TENANT, APP, AT}, 3, false},
        },
    .n_indexes = 3,
};

const struct store_table app_policy_versions_table = {
    .name = "policy_versions",
    .columns =
        {
            [V_TENANT] = {"tenant", STORE_TEXT},
            [V_VERSION] = {"version", STORE_INT},
            [V_RULES] = {"rules", STORE_TEXT},
        },
    .n_columns = V_COLUMNS,
    .n_key = 2,
};

/* What the column `interactive` says: two kinds of users' sign-ins, and applications'. */
enum { NON_INTERACTIVE = 0, INTERACTIVE_USER = 1, SERVICE_PRINCIPAL = 2 };

static int64_t kind_of(const struct app_signin *signin)
{
    if (signin->access->workload != NULL)
        return SERVICE_PRINCIPAL;
    return signin->is_interactive ? INTERACTIVE_USER : NON_INTERACTIVE;
}

static void record_event(struct app_call *call, const struct app_signin *signin, hg_str id)
{
    struct event event = event_new(EVENT_SIGNIN_COMPLETED, call->now);
    const struct app_access *access = signin->access;
    event_str(&event, "id", id);
    event_str(&event, "user", access->user == NULL ? HG_STR("") : access->user->id);
    event_str(&event, "client", access->client->app_id);
    event_str(&event, "resource", app_access_resource(access)->app_id);
    event_int(&event, "aadsts", signin->aadsts);
    event_int(&event, "interactive", signin->is_interactive);
    event_str(&event, "correlation_id", call->correlation_id);
    call->app->events.record(call->app->events.self, &event);
}

/* Whatever policies say: nothing silences it. */
static void tell_break_glass(struct app_call *call, const struct app_signin *signin, hg_str id)
{
    const struct model_user *user = signin->access->user;
    if (user == NULL || !app_is_break_glass(call->tenant, user->id))
        return;
    struct event event = event_new(EVENT_BREAK_GLASS_USED, call->now);
    event_str(&event, "user", user->id);
    event_str(&event, "upn", user->upn);
    event_str(&event, "signin", id);
    event_int(&event, "aadsts", signin->aadsts);
    event_str(&event, "correlation_id", call->correlation_id);
    call->app->events.record(call->app->events.self, &event);
}

enum hg_code app_signin_record(struct app_call *call, struct app_commit *commit,
                               const struct app_signin *signin, struct hg_err *err)
{
    hg_str facts;
    HG_TRY(app_signin_facts(call, signin, &facts, err));
    hg_str id = hg_uuid_v7(call->arena, &call->app->random, call->now);
    const struct model_user *user = signin->access->user;
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(call->tenant->tenant.id),
        [ID] = store_text(id),
        [AT] = store_time(call->now),
        [USER] = store_text(user == NULL ? HG_STR("") : user->id),
        [APP] = store_text(signin->access->client->app_id),
        [INTERACTIVE] = store_int(kind_of(signin)),
        [AADSTS] = store_int(signin->aadsts),
        [POLICY_VERSION] = store_int(call->tenant->policy_version),
        [RESULTS] = store_blob(signin->verdict == NULL ? HG_STR("") : signin->verdict->results),
        [FACTS] = store_text(facts),
    };
    app_commit_insert(commit, &app_signins_table, values);
    record_event(call, signin, id);
    tell_break_glass(call, signin, id);
    return HG_OK;
}

enum hg_code app_policy_version_put(struct app_commit *commit, hg_str tenant, int64_t version,
                                    const struct hg_json *rules, struct hg_err *err)
{
    hg_str text;
    HG_TRY(hg_json_render(commit->arena, rules, &text, err));
    const struct store_value values[V_COLUMNS] = {store_text(tenant), store_int(version),
                                                  store_text(text)};
    app_commit_put(commit, &app_policy_versions_table, values);
    return HG_OK;
}

/* --- Reading ------------------------------------------------------------------- */

/* The set a row was judged by, compiled. */
static enum hg_code set_at(struct app_call *call, int64_t version, const struct policy_set **out,
                           struct hg_err *err)
{
    if (version == call->tenant->policy_version) {
        *out = call->tenant->policies;
        return HG_OK;
    }
    const struct store_value key[] = {store_text(call->tenant->tenant.id), store_int(version)};
    struct store_row row;
    HG_TRY(store_get(call->app->store, call->arena, &app_policy_versions_table, key, &row, err));
    struct hg_json list;
    HG_TRY(hg_json_parse(call->arena, row.values[V_RULES].bytes, HG_JSON_STRICT, &hg_json_file,
                         &list, err));
    size_t n = hg_json_count(&list);
    const struct policy_rule **rules = HG_NEW_ARRAY(call->arena, const struct policy_rule *, n);
    if (rules == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu policies", n);
    struct policy_faults faults;
    for (size_t i = 0; i < n; i++)
        HG_TRY(policy_rule_parse(call->arena, hg_json_item(&list, i), POLICY_PARSE_LENIENT,
                                 &rules[i], &faults, err));
    const struct policy_source source = {.rules = rules, .n_rules = n};
    return policy_compile(call->arena, &source, out, err);
}

static enum hg_code put_policies(struct app_call *call, const struct store_value *v,
                                 bool unknown_members, struct hg_json *json, struct hg_err *err)
{
    hg_str results = v[RESULTS].bytes;
    struct hg_json applied = hg_json_array();
    if (results.len > 0) {
        const struct policy_set *set;
        HG_TRY(set_at(call, v[POLICY_VERSION].integer, &set, err));
        HG_TRY(policy_results_check(set, results, err));
        applied = policy_applied_json(call->arena, set, results, (uint32_t)v[AADSTS].integer,
                                      unknown_members);
    }
    hg_json_put(call->arena, json, "conditionalAccessStatus",
                hg_json_z(policy_status_name(results)));
    hg_json_put(call->arena, json, "appliedConditionalAccessPolicies", applied);
    return HG_OK;
}

static enum hg_code put_status(struct app_call *call, const struct store_value *v,
                               hg_str resource_name, struct hg_json *json, struct hg_err *err)
{
    struct hg_json status = hg_json_object();
    hg_json_put(call->arena, &status, "errorCode", hg_json_int(v[AADSTS].integer));
    hg_str reason = HG_STR("Other.");
    enum oidc_error_id id = oidc_error_of_number((uint32_t)v[AADSTS].integer);
    if (v[AADSTS].integer != 0 && id != OIDC_ERROR_NONE) {
        struct oidc_error error = oidc_error_make(id);
        oidc_error_put(&error, "resource", resource_name);
        HG_TRY(oidc_error_text(call->arena, &error, &reason, err));
        size_t colon = hg_str_find(reason, HG_STR(": "));
        reason = colon == HG_NPOS ? reason : hg_str_from(reason, colon + 2);
    }
    hg_json_put(call->arena, &status, "failureReason", hg_json_str(reason));
    hg_json_put(call->arena, &status, "additionalDetails", hg_json_null());
    hg_json_put(call->arena, json, "status", status);
    return HG_OK;
}

/* Stored members that are shown as they are. */
static const char *const plain_members[] = {
    "userDisplayName",
    "userPrincipalName",
    "appDisplayName",
    "resourceId",
    "resourceDisplayName",
    "clientAppUsed",
    "ipAddress",
    "userAgent",
    "correlationId",
    "authenticationRequirement",
    "deviceDetail",
    "homeTenantId",
    "authenticationRequirementPolicies",
    "flaggedForReview",
    "originalTransferMethod",
    "incomingTokenType",
    "authenticationContextClassReferences",
};

/* What a sign-in has whose facts say nothing of it: one of a user, without a risk that anybody
 * assessed. */
static const struct {
    const char *name, *text;
} fixed_members[] = {
    {"servicePrincipalId", ""},
    {"servicePrincipalName", NULL},
    {"clientCredentialType", "none"},
    {"riskDetail", "none"},
    {"riskState", "none"},
    {"riskLevelAggregated", "hidden"},
    {"riskLevelDuringSignIn", "hidden"},
};

static void put_fixed(struct app_call *call, const struct hg_json *facts, struct hg_json *json)
{
    hg_json_put_str(call->arena, json, "resourceTenantId", call->tenant->tenant.id);
    for (size_t i = 0; i < HG_COUNT(fixed_members); i++) {
        const struct hg_json *known = hg_json_get(facts, fixed_members[i].name);
        struct hg_json fixed =
            fixed_members[i].text == NULL ? hg_json_null() : hg_json_z(fixed_members[i].text);
        hg_json_put(call->arena, json, fixed_members[i].name, known == NULL ? fixed : *known);
    }
    hg_json_put(call->arena, json, "riskEventTypes", hg_json_array());
    hg_json_put(call->arena, json, "riskEventTypes_v2", hg_json_array());
}

static struct hg_json location_of(struct hg_arena *arena, const struct hg_json *facts)
{
    static const char *const texts[] = {"city", "state", "countryOrRegion"};
    static const char *const degrees[] = {"latitude", "longitude"};
    struct hg_json location = hg_json_object();
    struct hg_json point = hg_json_object();
    for (size_t i = 0; i < HG_COUNT(texts); i++)
        hg_json_put_str(arena, &location, texts[i],
                        hg_json_str_or(hg_json_get(facts, texts[i]), HG_STR("")));
    hg_json_put(arena, &point, "altitude", hg_json_null());
    for (size_t i = 0; i < HG_COUNT(degrees); i++) {
        const struct hg_json *degree = hg_json_get(facts, degrees[i]);
        hg_json_put(arena, &point, degrees[i], degree == NULL ? hg_json_null() : *degree);
    }
    hg_json_put(arena, &location, "geoCoordinates", point);
    return location;
}

static void put_location(struct app_call *call, const struct hg_json *facts, struct hg_json *json)
{
    hg_json_put(call->arena, json, "location", location_of(call->arena, facts));
    const struct hg_json *names = hg_json_get(facts, "namedLocations");
    struct hg_json details = hg_json_array();
    if (hg_json_count(names) > 0) {
        struct hg_json detail = hg_json_object();
        hg_json_put(call->arena, &detail, "networkType", hg_json_z("namedNetwork"));
        hg_json_put(call->arena, &detail, "networkNames", *names);
        hg_json_push(call->arena, &details, detail);
    }
    hg_json_put(call->arena, json, "networkLocationDetails", details);
}

static enum hg_code signin_json(struct app_call *call, const struct store_value *v,
                                bool unknown_members, struct hg_json *out, struct hg_err *err)
{
    struct hg_arena *arena = call->arena;
    struct hg_json facts;
    HG_TRY(hg_json_parse(arena, v[FACTS].bytes, HG_JSON_STRICT, &hg_json_api, &facts, err));
    static const char *const kinds[] = {[NON_INTERACTIVE] = "nonInteractiveUser",
                                        [INTERACTIVE_USER] = "interactiveUser",
                                        [SERVICE_PRINCIPAL] = "servicePrincipal"};
    int64_t kind = v[INTERACTIVE].integer;
    HG_ASSERT(kind >= 0 && (size_t)kind < HG_COUNT(kinds));
    struct hg_json json = hg_json_object();
    hg_json_put_str(arena, &json, "id", v[ID].bytes);
    hg_json_put_str(arena, &json, "createdDateTime",
                    hg_time_rfc3339(arena, (hg_time){v[AT].integer}));
    hg_json_put_str(arena, &json, "userId", v[USER].bytes);
    hg_json_put_str(arena, &json, "appId", v[APP].bytes);
    for (size_t i = 0; i < HG_COUNT(plain_members); i++) {
        const struct hg_json *member = hg_json_get(&facts, plain_members[i]);
        hg_json_put(arena, &json, plain_members[i], member == NULL ? hg_json_null() : *member);
    }
    put_fixed(call, &facts, &json);
    hg_json_put(arena, &json, "isInteractive", hg_json_bool(kind == INTERACTIVE_USER));
    struct hg_json types = hg_json_array();
    hg_json_push(arena, &types, hg_json_z(kinds[kind]));
    hg_json_put(arena, &json, "signInEventTypes", types);
    put_location(call, &facts, &json);
    HG_TRY(put_status(call, v,
                      hg_json_str_or(hg_json_get(&facts, "resourceDisplayName"), HG_STR("")), &json,
                      err));
    HG_TRY(put_policies(call, v, unknown_members, &json, err));
    *out = json;
    return HG_OK;
}

enum hg_code app_signin_get(struct app_call *call, hg_str id, bool unknown_members,
                            struct hg_json *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(call->tenant->tenant.id), store_text(id)};
    struct store_row row;
    HG_TRY(store_get(call->app->store, call->arena, &app_signins_table, key, &row, err));
    return signin_json(call, row.values, unknown_members, out, err);
}

/* --- A page ---------------------------------------------------------------------- */

/* Where a page ends: the instant of its last row and the row's id, "1764072000000000.<id>". */
static bool read_cursor(const struct app_signin_query *query, struct store_value *last)
{
    struct hg_scan scan = hg_scan_of(query->after);
    uint64_t at;
    if (!hg_scan_u64(&scan, INT64_MAX, &at) || !hg_scan_byte(&scan, '.') ||
        !hg_uuid_valid(hg_scan_rest(&scan)))
        return false;
    last[TENANT] = store_text(HG_STR(""));
    last[USER] = store_text(query->user);
    last[APP] = store_text(query->app);
    last[AT] = store_int((int64_t)at);
    last[ID] = store_text(hg_scan_rest(&scan));
    return true;
}

static hg_str cursor_of(struct hg_arena *arena, const struct store_value *v)
{
    return hg_str_format(arena, "%lld.%.*s", (long long)v[AT].integer, HG_ARG(v[ID].bytes));
}

/* The rows that the filter may hold for, in the order asked for, along one index. */
static struct store_query walk(const struct app_signin_query *query,
                               const struct store_value prefix[2])
{
    bool by_user = query->user.len > 0;
    bool by_app = !by_user && query->app.len > 0;
    return (struct store_query){
        .table = &app_signins_table,
        .index = by_user  ? BY_USER
                 : by_app ? BY_APP
                          : BY_TIME,
        .prefix = prefix,
        .n_prefix = by_user || by_app ? 2 : 1,
        .has_from = query->has_from,
        .from = store_time(query->from),
        .has_to = query->has_to,
        .to = store_time(query->to),
        .descending = !query->oldest_first,
        .limit = BATCH,
    };
}

static bool is_wanted(const struct app_signin_query *query, const struct store_value *v)
{
    return v[INTERACTIVE].integer == INTERACTIVE_USER ? query->interactive : query->all_kinds;
}

/* Takes rows until the page is full; *n is how many were looked at. */
static enum hg_code take(struct app_call *call, const struct app_signin_query *query,
                         const struct store_rows *rows, struct app_signin_page *page, size_t *n,
                         struct hg_err *err)
{
    size_t i = 0;
    for (; i < rows->n && hg_json_count(&page->items) < query->limit; i++) {
        struct hg_json json;
        if (!is_wanted(query, rows->rows[i].values))
            continue;
        HG_TRY(signin_json(call, rows->rows[i].values, query->unknown_members, &json, err));
        if (query->filter == NULL || odata_filter_holds(query->filter, &json))
            hg_json_push(call->arena, &page->items, json);
    }
    *n = i;
    return HG_OK;
}

enum hg_code app_signins_list(struct app_call *call, const struct app_signin_query *query,
                              struct app_signin_page *out, struct hg_err *err)
{
    const struct store_value prefix[] = {
        store_text(call->tenant->tenant.id),
        store_text(query->user.len > 0 ? query->user : query->app)};
    struct store_value last[N_COLUMNS];
    struct store_query find = walk(query, prefix);
    struct app_signin_page page = {.items = hg_json_array()};
    if (query->after.len > 0 && !read_cursor(query, last))
        return HG_FAIL(err, HG_NOT_FOUND, "$skiptoken: no page ends there");
    find.after = query->after.len > 0 ? last : NULL;
    for (size_t scanned = 0; scanned < MAX_SCAN; scanned += BATCH) {
        struct store_rows rows;
        size_t n;
        HG_TRY(store_find(call->app->store, call->arena, &find, &rows, err));
        HG_TRY(take(call, query, &rows, &page, &n, err));
        bool is_end = n == rows.n && rows.n < BATCH;
        page.next = is_end ? HG_STR("") : cursor_of(call->arena, rows.rows[n - 1].values);
        if (is_end || hg_json_count(&page.items) == query->limit)
            break;
        find.after = rows.rows[rows.n - 1].values;
    }
    *out = page;
    return HG_OK;
}
