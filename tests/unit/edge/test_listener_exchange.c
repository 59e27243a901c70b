#include "base/base.h"
#include "edge/listener.h"
#include "http/http.h"
#include "unit/test.h"
#include "wire.h"

#include <stddef.h>
#include <string.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void a_connection_serves_many_requests(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    struct wire_client client = wire_connect(wire.port);
    for (int i = 0; i < 20; i++) {
        wire_send_z(&client, i % 2 == 0 ? GET("/echo") : GET("/quick"));
        wire_read_answers(&client, 1);
        assert_int_equal(wire_status(&client), 200);
        wire_forget(&client);
    }
    struct edge_listener_counts counts = edge_listener_count(wire.listener);
    assert_int_equal(counts.connections, 1);
    assert_int_equal(counts.requests, 20);
    wire_close(&client);
    wire_stop(&wire);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client,
                GET("/echo?1") GET("/quick") "POST /echo?2 HTTP/1.1\r\nHost: a\r\n"
                                             "Content-Length: 3\r\n\r\nabc" GET("/echo?3"));
    wire_read_answers(&client, 4);
    const char *one = strstr(client.text, "/echo?1");
    const char *two = strstr(client.text, "/echo?2 127.0.0.1 http a [abc]");
    const char *quick = strstr(client.text, "\r\n\r\nquick");
    const char *three = strstr(client.text, "/echo?3");
    assert_true(one != NULL && one < quick && quick < two && two < three);
    wire_close(&client);
    wire_stop(&wire);
}

static const struct {
    const char *name;
    const char *bytes;
    const char *want;
} bodies[] = {
    {"a body in one piece", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
     "[hello]"},
    {"chunks are put together, trailers dropped",
     "PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\nhel\r\n2;ext=1\r\nlo\r\n0\r\nHost: b\r\nAuthorization: x\r\n\r\n",
     "PUT /echo? 127.0.0.1 http a [hello]"},
    {"a GET may carry one", "GET /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
     "GET /quick? 127.0.0.1 http a [hi]"},
    {"an empty one", "PATCH /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "[]"},
    {"DELETE without one", "DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n", "DELETE /echo?"},
    {"one that waits for 100-continue",
     "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
     "[ok]"},
};

static void bodies_arrive_whole(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    for (size_t i = 0; i < HG_COUNT(bodies); i++) {
        struct wire_client client = wire_connect(wire.port);
        wire_send_z(&client, bodies[i].bytes);
        wire_send_z(&client, "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        wire_read_to_end(&client);
        if (!wire_has(&client, bodies[i].want) || !wire_has(&client, "GET /last?"))
            fail_msg("%s: got \"%s\"", bodies[i].name, client.text);
        wire_close(&client);
    }
    wire_stop(&wire);
}

static void a_large_body_and_a_large_answer_pass(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client,
                "POST /big?n=200000 HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n");
    char block[4096];
    memset(block, 'y', sizeof(block));
    for (int i = 0; i < 256; i++)
        wire_send(&client, (hg_str){block, sizeof(block)});
    wire_read_answers(&client, 1);
    assert_int_equal(wire_status(&client), 200);
    assert_true(client.len > 200000);
    wire_close(&client);
    wire_stop(&wire);
}

static void head_gets_the_length_without_the_body(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    static const char *const paths[] = {"/quick", "/echo"};
    for (size_t i = 0; i < HG_COUNT(paths); i++) {
        struct wire_client client = wire_connect(wire.port);
        wire_send_z(&client, "HEAD ");
        wire_send_z(&client, paths[i]);
        wire_send_z(&client, " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        wire_read_to_end(&client);
        assert_int_equal(wire_status(&client), 200);
        assert_true(wire_has(&client, "Content-Length: "));
        assert_true(hg_str_ends(hg_str_of(client.text), HG_STR("\r\n\r\n")));
        wire_close(&client);
    }
    wire_stop(&wire);
}

static void every_answer_carries_the_common_fields(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "Cache-Control: no-store\r\n",
        "X-Content-Type-Options: nosniff\r\n",
        "X-Frame-Options: DENY\r\n",
        "Referrer-Policy: no-referrer\r\n",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
    };
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    static const char *const requests[] = {GET("/quick"), GET("/echo"), GET("/nothing"),
                                           GET("/..")};
    for (size_t i = 0; i < HG_COUNT(requests); i++) {
        struct wire_client client = wire_connect(wire.port);
        wire_send_z(&client, requests[i]);
        wire_read_answers(&client, 1);
        for (size_t k = 0; k < HG_COUNT(wanted); k++)
            assert_true(wire_has(&client, wanted[k]));
        assert_false(wire_has(&client, "Strict-Transport-Security")); /* not over plain HTTP */
        wire_close(&client);
    }
    wire_stop(&wire);
}

static void a_handlers_own_field_wins(void **state)
{
    (void)state;
    const struct http_response page = {
        .status = 200,
        .fields = {{HG_LIT("content-security-policy"), HG_LIT("default-src 'self'")},
                   {HG_LIT("Set-Cookie"), HG_LIT("a=1")},
                   {HG_LIT("Set-Cookie"), HG_LIT("b=2")}},
        .n_fields = 3,
        .body = HG_LIT("page")};
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    edge_document_unref(wire.document);
    assert_int_equal(edge_document_new(&page, &wire.document, NULL), HG_OK);
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, GET("/quick"));
    wire_read_answers(&client, 1);
    assert_true(wire_has(&client, "content-security-policy: default-src 'self'\r\n"));
    assert_false(wire_has(&client, "default-src 'none'"));
    assert_true(wire_has(&client, "Set-Cookie: a=1\r\n"));
    assert_true(wire_has(&client, "Set-Cookie: b=2\r\n"));
    wire_close(&client);
    wire_stop(&wire);
}

static void a_handler_that_sets_no_status_is_an_internal_error(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, GET("/nothing"));
    wire_read_answers(&client, 1);
    assert_int_equal(wire_status(&client), 500);
    wire_close(&client);
    wire_stop(&wire);
}

static void a_connection_ends_after_its_number_of_requests(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){.max_requests = 3});
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, GET("/quick") GET("/echo") GET("/quick") GET("/echo?fourth"));
    wire_read_to_end(&client);
    assert_true(wire_has(&client, "Connection: close\r\n"));
    assert_false(wire_has(&client, "fourth"));
    wire_close(&client);
    wire_stop(&wire);
}

static void more_than_the_queue_holds_is_busy(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){.n_workers = 2, .queue = 1});
    struct wire_client held[4];
    for (size_t i = 0; i < 3; i++) {
        held[i] = wire_connect(wire.port);
        wire_send_z(&held[i], GET("/hold"));
        if (i < 2)
            wire_await_held(&wire, (unsigned)i + 1);
    }
    /* Two are being worked on; of the next two one waits and the other is refused at
     * once: that one's answer comes while nothing was released. */
    held[3] = wire_connect(wire.port);
    wire_send_z(&held[3], GET("/hold"));
    struct wire_client *busy = wire_first_of(&held[2], &held[3]);
    wire_read_answers(busy, 1);
    assert_int_equal(wire_status(busy), 503);
    assert_true(wire_has(busy, "Retry-After: 1\r\n"));
    assert_int_equal(edge_listener_count(wire.listener).busy, 1);
    wire_release(&wire, 3);
    for (size_t i = 0; i < 4; i++) {
        wire_read_answers(&held[i], 1);
        assert_int_equal(wire_status(&held[i]), &held[i] == busy ? 503 : 200);
    }
    wire_forget(busy);
    wire_send_z(busy, GET("/echo")); /* the connection goes on */
    wire_read_answers(busy, 1);
    assert_int_equal(wire_status(busy), 200);
    for (size_t i = 0; i < 4; i++)
        wire_close(&held[i]);
    wire_stop(&wire);
}

static void quick_answers_do_not_wait_for_workers(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){.n_workers = 1, .queue = 1});
    struct wire_client held = wire_connect(wire.port);
    wire_send_z(&held, GET("/hold"));
    wire_await_held(&wire, 1);
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, GET("/quick"));
    wire_read_answers(&client, 1);
    assert_int_equal(wire_status(&client), 200);
    wire_release(&wire, 1);
    wire_read_answers(&held, 1);
    wire_close(&client);
    wire_close(&held);
    wire_stop(&wire);
}

static void an_answer_that_lasts_is_made_once(void **state)
{
    static const struct {
        const char *request, *body;
    } rows[] = {
        {GET("/lasts"), "made 1"},
        {GET("/lasts"), "made 1"},
        {GET("/lasts?x"), "made 2"},
        {"POST /lasts HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "made 3"},
        {GET("/lasts"), "made 1"},
    };
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct wire_client client = wire_connect(wire.port);
        wire_send_z(&client, rows[i].request);
        wire_read_answers(&client, 1);
        assert_true(hg_str_ends(hg_str_of(client.text), hg_str_of(rows[i].body)));
        wire_close(&client);
    }
    wire_stop(&wire);
}

static void a_client_that_leaves_while_its_request_runs_harms_no_one(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){.n_workers = 2});
    for (int i = 0; i < 10; i++) {
        struct wire_client client = wire_connect(wire.port);
        wire_send_z(&client, GET("/hold"));
        wire_await_held(&wire, (unsigned)i + 1);
        wire_close(&client);
        wire_release(&wire, 1);
    }
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, GET("/echo"));
    wire_read_answers(&client, 1);
    assert_int_equal(wire_status(&client), 200);
    wire_close(&client);
    wire_stop(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_serves_many_requests),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(bodies_arrive_whole),
        cmocka_unit_test(a_large_body_and_a_large_answer_pass),
        cmocka_unit_test(head_gets_the_length_without_the_body),
        cmocka_unit_test(every_answer_carries_the_common_fields),
        cmocka_unit_test(a_handlers_own_field_wins),
        cmocka_unit_test(a_handler_that_sets_no_status_is_an_internal_error),
        cmocka_unit_test(a_connection_ends_after_its_number_of_requests),
        cmocka_unit_test(more_than_the_queue_holds_is_busy),
        cmocka_unit_test(quick_answers_do_not_wait_for_workers),
        cmocka_unit_test(an_answer_that_lasts_is_made_once),
        cmocka_unit_test(a_client_that_leaves_while_its_request_runs_harms_no_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
