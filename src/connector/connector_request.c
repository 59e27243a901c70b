#include "base/base.h"
#include "connector/connector.h"
#include "connector/connector_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- faults --- */

bool connector_refuse(struct connector_building *building, const char *code, hg_str parameter,
                      hg_str message)
{
    *building->fault = (struct connector_fault){
        .severity = CONNECTOR_ERROR,
        .code = hg_str_of(code),
        .path = connector_pointer(building->arena, "", parameter),
        .message = message,
    };
    return false;
}

bool connector_refuse_missing(struct connector_building *building, hg_str parameter)
{
    return connector_refuse(
        building, "WorkflowOperationParametersMissingProperty", parameter,
        hg_str_format(building->arena,
                      "The API operation '%.*s' is missing required property '%.*s'.",
                      HG_ARG(building->operation), HG_ARG(parameter)));
}

bool connector_refuse_empty(struct connector_building *building, hg_str parameter)
{
    return connector_refuse(
        building, "WorkflowOperationParametersRuntimeMissingValue", parameter,
        hg_str_format(building->arena,
                      "The resolved string values for the following parameters of the API "
                      "operation '%.*s' are invalid, they may not be null or empty: '%.*s'",
                      HG_ARG(building->operation), HG_ARG(parameter)));
}

static bool refuse_type(struct connector_building *building,
                        const struct connector_parameter *parameter, enum hg_json_kind kind)
{
    return connector_refuse(
        building, "WorkflowRunActionInputsInvalidProperty", parameter->name,
        hg_str_format(building->arena,
                      "The parameter '%.*s' of the API operation '%.*s' must be of type '%.*s'; "
                      "the value is of type '%s'.",
                      HG_ARG(parameter->name), HG_ARG(building->operation), HG_ARG(parameter->type),
                      hg_json_kind_name(kind)));
}

/* --- text of values --- */

/* A double that is a whole number and exact as one. */
static bool is_whole_double(const struct hg_json *value)
{
    return value->kind == HG_JSON_DOUBLE && value->number > -9e15 && value->number < 9e15 &&
           (double)(int64_t)value->number == value->number;
}

static bool is_whole(const struct hg_json *value)
{
    int64_t n;
    if (value->kind == HG_JSON_STRING)
        return hg_str_i64(value->string, &n);
    return value->kind == HG_JSON_INT || is_whole_double(value);
}

static bool is_boolean(const struct hg_json *value)
{
    return value->kind == HG_JSON_BOOL ||
           (value->kind == HG_JSON_STRING && (hg_str_eq_nocase(value->string, HG_STR("true")) ||
                                              hg_str_eq_nocase(value->string, HG_STR("false"))));
}

bool connector_value_text(struct hg_arena *arena, const struct hg_json *value, hg_str type,
                          hg_str *out)
{
    bool is_text = value->kind == HG_JSON_STRING;
    if (hg_str_eq(type, HG_STR("integer")) && !is_whole(value))
        return false;
    if (hg_str_eq(type, HG_STR("boolean")) && !is_boolean(value))
        return false;
    if (hg_str_eq(type, HG_STR("number")) && !is_text && value->kind != HG_JSON_INT &&
        value->kind != HG_JSON_DOUBLE)
        return false;
    if (is_whole_double(value)) {
        *out = hg_str_format(arena, "%lld", (long long)value->number);
        return true;
    }
    if (is_text)
        *out = value->string;
    else if (hg_json_render(arena, value, out, NULL) != HG_OK)
        *out = HG_STR("");
    return true;
}

/* --- where values go --- */

void connector_pair_put(struct hg_buf *buf, hg_str name, hg_str value)
{
    hg_buf_byte(buf, '&');
    hg_buf_percent(buf, name);
    hg_buf_byte(buf, '=');
    hg_buf_percent(buf, value);
}

bool connector_header_put(struct connector_building *building, hg_str name, hg_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c < 0x20 || c == 0x7f)
            return connector_refuse(
                building, "WorkflowRunActionInputsInvalidProperty", name,
                hg_str_format(building->arena,
                              "The header '%.*s' of operation '%.*s' holds a control character.",
                              HG_ARG(name), HG_ARG(building->operation)));
    }
    hg_json_set(building->arena, &building->out->headers, name, hg_json_str(value));
    return true;
}

static bool put_single(struct connector_building *building,
                       const struct connector_parameter *parameter, hg_str text)
{
    if (parameter->place == CONNECTOR_IN_QUERY)
        connector_pair_put(&building->query, parameter->name, text);
    else if (parameter->place == CONNECTOR_IN_FORM)
        connector_pair_put(&building->form, parameter->name, text);
    else
        return connector_header_put(building, parameter->name, text);
    return true;
}

/* An array as one text, or once for each item. */
static bool put_array(struct connector_building *building,
                      const struct connector_parameter *parameter, const struct hg_json *array)
{
    static const char separators[] = {',', ' ', '\t', '|', '\0'};
    struct hg_buf joined = hg_buf_new(building->arena, HG_MAX_RESPONSE);
    hg_str item_type = hg_json_str_or(hg_json_path(parameter->source, "items.type"), HG_STR(""));
    for (size_t i = 0; i < hg_json_count(array); i++) {
        hg_str text;
        if (!connector_value_text(building->arena, hg_json_item(array, i), item_type, &text))
            return refuse_type(building, parameter, hg_json_item(array, i)->kind);
        if (parameter->collection != CONNECTOR_MULTI && i > 0)
            hg_buf_byte(&joined, separators[parameter->collection]);
        if (parameter->collection != CONNECTOR_MULTI)
            hg_buf_str(&joined, text);
        else if (!put_single(building, parameter, text))
            return false;
    }
    return parameter->collection == CONNECTOR_MULTI ||
           put_single(building, parameter, hg_buf_view(&joined));
}

static bool put_value(struct connector_building *building,
                      const struct connector_parameter *parameter, const struct hg_json *value)
{
    hg_str text;
    HG_ASSERT(value != NULL);
    if (hg_json_is(value, HG_JSON_ARRAY))
        return put_array(building, parameter, value);
    if (!connector_value_text(building->arena, value, parameter->type, &text))
        return refuse_type(building, parameter, value->kind);
    return put_single(building, parameter, text);
}

static const struct hg_json *value_of(const struct connector_parameter *parameter,
                                      const struct hg_json *arguments)
{
    const struct hg_json *value = hg_json_get_str(arguments, parameter->name);
    if (value == NULL && connector_default_applies(parameter->source, parameter->required))
        return parameter->default_value;
    return value;
}

static bool put_body(struct connector_building *building, const struct connector_call *call,
                     const struct connector_parameter *parameter)
{
    struct hg_json body;
    bool has;
    hg_str format = hg_json_str_or(hg_json_get(parameter->schema, "format"), HG_STR(""));
    if (!connector_body_build(building, call, parameter, &body, &has))
        return false;
    return !has || connector_body_put(building, &body, hg_str_eq(format, HG_STR("binary")));
}

static bool put_parameter(struct connector_building *building, const struct connector_call *call,
                          const struct connector_parameter *parameter)
{
    if (parameter->place == CONNECTOR_IN_BODY)
        return put_body(building, call, parameter);
    if (parameter->place == CONNECTOR_IN_PATH)
        return true; /* in the order of the path */
    const struct hg_json *value = value_of(parameter, call->arguments);
    if (value == NULL && parameter->required)
        return connector_refuse_missing(building, parameter->name);
    if (hg_json_is_null(value))
        return !parameter->required || connector_refuse_empty(building, parameter->name);
    return put_value(building, parameter, value);
}

/* --- the path --- */

/* A value that would lead the request to another operation. */
static bool refuse_path(struct connector_building *building, hg_str parameter)
{
    return connector_refuse(
        building, "WorkflowRunActionInputsInvalidProperty", parameter,
        hg_str_format(building->arena,
                      "The path of operation '%.*s' begins without '/', holds a blank or a control "
                      "character, or a step '.' or '..'.",
                      HG_ARG(building->operation)));
}

static bool put_segment(struct connector_building *building,
                        const struct connector_parameter *parameter,
                        const struct hg_json *arguments)
{
    const struct hg_json *value = value_of(parameter, arguments);
    hg_str text = {0};
    if (value == NULL)
        return connector_refuse_missing(building, parameter->name);
    if (!hg_json_is_null(value) &&
        !connector_value_text(building->arena, value, parameter->type, &text))
        return refuse_type(building, parameter, value->kind);
    if (text.len == 0)
        return connector_refuse_empty(building, parameter->name);
    if (hg_str_eq(text, HG_STR(".")) || hg_str_eq(text, HG_STR("..")))
        return refuse_path(building, parameter->name);
    if (parameter->encode_twice) {
        struct hg_buf once = hg_buf_new(building->arena, HG_MAX_TARGET);
        hg_buf_percent(&once, text);
        text = hg_buf_view(&once);
    }
    hg_buf_percent(&building->target, text);
    return true;
}

static const struct connector_parameter *segment_of(const struct connector_operation *operation,
                                                    hg_str name)
{
    for (size_t i = 0; i < operation->n_parameters; i++) {
        if (operation->parameters[i].place == CONNECTOR_IN_PATH &&
            hg_str_eq(operation->parameters[i].name, name))
            return &operation->parameters[i];
    }
    return NULL;
}

static bool put_path(struct connector_building *building,
                     const struct connector_operation *operation, const struct hg_json *arguments)
{
    hg_str rest = operation->path;
    hg_str before;
    hg_str name;
    while (hg_str_cut(rest, '{', &before, &rest)) {
        (void)hg_str_cut(rest, '}', &name, &rest);
        hg_buf_str(&building->target, before);
        const struct connector_parameter *parameter = segment_of(operation, name);
        if (parameter == NULL)
            return connector_refuse_missing(building, name);
        if (!put_segment(building, parameter, arguments))
            return false;
    }
    hg_buf_str(&building->target, before);
    return true;
}

/* --- the whole --- */

static bool refuse_unknown(struct connector_building *building,
                           const struct connector_operation *operation,
                           const struct hg_json *arguments)
{
    for (size_t i = 0; i < hg_json_count(arguments); i++) {
        hg_str rest;
        hg_str name = arguments->object.members[i].name;
        if (connector_parameter_of(operation, name, &rest) == NULL)
            return connector_refuse(
                building, "WorkflowOperationParametersExtraParameter", name,
                hg_str_format(building->arena,
                              "The API operation '%.*s' does not contain a definition for "
                              "parameter '%.*s'.",
                              HG_ARG(operation->id), HG_ARG(name)));
    }
    return true;
}

static struct connector_building building_new(struct hg_arena *arena, hg_str operation,
                                              struct connector_request *out,
                                              struct connector_fault *fault)
{
    return (struct connector_building){
        .arena = arena,
        .operation = operation,
        .fault = fault,
        .target = hg_buf_new(arena, HG_MAX_TARGET),
        .query = hg_buf_new(arena, HG_MAX_TARGET),
        .form = hg_buf_new(arena, HG_MAX_RESPONSE),
        .out = out,
    };
}

static bool finish(struct connector_building *building, hg_str method)
{
    hg_str path;
    hg_str query;
    hg_str form;
    if (hg_buf_finish(&building->target, &path, NULL) != HG_OK ||
        hg_buf_finish(&building->query, &query, NULL) != HG_OK ||
        hg_buf_finish(&building->form, &form, NULL) != HG_OK)
        return connector_refuse(building, "WorkflowRunActionInputsInvalidProperty", HG_STR(""),
                                hg_str_format(building->arena,
                                              "The request of operation '%.*s' is too large.",
                                              HG_ARG(building->operation)));
    bool has_query = query.len > 0;
    char mark = hg_str_find_byte(path, '?') == HG_NPOS ? '?' : '&';
    building->out->method = method;
    building->out->path = path;
    if (has_query)
        building->out->path = hg_str_format(building->arena, "%.*s%c%.*s", HG_ARG(path), mark,
                                            HG_ARG(hg_str_from(query, 1)));
    if (form.len == 0)
        return true;
    building->out->has_body = true;
    building->out->body = hg_str_from(form, 1);
    return connector_header_put(building, HG_STR("Content-Type"),
                                HG_STR("application/x-www-form-urlencoded"));
}

static enum hg_code verdict(const struct connector_building *building, bool good,
                            const struct connector_request *request, struct connector_request *out)
{
    if (hg_arena_exhausted(building->arena))
        return HG_NO_MEMORY;
    if (!good)
        return HG_MALFORMED;
    *out = *request;
    return HG_OK;
}

enum hg_code connector_request_build(struct hg_arena *arena, const struct connector_call *call,
                                     struct connector_request *out, struct connector_fault *fault)
{
    const struct connector_operation *operation = call->operation;
    struct connector_request request = {.headers = hg_json_object()};
    struct connector_building building = building_new(arena, operation->id, &request, fault);
    bool good = operation->refusal.len == 0;
    if (!good)
        (void)connector_refuse(&building, "OperationNotSupported", HG_STR(""),
                               hg_str_format(arena,
                                             "The operation '%.*s' cannot be called by this "
                                             "server: %.*s.",
                                             HG_ARG(operation->id), HG_ARG(operation->refusal)));
    hg_buf_str(&building.target, call->connector->base_path);
    good = good && refuse_unknown(&building, operation, call->arguments) &&
           put_path(&building, operation, call->arguments);
    for (size_t i = 0; good && i < operation->n_parameters; i++)
        good = put_parameter(&building, call, &operation->parameters[i]);
    good = good && finish(&building, operation->method);
    return verdict(&building, good, &request, out);
}

static bool put_queries(struct connector_building *building, const struct hg_json *queries)
{
    for (size_t i = 0; hg_json_is(queries, HG_JSON_OBJECT) && i < hg_json_count(queries); i++) {
        const struct hg_json_member *one = &queries->object.members[i];
        hg_str text;
        if (hg_json_is_null(&one->value))
            continue;
        if (connector_value_text(building->arena, &one->value, HG_STR(""), &text))
            connector_pair_put(&building->query, one->name, text);
    }
    return true;
}

static bool put_headers(struct connector_building *building, const struct hg_json *headers)
{
    for (size_t i = 0; hg_json_is(headers, HG_JSON_OBJECT) && i < hg_json_count(headers); i++) {
        const struct hg_json_member *one = &headers->object.members[i];
        hg_str text;
        if (hg_json_is_null(&one->value) ||
            !connector_value_text(building->arena, &one->value, HG_STR(""), &text))
            continue;
        if (!connector_header_put(building, one->name, text))
            return false;
    }
    return true;
}

static bool put_direct_path(struct connector_building *building, hg_str path)
{
    hg_str rest;
    hg_str query;
    hg_str step;
    bool good = hg_str_starts(path, HG_STR("/"));
    for (size_t i = 0; i < path.len; i++)
        good =
            good && (unsigned char)path.ptr[i] > 0x20 && path.ptr[i] != 0x7f && path.ptr[i] != '#';
    (void)hg_str_cut(path, '?', &rest, &query);
    while (hg_str_field(&rest, '/', &step))
        good = good && !hg_str_eq(step, HG_STR(".")) && !hg_str_eq(step, HG_STR(".."));
    if (!good)
        return refuse_path(building, HG_STR("path"));
    hg_buf_str(&building->target, path);
    return true;
}

enum hg_code connector_request_direct(struct hg_arena *arena, const struct connector *connector,
                                      const struct connector_direct *direct,
                                      struct connector_request *out, struct connector_fault *fault)
{
    struct connector_request request = {.headers = hg_json_object()};
    struct connector_building building = building_new(arena, direct->path, &request, fault);
    hg_buf_str(&building.target, connector->base_path);
    bool good = put_direct_path(&building, direct->path) &&
                put_queries(&building, direct->queries) && put_headers(&building, direct->headers);
    if (good && !hg_json_is_null(direct->body))
        good = connector_body_put(&building, direct->body, false);
    good = good && finish(&building, direct->method);
    return verdict(&building, good, &request, out);
}
