#include "base/base.h"
#include "odata/odata_private.h"

#include <stdbool.h>
#include <stddef.h>

/* Which properties a filter speaks of. A lambda's variable is none of them. */

static bool is_known(hg_str path, hg_str known, hg_str variable)
{
    hg_str head;
    hg_str rest;
    hg_str word;
    (void)hg_str_cut(path, '/', &head, &rest);
    if (variable.len > 0 && hg_str_eq(head, variable))
        return true;
    while (hg_str_field(&known, ' ', &word))
        if (hg_str_eq_nocase(word, head))
            return true;
    return false;
}

static hg_str stranger(const struct odata_filter *node, hg_str known, hg_str variable)
{
    if (node == NULL)
        return HG_STR("");
    bool is_lambda = node->kind == ODATA_ANY || node->kind == ODATA_ALL;
    bool is_named = node->kind == ODATA_PATH || is_lambda;
    if (is_named && !is_known(node->path, known, variable))
        return node->path;
    hg_str found = stranger(node->left, known, is_lambda ? node->variable : variable);
    return found.len > 0 ? found : stranger(node->right, known, variable);
}

hg_str odata_filter_stranger(const struct odata_filter *filter, hg_str known)
{
    return stranger(filter, known, HG_STR(""));
}
