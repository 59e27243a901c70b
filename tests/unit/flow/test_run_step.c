#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "unit/file.h"
#include "unit/flow/stream.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The promises of flow/run.h about single events. */

static const hg_time noon = {.us = 1795522800000000};

struct world {
    struct hg_arena *arena;
    struct test_stream stream;
    struct hg_random random;
    const struct flow_definition *definition;
    struct flow_run *run;
};

#define GET "{\"type\":\"Http\",\"inputs\":{\"method\":\"GET\",\"uri\":\"https://x.example/\"}}"

static void world_open(struct world *world, const char *actions)
{
    *world = (struct world){.arena = test_arena(), .stream = {.state = 3}};
    world->random = test_random(&world->stream);
    hg_str text = hg_str_format(
        world->arena,
        "{\"triggers\":{\"manual\":{\"type\":\"Request\",\"kind\":\"Button\"}},\"actions\":%s}",
        actions);
    struct flow_source source = {.definition = test_json(world->arena, text)};
    struct flow_findings findings = {0};
    struct flow_start start = {.run_name = HG_STR("r1"), .fired_at = noon};
    assert_int_equal(
        flow_definition_read(world->arena, &source, &findings, &world->definition, NULL), HG_OK);
    assert_non_null(world->definition);
    assert_int_equal(flow_run_new(world->arena, world->definition, &start, &world->run, NULL),
                     HG_OK);
}

static struct flow_effects step(struct world *world, const struct flow_event *event, int seconds)
{
    struct flow_effects effects;
    hg_time now = hg_time_add(noon, HG_SECONDS(seconds));
    assert_int_equal(flow_step(world->run, event, now, &world->random, &effects, NULL), HG_OK);
    return effects;
}

static const struct flow_event started = {.kind = FLOW_EVENT_STARTED};
static const struct flow_event timer = {.kind = FLOW_EVENT_TIMER};

static struct flow_event answered(uint64_t command, unsigned status)
{
    return (struct flow_event){.kind = FLOW_EVENT_ANSWERED, .command = command, .status = status};
}

static void an_answer_counts_once_and_only_for_its_command(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, "{\"H\":" GET "}");
    struct flow_effects first = step(&world, &started, 0);
    assert_int_equal(first.n_commands, 1);
    assert_int_equal(first.commands[0].kind, FLOW_COMMAND_HTTP);
    uint64_t id = first.commands[0].id;
    struct flow_event unknown = answered(id + 1, 200);
    struct flow_event right = answered(id, 200);
    assert_false(step(&world, &started, 0).changed);
    assert_false(step(&world, &unknown, 0).changed);
    assert_false(step(&world, &timer, 0).changed);
    struct flow_effects last = step(&world, &right, 0);
    assert_true(last.changed);
    assert_int_equal(last.n_commands, 1);
    assert_int_equal(last.commands[0].kind, FLOW_COMMAND_FINISH);
    assert_int_equal(last.commands[0].end, FLOW_STATUS_SUCCEEDED);
    assert_false(step(&world, &right, 0).changed);
    hg_arena_free(world.arena);
}

static void a_timer_that_is_early_changes_nothing(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, "{\"H\":" GET "}");
    struct flow_effects effects = step(&world, &started, 0);
    struct flow_event busy = answered(effects.commands[0].id, 503);
    uint64_t first = effects.commands[0].id;
    effects = step(&world, &busy, 1);
    assert_int_equal(effects.n_commands, 0);
    assert_true(effects.has_wake);
    assert_true(hg_time_before(noon, effects.wake));
    assert_false(step(&world, &timer, 2).changed);
    effects = step(&world, &timer, 60);
    assert_int_equal(effects.n_commands, 1);
    assert_int_equal(effects.commands[0].attempt, 2);
    assert_true(effects.commands[0].id != first);
    struct flow_event late = answered(first, 200);
    assert_false(step(&world, &late, 61).changed);
    hg_arena_free(world.arena);
}

static void what_is_outstanding_is_known_after_a_restart(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, "{\"A\":" GET ",\"B\":" GET "}");
    struct flow_effects effects = step(&world, &started, 0);
    assert_int_equal(effects.n_commands, 2);
    struct flow_event first = answered(effects.commands[0].id, 200);
    uint64_t second = effects.commands[1].id;
    (void)step(&world, &first, 1);
    hg_str text;
    assert_int_equal(flow_run_render(world.arena, world.run, FLOW_WHOLE, &text, NULL), HG_OK);
    assert_int_equal(flow_run_parse(world.arena, world.definition, &text, 1, &world.run, NULL),
                     HG_OK);
    assert_int_equal(flow_run_pending(world.run, &effects, NULL), HG_OK);
    assert_int_equal(effects.n_commands, 1);
    assert_int_equal(effects.commands[0].id, second);
    test_str_eq("uri", effects.commands[0].uri, HG_STR("https://x.example/"));
    assert_int_equal(effects.commands[0].attempt, 1);
    hg_arena_free(world.arena);
}

static void a_cancelled_run_is_over_and_its_actions_say_so(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, "{\"H\":" GET ",\"B\":{\"type\":\"Compose\",\"inputs\":1,\"runAfter\":"
                       "{\"H\":[\"Succeeded\"]}}}");
    struct flow_event cancel = {.kind = FLOW_EVENT_CANCEL};
    struct flow_effects effects = step(&world, &started, 0);
    struct flow_event answer = answered(effects.commands[0].id, 200);
    effects = step(&world, &cancel, 1);
    assert_int_equal(effects.n_commands, 1);
    assert_int_equal(effects.commands[0].end, FLOW_STATUS_CANCELLED);
    struct hg_json properties = flow_action_properties(world.arena, world.run, 0);
    test_str_eq("H", hg_json_str_or(hg_json_get(&properties, "status"), HG_STR("")),
                HG_STR("Cancelled"));
    assert_false(step(&world, &answer, 2).changed);
    assert_false(step(&world, &cancel, 2).changed);
    hg_arena_free(world.arena);
}

static void a_dead_connection_shows_its_code_and_whole_message(void **state)
{
    (void)state;
    struct world world;
    world_open(&world,
               "{\"S\":{\"type\":\"OpenApiConnection\",\"inputs\":{\"host\":{\"apiId\":"
               "\"/providers/Microsoft.PowerApps/apis/shared_office365\",\"connectionName\":"
               "\"shared_office365\",\"operationId\":\"SendEmailV2\"},\"parameters\":{}}}}");
    struct flow_effects effects = step(&world, &started, 0);
    assert_int_equal(effects.commands[0].kind, FLOW_COMMAND_CONNECTOR);
    test_str_eq("api", effects.commands[0].api, HG_STR("shared_office365"));
    test_str_eq("operation", effects.commands[0].operation, HG_STR("SendEmailV2"));
    struct flow_event refused = {.kind = FLOW_EVENT_FAILED,
                                 .command = effects.commands[0].id,
                                 .status = 401,
                                 .code = HG_STR("Unauthorized"),
                                 .message = HG_STR("Failed to refresh access token …")};
    effects = step(&world, &refused, 1);
    assert_int_equal(effects.commands[0].end, FLOW_STATUS_FAILED);
    struct hg_json properties = flow_action_properties(world.arena, world.run, 0);
    const struct hg_json *outputs = flow_action_outputs(world.run, 0);
    int64_t status = 0;
    test_str_eq("code", hg_json_str_or(hg_json_get(&properties, "code"), HG_STR("")),
                HG_STR("Unauthorized"));
    test_str_eq("message", hg_json_str_or(hg_json_path(&properties, "error.message"), HG_STR("")),
                HG_STR("Failed to refresh access token …"));
    assert_true(hg_json_as_int(hg_json_get(outputs, "statusCode"), &status) && status == 401);
    hg_arena_free(world.arena);
}

static void a_poll_at_another_host_carries_no_credentials(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, "{\"H\":{\"type\":\"Http\",\"inputs\":{\"method\":\"POST\",\"uri\":"
                       "\"https://a.example/x\",\"authentication\":{\"type\":\"Raw\",\"value\":"
                       "\"secret\"}}}}");
    struct flow_effects effects = step(&world, &started, 0);
    assert_non_null(hg_json_get(effects.commands[0].headers, "Authorization"));
    struct hg_json headers = hg_json_object();
    hg_json_put(world.arena, &headers, "Location", hg_json_z("https://b.example/status"));
    struct flow_event later = answered(effects.commands[0].id, 202);
    later.headers = &headers;
    (void)step(&world, &later, 1);
    effects = step(&world, &timer, 60);
    test_str_eq("uri", effects.commands[0].uri, HG_STR("https://b.example/status"));
    assert_null(hg_json_get(effects.commands[0].headers, "Authorization"));
    hg_arena_free(world.arena);
}

static void a_stored_run_fits_its_own_definition_only(void **state)
{
    (void)state;
    struct world world;
    struct world other;
    hg_str text;
    struct flow_run *run = NULL;
    world_open(&world, "{\"A\":" GET "}");
    world_open(&other, "{\"B\":" GET "}");
    (void)step(&world, &started, 0);
    assert_int_equal(flow_run_render(world.arena, world.run, FLOW_WHOLE, &text, NULL), HG_OK);
    assert_int_equal(flow_run_parse(other.arena, other.definition, &text, 1, &run, NULL),
                     HG_MALFORMED);
    hg_arena_free(other.arena);
    hg_arena_free(world.arena);
}

/* Stored as changes, a loop costs what its items cost, however long it is. */
static void a_long_loop_is_stored_in_linear_size(void **state)
{
    (void)state;
    size_t sizes[2] = {0};
    for (int i = 0; i < 2; i++) {
        struct world world;
        world_open(&world, i == 0 ? "{\"L\":{\"type\":\"Foreach\",\"foreach\":\"@range(0,100)\","
                                    "\"actions\":{\"H\":" GET "}}}"
                                  : "{\"L\":{\"type\":\"Foreach\",\"foreach\":\"@range(0,1000)\","
                                    "\"actions\":{\"H\":" GET "}}}");
        struct flow_effects effects = step(&world, &started, 0);
        while (effects.commands[0].kind != FLOW_COMMAND_FINISH) {
            hg_str text;
            assert_int_equal(flow_run_render(world.arena, world.run, FLOW_CHANGES, &text, NULL),
                             HG_OK);
            sizes[i] += text.len;
            struct flow_event answer = answered(effects.commands[0].id, 200);
            effects = step(&world, &answer, 1);
        }
        hg_arena_free(world.arena);
    }
    if (sizes[1] > sizes[0] * 12)
        fail_msg("100 items: %zu bytes, 1000 items: %zu", sizes[0], sizes[1]);
}

static void a_run_name_sorts_the_newest_first(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    struct test_stream stream = {.state = 1};
    struct hg_random random = test_random(&stream);
    hg_str older = flow_run_name(arena, noon, &random);
    hg_str newer = flow_run_name(arena, hg_time_add(noon, HG_SECONDS(1)), &random);
    assert_true(hg_str_cmp(newer, older) < 0);
    /* 9223372036854775807 less the ticks of noon: (1795522800 + 62135596800) * 10^7 */
    test_str_eq("digits", hg_str_sub(older, 0, 20), HG_STR("08584060840854775807"));
    assert_true(hg_str_eq(hg_str_sub(older, 29, 2), HG_STR("CU")));
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_counts_once_and_only_for_its_command),
        cmocka_unit_test(a_timer_that_is_early_changes_nothing),
        cmocka_unit_test(what_is_outstanding_is_known_after_a_restart),
        cmocka_unit_test(a_cancelled_run_is_over_and_its_actions_say_so),
        cmocka_unit_test(a_dead_connection_shows_its_code_and_whole_message),
        cmocka_unit_test(a_poll_at_another_host_carries_no_credentials),
        cmocka_unit_test(a_stored_run_fits_its_own_definition_only),
        cmocka_unit_test(a_long_loop_is_stored_in_linear_size),
        cmocka_unit_test(a_run_name_sorts_the_newest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
