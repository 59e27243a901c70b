#include "base/base.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run as JSON, whole or what changed. Form 1:
 *
 *   {"v":1,"of":fingerprint,"start":{…} (whole only),"run":{…},
 *    "from":n,"frames":[[frame of the owner or -1, its slot, iteration]…],
 *    "nodes":[{"f":frame,"s":slot,…}…],"values":[{"i":n,"value":…|"more":…}…]}
 *
 * Frames are numbered in the order they were made; a text of changes begins at
 * "from". Large parts of a node (inputs, outputs, items, request) stand only in the
 * text after which they changed. Instants are microseconds. */

struct rendering {
    struct hg_arena *arena;
    struct flow_run *run;
    bool whole;
};

static void put_int(const struct rendering *to, struct hg_json *object, const char *name, int64_t n)
{
    hg_json_put(to->arena, object, name, hg_json_int(n));
}

static void put_text(const struct rendering *to, struct hg_json *object, const char *name,
                     hg_str text)
{
    if (text.len > 0)
        hg_json_put_str(to->arena, object, name, text);
}

static void put_flag(const struct rendering *to, struct hg_json *object, const char *name, bool set)
{
    if (set)
        hg_json_put(to->arena, object, name, hg_json_bool(true));
}

static struct hg_json start_json(const struct rendering *to)
{
    const struct flow_run *run = to->run;
    struct hg_json out = hg_json_object();
    put_text(to, &out, "name", run->name);
    put_text(to, &out, "client", run->client_tracking_id);
    put_int(to, &out, "fired", run->fired_at.us);
    if (run->has_scheduled)
        put_int(to, &out, "scheduled", run->scheduled.us);
    put_flag(to, &out, "resubmit", run->is_resubmit);
    if (run->has_trigger_inputs)
        hg_json_put(to->arena, &out, "in", run->trigger_inputs);
    if (run->has_trigger_outputs)
        hg_json_put(to->arena, &out, "out", run->trigger_outputs);
    hg_json_put(to->arena, &out, "parameters", run->parameters);
    hg_json_put(to->arena, &out, "workflow", run->workflow);
    return out;
}

static struct hg_json course_json(const struct rendering *to)
{
    const struct flow_run *run = to->run;
    struct hg_json out = hg_json_object();
    put_int(to, &out, "st", run->status);
    put_flag(to, &out, "begun", run->has_begun);
    put_flag(to, &out, "responded", run->has_responded);
    put_text(to, &out, "c", run->code);
    put_text(to, &out, "ec", run->error_code);
    put_text(to, &out, "em", run->error_message);
    put_text(to, &out, "trigger", run->trigger_tracking_id);
    put_int(to, &out, "t0", run->started.us);
    put_int(to, &out, "t1", run->ended.us);
    put_int(to, &out, "next", (int64_t)run->next_command);
    return out;
}

static struct hg_json frames_json(const struct rendering *to, uint32_t from)
{
    struct hg_json out = hg_json_array();
    for (uint32_t i = from; i < to->run->n_frames; i++) {
        const struct flow_frame *frame = to->run->frames[i];
        const struct flow_node *owner = frame->owner;
        struct hg_json one = hg_json_array();
        hg_json_push(to->arena, &one, hg_json_int(owner == NULL ? -1 : (int64_t)owner->frame->id));
        hg_json_push(to->arena, &one, hg_json_int(owner == NULL ? 0 : owner - owner->frame->nodes));
        hg_json_push(to->arena, &one, hg_json_int(frame->iteration));
        hg_json_push(to->arena, &out, one);
    }
    return out;
}

static struct hg_json tries_json(const struct rendering *to, const struct flow_effort *effort)
{
    struct hg_json out = hg_json_array();
    for (uint32_t i = 0; i < effort->n_tries; i++) {
        const struct flow_try *one = &effort->tries[i];
        struct hg_json item = hg_json_object();
        put_int(to, &item, "t0", one->start.us);
        put_int(to, &item, "t1", one->end.us);
        put_text(to, &item, "c", one->code);
        put_text(to, &item, "ec", one->error_code);
        put_text(to, &item, "em", one->error_message);
        hg_json_push(to->arena, &out, item);
    }
    return out;
}

static struct hg_json effort_json(const struct rendering *to, const struct flow_effort *effort)
{
    struct hg_json out = hg_json_object();
    put_int(to, &out, "command", (int64_t)effort->command);
    put_int(to, &out, "attempt", effort->attempt);
    put_flag(to, &out, "polling", effort->is_polling);
    if (effort->has_due)
        put_int(to, &out, "due", effort->due.us);
    if (effort->has_deadline)
        put_int(to, &out, "deadline", effort->deadline.us);
    put_int(to, &out, "tried", effort->tried.us);
    if (effort->n_tries > 0)
        hg_json_put(to->arena, &out, "tries", tries_json(to, effort));
    return out;
}

static struct hg_json node_json(const struct rendering *to, const struct flow_node *node)
{
    unsigned dirty = to->whole ? ~0u : node->dirty;
    struct hg_json out = hg_json_object();
    put_int(to, &out, "f", node->frame->id);
    put_int(to, &out, "s", node - node->frame->nodes);
    put_int(to, &out, "st", node->status);
    put_int(to, &out, "t0", node->started.us);
    put_int(to, &out, "t1", node->ended.us);
    put_text(to, &out, "c", node->code);
    put_text(to, &out, "ec", node->error_code);
    put_text(to, &out, "em", node->error_message);
    put_text(to, &out, "id", node->tracking_id);
    put_flag(to, &out, "b", node->is_blamed);
    if (node->tracked != NULL)
        hg_json_put(to->arena, &out, "tp", *node->tracked);
    if (node->has_inputs && (dirty & FLOW_DIRTY_INPUTS) != 0)
        hg_json_put(to->arena, &out, "in", node->inputs);
    if (node->has_outputs && (dirty & FLOW_DIRTY_OUTPUTS) != 0)
        hg_json_put(to->arena, &out, "out", node->outputs);
    if (node->passage != NULL && (dirty & FLOW_DIRTY_ITEMS) != 0)
        hg_json_put(to->arena, &out, "items", node->passage->items);
    if (node->effort != NULL)
        hg_json_put(to->arena, &out, "e", effort_json(to, node->effort));
    if (node->effort != NULL && (dirty & FLOW_DIRTY_REQUEST) != 0)
        hg_json_put(to->arena, &out, "rq", node->effort->request);
    return out;
}

static struct hg_json nodes_json(const struct rendering *to)
{
    struct hg_json out = hg_json_array();
    if (!to->whole) {
        for (const struct flow_node *node = to->run->dirty; node != NULL; node = node->next_dirty)
            hg_json_push(to->arena, &out, node_json(to, node));
        return out;
    }
    for (uint32_t i = 0; i < to->run->n_frames; i++) {
        const struct flow_frame *frame = to->run->frames[i];
        for (uint32_t j = 0; j < frame->n; j++) {
            if (frame->nodes[j].status != FLOW_STATUS_PENDING)
                hg_json_push(to->arena, &out, node_json(to, &frame->nodes[j]));
        }
    }
    return out;
}

static uint64_t size_of(const struct hg_json *value)
{
    return value->kind == HG_JSON_STRING ? value->string.len : hg_json_count(value);
}

/* A variable that has only grown: what was added. */
static struct hg_json growth_of(const struct rendering *to, const struct flow_value *value)
{
    if (value->value.kind == HG_JSON_STRING)
        return hg_json_str(hg_str_from(value->value.string, value->rendered));
    struct hg_json out = hg_json_array();
    for (size_t i = value->rendered; i < hg_json_count(&value->value); i++)
        hg_json_push(to->arena, &out, *hg_json_item(&value->value, i));
    return out;
}

static struct hg_json values_json(const struct rendering *to)
{
    struct hg_json out = hg_json_array();
    for (uint32_t i = 0; i < to->run->n_values; i++) {
        const struct flow_value *value = &to->run->values[i];
        struct hg_json one = hg_json_object();
        if (!value->is_set || (!to->whole && !value->is_dirty))
            continue;
        put_int(to, &one, "i", i);
        if (!to->whole && value->rendered > 0)
            hg_json_put(to->arena, &one, "more", growth_of(to, value));
        else
            hg_json_put(to->arena, &one, "value", value->value);
        hg_json_push(to->arena, &out, one);
    }
    return out;
}

/* What has been rendered is known from now on. */
static void settle(struct flow_run *run)
{
    struct flow_node *next;
    for (struct flow_node *node = run->dirty; node != NULL; node = next) {
        next = node->next_dirty;
        node->next_dirty = NULL;
        node->is_dirty = false;
        node->dirty = 0;
    }
    run->dirty = NULL;
    run->n_rendered = run->n_frames;
    for (uint32_t i = 0; i < run->n_values; i++) {
        struct flow_value *value = &run->values[i];
        bool grows = value->value.kind == HG_JSON_STRING || value->value.kind == HG_JSON_ARRAY;
        value->is_dirty = false;
        value->rendered = grows ? size_of(&value->value) : 0;
    }
}

enum hg_code flow_run_render(struct hg_arena *arena, struct flow_run *run, enum flow_extent extent,
                             hg_str *out, struct hg_err *err)
{
    struct rendering to = {.arena = arena, .run = run, .whole = extent == FLOW_WHOLE};
    struct hg_json json = hg_json_object();
    uint32_t from = to.whole ? 0 : run->n_rendered;
    hg_json_put(arena, &json, "v", hg_json_int(1));
    hg_json_put_str(arena, &json, "of",
                    hg_str_format(arena, "%016llx", (unsigned long long)run->fingerprint));
    if (to.whole)
        hg_json_put(arena, &json, "start", start_json(&to));
    hg_json_put(arena, &json, "run", course_json(&to));
    hg_json_put(arena, &json, "from", hg_json_int(from));
    hg_json_put(arena, &json, "frames", frames_json(&to, from));
    hg_json_put(arena, &json, "nodes", nodes_json(&to));
    hg_json_put(arena, &json, "values", values_json(&to));
    HG_TRY(hg_json_render(arena, &json, out, err));
    settle(run);
    return HG_OK;
}
