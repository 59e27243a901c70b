#include "oidc/app_only.h"

#include "base/base.h"
#include "model/model.h"
#include "oidc/client_auth.h"
#include "oidc/error.h"
#include "oidc/scope.h"
#include "oidc/token.h"

#include <stdbool.h>
#include <stddef.h>

static struct oidc_error refused_scope(enum oidc_error_id id, hg_str scope)
{
    struct oidc_error error = oidc_error_make(id);
    oidc_error_put(&error, "scope", scope);
    return error;
}

/* All that a client holds at one resource: there is nobody to agree to a part of it, and no ID
 * token or refresh token that an OIDC scope could stand for. */
static struct oidc_error check_scopes(const struct oidc_scopes *scopes, hg_str text)
{
    if (scopes->n == 0 || scopes->oidc != 0)
        return refused_scope(OIDC_ERROR_SCOPE, text);
    for (size_t i = 0; i < scopes->n; i++)
        if (!scopes->items[i].is_default)
            return refused_scope(OIDC_ERROR_SCOPE_NOT_DEFAULT, scopes->items[i].text);
    return scopes->n_resources > 1 ? refused_scope(OIDC_ERROR_SCOPE_SPANS, text)
                                   : oidc_error_make(OIDC_ERROR_NONE);
}

enum hg_code oidc_app_only_identify(struct hg_arena *arena,
                                    const struct oidc_token_request *request,
                                    const struct oidc_client *authenticated, bool is_alias,
                                    struct oidc_app_only *out, struct hg_err *err)
{
    struct oidc_app_only answer = {.scopes = {.n = 0}};
    hg_str text = request->scope.value;
    if (is_alias) {
        answer.error = oidc_error_make(OIDC_ERROR_TENANT_NOT_NAMED);
    } else if (!authenticated->is_confidential) {
        answer.error = oidc_error_make(OIDC_ERROR_CREDENTIAL_MISSING);
    } else {
        HG_TRY(oidc_scopes_parse(arena, text, &answer.scopes, &answer.error, err));
        if (!oidc_error_is(&answer.error))
            answer.error = check_scopes(&answer.scopes, text);
    }
    *out = answer;
    return HG_OK;
}

enum hg_code oidc_app_only_resolve(struct hg_arena *arena, hg_str tenant_name,
                                   const struct model_application *const *found,
                                   struct oidc_app_only *app_only, struct hg_err *err)
{
    return oidc_scopes_resolve(arena, &app_only->scopes, found, tenant_name, &app_only->error, err);
}

enum hg_code oidc_app_only_decide(struct hg_arena *arena, const struct oidc_app_only_facts *facts,
                                  struct oidc_app_only *app_only, struct hg_err *err)
{
    const struct model_application *resource = app_only->scopes.resources[0];
    if (resource->needs_assignment && !facts->is_assigned) {
        struct oidc_error error = oidc_error_make(OIDC_ERROR_CLIENT_NOT_ASSIGNED);
        oidc_error_put(&error, "client", facts->client->app_id);
        oidc_error_put(&error, "client_name", facts->client->display_name);
        oidc_error_put(&error, "resource", resource->display_name);
        app_only->error = error;
        return HG_OK;
    }
    if (facts->policy.aadsts == 0)
        return HG_OK;
    return oidc_refusal_error(arena, &facts->policy, resource->display_name, &app_only->error, err);
}
