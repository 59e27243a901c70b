#pragma once

#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"
#include "flow/expression.h"
#include "flow/run.h"

/* A run in memory: a tree of frames and nodes that mirrors the definition's tree.
 *
 *   frame   one passage through the children of a container (or of the top): an
 *           iteration of a Foreach has one, an If and a Scope have one
 *   node    one action in one frame; becomes its record
 *
 * Nodes whose predecessors are all final wait in the ready queue; a step drains
 * it, so between steps it is empty and what is stored needs no queue. */

struct flow_frame;

/* One try of an effect that did not end it. */
struct flow_try {
    hg_time start, end;
    hg_str code;
    hg_str error_code, error_message;
};

/* What a node that reaches out keeps besides its record. */
struct flow_effort {
    uint64_t command; /* outstanding; 0: waits for `due` */
    unsigned attempt;
    bool is_polling;   /* 202: asks at request.uri until something else comes */
    bool has_due;      /* next try or poll */
    bool has_deadline; /* limit.timeout */
    hg_time due, deadline;
    hg_time tried;          /* start of the present try */
    struct hg_json request; /* what the command is made of */
    struct flow_try *tries;
    uint32_t n_tries, room;
    struct flow_node *next; /* run->efforts */
};

/* What a node that is a container keeps. */
struct flow_passage {
    struct flow_frame **frames;
    uint32_t n_frames, room;
    uint32_t n_open;                 /* frames that are not done */
    bool has_failed;                 /* some frame that is done counts as a failure */
    struct hg_json items;            /* Foreach: array */
    const struct hg_json **repeated; /* records of all repetitions, by place behind the loop */
};

enum flow_dirty {
    FLOW_DIRTY_HEAD = 1u << 0,
    FLOW_DIRTY_INPUTS = 1u << 1,
    FLOW_DIRTY_OUTPUTS = 1u << 2,
    FLOW_DIRTY_ITEMS = 1u << 3,
    FLOW_DIRTY_REQUEST = 1u << 4,
};

struct flow_node {
    uint32_t action;
    uint32_t waiting; /* predecessors that are not final */
    struct flow_frame *frame;
    enum flow_status status;
    uint8_t dirty;  /* enum flow_dirty */
    bool is_dirty;  /* in run->dirty */
    bool is_blamed; /* counts as a failure where it is the last of its branch */
    bool has_inputs, has_outputs;
    hg_time started, ended;
    hg_str code, error_code, error_message, tracking_id;
    struct hg_json inputs, outputs;
    const struct hg_json *tracked; /* trackedProperties, evaluated; NULL: none */
    const struct hg_json *record;  /* made for expressions; NULL: not yet */
    struct flow_effort *effort;
    struct flow_passage *passage;
    struct flow_node *next_ready, *next_dirty;
};

struct flow_frame {
    uint32_t id;        /* place in run->frames */
    uint32_t container; /* FLOW_NONE: the top */
    uint32_t iteration;
    uint32_t n, n_left;      /* nodes; those that are not final */
    struct flow_node *owner; /* NULL: the top */
    struct flow_node *nodes; /* by action->slot */
};

struct flow_value {
    hg_str name;
    enum flow_variable_type type;
    bool is_set;
    struct hg_json value; /* what expressions see: never grows in place */
    struct hg_json store; /* array: the same items with their spare room */
    struct hg_buf text;   /* string: the same text with its spare room */
    bool is_dirty;
    uint64_t rendered; /* items or bytes that the last rendering had; only grown since */
};

struct flow_run {
    struct hg_arena *arena;
    const struct flow_definition *definition;
    uint64_t fingerprint;

    /* start */
    hg_str name, client_tracking_id, trigger_tracking_id;
    hg_time fired_at, scheduled;
    bool has_scheduled, is_resubmit;
    bool has_trigger_inputs, has_trigger_outputs;
    struct hg_json trigger_inputs, trigger_outputs, parameters, workflow;

    /* course */
    enum flow_status status;
    bool has_begun, has_responded;
    hg_str code, error_code, error_message;
    hg_time started, ended;
    uint64_t next_command;
    struct flow_frame **frames; /* by id; the first is the top */
    uint32_t n_frames, frame_room;
    uint32_t n_rendered; /* frames that the last rendering knew */
    size_t n_nodes;
    struct flow_value *values;
    uint32_t n_values;
    struct flow_node *efforts; /* outstanding or waiting, oldest first */
    struct flow_node *dirty;
    const struct hg_json *trigger_record; /* made for expressions */

    /* the present step */
    hg_time now;
    const struct hg_random *random;
    struct flow_node *ready, *ready_tail;
    struct flow_command *commands;
    size_t n_commands, command_room;
    enum hg_code failure; /* HG_OK, or why the step cannot be finished */
};

static inline const struct flow_action *flow_node_action(const struct flow_run *run,
                                                         const struct flow_node *node)
{
    return &run->definition->actions[node->action];
}

uint64_t flow_run_fingerprint(const struct flow_definition *definition);

/* A run without its course: variables declared, nothing begun. NULL: no memory. */
struct flow_run *flow_run_shell(struct hg_arena *arena, const struct flow_definition *definition);

/* --- frames and nodes (run_frame.c) --- */

/* A passage through the children of `owner` (NULL: the top). Roots are not yet
 * ready. NULL: run->failure says why. */
struct flow_frame *flow_frame_new(struct flow_run *run, struct flow_node *owner,
                                  uint32_t iteration);
/* The nodes of one branch that wait for nobody become ready. */
void flow_frame_open(struct flow_run *run, struct flow_frame *frame,
                     const struct flow_actions *branch);
const struct flow_actions *flow_frame_branch(const struct flow_run *run,
                                             const struct flow_frame *frame, bool is_else);
void flow_node_dirty(struct flow_run *run, struct flow_node *node, unsigned what);
bool flow_node_begin(struct flow_run *run, struct flow_node *node); /* false: skipped */

struct flow_outcome {
    enum flow_status status;
    const char *code;
    hg_str error_code, error_message; /* "" : none */
};
/* Makes a node final, and no more. */
void flow_node_close(struct flow_run *run, struct flow_node *node,
                     const struct flow_outcome *outcome);
/* The same; followers become ready, a frame that is done ends its owner. */
void flow_node_end(struct flow_run *run, struct flow_node *node,
                   const struct flow_outcome *outcome);
void flow_node_skip_inside(struct flow_run *run, struct flow_node *node);
void flow_branch_skip(struct flow_run *run, struct flow_frame *frame, bool is_else);
/* Everything that is not final is cancelled or skipped, with code Terminated. */
void flow_run_abandon(struct flow_run *run);

/* --- actions (run_action.c, run_variable.c) --- */
void flow_node_start(struct flow_run *run, struct flow_node *node);
/* A passage of a container is done. */
void flow_container_advance(struct flow_run *run, struct flow_node *node,
                            const struct flow_frame *done);
void flow_node_change_variable(struct flow_run *run, struct flow_node *node);
void flow_node_initialize(struct flow_run *run, struct flow_node *node);

/* Evaluates; on a fault of the maker's program the node has ended and the answer is
 * false, as it is when the step has failed. */
bool flow_node_evaluate(struct flow_run *run, struct flow_node *node, const struct hg_json *value,
                        struct hg_json *out);
void flow_node_succeed(struct flow_run *run, struct flow_node *node, const char *code);
void flow_node_fail(struct flow_run *run, struct flow_node *node, const char *code,
                    hg_str error_code, hg_str error_message);
/* "The inputs of workflow run action 'X' of type 'T' are not valid. <why>" */
void flow_node_refuse(struct flow_run *run, struct flow_node *node, hg_str why);
void flow_node_inputs(struct flow_run *run, struct flow_node *node, struct hg_json inputs);
void flow_node_outputs(struct flow_run *run, struct flow_node *node, struct hg_json outputs);
/* The last actions of a passage decide about it. */
bool flow_frame_has_failed(const struct flow_run *run, const struct flow_frame *frame);
void flow_run_finish(struct flow_run *run, enum flow_status status, const char *code,
                     hg_str error_code, hg_str error_message);

/* --- effects (run_effect.c, run_http.c, run_command.c) --- */
void flow_node_call_http(struct flow_run *run, struct flow_node *node);
void flow_node_call_connector(struct flow_run *run, struct flow_node *node);
void flow_node_respond(struct flow_run *run, struct flow_node *node);
void flow_node_send(struct flow_run *run, struct flow_node *node, struct hg_json request);
void flow_effort_resume(struct flow_run *run, struct flow_node *node); /* into run->efforts */
void flow_effort_drop(struct flow_run *run, struct flow_node *node);
bool flow_run_answer(struct flow_run *run, const struct flow_event *event);
bool flow_run_timer(struct flow_run *run);
bool flow_run_wake(const struct flow_run *run, hg_time *out);
struct flow_command *flow_command_add(struct flow_run *run, enum flow_command_kind kind,
                                      const struct flow_node *node);
void flow_command_fill(struct flow_run *run, const struct flow_node *node,
                       struct flow_command *out);
/* A value as bytes with the type they have by themselves. */
bool flow_payload_of(struct hg_arena *arena, const struct hg_json *body, hg_str *out_bytes,
                     hg_str *out_type);
struct hg_json flow_headers_of(struct hg_arena *arena, const struct hg_json *headers);
const char *flow_http_code(struct hg_arena *arena, unsigned status); /* "NotFound", "429" */
bool flow_http_uri_valid(hg_str uri);
hg_str flow_http_origin(hg_str uri); /* "https://host:port" */

/* --- what expressions see (run_scope.c, run_record.c) --- */
struct flow_seen {
    struct flow_run *run;
    const struct flow_node *node; /* NULL: the trigger */
};
struct flow_scope flow_run_scope(const struct flow_seen *seen);
const struct hg_json *flow_node_record(struct flow_run *run, const struct flow_node *node);
const struct hg_json *flow_trigger_record(struct flow_run *run);
const struct hg_json *flow_result_of(struct flow_run *run, const struct flow_node *node);
/* An action inside a loop, seen from outside it: outputs of all repetitions. */
const struct hg_json *flow_repeated_record(struct flow_run *run, const struct flow_node *loop,
                                           uint32_t action);
/* The node of an action below a frame that leads to it; NULL: not reached, or a
 * loop stands between (then *out_loop is that loop). */
const struct flow_node *flow_node_below(const struct flow_run *run, const struct flow_frame *frame,
                                        uint32_t action, const struct flow_node **out_loop);
hg_str flow_time_text(const struct flow_run *run, hg_time t);
