/* oidc_authorize: "name=value&…" without escapes. An error goes by redirect only to a
 * registered URI, and every answer stays with the origin that was registered. */

#include "base/base.h"
#include "model/model.h"
#include "oidc/authorize.h"
#include "oidc/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_PARAMS = 64 };

static const hg_str uris[] = {HG_LIT("https://app.test/cb"), HG_LIT("http://localhost/x")};
static const hg_str scopes[] = {HG_LIT("read")};
static const struct model_application client = {.app_id = HG_LIT("c"),
                                                .enabled = true,
                                                .redirect_uris = uris,
                                                .n_redirect_uris = 1,
                                                .public_redirect_uris = uris + 1,
                                                .n_public_redirect_uris = 1};
static const struct model_application api = {
    .app_id = HG_LIT("a"), .enabled = true, .scopes = scopes, .n_scopes = 1};
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

static void check_reply(const struct oidc_reply *reply)
{
    hg_str to = reply->mode == OIDC_MODE_FORM_POST ? reply->action : reply->location;
    HG_ASSERT(hg_str_starts(to, uris[0]) || hg_str_starts(to, HG_STR("http://localhost")));
    for (size_t i = 0; i < to.len; i++)
        HG_ASSERT((unsigned char)to.ptr[i] > 0x20 && (unsigned char)to.ptr[i] < 0x7f);
}

static void answer(struct hg_arena *arena, const struct oidc_authorize *auth)
{
    const struct oidc_error_context context = {.base = HG_STR("https://idp.test"),
                                               .issuer = HG_STR("i")};
    const struct oidc_success success = {.code = HG_STR("c")};
    struct oidc_reply reply;
    enum hg_code code;
    if (!oidc_error_is(&auth->error))
        code = oidc_reply_success(arena, auth, HG_STR("i"), &success, &reply, NULL);
    else if (auth->error_by_redirect)
        code = oidc_reply_error(arena, auth, &auth->error, &context, &reply, NULL);
    else
        return;
    HG_ASSERT(auth->redirect_kind != OIDC_REDIRECT_NONE);
    if (code == HG_OK)
        check_reply(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hg_arena *arena = hg_arena_new("fuzz", (size_t)16 << 20);
    HG_ASSERT(arena != NULL);
    struct oidc_params params = params_of(arena, (hg_str){(const char *)data, size});
    struct oidc_authorize_request request;
    struct oidc_scopes wanted;
    struct oidc_authorize auth;
    const struct model_application *resources[OIDC_MAX_SCOPE_RESOURCES + 1];
    oidc_authorize_parse(&params, &request);
    HG_ASSERT(oidc_authorize_scopes(arena, &request, &wanted, NULL) == HG_OK);
    for (size_t i = 0; i < wanted.n_resources; i++)
        resources[i] = i < 3 ? &api : NULL;
    const struct oidc_authorize_facts facts = {
        .tenant = &tenant, .client = &client, .resources = resources, .hint = OIDC_HINT_GOOD};
    HG_ASSERT(oidc_authorize_check(arena, OIDC_AUTHORIZE, &request, &facts, &auth, NULL) == HG_OK);
    answer(arena, &auth);
    hg_arena_free(arena);
    return 0;
}
