#pragma once

#include "base/base.h"
#include "policy/policy.h"

/* A world is policies, named locations, MFA trusted IPs and the facts of one sign-in or
 * several, as one JSON object: the `given` of tests/cases/policy (FORMAT.md there) and a
 * line of the oracle. */
struct world {
    struct policy_source source; /* of the set */
    const struct policy_set *set;
    const struct policy_rule **rules;
    size_t n_rules;
    const struct policy_facts *signins;
    size_t n_signins;
    bool is_list;              /* the world said `signIns`, and is answered with a list */
    struct policy_facts facts; /* of the first sign-in */
};

/* HG_MALFORMED when a policy or location is refused, or a member or word is not known. */
HG_MUST_USE enum hg_code world_read(struct hg_arena *arena, const struct hg_json *json,
                                    struct world *out, struct hg_err *err);

/* Facts alone. Without a set (NULL) they name their resources: a `request` is refused. */
HG_MUST_USE enum hg_code world_read_facts(struct hg_arena *arena, const struct policy_set *set,
                                          const struct hg_json *json, struct policy_facts *out,
                                          struct hg_err *err);

/* The verdict of the sign-in, or {"verdicts": […]} of several. */
HG_MUST_USE enum hg_code world_judge(struct hg_arena *arena, const struct world *world,
                                     bool with_reasons, struct hg_json *out, struct hg_err *err);
