#include "app/app_private.h"
#include "app/decide.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/directory/objects.h"
#include "app/directory/policy_source.h"
#include "app/directory/service_principals.h"
#include "app/directory/tenants.h"
#include "app/graph_api/what_if_past.h"
#include "app/what_if.h"
#include "base/base.h"
#include "graph/graph.h"
#include "policy/policy.h"
#include "policy/what_if.h"

#include <stdbool.h>
#include <stddef.h>

/* POST identity/conditionalAccess/evaluate. Beside Graph's members the body may have
 * "headgate": {asSignIn, asRun, connection, methods?, policy} (decision 0123). */

struct asking {
    struct app_call *call;
    struct hg_json request; /* Graph's part, whole */
    struct app_past past;
    const struct hg_json *draft; /* a policy that is not saved; NULL: none */
    struct model_user user;
    struct policy_workload workload;
    bool refused;
};

/* --- Names ------------------------------------------------------------------------------ */

static enum hg_code find_app(struct asking *asking, hg_str name, hg_str *out, struct hg_err *err)
{
    struct app_call *call = asking->call;
    struct app_objects all;
    *out = name;
    if (hg_uuid_valid(name))
        return HG_OK;
    HG_TRY(app_objects_list(call->app->store, call->arena, call->tenant->tenant.id,
                            APP_KIND_APPLICATION, HG_STR(""), 0, &all, err));
    for (size_t i = 0; i < all.n; i++)
        if (hg_str_eq_nocase(
                hg_json_str_or(hg_json_get(&all.items[i].body, "displayName"), HG_STR("")), name))
            *out = all.items[i].name;
    for (size_t i = 0; i < app_first_party_count(); i++) {
        struct model_application own;
        if (app_first_party_find(call->arena, call->app->config.base_url, app_first_party_id(i),
                                 &own) &&
            hg_str_eq_nocase(own.display_name, name))
            *out = own.app_id;
    }
    return HG_OK;
}

static enum hg_code find_apps(struct asking *asking, struct hg_err *err)
{
    const struct hg_json *context = hg_json_get(&asking->request, "signInContext");
    const struct hg_json *given = hg_json_get(context, "includeApplications");
    struct hg_arena *arena = asking->call->arena;
    if (!hg_json_is(given, HG_JSON_ARRAY))
        return HG_OK;
    struct hg_json ids = hg_json_array();
    for (size_t i = 0; i < hg_json_count(given); i++) {
        hg_str id = hg_json_str_or(hg_json_item(given, i), HG_STR(""));
        HG_TRY(find_app(asking, id, &id, err));
        hg_json_push(arena, &ids, hg_json_str(id));
    }
    struct hg_json changed = hg_json_copy(arena, context);
    hg_json_put(arena, &changed, "includeApplications", ids);
    hg_json_put(arena, &asking->request, "signInContext", changed);
    return HG_OK;
}

/* --- Headgate's own members ---------------------------------------------------------------- */

/* Members of `over` on `under`, objects into objects. */
static struct hg_json merged(struct hg_arena *arena, const struct hg_json *under,
                             const struct hg_json *over)
{
    struct hg_json out = hg_json_copy(arena, under);
    for (uint32_t i = 0; i < over->object.n; i++) {
        const struct hg_json_member *member = &over->object.members[i];
        const struct hg_json *old = hg_json_get_str(&out, member->name);
        bool both = hg_json_is(old, HG_JSON_OBJECT) && hg_json_is(&member->value, HG_JSON_OBJECT);
        hg_json_set(arena, &out, member->name,
                    both ? merged(arena, old, &member->value) : member->value);
    }
    return out;
}

static hg_str own_member(const struct hg_json *own, const char *name)
{
    return hg_json_str_or(hg_json_get(own, name), HG_STR(""));
}

/* The request: as something was, with what the body says over it. */
static enum hg_code fill_request(struct asking *asking, const struct hg_json *body,
                                 struct hg_err *err)
{
    struct app_call *call = asking->call;
    const struct hg_json *own = hg_json_get(body, "headgate");
    hg_str signin = own_member(own, "asSignIn");
    hg_str run = own_member(own, "asRun");
    bool found = true;
    asking->past.request = hg_json_object();
    if (own != NULL && !app_body_knows(call, own, "asSignIn asRun connection policy")) {
        asking->refused = true;
        return HG_OK;
    }
    if (signin.len > 0)
        HG_TRY(app_past_signin(call, signin, &asking->past, &found, err));
    else if (run.len > 0)
        HG_TRY(app_past_run(call, run, own_member(own, "connection"), &asking->past, &found, err));
    asking->refused = !found;
    struct hg_json rest = hg_json_copy(call->arena, body);
    (void)hg_json_remove(&rest, HG_STR("headgate"));
    asking->request = merged(call->arena, &asking->past.request, &rest);
    asking->draft = hg_json_get(own, "policy");
    if (hg_json_get(&asking->request, "signInConditions") == NULL)
        hg_json_put(call->arena, &asking->request, "signInConditions", hg_json_object());
    return find_apps(asking, err);
}

/* --- Who --------------------------------------------------------------------------------- */

static enum hg_code refuse_missing(struct asking *asking, const char *what, hg_str id)
{
    asking->refused = true;
    app_refuse(asking->call, 404, "Request_ResourceNotFound", "There is no %s '%.*s'.", what,
               HG_ARG(id));
    return HG_OK;
}

static enum hg_code load_user(struct asking *asking, const struct policy_what_if *as,
                              struct hg_err *err)
{
    struct app_call *call = asking->call;
    hg_str tenant = call->tenant->tenant.id;
    enum hg_code code =
        hg_str_find_byte(as->user, '@') != HG_NPOS
            ? app_user_by_upn(call->app, call->arena, tenant, as->user, &asking->user, err)
            : app_user_load(call->app, call->arena, tenant, hg_str_lower(call->arena, as->user),
                            &asking->user, err);
    if (code == HG_NOT_FOUND)
        return refuse_missing(asking, "user", as->user);
    HG_TRY(code);
    if (as->external != MODEL_EXTERNAL_NONE)
        asking->user.external = as->external;
    if (as->external_tenant.len > 0)
        asking->user.home_tenant = as->external_tenant;
    return HG_OK;
}

static enum hg_code load_workload(struct asking *asking, const struct policy_what_if *as,
                                  struct hg_err *err)
{
    struct app_call *call = asking->call;
    struct app_object principal;
    struct model_application client;
    hg_str tenant = call->tenant->tenant.id;
    enum hg_code code = app_service_principal_get(call->app, call->arena, tenant,
                                                  as->service_principal, &principal, err);
    if (code == HG_OK)
        code = app_application_load(
            call->app, call->arena, tenant,
            hg_json_str_or(hg_json_get(&principal.body, "appId"), principal.name), &client, err);
    if (code == HG_NOT_FOUND)
        return refuse_missing(asking, "service principal", as->service_principal);
    HG_TRY(code);
    asking->workload = (struct policy_workload){
        .service_principal = principal.id,
        .is_own = !client.is_first_party && !client.is_multi_tenant,
        .risk = as->workload_risk,
    };
    return app_attributes_load(call->arena, &principal, &asking->workload.attributes, err);
}

static enum hg_code load_identity(struct asking *asking, const struct policy_what_if *as,
                                  struct policy_facts *facts, struct hg_err *err)
{
    *facts = as->facts;
    facts->now = asking->call->now;
    if (as->user.len > 0) {
        facts->user = &asking->user;
        HG_TRY(load_user(asking, as, err));
        app_facts_of_user(&asking->user, facts);
        return HG_OK;
    }
    facts->workload = &asking->workload;
    return load_workload(asking, as, err);
}

/* --- What with ---------------------------------------------------------------------------- */

/* With a draft: the tenant's set with the draft in it, which is not saved. */
static enum hg_code load_set(struct asking *asking, struct app_what_if *out, struct hg_err *err)
{
    struct app_call *call = asking->call;
    out->set = call->tenant->policies;
    out->bodies = call->tenant->source.bodies;
    if (asking->draft == NULL)
        return HG_OK;
    struct hg_json *draft = HG_NEW(call->arena, struct hg_json);
    struct policy_faults faults = {0};
    const struct policy_rule *rule;
    if (draft == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a draft");
    *draft = hg_json_copy(call->arena, asking->draft);
    if (hg_json_is(draft, HG_JSON_OBJECT) && hg_json_get(draft, "id") == NULL)
        hg_json_put_str(call->arena, draft, "id", app_new_id(call));
    enum hg_code code =
        policy_rule_parse(call->arena, draft, POLICY_PARSE_STRICT, &rule, &faults, err);
    if (code == HG_MALFORMED) {
        asking->refused = true;
        app_refuse(call, 400, "BadRequest", "headgate.policy: %s", err->detail);
        return HG_OK;
    }
    HG_TRY(code);
    const struct app_policy_change change = {APP_KIND_POLICY, policy_rule_id(rule), draft};
    struct app_policy_source with;
    HG_TRY(app_policy_source_load(call->app->store, call->arena, call->tenant->tenant.id, &change,
                                  &with, err));
    out->bodies = with.bodies;
    return policy_compile(call->arena, &with.source, &out->set, err);
}

static enum hg_code answer(struct asking *asking, const struct policy_what_if *as,
                           struct hg_err *err)
{
    struct app_call *call = asking->call;
    hg_str version = app_param(call, "version");
    struct app_what_if what_if = {
        .shape = hg_str_eq_nocase(version, HG_STR("beta")) ? POLICY_SHAPE_BETA : POLICY_SHAPE_V1,
        .with_dependencies = call->tenant->tenant.behaviour == MODEL_BEHAVIOUR_ENTRA,
        .as = as,
    };
    HG_TRY(load_identity(asking, as, &what_if.facts, err));
    if (!asking->refused)
        HG_TRY(load_set(asking, &what_if, err));
    if (asking->refused)
        return HG_OK;
    if (asking->past.has_proof) {
        what_if.facts.methods = asking->past.methods;
        what_if.facts.mfa_at = asking->past.mfa_at;
        what_if.facts.is_interactive = false; /* a run has nobody to ask */
    }
    struct hg_json body;
    HG_TRY(app_what_if_answer(call->arena,
                              hg_str_format(call->arena, "%.*s/%.*s",
                                            HG_ARG(call->app->config.base_url), HG_ARG(version)),
                              &what_if, &body, err));
    hg_json_put(call->arena, &body, "headgate.request", asking->request);
    app_answer_json(call, 200, &body);
    return HG_OK;
}

enum hg_code app_what_if_post(struct app_call *call, struct hg_err *err)
{
    struct asking asking = {.call = call};
    struct hg_json body;
    const struct policy_what_if *as;
    struct policy_faults faults = {0};
    if (!app_body_object(call, &body))
        return HG_OK;
    HG_TRY(fill_request(&asking, &body, err));
    if (asking.refused)
        return HG_OK;
    enum hg_code code = policy_what_if_parse(call->arena, &asking.request, &as, &faults, err);
    if (code == HG_MALFORMED) {
        app_refuse(call, 400, "BadRequest", "%s", err->detail);
        return HG_OK;
    }
    HG_TRY(code);
    if (as->user.len > GRAPH_MAX_STRING || as->service_principal.len > GRAPH_MAX_STRING) {
        app_refuse(call, 400, "BadRequest", "signInIdentity: an id has at most %d bytes.",
                   (int)GRAPH_MAX_STRING);
        return HG_OK;
    }
    return answer(&asking, as, err);
}
