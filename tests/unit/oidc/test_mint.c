#include "crypto/key.h"
#include "jose/jose.h"
#include "oidc/discovery.h"
#include "oidc/mint.h"
#include "oidc/userinfo.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

/* Signatures are made with fresh keys; header and payload are compared. */
struct bench {
    struct hg_arena *arena;
    struct crypto_key *rsa, *ec;
};

static const hg_str roles[] = {HG_LIT("Reader")};
static const hg_str groups[] = {HG_LIT("g1"), HG_LIT("g2")};
static const hg_str contexts[] = {HG_LIT("c1")};
static const struct model_user ana = {
    .id = HG_LIT("77777777-7777-4777-8777-777777777777"),
    .upn = HG_LIT("ana@contoso.test"),
    .display_name = HG_LIT("Ana Novak"),
    .given_name = HG_LIT("Ana"),
    .surname = HG_LIT("Novak"),
    .mail = HG_LIT("ana.novak@contoso.test"),
    .enabled = true,
    .groups = groups,
    .n_groups = 2,
    .roles = roles,
    .n_roles = 1,
};

static struct oidc_mint mint_of(const struct bench *bench, const struct model_application *resource)
{
    return (struct oidc_mint){.now = world_now(0),
                              .base = world_base,
                              .tenant = &world_tenant,
                              .client = &world_web,
                              .client_acr = HG_STR("1"),
                              .user = &ana,
                              .sub = HG_STR("pairwise"),
                              .sid = HG_STR("s1"),
                              .uti = HG_STR("uti1"),
                              .auth_at = world_now(-100),
                              .amr = HG_STR("pwd mfa"),
                              .resource = resource,
                              .scp = HG_STR("read"),
                              .lifetime = HG_SECONDS(4000),
                              .access_key = bench->ec,
                              .id_key = bench->rsa};
}

/* The payload of a token whose signature and type hold. */
static hg_str opened(struct bench *bench, hg_str token, const char *typ)
{
    const struct crypto_key *const keys[] = {bench->rsa, bench->ec};
    const struct jose_rules rules = {
        .keys = {keys, 2}, .algs = JOSE_ALLOW_RS256 | JOSE_ALLOW_ES256, .typ = typ};
    struct jose_jws jws;
    assert_int_equal(jose_verify(bench->arena, &rules, token, &jws, NULL), HG_OK);
    if (jws.verdict != JOSE_VALID)
        fail_msg("%s", jose_verdict_name(jws.verdict));
    return jws.payload;
}

#define TIMES(exp) "\"iat\":1764000000,\"nbf\":1764000000,\"exp\":" exp
#define WHO                                                                             \
    "\"oid\":\"77777777-7777-4777-8777-777777777777\",\"sub\":\"pairwise\","            \
    "\"tid\":\"11111111-1111-4111-8111-111111111111\",\"sid\":\"s1\",\"uti\":\"uti1\"," \
    "\"auth_time\":1763999900,\"amr\":[\"pwd\",\"mfa\"]"

static void an_access_token_v2_has_the_claims_of_rfc_9068(void **state)
{
    struct bench *bench = *state;
    struct oidc_mint mint = mint_of(bench, &world_orders);
    struct oidc_tokens tokens;
    assert_int_equal(oidc_mint(bench->arena, &mint, &tokens, NULL), HG_OK);
    assert_int_equal(tokens.expires_in, 4000);
    assert_int_equal(tokens.id_token.len, 0);
    test_str_eq(
        "payload", opened(bench, tokens.access_token, "at+jwt"),
        HG_STR(
            "{\"iss\":\"https://localhost:8443/11111111-1111-4111-8111-111111111111/"
            "v2.0\"," TIMES(
                "1764004000") ",\"aud\":"
                              "\"22222222-2222-4222-8222-222222222222\","
                              "\"azp\":\"33333333-3333-4333-8333-333333333333\",\"azpacr\":\"1\","
                              "\"client_id\":\"33333333-3333-4333-8333-333333333333\",\"jti\":"
                              "\"uti1\","
                              "\"ver\":\"2.0\",\"name\":\"Ana Novak\","
                              "\"preferred_username\":\"ana@contoso.test\"," WHO
                              ",\"scp\":\"read\"}"));
}

static void an_access_token_v1_has_its_own_names(void **state)
{
    struct bench *bench = *state;
    struct oidc_mint mint = mint_of(bench, &world_graph);
    mint.audience = HG_STR("https://graph.localhost");
    mint.roles = roles;
    mint.n_roles = 1;
    mint.wants_wids = true;
    mint.wants_groups = true;
    mint.is_capable = true;
    mint.acrs = contexts;
    mint.n_acrs = 1;
    struct oidc_tokens tokens;
    assert_int_equal(oidc_mint(bench->arena, &mint, &tokens, NULL), HG_OK);
    test_str_eq(
        "payload", opened(bench, tokens.access_token, "JWT"),
        HG_STR(
            "{\"iss\":\"https://localhost:8443/11111111-1111-4111-8111-111111111111/"
            "\"," TIMES("1764004000") ",\"aud\":\"https://graph.localhost\","
                                      "\"appid\":\"33333333-3333-4333-8333-333333333333\","
                                      "\"appidacr\":\"1\","
                                      "\"ver\":\"1.0\",\"acr\":\"1\",\"name\":\"Ana Novak\","
                                      "\"unique_name\":\"ana@contoso.test\",\"upn\":\"ana@contoso."
                                      "test\"," WHO ",\"roles\":[\"Reader\"],\"wids\":[\"Reader\"],"
                                      "\"groups\":[\"g1\",\"g2\"],"
                                      "\"scp\":\"read\",\"acrs\":[\"c1\"],\"xms_cc\":[\"cp1\"]}"));
}

static void an_id_token_has_what_was_asked_and_no_more(void **state)
{
    struct bench *bench = *state;
    struct oidc_mint mint = mint_of(bench, &world_orders);
    mint.wants_id_token = true;
    struct oidc_tokens tokens;
    assert_int_equal(oidc_mint(bench->arena, &mint, &tokens, NULL), HG_OK);
    test_str_eq("bare", opened(bench, tokens.id_token, "JWT"),
                HG_STR("{\"iss\":\"https://localhost:8443/11111111-1111-4111-8111-111111111111/"
                       "v2.0\",\"aud\":\"33333333-3333-4333-8333-333333333333\"," TIMES(
                           "176400360"
                           "0") "," WHO ",\"ver\":\"2.0\"}"));
    mint.oidc = OIDC_SCOPE_OPENID | OIDC_SCOPE_PROFILE | OIDC_SCOPE_EMAIL;
    mint.has_nonce = true;
    mint.nonce = HG_STR("n1");
    mint.login_hint = HG_STR("lh");
    mint.is_persistent = true;
    mint.acr = HG_STR("c1");
    mint.id_lifetime = HG_SECONDS(600);
    assert_int_equal(oidc_mint(bench->arena, &mint, &tokens, NULL), HG_OK);
    test_str_eq(
        "whole", opened(bench, tokens.id_token, "JWT"),
        HG_STR("{\"iss\":\"https://localhost:8443/11111111-1111-4111-8111-111111111111/"
               "v2.0\",\"aud\":\"33333333-3333-4333-8333-333333333333\"," TIMES(
                   "176400060"
                   "0") "," WHO ",\"acr\":\"c1\",\"name\":\"Ana Novak\","
                        "\"preferred_username\":\"ana@contoso.test\","
                        "\"email\":\"ana.novak@contoso.test\",\"nonce\":\"n1\","
                        "\"login_hint\":\"lh\",\"signin_state\":[\"kmsi\"],\"ver\":\"2.0\"}"));
}

static void a_token_without_a_user_is_the_applications(void **state)
{
    struct bench *bench = *state;
    struct oidc_mint mint = mint_of(bench, &world_orders);
    mint.user = NULL;
    mint.service_principal = HG_STR("sp1");
    mint.sid = HG_STR("");
    mint.roles = roles;
    mint.n_roles = 1;
    struct oidc_tokens tokens;
    assert_int_equal(oidc_mint(bench->arena, &mint, &tokens, NULL), HG_OK);
    hg_str payload = opened(bench, tokens.access_token, "at+jwt");
    static const char *const has[] = {"\"oid\":\"sp1\",\"sub\":\"sp1\"", "\"idtyp\":\"app\"",
                                      "\"roles\":[\"Reader\"]"};
    static const char *const lacks[] = {"\"scp\"", "\"name\"", "\"auth_time\"", "\"amr\""};
    for (size_t i = 0; i < HG_COUNT(has); i++)
        assert_true(hg_str_find(payload, hg_str_of(has[i])) != HG_NPOS);
    for (size_t i = 0; i < HG_COUNT(lacks); i++)
        assert_true(hg_str_find(payload, hg_str_of(lacks[i])) == HG_NPOS);
}

static void more_than_200_groups_become_an_address(void **state)
{
    struct bench *bench = *state;
    hg_str *many = HG_NEW_ARRAY(bench->arena, hg_str, 201);
    for (size_t i = 0; i < 201; i++)
        many[i] = HG_STR("g");
    struct model_user busy = ana;
    busy.groups = many;
    busy.n_groups = 201;
    struct oidc_mint mint = mint_of(bench, &world_orders);
    mint.user = &busy;
    mint.wants_groups = true;
    struct oidc_tokens tokens;
    assert_int_equal(oidc_mint(bench->arena, &mint, &tokens, NULL), HG_OK);
    hg_str payload = opened(bench, tokens.access_token, "at+jwt");
    assert_true(hg_str_find(payload, HG_STR("\"_claim_names\":{\"groups\":\"src1\"}")) != HG_NPOS);
    assert_true(hg_str_find(payload, HG_STR("\"groups\":[")) == HG_NPOS);
    busy.n_groups = 200;
    assert_int_equal(oidc_mint(bench->arena, &mint, &tokens, NULL), HG_OK);
    payload = opened(bench, tokens.access_token, "at+jwt");
    assert_true(hg_str_find(payload, HG_STR("_claim_names")) == HG_NPOS);
}

static void the_answer_has_numbers_and_only_what_there_is(void **state)
{
    struct bench *bench = *state;
    const struct oidc_tokens tokens = {.access_token = HG_STR("at"), .expires_in = 3600};
    struct oidc_token_answer answer = {.tokens = &tokens, .scope = HG_STR("read")};
    hg_str text;
    assert_int_equal(oidc_token_answer(bench->arena, &answer, &text, NULL), HG_OK);
    test_str_eq("small", text,
                HG_STR("{\"token_type\":\"Bearer\",\"scope\":\"read\",\"expires_in\":3600,"
                       "\"ext_expires_in\":3600,\"access_token\":\"at\"}"));
    const struct oidc_tokens both = {
        .access_token = HG_STR("at"), .id_token = HG_STR("it"), .expires_in = 86400};
    answer = (struct oidc_token_answer){.tokens = &both,
                                        .refresh_token = HG_STR("rt"),
                                        .has_refresh_end = true,
                                        .refresh_expires_in = 60,
                                        .client_info = HG_STR("ci")};
    assert_int_equal(oidc_token_answer(bench->arena, &answer, &text, NULL), HG_OK);
    test_str_eq("whole", text,
                HG_STR("{\"token_type\":\"Bearer\",\"expires_in\":86400,\"ext_expires_in\":86400,"
                       "\"refresh_in\":43200,\"access_token\":\"at\",\"refresh_token\":\"rt\","
                       "\"refresh_token_expires_in\":60,\"id_token\":\"it\","
                       "\"client_info\":\"ci\"}"));
}

/* PC042, PC074, C19: what is minted is what the resource side accepts, and nothing else. */
static void an_access_token_is_read_back_by_its_resource_alone(void **state)
{
    struct bench *bench = *state;
    struct oidc_mint mint = mint_of(bench, &world_graph);
    mint.scp = HG_STR("openid email profile User.Read");
    mint.wants_id_token = true;
    struct oidc_tokens tokens;
    assert_int_equal(oidc_mint(bench->arena, &mint, &tokens, NULL), HG_OK);
    hg_str payload = opened(bench, tokens.access_token, "JWT");
    struct oidc_bearer_facts facts = {.now = world_now(3999),
                                      .base = world_base,
                                      .tenant = &world_tenant,
                                      .resource = &world_graph};
    struct oidc_access access;
    enum oidc_bearer_fault fault;
    assert_int_equal(oidc_access_read(bench->arena, payload, &facts, &access, &fault, NULL), HG_OK);
    assert_int_equal(fault, OIDC_BEARER_OK);
    assert_true(access.has_mfa && access.has_auth_at);
    assert_true(oidc_access_has_scope(&access, HG_STR("user.read")));
    hg_str info;
    assert_int_equal(oidc_userinfo_render(bench->arena, &access, &ana, &info, &fault, NULL), HG_OK);
    test_str_eq("userinfo", info,
                HG_STR("{\"sub\":\"pairwise\",\"name\":\"Ana Novak\",\"given_name\":\"Ana\","
                       "\"family_name\":\"Novak\",\"preferred_username\":\"ana@contoso.test\","
                       "\"email\":\"ana.novak@contoso.test\"}"));
    facts.resource = &world_orders;
    assert_int_equal(oidc_access_read(bench->arena, payload, &facts, &access, &fault, NULL), HG_OK);
    assert_int_equal(fault, OIDC_BEARER_INVALID);
    facts.resource = &world_graph;
    facts.now = world_now(4000);
    assert_int_equal(oidc_access_read(bench->arena, payload, &facts, &access, &fault, NULL), HG_OK);
    assert_int_equal(fault, OIDC_BEARER_INVALID);
    facts.now = world_now(0);
    facts.resource = &world_web;
    payload = opened(bench, tokens.id_token, "JWT");
    assert_int_equal(oidc_access_read(bench->arena, payload, &facts, &access, &fault, NULL), HG_OK);
    assert_int_equal(fault, OIDC_BEARER_INVALID);
}

static void the_key_set_has_both_keys_and_the_issuer_template(void **state)
{
    struct bench *bench = *state;
    const struct crypto_key *const keys[] = {bench->rsa, bench->ec};
    hg_str text;
    struct hg_json set;
    assert_int_equal(oidc_jwks_render(bench->arena, world_base, keys, 2, &text, NULL), HG_OK);
    assert_int_equal(hg_json_parse(bench->arena, text, HG_JSON_STRICT, &hg_json_api, &set, NULL),
                     HG_OK);
    const struct hg_json *list = hg_json_get(&set, "keys");
    assert_int_equal(hg_json_count(list), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct hg_json *key = hg_json_item(list, i);
        test_str_eq("issuer", hg_json_str_or(hg_json_get(key, "issuer"), HG_STR("")),
                    HG_STR("https://localhost:8443/{tenantid}/v2.0"));
        assert_null(hg_json_get(key, "d"));
    }
}

static int start(void **state)
{
    static struct bench bench;
    bench.arena = test_arena();
    assert_int_equal(crypto_key_generate(CRYPTO_RS256, &bench.rsa, NULL), HG_OK);
    assert_int_equal(crypto_key_generate(CRYPTO_ES256, &bench.ec, NULL), HG_OK);
    *state = &bench;
    return 0;
}

static int end(void **state)
{
    struct bench *bench = *state;
    crypto_key_free(bench->rsa);
    crypto_key_free(bench->ec);
    hg_arena_free(bench->arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_access_token_v2_has_the_claims_of_rfc_9068),
        cmocka_unit_test(an_access_token_v1_has_its_own_names),
        cmocka_unit_test(an_id_token_has_what_was_asked_and_no_more),
        cmocka_unit_test(a_token_without_a_user_is_the_applications),
        cmocka_unit_test(more_than_200_groups_become_an_address),
        cmocka_unit_test(the_answer_has_numbers_and_only_what_there_is),
        cmocka_unit_test(an_access_token_is_read_back_by_its_resource_alone),
        cmocka_unit_test(the_key_set_has_both_keys_and_the_issuer_template),
    };
    return cmocka_run_group_tests(tests, start, end);
}
