#include "app/seed.h"

#include "app/app.h"
#include "app/commit.h"
#include "app/directory/credentials.h"
#include "app/directory/directory.h"
#include "app/directory/objects.h"
#include "app/directory/tenants.h"
#include "app/graph_api/signins.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "graph/graph.h"
#include "mfa/mfa.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

static const struct app_seed_extra user_extras[] = {
    {"password", HG_JSON_STRING, false, "a string"},
    {"totpSecret", HG_JSON_STRING, false, "a string"},
    {"roles", HG_JSON_STRING, true, "an array of strings"}};
static const struct app_seed_extra group_extras[] = {
    {"members", HG_JSON_STRING, true, "an array of strings"}};

enum hg_code app_seed_refuse(struct app_seed *seed, hg_str message, struct hg_err *err)
{
    if (seed->section == NULL)
        return HG_FAIL(err, HG_MALFORMED, "tenant: %.*s", HG_ARG(message));
    return HG_FAIL(err, HG_MALFORMED, "%s[%zu]: %.*s", seed->section, seed->index, HG_ARG(message));
}

static enum hg_code check_object(struct app_seed *seed, const struct hg_json *value,
                                 struct hg_err *err)
{
    if (hg_json_is(value, HG_JSON_OBJECT))
        return HG_OK;
    return app_seed_refuse(seed,
                           hg_str_format(seed->write.arena, "it must be an object, not %s",
                                         hg_json_kind_name(value->kind)),
                           err);
}

enum hg_code app_seed_knows(struct app_seed *seed, const struct hg_json *object, const char *names,
                            struct hg_err *err)
{
    HG_TRY(check_object(seed, object, err));
    for (uint32_t i = 0; i < object->object.n; i++) {
        hg_str name = object->object.members[i].name;
        if (!hg_str_has_word(hg_str_of(names), name))
            return app_seed_refuse(seed,
                                   hg_str_format(seed->write.arena,
                                                 "%.*s: unknown member; there is: %s", HG_ARG(name),
                                                 names),
                                   err);
    }
    return HG_OK;
}

static bool is_of_kind(const struct app_seed_extra *extra, const struct hg_json *value)
{
    if (!extra->is_list)
        return hg_json_is(value, extra->kind);
    bool good = hg_json_is(value, HG_JSON_ARRAY);
    for (size_t i = 0; good && i < hg_json_count(value); i++)
        good = hg_json_is(hg_json_item(value, i), extra->kind);
    return good;
}

enum hg_code app_seed_without(struct app_seed *seed, const struct hg_json *object,
                              const struct app_seed_extra *extras, size_t n, struct hg_json *out,
                              struct hg_err *err)
{
    struct hg_json rest = hg_json_copy(seed->write.arena, object);
    for (size_t i = 0; i < n; i++) {
        const struct hg_json *value = hg_json_get(object, extras[i].name);
        if (value != NULL && !is_of_kind(&extras[i], value))
            return app_seed_refuse(seed,
                                   hg_str_format(seed->write.arena, "%s must be %s", extras[i].name,
                                                 extras[i].must_be),
                                   err);
        (void)hg_json_remove(&rest, hg_str_of(extras[i].name));
    }
    *out = rest;
    return HG_OK;
}

enum hg_code app_seed_created(struct app_seed *seed, enum hg_code code, struct hg_err *err)
{
    return code == HG_MALFORMED ? app_seed_refuse(seed, seed->write.fault.message, err) : code;
}

/* The id of a user of this seed, by UPN or id. */
bool app_seed_user(const struct app_seed *seed, hg_str name, hg_str *out_id)
{
    for (size_t i = 0; i < seed->n_users; i++) {
        if (!hg_str_eq_nocase(seed->users[i].name, name) &&
            !hg_str_eq_nocase(seed->users[i].id, name))
            continue;
        *out_id = seed->users[i].id;
        return true;
    }
    return false;
}

static enum hg_code add_totp(struct app_seed *seed, const struct hg_json *item, hg_str user,
                             struct hg_err *err)
{
    hg_str secret;
    if (!hg_json_as_str(hg_json_get(item, "totpSecret"), &secret))
        return HG_OK;
    struct mfa_totp totp = {.id = hg_uuid_v4(seed->write.arena, &seed->write.app->random),
                            .display_name = HG_STR("Authenticator app"),
                            .created = seed->write.now};
    if (mfa_totp_seed_parse(seed->write.arena, secret, &totp.seed, NULL) != HG_OK)
        return app_seed_refuse(seed, HG_STR("totpSecret is not base32 of at least 10 bytes"), err);
    return app_totp_add(seed->write.app, seed->write.commit, seed->write.tenant, user, &totp, err);
}

static enum hg_code add_roles(struct app_seed *seed, const struct hg_json *item, hg_str user,
                              struct hg_err *err)
{
    const struct hg_json *roles = hg_json_get(item, "roles");
    for (size_t i = 0; i < hg_json_count(roles); i++) {
        hg_str name = hg_json_str_or(hg_json_item(roles, i), HG_STR(""));
        const struct app_role *role = app_role_find(name);
        if (role == NULL)
            return app_seed_refuse(
                seed,
                hg_str_format(seed->write.arena, "roles: there is no role '%.*s'", HG_ARG(name)),
                err);
        app_link_add(seed->write.commit, seed->write.tenant, APP_LINK_ROLE,
                     hg_str_of(role->template_id), user);
    }
    return HG_OK;
}

static enum hg_code add_user(struct app_seed *seed, const struct hg_json *item, struct hg_err *err)
{
    struct app_write *write = &seed->write;
    struct hg_json input;
    HG_TRY(app_seed_without(seed, item, user_extras, HG_COUNT(user_extras), &input, err));
    struct hg_json profile = hg_json_object();
    hg_json_put_str(write->arena, &profile, "password",
                    hg_json_str_or(hg_json_get(item, "password"), HG_STR("")));
    hg_json_put(write->arena, &input, "passwordProfile", profile);
    struct app_object user;
    HG_TRY(app_seed_created(seed, app_user_create(write, &input, &user, err), err));
    seed->users[seed->n_users++] = (struct app_seed_name){user.name, user.id};
    HG_TRY(add_totp(seed, item, user.id, err));
    return add_roles(seed, item, user.id, err);
}

static enum hg_code add_group(struct app_seed *seed, const struct hg_json *item, struct hg_err *err)
{
    struct app_write *write = &seed->write;
    struct hg_json input;
    HG_TRY(app_seed_without(seed, item, group_extras, HG_COUNT(group_extras), &input, err));
    struct app_object group;
    HG_TRY(app_seed_created(seed, app_group_create(write, &input, &group, err), err));
    seed->groups[seed->n_groups++] = (struct app_seed_name){
        hg_json_str_or(hg_json_get(&group.body, "displayName"), HG_STR("")), group.id};
    const struct hg_json *members = hg_json_get(item, "members");
    for (size_t i = 0; i < hg_json_count(members); i++) {
        hg_str name = hg_json_str_or(hg_json_item(members, i), HG_STR(""));
        hg_str id = name;
        if (!app_seed_user(seed, name, &id) && !hg_uuid_valid(name))
            return app_seed_refuse(
                seed, hg_str_format(write->arena, "members: there is no user '%.*s'", HG_ARG(name)),
                err);
        app_link_add(write->commit, write->tenant, APP_LINK_MEMBER, group.id,
                     hg_str_lower(write->arena, id));
    }
    return HG_OK;
}

static enum hg_code add_location(struct app_seed *seed, const struct hg_json *item,
                                 struct hg_err *err)
{
    struct app_object location;
    HG_TRY(app_seed_created(seed, app_location_create(&seed->write, item, &location, err), err));
    struct policy_faults faults;
    return policy_location_parse(seed->write.arena, &location.body,
                                 &seed->locations[seed->write.n_new_locations++], &faults, err);
}

static enum hg_code add_strength(struct app_seed *seed, const struct hg_json *item,
                                 struct hg_err *err)
{
    struct app_object strength;
    HG_TRY(app_seed_created(seed, app_strength_create(&seed->write, item, &strength, err), err));
    struct policy_faults faults;
    return policy_strength_parse(seed->write.arena, &strength.body,
                                 &seed->strengths[seed->write.n_new_strengths++], &faults, err);
}

static enum hg_code add_policy(struct app_seed *seed, const struct hg_json *item,
                               struct hg_err *err)
{
    struct app_object policy;
    HG_TRY(app_seed_created(seed, app_policy_create(&seed->write, item, &policy, err), err));
    hg_json_push(seed->write.arena, &seed->policies, policy.body);
    return HG_OK;
}

static enum hg_code add_lifetime_policy(struct app_seed *seed, const struct hg_json *item,
                                        struct hg_err *err)
{
    struct app_object policy;
    return app_seed_created(seed, app_lifetime_policy_create(&seed->write, item, &policy, err),
                            err);
}

/* In this order: later sections name what earlier ones made. */
static const struct {
    const char *name;
    enum hg_code (*add)(struct app_seed *seed, const struct hg_json *item, struct hg_err *err);
} sections[] = {
    {"users", add_user},
    {"groups", add_group},
    {"applications", app_seed_application},
    {"namedLocations", add_location},
    {"authenticationStrengths", add_strength},
    {"conditionalAccessPolicies", add_policy},
    {"tokenLifetimePolicies", add_lifetime_policy},
    {"connections", app_seed_connection},
    {"flows", app_seed_flow},
};

static enum hg_code check_members(const struct hg_json *seed, struct hg_err *err)
{
    if (!hg_json_is(seed, HG_JSON_OBJECT))
        return HG_FAIL(err, HG_MALFORMED, "a seed is a JSON object");
    for (uint32_t i = 0; i < seed->object.n; i++) {
        hg_str name = seed->object.members[i].name;
        bool known = hg_str_eq(name, HG_STR("tenant"));
        for (size_t s = 0; s < HG_COUNT(sections); s++)
            known = known || hg_str_eq(name, hg_str_of(sections[s].name));
        if (!known)
            return HG_FAIL(err, HG_MALFORMED, "%.*s: unknown member of a seed", HG_ARG(name));
    }
    return HG_OK;
}

static enum hg_code add_tenant(struct app_seed *seed, const struct hg_json *json,
                               struct hg_err *err)
{
    struct app_write *write = &seed->write;
    const struct hg_json *tenant = hg_json_get(json, "tenant");
    if (tenant == NULL)
        return HG_FAIL(err, HG_MALFORMED, "tenant is missing");
    HG_TRY(app_seed_knows(seed, tenant, "id domain displayName behaviour", err));
    hg_str id = hg_json_str_or(hg_json_get(tenant, "id"), HG_STR(""));
    hg_str domain = hg_json_str_or(hg_json_get(tenant, "domain"), HG_STR(""));
    hg_str behaviour = hg_json_str_or(hg_json_get(tenant, "behaviour"), HG_STR("seed"));
    if (id.len > 0 && !hg_uuid_valid(id))
        return HG_FAIL(err, HG_MALFORMED, "tenant.id: '%.*s' is no GUID", HG_ARG(id));
    if (domain.len == 0)
        return HG_FAIL(err, HG_MALFORMED, "tenant.domain is missing");
    bool is_entra = hg_str_eq(behaviour, HG_STR("entra"));
    if (!is_entra && !hg_str_eq(behaviour, HG_STR("seed")))
        return HG_FAIL(err, HG_MALFORMED, "tenant.behaviour: seed or entra, not '%.*s'",
                       HG_ARG(behaviour));
    const struct app_new_tenant made = {
        .id = id.len > 0 ? hg_str_lower(write->arena, id)
                         : hg_uuid_v4(write->arena, &write->app->random),
        .domain = hg_str_lower(write->arena, domain),
        .display_name = hg_json_str_or(hg_json_get(tenant, "displayName"), domain),
        .behaviour = is_entra ? MODEL_BEHAVIOUR_ENTRA : MODEL_BEHAVIOUR_SEED,
    };
    write->tenant = made.id;
    write->domain = made.domain;
    write->behaviour = made.behaviour;
    return app_tenant_create(write->app, write->now, write->commit, &made, err);
}

static enum hg_code allocate(struct app_seed *seed, const struct hg_json *json, struct hg_err *err)
{
    struct hg_arena *arena = seed->write.arena;
    size_t locations = hg_json_count(hg_json_get(json, "namedLocations"));
    seed->users =
        HG_NEW_ARRAY(arena, struct app_seed_name, hg_json_count(hg_json_get(json, "users")));
    seed->groups =
        HG_NEW_ARRAY(arena, struct app_seed_name, hg_json_count(hg_json_get(json, "groups")));
    seed->principals =
        HG_NEW_ARRAY(arena, struct app_seed_name, hg_json_count(hg_json_get(json, "applications")));
    seed->locations = HG_NEW_ARRAY(arena, const struct policy_location *, locations);
    seed->write.new_locations = seed->locations;
    seed->strengths = HG_NEW_ARRAY(arena, const struct policy_strength *,
                                   hg_json_count(hg_json_get(json, "authenticationStrengths")));
    seed->write.new_strengths = seed->strengths;
    seed->write.new_applications = hg_json_array();
    seed->policies = hg_json_array();
    if (seed->users == NULL || seed->groups == NULL || seed->principals == NULL ||
        seed->locations == NULL || seed->strengths == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "seed");
    return HG_OK;
}

static enum hg_code add_section(struct app_seed *seed, size_t section, const struct hg_json *list,
                                struct hg_err *err)
{
    if (list != NULL && !hg_json_is(list, HG_JSON_ARRAY))
        return HG_FAIL(err, HG_MALFORMED, "%s must be an array", sections[section].name);
    seed->section = sections[section].name;
    for (seed->index = 0; seed->index < hg_json_count(list); seed->index++) {
        const struct hg_json *item = hg_json_item(list, seed->index);
        HG_TRY(check_object(seed, item, err));
        HG_TRY(sections[section].add(seed, item, err));
    }
    return HG_OK;
}

static enum hg_code add_sections(struct app_seed *seed, const struct hg_json *json,
                                 struct hg_err *err)
{
    for (size_t s = 0; s < HG_COUNT(sections); s++)
        HG_TRY(add_section(seed, s, hg_json_get(json, sections[s].name), err));
    return HG_OK;
}

enum hg_code app_seed(struct app *app, hg_time now, struct hg_arena *arena,
                      const struct hg_json *json, struct hg_err *err)
{
    struct app_commit commit = app_commit_new(arena);
    struct app_seed seed = {
        .write =
            {
                .app = app,
                .now = now,
                .arena = arena,
                .mode = GRAPH_SEED,
                .author = HG_STR("seed"),
                .commit = &commit,
            },
    };
    HG_TRY(check_members(json, err));
    HG_TRY(allocate(&seed, json, err));
    HG_TRY(add_tenant(&seed, json, err));
    HG_TRY(add_sections(&seed, json, err));
    HG_TRY(app_policy_version_put(&commit, seed.write.tenant, 1, &seed.policies, err));
    return app_commit_run(&commit, app->store, err);
}
