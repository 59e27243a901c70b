#include "flow/trigger.h"

#include "base/base.h"
#include "flow/definition.h"
#include "flow/expression.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Conditions and splitOn of one evaluation of a trigger (flow-platform 3.3). */

struct firing {
    struct hg_arena *arena;
    const struct flow_definition *definition;
    const struct flow_evaluation *evaluation;
    struct hg_json record; /* trigger() */
    struct hg_err *err;
};

static const struct hg_json *parameter_of(const struct firing *firing, hg_str name)
{
    const struct hg_json *value = hg_json_get_nocase(firing->evaluation->parameters, name);
    if (value != NULL)
        return value;
    const struct hg_json *declared = hg_json_get_nocase(firing->definition->parameters, name);
    return hg_json_get(declared, "defaultValue");
}

static const struct hg_json *find(const void *self, enum flow_name what, hg_str name)
{
    const struct firing *firing = self;
    if (what == FLOW_NAME_TRIGGER)
        return &firing->record;
    if (what == FLOW_NAME_PARAMETER)
        return parameter_of(firing, name);
    return what == FLOW_NAME_WORKFLOW ? firing->evaluation->workflow : NULL;
}

static void make_record(struct firing *firing)
{
    const struct flow_evaluation *evaluation = firing->evaluation;
    hg_str now = hg_time_seven(firing->arena, evaluation->now);
    firing->record = hg_json_object();
    hg_json_put_str(firing->arena, &firing->record, "name", firing->definition->trigger.name);
    if (evaluation->outputs != NULL)
        hg_json_put(firing->arena, &firing->record, "outputs", *evaluation->outputs);
    hg_json_put_str(firing->arena, &firing->record, "startTime", now);
    hg_json_put_str(firing->arena, &firing->record, "status", HG_STR("Succeeded"));
    hg_json_put_str(firing->arena, &firing->record, "code", HG_STR("OK"));
}

static struct flow_scope scope_of(const struct firing *firing)
{
    return (struct flow_scope){.now = firing->evaluation->now,
                               .random = firing->evaluation->random,
                               .find = find,
                               .self = firing};
}

/* A fault of the maker's program is an outcome; only memory is a failure. */
static enum hg_code judge(const struct firing *firing, enum hg_code code,
                          const struct flow_fault *fault, const char *member,
                          struct flow_firing *out)
{
    hg_str name = firing->definition->trigger.name;
    if (code == HG_NO_MEMORY)
        return HG_FAIL(firing->err, code, "a trigger's %s", member);
    struct flow_fault shown = *fault;
    if (code != HG_MALFORMED)
        shown.message = HG_STR("The result is larger than an expression may give.");
    *out = (struct flow_firing){
        .kind = FLOW_FIRING_FAILED,
        .code = HG_STR("InvalidTemplate"),
        .message = flow_fault_text(
            firing->arena, &shown,
            hg_str_format(firing->arena, "in trigger '%.*s' %s", HG_ARG(name), member))};
    return HG_OK;
}

static enum hg_code check_conditions(const struct firing *firing, struct flow_firing *out)
{
    const struct hg_json *list = firing->definition->trigger.conditions;
    struct flow_scope scope = scope_of(firing);
    for (size_t i = 0; i < hg_json_count(list); i++) {
        struct flow_fault fault = {0};
        bool holds;
        const struct hg_json *condition = hg_json_get(hg_json_item(list, i), "expression");
        enum hg_code code =
            flow_condition_eval(firing->arena, condition, &scope, &holds, &fault, NULL);
        if (code != HG_OK)
            return judge(firing, code, &fault, "conditions", out);
        if (holds)
            continue;
        *out = (struct flow_firing){
            .kind = FLOW_FIRING_SKIPPED,
            .code = HG_STR("TriggerConditionNotMet"),
            .message =
                hg_str_format(firing->arena, "Condition %zu of trigger '%.*s' does not hold.",
                              i + 1, HG_ARG(firing->definition->trigger.name))};
        return HG_OK;
    }
    return HG_OK;
}

/* The outputs of each run: the item in place of the body, the headers kept. */
static enum hg_code split(const struct firing *firing, const struct hg_json *array,
                          struct flow_firing *out)
{
    size_t n = hg_json_count(array);
    const struct hg_json *headers = hg_json_get(firing->evaluation->outputs, "headers");
    struct hg_json *items = HG_NEW_ARRAY(firing->arena, struct hg_json, n == 0 ? 1 : n);
    if (items == NULL)
        return HG_FAIL(firing->err, HG_NO_MEMORY, "a trigger's items");
    for (size_t i = 0; i < n; i++) {
        items[i] = hg_json_object();
        if (headers != NULL)
            hg_json_put(firing->arena, &items[i], "headers", *headers);
        hg_json_put(firing->arena, &items[i], "body", *hg_json_item(array, i));
    }
    out->items = items;
    out->n_items = n;
    return HG_OK;
}

static void refuse_items(const struct firing *firing, const char *why, struct flow_firing *out)
{
    *out = (struct flow_firing){
        .kind = FLOW_FIRING_FAILED,
        .code = HG_STR("InvalidTemplate"),
        .message = hg_str_format(firing->arena, "The 'splitOn' of trigger '%.*s' %s.",
                                 HG_ARG(firing->definition->trigger.name), why)};
}

static enum hg_code split_items(const struct firing *firing, struct flow_firing *out)
{
    const struct hg_json *written = firing->definition->trigger.split_on;
    struct flow_scope scope = scope_of(firing);
    struct flow_fault fault = {0};
    struct hg_json array;
    enum hg_code code = flow_template_eval(firing->arena, written, &scope, &array, &fault, NULL);
    if (code != HG_OK)
        return judge(firing, code, &fault, "splitOn", out);
    if (array.kind == HG_JSON_NULL)
        array = hg_json_array();
    if (array.kind != HG_JSON_ARRAY)
        refuse_items(firing, "is not an array", out);
    else if (hg_json_count(&array) > HG_MAX_FLOW_LOOP)
        refuse_items(firing, "has more than 100000 items", out);
    else
        return split(firing, &array, out);
    return HG_OK;
}

enum hg_code flow_trigger_fire(struct hg_arena *arena, const struct flow_definition *definition,
                               const struct flow_evaluation *evaluation, struct flow_firing *out,
                               struct hg_err *err)
{
    static const struct hg_json nothing = {.kind = HG_JSON_OBJECT};
    struct firing firing = {
        .arena = arena, .definition = definition, .evaluation = evaluation, .err = err};
    struct flow_firing result = {.kind = FLOW_FIRING_RUN, .n_items = 1};
    result.items = evaluation->outputs != NULL ? evaluation->outputs : &nothing;
    make_record(&firing);
    HG_TRY(check_conditions(&firing, &result));
    if (result.kind == FLOW_FIRING_RUN && definition->trigger.split_on != NULL)
        HG_TRY(split_items(&firing, &result));
    if (hg_arena_exhausted(arena))
        return HG_FAIL(err, HG_NO_MEMORY, "an evaluation of a trigger");
    *out = result;
    return HG_OK;
}
