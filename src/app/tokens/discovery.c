#include "oidc/discovery.h"

#include "app/app_private.h"
#include "app/directory/tenants.h"
#include "app/pages.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "http/http.h"
#include "oidc/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Discovery, keys and the lookup of errors: open documents (protocol.md E0, E11). */

enum { MAX_KEYS = 16 };

/* The same for everyone, so it has no ids of a request. A new key is published long
 * before it signs: a second more does not matter, on whichever node it was made. */
static void answer_public(struct app_call *call, hg_str json)
{
    *call->response = (struct http_response){.lasts = HG_SECONDS(1)};
    http_respond(call->response, 200, "application/json; charset=utf-8", json);
    http_set_field(call->response, "Cache-Control", HG_STR("max-age=3600, private"));
    http_set_field(call->response, "Access-Control-Allow-Origin", HG_STR("*"));
}

static hg_str alias_of(const struct app_call *call)
{
    hg_str name = hg_str_lower(call->arena, app_param(call, "tenant"));
    return hg_str_eq(name, HG_STR("common")) || hg_str_eq(name, HG_STR("organizations"))
               ? name
               : HG_STR("");
}

enum hg_code app_discovery(struct app_call *call, struct hg_err *err)
{
    const struct oidc_discovery discovery = {
        .base = call->app->config.base_url,
        .alias = alias_of(call),
        .tenant = &call->tenant->tenant,
        .offers = OIDC_OFFER_CLIENT_CREDENTIALS,
    };
    hg_str json;
    HG_TRY(oidc_discovery_render(call->arena, &discovery, &json, err));
    answer_public(call, json);
    return HG_OK;
}

enum hg_code app_discovery_instance(struct app_call *call, struct hg_err *err)
{
    HG_TRY(app_snapshot_first(call->app, &call->tenant, err));
    hg_str json;
    HG_TRY(oidc_discovery_instance(call->arena, call->app->config.base_url, call->tenant->tenant.id,
                                   &json, err));
    answer_public(call, json);
    return HG_OK;
}

enum hg_code app_jwks(struct app_call *call, struct hg_err *err)
{
    const struct crypto_key *keys[MAX_KEYS];
    size_t n = 0;
    for (size_t i = 0; i < call->tenant->n_keys && n < MAX_KEYS; i++)
        keys[n++] = call->tenant->keys[i].owned;
    hg_str json;
    HG_TRY(oidc_jwks_render(call->arena, call->app->config.base_url, keys, n, &json, err));
    answer_public(call, json);
    return HG_OK;
}

/* A text as it was sent, without what it was sent about: nobody knows that here. */
static hg_str general_text(struct hg_arena *arena, const char *text)
{
    hg_str rest = hg_str_of(text);
    hg_str plain;
    hg_str name;
    struct hg_buf buf = hg_buf_new(arena, 4 * (rest.len + 1));
    while (hg_str_cut(rest, '{', &plain, &rest)) {
        hg_buf_str(&buf, plain);
        hg_buf_z(&buf, "…");
        (void)hg_str_cut(rest, '}', &name, &rest);
    }
    hg_buf_str(&buf, plain);
    return hg_buf_view(&buf);
}

/* GET /error?code=50076: what a number means. The texts are those that were sent, in English. */
enum hg_code app_error_lookup(struct app_call *call, struct hg_err *err)
{
    struct http_form query;
    struct oidc_error_rows rows = {.n = 0};
    hg_str texts[OIDC_ERROR_LOOKUP_ROWS];
    if (!app_query(call, &query))
        return HG_OK;
    bool is_known = oidc_error_lookup(http_form_or(&query, "code", ""), &rows);
    for (size_t i = 0; i < rows.n; i++)
        texts[i] = general_text(call->arena, rows.items[i]->text);
    struct app_page page = {
        .template = "lookup",
        .status = is_known ? 200 : 404,
        .title = "lookup.title",
        .list = {.name = "meanings", .items = texts, .n = rows.n},
    };
    if (is_known)
        app_page_put(&page, "number",
                     hg_str_format(call->arena, "AADSTS%u", rows.items[0]->aadsts));
    else
        app_page_put_text(&page, "unknown", "lookup.unknown");
    return app_page_render(call, &page, err);
}
