#include "unit/test.h"
#include "xml/xml.h"

static const struct {
    const char *name, *text, *want; /* want NULL: refused */
} documents[] = {
    {"an empty element", "<a></a>", "<a />"},
    {"blank nodes go", "<a>\n  <b/>\n</a>", "<a><b /></a>"},
    {"text with blanks stays", "<a> x </a>", "<a> x </a>"},
    {"attributes keep their order", "<a z='1' b=\"2\"/>", "<a z=\"1\" b=\"2\" />"},
    {"a line end in an attribute", "<a b=\"1&#10;2\"/>", "<a b=\"1&#xA;2\" />"},
    {"a carriage return in text", "<a>1&#13;2</a>", "<a>1&#xD;2</a>"},
    {"comments, instructions and CDATA", "<?go on?><a><!--c--><![CDATA[<x>]]></a>",
     "<?go on?><a><!--c--><![CDATA[<x>]]></a>"},
    {"a declaration", "<?xml version='1.0' encoding='UTF-16'?><a/>",
     "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a />"},
    {"two roots", "<a/><b/>", NULL},
    {"an element that does not end", "<a><b></a>", NULL},
    {"nothing", "", NULL},
    {"a document type", "<!DOCTYPE a><a/>", NULL},
    {"an entity of one's own", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", NULL},
};

static void documents_are_read_and_written(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(documents); i++) {
        struct xml_document document;
        struct hg_err err = {0};
        enum hg_code code = xml_parse(arena, hg_str_of(documents[i].text), &document, &err);
        if (code != (documents[i].want == NULL ? HG_MALFORMED : HG_OK))
            fail_msg("%s: code %d: %s", documents[i].name, code, err.detail);
        if (code != HG_OK)
            continue;
        struct hg_buf buf = hg_buf_new(arena, 4096);
        xml_document_write(&buf, &document);
        test_str_eq(documents[i].name, hg_buf_view(&buf), hg_str_of(documents[i].want));
    }
}

static void depth_is_bounded(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_buf buf = hg_buf_new(arena, 1 << 20);
    struct xml_document document;
    for (int i = 0; i < 100000; i++)
        hg_buf_z(&buf, "<a>");
    assert_int_equal(xml_parse(arena, hg_buf_view(&buf), &document, NULL), HG_MALFORMED);
}

static void paths_give_nodes_and_values(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_str text = HG_STR("<p><c n='1'>5</c><c n='2'>10</c></p>");
    struct xml_answer answer;
    assert_int_equal(xml_path(arena, text, HG_STR("//c[2]|//c[1]"), &answer, NULL), HG_OK);
    assert_int_equal(answer.kind, XML_ANSWER_NODES);
    test_str_eq("document order", answer.nodes->attributes->value, HG_STR("1"));
    assert_null(answer.nodes->next->next);
    assert_int_equal(xml_path(arena, text, HG_STR("sum(//c)"), &answer, NULL), HG_OK);
    assert_true(answer.kind == XML_ANSWER_NUMBER && answer.number > 14.5 && answer.number < 15.5);
    assert_int_equal(xml_path(arena, text, HG_STR("//["), &answer, NULL), HG_MALFORMED);
    assert_int_equal(xml_path(arena, HG_STR("<p>"), HG_STR("/p"), &answer, NULL), HG_MALFORMED);
}

static void the_work_of_a_path_is_bounded(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_buf buf = hg_buf_new(arena, 1 << 20);
    struct xml_answer answer;
    hg_buf_z(&buf, "<a>");
    for (int i = 0; i < 2000; i++)
        hg_buf_z(&buf, "<b/>");
    hg_buf_z(&buf, "</a>");
    assert_int_equal(xml_path(arena, hg_buf_view(&buf),
                              HG_STR("count(//b[count(//b[count(//b) > 1]) > 1])"), &answer, NULL),
                     HG_TOO_BIG);
}

int main(void)
{
    xml_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_read_and_written),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(paths_give_nodes_and_values),
        cmocka_unit_test(the_work_of_a_path_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
