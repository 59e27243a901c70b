#pragma once

#include "base/base.h"

/* A flow's definition, read and checked. What flow_definition_read() accepts the
 * run machine (flow/run.h) can carry out to its end; what it cannot carry out is
 * refused here, when the flow is saved, by the name of the action and its type.
 *
 * Read: triggers Request (kinds Button and Http), Recurrence and the polling
 * OpenApiConnection / ApiConnection; actions Compose, the variable actions, If,
 * Foreach, Scope, Http, OpenApiConnection / ApiConnection, Response, Terminate.
 * Sources: the Logic Apps definition schema 2016-06-01; flow-platform 3.1-3.12.
 *
 * Everything borrows the JSON tree that was read, which must live as long. Pure. */

enum flow_severity {
    FLOW_ERROR, /* the flow is not saved */
    FLOW_WARNING,
};

/* One finding. `path` is a JSON pointer into the definition ("" is the whole of
 * it); `message` is for the maker, in the words of the documented system. */
struct flow_finding {
    enum flow_severity severity;
    hg_str code; /* "InvalidTemplate", "FlowMissingConnection" … */
    hg_str path;
    hg_str message;
};

/* A list of findings that grows in its arena; past `HG_MAX_FLOW_FINDINGS` further
 * ones are counted as errors and dropped. */
struct flow_findings {
    struct flow_finding *items;
    size_t n, room;
    size_t n_errors;
};

#define FLOW_NONE UINT32_MAX /* "no such action", as an index */

enum flow_trigger_type {
    FLOW_TRIGGER_REQUEST, /* kind Http: called by its signed URL */
    FLOW_TRIGGER_BUTTON,  /* kind Button: the run panel */
    FLOW_TRIGGER_RECURRENCE,
    FLOW_TRIGGER_CONNECTOR, /* polls a connector's trigger operation */
};

enum flow_action_type {
    FLOW_ACTION_COMPOSE,
    FLOW_ACTION_INITIALIZE_VARIABLE,
    FLOW_ACTION_SET_VARIABLE,
    FLOW_ACTION_INCREMENT_VARIABLE,
    FLOW_ACTION_DECREMENT_VARIABLE,
    FLOW_ACTION_APPEND_TO_ARRAY_VARIABLE,
    FLOW_ACTION_APPEND_TO_STRING_VARIABLE,
    FLOW_ACTION_IF,
    FLOW_ACTION_FOREACH,
    FLOW_ACTION_SCOPE,
    FLOW_ACTION_HTTP,
    FLOW_ACTION_CONNECTOR, /* OpenApiConnection, and ApiConnection in its older form */
    FLOW_ACTION_RESPONSE,
    FLOW_ACTION_TERMINATE,
    FLOW_ACTION_OTHER, /* refused: in no definition that was accepted */
};

/* What connects a step with an operation of a connector. `reference` is the key
 * in connectionReferences (or $connections), not the connection's name. The
 * older spelling gives method and path in place of an operation id; the caller
 * looks the operation up by them (connector_operation_match). */
struct flow_host {
    hg_str api; /* "shared_office365"; "" when only the connection reference knows */
    hg_str reference;
    hg_str operation;                /* "" in the older spelling */
    hg_str method;                   /* older spelling */
    const struct hg_json *path;      /* older spelling: may hold expressions */
    const struct hg_json *arguments; /* `parameters`; NULL: none */
};

/* A recurrence as written; flow/trigger.h computes with it. */
enum flow_frequency {
    FLOW_FREQUENCY_SECOND,
    FLOW_FREQUENCY_MINUTE,
    FLOW_FREQUENCY_HOUR,
    FLOW_FREQUENCY_DAY,
    FLOW_FREQUENCY_WEEK,
    FLOW_FREQUENCY_MONTH,
};

struct flow_occurrence {
    uint8_t weekday; /* 0 is Sunday */
    int8_t nth;      /* 1..5, or -1..-5 from the month's end */
};

struct flow_recurrence {
    enum flow_frequency frequency;
    uint32_t interval;
    bool has_start, has_end, has_count;
    bool start_is_utc, end_is_utc; /* written with Z; else civil time of `zone`, held as if UTC */
    hg_time start, end;
    uint64_t count;   /* firings, all together */
    hg_str zone;      /* Windows id; "" is UTC */
    uint32_t hours;   /* bit h: hour h; 0: not given */
    uint64_t minutes; /* bit m: minute m; 0: not given */
    uint8_t weekdays; /* bit d, 0 is Sunday; 0: not given */
    uint8_t n_month_days, n_occurrences;
    int8_t month_days[62]; /* 1..31, or -1..-31 from the month's end */
    struct flow_occurrence occurrences[70];
};

struct flow_trigger {
    hg_str name;
    hg_str type_name, kind_name; /* as written */
    enum flow_trigger_type type;
    const struct hg_json *source;
    const struct hg_json *inputs; /* NULL: none */
    const struct hg_json *schema; /* of a request's body; NULL: none */
    struct flow_host host;        /* FLOW_TRIGGER_CONNECTOR */
    bool has_recurrence;          /* Recurrence and connector triggers */
    struct flow_recurrence recurrence;
    const struct hg_json *conditions; /* array of {expression}; NULL: none */
    const struct hg_json *split_on;   /* string; NULL: none */
    bool has_concurrency;
    uint32_t runs, waiting_runs; /* at most this many at once / waiting */
    bool single_instance;
    bool secure_inputs, secure_outputs;
};

/* Which statuses of a predecessor let a step run. */
enum flow_after {
    FLOW_AFTER_SUCCEEDED = 1u << 0,
    FLOW_AFTER_FAILED = 1u << 1,
    FLOW_AFTER_SKIPPED = 1u << 2,
    FLOW_AFTER_TIMED_OUT = 1u << 3,
};

struct flow_run_after {
    uint32_t action; /* index; in the same container */
    unsigned statuses;
};

enum flow_retry_type {
    FLOW_RETRY_NONE,
    FLOW_RETRY_FIXED,
    FLOW_RETRY_EXPONENTIAL,
};

struct flow_retry {
    enum flow_retry_type type;
    uint32_t count; /* tries after the first */
    hg_dur interval, minimum, maximum;
};

/* A list of indices of actions, in document order. */
struct flow_actions {
    uint32_t *items;
    uint32_t n;
};

struct flow_action {
    hg_str name;
    hg_str type_name, kind_name; /* as written */
    enum flow_action_type type;
    uint32_t parent; /* the container it stands in; FLOW_NONE at the top */
    bool in_else;    /* of an If */
    uint32_t depth;  /* 0 at the top */
    uint32_t slot;   /* its place among all children of its container, both branches */
    uint32_t end;    /* the first index after it and everything inside it */
    hg_str path;     /* JSON pointer */
    const struct hg_json *source;
    const struct hg_json *inputs;
    struct flow_run_after *after;
    size_t n_after;
    struct flow_actions next;                /* those that wait for it */
    struct flow_actions children, otherwise; /* containers; `otherwise`: the else branch */
    struct flow_host host;                   /* FLOW_ACTION_CONNECTOR */
    struct flow_retry retry;                 /* Http and connector */
    bool has_timeout;
    hg_dur timeout;                      /* limit.timeout */
    uint32_t parallel;                   /* Foreach: iterations at once, 1..50 */
    bool no_async_pattern;               /* operationOptions DisableAsyncPattern */
    bool secure_inputs, secure_outputs;  /* also by what it consumes */
    const struct hg_json *static_result; /* the enabled mock; NULL: none */
};

/* An action by its name, in folded order, for look-ups. */
struct flow_named {
    hg_str name;
    uint32_t action;
};

struct flow_definition {
    const struct hg_json *source;
    struct flow_trigger trigger;
    struct flow_action *actions; /* document order: a container stands before its children */
    uint32_t n_actions;
    struct flow_named *by_name;       /* n_actions */
    struct flow_actions top;          /* those outside any container */
    const struct hg_json *parameters; /* declarations; NULL: none */
    bool has_response;
};

/* What surrounds a definition in the files that carry one. */
struct flow_source {
    const struct hg_json *definition;
    const struct hg_json *references; /* connectionReferences; NULL: not given, not checked */
    const struct hg_json *parameters; /* values; NULL: none */
    hg_str display_name;
    bool open_parameters; /* more of them may be declared elsewhere: not an error here */
};

/* Reads and checks. The findings are the answer: with n_errors == 0 *out is the
 * definition, otherwise NULL. HG_NO_MEMORY alone is a failure. */
HG_MUST_USE enum hg_code flow_definition_read(struct hg_arena *arena,
                                              const struct flow_source *source,
                                              struct flow_findings *findings,
                                              const struct flow_definition **out,
                                              struct hg_err *err);

/* The action of that name (any letter case), or FLOW_NONE. */
uint32_t flow_definition_action(const struct flow_definition *definition, hg_str name);

/* {"triggers":[{type,kind,metadata}],"actions":[{type,swaggerOperationId,metadata}]}:
 * the summary that clients of the management API need. Works on any JSON that
 * has the outline of a definition. */
struct hg_json flow_definition_summary(struct hg_arena *arena, const struct hg_json *definition);

/* Adds one finding; the message is printf-like. For callers with checks of their
 * own (connectors, connections) that report in the same list. */
HG_MUST_USE enum hg_code flow_finding_add(struct hg_arena *arena, struct flow_findings *findings,
                                          const struct flow_finding *finding, struct hg_err *err);

/* --- documents: the files that carry definitions --- */

enum flow_document_kind {
    FLOW_DOCUMENT_DEFINITION, /* bare: {"$schema", "triggers", "actions"} */
    FLOW_DOCUMENT_CODE_VIEW,  /* {"definition", "parameters"} */
    FLOW_DOCUMENT_WORKFLOW,   /* {"definition", "kind"}: workflow.json */
    FLOW_DOCUMENT_FLOW,       /* {"properties":{"definition", "connectionReferences"}} */
    FLOW_DOCUMENT_ARM,        /* a template's Microsoft.Logic/workflows resource */
    FLOW_DOCUMENT_UNKNOWN,    /* no definition in it */
};

struct flow_document {
    enum flow_document_kind kind;
    hg_str id; /* name or id where the file gives one */
    struct flow_source source;
};

const char *flow_document_kind_name(enum flow_document_kind kind);

/* Finds the definitions in one parsed file: one, or each workflow resource of an
 * ARM template. A file without any gives one of kind UNKNOWN. */
HG_MUST_USE enum hg_code flow_document_find(struct hg_arena *arena, const struct hg_json *file,
                                            struct flow_document **out, size_t *out_n,
                                            struct hg_err *err);

/* What `headgate flow validate` prints of one document. */
struct flow_validation {
    struct flow_document document;
    const struct flow_definition *definition; /* NULL when there are errors */
    struct flow_findings findings;
};

HG_MUST_USE enum hg_code flow_document_validate(struct hg_arena *arena,
                                                const struct flow_document *document,
                                                struct flow_validation *out, struct hg_err *err);

/* {"kind","id","displayName","ok","errors":[{code,path,message}],"warnings":[…]} */
struct hg_json flow_validation_json(struct hg_arena *arena, const struct flow_validation *result);
