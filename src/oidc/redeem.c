#include "base/base.h"
#include "model/model.h"
#include "oidc/error.h"
#include "oidc/params.h"
#include "oidc/pkce.h"
#include "oidc/redirect_uri.h"
#include "oidc/scope.h"
#include "oidc/token.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const hg_dur oidc_code_lifetime = {.us = (int64_t)60 * 1000000};
const hg_dur oidc_rotation_grace = {.us = (int64_t)60 * 1000000};
const hg_dur oidc_spa_lifetime = {.us = (int64_t)24 * 3600 * 1000000};

enum { LONGEST_ARTEFACT = 4096 };

struct step {
    struct hg_arena *arena;
    const struct oidc_token_request *request;
    const struct oidc_redeem_facts *facts;
    struct oidc_redeem *out;
};
typedef enum hg_code step_fn(struct step *step, struct hg_err *err);

static enum hg_code refuse(struct step *step, enum oidc_error_id id, uint32_t effects)
{
    step->out->error = oidc_error_make(id);
    step->out->effects |= effects;
    return HG_OK;
}

/* What Headgate issues is base64url with dots: anything else was never ours. */
static bool is_well_formed(hg_str artefact)
{
    for (size_t i = 0; i < artefact.len; i++) {
        char c = artefact.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
            return false;
    }
    return artefact.len <= LONGEST_ARTEFACT;
}

/* --- A code ------------------------------------------------------------------------------ */

static enum hg_code check_code_known(struct step *step, struct hg_err *err)
{
    (void)err;
    if (step->facts->code != NULL)
        return HG_OK;
    return refuse(step,
                  is_well_formed(step->request->code.value) ? OIDC_ERROR_CODE_INVALID
                                                            : OIDC_ERROR_CODE_MALFORMED,
                  0);
}

static enum hg_code check_code_tenant(struct step *step, struct hg_err *err)
{
    (void)err;
    hg_str tenant = step->facts->tenant;
    bool same = tenant.len == 0 || hg_str_eq_nocase(tenant, step->facts->code->tenant);
    return same ? HG_OK : refuse(step, OIDC_ERROR_OTHER_TENANT, 0);
}

/* A code in a stranger's hands is dead from then on (security.md C01). */
static enum hg_code check_code_client(struct step *step, struct hg_err *err)
{
    (void)err;
    if (hg_str_eq_nocase(step->facts->code->client, step->facts->client->app_id))
        return HG_OK;
    return refuse(step, OIDC_ERROR_CODE_INVALID, OIDC_EFFECT_BURN_CODE);
}

static enum hg_code check_code_unused(struct step *step, struct hg_err *err)
{
    (void)err;
    return step->facts->code_is_redeemed
               ? refuse(step, OIDC_ERROR_CODE_REDEEMED, OIDC_EFFECT_REVOKE_FAMILY)
               : HG_OK;
}

static enum hg_code check_code_fresh(struct step *step, struct hg_err *err)
{
    (void)err;
    return hg_time_before(step->facts->code->expires, step->facts->now)
               ? refuse(step, OIDC_ERROR_CODE_EXPIRED, 0)
               : HG_OK;
}

/* Compared with what was sent, not with what was served (RFC 6749 §4.1.3). */
static enum hg_code check_code_redirect_uri(struct step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_code *code = step->facts->code;
    const struct oidc_text *uri = &step->request->redirect_uri;
    bool same = uri->is_set ? hg_str_eq(uri->value, code->redirect_uri) : !code->redirect_was_sent;
    return same ? HG_OK : refuse(step, OIDC_ERROR_CODE_REDIRECT_URI, 0);
}

static enum hg_code check_code_origin(struct step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_code *code = step->facts->code;
    bool is_spa = code->redirect_kind == OIDC_REDIRECT_SPA;
    bool has_origin = step->request->credentials.has_origin;
    if (is_spa && !has_origin)
        return refuse(step, OIDC_ERROR_SPA_NEEDS_ORIGIN, 0);
    if (!is_spa && has_origin)
        return refuse(step, OIDC_ERROR_ORIGIN_NEEDS_SPA, 0);
    if (is_spa && code->pkce == OIDC_PKCE_NONE)
        return refuse(step, OIDC_ERROR_ORIGIN_NEEDS_PKCE, 0);
    return HG_OK;
}

/* A web redirect belongs to a server that can keep a secret: an application that is
 * public elsewhere must still prove itself here. */
static enum hg_code check_code_credential(struct step *step, struct hg_err *err)
{
    (void)err;
    bool needed = step->facts->code->redirect_kind == OIDC_REDIRECT_WEB &&
                  step->facts->authenticated->has_credentials;
    return needed && !step->facts->authenticated->is_confidential
               ? refuse(step, OIDC_ERROR_CREDENTIAL_MISSING, 0)
               : HG_OK;
}

/* A verifier without a challenge is the sign of a downgrade (RFC 9700 §4.8.2). */
static enum hg_code check_code_verifier(struct step *step, struct hg_err *err)
{
    const struct oidc_code *code = step->facts->code;
    const struct oidc_text *verifier = &step->request->code_verifier;
    if (verifier->is_set != (code->pkce != OIDC_PKCE_NONE))
        return refuse(step, OIDC_ERROR_VERIFIER_UNASKED, 0);
    if (!verifier->is_set)
        return HG_OK;
    bool answers;
    HG_TRY(
        oidc_pkce_check(step->arena, code->pkce, code->challenge, verifier->value, &answers, err));
    return answers ? HG_OK : refuse(step, OIDC_ERROR_VERIFIER_WRONG, 0);
}

/* --- A refresh token ------------------------------------------------------------------------ */

static enum hg_code check_refresh_known(struct step *step, struct hg_err *err)
{
    (void)err;
    if (step->facts->refresh != NULL && step->facts->grant != NULL)
        return HG_OK;
    return refuse(step,
                  is_well_formed(step->request->refresh_token.value) ? OIDC_ERROR_REFRESH_INVALID
                                                                     : OIDC_ERROR_REFRESH_MALFORMED,
                  0);
}

static enum hg_code check_refresh_tenant(struct step *step, struct hg_err *err)
{
    (void)err;
    hg_str tenant = step->facts->tenant;
    bool same = tenant.len == 0 || hg_str_eq_nocase(tenant, step->facts->grant->tenant);
    return same ? HG_OK : refuse(step, OIDC_ERROR_OTHER_TENANT, 0);
}

static enum hg_code check_refresh_client(struct step *step, struct hg_err *err)
{
    (void)err;
    bool same = hg_str_eq_nocase(step->facts->grant->client, step->facts->client->app_id);
    return same ? HG_OK : refuse(step, OIDC_ERROR_REFRESH_OTHER_CLIENT, 0);
}

static enum hg_code check_refresh_credential(struct step *step, struct hg_err *err)
{
    (void)err;
    return step->facts->grant->is_confidential && !step->facts->authenticated->is_confidential
               ? refuse(step, OIDC_ERROR_CREDENTIAL_MISSING, 0)
               : HG_OK;
}

/* RFC 9700 §4.14.2: a public client's token is rotated; the old one lives through a
 * grace, because an answer can get lost, and then its use means theft. */
static enum hg_code check_refresh_reuse(struct step *step, struct hg_err *err)
{
    (void)err;
    const struct oidc_refresh *refresh = step->facts->refresh;
    if (step->facts->grant->is_confidential || !refresh->is_rotated)
        return HG_OK;
    hg_time end = hg_time_add(refresh->rotated_at, oidc_rotation_grace);
    return hg_time_before(end, step->facts->now)
               ? refuse(step, OIDC_ERROR_REFRESH_REUSED, OIDC_EFFECT_REVOKE_FAMILY)
               : HG_OK;
}

/* --- What is wanted -------------------------------------------------------------------------- */

static enum hg_code take_scope(struct step *step, hg_str granted, struct hg_err *err)
{
    struct oidc_redeem *out = step->out;
    struct oidc_scopes before;
    struct oidc_error ignored; /* it was good when it was granted */
    HG_TRY(oidc_scopes_parse(step->arena, granted, &before, &ignored, err));
    out->oidc = before.oidc;
    out->scope_was_sent = step->request->scope.is_set;
    out->scope = out->scope_was_sent ? step->request->scope.value : granted;
    HG_TRY(oidc_scopes_parse(step->arena, out->scope, &out->scopes, &out->error, err));
    return HG_OK;
}

static enum hg_code take_code(struct step *step, struct hg_err *err)
{
    step->out->effects |= OIDC_EFFECT_BURN_CODE;
    return take_scope(step, step->facts->code->scope, err);
}

static enum hg_code take_refresh(struct step *step, struct hg_err *err)
{
    bool rotate = !step->facts->grant->is_confidential && !step->facts->refresh->is_rotated;
    step->out->effects_on_success = rotate ? OIDC_EFFECT_ROTATE : OIDC_EFFECT_KEEP;
    HG_TRY(take_scope(step, step->facts->grant->scopes, err));
    if (step->out->scope_was_sent)
        step->out->oidc &= step->out->scopes.oidc | OIDC_SCOPE_OFFLINE;
    return HG_OK;
}

/* One row a step, one column a grant: the order of protocol.md E2.1 and E2.2. */
enum {
    C = 1u << OIDC_GRANT_CODE,
    R = 1u << OIDC_GRANT_REFRESH,
};

// clang-format off
static const struct {
    unsigned grants;
    step_fn *run;
} steps[] = {
    { C    , check_code_known },
    {     R, check_refresh_known },
    { C    , check_code_tenant },
    {     R, check_refresh_tenant },
    { C    , check_code_client },
    {     R, check_refresh_client },
    { C    , check_code_unused },
    { C    , check_code_fresh },
    { C    , check_code_redirect_uri },
    { C    , check_code_origin },
    { C    , check_code_credential },
    {     R, check_refresh_credential },
    { C    , check_code_verifier },
    {     R, check_refresh_reuse },
    { C    , take_code },
    {     R, take_refresh },
};
// clang-format on

enum hg_code oidc_redeem_identify(struct hg_arena *arena, enum oidc_grant_type grant,
                                  const struct oidc_token_request *request,
                                  const struct oidc_redeem_facts *facts, struct oidc_redeem *out,
                                  struct hg_err *err)
{
    struct oidc_redeem redeem = {.effects = 0};
    struct step step = {.arena = arena, .request = request, .facts = facts, .out = &redeem};
    for (size_t i = 0; i < HG_COUNT(steps) && !oidc_error_is(&redeem.error); i++)
        if (steps[i].grants & (1u << grant))
            HG_TRY(steps[i].run(&step, err));
    *out = redeem;
    return HG_OK;
}
