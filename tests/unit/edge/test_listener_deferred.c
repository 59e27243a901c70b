#include "base/base.h"
#include "edge/listener.h"
#include "http/http.h"
#include "unit/test.h"
#include "wire.h"

#include <stddef.h>
#include <stdint.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void complete(struct wire *wire, uint64_t id, hg_str body)
{
    struct hg_arena *arena = test_arena();
    struct http_response response = {.status = 201, .body = hg_str_dup(arena, body)};
    response.fields[0] = (struct http_field){HG_LIT("Location"), hg_str_dup(arena, HG_STR("/x"))};
    response.n_fields = 1;
    wire->replies.complete(wire->replies.self, id, &response);
    hg_arena_free(arena); /* what was completed with is copied */
}

static void a_deferred_answer_comes_when_it_is_completed(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){.n_workers = 1});
    struct wire_client client = wire_connect(wire.port);
    for (int i = 0; i < 3; i++) {
        wire_send_z(&client, GET("/defer"));
        uint64_t id = wire_await_deferred(&wire);
        struct wire_client other = wire_connect(wire.port); /* the worker is free */
        wire_send_z(&other, GET("/echo"));
        wire_read_answers(&other, 1);
        wire_close(&other);
        complete(&wire, id, HG_STR("done"));
        wire_read_answers(&client, 1);
        assert_int_equal(wire_status(&client), 201);
        assert_true(wire_has(&client, "Location: /x\r\n"));
        assert_true(wire_has(&client, "\r\n\r\ndone"));
        wire_forget(&client);
        complete(&wire, id, HG_STR("twice")); /* does nothing */
    }
    wire_close(&client);
    wire_stop(&wire);
}

static void completing_before_the_handler_returns_is_fine(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    wire.completes_early = true;
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, GET("/defer"));
    wire_read_answers(&client, 1);
    assert_int_equal(wire_status(&client), 200);
    assert_true(wire_has(&client, "early"));
    wire_close(&client);
    wire_stop(&wire);
}

static const struct {
    const char *name;
    const char *request;
    unsigned want;
} late[] = {
    {"the handler's fallback", GET("/defer"), 202},
    {"504 without a fallback", GET("/defer?silent"), 504},
};

static void a_deferred_answer_has_a_deadline(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){.deadlines = {.deferred = {.us = 20000}}});
    for (size_t i = 0; i < HG_COUNT(late); i++) {
        struct wire_client client = wire_connect(wire.port);
        wire_send_z(&client, late[i].request);
        wire_read_answers(&client, 1);
        if (wire_status(&client) != late[i].want)
            fail_msg("%s: got \"%s\"", late[i].name, client.text);
        complete(&wire, wire_await_deferred(&wire), HG_STR("too late")); /* does nothing */
        wire_close(&client);
    }
    assert_int_equal(edge_listener_count(wire.listener).deferred, 0);
    wire_stop(&wire);
}

static void a_client_that_left_does_not_hinder_completion(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    struct wire_client client = wire_connect(wire.port);
    wire_send_z(&client, GET("/defer"));
    uint64_t id = wire_await_deferred(&wire);
    wire_close(&client);
    complete(&wire, id, HG_STR("done"));
    assert_true(edge_listener_drain(wire.listener, HG_SECONDS(20)));
    wire_stop(&wire);
}

static void draining_lets_requests_finish_and_accepts_no_more(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    struct wire_client idle = wire_connect(wire.port);
    wire_send_z(&idle, GET("/echo"));
    wire_read_answers(&idle, 1);
    struct wire_client held = wire_connect(wire.port);
    wire_send_z(&held, GET("/hold"));
    wire_await_held(&wire, 1);
    struct wire_client deferred = wire_connect(wire.port);
    wire_send_z(&deferred, GET("/defer"));
    uint64_t id = wire_await_deferred(&wire);

    assert_false(edge_listener_drain(wire.listener, (hg_dur){.us = 1}));
    wire_read_to_end(&idle);
    wire_release(&wire, 1);
    complete(&wire, id, HG_STR("done"));
    assert_true(edge_listener_drain(wire.listener, HG_SECONDS(20)));
    wire_read_to_end(&held);
    assert_int_equal(wire_status(&held), 200);
    assert_true(wire_has(&held, "Connection: close\r\n"));
    wire_read_to_end(&deferred);
    assert_int_equal(wire_status(&deferred), 201);
    assert_false(wire_can_connect(wire.port));
    wire_close(&idle);
    wire_close(&held);
    wire_close(&deferred);
    wire_stop(&wire);
}

static void closing_answers_what_was_left(void **state)
{
    (void)state;
    struct wire wire;
    wire_start(&wire, &(struct edge_listener_options){0});
    struct wire_client clients[20];
    for (size_t i = 0; i < HG_COUNT(clients); i++) {
        clients[i] = wire_connect(wire.port);
        wire_send_z(&clients[i], i % 2 == 0 ? GET("/defer") : "POST / HTTP/1.1\r\nHo");
        if (i % 2 == 0)
            (void)wire_await_deferred(&wire);
    }
    wire_stop(&wire);
    for (size_t i = 0; i < HG_COUNT(clients); i++) {
        wire_read_to_end(&clients[i]);
        wire_close(&clients[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deferred_answer_comes_when_it_is_completed),
        cmocka_unit_test(completing_before_the_handler_returns_is_fine),
        cmocka_unit_test(a_deferred_answer_has_a_deadline),
        cmocka_unit_test(a_client_that_left_does_not_hinder_completion),
        cmocka_unit_test(draining_lets_requests_finish_and_accepts_no_more),
        cmocka_unit_test(closing_answers_what_was_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
