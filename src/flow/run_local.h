#pragma once

#include "base/base.h"
#include "flow/definition.h"
#include "flow/run.h"

/* A run without a server: `headgate flow run FILE --mock` and the tests. Commands
 * are answered from a table, waits advance a clock that exists only here. Pure.
 *
 * The mock document: {"<action>": {"status":200,"headers":{…},"body":…} or a list
 * of them, one a call, the last repeated; "*": the answer of every action not
 * named}. Without "*" unnamed actions get 200 and {}. {"error":{"code","message",
 * "retry":true?}} in place of a status stands for no answer at all. */
struct flow_local {
    const struct flow_definition *definition;
    const struct hg_json *mock;            /* NULL: none */
    const struct hg_json *trigger_outputs; /* {headers, body}; NULL: none */
    const struct hg_json *parameters;      /* values; NULL: the defaults */
    hg_time now;
    const struct hg_random *random;
    /* Called after every step; what it answers goes on in place of the run: a caller
     * that stores and loads the run there sees what a crash at that point does. NULL:
     * none. */
    struct flow_run *(*between)(void *self, struct flow_run *run);
    void *self;
};

struct flow_local_result {
    struct flow_run *run;
    bool has_response;
    struct hg_json response; /* {statusCode, headers, body} of the Response action */
    hg_time ended;           /* on the virtual clock */
    size_t n_steps;
};

/* Plays to the end. HG_TOO_BIG after HG_MAX_FLOW_STEPS events. */
HG_MUST_USE enum hg_code flow_run_local(struct hg_arena *arena, const struct flow_local *local,
                                        struct flow_local_result *out, struct hg_err *err);

/* {"run":{…properties},"actions":[{"name","properties":{…,"inputs","outputs",
 * "repetitions"?}}],"response"?}: what the command prints. */
struct hg_json flow_local_json(struct hg_arena *arena, const struct flow_local_result *result,
                               const struct flow_definition *definition);
