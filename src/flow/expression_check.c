#include "base/base.h"
#include "flow/expression.h"
#include "flow/expression_private.h"
#include "flow/function_private.h"
#include "flow/template_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What is collected on the way through a tree. */
struct visit {
    struct hg_arena *arena;
    struct flow_references *references; /* NULL: not wanted */
    struct flow_faults *faults;         /* NULL: not wanted */
    hg_str source;
    struct hg_err *err;
};

static enum hg_code add_reference(const struct visit *visit, struct flow_reference reference)
{
    struct flow_references *list = visit->references;
    if (list->n == list->room) {
        uint32_t room = list->room == 0 ? 8 : list->room * 2;
        struct flow_reference *items = HG_NEW_ARRAY(visit->arena, struct flow_reference, room);
        if (items == NULL)
            return HG_FAIL(visit->err, HG_NO_MEMORY, "references");
        if (list->n > 0)
            memcpy(items, list->items, list->n * sizeof(*items));
        list->items = items;
        list->room = room;
    }
    list->items[list->n++] = reference;
    return HG_OK;
}

static enum hg_code add_fault(const struct visit *visit, struct flow_fault fault)
{
    struct flow_faults *list = visit->faults;
    if (list->n == list->room) {
        uint32_t room = list->room == 0 ? 8 : list->room * 2;
        struct flow_fault *items = HG_NEW_ARRAY(visit->arena, struct flow_fault, room);
        if (items == NULL)
            return HG_FAIL(visit->err, HG_NO_MEMORY, "faults");
        if (list->n > 0)
            memcpy(items, list->items, list->n * sizeof(*items));
        list->items = items;
        list->room = room;
    }
    list->items[list->n++] = fault;
    return HG_OK;
}

static bool takes_name(enum flow_name what)
{
    return what == FLOW_NAME_PARAMETER || what == FLOW_NAME_VARIABLE || what == FLOW_NAME_ACTION ||
           what == FLOW_NAME_LOOP || what == FLOW_NAME_ITERATION || what == FLOW_NAME_RESULT ||
           what == FLOW_NAME_APP_SETTING;
}

static enum hg_code visit_reference(const struct visit *visit, const struct flow_term *node)
{
    enum flow_name what = node->function->what;
    struct flow_reference reference = {.what = what, .at = node->at};
    if (takes_name(what) && node->n_args == 0)
        reference.what = FLOW_NAME_SELF;
    else if (takes_name(what) && !node->args[0].is_call &&
             flow_is(&node->args[0].literal, FLOW_KIND_STRING))
        reference.name = node->args[0].literal.string;
    else if (takes_name(what))
        reference.is_dynamic = true;
    return add_reference(visit, reference);
}

/* Does nothing but its text decide what it gives? */
static bool is_constant(const struct flow_term *node)
{
    if (!node->is_call)
        return true;
    if (node->function == NULL || (node->function->flags & FLOW_IS_DYNAMIC) != 0)
        return false;
    for (uint32_t i = 0; i < node->n_args; i++)
        if (!is_constant(&node->args[i]))
            return false;
    for (uint32_t i = 0; i < node->n_steps; i++)
        if (!is_constant(node->steps[i].key))
            return false;
    return true;
}

/* A fault of its own, whatever its arguments are. */
static enum hg_code check_call(const struct visit *visit, const struct flow_term *node)
{
    struct flow_fault fault = {0};
    struct flow_eval eval = {
        .arena = visit->arena, .source = visit->source, .fault = &fault, .err = visit->err};
    struct flow_call call = {.eval = &eval, .node = node, .function = node->function};
    enum hg_code code = HG_MALFORMED;
    if (node->function == NULL)
        fault = (struct flow_fault){.message = flow_unknown_function_text(visit->arena, node->name),
                                    .at = node->at};
    else
        code = flow_call_check_count(&call);
    return code == HG_MALFORMED ? add_fault(visit, fault) : code;
}

/* A constant is tried: what fails now fails in every run. */
static enum hg_code check_constant(const struct visit *visit, const struct flow_term *node)
{
    static const struct flow_scope nothing = {0};
    struct flow_fault fault = {0};
    struct hg_json value;
    struct flow_eval eval = {.arena = visit->arena,
                             .scope = &nothing,
                             .source = visit->source,
                             .fault = &fault,
                             .err = visit->err};
    enum hg_code code = flow_eval_term(&eval, node, &value);
    return code == HG_MALFORMED ? add_fault(visit, fault) : code;
}

static enum hg_code visit_node(const struct visit *visit, const struct flow_term *node,
                               bool in_constant);

static enum hg_code visit_inside(const struct visit *visit, const struct flow_term *node,
                                 bool in_constant)
{
    for (uint32_t i = 0; i < node->n_args; i++)
        HG_TRY(visit_node(visit, &node->args[i], in_constant));
    for (uint32_t i = 0; i < node->n_steps; i++)
        HG_TRY(visit_node(visit, node->steps[i].key, in_constant));
    return HG_OK;
}

/* Of a constant only the outermost is tried, and only when nothing in it is wrong. */
static enum hg_code visit_faults(const struct visit *visit, const struct flow_term *node,
                                 bool in_constant)
{
    uint32_t before = visit->faults->n;
    bool constant = !in_constant && is_constant(node);
    HG_TRY(check_call(visit, node));
    HG_TRY(visit_inside(visit, node, in_constant || constant));
    return constant && visit->faults->n == before ? check_constant(visit, node) : HG_OK;
}

static enum hg_code visit_node(const struct visit *visit, const struct flow_term *node,
                               bool in_constant)
{
    if (!node->is_call)
        return HG_OK;
    bool names = node->function != NULL && (node->function->flags & FLOW_NAMES) != 0;
    if (visit->references != NULL && names)
        HG_TRY(visit_reference(visit, node));
    return visit->faults == NULL ? visit_inside(visit, node, in_constant)
                                 : visit_faults(visit, node, in_constant);
}

static enum hg_code visit_expression(struct visit *visit, const struct flow_expression *expression)
{
    for (uint32_t i = 0; i < expression->n_parts; i++) {
        visit->source = expression->parts[i].text;
        if (expression->parts[i].root != NULL)
            HG_TRY(visit_node(visit, expression->parts[i].root, false));
    }
    return HG_OK;
}

enum hg_code flow_expression_references(struct hg_arena *arena,
                                        const struct flow_expression *expression,
                                        struct flow_references *references, struct hg_err *err)
{
    struct visit visit = {.arena = arena, .references = references, .err = err};
    return visit_expression(&visit, expression);
}

enum hg_code flow_expression_check(struct hg_arena *arena, const struct flow_expression *expression,
                                   struct flow_faults *faults, struct hg_err *err)
{
    struct visit visit = {.arena = arena, .faults = faults, .err = err};
    return visit_expression(&visit, expression);
}

/* --- A whole JSON value --- */

static enum hg_code visit_value(struct visit *visit, const struct hg_json *value, unsigned depth);

static enum hg_code visit_text(struct visit *visit, hg_str text)
{
    const struct flow_expression *expression;
    struct flow_fault fault = {0};
    enum hg_code code = flow_expression_parse(visit->arena, text, FLOW_FORM_TEMPLATE, &expression,
                                              &fault, visit->err);
    if (code == HG_MALFORMED)
        return add_fault(visit, fault);
    HG_TRY(code);
    return visit_expression(visit, expression);
}

static enum hg_code visit_member(struct visit *visit, const struct hg_json_member *member,
                                 unsigned depth)
{
    const struct flow_expression *key;
    if (flow_key_is_template(visit->arena, member->name, &key))
        HG_TRY(visit_expression(visit, key));
    return visit_value(visit, &member->value, depth + 1);
}

static void prefix_new(const struct visit *visit, uint32_t before, hg_str step)
{
    for (uint32_t i = before; i < visit->faults->n; i++)
        flow_fault_prefix(visit->arena, &visit->faults->items[i], step);
}

static enum hg_code visit_items(struct visit *visit, const struct hg_json *array, unsigned depth)
{
    for (uint32_t i = 0; i < array->array.n; i++) {
        uint32_t before = visit->faults->n;
        HG_TRY(visit_value(visit, &array->array.items[i], depth + 1));
        prefix_new(visit, before, hg_str_format(visit->arena, "%u", (unsigned)i));
    }
    return HG_OK;
}

static enum hg_code visit_members(struct visit *visit, const struct hg_json *object, unsigned depth)
{
    for (uint32_t i = 0; i < object->object.n; i++) {
        uint32_t before = visit->faults->n;
        HG_TRY(visit_member(visit, &object->object.members[i], depth));
        prefix_new(visit, before, object->object.members[i].name);
    }
    return HG_OK;
}

static enum hg_code visit_value(struct visit *visit, const struct hg_json *value, unsigned depth)
{
    if (depth > HG_MAX_FLOW_DEPTH)
        return HG_FAIL(visit->err, HG_TOO_BIG, "a template nested deeper than %d",
                       HG_MAX_FLOW_DEPTH);
    if (value->kind == HG_JSON_STRING)
        return visit_text(visit, value->string);
    if (value->kind == HG_JSON_ARRAY)
        return visit_items(visit, value, depth);
    return value->kind == HG_JSON_OBJECT ? visit_members(visit, value, depth) : HG_OK;
}

enum hg_code flow_template_check(struct hg_arena *arena, const struct hg_json *value,
                                 struct flow_references *references, struct flow_faults *faults,
                                 struct hg_err *err)
{
    struct visit visit = {.arena = arena, .references = references, .faults = faults, .err = err};
    return visit_value(&visit, value, 0);
}
