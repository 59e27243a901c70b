#include "base/base.h"
#include "model/model.h"
#include "policy/filter_private.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Which policies' conditions hold for these facts: one mask a condition. */

static void add(uint64_t *into, const uint64_t *mask, size_t n_words)
{
    for (size_t w = 0; w < n_words; w++)
        into[w] |= mask[w];
}

static void add_naming(const struct policy_naming *into, const struct policy_naming *from,
                       size_t n_words)
{
    if (from == NULL)
        return;
    add(into->include, from->include, n_words);
    add(into->exclude, from->exclude, n_words);
}

static void add_ids(const struct policy_naming *into, const struct policy_index *index,
                    const hg_str *ids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_naming(into, policy_index_find(index, ids[i]), index->n_words);
}

/* Included and not excluded, written over the includes. */
static void subtract(const struct policy_naming *naming, size_t n_words)
{
    for (size_t w = 0; w < n_words; w++)
        naming->include[w] &= ~naming->exclude[w];
}

/* --- users ----------------------------------------------------------------------- */

/* An internal guest belongs to no other tenant, so a list of tenants does not narrow it. */
bool policy_guests_match(const struct policy_guests *guests, const struct model_user *user)
{
    enum model_external kind = model_user_external(user);
    if ((guests->kinds & kind) == 0)
        return false;
    if (!guests->some_tenants || kind == MODEL_EXTERNAL_INTERNAL_GUEST)
        return true;
    return model_has_id(guests->tenants.items, guests->tenants.n, user->home_tenant);
}

static void add_guests(const struct policy_set *set, const struct model_user *user,
                       const struct policy_naming *into)
{
    add_naming(into, &set->externals, set->n_words);
    for (size_t k = 0; k < set->n_guest_rules; k++) {
        size_t i = set->guest_rules[k];
        if (policy_guests_match(&set->rules[i]->include_people.guests, user))
            policy_mask_set(into->include, i);
        if (policy_guests_match(&set->rules[i]->exclude_people.guests, user))
            policy_mask_set(into->exclude, i);
    }
}

static void resolve_user(const struct policy_set *set, const struct model_user *user,
                         const struct policy_naming *into)
{
    enum model_external kind = model_user_external(user);
    add_naming(into, &set->everyone, set->n_words);
    if (kind != MODEL_EXTERNAL_NONE)
        add_guests(set, user, into);
    if (kind == MODEL_EXTERNAL_DIRECT_CONNECT) /* has no object here that could be named */
        return;
    add_ids(into, &set->users, &user->id, 1);
    add_ids(into, &set->groups, user->groups, user->n_groups);
    add_ids(into, &set->roles, user->roles, user->n_roles);
}

static void resolve_workload(const struct policy_set *set, const struct policy_workload *workload,
                             const struct policy_naming *into)
{
    if (!workload->is_own) /* multi-tenant applications are never in scope */
        return;
    add(into->include, set->own_workloads, set->n_words);
    add_ids(into, &set->workloads, &workload->service_principal, 1);
    for (size_t k = 0; k < set->n_workload_filter_rules; k++) {
        size_t i = set->workload_filter_rules[k];
        const struct policy_rule_filter *filter = &set->rules[i]->workload_filter;
        if (policy_filter_holds_for_attributes(filter->parsed, &workload->attributes))
            policy_mask_set(filter->excludes ? into->exclude : into->include, i);
    }
}

/* --- applications ------------------------------------------------------------------ */

static const struct policy_attributes *attributes_of(const struct policy_facts *facts,
                                                     hg_str app_id)
{
    static const struct policy_attributes none = {0};
    for (size_t i = 0; i < facts->n_apps; i++)
        if (hg_str_eq_nocase(facts->apps[i].app_id, app_id))
            return &facts->apps[i].attributes;
    return &none;
}

/* Who names the audience, or holds a filter to it, All apart; `into` is cleared before. */
static void resolve_audience(const struct policy_set *set, const struct policy_facts *facts,
                             hg_str audience, const struct policy_naming *into)
{
    memset(into->include, 0, set->n_words * sizeof(uint64_t));
    memset(into->exclude, 0, set->n_words * sizeof(uint64_t));
    add_ids(into, &set->apps, &audience, 1);
    if (set->n_app_filter_rules == 0)
        return;
    const struct policy_attributes *attributes = attributes_of(facts, audience);
    for (size_t k = 0; k < set->n_app_filter_rules; k++) {
        size_t i = set->app_filter_rules[k];
        const struct policy_rule_filter *filter = &set->rules[i]->app_filter;
        if (policy_filter_holds_for_attributes(filter->parsed, attributes))
            policy_mask_set(filter->excludes ? into->exclude : into->include, i);
    }
}

/* Policies that do not cover a request for low-privilege scopes through All (step C): those
 * that exclude something, of a confidential client those that exclude it. NULL: none. */
static const uint64_t *passed_over(const struct policy_set *set, const struct policy_facts *facts,
                                   hg_str audience, const struct policy_naming *work)
{
    if (set->baseline != POLICY_BASELINE_LEGACY ||
        !hg_str_eq_nocase(facts->low_privilege, audience))
        return NULL;
    if (!facts->is_confidential)
        return set->excluding_apps;
    resolve_audience(set, facts, facts->client, work);
    return work->exclude;
}

/* Policies that include the audience and do not exclude it. */
static void add_audience(const struct policy_set *set, const struct policy_facts *facts,
                         hg_str audience, const struct policy_naming work[2], uint64_t *holds)
{
    const struct policy_naming *all = &set->families[0];
    const uint64_t *passed = passed_over(set, facts, audience, &work[1]);
    resolve_audience(set, facts, audience, &work[0]);
    for (size_t w = 0; w < set->n_words; w++) {
        uint64_t through_all = all->include[w] & (passed == NULL ? UINT64_MAX : ~passed[w]);
        holds[w] |= (work[0].include[w] | through_all) & ~work[0].exclude[w] & ~all->exclude[w];
    }
}

/* Report-only mode cannot watch user actions (3.6); What If tells of such policies. */
static void add_action(const struct policy_set *set, const struct policy_facts *facts,
                       uint64_t *holds)
{
    const struct policy_naming *action =
        facts->user_action.len == 0 ? NULL : policy_index_find(&set->actions, facts->user_action);
    for (size_t w = 0; action != NULL && w < set->n_words; w++)
        holds[w] |= action->include[w] & (facts->is_what_if ? UINT64_MAX : ~set->report_only[w]);
    if (hg_str_eq_nocase(facts->user_action, HG_STR(POLICY_ACTION_SECURITY_INFO)))
        add(holds, set->families[0].include, set->n_words); /* All covers it (4.1) */
}

/* Applies when one audience is included and that audience is not excluded (3.4). */
static void resolve_apps(const struct policy_set *set, const struct policy_facts *facts,
                         uint64_t *holds, const struct policy_naming work[2])
{
    for (size_t i = 0; i < facts->n_resources; i++)
        add_audience(set, facts, facts->resources[i], work, holds);
    add_action(set, facts, holds);
    for (size_t i = 0; i < facts->n_auth_contexts; i++) {
        const struct policy_naming *context =
            policy_index_find(&set->contexts, facts->auth_contexts[i]);
        if (context != NULL)
            add(holds, context->include, set->n_words);
    }
}

/* --- locations ----------------------------------------------------------------------- */

static const struct policy_naming *country_of(const struct policy_set *set,
                                              const struct model_network *network)
{
    if (network->country.len > 0)
        return policy_index_find(&set->countries, network->country);
    return network->has_ip ? &set->unknown_country : NULL;
}

/* AllTrusted: where the address is, or what vouches for the network. */
static bool is_trusted(const struct policy_set *set, const struct policy_place_group *group,
                       const struct model_network *network)
{
    return (group != NULL && group->is_trusted) || network->is_inside ||
           (network->is_compliant && set->network_is_trusted);
}

static const struct policy_place_group *group_of(const struct policy_set *set,
                                                 const struct model_network *network)
{
    return network->has_ip ? policy_spans_find(&set->spans, network->ip) : NULL;
}

static void add_places(const struct policy_set *set, const struct model_network *network,
                       const struct policy_naming *into)
{
    const struct policy_place_group *group = group_of(set, network);
    add_naming(into, &set->all_places, set->n_words);
    if (group != NULL)
        add_naming(into, &group->naming, set->n_words);
    add_naming(into, country_of(set, network), set->n_words);
    if (network->gps_country.len > 0)
        add_ids(into, &set->gps_countries, &network->gps_country, 1);
    if (network->is_compliant)
        add_naming(into, &set->network, set->n_words);
    if (is_trusted(set, group, network))
        add_naming(into, &set->trusted_places, set->n_words);
    subtract(into, set->n_words);
}

static void resolve_places(const struct policy_set *set, const struct model_network *network,
                           const struct policy_naming *into, bool is_known)
{
    if (is_known)
        add_places(set, network, into);
    add(into->include, set->no_places, set->n_words);
}

/* --- the rest -------------------------------------------------------------------------- */

uint32_t policy_facts_unknown(const struct policy_facts *facts)
{
    return facts->invalid | (facts->is_what_if ? ~facts->stated : 0);
}

static bool device_holds(const struct policy_rule *rule, const struct model_device *device)
{
    bool joined = hg_str_eq_nocase(device->trust_type, HG_STR("ServerAD"));
    uint32_t states = !device->is_present ? 0
                                          : (device->is_compliant ? POLICY_DEVICE_COMPLIANT : 0u) |
                                                (joined ? POLICY_DEVICE_DOMAIN_JOINED : 0u);
    const struct policy_rule_filter *filter = &rule->device_filter;
    return (rule->exclude_device_states & states) == 0 &&
           (filter->parsed == NULL ||
            policy_filter_holds_for_device(filter->parsed, device) != filter->excludes);
}

static void resolve_filters(const struct policy_set *set, const struct model_device *device,
                            uint64_t *holds, bool is_known)
{
    add(holds, set->no_filter, set->n_words);
    for (size_t k = 0; is_known && k < set->n_filter_rules; k++) {
        size_t i = set->filter_rules[k];
        if (device_holds(set->rules[i], device))
            policy_mask_set(holds, i);
    }
}

static size_t client_row(enum model_client_app client)
{
    return client == 0 ? POLICY_N_CLIENTS - 1 : (size_t)__builtin_ctz(client);
}

static size_t platform_row(enum model_platform platform)
{
    return (size_t)__builtin_ctz(policy_platform_bit(platform));
}

static enum policy_risk known_risk(enum policy_risk risk, bool is_known)
{
    return is_known ? risk : POLICY_RISK_UNKNOWN; /* in no list of levels */
}

/* `unknown`: enum policy_stated bits. */
static void resolve_risks(const struct policy_set *set, struct policy_resolved *out, uint64_t *risk,
                          uint32_t unknown)
{
    const struct policy_facts *facts = out->facts;
    size_t n = set->n_words;
    enum policy_risk signin =
        known_risk(facts->signin_risk, (unknown & POLICY_STATED_SIGNIN_RISK) == 0);
    enum policy_risk user = known_risk(facts->user_risk, (unknown & POLICY_STATED_USER_RISK) == 0);
    enum policy_risk workload =
        known_risk(facts->workload == NULL ? POLICY_RISK_UNKNOWN : facts->workload->risk,
                   (unknown & POLICY_STATED_WORKLOAD_RISK) == 0);
    for (size_t w = 0; w < n; w++)
        risk[w] = set->signin_risks[signin * n + w] & set->workload_risks[workload * n + w];
    out->holds[POLICY_CONDITION_SIGNIN_RISK] = risk;
    out->holds[POLICY_CONDITION_USER_RISK] = set->user_risks + user * n;
}

static void resolve_values(const struct policy_set *set, struct policy_resolved *out,
                           uint32_t unknown)
{
    const struct policy_facts *facts = out->facts;
    size_t n = set->n_words;
    size_t insider =
        (unknown & POLICY_STATED_INSIDER_RISK) != 0 ? POLICY_INSIDER_ABSENT : facts->insider_risk;
    size_t flow = (unknown & POLICY_STATED_FLOW) != 0 ? MODEL_ORIGIN_NONE : facts->flow_origin;
    out->holds[POLICY_CONDITION_PLATFORMS] =
        (unknown & POLICY_STATED_PLATFORM) != 0
            ? set->no_platforms
            : set->platforms + platform_row(facts->platform) * n;
    out->holds[POLICY_CONDITION_CLIENT_APP_TYPES] =
        (unknown & POLICY_STATED_CLIENT_APP_TYPE) != 0
            ? set->no_clients
            : set->clients + client_row(facts->client_app_type) * n;
    out->holds[POLICY_CONDITION_INSIDER_RISK] = set->insider + (insider % POLICY_N_INSIDER) * n;
    out->holds[POLICY_CONDITION_AUTH_FLOWS] = set->flows + (flow % POLICY_N_FLOWS) * n;
}

static bool facts_are_whole(const struct policy_facts *facts)
{
    return (facts->user == NULL) != (facts->workload == NULL) && facts->device != NULL &&
           (unsigned)facts->signin_risk < POLICY_N_RISKS &&
           (unsigned)facts->user_risk < POLICY_N_RISKS &&
           (facts->workload == NULL || (unsigned)facts->workload->risk < POLICY_N_RISKS);
}

enum hg_code policy_resolve(struct hg_arena *arena, const struct policy_set *set,
                            const struct policy_facts *facts, const struct policy_resolved **out,
                            struct hg_err *err)
{
    enum { N_MASKS = 11 };
    if (!facts_are_whole(facts))
        return HG_FAIL(err, HG_MALFORMED, "facts name neither one user nor one workload");
    size_t n = set->n_words;
    struct policy_resolved *resolved = HG_NEW(arena, struct policy_resolved);
    uint64_t *masks = HG_NEW_ARRAY(arena, uint64_t, n *N_MASKS);
    if (resolved == NULL || masks == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "masks of %zu policies", set->n);
    resolved->facts = facts;

    /* What a decision reads comes first, and together. */
    struct policy_naming who = {masks, masks + 5 * n};
    struct policy_naming where = {masks + n, masks + 6 * n};
    uint64_t *apps = masks + 2 * n;
    uint64_t *devices = masks + 3 * n;
    uint64_t *risks = masks + 4 * n;
    struct policy_naming work[2] = {{masks + 7 * n, masks + 8 * n},
                                    {masks + 9 * n, masks + 10 * n}};
    if (facts->user != NULL)
        resolve_user(set, facts->user, &who);
    else
        resolve_workload(set, facts->workload, &who);
    subtract(&who, n);
    resolve_apps(set, facts, apps, work);
    uint32_t unknown = policy_facts_unknown(facts);
    resolve_places(set, &facts->network, &where, (unknown & POLICY_STATED_PLACE) == 0);
    resolve_filters(set, facts->device, devices, (unknown & POLICY_STATED_DEVICE) == 0);
    resolve_risks(set, resolved, risks, unknown);
    resolve_values(set, resolved, unknown);
    resolved->holds[POLICY_CONDITION_USERS] = who.include;
    resolved->holds[POLICY_CONDITION_APPLICATIONS] = apps;
    resolved->holds[POLICY_CONDITION_LOCATIONS] = where.include;
    resolved->holds[POLICY_CONDITION_DEVICES] = devices;
    policy_resolve_controls(set, resolved);
    *out = resolved;
    return HG_OK;
}

bool policy_network_is_trusted(const struct policy_set *set, const struct model_network *network)
{
    return is_trusted(set, group_of(set, network), network);
}

static bool is_in(const struct policy_location *location, hg_str country)
{
    return model_has_id(location->countries.items, location->countries.n, country);
}

/* Locations that no range of addresses tells. */
static bool signal_matches(const struct policy_location *location,
                           const struct model_network *network)
{
    switch (location->kind) {
    case POLICY_LOCATION_COUNTRY:
        return network->country.len > 0 ? is_in(location, network->country)
                                        : network->has_ip && location->includes_unknown;
    case POLICY_LOCATION_GPS_COUNTRY:
        return is_in(location, network->gps_country);
    case POLICY_LOCATION_NETWORK:
        return network->is_compliant;
    case POLICY_LOCATION_IP:
    case POLICY_LOCATION_OPAQUE:
        return false;
    }
    return false;
}

enum hg_code policy_matched_locations(struct hg_arena *arena, const struct policy_set *set,
                                      const struct model_network *network, const hg_str **out_names,
                                      size_t *out_n, struct hg_err *err)
{
    const struct policy_place_group *group = group_of(set, network);
    hg_str *names = HG_NEW_ARRAY(arena, hg_str, set->n_locations);
    size_t n = 0;
    if (names == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "names of locations");
    for (size_t i = 0; i < set->n_locations; i++)
        if ((group != NULL && policy_mask_has(group->locations, i)) ||
            signal_matches(set->locations[i], network))
            names[n++] = set->locations[i]->display_name;
    *out_names = names;
    *out_n = n;
    return HG_OK;
}
