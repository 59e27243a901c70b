#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/world.h"
#include "unit/test.h"

#include <string.h>

/* What holds for every set of policies and every sign-in, tried on some hundreds of
 * random ones: the order of policies does not matter, nor does having one twice; a
 * report-only policy never changes the verdict; a block wins; a control more never
 * makes it weaker; when memory ends, there is no verdict. */

enum { ROUNDS = 300, POLICIES = 6 };

struct draw {
    uint64_t state;
};

static unsigned below(struct draw *draw, unsigned n)
{
    draw->state ^= draw->state << 13;
    draw->state ^= draw->state >> 7;
    draw->state ^= draw->state << 17;
    return (unsigned)(draw->state % n);
}

static const char *const who[] = {"\"includeUsers\":[\"All\"]", "\"includeUsers\":[\"u1\"]",
                                  "\"includeGroups\":[\"g1\"]",
                                  "\"includeUsers\":[\"All\"],\"excludeGroups\":[\"g1\"]"};
static const char *const what[] = {"\"All\"", "\"r1\"", "\"r1\",\"r2\"", "\"Office365\""};
static const char *const narrow[] = {
    "", "", ",\"clientAppTypes\":[\"browser\"]",
    ",\"platforms\":{\"includePlatforms\":[\"all\"],\"excludePlatforms\":[\"iOS\"]}",
    ",\"signInRiskLevels\":[\"high\",\"medium\"]"};
static const char *const controls[] = {"\"block\"", "\"mfa\"", "\"mfa\",\"compliantDevice\"",
                                       "\"compliantDevice\"",
                                       "\"domainJoinedDevice\",\"approvedApplication\""};
static const char *const facts[] = {
    "\"clientAppType\":\"browser\",\"platform\":\"iOS\",\"signInRisk\":\"high\"",
    "\"clientAppType\":\"mobileAppsAndDesktopClients\",\"isInteractive\":true,\"mfa\":true",
    "\"clientAppType\":\"other\",\"device\":{\"isCompliant\":true}",
    "\"clientAppType\":\"browser\",\"device\":{\"trustType\":\"ServerAD\"},\"isApprovedApp\":true"};

#define PICK(draw, array) (array)[below((draw), HG_COUNT(array))]

static const struct policy_rule *rule_of(struct hg_arena *arena, hg_str text)
{
    struct hg_json json;
    const struct policy_rule *rule = NULL;
    struct policy_faults faults;
    struct hg_err err;
    if (hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, &err) != HG_OK ||
        policy_rule_parse(arena, &json, POLICY_PARSE_STRICT, &rule, &faults, &err) != HG_OK)
        fail_msg("%.*s: %s", HG_ARG(text), err.detail);
    return rule;
}

static const struct policy_rule *random_rule(struct hg_arena *arena, struct draw *draw, unsigned id,
                                             const char *state)
{
    return rule_of(arena,
                   hg_str_format(arena,
                                 "{\"id\":\"p%u\",\"displayName\":\"P\",\"state\":\"%s\","
                                 "\"conditions\":{\"users\":{%s},\"applications\":{"
                                 "\"includeApplications\":[%s]}%s},\"grantControls\":{"
                                 "\"operator\":\"%s\",\"builtInControls\":[%s]}}",
                                 id, state, PICK(draw, who), PICK(draw, what), PICK(draw, narrow),
                                 below(draw, 2) ? "AND" : "OR", PICK(draw, controls)));
}

static struct policy_facts random_facts(struct hg_arena *arena, struct draw *draw)
{
    struct hg_json json;
    struct policy_facts out;
    hg_str text = hg_str_format(
        arena, "{\"user\":{\"id\":\"u%u\",\"groups\":[\"g%u\"]},\"resources\":[\"r%u\"],%s}",
        below(draw, 2), below(draw, 2), below(draw, 3), PICK(draw, facts));
    assert_int_equal(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, NULL), HG_OK);
    assert_int_equal(world_read_facts(arena, NULL, &json, &out, NULL), HG_OK);
    return out;
}

static struct policy_verdict judge(struct hg_arena *arena, const struct policy_rule *const *rules,
                                   size_t n, const struct policy_facts *sign_in)
{
    const struct policy_source source = {.rules = rules, .n_rules = n};
    const struct policy_set *set;
    struct policy_verdict verdict;
    assert_int_equal(policy_compile(arena, &source, &set, NULL), HG_OK);
    assert_int_equal(policy_judge(arena, set, sign_in, false, &verdict, NULL), HG_OK);
    return verdict;
}

static bool same_decision(const struct policy_verdict *a, const struct policy_verdict *b)
{
    return a->outcome == b->outcome && a->needs == b->needs && a->aadsts == b->aadsts &&
           hg_str_eq(a->error, b->error) && hg_str_eq(a->suberror, b->suberror) &&
           a->any_applied == b->any_applied;
}

struct round {
    struct hg_arena *arena;
    struct draw draw;
    const struct policy_rule *rules[POLICIES * 2];
    struct policy_facts facts;
    struct policy_verdict verdict;
};

static void each_round(void (*check)(struct round *round))
{
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct round round = {.arena = arena, .draw = {seed * UINT64_C(0x9e3779b97f4a7c15)}};
        for (unsigned i = 0; i < POLICIES; i++)
            round.rules[i] = random_rule(arena, &round.draw, i, "enabled");
        round.facts = random_facts(arena, &round.draw);
        round.verdict = judge(arena, round.rules, POLICIES, &round.facts);
        check(&round);
    }
}

static void check_order(struct round *round)
{
    const struct policy_rule *turned[POLICIES];
    for (unsigned i = 0; i < POLICIES; i++)
        turned[i] = round->rules[POLICIES - 1 - i];
    struct policy_verdict verdict = judge(round->arena, turned, POLICIES, &round->facts);
    assert_true(same_decision(&verdict, &round->verdict));
    assert_int_equal(verdict.n_deciding, round->verdict.n_deciding);
    for (unsigned i = 0; i < POLICIES; i++)
        assert_int_equal(verdict.results.ptr[i], round->verdict.results.ptr[POLICIES - 1 - i]);
}

static void check_twice(struct round *round)
{
    for (unsigned i = 0; i < POLICIES; i++)
        round->rules[POLICIES + i] = round->rules[i];
    struct policy_verdict verdict =
        judge(round->arena, round->rules, (size_t)POLICIES * 2, &round->facts);
    assert_true(same_decision(&verdict, &round->verdict));
}

static void check_report_only(struct round *round)
{
    round->rules[POLICIES] =
        random_rule(round->arena, &round->draw, POLICIES, "enabledForReportingButNotEnforced");
    struct policy_verdict verdict = judge(round->arena, round->rules, POLICIES + 1, &round->facts);
    assert_true(same_decision(&verdict, &round->verdict));
    assert_true(hg_str_starts(verdict.results, round->verdict.results));
}

static void check_block(struct round *round)
{
    round->rules[POLICIES] =
        rule_of(round->arena,
                HG_STR("{\"id\":\"b\",\"displayName\":\"B\",\"state\":\"enabled\",\"conditions\":{"
                       "\"users\":{\"includeUsers\":[\"All\"]},\"applications\":{"
                       "\"includeApplications\":[\"All\"]}},\"grantControls\":{\"operator\":\"OR\","
                       "\"builtInControls\":[\"block\"]}}"));
    struct policy_verdict verdict = judge(round->arena, round->rules, POLICIES + 1, &round->facts);
    assert_int_equal(verdict.outcome, POLICY_BLOCK);
    assert_int_equal(verdict.aadsts, 53003);
}

static void check_stricter(struct round *round)
{
    round->rules[POLICIES] = random_rule(round->arena, &round->draw, POLICIES, "enabled");
    struct policy_verdict verdict = judge(round->arena, round->rules, POLICIES + 1, &round->facts);
    assert_true(verdict.outcome >= round->verdict.outcome);
    assert_int_equal(round->verdict.needs & ~verdict.needs, 0);
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

static void a_report_only_policy_never_changes_the_verdict(void **state)
{
    (void)state;
    each_round(check_report_only);
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

/* Each limit ends the arena somewhere else, until it is large enough. */
static void without_memory_there_is_no_verdict(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct draw draw = {7};
    const struct policy_rule *rules[POLICIES];
    const struct policy_source source = {.rules = rules, .n_rules = POLICIES};
    const struct policy_set *set;
    for (unsigned i = 0; i < POLICIES; i++)
        rules[i] = random_rule(arena, &draw, i, "enabled");
    struct policy_facts sign_in = random_facts(arena, &draw);
    assert_int_equal(policy_compile(arena, &source, &set, NULL), HG_OK);

    struct policy_verdict untouched;
    memset(&untouched, 0x5a, sizeof(untouched));
    struct policy_verdict verdict = untouched;
    enum hg_code code = HG_NO_MEMORY;
    unsigned refused = 0;
    for (size_t limit = 0; code != HG_OK; limit += 8) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *small = hg_arena_new("small", limit);
        assert_non_null(small);
        code = policy_judge(small, set, &sign_in, true, &verdict, NULL);
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
        cmocka_unit_test(the_order_of_policies_does_not_matter),
        cmocka_unit_test(having_a_policy_twice_does_not_matter),
        cmocka_unit_test(a_report_only_policy_never_changes_the_verdict),
        cmocka_unit_test(a_block_wins_over_everything),
        cmocka_unit_test(a_policy_more_never_makes_it_weaker),
        cmocka_unit_test(without_memory_there_is_no_verdict),
        cmocka_unit_test(facts_that_name_nobody_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
