#include "http/http.h"
#include "unit/test.h"

static struct http_request request_with(const struct http_field *fields, size_t n)
{
    return (struct http_request){.headers = {.items = fields, .n = n}};
}

static void header_names_have_no_case(void **state)
{
    (void)state;
    const struct http_field fields[] = {{HG_LIT("X-One"), HG_LIT("1")},
                                        {HG_LIT("x-one"), HG_LIT("2")}};
    struct http_request request = request_with(fields, HG_COUNT(fields));
    hg_str value;
    assert_true(http_header(&request, "x-ONE", &value));
    test_str_eq("the first", value, HG_STR("1"));
    test_str_eq("absent", http_header_or(&request, "X-Two", "none"), HG_STR("none"));
}

static const struct {
    const char *name;
    hg_str content_type;
    bool want;
} types[] = {
    {"the type alone", HG_LIT("application/json"), true},
    {"parameters do not count", HG_LIT("application/json ; charset=utf-8"), true},
    {"letter case does not count", HG_LIT("Application/JSON"), true},
    {"a longer type is another", HG_LIT("application/json-patch+json"), false},
    {"nothing is nothing", HG_LIT(""), false},
};

static void media_types_compare_without_parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(types); i++) {
        struct http_field field = {HG_LIT("Content-Type"), types[i].content_type};
        struct http_request request = request_with(&field, 1);
        if (http_content_is(&request, "application/json") != types[i].want)
            fail_msg("%s", types[i].name);
    }
}

static const struct {
    const char *name;
    hg_str authorization;
    const char *bearer;
    const char *basic; /* user|password */
} credentials[] = {
    {"a bearer token", HG_LIT("Bearer abc.def"), "abc.def", NULL},
    {"a scheme has no case", HG_LIT("bEARER  abc "), "abc", NULL},
    {"no token", HG_LIT("Bearer "), NULL, NULL},
    {"two tokens", HG_LIT("Bearer a b"), NULL, NULL},
    {"basic", HG_LIT("Basic YTpiOmM="), NULL, "a|b:c"},
    {"basic with an empty password", HG_LIT("basic YTo="), NULL, "a|"},
    {"basic without a colon", HG_LIT("Basic YWJj"), NULL, NULL},
    {"basic that is no base64", HG_LIT("Basic a:b"), NULL, NULL},
    {"basic with a NUL", HG_LIT("Basic YQA6Yg=="), NULL, NULL},
    {"another scheme", HG_LIT("Digest abc"), NULL, NULL},
};

static void credentials_are_read_by_scheme(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(credentials); i++) {
        struct http_field field = {HG_LIT("Authorization"), credentials[i].authorization};
        struct http_request request = request_with(&field, 1);
        hg_str user;
        hg_str password = {0};
        if (http_bearer(&request, &user) != (credentials[i].bearer != NULL))
            fail_msg("%s: bearer", credentials[i].name);
        if (credentials[i].bearer != NULL)
            test_str_eq(credentials[i].name, user, hg_str_of(credentials[i].bearer));
        if (http_basic(arena, &request, &user, &password) != (credentials[i].basic != NULL))
            fail_msg("%s: basic", credentials[i].name);
        if (credentials[i].basic != NULL)
            test_str_eq(credentials[i].name,
                        hg_str_format(arena, "%.*s|%.*s", HG_ARG(user), HG_ARG(password)),
                        hg_str_of(credentials[i].basic));
    }
}

static const struct {
    const char *name;
    hg_str header;
    const char *want; /* of the cookie "id"; NULL: absent */
} cookies[] = {
    {"one cookie", HG_LIT("id=42"), "42"},
    {"among others", HG_LIT("a=1; id=42; b=2"), "42"},
    {"the first of two", HG_LIT("id=1; id=2"), "1"},
    {"a value with '='", HG_LIT("id=a=b=="), "a=b=="},
    {"an empty value", HG_LIT("id="), ""},
    {"names have case", HG_LIT("ID=42"), NULL},
    {"a name that ends in it", HG_LIT("xid=42"), NULL},
    {"a name in a value", HG_LIT("a=id=42"), NULL},
    {"no pair", HG_LIT("id"), NULL},
};

static void cookies_are_found_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(cookies); i++) {
        const struct http_field fields[] = {{HG_LIT("cookie"), HG_LIT("other=1")},
                                            {HG_LIT("Cookie"), cookies[i].header}};
        struct http_request request = request_with(fields, HG_COUNT(fields));
        hg_str value;
        bool found = http_cookie(&request, "id", &value);
        if (found != (cookies[i].want != NULL))
            fail_msg("%s", cookies[i].name);
        if (found)
            test_str_eq(cookies[i].name, value, hg_str_of(cookies[i].want));
    }
}

static void a_field_is_set_once_and_cookies_add_up(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct http_response response = {0};
    http_respond(&response, 200, "text/plain", HG_STR("x"));
    http_respond(&response, 404, "text/html", HG_STR("y"));
    assert_int_equal(response.status, 404);
    assert_int_equal(response.n_fields, 1);
    test_str_eq("the later type", response.fields[0].value, HG_STR("text/html"));
    http_set_cookie(arena, &response, "__Host-a", HG_STR("1"), (struct http_cookie_options){0});
    http_set_cookie(arena, &response, "__Host-b", HG_STR(""),
                    (struct http_cookie_options){.max_age_s = -1, .same_site_none = true});
    http_set_cookie(arena, &response, "__Host-c", HG_STR("3"),
                    (struct http_cookie_options){.max_age_s = 60});
    assert_int_equal(response.n_fields, 4);
    test_str_eq("a session cookie", response.fields[1].value,
                HG_STR("__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax"));
    test_str_eq("a cookie that goes", response.fields[2].value,
                HG_STR("__Host-b=; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=0"));
    test_str_eq("a cookie that stays", response.fields[3].value,
                HG_STR("__Host-c=3; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"));
}

static void a_redirect_has_a_place_and_no_body(void **state)
{
    (void)state;
    struct http_response response = {.body = HG_LIT("old")};
    http_redirect(&response, 302, HG_STR("https://localhost/x"));
    assert_int_equal(response.status, 302);
    assert_int_equal(response.body.len, 0);
    test_str_eq("location", response.fields[0].value, HG_STR("https://localhost/x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_names_have_no_case),
        cmocka_unit_test(media_types_compare_without_parameters),
        cmocka_unit_test(credentials_are_read_by_scheme),
        cmocka_unit_test(cookies_are_found_by_name),
        cmocka_unit_test(a_field_is_set_once_and_cookies_add_up),
        cmocka_unit_test(a_redirect_has_a_place_and_no_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
