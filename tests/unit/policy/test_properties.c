#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/random_world.h"
#include "unit/test.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What holds for every set of policies and every sign-in, tried on random ones: 300, or as
 * many as the environment's POLICY_ROUNDS says. The order of policies does not matter, nor does
 * having one twice, nor what ids are; a disabled one is as good as deleted; a report-only one
 * changes nothing; an exclusion beats every inclusion; a policy more never makes it weaker, and
 * a block wins; when memory ends, there is no verdict. */

enum { ROUNDS = 300, N = WORLD_POLICIES, MOST = WORLD_POLICIES * 2 };

struct round {
    struct random_world world;
    const struct policy_rule *rules[MOST];
    struct policy_verdict verdict; /* of the first N */
};

static struct policy_verdict judge(struct round *round, size_t n)
{
    struct hg_arena *arena = round->world.arena;
    const struct policy_source source = {.rules = round->rules,
                                         .n_rules = n,
                                         .locations = round->world.places,
                                         .n_locations = WORLD_PLACES,
                                         .settings = round->world.settings};
    const struct policy_set *set;
    struct policy_verdict verdict;
    assert_int_equal(policy_compile(arena, &source, &set, NULL), HG_OK);
    assert_int_equal(policy_judge(arena, set, &round->world.facts, false, &verdict, NULL), HG_OK);
    return verdict;
}

/* The whole answer but what is said by policy: results, ids, and lists in their order. */
static bool same_decision(struct round *round, const struct policy_verdict *a,
                          const struct policy_verdict *b)
{
    static const char *const by_policy[] = {"results", "deciding", "claims", "terms", "factors"};
    struct hg_json left = policy_verdict_json(round->world.arena, a);
    struct hg_json right = policy_verdict_json(round->world.arena, b);
    for (size_t i = 0; i < HG_COUNT(by_policy); i++) {
        (void)hg_json_remove(&left, hg_str_of(by_policy[i]));
        (void)hg_json_remove(&right, hg_str_of(by_policy[i]));
    }
    return hg_json_eq(&left, &right) && a->any_applied == b->any_applied &&
           a->n_terms == b->n_terms && a->n_factors == b->n_factors;
}

static uint64_t rounds(void)
{
    const char *text = getenv("POLICY_ROUNDS");
    return text == NULL ? ROUNDS : strtoull(text, NULL, 10);
}

static void start(struct round *round, struct hg_arena *arena, uint64_t seed)
{
    random_world_draw(arena, seed, 0, &round->world);
    for (unsigned i = 0; i < N; i++)
        round->rules[i] =
            random_policy_rule(&round->world, &round->world.policies[i], i, "enabled");
    round->verdict = judge(round, N);
}

static void each_round(void (*check)(struct round *round, uint64_t seed))
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (uint64_t seed = 1; seed <= rounds(); seed++) {
        struct round round = {0};
        start(&round, arena, seed);
        check(&round, seed);
        hg_arena_reset(arena);
    }
}

#define CHECK(round, seed, is)                                          \
    do {                                                                \
        if (!(is))                                                      \
            fail_msg("seed %llu: %s", (unsigned long long)(seed), #is); \
    } while (0)

static void check_order(struct round *round, uint64_t seed)
{
    const struct policy_rule *rules[N];
    memcpy(rules, round->rules, sizeof(rules));
    for (unsigned i = 0; i < N; i++)
        round->rules[i] = rules[N - 1 - i];
    struct policy_verdict verdict = judge(round, N);
    CHECK(round, seed, same_decision(round, &verdict, &round->verdict));
    CHECK(round, seed, verdict.n_deciding == round->verdict.n_deciding);
    for (unsigned i = 0; i < N; i++)
        CHECK(round, seed, verdict.results.ptr[i] == round->verdict.results.ptr[N - 1 - i]);
}

static void check_twice(struct round *round, uint64_t seed)
{
    for (unsigned i = 0; i < N; i++)
        round->rules[N + i] = round->rules[i];
    struct policy_verdict verdict = judge(round, MOST);
    CHECK(round, seed, same_decision(round, &verdict, &round->verdict));
    CHECK(round, seed, hg_str_starts(verdict.results, round->verdict.results));
}

/* No byte of the answer changes but the results, which are one more. */
static void check_report_only(struct round *round, uint64_t seed)
{
    struct random_policy more = random_policy_draw(&round->world);
    round->rules[N] =
        random_policy_rule(&round->world, &more, N, "enabledForReportingButNotEnforced");
    struct policy_verdict verdict = judge(round, N + 1);
    struct hg_json with = policy_verdict_json(round->world.arena, &verdict);
    struct hg_json without = policy_verdict_json(round->world.arena, &round->verdict);
    (void)hg_json_remove(&with, HG_STR("results"));
    (void)hg_json_remove(&without, HG_STR("results"));
    CHECK(round, seed, hg_json_eq(&with, &without));
    CHECK(round, seed, hg_str_starts(verdict.results, round->verdict.results));
}

static void check_disabled(struct round *round, uint64_t seed)
{
    unsigned which = below(&round->world.draw, N);
    const struct policy_rule *last = round->rules[N - 1];
    round->rules[which] =
        random_policy_rule(&round->world, &round->world.policies[which], which, "disabled");
    struct policy_verdict disabled = judge(round, N);
    CHECK(round, seed, disabled.results.ptr[which] == POLICY_RESULT_NOT_ENABLED);
    round->rules[which] = last;
    struct policy_verdict deleted = judge(round, N - 1);
    CHECK(round, seed, same_decision(round, &disabled, &deleted));
    CHECK(round, seed, disabled.n_deciding == deleted.n_deciding);
}

/* Another way of naming, from the same draws. */
static void check_names(struct round *round, uint64_t seed)
{
    struct round other = {0};
    random_world_draw(round->world.arena, seed, 1, &other.world);
    for (unsigned i = 0; i < N; i++)
        other.rules[i] = random_policy_rule(&other.world, &other.world.policies[i], i, "enabled");
    struct policy_verdict verdict = judge(&other, N);
    CHECK(round, seed, same_decision(round, &verdict, &round->verdict));
    CHECK(round, seed, hg_str_eq(verdict.results, round->verdict.results));
    CHECK(round, seed, verdict.n_deciding == round->verdict.n_deciding);
}

static void check_block(struct round *round, uint64_t seed)
{
    struct random_policy block = {
        .users = HG_STR("\"includeUsers\":[\"All\"]"),
        .apps = HG_STR("\"includeApplications\":[\"All\"]"),
        .controls =
            HG_STR(",\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}")};
    round->rules[N] = random_policy_rule(&round->world, &block, N, "enabled");
    struct policy_verdict verdict = judge(round, N + 1);
    if (round->world.facts.user == NULL) /* a policy for users */
        CHECK(round, seed, same_decision(round, &verdict, &round->verdict));
    else
        CHECK(round, seed, verdict.outcome == POLICY_BLOCK);
}

static void check_stricter(struct round *round, uint64_t seed)
{
    struct random_policy more = random_policy_draw(&round->world);
    round->rules[N] = random_policy_rule(&round->world, &more, N, "enabled");
    struct policy_verdict verdict = judge(round, N + 1);
    CHECK(round, seed, verdict.outcome >= round->verdict.outcome);
    CHECK(round, seed, (round->verdict.needs & ~verdict.needs) == 0);
}

/* --- Exclusions ---------------------------------------------------------------------- */

static hg_str quoted(struct round *round, const hg_str *ids, size_t n)
{
    struct hg_buf buf = hg_buf_new(round->world.arena, 4096);
    for (size_t i = 0; i < n; i++) {
        hg_buf_z(&buf, i == 0 ? "" : ",");
        hg_buf_json(&buf, ids[i]);
    }
    return hg_buf_view(&buf);
}

/* Someone who has an object here, what is asked for, or where it comes from, is left out. */
static bool exclude(struct round *round, struct random_policy *policy, unsigned how)
{
    static const char *const platforms[] = {"\"android\"", "\"iOS\"", "\"windows\"",
                                            NULL,          NULL,      "\"linux\""};
    const struct policy_facts *facts = &round->world.facts;
    unsigned platform = facts->platform == 0 ? 3 : (unsigned)__builtin_ctz(facts->platform);
    switch (how) {
    case 0:
        if (facts->user == NULL || facts->user->external == MODEL_EXTERNAL_DIRECT_CONNECT)
            return false;
        policy->exclude_users = quoted(round, &facts->user->id, 1);
        return policy->workloads.len == 0;
    case 1:
        policy->exclude_apps = quoted(round, facts->resources, facts->n_resources);
        return facts->n_resources > 0 && facts->n_auth_contexts == 0;
    case 2:
        policy->exclude_places = HG_STR("\"All\"");
        return policy->places.len > 0;
    default:
        policy->exclude_platforms = hg_str_of(platforms[platform]);
        return policy->platforms.len > 0 && platforms[platform] != NULL;
    }
}

static void check_exclusion(struct round *round, uint64_t seed)
{
    for (unsigned i = 0; i < N; i++) {
        struct random_policy policy = round->world.policies[i];
        if (!exclude(round, &policy, below(&round->world.draw, 4)))
            continue;
        round->rules[i] = random_policy_rule(&round->world, &policy, i, "enabled");
        struct policy_verdict verdict = judge(round, N);
        CHECK(round, seed, verdict.results.ptr[i] == POLICY_RESULT_NOT_APPLIED);
        CHECK(round, seed, verdict.outcome <= round->verdict.outcome);
        round->verdict = verdict;
    }
}

/* Laws about worlds in which nothing ever happens would say nothing. */
static void the_worlds_decide_all_ways(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    unsigned outcomes[POLICY_BLOCK + 1] = {0};
    unsigned applied = 0;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct round round = {0};
        start(&round, arena, seed);
        outcomes[round.verdict.outcome]++;
        applied += round.verdict.outcome == POLICY_ALLOW && round.verdict.any_applied;
        hg_arena_reset(arena);
    }
    for (unsigned i = 0; i <= POLICY_BLOCK; i++)
        assert_in_range(outcomes[i], ROUNDS / 10, ROUNDS);
    assert_in_range(applied, 1, ROUNDS);
}

static void the_order_of_policies_does_not_matter(void **state)
{
    (void)state;
    each_round(check_order);
}

static void having_a_policy_twice_does_not_matter(void **state)
{
    (void)state;
    each_round(check_twice);
}

static void a_report_only_policy_never_changes_the_answer(void **state)
{
    (void)state;
    each_round(check_report_only);
}

static void a_disabled_policy_is_as_good_as_deleted(void **state)
{
    (void)state;
    each_round(check_disabled);
}

static void what_ids_are_does_not_matter(void **state)
{
    (void)state;
    each_round(check_names);
}

static void an_exclusion_beats_every_inclusion(void **state)
{
    (void)state;
    each_round(check_exclusion);
}

static void a_block_wins_over_everything(void **state)
{
    (void)state;
    each_round(check_block);
}

static void a_policy_more_never_makes_it_weaker(void **state)
{
    (void)state;
    each_round(check_stricter);
}

/* --- Limits -------------------------------------------------------------------------- */

/* Each limit ends the arena somewhere else, until it is large enough. */
static void without_memory_there_is_no_verdict(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct round round = {0};
    const struct policy_set *set;
    start(&round, arena, 7);
    const struct policy_source source = {.rules = round.rules,
                                         .n_rules = N,
                                         .locations = round.world.places,
                                         .n_locations = WORLD_PLACES};
    assert_int_equal(policy_compile(arena, &source, &set, NULL), HG_OK);

    struct policy_verdict untouched;
    memset(&untouched, 0x5a, sizeof(untouched));
    struct policy_verdict verdict = untouched;
    enum hg_code code = HG_NO_MEMORY;
    unsigned refused = 0;
    for (size_t limit = 0; code != HG_OK; limit += 8) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *small = hg_arena_new("small", limit);
        assert_non_null(small);
        code = policy_judge(small, set, &round.world.facts, true, &verdict, NULL);
        if (code == HG_OK)
            break;
        refused++;
        assert_int_equal(code, HG_NO_MEMORY);
        assert_memory_equal(&verdict, &untouched, sizeof(verdict));
    }
    assert_true(refused > 100);
}

static void facts_that_name_nobody_are_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct policy_set *set;
    static const struct model_device device;
    struct policy_facts nobody = {.device = &device};
    struct policy_verdict verdict;
    assert_int_equal(policy_compile(arena, &(struct policy_source){0}, &set, NULL), HG_OK);
    assert_int_equal(policy_judge(arena, set, &nobody, false, &verdict, NULL), HG_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worlds_decide_all_ways),
        cmocka_unit_test(the_order_of_policies_does_not_matter),
        cmocka_unit_test(having_a_policy_twice_does_not_matter),
        cmocka_unit_test(a_report_only_policy_never_changes_the_answer),
        cmocka_unit_test(a_disabled_policy_is_as_good_as_deleted),
        cmocka_unit_test(what_ids_are_does_not_matter),
        cmocka_unit_test(an_exclusion_beats_every_inclusion),
        cmocka_unit_test(a_block_wins_over_everything),
        cmocka_unit_test(a_policy_more_never_makes_it_weaker),
        cmocka_unit_test(without_memory_there_is_no_verdict),
        cmocka_unit_test(facts_that_name_nobody_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
