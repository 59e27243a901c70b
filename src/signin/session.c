#include "base/base.h"
#include "lifetime/lifetime.h"
#include "model/model.h"
#include "signin/signin.h"
#include "signin/signin_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NOBODY_SIGNED_IN = 50058,
    NO_SUCH_SESSION = 160021,
};

/* What the browser's session is good for in this request. */
enum use {
    USE_NOTHING, /* there is none, or its user is gone */
    USE_OTHER,   /* the request is about another account */
    USE_AGAIN,   /* the right account, which must prove itself anew */
    USE_SINGLE,  /* good, but its second factor counts no more */
    USE_AS_IT_IS,
};

static bool is_usable(const struct signin_facts *facts)
{
    return facts->session != NULL && facts->user != NULL && facts->user->enabled &&
           hg_str_eq(facts->user->id, facts->session->user);
}

/* A hint without '@' is the opaque claim; one that names nothing we know is ignored. */
static bool is_hint_for_other(const struct signin_facts *facts)
{
    hg_str hint = facts->request.login_hint;
    if (hint.len == 0 || hg_str_eq(hint, facts->session->login_hint))
        return false;
    return hg_str_find_byte(hint, '@') != HG_NPOS &&
           !hg_str_eq_nocase(hint, facts->session->username);
}

static bool is_about_other(const struct signin_facts *facts)
{
    const struct signin_request *request = &facts->request;
    return (request->sid.len > 0 && !hg_str_eq(request->sid, facts->session->id)) ||
           (request->hint_user.len > 0 && !hg_str_eq(request->hint_user, facts->session->user)) ||
           is_hint_for_other(facts);
}

/* Would a grant made now from these proofs be refused at its first use? */
static enum lifetime_rule rule_of(const struct signin_facts *facts, struct model_when mfa_at)
{
    const struct model_grant grant = {.issued = facts->now,
                                      .last_used = facts->now,
                                      .auth_at = facts->session->auth_at,
                                      .mfa_at = mfa_at};
    return lifetime_judge(&grant, facts->settings, facts->user->valid_from, facts->now).rule;
}

static bool is_too_old(const struct signin_facts *facts)
{
    const struct signin_request *request = &facts->request;
    hg_time oldest = hg_time_add(facts->session->auth_at, request->max_age);
    return request->has_max_age && hg_time_before(oldest, facts->now);
}

static enum use use_of(const struct signin_facts *facts)
{
    static const struct model_when none = {.is_set = false};
    if (!is_usable(facts))
        return USE_NOTHING;
    if (is_about_other(facts))
        return USE_OTHER;
    if ((facts->request.prompt & SIGNIN_PROMPT_LOGIN) || is_too_old(facts))
        return USE_AGAIN;
    struct model_when mfa_at = facts->session->mfa_at;
    if (rule_of(facts, mfa_at) == LIFETIME_ALIVE &&
        !lifetime_mfa_is_stale(mfa_at, facts->settings, facts->now))
        return USE_AS_IT_IS;
    return rule_of(facts, none) == LIFETIME_ALIVE ? USE_SINGLE : USE_AGAIN;
}

static void take(struct signin_run *run, bool with_mfa)
{
    const struct signin_session *session = run->facts->session;
    struct signin_state *state = run->state;
    state->username = session->username;
    state->user = session->user;
    state->session = session->id;
    state->is_proved = true;
    state->is_persistent = session->is_persistent;
    state->auth_at = session->auth_at;
    state->methods = session->methods;
    state->password_is_changed = session->password_is_changed;
    if (with_mfa)
        state->mfa_at = session->mfa_at;
    else
        state->methods &= MODEL_METHOD_PASSWORD;
    signin_evaluate(run);
}

void signin_ask_password(struct signin_run *run, hg_str username, const char *message)
{
    signin_forget(run->state);
    run->state->username = username;
    if (username.len > 0)
        signin_show(run, SIGNIN_STAGE_PASSWORD, message);
    else
        signin_show(run, SIGNIN_STAGE_USERNAME, message);
}

static void ask_other(struct signin_run *run)
{
    hg_str hint = run->facts->request.login_hint;
    bool is_name = hg_str_find_byte(hint, '@') != HG_NPOS;
    signin_ask_password(run, is_name ? hint : HG_STR(""), NULL);
}

static void go_silently(struct signin_run *run, enum use use)
{
    const struct signin_facts *facts = run->facts;
    bool named = facts->request.sid.len > 0 &&
                 (facts->session == NULL || !hg_str_eq(facts->request.sid, facts->session->id));
    if (use >= USE_SINGLE)
        take(run, use == USE_AS_IT_IS);
    else
        signin_refuse(run, named ? NO_SUCH_SESSION : NOBODY_SIGNED_IN, HG_STR(""));
}

static void go_on(struct signin_run *run, enum use use)
{
    if (use >= USE_SINGLE)
        take(run, use == USE_AS_IT_IS);
    else if (use == USE_AGAIN)
        signin_ask_password(run, run->facts->session->username, "signin.password.again");
    else
        ask_other(run);
}

void signin_start(struct signin_run *run)
{
    enum use use = use_of(run->facts);
    if (run->facts->session != NULL)
        run->state->session = run->facts->session->id;
    if (signin_is_silent(run))
        go_silently(run, use);
    else if (use >= USE_AGAIN && (run->facts->request.prompt & SIGNIN_PROMPT_SELECT_ACCOUNT))
        signin_show(run, SIGNIN_STAGE_ACCOUNT, NULL);
    else
        go_on(run, use);
}

void signin_take_account(struct signin_run *run)
{
    go_on(run, use_of(run->facts));
}
