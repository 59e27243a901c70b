#include "base/base.h"
#include "flow/expression.h"
#include "flow/function_private.h"
#include "flow/value_private.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static enum hg_code no_memory(const struct flow_call *call)
{
    return HG_FAIL(call->eval->err, HG_NO_MEMORY, "object");
}

/* The object without the member at `at`, with room for one more. */
static struct hg_json without(struct hg_arena *arena, const struct hg_json *object, size_t at)
{
    struct hg_json copy = flow_object_copy(arena, object, 1);
    if (copy.object.n == 0)
        return copy;
    struct hg_json_member *member = &copy.object.members[at];
    memmove(member, member + 1, (copy.object.n - at - 1) * sizeof(*member));
    copy.object.n--;
    return copy;
}

static enum hg_code finish(const struct flow_call *call, struct hg_json *object, hg_str name,
                           struct hg_json *out)
{
    if (object->object.room == 0)
        return no_memory(call);
    object->object.members[object->object.n++] =
        (struct hg_json_member){.name = name, .value = call->args[2]};
    *out = *object;
    return HG_OK;
}

static enum hg_code run_add_property(const struct flow_call *call, struct hg_json *out)
{
    hg_str name = flow_arg_str(call, 1);
    if (flow_member_find(&call->args[0], name) != NULL)
        return FLOW_FAIL(call,
                         "The template language function 'addProperty' expects the property "
                         "'%.*s' to not exist in the object. Please see "
                         "https://aka.ms/logicexpressions#addProperty for usage details.",
                         HG_ARG(name));
    struct hg_json object = flow_object_copy(call->eval->arena, &call->args[0], 1);
    return finish(call, &object, name, out);
}

/* What is replaced moves to the end and keeps its spelling. */
static enum hg_code run_set_property(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *from = &call->args[0];
    hg_str name = flow_arg_str(call, 1);
    const struct hg_json_member *old = flow_member_find(from, name);
    struct hg_json object;
    if (old == NULL) {
        object = flow_object_copy(call->eval->arena, from, 1);
    } else {
        name = old->name;
        object = without(call->eval->arena, from, (size_t)(old - from->object.members));
    }
    return finish(call, &object, name, out);
}

static enum hg_code run_remove_property(const struct flow_call *call, struct hg_json *out)
{
    const struct hg_json *from = &call->args[0];
    const struct hg_json_member *old = flow_member_find(from, flow_arg_str(call, 1));
    *out = *from;
    if (old == NULL)
        return HG_OK;
    *out = without(call->eval->arena, from, (size_t)(old - from->object.members));
    return out->object.room == 0 ? no_memory(call) : HG_OK;
}

// clang-format off
static const struct flow_function rows[] = {
    {HG_LIT("addProperty"), 3, 3, run_add_property, {FLOW_ARG_OBJECT, FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("mergeObjects"), 1, FLOW_ANY_ARGS, flow_run_union, {FLOW_ARG_OBJECT}, 0, 0},
    {HG_LIT("removeProperty"), 2, 2, run_remove_property, {FLOW_ARG_OBJECT, FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("setProperty"), 3, 3, run_set_property, {FLOW_ARG_OBJECT, FLOW_ARG_STRING}, 0, 0},
    {HG_LIT("xpath"), 2, 2, flow_run_xpath, {FLOW_ARG_ANY, FLOW_ARG_STRING}, 0, 0},
};
// clang-format on

const struct flow_function_group flow_functions_object = {HG_LIT("object"), rows, HG_COUNT(rows)};
