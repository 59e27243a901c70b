#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>

struct listed {
    enum policy_reference_kind kind;
    const char *path;
    struct policy_ids ids;
};

enum { N_LISTS = 16 };

static void list_rule(const struct policy_rule *rule, struct listed lists[N_LISTS])
{
    const struct policy_people *in = &rule->include_people;
    const struct policy_people *ex = &rule->exclude_people;
    const struct policy_ids strength = {
        .items = rule->strength == NULL ? NULL : &rule->strength->id, .n = rule->strength != NULL};
    const struct listed rows[] = {
        {POLICY_REFERENCE_USER, "conditions.users.includeUsers", in->users},
        {POLICY_REFERENCE_USER, "conditions.users.excludeUsers", ex->users},
        {POLICY_REFERENCE_GROUP, "conditions.users.includeGroups", in->groups},
        {POLICY_REFERENCE_GROUP, "conditions.users.excludeGroups", ex->groups},
        {POLICY_REFERENCE_ROLE, "conditions.users.includeRoles", in->roles},
        {POLICY_REFERENCE_ROLE, "conditions.users.excludeRoles", ex->roles},
        {POLICY_REFERENCE_APPLICATION, "conditions.applications.includeApplications",
         rule->include_apps.ids},
        {POLICY_REFERENCE_APPLICATION, "conditions.applications.excludeApplications",
         rule->exclude_apps.ids},
        {POLICY_REFERENCE_AUTH_CONTEXT,
         "conditions.applications.includeAuthenticationContextClassReferences",
         rule->auth_contexts},
        {POLICY_REFERENCE_SERVICE_PRINCIPAL,
         "conditions.clientApplications.includeServicePrincipals", rule->include_workloads},
        {POLICY_REFERENCE_SERVICE_PRINCIPAL,
         "conditions.clientApplications.excludeServicePrincipals", rule->exclude_workloads},
        {POLICY_REFERENCE_LOCATION, "conditions.locations.includeLocations",
         rule->include_places.ids},
        {POLICY_REFERENCE_LOCATION, "conditions.locations.excludeLocations",
         rule->exclude_places.ids},
        {POLICY_REFERENCE_STRENGTH, "grantControls.authenticationStrength", strength},
        {POLICY_REFERENCE_TERMS, "grantControls.termsOfUse", rule->terms},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        lists[i] = rows[i];
}

enum hg_code policy_rule_references(struct hg_arena *arena, const struct policy_rule *rule,
                                    const struct policy_reference **out, size_t *out_n,
                                    struct hg_err *err)
{
    struct listed lists[N_LISTS] = {0};
    list_rule(rule, lists);
    size_t n = 0;
    for (size_t i = 0; i < N_LISTS; i++)
        n += lists[i].ids.n;
    struct policy_reference *references = HG_NEW_ARRAY(arena, struct policy_reference, n);
    if (references == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu references", n);
    n = 0;
    for (size_t i = 0; i < N_LISTS; i++)
        for (size_t k = 0; k < lists[i].ids.n; k++)
            references[n++] = (struct policy_reference){
                .kind = lists[i].kind, .id = lists[i].ids.items[k], .path = lists[i].path};
    *out = references;
    *out_n = n;
    return HG_OK;
}

/* --- V20 for what this module knows ------------------------------------------------------- */

static const struct policy_location *find_location(const struct policy_source *there, hg_str id)
{
    for (size_t i = 0; i < there->n_locations; i++)
        if (hg_str_eq_nocase(there->locations[i]->id, id))
            return there->locations[i];
    return NULL;
}

static void find_no_such(struct policy_findings *findings, const struct policy_reference *named,
                         const char *what)
{
    hg_str text = hg_str_format(findings->arena, "'%.*s' in %s is no %s.",
                                HG_ARG(policy_clip(named->id)), named->path, what);
    if (findings->state == POLICY_DISABLED)
        policy_warn(findings, "1040", hg_str_of(named->path), text);
    else
        policy_find(findings, "1040", hg_str_of(named->path), text);
}

static void check_location(struct policy_findings *findings, const struct policy_reference *named,
                           const struct policy_source *there)
{
    const struct policy_location *location = find_location(there, named->id);
    if (hg_str_eq(named->id, HG_STR(POLICY_LOCATION_MFA_TRUSTED_IPS)) ||
        hg_str_eq_nocase(named->id, HG_STR(POLICY_LOCATION_COMPLIANT_NETWORK)))
        return;
    if (location != NULL && location->kind == POLICY_LOCATION_OPAQUE) {
        policy_find_unjudged(findings, hg_str_format(findings->arena, "%s '%.*s'", named->path,
                                                     HG_ARG(policy_clip(location->display_name))));
        return;
    }
    if (location == NULL)
        find_no_such(findings, named, "named location");
}

/* One that the policy says itself is judged by that (as an export has it). */
static void check_strength(struct policy_findings *findings, const struct policy_reference *named,
                           const struct policy_source *there, const struct policy_rule *rule)
{
    if (policy_strength_find(there, named->id) == NULL && rule->strength->n_combinations == 0)
        find_no_such(findings, named, "authentication strength");
}

enum hg_code policy_rule_check(struct hg_arena *arena, const struct policy_rule *rule,
                               const struct policy_source *there, struct policy_faults *faults,
                               struct hg_err *err)
{
    struct policy_findings findings = {.arena = arena, .state = rule->state};
    const struct policy_reference *references;
    size_t n;
    policy_find_unasked(&findings, rule, false);
    HG_TRY(policy_rule_references(arena, rule, &references, &n, err));
    for (size_t i = 0; i < n; i++) {
        if (references[i].kind == POLICY_REFERENCE_LOCATION)
            check_location(&findings, &references[i], there);
        if (references[i].kind == POLICY_REFERENCE_STRENGTH)
            check_strength(&findings, &references[i], there, rule);
    }
    return policy_findings_close(&findings, faults, err);
}
