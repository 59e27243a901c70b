#pragma once

/* The small world of these tests: one tenant, two resources, four clients. */

#include "model/model.h"
#include "oidc/params.h"
#include "unit/test.h"

static const hg_str world_base = HG_LIT("https://localhost:8443");
static const hg_str world_issuer =
    HG_LIT("https://localhost:8443/11111111-1111-4111-8111-111111111111/v2.0");

static const struct model_tenant world_tenant = {
    .id = HG_LIT("11111111-1111-4111-8111-111111111111"),
    .domain = HG_LIT("contoso.test"),
    .display_name = HG_LIT("Contoso"),
};

static const hg_str graph_uris[] = {HG_LIT("https://graph.localhost")};
static const hg_str graph_scopes[] = {HG_LIT("User.Read"), HG_LIT("Mail.Read"),
                                      HG_LIT("Files.Read")};
static const struct model_application world_graph = {
    .app_id = HG_LIT("00000003-0000-0000-c000-000000000000"),
    .display_name = HG_LIT("Microsoft Graph"),
    .enabled = true,
    .identifier_uris = graph_uris,
    .n_identifier_uris = 1,
    .scopes = graph_scopes,
    .n_scopes = 3,
    .token_version = 1,
};

static const hg_str orders_uris[] = {HG_LIT("api://orders"), HG_LIT("https://orders.test/")};
static const hg_str orders_scopes[] = {HG_LIT("read"), HG_LIT("write")};
static const struct model_application world_orders = {
    .app_id = HG_LIT("22222222-2222-4222-8222-222222222222"),
    .display_name = HG_LIT("Orders"),
    .enabled = true,
    .identifier_uris = orders_uris,
    .n_identifier_uris = 2,
    .scopes = orders_scopes,
    .n_scopes = 2,
    .token_version = 2,
};

static const hg_str web_uris[] = {HG_LIT("https://app.test/cb"),
                                  HG_LIT("http://localhost:3000/cb")};
static const struct model_application world_web = {
    .app_id = HG_LIT("33333333-3333-4333-8333-333333333333"),
    .display_name = HG_LIT("Shop"),
    .enabled = true,
    .redirect_uris = web_uris,
    .n_redirect_uris = 2,
};

static const hg_str spa_uris[] = {HG_LIT("https://spa.test")};
static const struct model_application world_spa = {
    .app_id = HG_LIT("44444444-4444-4444-8444-444444444444"),
    .display_name = HG_LIT("Browser app"),
    .enabled = true,
    .is_public = true,
    .spa_redirect_uris = spa_uris,
    .n_spa_redirect_uris = 1,
};

static const hg_str public_uris[] = {HG_LIT("http://localhost"), HG_LIT("msal4444://auth")};
static const struct model_application world_desktop = {
    .app_id = HG_LIT("55555555-5555-4555-8555-555555555555"),
    .display_name = HG_LIT("Desktop"),
    .enabled = true,
    .is_public = true,
    .is_multi_tenant = true,
    .public_redirect_uris = public_uris,
    .n_public_redirect_uris = 2,
};

static const struct model_application world_disabled = {
    .app_id = HG_LIT("66666666-6666-4666-8666-666666666666"),
    .display_name = HG_LIT("Old app"),
    .redirect_uris = web_uris,
    .n_redirect_uris = 1,
};

static inline hg_time world_now(int64_t plus_seconds)
{
    return hg_time_add((hg_time){.us = INT64_C(1764000000) * 1000000}, HG_SECONDS(plus_seconds));
}

static inline const struct model_application *world_resource(hg_str identifier)
{
    static const struct model_application *const known[] = {&world_graph, &world_orders};
    for (size_t i = 0; i < HG_COUNT(known); i++) {
        if (identifier.len == 0 || hg_str_eq_nocase(known[i]->app_id, identifier))
            return identifier.len == 0 ? &world_graph : known[i];
        for (size_t u = 0; u < known[i]->n_identifier_uris; u++)
            if (hg_str_eq(known[i]->identifier_uris[u], identifier))
                return known[i];
    }
    return NULL;
}

/* "name=value&name=value" without escapes, as parameters. */
static inline struct oidc_params world_params(struct hg_arena *arena, const char *text)
{
    struct oidc_param *items = HG_NEW_ARRAY(arena, struct oidc_param, 64);
    assert_non_null(items);
    size_t n = 0;
    hg_str rest = hg_str_of(text);
    hg_str field;
    while (n < 64 && hg_str_field(&rest, '&', &field)) {
        (void)hg_str_cut(field, '=', &items[n].name, &items[n].value);
        n++;
    }
    return (struct oidc_params){.items = items, .n = n};
}

static inline int world_start(void **state)
{
    *state = test_arena();
    return 0;
}

static inline int world_end(void **state)
{
    hg_arena_free(*state);
    return 0;
}
