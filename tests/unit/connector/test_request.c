#include "base/base.h"
#include "connector/connector.h"
#include "unit/file.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>

/* The built-in connectors and one of this test's own, from arguments to requests. */

static const char small_document[] =
    "{\"swagger\":\"2.0\",\"info\":{\"title\":\"Small\"},\"basePath\":\"/api/\",\"paths\":{"
    "\"/search\":{\"get\":{\"operationId\":\"Search\",\"parameters\":["
    "{\"name\":\"q\",\"in\":\"query\",\"type\":\"string\",\"required\":true},"
    "{\"name\":\"tags\",\"in\":\"query\",\"type\":\"array\",\"items\":{\"type\":\"string\"},"
    "\"collectionFormat\":\"multi\"},"
    "{\"name\":\"ids\",\"in\":\"query\",\"type\":\"array\",\"items\":{\"type\":\"integer\"}},"
    "{\"name\":\"deep\",\"in\":\"query\",\"type\":\"boolean\"},"
    "{\"name\":\"version\",\"in\":\"query\",\"type\":\"string\",\"default\":\"v2\","
    "\"x-ms-visibility\":\"internal\"},"
    "{\"name\":\"page\",\"in\":\"query\",\"type\":\"integer\",\"default\":1},"
    "{\"name\":\"X-Trace\",\"in\":\"header\",\"type\":\"string\"}]}},"
    "\"/form\":{\"post\":{\"operationId\":\"Form\",\"consumes\":"
    "[\"application/x-www-form-urlencoded\"],\"parameters\":["
    "{\"name\":\"a\",\"in\":\"formData\",\"type\":\"string\"},"
    "{\"name\":\"b\",\"in\":\"formData\",\"type\":\"integer\"}]}},"
    "\"/upload\":{\"post\":{\"operationId\":\"Upload\",\"consumes\":[\"multipart/form-data\"],"
    "\"parameters\":[{\"name\":\"f\",\"in\":\"formData\",\"type\":\"file\"}]}},"
    "\"/files/{name}\":{\"put\":{\"operationId\":\"Put\",\"parameters\":["
    "{\"name\":\"name\",\"in\":\"path\",\"type\":\"string\"},"
    "{\"name\":\"body\",\"in\":\"body\",\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}]}},"
    "\"/nested\":{\"post\":{\"operationId\":\"Nested\",\"parameters\":["
    "{\"name\":\"body\",\"in\":\"body\",\"required\":true,\"schema\":{\"$ref\":\"#/definitions/"
    "N\"}}"
    "]}}},"
    "\"definitions\":{\"N\":{\"type\":\"object\",\"required\":[\"who\",\"kind\"],\"properties\":{"
    "\"who\":{\"type\":\"object\",\"required\":[\"name\"],\"properties\":{"
    "\"name\":{\"type\":\"string\"},\"a/b\":{\"type\":\"string\"}}},"
    "\"kind\":{\"type\":\"string\",\"default\":\"plain\"},"
    "\"note\":{\"type\":\"string\",\"default\":\"unused\"}}}}}";

struct row {
    const char *name;
    const char *operation;
    const char *arguments;
    const char *want; /* "METHOD path [content-type] body", or "code: message" */
};

#define SITE                                                                               \
    "/apim/sharepointonline/datasets/https%253A%252F%252Fcontoso.example%252Fsites%252Fhr" \
    "/tables/Leave%2520requests"
#define LIST "\"dataset\":\"https://contoso.example/sites/hr\",\"table\":\"Leave requests\""

static const struct row mail_rows[] = {
    {"a mail is the flattened properties put together again", "SendEmailV2",
     "{\"emailMessage/To\":\"a@x.example;b@x.example\",\"emailMessage/Subject\":\"Hi\","
     "\"emailMessage/Body\":\"<p>\xc4\x8d</p>\",\"emailMessage/Importance\":\"High\"}",
     "POST /apim/office365/v2/Mail application/json "
     "{\"To\":\"a@x.example;b@x.example\",\"Subject\":\"Hi\",\"Body\":\"<p>\xc4\x8d</p>\","
     "\"Importance\":\"High\"}"},
    {"the whole message may be given as one object, and single properties over it", "SendEmailV2",
     "{\"emailMessage\":{\"To\":\"a@x.example\",\"Subject\":\"old\",\"Body\":\"b\"},"
     "\"emailMessage/Subject\":\"new\"}",
     "POST /apim/office365/v2/Mail application/json "
     "{\"To\":\"a@x.example\",\"Subject\":\"new\",\"Body\":\"b\"}"},
    {"attachments stay an array", "SendEmailV2",
     "{\"emailMessage/To\":\"a@x.example\",\"emailMessage/Subject\":\"s\",\"emailMessage/Body\":"
     "\"b\",\"emailMessage/Attachments\":[{\"Name\":\"a.txt\",\"ContentBytes\":\"aGk=\"}]}",
     "POST /apim/office365/v2/Mail application/json "
     "{\"To\":\"a@x.example\",\"Subject\":\"s\",\"Body\":\"b\",\"Attachments\":"
     "[{\"Name\":\"a.txt\",\"ContentBytes\":\"aGk=\"}]}"},
    {"a missing subject is named with its operation", "SendEmailV2",
     "{\"emailMessage/To\":\"a@x.example\",\"emailMessage/Body\":\"b\"}",
     "WorkflowOperationParametersMissingProperty: The API operation 'SendEmailV2' is missing "
     "required property 'emailMessage/Subject'."},
    {"an empty recipient is refused by name", "SendEmailV2",
     "{\"emailMessage/To\":\"\",\"emailMessage/Subject\":\"s\",\"emailMessage/Body\":\"b\"}",
     "WorkflowOperationParametersRuntimeMissingValue: The resolved string values for the following "
     "parameters of the API operation 'SendEmailV2' are invalid, they may not be null or empty: "
     "'emailMessage/To'"},
    {"a null recipient is refused by name", "SendEmailV2",
     "{\"emailMessage/To\":null,\"emailMessage/Subject\":\"s\",\"emailMessage/Body\":\"b\"}",
     "WorkflowOperationParametersRuntimeMissingValue: The resolved string values for the following "
     "parameters of the API operation 'SendEmailV2' are invalid, they may not be null or empty: "
     "'emailMessage/To'"},
    {"a parameter the operation does not have is refused by name", "SendEmailV2",
     "{\"emailMessage/To\":\"a@x.example\",\"subject\":\"s\"}",
     "WorkflowOperationParametersExtraParameter: The API operation 'SendEmailV2' does not contain "
     "a definition for parameter 'subject'."},
};

static const struct row list_rows[] = {
    {"site and list are encoded twice in the path", "GetItems", "{" LIST "}", "GET " SITE "/items"},
    {"OData options are query parameters", "GetItems",
     "{" LIST ",\"$filter\":\"Status eq 'New' and Days gt 3\",\"$top\":5,\"$orderby\":null}",
     "GET " SITE "/items?%24filter=Status%20eq%20%27New%27%20and%20Days%20gt%203&%24top=5"},
    {"numbers may be texts, as expressions give them", "GetItem", "{" LIST ",\"id\":\"17\"}",
     "GET " SITE "/items/17"},
    {"a whole double is a whole number", "GetItem", "{" LIST ",\"id\":17.0}",
     "GET " SITE "/items/17"},
    {"a text that is no number is refused by name", "GetItem", "{" LIST ",\"id\":\"x\"}",
     "WorkflowRunActionInputsInvalidProperty: The parameter 'id' of the API operation 'GetItem' "
     "must be of type 'integer'; the value is of type 'string'."},
    {"an item has the columns it is given, nested ones too", "PostItem",
     "{" LIST ",\"item/Title\":\"T\",\"item/Author/Claims\":\"c\",\"item/Status/Value\":\"New\"}",
     "POST " SITE "/items application/json "
     "{\"Title\":\"T\",\"Author\":{\"Claims\":\"c\"},\"Status\":{\"Value\":\"New\"}}"},
    {"an item can be given whole", "PatchItem", "{" LIST ",\"id\":3,\"item\":{\"Title\":\"U\"}}",
     "PATCH " SITE "/items/3 application/json {\"Title\":\"U\"}"},
    {"an update without an item is refused", "PatchItem", "{" LIST ",\"id\":3}",
     "WorkflowOperationParametersMissingProperty: The API operation 'PatchItem' is missing "
     "required property 'item'."},
    {"the trigger is an operation like any other", "GetOnNewItems", "{" LIST "}",
     "GET " SITE "/onnewitems"},
    {"a list that leads elsewhere is refused", "GetItems", "{\"dataset\":\"..\",\"table\":\"t\"}",
     "WorkflowRunActionInputsInvalidProperty: The path of operation 'GetItems' begins without '/', "
     "holds a blank or a control character, or a step '.' or '..'."},
    {"an empty list name is refused", "GetItems", "{\"dataset\":\"d\",\"table\":\"\"}",
     "WorkflowOperationParametersRuntimeMissingValue: The resolved string values for the following "
     "parameters of the API operation 'GetItems' are invalid, they may not be null or empty: "
     "'table'"},
};

static const struct row small_rows[] = {
    {"arrays repeat their name or are joined", "Search",
     "{\"q\":\"a b\",\"tags\":[\"x\",\"y&z\"],\"ids\":[1,2]}",
     "GET /api/search?q=a%20b&tags=x&tags=y%26z&ids=1%2C2&version=v2"},
    {"booleans are lower case", "Search", "{\"q\":\"a\",\"deep\":true}",
     "GET /api/search?q=a&deep=true&version=v2"},
    {"an internal default is sent, a visible one is not", "Search", "{\"q\":\"a\"}",
     "GET /api/search?q=a&version=v2"},
    {"a header cannot smuggle another", "Search", "{\"q\":\"a\",\"X-Trace\":\"1\\r\\nHost: evil\"}",
     "WorkflowRunActionInputsInvalidProperty: The header 'X-Trace' of operation 'Search' holds a "
     "control character."},
    {"forms are encoded", "Form", "{\"a\":\"x y\",\"b\":4}",
     "POST /api/form application/x-www-form-urlencoded a=x%20y&b=4"},
    {"uploads as multipart are refused with the reason", "Upload", "{}",
     "OperationNotSupported: The operation 'Upload' cannot be called by this server: it uploads a "
     "file as a form."},
    {"file content goes out as its bytes under its own type", "Put",
     "{\"name\":\"a/b.txt\",\"body\":{\"$content-type\":\"text/plain\",\"$content\":\"aGk=\"}}",
     "PUT /api/files/a%2Fb.txt text/plain hi"},
    {"defaults of required properties are filled in, others are not", "Nested",
     "{\"body/who/name\":\"n\"}",
     "POST /api/nested application/json {\"who\":{\"name\":\"n\"},\"kind\":\"plain\"}"},
    {"a property whose name holds a slash is found by the schema", "Nested",
     "{\"body/who/name\":\"n\",\"body/who/a/b\":\"ab\"}",
     "POST /api/nested application/json {\"who\":{\"name\":\"n\",\"a/b\":\"ab\"},"
     "\"kind\":\"plain\"}"},
    {"a required property inside a required object is asked for by its full name", "Nested", "{}",
     "WorkflowOperationParametersMissingProperty: The API operation 'Nested' is missing required "
     "property 'body/who/name'."},
};

static const struct connector *read_document(struct hg_arena *arena, hg_str text)
{
    struct connector_document document = {.name = HG_STR("c"), .swagger = test_json(arena, text)};
    struct connector_faults faults = {0};
    const struct connector *connector = NULL;
    assert_int_equal(connector_read(arena, &document, &faults, &connector, NULL), HG_OK);
    for (size_t i = 0; i < faults.n; i++) {
        if (faults.items[i].severity == CONNECTOR_ERROR)
            fail_msg("%.*s", HG_ARG(faults.items[i].message));
    }
    assert_non_null(connector);
    return connector;
}

static hg_str request_text(struct hg_arena *arena, const struct connector_request *request)
{
    hg_str type = hg_json_str_or(hg_json_get(&request->headers, "Content-Type"), HG_STR(""));
    if (!request->has_body)
        return hg_str_format(arena, "%.*s %.*s", HG_ARG(request->method), HG_ARG(request->path));
    return hg_str_format(arena, "%.*s %.*s %.*s %.*s", HG_ARG(request->method),
                         HG_ARG(request->path), HG_ARG(type), HG_ARG(request->body));
}

static void check_rows(struct hg_arena *arena, hg_str text, const struct row *rows, size_t n)
{
    const struct connector *connector = read_document(arena, text);
    for (size_t i = 0; i < n; i++) {
        struct connector_call call = {
            .connector = connector,
            .operation = connector_operation_find(connector, hg_str_of(rows[i].operation)),
            .arguments = test_json(arena, hg_str_of(rows[i].arguments))};
        struct connector_request request;
        struct connector_fault fault = {0};
        assert_non_null(call.operation);
        enum hg_code code = connector_request_build(arena, &call, &request, &fault);
        hg_str got = code == HG_OK ? request_text(arena, &request)
                                   : hg_str_format(arena, "%.*s: %.*s", HG_ARG(fault.code),
                                                   HG_ARG(fault.message));
        test_str_eq(rows[i].name, got, hg_str_of(rows[i].want));
    }
}

static void mail_requests_are_what_the_documented_operation_asks_for(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    hg_str text = test_file(arena, "connectors/shared_office365/apiDefinition.swagger.json");
    check_rows(arena, text, mail_rows, HG_COUNT(mail_rows));
    hg_arena_free(arena);
}

static void list_requests_are_what_the_documented_operations_ask_for(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    hg_str text = test_file(arena, "connectors/shared_sharepointonline/apiDefinition.swagger.json");
    check_rows(arena, text, list_rows, HG_COUNT(list_rows));
    hg_arena_free(arena);
}

static void requests_follow_the_document(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    check_rows(arena, hg_str_of(small_document), small_rows, HG_COUNT(small_rows));
    hg_arena_free(arena);
}

static void a_step_in_the_older_spelling_gives_its_path_itself(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    const struct connector *connector = read_document(
        arena, test_file(arena, "connectors/shared_office365/apiDefinition.swagger.json"));
    struct connector_direct direct = {
        .method = HG_STR("POST"),
        .path = HG_STR("/v2/Mail"),
        .queries = test_json(arena, HG_STR("{\"a\":\"b c\",\"n\":1,\"none\":null}")),
        .body = test_json(arena, HG_STR("{\"To\":\"a@x.example\"}"))};
    struct connector_request request;
    struct connector_fault fault = {0};
    assert_int_equal(connector_request_direct(arena, connector, &direct, &request, &fault), HG_OK);
    test_str_eq("direct", request_text(arena, &request),
                HG_STR("POST /apim/office365/v2/Mail?a=b%20c&n=1 application/json "
                       "{\"To\":\"a@x.example\"}"));
    static const char *const bad[] = {"v2/Mail", "/../x", "/v2/./Mail", "/a b", "/a\r\nb", "/a#b"};
    for (size_t i = 0; i < HG_COUNT(bad); i++) {
        direct.path = hg_str_of(bad[i]);
        if (connector_request_direct(arena, connector, &direct, &request, &fault) != HG_MALFORMED)
            fail_msg("the path \"%s\" was accepted", bad[i]);
    }
    hg_arena_free(arena);
}

static void checks_at_save_time_let_expressions_pass(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    const struct connector *connector = read_document(
        arena, test_file(arena, "connectors/shared_sharepointonline/apiDefinition.swagger.json"));
    static const struct {
        const char *name, *operation, *arguments, *want;
    } rows[] = {
        {"expressions stand for any type", "GetItem",
         "{" LIST ",\"id\":\"@triggerOutputs()?['body/ID']\"}", ""},
        {"a constant of a wrong type is found", "GetItem", "{" LIST ",\"id\":\"x\"}",
         "The parameter 'id' of the API operation 'GetItem' must be of type 'integer'."},
        {"what is missing is found", "GetItem", "{" LIST "}",
         "The API operation 'GetItem' is missing required property 'id'."},
        {"what is unknown is found", "GetItems", "{" LIST ",\"top\":1}",
         "The API operation 'GetItems' does not contain a definition for parameter 'top'."},
        {"a part of an item is an item", "PostItem", "{" LIST ",\"item/Title\":\"x\"}", ""},
        {"all arguments as one expression cannot be checked", "PostItem", "\"@outputs('A')\"", ""},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct connector_call call = {
            .connector = connector,
            .operation = connector_operation_find(connector, hg_str_of(rows[i].operation)),
            .arguments = test_json(arena, hg_str_of(rows[i].arguments))};
        struct connector_faults faults = {0};
        assert_int_equal(connector_arguments_check(arena, &call, &faults, NULL), HG_OK);
        hg_str got = faults.n == 0 ? HG_STR("") : faults.items[0].message;
        test_str_eq(rows[i].name, got, hg_str_of(rows[i].want));
    }
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_requests_are_what_the_documented_operation_asks_for),
        cmocka_unit_test(list_requests_are_what_the_documented_operations_ask_for),
        cmocka_unit_test(requests_follow_the_document),
        cmocka_unit_test(a_step_in_the_older_spelling_gives_its_path_itself),
        cmocka_unit_test(checks_at_save_time_let_expressions_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
