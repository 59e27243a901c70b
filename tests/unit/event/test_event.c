#include "base/base.h"
#include "event/event.h"
#include "unit/test.h"

#include <string.h>

static hg_str line_of(struct hg_arena *arena, const struct event *event)
{
    hg_str line = {0};
    struct hg_err err = {0};
    if (event_render(arena, event, EVENT_JSON, &line, &err) != HG_OK)
        fail_msg("%s", err.detail);
    return line;
}

static void a_line_holds_time_name_and_fields_in_order(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct event event = event_new(EVENT_SIGNIN_COMPLETED, (hg_time){.us = 1500000});
    event_str(&event, "user", HG_STR("a@b"));
    event_int(&event, "status", -3);
    test_str_eq("line", line_of(arena, &event),
                HG_STR("{\"time\":\"1970-01-01T00:00:01.5000000Z\",\"event\":\"signin.completed\","
                       "\"user\":\"a@b\",\"status\":-3}"));
}

static void a_line_of_text_quotes_what_is_no_plain_word(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct event event = event_new(EVENT_SIGNIN_COMPLETED, (hg_time){.us = 1500000});
    event_str(&event, "user", HG_STR("a@b"));
    event_str(&event, "agent", HG_STR("x y\nsignin.completed"));
    event_str(&event, "empty", HG_STR(""));
    event_int(&event, "status", -3);
    hg_str line = {0};
    assert_int_equal(event_render(arena, &event, EVENT_TEXT, &line, NULL), HG_OK);
    test_str_eq("line", line,
                HG_STR("1970-01-01T00:00:01Z signin.completed user=a@b "
                       "agent=\"x y\\nsignin.completed\" empty=\"\" status=-3"));
}

static const struct {
    const char *name;
    hg_str in, want;
} texts[] = {
    {"quotes and line ends are escaped", HG_LIT("a\"\n"), HG_LIT("\"a\\\"\\n\"}")},
    {"bytes that are not UTF-8 become U+FFFD",
     HG_LIT("x\xff"
            "y"),
     HG_LIT("\"x\xef\xbf\xbdy\"}")},
    {"Greek stays as it is", HG_LIT("\xce\xb1"), HG_LIT("\"\xce\xb1\"}")},
    {"nothing is an empty text", HG_LIT(""), HG_LIT("\"\"}")},
};

static void a_field_can_hold_anything_a_client_sent(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(texts); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct event event = event_new(EVENT_REQUEST_FAILED, (hg_time){0});
        event_str(&event, "f", texts[i].in);
        hg_str line = line_of(arena, &event);
        size_t at = hg_str_find(line, HG_STR("\"f\":"));
        test_str_eq(texts[i].name, hg_str_from(line, at + 4), texts[i].want);
    }
}

static void fields_past_the_maximum_are_dropped(void **state)
{
    (void)state;
    struct event event = event_new(EVENT_RUN_STARTED, (hg_time){0});
    for (int i = 0; i < EVENT_MAX_FIELDS + 3; i++)
        event_int(&event, "n", i);
    assert_int_equal(event.n_fields, EVENT_MAX_FIELDS);
}

static void every_event_has_a_dotted_name(void **state)
{
    (void)state;
    for (int i = 0; i < EVENT_COUNT; i++)
        assert_true(strchr(event_text((enum event_name)i), '.') != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_holds_time_name_and_fields_in_order),
        cmocka_unit_test(a_line_of_text_quotes_what_is_no_plain_word),
        cmocka_unit_test(a_field_can_hold_anything_a_client_sent),
        cmocka_unit_test(fields_past_the_maximum_are_dropped),
        cmocka_unit_test(every_event_has_a_dotted_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
