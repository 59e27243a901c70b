#pragma once

#include "base/base.h"
#include "flow/definition.h"

/* A run as a state machine: flow_step() takes one event and answers with the
 * commands whose effects it wants. It does no I/O and reads no clock; the shell
 * keeps this order, and then a crash loses nothing and repeats nothing:
 *
 *   1. step   → commands, wake
 *   2. store  flow_run_render(), commands and wake in one transaction
 *   3. start  the effects of the commands
 *   4. their answers come back as events, each naming its command
 *
 * After a restart flow_run_parse() gives the run back and flow_run_pending() the
 * commands that have no answer yet. Which of those were already started only the
 * shell knows (it marks them before starting); it sends the others, and answers
 * a started one with FLOW_EVENT_FAILED or sends it again, as its policy is.
 *
 * An event that names an unknown or an already answered command changes nothing,
 * nor does a timer that is early: deliveries may be repeated.
 *
 * The run is changed in place. When a step fails (HG_NO_MEMORY, HG_TOO_BIG) the
 * run in memory is spoilt: drop it with its arena and take the stored one.
 * Source of the status algebra and texts: flow-platform 3.7-3.9. */

enum flow_status {
    FLOW_STATUS_PENDING, /* not started; not shown */
    FLOW_STATUS_RUNNING,
    FLOW_STATUS_WAITING, /* for an answer or an instant */
    FLOW_STATUS_SUCCEEDED,
    FLOW_STATUS_FAILED,
    FLOW_STATUS_SKIPPED,
    FLOW_STATUS_CANCELLED,
    FLOW_STATUS_TIMED_OUT,
};

hg_str flow_status_text(enum flow_status status); /* "Succeeded" … */
bool flow_status_is_final(enum flow_status status);

struct flow_run;

/* What a run begins with. JSON values are copied. */
struct flow_start {
    hg_str run_name;           /* flow_run_name() */
    hg_str client_tracking_id; /* "" : the run's name */
    hg_time fired_at;          /* start of the trigger's evaluation */
    bool has_scheduled;
    hg_time scheduled;                     /* of a recurrence */
    const struct hg_json *trigger_inputs;  /* NULL: none */
    const struct hg_json *trigger_outputs; /* {headers, body}; NULL: none */
    const struct hg_json *parameters;      /* name → value; NULL: the defaults */
    const struct hg_json *workflow;        /* what workflow() answers, without `run` */
    bool is_resubmit;                      /* correlation.clientKeywords */
};

enum flow_event_kind {
    FLOW_EVENT_STARTED,  /* once, first */
    FLOW_EVENT_ANSWERED, /* `command` got an HTTP answer, whatever its status */
    FLOW_EVENT_FAILED,   /* `command` got none */
    FLOW_EVENT_TIMER,    /* the instant of `wake` has come */
    FLOW_EVENT_CANCEL,
};

struct flow_event {
    enum flow_event_kind kind;
    uint64_t command;
    unsigned status;               /* ANSWERED: HTTP status */
    const struct hg_json *headers; /* ANSWERED: object; NULL: none */
    const struct hg_json *body; /* ANSWERED: parsed JSON, a string, or {$content-type,$content} */
    hg_str code, message;       /* FAILED: error.code, error.message */
    bool may_retry;             /* FAILED: connectivity; the retry policy applies */
    bool is_late;               /* FAILED: given up at the command's deadline */
};

enum flow_command_kind {
    FLOW_COMMAND_HTTP,      /* send a request */
    FLOW_COMMAND_CONNECTOR, /* carry out an operation with a connection */
    FLOW_COMMAND_RESPOND,   /* answer whoever called the trigger; has no answer itself */
    FLOW_COMMAND_FINISH,    /* the run is over; the last command */
};

struct flow_command {
    enum flow_command_kind kind;
    uint64_t id; /* unique in the run, never 0, never reused */
    uint32_t action;
    hg_str action_name; /* "" with FINISH */
    hg_str tracking_id; /* x-ms-tracking-id */
    unsigned attempt;   /* 1, 2 … */
    bool has_deadline;  /* limit.timeout: what has no answer by then is to be given up */
    hg_time deadline;

    /* HTTP and RESPOND: what goes over the wire; Content-Type stands in headers, an
     * object of strings. Basic and Raw authentication are in headers already; any
     * other kind is left in `authentication` (NULL: none) and must be refused by who
     * cannot do it. */
    hg_str method, uri;
    const struct hg_json *headers;
    bool has_payload;
    hg_str payload;
    const struct hg_json *authentication;

    /* CONNECTOR: an operation with its flattened `parameters`, or, in the older
     * spelling, method, uri (the path), queries, headers and body. NULL: not given. */
    hg_str api, reference, operation;
    const struct hg_json *arguments, *queries, *body;

    /* RESPOND: status. FINISH: the run's end. */
    unsigned status;
    enum flow_status end;
    hg_str code, message;
};

struct flow_effects {
    bool changed; /* false: the event was of no concern, nothing needs storing */
    const struct flow_command *commands;
    size_t n_commands;
    bool has_wake;
    hg_time wake; /* send FLOW_EVENT_TIMER then; replaces the former instant */
};

/* `definition` must outlive the run; both may stand in the same arena. */
HG_MUST_USE enum hg_code flow_run_new(struct hg_arena *arena,
                                      const struct flow_definition *definition,
                                      const struct flow_start *start, struct flow_run **out,
                                      struct hg_err *err);

/* Failures of the maker's program (a false expression, a missing property) are
 * outcomes: they end up in the record of their action. */
HG_MUST_USE enum hg_code flow_step(struct flow_run *run, const struct flow_event *event,
                                   hg_time now, const struct hg_random *random,
                                   struct flow_effects *out, struct hg_err *err);

/* Commands without an answer, oldest first, and the instant to be woken at. */
HG_MUST_USE enum hg_code flow_run_pending(struct flow_run *run, struct flow_effects *out,
                                          struct hg_err *err);

/* --- storing --- */

enum flow_extent {
    FLOW_WHOLE,   /* everything */
    FLOW_CHANGES, /* what changed since the last rendering */
};

/* One JSON text. A shell may store the WHOLE each time, or append CHANGES to a
 * log and now and then replace the log by the WHOLE: a loop over n items then
 * costs n small texts, not n texts of size n. Both hold what outstanding commands
 * need, credentials among it: seal them. Rendering counts as stored: when storing
 * fails, drop the run in memory. */
HG_MUST_USE enum hg_code flow_run_render(struct hg_arena *arena, struct flow_run *run,
                                         enum flow_extent extent, hg_str *out, struct hg_err *err);

/* Reads a WHOLE followed by any number of CHANGES, in order; the run borrows the
 * texts. HG_MALFORMED for what no rendering gives, and for a run of another
 * definition. */
HG_MUST_USE enum hg_code flow_run_parse(struct hg_arena *arena,
                                        const struct flow_definition *definition,
                                        const hg_str *texts, size_t n, struct flow_run **out,
                                        struct hg_err *err);

/* --- reading --- */

/* 20 digits that sort the newest first, 9 random digits, "CU" and a shard:
 * flow-platform 1.6. The tracking id has the same form, one tick off. */
hg_str flow_run_name(struct hg_arena *arena, hg_time fired_at, const struct hg_random *random);

struct flow_run_view {
    hg_str name;
    enum flow_status status;
    hg_str code, error_code, error_message; /* "" : none */
    hg_time started;
    bool has_ended;
    hg_time ended;
};
struct flow_run_view flow_run_look(const struct flow_run *run);

/* `properties` of the run object: startTime, endTime?, status, code?, error?,
 * correlation, trigger{…}. Links are the caller's to add. */
struct hg_json flow_run_properties(struct hg_arena *arena, const struct flow_run *run);

/* `properties` of an action: type, startTime, endTime, correlation, status, code,
 * error?, retryHistory?, repetitionCount?, iterationCount?, secureData?,
 * trackedProperties?. Null when the action has not been reached. */
struct hg_json flow_action_properties(struct hg_arena *arena, const struct flow_run *run,
                                      uint32_t action);

/* The contents behind an action's links, or NULL: not there, or not to be shown
 * (runtimeConfiguration.secureData). An action inside a loop has them per
 * repetition only. */
const struct hg_json *flow_action_inputs(const struct flow_run *run, uint32_t action);
const struct hg_json *flow_action_outputs(const struct flow_run *run, uint32_t action);
const struct hg_json *flow_trigger_inputs(const struct flow_run *run);
const struct hg_json *flow_trigger_outputs(const struct flow_run *run);

/* The repetitions of an action inside loops, in order: [{name:"000000-000002",
 * properties:{repetitionIndexes:[{scopeName,itemIndex}], …as above}}], from the
 * `skip`-th on, at most `top`. */
struct hg_json flow_action_repetitions(struct hg_arena *arena, const struct flow_run *run,
                                       uint32_t action, size_t skip, size_t top);
const struct hg_json *flow_repetition_inputs(const struct flow_run *run, uint32_t action,
                                             hg_str repetition);
const struct hg_json *flow_repetition_outputs(const struct flow_run *run, uint32_t action,
                                              hg_str repetition);
