#include "app/decide.h"

#include "app/app_private.h"
#include "app/directory/applications.h"
#include "app/directory/directory.h"
#include "app/directory/service_principals.h"
#include "app/sign_in/terms.h"
#include "app/signals/devices.h"
#include "app/signals/origin.h"
#include "app/signals/signals.h"
#include "base/base.h"
#include "lifetime/lifetime.h"
#include "oidc/claims_request.h"
#include "oidc/scope.h"
#include "policy/audience.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* The resources that policy looks at, and what filters read of them. */
struct audiences {
    hg_str items[OIDC_MAX_SCOPE_RESOURCES * 8];
    size_t n;
    const struct policy_app_attributes *attributes;
    size_t n_attributes;
    hg_str low_privilege;
};

/* NULL: there is none of that number, or the scopes were never resolved. */
static const struct model_application *resource_at(const struct oidc_scopes *scopes, size_t which)
{
    return scopes->resources != NULL && which < scopes->n_resources ? scopes->resources[which]
                                                                    : NULL;
}

static bool asks_for_default(const struct oidc_scopes *scopes, size_t which)
{
    for (size_t i = 0; i < scopes->n; i++)
        if (scopes->items[i].of == which && scopes->items[i].is_default)
            return true;
    return false;
}

/* Names of the scopes at one resource (SIZE_MAX: none), `.default` being what it stands for:
 * policy looks at the data behind what is granted, however it was asked for. */
static enum hg_code resource_names(struct app_call *call, const struct app_access *access,
                                   size_t which, hg_str *out, struct hg_err *err)
{
    struct oidc_consent_question question = {.client = access->client, .scopes = access->scopes};
    if (resource_at(access->scopes, which) != NULL && asks_for_default(access->scopes, which)) {
        hg_str tenant = call->tenant->tenant.id;
        hg_str user = access->user == NULL ? HG_STR("") : access->user->id;
        HG_TRY(app_consents_load(call->app->store, call->arena, tenant, access->client->app_id,
                                 user, &question.given, err));
        HG_TRY(app_consents_required(call->app, call->arena, tenant, access->client->app_id,
                                     &question.required, err));
    }
    return oidc_scopes_meant(call->arena, &question, which, out, err);
}

/* Those and the OIDC ones. */
static enum hg_code scope_names(struct app_call *call, const struct app_access *access,
                                size_t which, struct policy_request *request, struct hg_err *err)
{
    hg_str texts[2] = {HG_STR(""), access->scopes->oidc_text};
    HG_TRY(resource_names(call, access, which, &texts[0], err));
    size_t most = (texts[0].len + texts[1].len) / 2 + HG_COUNT(texts); /* a name and a blank */
    hg_str *names = HG_NEW_ARRAY(call->arena, hg_str, most);
    if (names == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu scopes", most);
    request->scopes = names;
    hg_str name;
    for (size_t i = 0; i < HG_COUNT(texts); i++)
        while (hg_str_field(&texts[i], ' ', &name))
            names[request->n_scopes++] = name;
    return HG_OK;
}

/* One that is asked for beyond low-privilege scopes too is judged as ever. */
static enum hg_code add_audience(struct audiences *all, hg_str app_id, bool is_low,
                                 struct hg_err *err)
{
    if (!is_low && hg_str_eq_nocase(all->low_privilege, app_id))
        all->low_privilege = HG_STR("");
    if (model_has_id(all->items, all->n, app_id))
        return HG_OK;
    if (all->n == HG_COUNT(all->items))
        return HG_FAIL(err, HG_TOO_BIG, "more than %zu audiences", HG_COUNT(all->items));
    all->items[all->n++] = app_id;
    if (is_low)
        all->low_privilege = app_id;
    return HG_OK;
}

static enum hg_code add_audiences(struct app_call *call, const struct app_access *access,
                                  size_t which, struct audiences *all, struct hg_err *err)
{
    const struct oidc_scopes *scopes = access->scopes;
    const struct model_application *resource = resource_at(scopes, which);
    struct policy_request request = {
        .client = access->client->app_id,
        .is_confidential = access->is_confidential,
        .wants_id_token = (scopes->oidc & OIDC_SCOPE_OPENID) != 0,
        .with_dependencies = call->tenant->tenant.behaviour == MODEL_BEHAVIOUR_ENTRA,
        .resource = resource != NULL ? resource->app_id : HG_STR(""),
    };
    HG_TRY(scope_names(call, access, which, &request, err));
    struct policy_audiences found;
    HG_TRY(policy_audiences(call->arena, call->tenant->policies, &request, &found, err));
    for (size_t i = 0; i < found.n; i++)
        HG_TRY(
            add_audience(all, found.items[i], hg_str_eq(found.items[i], found.low_privilege), err));
    return HG_OK;
}

/* The resource itself, and the data that the client's roles open there: what scopes do for
 * people. A client that acts as itself signs nobody in and opens no profile. */
static enum hg_code add_workload_audiences(struct app_call *call, const struct app_access *access,
                                           struct audiences *all, struct hg_err *err)
{
    const hg_str resource = app_access_resource(access)->app_id;
    const struct policy_request request = {
        .client = access->client->app_id,
        .is_confidential = true,
        .resource = resource,
        .scopes = access->roles,
        .n_scopes = access->n_roles,
    };
    HG_TRY(add_audience(all, resource, false, err));
    if (access->n_roles == 0)
        return HG_OK;
    struct policy_audiences found;
    HG_TRY(policy_audiences(call->arena, call->tenant->policies, &request, &found, err));
    for (size_t i = 0; i < found.n; i++)
        HG_TRY(add_audience(all, found.items[i], false, err));
    return HG_OK;
}

static enum hg_code find_audiences(struct app_call *call, const struct app_access *access,
                                   struct audiences *out, struct hg_err *err)
{
    *out = (struct audiences){0};
    if (access->user_action.len > 0)
        return HG_OK;
    if (access->workload != NULL)
        return add_workload_audiences(call, access, out, err);
    if (!access->all_resources || access->scopes->n_resources == 0)
        return add_audiences(call, access, access->which, out, err);
    for (size_t i = 0; i < access->scopes->n_resources; i++)
        HG_TRY(add_audiences(call, access, i, out, err));
    return HG_OK;
}

/* Risks are live at every access, also of a grant (conditional-access.md 3.8). */
static enum hg_code load_standing(struct app_call *call, const struct app_access *access,
                                  struct app_standing *out, struct hg_err *err)
{
    hg_str subject = access->workload != NULL ? access->workload->service_principal
                     : access->user != NULL   ? access->user->id
                                              : HG_STR("");
    const struct app_standing_query query = {
        .subject = subject, .network = access->network, .client = access->client->app_id};
    return app_standing_load(call, &query, out, err);
}

/* What is said of the place that a grant remembers is part of its snapshot. */
static struct model_network network_of(const struct app_access *access,
                                       const struct app_standing *standing)
{
    struct model_network network = access->network;
    if (!access->is_from_snapshot) {
        network.gps_country = standing->gps_country;
        network.is_compliant = standing->is_compliant_network;
    }
    return network;
}

/* Of the audiences, and of the client, which a policy may exclude for what it is itself. Read
 * at each decision, so that a change counts at the next token (T94). */
static enum hg_code load_attributes(struct app_call *call, hg_str client,
                                    struct audiences *audiences, struct hg_err *err)
{
    hg_str items[HG_COUNT(audiences->items) + 1] = {client};
    const struct app_ids ids = {items, audiences->n + 1};
    if (!policy_set_filters_apps(call->tenant->policies))
        return HG_OK;
    for (size_t i = 0; i < audiences->n; i++)
        items[i + 1] = audiences->items[i];
    return app_attributes_of_apps(call->app, call->arena, call->tenant->tenant.id, &ids,
                                  &audiences->attributes, &audiences->n_attributes, err);
}

/* Brokered is who comes from a registered device (docs/decisions/0132). */
static bool is_approved_app(const struct app_access *access)
{
    bool is_phone =
        access->platform == MODEL_PLATFORM_IOS || access->platform == MODEL_PLATFORM_ANDROID;
    return access->client->is_approved && is_phone && access->device.is_present;
}

void app_facts_of_user(const struct model_user *user, struct policy_facts *facts)
{
    static const enum policy_user_mfa states[] = {
        [MODEL_USER_MFA_DISABLED] = POLICY_USER_MFA_DISABLED,
        [MODEL_USER_MFA_ENABLED] = POLICY_USER_MFA_ENABLED,
        [MODEL_USER_MFA_ENFORCED] = POLICY_USER_MFA_ENFORCED,
    };
    if (user == NULL)
        return;
    facts->user_mfa = states[user->mfa_state];
    facts->mfa_registration_is_due = true; /* security defaults give no days of grace */
    facts->knows_usable_methods = true;
    facts->usable_methods = MODEL_METHOD_PASSWORD | MODEL_METHOD_SOFTWARE_OATH;
}

/* A challenge asks for the contexts again, or whoever hands it back is not judged by them. */
static enum hg_code judge(struct app_call *call, const struct app_access *access,
                          const struct policy_facts *facts, struct policy_verdict *out,
                          struct hg_err *err)
{
    struct policy_verdict verdict;
    HG_TRY(policy_judge(call->arena, call->tenant->policies, facts, access->with_reasons, &verdict,
                        err));
    if (verdict.claims.len > 0 && access->n_auth_contexts > 0)
        HG_TRY(oidc_claims_with_contexts(call->arena, verdict.claims, access->auth_contexts,
                                         access->n_auth_contexts, &verdict.claims, err));
    *out = verdict;
    return HG_OK;
}

enum hg_code app_decide(struct app_call *call, const struct app_access *access,
                        struct policy_verdict *out, struct hg_err *err)
{
    struct audiences *audiences = HG_NEW(call->arena, struct audiences);
    if (audiences == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "audiences");
    HG_TRY(find_audiences(call, access, audiences, err));
    HG_TRY(load_attributes(call, access->client->app_id, audiences, err));
    struct app_standing standing;
    HG_TRY(load_standing(call, access, &standing, err));
    struct policy_workload workload = {0};
    if (access->workload != NULL)
        workload = *access->workload;
    workload.risk = standing.workload_risk;
    struct app_ids terms;
    HG_TRY(app_terms_in_force(call, access, &terms, err));
    struct policy_facts facts = {
        .now = call->now,
        .user = access->user,
        .workload = access->workload == NULL ? NULL : &workload,
        .client = access->client->app_id,
        .is_confidential = access->is_confidential,
        .resources = audiences->items,
        .n_resources = audiences->n,
        .apps = audiences->attributes,
        .n_apps = audiences->n_attributes,
        .low_privilege = audiences->low_privilege,
        .user_action = access->user_action,
        .auth_contexts = access->auth_contexts,
        .n_auth_contexts = access->n_auth_contexts,
        .client_app_type = access->client_app_type,
        .platform = access->platform,
        .network = network_of(access, &standing),
        .device = &access->device,
        .flow_origin = access->flow_origin,
        .signin_risk = standing.signin_risk,
        .user_risk = standing.user_risk,
        .insider_risk = standing.insider_risk,
        .methods = access->methods,
        .mfa_at = access->mfa_at,
        .password_is_changed = access->password_is_changed,
        .accepted_terms = terms.items,
        .n_accepted_terms = terms.n,
        .mfa_is_stale = lifetime_mfa_is_stale(access->mfa_at, &call->tenant->lifetime, call->now),
        .is_approved_app = is_approved_app(access),
        .is_protected_app = standing.is_protected_app,
        .is_token_bound = access->is_token_bound,
        .is_interactive = access->is_interactive,
    };
    app_facts_of_user(access->user, &facts);
    return judge(call, access, &facts, out, err);
}

struct app_access app_access_of_grant(const struct app_call *call, const struct model_grant *grant,
                                      bool background)
{
    bool from_grant = background || grant->is_confidential;
    struct app_access access = {
        .is_confidential = grant->is_confidential,
        .client_app_type = grant->client_app_type,
        .platform = from_grant ? grant->snapshot.platform : app_platform_of(call),
        .network = from_grant ? grant->snapshot.network : app_network_of(call),
        .is_from_snapshot = from_grant,
        .device = grant->snapshot.device,
        .flow_origin = grant->flow_origin,
        .methods = grant->methods,
        .mfa_at = grant->mfa_at,
        .password_is_changed = grant->password_is_changed,
        .user_agent = app_user_agent(call),
    };
    if (access.platform == MODEL_PLATFORM_UNKNOWN)
        access.platform = grant->snapshot.platform;
    return access;
}

enum hg_code app_access_take_device(struct app_call *call, const struct model_grant *grant,
                                    bool background, struct app_access *access, bool *is_lost,
                                    struct hg_err *err)
{
    bool is_live = !background && !grant->is_confidential;
    hg_str bound = grant->snapshot.bound_device;
    struct model_device proven = {0};
    HG_TRY(app_device_of_grant(call, grant, is_live, &access->device, is_lost, err));
    if (!grant->is_confidential) /* a confidential client's own machine is nobody's device */
        HG_TRY(app_device_present(call, &proven, err));
    /* What one device proved is not for another to use. */
    bool is_other =
        proven.is_present && access->device.is_present && !hg_str_eq(proven.id, access->device.id);
    access->proven_device = proven.id;
    access->is_token_bound = bound.len > 0 && hg_str_eq(bound, proven.id);
    *is_lost = *is_lost || is_other || (bound.len > 0 && !access->is_token_bound);
    if (is_live && !access->device.is_present && !*is_lost)
        access->device = proven;
    enum model_platform platform = app_platform_of_system(access->device.operating_system);
    if (is_live && access->device.is_present && platform != MODEL_PLATFORM_UNKNOWN)
        access->platform = platform;
    return HG_OK;
}

const struct model_application *app_access_resource(const struct app_access *access)
{
    size_t which = access->all_resources ? 0 : access->which;
    const struct model_application *resource = resource_at(access->scopes, which);
    return resource != NULL ? resource : access->client;
}

enum hg_code app_resources_find(struct app_call *call, const struct oidc_scopes *scopes,
                                const struct model_application *const **out, struct hg_err *err)
{
    const struct model_application **found =
        HG_NEW_ARRAY(call->arena, const struct model_application *, scopes->n_resources + 1);
    struct model_application *apps =
        HG_NEW_ARRAY(call->arena, struct model_application, scopes->n_resources + 1);
    if (found == NULL || apps == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu resources", scopes->n_resources);
    size_t n = scopes->n_resources == 0 ? 1 : scopes->n_resources; /* OIDC scopes alone: Graph */
    for (size_t i = 0; i < n; i++) {
        bool named = scopes->n_resources > 0 && scopes->identifiers[i].len > 0;
        hg_str identifier = named ? scopes->identifiers[i] : oidc_graph_id;
        enum hg_code code = app_application_by_uri(call->app, call->arena, call->tenant->tenant.id,
                                                   identifier, &apps[i], err);
        if (code != HG_OK && code != HG_NOT_FOUND)
            return code;
        found[i] = code == HG_OK ? &apps[i] : NULL;
    }
    *out = found;
    return HG_OK;
}
