#pragma once

#include "base/base.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>

/* Filter rules for devices (conditional-access.md 1.3): device.trustType -eq "ServerAD"
 * -or device.isCompliant -eq True. Comparisons bind closest, then -not, -and, -or. */
struct policy_filter;

/* HG_MALFORMED: err->detail says what is wrong at which column. */
HG_MUST_USE enum hg_code policy_filter_parse(struct hg_arena *arena, hg_str rule,
                                             const struct policy_filter **out, struct hg_err *err);

/* An attribute that is null makes positive comparisons false and negative ones true. */
bool policy_filter_holds(const struct policy_filter *filter, const struct model_device *device);

/* --- between the parser and the evaluator ------------------------------------- */

enum filter_attribute {
    FILTER_DEVICE_ID,
    FILTER_DISPLAY_NAME,
    FILTER_OWNERSHIP,
    FILTER_ENROLLMENT_PROFILE,
    FILTER_MANUFACTURER,
    FILTER_MODEL,
    FILTER_OPERATING_SYSTEM,
    FILTER_OPERATING_SYSTEM_VERSION,
    FILTER_IS_COMPLIANT,
    FILTER_MDM_APP_ID,
    FILTER_PROFILE_TYPE,
    FILTER_TRUST_TYPE,
    FILTER_PHYSICAL_IDS,
    FILTER_SYSTEM_LABELS,
    FILTER_EXTENSION_1, /* and the fourteen after it */
};

enum filter_op { FILTER_EQ, FILTER_STARTS, FILTER_ENDS, FILTER_CONTAINS, FILTER_IN };
enum filter_kind { FILTER_COMPARE, FILTER_NOT, FILTER_AND, FILTER_OR };

struct policy_filter {
    enum filter_kind kind;
    const struct policy_filter *left, *right; /* NOT has left alone */
    /* FILTER_COMPARE */
    unsigned attribute; /* enum filter_attribute, extension attributes past the end */
    enum filter_op op;
    bool is_negative;
    bool is_null; /* compares with null */
    const hg_str *values;
    size_t n_values;
};
