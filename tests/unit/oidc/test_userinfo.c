#include "oidc/userinfo.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

#define V1 "\"iss\":\"https://localhost:8443/11111111-1111-4111-8111-111111111111/\""
#define V2 "\"iss\":\"https://localhost:8443/11111111-1111-4111-8111-111111111111/v2.0\""
#define AUD "\"aud\":\"00000003-0000-0000-c000-000000000000\""
#define WHO "\"oid\":\"o\",\"sub\":\"s\",\"tid\":\"11111111-1111-4111-8111-111111111111\""
#define TIMES "\"iat\":1764000000,\"nbf\":1764000000,\"exp\":1764003600"
#define REST WHO "," TIMES ",\"appid\":\"c\",\"scp\":\"openid\""

static const struct {
    const char *name, *payload;
    enum oidc_bearer_fault fault;
} tokens[] = {
    {"a token of version 1", "{" V1 "," AUD "," REST "}", OIDC_BEARER_OK},
    {"a token of version 2", "{" V2 "," AUD "," REST "}", OIDC_BEARER_OK},
    {"an App ID URI as audience", "{" V1 ",\"aud\":\"https://graph.localhost\"," REST "}",
     OIDC_BEARER_OK},
    {"the same with a slash", "{" V1 ",\"aud\":\"https://graph.localhost/\"," REST "}",
     OIDC_BEARER_OK},
    {"nothing", "", OIDC_BEARER_MISSING},
    {"no JSON", "x", OIDC_BEARER_INVALID},
    {"no issuer", "{" AUD "," REST "}", OIDC_BEARER_INVALID},
    {"another issuer", "{\"iss\":\"https://localhost:8443/x/\"," AUD "," REST "}",
     OIDC_BEARER_INVALID},
    {"C19: another audience", "{" V1 ",\"aud\":\"api://orders\"," REST "}", OIDC_BEARER_INVALID},
    {"no audience, which must not mean Graph", "{" V1 ",\"aud\":\"\"," REST "}",
     OIDC_BEARER_INVALID},
    {"several audiences", "{" V1 ",\"aud\":[\"https://graph.localhost\"]," REST "}",
     OIDC_BEARER_INVALID},
    {"another tenant",
     "{" V1 "," AUD ",\"oid\":\"o\",\"sub\":\"s\",\"tid\":\"x\"," TIMES ",\"appid\":\"c\"}",
     OIDC_BEARER_INVALID},
    {"an id_token names no client", "{" V2 "," AUD "," WHO "," TIMES "}", OIDC_BEARER_INVALID},
    {"expired", "{" V1 "," AUD "," WHO ",\"iat\":1,\"nbf\":1,\"exp\":1763999999,\"appid\":\"c\"}",
     OIDC_BEARER_INVALID},
    {"at its very end",
     "{" V1 "," AUD "," WHO ",\"iat\":1,\"nbf\":1,\"exp\":1764000000,\"appid\":\"c\"}",
     OIDC_BEARER_INVALID},
    {"not yet",
     "{" V1 "," AUD "," WHO ",\"iat\":1,\"nbf\":1764000061,\"exp\":1764003600,\"appid\":\"c\"}",
     OIDC_BEARER_INVALID},
    {"no exp", "{" V1 "," AUD "," WHO ",\"iat\":1,\"nbf\":1,\"appid\":\"c\"}", OIDC_BEARER_INVALID},
    {"no object id",
     "{" V1 "," AUD ",\"tid\":\"11111111-1111-4111-8111-111111111111\"," TIMES ",\"appid\":\"c\"}",
     OIDC_BEARER_INVALID},
};

static void only_tokens_for_the_resource_are_accepted(void **state)
{
    struct hg_arena *arena = *state;
    const struct oidc_bearer_facts facts = {
        .now = world_now(0), .base = world_base, .tenant = &world_tenant, .resource = &world_graph};
    for (size_t i = 0; i < HG_COUNT(tokens); i++) {
        struct oidc_access access;
        enum oidc_bearer_fault fault;
        assert_int_equal(
            oidc_access_read(arena, hg_str_of(tokens[i].payload), &facts, &access, &fault, NULL),
            HG_OK);
        if (fault != tokens[i].fault)
            fail_msg("%s: %d", tokens[i].name, fault);
    }
}

static const struct {
    enum oidc_bearer_fault fault;
    unsigned status;
    const char *challenge;
} challenges[] = {
    {OIDC_BEARER_MISSING, 401, "Bearer realm=\"https://localhost:8443\""},
    {OIDC_BEARER_INVALID, 401, "Bearer realm=\"https://localhost:8443\", error=\"invalid_token\""},
    {OIDC_BEARER_INSUFFICIENT_SCOPE, 403,
     "Bearer realm=\"https://localhost:8443\", error=\"insufficient_scope\""},
};

static void each_fault_has_its_status_and_challenge(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(challenges); i++) {
        hg_str text;
        assert_int_equal(oidc_bearer_status(challenges[i].fault), challenges[i].status);
        assert_int_equal(oidc_bearer_challenge(arena, world_base, challenges[i].fault, &text, NULL),
                         HG_OK);
        test_str_eq("challenge", text, hg_str_of(challenges[i].challenge));
    }
}

static void userinfo_needs_openid_and_shows_what_was_granted(void **state)
{
    struct hg_arena *arena = *state;
    const struct model_user user = {.display_name = HG_STR("Ana"), .mail = HG_STR("a@b.test")};
    struct oidc_access access = {.sub = HG_STR("s"), .scp = HG_STR("User.Read")};
    enum oidc_bearer_fault fault;
    hg_str text = HG_STR("");
    assert_int_equal(oidc_userinfo_render(arena, &access, &user, &text, &fault, NULL), HG_OK);
    assert_int_equal(fault, OIDC_BEARER_INSUFFICIENT_SCOPE);
    access.scp = HG_STR("openid email");
    assert_int_equal(oidc_userinfo_render(arena, &access, &user, &text, &fault, NULL), HG_OK);
    test_str_eq("email alone", text, HG_STR("{\"sub\":\"s\",\"email\":\"a@b.test\"}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_tokens_for_the_resource_are_accepted),
        cmocka_unit_test(each_fault_has_its_status_and_challenge),
        cmocka_unit_test(userinfo_needs_openid_and_shows_what_was_granted),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
