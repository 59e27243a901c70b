#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- retry policy (flow-platform 3.9) --- */

enum {
    DEFAULT_TRIES = 4,
    MAX_TRIES = 90,
};

static const struct flow_retry default_retry = {
    .type = FLOW_RETRY_EXPONENTIAL,
    .count = DEFAULT_TRIES,
    .interval = {7500000},
    .minimum = {5000000},
    .maximum = {45000000},
};

struct retry_reader {
    struct flow_reading *reading;
    const struct flow_action *action;
    const struct hg_json *policy;
};

static void retry_fault(const struct retry_reader *reader, const char *member, const char *rule)
{
    FLOW_REFUSE(reader->reading, "InvalidTemplate",
                hg_str_format(reader->reading->arena, "%.*s/inputs/retryPolicy/%s",
                              HG_ARG(reader->action->path), member),
                "The retry policy of action '%.*s' has a '%s' that is not %s.",
                HG_ARG(reader->action->name), member, rule);
}

/* PT5S to P1D. */
static void read_interval(const struct retry_reader *reader, const char *member, hg_dur *out)
{
    const struct hg_json *value = hg_json_get(reader->policy, member);
    hg_dur d;
    if (hg_json_is_null(value))
        return;
    hg_str text = hg_json_str_or(value, HG_STR(""));
    if (hg_iso_duration_parse(text, &d, NULL) != HG_OK || d.us < HG_SECONDS(5).us ||
        d.us > HG_DAYS(1).us)
        retry_fault(reader, member, "a duration from PT5S to P1D");
    else
        *out = d;
}

static void read_count(const struct retry_reader *reader, uint32_t *out)
{
    const struct hg_json *value = hg_json_get(reader->policy, "count");
    int64_t n;
    if (hg_json_is_null(value))
        return;
    if (hg_json_as_int(value, &n) && n >= 1 && n <= MAX_TRIES)
        *out = (uint32_t)n;
    else
        retry_fault(reader, "count", "a number from 1 to 90");
}

void flow_reading_retry(struct flow_reading *reading, const struct flow_action *action,
                        struct flow_retry *out)
{
    *out = default_retry;
    struct retry_reader reader = {reading, action, hg_json_get(action->inputs, "retryPolicy")};
    hg_str type = hg_json_str_or(hg_json_get(reader.policy, "type"), HG_STR("default"));
    if (reader.policy == NULL || hg_str_eq_nocase(type, HG_STR("default")))
        return;
    if (hg_str_eq_nocase(type, HG_STR("none"))) {
        *out = (struct flow_retry){.type = FLOW_RETRY_NONE};
        return;
    }
    bool fixed = hg_str_eq_nocase(type, HG_STR("fixed"));
    if (!fixed && !hg_str_eq_nocase(type, HG_STR("exponential"))) {
        retry_fault(&reader, "type", "'none', 'fixed', 'exponential' or 'default'");
        return;
    }
    out->type = fixed ? FLOW_RETRY_FIXED : FLOW_RETRY_EXPONENTIAL;
    out->maximum = fixed ? out->maximum : HG_DAYS(1);
    read_count(&reader, &out->count);
    read_interval(&reader, "interval", &out->interval);
    read_interval(&reader, "minimumInterval", &out->minimum);
    read_interval(&reader, "maximumInterval", &out->maximum);
    if (out->minimum.us > out->maximum.us)
        retry_fault(&reader, "minimumInterval", "at most its 'maximumInterval'");
}

/* --- what steers an action besides its inputs --- */

void flow_reading_secure(const struct hg_json *source, bool *inputs, bool *outputs)
{
    const struct hg_json *list = hg_json_path(source, "runtimeConfiguration.secureData.properties");
    for (size_t i = 0; i < hg_json_count(list); i++) {
        hg_str word = hg_json_str_or(hg_json_item(list, i), HG_STR(""));
        *inputs |= hg_str_eq_nocase(word, HG_STR("inputs"));
        *outputs |= hg_str_eq_nocase(word, HG_STR("outputs"));
    }
}

/* operationOptions is a list of words in one string. */
static bool has_option(const struct hg_json *source, hg_str word)
{
    hg_str rest = hg_json_str_or(hg_json_get(source, "operationOptions"), HG_STR(""));
    hg_str one;
    while (hg_str_field(&rest, ',', &one)) {
        if (hg_str_eq_nocase(hg_str_trim(one), word))
            return true;
    }
    return false;
}

static void read_timeout(struct flow_reading *reading, struct flow_action *action)
{
    const struct hg_json *value = hg_json_path(action->source, "limit.timeout");
    if (hg_json_is_null(value))
        return;
    if (action->type != FLOW_ACTION_HTTP && action->type != FLOW_ACTION_CONNECTOR) {
        FLOW_REFUSE(reading, "InvalidTemplate", flow_action_path(reading, action, "limit"),
                    "Action '%.*s' of type '%.*s' cannot have a timeout.", HG_ARG(action->name),
                    HG_ARG(action->type_name));
        return;
    }
    hg_str text = hg_json_str_or(value, HG_STR(""));
    action->has_timeout = hg_iso_duration_parse(text, &action->timeout, NULL) == HG_OK &&
                          action->timeout.us > 0 && action->timeout.us <= HG_DAYS(30).us;
    if (!action->has_timeout)
        FLOW_REFUSE(reading, "InvalidTemplate", flow_action_path(reading, action, "limit/timeout"),
                    "The timeout of action '%.*s' is not an ISO 8601 duration of at most 30 days.",
                    HG_ARG(action->name));
}

static void read_static_result(struct flow_reading *reading, struct flow_action *action)
{
    const struct hg_json *choice =
        hg_json_path(action->source, "runtimeConfiguration.staticResult");
    hg_str state = hg_json_str_or(hg_json_get(choice, "staticResultOptions"), HG_STR(""));
    if (!hg_str_eq_nocase(state, HG_STR("Enabled")))
        return;
    hg_str name = hg_json_str_or(hg_json_get(choice, "name"), HG_STR(""));
    const struct hg_json *all = hg_json_get(reading->out->source, "staticResults");
    action->static_result = hg_json_get_str(all, name);
    if (!hg_json_is(action->static_result, HG_JSON_OBJECT))
        FLOW_REFUSE(reading, "InvalidTemplate",
                    flow_action_path(reading, action, "runtimeConfiguration/staticResult"),
                    "Action '%.*s' uses the static result '%.*s', which 'staticResults' does not "
                    "define.",
                    HG_ARG(action->name), HG_ARG(name));
    else if (flow_action_is_container(action->type))
        FLOW_REFUSE(reading, "InvalidTemplate",
                    flow_action_path(reading, action, "runtimeConfiguration/staticResult"),
                    "Action '%.*s' of type '%.*s' cannot have a static result.",
                    HG_ARG(action->name), HG_ARG(action->type_name));
}

void flow_reading_options(struct flow_reading *reading, struct flow_action *action)
{
    action->no_async_pattern = has_option(action->source, HG_STR("DisableAsyncPattern"));
    if (has_option(action->source, HG_STR("Sequential")))
        action->parallel = 1;
    flow_reading_secure(action->source, &action->secure_inputs, &action->secure_outputs);
    read_timeout(reading, action);
    read_static_result(reading, action);
    if (hg_json_path(action->source, "runtimeConfiguration.paginationPolicy") != NULL)
        FLOW_WARN(reading, "PaginationNotSupported",
                  flow_action_path(reading, action, "runtimeConfiguration/paginationPolicy"),
                  "Action '%.*s' asks for pagination, which this server does not do: it gets the "
                  "first page only.",
                  HG_ARG(action->name));
}
