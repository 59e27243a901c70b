#pragma once

#include "app/app_private.h"
#include "app/decide.h"
#include "base/base.h"

/* Authentication contexts (`acrs`, conditional-access.md 1.3 and 5.5): which of them an access
 * satisfies is what policies on them say now, never what a token once said. */

enum { APP_MAX_CONTEXTS = 99 };

struct app_contexts {
    hg_str items[APP_MAX_CONTEXTS]; /* "c1" … */
    size_t n;
};

void app_contexts_add(struct app_contexts *into, const hg_str *items, size_t n);
void app_contexts_add_words(struct app_contexts *into, hg_str words); /* blank-separated */
hg_str app_contexts_words(struct hg_arena *arena, const struct app_contexts *contexts);

/* Adds to `satisfied` those candidates that `access`, which is allowed, would be allowed with:
 * nobody is asked for anything more. */
HG_MUST_USE enum hg_code app_contexts_keep(struct app_call *call, const struct app_access *access,
                                           const struct app_contexts *candidates,
                                           struct app_contexts *satisfied, struct hg_err *err);
