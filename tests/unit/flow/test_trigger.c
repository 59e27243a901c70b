#include "base/base.h"
#include "flow/definition.h"
#include "flow/trigger.h"
#include "unit/file.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static const struct flow_definition *definition_of(struct hg_arena *arena, hg_str trigger)
{
    hg_str text =
        hg_str_format(arena, "{\"triggers\":{\"T\":%.*s},\"actions\":{}}", HG_ARG(trigger));
    struct flow_source source = {.definition = test_json(arena, text)};
    struct flow_findings findings = {0};
    const struct flow_definition *definition = NULL;
    assert_int_equal(flow_definition_read(arena, &source, &findings, &definition, NULL), HG_OK);
    if (definition == NULL)
        fail_msg("%.*s", HG_ARG(findings.items[0].message));
    return definition;
}

static hg_time time_of(const char *text)
{
    hg_time t = {0};
    assert_int_equal(hg_time_parse(hg_str_of(text), &t, NULL), HG_OK);
    return t;
}

struct row {
    const char *name, *recurrence, *saved, *after;
    const char *want; /* firings, separated by blanks; "-": none */
};

static const struct row rows[] = {
    {"without a start it runs when saved, then by its interval",
     "{\"frequency\":\"Hour\",\"interval\":2}", "2026-11-24T10:05:30Z", "2026-11-24T10:05:29Z",
     "2026-11-24T10:05:30Z 2026-11-24T12:05:30Z 2026-11-24T14:05:30Z"},
    {"a start in the past gives the next instant, nothing is made up for",
     "{\"frequency\":\"Minute\",\"interval\":15,\"startTime\":\"2026-11-20T00:07:00Z\"}",
     "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z", "2026-11-24T10:07:00Z 2026-11-24T10:22:00Z"},
    {"a start in the future is the first instant",
     "{\"frequency\":\"Day\",\"interval\":3,\"startTime\":\"2026-12-01T08:30:15Z\"}",
     "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z", "2026-12-01T08:30:15Z 2026-12-04T08:30:15Z"},
    {"hours and minutes multiply",
     "{\"frequency\":\"Day\",\"interval\":1,\"startTime\":\"2026-11-24T00:00:00Z\",\"schedule\":"
     "{\"hours\":[8,\"17\"],\"minutes\":[0,30]}}",
     "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z",
     "2026-11-24T17:00:00Z 2026-11-24T17:30:00Z 2026-11-25T08:00:00Z"},
    {"hours without minutes take the minute of the start",
     "{\"frequency\":\"Day\",\"interval\":1,\"startTime\":\"2026-11-01T07:20:00Z\",\"schedule\":"
     "{\"hours\":[9]}}",
     "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z", "2026-11-25T09:20:00Z"},
    {"a schedule with a later start begins at the first slot from there",
     "{\"frequency\":\"Week\",\"interval\":1,\"startTime\":\"2026-11-25T12:00:00Z\",\"schedule\":"
     "{\"weekDays\":[\"Monday\",\"Wednesday\"],\"hours\":[9],\"minutes\":[0]}}",
     "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z", "2026-11-30T09:00:00Z 2026-12-02T09:00:00Z"},
    {"every second week counts from the week of the start",
     "{\"frequency\":\"Week\",\"interval\":2,\"startTime\":\"2026-11-24T06:00:00Z\",\"schedule\":"
     "{\"weekDays\":[\"Friday\"]}}",
     "2026-11-24T05:00:00Z", "2026-11-24T05:00:00Z", "2026-11-27T06:00:00Z 2026-12-11T06:00:00Z"},
    {"the 31st of a shorter month is its last day",
     "{\"frequency\":\"Month\",\"interval\":1,\"startTime\":\"2026-01-31T10:00:00Z\"}",
     "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-28T10:00:00Z 2026-03-31T10:00:00Z"},
    {"days of a month, also from its end",
     "{\"frequency\":\"Month\",\"interval\":1,\"startTime\":\"2026-11-01T10:00:00Z\",\"schedule\":"
     "{\"monthDays\":[15,-1]}}",
     "2026-11-01T00:00:00Z", "2026-11-16T00:00:00Z", "2026-11-30T10:00:00Z 2026-12-15T10:00:00Z"},
    {"the last Friday and the first Monday of a month",
     "{\"frequency\":\"Month\",\"interval\":1,\"startTime\":\"2026-11-01T10:00:00Z\",\"schedule\":"
     "{\"monthlyOccurrences\":[{\"dayOfWeek\":\"Friday\",\"occurrence\":-1},{\"dayOfWeek\":"
     "\"Monday\",\"occurrence\":1}]}}",
     "2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z", "2026-11-27T10:00:00Z 2026-12-07T10:00:00Z"},
    {"nine o'clock stays nine o'clock over the change of the clock in Ljubljana",
     "{\"frequency\":\"Day\",\"interval\":1,\"startTime\":\"2026-10-23T09:00:00\",\"timeZone\":"
     "\"Central Europe Standard Time\"}",
     "2026-10-20T00:00:00Z", "2026-10-23T12:00:00Z", "2026-10-24T07:00:00Z 2026-10-25T08:00:00Z"},
    {"a time that the clock skips runs an hour later, once (Athens)",
     "{\"frequency\":\"Day\",\"interval\":1,\"startTime\":\"2026-03-27T03:30:00\",\"timeZone\":"
     "\"GTB Standard Time\"}",
     "2026-03-20T00:00:00Z", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z 2026-03-30T00:30:00Z"},
    {"an hour that comes twice runs once",
     "{\"frequency\":\"Day\",\"interval\":1,\"startTime\":\"2026-10-20T02:30:00\",\"timeZone\":"
     "\"Central Europe Standard Time\"}",
     "2026-10-20T00:00:00Z", "2026-10-24T12:00:00Z", "2026-10-25T01:30:00Z 2026-10-26T01:30:00Z"},
    {"after the end there is nothing",
     "{\"frequency\":\"Day\",\"interval\":1,\"startTime\":\"2026-11-01T10:00:00Z\",\"endTime\":"
     "\"2026-11-02T10:00:00Z\"}",
     "2026-11-01T00:00:00Z", "2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z -"},
    {"a day that never comes gives nothing",
     "{\"frequency\":\"Month\",\"interval\":12,\"startTime\":\"2026-02-01T10:00:00Z\",\"schedule\":"
     "{\"monthDays\":[30]}}",
     "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "-"},
};

static void check_row(struct hg_arena *arena, const struct row *row)
{
    hg_str trigger =
        hg_str_format(arena, "{\"type\":\"Recurrence\",\"recurrence\":%s}", row->recurrence);
    const struct flow_definition *definition = definition_of(arena, trigger);
    struct flow_schedule schedule;
    hg_time after = time_of(row->after);
    hg_str rest = hg_str_of(row->want);
    hg_str want;
    assert_int_equal(flow_schedule_of(arena, &definition->trigger.recurrence, time_of(row->saved),
                                      &schedule, NULL),
                     HG_OK);
    while (hg_str_field(&rest, ' ', &want)) {
        hg_time next;
        bool any = flow_schedule_next(&schedule, 0, after, &next);
        test_str_eq(row->name, any ? hg_time_rfc3339(arena, next) : HG_STR("-"), want);
        after = any ? next : after;
    }
}

static void schedules_give_the_documented_instants(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct hg_arena *arena = test_arena();
        check_row(arena, &rows[i]);
        hg_arena_free(arena);
    }
}

static void a_count_ends_a_recurrence(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    const struct flow_definition *definition = definition_of(
        arena, HG_STR("{\"type\":\"Recurrence\",\"recurrence\":{\"frequency\":\"Day\",\"interval\":"
                      "1,\"count\":2}}"));
    struct flow_schedule schedule;
    hg_time saved = time_of("2026-11-24T10:00:00Z");
    hg_time next;
    assert_int_equal(
        flow_schedule_of(arena, &definition->trigger.recurrence, saved, &schedule, NULL), HG_OK);
    assert_true(flow_schedule_next(&schedule, 1, saved, &next));
    assert_false(flow_schedule_next(&schedule, 2, saved, &next));
    hg_arena_free(arena);
}

static void conditions_and_splits_decide_what_runs(void **state)
{
    (void)state;
    static const struct {
        const char *name, *trigger, *outputs;
        enum flow_firing_kind kind;
        const char *want; /* items as JSON, or the code */
    } firings[] = {
        {"one run for one firing", "", "{\"body\":{\"a\":1}}", FLOW_FIRING_RUN,
         "{\"body\":{\"a\":1}}"},
        {"splitOn gives a run for each item, headers kept",
         ",\"splitOn\":\"@triggerOutputs()?['body/value']\"",
         "{\"headers\":{\"h\":\"1\"},\"body\":{\"value\":[{\"ID\":1},{\"ID\":2}],\"x\":3}}",
         FLOW_FIRING_RUN,
         "{\"headers\":{\"h\":\"1\"},\"body\":{\"ID\":1}}{\"headers\":{\"h\":\"1\"},\"body\":"
         "{\"ID\":2}}"},
        {"nothing to split is no run", ",\"splitOn\":\"@triggerOutputs()?['body/value']\"",
         "{\"body\":{}}", FLOW_FIRING_RUN, ""},
        {"what is no array cannot be split", ",\"splitOn\":\"@triggerBody()\"", "{\"body\":\"x\"}",
         FLOW_FIRING_FAILED, "InvalidTemplate"},
        {"a condition that does not hold skips",
         ",\"conditions\":[{\"expression\":\"@equals(triggerBody()?['a'],1)\"},"
         "{\"expression\":\"@equals(triggerBody()?['a'],2)\"}]",
         "{\"body\":{\"a\":1}}", FLOW_FIRING_SKIPPED, "TriggerConditionNotMet"},
        {"a condition that cannot be evaluated fails",
         ",\"conditions\":[{\"expression\":\"@triggerBody()['none']\"}]", "{\"body\":{\"a\":1}}",
         FLOW_FIRING_FAILED, "InvalidTemplate"},
    };
    struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(firings); i++) {
        struct flow_firing firing;
        struct flow_evaluation evaluation = {.outputs =
                                                 test_json(arena, hg_str_of(firings[i].outputs)),
                                             .now = time_of("2026-11-24T10:00:00Z")};
        hg_str trigger =
            hg_str_format(arena, "{\"type\":\"Request\",\"kind\":\"Http\"%s}", firings[i].trigger);
        assert_int_equal(
            flow_trigger_fire(arena, definition_of(arena, trigger), &evaluation, &firing, NULL),
            HG_OK);
        if (firing.kind != firings[i].kind)
            fail_msg("%s: kind %d %.*s", firings[i].name, (int)firing.kind, HG_ARG(firing.message));
        struct hg_buf got = hg_buf_new(arena, 4096);
        hg_buf_str(&got, firing.kind == FLOW_FIRING_RUN ? HG_STR("") : firing.code);
        for (size_t j = 0; firing.kind == FLOW_FIRING_RUN && j < firing.n_items; j++)
            hg_json_write(&got, &firing.items[j]);
        test_str_eq(firings[i].name, hg_buf_view(&got), hg_str_of(firings[i].want));
    }
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules_give_the_documented_instants),
        cmocka_unit_test(a_count_ends_a_recurrence),
        cmocka_unit_test(conditions_and_splits_decide_what_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
