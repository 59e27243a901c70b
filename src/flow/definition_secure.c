#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* runtimeConfiguration.secureData hides contents from history. A step that reads
 * hidden outputs hides its inputs, and one that merely passes them on (Compose, a
 * variable, a Response) its outputs too (flow-platform 3.10). */

void flow_reading_link(struct flow_reading *reading, uint32_t user, uint32_t source)
{
    struct flow_links *links = &reading->links;
    if (links->n == links->room) {
        size_t room = links->room == 0 ? 32 : links->room * 2;
        struct flow_link *bigger = HG_NEW_ARRAY(reading->arena, struct flow_link, room);
        reading->failed |= bigger == NULL;
        if (bigger == NULL)
            return;
        if (links->n > 0)
            memcpy(bigger, links->items, links->n * sizeof(*bigger));
        links->items = bigger;
        links->room = room;
    }
    links->items[links->n++] = (struct flow_link){user, source};
}

static bool passes_on(enum flow_action_type type)
{
    return type != FLOW_ACTION_HTTP && type != FLOW_ACTION_CONNECTOR &&
           !flow_action_is_container(type);
}

static bool variable_links(struct flow_reading *reading)
{
    struct flow_definition *out = reading->out;
    for (uint32_t i = 0; i < out->n_actions; i++) {
        hg_str name = hg_json_str_or(hg_json_get(out->actions[i].inputs, "name"), HG_STR(""));
        if (out->actions[i].type < FLOW_ACTION_SET_VARIABLE ||
            out->actions[i].type > FLOW_ACTION_APPEND_TO_STRING_VARIABLE)
            continue;
        const struct flow_variable *variable = flow_reading_variable(reading, name);
        if (variable != NULL)
            flow_reading_link(reading, flow_link_variable(reading, variable - reading->variables),
                              i);
    }
    for (size_t i = 0; i < reading->n_variables; i++)
        flow_reading_link(reading, flow_link_variable(reading, i), reading->variables[i].action);
    return !reading->failed;
}

/* One round; true when something new became hidden. */
static bool spread(struct flow_reading *reading, bool *hidden)
{
    struct flow_definition *out = reading->out;
    bool changed = false;
    for (size_t i = 0; i < reading->links.n; i++) {
        struct flow_link link = reading->links.items[i];
        if (!hidden[link.source])
            continue;
        bool is_action = link.user < out->n_actions;
        if (is_action)
            out->actions[link.user].secure_inputs = true;
        if (is_action && !passes_on(out->actions[link.user].type))
            continue;
        if (is_action)
            out->actions[link.user].secure_outputs = true;
        changed |= !hidden[link.user];
        hidden[link.user] = true;
    }
    return changed;
}

void flow_reading_secrets(struct flow_reading *reading)
{
    struct flow_definition *out = reading->out;
    if (!variable_links(reading))
        return;
    bool *hidden = HG_NEW_ARRAY(reading->arena, bool, (size_t)flow_link_secret(reading) + 1);
    reading->failed |= hidden == NULL;
    if (hidden == NULL)
        return;
    for (uint32_t i = 0; i < out->n_actions; i++) {
        struct flow_action *action = &out->actions[i];
        action->secure_outputs |= action->secure_inputs && passes_on(action->type);
        hidden[i] = action->secure_outputs;
    }
    hidden[flow_link_trigger(reading)] = out->trigger.secure_outputs;
    hidden[flow_link_secret(reading)] = true;
    while (spread(reading, hidden))
        continue;
}
