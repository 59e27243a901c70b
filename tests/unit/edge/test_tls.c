#include "base/base.h"
#include "edge/files.h"
#include "edge/http_client.h"
#include "edge/listener.h"
#include "edge/rng.h"
#include "edge/tls_files.h"
#include "folder.h"
#include "http/http.h"
#include "unit/test.h"
#include "wire.h"

#include <curl/curl.h>
#include <curl/easy.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct hg_random kernel;

static struct edge_tls_development spec_of(const char *dir, int64_t days_from_now)
{
    kernel = edge_random_kernel();
    hg_time now = {.us = (int64_t)time(NULL) * 1000000};
    return (struct edge_tls_development){.dir = dir,
                                         .host = HG_STR("login.example"),
                                         .now = hg_time_add(now, HG_DAYS(days_from_now)),
                                         .random = &kernel};
}

static void remove_folder(struct test_folder *folder)
{
    (void)unlink(test_folder_name(folder, "ca.pem"));
    (void)unlink(test_folder_name(folder, "ca.key"));
    (void)rmdir(folder->path);
}

static hg_str ca_of(struct hg_arena *arena, const struct edge_tls_development *spec)
{
    struct edge_tls_files files;
    struct hg_err err = {0};
    if (edge_tls_develop(arena, spec, &files, &err) != HG_OK)
        fail_msg("%s", err.detail);
    hg_str text;
    assert_int_equal(edge_file_read(arena, hg_str_z(arena, files.ca_path), 64 << 10, &text, NULL),
                     HG_OK);
    assert_true(hg_str_ends(files.cert_pem, text)); /* the chain ends in the authority */
    return text;
}

static void the_authority_is_made_once_and_renewed_at_its_end(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    struct edge_tls_development today = spec_of(folder.path, 0);
    struct edge_tls_development much_later = spec_of(folder.path, 3600);
    struct edge_tls_development too_late = spec_of(folder.path, 3640);
    hg_str first = ca_of(arena, &today);
    test_str_eq("the next start", ca_of(arena, &today), first);
    test_str_eq("years later", ca_of(arena, &much_later), first);
    assert_false(hg_str_eq(ca_of(arena, &too_late), first));
    remove_folder(&folder);
}

static void files_that_are_not_one_authority_are_an_error(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    struct edge_tls_development spec = spec_of(folder.path, 0);
    (void)ca_of(arena, &spec);
    assert_int_equal(edge_file_write(test_folder_name(&folder, "ca.key"), HG_STR("x"), NULL),
                     HG_OK);
    struct edge_tls_files files;
    struct hg_err err = {0};
    assert_int_equal(edge_tls_develop(arena, &spec, &files, &err), HG_MALFORMED);
    assert_non_null(strstr(err.detail, "remove both"));
    remove_folder(&folder);
}

static void loaded_files_must_belong_together(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    struct edge_tls_development spec = spec_of(folder.path, 0);
    (void)ca_of(arena, &spec);
    const char *cert = hg_str_z(arena, hg_str_of(test_folder_name(&folder, "ca.pem")));
    const char *key = hg_str_z(arena, hg_str_of(test_folder_name(&folder, "ca.key")));
    struct edge_tls_files files;
    struct edge_tls_files other;
    struct hg_err err = {0};
    assert_int_equal(edge_tls_load(arena, cert, key, &files, &err), HG_OK);
    assert_int_equal(edge_tls_load(arena, cert, cert, &files, &err), HG_MALFORMED);
    assert_int_equal(edge_tls_load(arena, cert, "/no/such", &files, &err), HG_NOT_FOUND);
    assert_int_equal(edge_tls_develop(arena, &spec, &other, &err), HG_OK);
    assert_int_equal(edge_file_write(key, other.key_pem, NULL), HG_OK);
    assert_int_equal(edge_tls_load(arena, cert, key, &files, &err), HG_MALFORMED);
    remove_folder(&folder);
}

static size_t keep(char *data, size_t size, size_t n, void *self)
{
    (void)snprintf(self, 200, "%.*s", (int)(size * n), data);
    return size * n;
}

struct call {
    const char *name;
    const char *host;
    long version; /* CURL_SSLVERSION_… */
    CURLcode want;
    bool is_stranger; /* does not know the authority */
};

static const struct call calls[] = {
    {"localhost", "localhost", CURL_SSLVERSION_DEFAULT, CURLE_OK, false},
    {"an address", "127.0.0.1", CURL_SSLVERSION_DEFAULT, CURLE_OK, false},
    {"the further host", "login.example", CURL_SSLVERSION_DEFAULT, CURLE_OK, false},
    {"TLS 1.2", "localhost", CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2, CURLE_OK,
     false},
    {"a host not in the certificate", "other.example", CURL_SSLVERSION_DEFAULT,
     CURLE_PEER_FAILED_VERIFICATION, false},
    {"a client that does not know the authority", "localhost", CURL_SSLVERSION_DEFAULT,
     CURLE_PEER_FAILED_VERIFICATION, true},
    {"TLS 1.1", "localhost", CURL_SSLVERSION_TLSv1_1 | CURL_SSLVERSION_MAX_TLSv1_1,
     CURLE_SSL_CONNECT_ERROR, false},
};

static CURLcode call_over_tls(const struct call *call, uint16_t port, const char *ca, char *body)
{
    CURL *curl = curl_easy_init();
    char url[80];
    char resolve[80];
    (void)snprintf(url, sizeof(url), "https://%s:%u/echo", call->host, port);
    (void)snprintf(resolve, sizeof(resolve), "%s:%u:127.0.0.1", call->host, port);
    struct curl_slist *hosts = curl_slist_append(NULL, resolve);
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_RESOLVE, hosts);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, call->version);
    (void)curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "DEFAULT@SECLEVEL=0");
    if (!call->is_stranger)
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    curl_slist_free_all(hosts);
    return code;
}

static void clients_that_know_the_authority_reach_the_server(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    struct edge_tls_development spec = spec_of(folder.path, 0);
    struct edge_tls_files files;
    struct hg_err err = {0};
    assert_int_equal(edge_tls_develop(arena, &spec, &files, &err), HG_OK);
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    const struct edge_binding binding = {.kind = EDGE_BINDING_TLS,
                                         .host = HG_STR("localhost"),
                                         .cert_pem = files.cert_pem,
                                         .key_pem = files.key_pem,
                                         .handler = &wire.handler};
    uint16_t port;
    if (edge_listener_bind(wire.listener, &binding, &port, &err) != HG_OK)
        fail_msg("%s", err.detail);
    for (size_t i = 0; i < HG_COUNT(calls); i++) {
        char body[200] = "";
        CURLcode code = call_over_tls(&calls[i], port, hg_str_z(arena, files.ca_path), body);
        if (code != calls[i].want)
            fail_msg("%s: %s", calls[i].name, curl_easy_strerror(code));
        if (code == CURLE_OK && strstr(body, " https ") == NULL)
            fail_msg("%s: got \"%s\"", calls[i].name, body);
    }
    wire_stop(&wire);
    remove_folder(&folder);
}

static enum hg_code get(struct hg_arena *arena, const char *ca_file, uint16_t port)
{
    struct edge_http_client *client;
    struct http_client open = {0};
    struct hg_err err = {0};
    const struct edge_http_options options = {.ca_file = ca_file};
    const struct edge_egress rules = {.is_private_allowed = true};
    if (edge_http_client_open(&options, &client, &err) != HG_OK ||
        edge_http_client_port(client, &rules, &open, &err) != HG_OK)
        fail_msg("%s", err.detail);
    const struct http_call call = {.method = HG_STR("GET"),
                                   .url = hg_str_format(arena, "https://localhost:%u/quick", port)};
    struct http_answer answer;
    HG_ASSERT(open.send != NULL);
    enum hg_code code = open.send(open.self, arena, &call, &answer, &err);
    edge_http_client_close(client);
    return code;
}

static void our_own_client_takes_the_authority_as_a_further_one(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    struct edge_tls_development spec = spec_of(folder.path, 0);
    struct edge_tls_files files;
    assert_int_equal(edge_tls_develop(arena, &spec, &files, NULL), HG_OK);
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    const struct edge_binding binding = {.kind = EDGE_BINDING_TLS,
                                         .host = HG_STR("localhost"),
                                         .cert_pem = files.cert_pem,
                                         .key_pem = files.key_pem,
                                         .handler = &wire.handler};
    uint16_t port;
    assert_int_equal(edge_listener_bind(wire.listener, &binding, &port, NULL), HG_OK);
    assert_int_equal(get(arena, hg_str_z(arena, files.ca_path), port), HG_OK);
    assert_int_equal(get(arena, NULL, port), HG_UNAVAILABLE);
    wire_stop(&wire);
    remove_folder(&folder);
}

static void a_handshake_that_does_not_come_is_cut(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct test_folder folder = test_folder_make();
    struct edge_tls_development spec = spec_of(folder.path, 0);
    struct edge_tls_files files;
    assert_int_equal(edge_tls_develop(arena, &spec, &files, NULL), HG_OK);
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){.deadlines = {.head = {.us = 20000}}});
    const struct edge_binding binding = {.kind = EDGE_BINDING_TLS,
                                         .host = HG_STR("127.0.0.1"),
                                         .cert_pem = files.cert_pem,
                                         .key_pem = files.key_pem,
                                         .handler = &wire.handler};
    uint16_t port;
    assert_int_equal(edge_listener_bind(wire.listener, &binding, &port, NULL), HG_OK);
    struct wire_client client = wire_connect(port);
    wire_send(&client, HG_STR("\x16\x03\x01"));
    wire_read_to_end(&client);
    wire_close(&client);
    wire_stop(&wire);
    remove_folder(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_authority_is_made_once_and_renewed_at_its_end),
        cmocka_unit_test(files_that_are_not_one_authority_are_an_error),
        cmocka_unit_test(loaded_files_must_belong_together),
        cmocka_unit_test(clients_that_know_the_authority_reach_the_server),
        cmocka_unit_test(our_own_client_takes_the_authority_as_a_further_one),
        cmocka_unit_test(a_handshake_that_does_not_come_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
