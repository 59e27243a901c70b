#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef void read_fn(struct flow_reading *reading, struct flow_action *action);

static read_fn read_initialize, read_variable, read_if, read_foreach, read_container, read_http,
    read_connector, read_response, read_terminate, read_nothing;

static const struct rule {
    const char *type;
    enum flow_action_type kind;
    bool is_container;
    read_fn *read;
} rules[] = {
    {"Compose", FLOW_ACTION_COMPOSE, false, read_nothing},
    {"InitializeVariable", FLOW_ACTION_INITIALIZE_VARIABLE, false, read_initialize},
    {"SetVariable", FLOW_ACTION_SET_VARIABLE, false, read_variable},
    {"IncrementVariable", FLOW_ACTION_INCREMENT_VARIABLE, false, read_variable},
    {"DecrementVariable", FLOW_ACTION_DECREMENT_VARIABLE, false, read_variable},
    {"AppendToArrayVariable", FLOW_ACTION_APPEND_TO_ARRAY_VARIABLE, false, read_variable},
    {"AppendToStringVariable", FLOW_ACTION_APPEND_TO_STRING_VARIABLE, false, read_variable},
    {"If", FLOW_ACTION_IF, true, read_if},
    {"Foreach", FLOW_ACTION_FOREACH, true, read_foreach},
    {"Scope", FLOW_ACTION_SCOPE, true, read_container},
    {"Http", FLOW_ACTION_HTTP, false, read_http},
    {"OpenApiConnection", FLOW_ACTION_CONNECTOR, false, read_connector},
    {"ApiConnection", FLOW_ACTION_CONNECTOR, false, read_connector},
    {"Response", FLOW_ACTION_RESPONSE, false, read_response},
    {"Terminate", FLOW_ACTION_TERMINATE, false, read_terminate},
};

static const struct rule *rule_of(hg_str word)
{
    for (size_t i = 0; i < HG_COUNT(rules); i++) {
        if (hg_str_eq_nocase(word, hg_str_of(rules[i].type)))
            return &rules[i];
    }
    return NULL;
}

enum flow_action_type flow_action_type_of(hg_str word)
{
    const struct rule *rule = rule_of(word);
    return rule == NULL ? FLOW_ACTION_OTHER : rule->kind;
}

bool flow_action_is_container(enum flow_action_type type)
{
    return type == FLOW_ACTION_IF || type == FLOW_ACTION_FOREACH || type == FLOW_ACTION_SCOPE;
}

static void missing(struct flow_reading *reading, const struct flow_action *action,
                    const char *member, const char *what)
{
    FLOW_REFUSE(reading, "MissingRequiredProperty", flow_action_path(reading, action, member),
                "Action '%.*s' of type '%.*s' needs %s.", HG_ARG(action->name),
                HG_ARG(action->type_name), what);
}

static void read_nothing(struct flow_reading *reading, struct flow_action *action)
{
    if (action->inputs == NULL)
        missing(reading, action, "inputs", "'inputs'");
}

/* The innermost container of the given type around an action, or NULL. */
static const struct flow_action *inside(const struct flow_reading *reading,
                                        const struct flow_action *action,
                                        enum flow_action_type type)
{
    for (uint32_t at = action->parent; at != FLOW_NONE; at = reading->out->actions[at].parent) {
        if (reading->out->actions[at].type == type)
            return &reading->out->actions[at];
    }
    return NULL;
}

/* --- variables --- */

static const char *const variable_types[] = {"String",  "Integer", "Float",
                                             "Boolean", "Array",   "Object"};

bool flow_variable_type_of(hg_str word, enum flow_variable_type *out)
{
    for (size_t i = 0; i < HG_COUNT(variable_types); i++) {
        if (!hg_str_eq_nocase(word, hg_str_of(variable_types[i])))
            continue;
        *out = (enum flow_variable_type)i;
        return true;
    }
    return false;
}

const char *flow_variable_type_name(enum flow_variable_type type)
{
    return variable_types[type];
}

const struct flow_variable *flow_reading_variable(const struct flow_reading *reading, hg_str name)
{
    for (size_t i = 0; i < reading->n_variables; i++) {
        if (hg_str_eq_nocase(reading->variables[i].name, name))
            return &reading->variables[i];
    }
    return NULL;
}

static bool variables_new(struct flow_reading *reading)
{
    if (reading->variables == NULL)
        reading->variables =
            HG_NEW_ARRAY(reading->arena, struct flow_variable, HG_MAX_FLOW_VARIABLES);
    reading->failed |= reading->variables == NULL;
    return !reading->failed;
}

static void declare(struct flow_reading *reading, const struct flow_action *action,
                    const struct hg_json *declaration)
{
    struct flow_variable variable = {.action = (uint32_t)(action - reading->out->actions)};
    hg_str word = hg_json_str_or(hg_json_get(declaration, "type"), HG_STR(""));
    hg_str path = flow_action_path(reading, action, "inputs/variables");
    if (!hg_json_as_str(hg_json_get(declaration, "name"), &variable.name) ||
        variable.name.len == 0) {
        missing(reading, action, "inputs/variables", "a name for each of its variables");
    } else if (!flow_variable_type_of(word, &variable.type)) {
        FLOW_REFUSE(reading, "InvalidTemplate", path,
                    "The variable '%.*s' of action '%.*s' has the type '%.*s'; a variable is a "
                    "string, integer, float, boolean, array or object.",
                    HG_ARG(variable.name), HG_ARG(action->name), HG_ARG(word));
    } else if (flow_reading_variable(reading, variable.name) != NULL) {
        FLOW_REFUSE(reading, "InvalidTemplate", path,
                    "The variable '%.*s' is initialized by more than one action.",
                    HG_ARG(variable.name));
    } else if (reading->n_variables >= HG_MAX_FLOW_VARIABLES) {
        FLOW_REFUSE(reading, "InvalidTemplate", path,
                    "The definition has more than the %d variables that one flow may have.",
                    HG_MAX_FLOW_VARIABLES);
    } else if (variables_new(reading)) {
        reading->variables[reading->n_variables++] = variable;
    }
}

static void read_initialize(struct flow_reading *reading, struct flow_action *action)
{
    if (action->parent != FLOW_NONE) {
        const struct flow_action *parent = &reading->out->actions[action->parent];
        FLOW_REFUSE(
            reading, "InvalidTemplate", action->path,
            "The variable action '%.*s' of type 'InitializeVariable' cannot be nested in an "
            "action of type '%.*s'.",
            HG_ARG(action->name), HG_ARG(parent->type_name));
    }
    const struct hg_json *list = hg_json_get(action->inputs, "variables");
    if (!hg_json_is(list, HG_JSON_ARRAY) || hg_json_count(list) == 0) {
        missing(reading, action, "inputs/variables", "a list of 'variables'");
        return;
    }
    for (size_t i = 0; i < hg_json_count(list); i++)
        declare(reading, action, hg_json_item(list, i));
}

/* Which types of variable an action may change. */
static bool fits_variable(enum flow_action_type action, enum flow_variable_type type)
{
    if (action == FLOW_ACTION_APPEND_TO_ARRAY_VARIABLE)
        return type == FLOW_VARIABLE_ARRAY;
    if (action == FLOW_ACTION_APPEND_TO_STRING_VARIABLE)
        return type == FLOW_VARIABLE_STRING;
    if (action == FLOW_ACTION_SET_VARIABLE)
        return true;
    return type == FLOW_VARIABLE_INTEGER || type == FLOW_VARIABLE_FLOAT;
}

static void read_variable(struct flow_reading *reading, struct flow_action *action)
{
    hg_str name;
    if (!hg_json_as_str(hg_json_get(action->inputs, "name"), &name) || name.len == 0) {
        missing(reading, action, "inputs/name", "the 'name' of a variable");
        return;
    }
    bool counts = action->type == FLOW_ACTION_INCREMENT_VARIABLE ||
                  action->type == FLOW_ACTION_DECREMENT_VARIABLE;
    if (!counts && hg_json_get(action->inputs, "value") == NULL)
        missing(reading, action, "inputs/value", "a 'value'");
    const struct flow_variable *variable = flow_reading_variable(reading, name);
    if (variable != NULL && !fits_variable(action->type, variable->type))
        FLOW_REFUSE(reading, "InvalidTemplate", action->path,
                    "Action '%.*s' of type '%.*s' cannot change the variable '%.*s' of type '%s'.",
                    HG_ARG(action->name), HG_ARG(action->type_name), HG_ARG(name),
                    flow_variable_type_name(variable->type));
}

/* --- containers --- */

static void read_container(struct flow_reading *reading, struct flow_action *action)
{
    if (!hg_json_is(hg_json_get(action->source, "actions"), HG_JSON_OBJECT))
        missing(reading, action, "actions", "'actions', an object");
}

static void read_if(struct flow_reading *reading, struct flow_action *action)
{
    const struct hg_json *condition = hg_json_get(action->source, "expression");
    if (hg_json_is_null(condition))
        missing(reading, action, "expression", "an 'expression'");
    const struct hg_json *actions = hg_json_get(action->source, "actions");
    if (actions != NULL && !hg_json_is(actions, HG_JSON_OBJECT))
        missing(reading, action, "actions", "'actions' that are an object");
}

static void read_parallel(struct flow_reading *reading, struct flow_action *action)
{
    action->parallel = 1;
    const struct hg_json *wanted =
        hg_json_path(action->source, "runtimeConfiguration.concurrency.repetitions");
    int64_t n;
    if (wanted == NULL)
        return;
    if (hg_json_as_int(wanted, &n) && n >= 1 && n <= 50)
        action->parallel = (uint32_t)n;
    else
        FLOW_REFUSE(
            reading, "InvalidTemplate",
            flow_action_path(reading, action, "runtimeConfiguration/concurrency/repetitions"),
            "The 'repetitions' of action '%.*s' are not a number from 1 to 50.",
            HG_ARG(action->name));
}

static void read_foreach(struct flow_reading *reading, struct flow_action *action)
{
    const struct hg_json *items = hg_json_get(action->source, "foreach");
    bool is_text = hg_json_is(items, HG_JSON_STRING);
    read_container(reading, action);
    read_parallel(reading, action);
    if (hg_json_is_null(items))
        missing(reading, action, "foreach", "'foreach', the array to go through");
    else if (!hg_json_is(items, HG_JSON_ARRAY) && (!is_text || items->string.len == 0))
        FLOW_REFUSE(reading, "InvalidTemplate", flow_action_path(reading, action, "foreach"),
                    "The 'foreach' of action '%.*s' is neither an array nor an expression.",
                    HG_ARG(action->name));
    else if (is_text && items->string.ptr[0] != '@')
        FLOW_REFUSE(reading, "InvalidTemplate", flow_action_path(reading, action, "foreach"),
                    "The 'foreach' of action '%.*s' is the constant text '%.*s', which is not an "
                    "array.",
                    HG_ARG(action->name), HG_ARG(items->string));
}

/* --- what reaches out --- */

static void read_http(struct flow_reading *reading, struct flow_action *action)
{
    if (hg_json_is_null(hg_json_get(action->inputs, "method")))
        missing(reading, action, "inputs/method", "a 'method'");
    if (hg_json_is_null(hg_json_get(action->inputs, "uri")))
        missing(reading, action, "inputs/uri", "a 'uri'");
    const struct hg_json *type = hg_json_path(action->inputs, "authentication.type");
    hg_str word = hg_json_str_or(type, HG_STR("None"));
    bool known = word.len == 0 || word.ptr[0] == '@' || hg_str_eq_nocase(word, HG_STR("None")) ||
                 hg_str_eq_nocase(word, HG_STR("Basic")) || hg_str_eq_nocase(word, HG_STR("Raw"));
    if (!known)
        FLOW_WARN(reading, "AuthenticationTypeNotSupported",
                  flow_action_path(reading, action, "inputs/authentication/type"),
                  "Action '%.*s' of type '%.*s' authenticates by '%.*s', which this server does "
                  "not do: it will fail when it is reached.",
                  HG_ARG(action->name), HG_ARG(action->type_name), HG_ARG(word));
    flow_reading_retry(reading, action, &action->retry);
}

static void read_connector(struct flow_reading *reading, struct flow_action *action)
{
    struct flow_step_name step = {.who = "action",
                                  .name = action->name,
                                  .type = action->type_name,
                                  .path = flow_action_path(reading, action, "inputs")};
    flow_reading_host(reading, &step, action->inputs, &action->host);
    flow_reading_retry(reading, action, &action->retry);
}

static void read_response(struct flow_reading *reading, struct flow_action *action)
{
    const struct flow_trigger *trigger = &reading->out->trigger;
    reading->out->has_response = true;
    if (action->inputs == NULL)
        missing(reading, action, "inputs", "'inputs'");
    if (inside(reading, action, FLOW_ACTION_FOREACH) != NULL)
        FLOW_REFUSE(reading, "InvalidTemplate", action->path,
                    "Action '%.*s' of type '%.*s' cannot stand inside a loop.",
                    HG_ARG(action->name), HG_ARG(action->type_name));
    if (trigger->type == FLOW_TRIGGER_RECURRENCE || trigger->type == FLOW_TRIGGER_CONNECTOR)
        FLOW_REFUSE(reading, "InvalidTemplate", action->path,
                    "Action '%.*s' of type '%.*s' needs a trigger of type 'Request': nobody waits "
                    "for the answer of a flow that starts by itself.",
                    HG_ARG(action->name), HG_ARG(action->type_name));
    else if (trigger->split_on != NULL)
        FLOW_REFUSE(
            reading, "InvalidTemplate", action->path,
            "Action '%.*s' of type '%.*s' cannot be used with a trigger that splits ('splitOn').",
            HG_ARG(action->name), HG_ARG(action->type_name));
}

static void read_terminate(struct flow_reading *reading, struct flow_action *action)
{
    static const char *const words[] = {"Succeeded", "Failed", "Cancelled"};
    hg_str status = hg_json_str_or(hg_json_get(action->inputs, "runStatus"), HG_STR(""));
    bool good = status.len > 0 && status.ptr[0] == '@';
    for (size_t i = 0; i < HG_COUNT(words); i++)
        good = good || hg_str_eq_nocase(status, hg_str_of(words[i]));
    if (!good)
        missing(reading, action, "inputs/runStatus",
                "a 'runStatus' of Succeeded, Failed or Cancelled");
    if (inside(reading, action, FLOW_ACTION_FOREACH) != NULL)
        FLOW_REFUSE(reading, "InvalidTemplate", action->path,
                    "Action '%.*s' of type '%.*s' cannot stand inside a loop.",
                    HG_ARG(action->name), HG_ARG(action->type_name));
}

static void read_action(struct flow_reading *reading, struct flow_action *action)
{
    const struct rule *rule = rule_of(action->type_name);
    if (!hg_json_is(action->source, HG_JSON_OBJECT)) {
        FLOW_REFUSE(reading, "InvalidTemplate", action->path, "The action '%.*s' is not an object.",
                    HG_ARG(action->name));
        return;
    }
    if (action->type_name.len == 0) {
        FLOW_REFUSE(reading, "InvalidTemplate", flow_action_path(reading, action, "type"),
                    "The action '%.*s' has no type.", HG_ARG(action->name));
        return;
    }
    if (rule == NULL) {
        FLOW_REFUSE(reading, "ActionTypeNotSupported", flow_action_path(reading, action, "type"),
                    "The action '%.*s' of type '%.*s' is not supported by this server.",
                    HG_ARG(action->name), HG_ARG(action->type_name));
        return;
    }
    rule->read(reading, action);
    flow_reading_options(reading, action);
}

void flow_reading_actions(struct flow_reading *reading)
{
    struct flow_definition *out = reading->out;
    /* Variables first: other actions ask for their types. */
    for (uint32_t i = 0; i < out->n_actions; i++) {
        if (out->actions[i].type == FLOW_ACTION_INITIALIZE_VARIABLE)
            read_action(reading, &out->actions[i]);
    }
    for (uint32_t i = 0; i < out->n_actions; i++) {
        if (out->actions[i].type != FLOW_ACTION_INITIALIZE_VARIABLE)
            read_action(reading, &out->actions[i]);
    }
}
