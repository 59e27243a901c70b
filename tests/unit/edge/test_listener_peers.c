#include "base/base.h"
#include "edge/listener.h"
#include "folder.h"
#include "unit/test.h"
#include "wire.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct hg_cidr cidr_of(const char *text)
{
    struct hg_cidr range;
    assert_int_equal(hg_cidr_parse(hg_str_of(text), &range, NULL), HG_OK);
    return range;
}

/* The request comes from 127.0.0.1; trusted are 127.0.0.0/8, 10.0.0.0/8 and
 * 2001:db8:1::/48. Each case's fields lie between Host and the end. */
static const struct {
    const char *name;
    bool is_trusted;
    const char *fields;
    const char *want; /* "peer scheme host", or a status */
} forwarded[] = {
    {"without a field the peer is the client", true, "", "127.0.0.1 http a "},
    {"a trusted proxy's word counts", true,
     "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: "
     "login.example\r\n",
     "192.0.2.7 https login.example "},
    {"a stranger's word does not", false,
     "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\n",
     "127.0.0.1 http a "},
    {"what a stranger sends may even be nonsense", false, "X-Forwarded-For: banana\r\n",
     "127.0.0.1 http a "},
    {"the right-most stranger is the client", true,
     "X-Forwarded-For: 203.0.113.9, 192.0.2.7, 10.1.2.3\r\n", "192.0.2.7 http a "},
    {"what the client itself wrote is not reached", true, "X-Forwarded-For: banana, 192.0.2.7\r\n",
     "192.0.2.7 http a "},
    {"several fields are one list", true,
     "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 10.1.2.3\r\n",
     "192.0.2.7 http a "},
    {"all trusted: the first of them", true, "X-Forwarded-For: 10.9.9.9, 10.1.2.3\r\n",
     "10.9.9.9 http a "},
    {"IPv6, with brackets and port", true, "X-Forwarded-For: [2001:db8::7]:4711, 2001:db8:1::5\r\n",
     "2001:db8::7 http a "},
    {"IPv4 with port", true, "X-Forwarded-For: 192.0.2.7:4711\r\n", "192.0.2.7 http a "},
    {"IPv4 inside IPv6 is IPv4", true, "X-Forwarded-For: 192.0.2.7, ::ffff:10.0.0.1\r\n",
     "192.0.2.7 http a "},
    {"a proxy that writes no address", true, "X-Forwarded-For: unknown\r\n", "400"},
    {"an empty item", true, "X-Forwarded-For: 192.0.2.7,\r\n", "400"},
    {"an unknown scheme", true, "X-Forwarded-Proto: gopher\r\n", "400"},
    {"a host that is none", true, "X-Forwarded-Host: a/b\r\n", "400"},
    {"the last of a list of schemes and hosts", true,
     "X-Forwarded-Proto: http, https\r\nX-Forwarded-Host: evil, good\r\n", "127.0.0.1 https good "},
    {"the field of RFC 7239 is not read", true, "Forwarded: for=192.0.2.7\r\n",
     "127.0.0.1 http a "},
};

static void forwarded_fields_count_from_trusted_proxies_alone(void **state)
{
    (void)state;
    const struct hg_cidr trusted[] = {cidr_of("127.0.0.0/8"), cidr_of("10.0.0.0/8"),
                                      cidr_of("2001:db8:1::/48")};
    for (size_t i = 0; i < HG_COUNT(forwarded); i++) {
        struct wire wire;
        wire_start(&wire, &(struct edge_listener_options){.trusted_proxies = trusted,
                                                          .n_trusted_proxies =
                                                              forwarded[i].is_trusted ? 3 : 0});
        struct wire_client client = wire_connect(wire.port);
        wire_send_z(&client, "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        wire_send_z(&client, forwarded[i].fields);
        wire_send_z(&client, "\r\n");
        wire_read_to_end(&client);
        if (!wire_has(&client, forwarded[i].want))
            fail_msg("%s: got \"%s\"", forwarded[i].name, client.text);
        bool is_secure = strstr(forwarded[i].want, "https") != NULL;
        assert_int_equal(wire_has(&client, "Strict-Transport-Security"), is_secure);
        wire_close(&client);
        wire_stop(&wire);
    }
}

static void one_peer_holds_a_limited_number_of_connections(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){.max_per_peer = 2});
    struct wire_client two[2];
    for (size_t i = 0; i < 2; i++) {
        two[i] = wire_connect(wire.port);
        wire_send_z(&two[i], "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
        wire_read_answers(&two[i], 1);
    }
    struct wire_client third =
        wire_exchange(wire.port, HG_STR("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_int_equal(third.len, 0);
    wire_close(&third);
    wire_close(&two[0]);
    /* The place is free when the server has seen the end; until then it refuses. */
    unsigned status = 0;
    for (int i = 0; status == 0 && i < 10000; i++) {
        third = wire_exchange(wire.port, HG_STR("GET /echo HTTP/1.1\r\nHost: a\r\n"
                                                "Connection: close\r\n\r\n"));
        status = wire_status(&third);
        wire_close(&third);
    }
    assert_int_equal(status, 200);
    wire_close(&two[1]);
    wire_stop(&wire);
}

static void trusted_proxies_have_no_such_limit(void **state)
{
    (void)state;
    const struct hg_cidr trusted[] = {cidr_of("127.0.0.1")};
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){
                          .max_per_peer = 1, .trusted_proxies = trusted, .n_trusted_proxies = 1});
    struct wire_client clients[5];
    for (size_t i = 0; i < HG_COUNT(clients); i++) {
        clients[i] = wire_connect(wire.port);
        wire_send_z(&clients[i], "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
        wire_read_answers(&clients[i], 1);
        assert_int_equal(wire_status(&clients[i]), 200);
    }
    for (size_t i = 0; i < HG_COUNT(clients); i++)
        wire_close(&clients[i]);
    wire_stop(&wire);
}

static enum hg_code bind_local(struct wire *wire, const char *path, struct hg_err *err)
{
    const struct edge_binding binding = {
        .kind = EDGE_BINDING_LOCAL, .path = path, .handler = &wire->handler};
    uint16_t port = 1;
    enum hg_code code = edge_listener_bind(wire->listener, &binding, &port, err);
    assert_int_equal(port, code == HG_OK ? 0 : 1);
    return code;
}

static void the_admin_socket_knows_its_peer(void **state)
{
    (void)state;
    struct test_folder folder = test_folder_make();
    const char *path = test_folder_name(&folder, "admin.sock");
    struct wire wire;
    struct hg_err err = {0};
    wire_start(&wire, &(struct edge_listener_options){0});
    if (bind_local(&wire, path, &err) != HG_OK)
        fail_msg("%s", err.detail);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    struct wire_client client = wire_connect_local(path);
    for (int i = 0; i < 3; i++) {
        wire_send_z(&client, "GET /echo HTTP/1.1\r\nHost: localhost\r\n"
                             "X-Forwarded-For: 192.0.2.1\r\n\r\n");
        wire_read_answers(&client, 1);
        assert_true(wire_has(&client, "127.0.0.1 http localhost local []"));
        wire_forget(&client);
    }
    wire_close(&client);
    assert_int_equal(bind_local(&wire, path, &err), HG_EXISTS);
    wire_stop(&wire);
    assert_int_equal(stat(path, &status), -1); /* removed with the listener */
    (void)rmdir(folder.path);
}

static void a_socket_left_by_a_dead_process_is_replaced(void **state)
{
    (void)state;
    struct test_folder folder = test_folder_make();
    const char *path = test_folder_name(&folder, "admin.sock");
    wire_leave_socket(path);
    struct wire wire;
    struct hg_err err = {0};
    wire_start(&wire, &(struct edge_listener_options){0});
    if (bind_local(&wire, path, &err) != HG_OK)
        fail_msg("%s", err.detail);
    struct wire_client client = wire_connect_local(path);
    wire_send_z(&client, "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
    wire_read_answers(&client, 1);
    assert_int_equal(wire_status(&client), 200);
    wire_close(&client);
    wire_stop(&wire);
    (void)rmdir(folder.path);
}

static const struct {
    const char *name;
    const char *host;
    enum edge_binding_kind kind;
    enum hg_code want;
} bindings[] = {
    {"plain HTTP on localhost", "localhost", EDGE_BINDING_PLAIN, HG_OK},
    {"plain HTTP on another loopback address", "127.0.0.2", EDGE_BINDING_PLAIN, HG_OK},
    {"plain HTTP on every address", "", EDGE_BINDING_PLAIN, HG_FORBIDDEN},
    {"plain HTTP on 0.0.0.0", "0.0.0.0", EDGE_BINDING_PLAIN, HG_FORBIDDEN},
    {"plain HTTP on a private address", "10.0.0.1", EDGE_BINDING_PLAIN, HG_FORBIDDEN},
    {"a name that is no address", "example.org", EDGE_BINDING_PLAIN, HG_MALFORMED},
    {"TLS without a certificate", "127.0.0.1", EDGE_BINDING_TLS, HG_MALFORMED},
    {"a unix socket without a path", "", EDGE_BINDING_LOCAL, HG_TOO_BIG},
};

static void plain_http_stays_on_loopback(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    for (size_t i = 0; i < HG_COUNT(bindings); i++) {
        const struct edge_binding binding = {.kind = bindings[i].kind,
                                             .host = hg_str_of(bindings[i].host),
                                             .cert_pem = HG_STR("x"),
                                             .key_pem = HG_STR("x"),
                                             .handler = &wire.handler};
        uint16_t port = 0;
        struct hg_err err = {.detail = ""};
        if (edge_listener_bind(wire.listener, &binding, &port, &err) != bindings[i].want)
            fail_msg("%s: %s", bindings[i].name, err.detail);
        assert_int_equal(port != 0, bindings[i].want == HG_OK);
    }
    const struct edge_binding taken = {.kind = EDGE_BINDING_PLAIN,
                                       .host = HG_STR("127.0.0.1"),
                                       .port = wire.port,
                                       .handler = &wire.handler};
    uint16_t port;
    struct hg_err err = {0};
    assert_int_equal(edge_listener_bind(wire.listener, &taken, &port, &err), HG_EXISTS);
    assert_non_null(strstr(err.detail, "127.0.0.1"));
    wire_stop(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forwarded_fields_count_from_trusted_proxies_alone),
        cmocka_unit_test(one_peer_holds_a_limited_number_of_connections),
        cmocka_unit_test(trusted_proxies_have_no_such_limit),
        cmocka_unit_test(the_admin_socket_knows_its_peer),
        cmocka_unit_test(a_socket_left_by_a_dead_process_is_replaced),
        cmocka_unit_test(plain_http_stays_on_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
