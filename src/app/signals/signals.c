#include "app/signals/signals.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "base/base.h"
#include "event/event.h"
#include "policy/policy.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENANT, SUBJECT, KIND, SCOPE, VERSION, AT, EXPIRES, VALUE, BODY, N_COLUMNS };
enum { BY_KEY = -1, BY_KIND = 0, BY_EXPIRY = 1 };

const struct store_table app_signals_table = {
    .name = "signals",
    .columns =
        {
            [TENANT] = {"tenant", STORE_TEXT},
            [SUBJECT] = {"subject", STORE_TEXT},
            [KIND] = {"kind", STORE_INT},
            [SCOPE] = {"scope", STORE_TEXT},
            [VERSION] = {"version", STORE_INT},
            [AT] = {"at", STORE_INT},
            [EXPIRES] = {"expires", STORE_INT, .is_nullable = true},
            [VALUE] = {"value", STORE_TEXT},
            [BODY] = {"body", STORE_TEXT},
        },
    .n_columns = N_COLUMNS,
    .n_key = 4,
    .indexes =
        {
            {"signals_by_kind", {TENANT, KIND, SUBJECT}, 3, false},
            {"signals_by_expiry", {TENANT, EXPIRES}, 2, false},
        },
    .n_indexes = 2,
};

/* An ended one may be asked about for a month. */
const struct app_retention app_signals_retention = {
    .table = &app_signals_table, .index = BY_EXPIRY, .hours = 30 * 24};

static hg_str text_of(const struct hg_json *body, const char *name)
{
    return hg_json_str_or(hg_json_get(body, name), HG_STR(""));
}

static enum hg_code signal_of(struct hg_arena *arena, const struct store_row *row,
                              struct app_signal *out, struct hg_err *err)
{
    const struct store_value *v = row->values;
    struct hg_json body;
    HG_TRY(hg_json_parse(arena, v[BODY].bytes, HG_JSON_STRICT, &hg_json_api, &body, err));
    const struct hg_json *history = hg_json_get(&body, "history");
    *out = (struct app_signal){
        .subject = v[SUBJECT].bytes,
        .kind = (enum app_signal_kind)v[KIND].integer,
        .scope = v[SCOPE].bytes,
        .version = v[VERSION].integer,
        .at = {v[AT].integer},
        .expires = {.is_set = !v[EXPIRES].is_null, .at = {v[EXPIRES].integer}},
        .value = v[VALUE].bytes,
        .state = text_of(&body, "state"),
        .detail = text_of(&body, "detail"),
        .by = text_of(&body, "by"),
        .source = text_of(&body, "source"),
        .history = history == NULL ? hg_json_array() : *history,
    };
    return HG_OK;
}

static enum hg_code find(struct app_call *call, const struct store_query *query,
                         struct app_signals *out, struct hg_err *err)
{
    struct store_rows rows;
    HG_TRY(store_find(call->app->store, call->arena, query, &rows, err));
    struct app_signal *items = HG_NEW_ARRAY(call->arena, struct app_signal, rows.n);
    if (items == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu signals", rows.n);
    for (size_t i = 0; i < rows.n; i++)
        HG_TRY(signal_of(call->arena, &rows.rows[i], &items[i], err));
    *out = (struct app_signals){items, rows.n};
    return HG_OK;
}

enum hg_code app_signals_of(struct app_call *call, hg_str subject, struct app_signals *out,
                            struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(call->tenant->tenant.id), store_text(subject)};
    const struct store_query query = {
        .table = &app_signals_table, .index = BY_KEY, .prefix = prefix, .n_prefix = 2};
    return find(call, &query, out, err);
}

enum hg_code app_signals_list(struct app_call *call, enum app_signal_kind kind,
                              struct app_signals *out, struct hg_err *err)
{
    const struct store_value prefix[] = {store_text(call->tenant->tenant.id), store_int(kind)};
    const struct store_query query = {
        .table = &app_signals_table, .index = BY_KIND, .prefix = prefix, .n_prefix = 2};
    return find(call, &query, out, err);
}

enum hg_code app_signal_get(struct app_call *call, hg_str subject, enum app_signal_kind kind,
                            hg_str scope, struct app_signal *out, struct hg_err *err)
{
    const struct store_value key[] = {store_text(call->tenant->tenant.id), store_text(subject),
                                      store_int(kind), store_text(scope)};
    struct store_row row;
    HG_TRY(store_get(call->app->store, call->arena, &app_signals_table, key, &row, err));
    return signal_of(call->arena, &row, out, err);
}

struct hg_json app_signal_json(struct hg_arena *arena, const struct app_signal *signal)
{
    const struct {
        const char *name;
        hg_str text;
    } texts[] = {
        {"state", signal->state},
        {"detail", signal->detail},
        {"by", signal->by},
        {"source", signal->source},
    };
    struct hg_json json = hg_json_object();
    hg_json_put_str(arena, &json, "value", signal->value);
    hg_json_put_str(arena, &json, "at", hg_time_rfc3339(arena, signal->at));
    if (signal->expires.is_set)
        hg_json_put_str(arena, &json, "expires", hg_time_rfc3339(arena, signal->expires.at));
    for (size_t i = 0; i < HG_COUNT(texts); i++)
        if (texts[i].text.len > 0)
            hg_json_put_str(arena, &json, texts[i].name, texts[i].text);
    return json;
}

/* What the row says now, before what it said before. */
static enum hg_code lengthen(struct app_call *call, const struct app_signal *signal,
                             struct hg_json *out, struct hg_err *err)
{
    struct app_signal old;
    struct hg_json history = hg_json_array();
    HG_TRY(app_signal_get(call, signal->subject, signal->kind, signal->scope, &old, err));
    hg_json_push(call->arena, &history, app_signal_json(call->arena, &old));
    for (size_t i = 0; i + 1 < APP_SIGNAL_HISTORY && i < hg_json_count(&signal->history); i++)
        hg_json_push(call->arena, &history, *hg_json_item(&signal->history, i));
    *out = history;
    return HG_OK;
}

static void record_event(struct app_call *call, const struct app_signal *signal)
{
    static const char *const names[APP_SIGNAL_KIND_COUNT] = {
        [APP_SIGNAL_USER_RISK] = "userRisk",
        [APP_SIGNAL_SIGNIN_RISK] = "signInRisk",
        [APP_SIGNAL_INSIDER_RISK] = "insiderRisk",
        [APP_SIGNAL_COMPLIANT_NETWORK] = "compliantNetwork",
        [APP_SIGNAL_GPS] = "gpsLocation",
        [APP_SIGNAL_WORKLOAD_RISK] = "servicePrincipalRisk",
        [APP_SIGNAL_APP_PROTECTION] = "appProtection",
    };
    struct event event = event_new(EVENT_SIGNAL_CHANGED, call->now);
    event_str(&event, "signal", hg_str_of(names[signal->kind]));
    event_str(&event, "subject", signal->subject);
    event_str(&event, "scope", signal->scope);
    event_str(&event, "value", signal->value);
    event_str(&event, "by", signal->by);
    call->app->events.record(call->app->events.self, &event);
}

static hg_str author(const struct app_call *call)
{
    if (call->caller.kind == APP_HOST_OPERATOR)
        return HG_STR("host operator");
    return call->caller.kind == APP_DELEGATED ? call->caller.user.upn : call->caller.client;
}

enum hg_code app_signal_put(struct app_call *call, struct app_commit *commit,
                            const struct app_signal *signal, struct hg_err *err)
{
    struct app_signal fresh = *signal;
    struct hg_json history = hg_json_array();
    hg_str text;
    fresh.at = call->now;
    fresh.by = author(call);
    if (signal->version > 0)
        HG_TRY(lengthen(call, signal, &history, err));
    struct hg_json body = app_signal_json(call->arena, &fresh);
    hg_json_put(call->arena, &body, "history", history);
    HG_TRY(hg_json_render(call->arena, &body, &text, err));
    const struct store_value values[N_COLUMNS] = {
        [TENANT] = store_text(call->tenant->tenant.id),
        [SUBJECT] = store_text(fresh.subject),
        [KIND] = store_int(fresh.kind),
        [SCOPE] = store_text(fresh.scope),
        [VERSION] = store_int(signal->version + 1),
        [AT] = store_time(fresh.at),
        [EXPIRES] = fresh.expires.is_set ? store_time(fresh.expires.at) : store_null(STORE_INT),
        [VALUE] = store_text(fresh.value),
        [BODY] = store_text(text),
    };
    if (signal->version == 0) {
        app_commit_insert(commit, &app_signals_table, values);
    } else {
        app_commit_update(commit, &app_signals_table, values,
                          APP_CHANGES({VERSION, values[VERSION]}, {AT, values[AT]},
                                      {EXPIRES, values[EXPIRES]}, {VALUE, values[VALUE]},
                                      {BODY, values[BODY]}));
        app_commit_when(commit, APP_CONDITIONS({VERSION, STORE_EQ, store_int(signal->version)}));
    }
    record_event(call, &fresh);
    return HG_OK;
}

void app_signals_forget(struct app_commit *commit, hg_str tenant, hg_str subject)
{
    const struct store_value prefix[] = {store_text(tenant), store_text(subject)};
    app_commit_delete_where(commit, &app_signals_table, BY_KEY, prefix, 2);
}

/* --- For policies --------------------------------------------------------------------- */

static const char *const risk_names[] = {
    [POLICY_RISK_NONE] = "none", [POLICY_RISK_LOW] = "low",  [POLICY_RISK_MEDIUM] = "medium",
    [POLICY_RISK_HIGH] = "high", [POLICY_RISK_UNKNOWN] = "",
};

const char *app_risk_name(enum policy_risk risk)
{
    return risk_names[risk];
}

static enum policy_risk risk_of(hg_str value)
{
    for (size_t i = 0; i < HG_COUNT(risk_names); i++)
        if (hg_str_eq(value, hg_str_of(risk_names[i])))
            return (enum policy_risk)i;
    return POLICY_RISK_UNKNOWN;
}

static enum policy_insider_risk insider_of(hg_str value)
{
    static const struct {
        const char *name;
        enum policy_insider_risk risk;
    } rows[] = {
        {"minor", POLICY_INSIDER_MINOR},
        {"moderate", POLICY_INSIDER_MODERATE},
        {"elevated", POLICY_INSIDER_ELEVATED},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        if (hg_str_eq(value, hg_str_of(rows[i].name)))
            return rows[i].risk;
    return POLICY_INSIDER_ABSENT;
}

/* Whether what is of one address, or of one client, is of these. */
static bool is_about(const struct app_signal *signal, hg_str address, hg_str client)
{
    switch (signal->kind) {
    case APP_SIGNAL_SIGNIN_RISK:
    case APP_SIGNAL_COMPLIANT_NETWORK:
        return address.len > 0 && hg_str_eq(signal->scope, address);
    case APP_SIGNAL_APP_PROTECTION:
        return hg_str_eq(signal->scope, client);
    case APP_SIGNAL_USER_RISK:
    case APP_SIGNAL_INSIDER_RISK:
    case APP_SIGNAL_GPS:
    case APP_SIGNAL_WORKLOAD_RISK:
    case APP_SIGNAL_KIND_COUNT:
        break;
    }
    return true;
}

static void take(struct app_standing *standing, const struct app_signal *signal)
{
    bool is_true = hg_str_eq(signal->value, HG_STR("true"));
    switch (signal->kind) {
    case APP_SIGNAL_USER_RISK:
        standing->user_risk = risk_of(signal->value);
        break;
    case APP_SIGNAL_SIGNIN_RISK:
        standing->signin_risk = risk_of(signal->value);
        break;
    case APP_SIGNAL_INSIDER_RISK:
        standing->insider_risk = insider_of(signal->value);
        break;
    case APP_SIGNAL_COMPLIANT_NETWORK:
        standing->is_compliant_network = is_true;
        break;
    case APP_SIGNAL_GPS:
        standing->gps_country = signal->value;
        break;
    case APP_SIGNAL_WORKLOAD_RISK:
        standing->workload_risk = risk_of(signal->value);
        break;
    case APP_SIGNAL_APP_PROTECTION:
        standing->is_protected_app = is_true;
        break;
    case APP_SIGNAL_KIND_COUNT:
        break;
    }
}

enum hg_code app_standing_load(struct app_call *call, const struct app_standing_query *query,
                               struct app_standing *out, struct hg_err *err)
{
    struct app_standing standing = {
        .signin_risk = POLICY_RISK_UNKNOWN,
        .user_risk = POLICY_RISK_UNKNOWN,
        .workload_risk = POLICY_RISK_UNKNOWN,
    };
    struct app_signals all = {0};
    hg_str address =
        query->network.has_ip ? hg_ip_text(call->arena, query->network.ip) : HG_STR("");
    if (query->subject.len > 0)
        HG_TRY(app_signals_of(call, query->subject, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        const struct app_signal *signal = &all.items[i];
        bool is_over = signal->expires.is_set && !hg_time_before(call->now, signal->expires.at);
        if (!is_over && is_about(signal, address, query->client))
            take(&standing, signal);
    }
    *out = standing;
    return HG_OK;
}
