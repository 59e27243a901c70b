#pragma once

#include "unit/signin/world.h"
#include "unit/test.h"

/* A journey is a list of events; after each one the page shown, or what came instead,
 * is written down as a word. Rows compare the whole list. */

enum verdict {
    ALLOW,
    BLOCK,
    MFA,
    STRENGTH,
    DEVICE,
    FREQUENT,
    MFA_FREQUENT,
    KEEP,
    DROP,
    TERMS,
    MFA_TERMS,
    CHANGE
};

static const hg_str both_terms[] = {HG_LIT("t1"), HG_LIT("t2")};

/* Two agreements, of which so many are accepted. */
static inline struct policy_verdict terms_verdict(size_t accepted)
{
    struct policy_verdict verdict =
        world_verdict(POLICY_CHALLENGE, POLICY_CONTROL_TERMS_OF_USE, 50158);
    verdict.terms = both_terms + accepted;
    verdict.n_terms = HG_COUNT(both_terms) - accepted;
    return verdict.n_terms > 0 ? verdict : world_verdict(POLICY_ALLOW, 0, 0);
}

static inline struct policy_verdict verdict_of(enum verdict which, const struct signin_state *state,
                                               size_t accepted)
{
    struct policy_verdict allow = world_verdict(POLICY_ALLOW, 0, 0);
    switch (which) {
    case ALLOW:
        return allow;
    case BLOCK:
        return world_verdict(POLICY_BLOCK, POLICY_CONTROL_BLOCK | POLICY_CONTROL_MFA, 53003);
    case MFA:
        return state->mfa_at.is_set ? allow
                                    : world_verdict(POLICY_CHALLENGE, POLICY_CONTROL_MFA, 50076);
    case STRENGTH:
        return world_verdict(POLICY_CHALLENGE, POLICY_CONTROL_STRENGTH, 50076);
    case DEVICE:
        return world_verdict(POLICY_CHALLENGE, POLICY_CONTROL_COMPLIANT_DEVICE, 53000);
    case FREQUENT:
        allow.session.frequency =
            (struct policy_frequency){.is_set = true, .window = HG_MINUTES(30)};
        return allow;
    case MFA_FREQUENT:
        allow = verdict_of(MFA, state, accepted);
        allow.session.mfa_frequency =
            (struct policy_frequency){.is_set = true, .window = HG_MINUTES(30)};
        return allow;
    case KEEP:
        allow.session.has_persistent = true;
        allow.session.persistent_always = true;
        return allow;
    case DROP:
        allow.session.has_persistent = true;
        return allow;
    case CHANGE:
        return state->password_is_changed && state->mfa_at.is_set
                   ? allow
                   : world_verdict(POLICY_CHALLENGE, POLICY_CONTROL_PASSWORD_CHANGE, 50135);
    case TERMS:
        return terms_verdict(accepted);
    case MFA_TERMS:
        if (state->mfa_at.is_set)
            return terms_verdict(accepted);
        allow = terms_verdict(accepted);
        allow.outcome = POLICY_CHALLENGE;
        allow.needs |= POLICY_CONTROL_MFA;
        allow.aadsts = 50076;
        return allow;
    }
    return allow;
}

struct row {
    const char *name;
    const char *events; /* one word an event, see event_names */
    const char *want;   /* one word a step */
    enum verdict verdict;
    uint32_t prompt;
    const struct model_user *user; /* NULL: Ana */
    bool unknown;
    bool session, old_session, one_factor_session;
    bool max_age, wants_mfa, may_stay, consent, admin_consent, no_register;
    bool no_terms, view_terms;
    bool must_change, must_change_with_mfa, changed_session;
    bool kept_session; /* it outlives the browser */
    const char *login_hint, *sid, *hint_user;
    unsigned remember_days;
    int64_t remembered; /* seconds ago, 0: not */
    enum model_user_mfa user_mfa;
    unsigned multi_factor_days; /* MaxAgeMultiFactor */
};

static const struct {
    const char *word;
    enum signin_event_kind kind;
} event_names[] = {
    {"start", SIGNIN_EVENT_START},
    {"show", SIGNIN_EVENT_SHOW},
    {"account", SIGNIN_EVENT_ACCOUNT},
    {"other", SIGNIN_EVENT_OTHER_ACCOUNT},
    {"name", SIGNIN_EVENT_USERNAME},
    {"pw", SIGNIN_EVENT_PASSWORD_OK},
    {"wrong", SIGNIN_EVENT_PASSWORD_WRONG},
    {"unknown", SIGNIN_EVENT_PASSWORD_UNKNOWN_USER},
    {"disabled", SIGNIN_EVENT_PASSWORD_DISABLED},
    {"expired", SIGNIN_EVENT_PASSWORD_EXPIRED},
    {"throttled", SIGNIN_EVENT_PASSWORD_THROTTLED},
    {"code", SIGNIN_EVENT_CODE_OK},
    {"code+", SIGNIN_EVENT_CODE_OK},
    {"badcode", SIGNIN_EVENT_CODE_WRONG},
    {"oldcode", SIGNIN_EVENT_CODE_REPLAYED},
    {"slow", SIGNIN_EVENT_CODE_THROTTLED},
    {"new", SIGNIN_EVENT_NEW_PASSWORD_OK},
    {"old?", SIGNIN_EVENT_NEW_PASSWORD_WRONG},
    {"weak", SIGNIN_EVENT_NEW_PASSWORD_WEAK},
    {"same", SIGNIN_EVENT_NEW_PASSWORD_SAME},
    {"differ", SIGNIN_EVENT_NEW_PASSWORD_DIFFER},
    {"hurry", SIGNIN_EVENT_NEW_PASSWORD_THROTTLED},
    {"view", SIGNIN_EVENT_TERMS_VIEWED},
    {"agree", SIGNIN_EVENT_TERMS_ACCEPTED},
    {"disagree", SIGNIN_EVENT_TERMS_DECLINED},
    {"accept", SIGNIN_EVENT_CONSENT_ACCEPTED},
    {"decline", SIGNIN_EVENT_CONSENT_DECLINED},
    {"yes", SIGNIN_EVENT_STAY_YES},
    {"no", SIGNIN_EVENT_STAY_NO},
    {"cancel", SIGNIN_EVENT_CANCEL},
};

static inline struct signin_event event_of(hg_str word)
{
    for (size_t i = 0; i < HG_COUNT(event_names); i++)
        if (hg_str_eq(word, hg_str_of(event_names[i].word)))
            return (struct signin_event){.kind = event_names[i].kind,
                                         .username = HG_STR("ana@contoso.test"),
                                         .remember = hg_str_ends(word, HG_STR("+"))};
    fail_msg("no event %.*s", HG_ARG(word));
    return (struct signin_event){.kind = SIGNIN_EVENT_SHOW};
}

/* Effects as marks: R renew, T touch, C consent, U terms accepted, D declined, P password changed,
 * A authenticator stored, E enforced, M remembered; then the page with its message, "issue", or
 * "error:number". */
static inline void write_step(struct hg_buf *buf, const struct signin_step *step)
{
    static const char marks[SIGNIN_EFFECT_COUNT] = {
        [SIGNIN_EFFECT_REGISTER] = 'A',      [SIGNIN_EFFECT_ENFORCE] = 'E',
        [SIGNIN_EFFECT_ACCEPT_TERMS] = 'U',  [SIGNIN_EFFECT_CHANGE_PASSWORD] = 'P',
        [SIGNIN_EFFECT_DECLINE_TERMS] = 'D', [SIGNIN_EFFECT_REMEMBER_MFA] = 'M',
        [SIGNIN_EFFECT_CONSENT] = 'C',       [SIGNIN_EFFECT_SESSION_RENEW] = 'R',
        [SIGNIN_EFFECT_SESSION_TOUCH] = 'T'};
    for (size_t i = 0; i < step->n_effects; i++) {
        const struct signin_effect *effect = &step->effects[i];
        if (marks[effect->kind] != '\0')
            hg_buf_byte(buf, marks[effect->kind]);
        if (effect->kind == SIGNIN_EFFECT_ISSUE)
            hg_buf_z(buf, "issue");
        if (effect->kind == SIGNIN_EFFECT_REDIRECT)
            hg_buf_format(buf, "error:%u", effect->aadsts);
        if (effect->kind != SIGNIN_EFFECT_SHOW)
            continue;
        hg_buf_z(buf, signin_page_name(effect->page));
        if (effect->page == SIGNIN_PAGE_REFUSED)
            hg_buf_format(buf, ":%u", effect->aadsts);
        if (effect->message != NULL)
            hg_buf_format(buf, "(%s)", effect->message + sizeof("signin.") - 1);
    }
}

struct world {
    size_t n_accepted; /* agreements */
    struct signin_facts facts;
    struct signin_session session;
    struct lifetime_settings settings;
};

static inline void fill_world(const struct row *row, struct world *world)
{
    world->n_accepted = 0;
    world->session = world_session();
    if (row->old_session)
        world->session.auth_at = world->session.mfa_at.at = world_at(-8 * 86400);
    world->session.password_is_changed = row->changed_session;
    world->session.is_persistent = row->kept_session;
    if (row->one_factor_session) {
        world->session.mfa_at.is_set = false;
        world->session.methods = MODEL_METHOD_PASSWORD;
    }
    world->settings = lifetime_defaults(MODEL_BEHAVIOUR_SEED);
    world->settings.remember_mfa = row->remember_days > 0;
    world->settings.remember_mfa_days = row->remember_days;
    if (row->multi_factor_days > 0)
        world->settings.multi_factor =
            (struct lifetime_limit_value){.span = HG_DAYS(row->multi_factor_days)};
    world->facts = (struct signin_facts){
        .now = world_at(0),
        .request = {.prompt = row->prompt,
                    .has_max_age = row->max_age,
                    .max_age = HG_MINUTES(10),
                    .login_hint = hg_str_of(row->login_hint),
                    .sid = hg_str_of(row->sid),
                    .hint_user = hg_str_of(row->hint_user),
                    .wants_mfa = row->wants_mfa},
        .session = row->session ? &world->session : NULL,
        .user = row->unknown ? NULL : (row->user != NULL ? row->user : &world_ana),
        .user_mfa = row->user_mfa,
        .may_register = !row->no_register,
        .must_change_password = row->must_change || row->must_change_with_mfa,
        .must_change_with_mfa = row->must_change_with_mfa,
        .terms_can_be_accepted = !row->no_terms,
        .terms_need_viewing = row->view_terms,
        .settings = &world->settings,
        .remembered_at = {.is_set = row->remembered > 0, .at = world_at(-row->remembered)},
        .remembered_methods = MODEL_METHOD_SOFTWARE_OATH,
        .consent_needed = row->consent || row->admin_consent,
        .consent_needs_admin = row->admin_consent,
        .may_stay = row->may_stay,
        .new_secret = HG_STR("SECRET"),
    };
}

/* As the shell does: verdicts are fetched until a person is waited for. */
static inline struct signin_step run_event(const struct row *row, struct world *world,
                                           struct signin_state *state, struct signin_event event,
                                           struct hg_buf *buf)
{
    struct signin_step step;
    for (int i = 0; i < 8; i++) {
        signin_step(state, &event, &world->facts, &step);
        *state = step.state;
        write_step(buf, &step);
        const struct signin_effect *accepted = world_effect(&step, SIGNIN_EFFECT_ACCEPT_TERMS);
        if (accepted != NULL)
            test_str_eq(row->name, accepted->terms, both_terms[world->n_accepted++]);
        if (world_effect(&step, SIGNIN_EFFECT_EVALUATE) == NULL)
            return step;
        static struct policy_verdict verdict;
        verdict = verdict_of(row->verdict, state, world->n_accepted);
        event = (struct signin_event){.kind = SIGNIN_EVENT_VERDICT, .verdict = &verdict};
    }
    fail_msg("%s: the machine loops", row->name);
    return step;
}

static inline hg_str journey(struct hg_arena *arena, const struct row *row)
{
    struct world world;
    struct hg_buf buf = hg_buf_new(arena, 10000);
    struct signin_state state = signin_begin(world_at(0));
    fill_world(row, &world);
    hg_str rest = hg_str_of(row->events);
    hg_str word;
    while (hg_str_field(&rest, ' ', &word)) {
        if (buf.len > 0)
            hg_buf_byte(&buf, ' ');
        (void)run_event(row, &world, &state, event_of(word), &buf);
    }
    return hg_buf_view(&buf);
}
