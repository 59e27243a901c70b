#include "app/tokens/client_credentials.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/decide.h"
#include "app/directory/service_principals.h"
#include "app/graph_api/signins.h"
#include "app/signals/origin.h"
#include "app/tokens/tokens.h"
#include "base/base.h"
#include "oidc/app_only.h"
#include "oidc/client_auth.h"
#include "oidc/error.h"
#include "oidc/token.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* What one request loads, in the order in which it becomes known. */
struct own_request {
    const struct app_redemption *asked;
    struct oidc_app_only answer;
    struct app_object principal;
    struct app_assigned assigned;
    struct policy_workload workload;
    struct app_access access;
    struct policy_verdict verdict;
    bool is_judged;
};

static bool is_alias(const struct app_call *call)
{
    static const char *const aliases[] = {"common", "organizations"};
    for (size_t i = 0; i < HG_COUNT(aliases); i++)
        if (hg_str_eq_nocase(app_param(call, "tenant"), hg_str_of(aliases[i])))
            return true;
    return false;
}

/* Only what is registered here and for this tenant alone is in the scope of its policies
 * (conditional-access.md 1.3). Everything is live: there is no session to remember. */
static enum hg_code fill_access(struct app_call *call, struct own_request *r, struct hg_err *err)
{
    const struct model_application *client = r->asked->client;
    r->workload = (struct policy_workload){
        .service_principal = r->principal.id,
        .is_own = !client->is_first_party && !client->is_multi_tenant,
    };
    HG_TRY(app_attributes_load(call->arena, &r->principal, &r->workload.attributes, err));
    r->access = (struct app_access){
        .workload = &r->workload,
        .roles = r->assigned.roles.items,
        .n_roles = r->assigned.roles.n,
        .client = client,
        .is_confidential = true,
        .scopes = &r->answer.scopes,
        .client_app_type = MODEL_CLIENT_BROWSER, /* as confidential clients count (3.3) */
        .network = app_network_of(call),
        .user_agent = app_user_agent(call),
    };
    return HG_OK;
}

static enum hg_code decide(struct app_call *call, struct own_request *r, struct hg_err *err)
{
    const struct model_application *const *found;
    HG_TRY(app_resources_find(call, &r->answer.scopes, &found, err));
    HG_TRY(oidc_app_only_resolve(call->arena, call->tenant->tenant.display_name, found, &r->answer,
                                 err));
    if (oidc_error_is(&r->answer.error))
        return HG_OK;
    HG_TRY(app_service_principal_get(call->app, call->arena, call->tenant->tenant.id,
                                     r->asked->client->app_id, &r->principal, err));
    HG_TRY(app_assigned_load(call->arena, &r->principal, r->answer.scopes.resources[0],
                             &r->assigned, err));
    HG_TRY(fill_access(call, r, err));
    HG_TRY(app_decide(call, &r->access, &r->verdict, err));
    r->is_judged = true;
    bool refused = r->verdict.outcome != POLICY_ALLOW;
    const struct oidc_app_only_facts facts = {
        .client = r->asked->client,
        .is_assigned = r->assigned.is_assigned,
        .policy = {.aadsts = refused ? r->verdict.aadsts : 0, .claims = r->verdict.claims},
    };
    return oidc_app_only_decide(call->arena, &facts, &r->answer, err);
}

static enum hg_code record(struct app_call *call, const struct own_request *r, struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    const struct app_signin signin = {
        .access = &r->access,
        .aadsts = oidc_error_is(&r->answer.error) ? oidc_error_row(r->answer.error.id)->aadsts : 0,
        .verdict = &r->verdict,
    };
    HG_TRY(app_signin_record(call, &commit, &signin, err));
    return app_commit_run(&commit, call->app->store, err);
}

static enum hg_code mint(struct app_call *call, const struct own_request *r,
                         struct app_redeemed *out, struct hg_err *err)
{
    const struct app_own_token_request request = {
        .client = r->asked->client,
        .authenticated = r->asked->authenticated,
        .resource = r->answer.scopes.resources[0],
        .roles = r->assigned.roles.items,
        .n_roles = r->assigned.roles.n,
        .is_capable = r->asked->start->claims.is_capable,
    };
    return app_own_token_mint(call, &request, out, err);
}

enum hg_code app_client_credentials(struct app_call *call, const struct app_redemption *asked,
                                    struct app_redeemed *out, struct hg_err *err)
{
    struct own_request *r = HG_NEW(call->arena, struct own_request);
    if (r == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "client credentials");
    r->asked = asked;
    HG_TRY(oidc_app_only_identify(call->arena, asked->request, asked->authenticated, is_alias(call),
                                  &r->answer, err));
    if (!oidc_error_is(&r->answer.error))
        HG_TRY(decide(call, r, err));
    struct app_redeemed answer = {.error = r->answer.error};
    if (!oidc_error_is(&answer.error))
        HG_TRY(mint(call, r, &answer, err));
    if (r->is_judged)
        HG_TRY(record(call, r, err));
    *out = answer;
    return HG_OK;
}
