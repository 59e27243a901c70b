#include "base/base.h"
#include "flow/expression.h"
#include "flow/function_private.h"
#include "flow/search_private.h"
#include "flow/units_private.h"
#include "flow/value_private.h"
#include "text/casing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static enum hg_code run_concat(const struct flow_call *call, struct hg_json *out)
{
    struct hg_buf buf = flow_call_buf(call);
    for (uint32_t i = 0; i < call->n_args; i++)
        flow_text_write(&buf, &call->args[i]);
    return flow_call_text(call, &buf, out);
}

static enum hg_code run_substring(const struct flow_call *call, struct hg_json *out)
{
    hg_str text = flow_arg_str(call, 0);
    int64_t length = (int64_t)hg_utf16_length(text);
    int64_t start = call->args[1].integer;
    int64_t n = call->n_args == 3 ? call->args[2].integer : length - start;
    if (start < 0 || start > length || n < 0 || n > length - start)
        return FLOW_FAIL(call,
                         "The template language function 'substring' parameters are out of range: "
                         "'start index' and 'length' must be non-negative integers and their sum "
                         "must be no larger than the length of the string. Please see "
                         "https://aka.ms/logicexpressions#substring for usage details.");
    *out = hg_json_str(flow_units_sub(text, start, n));
    return HG_OK;
}

/* A negative place counts from the end; all are clipped to the text. */
static int64_t slice_place(int64_t place, int64_t length)
{
    if (place < 0)
        place = place < -length ? 0 : place + length;
    return place > length ? length : place;
}

static enum hg_code run_slice(const struct flow_call *call, struct hg_json *out)
{
    hg_str text = flow_arg_str(call, 0);
    int64_t length = (int64_t)hg_utf16_length(text);
    int64_t start = slice_place(call->args[1].integer, length);
    int64_t end = call->n_args == 3 ? slice_place(call->args[2].integer, length) : length;
    *out = hg_json_str(flow_units_sub(text, start, end > start ? end - start : 0));
    return HG_OK;
}

static enum hg_code run_replace(const struct flow_call *call, struct hg_json *out)
{
    hg_str rest = flow_arg_str(call, 0);
    hg_str old = flow_arg_str(call, 1);
    if (old.len == 0)
        return FLOW_FAIL(call, "The template language function 'replace' failed: String cannot be "
                               "of zero length. (Parameter 'oldValue')");
    struct hg_buf buf = flow_call_buf(call);
    size_t at = hg_str_find(rest, old);
    for (; at != HG_NPOS; at = hg_str_find(rest, old)) {
        hg_buf_str(&buf, hg_str_sub(rest, 0, at));
        hg_buf_str(&buf, flow_arg_str(call, 2));
        rest = hg_str_from(rest, at + old.len);
    }
    hg_buf_str(&buf, rest);
    return flow_call_text(call, &buf, out);
}

static enum hg_code run_to_lower(const struct flow_call *call, struct hg_json *out)
{
    hg_str lower;
    HG_TRY(text_to_lower(call->eval->arena, flow_arg_str(call, 0), &lower, call->eval->err));
    *out = hg_json_str(lower);
    return HG_OK;
}

static enum hg_code run_to_upper(const struct flow_call *call, struct hg_json *out)
{
    hg_str upper;
    HG_TRY(text_to_upper(call->eval->arena, flow_arg_str(call, 0), &upper, call->eval->err));
    *out = hg_json_str(upper);
    return HG_OK;
}

static enum hg_code run_trim(const struct flow_call *call, struct hg_json *out)
{
    if (!flow_is(&call->args[0], FLOW_KIND_STRING))
        return FLOW_FAIL(call,
                         "The parameters of the template language function 'trim' are not valid: "
                         "it expects a string. The provided value is of type '%.*s'. Please see "
                         "https://aka.ms/logicexpressions#trim for usage details.",
                         HG_ARG(flow_value_kind_name(&call->args[0])));
    *out = hg_json_str(text_trim(flow_arg_str(call, 0)));
    return HG_OK;
}

static enum hg_code run_split(const struct flow_call *call, struct hg_json *out)
{
    hg_str rest = flow_arg_str(call, 0);
    hg_str separator = flow_arg_str(call, 1);
    struct hg_json parts = hg_json_array();
    size_t at = separator.len == 0 ? HG_NPOS : hg_str_find(rest, separator);
    while (at != HG_NPOS) {
        hg_json_push(call->eval->arena, &parts, hg_json_str(hg_str_sub(rest, 0, at)));
        rest = hg_str_from(rest, at + separator.len);
        at = hg_str_find(rest, separator);
    }
    hg_json_push(call->eval->arena, &parts, hg_json_str(rest));
    *out = parts;
    return HG_OK;
}

/* Both texts in one case. Upper case keeps the number of UTF-16 units, so places in
 * the folded text are places in the text. */
static enum hg_code fold_both(const struct flow_call *call, hg_str *text, hg_str *part)
{
    struct flow_eval *eval = call->eval;
    HG_TRY(text_to_upper(eval->arena, flow_arg_str(call, 0), text, eval->err));
    return text_to_upper(eval->arena, flow_arg_str(call, 1), part, eval->err);
}

static enum hg_code search(const struct flow_call *call, struct flow_search *out)
{
    hg_str text;
    hg_str part;
    HG_TRY(fold_both(call, &text, &part));
    if (!flow_search_start(call->eval->arena, text, part, out))
        return HG_FAIL(call->eval->err, HG_NO_MEMORY, "search");
    return HG_OK;
}

static struct hg_json place_of(const struct flow_search *search, size_t at)
{
    if (at == HG_NPOS)
        return hg_json_int(-1);
    return hg_json_int((int64_t)hg_utf16_length(hg_str_sub(search->text, 0, at)));
}

static enum hg_code run_index_of(const struct flow_call *call, struct hg_json *out)
{
    struct flow_search places;
    if (flow_arg_str(call, 1).len == 0) {
        *out = hg_json_int(0);
        return HG_OK;
    }
    HG_TRY(search(call, &places));
    *out = place_of(&places, flow_search_next(&places));
    return HG_OK;
}

static enum hg_code run_last_index_of(const struct flow_call *call, struct hg_json *out)
{
    struct flow_search places;
    if (flow_arg_str(call, 1).len == 0) {
        *out = hg_json_int((int64_t)hg_utf16_length(flow_arg_str(call, 0)));
        return HG_OK;
    }
    HG_TRY(search(call, &places));
    size_t last = HG_NPOS;
    for (size_t at = flow_search_next(&places); at != HG_NPOS; at = flow_search_next(&places))
        last = at;
    *out = place_of(&places, last);
    return HG_OK;
}

static int64_t count_places(struct flow_search search)
{
    int64_t n = 0;
    while (flow_search_next(&search) != HG_NPOS)
        n++;
    return n;
}

static enum hg_code run_nth_index_of(const struct flow_call *call, struct hg_json *out)
{
    int64_t nth = call->args[2].integer;
    struct flow_search places;
    if (nth == 0)
        return flow_call_refuse(call, 2, "to be an integer other than zero");
    if (flow_arg_str(call, 1).len == 0) {
        *out = hg_json_int(-1);
        return HG_OK;
    }
    HG_TRY(search(call, &places));
    if (nth < 0)
        nth += count_places(places) + 1;
    size_t at = nth > 0 ? flow_search_next(&places) : HG_NPOS;
    for (int64_t i = 1; i < nth && at != HG_NPOS; i++)
        at = flow_search_next(&places);
    *out = place_of(&places, at);
    return HG_OK;
}

static enum hg_code run_starts_with(const struct flow_call *call, struct hg_json *out)
{
    *out = hg_json_bool(text_starts_nocase(flow_arg_str(call, 0), flow_arg_str(call, 1)));
    return HG_OK;
}

static enum hg_code run_ends_with(const struct flow_call *call, struct hg_json *out)
{
    hg_str text;
    hg_str part;
    HG_TRY(fold_both(call, &text, &part));
    *out = hg_json_bool(hg_str_ends(text, part));
    return HG_OK;
}

static enum hg_code run_length(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    *out = hg_json_int(value->kind == HG_JSON_ARRAY ? (int64_t)value->array.n
                                                    : (int64_t)hg_utf16_length(value->string));
    return HG_OK;
}

static enum hg_code run_utf8_length(const struct flow_call *call, struct hg_json *out)
{
    *out = hg_json_int((int64_t)flow_arg_str(call, 0).len);
    return HG_OK;
}

static enum hg_code run_trim_bom(const struct flow_call *call, struct hg_json *out)
{
    hg_str text = flow_arg_str(call, 0);
    *out = hg_json_str(hg_str_starts(text, HG_STR("\xef\xbb\xbf")) ? hg_str_from(text, 3) : text);
    return HG_OK;
}

static void write_guid_x(struct hg_buf *buf, hg_str plain)
{
    hg_buf_format(buf, "{0x%.8s,0x%.4s,0x%.4s,{", plain.ptr, plain.ptr + 9, plain.ptr + 14);
    hg_str last = hg_str_format(buf->arena, "%.4s%.12s", plain.ptr + 19, plain.ptr + 24);
    for (size_t i = 0; i + 1 < last.len; i += 2)
        hg_buf_format(buf, "%s0x%.2s", i == 0 ? "" : ",", last.ptr + i);
    hg_buf_z(buf, "}}");
}

/* .NET: D (default), N without hyphens, B in braces, P in parentheses, X in hexadecimal. */
static enum hg_code run_guid(const struct flow_call *call, struct hg_json *out)
{
    hg_str format = call->n_args == 1 ? flow_arg_str(call, 0) : HG_STR("D");
    if (call->eval->scope->random == NULL)
        return FLOW_FAIL(call, "The template function 'guid' is not available here.");
    char letter = format.len == 1 ? (char)text_upper((unsigned char)format.ptr[0]) : '?';
    struct hg_buf buf = flow_call_buf(call);
    hg_str plain = hg_uuid_v4(call->eval->arena, call->eval->scope->random);
    if (hg_arena_exhausted(call->eval->arena))
        return HG_FAIL(call->eval->err, HG_NO_MEMORY, "guid");
    switch (letter) {
    case 'D':
        hg_buf_str(&buf, plain);
        break;
    case 'N':
        for (size_t i = 0; i < plain.len; i++)
            if (plain.ptr[i] != '-')
                hg_buf_byte(&buf, plain.ptr[i]);
        break;
    case 'B':
    case 'P':
        hg_buf_format(&buf, letter == 'B' ? "{%.*s}" : "(%.*s)", HG_ARG(plain));
        break;
    case 'X':
        write_guid_x(&buf, plain);
        break;
    default:
        return FLOW_FAIL(call,
                         "The template language function 'guid' expects its format to be one of "
                         "'D', 'N', 'B', 'P' and 'X'. The provided value is '%.*s'.",
                         HG_ARG(format));
    }
    return flow_call_text(call, &buf, out);
}

#define STRINGS2 {FLOW_ARG_STRING, FLOW_ARG_STRING}

// clang-format off
static const struct flow_function rows[] = {
    {HG_LIT("concat"), 1, FLOW_ANY_ARGS, run_concat, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("decodeXmlName"), 1, 1, flow_run_decode_xml_name, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("decodeXmlValue"), 1, 1, flow_run_decode_xml_value, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("encodeXmlName"), 1, 1, flow_run_encode_xml_name, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("encodeXmlValue"), 1, 1, flow_run_encode_xml_value, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("endsWith"), 2, 2, run_ends_with, STRINGS2, 0, 0},
    {HG_LIT("formatNumber"), 2, 3, flow_run_format_number, {FLOW_ARG_NUMBER, FLOW_ARG_STRING, FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("guid"), 0, 1, run_guid, {FLOW_ARG_STRING}, FLOW_IS_DYNAMIC, 0},
    {HG_LIT("indexOf"), 2, 2, run_index_of, STRINGS2, 0, 0},
    {HG_LIT("lastIndexOf"), 2, 2, run_last_index_of, STRINGS2, 0, 0},
    {HG_LIT("length"), 1, 1, run_length, {FLOW_ARG_LIST}, 0, 0},
    {HG_LIT("nthIndexOf"), 3, 3, run_nth_index_of, {FLOW_ARG_STRING, FLOW_ARG_STRING, FLOW_ARG_INT}, 0, 0},
    {HG_LIT("replace"), 3, 3, run_replace, {FLOW_ARG_STRING, FLOW_ARG_STRING, FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("slice"), 2, 3, run_slice, {FLOW_ARG_STRING, FLOW_ARG_INT, FLOW_ARG_INT}, 0, 0},
    {HG_LIT("split"), 2, 2, run_split, STRINGS2, 0, 0},
    {HG_LIT("startsWith"), 2, 2, run_starts_with, STRINGS2, 0, 0},
    {HG_LIT("substring"), 2, 3, run_substring, {FLOW_ARG_STRING, FLOW_ARG_INT, FLOW_ARG_INT}, 0, 0},
    {HG_LIT("toLower"), 1, 1, run_to_lower, {FLOW_ARG_TEXT}, 0, 0},
    {HG_LIT("toUpper"), 1, 1, run_to_upper, {FLOW_ARG_TEXT}, 0, 0},
    {HG_LIT("trim"), 1, 1, run_trim, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("trimByteOrderMark"), 1, 1, run_trim_bom, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("utf16Length"), 1, 1, run_length, {FLOW_ARG_TEXT}, 0, 0},
    {HG_LIT("utf8Length"), 1, 1, run_utf8_length, {FLOW_ARG_TEXT}, 0, 0},
};
// clang-format on

const struct flow_function_group flow_functions_string = {HG_LIT("string"), rows, HG_COUNT(rows)};
