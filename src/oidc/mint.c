#include "oidc/mint.h"

#include "base/base.h"
#include "crypto/key.h"
#include "jose/jose.h"
#include "model/model.h"
#include "oidc/scope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_GROUPS = 200, REFRESH_HINT_FROM = 7200 };
static const hg_dur id_lifetime = {.us = (int64_t)3600 * 1000000};

/* The claims of one token being built. */
struct claims {
    struct hg_arena *arena;
    const struct oidc_mint *mint;
    struct hg_json object;
};

static void put(struct claims *c, const char *name, hg_str value)
{
    if (value.len > 0)
        hg_json_put_str(c->arena, &c->object, name, value);
}

static void put_time(struct claims *c, const char *name, hg_time t)
{
    hg_json_put(c->arena, &c->object, name, hg_json_int(hg_time_seconds(t)));
}

static void put_list(struct claims *c, const char *name, const hg_str *items, size_t n)
{
    struct hg_json list = hg_json_array();
    for (size_t i = 0; i < n; i++)
        hg_json_push(c->arena, &list, hg_json_str(items[i]));
    if (n > 0)
        hg_json_put(c->arena, &c->object, name, list);
}

static void put_words(struct claims *c, const char *name, hg_str words)
{
    struct hg_json list = hg_json_array();
    hg_str word;
    while (hg_str_field(&words, ' ', &word))
        hg_json_push(c->arena, &list, hg_json_str(word));
    if (hg_json_count(&list) > 0)
        hg_json_put(c->arena, &c->object, name, list);
}

static bool is_app_only(const struct oidc_mint *mint)
{
    return mint->user == NULL;
}

static bool is_v1(const struct oidc_mint *mint)
{
    return mint->resource->token_version == 1;
}

static void put_issuer(struct claims *c, bool v1)
{
    const struct oidc_mint *mint = c->mint;
    put(c, "iss",
        hg_str_format(c->arena, v1 ? "%.*s/%.*s/" : "%.*s/%.*s/v2.0", HG_ARG(mint->base),
                      HG_ARG(mint->tenant->id)));
}

static void put_times(struct claims *c, hg_time expires)
{
    put_time(c, "iat", c->mint->now);
    put_time(c, "nbf", c->mint->now);
    put_time(c, "exp", expires);
}

static void put_subject(struct claims *c)
{
    const struct oidc_mint *mint = c->mint;
    bool app_only = is_app_only(mint);
    put(c, "oid", app_only ? mint->service_principal : mint->user->id);
    put(c, "sub", app_only ? mint->service_principal : mint->sub);
    put(c, "tid", mint->tenant->id);
    put(c, "sid", mint->sid);
    put(c, "uti", mint->uti);
}

static void put_authentication(struct claims *c)
{
    const struct oidc_mint *mint = c->mint;
    if (is_app_only(mint))
        return;
    put_time(c, "auth_time", mint->auth_at);
    put_words(c, "amr", mint->amr);
}

/* Past MAX_GROUPS a token says where to ask (protocol.md part 2). */
static void put_overage(struct claims *c)
{
    const struct oidc_mint *mint = c->mint;
    struct hg_json source = hg_json_object();
    hg_json_put_str(c->arena, &source, "endpoint",
                    hg_str_format(c->arena, "%.*s/v1.0/users/%.*s/getMemberObjects",
                                  HG_ARG(mint->base), HG_ARG(mint->user->id)));
    struct hg_json sources = hg_json_object();
    hg_json_put(c->arena, &sources, "src1", source);
    struct hg_json names = hg_json_object();
    hg_json_put(c->arena, &names, "groups", hg_json_z("src1"));
    hg_json_put(c->arena, &c->object, "_claim_names", names);
    hg_json_put(c->arena, &c->object, "_claim_sources", sources);
}

static void put_directory(struct claims *c)
{
    const struct oidc_mint *mint = c->mint;
    put_list(c, "roles", mint->roles, mint->n_roles);
    if (is_app_only(mint))
        return;
    if (mint->wants_wids)
        put_list(c, "wids", mint->user->roles, mint->user->n_roles);
    if (!mint->wants_groups)
        return;
    if (mint->user->n_groups > MAX_GROUPS)
        put_overage(c);
    else
        put_list(c, "groups", mint->user->groups, mint->user->n_groups);
}

static enum hg_code sign(struct claims *c, const struct crypto_key *key, const char *typ,
                         hg_str *out, struct hg_err *err)
{
    const struct jose_header header = {.typ = hg_str_of(typ)};
    hg_str payload;
    HG_TRY(hg_json_render(c->arena, &c->object, &payload, err));
    return jose_sign(c->arena, key, &header, payload, out, err);
}

static void put_access_v1(struct claims *c)
{
    const struct oidc_mint *mint = c->mint;
    put(c, "aud", mint->audience.len > 0 ? mint->audience : mint->resource->app_id);
    put(c, "appid", mint->client->app_id);
    put(c, "appidacr", mint->client_acr);
    put(c, "ver", HG_STR("1.0"));
    if (is_app_only(mint))
        return;
    put(c, "acr", HG_STR("1"));
    put(c, "name", mint->user->display_name);
    put(c, "unique_name", mint->user->upn);
    put(c, "upn", mint->user->upn);
}

/* jti and client_id beside uti and azp: RFC 9068 §2.2. */
static void put_access_v2(struct claims *c)
{
    const struct oidc_mint *mint = c->mint;
    put(c, "aud", mint->resource->app_id);
    put(c, "azp", mint->client->app_id);
    put(c, "azpacr", mint->client_acr);
    put(c, "client_id", mint->client->app_id);
    put(c, "jti", mint->uti);
    put(c, "ver", HG_STR("2.0"));
    if (is_app_only(mint))
        return;
    put(c, "acr", mint->acr);
    put(c, "name", mint->user->display_name);
    put(c, "preferred_username", mint->user->upn);
}

static enum hg_code access_token(struct hg_arena *arena, const struct oidc_mint *mint,
                                 hg_time expires, hg_str *out, struct hg_err *err)
{
    static const hg_str capable = HG_LIT("cp1");
    bool v1 = is_v1(mint);
    struct claims c = {.arena = arena, .mint = mint, .object = hg_json_object()};
    put_issuer(&c, v1);
    put_times(&c, expires);
    if (v1)
        put_access_v1(&c);
    else
        put_access_v2(&c);
    put_subject(&c);
    put_authentication(&c);
    put_directory(&c);
    if (is_app_only(mint))
        put(&c, "idtyp", HG_STR("app"));
    else
        put(&c, "scp", mint->scp);
    put_list(&c, "acrs", mint->acrs, mint->n_acrs);
    if (mint->is_capable)
        put_list(&c, "xms_cc", &capable, 1);
    return sign(&c, mint->access_key, v1 ? "JWT" : "at+jwt", out, err);
}

static enum hg_code id_token(struct hg_arena *arena, const struct oidc_mint *mint, hg_str *out,
                             struct hg_err *err)
{
    static const hg_str kept = HG_LIT("kmsi");
    struct claims c = {.arena = arena, .mint = mint, .object = hg_json_object()};
    hg_dur lifetime = mint->id_lifetime.us > 0 ? mint->id_lifetime : id_lifetime;
    put_issuer(&c, false);
    put(&c, "aud", mint->client->app_id);
    put_times(&c, hg_time_add(mint->now, lifetime));
    put_subject(&c);
    put_authentication(&c);
    put(&c, "acr", mint->acr);
    if (mint->oidc & OIDC_SCOPE_PROFILE) {
        put(&c, "name", mint->user->display_name);
        put(&c, "preferred_username", mint->user->upn);
    }
    if (mint->oidc & OIDC_SCOPE_EMAIL)
        put(&c, "email", mint->user->mail);
    if (mint->has_nonce) /* exactly when it was asked: a surplus one is an error (fact 17) */
        hg_json_put_str(arena, &c.object, "nonce", mint->nonce);
    put(&c, "login_hint", mint->login_hint);
    if (mint->is_persistent)
        put_list(&c, "signin_state", &kept, 1);
    if (hg_str_eq_nocase(mint->resource->app_id, mint->client->app_id))
        put_list(&c, "roles", mint->roles, mint->n_roles);
    put(&c, "ver", HG_STR("2.0"));
    return sign(&c, mint->id_key, "JWT", out, err);
}

enum hg_code oidc_mint(struct hg_arena *arena, const struct oidc_mint *mint,
                       struct oidc_tokens *out, struct hg_err *err)
{
    HG_ASSERT(!mint->wants_id_token || mint->user != NULL);
    struct oidc_tokens tokens = {.expires = hg_time_add(mint->now, mint->lifetime)};
    tokens.expires_in = hg_time_seconds(tokens.expires) - hg_time_seconds(mint->now);
    HG_TRY(access_token(arena, mint, tokens.expires, &tokens.access_token, err));
    if (mint->wants_id_token)
        HG_TRY(id_token(arena, mint, &tokens.id_token, err));
    *out = tokens;
    return HG_OK;
}

enum hg_code oidc_token_answer(struct hg_arena *arena, const struct oidc_token_answer *answer,
                               hg_str *out, struct hg_err *err)
{
    const struct oidc_tokens *tokens = answer->tokens;
    struct claims c = {.arena = arena, .object = hg_json_object()};
    put(&c, "token_type", HG_STR("Bearer"));
    put(&c, "scope", answer->scope);
    hg_json_put(arena, &c.object, "expires_in", hg_json_int(tokens->expires_in));
    hg_json_put(arena, &c.object, "ext_expires_in", hg_json_int(tokens->expires_in));
    if (tokens->expires_in > REFRESH_HINT_FROM)
        hg_json_put(arena, &c.object, "refresh_in", hg_json_int(tokens->expires_in / 2));
    put(&c, "access_token", tokens->access_token);
    put(&c, "refresh_token", answer->refresh_token);
    if (answer->has_refresh_end)
        hg_json_put(arena, &c.object, "refresh_token_expires_in",
                    hg_json_int(answer->refresh_expires_in));
    put(&c, "id_token", tokens->id_token);
    put(&c, "client_info", answer->client_info);
    return hg_json_render(arena, &c.object, out, err);
}
