#include "unit/app/fixture.h"

#include <stddef.h>

/* The list service: lists, items, queries, and the poll of its trigger. */

#define TABLES "/apim/sharepointonline/datasets/https%253A%252F%252Fcontoso.test%252Fops/tables"
#define ITEMS TABLES "/Orders/items"

static void open_list(struct fixture *fixture)
{
    fixture_open(fixture);
    assert_int_equal(
        fixture_request(fixture, "POST", TABLES, "{\"displayName\":\"Orders\"}").status, 201);
}

static struct hg_json ask(struct fixture *fixture, const char *method, const char *target,
                          const char *body, unsigned status)
{
    struct http_response response = fixture_request(fixture, method, target, body);
    if (response.status != status)
        fail_msg("%s %s: %u %.*s", method, target, response.status, HG_ARG(response.body));
    return response.body.len > 0 ? fixture_json(fixture, &response) : hg_json_null();
}

static void add(struct fixture *fixture, const char *body)
{
    (void)ask(fixture, "POST", ITEMS, body, 200);
}

static void refusals_say_why(void **state)
{
    static const struct {
        const char *name, *method, *target, *body;
        unsigned status;
    } rows[] = {
        {"a list of that name is there", "POST", TABLES, "{\"displayName\":\"orders\"}", 409},
        {"a list without a name", "POST", TABLES, "{}", 400},
        {"a site that is none", "GET", "/apim/sharepointonline/datasets/ops/tables", NULL, 400},
        {"a list that is not there", "GET", TABLES "/Bills/items", NULL, 404},
        {"an item that is not there", "GET", ITEMS "/7", NULL, 404},
        {"a number that is none", "GET", ITEMS "/x", NULL, 404},
        {"a column of the service's own", "POST", ITEMS, "{\"ID\":7}", 400},
        {"a column in braces", "POST", ITEMS, "{\"{Name}\":\"x\"}", 400},
        {"a view", "GET", ITEMS "?view=v", NULL, 400},
        {"a filter that is none", "GET", ITEMS "?$filter=Title%20is%201", NULL, 400},
        {"a state that was not given out", "GET", TABLES "/Orders/onnewitems?triggerstate=x", NULL,
         400},
    };
    struct fixture fixture;
    (void)state;
    open_list(&fixture);
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        (void)ask(&fixture, rows[i].method, rows[i].target, rows[i].body, rows[i].status);
    assert_int_equal(fixture_call(&fixture, "GET", HG_STR(ITEMS), NULL).status, 401);
    fixture_close(&fixture);
}

static void an_item_is_added_changed_and_removed(void **state)
{
    struct fixture fixture;
    (void)state;
    open_list(&fixture);
    add(&fixture, "{\"Title\":\"First\",\"Count\":2,\"Note\":\"n\"}");
    struct hg_json item =
        ask(&fixture, "PATCH", ITEMS "/1", "{\"Title\":\"Changed\",\"Note\":null}", 200);
    test_str_eq("title", fixture_text(&item, "Title"), HG_STR("Changed"));
    test_str_eq("version", fixture_text(&item, "{VersionNumber}"), HG_STR("2.0"));
    assert_null(hg_json_get(&item, "Note"));
    (void)ask(&fixture, "DELETE", ITEMS "/1", NULL, 200);
    (void)ask(&fixture, "GET", ITEMS "/1", NULL, 404);
    add(&fixture, "{\"Title\":\"Second\"}"); /* the number is not used again */
    (void)ask(&fixture, "GET", ITEMS "/2", NULL, 200);
    (void)ask(&fixture, "DELETE", TABLES "/Orders", NULL, 200);
    (void)ask(&fixture, "GET", ITEMS, NULL, 404);
    fixture_close(&fixture);
}

static void items_are_filtered_ordered_and_paged(void **state)
{
    static const struct {
        const char *name, *query, *titles;
        bool goes_on;
    } rows[] = {
        {"all, in their order", "", "b C a d ", false},
        {"a filter on numbers", "?$filter=Count%20gt%202", "C a ", false},
        {"by name, letter case aside", "?$orderby=Title", "a b C d ", false},
        {"by number, descending; none comes last", "?$orderby=Count%20desc", "C a b d ", false},
        {"a page", "?$orderby=Title&$top=2", "a b ", true},
        {"the next one", "?$orderby=Title&$top=2&$skiptoken=2", "C d ", false},
        {"by its own number", "?$filter=ID%20eq%203", "a ", false},
    };
    struct fixture fixture;
    (void)state;
    open_list(&fixture);
    add(&fixture, "{\"Title\":\"b\",\"Count\":2}");
    add(&fixture, "{\"Title\":\"C\",\"Count\":10}");
    add(&fixture, "{\"Title\":\"a\",\"Count\":9.5}");
    add(&fixture, "{\"Title\":\"d\"}");
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        hg_str target = hg_str_format(fixture.arena, "%s%s", ITEMS, rows[i].query);
        struct hg_json body = ask(&fixture, "GET", hg_str_z(fixture.arena, target), NULL, 200);
        const struct hg_json *value = hg_json_get(&body, "value");
        struct hg_buf titles = hg_buf_new(fixture.arena, 100);
        for (size_t k = 0; k < hg_json_count(value); k++)
            hg_buf_format(&titles, "%.*s ", HG_ARG(fixture_text(hg_json_item(value, k), "Title")));
        test_str_eq(rows[i].name, hg_buf_view(&titles), hg_str_of(rows[i].titles));
        if ((hg_json_get(&body, "@odata.nextLink") != NULL) != rows[i].goes_on)
            fail_msg("%s: the next link", rows[i].name);
    }
    fixture_close(&fixture);
}

static hg_str location_of(const struct http_response *response)
{
    for (size_t i = 0; i < response->n_fields; i++)
        if (hg_str_eq_nocase(response->fields[i].name, HG_STR("Location")))
            return response->fields[i].value;
    return HG_STR("");
}

/* Where the last poll said to go on, under the server's address. */
static struct http_response poll(struct fixture *fixture, hg_str location, unsigned status)
{
    hg_str target = hg_str_from(location, fixture->app.config.base_url.len);
    struct http_response response =
        fixture_request(fixture, "GET", hg_str_z(fixture->arena, target), NULL);
    assert_int_equal(response.status, status);
    return response;
}

static void a_poll_sees_what_came_after_the_first_one(void **state)
{
    struct fixture fixture;
    (void)state;
    open_list(&fixture);
    add(&fixture, "{\"Title\":\"old\"}");
    struct http_response response =
        fixture_request(&fixture, "GET", TABLES "/Orders/onnewitems", NULL);
    assert_int_equal(response.status, 202);
    response = poll(&fixture, location_of(&response), 202);
    add(&fixture, "{\"Title\":\"new\"}");
    add(&fixture, "{\"Title\":\"newer\"}");
    response = poll(&fixture, location_of(&response), 200);
    struct hg_json body = fixture_json(&fixture, &response);
    const struct hg_json *value = hg_json_get(&body, "value");
    assert_int_equal(hg_json_count(value), 2);
    test_str_eq("the first", fixture_text(hg_json_item(value, 0), "Title"), HG_STR("new"));
    (void)poll(&fixture, location_of(&response), 202);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_say_why),
        cmocka_unit_test(an_item_is_added_changed_and_removed),
        cmocka_unit_test(items_are_filtered_ordered_and_paged),
        cmocka_unit_test(a_poll_sees_what_came_after_the_first_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
