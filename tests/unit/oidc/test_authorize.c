#include "oidc/authorize.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define WEB "client_id=33333333-3333-4333-8333-333333333333&redirect_uri=https://app.test/cb"
#define SPA "client_id=44444444-4444-4444-8444-444444444444&redirect_uri=https://spa.test"
#define DESKTOP "client_id=55555555-5555-4555-8555-555555555555&redirect_uri=http://localhost:5"
#define GOOD WEB "&response_type=code&scope=openid"

static const struct model_application *client_of(hg_str id)
{
    static const struct model_application *const known[] = {&world_web, &world_spa, &world_desktop,
                                                            &world_disabled};
    for (size_t i = 0; i < HG_COUNT(known); i++)
        if (hg_str_eq(known[i]->app_id, id))
            return known[i];
    return NULL;
}

static struct oidc_authorize checked(struct hg_arena *arena, enum oidc_endpoint endpoint,
                                     const char *text, struct oidc_authorize_facts facts)
{
    struct oidc_params params = world_params(arena, text);
    struct oidc_authorize_request request;
    struct oidc_scopes scopes;
    const struct model_application *resources[OIDC_MAX_SCOPE_RESOURCES + 1] = {NULL};
    oidc_authorize_parse(&params, &request);
    assert_int_equal(oidc_authorize_scopes(arena, &request, &scopes, NULL), HG_OK);
    for (size_t i = 0; i < scopes.n_resources; i++)
        resources[i] = world_resource(scopes.identifiers[i]);
    facts.tenant = &world_tenant;
    facts.client = client_of(request.client_id.value);
    facts.resources = resources;
    struct oidc_authorize auth;
    assert_int_equal(oidc_authorize_check(arena, endpoint, &request, &facts, &auth, NULL), HG_OK);
    return auth;
}

enum where { NONE, PAGE, REDIRECT };

/* Every failure row of protocol.md E1, and R06, R10, R11, R16. */
static const struct {
    const char *name, *text;
    enum oidc_error_id error;
    enum where where;
} rows[] = {
    {"a good request", GOOD "&state=s&nonce=n", OIDC_ERROR_NONE, NONE},
    {"no client", "response_type=code&scope=openid", OIDC_ERROR_PARAMETER_MISSING_PAGE, PAGE},
    {"PC051: an unknown client", "client_id=x&response_type=code", OIDC_ERROR_CLIENT_UNKNOWN, PAGE},
    {"a disabled client", "client_id=66666666-6666-4666-8666-666666666666",
     OIDC_ERROR_CLIENT_DISABLED, PAGE},
    {"R06: two clients", GOOD "&client_id=x", OIDC_ERROR_PARAMETER_REPEATED_PAGE, PAGE},
    {"PC052: an unregistered redirect URI",
     "client_id=33333333-3333-4333-8333-333333333333&redirect_uri=https://evil.test/&"
     "response_type=code&scope=openid",
     OIDC_ERROR_REDIRECT_URI, PAGE},
    {"R06: two redirect URIs", GOOD "&redirect_uri=https://app.test/cb",
     OIDC_ERROR_PARAMETER_REPEATED_PAGE, PAGE},
    {"no redirect URI where two are registered",
     "client_id=33333333-3333-4333-8333-333333333333&response_type=code&scope=openid",
     OIDC_ERROR_REDIRECT_URI_MISSING, PAGE},
    {"no redirect URI where one is registered",
     "client_id=44444444-4444-4444-8444-444444444444&response_type=code&scope=openid",
     OIDC_ERROR_NONE, NONE},
    {"R06: two states", GOOD "&state=a&state=b", OIDC_ERROR_PARAMETER_REPEATED_PAGE, PAGE},
    {"R06: two response types", GOOD "&response_type=code", OIDC_ERROR_PARAMETER_REPEATED_PAGE,
     PAGE},
    {"two nonces", GOOD "&nonce=a&nonce=b", OIDC_ERROR_PARAMETER_REPEATED, REDIRECT},
    {"two unknown parameters are ignored", GOOD "&x=1&x=2", OIDC_ERROR_NONE, NONE},
    {"PC055: no response type", WEB "&scope=openid", OIDC_ERROR_PARAMETER_MISSING, REDIRECT},
    {"PC055: an unknown response type", WEB "&response_type=foo&scope=openid",
     OIDC_ERROR_RESPONSE_TYPE, REDIRECT},
    {"R10: token", WEB "&response_type=token&scope=openid", OIDC_ERROR_RESPONSE_TYPE, REDIRECT},
    {"R10: id_token", WEB "&response_type=id_token&scope=openid", OIDC_ERROR_RESPONSE_TYPE_OFF,
     REDIRECT},
    {"R10: hybrid", WEB "&response_type=code id_token&scope=openid", OIDC_ERROR_RESPONSE_TYPE_OFF,
     REDIRECT},
    {"an unknown response mode", GOOD "&response_mode=form_post.jwt", OIDC_ERROR_RESPONSE_MODE,
     REDIRECT},
    {"R11: a request object", GOOD "&request=eyJ", OIDC_ERROR_REQUEST_OBJECT, REDIRECT},
    {"R11: a request URI", GOOD "&request_uri=https://evil.test/r", OIDC_ERROR_REQUEST_URI,
     REDIRECT},
    {"no scope", WEB "&response_type=code", OIDC_ERROR_PARAMETER_MISSING, REDIRECT},
    {"an unknown scope", WEB "&response_type=code&scope=openid User.Red", OIDC_ERROR_SCOPE_UNKNOWN,
     REDIRECT},
    {"an unknown resource", WEB "&response_type=code&scope=api://no/x", OIDC_ERROR_RESOURCE_UNKNOWN,
     REDIRECT},
    {".default mixed with a name",
     WEB "&response_type=code&scope=api://orders/.default api://orders/read",
     OIDC_ERROR_SCOPE_MIXED, REDIRECT},
    {"several resources are allowed here",
     WEB "&response_type=code&scope=User.Read api://orders/read", OIDC_ERROR_NONE, NONE},
    {"RFC 8707: the resource of the scopes",
     WEB "&response_type=code&scope=api://orders/read&resource=api://orders", OIDC_ERROR_NONE,
     NONE},
    {"RFC 8707: another resource",
     WEB "&response_type=code&scope=api://orders/read&resource=https://graph.localhost",
     OIDC_ERROR_RESOURCE_PARAMETER, REDIRECT},
    {"PKCE", GOOD "&code_challenge_method=S256&code_challenge=" CHALLENGE, OIDC_ERROR_NONE, NONE},
    {"a method without a challenge", GOOD "&code_challenge_method=S256", OIDC_ERROR_CHALLENGE_BAD,
     REDIRECT},
    {"a challenge too short", GOOD "&code_challenge_method=S256&code_challenge=abc",
     OIDC_ERROR_CHALLENGE_BAD, REDIRECT},
    {"plain", GOOD "&code_challenge_method=plain&code_challenge=" CHALLENGE,
     OIDC_ERROR_CHALLENGE_METHOD, REDIRECT},
    {"no method means plain", GOOD "&code_challenge=" CHALLENGE, OIDC_ERROR_CHALLENGE_METHOD,
     REDIRECT},
    {"an unknown method", GOOD "&code_challenge_method=s256&code_challenge=" CHALLENGE,
     OIDC_ERROR_CHALLENGE_METHOD, REDIRECT},
    {"an installed app without PKCE", DESKTOP "&response_type=code&scope=openid",
     OIDC_ERROR_CHALLENGE_MISSING, REDIRECT},
    {"a spa without PKCE is refused at the token endpoint", SPA "&response_type=code&scope=openid",
     OIDC_ERROR_NONE, NONE},
    {"PC056: none with login", GOOD "&prompt=none login", OIDC_ERROR_PROMPT_CONFLICT, REDIRECT},
    {"none alone", GOOD "&prompt=none", OIDC_ERROR_NONE, NONE},
    {"create", GOOD "&prompt=create", OIDC_ERROR_SIGN_UP, REDIRECT},
    {"an unknown prompt", GOOD "&prompt=please", OIDC_ERROR_PARAMETER_BAD, REDIRECT},
    {"max_age that is no number", GOOD "&max_age=soon", OIDC_ERROR_PARAMETER_BAD, REDIRECT},
    {"a negative max_age", GOOD "&max_age=-1", OIDC_ERROR_PARAMETER_BAD, REDIRECT},
    {"a foreign id_token_hint", GOOD "&id_token_hint=x", OIDC_ERROR_HINT_BAD, REDIRECT},
    {"PC113: claims that are not JSON", GOOD "&claims=x", OIDC_ERROR_CLAIMS, REDIRECT},
    {"PC068: what is ignored",
     GOOD "&display=popup&ui_locales=el&claims_locales=el&acr_values=1&mkt=sl&pocd=1&clidata=1",
     OIDC_ERROR_NONE, NONE},
};

static void each_row_of_the_documented_table(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct oidc_authorize auth = checked(arena, OIDC_AUTHORIZE, rows[i].text,
                                             (struct oidc_authorize_facts){.hint_oid = {0}});
        if (auth.error.id != rows[i].error)
            fail_msg("%s: AADSTS%u", rows[i].name, oidc_error_row(auth.error.id)->aadsts);
        if (rows[i].where != NONE && auth.error_by_redirect != (rows[i].where == REDIRECT))
            fail_msg("%s: by redirect %d", rows[i].name, auth.error_by_redirect);
        bool can_redirect = oidc_error_row(auth.error.id)->redirect[0] != '\0';
        if (rows[i].where == REDIRECT && !can_redirect)
            fail_msg("%s: no word for a redirect", rows[i].name);
    }
}

static void a_good_request_is_understood_whole(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_authorize auth = checked(
        arena, OIDC_AUTHORIZE,
        WEB "&response_type=code&scope=openid offline_access User.Read&state=s%20\"<&nonce=n1"
            "&response_mode=form_post&prompt=login consent&max_age=0&login_hint=u@contoso.test"
            "&domain_hint=contoso.test&sid=s1&client_info=1&id_token_hint=x&claims={}"
            "&code_challenge_method=S256&code_challenge=" CHALLENGE,
        (struct oidc_authorize_facts){.hint = OIDC_HINT_GOOD, .hint_oid = HG_STR("u1")});
    assert_int_equal(auth.error.id, OIDC_ERROR_NONE);
    assert_int_equal(auth.mode, OIDC_MODE_FORM_POST);
    assert_int_equal(auth.redirect_kind, OIDC_REDIRECT_WEB);
    assert_int_equal(auth.prompt, OIDC_PROMPT_LOGIN | OIDC_PROMPT_CONSENT);
    assert_true(auth.has_max_age && auth.max_age.us == 0);
    assert_true(auth.has_state && auth.has_nonce && auth.has_hint_oid && auth.wants_client_info);
    test_str_eq("state byte for byte", auth.state, HG_STR("s%20\"<"));
    test_str_eq("hint", auth.hint_oid, HG_STR("u1"));
    assert_int_equal(auth.scopes.oidc, OIDC_SCOPE_OPENID | OIDC_SCOPE_OFFLINE);
    assert_int_equal(auth.pkce, OIDC_PKCE_S256);
}

static void settings_of_the_tenant_open_what_is_closed(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_authorize auth = checked(arena, OIDC_AUTHORIZE, GOOD "&code_challenge=" CHALLENGE,
                                         (struct oidc_authorize_facts){.allow_plain_pkce = true});
    assert_int_equal(auth.pkce, OIDC_PKCE_PLAIN);
    auth = checked(arena, OIDC_AUTHORIZE, DESKTOP "&response_type=code&scope=openid",
                   (struct oidc_authorize_facts){.allow_public_no_pkce = true});
    assert_int_equal(auth.error.id, OIDC_ERROR_NONE);
}

/* PC103. */
static void an_application_of_one_tenant_needs_its_own_endpoint(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_authorize auth =
        checked(arena, OIDC_AUTHORIZE, GOOD,
                (struct oidc_authorize_facts){.tenant_kind = OIDC_TENANT_COMMON});
    assert_int_equal(auth.error.id, OIDC_ERROR_CLIENT_ONE_TENANT);
    assert_false(auth.error_by_redirect);
    auth = checked(arena, OIDC_AUTHORIZE,
                   DESKTOP "&response_type=code&scope=openid&code_challenge_method=S256"
                           "&code_challenge=" CHALLENGE,
                   (struct oidc_authorize_facts){.tenant_kind = OIDC_TENANT_ORGANIZATIONS});
    assert_int_equal(auth.error.id, OIDC_ERROR_NONE);
}

static void each_endpoint_has_its_steps(void **state)
{
    struct hg_arena *arena = *state;
    const struct oidc_authorize_facts facts = {.hint_oid = {0}};
    struct oidc_authorize auth =
        checked(arena, OIDC_DEVICE_AUTHORIZATION,
                "client_id=55555555-5555-4555-8555-555555555555&scope=openid", facts);
    assert_int_equal(auth.error.id, OIDC_ERROR_NONE);
    auth = checked(arena, OIDC_PUSHED_AUTHORIZATION, GOOD "&request_uri=urn:x", facts);
    assert_int_equal(auth.error.id, OIDC_ERROR_REQUEST_URI);
    assert_false(auth.error_by_redirect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_of_the_documented_table),
        cmocka_unit_test(a_good_request_is_understood_whole),
        cmocka_unit_test(settings_of_the_tenant_open_what_is_closed),
        cmocka_unit_test(an_application_of_one_tenant_needs_its_own_endpoint),
        cmocka_unit_test(each_endpoint_has_its_steps),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
