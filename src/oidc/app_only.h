#pragma once

#include "base/base.h"
#include "model/model.h"
#include "oidc/client_auth.h"
#include "oidc/error.h"
#include "oidc/scope.h"
#include "oidc/token.h"

/* grant_type=client_credentials (protocol.md E2.3): a client asks for a token that it acts
 * with as itself.
 *
 *   oidc_app_only_identify()   what it may ask for; app looks up the resource
 *   oidc_app_only_resolve()    the resource; app loads app roles and asks policy
 *   oidc_app_only_decide()     assignment, policy
 *   oidc_mint()                without a user (mint.h) */

struct oidc_app_only {
    struct oidc_error error;
    struct oidc_scopes scopes; /* one resource, by its `.default` */
};

/* `is_alias`: the path names no tenant ("common"). `authenticated` is without an error. */
HG_MUST_USE enum hg_code oidc_app_only_identify(struct hg_arena *arena,
                                                const struct oidc_token_request *request,
                                                const struct oidc_client *authenticated,
                                                bool is_alias, struct oidc_app_only *out,
                                                struct hg_err *err);
/* `found` answers scopes.identifiers; NULL in it: there is no such resource. */
HG_MUST_USE enum hg_code oidc_app_only_resolve(struct hg_arena *arena, hg_str tenant_name,
                                               const struct model_application *const *found,
                                               struct oidc_app_only *app_only, struct hg_err *err);

struct oidc_app_only_facts {
    const struct model_application *client;
    bool is_assigned; /* the client holds an app role of the resource, or its default one */
    struct oidc_refusal policy;
};
HG_MUST_USE enum hg_code oidc_app_only_decide(struct hg_arena *arena,
                                              const struct oidc_app_only_facts *facts,
                                              struct oidc_app_only *app_only, struct hg_err *err);
