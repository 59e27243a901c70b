#include "base/base.h"
#include "lifetime/lifetime.h"
#include "signin/signin.h"
#include "signin/signin_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The page a stage waits on; stages without one are passed through or over. */
static const struct {
    enum signin_page page;
    const char *title;
} pages[SIGNIN_STAGE_COUNT] = {
    [SIGNIN_STAGE_ACCOUNT] = {SIGNIN_PAGE_ACCOUNT, "signin.title.account"},
    [SIGNIN_STAGE_USERNAME] = {SIGNIN_PAGE_USERNAME, "signin.title.username"},
    [SIGNIN_STAGE_PASSWORD] = {SIGNIN_PAGE_PASSWORD, "signin.title.password"},
    [SIGNIN_STAGE_REGISTER] = {SIGNIN_PAGE_REGISTER, "signin.title.register"},
    [SIGNIN_STAGE_CODE] = {SIGNIN_PAGE_CODE, "signin.title.code"},
    [SIGNIN_STAGE_NEW_PASSWORD] = {SIGNIN_PAGE_NEW_PASSWORD, "signin.title.new_password"},
    [SIGNIN_STAGE_TERMS] = {SIGNIN_PAGE_TERMS, "signin.title.terms"},
    [SIGNIN_STAGE_CONSENT] = {SIGNIN_PAGE_CONSENT, "signin.title.consent"},
    [SIGNIN_STAGE_STAY] = {SIGNIN_PAGE_STAY, "signin.title.stay"},
    [SIGNIN_STAGE_REFUSED] = {SIGNIN_PAGE_REFUSED, "signin.title.refused"},
};

const char *signin_page_name(enum signin_page page)
{
    static const char *const names[SIGNIN_PAGE_COUNT] = {
        [SIGNIN_PAGE_ACCOUNT] = "account",   [SIGNIN_PAGE_USERNAME] = "username",
        [SIGNIN_PAGE_PASSWORD] = "password", [SIGNIN_PAGE_REGISTER] = "register",
        [SIGNIN_PAGE_CODE] = "code",         [SIGNIN_PAGE_NEW_PASSWORD] = "new_password",
        [SIGNIN_PAGE_TERMS] = "terms",       [SIGNIN_PAGE_CONSENT] = "consent",
        [SIGNIN_PAGE_STAY] = "stay",         [SIGNIN_PAGE_REFUSED] = "refused",
        [SIGNIN_PAGE_GONE] = "gone",
    };
    HG_ASSERT(page < SIGNIN_PAGE_COUNT);
    return names[page];
}

bool signin_is_silent(const struct signin_run *run)
{
    return (run->facts->request.prompt & SIGNIN_PROMPT_NONE) != 0;
}

bool signin_password_is_fresh(const struct signin_state *state)
{
    return state->is_proved && !hg_time_before(state->auth_at, state->started);
}

struct signin_effect *signin_put(struct signin_run *run, enum signin_effect_kind kind)
{
    HG_ASSERT(run->out->n_effects < SIGNIN_MAX_EFFECTS);
    struct signin_effect *effect = &run->out->effects[run->out->n_effects++];
    *effect = (struct signin_effect){.kind = kind};
    return effect;
}

/* Nobody is there to look at a page with prompt=none. */
void signin_show(struct signin_run *run, enum signin_stage stage, const char *message)
{
    HG_ASSERT(!signin_is_silent(run) && pages[stage].title != NULL);
    run->state->stage = stage;
    struct signin_effect *effect = signin_put(run, SIGNIN_EFFECT_SHOW);
    effect->page = pages[stage].page;
    effect->title = pages[stage].title;
    effect->message = message;
    effect->aadsts = stage == SIGNIN_STAGE_REFUSED ? run->state->aadsts : 0;
    effect->offers_remember = stage == SIGNIN_STAGE_CODE && run->facts->settings->remember_mfa;
}

void signin_show_gone(struct signin_run *run)
{
    struct signin_effect *effect = signin_put(run, SIGNIN_EFFECT_SHOW);
    effect->page = SIGNIN_PAGE_GONE;
    effect->title = "gone.title";
}

void signin_evaluate(struct signin_run *run)
{
    run->state->stage = SIGNIN_STAGE_POLICY;
    (void)signin_put(run, SIGNIN_EFFECT_EVALUATE);
}

void signin_record(struct signin_run *run, uint32_t aadsts, bool is_cancelled)
{
    struct signin_effect *effect = signin_put(run, SIGNIN_EFFECT_RECORD);
    effect->aadsts = aadsts;
    effect->is_cancelled = is_cancelled;
    effect->is_interactive = !signin_is_silent(run);
}

void signin_answer_client(struct signin_run *run, uint32_t aadsts, hg_str claims, bool is_cancelled)
{
    run->state->stage = SIGNIN_STAGE_GONE;
    struct signin_effect *effect = signin_put(run, SIGNIN_EFFECT_REDIRECT);
    effect->aadsts = aadsts;
    effect->claims = claims;
    effect->is_cancelled = is_cancelled;
}

void signin_refuse(struct signin_run *run, uint32_t aadsts, hg_str claims)
{
    signin_record(run, aadsts, false);
    if (signin_is_silent(run)) {
        signin_answer_client(run, aadsts, claims, false);
        return;
    }
    run->state->aadsts = aadsts;
    run->state->claims = claims;
    run->state->secret = HG_STR("");
    signin_show(run, SIGNIN_STAGE_REFUSED, NULL);
}

void signin_forget(struct signin_state *state)
{
    const struct signin_state kept = {.stage = state->stage,
                                      .started = state->started,
                                      .username = state->username,
                                      .session = state->session};
    *state = kept;
}

void signin_finish(struct signin_run *run)
{
    struct signin_state *state = run->state;
    if (state->persist != SIGNIN_PERSIST_ASK)
        state->is_persistent = state->persist == SIGNIN_PERSIST_ALWAYS;
    if (state->asks_remember && state->mfa_is_fresh && run->facts->settings->remember_mfa)
        (void)signin_put(run, SIGNIN_EFFECT_REMEMBER_MFA);
    (void)signin_put(run,
                     state->is_fresh ? SIGNIN_EFFECT_SESSION_RENEW : SIGNIN_EFFECT_SESSION_TOUCH);
    signin_record(run, 0, false);
    (void)signin_put(run, SIGNIN_EFFECT_ISSUE);
    state->stage = SIGNIN_STAGE_DONE;
}
