/* The token and logout endpoints: "name=value&…" without escapes, and the same bytes as the
 * payload of an assertion, an access token and an id_token_hint. A request that is not refused
 * has all that its grant needs, and a sign-out leads to registered addresses alone. */

#include "base/base.h"
#include "model/model.h"
#include "oidc/client_auth.h"
#include "oidc/logout.h"
#include "oidc/token.h"
#include "oidc/userinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_PARAMS = 64 };

static const hg_str uris[] = {HG_LIT("https://app.test/out")};
static const struct model_application client = {
    .app_id = HG_LIT("c"), .enabled = true, .post_logout_uris = uris, .n_post_logout_uris = 1};
static const struct model_tenant tenant = {.id = HG_LIT("t"), .display_name = HG_LIT("T")};

static struct oidc_params params_of(struct hg_arena *arena, hg_str text)
{
    struct oidc_param *items = HG_NEW_ARRAY(arena, struct oidc_param, MAX_PARAMS);
    HG_ASSERT(items != NULL);
    size_t n = 0;
    hg_str field;
    while (n < MAX_PARAMS && hg_str_field(&text, '&', &field)) {
        (void)hg_str_cut(field, '=', &items[n].name, &items[n].value);
        n++;
    }
    return (struct oidc_params){.items = items, .n = n};
}

static void check_token(struct hg_arena *arena, const struct oidc_params *params)
{
    struct oidc_token_request request;
    struct oidc_token_start start;
    oidc_token_parse(params, &request);
    HG_ASSERT(oidc_token_check(arena, &request, &start, NULL) == HG_OK);
    if (oidc_error_is(&start.error))
        return;
    HG_ASSERT(start.grant == OIDC_GRANT_CODE ? request.code.is_set : request.refresh_token.is_set);
    struct oidc_client proved = {.is_confidential = true};
    const struct oidc_redeem_facts facts = {
        .tenant = tenant.id, .client = &client, .authenticated = &proved};
    struct oidc_redeem redeem;
    HG_ASSERT(oidc_redeem_identify(arena, start.grant, &request, &facts, &redeem, NULL) == HG_OK);
    HG_ASSERT(oidc_error_is(&redeem.error)); /* there is no such code and no such token */
}

static void check_client(struct hg_arena *arena, const struct oidc_params *params, hg_str payload)
{
    struct oidc_token_request request;
    struct oidc_client proved;
    oidc_token_parse(params, &request);
    const struct oidc_assertion assertion = {.signature_ok = true, .claims = payload};
    const struct oidc_client_facts facts = {.client = &client,
                                            .has_credentials = true,
                                            .assertion = &assertion,
                                            .audiences = uris,
                                            .n_audiences = 1,
                                            .now = {1795522800000000}};
    HG_ASSERT(oidc_client_check(arena, &request.credentials, &facts, &proved, NULL) == HG_OK);
    bool proves = proved.method == OIDC_CLIENT_ASSERTION && proved.jti.len > 0;
    HG_ASSERT(oidc_error_is(&proved.error) || !proved.is_confidential || proves);
}

static void check_logout(struct hg_arena *arena, const struct oidc_params *params)
{
    struct oidc_logout_request request;
    struct oidc_logout logout;
    const struct oidc_logout_facts facts = {.hinted = &client};
    oidc_logout_parse(params, &request);
    if (oidc_logout_check(arena, &request, &facts, &logout, NULL) != HG_OK)
        return;
    HG_ASSERT(logout.action != OIDC_LOGOUT_REDIRECT || hg_str_starts(logout.location, uris[0]));
}

static void check_payload(struct hg_arena *arena, hg_str payload)
{
    struct oidc_id_hint hint;
    struct oidc_access access;
    enum oidc_bearer_fault fault;
    const struct oidc_bearer_facts facts = {.now = {1795522800000000},
                                            .base = HG_STR("https://idp.test"),
                                            .tenant = &tenant,
                                            .resource = &client};
    if (oidc_id_hint_read(arena, payload, HG_STR("https://idp.test/t/v2.0"), &hint, NULL) == HG_OK)
        HG_ASSERT(hint.aud.len > 0);
    if (oidc_access_read(arena, payload, &facts, &access, &fault, NULL) == HG_OK &&
        fault == OIDC_BEARER_OK)
        HG_ASSERT(hg_str_eq(access.aud, client.app_id) && hg_str_eq(access.tid, tenant.id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("fuzz", 16 << 20);
    HG_ASSERT(arena != NULL);
    hg_str text = {(const char *)data, size};
    struct oidc_params params = params_of(arena, text);
    check_token(arena, &params);
    check_client(arena, &params, text);
    check_logout(arena, &params);
    check_payload(arena, text);
    return 0;
}
