#include "base/base.h"
#include "flow/expression.h"
#include "flow/function_private.h"

#include <stddef.h>

static const struct flow_function_group *const groups[] = {
    &flow_functions_string,     &flow_functions_collection, &flow_functions_logical,
    &flow_functions_conversion, &flow_functions_math,       &flow_functions_date,
    &flow_functions_workflow,   &flow_functions_uri,        &flow_functions_object,
};

const struct flow_function *flow_function_find(hg_str name)
{
    for (size_t g = 0; g < HG_COUNT(groups); g++)
        for (size_t i = 0; i < groups[g]->n_rows; i++)
            if (hg_str_eq_nocase(groups[g]->rows[i].name, name))
                return &groups[g]->rows[i];
    return NULL;
}

size_t flow_function_count(void)
{
    size_t n = 0;
    for (size_t g = 0; g < HG_COUNT(groups); g++)
        n += groups[g]->n_rows;
    return n;
}

struct flow_function_info flow_function_at(size_t i)
{
    size_t g = 0;
    while (i >= groups[g]->n_rows)
        i -= groups[g++]->n_rows;
    const struct flow_function *row = &groups[g]->rows[i];
    return (struct flow_function_info){.name = row->name,
                                       .group = groups[g]->name,
                                       .min_args = row->min_args,
                                       .max_args = row->max_args};
}

enum { NAME_ROOM = 40 };

/* Steps (insert, leave out, replace a letter) from one name to the other; case does
 * not count. Names longer than any function are infinitely far. */
static unsigned distance(hg_str a, hg_str b)
{
    unsigned row[NAME_ROOM + 1];
    if (a.len > NAME_ROOM || b.len > NAME_ROOM)
        return NAME_ROOM;
    for (unsigned j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < b.len; j++) {
            bool same = hg_str_eq_nocase(hg_str_sub(a, i, 1), hg_str_sub(b, j, 1));
            unsigned replace = diagonal + (same ? 0 : 1);
            unsigned other = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            diagonal = row[j + 1];
            row[j + 1] = replace < other ? replace : other;
        }
    }
    return row[b.len];
}

hg_str flow_function_nearest(hg_str name)
{
    hg_str best = {0};
    unsigned least = (unsigned)(name.len / 3) + 2; /* farther is a guess, not a hint */
    size_t n = flow_function_count();
    for (size_t i = 0; i < n; i++) {
        hg_str candidate = flow_function_at(i).name;
        unsigned d = distance(name, candidate);
        if (d < least) {
            least = d;
            best = candidate;
        }
    }
    return best;
}
