#pragma once

#include "base/base.h"

enum flow_sort {
    FLOW_SORT_DONE,
    FLOW_SORT_NO_KEY, /* an item that is no object or lacks the key */
    FLOW_SORT_MIXED,  /* neither all numbers nor all strings */
    FLOW_SORT_NO_MEMORY,
};

/* A copy of the array in ascending order; equal items keep their order. `key` (NULL:
 * none) names the property to sort by. Strings compare by code points. */
HG_MUST_USE enum flow_sort flow_array_sort(struct hg_arena *arena, const struct hg_json *array,
                                           const hg_str *key, struct hg_json *out);
