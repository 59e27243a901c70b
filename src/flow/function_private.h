#pragma once

#include "flow/expression_private.h"
#include "flow/value_private.h"

/* The functions of the language as rows of tables (flow-platform.md 4.7): one table
 * a group, each in its functions_<group>.c. What a row says is checked before the
 * function runs, so that bodies begin with arguments of the right kind. */

/* One evaluation of one expression. */
struct flow_eval {
    struct hg_arena *arena;
    const struct flow_scope *scope;
    hg_str source; /* the expression, for messages */
    struct flow_fault *fault;
    struct hg_err *err;
};

/* One call in it. */
struct flow_call {
    struct flow_eval *eval;
    const struct flow_term *node;
    const struct flow_function *function;
    struct hg_json *args; /* evaluated; of a lazy function NULL */
    uint32_t n_args;
};

typedef enum hg_code flow_function_fn(const struct flow_call *call, struct hg_json *out);

/* What an argument has to be. The wording of the refusal depends on it (call_check.c). */
enum flow_arg {
    FLOW_ARG_ANY,
    FLOW_ARG_STRING, /* "to be of type string" */
    FLOW_ARG_TEXT,   /* "to be a string" */
    FLOW_ARG_INT,
    FLOW_ARG_NUMBER,
    FLOW_ARG_BOOL,
    FLOW_ARG_ARRAY,
    FLOW_ARG_ARRAY_TYPE, /* "to be of type array" */
    FLOW_ARG_OBJECT,
    FLOW_ARG_LIST,       /* an array or a string */
    FLOW_ARG_COLLECTION, /* an object, an array or a string */
};

enum flow_function_flag {
    FLOW_IS_LAZY = 1u << 0,    /* gets its arguments unevaluated, as call->node->args */
    FLOW_IS_DYNAMIC = 1u << 1, /* depends on more than its arguments: not folded at save */
    FLOW_NAMES = 1u << 2,      /* reads a name of the scope: `what` */
    FLOW_HAS_SLASH = 1u << 3,  /* its value takes ['body/value'] as a path */
};

enum { FLOW_ARG_KINDS = 4 };

struct flow_function {
    hg_str name;
    unsigned char min_args, max_args; /* max FLOW_ANY_ARGS: no upper bound */
    flow_function_fn *run;
    enum flow_arg args[FLOW_ARG_KINDS]; /* the last one counts for all that follow */
    unsigned flags;
    enum flow_name what;
};

struct flow_function_group {
    hg_str name;
    const struct flow_function *rows;
    size_t n_rows;
};

/* Case of letters does not count. NULL: no such function. */
const struct flow_function *flow_function_find(hg_str name);

/* The name in the table that is nearest to a misspelt one; empty: none is near. */
hg_str flow_function_nearest(hg_str name);

/* --- For the bodies --- */

/* Ends the evaluation with a fault. Returns HG_MALFORMED, or HG_NO_MEMORY when the
 * arena had no room for the message. */
enum hg_code flow_eval_fail(struct flow_eval *eval, uint32_t at, hg_str message);

#define FLOW_FAIL(call, ...) \
    flow_eval_fail((call)->eval, (call)->node->at, hg_str_format((call)->eval->arena, __VA_ARGS__))

/* "The template language function 'f' expects its second parameter <wanted>. The
 * provided value is of type 'Null'. Please see …": `i` counts from 0. */
enum hg_code flow_call_refuse(const struct flow_call *call, uint32_t i, const char *wanted);
enum hg_code flow_call_refuse_value(const struct flow_call *call, uint32_t i,
                                    const struct hg_json *value, const char *wanted);

hg_str flow_unknown_function_text(struct hg_arena *arena, hg_str name);

enum hg_code flow_eval_term(struct flow_eval *eval, const struct flow_term *node,
                            struct hg_json *out);
enum hg_code flow_call_check_count(const struct flow_call *call);
enum hg_code flow_call_check_args(const struct flow_call *call);

/* What was built, as the value of the call: HG_TOO_BIG, HG_NO_MEMORY. */
enum hg_code flow_call_text(const struct flow_call *call, struct hg_buf *buf, struct hg_json *out);

/* The culture that the i-th argument names, or a fault. */
struct text_culture;
enum hg_code flow_call_culture(const struct flow_call *call, uint32_t i,
                               const struct text_culture **out);

static inline hg_str flow_arg_str(const struct flow_call *call, uint32_t i)
{
    return call->args[i].string;
}

static inline struct hg_buf flow_call_buf(const struct flow_call *call)
{
    return hg_buf_new(call->eval->arena, HG_MAX_FLOW_TEXT);
}

/* --- Functions that stand in files of their own --- */

flow_function_fn flow_run_union, flow_run_intersection, flow_run_format_number, flow_run_base64,
    flow_run_base64_to_binary, flow_run_base64_to_string, flow_run_binary, flow_run_data_uri,
    flow_run_data_uri_to_binary, flow_run_data_uri_to_string, flow_run_uri_component,
    flow_run_uri_component_to_binary, flow_run_uri_component_to_string, flow_run_convert_from_utc,
    flow_run_convert_time_zone, flow_run_convert_to_utc, flow_run_xml, flow_run_xpath,
    flow_run_encode_xml_value, flow_run_decode_xml_value, flow_run_encode_xml_name,
    flow_run_decode_xml_name;

/* json() of a content object whose type is XML. */
bool flow_is_xml(const struct hg_json *value);
enum hg_code flow_json_of_xml(const struct flow_call *call, struct hg_json *out);

/* --- The tables --- */

extern const struct flow_function_group flow_functions_string, flow_functions_collection,
    flow_functions_logical, flow_functions_conversion, flow_functions_math, flow_functions_date,
    flow_functions_workflow, flow_functions_uri, flow_functions_object;
