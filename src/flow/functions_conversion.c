#include "base/base.h"
#include "flow/arithmetic_private.h"
#include "flow/decimal_private.h"
#include "flow/expression.h"
#include "flow/function_private.h"
#include "flow/number_private.h"
#include "flow/units_private.h"
#include "flow/value_private.h"
#include "text/casing.h"
#include "text/culture.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static enum hg_code cannot_parse(const struct flow_call *call)
{
    struct hg_buf buf = hg_buf_new(call->eval->arena, HG_MAX_EXPRESSION);
    flow_text_write(&buf, &call->args[0]);
    return FLOW_FAIL(call,
                     "The template language function '%.*s' was invoked with a parameter that is "
                     "not valid: Could not parse %.*s as %.*s. The value cannot be converted to "
                     "the target type. Please see https://aka.ms/logicexpressions#%.*s for usage "
                     "details.",
                     HG_ARG(call->function->name), HG_ARG(hg_buf_view(&buf)),
                     HG_ARG(call->function->name), HG_ARG(call->function->name));
}

/* The number in plain form: group separators left out, the point a point. */
static hg_str plain_number(struct hg_arena *arena, hg_str text, const struct text_culture *culture)
{
    struct hg_buf buf = hg_buf_new(arena, text.len);
    text = text_trim(text);
    bool after_point = false;
    while (text.len > 0) {
        if (hg_str_starts(text, culture->decimal)) {
            hg_buf_byte(&buf, '.');
            after_point = true;
            text = hg_str_from(text, culture->decimal.len);
        } else if (!after_point && culture->group.len > 0 && hg_str_starts(text, culture->group)) {
            text = hg_str_from(text, culture->group.len);
        } else if (hg_str_starts(text, culture->minus)) {
            hg_buf_byte(&buf, '-');
            text = hg_str_from(text, culture->minus.len);
        } else if (text.ptr[0] == '.') { /* a point that is neither: no number */
            return (hg_str){0};
        } else {
            hg_buf_byte(&buf, text.ptr[0]);
            text = hg_str_from(text, 1);
        }
    }
    return hg_buf_view(&buf);
}

static bool read_int(struct hg_arena *arena, hg_str text, int64_t *out)
{
    return hg_str_i64(plain_number(arena, text, &text_culture_invariant), out);
}

/* Names of what is not finite: any case in the invariant culture, as they are in others. */
static bool read_special(hg_str text, bool is_invariant, double *out)
{
    static const struct {
        hg_str name;
        double value;
    } specials[] = {
        {HG_LIT("NaN"), (double)NAN},
        {HG_LIT("Infinity"), (double)INFINITY},
        {HG_LIT("-Infinity"), -(double)INFINITY},
        {HG_LIT("\u221e"), (double)INFINITY},
        {HG_LIT("-\u221e"), -(double)INFINITY},
    };
    text = text_trim(text);
    for (size_t i = 0; i < HG_COUNT(specials); i++) {
        bool same = is_invariant ? i < 3 && hg_str_eq_nocase(text, specials[i].name)
                                 : (i == 0 || i >= 3) && hg_str_eq(text, specials[i].name);
        if (same) {
            *out = specials[i].value;
            return true;
        }
    }
    return false;
}

static bool read_float(struct hg_arena *arena, hg_str text, const struct text_culture *culture,
                       double *out)
{
    if (read_special(text, culture == &text_culture_invariant, out))
        return true;
    return flow_double_read(arena, plain_number(arena, text, culture), out);
}

static enum hg_code culture_arg(const struct flow_call *call, uint32_t i,
                                const struct text_culture **out)
{
    *out = &text_culture_invariant;
    return call->n_args > i ? flow_call_culture(call, i, out) : HG_OK;
}

static enum hg_code run_int(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    int64_t n = 0;
    struct hg_buf buf = hg_buf_new(call->eval->arena, HG_MAX_FLOW_TEXT);
    if (value->kind == HG_JSON_BOOL) {
        *out = hg_json_int(value->boolean ? 1 : 0);
        return HG_OK;
    }
    if (value->kind == HG_JSON_NULL || value->kind == HG_JSON_ARRAY ||
        value->kind == HG_JSON_OBJECT)
        return cannot_parse(call);
    flow_text_write(&buf, value);
    if (!read_int(call->eval->arena, hg_buf_view(&buf), &n))
        return cannot_parse(call);
    *out = hg_json_int(n);
    return HG_OK;
}

static enum hg_code run_float(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    const struct text_culture *culture;
    double number;
    HG_TRY(culture_arg(call, 1, &culture));
    if (flow_is_number(value))
        number = flow_number_double(value);
    else if (!flow_is(value, FLOW_KIND_STRING) ||
             !read_float(call->eval->arena, value->string, culture, &number))
        return cannot_parse(call);
    *out = hg_json_double(number);
    return HG_OK;
}

static enum hg_code run_decimal(const struct flow_call *call, struct hg_json *out)
{
    struct hg_arena *arena = call->eval->arena;
    const struct hg_json *value = &call->args[0];
    struct flow_decimal decimal;
    bool is_fine;
    if (flow_is_number(value))
        is_fine = flow_number_as(arena, value, FLOW_KIND_DECIMAL, out);
    else
        is_fine = flow_is(value, FLOW_KIND_STRING) &&
                  flow_decimal_read(plain_number(arena, value->string, &text_culture_invariant),
                                    &decimal);
    if (!is_fine)
        return cannot_parse(call);
    if (!flow_is_number(value))
        *out = flow_decimal_value(arena, &decimal);
    return HG_OK;
}

static bool read_bool(hg_str text, bool *out)
{
    text = text_trim(text);
    *out = hg_str_eq_nocase(text, HG_STR("true"));
    return *out || hg_str_eq_nocase(text, HG_STR("false"));
}

static enum hg_code run_bool(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    bool result = false;
    bool is_fine = true;
    if (value->kind == HG_JSON_BOOL)
        result = value->boolean;
    else if (flow_is_number(value))
        result = flow_number_double(value) != 0;
    else
        is_fine = flow_is(value, FLOW_KIND_STRING) && read_bool(value->string, &result);
    if (!is_fine)
        return cannot_parse(call);
    *out = hg_json_bool(result);
    return HG_OK;
}

static enum hg_code run_string(const struct flow_call *call, struct hg_json *out)
{
    struct hg_buf buf = flow_call_buf(call);
    if (flow_is(&call->args[0], FLOW_KIND_STRING)) {
        *out = call->args[0];
        return HG_OK;
    }
    flow_text_write(&buf, &call->args[0]);
    return flow_call_text(call, &buf, out);
}

static enum hg_code run_create_array(const struct flow_call *call, struct hg_json *out)
{
    struct hg_json array = flow_array_of(call->eval->arena, call->n_args);
    for (uint32_t i = 0; i < call->n_args; i++)
        hg_json_push(call->eval->arena, &array, call->args[i]);
    *out = array;
    return HG_OK;
}

static enum hg_code run_array(const struct flow_call *call, struct hg_json *out)
{
    if (call->args[0].kind != HG_JSON_ARRAY)
        return run_create_array(call, out);
    *out = call->args[0];
    return HG_OK;
}

static enum hg_code refuse_json(const struct flow_call *call, hg_str text, const char *why)
{
    return FLOW_FAIL(call,
                     "The template language function 'json' parameter is not valid. The provided "
                     "value '%.*s' cannot be parsed: '%s'. Please see "
                     "https://aka.ms/logicexpressions#json for usage details.",
                     HG_ARG(flow_units_sub(text, 0, 256)), why);
}

static enum hg_code parse_json(const struct flow_call *call, hg_str text, struct hg_json *out)
{
    static const struct hg_json_limits limits = {.depth = HG_MAX_FLOW_DEPTH,
                                                 .members = 10 * HG_MAX_FLOW_ITEMS};
    struct flow_eval *eval = call->eval;
    struct hg_err err = {0};
    enum hg_code code = hg_json_parse(eval->arena, text, HG_JSON_LAST_WINS, &limits, out, &err);
    if (code == HG_MALFORMED)
        return refuse_json(call, text, err.detail);
    if (code != HG_OK)
        return HG_FAIL(eval->err, code, "json(): %s", err.detail);
    return HG_OK;
}

static enum hg_code run_json(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *value = &call->args[0];
    hg_str bytes;
    if (flow_is(value, FLOW_KIND_STRING))
        return parse_json(call, value->string, out);
    if (flow_is_xml(value))
        return flow_json_of_xml(call, out);
    if (flow_content_bytes(call->eval->arena, value, &bytes)) {
        struct hg_buf buf = flow_call_buf(call);
        struct hg_json text;
        flow_bytes_write(&buf, bytes);
        HG_TRY(flow_call_text(call, &buf, &text));
        return parse_json(call, text.string, out);
    }
    if (value->kind != HG_JSON_OBJECT && value->kind != HG_JSON_ARRAY)
        return flow_call_refuse(call, 0, "to be a string or an XML object");
    *out = *value;
    return HG_OK;
}

static enum hg_code run_is_int(const struct flow_call *call, struct hg_json *out)
{
    int64_t n;
    *out = hg_json_bool(read_int(call->eval->arena, flow_arg_str(call, 0), &n));
    return HG_OK;
}

static enum hg_code run_is_float(const struct flow_call *call, struct hg_json *out)
{
    const struct text_culture *culture;
    double number;
    HG_TRY(culture_arg(call, 1, &culture));
    *out = hg_json_bool(read_float(call->eval->arena, flow_arg_str(call, 0), culture, &number));
    return HG_OK;
}

// clang-format off
static const struct flow_function rows[] = {
    {HG_LIT("array"), 1, 1, run_array, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("base64"), 1, 1, flow_run_base64, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("base64ToBinary"), 1, 1, flow_run_base64_to_binary, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("base64ToString"), 1, 1, flow_run_base64_to_string, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("binary"), 1, 1, flow_run_binary, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("bool"), 1, 1, run_bool, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("createArray"), 1, FLOW_ANY_ARGS, run_create_array, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("dataUri"), 1, 1, flow_run_data_uri, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("dataUriToBinary"), 1, 1, flow_run_data_uri_to_binary, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("dataUriToString"), 1, 1, flow_run_data_uri_to_string, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("decimal"), 1, 1, run_decimal, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("decodeBase64"), 1, 1, flow_run_base64_to_string, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("decodeDataUri"), 1, 1, flow_run_data_uri_to_binary, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("decodeUriComponent"), 1, 1, flow_run_uri_component_to_string, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("encodeUriComponent"), 1, 1, flow_run_uri_component, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("float"), 1, 2, run_float, {FLOW_ARG_ANY, FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("int"), 1, 1, run_int, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("isFloat"), 1, 2, run_is_float, {FLOW_ARG_STRING, FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("isInt"), 1, 1, run_is_int, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("json"), 1, 1, run_json, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("string"), 1, 1, run_string, {FLOW_ARG_ANY}, 0, 0},
    {HG_LIT("uriComponent"), 1, 1, flow_run_uri_component, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("uriComponentToBinary"), 1, 1, flow_run_uri_component_to_binary, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("uriComponentToString"), 1, 1, flow_run_uri_component_to_string, {FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("xml"), 1, 1, flow_run_xml, {FLOW_ARG_ANY}, 0, 0},
};
// clang-format on

const struct flow_function_group flow_functions_conversion = {HG_LIT("conversion"), rows,
                                                              HG_COUNT(rows)};
