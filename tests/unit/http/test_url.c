#include "http/http.h"
#include "unit/test.h"

static const struct {
    const char *name;
    const char *in;
    const char *want; /* scheme host port path ?query #fragment; NULL: refused */
} urls[] = {
    {"all parts", "https://id.contoso.test:8443/a/b?x=1&y=2#f",
     "https id.contoso.test 8443 /a/b ?x=1&y=2 #f"},
    {"as written, letter case too", "HTTPS://ID.Contoso.Test/A", "HTTPS ID.Contoso.Test 0 /A"},
    {"no path", "https://localhost", "https localhost 0 "},
    {"an empty query is one", "https://localhost/?", "https localhost 0 / ?"},
    {"an empty fragment is one", "https://localhost/#", "https localhost 0 / #"},
    {"an IPv6 host", "http://[::1]:80/x", "http ::1 80 /x"},
    {"an IPv6 host without port", "http://[2001:db8::1]", "http 2001:db8::1 0 "},
    {"a scheme of an installed application", "msal1234://auth", "msal1234 auth 0 "},
    {"a scheme without authority", "com.contoso.app:/callback", "com.contoso.app  0 /callback"},
    {"a URN", "urn:ietf:wg:oauth:2.0:oob", "urn  0 ietf:wg:oauth:2.0:oob"},
    {"escapes", "https://localhost/%C5%BD?a=%20", "https localhost 0 /%C5%BD ?a=%20"},
    {"a question mark in a query", "https://localhost/?a?b", "https localhost 0 / ?a?b"},
    {"a question mark behind '#'", "https://localhost/#a?b", "https localhost 0 / #a?b"},
    {"nothing", "", NULL},
    {"no scheme", "//localhost/x", NULL},
    {"a path", "/x", NULL},
    {"a scheme that starts with a digit", "1http://x", NULL},
    {"https without a host", "https:///x", NULL},
    {"https without an authority", "https:localhost", NULL},
    {"a user name", "https://a@localhost/", NULL},
    {"a host behind a user name that looks like one", "https://good.test@evil.test/", NULL},
    {"a backslash", "https://localhost\\@evil.test/", NULL},
    {"an escape in the host", "https://local%68ost/", NULL},
    {"a blank", "https://localhost/a b", NULL},
    {"a line break", "https://localhost/\n", NULL},
    {"a letter that must be escaped", "https://localhost/\xc5\xbd", NULL},
    {"an escape cut short", "https://localhost/%4", NULL},
    {"a bracket that is not closed", "https://[::1/", NULL},
    {"brackets around a name", "https://[localhost]/", NULL},
    {"text behind the bracket", "https://[::1]x/", NULL},
    {"an empty port", "https://localhost:/", NULL},
    {"port 0", "https://localhost:0/", NULL},
    {"a port past the last", "https://localhost:65536/", NULL},
    {"a port with a sign", "https://localhost:+80/", NULL},
    {"a second '#'", "https://localhost/#a#b", NULL},
};

static void urls_are_cut_into_parts_or_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(urls); i++) {
        struct http_url url;
        enum hg_code code = http_url_parse(hg_str_of(urls[i].in), &url, NULL);
        if (code != (urls[i].want == NULL ? HG_MALFORMED : HG_OK))
            fail_msg("%s: code %d", urls[i].name, code);
        if (urls[i].want == NULL)
            continue;
        hg_str got =
            hg_str_format(arena, "%.*s %.*s %u %.*s%s%.*s%s%.*s", HG_ARG(url.scheme),
                          HG_ARG(url.host), url.port, HG_ARG(url.path), url.has_query ? " ?" : "",
                          HG_ARG(url.query), url.has_fragment ? " #" : "", HG_ARG(url.fragment));
        test_str_eq(urls[i].name, got, hg_str_of(urls[i].want));
    }
}

static const struct {
    const char *name;
    hg_str in;
    const char *path, *query; /* NULL: refused */
} targets[] = {
    {"path and query", HG_LIT("/a%20b?x=%20&y"), "/a b", "x=%20&y"},
    {"no query", HG_LIT("/a"), "/a", ""},
    {"a plus sign in a path stays", HG_LIT("/a+b"), "/a+b", ""},
    {"dots inside a segment", HG_LIT("/v1.0/..a"), "/v1.0/..a", ""},
    {"an absolute target", HG_LIT("https://localhost/a"), NULL, NULL},
    {"an asterisk", HG_LIT("*"), NULL, NULL},
    {"a NUL", HG_LIT("/a%00"), NULL, NULL},
    {"bytes that are not UTF-8", HG_LIT("/%ff"), NULL, NULL},
    {"two dots", HG_LIT("/a/../b"), NULL, NULL},
    {"two escaped dots", HG_LIT("/a/%2e%2E/b"), NULL, NULL},
    {"one dot", HG_LIT("/./a"), NULL, NULL},
};

static void targets_are_decoded_or_refused(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(targets); i++) {
        hg_str path;
        hg_str query;
        enum hg_code code = http_target_parse(arena, targets[i].in, &path, &query, NULL);
        if (code != (targets[i].path == NULL ? HG_MALFORMED : HG_OK))
            fail_msg("%s: code %d", targets[i].name, code);
        if (targets[i].path == NULL)
            continue;
        test_str_eq(targets[i].name, path, hg_str_of(targets[i].path));
        test_str_eq(targets[i].name, query, hg_str_of(targets[i].query));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_cut_into_parts_or_refused),
        cmocka_unit_test(targets_are_decoded_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
