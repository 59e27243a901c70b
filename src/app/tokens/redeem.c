#include "app/tokens/redeem.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/decide.h"
#include "app/directory/applications.h"
#include "app/directory/directory.h"
#include "app/directory/first_party.h"
#include "app/graph_api/signins.h"
#include "app/tokens/contexts.h"
#include "app/tokens/grants.h"
#include "app/tokens/tokens.h"
#include "base/base.h"
#include "event/event.h"
#include "lifetime/lifetime.h"
#include "oidc/token.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_TRIES = 3 };

/* Everything one redemption loads, in the order in which it becomes known. */
struct redemption {
    const struct app_redemption *asked_for;
    struct app_code code;
    bool has_code;
    struct app_refresh refresh;
    bool has_refresh;
    struct model_grant grant;
    bool has_grant;
    struct oidc_redeem_facts facts;
    struct oidc_redeem redeem;
    struct model_user user;
    bool has_user;
    const struct model_application *const *resources;
    struct oidc_scopes resolved; /* a copy for policy, empty when one did not resolve:
                                  * redeem.scopes is oidc's to resolve */
    struct app_access access;
    struct policy_verdict verdict;
    bool is_judged; /* verdict is set */
    bool device_is_lost;
    struct app_contexts asked, satisfied; /* authentication contexts */
};

static enum hg_code find_presented(struct app_call *call, struct redemption *r, struct hg_err *err)
{
    const struct oidc_token_request *request = r->asked_for->request;
    hg_str tenant = call->tenant->tenant.id;
    bool is_code = r->asked_for->start->grant == OIDC_GRANT_CODE;
    enum hg_code code =
        is_code ? app_code_find(call->app, call->arena, tenant, request->code.value, &r->code, err)
                : app_refresh_find(call->app, call->arena, tenant, request->refresh_token.value,
                                   &r->refresh, err);
    if (code == HG_NOT_FOUND)
        return HG_OK;
    HG_TRY(code);
    r->has_code = is_code;
    r->has_refresh = !is_code;
    code = app_grant_load(call->app->store, call->arena, tenant,
                          is_code ? r->code.grant : r->refresh.grant, &r->grant, err);
    if (code == HG_NOT_FOUND) {
        r->has_code = r->has_refresh = false;
        return HG_OK;
    }
    r->has_grant = code == HG_OK;
    return code;
}

static void fill_facts(struct app_call *call, struct redemption *r)
{
    r->facts = (struct oidc_redeem_facts){
        .now = call->now,
        .tenant = call->tenant->tenant.id,
        .client = r->asked_for->client,
        .authenticated = r->asked_for->authenticated,
        .code = r->has_code ? &r->code.code : NULL,
        .code_is_redeemed = r->has_code && r->code.is_redeemed,
        .refresh = r->has_refresh ? &r->refresh.token : NULL,
        .grant = r->has_refresh ? &r->grant : NULL,
    };
}

static enum hg_code load_user(struct app_call *call, struct redemption *r, struct hg_err *err)
{
    enum hg_code code = app_user_load(call->app, call->arena, call->tenant->tenant.id,
                                      r->grant.user, &r->user, err);
    r->has_user = code == HG_OK;
    return code == HG_NOT_FOUND ? HG_OK : code;
}

static enum hg_code fill_access(struct app_call *call, struct redemption *r, struct hg_err *err)
{
    /* A code is redeemed for the browser that got it: judged by where the user was. */
    bool background =
        r->asked_for->is_background || r->has_code || r->asked_for->authenticated->is_confidential;
    r->access = app_access_of_grant(call, &r->grant, background);
    HG_TRY(
        app_access_take_device(call, &r->grant, background, &r->access, &r->device_is_lost, err));
    if (r->has_code) /* its tokens are made now, for whoever comes with it */
        r->access.is_token_bound = r->access.proven_device.len > 0;
    r->access.user = r->has_user ? &r->user : NULL;
    r->access.client = r->asked_for->client;
    r->access.is_confidential = r->asked_for->authenticated->is_confidential;
    r->access.scopes = &r->resolved;
    r->access.auth_contexts = r->asked.items;
    r->access.n_auth_contexts = r->asked.n;
    return HG_OK;
}

/* A code stands for a sign-in that was asked for its contexts; a refresh token keeps what its
 * sign-in satisfied as long as that is still so, and may be asked for more. */
static void ask_contexts(struct redemption *r)
{
    const struct oidc_claims_request *claims = &r->asked_for->start->claims;
    if (r->has_code)
        app_contexts_add_words(&r->asked, r->grant.acrs);
    if (claims->acrs_essential)
        app_contexts_add(&r->asked, claims->acrs, claims->n_acrs);
}

static enum hg_code satisfy_contexts(struct app_call *call, struct redemption *r,
                                     struct hg_err *err)
{
    const struct oidc_claims_request *claims = &r->asked_for->start->claims;
    struct app_contexts voluntary = {.n = 0};
    if (r->verdict.outcome != POLICY_ALLOW)
        return HG_OK;
    app_contexts_add_words(&voluntary, r->grant.acrs);
    app_contexts_add(&voluntary, claims->acrs, claims->n_acrs);
    r->satisfied = r->asked;
    return app_contexts_keep(call, &r->access, &voluntary, &r->satisfied, err);
}

/* Scopes that do not resolve are reported by oidc_redeem_decide(); policy then has nothing
 * to say. */
static enum hg_code judge_policy(struct app_call *call, struct redemption *r, struct hg_err *err)
{
    struct oidc_scopes scopes = r->redeem.scopes;
    struct oidc_error error = {0};
    HG_TRY(oidc_scopes_resolve(call->arena, &scopes, r->resources,
                               call->tenant->tenant.display_name, &error, err));
    if (oidc_error_is(&error))
        return HG_OK;
    r->resolved = scopes;
    if (!r->has_user)
        return HG_OK;
    ask_contexts(r);
    HG_TRY(fill_access(call, r, err));
    HG_TRY(app_decide(call, &r->access, &r->verdict, err));
    r->is_judged = true;
    return satisfy_contexts(call, r, err);
}

static struct oidc_refusal lifetime_refusal(struct app_call *call, const struct redemption *r)
{
    struct lifetime_verdict verdict =
        lifetime_judge(&r->grant, &call->tenant->lifetime, r->user.valid_from, call->now);
    return (struct oidc_refusal){.aadsts = verdict.aadsts,
                                 .issued = verdict.issued,
                                 .valid_from = verdict.valid_from,
                                 .configured = verdict.configured};
}

static struct oidc_refusal frequency_refusal(struct app_call *call, const struct redemption *r)
{
    if (!r->is_judged || !r->has_refresh)
        return (struct oidc_refusal){0};
    const struct policy_session_controls *session = &r->verdict.session;
    const struct policy_frequency *const merged[] = {&session->frequency, &session->mfa_frequency};
    for (size_t i = 0; i < HG_COUNT(merged); i++) {
        const struct lifetime_frequency frequency = {.is_set = merged[i]->is_set,
                                                     .every_time = merged[i]->every_time,
                                                     .span = merged[i]->window,
                                                     .of_mfa =
                                                         merged[i] == &session->mfa_frequency};
        struct lifetime_verdict verdict =
            lifetime_frequency_judge(&frequency, &r->grant, call->now);
        if (verdict.rule != LIFETIME_ALIVE)
            return (struct oidc_refusal){.aadsts = verdict.aadsts,
                                         .issued = verdict.issued,
                                         .configured = verdict.configured};
    }
    return (struct oidc_refusal){0};
}

static struct oidc_refusal policy_refusal(const struct redemption *r)
{
    enum { DEVICE_LOST = 50097 };
    if (r->is_judged && r->device_is_lost)
        return (struct oidc_refusal){.aadsts = DEVICE_LOST};
    if (!r->is_judged || r->verdict.outcome == POLICY_ALLOW)
        return (struct oidc_refusal){0};
    return (struct oidc_refusal){.aadsts = r->verdict.aadsts, .claims = r->verdict.claims};
}

static enum hg_code decide(struct app_call *call, struct redemption *r, struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    HG_TRY(load_user(call, r, err));
    HG_TRY(app_resources_find(call, &r->redeem.scopes, &r->resources, err));
    HG_TRY(judge_policy(call, r, err));
    struct oidc_decide_facts facts = {
        .user = r->has_user ? &r->user : NULL,
        .tenant = &call->tenant->tenant,
        .client = r->asked_for->client,
        .resources = r->resources,
        .lifetime = lifetime_refusal(call, r),
        .policy = policy_refusal(r),
        .frequency = frequency_refusal(call, r),
    };
    HG_TRY(app_consents_load(call->app->store, call->arena, tenant, r->asked_for->client->app_id,
                             r->grant.user, &facts.given, err));
    HG_TRY(app_consents_required(call->app, call->arena, tenant, r->asked_for->client->app_id,
                                 &facts.required, err));
    return oidc_redeem_decide(call->arena, r->asked_for->start->grant, &facts, &r->redeem, err);
}

/* What must be written whether or not tokens are given. */
static enum hg_code add_effects(struct app_call *call, const struct redemption *r,
                                struct app_commit *commit, struct app_redeemed *out,
                                struct hg_err *err)
{
    hg_str tenant = call->tenant->tenant.id;
    uint32_t effects = r->redeem.effects;
    if (effects & OIDC_EFFECT_BURN_CODE)
        app_code_burn(commit, tenant, &r->code, call->now);
    if (effects & OIDC_EFFECT_REVOKE_FAMILY)
        app_grant_revoke(commit, &r->grant, MODEL_REVOKED_REUSE, call->now);
    bool refused = oidc_error_is(&r->redeem.error);
    bool is_older = !refused && r->has_refresh && r->grant.is_confidential;
    if ((effects & OIDC_EFFECT_ROTATE) || (is_older && r->redeem.gives_refresh_token))
        app_refresh_supersede(commit, tenant, &r->refresh, call->now);
    if (refused)
        return HG_OK;
    app_grant_touch(commit, &r->grant, call->now, r->grant.scopes);
    if (r->has_code && r->access.proven_device.len > 0 && r->redeem.gives_refresh_token) {
        struct model_grant bound = r->grant;
        bound.snapshot.bound_device = r->access.proven_device;
        HG_TRY(app_grant_bind(commit, &bound, err));
    }
    if (r->redeem.gives_refresh_token)
        HG_TRY(app_refresh_insert(call->app, commit, tenant, r->grant.id, call->now,
                                  &out->refresh_token, err));
    return HG_OK;
}

/* Refresh tokens are non-interactive sign-ins; a code's sign-in was logged when it was
 * issued, its refusal here is news. */
static enum hg_code add_signin(struct app_call *call, struct redemption *r,
                               struct app_commit *commit, struct hg_err *err)
{
    bool refused = oidc_error_is(&r->redeem.error);
    if (!r->has_grant || !r->has_user || (r->has_code && !refused))
        return HG_OK;
    if (!r->is_judged)
        HG_TRY(fill_access(call, r, err));
    r->access.which = r->redeem.which;
    const struct app_signin signin = {
        .access = &r->access,
        .is_interactive = false,
        .aadsts = refused ? oidc_error_row(r->redeem.error.id)->aadsts : 0,
        .verdict = r->is_judged ? &r->verdict : NULL,
        .is_refresh = r->has_refresh,
        .contexts = r->satisfied.items,
        .n_contexts = r->satisfied.n,
    };
    return app_signin_record(call, commit, &signin, err);
}

static void record_event(struct app_call *call, const struct redemption *r)
{
    bool refused = oidc_error_is(&r->redeem.error);
    struct event event = event_new(refused ? EVENT_GRANT_REFUSED : EVENT_GRANT_REDEEMED, call->now);
    event_str(&event, "grant", r->grant.id);
    event_str(&event, "user", r->grant.user);
    event_str(&event, "client", r->asked_for->client->app_id);
    if (refused)
        event_int(&event, "aadsts", oidc_error_row(r->redeem.error.id)->aadsts);
    call->app->events.record(call->app->events.self, &event);
}

static enum hg_code mint(struct app_call *call, struct redemption *r, struct app_redeemed *out,
                         struct hg_err *err)
{
    const struct app_token_request request = {
        .client = r->asked_for->client,
        .authenticated = r->asked_for->authenticated,
        .user = &r->user,
        .grant = &r->grant,
        .redeem = &r->redeem,
        .has_nonce = r->has_code && r->code.has_nonce,
        .nonce = r->code.nonce,
        .wants_client_info = hg_str_eq(r->asked_for->request->client_info.value, HG_STR("1")),
        .is_capable = r->asked_for->start->claims.is_capable,
        .refresh_token = out->refresh_token,
        .acrs = r->satisfied.items,
        .n_acrs = r->satisfied.n,
    };
    return app_tokens_mint(call, &request, out, err);
}

static enum hg_code finish(struct app_call *call, struct redemption *r, struct app_redeemed *out,
                           struct hg_err *err)
{
    struct app_commit commit = app_commit_new(call->arena);
    HG_TRY(add_effects(call, r, &commit, out, err));
    HG_TRY(add_signin(call, r, &commit, err));
    /* Minted before the commit: a failure to sign must not cost the client its code. */
    if (!oidc_error_is(&r->redeem.error))
        HG_TRY(mint(call, r, out, err));
    HG_TRY(app_commit_run(&commit, call->app->store, err));
    record_event(call, r);
    out->error = r->redeem.error;
    out->grant = r->grant;
    if (r->is_judged)
        out->resource_name = app_access_resource(&r->access)->display_name;
    return HG_OK;
}

static enum hg_code redeem_once(struct app_call *call, const struct app_redemption *redemption,
                                struct app_redeemed *out, struct hg_err *err)
{
    struct redemption *r = HG_NEW(call->arena, struct redemption);
    if (r == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "redemption");
    r->asked_for = redemption;
    HG_TRY(find_presented(call, r, err));
    fill_facts(call, r);
    HG_TRY(oidc_redeem_identify(call->arena, redemption->start->grant, redemption->request,
                                &r->facts, &r->redeem, err));
    if (!oidc_error_is(&r->redeem.error))
        HG_TRY(decide(call, r, err));
    *out = (struct app_redeemed){0};
    return finish(call, r, out, err);
}

/* Someone else redeemed the same thing in between: what is true now decides. */
enum hg_code app_redeem(struct app_call *call, const struct app_redemption *redemption,
                        struct app_redeemed *out, struct hg_err *err)
{
    enum hg_code code = HG_CONFLICT;
    for (int i = 0; i < MAX_TRIES && code == HG_CONFLICT; i++)
        code = redeem_once(call, redemption, out, err);
    return code;
}

enum hg_code app_redeem_connection(struct app_call *call, hg_str refresh_token, hg_str scope,
                                   struct app_redeemed *out, struct hg_err *err)
{
    struct model_application client;
    bool found = app_first_party_find(call->arena, call->app->config.base_url,
                                      HG_STR(APP_ID_CONNECTIONS), &client);
    HG_ASSERT(found);
    const struct oidc_token_request request = {
        .grant_type = {.is_set = true, .value = HG_STR("refresh_token")},
        .refresh_token = {.is_set = true, .value = refresh_token},
        .scope = {.is_set = true, .value = scope},
    };
    struct oidc_token_start start;
    HG_TRY(oidc_token_check(call->arena, &request, &start, err));
    HG_ASSERT(!oidc_error_is(&start.error));
    const struct oidc_client authenticated = {.method = OIDC_CLIENT_SECRET_POST,
                                              .is_confidential = true};
    const struct app_redemption redemption = {
        .request = &request,
        .start = &start,
        .client = &client,
        .authenticated = &authenticated,
        .is_background = true,
    };
    return app_redeem(call, &redemption, out, err);
}
