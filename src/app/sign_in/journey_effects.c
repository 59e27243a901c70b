#include "app/app_private.h"
#include "app/directory/applications.h"
#include "app/directory/credentials.h"
#include "app/directory/directory.h"
#include "app/directory/objects.h"
#include "app/graph_api/signins.h"
#include "app/sign_in/journey.h"
#include "app/sign_in/known_browser.h"
#include "app/sign_in/new_password.h"
#include "app/sign_in/sessions.h"
#include "app/sign_in/terms.h"
#include "app/signals/signals.h"
#include "app/tokens/contexts.h"
#include "app/tokens/grants.h"
#include "app/tokens/oauth.h"
#include "app/tokens/tokens.h"
#include "base/base.h"
#include "http/http.h"
#include "lifetime/lifetime.h"
#include "mfa/mfa.h"
#include "oidc/error.h"
#include "oidc/response.h"
#include "signin/signin.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum hg_code effect_fn(struct app_run *run, const struct signin_effect *effect,
                               struct hg_err *err);

/* Where registering was refused, what the policies said of that is the reason. */
static const struct policy_verdict *verdict_of(const struct app_run *run, uint32_t aadsts)
{
    enum { PROOF_UP_PLACE = 53010 };
    if (aadsts == PROOF_UP_PLACE)
        return &run->registration;
    return run->is_judged ? &run->verdict : NULL;
}

/* The row says what the policies made of the sign-in as it ended, also when the last page
 * asked for nothing that they judge. */
static enum hg_code record(struct app_run *run, const struct signin_effect *effect,
                           struct hg_err *err)
{
    if (!run->is_judged && run->state.is_proved && run->has_user) {
        HG_TRY(app_decide(run->call, &run->access, &run->verdict, err));
        run->is_judged = true;
    }
    const struct app_signin signin = {
        .access = &run->access,
        .username = run->state.username,
        .is_interactive = effect->is_interactive,
        .aadsts = effect->aadsts,
        .verdict = verdict_of(run, effect->aadsts),
        .session = run->state.session,
        .asks_mfa = run->auth.claims.wants_mfa && run->auth.claims.mfa_essential,
    };
    return app_signin_record(run->call, &run->commit, &signin, err);
}

/* The authenticator whose first code was just accepted. The user has no other, and the
 * password counts: both as of the record that the step was decided on, so of two
 * registrations, or of one and a new password, the later fails with HG_CONFLICT. */
static enum hg_code register_factor(struct app_run *run, const struct signin_effect *effect,
                                    struct hg_err *err)
{
    (void)effect;
    struct app_call *call = run->call;
    HG_ASSERT(run->has_new_factor);
    struct mfa_totp totp = {
        .id = app_new_id(call),
        .display_name = HG_STR("Authenticator app"),
        .created = call->now,
        .has_last_step = true,
        .last_step = run->new_factor_step,
    };
    HG_TRY(mfa_totp_seed_parse(call->arena, run->state.secret, &totp.seed, err));
    app_object_touch(&run->commit, call->tenant->tenant.id, APP_KIND_USER, run->state.user,
                     run->user_version);
    return app_totp_add(call->app, &run->commit, call->tenant->tenant.id, run->state.user, &totp,
                        err);
}

static enum hg_code consent(struct app_run *run, const struct signin_effect *effect,
                            struct hg_err *err)
{
    (void)effect;
    struct app_call *call = run->call;
    for (size_t i = 0; i < run->missing.n; i++)
        HG_TRY(app_consent_add(call->app->store, &run->commit, call->tenant->tenant.id,
                               run->client.app_id, run->state.user, &run->missing.items[i], err));
    return HG_OK;
}

static void set_session_cookie(struct app_run *run, hg_str cookie, bool is_persistent)
{
    struct app_call *call = run->call;
    struct http_cookie_options options = {.same_site_none = true};
    if (is_persistent) {
        const struct lifetime_session lived = {.auth_at = run->state.auth_at,
                                               .mfa_at = run->state.mfa_at,
                                               .last_used = call->now,
                                               .is_persistent = true};
        hg_time end = lifetime_session_end(&lived, &call->tenant->lifetime);
        options.max_age_s = hg_time_since(end, call->now).us / 1000000;
    }
    http_set_cookie(call->arena, call->response, APP_COOKIE_SESSION, cookie, options);
}

/* A new id whenever something was proved: a session id planted earlier is worth nothing. */
static enum hg_code renew_session(struct app_run *run, const struct signin_effect *effect,
                                  struct hg_err *err)
{
    (void)effect;
    struct app_call *call = run->call;
    hg_str tenant = call->tenant->tenant.id;
    struct app_session session = {
        .user = run->state.user,
        .auth_at = run->state.auth_at,
        .mfa_at = run->state.mfa_at,
        .methods = run->state.methods,
        .created = call->now,
        .last_used = call->now,
        .is_persistent = run->state.is_persistent,
        .password_is_changed = run->state.password_is_changed,
    };
    bool continues = run->has_session && hg_str_eq(run->session.user, run->state.user);
    size_t kept = continues ? run->session_row.n_clients : 0;
    hg_str *clients = HG_NEW_ARRAY(call->arena, hg_str, kept + 1);
    if (clients == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "session");
    for (size_t i = 0; i < kept; i++)
        clients[i] = run->session_row.clients[i];
    clients[kept] = run->client.app_id;
    session.clients = clients;
    session.n_clients = kept + !model_has_id(run->session_row.clients, kept, run->client.app_id);
    hg_str cookie;
    HG_TRY(app_session_insert(call->app, &run->commit, tenant, &session, &cookie, err));
    if (run->has_session)
        app_session_end(&run->commit, tenant, &run->session_row, call->now);
    run->state.session = session.id;
    set_session_cookie(run, cookie, session.is_persistent);
    return HG_OK;
}

static enum hg_code touch_session(struct app_run *run, const struct signin_effect *effect,
                                  struct hg_err *err)
{
    (void)effect;
    if (!run->has_session)
        return HG_OK;
    return app_session_touch(&run->commit, run->call->tenant->tenant.id, &run->session_row,
                             run->client.app_id, run->call->now, err);
}

static struct model_grant new_grant(struct app_run *run)
{
    struct app_call *call = run->call;
    hg_str id = app_new_id(call);
    return (struct model_grant){
        .id = id,
        .family = id,
        .tenant = call->tenant->tenant.id,
        .user = run->state.user,
        .client = run->client.app_id,
        .scopes = run->request.scope.value,
        .issued = call->now,
        .last_used = call->now,
        .auth_at = run->state.auth_at,
        .mfa_at = run->state.mfa_at,
        .methods = run->state.methods,
        .amr = mfa_amr(run->state.methods),
        .password_is_changed = run->state.password_is_changed,
        .client_app_type = run->access.client_app_type,
        .is_confidential = run->access.is_confidential,
        .is_spa = run->auth.redirect_kind == OIDC_REDIRECT_SPA,
        .snapshot =
            {
                .network = run->access.network,
                .platform = run->access.platform,
                .device = run->access.device,
                .taken_at = call->now,
            },
    };
}

/* Those that were asked for as essential are satisfied, or there would be no code; of the
 * others those that happen to be. */
static enum hg_code satisfied_contexts(struct app_run *run, hg_str *out, struct hg_err *err)
{
    const struct oidc_claims_request *claims = &run->auth.claims;
    struct app_contexts satisfied = {.n = 0};
    struct app_contexts voluntary = {.n = 0};
    app_contexts_add(&satisfied, run->access.auth_contexts, run->access.n_auth_contexts);
    app_contexts_add(&voluntary, claims->acrs, claims->n_acrs);
    HG_TRY(app_contexts_keep(run->call, &run->access, &voluntary, &satisfied, err));
    *out = app_contexts_words(run->call->arena, &satisfied);
    return HG_OK;
}

static enum hg_code add_code(struct app_run *run, hg_str *out_text, struct hg_err *err)
{
    struct app_call *call = run->call;
    struct model_grant grant = new_grant(run);
    struct app_standing standing;
    const struct app_standing_query query = {.subject = grant.user,
                                             .network = grant.snapshot.network};
    HG_TRY(app_standing_load(call, &query, &standing, err));
    grant.snapshot.network.gps_country = standing.gps_country;
    grant.snapshot.network.is_compliant = standing.is_compliant_network;
    HG_TRY(satisfied_contexts(run, &grant.acrs, err));
    const struct app_code code = {
        .grant = grant.id,
        .code =
            {
                .tenant = grant.tenant,
                .client = grant.client,
                .user = grant.user,
                .redirect_uri = run->auth.redirect_uri,
                .redirect_was_sent = run->auth.redirect_was_sent,
                .redirect_kind = run->auth.redirect_kind,
                .pkce = run->auth.pkce,
                .challenge = run->auth.challenge,
                .scope = run->request.scope.value,
            },
        .has_nonce = run->auth.has_nonce,
        .nonce = run->auth.nonce,
    };
    HG_TRY(app_grant_insert(&run->commit, &grant, err));
    return app_code_insert(call->app, &run->commit, &code, call->now, out_text, err);
}

static enum hg_code issue(struct app_run *run, const struct signin_effect *effect,
                          struct hg_err *err)
{
    (void)effect;
    struct app_call *call = run->call;
    if (run->state.is_fresh)
        HG_TRY(app_known_browser_remember(run, err));
    struct oidc_success success = {.session_state = run->state.session};
    HG_TRY(add_code(run, &success.code, err));
    if (run->auth.wants_client_info)
        HG_TRY(oidc_client_info(call->arena, run->state.user, call->tenant->tenant.id,
                                &success.client_info, err));
    struct oidc_reply reply;
    HG_TRY(oidc_reply_success(call->arena, &run->auth, app_issuer(call), &success, &reply, err));
    return app_run_reply(run, &reply, err);
}

static enum hg_code redirect_error(struct app_run *run, const struct signin_effect *effect,
                                   struct hg_err *err)
{
    enum oidc_error_id id =
        effect->is_cancelled ? OIDC_ERROR_CANCELLED : oidc_error_of_number(effect->aadsts);
    HG_ASSERT(id != OIDC_ERROR_NONE);
    struct oidc_error error = oidc_error_make(id);
    oidc_error_put(&error, "resource", app_access_resource(&run->access)->display_name);
    oidc_error_put(&error, "client", run->client.app_id);
    error.claims = effect->claims;
    return app_run_refuse(run, &error, err);
}

static enum hg_code change_password(struct app_run *run, const struct signin_effect *effect,
                                    struct hg_err *err)
{
    (void)effect;
    return app_run_change_password(run, err);
}

static enum hg_code accept_terms(struct app_run *run, const struct signin_effect *effect,
                                 struct hg_err *err)
{
    return app_run_answer_terms(run, effect->terms, true, err);
}

static enum hg_code decline_terms(struct app_run *run, const struct signin_effect *effect,
                                  struct hg_err *err)
{
    return app_run_answer_terms(run, effect->terms, false, err);
}

/* Who has registered a method under "enabled" is asked for it from now on. The registration
 * moved the record to its next version in the same commit. */
static enum hg_code enforce_mfa(struct app_run *run, const struct signin_effect *effect,
                                struct hg_err *err)
{
    (void)effect;
    struct app_call *call = run->call;
    struct app_object user;
    HG_TRY(app_object_get(call->app->store, call->arena, call->tenant->tenant.id, APP_KIND_USER,
                          run->state.user, &user, err));
    int64_t version = run->user_version + 1;
    hg_json_set(call->arena, &user.body, HG_STR(APP_USER_MFA),
                hg_json_z(app_user_mfa_name(MODEL_USER_MFA_ENFORCED)));
    user.version = version + 1;
    user.modified = call->now;
    return app_object_replace(&run->commit, call->tenant->tenant.id, APP_KIND_USER, &user, version,
                              err);
}

/* A setting that is not there yet never leads to it: signin asks for it only when remembered
 * MFA is on. */
static enum hg_code refuse_effect(struct app_run *run, const struct signin_effect *effect,
                                  struct hg_err *err)
{
    (void)run;
    return HG_FAIL(err, HG_UNSUPPORTED, "sign-in effect %d", (int)effect->kind);
}

static effect_fn *const effects[SIGNIN_EFFECT_COUNT] = {
    [SIGNIN_EFFECT_SHOW] = app_run_show,
    [SIGNIN_EFFECT_EVALUATE] = refuse_effect, /* taken out by app_run_event() */
    [SIGNIN_EFFECT_RECORD] = record,
    [SIGNIN_EFFECT_REGISTER] = register_factor,
    [SIGNIN_EFFECT_ENFORCE] = enforce_mfa,
    [SIGNIN_EFFECT_CHANGE_PASSWORD] = change_password,
    [SIGNIN_EFFECT_ACCEPT_TERMS] = accept_terms,
    [SIGNIN_EFFECT_DECLINE_TERMS] = decline_terms,
    [SIGNIN_EFFECT_REMEMBER_MFA] = refuse_effect,
    [SIGNIN_EFFECT_CONSENT] = consent,
    [SIGNIN_EFFECT_SESSION_RENEW] = renew_session,
    [SIGNIN_EFFECT_SESSION_TOUCH] = touch_session,
    [SIGNIN_EFFECT_ISSUE] = issue,
    [SIGNIN_EFFECT_REDIRECT] = redirect_error,
};

enum hg_code app_run_effects(struct app_run *run, const struct signin_step *step,
                             struct hg_err *err)
{
    for (size_t i = 0; i < step->n_effects; i++)
        HG_TRY(effects[step->effects[i].kind](run, &step->effects[i], err));
    return HG_OK;
}
