#include "oidc/response.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

static struct oidc_authorize auth_of(const char *uri, enum oidc_response_mode mode)
{
    return (struct oidc_authorize){.redirect_uri = hg_str_of(uri),
                                   .redirect_kind = OIDC_REDIRECT_WEB,
                                   .mode = mode,
                                   .has_state = true,
                                   .state = HG_STR("a b=\"<\xc3\xa9==")};
}

#define TAIL                                                                 \
    "state=a%20b%3D%22%3C%C3%A9%3D%3D&iss=https%3A%2F%2Flocalhost%3A8443%2F" \
    "11111111-1111-4111-8111-111111111111%2Fv2.0"

static const struct {
    const char *name, *uri;
    enum oidc_response_mode mode;
    const char *location;
} locations[] = {
    {"query", "https://app.test/cb", OIDC_MODE_QUERY, "https://app.test/cb?code=c&" TAIL},
    {"a query that is there already", "https://app.test/cb?t=1", OIDC_MODE_QUERY,
     "https://app.test/cb?t=1&code=c&" TAIL},
    {"PC020: fragment", "https://app.test/cb?t=1", OIDC_MODE_FRAGMENT,
     "https://app.test/cb?t=1#code=c&" TAIL},
    {"no path gets a slash", "http://localhost:5", OIDC_MODE_QUERY,
     "http://localhost:5/?code=c&" TAIL},
    {"no path but a query", "https://spa.test?a=b", OIDC_MODE_FRAGMENT,
     "https://spa.test/?a=b#code=c&" TAIL},
    {"an own scheme stays as it is", "msal4444://auth", OIDC_MODE_QUERY,
     "msal4444://auth?code=c&" TAIL},
};

/* PC071: odd state, the same in every mode; PC050: iss. */
static void a_success_carries_code_state_and_issuer(void **state)
{
    struct hg_arena *arena = *state;
    const struct oidc_success success = {.code = HG_STR("c")};
    for (size_t i = 0; i < HG_COUNT(locations); i++) {
        struct oidc_authorize auth = auth_of(locations[i].uri, locations[i].mode);
        struct oidc_reply reply;
        assert_int_equal(oidc_reply_success(arena, &auth, world_issuer, &success, &reply, NULL),
                         HG_OK);
        test_str_eq(locations[i].name, reply.location, hg_str_of(locations[i].location));
    }
}

static void form_post_keeps_the_uri_and_raw_values(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_authorize auth = auth_of("http://localhost:51234", OIDC_MODE_FORM_POST);
    const struct oidc_success success = {
        .code = HG_STR("c"), .session_state = HG_STR("ss"), .client_info = HG_STR("ci")};
    struct oidc_reply reply;
    assert_int_equal(oidc_reply_success(arena, &auth, world_issuer, &success, &reply, NULL), HG_OK);
    test_str_eq("action", reply.action, HG_STR("http://localhost:51234"));
    test_str_eq("origin", reply.origin, HG_STR("http://localhost:51234"));
    assert_int_equal(reply.location.len, 0);
    static const char *const names[] = {"code", "client_info", "session_state", "state", "iss"};
    assert_int_equal(reply.n_fields, HG_COUNT(names));
    for (size_t i = 0; i < HG_COUNT(names); i++)
        test_str_eq("field", reply.fields[i].name, hg_str_of(names[i]));
    test_str_eq("state", reply.fields[3].value, auth.state);
}

static void an_absent_state_stays_absent(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_authorize auth = auth_of("https://app.test/cb", OIDC_MODE_QUERY);
    auth.has_state = false;
    const struct oidc_success success = {.code = HG_STR("c")};
    struct oidc_reply reply;
    assert_int_equal(oidc_reply_success(arena, &auth, world_issuer, &success, &reply, NULL), HG_OK);
    assert_true(hg_str_find(reply.location, HG_STR("state")) == HG_NPOS);
}

static void an_error_carries_word_number_and_challenge(void **state)
{
    struct hg_arena *arena = *state;
    struct oidc_authorize auth = auth_of("https://app.test/cb", OIDC_MODE_FORM_POST);
    const struct oidc_error_context context = {
        .base = world_base, .issuer = world_issuer, .now = world_now(0)};
    struct oidc_error error = oidc_error_make(OIDC_ERROR_BLOCKED);
    error.claims = HG_STR("{}");
    struct oidc_reply reply;
    assert_int_equal(oidc_reply_error(arena, &auth, &error, &context, &reply, NULL), HG_OK);
    test_str_eq("error", reply.fields[0].value, HG_STR("access_denied"));
    test_str_eq("uri", reply.fields[2].value, HG_STR("https://localhost:8443/error?code=53003"));
    test_str_eq("suberror", reply.fields[3].value, HG_STR("message_only"));
    test_str_eq("claims", reply.fields[4].value, HG_STR("{}"));
    test_str_eq("iss", reply.fields[6].value, world_issuer);
}

/* R07: what must stay on a page, or has nowhere to go, never becomes a redirect. */
static void some_errors_never_leave_the_server(void **state)
{
    struct hg_arena *arena = *state;
    const struct oidc_error_context context = {
        .base = world_base, .issuer = world_issuer, .now = world_now(0)};
    static const enum oidc_error_id pages[] = {
        OIDC_ERROR_CLIENT_UNKNOWN, OIDC_ERROR_CLIENT_DISABLED, OIDC_ERROR_REDIRECT_URI,
        OIDC_ERROR_REDIRECT_URI_MISSING, OIDC_ERROR_TENANT_UNKNOWN};
    struct oidc_authorize auth = auth_of("https://app.test/cb", OIDC_MODE_QUERY);
    struct oidc_reply reply;
    for (size_t i = 0; i < HG_COUNT(pages); i++) {
        struct oidc_error error = oidc_error_make(pages[i]);
        assert_int_equal(oidc_reply_error(arena, &auth, &error, &context, &reply, NULL),
                         HG_UNSUPPORTED);
    }
    auth.redirect_kind = OIDC_REDIRECT_NONE;
    struct oidc_error error = oidc_error_make(OIDC_ERROR_NOBODY_SIGNED_IN);
    assert_int_equal(oidc_reply_error(arena, &auth, &error, &context, &reply, NULL),
                     HG_UNSUPPORTED);
}

static void client_info_names_user_and_home_tenant(void **state)
{
    struct hg_arena *arena = *state;
    hg_str info;
    hg_str text;
    assert_int_equal(oidc_client_info(arena, HG_STR("o1"), HG_STR("t1"), &info, NULL), HG_OK);
    assert_int_equal(hg_b64url_decode(arena, info, &text, NULL), HG_OK);
    test_str_eq("client_info", text, HG_STR("{\"uid\":\"o1\",\"utid\":\"t1\"}"));
    assert_int_equal(oidc_issuer(arena, world_base, world_tenant.id, &text, NULL), HG_OK);
    test_str_eq("issuer", text, world_issuer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_success_carries_code_state_and_issuer),
        cmocka_unit_test(form_post_keeps_the_uri_and_raw_values),
        cmocka_unit_test(an_absent_state_stays_absent),
        cmocka_unit_test(an_error_carries_word_number_and_challenge),
        cmocka_unit_test(some_errors_never_leave_the_server),
        cmocka_unit_test(client_info_names_user_and_home_tenant),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
