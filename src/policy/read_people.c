#include "base/base.h"
#include "model/model.h"
#include "policy/filter_private.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* conditions.users and conditions.clientApplications. */

enum {
    WORD_ALL = 1u << 0,
    WORD_NONE = 1u << 1,
    WORD_EXTERNAL = 1u << 2,
    WORD_OWN = 1u << 3,
};

static const struct policy_word_bit include_words[] = {
    {"All", WORD_ALL}, {"None", WORD_NONE}, {"GuestsOrExternalUsers", WORD_EXTERNAL}};
static const struct policy_word_bit exclude_words[] = {{"GuestsOrExternalUsers", WORD_EXTERNAL}};
static const struct policy_word_bit own_words[] = {{"ServicePrincipalsInMyTenant", WORD_OWN}};

static const struct policy_word_bit kind_bits[] = {
    {"internalGuest", MODEL_EXTERNAL_INTERNAL_GUEST},
    {"b2bCollaborationGuest", MODEL_EXTERNAL_B2B_GUEST},
    {"b2bCollaborationMember", MODEL_EXTERNAL_B2B_MEMBER},
    {"b2bDirectConnectUser", MODEL_EXTERNAL_DIRECT_CONNECT},
    {"otherExternalUser", MODEL_EXTERNAL_OTHER},
    {"serviceProvider", MODEL_EXTERNAL_SERVICE_PROVIDER},
};

static const struct {
    const char *users, *groups, *roles, *guests;
} sides[] = {
    {"includeUsers", "includeGroups", "includeRoles", "includeGuestsOrExternalUsers"},
    {"excludeUsers", "excludeGroups", "excludeRoles", "excludeGuestsOrExternalUsers"},
};

static void warn_ids(struct policy_findings *findings, struct policy_ids ids, const char *member)
{
    hg_str path = policy_path(findings->arena, HG_STR("conditions.users"), member);
    for (size_t i = 0; i < ids.n; i++)
        if (!hg_uuid_valid(ids.items[i]))
            policy_warn(findings, "1011", path,
                        hg_str_format(findings->arena,
                                      "'%.*s' in %.*s is no object id; it matches nobody.",
                                      HG_ARG(policy_clip(ids.items[i])), HG_ARG(path)));
}

static struct policy_guests read_guests(struct hg_arena *arena, const struct hg_json *json)
{
    struct policy_guests guests = {0};
    if (!hg_json_is(json, HG_JSON_OBJECT))
        return guests;
    guests.kinds = policy_read_flags(policy_member(json, "guestOrExternalUserTypes"),
                                     (struct policy_words){kind_bits, HG_COUNT(kind_bits)});
    const struct hg_json *tenants = policy_member(json, "externalTenants");
    hg_str kind = hg_json_str_or(policy_member(tenants, "membershipKind"), HG_STR(""));
    hg_str type = hg_json_str_or(policy_member(tenants, "@odata.type"), HG_STR(""));
    guests.some_tenants = hg_str_eq_nocase(kind, HG_STR("enumerated")) ||
                          (kind.len == 0 && hg_str_ends(type, HG_STR("EnumeratedExternalTenants")));
    uint32_t none = 0;
    if (guests.some_tenants)
        guests.tenants = policy_read_ids(arena, policy_member(tenants, "members"),
                                         (struct policy_words){NULL, 0}, &none);
    return guests;
}

static uint32_t read_side(struct policy_findings *findings, const struct hg_json *users,
                          size_t side, struct policy_words words, struct policy_people *out)
{
    struct hg_arena *arena = findings->arena;
    uint32_t keywords = 0;
    out->users = policy_read_ids(arena, policy_member(users, sides[side].users), words, &keywords);
    words.n = 0;
    out->groups =
        policy_read_ids(arena, policy_member(users, sides[side].groups), words, &keywords);
    out->roles = policy_read_ids(arena, policy_member(users, sides[side].roles), words, &keywords);
    out->guests = read_guests(arena, policy_member(users, sides[side].guests));
    out->all = (keywords & WORD_ALL) != 0;
    out->any_external = (keywords & WORD_EXTERNAL) != 0;
    warn_ids(findings, out->users, sides[side].users);
    warn_ids(findings, out->groups, sides[side].groups);
    warn_ids(findings, out->roles, sides[side].roles);
    return keywords;
}

static bool names_someone(const struct policy_people *people)
{
    return people->all || people->any_external || people->users.n > 0 || people->groups.n > 0 ||
           people->roles.n > 0 || people->guests.kinds != 0;
}

static void read_workloads(struct policy_findings *findings, const struct hg_json *conditions,
                           struct policy_rule *rule)
{
    const struct hg_json *json = policy_member(conditions, "clientApplications");
    struct policy_words words = {own_words, HG_COUNT(own_words)};
    uint32_t keywords = 0;
    rule->include_workloads = policy_read_ids(
        findings->arena, policy_member(json, "includeServicePrincipals"), words, &keywords);
    rule->exclude_workloads =
        policy_read_ids(findings->arena, policy_member(json, "excludeServicePrincipals"),
                        (struct policy_words){NULL, 0}, &keywords);
    bool is_filtered = policy_read_filter(
        findings, policy_member(json, "servicePrincipalFilter"),
        HG_STR("conditions.clientApplications.servicePrincipalFilter"), &policy_filter_attributes,
        "InvalidServicePrincipalFilter", &rule->workload_filter);
    bool includes = is_filtered && !rule->workload_filter.excludes;
    /* Beside a filter that includes, the keyword says among whom. */
    rule->all_own_workloads = (keywords & WORD_OWN) != 0 && !includes;
    rule->for_workloads = (keywords & WORD_OWN) != 0 || rule->include_workloads.n > 0 || includes;
}

void policy_read_people(struct policy_findings *findings, const struct hg_json *conditions,
                        struct policy_rule *rule)
{
    const struct hg_json *users = policy_member(conditions, "users");
    struct policy_words words = {include_words, HG_COUNT(include_words)};
    uint32_t keywords = read_side(findings, users, 0, words, &rule->include_people);
    words = (struct policy_words){exclude_words, HG_COUNT(exclude_words)};
    read_side(findings, users, 1, words, &rule->exclude_people);
    read_workloads(findings, conditions, rule);
    rule->configured |= 1u << POLICY_CONDITION_USERS;

    bool someone = names_someone(&rule->include_people);
    if (!someone && (keywords & WORD_NONE) == 0 && !rule->for_workloads)
        policy_find_broken(
            findings, HG_STR("conditions.users"),
            HG_STR("Policy validation failed due to NoUsers: name users, groups, roles or "
                   "guests to include, or 'None'."));
    bool is_filtered = rule->workload_filter.parsed != NULL;
    if (someone && (rule->for_workloads || is_filtered)) /* V13, V14 */
        policy_find_broken(
            findings, HG_STR("conditions.clientApplications"),
            HG_STR("Policy validation failed due to UsersAndWorkloads: a policy is for "
                   "users or for service principals, not for both."));
}
