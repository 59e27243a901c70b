#include "unit/policy/world.h"

#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static enum hg_code read_rules(struct hg_arena *arena, const struct hg_json *list,
                               struct world *world, struct hg_err *err)
{
    struct policy_faults faults;
    world->n_rules = hg_json_count(list);
    world->rules = HG_NEW_ARRAY(arena, const struct policy_rule *, world->n_rules);
    if (world->rules == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "policies of a world");
    for (size_t i = 0; i < world->n_rules; i++)
        HG_TRY(policy_rule_parse(arena, hg_json_item(list, i), POLICY_PARSE_STRICT,
                                 &world->rules[i], &faults, err));
    return HG_OK;
}

static enum hg_code read_strengths(struct hg_arena *arena, const struct hg_json *list,
                                   struct policy_source *source, struct hg_err *err)
{
    struct policy_faults faults;
    size_t n = hg_json_count(list);
    const struct policy_strength **strengths =
        HG_NEW_ARRAY(arena, const struct policy_strength *, n);
    if (strengths == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "strengths of a world");
    for (size_t i = 0; i < n; i++)
        HG_TRY(policy_strength_parse(arena, hg_json_item(list, i), &strengths[i], &faults, err));
    source->strengths = strengths;
    source->n_strengths = n;
    return HG_OK;
}

static enum hg_code read_trusted_ips(struct hg_arena *arena, const struct hg_json *list,
                                     struct policy_settings *out, struct hg_err *err)
{
    size_t n = hg_json_count(list);
    struct hg_cidr *ranges = HG_NEW_ARRAY(arena, struct hg_cidr, n);
    if (ranges == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "trusted IPs of a world");
    for (size_t i = 0; i < n; i++)
        HG_TRY(hg_cidr_parse(hg_json_str_or(hg_json_item(list, i), HG_STR("")), &ranges[i], err));
    out->trusted_ips = ranges;
    out->n_trusted_ips = n;
    return HG_OK;
}

/* `facts` is one sign-in, `signIns` are several. */
static enum hg_code read_signins(struct hg_arena *arena, const struct hg_json *json,
                                 struct world *world, struct hg_err *err)
{
    const struct hg_json *list = hg_json_get(json, "signIns");
    world->is_list = hg_json_is(list, HG_JSON_ARRAY);
    world->n_signins = world->is_list ? hg_json_count(list) : 1;
    struct policy_facts *signins = HG_NEW_ARRAY(arena, struct policy_facts, world->n_signins);
    if (signins == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "sign-ins of a world");
    for (size_t i = 0; i < world->n_signins; i++)
        HG_TRY(world_read_facts(arena, world->set,
                                world->is_list ? hg_json_item(list, i) : hg_json_get(json, "facts"),
                                &signins[i], err));
    world->signins = signins;
    if (world->n_signins > 0)
        world->facts = signins[0];
    return HG_OK;
}

static enum hg_code check_members(const struct hg_json *json, const hg_str *names, size_t n,
                                  struct hg_err *err)
{
    for (size_t i = 0; i < hg_json_count(json); i++)
        if (!hg_json_is(json, HG_JSON_OBJECT) ||
            !model_has_id(names, n, json->object.members[i].name))
            return HG_FAIL(err, HG_MALFORMED, "member %zu of a world is not known", i);
    return HG_OK;
}

/* "enforce", "legacy" or {"customResource": appId} */
static enum hg_code read_baseline(const struct hg_json *json, struct policy_settings *out,
                                  struct hg_err *err)
{
    hg_str mode = hg_json_str_or(json, HG_STR(""));
    out->baseline_resource = hg_json_str_or(hg_json_get(json, "customResource"), HG_STR(""));
    if (out->baseline_resource.len > 0)
        out->baseline = POLICY_BASELINE_CUSTOM;
    else if (hg_str_eq(mode, HG_STR("legacy")))
        out->baseline = POLICY_BASELINE_LEGACY;
    else if (json != NULL && !hg_str_eq(mode, HG_STR("enforce")))
        return HG_FAIL(err, HG_MALFORMED, "baselineScopesMode of a world");
    return HG_OK;
}

static enum hg_code read_settings(const struct hg_json *json, struct policy_settings *out,
                                  struct hg_err *err)
{
    static const hg_str members[] = {HG_LIT("securityDefaults"), HG_LIT("baselineScopesMode")};
    HG_TRY(check_members(json, members, HG_COUNT(members), err));
    HG_TRY(read_baseline(hg_json_get(json, "baselineScopesMode"), out, err));
    out->security_defaults = hg_json_bool_or(hg_json_get(json, "securityDefaults"), false);
    return HG_OK;
}

enum hg_code world_read(struct hg_arena *arena, const struct hg_json *json, struct world *out,
                        struct hg_err *err)
{
    static const hg_str members[] = {HG_LIT("policies"),  HG_LIT("locations"), HG_LIT("trustedIps"),
                                     HG_LIT("settings"),  HG_LIT("facts"),     HG_LIT("signIns"),
                                     HG_LIT("strengths"), HG_LIT("appGroups")};
    HG_TRY(check_members(json, members, HG_COUNT(members), err));
    struct world world = {0};
    struct policy_settings settings = {0};
    const struct policy_app_groups *groups = NULL;
    struct policy_faults faults;
    const struct hg_json *list = hg_json_get(json, "locations");
    size_t n = hg_json_count(list);
    const struct policy_location **locations =
        HG_NEW_ARRAY(arena, const struct policy_location *, n);
    if (locations == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "locations of a world");
    for (size_t i = 0; i < n; i++)
        HG_TRY(policy_location_parse(arena, hg_json_item(list, i), &locations[i], &faults, err));
    HG_TRY(read_rules(arena, hg_json_get(json, "policies"), &world, err));
    HG_TRY(read_trusted_ips(arena, hg_json_get(json, "trustedIps"), &settings, err));
    HG_TRY(read_settings(hg_json_get(json, "settings"), &settings, err));
    if (hg_json_get(json, "appGroups") != NULL)
        HG_TRY(policy_app_groups_parse(arena, hg_json_get(json, "appGroups"), &groups, err));
    struct policy_source source = {.rules = world.rules,
                                   .n_rules = world.n_rules,
                                   .locations = locations,
                                   .n_locations = n,
                                   .app_groups = groups,
                                   .settings = settings};
    HG_TRY(read_strengths(arena, hg_json_get(json, "strengths"), &source, err));
    HG_TRY(policy_compile(arena, &source, &world.set, err));
    world.source = source;
    HG_TRY(read_signins(arena, json, &world, err));
    *out = world;
    return HG_OK;
}

enum hg_code world_judge(struct hg_arena *arena, const struct world *world, bool with_reasons,
                         struct hg_json *out, struct hg_err *err)
{
    struct policy_verdict verdict;
    struct hg_json all = hg_json_array();
    for (size_t i = 0; i < world->n_signins; i++) {
        HG_TRY(policy_judge(arena, world->set, &world->signins[i], with_reasons, &verdict, err));
        hg_json_push(arena, &all, policy_verdict_json(arena, &verdict));
    }
    if (!world->is_list) {
        *out = *hg_json_item(&all, 0);
        return HG_OK;
    }
    *out = hg_json_object();
    hg_json_put(arena, out, "verdicts", all);
    return HG_OK;
}
