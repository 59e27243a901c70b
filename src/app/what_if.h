#pragma once

#include "base/base.h"
#include "policy/policy.h"
#include "policy/what_if.h"

/* What If (conditional-access.md part 4), for the server's route and for bundles alike: what
 * Graph's evaluate answers, and what would come of the sign-in as a whole. */
struct app_what_if {
    const struct policy_set *set;
    const struct hg_json *bodies; /* of the set's policies */
    enum policy_shape shape;
    bool with_dependencies;          /* service dependencies count for the verdict */
    const struct policy_what_if *as; /* as it was read; who it is stands in `facts` */
    struct policy_facts facts;
};

/* {"@odata.context","value","verdict"}; `base` of the context: "https://host/v1.0". */
HG_MUST_USE enum hg_code app_what_if_answer(struct hg_arena *arena, hg_str base,
                                            const struct app_what_if *what_if, struct hg_json *out,
                                            struct hg_err *err);
