#pragma once

#include "app/app_private.h"
#include "base/base.h"
#include "oidc/scope.h"
#include "policy/policy.h"

/* The one place where the shell asks "may this access happen?". Everything that
 * issues, redeems or predicts fills a struct app_access and calls app_decide(). */
struct app_access {
    const struct model_user *user;
    const struct policy_workload
        *workload;       /* a client that acts as itself, in place of a user; risk aside */
    const hg_str *roles; /* its app roles at the resource */
    size_t n_roles;
    const struct model_application *client;
    bool is_confidential;
    const struct oidc_scopes *scopes; /* resolved: each item knows its resource */
    bool all_resources;               /* a sign-in: every resource asked for */
    size_t which;                     /* a redemption: this one */
    enum model_client_app client_app_type;
    enum model_platform platform;
    struct model_network network;
    bool is_from_snapshot; /* network is what a grant remembers, not where the request is from */
    struct model_device device;
    hg_str proven_device; /* whose key this request showed; "" none */
    bool is_token_bound;  /* what is issued or redeemed is good with that proof only */
    enum model_flow_origin flow_origin;
    uint32_t methods;
    struct model_when mfa_at;
    bool is_interactive;
    hg_str user_agent;
    /* In place of resources: POLICY_ACTION_…; empty: an access to resources. */
    hg_str user_action;
    const hg_str *auth_contexts; /* `acrs` that are asked for beside the resources */
    size_t n_auth_contexts;
    bool password_is_changed;     /* in this session */
    const hg_str *accepted_terms; /* agreements accepted in this very request */
    size_t n_accepted_terms;
    bool with_reasons; /* the verdict's rows are wanted */
};

/* Deny on anything but HG_OK. */
HG_MUST_USE enum hg_code app_decide(struct app_call *call, const struct app_access *access,
                                    struct policy_verdict *out, struct hg_err *err);

/* What is known of a user (NULL: nothing) beside the directory: the own MFA state, and the
 * methods that a sign-in can ask for. The same for an access and for What If. */
void app_facts_of_user(const struct model_user *user, struct policy_facts *facts);

/* What a grant says of whoever uses it now: how it was proved, where from. A confidential
 * client comes from its own machine, so the user's place is where the grant was made
 * (conditional-access.md 3.8), as with `background`. User, client and scopes are the caller's
 * to fill in. */
struct app_access app_access_of_grant(const struct app_call *call, const struct model_grant *grant,
                                      bool background);

/* Then, the device: of the snapshot, or as it now is where the user's own device redeems; of
 * the proof, where the grant knows none. *is_lost: the grant's was deleted or disabled, or its
 * tokens are bound to one that did not prove itself (AADSTS50097). */
HG_MUST_USE enum hg_code app_access_take_device(struct app_call *call,
                                                const struct model_grant *grant, bool background,
                                                struct app_access *access, bool *is_lost,
                                                struct hg_err *err);

/* The resource an access is for, as sign-in rows and error texts name it. */
const struct model_application *app_access_resource(const struct app_access *access);

/* Looks up scopes->identifiers, Graph when there are none; found[i] is NULL where there is
 * no such resource. */
HG_MUST_USE enum hg_code app_resources_find(struct app_call *call, const struct oidc_scopes *scopes,
                                            const struct model_application *const **out,
                                            struct hg_err *err);
