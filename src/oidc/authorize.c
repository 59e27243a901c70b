#include "oidc/authorize.h"

#include "base/base.h"
#include "oidc/authorize_private.h"
#include "oidc/error.h"
#include "oidc/params.h"
#include "oidc/scope.h"

#include <stdbool.h>
#include <stddef.h>

/* One row a step, one column an endpoint, top to bottom: the processing order of
 * protocol.md E1. Nothing goes to the client's redirect URI before
 * oidc_check_redirect_uri has passed. */
enum {
    A = 1u << OIDC_AUTHORIZE,
    D = 1u << OIDC_DEVICE_AUTHORIZATION,
    P = 1u << OIDC_PUSHED_AUTHORIZATION,
};

// clang-format off
static const struct {
    unsigned endpoints;
    oidc_step_fn *run;
} steps[] = {
    { A | D | P, oidc_check_client },
    { A     | P, oidc_check_redirect_uri },
    { A | D | P, oidc_check_repeated },
    { A     | P, oidc_check_response_type },
    { A     | P, oidc_check_response_mode },
    { A | D | P, oidc_check_request_object },
    { A | D | P, oidc_check_scope },
    { A | D | P, oidc_check_resource },
    { A     | P, oidc_check_pkce },
    { A     | P, oidc_check_prompt },
    { A     | P, oidc_check_max_age },
    { A     | P, oidc_check_hint },
    { A | D | P, oidc_check_claims },
    { A | D | P, oidc_check_rest },
};
// clang-format on

enum hg_code oidc_authorize_check(struct hg_arena *arena, enum oidc_endpoint endpoint,
                                  const struct oidc_authorize_request *request,
                                  const struct oidc_authorize_facts *facts,
                                  struct oidc_authorize *out, struct hg_err *err)
{
    struct oidc_authorize auth = {.client_id = request->client_id.value};
    struct oidc_authorize_step step = {
        .arena = arena, .endpoint = endpoint, .request = request, .facts = facts, .out = &auth};
    for (size_t i = 0; i < HG_COUNT(steps) && !oidc_error_is(&auth.error); i++)
        if (steps[i].endpoints & (1u << endpoint))
            HG_TRY(steps[i].run(&step, err));
    *out = auth;
    return HG_OK;
}

/* --- Parsing ---------------------------------------------------------------------------- */

static const struct oidc_text_field fields[] = {
#define FIELD(name) {HG_LIT(#name), offsetof(struct oidc_authorize_request, name)}
    FIELD(client_id),     FIELD(redirect_uri),   FIELD(response_type),
    FIELD(response_mode), FIELD(scope),          FIELD(state),
    FIELD(nonce),         FIELD(code_challenge), FIELD(code_challenge_method),
    FIELD(prompt),        FIELD(login_hint),     FIELD(domain_hint),
    FIELD(sid),           FIELD(max_age),        FIELD(acr_values),
    FIELD(claims),        FIELD(id_token_hint),  FIELD(request),
    FIELD(request_uri),   FIELD(resource),       FIELD(client_info),
#undef FIELD
};

void oidc_authorize_parse(const struct oidc_params *params, struct oidc_authorize_request *out)
{
    *out = (struct oidc_authorize_request){0};
    out->repeated = oidc_texts_take(params, fields, HG_COUNT(fields), out);
    out->client_request_id = oidc_param_last(params, "client-request-id");
}

enum hg_code oidc_authorize_scopes(struct hg_arena *arena,
                                   const struct oidc_authorize_request *request,
                                   struct oidc_scopes *out, struct hg_err *err)
{
    struct oidc_error ignored; /* oidc_check_scope reports it in its turn */
    return oidc_scopes_parse(arena, request->scope.value, out, &ignored, err);
}
