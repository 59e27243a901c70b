#include "base/base.h"
#include "connector/connector.h"
#include "unit/file.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>

static void a_body_becomes_what_a_step_can_read(void **state)
{
    (void)state;
    static const struct {
        const char *name, *type, *body, *want;
    } rows[] = {
        {"JSON is parsed", "application/json; charset=utf-8", "{\"a\":[1,2.50]}",
         "{\"a\":[1,2.5]}"},
        {"OData JSON is JSON", "application/vnd.api+json", "[]", "[]"},
        {"no type but JSON is JSON", "", "{\"a\":1}", "{\"a\":1}"},
        {"an empty body is null", "application/json", "", "null"},
        {"broken JSON is text", "application/json", "{\"a\":", "\"{\\\"a\\\":\""},
        {"text is text", "text/plain", "hi", "\"hi\""},
        {"other bytes are content", "image/png", "\x89P",
         "{\"$content-type\":\"image/png\",\"$content\":\"iVA=\"}"},
        {"text that is not UTF-8 is content", "text/plain", "\xff",
         "{\"$content-type\":\"text/plain\",\"$content\":\"/w==\"}"},
    };
    struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct connector_answer answer = {.status = 200,
                                          .content_type = hg_str_of(rows[i].type),
                                          .body = hg_str_of(rows[i].body)};
        struct hg_json value;
        hg_str text = {0};
        assert_int_equal(connector_body_read(arena, &answer, &value, NULL), HG_OK);
        assert_int_equal(hg_json_render(arena, &value, &text, NULL), HG_OK);
        test_str_eq(rows[i].name, text, hg_str_of(rows[i].want));
    }
    hg_arena_free(arena);
}

static void an_answer_to_a_poll_fires_waits_or_fails(void **state)
{
    (void)state;
    static const struct {
        const char *name, *headers, *location;
        int64_t wait; /* seconds, -1: none */
        unsigned status;
        enum connector_poll_kind kind;
    } rows[] = {
        {"200 fires", "{\"location\":\"/next?s=1\"}", "/next?s=1", -1, 200, CONNECTOR_POLL_FIRED},
        {"202 waits", "{\"Retry-After\":\"15\",\"Location\":\"/n\"}", "/n", 15, 202,
         CONNECTOR_POLL_NOTHING},
        {"a date in Retry-After is ignored", "{\"retry-after\":\"Tue, 24 Nov 2026 16:14:11 GMT\"}",
         "", -1, 202, CONNECTOR_POLL_NOTHING},
        {"401 fails", "{}", "", -1, 401, CONNECTOR_POLL_FAILED},
        {"500 fails", "{\"Retry-After\":\"99999999\"}", "", -1, 500, CONNECTOR_POLL_FAILED},
    };
    struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct connector_poll poll =
            connector_poll_read(rows[i].status, test_json(arena, hg_str_of(rows[i].headers)));
        if (poll.kind != rows[i].kind)
            fail_msg("%s: kind %d", rows[i].name, (int)poll.kind);
        test_str_eq(rows[i].name, poll.location, hg_str_of(rows[i].location));
        int64_t wait = poll.has_wait ? poll.wait.us / 1000000 : -1;
        if (wait != rows[i].wait)
            fail_msg("%s: waits %lld", rows[i].name, (long long)wait);
    }
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_becomes_what_a_step_can_read),
        cmocka_unit_test(an_answer_to_a_poll_fires_waits_or_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
