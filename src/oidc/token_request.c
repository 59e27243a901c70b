#include "base/base.h"
#include "oidc/claims_request.h"
#include "oidc/error.h"
#include "oidc/params.h"
#include "oidc/token.h"

#include <stdbool.h>
#include <stddef.h>

static const struct oidc_text_field fields[] = {
#define FIELD(name) {HG_LIT(#name), offsetof(struct oidc_token_request, name)}
#define CREDENTIAL(name) {HG_LIT(#name), offsetof(struct oidc_token_request, credentials.name)}
    CREDENTIAL(client_id),
    CREDENTIAL(client_secret),
    CREDENTIAL(client_assertion),
    CREDENTIAL(client_assertion_type),
    FIELD(grant_type),
    FIELD(code),
    FIELD(redirect_uri),
    FIELD(code_verifier),
    FIELD(refresh_token),
    FIELD(scope),
    FIELD(claims),
    FIELD(client_info),
#undef FIELD
#undef CREDENTIAL
};

void oidc_token_parse(const struct oidc_params *params, struct oidc_token_request *out)
{
    *out = (struct oidc_token_request){0};
    out->repeated = oidc_texts_take(params, fields, HG_COUNT(fields), out);
    out->client_request_id = oidc_param_last(params, "client-request-id");
}

static const struct {
    hg_str name;
    enum oidc_grant_type grant;
    const char *required; /* the parameter it cannot do without */
    size_t at;
} grants[] = {
    {HG_LIT("authorization_code"), OIDC_GRANT_CODE, "code",
     offsetof(struct oidc_token_request, code)},
    {HG_LIT("refresh_token"), OIDC_GRANT_REFRESH, "refresh_token",
     offsetof(struct oidc_token_request, refresh_token)},
    {HG_LIT("client_credentials"), OIDC_GRANT_CLIENT_CREDENTIALS, "scope",
     offsetof(struct oidc_token_request, scope)},
};

static struct oidc_error refused(enum oidc_error_id id, const char *name, hg_str value)
{
    struct oidc_error error = oidc_error_make(id);
    oidc_error_put(&error, name, value);
    return error;
}

static struct oidc_error grant_check(const struct oidc_token_request *request,
                                     enum oidc_grant_type *out)
{
    *out = OIDC_GRANT_UNKNOWN;
    if (!request->grant_type.is_set)
        return refused(OIDC_ERROR_PARAMETER_MISSING, "name", HG_STR("grant_type"));
    for (size_t i = 0; i < HG_COUNT(grants); i++) {
        if (!hg_str_eq(request->grant_type.value, grants[i].name))
            continue;
        *out = grants[i].grant;
        const struct oidc_text *required =
            (const struct oidc_text *)((const char *)request + grants[i].at);
        if (!required->is_set)
            return refused(OIDC_ERROR_PARAMETER_MISSING, "name", hg_str_of(grants[i].required));
        return oidc_error_make(OIDC_ERROR_NONE);
    }
    return refused(OIDC_ERROR_GRANT_TYPE, "grant", request->grant_type.value);
}

enum hg_code oidc_token_check(struct hg_arena *arena, const struct oidc_token_request *request,
                              struct oidc_token_start *out, struct hg_err *err)
{
    struct oidc_token_start start = {.grant = OIDC_GRANT_UNKNOWN};
    if (request->repeated.len > 0)
        start.error = refused(OIDC_ERROR_PARAMETER_REPEATED, "name", request->repeated);
    else
        start.error = grant_check(request, &start.grant);
    if (!oidc_error_is(&start.error) && request->claims.is_set)
        HG_TRY(oidc_claims_parse(arena, request->claims.value, &start.claims, &start.error, err));
    *out = start;
    return HG_OK;
}

struct oidc_error oidc_token_method_check(hg_str method, bool is_form)
{
    if (!hg_str_eq(method, HG_STR("POST"))) {
        struct oidc_error error = refused(OIDC_ERROR_METHOD, "verb", method);
        oidc_error_put(&error, "verbs", HG_STR("POST"));
        return error;
    }
    return oidc_error_make(is_form ? OIDC_ERROR_NONE : OIDC_ERROR_REQUEST_MALFORMED);
}
