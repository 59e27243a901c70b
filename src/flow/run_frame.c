#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"
#include "flow/run_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False, so that callers can return it. */
static bool out_of_memory(struct flow_run *run)
{
    run->failure = HG_NO_MEMORY;
    return false;
}

static bool list_frame(struct flow_run *run, struct flow_frame *frame)
{
    if (run->n_frames == run->frame_room) {
        uint32_t room = run->frame_room == 0 ? 8 : run->frame_room * 2;
        struct flow_frame **bigger = HG_NEW_ARRAY(run->arena, struct flow_frame *, room);
        if (bigger == NULL)
            return out_of_memory(run);
        for (uint32_t i = 0; run->frames != NULL && i < run->n_frames; i++)
            bigger[i] = run->frames[i];
        run->frames = bigger;
        run->frame_room = room;
    }
    frame->id = run->n_frames;
    run->frames[run->n_frames++] = frame;
    return true;
}

static bool list_passage(struct flow_run *run, struct flow_node *owner, struct flow_frame *frame)
{
    if (owner->passage == NULL)
        owner->passage = HG_NEW(run->arena, struct flow_passage);
    struct flow_passage *passage = owner->passage;
    if (passage == NULL)
        return out_of_memory(run);
    if (passage->n_frames == passage->room) {
        uint32_t room = passage->room == 0 ? 1 : passage->room * 2;
        struct flow_frame **bigger = HG_NEW_ARRAY(run->arena, struct flow_frame *, room);
        if (bigger == NULL)
            return out_of_memory(run);
        for (uint32_t i = 0; passage->frames != NULL && i < passage->n_frames; i++)
            bigger[i] = passage->frames[i];
        passage->frames = bigger;
        passage->room = room;
    }
    passage->frames[passage->n_frames++] = frame;
    passage->n_open++;
    return true;
}

static void place_nodes(const struct flow_run *run, struct flow_frame *frame,
                        const struct flow_actions *branch)
{
    for (uint32_t i = 0; i < branch->n; i++) {
        const struct flow_action *action = &run->definition->actions[branch->items[i]];
        struct flow_node *node = &frame->nodes[action->slot];
        node->action = branch->items[i];
        node->frame = frame;
        node->waiting = (uint32_t)action->n_after;
    }
}

const struct flow_actions *flow_frame_branch(const struct flow_run *run,
                                             const struct flow_frame *frame, bool is_else)
{
    static const struct flow_actions none = {0};
    if (frame->container == FLOW_NONE)
        return is_else ? &none : &run->definition->top;
    const struct flow_action *container = &run->definition->actions[frame->container];
    return is_else ? &container->otherwise : &container->children;
}

struct flow_frame *flow_frame_new(struct flow_run *run, struct flow_node *owner, uint32_t iteration)
{
    struct flow_frame *frame = HG_NEW(run->arena, struct flow_frame);
    if (frame == NULL) {
        (void)out_of_memory(run);
        return NULL;
    }
    frame->owner = owner;
    frame->container = owner == NULL ? FLOW_NONE : owner->action;
    frame->iteration = iteration;
    const struct flow_actions *children = flow_frame_branch(run, frame, false);
    const struct flow_actions *otherwise = flow_frame_branch(run, frame, true);
    frame->n = frame->n_left = children->n + otherwise->n;
    run->n_nodes += frame->n;
    if (run->n_nodes > HG_MAX_FLOW_RECORDS) {
        run->failure = HG_TOO_BIG;
        return NULL;
    }
    if (frame->n > 0) {
        frame->nodes = HG_NEW_ARRAY(run->arena, struct flow_node, frame->n);
        if (frame->nodes == NULL) {
            (void)out_of_memory(run);
            return NULL;
        }
        place_nodes(run, frame, children);
        place_nodes(run, frame, otherwise);
    }
    if (!list_frame(run, frame) || (owner != NULL && !list_passage(run, owner, frame)))
        return NULL;
    return frame;
}

static void make_ready(struct flow_run *run, struct flow_node *node)
{
    if (run->ready_tail == NULL)
        run->ready = node;
    else
        run->ready_tail->next_ready = node;
    run->ready_tail = node;
}

void flow_frame_open(struct flow_run *run, struct flow_frame *frame,
                     const struct flow_actions *branch)
{
    for (uint32_t i = 0; i < branch->n; i++) {
        struct flow_node *node = &frame->nodes[run->definition->actions[branch->items[i]].slot];
        if (node->waiting == 0)
            make_ready(run, node);
    }
}

void flow_node_dirty(struct flow_run *run, struct flow_node *node, unsigned what)
{
    node->record = NULL;
    node->dirty |= (uint8_t)what;
    if (node->is_dirty)
        return;
    node->is_dirty = true;
    node->next_dirty = run->dirty;
    run->dirty = node;
}

/* --- runAfter --- */

static unsigned after_bit(enum flow_status status)
{
    static const unsigned bits[] = {
        [FLOW_STATUS_SUCCEEDED] = FLOW_AFTER_SUCCEEDED,
        [FLOW_STATUS_FAILED] = FLOW_AFTER_FAILED,
        [FLOW_STATUS_SKIPPED] = FLOW_AFTER_SKIPPED,
        [FLOW_STATUS_TIMED_OUT] = FLOW_AFTER_TIMED_OUT,
    };
    return status < HG_COUNT(bits) ? bits[status] : 0;
}

static hg_str wanted_text(struct hg_arena *arena, unsigned statuses)
{
    static const enum flow_status order[] = {FLOW_STATUS_SUCCEEDED, FLOW_STATUS_FAILED,
                                             FLOW_STATUS_SKIPPED, FLOW_STATUS_TIMED_OUT};
    struct hg_buf buf = hg_buf_new(arena, 128);
    for (size_t i = 0; i < HG_COUNT(order); i++) {
        if ((statuses & after_bit(order[i])) == 0)
            continue;
        if (buf.len > 0)
            hg_buf_z(&buf, ", ");
        hg_buf_str(&buf, flow_status_text(order[i]));
    }
    return hg_buf_view(&buf);
}

static void skip(struct flow_run *run, struct flow_node *node, const struct flow_node *before,
                 unsigned wanted)
{
    hg_str name = flow_node_action(run, node)->name;
    hg_str other = flow_node_action(run, before)->name;
    bool was_skipped = before->status == FLOW_STATUS_SKIPPED;
    struct flow_outcome outcome = {.status = FLOW_STATUS_SKIPPED, .code = "ActionSkipped"};
    if (was_skipped) {
        outcome.error_code = HG_STR("ActionDependencyFailed");
        outcome.error_message = hg_str_format(
            run->arena,
            "The execution of template action '%.*s' is skipped: dependant action '%.*s' completed "
            "with status 'Skipped' and code '%.*s'.",
            HG_ARG(name), HG_ARG(other), HG_ARG(before->code));
    } else {
        hg_str expected = wanted_text(run->arena, wanted);
        hg_str actual = flow_status_text(before->status);
        outcome.error_code = HG_STR("ActionConditionFailed");
        outcome.error_message = hg_str_format(
            run->arena,
            "The execution of template action '%.*s' is skipped: the 'runAfter' condition for "
            "action '%.*s' is not satisfied. Expected status values '%.*s' and actual value "
            "'%.*s'.",
            HG_ARG(name), HG_ARG(other), HG_ARG(expected), HG_ARG(actual));
    }
    node->started = run->now;
    flow_node_skip_inside(run, node);
    flow_node_end(run, node, &outcome);
}

bool flow_node_begin(struct flow_run *run, struct flow_node *node)
{
    const struct flow_action *action = flow_node_action(run, node);
    for (size_t i = 0; i < action->n_after; i++) {
        const struct flow_action *other = &run->definition->actions[action->after[i].action];
        const struct flow_node *before = &node->frame->nodes[other->slot];
        unsigned wanted = action->after[i].statuses;
        if ((wanted & after_bit(before->status)) != 0)
            continue;
        skip(run, node, before, wanted);
        return false;
    }
    node->status = FLOW_STATUS_RUNNING;
    node->started = run->now;
    node->tracking_id = hg_uuid_v4(run->arena, run->random);
    flow_node_dirty(run, node, FLOW_DIRTY_HEAD);
    return true;
}

/* --- the end of a node --- */

/* A failure counts; a skip counts when something it waited for does: so a handler
 * that was not needed hides nothing, and one that ran hides what it handled. */
static bool is_blamed(const struct flow_run *run, const struct flow_node *node)
{
    const struct flow_action *action = flow_node_action(run, node);
    if (node->status != FLOW_STATUS_SKIPPED)
        return node->status != FLOW_STATUS_SUCCEEDED;
    for (size_t i = 0; i < action->n_after; i++) {
        const struct flow_action *other = &run->definition->actions[action->after[i].action];
        if (node->frame->nodes[other->slot].is_blamed)
            return true;
    }
    return false;
}

void flow_node_close(struct flow_run *run, struct flow_node *node,
                     const struct flow_outcome *outcome)
{
    flow_effort_drop(run, node);
    node->status = outcome->status;
    node->code = hg_str_of(outcome->code);
    node->error_code = outcome->error_code;
    node->error_message = outcome->error_message;
    node->ended = run->now;
    flow_node_dirty(run, node, FLOW_DIRTY_HEAD);
    node->frame->n_left--;
}

void flow_node_end(struct flow_run *run, struct flow_node *node, const struct flow_outcome *outcome)
{
    struct flow_frame *frame = node->frame;
    const struct flow_action *action = flow_node_action(run, node);
    flow_node_close(run, node, outcome);
    node->is_blamed = is_blamed(run, node);
    for (uint32_t i = 0; i < action->next.n; i++) {
        const struct flow_action *next = &run->definition->actions[action->next.items[i]];
        struct flow_node *follower = &frame->nodes[next->slot];
        if (--follower->waiting == 0)
            make_ready(run, follower);
    }
    if (frame->n_left == 0 && frame->owner != NULL)
        flow_container_advance(run, frame->owner, frame);
}

/* --- what is not run --- */

static void skip_node(struct flow_run *run, struct flow_node *node, const char *error_code,
                      hg_str message)
{
    struct flow_outcome outcome = {.status = FLOW_STATUS_SKIPPED,
                                   .code = "ActionSkipped",
                                   .error_code = hg_str_of(error_code),
                                   .error_message = message};
    node->started = run->now;
    flow_node_skip_inside(run, node);
    flow_node_close(run, node, &outcome);
}

static void skip_branch(struct flow_run *run, struct flow_frame *frame,
                        const struct flow_actions *branch, const char *error_code)
{
    for (uint32_t i = 0; i < branch->n && run->failure == HG_OK; i++) {
        const struct flow_action *action = &run->definition->actions[branch->items[i]];
        hg_str message = hg_str_format(
            run->arena,
            "The execution of template action '%.*s' skipped: the branching condition for this "
            "action is not satisfied.",
            HG_ARG(action->name));
        skip_node(run, &frame->nodes[action->slot], error_code, message);
    }
}

void flow_branch_skip(struct flow_run *run, struct flow_frame *frame, bool is_else)
{
    skip_branch(run, frame, flow_frame_branch(run, frame, is_else),
                "ActionBranchingConditionNotSatisfied");
}

/* The inside of a skipped If or Scope has records too; that of a loop has none. */
void flow_node_skip_inside(struct flow_run *run, struct flow_node *node)
{
    enum flow_action_type type = flow_node_action(run, node)->type;
    if (type != FLOW_ACTION_IF && type != FLOW_ACTION_SCOPE)
        return;
    struct flow_frame *frame = flow_frame_new(run, node, 0);
    if (frame == NULL)
        return;
    flow_branch_skip(run, frame, false);
    flow_branch_skip(run, frame, true);
    node->passage->n_open = 0;
}

static void abandon_node(struct flow_run *run, struct flow_node *node)
{
    bool was_active = node->status != FLOW_STATUS_PENDING;
    struct flow_outcome outcome = {
        .status = was_active ? FLOW_STATUS_CANCELLED : FLOW_STATUS_SKIPPED, .code = "Terminated"};
    if (flow_status_is_final(node->status))
        return;
    if (!was_active)
        node->started = run->now;
    if (node->passage != NULL)
        node->passage->n_open = 0;
    flow_node_close(run, node, &outcome);
}

void flow_run_abandon(struct flow_run *run)
{
    for (uint32_t i = 0; i < run->n_frames; i++) {
        for (uint32_t j = 0; j < run->frames[i]->n; j++)
            abandon_node(run, &run->frames[i]->nodes[j]);
    }
}
