#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/objects.h"
#include "app/directory/policy_source.h"
#include "app/directory/tenants.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "http/http.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* Authentication strengths (conditional-access.md 1.5), the built-in ones among them, and
 * authentication context class references. */

/* --- Strengths ------------------------------------------------------------------------- */

bool app_strength_own(struct hg_arena *arena, size_t i, struct app_object *out)
{
    const struct policy_strength *strength = policy_strength_builtin_at(i);
    if (strength == NULL)
        return false;
    *out = (struct app_object){.id = policy_strength_id(strength),
                               .version = 1,
                               .body = policy_strength_json(arena, strength, POLICY_SHAPE_BETA)};
    return true;
}

/* False: the call was answered with 403. */
static bool is_custom(struct app_call *call)
{
    hg_str id = app_param(call, "id");
    for (size_t i = 0; policy_strength_builtin_at(i) != NULL; i++) {
        const struct policy_strength *strength = policy_strength_builtin_at(i);
        if (!hg_str_eq_nocase(policy_strength_id(strength), id))
            continue;
        app_refuse(call, 403, "AccessDenied",
                   "'%.*s' is built in and cannot be changed: create a strength of your own.",
                   HG_ARG(policy_strength_name(strength)));
        return false;
    }
    return true;
}

enum hg_code app_strength_change(struct app_call *call, struct hg_err *err)
{
    return is_custom(call) ? app_graph_update(call, err) : HG_OK;
}

enum hg_code app_strength_remove(struct app_call *call, struct hg_err *err)
{
    return is_custom(call) ? app_graph_delete(call, err) : HG_OK;
}

/* The policies that name the strength, in Graph's shape. */
static enum hg_code users_of(struct app_call *call, hg_str id, struct hg_json *out,
                             struct hg_err *err)
{
    struct app_objects all;
    *out = hg_json_array();
    HG_TRY(app_objects_list(call->app->store, call->arena, call->tenant->tenant.id, APP_KIND_POLICY,
                            HG_STR(""), 0, &all, err));
    for (size_t i = 0; i < all.n; i++) {
        hg_str named = hg_json_str_or(
            hg_json_path(&all.items[i].body, "grantControls.authenticationStrength.id"),
            HG_STR(""));
        if (hg_str_eq_nocase(named, id))
            hg_json_push(call->arena, out,
                         policy_rule_canonical(call->arena, &all.items[i].body, POLICY_SHAPE_V1));
    }
    return HG_OK;
}

static hg_str context_of(struct app_call *call, const char *type)
{
    return hg_str_format(call->arena, "%.*s/%.*s/$metadata#%s", HG_ARG(call->app->config.base_url),
                         HG_ARG(app_param(call, "version")), type);
}

enum hg_code app_strength_usage(struct app_call *call, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    struct app_object strength;
    struct hg_json policies;
    bool found;
    HG_TRY(app_graph_find(call, collection, app_param(call, "id"), &strength, &found, err));
    if (!found)
        return HG_OK;
    HG_TRY(users_of(call, strength.id, &policies, err));
    bool is_mfa =
        hg_str_eq(hg_json_str_or(hg_json_get(&strength.body, "requirementsSatisfied"), HG_STR("")),
                  HG_STR("mfa"));
    struct hg_json body = hg_json_object();
    hg_json_put_str(call->arena, &body, "@odata.context",
                    context_of(call, "microsoft.graph.authenticationStrengthUsage"));
    hg_json_put(call->arena, &body, "mfa", is_mfa ? policies : hg_json_array());
    hg_json_put(call->arena, &body, "none", is_mfa ? hg_json_array() : policies);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

static enum hg_code answer_combinations(struct app_call *call, const struct app_object *was,
                                        const struct app_object *is, struct hg_err *err)
{
    struct hg_json body = hg_json_object();
    struct hg_json policies;
    HG_TRY(users_of(call, is->id, &policies, err));
    hg_json_put_str(call->arena, &body, "@odata.context",
                    context_of(call, "microsoft.graph.updateAllowedCombinationsResult"));
    hg_json_put(call->arena, &body, "additionalInformation", hg_json_null());
    struct hg_json ids = hg_json_array();
    for (size_t i = 0; i < hg_json_count(&policies); i++)
        hg_json_push(call->arena, &ids, *hg_json_get(hg_json_item(&policies, i), "id"));
    hg_json_put(call->arena, &body, "conditionalAccessReferences", ids);
    hg_json_put(call->arena, &body, "currentCombinations",
                *hg_json_get(&is->body, "allowedCombinations"));
    hg_json_put(call->arena, &body, "previousCombinations",
                *hg_json_get(&was->body, "allowedCombinations"));
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_strength_combinations(struct app_call *call, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    struct hg_json input;
    struct app_object stored;
    struct app_object object;
    bool found;
    bool done;
    if (!is_custom(call) || !app_body_object(call, &input) ||
        !app_body_knows(call, &input, "allowedCombinations headgate.reason"))
        return HG_OK;
    HG_TRY(app_graph_find(call, collection, app_param(call, "id"), &stored, &found, err));
    if (!found || !app_graph_matches(call, collection, &stored))
        return HG_OK;
    struct app_commit commit = app_commit_new(call->arena);
    struct app_write write = app_graph_write(call, &commit, GRAPH_UPDATE);
    if (!app_graph_take_reason(call, &input, &write))
        return HG_OK;
    enum hg_code code = app_strength_update(&write, &stored, &input, &object, err);
    if (code != HG_OK)
        return app_graph_refused(call, &write, code, err);
    HG_TRY(app_graph_commit(call, collection, &commit, object.id, &object.body, &done, err));
    return done ? answer_combinations(call, &stored, &object, err) : HG_OK;
}

/* --- Authentication contexts ---------------------------------------------------------------- */

/* PATCH makes one that is not there, as Graph's does: its id is its name. */
enum hg_code app_auth_context_change(struct app_call *call, struct hg_err *err)
{
    const struct app_collection *collection = app_collection_of(call);
    struct app_object stored;
    struct hg_json input;
    hg_str id = hg_str_lower(call->arena, app_param(call, "id"));
    enum hg_code code = app_object_get(call->app->store, call->arena, call->tenant->tenant.id,
                                       collection->kind, id, &stored, err);
    if (code != HG_OK && code != HG_NOT_FOUND)
        return code;
    if (code == HG_OK || !app_auth_context_is(id))
        return app_graph_update(call, err);
    if (!app_body_object(call, &input))
        return HG_OK;
    if (hg_json_get(&input, "id") == NULL)
        hg_json_put_str(call->arena, &input, "id", id);
    return app_graph_create_from(call, &input, err);
}

/* --- Security defaults ------------------------------------------------------------------------ */

static enum hg_code load_defaults(struct app_call *call, struct app_object *out, struct hg_err *err)
{
    enum hg_code code =
        app_object_get(call->app->store, call->arena, call->tenant->tenant.id,
                       APP_KIND_SECURITY_DEFAULTS, HG_STR(APP_ID_SECURITY_DEFAULTS), out, err);
    if (code != HG_NOT_FOUND)
        return code;
    *out = (struct app_object){.id = HG_STR(APP_ID_SECURITY_DEFAULTS), .body = hg_json_object()};
    hg_json_put_str(call->arena, &out->body, "id", out->id);
    hg_json_put(call->arena, &out->body, "isEnabled", hg_json_bool(false));
    return HG_OK;
}

enum hg_code app_security_defaults_get(struct app_call *call, struct hg_err *err)
{
    struct app_object defaults;
    HG_TRY(load_defaults(call, &defaults, err));
    struct hg_json body = hg_json_object();
    hg_json_put_str(call->arena, &body, "@odata.context",
                    context_of(call, "policies/identitySecurityDefaultsEnforcementPolicy/$entity"));
    hg_json_put_str(call->arena, &body, "id", defaults.id);
    hg_json_put(call->arena, &body, "displayName", hg_json_z("Security Defaults"));
    hg_json_put(
        call->arena, &body, "description",
        hg_json_z("A baseline for tenants without policies of their own: everybody registers a "
                  "second factor, administrators always use it, and legacy clients are "
                  "refused."));
    hg_json_put(call->arena, &body, "isEnabled", *hg_json_get(&defaults.body, "isEnabled"));
    app_answer_json(call, 200, &body);
    return HG_OK;
}

/* V19. "" when security defaults may be turned on, else the policy that is in the way. */
static enum hg_code enabled_policy(struct app_call *call, hg_str *out, struct hg_err *err)
{
    struct app_policy_source all;
    *out = HG_STR("");
    HG_TRY(app_policy_source_load(call->app->store, call->arena, call->tenant->tenant.id, NULL,
                                  &all, err));
    for (size_t i = 0; i < all.source.n_rules; i++)
        if (policy_rule_state(all.source.rules[i]) == POLICY_ENABLED)
            *out = policy_rule_name(all.source.rules[i]);
    return HG_OK;
}

static enum hg_code put_defaults(struct app_call *call, bool is_enabled, struct hg_err *err)
{
    struct app_object stored;
    struct app_commit commit = app_commit_new(call->arena);
    bool done;
    HG_TRY(load_defaults(call, &stored, err));
    struct app_object object = stored;
    object.modified = call->now;
    object.version = stored.version + 1;
    object.body = hg_json_copy(call->arena, &stored.body);
    hg_json_put(call->arena, &object.body, "isEnabled", hg_json_bool(is_enabled));
    hg_str tenant = call->tenant->tenant.id;
    if (stored.version == 0)
        HG_TRY(app_object_insert(&commit, tenant, APP_KIND_SECURITY_DEFAULTS, &object, err));
    else
        HG_TRY(app_object_replace(&commit, tenant, APP_KIND_SECURITY_DEFAULTS, &object,
                                  stored.version, err));
    HG_TRY(app_graph_commit(call, app_collection_of_kind(APP_KIND_SECURITY_DEFAULTS), &commit,
                            object.id, &object.body, &done, err));
    if (done)
        app_answer_empty(call, 204);
    return HG_OK;
}

enum hg_code app_security_defaults_change(struct app_call *call, struct hg_err *err)
{
    struct hg_json input;
    bool is_enabled;
    hg_str in_the_way = HG_STR("");
    if (!app_body_object(call, &input) || !app_body_knows(call, &input, "isEnabled"))
        return HG_OK;
    if (!hg_json_as_bool(hg_json_get(&input, "isEnabled"), &is_enabled)) {
        app_refuse(call, 400, "BadRequest", "isEnabled must be true or false.");
        return HG_OK;
    }
    if (is_enabled)
        HG_TRY(enabled_policy(call, &in_the_way, err));
    if (in_the_way.len == 0)
        return put_defaults(call, is_enabled, err);
    app_refuse(call, 400, "BadRequest",
               "Security defaults cannot be turned on while the conditional access policy '%.*s' "
               "is enabled: set its state to disabled or report-only, and that of every other, "
               "first.",
               HG_ARG(in_the_way));
    return HG_OK;
}
