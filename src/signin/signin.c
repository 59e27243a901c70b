#include "signin/signin.h"

#include "base/base.h"
#include "lifetime/lifetime.h"
#include "model/model.h"
#include "signin/signin_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const hg_dur signin_journey = {.us = (int64_t)15 * 60 * 1000000};

enum {
    USER_DISABLED = 50057,
    NOBODY_SIGNED_IN = 50058,
    TERMS_NEEDED = 50158,
    PROOF_UP_PLACE = 53010,
    DECLINED = 65004
};

struct signin_state signin_begin(hg_time now)
{
    return (struct signin_state){.stage = SIGNIN_STAGE_START, .started = now};
}

/* --- Actions ------------------------------------------------------------------------------ */

static void start(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    signin_start(run);
}

static void take_account(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    signin_take_account(run);
}

static void other_account(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    signin_ask_password(run, HG_STR(""), NULL);
}

static void username(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    hg_str name = run->event->username;
    signin_ask_password(run, name, name.len > 0 ? NULL : "signin.username.empty");
}

/* The page again, with what went wrong; the log knows the number. */
static void again(struct signin_run *run, const struct signin_row *row)
{
    signin_record(run, row->aadsts, false);
    signin_show(run, run->state->stage, row->message);
}

static void refuse(struct signin_run *run, const struct signin_row *row)
{
    signin_refuse(run, row->aadsts, HG_STR(""));
}

/* A second factor that this browser was told to remember counts from when it was given. */
static void take_remembered(struct signin_run *run)
{
    const struct signin_facts *facts = run->facts;
    if (!lifetime_remembered(facts->remembered_at, facts->settings, facts->user->valid_from,
                             facts->now))
        return;
    run->state->mfa_at = facts->remembered_at;
    run->state->methods |= facts->remembered_methods;
}

/* Only a known, enabled user can have had the right password. */
static void password_ok(struct signin_run *run, const struct signin_row *row)
{
    const struct model_user *user = run->facts->user;
    struct signin_state *state = run->state;
    if (user == NULL || !user->enabled) {
        again(run, row);
        return;
    }
    signin_forget(state);
    state->user = user->id;
    state->is_proved = true;
    state->is_fresh = true;
    state->auth_at = run->facts->now;
    state->methods = MODEL_METHOD_PASSWORD;
    take_remembered(run);
    signin_evaluate(run);
}

static void judge(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    signin_judge(run);
}

static void code_ok(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    struct signin_state *state = run->state;
    state->is_fresh = true;
    state->mfa_is_fresh = true;
    state->asks_remember = run->event->remember;
    state->mfa_at = (struct model_when){.is_set = true, .at = run->facts->now};
    state->methods |= MODEL_METHOD_SOFTWARE_OATH;
    signin_evaluate(run);
}

/* Its first code proves the new authenticator and is the second factor of this sign-in. The
 * page may have waited while policies changed. */
static void registered(struct signin_run *run, const struct signin_row *row)
{
    if (!run->facts->may_register) {
        signin_refuse(run, PROOF_UP_PLACE, HG_STR(""));
        return;
    }
    run->state->is_registered = true;
    (void)signin_put(run, SIGNIN_EFFECT_REGISTER);
    if (run->facts->user_mfa == MODEL_USER_MFA_ENABLED)
        (void)signin_put(run, SIGNIN_EFFECT_ENFORCE);
    code_ok(run, row);
}

/* The page again, with what the form needs; nothing was tried. */
static void fill_in_again(struct signin_run *run, const struct signin_row *row)
{
    signin_show(run, run->state->stage, row->message);
}

/* The old password was proved anew, at the instant from which the new one counts: what was
 * proved before it ends. */
static void new_password_ok(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    struct signin_state *state = run->state;
    state->is_fresh = true;
    state->password_is_changed = true;
    state->auth_at = run->facts->now;
    state->methods |= MODEL_METHOD_PASSWORD;
    (void)signin_put(run, SIGNIN_EFFECT_CHANGE_PASSWORD);
    signin_evaluate(run);
}

/* --- Terms of use --- */

static void terms_viewed(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    run->state->terms_viewed = true;
    signin_show(run, SIGNIN_STAGE_TERMS, NULL);
}

static void answer_terms(struct signin_run *run, enum signin_effect_kind answer)
{
    struct signin_state *state = run->state;
    signin_put(run, answer)->terms = state->terms;
    state->terms = HG_STR("");
    state->terms_viewed = false;
}

/* An agreement that went while its page waited is not recorded: policies are asked again. */
static void terms_accepted(struct signin_run *run, const struct signin_row *row)
{
    if (run->facts->terms_need_viewing && !run->state->terms_viewed) {
        signin_show(run, SIGNIN_STAGE_TERMS, row->message);
        return;
    }
    if (run->facts->terms_can_be_accepted)
        answer_terms(run, SIGNIN_EFFECT_ACCEPT_TERMS);
    signin_evaluate(run);
}

static void terms_declined(struct signin_run *run, const struct signin_row *row)
{
    answer_terms(run, SIGNIN_EFFECT_DECLINE_TERMS);
    signin_refuse(run, row->aadsts, HG_STR(""));
}

static void consented(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    run->state->is_consented = true;
    (void)signin_put(run, SIGNIN_EFFECT_CONSENT);
    signin_evaluate(run);
}

static void declined(struct signin_run *run, const struct signin_row *row)
{
    signin_record(run, row->aadsts, false);
    signin_answer_client(run, row->aadsts, HG_STR(""), false);
}

/* The page may have waited while policies changed: they are asked again before anything is
 * issued. What was answered is kept, so the question is not asked twice. */
static void stay(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    run->state->persist = SIGNIN_PERSIST_ALWAYS;
    signin_evaluate(run);
}

static void leave(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    run->state->persist = SIGNIN_PERSIST_NEVER;
    signin_evaluate(run);
}

static void cancel(struct signin_run *run, const struct signin_row *row)
{
    if (run->state->is_proved)
        signin_record(run, row->aadsts, true);
    signin_answer_client(run, row->aadsts, HG_STR(""), true);
}

/* The refusal was recorded when it was decided. */
static void to_client(struct signin_run *run, const struct signin_row *row)
{
    (void)row;
    signin_answer_client(run, run->state->aadsts, run->state->claims, false);
}

/* --- The table ------------------------------------------------------------------------------ */

#define WRONG_PASSWORD "signin.password.wrong" /* the same for a user there is not */
#define WRONG_CODE "signin.code.wrong"         /* the same for one that was used before */
#define WRONG_OLD "signin.new_password.wrong"
#define THROTTLED "signin.throttled"

// clang-format off
static const struct {
    enum signin_stage stage;
    enum signin_event_kind event;
    signin_action_fn *act;
    struct signin_row row;
} transitions[] = {
    {SIGNIN_STAGE_START,    SIGNIN_EVENT_START,                 start,         {NULL, 0}},
    {SIGNIN_STAGE_ACCOUNT,  SIGNIN_EVENT_ACCOUNT,               take_account,  {NULL, 0}},
    {SIGNIN_STAGE_ACCOUNT,  SIGNIN_EVENT_OTHER_ACCOUNT,         other_account, {NULL, 0}},
    {SIGNIN_STAGE_USERNAME, SIGNIN_EVENT_USERNAME,              username,      {NULL, 0}},
    {SIGNIN_STAGE_PASSWORD, SIGNIN_EVENT_PASSWORD_OK,           password_ok,   {WRONG_PASSWORD, 50126}},
    {SIGNIN_STAGE_PASSWORD, SIGNIN_EVENT_PASSWORD_WRONG,        again,         {WRONG_PASSWORD, 50126}},
    {SIGNIN_STAGE_PASSWORD, SIGNIN_EVENT_PASSWORD_UNKNOWN_USER, again,         {WRONG_PASSWORD, 50034}},
    {SIGNIN_STAGE_PASSWORD, SIGNIN_EVENT_PASSWORD_THROTTLED,    again,         {THROTTLED, 50053}},
    {SIGNIN_STAGE_PASSWORD, SIGNIN_EVENT_PASSWORD_DISABLED,     refuse,        {NULL, USER_DISABLED}},
    {SIGNIN_STAGE_PASSWORD, SIGNIN_EVENT_PASSWORD_EXPIRED,      refuse,        {NULL, 50055}},
    {SIGNIN_STAGE_PASSWORD, SIGNIN_EVENT_OTHER_ACCOUNT,         other_account, {NULL, 0}},
    {SIGNIN_STAGE_POLICY,   SIGNIN_EVENT_VERDICT,               judge,         {NULL, 0}},
    {SIGNIN_STAGE_REGISTER, SIGNIN_EVENT_CODE_OK,               registered,    {NULL, 0}},
    {SIGNIN_STAGE_REGISTER, SIGNIN_EVENT_CODE_WRONG,            again,         {WRONG_CODE, 50072}},
    {SIGNIN_STAGE_REGISTER, SIGNIN_EVENT_CODE_REPLAYED,         again,         {WRONG_CODE, 50072}},
    {SIGNIN_STAGE_REGISTER, SIGNIN_EVENT_CODE_THROTTLED,        again,         {THROTTLED, 50053}},
    {SIGNIN_STAGE_CODE,     SIGNIN_EVENT_CODE_OK,               code_ok,       {NULL, 0}},
    {SIGNIN_STAGE_CODE,     SIGNIN_EVENT_CODE_WRONG,            again,         {WRONG_CODE, 50074}},
    {SIGNIN_STAGE_CODE,     SIGNIN_EVENT_CODE_REPLAYED,         again,         {WRONG_CODE, 50074}},
    {SIGNIN_STAGE_CODE,     SIGNIN_EVENT_CODE_THROTTLED,        again,         {THROTTLED, 50053}},
    {SIGNIN_STAGE_NEW_PASSWORD, SIGNIN_EVENT_NEW_PASSWORD_OK,        new_password_ok, {NULL, 0}},
    {SIGNIN_STAGE_NEW_PASSWORD, SIGNIN_EVENT_NEW_PASSWORD_WRONG,     again,         {WRONG_OLD, 50126}},
    {SIGNIN_STAGE_NEW_PASSWORD, SIGNIN_EVENT_NEW_PASSWORD_THROTTLED, again,         {THROTTLED, 50053}},
    {SIGNIN_STAGE_NEW_PASSWORD, SIGNIN_EVENT_NEW_PASSWORD_WEAK,      fill_in_again, {"signin.new_password.weak", 0}},
    {SIGNIN_STAGE_NEW_PASSWORD, SIGNIN_EVENT_NEW_PASSWORD_SAME,      fill_in_again, {"signin.new_password.same", 0}},
    {SIGNIN_STAGE_NEW_PASSWORD, SIGNIN_EVENT_NEW_PASSWORD_DIFFER,    fill_in_again, {"signin.new_password.differ", 0}},
    {SIGNIN_STAGE_NEW_PASSWORD, SIGNIN_EVENT_CANCEL,                 cancel,        {NULL, DECLINED}},
    {SIGNIN_STAGE_TERMS,    SIGNIN_EVENT_TERMS_VIEWED,          terms_viewed,  {NULL, 0}},
    {SIGNIN_STAGE_TERMS,    SIGNIN_EVENT_TERMS_ACCEPTED,        terms_accepted,{"signin.terms.view", 0}},
    {SIGNIN_STAGE_TERMS,    SIGNIN_EVENT_TERMS_DECLINED,        terms_declined,{NULL, TERMS_NEEDED}},
    {SIGNIN_STAGE_CONSENT,  SIGNIN_EVENT_CONSENT_ACCEPTED,      consented,     {NULL, 0}},
    {SIGNIN_STAGE_CONSENT,  SIGNIN_EVENT_CONSENT_DECLINED,      declined,      {NULL, DECLINED}},
    {SIGNIN_STAGE_STAY,     SIGNIN_EVENT_STAY_YES,              stay,          {NULL, 0}},
    {SIGNIN_STAGE_STAY,     SIGNIN_EVENT_STAY_NO,               leave,         {NULL, 0}},
    {SIGNIN_STAGE_REFUSED,  SIGNIN_EVENT_CANCEL,                to_client,     {NULL, 0}},
    {SIGNIN_STAGE_REFUSED,  SIGNIN_EVENT_OTHER_ACCOUNT,         other_account, {NULL, 0}},
    {SIGNIN_STAGE_ACCOUNT,  SIGNIN_EVENT_CANCEL,                cancel,        {NULL, DECLINED}},
    {SIGNIN_STAGE_USERNAME, SIGNIN_EVENT_CANCEL,                cancel,        {NULL, DECLINED}},
    {SIGNIN_STAGE_PASSWORD, SIGNIN_EVENT_CANCEL,                cancel,        {NULL, DECLINED}},
    {SIGNIN_STAGE_REGISTER, SIGNIN_EVENT_CANCEL,                cancel,        {NULL, DECLINED}},
    {SIGNIN_STAGE_CODE,     SIGNIN_EVENT_CANCEL,                cancel,        {NULL, DECLINED}},
    {SIGNIN_STAGE_TERMS,    SIGNIN_EVENT_CANCEL,                cancel,        {NULL, DECLINED}},
    {SIGNIN_STAGE_CONSENT,  SIGNIN_EVENT_CANCEL,                cancel,        {NULL, DECLINED}},
    {SIGNIN_STAGE_STAY,     SIGNIN_EVENT_CANCEL,                cancel,        {NULL, DECLINED}},
};
// clang-format on

static bool is_over(const struct signin_run *run)
{
    const struct signin_state *state = run->state;
    hg_time end = hg_time_add(state->started, signin_journey);
    return state->stage == SIGNIN_STAGE_DONE || state->stage == SIGNIN_STAGE_GONE ||
           hg_time_before(end, run->facts->now);
}

/* Whoever proved himself must still be there and enabled at every later step. */
static bool has_lost_user(const struct signin_run *run)
{
    const struct model_user *user = run->facts->user;
    return user == NULL || !user->enabled || !hg_str_eq(user->id, run->state->user);
}

/* What was proved before the user's sessions were revoked, or the password was changed,
 * counts no more: the journey begins again at the password. */
static bool is_revoked(const struct signin_run *run)
{
    const struct signin_state *state = run->state;
    struct model_when valid_from = run->facts->user->valid_from;
    return valid_from.is_set && hg_time_before(state->auth_at, valid_from.at);
}

static void prove_again(struct signin_run *run)
{
    if (signin_is_silent(run))
        signin_refuse(run, NOBODY_SIGNED_IN, HG_STR(""));
    else
        signin_ask_password(run, run->state->username, "signin.password.again");
}

/* A page that offers a new authenticator is worth nothing once the user has one: whoever
 * knows the password alone could leave it open until then. */
static bool has_lost_registration(const struct signin_run *run)
{
    return run->state->stage == SIGNIN_STAGE_REGISTER && run->facts->user->has_mfa_method &&
           run->event->kind != SIGNIN_EVENT_CANCEL;
}

static void ask_code(struct signin_run *run)
{
    run->state->secret = HG_STR("");
    signin_show(run, SIGNIN_STAGE_CODE, NULL);
}

static bool counts_proofs(const struct signin_run *run)
{
    return run->state->is_proved && run->state->stage != SIGNIN_STAGE_REFUSED;
}

/* An event out of place changes nothing. */
static void stand_still(struct signin_run *run)
{
    if (run->state->stage == SIGNIN_STAGE_POLICY)
        signin_evaluate(run);
    else if (run->state->stage == SIGNIN_STAGE_START)
        signin_show_gone(run);
    else
        signin_show(run, run->state->stage, NULL);
}

static void dispatch(struct signin_run *run)
{
    for (size_t i = 0; i < HG_COUNT(transitions); i++) {
        if (transitions[i].stage != run->state->stage || transitions[i].event != run->event->kind)
            continue;
        transitions[i].act(run, &transitions[i].row);
        return;
    }
    stand_still(run);
}

void signin_step(const struct signin_state *state, const struct signin_event *event,
                 const struct signin_facts *facts, struct signin_step *out)
{
    *out = (struct signin_step){.state = *state};
    struct signin_run run = {.state = &out->state, .event = event, .facts = facts, .out = out};
    if (is_over(&run))
        signin_show_gone(&run);
    else if (counts_proofs(&run) && has_lost_user(&run))
        signin_refuse(&run, USER_DISABLED, HG_STR(""));
    else if (counts_proofs(&run) && is_revoked(&run))
        prove_again(&run);
    else if (has_lost_registration(&run))
        ask_code(&run);
    else
        dispatch(&run);
}
