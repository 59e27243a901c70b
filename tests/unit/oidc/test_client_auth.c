#include "oidc/client_auth.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

#define JWT "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

static struct oidc_text text_of(const char *value)
{
    struct oidc_text text = {.is_set = false};
    if (value != NULL)
        oidc_text_take(&text, hg_str_of(value));
    return text;
}

struct row {
    const char *name;
    const struct model_application *client;
    const char *client_id, *secret, *assertion, *basic_id, *basic_secret;
    bool has_origin, has_credentials;
    enum oidc_secret_result result;
    enum oidc_error_id error;
    bool challenge;
};

static const char web_id[] = "33333333-3333-4333-8333-333333333333";
static const char spa_id[] = "44444444-4444-4444-8444-444444444444";

/* Every failure row of protocol.md E2, client authentication. */
static const struct row rows[] = {
    {.name = "a secret in the body",
     .client = &world_web,
     .client_id = web_id,
     .secret = "s",
     .has_credentials = true,
     .result = OIDC_SECRET_MATCHES},
    {.name = "PC043: Basic",
     .client = &world_web,
     .basic_id = web_id,
     .basic_secret = "s",
     .has_credentials = true,
     .result = OIDC_SECRET_MATCHES},
    {.name = "a public client without anything", .client = &world_spa, .client_id = spa_id},
    {.name = "no client at all", .error = OIDC_ERROR_PARAMETER_MISSING},
    {.name = "an unknown client", .client_id = "x", .error = OIDC_ERROR_CLIENT_UNKNOWN},
    {.name = "a disabled client",
     .client = &world_disabled,
     .client_id = "x",
     .error = OIDC_ERROR_CLIENT_DISABLED},
    {.name = "PC062: confidential without a credential",
     .client = &world_web,
     .client_id = web_id,
     .has_credentials = true,
     .error = OIDC_ERROR_CREDENTIAL_MISSING},
    {.name = "PC022: a wrong secret",
     .client = &world_web,
     .client_id = web_id,
     .secret = "no",
     .has_credentials = true,
     .error = OIDC_ERROR_SECRET_WRONG},
    {.name = "a wrong secret by Basic is challenged",
     .client = &world_web,
     .basic_id = web_id,
     .basic_secret = "no",
     .has_credentials = true,
     .error = OIDC_ERROR_SECRET_WRONG,
     .challenge = true},
    {.name = "an expired secret",
     .client = &world_web,
     .client_id = web_id,
     .secret = "old",
     .has_credentials = true,
     .result = OIDC_SECRET_EXPIRED,
     .error = OIDC_ERROR_SECRET_EXPIRED},
    {.name = "PC102: a public client sends a secret",
     .client = &world_spa,
     .client_id = spa_id,
     .secret = "s",
     .error = OIDC_ERROR_PUBLIC_CREDENTIAL},
    {.name = "PC063: secret and assertion",
     .client = &world_web,
     .client_id = web_id,
     .secret = "s",
     .assertion = "a.b.c",
     .error = OIDC_ERROR_TWO_CREDENTIALS},
    {.name = "C15: Basic and a secret in the body",
     .client = &world_web,
     .secret = "s",
     .basic_id = web_id,
     .basic_secret = "s",
     .error = OIDC_ERROR_TWO_CREDENTIALS},
    {.name = "C15: Basic with another client in the body",
     .client = &world_web,
     .client_id = spa_id,
     .basic_id = web_id,
     .basic_secret = "s",
     .error = OIDC_ERROR_CLIENT_MISMATCH},
    {.name = "PC080: a secret from a browser origin",
     .client = &world_web,
     .client_id = web_id,
     .secret = "s",
     .has_credentials = true,
     .has_origin = true,
     .result = OIDC_SECRET_MATCHES,
     .error = OIDC_ERROR_ORIGIN_WITH_SECRET},
    {.name = "an assertion nobody verified",
     .client = &world_web,
     .client_id = web_id,
     .assertion = "a.b.c",
     .has_credentials = true,
     .error = OIDC_ERROR_ASSERTION_BAD},
};

static void each_way_to_authenticate_has_its_answer(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        const struct row *row = &rows[i];
        const struct oidc_credentials credentials = {
            .client_id = text_of(row->client_id),
            .client_secret = text_of(row->secret),
            .client_assertion = text_of(row->assertion),
            .client_assertion_type = text_of(row->assertion != NULL ? JWT : NULL),
            .has_basic = row->basic_id != NULL,
            .basic_id = hg_str_of(row->basic_id),
            .basic_secret = hg_str_of(row->basic_secret),
            .has_origin = row->has_origin};
        const struct oidc_client_facts facts = {.client = row->client,
                                                .has_credentials = row->has_credentials,
                                                .secret = row->result,
                                                .now = world_now(0)};
        struct oidc_client client;
        assert_int_equal(oidc_client_check(arena, &credentials, &facts, &client, NULL), HG_OK);
        if (client.error.id != row->error || client.needs_basic_challenge != row->challenge)
            fail_msg("%s: AADSTS%u", row->name, oidc_error_row(client.error.id)->aadsts);
        bool proved = row->error == OIDC_ERROR_NONE && (row->secret != NULL || row->basic_id);
        if (client.is_confidential != proved)
            fail_msg("%s: confidential %d", row->name, client.is_confidential);
    }
}

/* T is 1764000000, the world's now. PC037, C14. */
#define CLAIMS(iss, sub, aud, rest) \
    "{\"iss\":\"" iss "\",\"sub\":\"" sub "\",\"aud\":" aud ",\"jti\":\"j1\"" rest "}"
#define ID "33333333-3333-4333-8333-333333333333"
#define ISSUER "\"https://localhost:8443/11111111-1111-4111-8111-111111111111/v2.0\""
#define TOKEN "\"https://localhost:8443/contoso.test/oauth2/v2.0/token\""

static const struct {
    const char *name, *claims;
    enum oidc_error_id error;
} assertions[] = {
    {"PC035: the token endpoint as audience, nbf a second ahead, iat before it",
     CLAIMS(ID, ID, TOKEN, ",\"exp\":1764000600,\"nbf\":1764000001,\"iat\":1763999999"),
     OIDC_ERROR_NONE},
    {"PC036: the issuer as audience, in an array",
     CLAIMS(ID, ID, "[\"x\"," ISSUER "]", ",\"exp\":1764000060"), OIDC_ERROR_NONE},
    {"nbf 60 s ahead", CLAIMS(ID, ID, ISSUER, ",\"exp\":1764000600,\"nbf\":1764000060"),
     OIDC_ERROR_NONE},
    {"nbf 61 s ahead", CLAIMS(ID, ID, ISSUER, ",\"exp\":1764000600,\"nbf\":1764000061"),
     OIDC_ERROR_ASSERTION_TIME},
    {"iat far ahead", CLAIMS(ID, ID, ISSUER, ",\"exp\":1764000600,\"iat\":1764000300"),
     OIDC_ERROR_ASSERTION_TIME},
    {"expired five minutes ago", CLAIMS(ID, ID, ISSUER, ",\"exp\":1763999700"),
     OIDC_ERROR_ASSERTION_TIME},
    {"no exp", CLAIMS(ID, ID, ISSUER, ""), OIDC_ERROR_ASSERTION_TIME},
    {"exp as text", CLAIMS(ID, ID, ISSUER, ",\"exp\":\"1764000600\""), OIDC_ERROR_ASSERTION_TIME},
    {"exp more than a day ahead", CLAIMS(ID, ID, ISSUER, ",\"exp\":1764086401"),
     OIDC_ERROR_ASSERTION_TIME},
    {"another audience", CLAIMS(ID, ID, "\"https://other.test\"", ",\"exp\":1764000600"),
     OIDC_ERROR_ASSERTION_BAD},
    {"another client", CLAIMS("x", "x", ISSUER, ",\"exp\":1764000600"), OIDC_ERROR_ASSERTION_BAD},
    {"issuer and subject differ", CLAIMS(ID, "x", ISSUER, ",\"exp\":1764000600"),
     OIDC_ERROR_ASSERTION_SUBJECT},
    {"no subject", "{\"iss\":\"" ID "\",\"aud\":" ISSUER ",\"exp\":1764000600,\"jti\":\"j\"}",
     OIDC_ERROR_ASSERTION_SUBJECT},
    {"no jti", "{\"iss\":\"" ID "\",\"sub\":\"" ID "\",\"aud\":" ISSUER ",\"exp\":1764000600}",
     OIDC_ERROR_ASSERTION_BAD},
    {"no JSON", "x", OIDC_ERROR_ASSERTION_BAD},
};

static struct oidc_client assert_with(struct hg_arena *arena,
                                      const struct oidc_assertion *assertion)
{
    static const hg_str audiences[] = {
        HG_LIT("https://localhost:8443/11111111-1111-4111-8111-111111111111/v2.0"),
        HG_LIT("https://localhost:8443/contoso.test/oauth2/v2.0/token")};
    const struct oidc_credentials credentials = {.client_id = text_of(ID),
                                                 .client_assertion = text_of("a.b.c"),
                                                 .client_assertion_type = text_of(JWT)};
    const struct oidc_client_facts facts = {.client = &world_web,
                                            .has_credentials = true,
                                            .assertion = assertion,
                                            .audiences = audiences,
                                            .n_audiences = 2,
                                            .now = world_now(0)};
    struct oidc_client client;
    assert_int_equal(oidc_client_check(arena, &credentials, &facts, &client, NULL), HG_OK);
    return client;
}

static void assertions_are_held_to_every_claim(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(assertions); i++) {
        const struct oidc_assertion assertion = {.signature_ok = true,
                                                 .claims = hg_str_of(assertions[i].claims)};
        struct oidc_client client = assert_with(arena, &assertion);
        if (client.error.id != assertions[i].error)
            fail_msg("%s: AADSTS%u", assertions[i].name, oidc_error_row(client.error.id)->aadsts);
    }
    struct oidc_assertion used = {
        .signature_ok = true, .claims = hg_str_of(assertions[0].claims), .jti_is_used = true};
    assert_int_equal(assert_with(arena, &used).error.id, OIDC_ERROR_ASSERTION_BAD);
    used.signature_ok = false;
    assert_int_equal(assert_with(arena, &used).error.id, OIDC_ERROR_ASSERTION_SIGNATURE);
    used = (struct oidc_assertion){.signature_ok = true, .claims = used.claims};
    struct oidc_client client = assert_with(arena, &used);
    test_str_eq("jti to keep", client.jti, HG_STR("j1"));
    assert_int_equal(client.jti_until.us, world_now(660).us);
    test_str_eq("azpacr", oidc_client_acr(client.method), HG_STR("2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_to_authenticate_has_its_answer),
        cmocka_unit_test(assertions_are_held_to_every_claim),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
