#include "app/app_private.h"
#include "app/decide.h"
#include "app/directory/credentials.h"
#include "app/sign_in/journey.h"
#include "app/sign_in/known_browser.h"
#include "app/sign_in/new_password.h"
#include "app/sign_in/sessions.h"
#include "app/sign_in/throttle.h"
#include "app/signals/origin.h"
#include "app/tokens/issued.h"
#include "app/tokens/oauth.h"
#include "base/base.h"
#include "http/http.h"
#include "mfa/mfa.h"
#include "signin/signin.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* POST /{tenant}/login: what a page of the sign-in sends. The button pressed is the
 * action; each action becomes one event of signin. */

enum { MAX_INPUT = 1024 };

typedef enum hg_code action_fn(struct app_run *run, const struct http_form *form,
                               struct signin_event *out, struct hg_err *err);

hg_str app_run_csrf(struct app_run *run)
{
    hg_str message = hg_str_format(run->call->arena, "%.*s %.*s", HG_ARG(run->browser_cookie),
                                   HG_ARG(run->journey.id));
    return app_issued_mac(run->call->app, run->call->arena, "csrf", message);
}

static enum hg_code username(struct app_run *run, const struct http_form *form,
                             struct signin_event *out, struct hg_err *err)
{
    (void)run;
    (void)err;
    out->kind = SIGNIN_EVENT_USERNAME;
    out->username = hg_str_trim(http_form_or(form, "username", ""));
    if (out->username.len > MAX_INPUT)
        out->username = HG_STR("");
    return HG_OK;
}

/* Whose wrong passwords are counted: this browser's own when the user is known in it, else
 * the account's and the address's. */
struct counters {
    struct {
        enum app_attempt kind;
        hg_str subject;
    } items[2];
    size_t n;
    int64_t failures; /* of the first */
    bool is_locked;
};

/* Whoever has IPv6 has 2^64 addresses. */
static hg_str network_text(struct hg_arena *arena, struct hg_ip ip)
{
    if (!ip.is_v6)
        return hg_ip_text(arena, ip);
    memset(ip.bytes + 8, 0, 8);
    return hg_ip_text(arena, ip);
}

static enum hg_code load_counters(struct app_run *run, struct counters *out, struct hg_err *err)
{
    struct app_call *call = run->call;
    struct model_network network = app_network_of(call);
    struct counters all = {.n = 1};
    hg_str mark;
    HG_TRY(app_known_browser_mark(run, &mark, err));
    bool is_known = mark.len > 0;
    all.items[0].kind = is_known ? APP_ATTEMPT_KNOWN_BROWSER : APP_ATTEMPT_PASSWORD;
    all.items[0].subject = is_known ? mark : run->state.username;
    if (!is_known && network.has_ip) {
        all.items[1].kind = APP_ATTEMPT_ADDRESS;
        all.items[1].subject = network_text(call->arena, network.ip);
        all.n = 2;
    }
    for (size_t i = 0; i < all.n; i++) {
        struct app_throttle one;
        HG_TRY(app_throttle_load(call->app->store, call->arena, call->tenant->tenant.id,
                                 all.items[i].kind, all.items[i].subject, call->now, &one, err));
        all.is_locked = all.is_locked || one.is_locked;
        if (i == 0)
            all.failures = one.failures;
    }
    *out = all;
    return HG_OK;
}

static enum hg_code count_failure(struct app_call *call, const struct counters *all,
                                  struct hg_err *err)
{
    for (size_t i = 0; i < all->n; i++)
        HG_TRY(app_throttle_fail(call->app->store, call->arena, call->tenant->tenant.id,
                                 all->items[i].kind, all->items[i].subject, call->now, err));
    return HG_OK;
}

/* Known and unknown users take the same steps in the same order: throttle, then a hash is
 * verified, then the failure is counted. */
enum hg_code app_run_check_password(struct app_run *run, hg_str typed, enum app_typed *out,
                                    struct hg_err *err)
{
    struct app_call *call = run->call;
    hg_str tenant = call->tenant->tenant.id;
    struct counters counters;
    HG_TRY(load_counters(run, &counters, err));
    *out = APP_TYPED_TOO_OFTEN;
    if (counters.is_locked)
        return HG_OK;
    bool matches = false;
    HG_TRY(app_password_check(call->app, call->arena, tenant,
                              run->has_user ? run->user.id : HG_STR(""), typed, &matches, err));
    *out = matches ? APP_TYPED_RIGHT : APP_TYPED_WRONG;
    if (!matches)
        return count_failure(call, &counters, err);
    if (counters.failures > 0)
        app_throttle_clear(&run->commit, tenant, counters.items[0].kind, counters.items[0].subject);
    return HG_OK;
}

static enum hg_code password(struct app_run *run, const struct http_form *form,
                             struct signin_event *out, struct hg_err *err)
{
    struct signin_facts facts;
    enum app_typed typed;
    HG_TRY(app_run_facts(run, &facts, err));
    HG_TRY(app_run_check_password(run, http_form_or(form, "password", ""), &typed, err));
    if (typed == APP_TYPED_TOO_OFTEN)
        out->kind = SIGNIN_EVENT_PASSWORD_THROTTLED;
    else if (typed == APP_TYPED_WRONG)
        out->kind =
            run->has_user ? SIGNIN_EVENT_PASSWORD_WRONG : SIGNIN_EVENT_PASSWORD_UNKNOWN_USER;
    else
        out->kind = run->user.enabled ? SIGNIN_EVENT_PASSWORD_OK : SIGNIN_EVENT_PASSWORD_DISABLED;
    return HG_OK;
}

/* The code against the authenticator that is being registered. */
static enum hg_code check_new_factor(struct app_run *run, hg_str code,
                                     enum mfa_totp_verdict *verdict, struct hg_err *err)
{
    struct mfa_totp totp = {.id = HG_STR("new")};
    HG_TRY(mfa_totp_seed_parse(run->call->arena, run->state.secret, &totp.seed, err));
    HG_TRY(mfa_totp_check(&totp, code, run->call->now, verdict, &run->new_factor_step, err));
    run->has_new_factor = *verdict == MFA_TOTP_ACCEPTED;
    return HG_OK;
}

/* … or against each that is registered; all are tried, so the time does not tell which. */
static enum hg_code check_factors(struct app_run *run, hg_str code, enum mfa_totp_verdict *verdict,
                                  struct hg_err *err)
{
    struct app_call *call = run->call;
    hg_str tenant = call->tenant->tenant.id;
    struct app_totps totps;
    HG_TRY(app_totps_load(call->app, call->arena, tenant, run->state.user, &totps, err));
    *verdict = MFA_TOTP_WRONG;
    for (size_t i = 0; i < totps.n; i++) {
        enum mfa_totp_verdict one;
        uint64_t step;
        HG_TRY(mfa_totp_check(&totps.items[i], code, call->now, &one, &step, err));
        if (one == MFA_TOTP_ACCEPTED && *verdict != MFA_TOTP_ACCEPTED)
            app_totp_accept(&run->commit, tenant, run->state.user, &totps.items[i], step);
        if (one > *verdict)
            *verdict = one;
    }
    return HG_OK;
}

static enum hg_code code(struct app_run *run, const struct http_form *form,
                         struct signin_event *out, struct hg_err *err)
{
    static const enum signin_event_kind events[] = {
        [MFA_TOTP_WRONG] = SIGNIN_EVENT_CODE_WRONG,
        [MFA_TOTP_REPLAYED] = SIGNIN_EVENT_CODE_REPLAYED,
        [MFA_TOTP_ACCEPTED] = SIGNIN_EVENT_CODE_OK,
    };
    struct app_call *call = run->call;
    hg_str tenant = call->tenant->tenant.id;
    bool registers = run->state.stage == SIGNIN_STAGE_REGISTER;
    if (run->state.stage != SIGNIN_STAGE_CODE && !registers) {
        out->kind = SIGNIN_EVENT_SHOW;
        return HG_OK;
    }
    struct signin_facts facts;
    HG_TRY(app_run_facts(run, &facts, err));
    if (registers && facts.user != NULL && facts.user->has_mfa_method) {
        out->kind = SIGNIN_EVENT_SHOW; /* signin asks for that one instead */
        return HG_OK;
    }
    struct app_throttle throttle;
    HG_TRY(app_throttle_load(call->app->store, call->arena, tenant, APP_ATTEMPT_CODE,
                             run->state.user, call->now, &throttle, err));
    if (throttle.is_locked) {
        out->kind = SIGNIN_EVENT_CODE_THROTTLED;
        return HG_OK;
    }
    enum mfa_totp_verdict verdict;
    hg_str text = hg_str_sub(http_form_or(form, "code", ""), 0, MAX_INPUT);
    HG_TRY(registers ? check_new_factor(run, text, &verdict, err)
                     : check_factors(run, text, &verdict, err));
    if (verdict != MFA_TOTP_ACCEPTED)
        HG_TRY(app_throttle_fail(call->app->store, call->arena, tenant, APP_ATTEMPT_CODE,
                                 run->state.user, call->now, err));
    else if (throttle.failures > 0)
        app_throttle_clear(&run->commit, tenant, APP_ATTEMPT_CODE, run->state.user);
    out->kind = events[verdict];
    return HG_OK;
}

/* Buttons without input of their own. */
static const struct {
    const char *action;
    enum signin_event_kind event;
    action_fn *read; /* NULL: the event alone */
} actions[] = {
    {"username", SIGNIN_EVENT_USERNAME, username},
    {"password", SIGNIN_EVENT_PASSWORD_OK, password},
    {"code", SIGNIN_EVENT_CODE_OK, code},
    {"change", SIGNIN_EVENT_NEW_PASSWORD_OK, app_run_read_new_password},
    {"account", SIGNIN_EVENT_ACCOUNT, NULL},
    {"other", SIGNIN_EVENT_OTHER_ACCOUNT, NULL},
    {"view", SIGNIN_EVENT_TERMS_VIEWED, NULL},
    {"agree", SIGNIN_EVENT_TERMS_ACCEPTED, NULL},
    {"disagree", SIGNIN_EVENT_TERMS_DECLINED, NULL},
    {"accept", SIGNIN_EVENT_CONSENT_ACCEPTED, NULL},
    {"decline", SIGNIN_EVENT_CONSENT_DECLINED, NULL},
    {"stay", SIGNIN_EVENT_STAY_YES, NULL},
    {"leave", SIGNIN_EVENT_STAY_NO, NULL},
    {"cancel", SIGNIN_EVENT_CANCEL, NULL},
};

static enum hg_code event_of(struct app_run *run, const struct http_form *form,
                             struct signin_event *out, struct hg_err *err)
{
    hg_str wanted = http_form_or(form, "action", "");
    *out = (struct signin_event){.kind = SIGNIN_EVENT_SHOW};
    for (size_t i = 0; i < HG_COUNT(actions); i++) {
        if (!hg_str_eq(wanted, hg_str_of(actions[i].action)))
            continue;
        out->kind = actions[i].event;
        return actions[i].read == NULL ? HG_OK : actions[i].read(run, form, out, err);
    }
    return HG_OK;
}

/* The journey of the form, when this browser began it and the page was ours. */
static enum hg_code load_journey(struct app_run *run, const struct http_form *form, bool *found,
                                 struct hg_err *err)
{
    struct app_call *call = run->call;
    *found = false;
    hg_str id = http_form_or(form, "ctx", "");
    if (!hg_uuid_valid(id) || !http_cookie(call->request, APP_COOKIE_BROWSER, &run->browser_cookie))
        return HG_OK;
    enum hg_code code = app_journey_load(call->app->store, call->arena, call->tenant->tenant.id, id,
                                         &run->journey, err);
    if (code == HG_NOT_FOUND)
        return HG_OK;
    HG_TRY(code);
    hg_str browser = app_issued_mac(call->app, call->arena, "browser", run->browser_cookie);
    if (!hg_str_eq_secret(browser, run->journey.browser) ||
        !hg_str_eq_secret(app_run_csrf(run), http_form_or(form, "csrf", "")))
        return HG_OK;
    HG_TRY(signin_state_parse(call->arena, run->journey.state, &run->state, err));
    *found = true;
    return HG_OK;
}

enum hg_code app_signin_form(struct app_call *call, struct hg_err *err)
{
    struct http_form form;
    if (!app_body_form(call, &form))
        return HG_OK;
    struct app_run *run = HG_NEW(call->arena, struct app_run);
    if (run == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "sign-in");
    run->call = call;
    run->commit = app_commit_new(call->arena);
    bool found;
    HG_TRY(load_journey(run, &form, &found, err));
    if (!found)
        return app_oauth_gone_page(call, err);
    run->request_text = run->journey.request;
    HG_TRY(app_run_check(run, err));
    if (oidc_error_is(&run->auth.error))
        return app_run_refuse(run, &run->auth.error, err);
    struct signin_event event;
    HG_TRY(event_of(run, &form, &event, err));
    return app_run_event(run, event, err);
}
