#include "oidc/redirect_uri.h"
#include "unit/oidc/world.h"
#include "unit/test.h"

static const struct {
    const char *name;
    const struct model_application *app;
    hg_str uri;
    enum oidc_redirect_kind want;
} matches[] = {
    {"a web URI, byte for byte", &world_web, HG_LIT("https://app.test/cb"), OIDC_REDIRECT_WEB},
    {"a spa URI", &world_spa, HG_LIT("https://spa.test"), OIDC_REDIRECT_SPA},
    {"an own scheme", &world_desktop, HG_LIT("msal4444://auth"), OIDC_REDIRECT_PUBLIC},
    {"localhost with any port", &world_desktop, HG_LIT("http://localhost:51234"),
     OIDC_REDIRECT_PUBLIC},
    {"localhost without a port where one is registered", &world_web, HG_LIT("http://localhost/cb"),
     OIDC_REDIRECT_WEB},
    {"localhost with another port", &world_web, HG_LIT("http://localhost:1/cb"), OIDC_REDIRECT_WEB},
    {"R03: another path on localhost", &world_web, HG_LIT("http://localhost:3000/cbx"),
     OIDC_REDIRECT_NONE},
    {"PC054: a slash added on localhost", &world_desktop, HG_LIT("http://localhost:51234/"),
     OIDC_REDIRECT_NONE},
    {"R03: 127.0.0.1 for localhost", &world_desktop, HG_LIT("http://127.0.0.1:51234"),
     OIDC_REDIRECT_NONE},
    {"https on localhost for http", &world_desktop, HG_LIT("https://localhost:51234"),
     OIDC_REDIRECT_NONE},
    {"R02: a host that starts with localhost", &world_desktop, HG_LIT("http://localhost.evil.test"),
     OIDC_REDIRECT_NONE},
    {"R02: localhost as user name", &world_desktop, HG_LIT("http://localhost@evil.test"),
     OIDC_REDIRECT_NONE},
    {"R02: localhost and port as user", &world_desktop, HG_LIT("http://localhost:80@evil.test"),
     OIDC_REDIRECT_NONE},
    {"a port past 65535", &world_desktop, HG_LIT("http://localhost:65536"), OIDC_REDIRECT_NONE},
    {"an empty port", &world_desktop, HG_LIT("http://localhost:"), OIDC_REDIRECT_NONE},
    {"a query added on localhost", &world_desktop, HG_LIT("http://localhost:1?x=1"),
     OIDC_REDIRECT_NONE},
    {"R01: a suffix", &world_web, HG_LIT("https://app.test/cb/"), OIDC_REDIRECT_NONE},
    {"R01: a prefix", &world_web, HG_LIT("https://app.test/c"), OIDC_REDIRECT_NONE},
    {"PC053: a query added", &world_web, HG_LIT("https://app.test/cb?foo=bar"), OIDC_REDIRECT_NONE},
    {"R01: a fragment", &world_web, HG_LIT("https://app.test/cb#x"), OIDC_REDIRECT_NONE},
    {"R01: another letter case", &world_web, HG_LIT("https://app.test/CB"), OIDC_REDIRECT_NONE},
    {"another letter case of the host", &world_web, HG_LIT("https://App.test/cb"),
     OIDC_REDIRECT_NONE},
    {"a port elsewhere than on loopback", &world_web, HG_LIT("https://app.test:443/cb"),
     OIDC_REDIRECT_NONE},
    {"R05: user information", &world_web, HG_LIT("https://app.test@evil.test/cb"),
     OIDC_REDIRECT_NONE},
    {"R05: a backslash", &world_web, HG_LIT("https://app.test\\cb"), OIDC_REDIRECT_NONE},
    {"R05: an encoded line end", &world_web, HG_LIT("https://app.test/cb%0d%0a"),
     OIDC_REDIRECT_NONE},
    {"R05: encoded dots", &world_web, HG_LIT("https://app.test/%2e%2e/cb"), OIDC_REDIRECT_NONE},
    {"R05: a trailing dot of the host", &world_web, HG_LIT("https://app.test./cb"),
     OIDC_REDIRECT_NONE},
    {"a line end", &world_web, HG_LIT("https://app.test/cb\r\n"), OIDC_REDIRECT_NONE},
    {"nothing", &world_web, HG_LIT(""), OIDC_REDIRECT_NONE},
    {"a list of another application", &world_spa, HG_LIT("https://app.test/cb"),
     OIDC_REDIRECT_NONE},
};

static void only_registered_uris_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(matches); i++)
        if (oidc_redirect_match(matches[i].app, matches[i].uri) != matches[i].want)
            fail_msg("%s", matches[i].name);
}

static const char *const insertions[] = {"/",  "?", "#",  "@", "\\",  "%2f", ".", ":", " ", "\t",
                                         "\n", ";", "//", "A", "%00", "..",  "&", "=", ",", "~"};

/* G04: whatever is put into a registered URI, at whatever place, it matches no more. */
static void a_changed_uri_never_matches(void **state)
{
    struct hg_arena *arena = *state;
    hg_str uri = web_uris[0];
    for (size_t at = 0; at <= uri.len; at++) {
        for (size_t i = 0; i < HG_COUNT(insertions); i++) {
            hg_str hostile = hg_str_format(arena, "%.*s%s%.*s", HG_ARG(hg_str_sub(uri, 0, at)),
                                           insertions[i], HG_ARG(hg_str_from(uri, at)));
            if (oidc_redirect_match(&world_web, hostile) != OIDC_REDIRECT_NONE)
                fail_msg("%.*s", HG_ARG(hostile));
        }
        hg_str shorter = hg_str_format(arena, "%.*s%.*s", HG_ARG(hg_str_sub(uri, 0, at)),
                                       HG_ARG(hg_str_from(uri, at + 1)));
        if (at < uri.len && oidc_redirect_match(&world_web, shorter) != OIDC_REDIRECT_NONE)
            fail_msg("%.*s", HG_ARG(shorter));
    }
}

static const struct {
    const char *name;
    enum oidc_redirect_kind kind;
    hg_str uri;
    bool allowed;
} registrations[] = {
    {"https", OIDC_REDIRECT_WEB, HG_LIT("https://app.test/cb?tenant=1"), true},
    {"http on localhost", OIDC_REDIRECT_SPA, HG_LIT("http://localhost:3000/"), true},
    {"http on 127.0.0.1", OIDC_REDIRECT_WEB, HG_LIT("http://127.0.0.1/cb"), true},
    {"an own scheme for an installed app", OIDC_REDIRECT_PUBLIC, HG_LIT("msauth.app://auth"), true},
    {"the out-of-band URN", OIDC_REDIRECT_PUBLIC, HG_LIT("urn:ietf:wg:oauth:2.0:oob"), true},
    {"http elsewhere", OIDC_REDIRECT_WEB, HG_LIT("http://app.test/cb"), false},
    {"http on a host that starts with localhost", OIDC_REDIRECT_WEB,
     HG_LIT("http://localhost.evil.test"), false},
    {"the IPv6 loopback, which the documented service refuses", OIDC_REDIRECT_WEB,
     HG_LIT("http://[::1]/cb"), false},
    {"an own scheme for a web app", OIDC_REDIRECT_WEB, HG_LIT("myapp://cb"), false},
    {"R04: javascript", OIDC_REDIRECT_PUBLIC, HG_LIT("javascript:alert"), false},
    {"R04: javascript in mixed case", OIDC_REDIRECT_PUBLIC, HG_LIT("JavaScript:alert"), false},
    {"R04: data", OIDC_REDIRECT_PUBLIC, HG_LIT("DATA:text/html"), false},
    {"R04: vbscript", OIDC_REDIRECT_PUBLIC, HG_LIT("vbScript:x"), false},
    {"R04: a tab in the scheme", OIDC_REDIRECT_PUBLIC, HG_LIT("java\tscript:x"), false},
    {"a file", OIDC_REDIRECT_PUBLIC, HG_LIT("file:///etc/passwd"), false},
    {"https without a host", OIDC_REDIRECT_WEB, HG_LIT("https:///cb"), false},
    {"https in upper case", OIDC_REDIRECT_PUBLIC, HG_LIT("HTTPS://app.test"), false},
    {"a fragment", OIDC_REDIRECT_WEB, HG_LIT("https://app.test/#x"), false},
    {"user information", OIDC_REDIRECT_WEB, HG_LIT("https://a@app.test/"), false},
    {"a wildcard", OIDC_REDIRECT_WEB, HG_LIT("https://*.app.test/"), false},
    {"a bracket", OIDC_REDIRECT_WEB, HG_LIT("https://app.test/(x)"), false},
    {"no scheme", OIDC_REDIRECT_PUBLIC, HG_LIT("app.test/cb"), false},
    {"nothing", OIDC_REDIRECT_WEB, HG_LIT(""), false},
};

static void what_may_be_registered(void **state)
{
    struct hg_arena *arena = *state;
    for (size_t i = 0; i < HG_COUNT(registrations); i++) {
        const char *why = oidc_redirect_refusal(registrations[i].kind, registrations[i].uri);
        if ((why == NULL) != registrations[i].allowed)
            fail_msg("%s: %s", registrations[i].name, why == NULL ? "allowed" : why);
    }
    struct hg_buf buf = hg_buf_new(arena, 1000);
    hg_buf_z(&buf, "https://app.test/");
    while (buf.len < 256)
        hg_buf_byte(&buf, 'a');
    assert_null(oidc_redirect_refusal(OIDC_REDIRECT_WEB, hg_buf_view(&buf)));
    hg_buf_byte(&buf, 'a');
    assert_non_null(oidc_redirect_refusal(OIDC_REDIRECT_WEB, hg_buf_view(&buf)));
}

static void the_only_uri_stands_for_one_that_is_not_sent(void **state)
{
    (void)state;
    hg_str uri = HG_STR("");
    enum oidc_redirect_kind kind = OIDC_REDIRECT_NONE;
    assert_true(oidc_redirect_only(&world_spa, &uri, &kind));
    test_str_eq("uri", uri, HG_STR("https://spa.test"));
    assert_int_equal(kind, OIDC_REDIRECT_SPA);
    assert_false(oidc_redirect_only(&world_web, &uri, &kind));
    assert_false(oidc_redirect_only(&world_graph, &uri, &kind));
}

static void the_origin_is_scheme_host_and_port(void **state)
{
    (void)state;
    test_str_eq("path", oidc_redirect_origin(HG_STR("https://a.test:8443/x?y")),
                HG_STR("https://a.test:8443"));
    test_str_eq("bare", oidc_redirect_origin(HG_STR("http://localhost:1")),
                HG_STR("http://localhost:1"));
    test_str_eq("urn", oidc_redirect_origin(HG_STR("urn:x")), HG_STR(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_registered_uris_match),
        cmocka_unit_test(a_changed_uri_never_matches),
        cmocka_unit_test(what_may_be_registered),
        cmocka_unit_test(the_only_uri_stands_for_one_that_is_not_sent),
        cmocka_unit_test(the_origin_is_scheme_host_and_port),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
