#include "policy_world.h"

#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers become Graph's JSON, which is parsed like any other policy. Two controls have
 * no twin that an enabled policy may ask for: a new password stands as app protection,
 * and MFA beside a strength, which exclude each other, as one strength of its own. */

static const char *const platform_words[BENCH_PLATFORMS] = {"windows", "macOS", "iOS", "android",
                                                            "linux"};
static const enum model_platform platforms[BENCH_PLATFORMS] = {
    MODEL_PLATFORM_WINDOWS, MODEL_PLATFORM_MACOS, MODEL_PLATFORM_IOS, MODEL_PLATFORM_ANDROID,
    MODEL_PLATFORM_LINUX};
static const char *const client_words[BENCH_CLIENTS] = {"browser", "mobileAppsAndDesktopClients",
                                                        "exchangeActiveSync", "other"};
static const enum model_client_app clients[BENCH_CLIENTS] = {
    MODEL_CLIENT_BROWSER, MODEL_CLIENT_MOBILE_DESKTOP, MODEL_CLIENT_EXCHANGE_ACTIVE_SYNC,
    MODEL_CLIENT_OTHER};
static const char *const risk_words[BENCH_RISKS] = {"none", "low", "medium", "high"};
static const char *const control_words[BENCH_CONTROLS] = {
    "mfa", "compliantDevice", "domainJoinedDevice", "approvedApplication", "compliantApplication",
    NULL};
enum { MFA, COMPLIANT, JOINED, APPROVED, PROTECTED, STRENGTH };

static hg_str id_of(struct hg_arena *arena, char kind, uint32_t n)
{
    return hg_str_format(arena, "%c0000000-0000-4000-8000-%012u", kind, n);
}

static void push_ids(struct hg_arena *arena, struct hg_json *array, char kind,
                     struct bench_list list)
{
    for (size_t i = 0; i < list.n; i++)
        hg_json_push(arena, array, hg_json_str(id_of(arena, kind, list.items[i])));
}

static struct hg_json ids(struct hg_arena *arena, const char *all, char kind,
                          struct bench_list list)
{
    struct hg_json array = hg_json_array();
    if (all != NULL)
        hg_json_push(arena, &array, hg_json_z(all));
    push_ids(arena, &array, kind, list);
    return array;
}

static struct hg_json words(struct hg_arena *arena, const char *const *names,
                            struct bench_list list)
{
    struct hg_json array = hg_json_array();
    for (size_t i = 0; i < list.n; i++)
        hg_json_push(arena, &array, hg_json_z(names[list.items[i]]));
    return array;
}

/* Included ones are written as all but the others, which holds for every control. */
static struct hg_json platforms_json(struct hg_arena *arena, const struct bench_policy *policy)
{
    struct hg_json object = hg_json_object();
    struct hg_json include = hg_json_array();
    struct hg_json exclude = hg_json_array();
    hg_json_push(arena, &include, hg_json_z("all"));
    for (uint32_t i = 0; i < BENCH_PLATFORMS; i++)
        if (bench_has(policy->ex_platforms, i) ||
            (!policy->all_platforms && !bench_has(policy->in_platforms, i)))
            hg_json_push(arena, &exclude, hg_json_z(platform_words[i]));
    hg_json_put(arena, &object, "includePlatforms", include);
    hg_json_put(arena, &object, "excludePlatforms", exclude);
    return object;
}

static struct hg_json places_json(struct hg_arena *arena, const struct bench_policy *policy)
{
    struct hg_json object = hg_json_object();
    hg_json_put(arena, &object, "includeLocations",
                ids(arena, policy->all_places ? "All" : NULL, 'f', policy->in_places));
    hg_json_put(arena, &object, "excludeLocations",
                ids(arena, policy->ex_trusted ? "AllTrusted" : NULL, 'f', policy->ex_places));
    return object;
}

static struct hg_json conditions_json(struct hg_arena *arena, const struct bench_policy *policy)
{
    struct hg_json users = hg_json_object();
    struct hg_json apps = hg_json_object();
    struct hg_json object = hg_json_object();
    hg_json_put(arena, &users, "includeUsers",
                ids(arena, policy->all_users ? "All" : NULL, 'a', policy->in_users));
    hg_json_put(arena, &users, "excludeUsers", ids(arena, NULL, 'a', policy->ex_users));
    hg_json_put(arena, &users, "includeGroups", ids(arena, NULL, 'b', policy->in_groups));
    hg_json_put(arena, &users, "excludeGroups", ids(arena, NULL, 'b', policy->ex_groups));
    hg_json_put(arena, &apps, "includeApplications",
                ids(arena, policy->all_apps ? "All" : NULL, 'c', policy->in_apps));
    hg_json_put(arena, &apps, "excludeApplications", ids(arena, NULL, 'c', policy->ex_apps));
    hg_json_put(arena, &object, "users", users);
    hg_json_put(arena, &object, "applications", apps);
    if (policy->has_platforms)
        hg_json_put(arena, &object, "platforms", platforms_json(arena, policy));
    if (policy->has_places)
        hg_json_put(arena, &object, "locations", places_json(arena, policy));
    if (policy->has_clients)
        hg_json_put(arena, &object, "clientAppTypes", words(arena, client_words, policy->clients));
    if (policy->has_risks)
        hg_json_put(arena, &object, "signInRiskLevels", words(arena, risk_words, policy->risks));
    return object;
}

static struct hg_json strength_json(struct hg_arena *arena, bool with_mfa, bool needs_all)
{
    struct hg_json object = hg_json_object();
    struct hg_json combinations = hg_json_array();
    hg_json_put(arena, &object, "id", hg_json_z("e0000000-0000-4000-8000-000000000001"));
    hg_json_push(arena, &combinations,
                 hg_json_z(with_mfa && needs_all ? "softwareOath,fido2" : "fido2"));
    if (with_mfa && !needs_all)
        hg_json_push(arena, &combinations, hg_json_z("softwareOath"));
    hg_json_put(arena, &object, "allowedCombinations", combinations);
    return object;
}

static struct hg_json grant_json(struct hg_arena *arena, const struct bench_policy *policy)
{
    struct hg_json object = hg_json_object();
    struct hg_json built_in = hg_json_array();
    bool strength = bench_has(policy->controls, STRENGTH);
    bool with_mfa = strength && bench_has(policy->controls, MFA);
    if (policy->blocks)
        hg_json_push(arena, &built_in, hg_json_z("block"));
    for (size_t i = 0; i < policy->controls.n; i++) {
        uint32_t control = policy->controls.items[i];
        if (control != STRENGTH && !(with_mfa && control == MFA))
            hg_json_push(arena, &built_in, hg_json_z(control_words[control]));
    }
    hg_json_put(arena, &object, "operator", hg_json_z(policy->needs_all ? "AND" : "OR"));
    hg_json_put(arena, &object, "builtInControls", built_in);
    if (strength)
        hg_json_put(arena, &object, "authenticationStrength",
                    strength_json(arena, with_mfa, policy->needs_all));
    return object;
}

static bool build_rule(struct hg_arena *arena, const struct bench_policy *policy, uint32_t i,
                       const struct policy_rule **out)
{
    static const enum policy_state states[] = {POLICY_ENABLED, POLICY_REPORT_ONLY, POLICY_DISABLED};
    struct hg_json object = hg_json_object();
    struct policy_faults faults;
    hg_json_put_str(arena, &object, "id", id_of(arena, '9', i));
    hg_json_put_str(arena, &object, "displayName", hg_str_format(arena, "Policy %u", i));
    hg_json_put(arena, &object, "state", hg_json_z(policy_state_name(states[policy->state])));
    hg_json_put(arena, &object, "conditions", conditions_json(arena, policy));
    hg_json_put(arena, &object, "grantControls", grant_json(arena, policy));
    return policy_rule_parse(arena, &object, POLICY_PARSE_STRICT, out, &faults, NULL) == HG_OK;
}

static bool build_location(struct hg_arena *arena, const struct bench_place *place, uint32_t i,
                           const struct policy_location **out)
{
    struct hg_json object = hg_json_object();
    struct hg_json ranges = hg_json_array();
    struct policy_faults faults;
    for (size_t k = 0; k + 1 < place->ranges.n; k += 2) {
        uint32_t a = place->ranges.items[k];
        struct hg_json range = hg_json_object();
        hg_json_put_str(arena, &range, "cidrAddress",
                        hg_str_format(arena, "%u.%u.%u.%u/%u", a >> 24, a >> 16 & 255, a >> 8 & 255,
                                      a & 255, place->ranges.items[k + 1]));
        hg_json_push(arena, &ranges, range);
    }
    hg_json_put_str(arena, &object, "id", id_of(arena, 'f', i));
    hg_json_put_str(arena, &object, "displayName", hg_str_format(arena, "Place %u", i));
    hg_json_put(arena, &object, "isTrusted", hg_json_bool(place->is_trusted));
    hg_json_put(arena, &object, "ipRanges", ranges);
    return policy_location_parse(arena, &object, out, &faults, NULL) == HG_OK;
}

static struct model_user *build_users(struct hg_arena *arena, const struct bench_plain *plain)
{
    struct model_user *users = HG_NEW_ARRAY(arena, struct model_user, plain->n_users);
    for (uint32_t i = 0; users != NULL && i < plain->n_users; i++) {
        hg_str *groups = HG_NEW_ARRAY(arena, hg_str, plain->users[i].n);
        if (groups == NULL)
            return NULL;
        for (size_t k = 0; k < plain->users[i].n; k++)
            groups[k] = id_of(arena, 'b', plain->users[i].items[k]);
        users[i] = (struct model_user){.id = id_of(arena, 'a', i),
                                       .enabled = true,
                                       .has_mfa_method = true,
                                       .groups = groups,
                                       .n_groups = plain->users[i].n};
    }
    return users;
}

static struct policy_facts build_facts(const struct bench_signin *signin,
                                       const struct model_user *users, const hg_str *apps)
{
    static const struct model_device devices[] = {
        {.is_present = true},
        {.is_present = true, .is_compliant = true},
        {.is_present = true, .trust_type = HG_LIT("ServerAD")},
        {.is_present = true, .is_compliant = true, .trust_type = HG_LIT("ServerAD")}};
    uint32_t met = signin->controls;
    uint32_t a = signin->address;
    return (struct policy_facts){
        .user = &users[signin->user],
        .resources = &apps[signin->app],
        .n_resources = 1,
        .client_app_type = clients[signin->client],
        .platform = platforms[signin->platform],
        .network = {.has_ip = true,
                    .ip.bytes = {(unsigned char)(a >> 24), (unsigned char)(a >> 16),
                                 (unsigned char)(a >> 8), (unsigned char)a}},
        .device = &devices[met >> COMPLIANT & 3],
        .signin_risk = (enum policy_risk)signin->risk,
        .methods = (met >> MFA & 1 ? MODEL_METHOD_SOFTWARE_OATH : 0u) |
                   (met >> STRENGTH & 1 ? MODEL_METHOD_FIDO2 : 0u),
        .mfa_at.is_set = met >> MFA & 1,
        .is_approved_app = met >> APPROVED & 1,
        .is_protected_app = met >> PROTECTED & 1};
}

static bool build_signins(struct hg_arena *arena, struct bench_world *world)
{
    const struct bench_plain *plain = &world->plain;
    const struct model_user *users = build_users(arena, plain);
    hg_str *apps = HG_NEW_ARRAY(arena, hg_str, plain->n_apps);
    world->n_facts = plain->n_signins;
    world->facts = HG_NEW_ARRAY(arena, struct policy_facts, world->n_facts);
    world->resolved = HG_NEW_ARRAY(arena, const struct policy_resolved *, world->n_facts);
    if (users == NULL || apps == NULL || world->facts == NULL || world->resolved == NULL)
        return false;
    for (uint32_t i = 0; i < plain->n_apps; i++)
        apps[i] = id_of(arena, 'c', i);
    for (size_t i = 0; i < world->n_facts; i++) {
        world->facts[i] = build_facts(&plain->signins[i], users, apps);
        if (policy_resolve(arena, world->set, &world->facts[i], &world->resolved[i], NULL) != HG_OK)
            return false;
    }
    return true;
}

bool bench_world_build(struct hg_arena *arena, const struct bench_numbers *numbers,
                       struct bench_world *out)
{
    if (!bench_plain_read(arena, numbers, &out->plain))
        return false;
    out->n_rules = out->plain.n_policies;
    out->n_locations = out->plain.n_places;
    out->rules = HG_NEW_ARRAY(arena, const struct policy_rule *, out->n_rules);
    out->locations = HG_NEW_ARRAY(arena, const struct policy_location *, out->n_locations);
    if (out->rules == NULL || out->locations == NULL)
        return false;
    for (uint32_t i = 0; i < out->n_rules; i++)
        if (!build_rule(arena, &out->plain.policies[i], i, &out->rules[i]))
            return false;
    for (uint32_t i = 0; i < out->n_locations; i++)
        if (!build_location(arena, &out->plain.places[i], i, &out->locations[i]))
            return false;
    out->source = (struct policy_source){.rules = out->rules,
                                         .n_rules = out->n_rules,
                                         .locations = out->locations,
                                         .n_locations = out->n_locations};
    if (policy_compile(arena, &out->source, &out->set, NULL) != HG_OK)
        return false;
    out->floor = bench_floor_build(arena, &out->plain);
    return out->floor != NULL && build_signins(arena, out);
}
