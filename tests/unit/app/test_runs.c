#include "app/flows/runs.h"
#include "app/timers.h"
#include "unit/app/fixture.h"

#include <string.h>

/* Runs from their trigger to their end, through app_handle() and app_work() alone. */

#define FLOWS "/providers/Microsoft.ProcessSimple/environments/~default/flows"
#define SCHEMA                                                                             \
    "\"$schema\":\"https://schema.management.azure.com/providers/Microsoft.Logic/schemas/" \
    "2016-06-01/workflowdefinition.json#\",\"contentVersion\":\"1.0.0.0\""
#define HTTP_ACTION(name, after)                                                                \
    "\"" name "\":{\"type\":\"Http\",\"runAfter\":{" after "},\"inputs\":{\"method\":\"POST\"," \
    "\"uri\":\"https://api.test/" name "\",\"body\":\"@outputs('Compose')\"}}"
#define COMPOSE "\"Compose\":{\"type\":\"Compose\",\"runAfter\":{},\"inputs\":\"@triggerBody()\"}"
#define BUTTON "\"manual\":{\"type\":\"Request\",\"kind\":\"Button\",\"inputs\":{\"schema\":{}}}"
#define REQUEST "\"manual\":{\"type\":\"Request\",\"kind\":\"Http\",\"inputs\":{\"schema\":{}}}"
#define BODY(trigger, actions)                                                          \
    "{\"properties\":{\"displayName\":\"Intake\",\"owner\":\"maker@contoso.test\","     \
    "\"definition\":{" SCHEMA ",\"triggers\":{" trigger "},\"actions\":{" actions "}}," \
    "\"connectionReferences\":{}}}"

static const char two_calls[] =
    BODY(BUTTON, COMPOSE "," HTTP_ACTION("First", "\"Compose\":[\"Succeeded\"]") "," HTTP_ACTION(
                     "Second", "\"First\":[\"Succeeded\"]"));

#define TEXT(fixture, ...) hg_str_z((fixture)->arena, hg_str_format((fixture)->arena, __VA_ARGS__))

static struct hg_json expect(struct fixture *fixture, unsigned status, const char *method,
                             const char *target, const char *body)
{
    struct http_response response = fixture_request(fixture, method, target, body);
    if (response.status != status)
        fail_msg("%s %s: %u, not %u: %.*s", method, target, response.status, status,
                 HG_ARG(response.body));
    return response.body.len == 0 ? hg_json_null() : fixture_json(fixture, &response);
}

static hg_str create(struct fixture *fixture, const char *body)
{
    struct hg_json flow = expect(fixture, 201, "POST", FLOWS, body);
    return fixture_text(&flow, "name");
}

static hg_str press(struct fixture *fixture, hg_str flow)
{
    struct hg_json run =
        expect(fixture, 202, "POST", TEXT(fixture, FLOWS "/%.*s/triggers/manual/run", HG_ARG(flow)),
               "{\"text\":\"x\"}");
    return fixture_text(&run, "name");
}

static struct hg_json whole_run(struct fixture *fixture, hg_str flow, hg_str run)
{
    return expect(fixture, 200, "GET",
                  TEXT(fixture, FLOWS "/%.*s/runs/%.*s?$expand=properties/actions", HG_ARG(flow),
                       HG_ARG(run)),
                  NULL);
}

static size_t count_runs(struct fixture *fixture, hg_str flow, const char *filter)
{
    struct hg_json list = expect(fixture, 200, "GET",
                                 TEXT(fixture, FLOWS "/%.*s/runs%s", HG_ARG(flow), filter), NULL);
    return hg_json_count(hg_json_get(&list, "value"));
}

static void a_button_runs_its_flow_to_the_end(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    fixture.answer_body = "{\"ok\":true}";
    hg_str flow = create(&fixture, two_calls);
    hg_str run = press(&fixture, flow);
    assert_int_equal(fixture.n_calls, 0); /* acknowledged before anything was done */
    assert_true(fixture.n_wakes > 0);
    (void)fixture_work(&fixture);
    assert_int_equal(fixture.n_calls, 2);
    struct hg_json got = whole_run(&fixture, flow, run);
    test_str_eq("status", fixture_text(&got, "properties.status"), HG_STR("Succeeded"));
    test_str_eq("action", fixture_text(&got, "properties.actions.Second.status"),
                HG_STR("Succeeded"));
    hg_str link = fixture_text(&got, "properties.actions.First.outputsLink.uri");
    struct http_response response = fixture_call(&fixture, "GET", link, NULL);
    struct hg_json outputs = fixture_json(&fixture, &response);
    assert_int_equal(response.status, 200);
    assert_true(hg_json_bool_or(hg_json_path(&outputs, "body.ok"), false));
    fixture_close(&fixture);
}

static void a_content_link_is_for_one_content_and_some_hours(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    hg_str flow = create(&fixture, two_calls);
    hg_str run = press(&fixture, flow);
    (void)fixture_work(&fixture);
    struct hg_json got = whole_run(&fixture, flow, run);
    hg_str link = fixture_text(&got, "properties.trigger.outputsLink.uri");
    assert_int_equal(fixture_call(&fixture, "GET", link, NULL).status, 200);
    hg_str cut = hg_str_sub(link, 0, link.len - 4);
    assert_int_equal(fixture_call(&fixture, "GET", cut, NULL).status, 401);
    size_t at = hg_str_find(link, HG_STR("/contents/TriggerOutputs"));
    hg_str moved = hg_str_format(fixture.arena, "%.*s/contents/TriggerInputs%.*s", (int)at,
                                 link.ptr, HG_ARG(hg_str_from(link, at + 24)));
    assert_int_equal(fixture_call(&fixture, "GET", moved, NULL).status, 401);
    fixture.now = hg_time_add(fixture.now, HG_HOURS(6));
    assert_int_equal(fixture_call(&fixture, "GET", link, NULL).status, 401);
    fixture_close(&fixture);
}

/* A worker that dies while a call is under way leaves the stored state and a lease. */
static void steal_lease(struct fixture *fixture)
{
    fixture->during = NULL;
    fixture->takes = (hg_dur){0};
    fixture->now = hg_time_add(fixture->now, HG_MINUTES(5)); /* past the lease */
    (void)fixture_work(fixture);                             /* another worker */
}

static void a_lost_worker_repeats_the_effect_and_not_the_step(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    hg_str flow = create(&fixture, two_calls);
    hg_str run = press(&fixture, flow);
    fixture.during = steal_lease;
    (void)fixture_work(&fixture);
    assert_int_equal(fixture.n_calls, 3); /* First twice, Second once */
    test_str_eq("third call", fixture.urls[2], HG_STR("https://api.test/Second"));
    struct hg_json got = whole_run(&fixture, flow, run);
    test_str_eq("status", fixture_text(&got, "properties.status"), HG_STR("Succeeded"));
    assert_int_equal(count_runs(&fixture, flow, ""), 1);
    fixture_close(&fixture);
}

/* The process is killed during a call, and the next one opens the store. */
static void die_and_start_again(struct fixture *fixture)
{
    struct app killed = fixture->app;
    fixture->during = NULL;
    assert_int_equal(app_open(&fixture->app, NULL), HG_OK);
    (void)fixture_work(fixture);
    app_close(&fixture->app);
    fixture->app = killed; /* its last step comes too late */
}

static void a_killed_process_leaves_its_runs_to_the_next_at_once(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    hg_str flow = create(&fixture, two_calls);
    hg_str run = press(&fixture, flow);
    fixture.during = die_and_start_again;
    (void)fixture_work(&fixture);
    assert_int_equal(fixture.n_calls, 3); /* First twice, Second once */
    struct hg_json got = whole_run(&fixture, flow, run);
    test_str_eq("status", fixture_text(&got, "properties.status"), HG_STR("Succeeded"));
    fixture_close(&fixture);
}

static void look_for_the_dead(struct fixture *fixture)
{
    fixture->during = NULL;
    assert_int_equal(app_timers_release(&fixture->app, fixture->arena, fixture->now, NULL), HG_OK);
    assert_int_equal(fixture_work(fixture), 0);
}

static void what_a_live_process_has_in_hand_stays_there(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    hg_str flow = create(&fixture, two_calls);
    (void)press(&fixture, flow);
    fixture.during = look_for_the_dead;
    (void)fixture_work(&fixture);
    assert_int_equal(fixture.n_calls, 2);
    fixture_close(&fixture);
}

/* --- What is stored ------------------------------------------------------------------------ */

static size_t count_rows(struct fixture *fixture, const struct store_table *table, hg_str secret)
{
    const struct store_query all = {.table = table, .index = -1};
    struct store_rows rows;
    assert_int_equal(store_find(fixture->app.store, fixture->arena, &all, &rows, NULL), HG_OK);
    for (size_t i = 0; i < rows.n; i++)
        for (size_t j = 0; j < table->n_columns; j++)
            if (hg_str_find(rows.rows[i].values[j].bytes, secret) != HG_NPOS)
                fail_msg("%s.%s holds %.*s", table->name, table->columns[j].name, HG_ARG(secret));
    return rows.n;
}

static const char secret[] = "Open-Sesame";
static size_t n_parts; /* of the log, at the second call */

static void look_into_the_store(struct fixture *fixture)
{
    (void)count_rows(fixture, &app_runs_table, hg_str_of(secret));
    n_parts = count_rows(fixture, &app_run_log_table, hg_str_of(secret));
}

static void a_run_is_stored_step_by_step_and_sealed(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    fixture.answer_body = "{\"token\":\"Open-Sesame\"}";
    hg_str flow = create(&fixture, two_calls);
    struct hg_json run = expect(&fixture, 202, "POST",
                                TEXT(&fixture, FLOWS "/%.*s/triggers/manual/run", HG_ARG(flow)),
                                "{\"text\":\"Open-Sesame\"}");
    look_into_the_store(&fixture);
    assert_int_equal(n_parts, 1);
    fixture.during = look_into_the_store;
    (void)fixture_work(&fixture);
    assert_int_equal(n_parts, 3);
    look_into_the_store(&fixture);
    assert_int_equal(n_parts, 1); /* a run that is over is in one piece */
    struct hg_json got = whole_run(&fixture, flow, fixture_text(&run, "name"));
    test_str_eq("status", fixture_text(&got, "properties.status"), HG_STR("Succeeded"));
    assert_int_equal(
        fixture_request(&fixture, "DELETE", TEXT(&fixture, FLOWS "/%.*s", HG_ARG(flow)), NULL)
            .status,
        200);
    look_into_the_store(&fixture);
    assert_int_equal(n_parts, 0);
    fixture_close(&fixture);
}

static void a_run_is_history_for_28_days(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    hg_str flow = create(&fixture, two_calls);
    (void)press(&fixture, flow);
    (void)fixture_work(&fixture);
    fixture.now = hg_time_add(fixture.now, HG_DAYS(27));
    (void)fixture_work(&fixture);
    assert_int_equal(count_runs(&fixture, flow, ""), 1);
    fixture.now = hg_time_add(fixture.now, HG_DAYS(2));
    (void)fixture_work(&fixture);
    assert_int_equal(count_runs(&fixture, flow, ""), 0);
    look_into_the_store(&fixture);
    assert_int_equal(n_parts, 0);
    fixture_close(&fixture);
}

static hg_str cancel_flow;
static hg_str cancel_run;

static void cancel_now(struct fixture *fixture)
{
    fixture->during = NULL;
    (void)expect(
        fixture, 200, "POST",
        TEXT(fixture, FLOWS "/%.*s/runs/%.*s/cancel", HG_ARG(cancel_flow), HG_ARG(cancel_run)),
        "{}");
}

static void a_run_cancelled_during_a_call_stays_cancelled(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    cancel_flow = create(&fixture, two_calls);
    cancel_run = press(&fixture, cancel_flow);
    fixture.during = cancel_now;
    (void)fixture_work(&fixture);
    assert_int_equal(fixture.n_calls, 1);
    struct hg_json got = whole_run(&fixture, cancel_flow, cancel_run);
    test_str_eq("status", fixture_text(&got, "properties.status"), HG_STR("Cancelled"));
    (void)expect(
        &fixture, 409, "POST",
        TEXT(&fixture, FLOWS "/%.*s/runs/%.*s/cancel", HG_ARG(cancel_flow), HG_ARG(cancel_run)),
        "{}");
    fixture_close(&fixture);
}

static void failed_runs_are_resubmitted_singly_and_all_at_once(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    hg_str flow = create(&fixture, two_calls);
    fixture.answer_status = 403;
    hg_str run = press(&fixture, flow);
    (void)press(&fixture, flow);
    (void)fixture_work(&fixture);
    assert_int_equal(count_runs(&fixture, flow, "?$filter=status%20eq%20'Failed'"), 2);
    fixture.answer_status = 200;
    struct hg_json one =
        expect(&fixture, 202, "POST",
               TEXT(&fixture, FLOWS "/%.*s/triggers/manual/histories/%.*s/resubmit", HG_ARG(flow),
                    HG_ARG(run)),
               NULL);
    struct hg_json all =
        expect(&fixture, 200, "POST",
               TEXT(&fixture, "/api/flows/%.*s/resubmitFailed", HG_ARG(flow)), NULL);
    assert_int_equal(hg_json_count(hg_json_get(&all, "value")), 1); /* one was already */
    (void)fixture_work(&fixture);
    assert_int_equal(count_runs(&fixture, flow, "?$filter=status%20eq%20'Succeeded'"), 2);
    struct hg_json got = whole_run(&fixture, flow, fixture_text(&one, "resubmittedAs"));
    test_str_eq(
        "keyword",
        hg_json_str_or(hg_json_item(hg_json_path(&got, "properties.correlation.clientKeywords"), 0),
                       HG_STR("")),
        HG_STR("resubmitFlow"));
    fixture_close(&fixture);
}

static void a_request_is_answered_by_the_response_action(void **state)
{
    static const char body[] =
        BODY(REQUEST, COMPOSE ",\"Answer\":{\"type\":\"Response\",\"kind\":\"Http\",\"runAfter\":{"
                              "\"Compose\":[\"Succeeded\"]},\"inputs\":{\"statusCode\":207,"
                              "\"body\":\"@triggerBody()?['text']\"}}");
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    hg_str flow = create(&fixture, body);
    struct hg_json url =
        expect(&fixture, 200, "POST",
               TEXT(&fixture, FLOWS "/%.*s/triggers/manual/listCallbackUrl", HG_ARG(flow)), "{}");
    struct http_response response = fixture_call(
        &fixture, "POST", fixture_text(&url, "response.value"), "{\"text\":\"hello\"}");
    assert_int_equal(response.deferred_id, 1);
    (void)fixture_work(&fixture);
    assert_int_equal(fixture.n_replies, 1);
    assert_int_equal(fixture.reply.status, 207);
    test_str_eq("answer", fixture.reply.body, HG_STR("hello"));
    fixture_close(&fixture);
}

static void a_recurrence_fires_at_each_of_its_instants_once(void **state)
{
    static const char body[] =
        BODY("\"Recurrence\":{\"type\":\"Recurrence\",\"recurrence\":{\"frequency\":\"Hour\","
             "\"interval\":1}}",
             "\"Compose\":{\"type\":\"Compose\",\"runAfter\":{},\"inputs\":1}");
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    hg_str flow = create(&fixture, body);
    (void)fixture_work(&fixture);
    assert_int_equal(count_runs(&fixture, flow, ""), 1); /* at once when it is saved */
    for (int hour = 0; hour < 3; hour++) {
        fixture.now = hg_time_add(fixture.now, HG_HOURS(1));
        (void)fixture_work(&fixture);
        (void)fixture_work(&fixture);
    }
    assert_int_equal(count_runs(&fixture, flow, "?$filter=status%20eq%20'Succeeded'"), 4);
    (void)expect(&fixture, 200, "POST", TEXT(&fixture, FLOWS "/%.*s/stop", HG_ARG(flow)), NULL);
    fixture.now = hg_time_add(fixture.now, HG_HOURS(5));
    (void)fixture_work(&fixture);
    assert_int_equal(count_runs(&fixture, flow, ""), 4);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_button_runs_its_flow_to_the_end),
        cmocka_unit_test(a_content_link_is_for_one_content_and_some_hours),
        cmocka_unit_test(a_lost_worker_repeats_the_effect_and_not_the_step),
        cmocka_unit_test(a_killed_process_leaves_its_runs_to_the_next_at_once),
        cmocka_unit_test(what_a_live_process_has_in_hand_stays_there),
        cmocka_unit_test(a_run_is_stored_step_by_step_and_sealed),
        cmocka_unit_test(a_run_is_history_for_28_days),
        cmocka_unit_test(a_run_cancelled_during_a_call_stays_cancelled),
        cmocka_unit_test(failed_runs_are_resubmitted_singly_and_all_at_once),
        cmocka_unit_test(a_request_is_answered_by_the_response_action),
        cmocka_unit_test(a_recurrence_fires_at_each_of_its_instants_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
