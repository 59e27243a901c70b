#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/set_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static uint64_t *rows_new(struct hg_arena *arena, const struct policy_set *set, size_t n)
{
    return HG_NEW_ARRAY(arena, uint64_t, n * set->n_words);
}

static void naming_new(struct hg_arena *arena, const struct policy_set *set,
                       struct policy_naming *out)
{
    uint64_t *rows = rows_new(arena, set, 2);
    *out = (struct policy_naming){.include = rows,
                                  .exclude = rows == NULL ? NULL : rows + set->n_words};
}

/* --- Lists of ids -------------------------------------------------------------- */

struct id_lists {
    struct policy_ids include, exclude;
};
typedef struct id_lists list_fn(const struct policy_rule *rule);

static struct id_lists users_of(const struct policy_rule *rule)
{
    return (struct id_lists){rule->include_people.users, rule->exclude_people.users};
}
static struct id_lists groups_of(const struct policy_rule *rule)
{
    return (struct id_lists){rule->include_people.groups, rule->exclude_people.groups};
}
static struct id_lists roles_of(const struct policy_rule *rule)
{
    return (struct id_lists){rule->include_people.roles, rule->exclude_people.roles};
}
static struct id_lists workloads_of(const struct policy_rule *rule)
{
    return (struct id_lists){rule->include_workloads, rule->exclude_workloads};
}
static struct id_lists apps_of(const struct policy_rule *rule)
{
    return (struct id_lists){rule->include_apps.ids, rule->exclude_apps.ids};
}
static struct id_lists actions_of(const struct policy_rule *rule)
{
    return (struct id_lists){.include = rule->user_actions};
}
static struct id_lists contexts_of(const struct policy_rule *rule)
{
    return (struct id_lists){.include = rule->auth_contexts};
}
static struct id_lists places_of(const struct policy_rule *rule)
{
    return (struct id_lists){rule->include_places.ids, rule->exclude_places.ids};
}

static size_t count_ids(const struct policy_set *set, list_fn *of)
{
    size_t n = 0;
    for (size_t i = 0; i < set->n; i++) {
        struct id_lists lists = of(set->rules[i]);
        n += lists.include.n + lists.exclude.n;
    }
    return n;
}

/* `more`: keys that are put in later. */
static bool index_rules(struct hg_arena *arena, const struct policy_set *set, list_fn *of,
                        struct policy_index *index, size_t more)
{
    if (!policy_index_init(index, arena, count_ids(set, of) + more, set->n_words))
        return false;
    for (size_t i = 0; i < set->n; i++) {
        struct id_lists lists = of(set->rules[i]);
        for (size_t k = 0; k < lists.include.n + lists.exclude.n; k++) {
            bool includes = k < lists.include.n;
            hg_str id =
                includes ? lists.include.items[k] : lists.exclude.items[k - lists.include.n];
            struct policy_naming *naming = policy_index_put(index, id);
            if (naming == NULL)
                return false;
            policy_mask_set(includes ? naming->include : naming->exclude, i);
        }
    }
    return true;
}

static bool index_all(struct hg_arena *arena, struct policy_set *set)
{
    return index_rules(arena, set, users_of, &set->users, 0) &&
           index_rules(arena, set, groups_of, &set->groups, 0) &&
           index_rules(arena, set, roles_of, &set->roles, 0) &&
           index_rules(arena, set, workloads_of, &set->workloads, 0) &&
           index_rules(arena, set, apps_of, &set->apps, set->app_groups->n_apps + 1) &&
           index_rules(arena, set, actions_of, &set->actions, 0) &&
           index_rules(arena, set, contexts_of, &set->contexts, 0) &&
           index_rules(arena, set, places_of, &set->places, 0);
}

/* --- Keywords and values ----------------------------------------------------------- */

static void set_if(uint64_t *mask, size_t i, bool is)
{
    if (is)
        policy_mask_set(mask, i);
}

static void fill_state(struct policy_set *set, size_t i)
{
    static const unsigned char idle[] = {
        [POLICY_ENABLED] = POLICY_RESULT_NOT_APPLIED,
        [POLICY_DISABLED] = POLICY_RESULT_NOT_ENABLED,
        [POLICY_REPORT_ONLY] = POLICY_RESULT_REPORT_ONLY_NOT_APPLIED,
    };
    const struct policy_rule *rule = set->rules[i];
    set->idle[i] = idle[rule->state];
    set_if(set->enabled, i, rule->state == POLICY_ENABLED);
    set_if(set->report_only, i, rule->state == POLICY_REPORT_ONLY);
    set->used |= rule->configured;
}

static void fill_people(struct policy_set *set, size_t i)
{
    const struct policy_rule *rule = set->rules[i];
    set_if(set->everyone.include, i, rule->include_people.all);
    set_if(set->everyone.exclude, i, rule->exclude_people.all);
    set_if(set->externals.include, i, rule->include_people.any_external);
    set_if(set->externals.exclude, i, rule->exclude_people.any_external);
    set_if(set->own_workloads, i, rule->all_own_workloads);
    if (rule->include_people.guests.kinds != 0 || rule->exclude_people.guests.kinds != 0)
        set->guest_rules[set->n_guest_rules++] = i;
}

static bool excludes_apps(const struct policy_rule *rule)
{
    return rule->exclude_apps.families != 0 || rule->exclude_apps.ids.n > 0 ||
           (rule->app_filter.parsed != NULL && rule->app_filter.excludes);
}

static void fill_families(struct policy_set *set, size_t i)
{
    set_if(set->excluding_apps, i, excludes_apps(set->rules[i]));
    for (unsigned k = 0; k < POLICY_N_FAMILIES; k++) {
        set_if(set->families[k].include, i, (set->rules[i]->include_apps.families >> k & 1) != 0);
        set_if(set->families[k].exclude, i, (set->rules[i]->exclude_apps.families >> k & 1) != 0);
    }
}

static void fill_places(struct policy_set *set, size_t i)
{
    const struct policy_rule *rule = set->rules[i];
    set_if(set->no_places, i, !policy_rule_has(rule, POLICY_CONDITION_LOCATIONS));
    set_if(set->all_places.include, i, rule->include_places.all);
    set_if(set->all_places.exclude, i, rule->exclude_places.all);
    set_if(set->trusted_places.include, i, rule->include_places.all_trusted);
    set_if(set->trusted_places.exclude, i, rule->exclude_places.all_trusted);
}

/* One row a value: the policies that do not narrow by it, and those that list it. */
static void fill_rows(const struct policy_set *set, uint64_t *rows, size_t i, size_t n_values,
                      uint32_t listed)
{
    for (size_t value = 0; value < n_values; value++)
        set_if(rows + value * set->n_words, i, (listed >> value & 1) != 0);
}

static uint32_t unless_empty(uint32_t bits)
{
    return bits == 0 ? UINT32_MAX : bits;
}

/* Bit n stands for the set of flags n: those that share one with `flags`. */
static uint32_t sets_sharing(uint32_t flags, size_t n_sets)
{
    uint32_t bits = 0;
    for (uint32_t set = 0; set < n_sets; set++)
        bits |= flags == 0 || (set & flags) != 0 ? 1u << set : 0;
    return bits;
}

static void fill_values(struct policy_set *set, size_t i)
{
    const struct policy_rule *rule = set->rules[i];
    bool narrowed = policy_rule_has(rule, POLICY_CONDITION_PLATFORMS);
    uint32_t platforms = narrowed ? rule->include_platforms & ~rule->exclude_platforms : UINT32_MAX;
    fill_rows(set, set->platforms, i, POLICY_N_PLATFORMS, platforms);
    fill_rows(set, set->clients, i, POLICY_N_CLIENTS, rule->client_apps);
    set_if(set->no_platforms, i, !narrowed);
    set_if(set->no_clients, i, !policy_rule_has(rule, POLICY_CONDITION_CLIENT_APP_TYPES));
    fill_rows(set, set->signin_risks, i, POLICY_N_RISKS, unless_empty(rule->signin_risks));
    fill_rows(set, set->workload_risks, i, POLICY_N_RISKS, unless_empty(rule->workload_risks));
    fill_rows(set, set->user_risks, i, POLICY_N_RISKS, unless_empty(rule->user_risks));
    fill_rows(set, set->insider, i, POLICY_N_INSIDER,
              sets_sharing(rule->insider_risks, POLICY_N_INSIDER));
    fill_rows(set, set->flows, i, POLICY_N_FLOWS,
              sets_sharing(rule->transfer_methods, POLICY_N_FLOWS));
    if (policy_rule_has(rule, POLICY_CONDITION_DEVICES))
        set->filter_rules[set->n_filter_rules++] = i;
    else
        policy_mask_set(set->no_filter, i);
    if (rule->app_filter.parsed != NULL)
        set->app_filter_rules[set->n_app_filter_rules++] = i;
    if (rule->workload_filter.parsed != NULL)
        set->workload_filter_rules[set->n_workload_filter_rules++] = i;
}

static void fill(struct policy_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        set->briefs[i] = policy_brief_of(set->rules[i]);
        fill_state(set, i);
        fill_people(set, i);
        fill_families(set, i);
        fill_places(set, i);
        fill_values(set, i);
    }
}

/* --- Locations ----------------------------------------------------------------------- */

static void merge(const struct policy_set *set, struct policy_naming *into,
                  const struct policy_naming *from)
{
    for (size_t w = 0; from != NULL && w < set->n_words; w++) {
        into->include[w] |= from->include[w];
        into->exclude[w] |= from->exclude[w];
    }
}

/* Whoever names Azure management means the Azure portal too (3.4 step B), and whoever names
 * a family its members: one look-up of an application tells all. */
static bool name_members(struct policy_set *set)
{
    const struct policy_naming *management =
        policy_index_find(&set->apps, HG_STR(POLICY_APP_AZURE_MANAGEMENT));
    if (management != NULL) {
        struct policy_naming *portal =
            policy_index_put(&set->apps, HG_STR(POLICY_APP_AZURE_PORTAL));
        if (portal == NULL)
            return false;
        merge(set, portal, management);
    }
    for (size_t i = 0; i < set->app_groups->n_apps; i++) {
        const struct policy_app *app = &set->app_groups->apps[i];
        struct policy_naming *named =
            app->families == 0 ? NULL : policy_index_put(&set->apps, app->id);
        if (app->families != 0 && named == NULL)
            return false;
        for (unsigned k = 1; k < POLICY_N_FAMILIES; k++)
            if ((app->families >> k & 1) != 0)
                merge(set, named, &set->families[k]);
    }
    return true;
}

/* What policies say about the addresses of one group. The bit behind the last
 * location stands for the MFA trusted IPs, which have an id of their own. */
static bool name_group(struct hg_arena *arena, const struct policy_set *set,
                       struct policy_place_group *group)
{
    naming_new(arena, set, &group->naming);
    if (group->naming.include == NULL)
        return false;
    for (size_t k = 0; k <= set->n_locations; k++) {
        if (!policy_mask_has(group->locations, k))
            continue;
        bool service = k == set->n_locations;
        hg_str id = service ? HG_STR(POLICY_LOCATION_MFA_TRUSTED_IPS) : set->locations[k]->id;
        merge(set, &group->naming, policy_index_find(&set->places, id));
        group->is_trusted |= service || set->locations[k]->is_trusted;
    }
    return true;
}

static bool name_countries(struct hg_arena *arena, struct policy_set *set,
                           enum policy_location_kind kind, struct policy_index *index)
{
    size_t n = 0;
    for (size_t k = 0; k < set->n_locations; k++)
        n += set->locations[k]->countries.n;
    if (!policy_index_init(index, arena, n, set->n_words))
        return false;
    for (size_t k = 0; k < set->n_locations; k++) {
        const struct policy_location *location = set->locations[k];
        const struct policy_naming *named = policy_index_find(&set->places, location->id);
        if (location->kind != kind || named == NULL)
            continue;
        if (location->includes_unknown && kind == POLICY_LOCATION_COUNTRY)
            merge(set, &set->unknown_country, named);
        for (size_t c = 0; c < location->countries.n; c++) {
            struct policy_naming *country = policy_index_put(index, location->countries.items[c]);
            if (country == NULL)
                return false;
            merge(set, country, named);
        }
    }
    return true;
}

/* The network is one, told by one signal; it has an id of its own and those of locations. */
static void name_network(struct policy_set *set)
{
    merge(set, &set->network,
          policy_index_find(&set->places, HG_STR(POLICY_LOCATION_COMPLIANT_NETWORK)));
    for (size_t k = 0; k < set->n_locations; k++) {
        const struct policy_location *location = set->locations[k];
        if (location->kind != POLICY_LOCATION_NETWORK)
            continue;
        merge(set, &set->network, policy_index_find(&set->places, location->id));
        set->network_is_trusted |= location->is_trusted;
    }
}

static bool name_places(struct hg_arena *arena, struct policy_set *set)
{
    for (size_t g = 0; g < set->spans.n_groups; g++)
        if (!name_group(arena, set, &set->spans.list[g]))
            return false;
    name_network(set);
    return name_countries(arena, set, POLICY_LOCATION_COUNTRY, &set->countries) &&
           name_countries(arena, set, POLICY_LOCATION_GPS_COUNTRY, &set->gps_countries);
}

/* --- The whole ----------------------------------------------------------------------- */

static bool allocate(struct hg_arena *arena, struct policy_set *set)
{
    set->enabled = rows_new(arena, set, 1);
    set->report_only = rows_new(arena, set, 1);
    set->own_workloads = rows_new(arena, set, 1);
    set->excluding_apps = rows_new(arena, set, 1);
    set->no_filter = rows_new(arena, set, 1);
    set->no_places = rows_new(arena, set, 1);
    set->no_platforms = rows_new(arena, set, 1);
    set->no_clients = rows_new(arena, set, 1);
    set->platforms = rows_new(arena, set, POLICY_N_PLATFORMS);
    set->clients = rows_new(arena, set, POLICY_N_CLIENTS);
    set->signin_risks = rows_new(arena, set, POLICY_N_RISKS);
    set->workload_risks = rows_new(arena, set, POLICY_N_RISKS);
    set->user_risks = rows_new(arena, set, POLICY_N_RISKS);
    set->insider = rows_new(arena, set, POLICY_N_INSIDER);
    set->flows = rows_new(arena, set, POLICY_N_FLOWS);
    set->idle = HG_NEW_ARRAY(arena, unsigned char, set->n);
    set->briefs = HG_NEW_ARRAY(arena, struct policy_brief, set->n);
    set->strengths = HG_NEW_ARRAY(arena, const struct policy_strength *, set->n);
    set->guest_rules = HG_NEW_ARRAY(arena, size_t, set->n);
    set->filter_rules = HG_NEW_ARRAY(arena, size_t, set->n);
    set->app_filter_rules = HG_NEW_ARRAY(arena, size_t, set->n);
    set->workload_filter_rules = HG_NEW_ARRAY(arena, size_t, set->n);
    struct policy_naming *const namings[] = {
        &set->everyone,       &set->externals,       &set->families[0],
        &set->families[1],    &set->families[2],     &set->all_places,
        &set->trusted_places, &set->unknown_country, &set->network};
    for (size_t i = 0; i < HG_COUNT(namings); i++)
        naming_new(arena, set, namings[i]);
    return !hg_arena_exhausted(arena);
}

static bool quote_ids(struct hg_arena *arena, struct policy_set *set)
{
    enum { ESCAPE = 6 }; /* a byte becomes at most \u0000 */
    set->quoted = HG_NEW_ARRAY(arena, hg_str, set->n);
    if (set->quoted == NULL)
        return false;
    for (size_t i = 0; i < set->n; i++) {
        struct hg_buf buf = hg_buf_new(arena, set->rules[i]->id.len * ESCAPE + 2);
        hg_buf_json(&buf, set->rules[i]->id);
        if (hg_buf_finish(&buf, &set->quoted[i], NULL) != HG_OK)
            return false;
    }
    return true;
}

static bool copy_lists(struct hg_arena *arena, struct policy_set *set,
                       const struct policy_source *source)
{
    const struct policy_rule **rules = HG_NEW_ARRAY(arena, const struct policy_rule *, set->n);
    const struct policy_location **locations =
        HG_NEW_ARRAY(arena, const struct policy_location *, set->n_locations);
    if (rules == NULL || locations == NULL)
        return false;
    for (size_t i = 0; i < set->n; i++)
        rules[i] = source->rules[i];
    for (size_t i = 0; i < set->n_locations; i++)
        locations[i] = source->locations[i];
    set->rules = rules;
    set->locations = locations;
    return true;
}

/* The tenant's record decides over a built-in one, and that over what the policy carries. */
static void find_strengths(struct policy_set *set, const struct policy_source *source)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct policy_rule *rule = set->rules[i];
        set->n_terms += rule->terms.n;
        set->n_factors += rule->factors.n;
        if (rule->strength == NULL)
            continue;
        const struct policy_strength *found = policy_strength_find(source, rule->strength->id);
        if (found == NULL && rule->strength->n_combinations > 0)
            found = rule->strength;
        set->strengths[i] = found;
    }
}

enum hg_code policy_compile(struct hg_arena *arena, const struct policy_source *source,
                            const struct policy_set **out, struct hg_err *err)
{
    struct policy_set *set = HG_NEW(arena, struct policy_set);
    if (set == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a set of %zu policies", source->n_rules);
    set->n = source->n_rules;
    set->n_words = (set->n + 63) / 64;
    set->n_locations = source->n_locations;
    set->app_groups = source->app_groups != NULL ? source->app_groups : &policy_app_groups_builtin;
    set->baseline = source->settings.baseline;
    set->baseline_resource = source->settings.baseline_resource;
    if (!copy_lists(arena, set, source) || !quote_ids(arena, set))
        return HG_FAIL(err, HG_NO_MEMORY, "a set of %zu policies", set->n);
    HG_TRY(policy_spans_build(arena, source, &set->spans, err));
    if (!allocate(arena, set) || !index_all(arena, set))
        return HG_FAIL(err, HG_NO_MEMORY, "a set of %zu policies", set->n);
    fill(set);
    find_strengths(set, source);
    set->security_defaults = source->settings.security_defaults;
    if (!name_members(set))
        return HG_FAIL(err, HG_NO_MEMORY, "a set of %zu policies", set->n);
    if (!name_places(arena, set))
        return HG_FAIL(err, HG_NO_MEMORY, "%zu named locations", set->n_locations);
    *out = set;
    return HG_OK;
}

size_t policy_set_count(const struct policy_set *set)
{
    return set->n;
}

bool policy_set_filters_apps(const struct policy_set *set)
{
    return set->n_app_filter_rules > 0;
}

const struct policy_app_groups *policy_set_app_groups(const struct policy_set *set)
{
    return set->app_groups;
}

const struct policy_rule *policy_set_rule(const struct policy_set *set, size_t i)
{
    HG_ASSERT(i < set->n);
    return set->rules[i];
}
