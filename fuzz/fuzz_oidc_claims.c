/* Documents that clients send or present: the claims parameter, the payload of an access
 * token, of an id_token_hint and of a client assertion. */

#include "base/base.h"
#include "model/model.h"
#include "oidc/claims_request.h"
#include "oidc/client_auth.h"
#include "oidc/logout.h"
#include "oidc/userinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct model_application app = {.app_id = HG_LIT("c"), .enabled = true};
static const struct model_tenant tenant = {.id = HG_LIT("t")};

static void read_access(struct hg_arena *arena, hg_str text)
{
    const struct oidc_bearer_facts facts = {.now = {.us = 1000000},
                                            .base = HG_STR("https://i.test"),
                                            .tenant = &tenant,
                                            .resource = &app};
    struct oidc_access access;
    enum oidc_bearer_fault fault;
    HG_ASSERT(oidc_access_read(arena, text, &facts, &access, &fault, NULL) == HG_OK);
    if (fault == OIDC_BEARER_OK)
        HG_ASSERT(access.client.len > 0 && access.oid.len > 0 && hg_str_eq(access.aud, app.app_id));
}

static void read_assertion(struct hg_arena *arena, hg_str text)
{
    static const hg_str audience = HG_LIT("i");
    const struct oidc_assertion assertion = {.signature_ok = true, .claims = text};
    const struct oidc_credentials credentials = {
        .client_id = {.is_set = true, .value = app.app_id},
        .client_assertion = {.is_set = true, .value = HG_STR("x")},
        .client_assertion_type = {
            .is_set = true,
            .value = HG_STR("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")}};
    const struct oidc_client_facts facts = {.client = &app,
                                            .has_credentials = true,
                                            .assertion = &assertion,
                                            .audiences = &audience,
                                            .n_audiences = 1};
    struct oidc_client client;
    HG_ASSERT(oidc_client_check(arena, &credentials, &facts, &client, NULL) == HG_OK);
    HG_ASSERT(oidc_error_is(&client.error) || client.jti.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hg_arena *arena = hg_arena_new("fuzz", (size_t)64 << 20);
    HG_ASSERT(arena != NULL);
    hg_str text = {.ptr = (const char *)data, .len = size};
    struct oidc_claims_request request;
    struct oidc_error error;
    struct oidc_id_hint hint;
    HG_ASSERT(oidc_claims_parse(arena, text, &request, &error, NULL) == HG_OK);
    HG_ASSERT(!request.acrs_essential || request.n_acrs > 0);
    if (oidc_id_hint_read(arena, text, HG_STR("i"), &hint, NULL) == HG_OK)
        HG_ASSERT(hint.aud.len > 0 && hint.oid.len > 0);
    read_access(arena, text);
    read_assertion(arena, text);
    hg_arena_free(arena);
    return 0;
}
