#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"
#include "flow/expression.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Variables grow in place: a loop that appends n times costs n, not n². What an
 * expression got before keeps its own length, so nothing it holds changes. */

static struct flow_value *value_find(struct flow_run *run, hg_str name)
{
    for (uint32_t i = 0; i < run->n_values; i++) {
        if (hg_str_eq_nocase(run->values[i].name, name))
            return &run->values[i];
    }
    return NULL;
}

static bool fits(enum flow_variable_type type, const struct hg_json *value)
{
    static const unsigned kinds[] = {
        [FLOW_VARIABLE_STRING] = 1u << HG_JSON_STRING,
        [FLOW_VARIABLE_INTEGER] = 1u << HG_JSON_INT,
        [FLOW_VARIABLE_FLOAT] = 1u << HG_JSON_DOUBLE | 1u << HG_JSON_INT,
        [FLOW_VARIABLE_BOOLEAN] = 1u << HG_JSON_BOOL,
        [FLOW_VARIABLE_ARRAY] = 1u << HG_JSON_ARRAY,
        [FLOW_VARIABLE_OBJECT] = 1u << HG_JSON_OBJECT,
    };
    return (kinds[type] >> value->kind & 1) != 0;
}

static void refuse_kind(struct flow_run *run, struct flow_node *node,
                        const struct flow_value *variable, const struct hg_json *value)
{
    const char *type = flow_variable_type_name(variable->type);
    hg_str kind = flow_value_kind_name(value);
    flow_node_refuse(run, node,
                     hg_str_format(run->arena,
                                   "The variable '%.*s' of type '%s' cannot be initialized or "
                                   "updated with value of type '%.*s'. The variable '%.*s' only "
                                   "supports values of types '%s%s'.",
                                   HG_ARG(variable->name), type, HG_ARG(kind),
                                   HG_ARG(variable->name), type,
                                   variable->type == FLOW_VARIABLE_FLOAT ? ", Integer" : ""));
}

/* A new value: what grows from it gets room of its own. */
static void assign(struct flow_value *variable, struct hg_json value)
{
    if (value.kind == HG_JSON_ARRAY)
        value.array.room = value.array.n;
    variable->value = value;
    variable->store = value;
    variable->text = (struct hg_buf){0};
    variable->is_set = true;
    variable->is_dirty = true;
    variable->rendered = 0;
}

/* "outputs" of a change: {"body":{"name","value"}}. */
static void show_value(struct flow_run *run, struct flow_node *node,
                       const struct flow_value *variable)
{
    struct hg_json body = hg_json_object();
    struct hg_json outputs = hg_json_object();
    hg_json_put_str(run->arena, &body, "name", variable->name);
    hg_json_put(run->arena, &body, "value", variable->value);
    hg_json_put(run->arena, &outputs, "body", body);
    flow_node_outputs(run, node, outputs);
    flow_node_succeed(run, node, "NotSpecified");
}

static bool initialize_one(struct flow_run *run, struct flow_node *node,
                           const struct hg_json *declaration)
{
    hg_str name = hg_json_str_or(hg_json_get(declaration, "name"), HG_STR(""));
    struct flow_value *variable = value_find(run, name);
    const struct hg_json *value = hg_json_get(declaration, "value");
    if (variable == NULL)
        return true;
    if (!hg_json_is_null(value) && !fits(variable->type, value)) {
        refuse_kind(run, node, variable, value);
        return false;
    }
    assign(variable, value == NULL ? hg_json_null() : *value);
    return true;
}

void flow_node_initialize(struct flow_run *run, struct flow_node *node)
{
    struct hg_json inputs;
    if (!flow_node_evaluate(run, node, flow_node_action(run, node)->inputs, &inputs))
        return;
    flow_node_inputs(run, node, inputs);
    const struct hg_json *list = hg_json_get(&inputs, "variables");
    for (size_t i = 0; i < hg_json_count(list); i++) {
        if (!initialize_one(run, node, hg_json_item(list, i)))
            return;
    }
    flow_node_succeed(run, node, "NotSpecified");
}

/* --- counting --- */

static void count_float(struct flow_run *run, struct flow_node *node, struct flow_value *variable,
                        double by)
{
    double from = 0;
    if (variable->value.kind == HG_JSON_INT)
        from = (double)variable->value.integer;
    else if (variable->value.kind == HG_JSON_DOUBLE)
        from = variable->value.number;
    assign(variable, hg_json_double(from + by));
    show_value(run, node, variable);
}

static void count_integer(struct flow_run *run, struct flow_node *node, struct flow_value *variable,
                          int64_t by)
{
    int64_t from = variable->value.kind == HG_JSON_INT ? variable->value.integer : 0;
    int64_t sum;
    if (__builtin_add_overflow(from, by, &sum)) {
        flow_node_refuse(run, node,
                         hg_str_format(run->arena,
                                       "The variable '%.*s' would leave the range of "
                                       "whole numbers.",
                                       HG_ARG(variable->name)));
        return;
    }
    assign(variable, hg_json_int(sum));
    show_value(run, node, variable);
}

static void count(struct flow_run *run, struct flow_node *node, struct flow_value *variable,
                  const struct hg_json *value)
{
    bool down = flow_node_action(run, node)->type == FLOW_ACTION_DECREMENT_VARIABLE;
    struct hg_json by = value == NULL ? hg_json_int(1) : *value;
    if (by.kind == HG_JSON_INT && by.integer == INT64_MIN)
        by = hg_json_null();
    bool is_whole = by.kind == HG_JSON_INT && variable->value.kind != HG_JSON_DOUBLE;
    bool is_number = by.kind == HG_JSON_INT || by.kind == HG_JSON_DOUBLE;
    bool allowed = is_whole || (is_number && variable->type == FLOW_VARIABLE_FLOAT);
    if (!allowed)
        refuse_kind(run, node, variable, &by);
    else if (is_whole)
        count_integer(run, node, variable, down ? -by.integer : by.integer);
    else if (by.kind == HG_JSON_INT)
        count_float(run, node, variable, (double)(down ? -by.integer : by.integer));
    else
        count_float(run, node, variable, down ? -by.number : by.number);
}

/* --- appending --- */

static void append_item(struct flow_run *run, struct flow_node *node, struct flow_value *variable,
                        const struct hg_json *value)
{
    if (variable->value.kind != HG_JSON_ARRAY)
        assign(variable, hg_json_array());
    if (hg_json_count(&variable->store) >= HG_MAX_FLOW_LOOP) {
        flow_node_refuse(run, node,
                         hg_str_format(run->arena,
                                       "The variable '%.*s' has the %d items that an "
                                       "array may have.",
                                       HG_ARG(variable->name), HG_MAX_FLOW_LOOP));
        return;
    }
    hg_json_push(run->arena, &variable->store, *value);
    variable->value = variable->store;
    variable->value.array.room = variable->value.array.n;
    variable->is_dirty = true;
    flow_node_succeed(run, node, "NotSpecified");
}

static void append_text(struct flow_run *run, struct flow_node *node, struct flow_value *variable,
                        const struct hg_json *value)
{
    hg_str more;
    hg_str whole;
    if (flow_value_text(run->arena, value, &more, NULL) != HG_OK) {
        run->failure = HG_NO_MEMORY;
        return;
    }
    if (variable->value.kind != HG_JSON_STRING)
        assign(variable, hg_json_str(HG_STR("")));
    if (variable->text.arena == NULL) {
        variable->text = hg_buf_new(run->arena, HG_MAX_FLOW_TEXT);
        hg_buf_str(&variable->text, variable->value.string);
    }
    hg_buf_str(&variable->text, more);
    if (hg_buf_finish(&variable->text, &whole, NULL) != HG_OK) {
        flow_node_refuse(run, node,
                         hg_str_format(run->arena,
                                       "The variable '%.*s' would be longer than the %d "
                                       "characters that a text may have.",
                                       HG_ARG(variable->name), HG_MAX_FLOW_TEXT));
        return;
    }
    variable->value = hg_json_str(whole);
    variable->is_dirty = true;
    flow_node_succeed(run, node, "NotSpecified");
}

static void set(struct flow_run *run, struct flow_node *node, struct flow_value *variable,
                const struct hg_json *value)
{
    if (!fits(variable->type, value)) {
        refuse_kind(run, node, variable, value);
        return;
    }
    assign(variable, *value);
    show_value(run, node, variable);
}

void flow_node_change_variable(struct flow_run *run, struct flow_node *node)
{
    const struct flow_action *action = flow_node_action(run, node);
    struct hg_json inputs;
    if (!flow_node_evaluate(run, node, action->inputs, &inputs))
        return;
    flow_node_inputs(run, node, inputs);
    hg_str name = hg_json_str_or(hg_json_get(&inputs, "name"), HG_STR(""));
    const struct hg_json *value = hg_json_get(&inputs, "value");
    struct flow_value *variable = value_find(run, name);
    struct hg_json null = hg_json_null();
    if (variable == NULL || !variable->is_set)
        flow_node_refuse(run, node,
                         hg_str_format(run->arena,
                                       "The variable '%.*s' must be initialized before it can be "
                                       "used inside action '%.*s'.",
                                       HG_ARG(name), HG_ARG(action->name)));
    else if (action->type == FLOW_ACTION_SET_VARIABLE)
        set(run, node, variable, value == NULL ? &null : value);
    else if (action->type == FLOW_ACTION_APPEND_TO_ARRAY_VARIABLE)
        append_item(run, node, variable, value == NULL ? &null : value);
    else if (action->type == FLOW_ACTION_APPEND_TO_STRING_VARIABLE)
        append_text(run, node, variable, value == NULL ? &null : value);
    else
        count(run, node, variable, value);
}
