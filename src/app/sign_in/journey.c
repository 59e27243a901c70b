#include "app/sign_in/journey.h"

#include "app/app_private.h"
#include "app/commit.h"
#include "app/decide.h"
#include "app/directory/applications.h"
#include "app/directory/directory.h"
#include "app/sign_in/sessions.h"
#include "app/sign_in/terms.h"
#include "app/signals/devices.h"
#include "app/signals/origin.h"
#include "app/tokens/tokens.h"
#include "base/base.h"
#include "http/http.h"
#include "lifetime/lifetime.h"
#include "mfa/mfa.h"
#include "model/model.h"
#include "oidc/authorize.h"
#include "oidc/redirect_uri.h"
#include "oidc/scope.h"
#include "policy/policy.h"
#include "signin/signin.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAX_STEPS = 8 }; /* START → EVALUATE → VERDICT → … : a machine that loops is a bug */

/* The session of the browser's cookie, when it still lives. */
static enum hg_code load_session(struct app_run *run, struct hg_err *err)
{
    struct app_call *call = run->call;
    hg_str cookie;
    run->has_session = false;
    if (!http_cookie(call->request, APP_COOKIE_SESSION, &cookie))
        return HG_OK;
    enum hg_code code = app_session_find(call->app, call->arena, call->tenant->tenant.id, cookie,
                                         &run->session_row, err);
    if (code == HG_NOT_FOUND)
        return HG_OK;
    HG_TRY(code);
    struct model_user user;
    code = app_user_load(call->app, call->arena, call->tenant->tenant.id, run->session_row.user,
                         &user, err);
    if (code == HG_NOT_FOUND)
        return HG_OK;
    HG_TRY(code);
    const struct app_session *row = &run->session_row;
    const struct lifetime_session lived = {.auth_at = row->auth_at,
                                           .mfa_at = row->mfa_at,
                                           .last_used = row->last_used,
                                           .is_persistent = row->is_persistent,
                                           .user_valid_from = user.valid_from};
    if (!user.enabled || !lifetime_session_alive(&lived, &call->tenant->lifetime, call->now))
        return HG_OK;
    run->session = (struct signin_session){
        .id = row->id,
        .user = row->user,
        .username = user.upn,
        .login_hint = app_login_hint(call, row->user),
        .auth_at = row->auth_at,
        .last_used = row->last_used,
        .mfa_at = row->mfa_at,
        .methods = row->methods,
        .is_persistent = row->is_persistent,
        .password_is_changed = row->password_is_changed,
    };
    run->has_session = true;
    return HG_OK;
}

/* Of state.user, else of the session while nothing was typed, else of the name typed. */
static enum hg_code load_user(struct app_run *run, struct hg_err *err)
{
    struct app_call *call = run->call;
    hg_str tenant = call->tenant->tenant.id;
    enum hg_code code = HG_NOT_FOUND;
    bool at_start =
        run->state.stage == SIGNIN_STAGE_START || run->state.stage == SIGNIN_STAGE_ACCOUNT;
    if (run->state.user.len > 0)
        code = app_user_load(call->app, call->arena, tenant, run->state.user, &run->user, err);
    else if (at_start && run->has_session)
        code = app_user_load(call->app, call->arena, tenant, run->session.user, &run->user, err);
    else if (run->state.username.len > 0)
        code =
            app_user_by_upn(call->app, call->arena, tenant, run->state.username, &run->user, err);
    run->has_user = code == HG_OK;
    if (run->new_password.is_set && run->has_user) { /* as the commit will leave it */
        run->user.valid_from = (struct model_when){.is_set = true, .at = call->now};
        run->user.must_change_password = false;
    }
    return code == HG_NOT_FOUND ? HG_OK : code;
}

/* Who agrees to what only administrators may. */
#define CONSENT_ROLES                                                           \
    "GlobalAdministrator PrivilegedRoleAdministrator ApplicationAdministrator " \
    "CloudApplicationAdministrator"

static enum hg_code load_consents(struct app_run *run, struct hg_err *err)
{
    struct app_call *call = run->call;
    run->missing = (struct oidc_missing){0};
    if (!run->has_user)
        return HG_OK;
    hg_str tenant = call->tenant->tenant.id;
    HG_TRY(app_consents_load(call->app->store, call->arena, tenant, run->client.app_id,
                             run->user.id, &run->given, err));
    HG_TRY(app_consents_required(call->app, call->arena, tenant, run->client.app_id, &run->required,
                                 err));
    const struct oidc_consent_question question = {
        .client = &run->client,
        .scopes = &run->auth.scopes,
        .given = run->given,
        .required = run->required,
    };
    return oidc_consent_missing(call->arena, &question, &run->missing, err);
}

static hg_str fresh_secret(struct app_call *call)
{
    unsigned char seed[MFA_TOTP_SEED];
    hg_random_fill(&call->app->random, seed, sizeof(seed));
    return hg_b32_encode(call->arena, (hg_str){(const char *)seed, sizeof(seed)});
}

/* A public client's redirect URI is an app on the device; a single-page app and a client with
 * a secret are web sign-ins. One that cannot be told counts among what is left. */
static enum model_client_app client_app_type(const struct app_run *run)
{
    switch (run->auth.redirect_kind) {
    case OIDC_REDIRECT_WEB:
    case OIDC_REDIRECT_SPA:
        return MODEL_CLIENT_BROWSER;
    case OIDC_REDIRECT_PUBLIC:
        return MODEL_CLIENT_MOBILE_DESKTOP;
    case OIDC_REDIRECT_NONE:
        break;
    }
    return MODEL_CLIENT_OTHER;
}

static void fill_access(struct app_run *run)
{
    struct app_call *call = run->call;
    run->access = (struct app_access){
        .user = run->has_user ? &run->user : NULL,
        .client = &run->client,
        .is_confidential = run->auth.redirect_kind == OIDC_REDIRECT_WEB,
        .scopes = &run->auth.scopes,
        .all_resources = true,
        .client_app_type = client_app_type(run),
        .platform = run->device.is_present ? app_platform_of_system(run->device.operating_system)
                                           : app_platform_of(call),
        .network = app_network_of(call),
        .device = run->device,
        .proven_device = run->device.id,
        .is_token_bound = run->device.is_present && run->auth.redirect_kind != OIDC_REDIRECT_WEB,
        .methods = run->state.methods,
        .mfa_at = run->state.mfa_at,
        .is_interactive = (run->auth.prompt & OIDC_PROMPT_NONE) == 0,
        .user_agent = app_user_agent(call),
        .auth_contexts = run->auth.claims.acrs,
        .n_auth_contexts = run->auth.claims.acrs_essential ? run->auth.claims.n_acrs : 0,
        .password_is_changed = run->state.password_is_changed,
        .accepted_terms = &run->accepted_terms,
        .n_accepted_terms = run->accepted_terms.len > 0,
    };
}

/* Whether the user, who has no method yet, may register one from here: a user action that
 * policies are asked about. Where the journey may come to offer it, and again at its end. */
static enum hg_code judge_registration(struct app_run *run, struct hg_err *err)
{
    bool is_near =
        run->state.stage == SIGNIN_STAGE_POLICY || run->state.stage == SIGNIN_STAGE_REGISTER;
    run->may_register = false;
    if (!is_near || !run->has_user || run->user.has_mfa_method)
        return HG_OK;
    fill_access(run);
    struct app_access access = run->access;
    access.user_action = HG_STR(POLICY_ACTION_SECURITY_INFO);
    access.with_reasons = true;
    HG_TRY(app_decide(run->call, &access, &run->registration, err));
    run->may_register =
        policy_registration_needs(run->call->tenant->policies, &run->registration) == 0;
    return HG_OK;
}

enum hg_code app_run_facts(struct app_run *run, struct signin_facts *out, struct hg_err *err)
{
    HG_TRY(load_user(run, err));
    HG_TRY(load_consents(run, err));
    HG_TRY(judge_registration(run, err));
    run->user_version = run->has_user ? run->user.version : 0;
    if (run->new_secret.len == 0)
        run->new_secret = fresh_secret(run->call);
    const struct oidc_authorize *auth = &run->auth;
    const struct app_terms *terms = app_run_terms(run);
    *out = (struct signin_facts){
        .now = run->call->now,
        .request =
            {
                .prompt = auth->prompt,
                .has_max_age = auth->has_max_age,
                .max_age = auth->max_age,
                .login_hint = auth->login_hint,
                .hint_user = auth->has_hint_oid ? auth->hint_oid : HG_STR(""),
                .sid = auth->sid,
                .wants_mfa = auth->claims.wants_mfa && auth->claims.mfa_essential,
            },
        .session = run->has_session ? &run->session : NULL,
        .user = run->has_user ? &run->user : NULL,
        .user_mfa = run->has_user ? run->user.mfa_state : MODEL_USER_MFA_DISABLED,
        .may_register = run->may_register,
        .must_change_password = run->has_user && run->user.must_change_password,
        .must_change_with_mfa = run->has_user && run->user.must_change_with_mfa,
        .terms_can_be_accepted = app_run_can_accept(run, terms),
        .terms_need_viewing = terms != NULL && terms->view_first,
        .settings = &run->call->tenant->lifetime,
        .consent_needed = run->missing.n > 0,
        .consent_needs_admin = oidc_consent_needs_admin(&auth->scopes, &run->missing) &&
                               !app_user_has_role(&run->user, CONSENT_ROLES),
        .may_stay = true,
        .new_secret = run->new_secret,
    };
    return HG_OK;
}

static bool wants_verdict(const struct signin_step *step)
{
    return step->n_effects > 0 && step->effects[step->n_effects - 1].kind == SIGNIN_EFFECT_EVALUATE;
}

/* Everything the steps asked for is written with the new state, or nothing is. */
static enum hg_code save(struct app_run *run, struct hg_err *err)
{
    hg_str tenant = run->call->tenant->tenant.id;
    hg_str state;
    HG_TRY(signin_state_render(run->call->arena, &run->state, &state, err));
    run->journey.state = state;
    if (run->is_new)
        app_journey_insert(&run->commit, tenant, &run->journey);
    else
        app_journey_update(&run->commit, tenant, &run->journey, state);
    return app_commit_run(&run->commit, run->call->app->store, err);
}

/* Steps until the machine waits for the person or the journey is over. Effects of the
 * steps before the last one are carried out with it: they add to the same commit. */
enum hg_code app_run_event(struct app_run *run, struct signin_event event, struct hg_err *err)
{
    HG_TRY(load_session(run, err));
    HG_TRY(app_device_present(run->call, &run->device, err));
    for (int i = 0; i < MAX_STEPS; i++) {
        struct signin_facts facts;
        struct signin_step step;
        HG_TRY(app_run_facts(run, &facts, err));
        signin_step(&run->state, &event, &facts, &step);
        run->state = step.state;
        HG_TRY(load_user(run, err));
        fill_access(run);
        bool judge = wants_verdict(&step);
        step.n_effects -= judge;
        HG_TRY(app_run_effects(run, &step, err));
        if (!judge)
            return save(run, err);
        HG_TRY(app_decide(run->call, &run->access, &run->verdict, err));
        run->is_judged = true;
        event = (struct signin_event){.kind = SIGNIN_EVENT_VERDICT, .verdict = &run->verdict};
    }
    return HG_FAIL(err, HG_UNSUPPORTED, "a sign-in took more than %d steps", MAX_STEPS);
}
