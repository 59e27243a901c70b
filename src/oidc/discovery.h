#pragma once

#include "base/base.h"
#include "crypto/key.h"
#include "model/model.h"

/* Discovery (protocol.md E0). */

enum oidc_discovery_form { OIDC_DISCOVERY_V2, OIDC_DISCOVERY_V1 };

struct oidc_discovery {
    hg_str base;
    enum oidc_discovery_form form; /* by path: /v2.0/.well-known/… or /.well-known/… */
    hg_str alias; /* "common", "organizations": issuer with {tenantid}, endpoints of the alias */
    const struct model_tenant *tenant; /* with an alias: unused */
};

/* openid-configuration, also served at the RFC 8414 path. */
HG_MUST_USE enum hg_code oidc_discovery_render(struct hg_arena *arena,
                                               const struct oidc_discovery *discovery, hg_str *out,
                                               struct hg_err *err);

/* GET /common/discovery/instance (E0c): this host is its only alias. */
HG_MUST_USE enum hg_code oidc_discovery_instance(struct hg_arena *arena, hg_str base, hg_str tenant,
                                                 hg_str *out, struct hg_err *err);

/* The key set, each key with the issuer template {base}/{tenantid}/v2.0 (E0d). Keys that
 * sign now come first, then the next one and the ones still trusted. */
HG_MUST_USE enum hg_code oidc_jwks_render(struct hg_arena *arena, hg_str base,
                                          const struct crypto_key *const *keys, size_t n_keys,
                                          hg_str *out, struct hg_err *err);
