#include "http/http.h"
#include "unit/test.h"

enum { LIST, ONE, ME, KEYED, DELTA, WRITE, FILES, ROOT, PORTAL, TENANT };

static const struct http_route routes[] = {
    {"GET,POST", "/v1.0/users", LIST},
    {"GET,PATCH,DELETE", "/v1.0/users/{id}", ONE},
    {"GET", "/v1.0/me", ME},
    {"GET", "/v1.0/users('{id}')/owned", KEYED},
    {"GET", "/v1.0/users/delta", DELTA},
    {"POST", "/v1.0/users/{id}/{action}", WRITE},
    {"GET", "/files/{path*}", FILES},
    {"GET", "/", ROOT},
    {"GET", "/files", PORTAL},
    {"GET", "/{tenant}/oauth2/v2.0/authorize", TENANT},
};

static const struct {
    const char *name;
    const char *method, *path;
    enum http_match match;
    int id;
    const char *param, *value; /* or the Allow list */
} cases[] = {
    {"a literal path", "GET", "/v1.0/users", HTTP_MATCHED, LIST, NULL, NULL},
    {"the second method of a row", "POST", "/v1.0/users", HTTP_MATCHED, LIST, NULL, NULL},
    {"letter case of literals does not count", "GET", "/V1.0/Users", HTTP_MATCHED, LIST, NULL,
     NULL},
    {"one slash at the end does not count", "GET", "/v1.0/users/", HTTP_MATCHED, LIST, NULL, NULL},
    {"two slashes at the end do", "GET", "/v1.0/users//", HTTP_NO_PATH, 0, NULL, NULL},
    {"a parameter keeps its case", "GET", "/v1.0/users/Adele", HTTP_MATCHED, ONE, "id", "Adele"},
    {"a parameter is not empty", "POST", "/v1.0/users//x", HTTP_NO_PATH, 0, NULL, NULL},
    {"the literal pattern wins over a parameter", "GET", "/v1.0/users/delta", HTTP_MATCHED, DELTA,
     NULL, NULL},
    {"but only where it has the method", "PATCH", "/v1.0/users/delta", HTTP_MATCHED, ONE, "id",
     "delta"},
    {"literal text around a parameter", "GET", "/v1.0/users('42')/owned", HTTP_MATCHED, KEYED, "id",
     "42"},
    {"literal text around nothing", "GET", "/v1.0/users('')/owned", HTTP_NO_PATH, 0, NULL, NULL},
    {"two parameters", "POST", "/v1.0/users/42/revoke", HTTP_MATCHED, WRITE, "action", "revoke"},
    {"the rest of a path", "GET", "/files/a/b/", HTTP_MATCHED, FILES, "path", "a/b/"},
    {"an empty rest", "GET", "/files/", HTTP_MATCHED, PORTAL, NULL, NULL},
    {"HEAD is answered by GET", "HEAD", "/v1.0/me", HTTP_MATCHED, ME, NULL, NULL},
    {"the root", "GET", "/", HTTP_MATCHED, ROOT, NULL, NULL},
    {"a parameter in front", "GET", "/common/oauth2/v2.0/authorize", HTTP_MATCHED, TENANT, "tenant",
     "common"},
    {"a path that nothing has", "GET", "/v1.0/nothing", HTTP_NO_PATH, 0, NULL, NULL},
    {"a path that goes on", "GET", "/v1.0/me/x", HTTP_NO_PATH, 0, NULL, NULL},
    {"a path that stops early", "GET", "/v1.0", HTTP_NO_PATH, 0, NULL, NULL},
    {"a path without a slash", "GET", "*", HTTP_NO_PATH, 0, NULL, NULL},
    {"no such method", "PUT", "/v1.0/users/42", HTTP_NO_METHOD, ONE, NULL,
     "GET, HEAD, PATCH, DELETE"},
    {"methods of all patterns that match", "PUT", "/v1.0/users/delta", HTTP_NO_METHOD, ONE, NULL,
     "GET, HEAD, PATCH, DELETE"},
    {"method names have case", "get", "/v1.0/me", HTTP_NO_METHOD, ME, NULL, "GET, HEAD"},
};

static void a_route_is_found_by_method_and_path(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(cases); i++) {
        struct http_found found = {0};
        enum http_match match =
            http_route_find(arena, &(struct http_routes){routes, HG_COUNT(routes)},
                            hg_str_of(cases[i].method), hg_str_of(cases[i].path), &found);
        if (match != cases[i].match ||
            (match != HTTP_NO_PATH && routes[found.index].id != cases[i].id))
            fail_msg("%s: match %d, row %zu", cases[i].name, match, found.index);
        if (match == HTTP_NO_METHOD)
            test_str_eq(cases[i].name, found.allow, hg_str_of(cases[i].value));
        if (cases[i].param != NULL)
            test_str_eq(cases[i].name, http_param(&found.params, cases[i].param),
                        hg_str_of(cases[i].value));
    }
}

static void a_parameter_that_is_not_there_is_empty(void **state)
{
    (void)state;
    struct http_params params = {0};
    test_str_eq("absent", http_param(&params, "id"), HG_STR(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_route_is_found_by_method_and_path),
        cmocka_unit_test(a_parameter_that_is_not_there_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
