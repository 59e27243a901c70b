#include "base/base.h"
#include "flow/expression.h"
#include "flow/template_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stays the same on the way down. */
struct walk {
    struct hg_arena *arena;
    const struct flow_scope *scope;
    struct flow_fault *fault;
    struct hg_err *err;
};

static enum hg_code eval_value(const struct walk *walk, const struct hg_json *value, unsigned depth,
                               struct hg_json *out);

/* A key that begins like an expression but is none, as "@odata.type", is a name. */
bool flow_key_is_template(struct hg_arena *arena, hg_str key, const struct flow_expression **out)
{
    struct flow_fault ignored;
    struct hg_err err;
    if (hg_str_find_byte(key, '@') == HG_NPOS)
        return false;
    return flow_expression_parse(arena, key, FLOW_FORM_TEMPLATE, out, &ignored, &err) == HG_OK;
}

void flow_fault_prefix(struct hg_arena *arena, struct flow_fault *fault, hg_str step)
{
    fault->path = hg_str_format(arena, "/%.*s%.*s", HG_ARG(step), HG_ARG(fault->path));
}

static enum hg_code eval_text(const struct walk *walk, const struct hg_json *value,
                              struct hg_json *out)
{
    const struct flow_expression *expression;
    *out = *value;
    if (hg_str_find_byte(value->string, '@') == HG_NPOS)
        return HG_OK;
    HG_TRY(flow_expression_parse(walk->arena, value->string, FLOW_FORM_TEMPLATE, &expression,
                                 walk->fault, walk->err));
    return flow_expression_eval(walk->arena, expression, walk->scope, out, walk->fault, walk->err);
}

static enum hg_code eval_key(const struct walk *walk, hg_str key, hg_str *out)
{
    const struct flow_expression *expression;
    struct hg_json value;
    *out = key;
    if (!flow_key_is_template(walk->arena, key, &expression))
        return HG_OK;
    HG_TRY(
        flow_expression_eval(walk->arena, expression, walk->scope, &value, walk->fault, walk->err));
    return flow_value_text(walk->arena, &value, out, walk->err);
}

static enum hg_code eval_array(const struct walk *walk, const struct hg_json *value, unsigned depth,
                               struct hg_json *out)
{
    struct hg_json array = flow_array_of(walk->arena, value->array.n);
    for (uint32_t i = 0; i < value->array.n; i++) {
        struct hg_json item = {0};
        enum hg_code code = eval_value(walk, &value->array.items[i], depth + 1, &item);
        if (code == HG_MALFORMED)
            flow_fault_prefix(walk->arena, walk->fault,
                              hg_str_format(walk->arena, "%u", (unsigned)i));
        HG_TRY(code);
        hg_json_push(walk->arena, &array, item);
    }
    *out = array;
    return HG_OK;
}

static enum hg_code eval_member(const struct walk *walk, const struct hg_json_member *member,
                                unsigned depth, struct hg_json *object)
{
    struct hg_json_member made = {0};
    enum hg_code code = eval_key(walk, member->name, &made.name);
    if (code == HG_OK)
        code = eval_value(walk, &member->value, depth + 1, &made.value);
    if (code == HG_MALFORMED)
        flow_fault_prefix(walk->arena, walk->fault, member->name);
    HG_TRY(code);
    if (made.name.ptr == member->name.ptr) /* names of a definition are unique already */
        object->object.members[object->object.n++] = made;
    else
        hg_json_set(walk->arena, object, made.name, made.value);
    return HG_OK;
}

static enum hg_code eval_object(const struct walk *walk, const struct hg_json *value,
                                unsigned depth, struct hg_json *out)
{
    struct hg_json empty = hg_json_object();
    struct hg_json object = flow_object_copy(walk->arena, &empty, value->object.n);
    if (object.object.room < value->object.n)
        return HG_FAIL(walk->err, HG_NO_MEMORY, "object");
    for (uint32_t i = 0; i < value->object.n; i++)
        HG_TRY(eval_member(walk, &value->object.members[i], depth, &object));
    *out = object;
    return HG_OK;
}

static enum hg_code eval_value(const struct walk *walk, const struct hg_json *value, unsigned depth,
                               struct hg_json *out)
{
    if (depth > HG_MAX_FLOW_DEPTH)
        return HG_FAIL(walk->err, HG_TOO_BIG, "a template nested deeper than %d",
                       HG_MAX_FLOW_DEPTH);
    if (value->kind == HG_JSON_STRING)
        return eval_text(walk, value, out);
    if (value->kind == HG_JSON_ARRAY)
        return eval_array(walk, value, depth, out);
    if (value->kind == HG_JSON_OBJECT)
        return eval_object(walk, value, depth, out);
    *out = *value;
    return HG_OK;
}

enum hg_code flow_template_eval(struct hg_arena *arena, const struct hg_json *value,
                                const struct flow_scope *scope, struct hg_json *out,
                                struct flow_fault *fault, struct hg_err *err)
{
    struct walk walk = {.arena = arena, .scope = scope, .fault = fault, .err = err};
    struct hg_json result;
    HG_TRY(eval_value(&walk, value, 0, &result));
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "template");
    HG_TRY(flow_value_settle(&result, 0, err)); /* template and value together */
    *out = result;
    return HG_OK;
}
