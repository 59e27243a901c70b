#pragma once

#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* Filter rules (conditional-access.md 1.3): device.trustType -eq "ServerAD" -or
 * device.isCompliant -eq True. Comparisons bind closest, then -not, -and, -or. One grammar;
 * a language says which properties there are and which operators each takes, and a subject
 * how to read them. */
struct policy_filter;

enum filter_op { FILTER_EQ, FILTER_STARTS, FILTER_ENDS, FILTER_CONTAINS, FILTER_IN };

/* Sets of operators. Collections take -eq as "one element equals": a documented rule uses it. */
enum {
    FILTER_OPS_EQUAL = 1u << FILTER_EQ,
    FILTER_OPS_LISTED = FILTER_OPS_EQUAL | 1u << FILTER_IN,
    FILTER_OPS_ELEMENT = FILTER_OPS_EQUAL | 1u << FILTER_CONTAINS,
    FILTER_OPS_TEXT =
        FILTER_OPS_LISTED | 1u << FILTER_STARTS | 1u << FILTER_ENDS | 1u << FILTER_CONTAINS,
};

struct policy_filter_property {
    unsigned id; /* the language's own */
    hg_str name; /* as written in the rule, without the prefix */
    unsigned ops;
};

struct policy_filter_language {
    hg_str prefix;       /* "device." */
    const char *example; /* "device.trustType" */
    const char *unknown; /* "no such property of a device" */
    /* False: there is no property of that name. */
    bool (*find)(hg_str name, struct policy_filter_property *out);
};
extern const struct policy_filter_language policy_filter_devices;
extern const struct policy_filter_language policy_filter_attributes; /* custom security ones */

/* HG_MALFORMED: err->detail says what is wrong at which column. */
HG_MUST_USE enum hg_code policy_filter_parse(struct hg_arena *arena, hg_str rule,
                                             const struct policy_filter_language *language,
                                             const struct policy_filter **out, struct hg_err *err);

/* What a property holds. Null: an empty text, or a list without items. */
struct policy_filter_value {
    bool is_list;
    hg_str text;
    const hg_str *items;
    size_t n_items;
};
struct policy_filter_subject {
    struct policy_filter_value (*read)(const void *of,
                                       const struct policy_filter_property *property);
    const void *of;
};

/* A property that is null makes positive comparisons false and negative ones true. */
bool policy_filter_holds(const struct policy_filter *filter,
                         const struct policy_filter_subject *subject);
bool policy_filter_holds_for_device(const struct policy_filter *filter,
                                    const struct model_device *device);
bool policy_filter_holds_for_attributes(const struct policy_filter *filter,
                                        const struct policy_attributes *attributes);

/* --- between the parser and the evaluator ------------------------------------- */

enum filter_kind { FILTER_COMPARE, FILTER_NOT, FILTER_AND, FILTER_OR };

struct policy_filter {
    enum filter_kind kind;
    const struct policy_filter *left, *right; /* NOT has left alone */
    /* FILTER_COMPARE */
    struct policy_filter_property property;
    enum filter_op op;
    bool is_negative;
    bool is_null; /* compares with null */
    const hg_str *values;
    size_t n_values;
};
