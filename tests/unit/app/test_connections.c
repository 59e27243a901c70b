#include "app/app_private.h"
#include "app/connections/connection_consent.h"
#include "app/connections/connections.h"
#include "app/connections/connector_call.h"
#include "app/directory/tenants.h"
#include "unit/app/fixture.h"

#include <stddef.h>

/* Connections: how they are made, what their status says, how they come back. */

#define CONNECTIONS "/providers/Microsoft.PowerApps/apis/shared_office365/connections/"
#define POLICIES "/v1.0/identity/conditionalAccess/policies"
#define MAIL                                                                      \
    "{\"emailMessage/To\":\"user@contoso.test\",\"emailMessage/Subject\":\"Hi\"," \
    "\"emailMessage/Body\":\"<p>Hi</p>\"}"
#define BLOCK                                                                                     \
    "{\"displayName\":\"Block\",\"state\":\"enabled\",\"conditions\":{\"clientAppTypes\":["       \
    "\"all\"],\"applications\":{\"includeApplications\":[\"All\"]},\"users\":{\"includeUsers\":[" \
    "\"All\"]}},\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"block\"]}}"

static void put(struct fixture *fixture, const char *name, const char *body, unsigned status)
{
    hg_str target = hg_str_format(fixture->arena, CONNECTIONS "%s", name);
    struct http_response response =
        fixture_request(fixture, "PUT", hg_str_z(fixture->arena, target), body);
    if (response.status != status)
        fail_msg("%s: %u %.*s", name, response.status, HG_ARG(response.body));
}

static struct hg_json get(struct fixture *fixture, const char *name)
{
    hg_str target = hg_str_format(fixture->arena, CONNECTIONS "%s", name);
    struct http_response response =
        fixture_request(fixture, "GET", hg_str_z(fixture->arena, target), NULL);
    assert_int_equal(response.status, 200);
    return fixture_json(fixture, &response);
}

static hg_str status_of(struct fixture *fixture, const char *name, const char *member)
{
    struct hg_json json = get(fixture, name);
    const struct hg_json *first = hg_json_item(hg_json_path(&json, "properties.statuses"), 0);
    return hg_json_str_or(hg_json_path(first, member), HG_STR(""));
}

static struct app_call begin(struct fixture *fixture)
{
    struct app_call call = {.app = &fixture->app, .now = fixture->now, .arena = fixture->arena};
    call.correlation_id = call.trace_id = app_new_id(&call);
    assert_int_equal(app_snapshot_get(call.app, HG_STR(FIXTURE_TENANT), &call.tenant, NULL), HG_OK);
    return call;
}

static struct app_connector_answer send_mail(struct fixture *fixture, const char *owner)
{
    struct app_call call = begin(fixture);
    struct hg_json inputs;
    struct app_connector_answer answer = {0};
    assert_int_equal(
        hg_json_parse(fixture->arena, HG_STR(MAIL), HG_JSON_STRICT, &hg_json_api, &inputs, NULL),
        HG_OK);
    const struct app_connector_request request = {
        .connection = HG_STR("makers-mail"),
        .operation = HG_STR("SendEmailV2"),
        .inputs = &inputs,
        .tracking_id = HG_STR("t"),
        .owner = hg_str_of(owner),
    };
    struct hg_err err = {0};
    if (app_connector_call(&call, &request, &answer, &err) != HG_OK)
        fail_msg("the call: %s", err.detail);
    app_snapshot_put(&fixture->app, call.tenant);
    return answer;
}

static hg_str policy(struct fixture *fixture)
{
    struct http_response response = fixture_request(fixture, "POST", POLICIES, BLOCK);
    struct hg_json json = fixture_json(fixture, &response);
    assert_int_equal(response.status, 201);
    return hg_str_format(fixture->arena, POLICIES "/%.*s", HG_ARG(fixture_text(&json, "id")));
}

/* --- What may be made ------------------------------------------------------------------- */

static void what_may_not_be_made_is_refused_with_its_reason(void **state)
{
    static const struct {
        const char *name, *id, *body;
        unsigned status;
    } rows[] = {
        {"a host operator names no owner", "c1", "{\"properties\":{}}", 400},
        {"an owner that is not there", "c1", "{\"properties\":{\"owner\":\"no@contoso.test\"}}",
         400},
        {"a foreign environment", "c1",
         "{\"properties\":{\"owner\":\"maker@contoso.test\",\"environment\":{\"name\":\"x\"}}}",
         403},
        {"a name with a dot", "a.b", "{\"properties\":{\"owner\":\"maker@contoso.test\"}}", 400},
        {"a good one", "c1", "{\"properties\":{\"owner\":\"maker@contoso.test\"}}", 201},
        {"the same again is a change", "C1", "{\"properties\":{\"displayName\":\"Mine\"}}", 200},
    };
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    for (size_t i = 0; i < HG_COUNT(rows); i++)
        put(&fixture, rows[i].id, rows[i].body, rows[i].status);
    struct hg_json json = get(&fixture, "c1");
    test_str_eq("name", fixture_text(&json, "properties.displayName"), HG_STR("Mine"));
    test_str_eq("overall", fixture_text(&json, "properties.overallStatus"), HG_STR("Error"));
    test_str_eq("code", status_of(&fixture, "c1", "error.code"), HG_STR("Unauthenticated"));
    assert_int_equal(fixture_request(&fixture, "DELETE", CONNECTIONS "c1", NULL).status, 200);
    assert_int_equal(fixture_request(&fixture, "GET", CONNECTIONS "c1", NULL).status, 404);
    fixture_close(&fixture);
}

/* --- The state of a consent ---------------------------------------------------------------- */

static hg_str state_in(struct fixture *fixture, struct app_call *call)
{
    struct app_connection connection;
    hg_str url;
    assert_int_equal(app_connection_load(fixture->app.store, fixture->arena, HG_STR(FIXTURE_TENANT),
                                         HG_STR("makers-mail"), &connection, NULL),
                     HG_OK);
    assert_int_equal(app_connection_consent_url(call, &connection, false, &url, NULL), HG_OK);
    hg_str state = hg_str_from(url, hg_str_find(url, HG_STR("&state=")) + 7);
    return hg_str_sub(state, 0, hg_str_find_byte(state, '&'));
}

static void a_state_is_good_for_half_an_hour_and_only_as_it_was_made(void **state)
{
    struct fixture fixture;
    struct app_consent consent;
    (void)state;
    fixture_open(&fixture);
    struct app_call call = begin(&fixture);
    hg_str text = state_in(&fixture, &call);
    assert_true(app_consent_open(&call, text, &consent));
    test_str_eq("connection", consent.connection, HG_STR("makers-mail"));
    test_str_eq("owner", consent.owner, HG_STR(FIXTURE_MAKER));
    assert_false(app_consent_open(&call, hg_str_from(text, 1), &consent));
    assert_false(app_consent_open(&call, hg_str_sub(text, 0, text.len - 4), &consent));
    assert_false(app_consent_open(&call, HG_STR(""), &consent));
    call.now = hg_time_add(call.now, HG_MINUTES(29));
    assert_true(app_consent_open(&call, text, &consent));
    call.now = hg_time_add(call.now, HG_MINUTES(2));
    assert_false(app_consent_open(&call, text, &consent));
    app_snapshot_put(&fixture.app, call.tenant);
    fixture_close(&fixture);
}

/* --- Calls ----------------------------------------------------------------------------------- */

static void a_call_goes_out_and_is_taken_by_the_mail_service(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    fixture_loop_back(&fixture);
    struct app_connector_answer answer = send_mail(&fixture, FIXTURE_MAKER);
    assert_false(answer.failed);
    assert_int_equal(answer.status, 200);
    assert_int_equal(fixture.n_mails, 1);
    test_str_eq("url", fixture.urls[0], HG_STR("https://localhost:8443/apim/office365/v2/Mail"));
    assert_int_not_equal(
        hg_str_find(fixture.mail, HG_STR("<maker@contoso.test>\r\nTo: user@contoso.test\r\n")),
        HG_NPOS);
    fixture_close(&fixture);
}

static void a_connection_serves_nobody_but_its_owner(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    struct app_connector_answer answer =
        send_mail(&fixture, "9e2f4d70-6a1b-4d3c-8f25-51c7be90aa03");
    assert_true(answer.failed);
    test_str_eq("code", answer.code, HG_STR("ConnectionAuthorizationFailed"));
    assert_int_equal(fixture.n_calls, 0);
    fixture_close(&fixture);
}

static void a_policy_breaks_a_connection_and_its_end_mends_it(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    fixture_loop_back(&fixture);
    hg_str path = policy(&fixture);
    struct app_connector_answer answer = send_mail(&fixture, FIXTURE_MAKER);
    assert_true(answer.failed);
    test_str_eq("code", answer.code, HG_STR("Unauthorized"));
    hg_str message = status_of(&fixture, "makers-mail", "error.message");
    test_str_eq("message", message, answer.message);
    static const char *const parts[] = {
        "Failed to refresh access token for service: Office 365 Exchange Online. Correlation Id=g-",
        ", UTC TimeStamp=11/25/2025 12:00:00 PM, Error: Failed to acquire token from AAD: {\"error",
        "\"error_description\":\"AADSTS53003: ",
        "\\r\\nTrace ID: ",
        "\"error_codes\":[53003],\"timestamp\":\"2025-11-25 12:00:00Z\"",
    };
    for (size_t i = 0; i < HG_COUNT(parts); i++)
        if (hg_str_find(message, hg_str_of(parts[i])) == HG_NPOS)
            fail_msg("%s: not in %.*s", parts[i], HG_ARG(message));
    assert_int_equal(
        fixture_request(&fixture, "DELETE", hg_str_z(fixture.arena, path), NULL).status, 204);
    assert_false(send_mail(&fixture, FIXTURE_MAKER).failed);
    test_str_eq("status", status_of(&fixture, "makers-mail", "status"), HG_STR("Connected"));
    fixture_close(&fixture);
}

static void deleting_a_connection_ends_its_grant(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture);
    assert_int_equal(fixture_request(&fixture, "DELETE", CONNECTIONS "makers-mail", NULL).status,
                     200);
    struct app_connector_answer answer = send_mail(&fixture, FIXTURE_MAKER);
    assert_true(answer.failed);
    test_str_eq("code", answer.code, HG_STR("ConnectionAuthorizationFailed"));
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_not_be_made_is_refused_with_its_reason),
        cmocka_unit_test(a_state_is_good_for_half_an_hour_and_only_as_it_was_made),
        cmocka_unit_test(a_call_goes_out_and_is_taken_by_the_mail_service),
        cmocka_unit_test(a_connection_serves_nobody_but_its_owner),
        cmocka_unit_test(a_policy_breaks_a_connection_and_its_end_mends_it),
        cmocka_unit_test(deleting_a_connection_ends_its_grant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
