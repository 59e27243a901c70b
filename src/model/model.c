#include "model/model.h"

#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>

enum model_external model_user_external(const struct model_user *user)
{
    if (user->external == MODEL_EXTERNAL_NONE && user->is_guest)
        return MODEL_EXTERNAL_INTERNAL_GUEST;
    return user->external;
}

bool model_has_id(const hg_str *ids, size_t n, hg_str id)
{
    for (size_t i = 0; i < n; i++)
        if (hg_str_eq_nocase(ids[i], id))
            return true;
    return false;
}
