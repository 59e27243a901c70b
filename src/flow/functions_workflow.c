#include "base/base.h"
#include "flow/expression.h"
#include "flow/function_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Functions that read the scope. What is not there is a fault that names it; an action
 * without outputs (skipped, not run yet) gives null, which later accesses refuse. */
static hg_str missing_text(struct hg_arena *arena, enum flow_name what, hg_str name)
{
    static const char *const texts[] = {
        [FLOW_NAME_PARAMETER] = "The workflow parameter '%s' is not found.",
        [FLOW_NAME_VARIABLE] = "The variable '%s' must be initialized before it can be used.",
        [FLOW_NAME_ACTION] = "The template action '%s' is not defined in the template.",
        [FLOW_NAME_TRIGGER] = "The trigger is not available here.",
        [FLOW_NAME_LOOP] = "The template action '%s' is not a foreach loop around this place.",
        [FLOW_NAME_ITEM] = "The template function 'item' is only available inside a loop.",
        [FLOW_NAME_ITERATION] = "The template action '%s' is not an until loop around this place.",
        [FLOW_NAME_RESULT] = "The template action '%s' is not a scope that has run.",
        [FLOW_NAME_WORKFLOW] = "The workflow is not available here.",
        [FLOW_NAME_SELF] = "The template function is only available inside an action.",
        [FLOW_NAME_CALLBACK_URL] = "The template function 'listCallbackUrl' is for webhooks only.",
        [FLOW_NAME_APP_SETTING] = "The app setting '%s' is not found.",
    };
    hg_str text = hg_str_of(texts[what]);
    size_t at = hg_str_find(text, HG_STR("%s"));
    if (at == HG_NPOS)
        return text;
    struct hg_buf out = hg_buf_new(arena, text.len + name.len);
    hg_buf_str(&out, hg_str_sub(text, 0, at));
    hg_buf_str(&out, name);
    hg_buf_str(&out, hg_str_from(text, at + 2));
    return hg_buf_view(&out);
}

static enum hg_code find(const struct flow_call *call, enum flow_name what, hg_str name,
                         struct hg_json *out)
{
    const struct flow_scope *scope = call->eval->scope;
    const struct hg_json *found = scope->find == NULL ? NULL : scope->find(scope->self, what, name);
    if (found == NULL)
        return flow_eval_fail(call->eval, call->node->at,
                              missing_text(call->eval->arena, what, name));
    *out = *found;
    return HG_OK;
}

/* What the row names; called without an argument, the action itself. */
static enum hg_code run_find(const struct flow_call *call, struct hg_json *out)
{
    if (call->n_args > 0)
        return find(call, call->function->what, flow_arg_str(call, 0), out);
    bool is_self = call->function->what == FLOW_NAME_ACTION;
    return find(call, is_self ? FLOW_NAME_SELF : call->function->what, (hg_str){0}, out);
}

/* A member of a record: null when there is no record or no member. */
static struct hg_json part_of(const struct hg_json *record, const char *name)
{
    const struct hg_json *part = hg_json_get_nocase(record, hg_str_of(name));
    return part == NULL ? hg_json_null() : *part;
}

static enum hg_code run_outputs(const struct flow_call *call, struct hg_json *out)
{
    struct hg_json record;
    HG_TRY(run_find(call, &record));
    *out = part_of(&record, "outputs");
    return HG_OK;
}

static enum hg_code run_body(const struct flow_call *call, struct hg_json *out)
{
    struct hg_json outputs;
    HG_TRY(run_outputs(call, &outputs));
    *out = part_of(&outputs, "body");
    return HG_OK;
}

/* --- Forms and multipart bodies, as the trigger or an HTTP action has read them --- */

/* The list that the body of the record carries under `name`. */
static enum hg_code body_list(const struct flow_call *call, const char *name, struct hg_json *out)
{
    struct hg_json record;
    bool has_action = call->function->what == FLOW_NAME_ACTION;
    HG_TRY(find(call, call->function->what, has_action ? flow_arg_str(call, 0) : (hg_str){0},
                &record));
    struct hg_json outputs = part_of(&record, "outputs");
    struct hg_json body = part_of(&outputs, "body");
    *out = part_of(&body, name);
    if (out->kind == HG_JSON_ARRAY)
        return HG_OK;
    return FLOW_FAIL(call,
                     "The template language function '%.*s' expects a body with '%s'. The provided "
                     "value is of type '%.*s'.",
                     HG_ARG(call->function->name), name, HG_ARG(flow_value_kind_name(&body)));
}

static enum hg_code form_values(const struct flow_call *call, struct hg_json *out)
{
    struct hg_json fields;
    struct hg_json values = hg_json_array();
    hg_str key = flow_arg_str(call, call->n_args - 1);
    HG_TRY(body_list(call, "$formdata", &fields));
    for (uint32_t i = 0; i < fields.array.n; i++) {
        const struct hg_json *field = &fields.array.items[i];
        const struct hg_json *value = hg_json_get(field, "value");
        if (value != NULL && hg_str_eq(hg_json_str_or(hg_json_get(field, "key"), HG_STR("")), key))
            hg_json_push(call->eval->arena, &values, *value);
    }
    *out = values;
    return HG_OK;
}

static enum hg_code run_form_value(const struct flow_call *call, struct hg_json *out)
{
    struct hg_json values;
    HG_TRY(form_values(call, &values));
    if (values.array.n > 1)
        return FLOW_FAIL(call,
                         "The template language function '%.*s' expects one value. The key '%.*s' "
                         "has '%u'.",
                         HG_ARG(call->function->name), HG_ARG(flow_arg_str(call, call->n_args - 1)),
                         (unsigned)values.array.n);
    *out = values.array.n == 0 ? hg_json_null() : values.array.items[0];
    return HG_OK;
}

static enum hg_code run_multipart(const struct flow_call *call, struct hg_json *out)
{
    struct hg_json parts;
    int64_t i = call->args[call->n_args - 1].integer;
    HG_TRY(body_list(call, "$multipart", &parts));
    if (i < 0 || i >= parts.array.n)
        return FLOW_FAIL(call,
                         "The template language function '%.*s' has no part '%lld': the body has "
                         "'%u'.",
                         HG_ARG(call->function->name), (long long)i, (unsigned)parts.array.n);
    *out = part_of(&parts.array.items[i], "body");
    return HG_OK;
}

#define READS (FLOW_NAMES | FLOW_IS_DYNAMIC)
#define READS_PATH (READS | FLOW_HAS_SLASH)
#define NAME {FLOW_ARG_STRING}
#define NAME_AND_KEY {FLOW_ARG_STRING, FLOW_ARG_STRING}
#define NAME_AND_PLACE {FLOW_ARG_STRING, FLOW_ARG_INT}

// clang-format off
static const struct flow_function rows[] = {
    {HG_LIT("action"), 0, 0, run_find, {0}, READS, FLOW_NAME_SELF},
    {HG_LIT("actionBody"), 0, 1, run_body, NAME, READS, FLOW_NAME_ACTION},
    {HG_LIT("actionOutputs"), 0, 1, run_outputs, NAME, READS_PATH, FLOW_NAME_ACTION},
    {HG_LIT("actions"), 1, 1, run_find, NAME, READS, FLOW_NAME_ACTION},
    {HG_LIT("appsetting"), 1, 1, run_find, NAME, READS, FLOW_NAME_APP_SETTING},
    {HG_LIT("body"), 1, 1, run_body, NAME, READS, FLOW_NAME_ACTION},
    {HG_LIT("formDataMultiValues"), 2, 2, form_values, NAME_AND_KEY, READS, FLOW_NAME_ACTION},
    {HG_LIT("formDataValue"), 2, 2, run_form_value, NAME_AND_KEY, READS, FLOW_NAME_ACTION},
    {HG_LIT("item"), 0, 0, run_find, {0}, READS, FLOW_NAME_ITEM},
    {HG_LIT("items"), 1, 1, run_find, NAME, READS, FLOW_NAME_LOOP},
    {HG_LIT("iterationIndexes"), 1, 1, run_find, NAME, READS, FLOW_NAME_ITERATION},
    {HG_LIT("listCallbackUrl"), 0, 0, run_find, {0}, READS, FLOW_NAME_CALLBACK_URL},
    {HG_LIT("multipartBody"), 2, 2, run_multipart, NAME_AND_PLACE, READS, FLOW_NAME_ACTION},
    {HG_LIT("outputs"), 1, 1, run_outputs, NAME, READS_PATH, FLOW_NAME_ACTION},
    {HG_LIT("parameters"), 1, 1, run_find, NAME, READS, FLOW_NAME_PARAMETER},
    {HG_LIT("result"), 1, 1, run_find, NAME, READS, FLOW_NAME_RESULT},
    {HG_LIT("trigger"), 0, 0, run_find, {0}, READS, FLOW_NAME_TRIGGER},
    {HG_LIT("triggerBody"), 0, 0, run_body, {0}, READS, FLOW_NAME_TRIGGER},
    {HG_LIT("triggerFormDataMultiValues"), 1, 1, form_values, {FLOW_ARG_STRING}, READS, FLOW_NAME_TRIGGER},
    {HG_LIT("triggerFormDataValue"), 1, 1, run_form_value, {FLOW_ARG_STRING}, READS, FLOW_NAME_TRIGGER},
    {HG_LIT("triggerMultipartBody"), 1, 1, run_multipart, {FLOW_ARG_INT}, READS, FLOW_NAME_TRIGGER},
    {HG_LIT("triggerOutputs"), 0, 0, run_outputs, {0}, READS_PATH, FLOW_NAME_TRIGGER},
    {HG_LIT("variables"), 1, 1, run_find, NAME, READS, FLOW_NAME_VARIABLE},
    {HG_LIT("workflow"), 0, 0, run_find, {0}, READS, FLOW_NAME_WORKFLOW},
};
// clang-format on

const struct flow_function_group flow_functions_workflow = {HG_LIT("workflow"), rows,
                                                            HG_COUNT(rows)};
