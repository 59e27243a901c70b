#pragma once

#include "base/base.h"
#include "crypto/key.h"
#include "model/model.h"

/* Discovery (protocol.md E0). */

/* What the server routes besides authorize, token, keys, logout and userinfo. */
enum oidc_offer {
    OIDC_OFFER_DEVICE = 1u << 0,
    OIDC_OFFER_CLIENT_CREDENTIALS = 1u << 1,
    OIDC_OFFER_ON_BEHALF_OF = 1u << 2,
    OIDC_OFFER_ASSERTIONS = 1u << 3, /* private_key_jwt */
    OIDC_OFFER_INTROSPECTION = 1u << 4,
    OIDC_OFFER_REVOCATION = 1u << 5,
    OIDC_OFFER_PUSHED = 1u << 6,
    OIDC_OFFER_PLAIN_PKCE = 1u << 7,
};

struct oidc_discovery {
    hg_str base;
    hg_str alias; /* "common", "organizations": issuer with {tenantid}, endpoints of the alias */
    const struct model_tenant *tenant; /* with an alias: unused */
    uint32_t offers;                   /* enum oidc_offer */
};

/* openid-configuration: the same document at /{t}/v2.0/.well-known, /{t}/.well-known and
 * the RFC 8414 path. */
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
