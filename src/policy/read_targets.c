#include "base/base.h"
#include "policy/filter_private.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* conditions.applications: exactly one family of targets (1.9, 1012). */

enum { WORD_NONE = 1u << 8 }; /* beside enum policy_family */

static const struct policy_word_bit app_words[] = {
    {"All", POLICY_FAMILY_ALL},
    {"Office365", POLICY_FAMILY_OFFICE365},
    {"MicrosoftAdminPortals", POLICY_FAMILY_ADMIN_PORTALS},
    {"None", WORD_NONE},
};
static const struct policy_words app_keywords = {app_words, HG_COUNT(app_words)};
static const struct policy_words no_words = {NULL, 0};

static void warn_app_ids(struct policy_findings *findings, struct policy_ids ids,
                         const char *member)
{
    hg_str path = policy_path(findings->arena, HG_STR("conditions.applications"), member);
    for (size_t i = 0; i < ids.n; i++)
        if (hg_str_eq_nocase(ids.items[i], HG_STR("AllAgentIdResources")))
            policy_find_unjudged(findings, path);
        else if (!hg_uuid_valid(ids.items[i]))
            policy_warn(findings, "1011", path,
                        hg_str_format(findings->arena,
                                      "'%.*s' in %.*s is no application id; it matches nothing.",
                                      HG_ARG(policy_clip(ids.items[i])), HG_ARG(path)));
}

static uint32_t read_apps(struct policy_findings *findings, const struct hg_json *json,
                          const char *member, struct policy_apps *out)
{
    uint32_t keywords = 0;
    out->ids =
        policy_read_ids(findings->arena, policy_member(json, member), app_keywords, &keywords);
    out->families = keywords & ~(uint32_t)WORD_NONE;
    warn_app_ids(findings, out->ids, member);
    return keywords;
}

/* "c1" … "c99" */
static bool is_context(hg_str text)
{
    uint64_t n;
    return text.len >= 2 && (text.ptr[0] | 0x20) == 'c' && text.ptr[1] != '0' &&
           hg_str_u64(hg_str_from(text, 1), 99, &n);
}

static void check_contexts(struct policy_findings *findings, struct policy_ids ids)
{
    hg_str path = HG_STR("conditions.applications.includeAuthenticationContextClassReferences");
    for (size_t i = 0; i < ids.n; i++)
        if (!is_context(ids.items[i]))
            policy_find(findings, "1007", path,
                        hg_str_format(findings->arena,
                                      "The body does not match the policy schema: '%.*s' is no "
                                      "authentication context (c1 to c99).",
                                      HG_ARG(policy_clip(ids.items[i]))));
}

void policy_read_targets(struct policy_findings *findings, const struct hg_json *conditions,
                         struct policy_rule *rule)
{
    struct hg_arena *arena = findings->arena;
    const struct hg_json *json = policy_member(conditions, "applications");
    uint32_t none = 0;
    uint32_t keywords = read_apps(findings, json, "includeApplications", &rule->include_apps);
    read_apps(findings, json, "excludeApplications", &rule->exclude_apps);
    rule->user_actions =
        policy_read_ids(arena, policy_member(json, "includeUserActions"), no_words, &none);
    rule->auth_contexts = policy_read_ids(
        arena, policy_member(json, "includeAuthenticationContextClassReferences"), no_words, &none);
    rule->configured |= 1u << POLICY_CONDITION_APPLICATIONS;
    check_contexts(findings, rule->auth_contexts);
    bool is_filtered = policy_read_filter(findings, policy_member(json, "applicationFilter"),
                                          HG_STR("conditions.applications.applicationFilter"),
                                          &policy_filter_attributes, "InvalidApplicationFilter",
                                          &rule->app_filter);

    bool apps = keywords != 0 || rule->include_apps.ids.n > 0 ||
                (is_filtered && !rule->app_filter.excludes);
    int families = apps + (rule->user_actions.n > 0) + (rule->auth_contexts.n > 0);
    if (families == 0)
        policy_find_broken(
            findings, HG_STR("conditions.applications"),
            HG_STR("Policy validation failed due to NoApplications: name applications, a "
                   "user action or an authentication context, or 'None'."));
    if (families > 1)
        policy_find(
            findings, "1012", HG_STR("conditions.applications"),
            HG_STR("includeApplications, includeUserActions and "
                   "includeAuthenticationContextClassReferences exclude each other: use one "
                   "of them in a policy."));
}
