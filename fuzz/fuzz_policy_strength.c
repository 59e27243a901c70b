/* policy: an authentication strength is met by the methods of one of its combinations, or not,
 * and its canonical form by the same ones. */

#include "base/base.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char frame[] =
    "{\"id\":\"p\",\"displayName\":\"P\",\"state\":\"enabled\",\"conditions\":{\"users\":{"
    "\"includeUsers\":[\"All\"]},\"applications\":{\"includeApplications\":[\"All\"]},"
    "\"clientAppTypes\":[\"all\"]},\"grantControls\":{\"operator\":\"OR\"}}";

static const struct policy_rule *rule_for(struct hg_arena *arena, hg_str strength)
{
    struct hg_json json;
    const struct policy_rule *rule;
    struct policy_faults faults;
    struct hg_json named = hg_json_object();
    HG_ASSERT(hg_json_parse(arena, hg_str_of(frame), HG_JSON_STRICT, &hg_json_api, &json, NULL) ==
              HG_OK);
    hg_json_put_str(arena, &named, "id", strength);
    struct hg_json controls = *hg_json_get(&json, "grantControls");
    hg_json_put(arena, &controls, "authenticationStrength", named);
    hg_json_put(arena, &json, "grantControls", controls);
    return policy_rule_parse(arena, &json, POLICY_PARSE_STRICT, &rule, &faults, NULL) == HG_OK
               ? rule
               : NULL;
}

static enum policy_outcome judge(struct hg_arena *arena, const struct policy_rule *rule,
                                 const struct policy_strength *strength, uint32_t methods)
{
    static const hg_str resources[] = {HG_LIT("r")};
    const struct model_user user = {.id = HG_STR("u")};
    const struct model_device device = {.is_present = false};
    const struct policy_facts facts = {.user = &user,
                                       .device = &device,
                                       .resources = resources,
                                       .n_resources = 1,
                                       .client_app_type = MODEL_CLIENT_BROWSER,
                                       .methods = methods,
                                       .is_interactive = true};
    const struct policy_source source = {
        .rules = &rule, .n_rules = 1, .strengths = &strength, .n_strengths = 1};
    const struct policy_set *set;
    struct policy_verdict verdict;
    HG_ASSERT(policy_compile(arena, &source, &set, NULL) == HG_OK);
    HG_ASSERT(policy_judge(arena, set, &facts, false, &verdict, NULL) == HG_OK);
    return verdict.outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t methods[] = {
        0, MODEL_METHOD_PASSWORD, MODEL_METHOD_PASSWORD | MODEL_METHOD_SOFTWARE_OATH,
        MODEL_METHOD_FIDO2, MODEL_METHOD_PASSWORD | MODEL_METHOD_SMS};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    struct hg_json json;
    struct policy_faults faults;
    const struct policy_strength *strength;
    const struct policy_strength *again;
    if (arena == NULL ||
        hg_json_parse(arena, (hg_str){(const char *)data, size}, HG_JSON_TOLERANT, &hg_json_api,
                      &json, NULL) != HG_OK ||
        policy_strength_parse(arena, &json, &strength, &faults, NULL) != HG_OK)
        return 0;
    struct hg_json canonical = policy_strength_canonical(arena, &json, POLICY_SHAPE_V1);
    HG_ASSERT(policy_strength_parse(arena, &canonical, &again, &faults, NULL) == HG_OK);
    HG_ASSERT(hg_str_eq(policy_strength_id(strength), policy_strength_id(again)));
    const struct policy_rule *rule = rule_for(arena, policy_strength_id(strength));
    for (size_t i = 0; rule != NULL && i < HG_COUNT(methods); i++)
        HG_ASSERT(judge(arena, rule, strength, methods[i]) ==
                  judge(arena, rule, again, methods[i]));
    return 0;
}
