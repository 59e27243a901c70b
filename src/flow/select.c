#include "base/base.h"
#include "flow/expression.h"
#include "flow/expression_private.h"
#include "flow/function_private.h"
#include "flow/select_private.h"
#include "flow/value_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_NAMES = 2048 }; /* bytes of the list of properties in a message */

static enum hg_code refuse(struct flow_eval *eval, const struct flow_step *step, hg_str why)
{
    return flow_eval_fail(
        eval, step->at,
        hg_str_format(eval->arena,
                      "The template language expression '%.*s' cannot be evaluated because %.*s "
                      "Please see https://aka.ms/logicexpressions for usage details.",
                      HG_ARG(eval->source), HG_ARG(why)));
}

static hg_str key_text(struct flow_eval *eval, const struct hg_json *key)
{
    struct hg_buf buf = hg_buf_new(eval->arena, MAX_NAMES);
    flow_text_write(&buf, key);
    return hg_buf_view(&buf);
}

static enum hg_code cannot_select(struct flow_eval *eval, const struct flow_step *step,
                                  const struct hg_json *key, hg_str why)
{
    hg_str name = key_text(eval, key);
    return refuse(eval, step,
                  hg_str_format(eval->arena, "property '%.*s' cannot be selected.%s%.*s",
                                HG_ARG(name), why.len > 0 ? " " : "", HG_ARG(why)));
}

static hg_str names_of(struct flow_eval *eval, const struct hg_json *object)
{
    struct hg_buf buf = hg_buf_new(eval->arena, (size_t)MAX_NAMES * 2);
    for (uint32_t i = 0; i < object->object.n; i++) {
        if (buf.len > MAX_NAMES) {
            hg_buf_z(&buf, ", …");
            break;
        }
        if (i > 0)
            hg_buf_z(&buf, ", ");
        hg_buf_str(&buf, hg_str_sub(object->object.members[i].name, 0, MAX_NAMES / 2));
    }
    return hg_buf_view(&buf);
}

static enum hg_code no_property(struct flow_eval *eval, const struct flow_step *step, hg_str name,
                                const struct hg_json *object)
{
    hg_str names = names_of(eval, object);
    return refuse(eval, step,
                  hg_str_format(eval->arena,
                                "property '%.*s' doesn't exist, available properties are '%.*s'.",
                                HG_ARG(name), HG_ARG(names)));
}

/* 'body/value' by its parts; NULL: some part is not there. */
static const struct hg_json *walk(const struct hg_json *object, hg_str path)
{
    const struct hg_json *at = object;
    bool more = true;
    while (more) {
        hg_str name;
        if (at->kind != HG_JSON_OBJECT)
            return NULL;
        more = hg_str_cut(path, '/', &name, &path);
        const struct hg_json_member *member = flow_member_find(at, name);
        if (member == NULL)
            return NULL;
        at = &member->value;
    }
    return at;
}

static enum hg_code select_member(struct flow_eval *eval, const struct flow_step *step, hg_str name,
                                  bool slash, struct hg_json *value)
{
    const struct hg_json_member *member = flow_member_find(value, name);
    const struct hg_json *found = member == NULL ? NULL : &member->value;
    if (found == NULL && slash && hg_str_find_byte(name, '/') != HG_NPOS)
        found = walk(value, name);
    if (found == NULL && !step->is_optional)
        return no_property(eval, step, name, value);
    *value = found == NULL ? hg_json_null() : *found;
    return HG_OK;
}

static enum hg_code select_item(struct flow_eval *eval, const struct flow_step *step, int64_t i,
                                struct hg_json *value)
{
    bool is_inside = i >= 0 && i < value->array.n;
    if (!is_inside && !step->is_optional)
        return refuse(eval, step,
                      hg_str_format(eval->arena,
                                    "array index '%lld' is outside bounds (0, %lld) of array.",
                                    (long long)i, (long long)value->array.n - 1));
    *value = is_inside ? value->array.items[i] : hg_json_null();
    return HG_OK;
}

enum hg_code flow_select(struct flow_eval *eval, const struct flow_step *step,
                         const struct hg_json *key, bool slash, struct hg_json *value)
{
    switch (flow_kind_of(value)) {
    case FLOW_KIND_NULL:
        return step->is_optional ? HG_OK : cannot_select(eval, step, key, HG_STR(""));
    case FLOW_KIND_OBJECT:
        if (flow_is(key, FLOW_KIND_STRING))
            return select_member(eval, step, key->string, slash, value);
        return cannot_select(eval, step, key,
                             HG_STR("Object properties can only be selected using a string."));
    case FLOW_KIND_ARRAY:
        if (flow_is(key, FLOW_KIND_INT))
            return select_item(eval, step, key->integer, value);
        return cannot_select(eval, step, key,
                             HG_STR("Array elements can only be selected using an integer index."));
    case FLOW_KIND_BOOL:
    case FLOW_KIND_INT:
    case FLOW_KIND_DOUBLE:
    case FLOW_KIND_DECIMAL:
    case FLOW_KIND_STRING:
        break;
    }
    hg_str kind = flow_value_kind_name(value);
    return cannot_select(
        eval, step, key,
        hg_str_format(eval->arena, "Property selection is not supported on values of type '%.*s'.",
                      HG_ARG(kind)));
}
