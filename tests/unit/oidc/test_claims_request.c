#include "oidc/claims_request.h"
#include "oidc/error.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

static struct oidc_claims_request parsed(struct hg_arena *arena, const char *text,
                                         struct oidc_error *error)
{
    struct oidc_claims_request request;
    assert_int_equal(oidc_claims_parse(arena, hg_str_of(text), &request, error, NULL), HG_OK);
    return request;
}

static void what_changes_something_is_recognised(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_error error;
    struct oidc_claims_request request =
        parsed(arena,
               "{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"p1\",\"p2\"]},"
               "\"acrs\":{\"essential\":true,\"value\":\"c1\"},\"nbf\":{\"essential\":true,"
               "\"value\":\"1604106651\"},\"xms_cc\":{\"values\":[\"CP1\"]}},"
               "\"id_token\":{\"acr\":{\"essential\":true,\"values\":["
               "\"urn:microsoft:policies:mfa\"]},\"login_hint\":{}}}",
               &error);
    assert_int_equal(error.id, OIDC_ERROR_NONE);
    assert_int_equal(request.n_capolids, 2);
    test_str_eq("second policy", request.capolids[1], HG_STR("p2"));
    assert_int_equal(request.n_acrs, 1);
    test_str_eq("context", request.acrs[0], HG_STR("c1"));
    assert_true(request.acrs_essential && request.has_not_before && request.is_capable);
    assert_int_equal(request.not_before.us, INT64_C(1604106651) * 1000000);
    assert_true(request.wants_mfa && request.mfa_essential && request.wants_login_hint);

    request = parsed(
        arena, "{\"access_token\":{\"polids\":{\"essential\":true,\"Values\":[\"old\"]}}}", &error);
    assert_int_equal(request.n_capolids, 1);
}

static void contexts_are_c1_to_c99_each_once(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_error error;
    struct oidc_claims_request request =
        parsed(arena,
               "{\"access_token\":{\"acrs\":{\"essential\":true,\"values\":[\"C2\",\"c99\",\"c2\","
               "\"c0\",\"c100\",\"c01\",\"c\",\"p1\",\"c1x\",\"urn:c1\"]}}}",
               &error);
    assert_int_equal(request.n_acrs, 2);
    test_str_eq("lower case", request.acrs[0], HG_STR("c2"));
    test_str_eq("the last one", request.acrs[1], HG_STR("c99"));
    assert_true(request.acrs_essential);
    request = parsed(arena, "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"p1\"}}}",
                     &error);
    assert_int_equal(request.n_acrs, 0);
    assert_false(request.acrs_essential || oidc_error_is(&error));
}

static void a_challenge_asks_for_the_contexts_again(void **state)
{
    struct hg_arena *arena = *state;
    static const hg_str contexts[] = {HG_LIT("c1"), HG_LIT("c2")};
    hg_str claims;
    assert_int_equal(
        oidc_claims_with_contexts(
            arena,
            HG_STR("{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"p\"]}}}"),
            contexts, 2, &claims, NULL),
        HG_OK);
    test_str_eq("both", claims,
                HG_STR("{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"p\"]},"
                       "\"acrs\":{\"essential\":true,\"values\":[\"c1\",\"c2\"]}}}"));
}

static const char *const harmless[] = {
    "{}",
    /* fact 9: every MSAL request carries this */
    "{\"id_token\":{\"signin_state\":{\"essential\":false},\"login_hint\":{\"essential\":false},"
    "\"tenant_region_sub_scope\":{\"essential\":false}}}",
    "{\"userinfo\":{\"given_name\":null},\"id_token\":null}",
    "{\"access_token\":{\"acrs\":null,\"nbf\":{\"value\":\"soon\"},\"capolids\":[1,2]}}",
    "{\"access_token\":[],\"id_token\":7}",
};

static void unknown_voluntary_claims_are_ignored(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(harmless); i++) {
        struct oidc_error error;
        struct oidc_claims_request request = parsed(arena, harmless[i], &error);
        if (oidc_error_is(&error) || request.n_capolids + request.n_acrs > 0 || request.wants_mfa ||
            request.has_not_before)
            fail_msg("%s", harmless[i]);
    }
}

/* PC113, C26. */
static void what_is_no_object_or_too_large_is_refused(void **state)
{
    struct hg_arena *arena = *state;
    static const char *const bad[] = {"", "x", "[]", "{\"a\":1,\"a\":2}", "{} {}", "\"{}\""};
    struct oidc_error error;
    for (size_t i = 0; i < HG_COUNT(bad); i++) {
        (void)parsed(arena, bad[i], &error);
        assert_int_equal(error.id, OIDC_ERROR_CLAIMS);
    }
    struct hg_buf buf = hg_buf_new(arena, 1 << 20);
    hg_buf_z(&buf, "{\"a\":\"");
    while (buf.len < HG_MAX_CLAIMS)
        hg_buf_byte(&buf, 'a');
    hg_buf_z(&buf, "\"}");
    (void)parsed(arena, hg_str_z(arena, hg_buf_view(&buf)), &error);
    assert_int_equal(error.id, OIDC_ERROR_CLAIMS);
}

static void a_resource_challenges_in_one_field(void **state)
{
    struct hg_arena *arena = *state;
    hg_str claims;
    hg_str header;
    assert_int_equal(oidc_challenge_acrs(arena, HG_STR("c1"), &claims, NULL), HG_OK);
    test_str_eq("acrs", claims,
                HG_STR("{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}"));
    assert_int_equal(oidc_challenge_claims(arena, world_base, HG_STR(""), claims, &header, NULL),
                     HG_OK);
    test_str_eq(
        "header", header,
        HG_STR("Bearer realm=\"\", authorization_uri=\"https://localhost:8443/common/oauth2/v2.0/"
               "authorize\", error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOnsiYWNycy"
               "I6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19\""));
    assert_int_equal(oidc_challenge_not_before(arena, world_now(0), &claims, NULL), HG_OK);
    test_str_eq("nbf", claims,
                HG_STR("{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":"
                       "\"1764000000\"}}}"));
    assert_int_equal(
        oidc_challenge_claims(arena, world_base, world_graph.app_id, claims, &header, NULL), HG_OK);
    assert_true(
        hg_str_find(header, HG_STR(", client_id=\"00000003-0000-0000-c000-000000000000\"")) !=
        HG_NPOS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changes_something_is_recognised),
        cmocka_unit_test(unknown_voluntary_claims_are_ignored),
        cmocka_unit_test(contexts_are_c1_to_c99_each_once),
        cmocka_unit_test(a_challenge_asks_for_the_contexts_again),
        cmocka_unit_test(what_is_no_object_or_too_large_is_refused),
        cmocka_unit_test(a_resource_challenges_in_one_field),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
