#include "base/base.h"
#include "edge/http_client.h"
#include "edge/listener.h"
#include "folder.h"
#include "http/http.h"
#include "unit/test.h"
#include "wire.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A listener, a client that may reach it, and one whose guard is up. */
struct scene {
    struct wire wire;
    struct edge_http_client *client;
    struct http_client open, guarded;
    struct hg_arena *arena;
    char base[40];
};

static void scene_start(struct scene *scene)
{
    const struct edge_egress everything = {.is_private_allowed = true};
    const struct edge_egress nothing = {0};
    struct hg_err err = {0};
    wire_start(&scene->wire, &(struct edge_listener_options){0});
    scene->arena = test_arena();
    if (edge_http_client_open(&(struct edge_http_options){0}, &scene->client, &err) != HG_OK ||
        edge_http_client_port(scene->client, &everything, &scene->open, &err) != HG_OK ||
        edge_http_client_port(scene->client, &nothing, &scene->guarded, &err) != HG_OK)
        fail_msg("%s", err.detail);
    (void)snprintf(scene->base, sizeof(scene->base), "http://127.0.0.1:%u", scene->wire.port);
}

static void scene_stop(struct scene *scene)
{
    edge_http_client_close(scene->client);
    wire_stop(&scene->wire);
    hg_arena_free(scene->arena);
}

static struct http_call call_of(struct scene *scene, const char *method, const char *path)
{
    return (struct http_call){.method = hg_str_of(method),
                              .url = hg_str_format(scene->arena, "%s%s", scene->base, path),
                              .timeout = HG_SECONDS(20),
                              .max_body = 1 << 20};
}

static enum hg_code send_by(struct scene *scene, const struct http_client *port,
                            const struct http_call *call, struct http_answer *out,
                            struct hg_err *err)
{
    return port->send(port->self, scene->arena, call, out, err);
}

static const struct {
    const char *name;
    const char *method, *path;
    hg_str body;
    const char *want;
} sent[] = {
    {"GET", "GET", "/echo?a=%20", HG_LIT(""), "GET /echo?a=%20 127.0.0.1 http"},
    {"POST with a body", "POST", "/echo", HG_LIT("a\0b"), "[a"},
    {"POST without one", "POST", "/echo", HG_LIT(""), "POST /echo?"},
    {"PATCH", "PATCH", "/echo", HG_LIT("{}"), "[{}]"},
    {"PUT", "PUT", "/echo", HG_LIT("x"), "PUT /echo? "},
    {"DELETE", "DELETE", "/echo", HG_LIT(""), "DELETE /echo?"},
    {"DELETE with a body", "DELETE", "/echo", HG_LIT("x"), "[x]"},
    {"HEAD has no body", "HEAD", "/echo", HG_LIT(""), ""},
};

static void every_method_reaches_the_server_whole(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    for (size_t i = 0; i < HG_COUNT(sent); i++) {
        struct http_call call = call_of(&scene, sent[i].method, sent[i].path);
        call.body = sent[i].body;
        struct http_answer answer;
        struct hg_err err = {0};
        if (send_by(&scene, &scene.open, &call, &answer, &err) != HG_OK)
            fail_msg("%s: %s", sent[i].name, err.detail);
        assert_int_equal(answer.status, 200);
        if (hg_str_find(answer.body, hg_str_of(sent[i].want)) == HG_NPOS)
            fail_msg("%s: got \"%.*s\"", sent[i].name, HG_ARG(answer.body));
        bool has_type = false;
        for (size_t k = 0; k < answer.headers.n; k++)
            has_type |= hg_str_eq(answer.headers.items[k].name, HG_STR("Content-Type")) &&
                        hg_str_eq(answer.headers.items[k].value, HG_STR("text/plain"));
        assert_true(has_type);
    }
    scene_stop(&scene);
}

static void fields_that_are_not_utf8_are_read_as_latin_1(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    const struct http_response latin = {
        .status = 200,
        .fields = {{HG_LIT("X-Latin"), HG_LIT("caf\xe9")}, {HG_LIT("X-UTF-8"), HG_LIT("\xc3\xa9")}},
        .n_fields = 2};
    edge_document_unref(scene.wire.document);
    assert_int_equal(edge_document_new(&latin, &scene.wire.document, NULL), HG_OK);
    struct http_call call = call_of(&scene, "GET", "/quick");
    struct http_answer answer;
    struct hg_err err = {0};
    if (send_by(&scene, &scene.open, &call, &answer, &err) != HG_OK)
        fail_msg("%s", err.detail);
    const struct http_request as_request = {.headers = answer.headers};
    test_str_eq("ISO-8859-1", http_header_or(&as_request, "X-Latin", ""), HG_STR("caf\xc3\xa9"));
    test_str_eq("UTF-8", http_header_or(&as_request, "X-UTF-8", ""), HG_STR("\xc3\xa9"));
    scene_stop(&scene);
}

static void redirects_are_handed_back(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    const struct http_response redirect = {
        .status = 302, .fields = {{HG_LIT("Location"), HG_LIT("/echo")}}, .n_fields = 1};
    edge_document_unref(scene.wire.document);
    assert_int_equal(edge_document_new(&redirect, &scene.wire.document, NULL), HG_OK);
    struct http_call call = call_of(&scene, "GET", "/quick");
    struct http_answer answer;
    assert_int_equal(send_by(&scene, &scene.open, &call, &answer, NULL), HG_OK);
    assert_int_equal(answer.status, 302);
    scene_stop(&scene);
}

static void answers_have_a_limit(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    struct http_call call = call_of(&scene, "GET", "/big?n=100000");
    struct http_answer answer = {.status = 7};
    struct hg_err err = {0};
    call.max_body = 100000;
    assert_int_equal(send_by(&scene, &scene.open, &call, &answer, &err), HG_OK);
    assert_int_equal(answer.body.len, 100000);
    call.max_body = 99999;
    answer.status = 7;
    assert_int_equal(send_by(&scene, &scene.open, &call, &answer, &err), HG_TOO_BIG);
    assert_int_equal(answer.status, 7);
    scene_stop(&scene);
}

static void a_call_has_a_timeout(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    struct http_call call = call_of(&scene, "GET", "/hold");
    struct http_answer answer;
    struct hg_err err = {0};
    call.timeout = (hg_dur){.us = 30000};
    assert_int_equal(send_by(&scene, &scene.open, &call, &answer, &err), HG_UNAVAILABLE);
    assert_non_null(strstr(err.detail, "timed out"));
    wire_release(&scene.wire, 1);
    scene_stop(&scene);
}

static void no_listener_is_unavailable(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    struct http_call call = call_of(&scene, "GET", "/echo");
    (void)edge_listener_drain(scene.wire.listener, (hg_dur){0});
    struct http_answer answer;
    struct hg_err err = {0};
    assert_int_equal(send_by(&scene, &scene.open, &call, &answer, &err), HG_UNAVAILABLE);
    assert_non_null(strstr(err.detail, "127.0.0.1"));
    scene_stop(&scene);
}

static const struct {
    const char *name;
    const char *url, *method, *field, *value;
} malformed[] = {
    {"another scheme", "file:///etc/passwd", "GET", "a", "b"},
    {"gopher", "gopher://127.0.0.1/", "GET", "a", "b"},
    {"no scheme", "127.0.0.1/", "GET", "a", "b"},
    {"a user name", "http://u:p@127.0.0.1/", "GET", "a", "b"},
    {"a blank", "http://127.0.0.1/a b", "GET", "a", "b"},
    {"a line end", "http://127.0.0.1/\r\nX: y", "GET", "a", "b"},
    {"a backslash", "http://127.0.0.1\\@example.org/", "GET", "a", "b"},
    {"nothing", "", "GET", "a", "b"},
    {"a method with a blank", "http://127.0.0.1/", "GET /x", "a", "b"},
    {"no method", "http://127.0.0.1/", "", "a", "b"},
    {"a name with a colon", "http://127.0.0.1/", "GET", "a: x", "b"},
    {"a value with a line end", "http://127.0.0.1/", "GET", "a", "b\r\nHost: c"},
};

static void what_could_say_two_things_is_not_sent(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    for (size_t i = 0; i < HG_COUNT(malformed); i++) {
        const struct http_field field = {hg_str_of(malformed[i].field),
                                         hg_str_of(malformed[i].value)};
        struct http_call call = call_of(&scene, malformed[i].method, "");
        call.url = hg_str_of(malformed[i].url);
        call.headers = (struct http_fields){.items = &field, .n = 1};
        struct http_answer answer;
        struct hg_err err = {.detail = ""};
        if (send_by(&scene, &scene.open, &call, &answer, &err) != HG_MALFORMED)
            fail_msg("%s: %s", malformed[i].name, err.detail);
    }
    scene_stop(&scene);
}

static void fields_of_the_connection_are_its_own(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    const struct http_field fields[] = {{HG_LIT("Host"), HG_LIT("evil.example")},
                                        {HG_LIT("content-length"), HG_LIT("99")},
                                        {HG_LIT("Transfer-Encoding"), HG_LIT("chunked")},
                                        {HG_LIT("X-Empty"), HG_LIT("")}};
    struct http_call call = call_of(&scene, "POST", "/echo");
    call.headers = (struct http_fields){.items = fields, .n = HG_COUNT(fields)};
    call.body = HG_STR("abc");
    struct http_answer answer;
    struct hg_err err = {0};
    if (send_by(&scene, &scene.open, &call, &answer, &err) != HG_OK)
        fail_msg("%s", err.detail);
    assert_true(hg_str_find(answer.body, HG_STR("evil")) == HG_NPOS);
    assert_true(hg_str_ends(answer.body, HG_STR("[abc]")));
    scene_stop(&scene);
}

/* Spellings of addresses that are not public; nothing may be connected to. */
static const char *const private_urls[] = {
    "http://127.0.0.1/",          "http://127.1/",
    "http://2130706433/",         "http://0x7f000001/",
    "http://0177.0.0.1/",         "http://0/",
    "http://[::ffff:127.0.0.1]/", "http://[::1]/",
    "http://[fe80::1]/",          "http://[fd00::1]/",
    "http://[64:ff9b::7f00:1]/",  "http://10.1.2.3/",
    "http://100.64.0.1/",         "http://169.254.169.254/latest/meta-data/",
    "http://172.31.255.255/",     "http://192.168.0.1/",
    "http://224.0.0.1/",          "http://255.255.255.255/",
    "https://127.0.0.1/",         "http://localhost/",
};

static void the_guard_refuses_what_is_not_public_however_spelled(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    for (size_t i = 0; i < HG_COUNT(private_urls); i++) {
        struct http_call call = call_of(&scene, "GET", "");
        call.url = hg_str_of(private_urls[i]);
        struct http_answer answer;
        struct hg_err err = {.detail = ""};
        if (send_by(&scene, &scene.guarded, &call, &answer, &err) != HG_FORBIDDEN)
            fail_msg("%s: %s", private_urls[i], err.detail);
    }
    scene_stop(&scene);
}

static void listed_hosts_pass_the_guard_on_their_port_alone(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    hg_str hosts[] = {hg_str_format(scene.arena, "127.0.0.1:%u", scene.wire.port)};
    const struct edge_egress rules = {.hosts = hosts, .n_hosts = 1};
    struct http_client listed;
    assert_int_equal(edge_http_client_port(scene.client, &rules, &listed, NULL), HG_OK);
    struct http_call call = call_of(&scene, "GET", "/echo");
    struct http_answer answer;
    struct hg_err err = {0};
    if (send_by(&scene, &listed, &call, &answer, &err) != HG_OK)
        fail_msg("%s", err.detail);
    /* The connection is kept, yet another port's rules hold for it. */
    assert_int_equal(send_by(&scene, &scene.guarded, &call, &answer, &err), HG_FORBIDDEN);
    call.url = HG_STR("http://127.0.0.1:1/");
    assert_int_equal(send_by(&scene, &listed, &call, &answer, &err), HG_FORBIDDEN);
    scene_stop(&scene);
}

static const struct {
    const char *address;
    bool is_private;
} addresses[] = {
    {"8.8.8.8", false},
    {"100.63.255.255", false},
    {"100.128.0.0", false},
    {"172.15.0.1", false},
    {"172.32.0.1", false},
    {"198.20.0.0", false},
    {"223.255.255.255", false},
    {"198.19.0.0", true},
    {"0.1.2.3", true},
    {"192.0.2.1", true},
    {"240.0.0.1", true},
    {"2606:4700::1111", false},
    {"2001:200::1", false},
    {"2001::1", true},
    {"2001:db8::1", true},
    {"2002:7f00:1::", true},
    {"::", true},
    {"::1", true},
    {"64:ff9b::7f00:1", true},
    {"fc00::1", true},
    {"fd12::1", true},
    {"fe80::1", true},
    {"fec0::1", true},
    {"ff02::1", true},
    {"::ffff:10.0.0.1", true},
    {"::ffff:8.8.8.8", false},
    {"3fff::1", true},
    {"::127.0.0.1", true},
};

static void only_global_unicast_is_public(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(addresses); i++) {
        struct hg_ip ip;
        assert_int_equal(hg_ip_parse(hg_str_of(addresses[i].address), &ip, NULL), HG_OK);
        if (edge_egress_is_private(ip) != addresses[i].is_private)
            fail_msg("%s", addresses[i].address);
    }
}

static void a_unix_socket_leads_to_the_server(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    struct test_folder folder = test_folder_make();
    const char *path = test_folder_name(&folder, "admin.sock");
    const struct edge_binding binding = {
        .kind = EDGE_BINDING_LOCAL, .path = path, .handler = &scene.wire.handler};
    const struct edge_egress rules = {.unix_socket = path};
    struct http_client local;
    uint16_t port;
    assert_int_equal(edge_listener_bind(scene.wire.listener, &binding, &port, NULL), HG_OK);
    assert_int_equal(edge_http_client_port(scene.client, &rules, &local, NULL), HG_OK);
    struct http_call call = call_of(&scene, "GET", "");
    call.url = HG_STR("http://localhost/echo");
    struct http_answer answer;
    struct hg_err err = {0};
    if (send_by(&scene, &local, &call, &answer, &err) != HG_OK)
        fail_msg("%s", err.detail);
    assert_true(hg_str_ends(answer.body, HG_STR("http localhost local []")));
    scene_stop(&scene);
    (void)rmdir(folder.path);
}

enum { THREADS = 8, EACH = 25 };

struct caller {
    const struct http_client *port;
    hg_str url;
    size_t n_ok;
    enum hg_code code;
};

static void *call_often(void *self)
{
    struct caller *caller = self;
    struct hg_arena *arena = hg_arena_new("caller", 1 << 20);
    const struct http_call call = {
        .method = HG_STR("GET"), .url = caller->url, .timeout = HG_SECONDS(20), .max_body = 100};
    for (int i = 0; i < EACH; i++) {
        struct http_answer answer;
        caller->code = caller->port->send(caller->port->self, arena, &call, &answer, NULL);
        caller->n_ok += caller->code == HG_OK && answer.status == 200;
        hg_arena_reset(arena);
    }
    hg_arena_free(arena);
    return NULL;
}

static void many_threads_share_one_client(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    pthread_t threads[THREADS];
    struct caller callers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        callers[i] =
            (struct caller){.port = &scene.open, .url = call_of(&scene, "GET", "/echo").url};
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, &callers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
        assert_int_equal(callers[i].n_ok, EACH);
    }
    scene_stop(&scene);
}

static void *call_and_wait(void *self)
{
    struct caller *caller = self;
    struct hg_arena *arena = hg_arena_new("caller", 1 << 20);
    const struct http_call call = {.method = HG_STR("GET"), .url = caller->url};
    struct http_answer answer;
    caller->code = caller->port->send(caller->port->self, arena, &call, &answer, NULL);
    hg_arena_free(arena);
    return NULL;
}

static void closing_ends_the_calls_that_run(void **state)
{
    (void)state;
    struct scene scene;
    scene_start(&scene);
    struct caller caller = {.port = &scene.open, .url = call_of(&scene, "GET", "/hold").url};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, call_and_wait, &caller), 0);
    wire_await_held(&scene.wire, 1);
    edge_http_client_close(scene.client);
    (void)pthread_join(thread, NULL);
    assert_int_equal(caller.code, HG_UNAVAILABLE);
    scene.client = NULL;
    wire_release(&scene.wire, 1);
    scene_stop(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_reaches_the_server_whole),
        cmocka_unit_test(fields_that_are_not_utf8_are_read_as_latin_1),
        cmocka_unit_test(redirects_are_handed_back),
        cmocka_unit_test(answers_have_a_limit),
        cmocka_unit_test(a_call_has_a_timeout),
        cmocka_unit_test(no_listener_is_unavailable),
        cmocka_unit_test(what_could_say_two_things_is_not_sent),
        cmocka_unit_test(fields_of_the_connection_are_its_own),
        cmocka_unit_test(the_guard_refuses_what_is_not_public_however_spelled),
        cmocka_unit_test(listed_hosts_pass_the_guard_on_their_port_alone),
        cmocka_unit_test(only_global_unicast_is_public),
        cmocka_unit_test(a_unix_socket_leads_to_the_server),
        cmocka_unit_test(many_threads_share_one_client),
        cmocka_unit_test(closing_ends_the_calls_that_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
