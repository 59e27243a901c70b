#include "base/base.h"
#include "flow/function_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* base64, data URIs and percent encoding. Bytes that are no text travel as content
 * objects. */
static const hg_str octets = HG_LIT("application/octet-stream");

static enum hg_code make_content(const struct flow_call *call, hg_str type, hg_str bytes,
                                 struct hg_json *out)
{
    struct hg_json content = flow_content_make(call->eval->arena, type, bytes);
    if (content.object.n != 2)
        return HG_FAIL(call->eval->err, HG_NO_MEMORY, "content");
    *out = content;
    return HG_OK;
}

static enum hg_code make_text(const struct flow_call *call, hg_str bytes, struct hg_json *out)
{
    struct hg_buf buf = flow_call_buf(call);
    flow_bytes_write(&buf, bytes);
    return flow_call_text(call, &buf, out);
}

/* The bytes of a string or of a content object. */
static enum hg_code bytes_arg(const struct flow_call *call, hg_str *out)
{
    if (flow_is(&call->args[0], FLOW_KIND_STRING)) {
        *out = flow_arg_str(call, 0);
        return HG_OK;
    }
    if (flow_content_bytes(call->eval->arena, &call->args[0], out))
        return HG_OK;
    return flow_call_refuse(call, 0, "to be of type string");
}

enum hg_code flow_run_base64(const struct flow_call *call, struct hg_json *out)
{
    hg_str bytes = {0};
    HG_TRY(bytes_arg(call, &bytes));
    *out = hg_json_str(hg_b64_encode(call->eval->arena, bytes));
    return HG_OK;
}

enum hg_code flow_run_binary(const struct flow_call *call, struct hg_json *out)
{
    hg_str bytes = {0};
    HG_TRY(bytes_arg(call, &bytes));
    if (call->args[0].kind == HG_JSON_STRING)
        return make_content(call, octets, bytes, out);
    *out = call->args[0];
    return HG_OK;
}

/* White space between the characters is passed over, as .NET does. */
static enum hg_code decode_base64(const struct flow_call *call, hg_str text, hg_str *out)
{
    struct hg_buf buf = hg_buf_new(call->eval->arena, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (hg_str_find_byte(HG_STR(" \t\r\n"), text.ptr[i]) == HG_NPOS)
            hg_buf_byte(&buf, text.ptr[i]);
    struct hg_err err = {0};
    enum hg_code code = hg_b64_decode(call->eval->arena, hg_buf_view(&buf), out, &err);
    if (code == HG_OK || code == HG_NO_MEMORY)
        return code;
    return FLOW_FAIL(call,
                     "The template language function '%.*s' was invoked with a parameter that is "
                     "not valid. The value cannot be decoded from base64 representation. Please "
                     "see https://aka.ms/logicexpressions#%.*s for usage details.",
                     HG_ARG(call->function->name), HG_ARG(call->function->name));
}

enum hg_code flow_run_base64_to_string(const struct flow_call *call, struct hg_json *out)
{
    hg_str bytes = {0};
    HG_TRY(decode_base64(call, flow_arg_str(call, 0), &bytes));
    return make_text(call, bytes, out);
}

enum hg_code flow_run_base64_to_binary(const struct flow_call *call, struct hg_json *out)
{
    hg_str bytes = {0};
    HG_TRY(decode_base64(call, flow_arg_str(call, 0), &bytes));
    return make_content(call, octets, bytes, out);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* "%41" is 'A'; a '%' that begins no escape stays. */
static hg_str percent_decode(const struct flow_call *call, hg_str text, bool plus_is_blank)
{
    struct hg_buf buf = hg_buf_new(call->eval->arena, text.len);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_escape = c == '%' && i + 2 < text.len && hex_value(text.ptr[i + 1]) >= 0 &&
                         hex_value(text.ptr[i + 2]) >= 0;
        if (is_escape) {
            hg_buf_byte(&buf, (char)(hex_value(text.ptr[i + 1]) << 4 | hex_value(text.ptr[i + 2])));
            i += 2;
        } else {
            hg_buf_byte(&buf, c == '+' && plus_is_blank ? ' ' : c);
        }
    }
    return hg_buf_view(&buf);
}

enum hg_code flow_run_uri_component(const struct flow_call *call, struct hg_json *out)
{
    struct hg_buf buf = flow_call_buf(call);
    hg_buf_percent(&buf, flow_arg_str(call, 0));
    return flow_call_text(call, &buf, out);
}

enum hg_code flow_run_uri_component_to_string(const struct flow_call *call, struct hg_json *out)
{
    return make_text(call, percent_decode(call, flow_arg_str(call, 0), true), out);
}

enum hg_code flow_run_uri_component_to_binary(const struct flow_call *call, struct hg_json *out)
{
    return make_content(call, octets, percent_decode(call, flow_arg_str(call, 0), true), out);
}

enum hg_code flow_run_data_uri(const struct flow_call *call, struct hg_json *out)
{
    hg_str bytes = {0};
    hg_str type = HG_STR("text/plain;charset=utf-8");
    HG_TRY(bytes_arg(call, &bytes));
    if (call->args[0].kind == HG_JSON_OBJECT)
        type = hg_json_str_or(hg_json_get(&call->args[0], "$content-type"), type);
    struct hg_buf buf = flow_call_buf(call);
    hg_buf_z(&buf, "data:");
    hg_buf_str(&buf, type);
    hg_buf_z(&buf, ";base64,");
    hg_buf_str(&buf, hg_b64_encode(call->eval->arena, bytes));
    return flow_call_text(call, &buf, out);
}

/* data:[type][;parameter…][;base64],data: the parameters in any order (RFC 2397). */
static enum hg_code read_data_uri(const struct flow_call *call, hg_str *type, hg_str *bytes)
{
    hg_str text = flow_arg_str(call, 0);
    hg_str head;
    hg_str data;
    if (!hg_str_starts_nocase(text, HG_STR("data:")) ||
        !hg_str_cut(hg_str_from(text, 5), ',', &head, &data))
        return FLOW_FAIL(call,
                         "The template language function '%.*s' was invoked with a parameter that "
                         "is not valid. The value is not a data URI. Please see "
                         "https://aka.ms/logicexpressions#%.*s for usage details.",
                         HG_ARG(call->function->name), HG_ARG(call->function->name));
    struct hg_buf buf = flow_call_buf(call);
    bool is_base64 = false;
    hg_str part;
    if (head.len == 0 || head.ptr[0] == ';')
        hg_buf_z(&buf, "text/plain");
    while (hg_str_field(&head, ';', &part)) {
        if (hg_str_eq_nocase(part, HG_STR("base64"))) {
            is_base64 = true;
            continue;
        }
        if (buf.len > 0)
            hg_buf_byte(&buf, ';');
        hg_buf_str(&buf, part);
    }
    *type = hg_buf_view(&buf);
    data = percent_decode(call, data, false);
    *bytes = data;
    return is_base64 ? decode_base64(call, data, bytes) : HG_OK;
}

enum hg_code flow_run_data_uri_to_string(const struct flow_call *call, struct hg_json *out)
{
    hg_str type = {0};
    hg_str bytes = {0};
    HG_TRY(read_data_uri(call, &type, &bytes));
    return make_text(call, bytes, out);
}

enum hg_code flow_run_data_uri_to_binary(const struct flow_call *call, struct hg_json *out)
{
    hg_str type = {0};
    hg_str bytes = {0};
    HG_TRY(read_data_uri(call, &type, &bytes));
    return make_content(call, type, bytes, out);
}
