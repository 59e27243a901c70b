#include "oidc/discovery.h"

#include "base/base.h"
#include "crypto/key.h"
#include "jose/jose.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The document being built. */
struct document {
    struct hg_arena *arena;
    const struct oidc_discovery *of;
    struct hg_json object;
    hg_str segment; /* {t} of the endpoints */
};

static bool offers(const struct document *d, uint32_t what)
{
    return what == 0 || (d->of->offers & what) != 0;
}

/* Endpoints in the order of E0a; {t} paths, but for UserInfo. */
static const struct {
    const char *name, *path;
    uint32_t offer;
} endpoints[] = {
    {"authorization_endpoint", "/oauth2/v2.0/authorize", 0},
    {"token_endpoint", "/oauth2/v2.0/token", 0},
    {"jwks_uri", "/discovery/v2.0/keys", 0},
    {"end_session_endpoint", "/oauth2/v2.0/logout", 0},
    {"device_authorization_endpoint", "/oauth2/v2.0/devicecode", OIDC_OFFER_DEVICE},
    {"introspection_endpoint", "/oauth2/v2.0/introspect", OIDC_OFFER_INTROSPECTION},
    {"revocation_endpoint", "/oauth2/v2.0/revoke", OIDC_OFFER_REVOCATION},
    {"pushed_authorization_request_endpoint", "/oauth2/v2.0/par", OIDC_OFFER_PUSHED},
};

static const struct {
    const char *name, *value;
    uint32_t offer;
} lists[] = {
    {"response_types_supported", "code", 0},
    {"response_modes_supported", "query", 0},
    {"response_modes_supported", "fragment", 0},
    {"response_modes_supported", "form_post", 0},
    {"grant_types_supported", "authorization_code", 0},
    {"grant_types_supported", "refresh_token", 0},
    {"grant_types_supported", "client_credentials", OIDC_OFFER_CLIENT_CREDENTIALS},
    {"grant_types_supported", "urn:ietf:params:oauth:grant-type:device_code", OIDC_OFFER_DEVICE},
    {"grant_types_supported", "urn:ietf:params:oauth:grant-type:jwt-bearer",
     OIDC_OFFER_ON_BEHALF_OF},
    {"subject_types_supported", "pairwise", 0},
    {"id_token_signing_alg_values_supported", "RS256", 0},
    {"id_token_signing_alg_values_supported", "ES256", 0},
    {"token_endpoint_auth_methods_supported", "client_secret_post", 0},
    {"token_endpoint_auth_methods_supported", "client_secret_basic", 0},
    {"token_endpoint_auth_methods_supported", "private_key_jwt", OIDC_OFFER_ASSERTIONS},
    {"token_endpoint_auth_signing_alg_values_supported", "RS256", OIDC_OFFER_ASSERTIONS},
    {"token_endpoint_auth_signing_alg_values_supported", "ES256", OIDC_OFFER_ASSERTIONS},
    {"code_challenge_methods_supported", "S256", 0},
    {"code_challenge_methods_supported", "plain", OIDC_OFFER_PLAIN_PKCE},
    {"scopes_supported", "openid", 0},
    {"scopes_supported", "profile", 0},
    {"scopes_supported", "email", 0},
    {"scopes_supported", "offline_access", 0},
    {"claims_supported", "sub", 0},
    {"claims_supported", "iss", 0},
    {"claims_supported", "aud", 0},
    {"claims_supported", "exp", 0},
    {"claims_supported", "iat", 0},
    {"claims_supported", "auth_time", 0},
    {"claims_supported", "acr", 0},
    {"claims_supported", "amr", 0},
    {"claims_supported", "nonce", 0},
    {"claims_supported", "name", 0},
    {"claims_supported", "given_name", 0},
    {"claims_supported", "family_name", 0},
    {"claims_supported", "preferred_username", 0},
    {"claims_supported", "email", 0},
    {"claims_supported", "oid", 0},
    {"claims_supported", "tid", 0},
    {"claims_supported", "sid", 0},
    {"claims_supported", "login_hint", 0},
    {"claims_supported", "ver", 0},
};

/* Stated even where false: an absent member means true for request_uri. */
static const struct {
    const char *name;
    bool value;
} flags[] = {
    {"authorization_response_iss_parameter_supported", true},
    {"claims_parameter_supported", true},
    {"request_parameter_supported", false},
    {"request_uri_parameter_supported", false},
};

static void put_endpoints(struct document *d)
{
    hg_str base = d->of->base;
    for (size_t i = 0; i < HG_COUNT(endpoints); i++)
        if (offers(d, endpoints[i].offer))
            hg_json_put_str(d->arena, &d->object, endpoints[i].name,
                            hg_str_format(d->arena, "%.*s/%.*s%s", HG_ARG(base), HG_ARG(d->segment),
                                          endpoints[i].path));
    hg_json_put_str(d->arena, &d->object, "userinfo_endpoint",
                    hg_str_format(d->arena, "%.*s/oidc/userinfo", HG_ARG(base)));
}

static void put_lists(struct document *d)
{
    for (size_t i = 0; i < HG_COUNT(lists);) {
        struct hg_json list = hg_json_array();
        const char *name = lists[i].name;
        for (; i < HG_COUNT(lists) && hg_str_eq(hg_str_of(name), hg_str_of(lists[i].name)); i++)
            if (offers(d, lists[i].offer))
                hg_json_push(d->arena, &list, hg_json_z(lists[i].value));
        if (hg_json_count(&list) > 0)
            hg_json_put(d->arena, &d->object, name, list);
    }
}

static hg_str host_of(hg_str base)
{
    size_t slashes = hg_str_find(base, HG_STR("://"));
    return slashes == HG_NPOS ? base : hg_str_from(base, slashes + 3);
}

static hg_str issuer_template(struct hg_arena *arena, hg_str base)
{
    return hg_str_format(arena, "%.*s/{tenantid}/v2.0", HG_ARG(base));
}

enum hg_code oidc_discovery_render(struct hg_arena *arena, const struct oidc_discovery *discovery,
                                   hg_str *out, struct hg_err *err)
{
    bool is_alias = discovery->alias.len > 0;
    struct document d = {.arena = arena,
                         .of = discovery,
                         .object = hg_json_object(),
                         .segment = is_alias ? discovery->alias : discovery->tenant->id};
    hg_str issuer = is_alias ? issuer_template(arena, discovery->base)
                             : hg_str_format(arena, "%.*s/%.*s/v2.0", HG_ARG(discovery->base),
                                             HG_ARG(discovery->tenant->id));
    hg_json_put_str(arena, &d.object, "issuer", issuer);
    put_endpoints(&d);
    put_lists(&d);
    for (size_t i = 0; i < HG_COUNT(flags); i++)
        hg_json_put(arena, &d.object, flags[i].name, hg_json_bool(flags[i].value));
    hg_json_put_str(arena, &d.object, "msgraph_host", host_of(discovery->base));
    return hg_json_render(arena, &d.object, out, err);
}

enum hg_code oidc_discovery_instance(struct hg_arena *arena, hg_str base, hg_str tenant,
                                     hg_str *out, struct hg_err *err)
{
    hg_str host = host_of(base);
    struct hg_json aliases = hg_json_array();
    hg_json_push(arena, &aliases, hg_json_str(host));
    struct hg_json cloud = hg_json_object();
    hg_json_put_str(arena, &cloud, "preferred_network", host);
    hg_json_put_str(arena, &cloud, "preferred_cache", host);
    hg_json_put(arena, &cloud, "aliases", aliases);
    struct hg_json metadata = hg_json_array();
    hg_json_push(arena, &metadata, cloud);

    struct hg_json document = hg_json_object();
    hg_json_put_str(arena, &document, "tenant_discovery_endpoint",
                    hg_str_format(arena, "%.*s/%.*s/v2.0/.well-known/openid-configuration",
                                  HG_ARG(base), HG_ARG(tenant)));
    hg_json_put(arena, &document, "api-version", hg_json_z("1.1"));
    hg_json_put(arena, &document, "metadata", metadata);
    return hg_json_render(arena, &document, out, err);
}

enum hg_code oidc_jwks_render(struct hg_arena *arena, hg_str base,
                              const struct crypto_key *const *keys, size_t n_keys, hg_str *out,
                              struct hg_err *err)
{
    struct jose_jwk *jwks = HG_NEW_ARRAY(arena, struct jose_jwk, n_keys + 1);
    hg_str issuer = issuer_template(arena, base);
    if (jwks == NULL || issuer.len == 0)
        return HG_FAIL(err, HG_NO_MEMORY, "key set");
    for (size_t i = 0; i < n_keys; i++)
        jwks[i] = (struct jose_jwk){.key = keys[i], .issuer = issuer};
    return jose_jwks_render(arena, jwks, n_keys, out, err);
}
