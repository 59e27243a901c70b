#pragma once

#include "base/base.h"
#include "odata/odata.h"

/* The filter as a tree. Leaves are paths ("status/errorCode") and constants. */
enum odata_node_kind {
    ODATA_PATH,
    ODATA_CONSTANT,
    ODATA_COMPARE,
    ODATA_IN,
    ODATA_AND,
    ODATA_OR,
    ODATA_NOT,
    ODATA_STARTSWITH,
    ODATA_ENDSWITH,
    ODATA_CONTAINS,
    ODATA_ANY,
    ODATA_ALL,
};

enum odata_operator { ODATA_EQ, ODATA_NE, ODATA_GT, ODATA_GE, ODATA_LT, ODATA_LE };

struct odata_filter {
    enum odata_node_kind kind;
    enum odata_operator op;
    hg_str path;                             /* ODATA_PATH, ODATA_ANY, ODATA_ALL */
    hg_str variable;                         /* of a lambda */
    struct hg_json value;                    /* ODATA_CONSTANT */
    const struct odata_filter *left, *right; /* operands; a lambda's body is `left` */
    const struct odata_filter *next;         /* ODATA_IN: further constants */
};
