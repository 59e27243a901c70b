#include "base/base.h"
#include "edge/listener.h"
#include "unit/test.h"
#include "wire.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/poll.h>

/* Deadlines are a few milliseconds here; a test waits for the other side to close. */
static struct edge_listener_options options_of(int64_t head_us, int64_t grace_us, int64_t idle_us)
{
    return (struct edge_listener_options){.deadlines = {.head = {.us = head_us},
                                                        .grace = {.us = grace_us},
                                                        .keep_alive = {.us = idle_us},
                                                        .rate = 1000000000}};
}

enum { SHORT = 20000, LONG = 60000000 };

/* Sends a byte a millisecond until the other side closes. */
static unsigned drip_until_closed(struct wire_client *client, const char *byte)
{
    unsigned n = 0;
    struct pollfd watched = {.fd = client->fd, .events = POLLIN};
    for (; poll(&watched, 1, 1) == 0; n++)
        wire_send_z(client, byte);
    wire_read_to_end(client);
    return n;
}

static const struct {
    const char *name;
    const char *first; /* sent at once */
    const char *drip;  /* then one of these a millisecond; NULL: silence */
    int64_t head, grace, idle;
} slow[] = {
    {"a client that says nothing", "", NULL, SHORT, LONG, LONG},
    {"half a head, then silence", "GET / HTTP/1.1\r\nHost:", NULL, SHORT, LONG, LONG},
    {"a head that drips", "GET / HTTP/1.1\r\nX: ", "a", SHORT, LONG, LONG},
    {"a head that drips line by line", "GET / HTTP/1.1\r\nHost: a\r\n", "X:y\r\n", SHORT, LONG,
     LONG},
    {"a body that does not come", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", NULL,
     LONG, SHORT, LONG},
    {"a body that drips", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n", "b", LONG,
     SHORT, LONG},
    {"a chunked body that drips",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nb\r\n", LONG, SHORT,
     LONG},
};

static void slow_clients_are_cut_by_absolute_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(slow); i++) {
        struct wire wire;
        struct edge_listener_options options =
            options_of(slow[i].head, slow[i].grace, slow[i].idle);
        wire_start(&wire, &options);
        struct wire_client client = wire_connect(wire.port);
        wire_send_z(&client, slow[i].first);
        if (slow[i].drip != NULL)
            (void)drip_until_closed(&client, slow[i].drip);
        else
            wire_read_to_end(&client);
        if (client.len > 0)
            fail_msg("%s: got \"%s\"", slow[i].name, client.text);
        assert_int_equal(edge_listener_count(wire.listener).cut, 1);
        wire_close(&client);
        wire_stop(&wire);
    }
}

static void an_idle_connection_is_closed_after_its_time(void **state)
{
    (void)state;
    struct wire wire;
    struct edge_listener_options options = options_of(LONG, LONG, SHORT);
    wire_start(&wire, &options);
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_read_to_end(&client);
    assert_int_equal(wire_status(&client), 200);
    wire_close(&client);
    wire_stop(&wire);
}

static void the_head_of_a_later_request_has_its_own_time(void **state)
{
    (void)state;
    struct wire wire;
    struct edge_listener_options options = options_of(SHORT, LONG, LONG);
    wire_start(&wire, &options);
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_read_answers(&client, 1);
    wire_forget(&client);
    wire_send_z(&client, "GET /echo HTTP/1.1\r\nX: ");
    (void)drip_until_closed(&client, "a");
    assert_int_equal(client.len, 0);
    wire_close(&client);
    wire_stop(&wire);
}

static void a_client_that_does_not_read_is_cut(void **state)
{
    (void)state;
    struct wire wire;
    struct edge_listener_options options = options_of(LONG, SHORT, LONG);
    wire_start(&wire, &options);
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, "GET /big?n=16000000 HTTP/1.1\r\nHost: a\r\n\r\n");
    /* The answer does not fit into the sockets' buffers. Once it is cut nothing is in flight. */
    struct pollfd begun = {.fd = client.fd, .events = POLLIN};
    assert_int_equal(poll(&begun, 1, WIRE_PATIENCE_MS), 1);
    assert_true(edge_listener_drain(wire.listener, HG_SECONDS(20)));
    assert_int_equal(edge_listener_count(wire.listener).cut, 1);
    wire_close(&client);
    wire_stop(&wire);
}

static void work_on_the_servers_side_has_no_deadline(void **state)
{
    (void)state;
    struct wire wire;
    struct edge_listener_options options = options_of(SHORT, SHORT, SHORT);
    wire_start(&wire, &options);
    struct wire_client held = wire_connect(wire.port);
    wire_send_z(&held, "GET /hold HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    wire_await_held(&wire, 1);
    /* Another client comes and is cut: at least that much time has passed. */
    struct wire_client silent = wire_connect(wire.port);
    wire_read_to_end(&silent);
    wire_release(&wire, 1);
    wire_read_to_end(&held);
    assert_int_equal(wire_status(&held), 200);
    wire_close(&silent);
    wire_close(&held);
    wire_stop(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_clients_are_cut_by_absolute_time),
        cmocka_unit_test(an_idle_connection_is_closed_after_its_time),
        cmocka_unit_test(the_head_of_a_later_request_has_its_own_time),
        cmocka_unit_test(a_client_that_does_not_read_is_cut),
        cmocka_unit_test(work_on_the_servers_side_has_no_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
