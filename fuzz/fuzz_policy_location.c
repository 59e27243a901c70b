/* policy: a named location is judged alone: the addresses at the ends of its ranges are in it,
 * and its canonical form has the same ones. */

#include "base/base.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct policy_set *compile(struct hg_arena *arena, const struct hg_json *json,
                                        const struct policy_location **out)
{
    const struct policy_set *set;
    struct policy_faults faults;
    if (policy_location_parse(arena, json, out, &faults, NULL) != HG_OK)
        return NULL;
    const struct policy_source source = {.locations = out, .n_locations = 1};
    HG_ASSERT(policy_compile(arena, &source, &set, NULL) == HG_OK);
    return set;
}

static size_t matches(struct hg_arena *arena, const struct policy_set *set,
                      const struct model_network *network)
{
    const hg_str *names;
    size_t n;
    HG_ASSERT(policy_matched_locations(arena, set, network, &names, &n, NULL) == HG_OK);
    return n;
}

static void check_ranges(struct hg_arena *arena, const struct hg_json *json,
                         const struct policy_set *set, const struct policy_set *again,
                         bool is_trusted)
{
    const struct hg_json *ranges = hg_json_get_nocase(json, HG_STR("ipRanges"));
    for (size_t i = 0; i < hg_json_count(ranges); i++) {
        const struct hg_json *range = hg_json_item(ranges, i);
        struct hg_cidr cidr;
        hg_str text = hg_json_str_or(hg_json_get_nocase(range, HG_STR("cidrAddress")), HG_STR(""));
        if (hg_cidr_parse(text, &cidr, NULL) != HG_OK)
            continue;
        const struct model_network network = {.has_ip = true, .ip = cidr.first};
        HG_ASSERT(matches(arena, set, &network) == 1);
        HG_ASSERT(matches(arena, again, &network) == 1);
        HG_ASSERT(policy_network_is_trusted(set, &network) == is_trusted);
    }
}

static void check_countries(struct hg_arena *arena, const struct policy_set *set,
                            const struct policy_set *again)
{
    static const char *const countries[] = {"", "SI", "US", "AQ"};
    for (size_t i = 0; i < HG_COUNT(countries); i++) {
        const struct model_network network = {.has_ip = true, .country = hg_str_of(countries[i])};
        HG_ASSERT(matches(arena, set, &network) == matches(arena, again, &network));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 64 << 20);
    struct hg_json json;
    const struct policy_location *location;
    const struct policy_location *second;
    if (arena == NULL || hg_json_parse(arena, (hg_str){(const char *)data, size}, HG_JSON_TOLERANT,
                                       &hg_json_api, &json, NULL) != HG_OK)
        return 0;
    const struct policy_set *set = compile(arena, &json, &location);
    if (set == NULL)
        return 0;
    struct hg_json canonical = policy_location_canonical(arena, &json, POLICY_SHAPE_BETA);
    const struct policy_set *again = compile(arena, &canonical, &second);
    HG_ASSERT(again != NULL);
    HG_ASSERT(policy_location_is_trusted(location) == policy_location_is_trusted(second));
    check_ranges(arena, &json, set, again, policy_location_is_trusted(location));
    check_countries(arena, set, again);
    return 0;
}
