#pragma once

#include "base/base.h"
#include "flow/definition.h"

/* Reading a definition, in passes over one table of actions:
 *
 *   outline   the tree of actions as a table, names, nesting, limits
 *   trigger   the one trigger, its recurrence
 *   action    each type's own inputs
 *   after     runAfter, cycles, and which actions each action can see
 *   name      what expressions refer to
 *
 * A pass reports what it finds and leaves the table in a state that the next one
 * can work with, so that a maker sees all mistakes at once. */

enum flow_variable_type {
    FLOW_VARIABLE_STRING,
    FLOW_VARIABLE_INTEGER,
    FLOW_VARIABLE_FLOAT,
    FLOW_VARIABLE_BOOLEAN,
    FLOW_VARIABLE_ARRAY,
    FLOW_VARIABLE_OBJECT,
};

/* "string", "Integer" …: any letter case. False: no such type. */
bool flow_variable_type_of(hg_str word, enum flow_variable_type *out);
const char *flow_variable_type_name(enum flow_variable_type type); /* "String" … */

struct flow_variable {
    hg_str name;
    enum flow_variable_type type;
    uint32_t action; /* that initializes it */
};

/* Who reads from whom: an action from an action, a variable, the trigger or a
 * secret parameter. What is secured spreads along these. */
struct flow_link {
    uint32_t user, source; /* actions; variables follow them; then FLOW_LINK_… */
};

struct flow_links {
    struct flow_link *items;
    size_t n, room;
};

struct flow_reading {
    struct hg_arena *arena;
    const struct flow_source *source;
    struct flow_findings *findings;
    struct flow_definition *out;
    struct flow_variable *variables;
    size_t n_variables;
    uint64_t *visible; /* a row of `words` per action: bit b: action b may be named */
    size_t words;
    bool *reference_used; /* by place in source->references */
    struct flow_links links;
    bool failed; /* the arena ended: everything since is void */
};

/* Adds one finding. A message that could not be made (no memory) fails the reading. */
void flow_reading_add(struct flow_reading *reading, enum flow_severity severity, const char *code,
                      hg_str path, hg_str message);
#define FLOW_REFUSE(reading, code, path, ...)               \
    flow_reading_add((reading), FLOW_ERROR, (code), (path), \
                     hg_str_format((reading)->arena, __VA_ARGS__))
#define FLOW_WARN(reading, code, path, ...)                   \
    flow_reading_add((reading), FLOW_WARNING, (code), (path), \
                     hg_str_format((reading)->arena, __VA_ARGS__))

/* `path` with one more step, escaped as a JSON pointer has it (RFC 6901). */
hg_str flow_reading_path(struct flow_reading *reading, hg_str path, hg_str step);
/* The path of a member inside an action: "/actions/A" + "/inputs". */
hg_str flow_action_path(struct flow_reading *reading, const struct flow_action *action,
                        const char *member);

void flow_reading_outline(struct flow_reading *reading);
void flow_reading_trigger(struct flow_reading *reading);
void flow_reading_recurrence(struct flow_reading *reading, const struct hg_json *recurrence,
                             hg_str path, struct flow_recurrence *out);
void flow_reading_actions(struct flow_reading *reading);
void flow_reading_after(struct flow_reading *reading);
void flow_reading_names(struct flow_reading *reading);
void flow_reading_secrets(struct flow_reading *reading);

/* Numbers of what is no action, for links. */
static inline uint32_t flow_link_variable(const struct flow_reading *reading, size_t i)
{
    return reading->out->n_actions + (uint32_t)i;
}
static inline uint32_t flow_link_trigger(const struct flow_reading *reading)
{
    return reading->out->n_actions + (uint32_t)reading->n_variables;
}
static inline uint32_t flow_link_secret(const struct flow_reading *reading)
{
    return flow_link_trigger(reading) + 1;
}
void flow_reading_link(struct flow_reading *reading, uint32_t user, uint32_t source);

/* The variable of that name, or NULL. */
const struct flow_variable *flow_reading_variable(const struct flow_reading *reading, hg_str name);

/* The type word of an action, or FLOW_ACTION_OTHER. */
enum flow_action_type flow_action_type_of(hg_str word);
bool flow_action_is_container(enum flow_action_type type);

/* `host` and its neighbours in the inputs of a connector step. `who` is "action"
 * or "trigger", for messages. */
struct flow_step_name {
    const char *who;
    hg_str name;
    hg_str type;
    hg_str path; /* of its inputs */
};
void flow_reading_host(struct flow_reading *reading, const struct flow_step_name *step,
                       const struct hg_json *inputs, struct flow_host *out);
void flow_reading_references(struct flow_reading *reading); /* those that nobody used */

/* inputs.retryPolicy; absent: the default of flow-platform 3.9. */
void flow_reading_retry(struct flow_reading *reading, const struct flow_action *action,
                        struct flow_retry *out);
/* runtimeConfiguration, limit, operationOptions. */
void flow_reading_options(struct flow_reading *reading, struct flow_action *action);
void flow_reading_secure(const struct hg_json *source, bool *inputs, bool *outputs);

/* Bit tests in reading->visible. */
bool flow_reading_sees(const struct flow_reading *reading, uint32_t from, uint32_t action);

/* A text that is an unevaluated expression of an ARM template: "[concat(…)]". */
bool flow_is_template_expression(const struct hg_json *value);
