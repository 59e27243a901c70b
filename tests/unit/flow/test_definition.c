#include "base/base.h"
#include "flow/definition.h"
#include "unit/file.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The cases of tests/cases/flow/definition.json: all findings, in order; a "*" at the
 * end of one stands for any text. */

static struct hg_json definition_of(struct hg_arena *arena, const struct hg_json *one)
{
    struct hg_json definition = hg_json_object();
    const struct hg_json *triggers = hg_json_get(one, "triggers");
    hg_str manual = HG_STR("{\"manual\":{\"type\":\"Request\",\"kind\":\"Http\"}}");
    hg_json_put(arena, &definition, "triggers",
                triggers == NULL ? *test_json(arena, manual) : *triggers);
    hg_json_put(arena, &definition, "actions", *hg_json_get(one, "actions"));
    return definition;
}

static void check_finding(struct hg_arena *arena, const char *name,
                          const struct flow_finding *finding, hg_str want)
{
    hg_str got = hg_str_format(arena, "%.*s %.*s: %.*s", HG_ARG(finding->code),
                               HG_ARG(finding->path), HG_ARG(finding->message));
    if (hg_str_ends(want, HG_STR("*"))) {
        want = hg_str_sub(want, 0, want.len - 1);
        got = hg_str_sub(got, 0, want.len);
    }
    test_str_eq(name, got, want);
}

static void check_case(struct hg_arena *arena, const struct hg_json *one)
{
    const char *name = hg_str_z(arena, hg_json_str_or(hg_json_get(one, "name"), HG_STR("?")));
    const struct hg_json *want = hg_json_get(one, "want");
    struct hg_json json = definition_of(arena, one);
    struct flow_source source = {.definition = &json, .references = hg_json_get(one, "references")};
    struct flow_findings findings = {0};
    const struct flow_definition *definition = NULL;
    assert_int_equal(flow_definition_read(arena, &source, &findings, &definition, NULL), HG_OK);
    for (size_t i = 0; i < findings.n && i < hg_json_count(want); i++)
        check_finding(arena, name, &findings.items[i], hg_json_item(want, i)->string);
    if (findings.n != hg_json_count(want))
        fail_msg("%s: %zu findings, want %zu; the last: %.*s", name, findings.n,
                 hg_json_count(want),
                 HG_ARG(findings.n == 0 ? HG_STR("none") : findings.items[findings.n - 1].message));
    assert_true((definition != NULL) == (findings.n_errors == 0));
}

static void definitions_are_refused_in_the_documented_words(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    const struct hg_json *cases =
        test_json(arena, test_file(arena, "tests/cases/flow/definition.json"));
    for (size_t i = 0; i < hg_json_count(cases); i++)
        check_case(arena, hg_json_item(cases, i));
    hg_arena_free(arena);
}

static void every_form_of_document_is_found(void **state)
{
    (void)state;
#define BARE "{\"triggers\":{\"m\":{\"type\":\"Request\"}},\"actions\":{}}"
    static const struct {
        const char *file;
        enum flow_document_kind kind;
        size_t n;
    } rows[] = {
        {BARE, FLOW_DOCUMENT_DEFINITION, 1},
        {"{\"definition\":" BARE ",\"parameters\":{}}", FLOW_DOCUMENT_CODE_VIEW, 1},
        {"{\"definition\":" BARE ",\"kind\":\"Stateful\"}", FLOW_DOCUMENT_WORKFLOW, 1},
        {"{\"name\":\"f\",\"properties\":{\"displayName\":\"F\",\"definition\":" BARE
         ",\"connectionReferences\":{}}}",
         FLOW_DOCUMENT_FLOW, 1},
        {"{\"resources\":[{\"type\":\"Microsoft.Web/connections\"},{\"type\":"
         "\"Microsoft.Logic/workflows\",\"name\":\"w\",\"properties\":{\"definition\":" BARE
         "}},{\"type\":\"Microsoft.Logic/workflows\",\"properties\":{\"definition\":" BARE "}}]}",
         FLOW_DOCUMENT_ARM, 2},
        {"{\"a\":1}", FLOW_DOCUMENT_UNKNOWN, 1},
        {"[]", FLOW_DOCUMENT_UNKNOWN, 1},
        {"{\"resources\":[]}", FLOW_DOCUMENT_UNKNOWN, 1},
    };
    struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct flow_document *documents = NULL;
        struct flow_validation validation;
        size_t n = 0;
        assert_int_equal(flow_document_find(arena, test_json(arena, hg_str_of(rows[i].file)),
                                            &documents, &n, NULL),
                         HG_OK);
        assert_int_equal(n, rows[i].n);
        assert_int_equal(documents[0].kind, rows[i].kind);
        assert_int_equal(flow_document_validate(arena, &documents[0], &validation, NULL), HG_OK);
        assert_true((validation.definition != NULL) == (rows[i].kind != FLOW_DOCUMENT_UNKNOWN));
    }
    hg_arena_free(arena);
}

static void a_summary_lists_triggers_and_all_actions(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    const struct hg_json *definition = test_json(
        arena,
        HG_STR("{\"triggers\":{\"m\":{\"type\":\"Request\",\"kind\":\"Button\"}},\"actions\":"
               "{\"S\":{\"type\":\"Scope\",\"actions\":{\"A\":{\"type\":\"OpenApiConnection\","
               "\"inputs\":{\"host\":{\"operationId\":\"SendEmailV2\"}},\"metadata\":{\"x\":1}"
               "}}}}}"));
    struct hg_json summary = flow_definition_summary(arena, definition);
    hg_str text;
    assert_int_equal(hg_json_render(arena, &summary, &text, NULL), HG_OK);
    test_str_eq(
        "summary", text,
        HG_STR("{\"triggers\":[{\"type\":\"Request\",\"kind\":\"Button\"}],\"actions\":"
               "[{\"type\":\"Scope\"},{\"type\":\"OpenApiConnection\",\"metadata\":{\"x\":1}"
               ",\"swaggerOperationId\":\"SendEmailV2\"}]}"));
    hg_arena_free(arena);
}

static void limits_are_refused_not_reached(void **state)
{
    (void)state;
    struct hg_arena *arena = test_arena();
    struct hg_buf buf = hg_buf_new(arena, 1 << 20);
    hg_buf_z(&buf, "{\"triggers\":{\"m\":{\"type\":\"Request\"}},\"actions\":{");
    for (int i = 0; i <= HG_MAX_FLOW_ACTIONS; i++)
        hg_buf_format(&buf, "%s\"A%d\":{\"type\":\"Compose\",\"inputs\":1}", i == 0 ? "" : ",", i);
    hg_buf_z(&buf, "}}");
    struct flow_source source = {.definition = test_json(arena, hg_buf_view(&buf))};
    struct flow_findings findings = {0};
    const struct flow_definition *definition = NULL;
    assert_int_equal(flow_definition_read(arena, &source, &findings, &definition, NULL), HG_OK);
    assert_null(definition);
    test_str_eq("too many", findings.items[0].message,
                HG_STR("The definition has more than the 500 actions that one flow may have."));
    hg_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definitions_are_refused_in_the_documented_words),
        cmocka_unit_test(every_form_of_document_is_found),
        cmocka_unit_test(a_summary_lists_triggers_and_all_actions),
        cmocka_unit_test(limits_are_refused_not_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
