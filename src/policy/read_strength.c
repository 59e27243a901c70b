#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Authentication strengths as written (conditional-access.md 1.5): objects of the tenant, and
 * what a policy carries of one. */

static void find_strength(struct policy_findings *findings, hg_str path, hg_str text)
{
    policy_find_broken(
        findings, path,
        hg_str_format(findings->arena,
                      "Policy validation failed due to InvalidAuthenticationStrength: "
                      "%.*s.",
                      HG_ARG(text)));
}

/* --- Combinations ----------------------------------------------------------------------- */

/* The well-formed combinations of a list; the others are reported. */
static const uint32_t *read_list(struct policy_findings *findings, const struct hg_json *list,
                                 hg_str path, size_t *out_n)
{
    size_t n = hg_json_is(list, HG_JSON_ARRAY) ? hg_json_count(list) : 0;
    uint32_t *items = HG_NEW_ARRAY(findings->arena, uint32_t, n);
    *out_n = 0;
    for (size_t i = 0; items != NULL && i < n; i++) {
        hg_str text = hg_json_str_or(hg_json_item(list, i), HG_STR(""));
        if (policy_combination_parse(text, &items[*out_n]))
            ++*out_n;
        else
            policy_find(findings, "1007", path,
                        hg_str_format(findings->arena,
                                      "The body does not match the policy schema: '%.*s' is no "
                                      "combination of authentication methods.",
                                      HG_ARG(policy_clip(text))));
    }
    return items;
}

static bool is_listed(const uint32_t *combinations, size_t n, uint32_t methods)
{
    for (size_t i = 0; i < n; i++)
        if (combinations[i] == methods)
            return true;
    return false;
}

static void warn_email(struct policy_findings *findings, hg_str path,
                       const struct policy_strength *strength)
{
    for (size_t i = 0; i < strength->n_combinations; i++)
        if ((strength->combinations[i] & MODEL_METHOD_EMAIL) != 0) {
            policy_warn(findings, "1032", path,
                        HG_STR("A code by mail satisfies no strength: a combination with email "
                               "is never met."));
            return;
        }
}

/* --- Configurations ----------------------------------------------------------------------- */

bool policy_configuration_is_fido2(const struct hg_json *json)
{
    hg_str type = hg_json_str_or(policy_member(json, "@odata.type"), HG_STR(""));
    if (type.len > 0)
        return hg_str_find(type, HG_STR("fido2")) != HG_NPOS;
    return policy_member(json, "allowedAAGUIDs") != NULL;
}

static struct policy_ids ids_of(struct policy_findings *findings, const struct hg_json *json,
                                const char *member)
{
    uint32_t none = 0;
    return policy_read_ids(findings->arena, policy_member(json, member),
                           (struct policy_words){NULL, 0}, &none);
}

/* Each combination named is one of the strength's, and has the method that is limited. */
static void check_applies(struct policy_findings *findings, hg_str path,
                          const struct policy_strength *strength, const struct policy_limit *limit)
{
    uint32_t of = limit->is_fido2
                      ? MODEL_METHOD_FIDO2
                      : MODEL_METHOD_X509_SINGLE_FACTOR | MODEL_METHOD_X509_MULTI_FACTOR;
    if (limit->n_combinations == 0)
        find_strength(findings, path, HG_STR("appliesToCombinations names no combination"));
    for (size_t i = 0; i < limit->n_combinations; i++) {
        uint32_t methods = limit->combinations[i];
        hg_str name = policy_combination_text(findings->arena, methods);
        if (!is_listed(strength->combinations, strength->n_combinations, methods))
            find_strength(findings, path,
                          hg_str_format(findings->arena, "'%.*s' is not in allowedCombinations",
                                        HG_ARG(name)));
        else if ((methods & of) == 0)
            find_strength(findings, path,
                          hg_str_format(findings->arena, "'%.*s' has no %s", HG_ARG(name),
                                        limit->is_fido2 ? "fido2" : "certificate"));
    }
}

static void read_limit(struct policy_findings *findings, const struct hg_json *json, hg_str path,
                       const struct policy_strength *strength, struct policy_limit *limit)
{
    limit->is_fido2 = policy_configuration_is_fido2(json);
    limit->combinations = read_list(findings, policy_member(json, "appliesToCombinations"), path,
                                    &limit->n_combinations);
    limit->aaguids = ids_of(findings, json, "allowedAAGUIDs");
    limit->issuers = ids_of(findings, json, "allowedIssuerSkis");
    limit->oids = ids_of(findings, json, "allowedPolicyOIDs");
    check_applies(findings, path, strength, limit);
    if (limit->is_fido2 ? limit->aaguids.n == 0 : limit->issuers.n + limit->oids.n == 0)
        find_strength(findings, path,
                      limit->is_fido2
                          ? HG_STR("name allowedAAGUIDs")
                          : HG_STR("name allowedIssuerSkis, allowedPolicyOIDs or both"));
    if (limit->is_fido2 ? limit->issuers.n + limit->oids.n > 0 : limit->aaguids.n > 0)
        find_strength(findings, path,
                      HG_STR("limits of passkeys and of certificates are two configurations"));
}

static void read_limits(struct policy_findings *findings, const struct hg_json *list, hg_str path,
                        struct policy_strength *strength)
{
    size_t n = hg_json_is(list, HG_JSON_ARRAY) ? hg_json_count(list) : 0;
    struct policy_limit *limits = HG_NEW_ARRAY(findings->arena, struct policy_limit, n);
    strength->limits = limits;
    for (size_t i = 0; limits != NULL && i < n; i++) {
        hg_str at = hg_str_format(findings->arena, "%.*s[%zu]", HG_ARG(path), i);
        if (hg_json_is(hg_json_item(list, i), HG_JSON_OBJECT))
            read_limit(findings, hg_json_item(list, i), at, strength,
                       &limits[strength->n_limits++]);
    }
}

/* --- The whole ------------------------------------------------------------------------------ */

const struct policy_strength *policy_read_strength(struct policy_findings *findings,
                                                   const struct hg_json *json, hg_str path)
{
    struct policy_strength *strength = HG_NEW(findings->arena, struct policy_strength);
    struct hg_json *kept = HG_NEW(findings->arena, struct hg_json);
    if (strength == NULL || kept == NULL)
        return NULL;
    *kept = *json;
    hg_str combinations = policy_path(findings->arena, path, "allowedCombinations");
    strength->id = hg_json_str_or(policy_member(json, "id"), HG_STR(""));
    strength->display_name = hg_json_str_or(policy_member(json, "displayName"), strength->id);
    strength->json = kept;
    strength->combinations = read_list(findings, policy_member(json, "allowedCombinations"),
                                       combinations, &strength->n_combinations);
    warn_email(findings, combinations, strength);
    read_limits(findings, policy_member(json, "combinationConfigurations"),
                policy_path(findings->arena, path, "combinationConfigurations"), strength);
    return strength;
}

enum hg_code policy_strength_parse(struct hg_arena *arena, const struct hg_json *json,
                                   const struct policy_strength **out, struct policy_faults *faults,
                                   struct hg_err *err)
{
    struct policy_findings findings = {.arena = arena, .state = POLICY_ENABLED};
    const struct policy_strength *strength = NULL;
    schema_check(&findings, &schema_strength, json, HG_STR(""));
    if (hg_json_is(json, HG_JSON_OBJECT)) {
        strength = policy_read_strength(&findings, json, HG_STR(""));
        if (policy_member(json, "displayName") == NULL)
            policy_find(&findings, "1007", HG_STR("displayName"),
                        HG_STR("The body does not match the policy schema: displayName is "
                               "required."));
        if (!policy_says_something(policy_member(json, "allowedCombinations")))
            find_strength(&findings, HG_STR("allowedCombinations"),
                          HG_STR("name at least one combination"));
    }
    HG_TRY(policy_findings_close(&findings, faults, err));
    *out = strength;
    return HG_OK;
}
