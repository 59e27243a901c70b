#include "base/base.h"
#include "model/model.h"
#include "oidc/error.h"
#include "oidc/scope.h"
#include "oidc/token.h"

#include <stdbool.h>
#include <stddef.h>

struct step {
    struct hg_arena *arena;
    enum oidc_grant_type grant;
    const struct oidc_decide_facts *facts;
    struct oidc_redeem *redeem;
};
typedef enum hg_code step_fn(struct step *step, struct hg_err *err);

/* A challenge that makes the next sign-in prove the second factor anew, for refusals
 * that no policy but an age decided. */
static const hg_str fresh_mfa = HG_LIT(
    "{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[\"urn:microsoft:policies:mfa\"]}}}");

enum hg_code oidc_refusal_error(struct hg_arena *arena, const struct oidc_refusal *refusal,
                                hg_str resource_name, struct oidc_error *out, struct hg_err *err)
{
    enum oidc_error_id id = oidc_error_of_number(refusal->aadsts);
    struct oidc_error error =
        oidc_error_make(id != OIDC_ERROR_NONE ? id : OIDC_ERROR_CONDITIONAL_ACCESS);
    oidc_error_put(&error, "resource", resource_name);
    oidc_error_put(&error, "issued", hg_time_seven(arena, refusal->issued));
    oidc_error_put(&error, "span", hg_timespan_text(arena, refusal->configured));
    oidc_error_put(&error, "seconds",
                   hg_str_format(arena, "%lld", (long long)(refusal->configured.us / 1000000)));
    oidc_error_put(&error, "valid_from", hg_time_seven(arena, refusal->valid_from));
    error.claims = refusal->claims;
    if (id == OIDC_ERROR_MFA_REQUIRED && error.claims.len == 0)
        error.claims = fresh_mfa;
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "error text");
    *out = error;
    return HG_OK;
}

static hg_str resource_name(const struct step *step)
{
    const struct model_application *const *resources = step->facts->resources;
    if (resources == NULL || resources[0] == NULL)
        return HG_STR("");
    return resources[0]->display_name;
}

static enum hg_code refuse_if(struct step *step, const struct oidc_refusal *refusal,
                              struct hg_err *err)
{
    if (refusal->aadsts == 0)
        return HG_OK;
    return oidc_refusal_error(step->arena, refusal, resource_name(step), &step->redeem->error, err);
}

static enum hg_code check_user(struct step *step, struct hg_err *err)
{
    (void)err;
    const struct model_user *user = step->facts->user;
    struct oidc_error *error = &step->redeem->error;
    if (user == NULL) {
        *error = oidc_error_make(OIDC_ERROR_USER_UNKNOWN);
        oidc_error_put(error, "tenant", step->facts->tenant->display_name);
    } else if (!user->enabled) {
        *error = oidc_error_make(OIDC_ERROR_USER_DISABLED);
    } else if (step->facts->password_expired) {
        *error = oidc_error_make(OIDC_ERROR_PASSWORD_EXPIRED);
    }
    return HG_OK;
}

static enum hg_code check_lifetime(struct step *step, struct hg_err *err)
{
    return refuse_if(step, &step->facts->lifetime, err);
}

static enum hg_code check_scopes(struct step *step, struct hg_err *err)
{
    struct oidc_redeem *redeem = step->redeem;
    HG_TRY(oidc_scopes_resolve(step->arena, &redeem->scopes, step->facts->resources,
                               step->facts->tenant->display_name, &redeem->error, err));
    if (oidc_error_is(&redeem->error))
        return HG_OK;
    if (step->grant == OIDC_GRANT_CODE && redeem->scope_was_sent &&
        redeem->scopes.n_resources > 1) {
        redeem->error = oidc_error_make(OIDC_ERROR_SCOPE_SPANS);
        oidc_error_put(&redeem->error, "scope", redeem->scope);
    }
    redeem->which = 0; /* of several resources the first */
    return HG_OK;
}

static enum hg_code check_policy(struct step *step, struct hg_err *err)
{
    return refuse_if(step, &step->facts->policy, err);
}

static enum hg_code check_frequency(struct step *step, struct hg_err *err)
{
    return refuse_if(step, &step->facts->frequency, err);
}

static struct oidc_consent_question question_of(const struct step *step)
{
    return (struct oidc_consent_question){.client = step->facts->client,
                                          .scopes = &step->redeem->scopes,
                                          .given = step->facts->given,
                                          .required = step->facts->required};
}

/* Consent is asked for the token's own resource; others come with their own request. */
static bool is_missing_for(const struct oidc_missing *missing, const struct oidc_redeem *redeem)
{
    hg_str wanted = redeem->scopes.n_resources == 0
                        ? oidc_graph_id
                        : redeem->scopes.resources[redeem->which]->app_id;
    for (size_t i = 0; i < missing->n; i++)
        if (hg_str_eq_nocase(missing->items[i].resource, wanted))
            return true;
    return false;
}

static enum hg_code check_consent(struct step *step, struct hg_err *err)
{
    const struct oidc_consent_question question = question_of(step);
    struct oidc_missing missing;
    HG_TRY(oidc_consent_missing(step->arena, &question, &missing, err));
    if (!is_missing_for(&missing, step->redeem))
        return HG_OK;
    struct oidc_error *error = &step->redeem->error;
    *error = oidc_error_make(OIDC_ERROR_CONSENT_MISSING);
    oidc_error_put(error, "client", step->facts->client->app_id);
    oidc_error_put(error, "client_name", step->facts->client->display_name);
    return HG_OK;
}

static enum hg_code grant_tokens(struct step *step, struct hg_err *err)
{
    struct oidc_redeem *redeem = step->redeem;
    const struct oidc_consent_question question = question_of(step);
    HG_TRY(oidc_scopes_grant(step->arena, &question, redeem->which, &redeem->granted, err));
    redeem->gives_id_token = (redeem->oidc & OIDC_SCOPE_OPENID) != 0;
    redeem->gives_refresh_token =
        step->grant == OIDC_GRANT_REFRESH || (redeem->oidc & OIDC_SCOPE_OFFLINE) != 0;
    redeem->effects |= redeem->effects_on_success;
    return HG_OK;
}

/* The order of conditional-access.md 6.4, from its step 3 on; the resource that policy
 * needs is known once the scopes are. */
static step_fn *const steps[] = {check_user,      check_lifetime, check_scopes, check_policy,
                                 check_frequency, check_consent,  grant_tokens};

enum hg_code oidc_redeem_decide(struct hg_arena *arena, enum oidc_grant_type grant,
                                const struct oidc_decide_facts *facts, struct oidc_redeem *redeem,
                                struct hg_err *err)
{
    struct oidc_redeem answer = *redeem;
    struct step step = {.arena = arena, .grant = grant, .facts = facts, .redeem = &answer};
    for (size_t i = 0; i < HG_COUNT(steps) && !oidc_error_is(&answer.error); i++)
        HG_TRY(steps[i](&step, err));
    *redeem = answer;
    return HG_OK;
}
