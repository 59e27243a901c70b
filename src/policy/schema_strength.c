#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* authenticationStrengthPolicy (conditional-access.md 1.5), as an object of the tenant and
 * inside a policy. */

static const char *const kinds[] = {"builtIn", "custom", NULL};
static const char *const requirements[] = {"none", "mfa", NULL};

/* --- Configurations of combinations ------------------------------------------------- */

static const struct schema_member configuration_members[] = {
    {"id", SCHEMA_STRING, 0, NULL, NULL},
    {"appliesToCombinations", SCHEMA_TEXTS, 0, NULL, NULL},
    {"allowedAAGUIDs", SCHEMA_TEXTS, 0, NULL, NULL},
    {"allowedIssuerSkis", SCHEMA_TEXTS, 0, NULL, NULL},
    {"allowedPolicyOIDs", SCHEMA_TEXTS, 0, NULL, NULL},
};

/* Names of combinations in the order of their bits; what names none stays as it is. */
static struct hg_json render_combinations(struct hg_arena *arena, const struct hg_json *list)
{
    struct hg_json array = hg_json_array();
    for (size_t i = 0; i < hg_json_count(list); i++) {
        const struct hg_json *item = hg_json_item(list, i);
        uint32_t methods;
        bool known = policy_combination_parse(hg_json_str_or(item, HG_STR("")), &methods);
        hg_json_push(arena, &array,
                     known ? hg_json_str(policy_combination_text(arena, methods)) : *item);
    }
    return array;
}

static void render_each_combination(struct hg_arena *arena, struct hg_json *object,
                                    const char *member)
{
    hg_json_put(arena, object, member, render_combinations(arena, hg_json_get(object, member)));
}

/* Polymorphic: which lists there are tells the type. */
static struct hg_json render_configuration(struct hg_arena *arena, const struct hg_json *json,
                                           enum policy_shape shape)
{
    static const struct schema plain = {.members = configuration_members,
                                        .n_members = HG_COUNT(configuration_members)};
    bool is_fido2 = policy_configuration_is_fido2(json);
    struct hg_json whole = schema_render(arena, &plain, json, shape);
    struct hg_json object = hg_json_object();
    hg_json_put(arena, &object, "@odata.type",
                hg_json_z(is_fido2 ? "#microsoft.graph.fido2CombinationConfiguration"
                                   : "#microsoft.graph.x509CertificateCombinationConfiguration"));
    render_each_combination(arena, &whole, "appliesToCombinations");
    if (is_fido2) {
        (void)hg_json_remove(&whole, HG_STR("allowedIssuerSkis"));
        (void)hg_json_remove(&whole, HG_STR("allowedPolicyOIDs"));
    } else {
        (void)hg_json_remove(&whole, HG_STR("allowedAAGUIDs"));
    }
    for (uint32_t i = 0; i < whole.object.n; i++)
        hg_json_set(arena, &object, whole.object.members[i].name, whole.object.members[i].value);
    return object;
}

static const struct schema configuration = {.members = configuration_members,
                                            .n_members = HG_COUNT(configuration_members),
                                            .render = render_configuration};

/* --- The strength ---------------------------------------------------------------------- */

static const struct schema_member members[] = {
    {"id", SCHEMA_STRING, 0, NULL, NULL},
    {"createdDateTime", SCHEMA_STRING, 0, NULL, NULL},
    {"modifiedDateTime", SCHEMA_STRING, 0, NULL, NULL},
    {"displayName", SCHEMA_STRING, 0, NULL, NULL},
    {"description", SCHEMA_STRING, 0, NULL, NULL},
    {"policyType", SCHEMA_WORD, 0, kinds, NULL},
    {"requirementsSatisfied", SCHEMA_FLAGS, 0, requirements, NULL},
    {"allowedCombinations", SCHEMA_TEXTS, 0, NULL, NULL},
    {"combinationConfigurations", SCHEMA_OBJECTS, 0, NULL, &configuration},
};

/* What the server knows of a built-in one stands in place of what was sent. */
static void render_builtin(struct hg_arena *arena, const struct policy_strength *strength,
                           struct hg_json *object)
{
    struct hg_json allowed = hg_json_array();
    for (size_t i = 0; i < strength->n_combinations; i++)
        hg_json_push(arena, &allowed,
                     hg_json_str(policy_combination_text(arena, strength->combinations[i])));
    hg_json_put_str(arena, object, "id", strength->id);
    hg_json_put_str(arena, object, "displayName", strength->display_name);
    hg_json_put(arena, object, "policyType", hg_json_z("builtIn"));
    hg_json_put(arena, object, "requirementsSatisfied", hg_json_z("mfa"));
    hg_json_put(arena, object, "allowedCombinations", allowed);
    hg_json_put(arena, object, "combinationConfigurations", hg_json_array());
}

/* requirementsSatisfied follows from the combinations, whatever was sent. */
static void render_custom(struct hg_arena *arena, struct hg_json *object)
{
    const struct hg_json *allowed = hg_json_get(object, "allowedCombinations");
    bool is_mfa = hg_json_count(allowed) > 0;
    for (size_t i = 0; i < hg_json_count(allowed); i++) {
        uint32_t methods;
        hg_str text = hg_json_str_or(hg_json_item(allowed, i), HG_STR(""));
        is_mfa &= policy_combination_parse(text, &methods) && policy_combination_is_mfa(methods);
    }
    hg_json_put(arena, object, "policyType", hg_json_z("custom"));
    hg_json_put(arena, object, "requirementsSatisfied", hg_json_z(is_mfa ? "mfa" : "none"));
    render_each_combination(arena, object, "allowedCombinations");
}

/* A policy may name nothing but the id of a strength; there is nothing more to say then. */
static struct hg_json render_strength(struct hg_arena *arena, const struct hg_json *json,
                                      enum policy_shape shape)
{
    static const struct schema plain = {.members = members, .n_members = HG_COUNT(members)};
    struct hg_json object = schema_render(arena, &plain, json, shape);
    hg_str id = hg_json_str_or(hg_json_get(&object, "id"), HG_STR(""));
    const struct policy_strength *builtin = policy_strength_builtin(id);
    if (builtin != NULL)
        render_builtin(arena, builtin, &object);
    else if (hg_json_count(hg_json_get(&object, "allowedCombinations")) > 0)
        render_custom(arena, &object);
    return object;
}

const struct schema schema_strength = {
    .members = members, .n_members = HG_COUNT(members), .render = render_strength};

struct hg_json policy_strength_canonical(struct hg_arena *arena, const struct hg_json *json,
                                         enum policy_shape shape)
{
    return schema_render(arena, &schema_strength, json, shape);
}

struct hg_json policy_strength_json(struct hg_arena *arena, const struct policy_strength *strength,
                                    enum policy_shape shape)
{
    struct hg_json named = hg_json_object();
    hg_json_put_str(arena, &named, "id", strength->id);
    return schema_render(arena, &schema_strength, strength->json != NULL ? strength->json : &named,
                         shape);
}
