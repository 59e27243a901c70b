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

hg_str oidc_texts_take(const struct oidc_params *params, const struct oidc_text_field *fields,
                       size_t n, void *request)
{
    hg_str repeated = HG_STR("");
    char *base = request;
    for (size_t i = 0; i < params->n; i++) {
        for (size_t k = 0; k < n; k++) {
            if (!hg_str_eq(params->items[i].name, fields[k].name))
                continue;
            void *place = base + fields[k].at;
            struct oidc_text *text = place;
            oidc_text_take(text, params->items[i].value);
            if (text->is_repeated && repeated.len == 0)
                repeated = fields[k].name;
        }
    }
    return repeated;
}

hg_str oidc_param_last(const struct oidc_params *params, const char *name)
{
    for (size_t i = params->n; i > 0; i--)
        if (hg_str_eq(params->items[i - 1].name, hg_str_of(name)))
            return params->items[i - 1].value;
    return HG_STR("");
}
