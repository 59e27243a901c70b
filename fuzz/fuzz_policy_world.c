/* policy: a whole world of tests/cases/policy/FORMAT.md is judged. Reasons change nothing,
 * nor do policies that are report-only or disabled; what a row of the log keeps can be read. */

#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same_frequency(const struct policy_frequency *a, const struct policy_frequency *b)
{
    return a->is_set == b->is_set && a->every_time == b->every_time && a->window.us == b->window.us;
}

/* What a client or a page would notice. */
static bool same_decision(const struct policy_verdict *a, const struct policy_verdict *b)
{
    const struct policy_session_controls *s = &a->session;
    const struct policy_session_controls *t = &b->session;
    return a->outcome == b->outcome && a->needs == b->needs && a->aadsts == b->aadsts &&
           hg_str_eq(a->error, b->error) && hg_str_eq(a->suberror, b->suberror) &&
           hg_str_eq(a->claims, b->claims) && a->n_deciding == b->n_deciding &&
           a->any_applied == b->any_applied && same_frequency(&s->frequency, &t->frequency) &&
           same_frequency(&s->mfa_frequency, &t->mfa_frequency) &&
           s->has_persistent == t->has_persistent && s->persistent_always == t->persistent_always;
}

static struct policy_verdict judge(struct hg_arena *arena, const struct policy_set *set,
                                   const struct policy_facts *facts, bool with_reasons)
{
    struct policy_verdict verdict;
    HG_ASSERT(policy_judge(arena, set, facts, with_reasons, &verdict, NULL) == HG_OK);
    HG_ASSERT(policy_results_check(set, verdict.results, NULL) == HG_OK);
    HG_ASSERT((verdict.outcome == POLICY_ALLOW) == (verdict.aadsts == 0));
    HG_ASSERT(verdict.outcome != POLICY_ALLOW || verdict.needs == 0);
    return verdict;
}

/* The set without what only reports or does nothing. */
static const struct policy_set *enforced_only(struct hg_arena *arena, const struct world *world)
{
    struct policy_source source = world->source;
    const struct policy_rule **rules =
        HG_NEW_ARRAY(arena, const struct policy_rule *, source.n_rules);
    const struct policy_set *set;
    HG_ASSERT(rules != NULL);
    source.n_rules = 0;
    for (size_t i = 0; i < world->n_rules; i++)
        if (policy_rule_state(world->rules[i]) == POLICY_ENABLED)
            rules[source.n_rules++] = world->rules[i];
    source.rules = rules;
    HG_ASSERT(policy_compile(arena, &source, &set, NULL) == HG_OK);
    return set;
}

/* The reader of worlds takes what it is given for lists. */
static bool has_lists(const struct hg_json *json)
{
    static const char *const lists[] = {"policies", "locations", "strengths", "trustedIps",
                                        "signIns"};
    for (size_t i = 0; i < HG_COUNT(lists); i++) {
        const struct hg_json *list = hg_json_get(json, lists[i]);
        if (list != NULL && !hg_json_is(list, HG_JSON_ARRAY))
            return false;
    }
    return true;
}

/* A world may leave out who signs in; that is judged by nobody. */
static bool is_somebody(const struct policy_facts *facts)
{
    return (facts->user == NULL) != (facts->workload == NULL);
}

static void check_signin(struct hg_arena *arena, const struct world *world,
                         const struct policy_set *enforced, const struct policy_facts *facts)
{
    struct policy_verdict plain = judge(arena, world->set, facts, false);
    struct policy_verdict explained = judge(arena, world->set, facts, true);
    struct policy_verdict alone = judge(arena, enforced, facts, false);
    HG_ASSERT(same_decision(&plain, &explained));
    HG_ASSERT(hg_str_eq(plain.results, explained.results));
    HG_ASSERT(plain.results.len == world->n_rules);
    HG_ASSERT(same_decision(&plain, &alone));
    hg_str text;
    struct hg_json shown = policy_verdict_json(arena, &explained);
    HG_ASSERT(hg_json_render(arena, &shown, &text, NULL) == HG_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 256 << 20);
    struct hg_json json;
    struct world world;
    if (arena == NULL ||
        hg_json_parse(arena, (hg_str){(const char *)data, size}, HG_JSON_STRICT, &hg_json_api,
                      &json, NULL) != HG_OK ||
        !has_lists(&json) || world_read(arena, &json, &world, NULL) != HG_OK)
        return 0;
    const struct policy_set *enforced = enforced_only(arena, &world);
    for (size_t i = 0; i < world.n_signins; i++)
        if (is_somebody(&world.signins[i]))
            check_signin(arena, &world, enforced, &world.signins[i]);
    return 0;
}
