#include "base/base.h"
#include "edge/listener.h"
#include "unit/test.h"
#include "wire.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Each is answered with the status (0: closed without an answer) and the
 * connection is closed: what follows on it never reaches the handler. */
static const struct {
    const char *name;
    hg_str bytes;
    unsigned want;
} refused[] = {
    {"Content-Length together with Transfer-Encoding",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     400},
    {"two Transfer-Encoding fields",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     400},
    {"an unknown transfer coding",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), 400},
    {"an empty item in Transfer-Encoding",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n"), 400},
    {"Transfer-Encoding in HTTP/1.0",
     HG_LIT("POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
            "Connection: keep-alive\r\n\r\n0\r\n\r\n"),
     400},
    {"two equal Content-Lengths",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab"),
     400},
    {"two different Content-Lengths",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
     400},
    {"a list in Content-Length",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nab"), 400},
    {"a signed Content-Length",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nab"), 400},
    {"a hexadecimal Content-Length",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\nab"), 400},
    {"an empty Content-Length", HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"),
     400},
    {"a Content-Length past 64 bits",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n"), 413},
    {"a Content-Length past 63 bits",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n"), 400},
    {"a blank before the colon of Content-Length",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\nab"), 400},
    {"a chunk size with a sign",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            "-2\r\nab\r\n0\r\n\r\n"),
     400},
    {"a chunk size in C's hexadecimal",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            "0x2\r\nab\r\n0\r\n\r\n"),
     400},
    {"a chunk without its line end",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            "2\r\nabXX0\r\n\r\n"),
     400},
    {"no Host", HG_LIT("GET /echo HTTP/1.1\r\n\r\n"), 400},
    {"no Host in HTTP/1.0", HG_LIT("GET /echo HTTP/1.0\r\n\r\n"), 400},
    {"two Hosts", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400},
    {"an empty Host", HG_LIT("GET /echo HTTP/1.1\r\nHost: \r\n\r\n"), 400},
    {"a Host with user name", HG_LIT("GET /echo HTTP/1.1\r\nHost: u@a\r\n\r\n"), 400},
    {"a Host with a path", HG_LIT("GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400},
    {"a Host with a port that is none", HG_LIT("GET /echo HTTP/1.1\r\nHost: a:b\r\n\r\n"), 400},
    {"an absolute target for another host", HG_LIT("GET http://b/echo HTTP/1.1\r\nHost: a\r\n\r\n"),
     400},
    {"an absolute target of another scheme", HG_LIT("GET ftp://a/echo HTTP/1.1\r\nHost: a\r\n\r\n"),
     400},
    {"a bare LF after the request line", HG_LIT("GET /echo HTTP/1.1\nHost: a\r\n\r\n"), 400},
    {"a bare LF after a field", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"), 400},
    {"a bare LF at the end", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\n\n"), 400},
    {"a bare CR in a value", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"), 400},
    {"a bare CR at a value's end", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX: a\r\r\n\r\n"), 400},
    {"NUL in a value", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX: v\0w\r\n\r\n"), 400},
    {"NUL at a value's start", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX: \0w\r\n\r\n"), 400},
    {"NUL in a name", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX\0Y: w\r\n\r\n"), 400},
    {"NUL in the target", HG_LIT("GET /echo\0x HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"a control byte in a value", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n"), 400},
    {"a folded line", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX: v\r\n w\r\n\r\n"), 400},
    {"a blank before the first field", HG_LIT("GET /echo HTTP/1.1\r\n Host: a\r\n\r\n"), 400},
    {"a field without a colon", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nfoo\r\n\r\n"), 400},
    {"a field without a name", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"), 400},
    {"a name that is no token", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX(y): z\r\n\r\n"), 400},
    {"an unknown method", HG_LIT("BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n"), 501},
    {"TRACE", HG_LIT("TRACE /echo HTTP/1.1\r\nHost: a\r\n\r\n"), 501},
    {"CONNECT", HG_LIT("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), 501},
    {"a method in lower case", HG_LIT("get /echo HTTP/1.1\r\nHost: a\r\n\r\n"), 501},
    {"a method that is no token", HG_LIT("G(T /echo HTTP/1.1\r\nHost: a\r\n\r\n"), 501},
    {"HTTP/0.9", HG_LIT("GET /echo\r\n\r\n"), 400},
    {"HTTP/1.2", HG_LIT("GET /echo HTTP/1.2\r\nHost: a\r\n\r\n"), 505},
    {"the preface of HTTP/2", HG_LIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505},
    {"a blank in the target", HG_LIT("GET /echo x HTTP/1.1\r\nHost: a\r\n\r\n"), 0},
    {"two blanks before the target", HG_LIT("GET  /echo HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"an unknown expectation",
     HG_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: banana\r\nContent-Length: 1\r\n\r\na"), 417},
    {"the target * for GET", HG_LIT("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"a fragment in the target", HG_LIT("GET /echo#x HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"a control byte in the target", HG_LIT("GET /ec\x01ho HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"raw UTF-8 in the target", HG_LIT("GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"an encoded NUL", HG_LIT("GET /echo%00x HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"encoded bytes that are not UTF-8", HG_LIT("GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"an overlong encoding", HG_LIT("GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"a cut-off percent sign", HG_LIT("GET /echo%4 HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"a percent sign before no digits", HG_LIT("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"a segment of two dots", HG_LIT("GET /a/../echo HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"an encoded segment of two dots", HG_LIT("GET /a/%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {"a segment of one dot", HG_LIT("GET /./echo HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
};

static void what_is_not_strict_http_is_refused_and_the_connection_closed(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    for (size_t i = 0; i < HG_COUNT(refused); i++) {
        struct wire_client client = wire_connect(wire.port);
        wire_send(&client, refused[i].bytes);
        wire_send_z(&client, "GET /echo?hidden HTTP/1.1\r\nHost: a\r\n\r\n");
        wire_read_to_end(&client);
        if (wire_status(&client) != refused[i].want)
            fail_msg("%s: want %u, got \"%s\"", refused[i].name, refused[i].want, client.text);
        if (wire_has(&client, "hidden"))
            fail_msg("%s: a hidden request was answered", refused[i].name);
        wire_close(&client);
    }
    wire_stop(&wire);
}

/* Accepted: the other side of each rule. */
static const struct {
    const char *name;
    hg_str bytes;
    const char *want;
} accepted[] = {
    {"a plain request", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\n"),
     "GET /echo? 127.0.0.1 http a []"},
    {"a query is handed on as it came", HG_LIT("GET /echo?a=%20&b HTTP/1.1\r\nHost: a:80\r\n"),
     "GET /echo?a=%20&b 127.0.0.1 http a:80 []"},
    {"the path is decoded once", HG_LIT("GET /%2541%C3%A9%2f HTTP/1.1\r\nHost: a\r\n"),
     "GET /%41\xc3\xa9/?"},
    {"an absolute target for this host", HG_LIT("GET http://A/echo HTTP/1.1\r\nHost: a\r\n"),
     "GET /echo? "},
    {"an absolute target without a path", HG_LIT("GET http://a?x HTTP/1.1\r\nHost: a\r\n"),
     "GET /?x "},
    {"OPTIONS of the server", HG_LIT("OPTIONS * HTTP/1.1\r\nHost: a\r\n"), "OPTIONS *?"},
    {"an IPv6 host", HG_LIT("GET /echo HTTP/1.1\r\nHost: [::1]:8443\r\n"), "http [::1]:8443 []"},
    {"blanks around a value", HG_LIT("GET /echo HTTP/1.1\r\nHost: \t a \t\r\n"), "http a []"},
    {"a value right after its colon", HG_LIT("GET /echo HTTP/1.1\r\nHost:a\r\n"), "http a []"},
    {"an empty value", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX:\r\nY: \r\n"), "http a []"},
    {"a tab and Latin-1 in a value", HG_LIT("GET /echo HTTP/1.1\r\nHost: a\r\nX: a\tb\xe9\r\n"),
     "http a []"},
    {"an empty line before the request", HG_LIT("\r\nGET /echo HTTP/1.1\r\nHost: a\r\n"),
     "GET /echo?"},
    {"dots within a segment", HG_LIT("GET /a..b/.well-known/x HTTP/1.1\r\nHost: a\r\n"),
     "GET /a..b/.well-known/x?"},
    {"HTTP/1.0", HG_LIT("GET /echo HTTP/1.0\r\nHost: a\r\n"), "GET /echo?"},
};

static void the_other_side_of_each_rule_is_accepted(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    for (size_t i = 0; i < HG_COUNT(accepted); i++) {
        struct wire_client client = wire_connect(wire.port);
        wire_send(&client, accepted[i].bytes);
        wire_send_z(&client, "Connection: close\r\n\r\n");
        wire_read_to_end(&client);
        if (wire_status(&client) != 200 || !wire_has(&client, accepted[i].want))
            fail_msg("%s: got \"%s\"", accepted[i].name, client.text);
        wire_close(&client);
    }
    wire_stop(&wire);
}

static void a_refusal_says_why_as_json(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    struct wire_client client =
        wire_exchange(wire.port, HG_STR("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"));
    assert_true(wire_has(&client, "Content-Type: application/json\r\n"));
    assert_true(wire_has(&client, "Connection: close\r\n"));
    assert_true(wire_has(&client, "X-Content-Type-Options: nosniff\r\n"));
    assert_true(wire_has(&client, "{\"error\":{\"code\":\"badRequest\","
                                  "\"message\":\"more than one Host field\"}}"));
    wire_close(&client);
    assert_int_equal(edge_listener_count(wire.listener).refused, 1);
    wire_stop(&wire);
}

/* Sizes: at the limit, one more, and far more. */
struct sized {
    const char *name;
    size_t target, value; /* bytes of the target, and of the value of each field X */
    unsigned n_fields;    /* fields X beside Host */
    unsigned want;
};

static const struct sized sizes[] = {
    {"a target at its limit", HG_MAX_TARGET, 0, 0, 200},
    {"a target one past it", HG_MAX_TARGET + 1, 0, 0, 414},
    {"a target far past it", 100 * HG_MAX_TARGET, 0, 0, 414},
    {"fields at their number", 6, 1, HG_MAX_FIELDS - 1, 200},
    {"one field too many", 6, 1, HG_MAX_FIELDS, 431},
    {"far too many fields", 6, 1, 100 * HG_MAX_FIELDS, 431},
    {"a field at its limit", 6, (8 << 10) - 1, 1, 200},
    {"a field one past it", 6, 8 << 10, 1, 431},
    {"a field far past it", 6, 800 << 10, 1, 431},
    {"a head at its limit", 6, 8171, 2, 200},
    {"a head past it", 6, 8172, 2, 431},
};

static void send_sized(struct wire_client *client, const struct sized *sized)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    char *filler = HG_NEW_ARRAY(arena, char, (1 << 20) + 1);
    memset(filler, 'a', 1 << 20);
    char *text = HG_NEW_ARRAY(arena, char, 2 << 20);
    int n = snprintf(text, 2 << 20, "GET /%.*s HTTP/1.1\r\nHost: a\r\n", (int)sized->target - 1,
                     filler);
    for (unsigned i = 0; i < sized->n_fields; i++)
        n += snprintf(text + n, (2 << 20) - (size_t)n, "X: %.*s\r\n", (int)sized->value, filler);
    n += snprintf(text + n, (2 << 20) - (size_t)n, "\r\n");
    wire_send(client, (hg_str){.ptr = text, .len = (size_t)n});
}

static void heads_have_limits(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    for (size_t i = 0; i < HG_COUNT(sizes); i++) {
        struct wire_client client = wire_connect(wire.port);
        send_sized(&client, &sizes[i]);
        if (sizes[i].want == 200)
            wire_read_answers(&client, 1);
        else
            wire_read_to_end(&client);
        if (wire_status(&client) != sizes[i].want)
            fail_msg("%s: got \"%.200s\"", sizes[i].name, client.text);
        wire_close(&client);
    }
    wire_stop(&wire);
}

static const struct {
    const char *name;
    const char *head;
    hg_str body;
    unsigned want;
} bodies[] = {
    {"a body at the route's limit", "Content-Length: 100", HG_LIT(""), 200},
    {"a declared body past it", "Content-Length: 101", HG_LIT(""), 413},
    {"a declared body far past it", "Content-Length: 104857600", HG_LIT(""), 413},
    {"a chunked body past it", "Transfer-Encoding: chunked", HG_LIT("65\r\n"), 413},
};

static void bodies_have_the_limit_of_their_route(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    for (size_t i = 0; i < HG_COUNT(bodies); i++) {
        char head[160];
        char body[101];
        memset(body, 'b', sizeof(body));
        (void)snprintf(head, sizeof(head),
                       "POST /limit HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n\r\n",
                       bodies[i].head);
        struct wire_client client = wire_connect(wire.port);
        wire_send_z(&client, head);
        wire_send(&client, bodies[i].body);
        wire_send(&client, (hg_str){.ptr = body, .len = bodies[i].body.len > 0 ? 101 : 100});
        if (bodies[i].body.len > 0)
            wire_send_z(&client, "\r\n0\r\n\r\n");
        wire_read_to_end(&client);
        if (wire_status(&client) != bodies[i].want ||
            (bodies[i].want == 413 && !wire_has(&client, "POST /limit at 1000000")))
            fail_msg("%s: got \"%.200s\"", bodies[i].name, client.text);
        wire_close(&client);
    }
    wire_stop(&wire);
}

static void a_host_that_is_not_ours_is_misdirected(void **state)
{
    (void)state;
    struct wire wire;
    const hg_str hosts[] = {HG_LIT("login.example")};
    wire_start(&wire, &(struct edge_listener_options){.hosts = hosts, .n_hosts = 1});
    struct wire_client client =
        wire_exchange(wire.port, HG_STR("GET /echo HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
    assert_int_equal(wire_status(&client), 421);
    wire_close(&client);
    client = wire_exchange(wire.port, HG_STR("GET /echo HTTP/1.1\r\nHost: LOGIN.example:8443\r\n"
                                             "Connection: close\r\n\r\n"));
    assert_int_equal(wire_status(&client), 200);
    wire_close(&client);
    wire_stop(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_strict_http_is_refused_and_the_connection_closed),
        cmocka_unit_test(the_other_side_of_each_rule_is_accepted),
        cmocka_unit_test(a_refusal_says_why_as_json),
        cmocka_unit_test(heads_have_limits),
        cmocka_unit_test(bodies_have_the_limit_of_their_route),
        cmocka_unit_test(a_host_that_is_not_ours_is_misdirected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
