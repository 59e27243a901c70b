#pragma once

#include "base/base.h"

/* The expression language of flow definitions (flow-platform.md part 4): text in,
 * value out. It is total: no loops, no assignment, no recursion, no host objects;
 * what it can read is what `struct flow_scope` answers, what it can make is bounded
 * by HG_MAX_FLOW_TEXT, HG_MAX_FLOW_ITEMS, HG_MAX_FLOW_DEPTH and the arena.
 *
 * Values are `struct hg_json`. Integers (int64) and doubles stay apart. Binary and
 * XML content are the objects {"$content-type","$content"} (base64). Points in time
 * are strings. `decimal` exists between functions only: what leaves an evaluation is
 * plain JSON, a decimal as double, an infinity or NaN as its name in a string.
 *
 * A failure of the language (syntax, unknown function, wrong kind of argument,
 * missing property) is HG_MALFORMED and *fault says what the run record shows.
 * HG_TOO_BIG and HG_NO_MEMORY are limits; *fault is untouched then. */

struct flow_fault {
    hg_str message; /* as the platform words it, without "InvalidTemplate" and the frame */
    uint32_t at;    /* byte offset in the expression's text */
    hg_str path;    /* of templates: which string, "/body/0/name"; else empty */
};

/* "Unable to process template language expressions in action 'X' inputs at line '0' and
 * column '0': '<message>'." `place` is "in action 'X' inputs" or "for action 'X'". */
hg_str flow_fault_text(struct hg_arena *arena, const struct flow_fault *fault, hg_str place);

/* --- Parsing ------------------------------------------------------------------ */

enum flow_form {
    FLOW_FORM_TEMPLATE, /* a string of a definition: text, "@expr", "@{expr}" inside text, "@@" */
    FLOW_FORM_BARE,     /* the expression alone, without '@' */
};

/* Opaque: lives in the arena it was parsed into, is never changed afterwards, and
 * may be evaluated any number of times. Borrows `text`. */
struct flow_expression;

/* Names are not resolved: an unknown function is a fault only where it is evaluated
 * (`if`, `and`, `or`, `coalesce` leave out what they do not need) or checked. */
HG_MUST_USE enum hg_code flow_expression_parse(struct hg_arena *arena, hg_str text,
                                               enum flow_form form,
                                               const struct flow_expression **out,
                                               struct flow_fault *fault, struct hg_err *err);

/* A string without any expression in it: evaluating gives its text. */
bool flow_expression_is_plain(const struct flow_expression *expression);

/* --- Checking at save --------------------------------------------------------- */

/* What an expression can name outside itself. */
enum flow_name {
    FLOW_NAME_PARAMETER,    /* parameters('P') */
    FLOW_NAME_VARIABLE,     /* variables('V') */
    FLOW_NAME_ACTION,       /* outputs, body, actions, formDataValue … ('A') */
    FLOW_NAME_TRIGGER,      /* trigger(), triggerBody() …; no name */
    FLOW_NAME_LOOP,         /* items('L'): the current element */
    FLOW_NAME_ITEM,         /* item(): that of the innermost loop; no name */
    FLOW_NAME_ITERATION,    /* iterationIndexes('Until') */
    FLOW_NAME_RESULT,       /* result('Scope') */
    FLOW_NAME_WORKFLOW,     /* workflow(); no name */
    FLOW_NAME_SELF,         /* action(): the action itself; no name */
    FLOW_NAME_CALLBACK_URL, /* listCallbackUrl(); no name */
    FLOW_NAME_APP_SETTING,  /* appsetting('S') */
};

struct flow_reference {
    enum flow_name what;
    hg_str name;     /* as written; empty where there is none or it is computed */
    bool is_dynamic; /* the name is itself an expression: cannot be checked at save */
    uint32_t at;
};

struct flow_references {
    struct flow_reference *items;
    uint32_t n, room;
};

struct flow_faults {
    struct flow_fault *items;
    uint32_t n, room;
};

/* Appends every name the expression uses. */
HG_MUST_USE enum hg_code flow_expression_references(struct hg_arena *arena,
                                                    const struct flow_expression *expression,
                                                    struct flow_references *references,
                                                    struct hg_err *err);

/* Appends what must fail whatever the run brings: unknown functions (with the
 * nearest name), wrong numbers of arguments, constant calls that fail. */
HG_MUST_USE enum hg_code flow_expression_check(struct hg_arena *arena,
                                               const struct flow_expression *expression,
                                               struct flow_faults *faults, struct hg_err *err);

/* Both, and the syntax, for every string and key inside a JSON value. */
HG_MUST_USE enum hg_code flow_template_check(struct hg_arena *arena, const struct hg_json *value,
                                             struct flow_references *references,
                                             struct flow_faults *faults, struct hg_err *err);

/* --- Evaluating --------------------------------------------------------------- */

/* What the world looks like from the expression. `find` answers the value of a name
 * or NULL when there is no such thing; names arrive as written, their case does not
 * count. Records of actions and of the trigger are objects with "name", "status",
 * "inputs", "outputs" {"statusCode","headers","body"} … as far as there are any: an
 * action that was skipped has a record without outputs. Answers must stay valid as
 * long as the result of the evaluation, which may share memory with them. */
struct flow_scope {
    hg_time now;
    const struct hg_random *random; /* NULL: guid() and rand() fail */
    const struct hg_json *(*find)(const void *self, enum flow_name what, hg_str name);
    const void *self;
};

/* A scope read from one JSON document, for the command line and for tests:
 * {"parameters":{},"variables":{},"actions":{"A":record},"trigger":record,"items":{"L":value},
 * "item":value,"iterationIndexes":{},"results":{"S":[]},"workflow":{},"action":record,
 * "callbackUrl":"","appSettings":{}}. Members may be absent. `context` is borrowed. */
struct flow_scope flow_scope_of(const struct hg_json *context, hg_time now,
                                const struct hg_random *random);

HG_MUST_USE enum hg_code flow_expression_eval(struct hg_arena *arena,
                                              const struct flow_expression *expression,
                                              const struct flow_scope *scope, struct hg_json *out,
                                              struct flow_fault *fault, struct hg_err *err);

/* A JSON value with every string, and every key that holds one, replaced by what its
 * expression gives; everything else is kept. fault->at counts within the string. */
HG_MUST_USE enum hg_code flow_template_eval(struct hg_arena *arena, const struct hg_json *value,
                                            const struct flow_scope *scope, struct hg_json *out,
                                            struct flow_fault *fault, struct hg_err *err);

/* The condition of If, Until, Filter array and triggers: a string "@equals(…)", a
 * boolean, or the object form {"and":[…]}, {"or":[…]}, {"not":…}, {"equals":[a,b]},
 * {"greater":[a,b]} … with templates for operands. The answer must be a boolean. */
HG_MUST_USE enum hg_code flow_condition_eval(struct hg_arena *arena, const struct hg_json *value,
                                             const struct flow_scope *scope, bool *out,
                                             struct flow_fault *fault, struct hg_err *err);

/* --- Values as the language sees them ----------------------------------------- */

/* The text that interpolation, string(), concat() and join() make of a value (4.5):
 * null is empty, booleans are "True" and "False", objects and arrays compact JSON,
 * content objects their decoded bytes. */
HG_MUST_USE enum hg_code flow_value_text(struct hg_arena *arena, const struct hg_json *value,
                                         hg_str *out, struct hg_err *err);

/* equals(): by kind and value; integers and doubles compare as numbers, members of
 * objects in any order. Works in a scratch frame of the arena; when that ends the
 * answer is false and hg_arena_exhausted() true. */
bool flow_value_equal(struct hg_arena *arena, const struct hg_json *a, const struct hg_json *b);

/* "Null", "Boolean", "Integer", "Float", "String", "Array", "Object". */
hg_str flow_value_kind_name(const struct hg_json *value);

/* --- The functions, as data --------------------------------------------------- */

struct flow_function_info {
    hg_str name;
    hg_str group;                /* "string", "collection", "logical" … */
    unsigned min_args, max_args; /* FLOW_ANY_ARGS: without an upper bound */
};
enum { FLOW_ANY_ARGS = 255 };

size_t flow_function_count(void);
struct flow_function_info flow_function_at(size_t i); /* grouped; i < flow_function_count() */
