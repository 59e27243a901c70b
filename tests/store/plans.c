#include "store/plans.h"

#include "base/base.h"
#include "store/store.h"
#include "store/suite.h"
#include "unit/test.h"

#include <stdbool.h>
#include <stddef.h>

static const struct store_value ann_2[] = {{STORE_TEXT, .bytes = HG_LIT("t")},
                                           {STORE_TEXT, .bytes = HG_LIT("ann")},
                                           {STORE_INT, .integer = 2}};
static const struct store_value row[THING_N_COLUMNS] = {
    {STORE_TEXT, .bytes = HG_LIT("t")},
    {STORE_TEXT, .bytes = HG_LIT("id")},
    {STORE_TEXT, .bytes = HG_LIT("ann")},
    {STORE_INT, .integer = 2},
    {STORE_INT, .integer = 7},
    {STORE_TEXT, .bytes = HG_LIT("code")},
    {STORE_BLOB},
};
static const struct store_value mark[] = {{STORE_BLOB, .bytes = HG_LIT("m")}};

#define BY_KEY .table = &suite_things, .index = -1, .prefix = ann_2
#define BY_USER .table = &suite_things, .index = THINGS_BY_USER, .prefix = ann_2
#define BY_DUE .table = &suite_things, .index = THINGS_DUE
#define BY_CODE .table = &suite_things, .index = THINGS_CODE, .prefix = ann_2
#define UNTIL .has_to = true, .to = {STORE_INT, .integer = 9}
#define SINCE .has_from = true, .from = {STORE_INT, .integer = 1}

const struct plan_case plan_cases[] = {
    {"a tenant by key", {BY_KEY, .n_prefix = 1, .limit = 10}},
    {"a tenant by key, backwards", {BY_KEY, .n_prefix = 1, .descending = true, .limit = 10}},
    {"a tenant by key, next page", {BY_KEY, .n_prefix = 1, .after = row, .limit = 10}},
    {"a tenant by key, next page backwards",
     {BY_KEY, .n_prefix = 1, .after = row, .descending = true, .limit = 10}},
    {"users of a tenant", {BY_USER, .n_prefix = 1, .limit = 10}},
    {"users of a tenant, next page", {BY_USER, .n_prefix = 1, .after = row, .limit = 10}},
    {"things of a user", {BY_USER, .n_prefix = 2, .limit = 10}},
    {"things of a user, newest first", {BY_USER, .n_prefix = 2, .descending = true, .limit = 10}},
    {"things of a user, next page",
     {BY_USER, .n_prefix = 2, .after = row, .descending = true, .limit = 10}},
    {"things of a user in a range", {BY_USER, .n_prefix = 2, SINCE, UNTIL, .limit = 10}},
    {"things of a user in a range, next page",
     {BY_USER, .n_prefix = 2, SINCE, UNTIL, .after = row, .limit = 10}},
    {"things of a user in a range, next page backwards",
     {BY_USER, .n_prefix = 2, SINCE, UNTIL, .after = row, .descending = true, .limit = 10}},
    {"things of a user and a size, next page", {BY_USER, .n_prefix = 3, .after = row, .limit = 10}},
    {"what is due", {BY_DUE, UNTIL, .limit = 10}},
    {"what is due, next page", {BY_DUE, UNTIL, .after = row, .limit = 10}},
    {"everything with a due time", {BY_DUE, .limit = 10}},
    {"by code", {BY_CODE, .n_prefix = 1, .limit = 10}},
    {"by code, next page backwards",
     {BY_CODE, .n_prefix = 1, .after = row, .descending = true, .limit = 10}},
    {"links of a mark",
     {.table = &suite_links, .index = LINKS_BY_MARK, .prefix = mark, .n_prefix = 1, .limit = 10}},
};
const size_t n_plan_cases = HG_COUNT(plan_cases);
