#include "app/offline_bundle.h"

#include "app/offline.h"
#include "app/what_if.h"
#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"
#include "policy/what_if.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app_bundle app_bundle_new(void)
{
    return (struct app_bundle){hg_json_array(), hg_json_array(), hg_json_array(), hg_json_array(),
                               hg_json_array(), hg_json_array(), hg_json_array()};
}

static const struct hg_json *member(const struct hg_json *object, const char *name)
{
    return hg_json_get_nocase(object, hg_str_of(name));
}

static hg_str text_of(const struct hg_json *object, const char *name)
{
    return hg_json_str_or(member(object, name), HG_STR(""));
}

static void report(struct hg_arena *arena, struct app_bundle *bundle, hg_str file, size_t index,
                   const char *why)
{
    struct hg_json row = hg_json_object();
    hg_json_put_str(arena, &row, "file", file);
    hg_json_put(arena, &row, "index", hg_json_int((int64_t)index));
    hg_json_put_str(arena, &row, "message", hg_str_dup(arena, hg_str_of(why)));
    hg_json_push(arena, &bundle->unread, row);
}

/* --- Which objects are what ---------------------------------------------------------------- */

static struct hg_json *place_of(struct app_bundle *bundle, const struct hg_json *object)
{
    /* The first member that is there decides. */
    const struct {
        const char *name;
        struct hg_json *list;
    } kinds[] = {
        {"conditions", &bundle->policies},
        {"grantControls", &bundle->policies},
        {"ipRanges", &bundle->locations},
        {"countriesAndRegions", &bundle->locations},
        {"compliantNetworkType", &bundle->locations},
        {"allowedCombinations", &bundle->strengths},
        {"userPrincipalName", &bundle->users},
        {"servicePrincipalType", &bundle->principals},
        {"appOwnerOrganizationId", &bundle->principals},
        {"groupTypes", &bundle->groups},
        {"members", &bundle->groups},
        {"securityEnabled", &bundle->groups},
    };
    for (size_t i = 0; i < HG_COUNT(kinds); i++)
        if (member(object, kinds[i].name) != NULL)
            return kinds[i].list;
    return NULL;
}

/* Of the other parts of a bundle, which What If does not look into. */
static bool is_other(const struct hg_json *object)
{
    static const char *const names[] = {"signInIdentity",
                                        "definition",
                                        "properties",
                                        "createdDateTime",
                                        "rememberMultifactorAuthentication",
                                        "trustedIps"};
    for (size_t i = 0; i < HG_COUNT(names); i++)
        if (member(object, names[i]) != NULL)
            return true;
    return false;
}

static void add_object(struct hg_arena *arena, struct app_bundle *bundle, hg_str file, size_t index,
                       const struct hg_json *object)
{
    struct hg_json *list = place_of(bundle, object);
    if (list != NULL)
        hg_json_push(arena, list, *object);
    else if (!is_other(object))
        report(arena, bundle, file, index, "what this object is cannot be told by its members");
}

void app_bundle_add(struct hg_arena *arena, struct app_bundle *bundle, hg_str file, hg_str text)
{
    struct hg_json document;
    struct hg_err err = {0};
    if (!app_offline_document(arena, text, &document, &err)) {
        report(arena, bundle, file, 0, err.detail);
        return;
    }
    const struct hg_json *value = member(&document, "value");
    const struct hg_json *objects = hg_json_is(value, HG_JSON_ARRAY) ? value : &document;
    if (!hg_json_is(objects, HG_JSON_ARRAY)) {
        add_object(arena, bundle, file, 0, objects);
        return;
    }
    for (size_t i = 0; i < hg_json_count(objects); i++)
        add_object(arena, bundle, file, i, hg_json_item(objects, i));
}

/* --- The set -------------------------------------------------------------------------------- */

struct reading {
    struct hg_arena *arena;
    struct app_bundle *bundle;
    struct hg_json bodies; /* of the policies that could be read */
    const struct policy_rule **rules;
    const struct policy_location **locations;
    const struct policy_strength **strengths;
    struct policy_source source;
};

static enum hg_code skip(struct reading *reading, enum hg_code code, const struct hg_json *object,
                         size_t index, const struct hg_err *why, struct hg_err *err)
{
    if (code != HG_MALFORMED)
        return HG_FAIL(err, code, "%s", why->detail);
    report(reading->arena, reading->bundle, text_of(object, "displayName"), index, why->detail);
    return HG_OK;
}

static enum hg_code read_policy(struct reading *reading, const struct hg_json *object, size_t index,
                                struct hg_err *err)
{
    struct policy_faults faults;
    struct hg_err why = {0};
    size_t n = reading->source.n_rules;
    enum hg_code code = policy_rule_parse(reading->arena, object, POLICY_PARSE_LENIENT,
                                          &reading->rules[n], &faults, &why);
    if (code != HG_OK)
        return skip(reading, code, object, index, &why, err);
    reading->source.n_rules++;
    hg_json_push(reading->arena, &reading->bodies, *object);
    return HG_OK;
}

static enum hg_code read_location(struct reading *reading, const struct hg_json *object,
                                  size_t index, struct hg_err *err)
{
    struct policy_faults faults;
    struct hg_err why = {0};
    enum hg_code code = policy_location_parse(
        reading->arena, object, &reading->locations[reading->source.n_locations], &faults, &why);
    if (code != HG_OK)
        return skip(reading, code, object, index, &why, err);
    reading->source.n_locations++;
    return HG_OK;
}

static enum hg_code read_strength(struct reading *reading, const struct hg_json *object,
                                  size_t index, struct hg_err *err)
{
    struct policy_faults faults;
    struct hg_err why = {0};
    enum hg_code code = policy_strength_parse(
        reading->arena, object, &reading->strengths[reading->source.n_strengths], &faults, &why);
    if (code != HG_OK)
        return skip(reading, code, object, index, &why, err);
    reading->source.n_strengths++;
    return HG_OK;
}

static enum hg_code read_all(struct reading *reading, struct hg_err *err)
{
    const struct app_bundle *bundle = reading->bundle;
    size_t policies = hg_json_count(&bundle->policies);
    size_t locations = hg_json_count(&bundle->locations);
    size_t strengths = hg_json_count(&bundle->strengths);
    reading->rules = HG_NEW_ARRAY(reading->arena, const struct policy_rule *, policies);
    reading->locations = HG_NEW_ARRAY(reading->arena, const struct policy_location *, locations);
    reading->strengths = HG_NEW_ARRAY(reading->arena, const struct policy_strength *, strengths);
    if (reading->rules == NULL || reading->locations == NULL || reading->strengths == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a bundle");
    reading->source.rules = reading->rules;
    reading->source.locations = reading->locations;
    reading->source.strengths = reading->strengths;
    for (size_t i = 0; i < policies; i++)
        HG_TRY(read_policy(reading, hg_json_item(&bundle->policies, i), i, err));
    for (size_t i = 0; i < locations; i++)
        HG_TRY(read_location(reading, hg_json_item(&bundle->locations, i), i, err));
    for (size_t i = 0; i < strengths; i++)
        HG_TRY(read_strength(reading, hg_json_item(&bundle->strengths, i), i, err));
    return HG_OK;
}

/* --- Who -------------------------------------------------------------------------------------- */

static const struct hg_json *find(const struct hg_json *list, const char *second, hg_str name)
{
    for (size_t i = 0; i < hg_json_count(list); i++)
        if (hg_str_eq_nocase(text_of(hg_json_item(list, i), "id"), name) ||
            hg_str_eq_nocase(text_of(hg_json_item(list, i), second), name))
            return hg_json_item(list, i);
    return NULL;
}

/* A member of a group stands there by id, by principal name or as an object. */
static hg_str member_name(const struct hg_json *item)
{
    return hg_json_is(item, HG_JSON_OBJECT) ? text_of(item, "id")
                                            : hg_json_str_or(item, HG_STR(""));
}

static bool has_member(const struct hg_json *group, const struct model_user *user)
{
    const struct hg_json *members = member(group, "members");
    for (size_t i = 0; i < hg_json_count(members); i++) {
        hg_str name = member_name(hg_json_item(members, i));
        if (hg_str_eq_nocase(name, user->id) ||
            (user->upn.len > 0 && hg_str_eq_nocase(name, user->upn)) ||
            model_has_id(user->groups, user->n_groups, name))
            return true;
    }
    return false;
}

/* Nested groups too: until a round finds no more. */
static enum hg_code load_groups(struct hg_arena *arena, const struct hg_json *groups,
                                struct model_user *user, struct hg_err *err)
{
    hg_str *ids = HG_NEW_ARRAY(arena, hg_str, hg_json_count(groups));
    if (ids == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "groups of a bundle");
    user->groups = ids;
    for (size_t before = SIZE_MAX; before != user->n_groups;) {
        before = user->n_groups;
        for (size_t i = 0; i < hg_json_count(groups); i++) {
            const struct hg_json *group = hg_json_item(groups, i);
            hg_str id = hg_str_lower(arena, text_of(group, "id"));
            if (!model_has_id(ids, user->n_groups, id) && has_member(group, user))
                ids[user->n_groups++] = id;
        }
    }
    return HG_OK;
}

/* A user that the bundle does not know has no groups and no roles. */
static enum hg_code load_user(struct hg_arena *arena, const struct app_bundle *bundle,
                              const struct policy_what_if *as, struct model_user *out,
                              struct hg_err *err)
{
    const struct hg_json *known = find(&bundle->users, "userPrincipalName", as->user);
    const struct hg_json *roles = member(known, "roles");
    size_t n = hg_json_count(roles);
    hg_str *ids = HG_NEW_ARRAY(arena, hg_str, n);
    if (ids == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "roles of a user");
    for (size_t i = 0; i < n; i++)
        ids[i] = hg_str_lower(arena, hg_json_str_or(hg_json_item(roles, i), HG_STR("")));
    *out = (struct model_user){
        .id = hg_str_lower(arena, known == NULL ? as->user : text_of(known, "id")),
        .upn = text_of(known, "userPrincipalName"),
        .enabled = true,
        .is_guest = hg_str_eq_nocase(text_of(known, "userType"), HG_STR("Guest")),
        .external = as->external,
        .home_tenant = as->external_tenant,
        .roles = ids,
        .n_roles = n,
    };
    return load_groups(arena, &bundle->groups, out, err);
}

enum hg_code app_bundle_what_if(struct hg_arena *arena, struct app_bundle *bundle,
                                const struct hg_json *request, hg_time now, struct hg_json *out,
                                struct hg_err *err)
{
    struct reading reading = {.arena = arena, .bundle = bundle, .bodies = hg_json_array()};
    const struct policy_what_if *as;
    struct policy_faults faults;
    struct app_what_if what_if = {.shape = POLICY_SHAPE_BETA, .with_dependencies = true};
    struct model_user user;
    HG_TRY(policy_what_if_parse(arena, request, &as, &faults, err));
    HG_TRY(read_all(&reading, err));
    HG_TRY(policy_compile(arena, &reading.source, &what_if.set, err));
    const struct policy_workload workload = {
        .service_principal = as->service_principal, .is_own = true, .risk = as->workload_risk};
    what_if.bodies = reading.bodies.array.items;
    what_if.as = as;
    what_if.facts = as->facts;
    what_if.facts.now = now;
    if (as->user.len > 0) {
        HG_TRY(load_user(arena, bundle, as, &user, err));
        what_if.facts.user = &user;
    } else {
        what_if.facts.workload = &workload;
    }
    HG_TRY(
        app_what_if_answer(arena, HG_STR("https://graph.microsoft.com/beta"), &what_if, out, err));
    if (hg_json_count(&bundle->unread) > 0)
        hg_json_put(arena, out, "unread", bundle->unread);
    return HG_OK;
}
