#include "base/base.h"
#include "connector/connector.h"
#include "unit/file.h"
#include "unit/test.h"

#include <stddef.h>
#include <stdint.h>

#define DOCUMENT(paths) "{\"swagger\":\"2.0\",\"paths\":{" paths "}}"

static void faults_are_named_by_operation(void **state)
{
    (void)state;
    static const struct {
        const char *name, *document, *want;
    } rows[] = {
        {"not an object", "[]", "InvalidDocument "},
        {"OpenAPI 3 is another format",
         "{\"openapi\":\"3.0.0\",\"paths\":{\"/a\":{\"get\":"
         "{\"operationId\":\"A\"}}}}",
         "InvalidDocument /swagger"},
        {"no operation", DOCUMENT(""), "NoOperations /paths"},
        {"an operation without an id", DOCUMENT("\"/a\":{\"get\":{}}"),
         "MissingOperationId /paths/~1a/get"},
        {"two operations of one id",
         DOCUMENT("\"/a\":{\"get\":{\"operationId\":\"A\"},\"post\":{\"operationId\":\"A\"}}"),
         "DuplicateOperationId /paths/~1a/post"},
        {"a path without its parameter", DOCUMENT("\"/a/{id}\":{\"get\":{\"operationId\":\"A\"}}"),
         "InvalidPath /paths/~1a~1{id}/get"},
        {"a path that does not begin with a slash",
         DOCUMENT("\"a\":{\"get\":{\"operationId\":\"A\"}}"), "InvalidPath /paths"},
        {"a parameter from nowhere",
         DOCUMENT("\"/a\":{\"get\":{\"operationId\":\"A\",\"parameters\":"
                  "[{\"$ref\":\"#/parameters/none\"}]}}"),
         "InvalidParameter /paths/~1a/get"},
        {"a parameter that refers to itself",
         "{\"swagger\":\"2.0\",\"parameters\":{\"p\":{\"$ref\":\"#/parameters/p\"}},\"paths\":"
         "{\"/a\":{\"get\":{\"operationId\":\"A\",\"parameters\":[{\"$ref\":\"#/parameters/"
         "p\"}]}}}}",
         "InvalidParameter /paths/~1a/get"},
        {"a parameter in a cookie",
         DOCUMENT("\"/a\":{\"get\":{\"operationId\":\"A\",\"parameters\":"
                  "[{\"name\":\"c\",\"in\":\"cookie\"}]}}"),
         "InvalidParameter /paths/~1a/get"},
    };
    struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct connector_document document = {
            .name = HG_STR("c"), .swagger = test_json(arena, hg_str_of(rows[i].document))};
        struct connector_faults faults = {0};
        const struct connector *connector = NULL;
        assert_int_equal(connector_read(arena, &document, &faults, &connector, NULL), HG_OK);
        assert_null(connector);
        assert_true(faults.n > 0);
        hg_str got = hg_str_format(arena, "%.*s %.*s", HG_ARG(faults.items[0].code),
                                   HG_ARG(faults.items[0].path));
        test_str_eq(rows[i].name, got, hg_str_of(rows[i].want));
    }
    hg_arena_free(arena);
}

static const struct connector *built_in(struct hg_arena *arena, const char *name)
{
    hg_str swagger = hg_str_format(arena, "connectors/%s/apiDefinition.swagger.json", name);
    hg_str properties = hg_str_format(arena, "connectors/%s/apiProperties.json", name);
    struct connector_document document = {
        .name = hg_str_of(name),
        .swagger = test_json(arena, test_file(arena, hg_str_z(arena, swagger))),
        .properties = test_json(arena, test_file(arena, hg_str_z(arena, properties)))};
    struct connector_faults faults = {0};
    const struct connector *connector = NULL;
    assert_int_equal(connector_read(arena, &document, &faults, &connector, NULL), HG_OK);
    assert_int_equal(faults.n, 0);
    assert_non_null(connector);
    return connector;
}

static void built_in_connectors_name_the_service_whose_tokens_they_use(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    const struct connector *mail = built_in(arena, "shared_office365");
    const struct connector *sites = built_in(arena, "shared_sharepointonline");
    test_str_eq("mail", mail->oauth.resource, HG_STR("00000002-0000-0ff1-ce00-000000000000"));
    test_str_eq("sites", sites->oauth.resource, HG_STR("00000003-0000-0ff1-ce00-000000000000"));
    test_str_eq("provider", mail->oauth.identity_provider, HG_STR("aad"));
    test_str_eq("title", mail->title, HG_STR("Office 365 Outlook"));
    assert_true(mail->has_oauth && sites->has_oauth);
    hg_arena_free(arena);
}

static void a_trigger_operation_is_told_from_an_action(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    const struct connector *sites = built_in(arena, "shared_sharepointonline");
    const struct connector_operation *trigger =
        connector_operation_find(sites, HG_STR("GetOnNewItems"));
    assert_int_equal(trigger->trigger, CONNECTOR_TRIGGER_BATCH);
    assert_int_equal(connector_operation_find(sites, HG_STR("getitems"))->trigger,
                     CONNECTOR_TRIGGER_NONE);
    assert_null(connector_operation_find(sites, HG_STR("DropList")));
    hg_arena_free(arena);
}

static void operations_are_found_by_method_and_concrete_path(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *want;
    } rows[] = {
        {"get", "/datasets/a%252Fb/tables/t/items", "GetItems"},
        {"POST", "/datasets/a/tables/t/items", "PostItem"},
        {"get", "/datasets/a/tables/t/items/12", "GetItem"},
        {"get", "/datasets/a/tables/t/onnewitems?view=v", "GetOnNewItems"},
        {"get", "/datasets/a/tables/t/items/12/attachments", ""},
        {"get", "/datasets//tables/t/items", ""},
        {"delete", "/datasets/a/tables/t/items/12", "DeleteItem"},
        {"put", "/datasets/a/tables/t/items/12", ""},
    };
    struct hg_arena *arena = test_arena();
    const struct connector *sites = built_in(arena, "shared_sharepointonline");
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        const struct connector_operation *found =
            connector_operation_match(sites, hg_str_of(rows[i].method), hg_str_of(rows[i].path));
        test_str_eq(rows[i].path, found == NULL ? HG_STR("") : found->id, hg_str_of(rows[i].want));
    }
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_named_by_operation),
        cmocka_unit_test(built_in_connectors_name_the_service_whose_tokens_they_use),
        cmocka_unit_test(a_trigger_operation_is_told_from_an_action),
        cmocka_unit_test(operations_are_found_by_method_and_concrete_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
