#include "base/base.h"
#include "lifetime/lifetime.h"
#include "model/model.h"
#include "policy/policy.h"
#include "signin/signin.h"
#include "signin/signin_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MFA_REQUIRED = 50076,
    MFA_UNREGISTERED = 50079,
    BLOCKED = 53003,
    PROOF_UP_PLACE = 53010,
    CONSENT_MISSING = 65001,
    SESSION_FREQUENCY = 70044,
    ADMIN_CONSENT = 90094,
    PASSWORD_EXPIRED = 50055,
    NOBODY_SIGNED_IN = 50058,
    SECOND_FACTOR = POLICY_CONTROL_MFA | POLICY_CONTROL_STRENGTH,
    NEW_PASSWORD = POLICY_CONTROL_PASSWORD_CHANGE | POLICY_CONTROL_RISK_REMEDIATION,
};

static bool is_passed(const struct policy_frequency *frequency, hg_time since, hg_time now)
{
    const struct lifetime_frequency limit = {.is_set = frequency->is_set,
                                             .every_time = frequency->every_time,
                                             .span = frequency->window};
    return lifetime_frequency_passed(&limit, since, now);
}

/* Asks for the second factor that the user has, or leads through registering one. */
static void ask_factor(struct signin_run *run)
{
    if (run->facts->user->has_mfa_method) {
        signin_show(run, SIGNIN_STAGE_CODE, NULL);
    } else if (!run->facts->may_register) {
        signin_refuse(run, PROOF_UP_PLACE, HG_STR(""));
    } else {
        run->state->secret = run->facts->new_secret;
        signin_show(run, SIGNIN_STAGE_REGISTER, NULL);
    }
}

/* A code can be asked for once a journey: when it does not satisfy, nothing here will. */
static bool can_ask_factor(const struct signin_run *run, uint32_t needs)
{
    const struct signin_state *state = run->state;
    return (needs & SECOND_FACTOR) != 0 && !state->mfa_is_fresh &&
           !(state->mfa_at.is_set && (state->methods & MODEL_METHOD_SOFTWARE_OATH));
}

/* The first of the agreements; the next ones follow when it is accepted. */
static void ask_terms(struct signin_run *run, const struct policy_verdict *verdict)
{
    if (verdict->n_terms == 0 || !run->facts->terms_can_be_accepted) {
        signin_refuse(run, verdict->aadsts, verdict->claims);
        return;
    }
    run->state->terms = verdict->terms[0];
    run->state->terms_viewed = false;
    signin_show(run, SIGNIN_STAGE_TERMS, NULL);
}

/* With a second factor (1.4), which is asked for first. True: it asked. */
static bool asks_new_password(struct signin_run *run, bool with_mfa)
{
    const struct signin_state *state = run->state;
    if (state->password_is_changed)
        return false;
    if (with_mfa && can_ask_factor(run, SECOND_FACTOR)) {
        ask_factor(run);
        return true;
    }
    if (with_mfa && !state->mfa_at.is_set)
        return false;
    signin_show(run, SIGNIN_STAGE_NEW_PASSWORD, NULL);
    return true;
}

/* In the order of 3.1: what comes before an answer that a page can obtain is in its way. */
static void challenge(struct signin_run *run, const struct policy_verdict *verdict)
{
    uint32_t first = verdict->needs & -verdict->needs;
    if (signin_is_silent(run))
        signin_refuse(run, verdict->aadsts, verdict->claims);
    else if (can_ask_factor(run, verdict->needs))
        ask_factor(run);
    else if (first == POLICY_CONTROL_TERMS_OF_USE)
        ask_terms(run, verdict);
    else if ((first & NEW_PASSWORD) == 0 || !asks_new_password(run, true))
        signin_refuse(run, verdict->aadsts, verdict->claims);
}

/* An essential claim asks for the second factor without a policy. */
static void ask_without_policy(struct signin_run *run)
{
    if (!signin_is_silent(run))
        ask_factor(run);
    else
        signin_refuse(run, run->facts->user->has_mfa_method ? MFA_REQUIRED : MFA_UNREGISTERED,
                      HG_STR(""));
}

/* Whoever set the user's password wants another one (Graph's passwordProfile). */
static void ask_own_password(struct signin_run *run)
{
    if (signin_is_silent(run) || !asks_new_password(run, run->facts->must_change_with_mfa))
        signin_refuse(run, PASSWORD_EXPIRED, HG_STR(""));
}

/* What this journey proved itself is never asked for twice. */
static bool password_is_due(const struct signin_run *run, const struct policy_verdict *verdict)
{
    return !signin_password_is_fresh(run->state) &&
           is_passed(&verdict->session.frequency, run->state->auth_at, run->facts->now);
}

static bool factor_is_due(const struct signin_run *run, const struct policy_verdict *verdict)
{
    const struct signin_state *state = run->state;
    const struct policy_session_controls *session = &verdict->session;
    return state->mfa_at.is_set && !state->mfa_is_fresh &&
           (is_passed(&session->frequency, state->mfa_at.at, run->facts->now) ||
            is_passed(&session->mfa_frequency, state->mfa_at.at, run->facts->now));
}

/* Sign-in frequency (6.6) counts for both factors. True: it interrupted. */
static bool frequency_interrupts(struct signin_run *run, const struct policy_verdict *verdict)
{
    struct signin_state *state = run->state;
    if (password_is_due(run, verdict)) {
        if (signin_is_silent(run))
            signin_refuse(run, SESSION_FREQUENCY, HG_STR(""));
        else
            signin_ask_password(run, state->username, "signin.password.again");
        return true;
    }
    if (!factor_is_due(run, verdict))
        return false;
    state->mfa_at = (struct model_when){.is_set = false};
    state->methods &= MODEL_METHOD_PASSWORD;
    signin_evaluate(run);
    return true;
}

/* A session that outlives the browser is none where policies let none do so. True: it
 * interrupted. */
static bool persistence_interrupts(struct signin_run *run, const struct policy_verdict *verdict)
{
    const struct signin_state *state = run->state;
    bool never = verdict->session.has_persistent && !verdict->session.persistent_always;
    if (!never || !state->is_persistent || signin_password_is_fresh(state))
        return false;
    if (signin_is_silent(run))
        signin_refuse(run, NOBODY_SIGNED_IN, HG_STR(""));
    else
        signin_ask_password(run, state->username, "signin.password.again");
    return true;
}

void signin_judge(struct signin_run *run)
{
    const struct policy_verdict *verdict = run->event->verdict;
    struct signin_state *state = run->state;
    HG_ASSERT(verdict != NULL);
    state->secret = HG_STR(""); /* if one was confirmed, it is stored by now */
    if (verdict->outcome == POLICY_BLOCK) {
        signin_refuse(run, verdict->aadsts != 0 ? verdict->aadsts : BLOCKED, verdict->claims);
        return;
    }
    if (frequency_interrupts(run, verdict) || persistence_interrupts(run, verdict))
        return;
    if (verdict->session.has_persistent)
        state->persist =
            verdict->session.persistent_always ? SIGNIN_PERSIST_ALWAYS : SIGNIN_PERSIST_NEVER;
    if (verdict->outcome != POLICY_ALLOW)
        challenge(run, verdict);
    else if (run->facts->request.wants_mfa && !state->mfa_at.is_set)
        ask_without_policy(run);
    else if (run->facts->must_change_password && !state->password_is_changed)
        ask_own_password(run);
    else
        signin_after_policy(run);
}

static bool consent_interrupts(struct signin_run *run)
{
    const struct signin_facts *facts = run->facts;
    bool asked = (facts->request.prompt & SIGNIN_PROMPT_CONSENT) != 0;
    if (run->state->is_consented || (!facts->consent_needed && !asked))
        return false;
    if (signin_is_silent(run))
        signin_refuse(run, CONSENT_MISSING, HG_STR(""));
    else if (facts->consent_needed && facts->consent_needs_admin)
        signin_refuse(run, ADMIN_CONSENT, HG_STR(""));
    else
        signin_show(run, SIGNIN_STAGE_CONSENT, NULL);
    return true;
}

void signin_after_policy(struct signin_run *run)
{
    const struct signin_state *state = run->state;
    if (consent_interrupts(run))
        return;
    if (run->facts->may_stay && state->persist == SIGNIN_PERSIST_ASK &&
        signin_password_is_fresh(state))
        signin_show(run, SIGNIN_STAGE_STAY, NULL);
    else
        signin_finish(run);
}
