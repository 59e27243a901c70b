#pragma once

#include "base/base.h"

/* The kinds of the expression language over the shapes of JSON. A decimal, which
 * JSON has no kind for, travels inside one evaluation as a string (its canonical
 * digits) whose `at` is FLOW_DECIMAL_AT, an offset no document reaches; it never
 * leaves (expression.h). So code of this module asks flow_kind_of(), not value->kind. */
enum flow_kind {
    FLOW_KIND_NULL,
    FLOW_KIND_BOOL,
    FLOW_KIND_INT,
    FLOW_KIND_DOUBLE,
    FLOW_KIND_DECIMAL,
    FLOW_KIND_STRING,
    FLOW_KIND_ARRAY,
    FLOW_KIND_OBJECT,
};

#define FLOW_DECIMAL_AT UINT32_MAX

enum flow_kind flow_kind_of(const struct hg_json *value);
