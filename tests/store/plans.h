#pragma once

#include "store/store.h"

#include <stddef.h>

/* Queries of every shape over the suite's tables: what a database plans for them
 * must be one walk along one index. */
struct plan_case {
    const char *name;
    struct store_query query;
};
extern const struct plan_case plan_cases[];
extern const size_t n_plan_cases;
