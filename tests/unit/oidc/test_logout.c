#include "oidc/logout.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

#define URI "post_logout_redirect_uri=https://app.test/cb"

struct row {
    const char *name, *form;
    bool no_session, hint_is_bad, other_user, confirmed;
    enum oidc_logout_action action;
    const char *location;
};

/* protocol.md E4, R09, C28. */
static const struct row rows[] = {
    {.name = "no parameters, a session", .form = "", .action = OIDC_LOGOUT_CONFIRM},
    {.name = "no parameters, confirmed", .form = "", .confirmed = true, .action = OIDC_LOGOUT_DONE},
    {.name = "nobody is signed in", .form = "", .no_session = true, .action = OIDC_LOGOUT_DONE},
    {.name = "PC026: hint, URI and state",
     .form = URI "&id_token_hint=x&state=a b",
     .action = OIDC_LOGOUT_REDIRECT,
     .location = "https://app.test/cb?state=a%20b"},
    {.name = "hint and URI without state",
     .form = URI "&id_token_hint=x",
     .action = OIDC_LOGOUT_REDIRECT,
     .location = "https://app.test/cb"},
    {.name = "the list of logout URIs",
     .form = "post_logout_redirect_uri=https://app.test/bye?x=1&id_token_hint=x&state=s",
     .action = OIDC_LOGOUT_REDIRECT,
     .location = "https://app.test/bye?x=1&state=s"},
    {.name = "a hint without a URI", .form = "id_token_hint=x", .action = OIDC_LOGOUT_DONE},
    {.name = "PC086: an unregistered URI",
     .form = "post_logout_redirect_uri=https://evil.test/&id_token_hint=x",
     .action = OIDC_LOGOUT_DONE},
    {.name = "R09: a query added",
     .form = "post_logout_redirect_uri=https://app.test/cb?a=1&id_token_hint=x",
     .action = OIDC_LOGOUT_DONE},
    {.name = "PC087: a hint that is not ours",
     .form = URI "&id_token_hint=x",
     .hint_is_bad = true,
     .action = OIDC_LOGOUT_REFUSE},
    {.name = "a hint for another client than named",
     .form = URI "&id_token_hint=x&client_id=other",
     .action = OIDC_LOGOUT_REFUSE},
    {.name = "a hint of another user asks first",
     .form = URI "&id_token_hint=x",
     .other_user = true,
     .action = OIDC_LOGOUT_CONFIRM},
    {.name = "PC085: a URI without a hint", .form = URI "&state=s", .action = OIDC_LOGOUT_CONFIRM},
    {.name = "after yes it goes to an app of the session",
     .form = URI "&state=s",
     .confirmed = true,
     .action = OIDC_LOGOUT_REDIRECT,
     .location = "https://app.test/cb?state=s"},
    {.name = "after yes it goes nowhere else",
     .form = "post_logout_redirect_uri=https://evil.test/",
     .confirmed = true,
     .action = OIDC_LOGOUT_DONE},
    {.name = "MSAL: logout_hint of the session and its app's URI",
     .form = URI "&logout_hint=lh&state=s",
     .action = OIDC_LOGOUT_REDIRECT,
     .location = "https://app.test/cb?state=s"},
    {.name = "another logout_hint", .form = URI "&logout_hint=zz", .action = OIDC_LOGOUT_CONFIRM},
    {.name = "logout_hint and a foreign URI",
     .form = "post_logout_redirect_uri=https://evil.test/&logout_hint=lh",
     .action = OIDC_LOGOUT_CONFIRM},
    {.name = "a URI without session or hint",
     .form = URI,
     .no_session = true,
     .action = OIDC_LOGOUT_DONE},
    {.name = "a hint when the session is over",
     .form = URI "&id_token_hint=x",
     .no_session = true,
     .action = OIDC_LOGOUT_REDIRECT,
     .location = "https://app.test/cb"},
    {.name = "a repeated parameter", .form = URI "&" URI, .action = OIDC_LOGOUT_REFUSE},
};

static void each_row_of_the_logout_rule(void **state)
{
    struct hg_arena *arena = *state;
    static const hg_str bye[] = {HG_LIT("https://app.test/bye?x=1")};
    struct model_application web = world_web;
    web.post_logout_uris = bye;
    web.n_post_logout_uris = 1;
    const struct model_application *const apps[] = {&world_spa, &web};
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct oidc_params params = world_params(arena, rows[i].form);
        struct oidc_logout_request request;
        oidc_logout_parse(&params, &request);
        const struct oidc_logout_facts facts = {
            .hint_is_good = request.id_token_hint.is_set && !rows[i].hint_is_bad,
            .hint = {.aud = world_web.app_id, .oid = HG_STR("u1"), .sid = HG_STR("s1")},
            .has_session = !rows[i].no_session,
            .session_id = HG_STR("s1"),
            .session_user = rows[i].other_user ? HG_STR("u2") : HG_STR("u1"),
            .session_login_hint = HG_STR("lh"),
            .hinted = request.id_token_hint.is_set ? &web : NULL,
            .applications = apps,
            .n_applications = rows[i].no_session ? 0 : 2,
            .is_confirmed = rows[i].confirmed};
        struct oidc_logout logout;
        assert_int_equal(oidc_logout_check(arena, &request, &facts, &logout, NULL), HG_OK);
        if (logout.action != rows[i].action)
            fail_msg("%s: action %d", rows[i].name, logout.action);
        test_str_eq(rows[i].name, logout.location, hg_str_of(rows[i].location));
    }
}

static const struct {
    const char *name, *payload;
    bool good;
} hints[] = {
    {"PC110: one of ours, long expired",
     "{\"iss\":\"I\",\"aud\":\"c\",\"oid\":\"u\",\"sid\":\"s\",\"exp\":1}", true},
    {"another issuer", "{\"iss\":\"J\",\"aud\":\"c\",\"oid\":\"u\"}", false},
    {"an access token", "{\"iss\":\"I\",\"aud\":\"c\",\"oid\":\"u\",\"azp\":\"c\"}", false},
    {"a v1 access token", "{\"iss\":\"I\",\"aud\":\"c\",\"oid\":\"u\",\"appid\":\"c\"}", false},
    {"no user", "{\"iss\":\"I\",\"aud\":\"c\"}", false},
    {"no JSON", "x", false},
};

static void a_hint_is_an_id_token_of_this_tenant(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(hints); i++) {
        struct oidc_id_hint hint;
        enum hg_code code =
            oidc_id_hint_read(arena, hg_str_of(hints[i].payload), HG_STR("I"), &hint, NULL);
        if ((code == HG_OK) != hints[i].good)
            fail_msg("%s", hints[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_of_the_logout_rule),
        cmocka_unit_test(a_hint_is_an_id_token_of_this_tenant),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
