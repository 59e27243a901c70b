#include "base/base.h"
#include "flow/function_private.h"
#include "flow/value_private.h"
#include "flow/xml_json_private.h"
#include "xml/xml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static const hg_str xml_type = HG_LIT("application/xml;charset=utf-8");

/* A content object whose type is XML. */
bool flow_is_xml(const struct hg_json *value)
{
    hg_str type;
    if (value->kind != HG_JSON_OBJECT ||
        !hg_json_as_str(hg_json_get(value, "$content-type"), &type))
        return false;
    size_t end = hg_str_find_byte(type, ';');
    type = hg_str_trim(end == HG_NPOS ? type : hg_str_sub(type, 0, end));
    return hg_str_eq_nocase(type, HG_STR("application/xml")) ||
           hg_str_eq_nocase(type, HG_STR("text/xml")) || hg_str_ends(type, HG_STR("+xml"));
}

static enum hg_code refuse(const struct flow_call *call, const char *why)
{
    return FLOW_FAIL(call,
                     "The template language function '%.*s' parameter is not valid. The provided "
                     "value cannot be converted to XML: '%s'. Please see "
                     "https://aka.ms/logicexpressions#%.*s for usage details.",
                     HG_ARG(call->function->name), why, HG_ARG(call->function->name));
}

static enum hg_code parse(const struct flow_call *call, hg_str text, struct xml_document *out)
{
    struct hg_err err = {0};
    enum hg_code code = xml_parse(call->eval->arena, text, out, &err);
    if (code == HG_MALFORMED)
        return refuse(call, err.detail);
    return code == HG_OK ? HG_OK : HG_FAIL(call->eval->err, code, "xml: %s", err.detail);
}

/* The text behind the first argument; false: it is an object to be converted. */
static bool text_arg(const struct flow_call *call, hg_str *out)
{
    if (flow_is(&call->args[0], FLOW_KIND_STRING)) {
        *out = flow_arg_str(call, 0);
        return true;
    }
    return flow_content_bytes(call->eval->arena, &call->args[0], out);
}

static enum hg_code make_xml(const struct flow_call *call, hg_str text, struct hg_json *out)
{
    struct hg_json value = flow_content_make(call->eval->arena, xml_type, text);
    if (value.object.n != 2)
        return HG_FAIL(call->eval->err, HG_NO_MEMORY, "xml");
    *out = value;
    return HG_OK;
}

enum hg_code flow_run_xml(const struct flow_call *call, struct hg_json *out)
{
    struct xml_document document;
    hg_str text;
    struct hg_buf buf = flow_call_buf(call);
    if (text_arg(call, &text))
        HG_TRY(parse(call, text, &document));
    else if (call->args[0].kind != HG_JSON_OBJECT)
        return flow_call_refuse(call, 0, "to be a string or an object");
    else if (!flow_document_of_json(call->eval->arena, &call->args[0], &document))
        return refuse(call, "an object must have exactly one root");
    xml_document_write(&buf, &document);
    HG_TRY(hg_buf_finish(&buf, &text, call->eval->err));
    return make_xml(call, text, out);
}

enum hg_code flow_json_of_xml(const struct flow_call *call, struct hg_json *out)
{
    struct xml_document document;
    hg_str text;
    if (!text_arg(call, &text))
        return refuse(call, "the content is no base64");
    HG_TRY(parse(call, text, &document));
    *out = flow_json_of_document(call->eval->arena, &document);
    return HG_OK;
}

static enum hg_code element(const struct flow_call *call, const struct xml_node *node,
                            struct hg_json *out)
{
    struct hg_buf buf = flow_call_buf(call);
    hg_str text = {0};
    xml_node_write(&buf, node);
    HG_TRY(hg_buf_finish(&buf, &text, call->eval->err));
    return make_xml(call, text, out);
}

static enum hg_code nodes(const struct flow_call *call, const struct xml_node *first,
                          struct hg_json *out)
{
    struct hg_json array = hg_json_array();
    for (const struct xml_node *node = first; node != NULL; node = node->next) {
        struct hg_json value = hg_json_str(node->value);
        if (node->kind == XML_ELEMENT)
            HG_TRY(element(call, node, &value));
        hg_json_push(call->eval->arena, &array, value);
    }
    *out = array;
    return HG_OK;
}

enum hg_code flow_run_xpath(const struct flow_call *call, struct hg_json *out)
{
    struct xml_answer answer;
    struct hg_err err = {0};
    hg_str text;
    if (!flow_is_xml(&call->args[0]) || !text_arg(call, &text))
        return flow_call_refuse(call, 0, "to be an XML object");
    enum hg_code code = xml_path(call->eval->arena, text, flow_arg_str(call, 1), &answer, &err);
    if (code == HG_MALFORMED)
        return FLOW_FAIL(call,
                         "The template language function 'xpath' parameters are not valid: %s. "
                         "Please see https://aka.ms/logicexpressions#xpath for usage details.",
                         err.detail);
    if (code != HG_OK)
        return HG_FAIL(call->eval->err, code, "xpath: %s", err.detail);
    switch (answer.kind) {
    case XML_ANSWER_NODES:
        return nodes(call, answer.nodes, out);
    case XML_ANSWER_STRING:
        *out = hg_json_str(answer.string);
        break;
    case XML_ANSWER_NUMBER:
        *out = hg_json_double(answer.number);
        break;
    case XML_ANSWER_BOOL:
        *out = hg_json_bool(answer.boolean);
        break;
    }
    return HG_OK;
}

enum hg_code flow_run_encode_xml_value(const struct flow_call *call, struct hg_json *out)
{
    struct hg_buf buf = flow_call_buf(call);
    xml_escape(&buf, flow_arg_str(call, 0), true);
    return flow_call_text(call, &buf, out);
}

/* The character that "&name;" or "&#n;" at the front stands for, and its length; 0: none. */
static size_t entity_at(hg_str text, uint32_t *out)
{
    static const struct {
        hg_str name;
        uint32_t c;
    } names[] = {
        {HG_LIT("amp"), '&'},  {HG_LIT("lt"), '<'},    {HG_LIT("gt"), '>'},
        {HG_LIT("quot"), '"'}, {HG_LIT("apos"), '\''},
    };
    size_t end = hg_str_find_byte(hg_str_sub(text, 0, 12), ';');
    if (end == HG_NPOS)
        return 0;
    hg_str name = hg_str_sub(text, 1, end - 1);
    for (size_t i = 0; i < HG_COUNT(names); i++) {
        if (hg_str_eq(names[i].name, name)) {
            *out = names[i].c;
            return end + 1;
        }
    }
    uint64_t c;
    if (!hg_str_starts(name, HG_STR("#")) || !hg_str_u64(hg_str_from(name, 1), 0x10ffff, &c))
        return 0;
    *out = (uint32_t)c;
    return end + 1;
}

enum hg_code flow_run_decode_xml_value(const struct flow_call *call, struct hg_json *out)
{
    struct hg_buf buf = flow_call_buf(call);
    hg_str text = flow_arg_str(call, 0);
    for (size_t i = 0; i < text.len;) {
        char utf8[4];
        uint32_t c = 0;
        size_t length = text.ptr[i] == '&' ? entity_at(hg_str_from(text, i), &c) : 0;
        size_t n = length > 0 ? hg_utf8_encode(c, utf8) : 0;
        if (length > 0)
            hg_buf_str(&buf, (hg_str){utf8, n});
        else
            hg_buf_byte(&buf, text.ptr[i]);
        i += length > 0 ? length : 1;
    }
    return flow_call_text(call, &buf, out);
}

enum hg_code flow_run_encode_xml_name(const struct flow_call *call, struct hg_json *out)
{
    struct hg_buf buf = flow_call_buf(call);
    flow_xml_name_encode(&buf, flow_arg_str(call, 0));
    return flow_call_text(call, &buf, out);
}

enum hg_code flow_run_decode_xml_name(const struct flow_call *call, struct hg_json *out)
{
    struct hg_buf buf = flow_call_buf(call);
    flow_xml_name_decode(&buf, flow_arg_str(call, 0));
    return flow_call_text(call, &buf, out);
}
