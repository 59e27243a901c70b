#pragma once

#include "base/base.h"
#include "model/model.h"
#include "oidc/error.h"

/* Scope strings (protocol.md E1, fact 16): the OIDC scopes, and permissions of
 * resources as `api://app/name`, `https://host/name`, a bare name (Graph's) or
 * `<resource>/.default`. Answers repeat the caller's spelling. */

enum oidc_scope_bit {
    OIDC_SCOPE_OPENID = 1u << 0,
    OIDC_SCOPE_PROFILE = 1u << 1,
    OIDC_SCOPE_EMAIL = 1u << 2,
    OIDC_SCOPE_OFFLINE = 1u << 3,
    OIDC_SCOPE_ADDRESS = 1u << 4,
    OIDC_SCOPE_PHONE = 1u << 5,
};

enum { OIDC_MAX_SCOPES = 200, OIDC_MAX_SCOPE_RESOURCES = 20 };

/* One permission as it was asked for. */
struct oidc_scope {
    hg_str text;     /* as written: "https://graph.example/User.Read" */
    hg_str resource; /* the part before the name: "https://graph.example"; bare: "" */
    hg_str name;     /* "User.Read", ".default" */
    bool is_default;
    size_t of; /* index into oidc_scopes.resources; set by oidc_scopes_resolve() */
};

struct oidc_scopes {
    uint32_t oidc; /* enum oidc_scope_bit */
    const struct oidc_scope *items;
    size_t n;
    hg_str oidc_text; /* the OIDC scopes as written, blank-separated */

    /* The distinct resource identifiers in order of appearance, "" being Graph: what
     * `app` looks up. After resolving, resources[i] answers identifiers[i]. */
    const hg_str *identifiers;
    const struct model_application *const *resources;
    size_t n_resources;
};

/* Splits and sorts; looks nothing up. *error is set (70011) for a malformed or too
 * long list; the code only tells about memory. Repeats are dropped. */
HG_MUST_USE enum hg_code oidc_scopes_parse(struct hg_arena *arena, hg_str text,
                                           struct oidc_scopes *out, struct oidc_error *error,
                                           struct hg_err *err);

/* `found[i]` answers scopes->identifiers[i]; NULL: the tenant has no such resource
 * (500011). Two spellings of one resource become one. Unknown names are 650053, a
 * `.default` beside a named scope of the same resource 70011. */
HG_MUST_USE enum hg_code oidc_scopes_resolve(struct hg_arena *arena, struct oidc_scopes *scopes,
                                             const struct model_application *const *found,
                                             hg_str tenant_name, struct oidc_error *error,
                                             struct hg_err *err);

/* Is `identifier` (an App ID URI, a trailing slash aside, or an appId) a name of it? */
bool oidc_scope_names(const struct model_application *resource, hg_str identifier);

/* What has been agreed to, for the tenant or by the user: a resource's appId and scope
 * names, blank-separated. */
struct oidc_consent {
    hg_str resource;
    hg_str scopes;
};
struct oidc_consents {
    const struct oidc_consent *items;
    size_t n;
};

/* The scopes not covered, per resource in the order of `scopes`; out->n == 0: none.
 * `required` is the client's registered permissions, which `.default` stands for. OIDC
 * scopes are permissions of Graph, agreed to along with anything else (as the documented
 * service has it). A first-party client needs no consent. */
struct oidc_missing {
    const struct oidc_consent *items;
    size_t n;
};
struct oidc_consent_question {
    const struct model_application *client;
    const struct oidc_scopes *scopes;
    struct oidc_consents given;
    struct oidc_consents required;
};
HG_MUST_USE enum hg_code oidc_consent_missing(struct hg_arena *arena,
                                              const struct oidc_consent_question *question,
                                              struct oidc_missing *out, struct hg_err *err);

/* The names behind what is asked for at one resource, blank-separated: named scopes are
 * themselves, `.default` is all that was agreed to and all that consent would be asked for.
 * What policy has to look at; never fewer than a token would carry. */
HG_MUST_USE enum hg_code oidc_scopes_meant(struct hg_arena *arena,
                                           const struct oidc_consent_question *question,
                                           size_t which, hg_str *out, struct hg_err *err);

/* Is there one among the missing that only an administrator agrees to? */
bool oidc_consent_needs_admin(const struct oidc_scopes *scopes, const struct oidc_missing *missing);

/* What one access token carries: the granted names for `scp` and the token response's
 * `scope` in the caller's spelling. `which` indexes scopes->resources; with no resource
 * at all (OIDC scopes alone) pass 0. */
struct oidc_granted {
    hg_str scp;
    hg_str text;
};
HG_MUST_USE enum hg_code oidc_scopes_grant(struct hg_arena *arena,
                                           const struct oidc_consent_question *question,
                                           size_t which, struct oidc_granted *out,
                                           struct hg_err *err);

/* Graph's appId: the resource of bare names and of requests with OIDC scopes alone. */
extern const hg_str oidc_graph_id;
