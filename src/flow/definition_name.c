#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"
#include "flow/expression.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the expressions of each action refer to: checked against the actions it
 * may see, the variables, the parameters and the loops around it. */

struct place {
    struct flow_reading *reading;
    const struct flow_action *action; /* NULL: the trigger */
    uint32_t index;
    const char *member; /* "inputs", "expression" … */
    bool is_own_result; /* trackedProperties: may read the action itself */
};

static hg_str place_path(const struct place *place)
{
    struct flow_reading *reading = place->reading;
    if (place->action != NULL)
        return flow_action_path(reading, place->action, place->member);
    hg_str trigger = flow_reading_path(reading, HG_STR("/triggers"), reading->out->trigger.name);
    return hg_str_format(reading->arena, "%.*s/%s", HG_ARG(trigger), place->member);
}

static hg_str place_name(const struct place *place)
{
    return place->action == NULL ? place->reading->out->trigger.name : place->action->name;
}

static const char *place_kind(const struct place *place)
{
    return place->action == NULL ? "trigger" : "action";
}

static void refuse_unknown(const struct place *place, hg_str name)
{
    FLOW_REFUSE(place->reading, "InvalidTemplate", place_path(place),
                "The action(s) '%.*s' referenced by '%s' in %s '%.*s' are not defined in the "
                "template.",
                HG_ARG(name), place->member, place_kind(place), HG_ARG(place_name(place)));
}

/* How many loops around `target` do not also surround `place`. */
static unsigned loops_between(const struct place *place, uint32_t target)
{
    const struct flow_definition *out = place->reading->out;
    unsigned n = 0;
    for (uint32_t at = out->actions[target].parent; at != FLOW_NONE; at = out->actions[at].parent) {
        bool around = place->index > at && place->index < out->actions[at].end;
        n += out->actions[at].type == FLOW_ACTION_FOREACH && !around ? 1 : 0;
    }
    return n;
}

static void check_action(const struct place *place, hg_str name)
{
    struct flow_reading *reading = place->reading;
    uint32_t target = flow_definition_action(reading->out, name);
    if (place->is_own_result && target == place->index)
        return;
    if (target == FLOW_NONE) {
        refuse_unknown(place, name);
    } else if (place->action == NULL) {
        FLOW_REFUSE(reading, "InvalidTemplate", place_path(place),
                    "The trigger '%.*s' cannot refer to the action '%.*s', which runs after it.",
                    HG_ARG(place_name(place)), HG_ARG(name));
    } else if (!flow_reading_sees(reading, place->index, target)) {
        FLOW_REFUSE(
            reading, "InvalidTemplate", place_path(place),
            "The %s of template action '%.*s' at line '1' and column '1' is invalid. Action "
            "'%.*s' must be a parent in 'runAfter' path of action '%.*s' to be referenced by "
            "action %s.",
            place->member, HG_ARG(place->action->name), HG_ARG(name), HG_ARG(place->action->name),
            place->member);
    } else if (loops_between(place, target) > 1) {
        FLOW_REFUSE(reading, "InvalidTemplate", place_path(place),
                    "The action '%.*s' is nested in a foreach scope of multiple levels and cannot "
                    "be referenced by '%s' in action '%.*s'.",
                    HG_ARG(name), place->member, HG_ARG(place->action->name));
    } else {
        flow_reading_link(reading, place->index, target);
    }
}

static void check_result(const struct place *place, hg_str name)
{
    const struct flow_definition *out = place->reading->out;
    uint32_t target = flow_definition_action(out, name);
    enum flow_action_type type =
        target == FLOW_NONE ? FLOW_ACTION_OTHER : out->actions[target].type;
    check_action(place, name);
    if (target == FLOW_NONE)
        return;
    if (type != FLOW_ACTION_OTHER && !flow_action_is_container(type))
        FLOW_REFUSE(place->reading, "InvalidTemplate", place_path(place),
                    "result('%.*s') in action '%.*s' needs a scope or a loop; '%.*s' is of type "
                    "'%.*s'.",
                    HG_ARG(name), HG_ARG(place_name(place)), HG_ARG(name),
                    HG_ARG(out->actions[target].type_name));
    for (uint32_t i = target + 1; i < out->actions[target].end; i++)
        flow_reading_link(place->reading, place->index, i);
}

static bool changes_variable(const struct place *place, hg_str name)
{
    if (place->action == NULL || place->action->type != FLOW_ACTION_SET_VARIABLE)
        return false;
    hg_str own = hg_json_str_or(hg_json_get(place->action->inputs, "name"), HG_STR(""));
    return hg_str_eq_nocase(own, name);
}

static void check_variable(const struct place *place, hg_str name)
{
    struct flow_reading *reading = place->reading;
    const struct flow_variable *variable = flow_reading_variable(reading, name);
    hg_str type = place->action == NULL ? HG_STR("trigger") : place->action->type_name;
    const char *what = NULL;
    if (variable == NULL || place->action == NULL ||
        (place->index != variable->action &&
         !flow_reading_sees(reading, place->index, variable->action)))
        what = "must be initialized before it can be used inside action";
    else if (variable->action == place->index)
        what = "is read by the action that initializes it: action";
    else
        flow_reading_link(reading, place->index,
                          flow_link_variable(reading, variable - reading->variables));
    if (what != NULL)
        FLOW_REFUSE(reading, "InvalidTemplate", place_path(place),
                    "The inputs of workflow run action '%.*s' of type '%.*s' are not valid. The "
                    "variable '%.*s' %s '%.*s'.",
                    HG_ARG(place_name(place)), HG_ARG(type), HG_ARG(name), what,
                    HG_ARG(place_name(place)));
    else if (changes_variable(place, name))
        FLOW_REFUSE(reading, "InvalidTemplate", place_path(place),
                    "The inputs of workflow run action '%.*s' of type '%.*s' are not valid. Self "
                    "reference is not supported when updating the value of variable '%.*s'.",
                    HG_ARG(place_name(place)), HG_ARG(type), HG_ARG(name));
}

static void check_parameter(const struct place *place, hg_str name)
{
    struct flow_reading *reading = place->reading;
    const struct hg_json *declared = hg_json_get_nocase(reading->out->parameters, name);
    hg_str type = hg_json_str_or(hg_json_get(declared, "type"), HG_STR(""));
    if (hg_str_starts_nocase(type, HG_STR("secure")) && place->action != NULL && name.ptr[0] != '$')
        flow_reading_link(reading, place->index, flow_link_secret(reading));
    if (declared != NULL || hg_str_eq_nocase(name, HG_STR("$connections")) ||
        hg_str_eq_nocase(name, HG_STR("$authentication")))
        return;
    flow_reading_add(
        reading, reading->source->open_parameters ? FLOW_WARNING : FLOW_ERROR, "InvalidTemplate",
        place_path(place),
        hg_str_format(reading->arena,
                      "The template parameter '%.*s', used in %s '%.*s', is not found.",
                      HG_ARG(name), place_kind(place), HG_ARG(place_name(place))));
}

/* items('L') and item(): inside the loop L, inside any loop. The loops that this
 * server refuses count as well: one finding for one mistake. */
static void check_loop(const struct place *place, hg_str name, bool any)
{
    const struct flow_definition *out = place->reading->out;
    uint32_t at = place->action == NULL ? FLOW_NONE : place->action->parent;
    for (; at != FLOW_NONE; at = out->actions[at].parent) {
        enum flow_action_type type = out->actions[at].type;
        bool is_loop = type == FLOW_ACTION_FOREACH || type == FLOW_ACTION_OTHER;
        if (is_loop && (any || hg_str_eq_nocase(out->actions[at].name, name)))
            return;
    }
    if (any)
        FLOW_REFUSE(place->reading, "InvalidTemplate", place_path(place),
                    "The %s '%.*s' uses item(), which has a value inside a loop only.",
                    place_kind(place), HG_ARG(place_name(place)));
    else
        FLOW_REFUSE(place->reading, "InvalidTemplate", place_path(place),
                    "The repetition action(s) '%.*s' referenced by '%s' in %s '%.*s' are not "
                    "defined in the template.",
                    HG_ARG(name), place->member, place_kind(place), HG_ARG(place_name(place)));
}

static void check_reference(const struct place *place, const struct flow_reference *reference)
{
    struct flow_reading *reading = place->reading;
    if (reference->what == FLOW_NAME_TRIGGER && place->action != NULL)
        flow_reading_link(reading, place->index, flow_link_trigger(reading));
    if (reference->what == FLOW_NAME_ITEM)
        check_loop(place, HG_STR(""), true);
    if (reference->is_dynamic || reference->name.len == 0)
        return;
    if (reference->what == FLOW_NAME_ACTION)
        check_action(place, reference->name);
    else if (reference->what == FLOW_NAME_RESULT)
        check_result(place, reference->name);
    else if (reference->what == FLOW_NAME_VARIABLE)
        check_variable(place, reference->name);
    else if (reference->what == FLOW_NAME_PARAMETER)
        check_parameter(place, reference->name);
    else if (reference->what == FLOW_NAME_LOOP || reference->what == FLOW_NAME_ITERATION)
        check_loop(place, reference->name, false);
}

/* The first unevaluated expression of a deployment template inside a value. Depth is
 * bounded by the parser of the document. */
static const struct hg_json *template_expression_in(const struct hg_json *value)
{
    const struct hg_json *found = NULL;
    if (value == NULL || flow_is_template_expression(value))
        return value;
    for (size_t i = 0; found == NULL && i < hg_json_count(value); i++) {
        bool is_object = value->kind == HG_JSON_OBJECT;
        found = template_expression_in(is_object ? &value->object.members[i].value
                                                 : hg_json_item(value, i));
    }
    return found;
}

/* Without an '@' it is a text like any other, though hardly the one that was meant. */
static bool check_template(const struct place *place, const struct hg_json *value)
{
    const struct hg_json *found = template_expression_in(value);
    if (found == NULL)
        return true;
    bool is_text = hg_str_find_byte(found->string, '@') == HG_NPOS;
    hg_str type =
        place->action == NULL ? place->reading->out->trigger.type_name : place->action->type_name;
    flow_reading_add(place->reading, is_text ? FLOW_WARNING : FLOW_ERROR, "TemplateExpression",
                     place_path(place),
                     hg_str_format(place->reading->arena,
                                   "The %s of %s '%.*s' of type '%.*s' hold the expression '%.*s' "
                                   "of a deployment template, which has not been evaluated: deploy "
                                   "the template and export the flow.",
                                   place->member, place_kind(place), HG_ARG(place_name(place)),
                                   HG_ARG(type), HG_ARG(found->string)));
    return is_text;
}

static void check_value(const struct place *place, const struct hg_json *value)
{
    struct flow_reading *reading = place->reading;
    struct flow_references references = {0};
    struct flow_faults faults = {0};
    if (hg_json_is_null(value) || reading->failed || !check_template(place, value))
        return;
    if (flow_template_check(reading->arena, value, &references, &faults, NULL) != HG_OK) {
        reading->failed |= hg_arena_exhausted(reading->arena);
        if (!reading->failed)
            FLOW_REFUSE(reading, "InvalidTemplate", place_path(place),
                        "The %s of %s '%.*s' are larger or deeper than an expression may be.",
                        place->member, place_kind(place), HG_ARG(place_name(place)));
        return;
    }
    hg_str where = hg_str_format(reading->arena, "in %s '%.*s' %s", place_kind(place),
                                 HG_ARG(place_name(place)), place->member);
    for (uint32_t i = 0; i < faults.n; i++)
        flow_reading_add(reading, FLOW_ERROR, "InvalidTemplate", place_path(place),
                         flow_fault_text(reading->arena, &faults.items[i], where));
    for (uint32_t i = 0; i < references.n; i++)
        check_reference(place, &references.items[i]);
}

/* The parts of a connector step's inputs that are evaluated: neither host nor
 * authentication, which say who calls, not what. */
static void check_connector(const struct place *place)
{
    static const char *const parts[] = {"parameters", "path", "queries", "headers", "body"};
    for (size_t i = 0; i < HG_COUNT(parts); i++)
        check_value(place, hg_json_get(place->action->inputs, parts[i]));
}

static void check_action_places(struct flow_reading *reading, uint32_t index)
{
    const struct flow_action *action = &reading->out->actions[index];
    struct place place = {.reading = reading, .action = action, .index = index, .member = "inputs"};
    if (action->type == FLOW_ACTION_OTHER)
        return;
    if (action->type == FLOW_ACTION_CONNECTOR)
        check_connector(&place);
    else
        check_value(&place, action->inputs);
    if (action->type >= FLOW_ACTION_SET_VARIABLE &&
        action->type <= FLOW_ACTION_APPEND_TO_STRING_VARIABLE) {
        hg_str name = hg_json_str_or(hg_json_get(action->inputs, "name"), HG_STR(""));
        const struct flow_variable *variable = flow_reading_variable(reading, name);
        if (name.len > 0 &&
            (variable == NULL || !flow_reading_sees(reading, index, variable->action)))
            check_variable(&place, name);
    }
    place.member = "expression";
    check_value(&place,
                action->type == FLOW_ACTION_IF ? hg_json_get(action->source, "expression") : NULL);
    place.member = "foreach";
    check_value(&place, action->type == FLOW_ACTION_FOREACH ? hg_json_get(action->source, "foreach")
                                                            : NULL);
    place.member = "trackedProperties";
    place.is_own_result = true;
    check_value(&place, hg_json_get(action->source, "trackedProperties"));
}

void flow_reading_names(struct flow_reading *reading)
{
    const struct flow_trigger *trigger = &reading->out->trigger;
    struct place place = {.reading = reading, .index = FLOW_NONE, .member = "conditions"};
    check_value(&place, trigger->conditions);
    place.member = "splitOn";
    check_value(&place, trigger->split_on);
    for (uint32_t i = 0; i < reading->out->n_actions && !reading->failed; i++)
        check_action_places(reading, i);
}
