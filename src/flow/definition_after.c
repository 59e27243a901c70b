#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* runAfter: who waits for whom, inside one branch of one container; cycles; and
 * which actions an expression may name: predecessors with all that stands inside
 * them, and whatever the surrounding container may name. */

static const struct {
    const char *word;
    enum flow_after is;
} after_words[] = {
    {"Succeeded", FLOW_AFTER_SUCCEEDED},
    {"Failed", FLOW_AFTER_FAILED},
    {"Skipped", FLOW_AFTER_SKIPPED},
    {"TimedOut", FLOW_AFTER_TIMED_OUT},
};

static unsigned status_of(hg_str word)
{
    for (size_t i = 0; i < HG_COUNT(after_words); i++) {
        if (hg_str_eq_nocase(word, hg_str_of(after_words[i].word)))
            return after_words[i].is;
    }
    return 0;
}

static unsigned read_statuses(struct flow_reading *reading, const struct flow_action *action,
                              const struct hg_json_member *entry, hg_str path)
{
    unsigned statuses = 0;
    for (size_t i = 0; i < hg_json_count(&entry->value); i++) {
        hg_str word = hg_json_str_or(hg_json_item(&entry->value, i), HG_STR(""));
        unsigned one = status_of(word);
        statuses |= one;
        if (one == 0)
            FLOW_REFUSE(reading, "InvalidTemplate",
                        hg_str_format(reading->arena, "%.*s/%zu", HG_ARG(path), i),
                        "The 'runAfter' of action '%.*s' names the status '%.*s'; the statuses are "
                        "Succeeded, Failed, Skipped and TimedOut.",
                        HG_ARG(action->name), HG_ARG(word));
    }
    if (!hg_json_is(&entry->value, HG_JSON_ARRAY) || hg_json_count(&entry->value) == 0)
        FLOW_REFUSE(reading, "InvalidTemplate", path,
                    "The 'runAfter' of action '%.*s' lists no status for action '%.*s'.",
                    HG_ARG(action->name), HG_ARG(entry->name));
    return statuses;
}

static void read_entry(struct flow_reading *reading, struct flow_action *action,
                       const struct hg_json_member *entry)
{
    struct flow_definition *out = reading->out;
    hg_str path =
        flow_reading_path(reading, flow_action_path(reading, action, "runAfter"), entry->name);
    uint32_t index = flow_definition_action(out, entry->name);
    const struct flow_action *before = index == FLOW_NONE ? NULL : &out->actions[index];
    unsigned statuses = read_statuses(reading, action, entry, path);
    if (before == NULL)
        FLOW_REFUSE(reading, "InvalidTemplate", path,
                    "The 'runAfter' property of action '%.*s' contains the action '%.*s', which is "
                    "not defined in the template.",
                    HG_ARG(action->name), HG_ARG(entry->name));
    else if (before->parent != action->parent || before->in_else != action->in_else)
        FLOW_REFUSE(reading, "InvalidTemplate", path,
                    "The 'runAfter' property of action '%.*s' contains the action '%.*s', which is "
                    "not in the same scope.",
                    HG_ARG(action->name), HG_ARG(entry->name));
    else
        action->after[action->n_after++] = (struct flow_run_after){index, statuses};
}

static void read_after(struct flow_reading *reading, struct flow_action *action)
{
    const struct hg_json *after = hg_json_get(action->source, "runAfter");
    if (hg_json_is_null(after))
        return;
    if (!hg_json_is(after, HG_JSON_OBJECT)) {
        FLOW_REFUSE(reading, "InvalidTemplate", flow_action_path(reading, action, "runAfter"),
                    "The 'runAfter' of action '%.*s' is not an object.", HG_ARG(action->name));
        return;
    }
    size_t n = hg_json_count(after);
    if (n == 0)
        return;
    action->after = HG_NEW_ARRAY(reading->arena, struct flow_run_after, n);
    reading->failed |= action->after == NULL;
    for (size_t i = 0; i < n && !reading->failed; i++)
        read_entry(reading, action, &after->object.members[i]);
}

/* action->next: counted, then filled. */
static void link_next(struct flow_reading *reading)
{
    struct flow_definition *out = reading->out;
    for (uint32_t i = 0; i < out->n_actions; i++) {
        for (size_t j = 0; j < out->actions[i].n_after; j++)
            out->actions[out->actions[i].after[j].action].next.n++;
    }
    for (uint32_t i = 0; i < out->n_actions && !reading->failed; i++) {
        struct flow_actions *next = &out->actions[i].next;
        if (next->n > 0)
            next->items = HG_NEW_ARRAY(reading->arena, uint32_t, next->n);
        reading->failed |= next->n > 0 && next->items == NULL;
        next->n = 0;
    }
    for (uint32_t i = 0; i < out->n_actions && !reading->failed; i++) {
        for (size_t j = 0; j < out->actions[i].n_after; j++) {
            struct flow_actions *next = &out->actions[out->actions[i].after[j].action].next;
            next->items[next->n++] = i;
        }
    }
}

static uint64_t *row_of(const struct flow_reading *reading, uint32_t action)
{
    return reading->visible + (size_t)action * reading->words;
}

static void see(struct flow_reading *reading, uint32_t from, uint32_t action)
{
    row_of(reading, from)[action / 64] |= (uint64_t)1 << (action % 64);
}

bool flow_reading_sees(const struct flow_reading *reading, uint32_t from, uint32_t action)
{
    return (row_of(reading, from)[action / 64] >> (action % 64) & 1) != 0;
}

static void see_all_of(struct flow_reading *reading, uint32_t from, uint32_t other)
{
    for (size_t w = 0; w < reading->words; w++)
        row_of(reading, from)[w] |= row_of(reading, other)[w];
}

/* An action whose predecessors are all done passes on what it sees. */
static void settle(struct flow_reading *reading, uint32_t index)
{
    const struct flow_action *action = &reading->out->actions[index];
    if (action->parent != FLOW_NONE)
        see_all_of(reading, index, action->parent);
    for (size_t i = 0; i < action->n_after; i++) {
        uint32_t before = action->after[i].action;
        see_all_of(reading, index, before);
        for (uint32_t at = before; at < reading->out->actions[before].end; at++)
            see(reading, index, at);
    }
}

struct order {
    uint32_t *waiting; /* per action: predecessors that are not settled */
    uint32_t *queue;
    uint32_t n;
};

/* Topological order (Kahn) of one branch; what is left over stands in a cycle. */
static void settle_branch(struct flow_reading *reading, const struct flow_actions *branch,
                          struct order *order)
{
    struct flow_definition *out = reading->out;
    order->n = 0;
    for (uint32_t i = 0; i < branch->n; i++) {
        uint32_t index = branch->items[i];
        order->waiting[index] = (uint32_t)out->actions[index].n_after;
        if (order->waiting[index] == 0)
            order->queue[order->n++] = index;
    }
    for (uint32_t i = 0; i < order->n; i++) {
        const struct flow_action *action = &out->actions[order->queue[i]];
        settle(reading, order->queue[i]);
        for (uint32_t j = 0; j < action->next.n; j++) {
            if (--order->waiting[action->next.items[j]] == 0)
                order->queue[order->n++] = action->next.items[j];
        }
    }
    for (uint32_t i = 0; i < branch->n && order->n < branch->n; i++) {
        const struct flow_action *action = &out->actions[branch->items[i]];
        if (order->waiting[branch->items[i]] == 0)
            continue;
        settle(reading, branch->items[i]);
        FLOW_REFUSE(reading, "InvalidTemplate", flow_action_path(reading, action, "runAfter"),
                    "The action '%.*s' waits for itself: the 'runAfter' of these actions form a "
                    "cycle.",
                    HG_ARG(action->name));
    }
}

void flow_reading_after(struct flow_reading *reading)
{
    struct flow_definition *out = reading->out;
    size_t n = out->n_actions;
    reading->words = (n + 63) / 64;
    if (n == 0)
        return;
    struct order order = {.waiting = HG_NEW_ARRAY(reading->arena, uint32_t, n),
                          .queue = HG_NEW_ARRAY(reading->arena, uint32_t, n)};
    reading->visible = HG_NEW_ARRAY(reading->arena, uint64_t, n * reading->words);
    reading->failed |= order.waiting == NULL || order.queue == NULL || reading->visible == NULL;
    for (uint32_t i = 0; i < n && !reading->failed; i++)
        read_after(reading, &out->actions[i]);
    if (!reading->failed)
        link_next(reading);
    if (reading->failed)
        return;
    settle_branch(reading, &out->top, &order);
    for (uint32_t i = 0; i < n; i++) {
        settle_branch(reading, &out->actions[i].children, &order);
        settle_branch(reading, &out->actions[i].otherwise, &order);
    }
}
