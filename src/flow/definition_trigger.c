#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static void refuse_type(struct flow_reading *reading, const struct flow_trigger *trigger,
                        hg_str path)
{
    if (trigger->kind_name.len > 0)
        FLOW_REFUSE(reading, "TriggerTypeNotSupported", path,
                    "The trigger '%.*s' of type '%.*s' and kind '%.*s' is not supported by this "
                    "server.",
                    HG_ARG(trigger->name), HG_ARG(trigger->type_name), HG_ARG(trigger->kind_name));
    else
        FLOW_REFUSE(reading, "TriggerTypeNotSupported", path,
                    "The trigger '%.*s' of type '%.*s' is not supported by this server.",
                    HG_ARG(trigger->name), HG_ARG(trigger->type_name));
}

/* Type and kind to ours; false: refused. */
static bool type_of(const struct flow_trigger *trigger, enum flow_trigger_type *out)
{
    static const struct {
        hg_str type, kind;
        enum flow_trigger_type is;
    } types[] = {
        {HG_LIT("Request"), HG_LIT("Http"), FLOW_TRIGGER_REQUEST},
        {HG_LIT("Request"), HG_LIT(""), FLOW_TRIGGER_REQUEST},
        {HG_LIT("Request"), HG_LIT("Button"), FLOW_TRIGGER_BUTTON},
        {HG_LIT("Recurrence"), HG_LIT(""), FLOW_TRIGGER_RECURRENCE},
        {HG_LIT("OpenApiConnection"), HG_LIT(""), FLOW_TRIGGER_CONNECTOR},
        {HG_LIT("ApiConnection"), HG_LIT(""), FLOW_TRIGGER_CONNECTOR},
    };
    for (size_t i = 0; i < HG_COUNT(types); i++) {
        if (!hg_str_eq_nocase(trigger->type_name, types[i].type) ||
            !hg_str_eq_nocase(trigger->kind_name, types[i].kind))
            continue;
        *out = types[i].is;
        return true;
    }
    return false;
}

static void read_conditions(struct flow_reading *reading, struct flow_trigger *trigger, hg_str path)
{
    const struct hg_json *list = hg_json_get(trigger->source, "conditions");
    if (hg_json_is_null(list))
        return;
    bool good = hg_json_is(list, HG_JSON_ARRAY);
    for (size_t i = 0; good && i < hg_json_count(list); i++)
        good = !hg_json_is_null(hg_json_get(hg_json_item(list, i), "expression"));
    if (good)
        trigger->conditions = list;
    else
        FLOW_REFUSE(reading, "InvalidTemplate",
                    hg_str_format(reading->arena, "%.*s/conditions", HG_ARG(path)),
                    "The 'conditions' of trigger '%.*s' are not a list of objects with an "
                    "'expression'.",
                    HG_ARG(trigger->name));
}

static uint32_t read_bounded(struct flow_reading *reading, const struct hg_json *value,
                             uint32_t otherwise, hg_str path)
{
    int64_t n;
    if (hg_json_is_null(value))
        return otherwise;
    if (hg_json_as_int(value, &n) && n >= 1 && n <= 100)
        return (uint32_t)n;
    FLOW_REFUSE(reading, "InvalidTemplate", path,
                "The concurrency of a trigger is not a number from 1 to 100.");
    return otherwise;
}

/* flow-platform 3.2: 25 at once where switched on without a number; 10 + n wait. */
static void read_concurrency(struct flow_reading *reading, struct flow_trigger *trigger,
                             hg_str path)
{
    const struct hg_json *asked = hg_json_path(trigger->source, "runtimeConfiguration.concurrency");
    hg_str options = hg_json_str_or(hg_json_get(trigger->source, "operationOptions"), HG_STR(""));
    hg_str at =
        hg_str_format(reading->arena, "%.*s/runtimeConfiguration/concurrency", HG_ARG(path));
    trigger->single_instance = hg_str_eq_nocase(options, HG_STR("SingleInstance"));
    trigger->has_concurrency = hg_json_is(asked, HG_JSON_OBJECT);
    if (!trigger->has_concurrency)
        return;
    trigger->runs = read_bounded(reading, hg_json_get(asked, "runs"), 25, at);
    uint32_t waiting = trigger->runs + 10 > 100 ? 100 : trigger->runs + 10;
    trigger->waiting_runs =
        read_bounded(reading, hg_json_get(asked, "maximumWaitingRuns"), waiting, at);
    if (trigger->single_instance)
        FLOW_REFUSE(reading, "InvalidTemplate", at,
                    "The trigger '%.*s' has both 'SingleInstance' and a number of concurrent runs.",
                    HG_ARG(trigger->name));
}

static void read_split(struct flow_reading *reading, struct flow_trigger *trigger, hg_str path)
{
    const struct hg_json *split = hg_json_get(trigger->source, "splitOn");
    if (hg_json_is_null(split))
        return;
    trigger->split_on = split;
    if (!hg_json_is(split, HG_JSON_STRING))
        FLOW_REFUSE(reading, "InvalidTemplate",
                    hg_str_format(reading->arena, "%.*s/splitOn", HG_ARG(path)),
                    "The 'splitOn' of trigger '%.*s' is not an expression.", HG_ARG(trigger->name));
}

static void read_timing(struct flow_reading *reading, struct flow_trigger *trigger, hg_str path)
{
    const struct hg_json *recurrence = hg_json_get(trigger->source, "recurrence");
    if (hg_json_is_null(recurrence)) {
        FLOW_REFUSE(reading, "MissingRequiredProperty",
                    hg_str_format(reading->arena, "%.*s/recurrence", HG_ARG(path)),
                    "The trigger '%.*s' of type '%.*s' needs a 'recurrence'.",
                    HG_ARG(trigger->name), HG_ARG(trigger->type_name));
        return;
    }
    trigger->has_recurrence = true;
    flow_reading_recurrence(reading, recurrence,
                            hg_str_format(reading->arena, "%.*s/recurrence", HG_ARG(path)),
                            &trigger->recurrence);
}

static void read_trigger(struct flow_reading *reading, struct flow_trigger *trigger, hg_str path)
{
    bool is_request = false;
    if (!type_of(trigger, &trigger->type)) {
        refuse_type(reading, trigger, path);
        return;
    }
    is_request = trigger->type == FLOW_TRIGGER_REQUEST || trigger->type == FLOW_TRIGGER_BUTTON;
    if (is_request)
        trigger->schema = hg_json_get(trigger->inputs, "schema");
    if (hg_json_is_null(trigger->schema))
        trigger->schema = NULL;
    if (!is_request)
        read_timing(reading, trigger, path);
    if (trigger->type == FLOW_TRIGGER_CONNECTOR) {
        struct flow_step_name step = {
            .who = "trigger",
            .name = trigger->name,
            .type = trigger->type_name,
            .path = hg_str_format(reading->arena, "%.*s/inputs", HG_ARG(path))};
        flow_reading_host(reading, &step, trigger->inputs, &trigger->host);
    }
    read_conditions(reading, trigger, path);
    read_split(reading, trigger, path);
    read_concurrency(reading, trigger, path);
    flow_reading_secure(trigger->source, &trigger->secure_inputs, &trigger->secure_outputs);
}

void flow_reading_trigger(struct flow_reading *reading)
{
    const struct hg_json *triggers = hg_json_get(reading->out->source, "triggers");
    if (!hg_json_is(triggers, HG_JSON_OBJECT) || hg_json_count(triggers) == 0) {
        FLOW_REFUSE(reading, "InvalidTemplate", HG_STR("/triggers"),
                    "The definition has no trigger.");
        return;
    }
    if (hg_json_count(triggers) > 1)
        FLOW_REFUSE(reading, "InvalidTemplate", HG_STR("/triggers"),
                    "The definition has %zu triggers; a flow has exactly one.",
                    hg_json_count(triggers));
    const struct hg_json_member *member = &triggers->object.members[0];
    struct flow_trigger *trigger = &reading->out->trigger;
    trigger->name = member->name;
    trigger->source = &member->value;
    trigger->inputs = hg_json_get(trigger->source, "inputs");
    trigger->type_name = hg_json_str_or(hg_json_get(trigger->source, "type"), HG_STR(""));
    trigger->kind_name = hg_json_str_or(hg_json_get(trigger->source, "kind"), HG_STR(""));
    read_trigger(reading, trigger, flow_reading_path(reading, HG_STR("/triggers"), member->name));
}
