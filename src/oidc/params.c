#include "oidc/params.h"

#include "base/base.h"

#include <stdbool.h>

void oidc_text_take(struct oidc_text *text, hg_str value)
{
    text->is_repeated = text->is_repeated || text->is_seen;
    text->is_seen = true;
    if (value.len == 0 || text->is_repeated)
        return;
    text->is_set = true;
    text->value = value;
}
