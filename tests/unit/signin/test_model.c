#include "unit/signin/world.h"
#include "unit/test.h"

/* Every sequence of events to a depth of twelve (security.md G23), in worlds that differ
 * in what the request, the session and the policy say. States that look alike are visited
 * once. Beside the machine's state walks what really happened; the two are compared
 * whenever a code is issued. */

enum { DEPTH = 12, MAX_NODES = 20000 };

struct node {
    struct signin_state state;
    bool had_password, had_code; /* really accepted in this journey */
    bool had_consent;
    unsigned depth;
};

struct search {
    struct hg_arena *arena;
    struct signin_facts facts;
    struct lifetime_settings settings;
    struct signin_session session;
    enum policy_outcome outcome; /* CHALLENGE: MFA, until there is one */
    struct node *nodes;
    size_t n;
    size_t n_issued, n_shown;
};

static bool is_same(const struct node *a, const struct node *b)
{
    const struct signin_state *s = &a->state;
    const struct signin_state *t = &b->state;
    return s->stage == t->stage && s->is_proved == t->is_proved && s->is_fresh == t->is_fresh &&
           s->mfa_is_fresh == t->mfa_is_fresh && s->mfa_at.is_set == t->mfa_at.is_set &&
           s->is_consented == t->is_consented && s->persist == t->persist &&
           s->aadsts == t->aadsts && hg_str_eq(s->username, t->username) &&
           hg_str_eq(s->user, t->user) && hg_str_eq(s->secret, t->secret) &&
           a->had_password == b->had_password && a->had_code == b->had_code &&
           a->had_consent == b->had_consent;
}

static void add(struct search *search, const struct node *node)
{
    for (size_t i = 0; i < search->n; i++)
        if (is_same(&search->nodes[i], node))
            return;
    assert_true(search->n < MAX_NODES);
    search->nodes[search->n++] = *node;
}

static struct policy_verdict verdict_for(const struct search *search,
                                         const struct signin_state *state)
{
    if (search->outcome == POLICY_BLOCK)
        return world_verdict(POLICY_BLOCK, POLICY_CONTROL_BLOCK | POLICY_CONTROL_MFA, 53003);
    if (search->outcome == POLICY_CHALLENGE && !state->mfa_at.is_set)
        return world_verdict(POLICY_CHALLENGE, POLICY_CONTROL_MFA, 50076);
    return world_verdict(POLICY_ALLOW, 0, 0);
}

/* A code was issued: everything that was wanted has really been proved. */
static void check_issued(const struct search *search, const struct node *node,
                         const struct signin_state *state)
{
    bool by_session = search->facts.session != NULL;
    bool by_session_mfa = by_session && search->session.mfa_at.is_set && !node->had_password;
    bool wants_mfa = search->outcome == POLICY_CHALLENGE || search->facts.request.wants_mfa;
    assert_true(node->had_password || by_session);
    assert_true(search->outcome != POLICY_BLOCK);
    assert_true(!wants_mfa || node->had_code || by_session_mfa);
    assert_int_equal(state->mfa_at.is_set, node->had_code || by_session_mfa);
    assert_true(!search->facts.consent_needed || node->had_consent);
    assert_true(hg_str_eq(state->user, world_ana.id));
    assert_int_equal(state->stage, SIGNIN_STAGE_DONE);
}

/* The laws. */
static void check(struct search *search, const struct node *node, const struct signin_step *step)
{
    const struct signin_effect *shown = world_effect(step, SIGNIN_EFFECT_SHOW);
    bool silent = (search->facts.request.prompt & SIGNIN_PROMPT_NONE) != 0;
    assert_true(!silent || shown == NULL || shown->page == SIGNIN_PAGE_GONE);
    assert_true(world_effect(step, SIGNIN_EFFECT_CONSENT) == NULL || node->had_consent);
    assert_true(world_effect(step, SIGNIN_EFFECT_REGISTER) == NULL || node->had_code);
    search->n_shown += shown != NULL;
    if (world_effect(step, SIGNIN_EFFECT_ISSUE) == NULL)
        return;
    search->n_issued++;
    check_issued(search, node, &step->state);
}

/* What really happened: an accepted proof counts only where one was asked for, and a new
 * password begins anew. */
static void happened(struct node *node, enum signin_event_kind event, enum signin_stage before)
{
    if (event == SIGNIN_EVENT_PASSWORD_OK && before == SIGNIN_STAGE_PASSWORD) {
        node->had_password = true;
        node->had_code = false;
    }
    if (event == SIGNIN_EVENT_CODE_OK &&
        (before == SIGNIN_STAGE_CODE || before == SIGNIN_STAGE_REGISTER))
        node->had_code = true;
    if (event == SIGNIN_EVENT_CONSENT_ACCEPTED && before == SIGNIN_STAGE_CONSENT)
        node->had_consent = true;
    bool asks_who = before == SIGNIN_STAGE_ACCOUNT || before == SIGNIN_STAGE_PASSWORD ||
                    before == SIGNIN_STAGE_REFUSED;
    if (event == SIGNIN_EVENT_OTHER_ACCOUNT && asks_who)
        node->had_code = node->had_password = false;
}

static void take_event(struct search *search, const struct node *from, struct signin_event event)
{
    struct node node = *from;
    struct signin_step step;
    node.depth++;
    happened(&node, event.kind, from->state.stage);
    signin_step(&from->state, &event, &search->facts, &step);
    if (node.state.stage != step.state.stage || step.n_effects > 0)
        check(search, &node, &step);
    node.state = step.state;
    if (!node.state.is_proved)
        node.had_consent = node.had_consent && node.state.is_consented;
    add(search, &node);
}

static void explore(struct search *search)
{
    struct node first = {.state = signin_begin(world_at(0))};
    search->n = 0;
    add(search, &first);
    for (size_t i = 0; i < search->n; i++) {
        struct node from = search->nodes[i];
        if (from.depth >= DEPTH)
            continue;
        for (unsigned kind = 0; kind < SIGNIN_EVENT_COUNT; kind++) {
            struct policy_verdict verdict = verdict_for(search, &from.state);
            struct signin_event event = {.kind = (enum signin_event_kind)kind,
                                         .username = world_ana.upn,
                                         .verdict = &verdict};
            take_event(search, &from, event);
        }
    }
}

static void no_path_leads_past_a_missing_proof(void **state)
{
    (void)state;
    struct search search = {.arena = test_arena(),
                            .settings = lifetime_defaults(MODEL_BEHAVIOUR_SEED),
                            .session = world_session()};
    search.nodes = HG_NEW_ARRAY(search.arena, struct node, MAX_NODES);
    assert_non_null(search.nodes);
    static const enum policy_outcome outcomes[] = {POLICY_ALLOW, POLICY_CHALLENGE, POLICY_BLOCK};
    static const uint32_t prompts[] = {0, SIGNIN_PROMPT_NONE, SIGNIN_PROMPT_LOGIN,
                                       SIGNIN_PROMPT_CONSENT, SIGNIN_PROMPT_SELECT_ACCOUNT};
    /* bits of w: session, its second factor, consent, essential factor, stay, no method */
    for (unsigned w = 0; w < 64; w++) {
        struct model_user user = world_ana;
        user.has_mfa_method = (w & 32) == 0;
        search.session.mfa_at.is_set = (w & 2) != 0;
        search.facts = (struct signin_facts){.now = world_at(1),
                                             .request = {.wants_mfa = (w & 8) != 0},
                                             .session = w & 1 ? &search.session : NULL,
                                             .user = &user,
                                             .may_register = true,
                                             .settings = &search.settings,
                                             .consent_needed = (w & 4) != 0,
                                             .may_stay = (w & 16) != 0,
                                             .new_secret = HG_STR("S")};
        for (size_t p = 0; p < HG_COUNT(prompts); p++) {
            for (size_t o = 0; o < HG_COUNT(outcomes); o++) {
                search.facts.request.prompt = prompts[p];
                search.outcome = outcomes[o];
                explore(&search);
            }
        }
    }
    if (search.n_issued < 500 || search.n_shown < 5000)
        fail_msg("only %zu codes and %zu pages were reached", search.n_issued, search.n_shown);
    hg_arena_free(search.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_path_leads_past_a_missing_proof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
