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
    bool is_repeated;
    hg_str value;
};
