/* policy: a filter rule over custom security attributes, as the text of a policy for
 * applications and of one for service principals. Both read it alike, and negating it as a
 * whole turns its truth around. */

#include "base/base.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char frame[] =
    "{\"id\":\"p\",\"displayName\":\"P\",\"state\":\"enabled\",\"conditions\":{"
    "\"clientAppTypes\":[\"all\"]},\"grantControls\":{\"operator\":\"OR\","
    "\"builtInControls\":[\"block\"]}}";
static const char of_apps[] =
    "{\"users\":{\"includeUsers\":[\"All\"]},\"applications\":{\"includeApplications\":[],"
    "\"applicationFilter\":{\"mode\":\"include\"}}}";
static const char of_workloads[] =
    "{\"users\":{\"includeUsers\":[\"None\"]},\"applications\":{\"includeApplications\":[\"All\"]},"
    "\"clientApplications\":{\"includeServicePrincipals\":[],"
    "\"servicePrincipalFilter\":{\"mode\":\"include\"}}}";

static struct hg_json parsed(struct hg_arena *arena, const char *text)
{
    struct hg_json json;
    HG_ASSERT(hg_json_parse(arena, hg_str_of(text), HG_JSON_STRICT, &hg_json_api, &json, NULL) ==
              HG_OK);
    return json;
}

/* NULL: it is no rule. */
static const struct policy_rule *parse(struct hg_arena *arena, const char *conditions,
                                       const char *family, const char *filter, hg_str text)
{
    const struct policy_rule *rule;
    struct policy_faults faults;
    struct hg_json json = parsed(arena, frame);
    struct hg_json whole = parsed(arena, conditions);
    struct hg_json outer = *hg_json_get(&whole, family);
    struct hg_json inner = *hg_json_get(&outer, filter);
    hg_json_put_str(arena, &inner, "rule", text);
    hg_json_put(arena, &outer, filter, inner);
    hg_json_put(arena, &whole, family, outer);
    hg_json_put(arena, &json, "conditions", whole);
    return policy_rule_parse(arena, &json, POLICY_PARSE_STRICT, &rule, &faults, NULL) == HG_OK
               ? rule
               : NULL;
}

static const hg_str project[] = {HG_LIT("Baker")};
static const hg_str tags[] = {HG_LIT("night"), HG_LIT("batch")};
static const struct policy_attribute attributes[] = {
    {HG_LIT("Engineering_Project"), project, 1, false}, {HG_LIT("Marketing_Tags"), tags, 2, true}};

static bool blocks(struct hg_arena *arena, const struct policy_rule *rule,
                   const struct policy_attributes *held, bool by_workload)
{
    static const hg_str resources[] = {HG_LIT("r")};
    const struct policy_app_attributes app = {resources[0], *held};
    const struct model_user user = {.id = HG_STR("u")};
    const struct policy_workload workload = {
        .service_principal = HG_STR("s"), .is_own = true, .attributes = *held};
    const struct model_device device = {.is_present = false};
    const struct policy_facts facts = {.user = by_workload ? NULL : &user,
                                       .workload = by_workload ? &workload : NULL,
                                       .device = &device,
                                       .resources = resources,
                                       .n_resources = 1,
                                       .apps = &app,
                                       .n_apps = 1};
    const struct policy_source source = {.rules = &rule, .n_rules = 1};
    const struct policy_set *set;
    struct policy_verdict verdict;
    HG_ASSERT(policy_compile(arena, &source, &set, NULL) == HG_OK);
    HG_ASSERT(policy_judge(arena, set, &facts, false, &verdict, NULL) == HG_OK);
    return verdict.outcome == POLICY_BLOCK;
}

static const struct policy_rule *parse_apps(struct hg_arena *arena, hg_str text)
{
    return parse(arena, of_apps, "applications", "applicationFilter", text);
}

/* Byte by byte: a format would end the rule at a NUL. */
static hg_str negation(struct hg_arena *arena, hg_str text)
{
    struct hg_buf buf = hg_buf_new(arena, text.len + 16);
    hg_buf_z(&buf, "-not (");
    hg_buf_str(&buf, text);
    hg_buf_z(&buf, ")");
    return hg_buf_view(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    hg_str text = {(const char *)data, size};
    const struct policy_rule *apps = arena == NULL ? NULL : parse_apps(arena, text);
    if (apps == NULL)
        return 0;
    const struct policy_rule *workloads =
        parse(arena, of_workloads, "clientApplications", "servicePrincipalFilter", text);
    const struct policy_rule *negated = parse_apps(arena, negation(arena, text));
    HG_ASSERT(workloads != NULL);
    for (size_t n = 0; n <= HG_COUNT(attributes); n++) {
        const struct policy_attributes held = {attributes, n};
        bool truth = blocks(arena, apps, &held, false);
        HG_ASSERT(blocks(arena, workloads, &held, true) == truth);
        /* The brackets added may be one too many, or the length. */
        HG_ASSERT(negated == NULL || blocks(arena, negated, &held, false) != truth);
    }
    return 0;
}
