#pragma once

#include "base/base.h"
#include "model/model.h"
#include "oidc/error.h"
#include "oidc/params.h"

/* Client authentication at the token endpoint (protocol.md E2): exactly one of Basic,
 * client_secret, client_assertion, and none for public clients. Secrets are compared
 * and signatures verified elsewhere; their results come in as values. */

enum oidc_client_method {
    OIDC_CLIENT_NONE,
    OIDC_CLIENT_SECRET_POST,
    OIDC_CLIENT_SECRET_BASIC,
    OIDC_CLIENT_ASSERTION,
};

/* What the request presents. */
struct oidc_credentials {
    struct oidc_text client_id, client_secret, client_assertion, client_assertion_type;
    bool has_basic; /* an Authorization: Basic field; both halves form-decoded */
    hg_str basic_id, basic_secret;
    bool has_origin; /* the request carries Origin */
};

/* Which client is speaking, before anything is known about it: Basic's name, else
 * client_id, else the assertion's sub (which `app` read). */
hg_str oidc_client_named(const struct oidc_credentials *credentials);
/* Which secret is to be compared, "" when none was presented. */
hg_str oidc_client_secret(const struct oidc_credentials *credentials);

enum oidc_secret_result {
    OIDC_SECRET_UNKNOWN, /* matches none of the application's */
    OIDC_SECRET_MATCHES,
    OIDC_SECRET_EXPIRED, /* matches one that has ended */
};

/* A client assertion as `app` verified it (RFC 7523). */
struct oidc_assertion {
    bool signature_ok; /* by a key registered for the client, with an asymmetric alg */
    hg_str claims;     /* its payload, JSON */
    bool jti_is_used;
};

struct oidc_client_facts {
    const struct model_application *client; /* NULL: unknown */
    hg_str tenant_name;
    bool has_credentials; /* a secret or key is registered for it */
    enum oidc_secret_result secret;
    const struct oidc_assertion *assertion; /* NULL: none presented */
    const hg_str *audiences;                /* accepted aud values: issuer and token endpoints */
    size_t n_audiences;
    hg_time now;
};

struct oidc_client {
    struct oidc_error error;
    bool needs_basic_challenge; /* WWW-Authenticate: Basic (the client used it and failed) */
    enum oidc_client_method method;
    bool is_confidential; /* proved itself: azpacr 1 or 2 */
    bool has_credentials; /* of the facts: it could have */
    hg_str jti;           /* of a good assertion, to be stored until jti_until */
    hg_time jti_until;
};
HG_MUST_USE enum hg_code oidc_client_check(struct hg_arena *arena,
                                           const struct oidc_credentials *credentials,
                                           const struct oidc_client_facts *facts,
                                           struct oidc_client *out, struct hg_err *err);
/* "0", "1" or "2": azpacr, appidacr. */
hg_str oidc_client_acr(enum oidc_client_method method);
