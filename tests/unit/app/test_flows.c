#include "unit/app/fixture.h"

/* Flows through the management API: what is saved, what is refused, with which words. */

#define FLOWS "/providers/Microsoft.ProcessSimple/environments/~default/flows"
#define BUTTON "\"manual\":{\"type\":\"Request\",\"kind\":\"Button\",\"inputs\":{\"schema\":{}}}"
#define COMPOSE "\"Compose\":{\"type\":\"Compose\",\"runAfter\":{},\"inputs\":1}"
#define BODY(owner, actions, references)                                                   \
    "{\"properties\":{\"displayName\":\"Intake\"" owner ",\"definition\":{\"$schema\":"    \
    "\"https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/"  \
    "workflowdefinition.json#\",\"contentVersion\":\"1.0.0.0\",\"triggers\":{" BUTTON "}," \
    "\"actions\":{" actions "}},\"connectionReferences\":{" references "}}}"
#define OWNER ",\"owner\":\"maker@contoso.test\""

static void what_may_not_be_saved_is_refused_with_its_reason(void **state)
{
    static const struct {
        const char *name, *body, *code, *words;
        unsigned status;
    } rows[] = {
        {"a host operator names no owner", BODY("", COMPOSE, ""), "InvalidRequestContent",
         "properties.owner", 400},
        {"an owner that is not there", BODY(",\"owner\":\"no@contoso.test\"", COMPOSE, ""),
         "InvalidRequestContent", "no@contoso.test", 400},
        {"no definition", "{\"properties\":{\"owner\":\"maker@contoso.test\"}}",
         "InvalidRequestContent", "properties.definition is missing", 400},
        {"a type of action that is not here",
         BODY(OWNER, "\"Ask\":{\"type\":\"Agent\",\"runAfter\":{},\"inputs\":{}}", ""), "", "Agent",
         400},
        {"a reference without a connection",
         BODY(OWNER, COMPOSE,
              "\"mail\":{\"id\":\"/providers/Microsoft.PowerApps/apis/shared_office365\"}"),
         "FlowMissingConnection", "shared_office365", 400},
        {"a connection that is not the owner's",
         BODY(OWNER, COMPOSE,
              "\"mail\":{\"connectionName\":\"c1\",\"id\":"
              "\"/providers/Microsoft.PowerApps/apis/shared_office365\"}"),
         "ConnectionAuthorizationFailed", "'c1' under Api 'shared_office365'", 403},
    };
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct http_response response = fixture_request(&fixture, "POST", FLOWS, rows[i].body);
        struct hg_json body = fixture_json(&fixture, &response);
        if (response.status != rows[i].status)
            fail_msg("%s: %u %.*s", rows[i].name, response.status, HG_ARG(response.body));
        if (rows[i].code[0] != '\0')
            test_str_eq(rows[i].name, fixture_text(&body, "error.code"), hg_str_of(rows[i].code));
        if (hg_str_find(fixture_text(&body, "error.message"), hg_str_of(rows[i].words)) == HG_NPOS)
            fail_msg("%s: %.*s", rows[i].name, HG_ARG(response.body));
    }
    fixture_close(&fixture);
}

static void a_flow_is_made_changed_turned_off_and_removed(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    struct http_response made = fixture_request(&fixture, "POST", FLOWS, BODY(OWNER, COMPOSE, ""));
    struct hg_json flow = fixture_json(&fixture, &made);
    const char *path = hg_str_z(fixture.arena, hg_str_format(fixture.arena, FLOWS "/%.*s",
                                                             HG_ARG(fixture_text(&flow, "name"))));
    test_str_eq("owner", fixture_text(&flow, "properties.creator.objectId"), HG_STR(FIXTURE_MAKER));
    struct http_response changed = fixture_request(
        &fixture, "PATCH", path, "{\"properties\":{\"displayName\":\"B\",\"state\":\"Stopped\"}}");
    assert_int_equal(changed.status, 200);
    struct http_response shown = fixture_request(&fixture, "GET", path, NULL);
    flow = fixture_json(&fixture, &shown);
    test_str_eq("name", fixture_text(&flow, "properties.displayName"), HG_STR("B"));
    test_str_eq("state", fixture_text(&flow, "properties.state"), HG_STR("Stopped"));
    assert_non_null(hg_json_path(&flow, "properties.definitionSummary.triggers"));
    assert_int_equal(fixture_request(&fixture, "DELETE", path, NULL).status, 200);
    assert_int_equal(fixture_request(&fixture, "GET", path, NULL).status, 404);
    fixture_close(&fixture);
}

static void a_button_has_no_callback_url(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    struct http_response made = fixture_request(&fixture, "POST", FLOWS, BODY(OWNER, COMPOSE, ""));
    struct hg_json flow = fixture_json(&fixture, &made);
    struct http_response got = fixture_request(
        &fixture, "POST",
        hg_str_z(fixture.arena,
                 hg_str_format(fixture.arena, FLOWS "/%.*s/triggers/manual/listCallbackUrl",
                               HG_ARG(fixture_text(&flow, "name")))),
        "{}");
    struct hg_json body = fixture_json(&fixture, &got);
    test_str_eq("code", fixture_text(&body, "error.code"),
                HG_STR("ListCallbackUrlOperationBlocked"));
    fixture_close(&fixture);
}

static void a_foreign_environment_is_denied(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    struct http_response got = fixture_request(
        &fixture, "GET", "/providers/Microsoft.ProcessSimple/environments/Default-x/flows", NULL);
    assert_int_equal(got.status, 403);
    got = fixture_request(
        &fixture, "GET",
        "/providers/Microsoft.ProcessSimple/environments/Default-" FIXTURE_TENANT "/flows", NULL);
    assert_int_equal(got.status, 200);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_not_be_saved_is_refused_with_its_reason),
        cmocka_unit_test(a_flow_is_made_changed_turned_off_and_removed),
        cmocka_unit_test(a_button_has_no_callback_url),
        cmocka_unit_test(a_foreign_environment_is_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
