#include "oidc/discovery.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

static struct hg_json document(struct hg_arena *arena, const char *alias, uint32_t offers)
{
    const struct oidc_discovery discovery = {
        .base = world_base, .alias = hg_str_of(alias), .tenant = &world_tenant, .offers = offers};
    hg_str text;
    struct hg_json json;
    assert_int_equal(oidc_discovery_render(arena, &discovery, &text, NULL), HG_OK);
    assert_int_equal(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, NULL), HG_OK);
    return json;
}

static hg_str text_at(const struct hg_json *json, const char *name)
{
    return hg_json_str_or(hg_json_get(json, name), HG_STR(""));
}

#define TENANT "https://localhost:8443/11111111-1111-4111-8111-111111111111"

static const struct {
    const char *name, *want;
} members[] = {
    {"issuer", TENANT "/v2.0"},
    {"authorization_endpoint", TENANT "/oauth2/v2.0/authorize"},
    {"token_endpoint", TENANT "/oauth2/v2.0/token"},
    {"device_authorization_endpoint", TENANT "/oauth2/v2.0/devicecode"},
    {"jwks_uri", TENANT "/discovery/v2.0/keys"},
    {"end_session_endpoint", TENANT "/oauth2/v2.0/logout"},
    {"userinfo_endpoint", "https://localhost:8443/oidc/userinfo"},
    {"msgraph_host", "localhost:8443"},
};

/* PC001 to PC006. */
static void the_document_of_a_tenant(void **state)
{
    struct hg_arena *arena = *state;
    struct hg_json json = document(arena, "", OIDC_OFFER_DEVICE);
    for (size_t i = 0; i < HG_COUNT(members); i++)
        test_str_eq(members[i].name, text_at(&json, members[i].name), hg_str_of(members[i].want));
    const struct hg_json *methods = hg_json_get(&json, "code_challenge_methods_supported");
    assert_int_equal(hg_json_count(methods), 1);
    assert_int_equal(hg_json_count(hg_json_get(&json, "response_modes_supported")), 3);
    assert_int_equal(hg_json_count(hg_json_get(&json, "grant_types_supported")), 3);
    bool flag = true;
    assert_true(hg_json_as_bool(hg_json_get(&json, "request_uri_parameter_supported"), &flag));
    assert_false(flag);
    assert_true(hg_json_bool_or(
        hg_json_get(&json, "authorization_response_iss_parameter_supported"), false));
    /* fact 20: it would make MSAL look elsewhere */
    assert_null(hg_json_get(&json, "cloud_instance_host_name"));
}

/* PC009. */
static void an_alias_has_a_template_for_its_issuer(void **state)
{
    struct hg_arena *arena = *state;
    struct hg_json json = document(arena, "organizations", 0);
    test_str_eq("issuer", text_at(&json, "issuer"),
                HG_STR("https://localhost:8443/{tenantid}/v2.0"));
    test_str_eq("token", text_at(&json, "token_endpoint"),
                HG_STR("https://localhost:8443/organizations/oauth2/v2.0/token"));
}

static void what_is_not_offered_is_not_listed(void **state)
{
    struct hg_arena *arena = *state;
    struct hg_json json = document(arena, "", 0);
    static const char *const absent[] = {"device_authorization_endpoint", "introspection_endpoint",
                                         "revocation_endpoint",
                                         "pushed_authorization_request_endpoint",
                                         "token_endpoint_auth_signing_alg_values_supported"};
    for (size_t i = 0; i < HG_COUNT(absent); i++)
        if (hg_json_get(&json, absent[i]) != NULL)
            fail_msg("%s", absent[i]);
    assert_int_equal(hg_json_count(hg_json_get(&json, "grant_types_supported")), 2);
}

static void instance_discovery_knows_this_host_alone(void **state)
{
    struct hg_arena *arena = *state;
    hg_str text;
    assert_int_equal(oidc_discovery_instance(arena, world_base, HG_STR("common"), &text, NULL),
                     HG_OK);
    test_str_eq("instance", text,
                HG_STR("{\"tenant_discovery_endpoint\":\"https://localhost:8443/common/v2.0/"
                       ".well-known/openid-configuration\",\"api-version\":\"1.1\",\"metadata\":"
                       "[{\"preferred_network\":\"localhost:8443\",\"preferred_cache\":"
                       "\"localhost:8443\",\"aliases\":[\"localhost:8443\"]}]}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_of_a_tenant),
        cmocka_unit_test(an_alias_has_a_template_for_its_issuer),
        cmocka_unit_test(what_is_not_offered_is_not_listed),
        cmocka_unit_test(instance_discovery_knows_this_host_alone),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
