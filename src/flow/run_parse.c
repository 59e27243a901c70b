#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Back from run_render.c's form. What does not fit together is HG_MALFORMED, so
 * that a step never meets a run that no step could have left. */

static const struct hg_json_limits limits = {.depth = HG_MAX_FILE_JSON_DEPTH + 16,
                                             .members = UINT32_MAX};

static int64_t int_of(const struct hg_json *object, const char *name, int64_t otherwise)
{
    int64_t n = otherwise;
    (void)hg_json_as_int(hg_json_get(object, name), &n);
    return n;
}

static hg_time time_of(const struct hg_json *object, const char *name)
{
    return (hg_time){.us = int_of(object, name, 0)};
}

static hg_str text_of(const struct hg_json *object, const char *name)
{
    return hg_json_str_or(hg_json_get(object, name), HG_STR(""));
}

static bool flag_of(const struct hg_json *object, const char *name)
{
    return hg_json_bool_or(hg_json_get(object, name), false);
}

static bool take_json(const struct hg_json *object, const char *name, struct hg_json *out)
{
    const struct hg_json *value = hg_json_get(object, name);
    if (value == NULL)
        return false;
    *out = *value;
    return true;
}

static void read_start(struct flow_run *run, const struct hg_json *start)
{
    run->name = text_of(start, "name");
    run->client_tracking_id = text_of(start, "client");
    run->fired_at = time_of(start, "fired");
    run->has_scheduled = hg_json_get(start, "scheduled") != NULL;
    run->scheduled = time_of(start, "scheduled");
    run->is_resubmit = flag_of(start, "resubmit");
    run->has_trigger_inputs = take_json(start, "in", &run->trigger_inputs);
    run->has_trigger_outputs = take_json(start, "out", &run->trigger_outputs);
    run->parameters = run->workflow = hg_json_object();
    (void)take_json(start, "parameters", &run->parameters);
    (void)take_json(start, "workflow", &run->workflow);
}

static bool status_of(const struct hg_json *object, enum flow_status *out)
{
    int64_t n = int_of(object, "st", -1);
    if (n < FLOW_STATUS_PENDING || n > FLOW_STATUS_TIMED_OUT)
        return false;
    *out = (enum flow_status)n;
    return true;
}

static bool read_course(struct flow_run *run, const struct hg_json *course)
{
    run->has_begun = flag_of(course, "begun");
    run->has_responded = flag_of(course, "responded");
    run->code = text_of(course, "c");
    run->error_code = text_of(course, "ec");
    run->error_message = text_of(course, "em");
    run->trigger_tracking_id = text_of(course, "trigger");
    run->started = time_of(course, "t0");
    run->ended = time_of(course, "t1");
    run->next_command = (uint64_t)int_of(course, "next", 1);
    return status_of(course, &run->status);
}

static struct flow_node *node_at(struct flow_run *run, int64_t frame, int64_t slot)
{
    if (frame < 0 || frame >= run->n_frames || slot < 0 || slot >= run->frames[frame]->n)
        return NULL;
    return &run->frames[frame]->nodes[slot];
}

static int64_t number_at(const struct hg_json *array, size_t i)
{
    int64_t n = INT64_MIN;
    (void)hg_json_as_int(hg_json_item(array, i), &n);
    return n;
}

static bool read_frame(struct flow_run *run, const struct hg_json *one)
{
    int64_t frame = number_at(one, 0);
    if (frame == -1)
        return run->n_frames == 0 && flow_frame_new(run, NULL, 0) != NULL;
    struct flow_node *owner = node_at(run, frame, number_at(one, 1));
    if (owner == NULL)
        return false;
    enum flow_action_type type = flow_node_action(run, owner)->type;
    uint32_t known = owner->passage == NULL ? 0 : owner->passage->n_frames;
    bool fits = flow_action_is_container(type) && number_at(one, 2) == known &&
                (known == 0 || type == FLOW_ACTION_FOREACH);
    return fits && flow_frame_new(run, owner, known) != NULL;
}

static bool read_frames(struct flow_run *run, const struct hg_json *text)
{
    const struct hg_json *frames = hg_json_get(text, "frames");
    if (int_of(text, "from", -1) != run->n_frames)
        return false;
    for (size_t i = 0; i < hg_json_count(frames); i++) {
        if (!read_frame(run, hg_json_item(frames, i)))
            return false;
    }
    return true;
}

static bool read_tries(struct flow_run *run, struct flow_effort *effort, const struct hg_json *list)
{
    size_t n = hg_json_count(list);
    effort->tries = n == 0 ? NULL : HG_NEW_ARRAY(run->arena, struct flow_try, n);
    if (n > 0 && effort->tries == NULL)
        return false;
    effort->n_tries = effort->room = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        const struct hg_json *one = hg_json_item(list, i);
        effort->tries[i] = (struct flow_try){.start = time_of(one, "t0"),
                                             .end = time_of(one, "t1"),
                                             .code = text_of(one, "c"),
                                             .error_code = text_of(one, "ec"),
                                             .error_message = text_of(one, "em")};
    }
    return true;
}

static bool read_effort(struct flow_run *run, struct flow_node *node, const struct hg_json *text)
{
    const struct hg_json *one = hg_json_get(text, "e");
    enum flow_action_type type = flow_node_action(run, node)->type;
    if (one == NULL)
        return true;
    if (type != FLOW_ACTION_HTTP && type != FLOW_ACTION_CONNECTOR)
        return false;
    if (node->effort == NULL)
        node->effort = HG_NEW(run->arena, struct flow_effort);
    struct flow_effort *effort = node->effort;
    if (effort == NULL)
        return false;
    effort->command = (uint64_t)int_of(one, "command", 0);
    effort->attempt = (unsigned)int_of(one, "attempt", 0);
    effort->is_polling = flag_of(one, "polling");
    effort->has_due = hg_json_get(one, "due") != NULL;
    effort->due = time_of(one, "due");
    effort->has_deadline = hg_json_get(one, "deadline") != NULL;
    effort->deadline = time_of(one, "deadline");
    effort->tried = time_of(one, "tried");
    (void)take_json(text, "rq", &effort->request);
    return read_tries(run, effort, hg_json_get(one, "tries"));
}

static bool read_items(struct flow_run *run, struct flow_node *node, const struct hg_json *text)
{
    const struct hg_json *items = hg_json_get(text, "items");
    if (items == NULL)
        return true;
    if (node->passage == NULL)
        node->passage = HG_NEW(run->arena, struct flow_passage);
    if (node->passage == NULL)
        return false;
    node->passage->items = *items;
    return true;
}

static bool read_node(struct flow_run *run, const struct hg_json *text)
{
    struct flow_node *node = node_at(run, int_of(text, "f", -1), int_of(text, "s", -1));
    enum flow_status status;
    if (node == NULL || !status_of(text, &status))
        return false;
    node->status = status;
    node->started = time_of(text, "t0");
    node->ended = time_of(text, "t1");
    node->code = text_of(text, "c");
    node->error_code = text_of(text, "ec");
    node->error_message = text_of(text, "em");
    node->tracking_id = text_of(text, "id");
    node->is_blamed = flag_of(text, "b");
    node->tracked = hg_json_get(text, "tp");
    node->has_inputs |= take_json(text, "in", &node->inputs);
    node->has_outputs |= take_json(text, "out", &node->outputs);
    return read_items(run, node, text) && read_effort(run, node, text);
}

/* --- variables --- */

static void take_value(struct flow_value *value, const struct hg_json *text)
{
    value->is_set = true;
    value->value = *text;
    if (value->value.kind == HG_JSON_ARRAY)
        value->value.array.room = value->value.array.n;
    value->store = value->value;
    value->text = (struct hg_buf){0};
}

static bool grow_value(struct flow_run *run, struct flow_value *value, const struct hg_json *more)
{
    hg_str whole;
    if (value->value.kind != more->kind)
        return false;
    if (more->kind == HG_JSON_ARRAY) {
        for (size_t i = 0; i < hg_json_count(more); i++)
            hg_json_push(run->arena, &value->store, *hg_json_item(more, i));
        value->value = value->store;
        value->value.array.room = value->value.array.n;
        return true;
    }
    if (more->kind != HG_JSON_STRING)
        return false;
    if (value->text.arena == NULL) {
        value->text = hg_buf_new(run->arena, HG_MAX_FLOW_TEXT);
        hg_buf_str(&value->text, value->value.string);
    }
    hg_buf_str(&value->text, more->string);
    if (hg_buf_finish(&value->text, &whole, NULL) != HG_OK)
        return false;
    value->value = hg_json_str(whole);
    return true;
}

static bool read_value(struct flow_run *run, const struct hg_json *text)
{
    int64_t i = int_of(text, "i", -1);
    const struct hg_json *value = hg_json_get(text, "value");
    const struct hg_json *more = hg_json_get(text, "more");
    if (i < 0 || i >= run->n_values)
        return false;
    if (more != NULL)
        return grow_value(run, &run->values[i], more);
    if (value == NULL)
        return false;
    take_value(&run->values[i], value);
    return true;
}

/* --- the whole --- */

static bool read_text(struct flow_run *run, const struct hg_json *text, bool is_first)
{
    const struct hg_json *nodes = hg_json_get(text, "nodes");
    const struct hg_json *values = hg_json_get(text, "values");
    const struct hg_json *start = hg_json_get(text, "start");
    hg_str of = hg_str_format(run->arena, "%016llx", (unsigned long long)run->fingerprint);
    if (int_of(text, "v", 0) != 1 || !hg_str_eq(text_of(text, "of"), of) ||
        is_first != (start != NULL))
        return false;
    if (is_first)
        read_start(run, start);
    if (!read_course(run, hg_json_get(text, "run")) || !read_frames(run, text))
        return false;
    for (size_t i = 0; i < hg_json_count(nodes); i++) {
        if (!read_node(run, hg_json_item(nodes, i)))
            return false;
    }
    for (size_t i = 0; i < hg_json_count(values); i++) {
        if (!read_value(run, hg_json_item(values, i)))
            return false;
    }
    return true;
}

static bool is_final(const struct flow_node *node)
{
    return flow_status_is_final(node->status);
}

static uint32_t count_waiting(const struct flow_run *run, const struct flow_node *node)
{
    const struct flow_action *action = flow_node_action(run, node);
    uint32_t n = 0;
    for (size_t i = 0; i < action->n_after; i++) {
        uint32_t slot = run->definition->actions[action->after[i].action].slot;
        n += is_final(&node->frame->nodes[slot]) ? 0 : 1;
    }
    return n;
}

static void count_frame(struct flow_run *run, struct flow_frame *frame)
{
    frame->n_left = 0;
    for (uint32_t i = 0; i < frame->n; i++) {
        frame->nodes[i].waiting = count_waiting(run, &frame->nodes[i]);
        frame->n_left += is_final(&frame->nodes[i]) ? 0 : 1;
    }
}

/* A loop that runs has its items; what is final has nothing open inside. */
static bool count_passage(const struct flow_run *run, struct flow_node *node)
{
    struct flow_passage *passage = node->passage;
    bool is_loop = flow_node_action(run, node)->type == FLOW_ACTION_FOREACH;
    if (passage == NULL)
        return true;
    passage->n_open = 0;
    for (uint32_t i = 0; i < passage->n_frames; i++) {
        bool open = passage->frames[i]->n_left > 0;
        passage->n_open += open ? 1 : 0;
        passage->has_failed |= !open && flow_frame_has_failed(run, passage->frames[i]);
    }
    if (is_loop && passage->n_frames > hg_json_count(&passage->items))
        return false;
    return is_final(node) ? passage->n_open == 0 : passage->n_open > 0;
}

/* Whether a node that is not final has what it takes to go on. */
static bool can_go_on(const struct flow_run *run, const struct flow_node *node)
{
    enum flow_action_type type = flow_node_action(run, node)->type;
    if (node->status == FLOW_STATUS_PENDING)
        return node->waiting > 0;
    if (flow_action_is_container(type))
        return node->passage != NULL;
    return node->effort != NULL && (node->effort->command != 0 || node->effort->has_due);
}

static bool settle(struct flow_run *run)
{
    bool over = flow_status_is_final(run->status);
    for (uint32_t i = 0; i < run->n_frames; i++)
        count_frame(run, run->frames[i]);
    for (uint32_t i = 0; i < run->n_frames; i++) {
        for (uint32_t j = 0; j < run->frames[i]->n; j++) {
            struct flow_node *node = &run->frames[i]->nodes[j];
            if (!count_passage(run, node) || (!is_final(node) && (over || !can_go_on(run, node))))
                return false;
            if (!is_final(node) && node->effort != NULL)
                flow_effort_resume(run, node);
        }
    }
    run->n_rendered = run->n_frames;
    return over || !run->has_begun || (run->n_frames > 0 && run->frames[0]->n_left > 0);
}

static enum hg_code parse_texts(struct flow_run *run, const hg_str *texts, size_t n,
                                struct hg_err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct hg_json *text = HG_NEW(run->arena, struct hg_json);
        if (text == NULL)
            return HG_FAIL(err, HG_NO_MEMORY, "a stored run");
        HG_TRY(hg_json_parse(run->arena, texts[i], HG_JSON_STRICT, &limits, text, err));
        bool good = read_text(run, text, i == 0);
        if (hg_arena_exhausted(run->arena) || run->failure == HG_NO_MEMORY)
            return HG_FAIL(err, HG_NO_MEMORY, "a stored run");
        if (!good)
            return HG_FAIL(err, HG_MALFORMED, "part %zu of a stored run", i);
    }
    return HG_OK;
}

/* Marks what has been stored, as a rendering would. */
static void remember(struct flow_run *run)
{
    for (uint32_t i = 0; i < run->n_values; i++) {
        struct flow_value *value = &run->values[i];
        if (value->value.kind == HG_JSON_STRING)
            value->rendered = value->value.string.len;
        else if (value->value.kind == HG_JSON_ARRAY)
            value->rendered = hg_json_count(&value->value);
    }
}

enum hg_code flow_run_parse(struct hg_arena *arena, const struct flow_definition *definition,
                            const hg_str *texts, size_t n, struct flow_run **out,
                            struct hg_err *err)
{
    struct flow_run *run = flow_run_shell(arena, definition);
    if (run == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a stored run");
    if (n == 0)
        return HG_FAIL(err, HG_MALFORMED, "a stored run has no text");
    HG_TRY(parse_texts(run, texts, n, err));
    if (!settle(run))
        return HG_FAIL(err, HG_MALFORMED, "a stored run does not fit together");
    remember(run);
    *out = run;
    return HG_OK;
}
