/* policy: a filter rule for devices, as the text of a policy. Negating it as a whole
 * turns its truth around. */

#include "base/base.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char frame[] =
    "{\"id\":\"p\",\"displayName\":\"P\",\"state\":\"enabled\",\"conditions\":{\"users\":{"
    "\"includeUsers\":[\"All\"]},\"applications\":{\"includeApplications\":[\"All\"]},"
    "\"devices\":{\"deviceFilter\":{\"mode\":\"include\"}}},\"grantControls\":{\"operator\":"
    "\"OR\",\"builtInControls\":[\"block\"]}}";

static bool parse(struct hg_arena *arena, hg_str text, const struct policy_rule **out)
{
    struct hg_json json;
    struct policy_faults faults;
    HG_ASSERT(hg_json_parse(arena, hg_str_of(frame), HG_JSON_STRICT, &hg_json_api, &json, NULL) ==
              HG_OK);
    struct hg_json filter = *hg_json_path(&json, "conditions.devices.deviceFilter");
    hg_json_put_str(arena, &filter, "rule", text);
    struct hg_json devices = hg_json_object();
    hg_json_put(arena, &devices, "deviceFilter", filter);
    struct hg_json conditions = *hg_json_path(&json, "conditions");
    hg_json_put(arena, &conditions, "devices", devices);
    hg_json_put(arena, &json, "conditions", conditions);
    return policy_rule_parse(arena, &json, POLICY_PARSE_STRICT, out, &faults, NULL) == HG_OK;
}

static bool holds(struct hg_arena *arena, const struct policy_rule *rule, bool is_present)
{
    static const hg_str resources[] = {HG_LIT("r")};
    const struct model_user user = {.id = HG_STR("u")};
    const struct model_device device = {.is_present = is_present,
                                        .is_compliant = true,
                                        .model = HG_STR("Surface Pro"),
                                        .trust_type = HG_STR("ServerAD"),
                                        .extension[0] = HG_STR("SAW")};
    const struct policy_facts facts = {
        .user = &user, .device = &device, .resources = resources, .n_resources = 1};
    const struct policy_source source = {.rules = &rule, .n_rules = 1};
    const struct policy_set *set;
    struct policy_verdict verdict;
    HG_ASSERT(policy_compile(arena, &source, &set, NULL) == HG_OK);
    HG_ASSERT(policy_judge(arena, set, &facts, false, &verdict, NULL) == HG_OK);
    return verdict.outcome == POLICY_BLOCK;
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
    const struct policy_rule *rule;
    const struct policy_rule *negated;
    hg_str text = {(const char *)data, size};
    if (arena == NULL || !parse(arena, text, &rule) ||
        !parse(arena, negation(arena, text), &negated))
        return 0; /* the brackets added may be one too many, or the length */
    for (int is_present = 0; is_present < 2; is_present++)
        HG_ASSERT(holds(arena, rule, is_present) != holds(arena, negated, is_present));
    return 0;
}
