#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "app/decide.h"
#include "app/sign_in/sessions.h"
#include "base/base.h"
#include "http/http.h"
#include "oidc/authorize.h"
#include "oidc/response.h"
#include "signin/signin.h"

/* A sign-in under way, as the shell carries it: the checked authorization request, the
 * browser's session, signin's state, and what each step will have written. */
struct app_run {
    struct app_call *call;
    hg_str request_text; /* the authorization request's parameters, as they came */
    struct oidc_authorize_request request;
    struct oidc_authorize auth;
    struct model_application client;
    const struct model_application *const *resources;
    hg_str ui_locales;

    struct app_journey journey;
    hg_str browser_cookie;

    struct app_session session_row;
    struct signin_session session;
    struct model_user user;
    struct model_device device; /* that sent the request, if it proved itself */
    int64_t user_version;       /* of the record that the step being carried out was decided on */
    struct oidc_consents given, required;
    struct oidc_missing missing;

    struct signin_state state;
    struct app_access access;
    struct policy_verdict verdict;
    struct policy_verdict registration; /* of registering a first method */
    struct app_commit commit;
    hg_str new_secret;
    struct {
        bool is_set; /* the effect that stores it was carried out */
        hg_str text;
    } new_password;
    hg_str accepted_terms;    /* an agreement that this request's answer accepted */
    uint64_t new_factor_step; /* of the code that proved a new authenticator */

    bool is_new; /* the journey has no row yet */
    bool sets_browser_cookie;
    bool has_client, has_session, has_user;
    bool is_judged, has_new_factor;
    bool may_register; /* `registration` lets him */
};

/* The authorization request in run->request_text: parse, look up, check. run->auth.error
 * says what is wrong with it. */
HG_MUST_USE enum hg_code app_run_check(struct app_run *run, struct hg_err *err);

/* One event and all that follows from it: steps, verdicts, effects, one commit, one
 * response. */
HG_MUST_USE enum hg_code app_run_event(struct app_run *run, struct signin_event event,
                                       struct hg_err *err);

/* Facts for signin, loaded for the state as it is. */
HG_MUST_USE enum hg_code app_run_facts(struct app_run *run, struct signin_facts *out,
                                       struct hg_err *err);

/* Carries out the effects of one step (all but EVALUATE); fills the response. */
HG_MUST_USE enum hg_code app_run_effects(struct app_run *run, const struct signin_step *step,
                                         struct hg_err *err);

/* The page of an effect. */
HG_MUST_USE enum hg_code app_run_show(struct app_run *run, const struct signin_effect *effect,
                                      struct hg_err *err);

/* A refused request: by redirect where it may be sent, else on a page. */
HG_MUST_USE enum hg_code app_run_refuse(struct app_run *run, const struct oidc_error *error,
                                        struct hg_err *err);
/* An authorization response of either kind. */
HG_MUST_USE enum hg_code app_run_reply(struct app_run *run, const struct oidc_reply *reply,
                                       struct hg_err *err);

/* A password typed for the journey's user, whoever that is or is not: throttled, compared,
 * counted. */
enum app_typed { APP_TYPED_RIGHT, APP_TYPED_WRONG, APP_TYPED_TOO_OFTEN };
HG_MUST_USE enum hg_code app_run_check_password(struct app_run *run, hg_str typed,
                                                enum app_typed *out, struct hg_err *err);

/* The token of a journey's forms: only pages that we made for this browser have it. */
hg_str app_run_csrf(struct app_run *run);

#define APP_COOKIE_SESSION "__Host-hg_sso"
#define APP_COOKIE_BROWSER "__Host-hg_browser"
