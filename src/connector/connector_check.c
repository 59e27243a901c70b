#include "base/base.h"
#include "connector/connector.h"
#include "connector/connector_private.h"

#include <stdbool.h>
#include <stddef.h>

/* Checks at save time, where a value may still be an expression. */

struct checking {
    struct hg_arena *arena;
    const struct connector *connector;
    const struct connector_operation *operation;
    const struct hg_json *arguments;
    struct connector_faults *faults;
    struct hg_err *err;
};

static enum hg_code report(const struct checking *checking, hg_str parameter, hg_str message)
{
    struct connector_fault fault = {
        .severity = CONNECTOR_ERROR,
        .code = HG_STR("InvalidOpenApiFlow"),
        .path = connector_pointer(checking->arena, "/parameters", parameter),
        .message = message,
    };
    return connector_fault_add(checking->arena, checking->faults, &fault, checking->err);
}

static enum hg_code report_missing(const struct checking *checking, hg_str parameter)
{
    return report(checking, parameter,
                  hg_str_format(checking->arena,
                                "The API operation '%.*s' is missing required property '%.*s'.",
                                HG_ARG(checking->operation->id), HG_ARG(parameter)));
}

static bool is_expression(const struct hg_json *value)
{
    return hg_json_is(value, HG_JSON_STRING) && hg_str_find_byte(value->string, '@') != HG_NPOS;
}

static enum hg_code check_argument(const struct checking *checking,
                                   const struct hg_json_member *argument)
{
    hg_str rest;
    hg_str text;
    const struct connector_parameter *parameter =
        connector_parameter_of(checking->operation, argument->name, &rest);
    if (parameter == NULL)
        return report(checking, argument->name,
                      hg_str_format(checking->arena,
                                    "The API operation '%.*s' does not contain a definition for "
                                    "parameter '%.*s'.",
                                    HG_ARG(checking->operation->id), HG_ARG(argument->name)));
    bool is_simple = parameter->place != CONNECTOR_IN_BODY &&
                     argument->value.kind != HG_JSON_ARRAY && !hg_json_is_null(&argument->value);
    if (!is_simple || is_expression(&argument->value) ||
        connector_value_text(checking->arena, &argument->value, parameter->type, &text))
        return HG_OK;
    return report(checking, argument->name,
                  hg_str_format(checking->arena,
                                "The parameter '%.*s' of the API operation '%.*s' must be of type "
                                "'%.*s'.",
                                HG_ARG(argument->name), HG_ARG(checking->operation->id),
                                HG_ARG(parameter->type)));
}

/* Whether some argument gives the property `key` or a part of it. */
static bool is_given(const struct checking *checking, hg_str key)
{
    for (size_t i = 0; i < hg_json_count(checking->arguments); i++) {
        hg_str name = checking->arguments->object.members[i].name;
        if (hg_str_starts(name, key) && (name.len == key.len || name.ptr[key.len] == '/'))
            return true;
    }
    return false;
}

/* Required properties at the first level of the body: deeper ones only matter when
 * their parent is given. */
static enum hg_code check_body(const struct checking *checking,
                               const struct connector_parameter *parameter)
{
    struct connector_schema schema = {checking->connector->swagger, parameter->schema};
    const struct hg_json *properties = connector_schema_properties(schema);
    bool is_whole = hg_json_get_str(checking->arguments, parameter->name) != NULL;
    bool any = is_given(checking, parameter->name);
    if (is_whole || (!any && !parameter->required))
        return HG_OK;
    if (!any && properties == NULL)
        return report_missing(checking, parameter->name);
    for (size_t i = 0; i < hg_json_count(properties); i++) {
        hg_str name = properties->object.members[i].name;
        hg_str key =
            hg_str_format(checking->arena, "%.*s/%.*s", HG_ARG(parameter->name), HG_ARG(name));
        struct connector_schema own = connector_schema_property(schema, name);
        if (connector_schema_requires(schema, name) && !is_given(checking, key) &&
            !connector_default_applies(own.at, true))
            HG_TRY(report_missing(checking, key));
    }
    return HG_OK;
}

static enum hg_code check_parameter(const struct checking *checking,
                                    const struct connector_parameter *parameter)
{
    if (parameter->place == CONNECTOR_IN_BODY)
        return check_body(checking, parameter);
    bool needed = parameter->required || parameter->place == CONNECTOR_IN_PATH;
    if (!needed || hg_json_get_str(checking->arguments, parameter->name) != NULL ||
        connector_default_applies(parameter->source, true))
        return HG_OK;
    return report_missing(checking, parameter->name);
}

enum hg_code connector_arguments_check(struct hg_arena *arena, const struct connector_call *call,
                                       struct connector_faults *faults, struct hg_err *err)
{
    struct checking checking = {arena,           call->connector, call->operation,
                                call->arguments, faults,          err};
    if (is_expression(call->arguments))
        return HG_OK;
    for (size_t i = 0;
         hg_json_is(call->arguments, HG_JSON_OBJECT) && i < hg_json_count(call->arguments); i++)
        HG_TRY(check_argument(&checking, &call->arguments->object.members[i]));
    for (size_t i = 0; i < call->operation->n_parameters; i++)
        HG_TRY(check_parameter(&checking, &call->operation->parameters[i]));
    return HG_OK;
}
