#include "base/base.h"
#include "model/model.h"
#include "policy/phrase_private.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"
#include "policy/words_private.h"

#include <stdbool.h>
#include <stddef.h>

/* --- Who -------------------------------------------------------------------------- */

hg_str policy_seen_who(struct hg_arena *arena, const struct policy_facts *facts)
{
    struct policy_phrase phrase = policy_phrase_new(arena);
    if (facts->workload != NULL) {
        policy_phrase_add(&phrase, "service principal ", facts->workload->service_principal);
        return policy_phrase_text(&phrase, "a service principal");
    }
    const struct model_user *user = facts->user;
    policy_phrase_add(&phrase, "", user->upn.len > 0 ? user->upn : user->id);
    policy_phrase_add_bits(&phrase, model_user_external(user), policy_external_names);
    return policy_phrase_text(&phrase, "a user");
}

/* On the side of its mode. */
static void add_filter(struct policy_phrase *phrase, const struct policy_rule_filter *filter,
                       const char *kind, bool excluding)
{
    if (filter->parsed != NULL && filter->excludes == excluding)
        policy_phrase_add_whole(phrase, kind, filter->text);
}

static void add_people(struct policy_phrase *phrase, const struct policy_people *people)
{
    policy_phrase_add_if(phrase, people->all, "All users");
    policy_phrase_add_if(phrase, people->any_external, "guests and external users");
    policy_phrase_add_bits(phrase, people->guests.kinds, policy_external_names);
    if (people->guests.some_tenants)
        policy_phrase_add_ids(phrase, "of tenant ", people->guests.tenants);
    policy_phrase_add_ids(phrase, "user ", people->users);
    policy_phrase_add_ids(phrase, "group ", people->groups);
    policy_phrase_add_ids(phrase, "role ", people->roles);
}

hg_str policy_wanted_who(struct hg_arena *arena, const struct policy_set *set,
                         const struct policy_rule *rule)
{
    (void)set;
    struct policy_phrase phrase = policy_phrase_new(arena);
    if (rule->for_workloads) {
        policy_phrase_add_if(&phrase, rule->all_own_workloads, "service principals of this tenant");
        policy_phrase_add_ids(&phrase, "service principal ", rule->include_workloads);
        add_filter(&phrase, &rule->workload_filter, "those where ", false);
        policy_phrase_except(&phrase);
        policy_phrase_add_ids(&phrase, "service principal ", rule->exclude_workloads);
        add_filter(&phrase, &rule->workload_filter, "those where ", true);
        return policy_phrase_text(&phrase, "None");
    }
    add_people(&phrase, &rule->include_people);
    policy_phrase_except(&phrase);
    add_people(&phrase, &rule->exclude_people);
    return policy_phrase_text(&phrase, "None");
}

/* --- What ------------------------------------------------------------------------- */

hg_str policy_seen_target(struct hg_arena *arena, const struct policy_facts *facts)
{
    struct policy_phrase phrase = policy_phrase_new(arena);
    policy_phrase_add(&phrase, "", facts->user_action);
    policy_phrase_add_ids(
        &phrase, "authentication context ",
        (struct policy_ids){.items = facts->auth_contexts, .n = facts->n_auth_contexts});
    policy_phrase_add_ids(&phrase, "",
                          (struct policy_ids){.items = facts->resources, .n = facts->n_resources});
    return policy_phrase_text(&phrase, "nothing");
}

static void add_apps(struct policy_phrase *phrase, const struct policy_apps *apps)
{
    policy_phrase_add_if(phrase, (apps->families & POLICY_FAMILY_ALL) != 0, "All resources");
    policy_phrase_add_if(phrase, (apps->families & POLICY_FAMILY_OFFICE365) != 0, "Office365");
    policy_phrase_add_if(phrase, (apps->families & POLICY_FAMILY_ADMIN_PORTALS) != 0,
                         "MicrosoftAdminPortals");
    policy_phrase_add_ids(phrase, "", apps->ids);
}

hg_str policy_wanted_target(struct hg_arena *arena, const struct policy_set *set,
                            const struct policy_rule *rule)
{
    (void)set;
    struct policy_phrase phrase = policy_phrase_new(arena);
    add_apps(&phrase, &rule->include_apps);
    add_filter(&phrase, &rule->app_filter, "applications where ", false);
    policy_phrase_add_ids(&phrase, "", rule->user_actions);
    policy_phrase_add_ids(&phrase, "authentication context ", rule->auth_contexts);
    policy_phrase_except(&phrase);
    add_apps(&phrase, &rule->exclude_apps);
    add_filter(&phrase, &rule->app_filter, "applications where ", true);
    return policy_phrase_text(&phrase, "None");
}

/* --- On what ---------------------------------------------------------------------- */

hg_str policy_seen_platform(struct hg_arena *arena, const struct policy_facts *facts)
{
    return policy_bits_text(arena, policy_platform_bit(facts->platform), policy_platform_names,
                            "unknown");
}

hg_str policy_wanted_platforms(struct hg_arena *arena, const struct policy_set *set,
                               const struct policy_rule *rule)
{
    (void)set;
    struct policy_phrase phrase = policy_phrase_new(arena);
    if (rule->include_platforms == POLICY_PLATFORMS_ALL)
        policy_phrase_add(&phrase, "", HG_STR("All platforms"));
    else
        policy_phrase_add_bits(&phrase, rule->include_platforms, policy_platform_names);
    policy_phrase_except(&phrase);
    policy_phrase_add_bits(&phrase, rule->exclude_platforms, policy_platform_names);
    return policy_phrase_text(&phrase, "None");
}

hg_str policy_seen_device(struct hg_arena *arena, const struct policy_facts *facts)
{
    const struct model_device *device = facts->device;
    if (!device->is_present)
        return HG_STR("an unregistered device");
    struct policy_phrase phrase = policy_phrase_new(arena);
    policy_phrase_add(&phrase, "device ", device->display_name);
    policy_phrase_add(&phrase, "deviceId ", device->id);
    policy_phrase_add(&phrase, "trustType ", device->trust_type);
    policy_phrase_add(&phrase, "isCompliant ",
                      device->is_compliant ? HG_STR("True") : HG_STR("False"));
    return policy_phrase_text(&phrase, "a device");
}

hg_str policy_wanted_devices(struct hg_arena *arena, const struct policy_set *set,
                             const struct policy_rule *rule)
{
    (void)set;
    const struct policy_rule_filter *filter = &rule->device_filter;
    struct policy_phrase phrase = policy_phrase_new(arena);
    if (filter->parsed != NULL)
        policy_phrase_add_whole(
            &phrase, filter->excludes ? "All except devices where " : "Only devices where ",
            filter->text);
    policy_phrase_add_if(&phrase, rule->include_device_states != 0, "All devices");
    policy_phrase_except(&phrase);
    policy_phrase_add_bits(&phrase, rule->exclude_device_states, policy_device_names);
    return policy_phrase_text(&phrase, "None");
}

hg_str policy_seen_client(struct hg_arena *arena, const struct policy_facts *facts)
{
    return policy_bits_text(arena, facts->client_app_type, policy_client_names, "other");
}

hg_str policy_wanted_clients(struct hg_arena *arena, const struct policy_set *set,
                             const struct policy_rule *rule)
{
    (void)set;
    return policy_bits_text(arena, rule->client_apps, policy_client_names, "None");
}

/* --- From where ------------------------------------------------------------------- */

hg_str policy_seen_place(struct hg_arena *arena, const struct policy_facts *facts)
{
    struct policy_phrase phrase = policy_phrase_new(arena);
    if (facts->network.has_ip)
        policy_phrase_add(&phrase, "", hg_ip_text(arena, facts->network.ip));
    policy_phrase_add(&phrase, "country ", facts->network.country);
    policy_phrase_add(&phrase, "GPS country ", facts->network.gps_country);
    policy_phrase_add_if(&phrase, facts->network.is_compliant, "the compliant network");
    policy_phrase_add_if(&phrase, facts->network.is_inside, "inside the corporate network");
    return policy_phrase_text(&phrase, "no address");
}

static hg_str place_name(const struct policy_set *set, hg_str id)
{
    if (hg_str_eq(id, HG_STR(POLICY_LOCATION_MFA_TRUSTED_IPS)))
        return HG_STR("MFA Trusted IPs");
    if (hg_str_eq_nocase(id, HG_STR(POLICY_LOCATION_COMPLIANT_NETWORK)))
        return HG_STR("All Compliant Network locations");
    for (size_t i = 0; i < set->n_locations; i++)
        if (hg_str_eq_nocase(set->locations[i]->id, id))
            return set->locations[i]->display_name;
    return id;
}

static void add_places(struct policy_phrase *phrase, const struct policy_set *set,
                       const struct policy_places *places)
{
    policy_phrase_add_if(phrase, places->all, "All locations");
    policy_phrase_add_if(phrase, places->all_trusted, "AllTrusted");
    for (size_t i = 0; i < places->ids.n; i++)
        policy_phrase_add(phrase, "", place_name(set, places->ids.items[i]));
}

hg_str policy_wanted_places(struct hg_arena *arena, const struct policy_set *set,
                            const struct policy_rule *rule)
{
    struct policy_phrase phrase = policy_phrase_new(arena);
    add_places(&phrase, set, &rule->include_places);
    policy_phrase_except(&phrase);
    add_places(&phrase, set, &rule->exclude_places);
    return policy_phrase_text(&phrase, "None");
}

/* --- Risk and flow ---------------------------------------------------------------- */

hg_str policy_seen_signin_risk(struct hg_arena *arena, const struct policy_facts *facts)
{
    enum policy_risk risk = facts->workload == NULL ? facts->signin_risk : facts->workload->risk;
    return policy_bits_text(arena, 1u << risk, policy_risk_names, "unknown");
}

hg_str policy_wanted_signin_risk(struct hg_arena *arena, const struct policy_set *set,
                                 const struct policy_rule *rule)
{
    (void)set;
    return policy_bits_text(arena, rule->signin_risks | rule->workload_risks, policy_risk_names,
                            "hidden");
}

hg_str policy_seen_user_risk(struct hg_arena *arena, const struct policy_facts *facts)
{
    return policy_bits_text(arena, 1u << facts->user_risk, policy_risk_names, "unknown");
}

hg_str policy_wanted_user_risk(struct hg_arena *arena, const struct policy_set *set,
                               const struct policy_rule *rule)
{
    (void)set;
    return policy_bits_text(arena, rule->user_risks, policy_risk_names, "hidden");
}

hg_str policy_seen_insider_risk(struct hg_arena *arena, const struct policy_facts *facts)
{
    return policy_bits_text(arena, facts->insider_risk, policy_insider_names, "none");
}

hg_str policy_wanted_insider_risk(struct hg_arena *arena, const struct policy_set *set,
                                  const struct policy_rule *rule)
{
    (void)set;
    return policy_bits_text(arena, rule->insider_risks, policy_insider_names, "none");
}

hg_str policy_seen_flow(struct hg_arena *arena, const struct policy_facts *facts)
{
    return policy_bits_text(arena, facts->flow_origin, policy_flow_names, "none");
}

hg_str policy_wanted_flows(struct hg_arena *arena, const struct policy_set *set,
                           const struct policy_rule *rule)
{
    (void)set;
    return policy_bits_text(arena, rule->transfer_methods, policy_flow_names, "none");
}
