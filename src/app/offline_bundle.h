#pragma once

#include "base/base.h"

/* A bundle of exports (architecture part 6), as far as What If looks into one: which file
 * holds what is told by its objects, not by its name. */
struct app_bundle {
    struct hg_json policies, locations, strengths, users, groups, principals; /* arrays */
    struct hg_json unread; /* [{"file","index","message"}]: nothing is silently skipped */
};

struct app_bundle app_bundle_new(void);
/* Adds the objects of one file; `text` is decoded. */
void app_bundle_add(struct hg_arena *arena, struct app_bundle *bundle, hg_str file, hg_str text);

/* The answer of Graph's evaluate to `request` on the bundle, with a verdict, and "unread" when
 * something could not be read. HG_MALFORMED: err->detail says what the request must be. */
HG_MUST_USE enum hg_code app_bundle_what_if(struct hg_arena *arena, struct app_bundle *bundle,
                                            const struct hg_json *request, hg_time now,
                                            struct hg_json *out, struct hg_err *err);
