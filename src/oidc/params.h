#pragma once

#include "base/base.h"

/* Form fields and query parameters, decoded, in the order they came; `app` copies
 * them from the HTTP message. */
struct oidc_param {
    hg_str name, value;
};
struct oidc_params {
    const struct oidc_param *items;
    size_t n;
};

/* One known parameter of a request. RFC 6749 §3.1: an empty value counts as absent;
 * a second occurrence is an error that the check steps report. */
struct oidc_text {
    bool is_set;
    bool is_seen;     /* named at all, even if empty */
    bool is_repeated; /* the first value stays */
    hg_str value;     /* "" unless set */
};
void oidc_text_take(struct oidc_text *text, hg_str value);
