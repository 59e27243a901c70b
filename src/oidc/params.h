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

/* Where a request's struct keeps the value of a parameter. */
struct oidc_text_field {
    hg_str name;
    size_t at; /* offsetof a struct oidc_text */
};
/* Takes every parameter that has a field; the answer is the first name given twice, or "". */
hg_str oidc_texts_take(const struct oidc_params *params, const struct oidc_text_field *fields,
                       size_t n, void *request);
/* The last value of that name, or "". */
hg_str oidc_param_last(const struct oidc_params *params, const char *name);
