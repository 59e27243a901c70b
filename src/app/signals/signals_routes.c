#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/objects.h"
#include "app/signals/signals.h"
#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>

/* /api/signals: how a SIEM, an MDM or a network agent states what it knows of a user
 * (docs/decisions/0130). */

enum { MAX_SOURCE = 256, MAX_EXPIRY_DAYS = 30 };

struct statement {
    const char *name; /* in the path */
    enum app_signal_kind kind;
    const char *member; /* of the body: what is stated */
    const char
        *words; /* the texts it may be, blank-separated; NULL: true or false; "": a country */
    const char *scope; /* the member that says what it holds for alone; NULL: for all */
    bool must_expire;
};

#define RISKS "none low medium high unknown"

static const struct statement statements[] = {
    {"userRisk", APP_SIGNAL_USER_RISK, "level", RISKS, NULL, false},
    {"signInRisk", APP_SIGNAL_SIGNIN_RISK, "level", RISKS, "address", true},
    {"insiderRisk", APP_SIGNAL_INSIDER_RISK, "level", "none minor moderate elevated", NULL, false},
    {"compliantNetwork", APP_SIGNAL_COMPLIANT_NETWORK, "isCompliant", NULL, "address", true},
    {"gpsLocation", APP_SIGNAL_GPS, "country", "", NULL, true},
    {"appProtection", APP_SIGNAL_APP_PROTECTION, "isProtected", NULL, "application", true},
};

/* NULL: refused. */
static const struct statement *statement_of(struct app_call *call)
{
    hg_str name = app_param(call, "signal");
    for (size_t i = 0; i < HG_COUNT(statements); i++)
        if (hg_str_eq(name, hg_str_of(statements[i].name)))
            return &statements[i];
    app_refuse(call, 404, "NotFound",
               "There is no signal '%.*s'; there are userRisk, signInRisk, insiderRisk, "
               "compliantNetwork, gpsLocation and appProtection.",
               HG_ARG(name));
    return NULL;
}

static bool read_value(struct app_call *call, const struct statement *statement,
                       const struct hg_json *input, struct app_signal *out)
{
    const struct hg_json *value = hg_json_get(input, statement->member);
    bool truth;
    if (statement->words == NULL) {
        if (hg_json_as_bool(value, &truth)) {
            out->value = truth ? HG_STR("true") : HG_STR("false");
            return true;
        }
        app_refuse(call, 400, "BadRequest", "%s must be true or false.", statement->member);
        return false;
    }
    hg_str text = hg_json_str_or(value, HG_STR(""));
    bool is_country = statement->words[0] == '\0';
    bool fits = is_country ? text.len == 2 && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z' &&
                                 text.ptr[1] >= 'A' && text.ptr[1] <= 'Z'
                           : text.len > 0 && hg_str_has_word(hg_str_of(statement->words), text);
    out->value = text;
    if (!fits)
        app_refuse(
            call, 400, "BadRequest", "%s must be %s%s.", statement->member,
            is_country ? "the two capital letters of a country" : "one of: ", statement->words);
    return fits;
}

/* The canonical text of an address, as the listener's will be; an appId in lower case. */
static bool read_scope(struct app_call *call, const struct statement *statement,
                       const struct hg_json *input, struct app_signal *out)
{
    struct hg_ip ip;
    if (statement->scope == NULL)
        return true;
    hg_str text = hg_json_str_or(hg_json_get(input, statement->scope), HG_STR(""));
    bool is_address = hg_str_eq(hg_str_of(statement->scope), HG_STR("address"));
    bool fits = is_address ? hg_ip_parse(text, &ip, NULL) == HG_OK : hg_uuid_valid(text);
    if (!fits)
        app_refuse(call, 400, "BadRequest", "%s must be %s.", statement->scope,
                   is_address ? "an IPv4 or IPv6 address" : "the appId of an application");
    else
        out->scope = is_address ? hg_ip_text(call->arena, ip) : hg_str_lower(call->arena, text);
    return fits;
}

static bool read_expiry(struct app_call *call, const struct statement *statement,
                        const struct hg_json *input, struct app_signal *out)
{
    const struct hg_json *value = hg_json_get(input, "expiresIn");
    hg_dur span;
    if (value == NULL && !statement->must_expire)
        return true;
    if (hg_iso_duration_parse(hg_json_str_or(value, HG_STR("")), &span, NULL) == HG_OK &&
        span.us > 0 && span.us <= HG_DAYS(MAX_EXPIRY_DAYS).us) {
        out->expires = (struct model_when){.is_set = true, .at = hg_time_add(call->now, span)};
        return true;
    }
    app_refuse(call, 400, "BadRequest",
               "expiresIn must be how long this holds, such as PT1H, at most P%dD.",
               (int)MAX_EXPIRY_DAYS);
    return false;
}

static bool read_source(struct app_call *call, const struct hg_json *input, struct app_signal *out)
{
    const struct hg_json *value = hg_json_get(input, "source");
    out->source = hg_json_str_or(value, HG_STR(""));
    bool fits =
        value == NULL || (hg_json_is(value, HG_JSON_STRING) && out->source.len <= MAX_SOURCE);
    if (!fits)
        app_refuse(call, 400, "BadRequest", "source must be a text of at most %d bytes.",
                   (int)MAX_SOURCE);
    return fits;
}

/* The user by id or name. *found false: refused. */
static enum hg_code find_user(struct app_call *call, hg_str name, hg_str *out, bool *found,
                              struct hg_err *err)
{
    struct app_object user;
    hg_str tenant = call->tenant->tenant.id;
    hg_str id = hg_str_lower(call->arena, name);
    enum hg_code code =
        app_object_get(call->app->store, call->arena, tenant, APP_KIND_USER, id, &user, err);
    if (code == HG_NOT_FOUND)
        code = app_object_by_name(call->app->store, call->arena, tenant, APP_KIND_USER, id, &user,
                                  err);
    *found = code == HG_OK;
    if (code == HG_OK)
        *out = user.id;
    if (code != HG_NOT_FOUND)
        return code;
    app_refuse(call, 404, "Request_ResourceNotFound", "There is no user '%.*s'.", HG_ARG(name));
    return HG_OK;
}

static bool read_statement(struct app_call *call, const struct statement *statement,
                           struct hg_json *input, struct app_signal *out)
{
    hg_str known = hg_str_format(call->arena, "user source expiresIn %s %s", statement->member,
                                 statement->scope == NULL ? "" : statement->scope);
    return app_body_object(call, input) &&
           app_body_knows(call, input, hg_str_z(call->arena, known)) &&
           read_value(call, statement, input, out) && read_scope(call, statement, input, out) &&
           read_expiry(call, statement, input, out) && read_source(call, input, out);
}

/* Graph's words for a risk that somebody assessed. */
static void fill_state(struct app_signal *signal)
{
    if (signal->kind != APP_SIGNAL_USER_RISK)
        return;
    bool is_at_risk = !hg_str_has_word(HG_STR("none unknown"), signal->value);
    signal->state = is_at_risk ? HG_STR("atRisk") : HG_STR("none");
    signal->detail = HG_STR("none");
}

static enum hg_code keep(struct app_call *call, struct app_signal *signal, struct hg_err *err)
{
    struct app_signal old;
    struct app_commit commit = app_commit_new(call->arena);
    enum hg_code code =
        app_signal_get(call, signal->subject, signal->kind, signal->scope, &old, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    if (code == HG_OK) {
        signal->version = old.version;
        signal->history = old.history;
    }
    HG_TRY(app_signal_put(call, &commit, signal, err));
    code = app_commit_run(&commit, call->app->store, err);
    return code == HG_EXISTS ? HG_CONFLICT : code; /* another was first: 503, and try again */
}

/* False: refused. Signals open doors, so nobody states them of himself. */
static bool may_state(struct app_call *call, const struct statement *statement, hg_str subject)
{
    bool is_self = call->caller.kind == APP_DELEGATED && hg_str_eq(subject, call->caller.user.id);
    if (!is_self)
        return true;
    app_refuse(call, 403, "Authorization_RequestDenied",
               "%s of yourself is for another administrator to state.", statement->name);
    return false;
}

enum hg_code app_signal_post(struct app_call *call, struct hg_err *err)
{
    const struct statement *statement = statement_of(call);
    struct hg_json input;
    if (statement == NULL)
        return HG_OK;
    struct app_signal signal = {.kind = statement->kind, .history = hg_json_array()};
    bool found;
    if (!read_statement(call, statement, &input, &signal))
        return HG_OK;
    HG_TRY(find_user(call, hg_json_str_or(hg_json_get(&input, "user"), HG_STR("")), &signal.subject,
                     &found, err));
    if (!found || !may_state(call, statement, signal.subject))
        return HG_OK;
    fill_state(&signal);
    HG_TRY(keep(call, &signal, err));
    app_answer_empty(call, 204);
    return HG_OK;
}

static void name_signal(struct hg_arena *arena, const struct app_signal *signal,
                        struct hg_json *item)
{
    for (size_t i = 0; i < HG_COUNT(statements); i++) {
        if (statements[i].kind != signal->kind)
            continue;
        hg_json_put(arena, item, "signal", hg_json_z(statements[i].name));
        if (statements[i].scope != NULL)
            hg_json_put_str(arena, item, statements[i].scope, signal->scope);
    }
}

/* GET /api/signals/users/{user}: what is stated of a user, with what was before. */
enum hg_code app_signals_get(struct app_call *call, struct hg_err *err)
{
    struct app_signals all;
    struct hg_json body = hg_json_object();
    struct hg_json items = hg_json_array();
    hg_str user;
    bool found;
    HG_TRY(find_user(call, app_param(call, "user"), &user, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(app_signals_of(call, user, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        struct hg_json item = app_signal_json(call->arena, &all.items[i]);
        name_signal(call->arena, &all.items[i], &item);
        hg_json_put(call->arena, &item, "history", all.items[i].history);
        hg_json_push(call->arena, &items, item);
    }
    hg_json_put(call->arena, &body, "value", items);
    app_answer_json(call, 200, &body);
    return HG_OK;
}
