#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "flow/run_local.h"
#include "unit/file.h"
#include "unit/flow/stream.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each case of tests/cases/flow/run.json is played three times: straight on; stored
 * whole and loaded again after every step; and stored as a log of changes that is
 * loaded from its beginning after every step. All three must end alike. */

static const hg_time noon = {.us = 1795522800000000};

struct storing {
    struct hg_arena *arena;
    const struct flow_definition *definition;
    bool whole;
    hg_str log[4096];
    size_t n;
};

static struct flow_run *store_and_load(void *self, struct flow_run *run)
{
    struct storing *storing = self;
    struct flow_run *loaded = NULL;
    struct hg_err err = {0};
    bool whole = storing->whole || storing->n == 0;
    if (storing->whole)
        storing->n = 0;
    assert_true(storing->n < HG_COUNT(storing->log));
    hg_str *text = &storing->log[storing->n++];
    assert_int_equal(
        flow_run_render(storing->arena, run, whole ? FLOW_WHOLE : FLOW_CHANGES, text, NULL), HG_OK);
    if (flow_run_parse(storing->arena, storing->definition, storing->log, storing->n, &loaded,
                       &err) != HG_OK)
        fail_msg("a stored run does not load: %s: %.*s", err.detail, HG_ARG(*text));
    return loaded;
}

static struct hg_json definition_of(struct hg_arena *arena, const struct hg_json *one)
{
    struct hg_json definition = hg_json_object();
    const struct hg_json *more = hg_json_get(one, "definition");
    hg_str trigger = HG_STR("{\"manual\":{\"type\":\"Request\",\"kind\":\"Http\"}}");
    hg_json_put(arena, &definition, "triggers", *test_json(arena, trigger));
    hg_json_put(arena, &definition, "actions", *hg_json_get(one, "actions"));
    for (size_t i = 0; i < hg_json_count(more); i++)
        hg_json_set(arena, &definition, more->object.members[i].name,
                    more->object.members[i].value);
    return definition;
}

static const struct flow_definition *read_definition(struct hg_arena *arena, const char *name,
                                                     const struct hg_json *json)
{
    struct flow_source source = {.definition = json};
    struct flow_findings findings = {0};
    const struct flow_definition *definition = NULL;
    assert_int_equal(flow_definition_read(arena, &source, &findings, &definition, NULL), HG_OK);
    for (size_t i = 0; i < findings.n; i++) {
        if (findings.items[i].severity == FLOW_ERROR)
            fail_msg("%s: %.*s", name, HG_ARG(findings.items[i].message));
    }
    return definition;
}

struct play {
    struct hg_arena *arena;
    const char *name;
    const struct hg_json *one;
    const struct flow_definition *definition;
};

static struct flow_local_result play_once(const struct play *play, struct storing *storing)
{
    struct test_stream stream = {.state = 7};
    struct hg_random random = test_random(&stream);
    struct flow_local local = {.definition = play->definition,
                               .mock = hg_json_get(play->one, "mock"),
                               .trigger_outputs = hg_json_get(play->one, "trigger"),
                               .parameters = hg_json_get(play->one, "parameters"),
                               .now = noon,
                               .random = &random,
                               .between = storing == NULL ? NULL : store_and_load,
                               .self = storing};
    struct flow_local_result result;
    struct hg_err err = {0};
    if (flow_run_local(play->arena, &local, &result, &err) != HG_OK)
        fail_msg("%s: %s", play->name, err.detail);
    return result;
}

static hg_str rendered(const struct play *play, const struct flow_local_result *result)
{
    struct hg_json json = flow_local_json(play->arena, result, play->definition);
    hg_str text = {0};
    assert_int_equal(hg_json_render(play->arena, &json, &text, NULL), HG_OK);
    return text;
}

/* --- expectations --- */

static void want_text(const struct play *play, const char *what, const struct hg_json *want,
                      hg_str got)
{
    hg_str text;
    if (hg_json_as_str(want, &text) && !hg_str_eq(text, got))
        fail_msg("%s: %s is \"%.*s\", want \"%.*s\"", play->name, what, HG_ARG(got), HG_ARG(text));
}

static void want_value(const struct play *play, const char *what, const struct hg_json *want,
                       const struct hg_json *got)
{
    hg_str a = HG_STR("absent");
    hg_str b = {0};
    if (want == NULL || (hg_json_is_null(want) && got == NULL))
        return;
    if (got != NULL && hg_json_eq(want, got))
        return;
    if (got != NULL)
        assert_int_equal(hg_json_render(play->arena, got, &a, NULL), HG_OK);
    assert_int_equal(hg_json_render(play->arena, want, &b, NULL), HG_OK);
    fail_msg("%s: %s: %.*s, want %.*s", play->name, what, HG_ARG(a), HG_ARG(b));
}

static void check_action(const struct play *play, const struct flow_local_result *result,
                         const struct hg_json_member *want)
{
    uint32_t action = flow_definition_action(play->definition, want->name);
    assert_true(action != FLOW_NONE);
    struct hg_json properties = flow_action_properties(play->arena, result->run, action);
    hg_str label = hg_str_format(play->arena, "action %.*s", HG_ARG(want->name));
    const char *what = hg_str_z(play->arena, label);
    if (hg_json_is_null(&want->value)) {
        if (!hg_json_is_null(&properties))
            fail_msg("%s: %s was reached", play->name, what);
        return;
    }
    static const struct {
        const char *want, *path;
    } texts[] = {{"status", "status"},
                 {"code", "code"},
                 {"error", "error.code"},
                 {"message", "error.message"}};
    for (size_t i = 0; i < HG_COUNT(texts); i++)
        want_text(play, what, hg_json_get(&want->value, texts[i].want),
                  hg_json_str_or(hg_json_path(&properties, texts[i].path), HG_STR("")));
    want_value(play, what, hg_json_get(&want->value, "inputs"),
               flow_action_inputs(result->run, action));
    want_value(play, what, hg_json_get(&want->value, "outputs"),
               flow_action_outputs(result->run, action));
    want_value(play, what, hg_json_get(&want->value, "iterations"),
               hg_json_get(&properties, "iterationCount"));
    want_value(play, what, hg_json_get(&want->value, "repetitions"),
               hg_json_get(&properties, "repetitionCount"));
    want_value(play, what, hg_json_get(&want->value, "tracked"),
               hg_json_get(&properties, "trackedProperties"));
}

static void check_tries(const struct play *play, const struct flow_local_result *result,
                        const struct hg_json *tries)
{
    for (size_t i = 0; i < hg_json_count(tries); i++) {
        uint32_t action = flow_definition_action(play->definition, tries->object.members[i].name);
        struct hg_json properties = flow_action_properties(play->arena, result->run, action);
        struct hg_json n =
            hg_json_int((int64_t)hg_json_count(hg_json_get(&properties, "retryHistory")));
        want_value(play, "tries", &tries->object.members[i].value, &n);
    }
}

static void check_span(const struct play *play, const struct flow_local_result *result,
                       const struct hg_json *want)
{
    int64_t seconds = hg_time_since(result->ended, noon).us / 1000000;
    int64_t limit;
    if (hg_json_as_int(hg_json_get(want, "atLeast"), &limit) && seconds < limit)
        fail_msg("%s: took %lld s, want at least %lld", play->name, (long long)seconds,
                 (long long)limit);
    if (hg_json_as_int(hg_json_get(want, "atMost"), &limit) && seconds > limit)
        fail_msg("%s: took %lld s, want at most %lld", play->name, (long long)seconds,
                 (long long)limit);
}

static void check_case(const struct play *play, const struct flow_local_result *result)
{
    const struct hg_json *want = hg_json_get(play->one, "want");
    const struct hg_json *actions = hg_json_get(want, "actions");
    struct flow_run_view view = flow_run_look(result->run);
    for (size_t i = 0; i < hg_json_count(actions); i++)
        check_action(play, result, &actions->object.members[i]);
    want_text(play, "the run's status", hg_json_get(want, "status"), flow_status_text(view.status));
    want_text(play, "the run's error", hg_json_get(want, "error"), view.error_code);
    want_text(play, "the run's message", hg_json_get(want, "message"), view.error_message);
    want_value(play, "the response", hg_json_get(want, "response"),
               result->has_response ? &result->response : NULL);
    check_tries(play, result, hg_json_get(want, "tries"));
    check_span(play, result, want);
}

static void play_case(struct hg_arena *arena, const struct hg_json *one)
{
    struct play play = {.arena = arena, .one = one};
    play.name = hg_str_z(arena, hg_json_str_or(hg_json_get(one, "name"), HG_STR("?")));
    struct hg_json definition = definition_of(arena, one);
    play.definition = read_definition(arena, play.name, &definition);
    struct flow_local_result straight = play_once(&play, NULL);
    check_case(&play, &straight);
    for (int whole = 0; whole < 2; whole++) {
        struct storing *storing = HG_NEW(arena, struct storing);
        assert_non_null(storing);
        storing->arena = arena;
        storing->definition = play.definition;
        storing->whole = whole == 1;
        struct flow_local_result again = play_once(&play, storing);
        check_case(&play, &again);
        test_str_eq(play.name, rendered(&play, &again), rendered(&play, &straight));
    }
}

static void each_case_ends_as_expected_also_over_crashes(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    const struct hg_json *cases = test_json(arena, test_file(arena, "tests/cases/flow/run.json"));
    assert_true(hg_json_count(cases) > 40);
    for (size_t i = 0; i < hg_json_count(cases); i++) {
        struct hg_arena *one = hg_arena_new("case", (size_t)256 << 20);
        assert_non_null(one);
        play_case(one, hg_json_item(cases, i));
        hg_arena_free(one);
    }
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_ends_as_expected_also_over_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
