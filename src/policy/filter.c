#include "base/base.h"
#include "model/model.h"
#include "policy/filter_private.h"

#include <stdbool.h>
#include <stddef.h>

static bool contains_nocase(hg_str text, hg_str needle)
{
    for (size_t i = 0; i + needle.len <= text.len; i++)
        if (hg_str_eq_nocase(hg_str_sub(text, i, needle.len), needle))
            return true;
    return false;
}

static bool text_matches(const struct policy_filter *filter, hg_str text)
{
    hg_str value = filter->values[0];
    switch (filter->op) {
    case FILTER_EQ:
        return hg_str_eq_nocase(text, value);
    case FILTER_STARTS:
        return hg_str_starts_nocase(text, value);
    case FILTER_ENDS:
        return text.len >= value.len &&
               hg_str_eq_nocase(hg_str_from(text, text.len - value.len), value);
    case FILTER_CONTAINS:
        return contains_nocase(text, value);
    case FILTER_IN:
        return model_has_id(filter->values, filter->n_values, text);
    }
    return false;
}

/* Any element; -contains means a whole one. */
static bool list_matches(const struct policy_filter *filter,
                         const struct policy_filter_value *value)
{
    if (filter->op == FILTER_CONTAINS)
        return model_has_id(value->items, value->n_items, filter->values[0]);
    for (size_t i = 0; i < value->n_items; i++)
        if (text_matches(filter, value->items[i]))
            return true;
    return false;
}

static bool compare(const struct policy_filter *filter, const struct policy_filter_subject *subject)
{
    struct policy_filter_value value = subject->read(subject->of, &filter->property);
    bool is_null = value.is_list ? value.n_items == 0 : value.text.len == 0;
    bool matches = is_null;
    if (!filter->is_null)
        matches = !is_null &&
                  (value.is_list ? list_matches(filter, &value) : text_matches(filter, value.text));
    return matches != filter->is_negative;
}

/* A chain of -or or -and leans to the left: the loop walks it, only brackets recurse. */
bool policy_filter_holds(const struct policy_filter *filter,
                         const struct policy_filter_subject *subject)
{
    if (filter->kind == FILTER_COMPARE)
        return compare(filter, subject);
    if (filter->kind == FILTER_NOT)
        return !policy_filter_holds(filter->left, subject);
    bool decides = filter->kind == FILTER_OR; /* one true decides an -or, one false an -and */
    const enum filter_kind kind = filter->kind;
    for (; filter->kind == kind; filter = filter->left)
        if (policy_filter_holds(filter->right, subject) == decides)
            return decides;
    return policy_filter_holds(filter, subject);
}
