/* policy: a document of any kind is judged; what parses as a policy or a location has a
 * canonical form that parses too and is its own canonical form, and can be evaluated. */

#include "base/base.h"
#include "policy/document.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct hg_json canonical_fn(struct hg_arena *arena, const struct hg_json *json,
                                    enum policy_shape shape);

static struct hg_json check_canonical(struct hg_arena *arena, const struct hg_json *json,
                                      canonical_fn *canonical)
{
    struct hg_json once = canonical(arena, json, POLICY_SHAPE_V1);
    struct hg_json twice = canonical(arena, &once, POLICY_SHAPE_V1);
    HG_ASSERT(hg_json_eq(&once, &twice));
    return once;
}

static void evaluate(struct hg_arena *arena, const struct policy_rule *rule)
{
    static const hg_str resources[] = {HG_LIT("00000002-0000-0ff1-ce00-000000000000")};
    const struct model_user user = {.id = HG_STR("u"), .external = MODEL_EXTERNAL_B2B_GUEST};
    const struct model_device device = {.is_present = true, .model = HG_STR("m")};
    const struct policy_facts facts = {.user = &user,
                                       .device = &device,
                                       .resources = resources,
                                       .n_resources = 1,
                                       .network = {.has_ip = true}};
    const struct policy_source source = {.rules = &rule, .n_rules = 1};
    const struct policy_set *set;
    struct policy_verdict verdict;
    HG_ASSERT(policy_compile(arena, &source, &set, NULL) == HG_OK);
    HG_ASSERT(policy_judge(arena, set, &facts, true, &verdict, NULL) == HG_OK);
    HG_ASSERT(policy_results_check(set, verdict.results, NULL) == HG_OK);
}

static void check_rule(struct hg_arena *arena, const struct hg_json *json)
{
    const struct policy_rule *rule;
    struct policy_faults faults;
    if (policy_rule_parse(arena, json, POLICY_PARSE_STRICT, &rule, &faults, NULL) != HG_OK)
        return;
    HG_ASSERT(policy_rule_parse(arena, json, POLICY_PARSE_LENIENT, &rule, &faults, NULL) == HG_OK);
    evaluate(arena, rule);
    struct hg_json canonical = check_canonical(arena, json, policy_rule_canonical);
    HG_ASSERT(policy_rule_parse(arena, &canonical, POLICY_PARSE_STRICT, &rule, &faults, NULL) ==
              HG_OK);
}

static void check_location(struct hg_arena *arena, const struct hg_json *json)
{
    const struct policy_location *location;
    const struct policy_set *set;
    struct policy_faults faults;
    if (policy_location_parse(arena, json, &location, &faults, NULL) != HG_OK)
        return;
    const struct policy_source source = {.locations = &location, .n_locations = 1};
    HG_ASSERT(policy_compile(arena, &source, &set, NULL) == HG_OK);
    struct hg_json canonical = check_canonical(arena, json, policy_location_canonical);
    HG_ASSERT(policy_location_parse(arena, &canonical, &location, &faults, NULL) == HG_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 256 << 20);
    struct hg_json json;
    const struct policy_document_row *rows;
    size_t n;
    if (arena == NULL || hg_json_parse(arena, (hg_str){(const char *)data, size}, HG_JSON_TOLERANT,
                                       &hg_json_api, &json, NULL) != HG_OK)
        return 0;
    HG_ASSERT(policy_document_validate(arena, &json, &rows, &n, NULL) == HG_OK);
    check_rule(arena, &json);
    check_location(arena, &json);
    return 0;
}
