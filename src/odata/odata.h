#pragma once

#include "base/base.h"

/* Query options of Graph collections (OData 4.01 part 2): $filter, $select, $top, $count,
 * $orderby, $expand, $skiptoken as values. Pure; applied to JSON objects that the caller loaded.
 *
 * $filter: comparisons (eq ne gt ge lt le), in, and or not, parentheses, startswith,
 * endswith, contains, lambda any/all over arrays, null, booleans, numbers, strings, and
 * times without quotes. Strings compare without case, as Graph's do. A function or operator
 * that is not here is refused by name, never ignored. */

struct odata_filter;

/* HG_MALFORMED: err->detail says what and at which character ("at character 12: …").
 * At most HG_MAX_TARGET characters and 32 levels. */
HG_MUST_USE enum hg_code odata_filter_parse(struct hg_arena *arena, hg_str text,
                                            const struct odata_filter **out, struct hg_err *err);
/* A property that is absent is null; comparing null with anything but null is false. */
bool odata_filter_holds(const struct odata_filter *filter, const struct hg_json *object);

/* The value that `property eq 'value'` must have for the filter to hold, when the filter
 * says so at its top level: for using an index. False: it does not. */
bool odata_filter_equals(const struct odata_filter *filter, const char *property, hg_str *out);
/* The same for a bound: no value below (ge, gt, eq), or above (le, lt, eq), makes it hold. */
bool odata_filter_least(const struct odata_filter *filter, const char *property, hg_str *out);
bool odata_filter_most(const struct odata_filter *filter, const char *property, hg_str *out);

/* The first property that the filter names and `known` (blank-separated, without case) does
 * not; "" none. Of a path ("status/errorCode") its head counts. */
hg_str odata_filter_stranger(const struct odata_filter *filter, hg_str known);

struct odata_query {
    const struct odata_filter *filter; /* NULL: none */
    const hg_str *select;              /* n_select 0: all */
    size_t n_select;
    const hg_str *expand; /* property names, options in parentheses taken off */
    size_t n_expand;
    hg_str orderby; /* one property; "" none */
    bool descending;
    uint32_t top; /* 0: not given */
    uint32_t skip;
    bool count;
    hg_str skiptoken;
};

struct odata_option {
    hg_str name, value; /* decoded; names with or without '$' */
};
/* Options that are not OData's (client-request-id …) are left to others. HG_MALFORMED:
 * err->detail names the option. */
HG_MUST_USE enum hg_code odata_query_parse(struct hg_arena *arena,
                                           const struct odata_option *options, size_t n,
                                           struct odata_query *out, struct hg_err *err);

/* The members asked for, in the object's order, with id and @odata annotations; all
 * without $select. */
struct hg_json odata_select(struct hg_arena *arena, const struct odata_query *query,
                            const struct hg_json *object);
bool odata_expands(const struct odata_query *query, const char *property);
