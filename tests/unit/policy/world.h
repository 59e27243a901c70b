#pragma once

#include "base/base.h"
#include "policy/policy.h"

/* A world is policies, named locations, MFA trusted IPs and the facts of one sign-in,
 * as one JSON object: the `given` of tests/cases/policy and a line of the oracle. */
struct world {
    const struct policy_set *set;
    const struct policy_rule **rules;
    size_t n_rules;
    struct policy_facts facts;
};

/* HG_MALFORMED when a policy or location is refused or a fact is not known. */
HG_MUST_USE enum hg_code world_read(struct hg_arena *arena, const struct hg_json *json,
                                    struct world *out, struct hg_err *err);

/* Facts alone, against no set. */
HG_MUST_USE enum hg_code world_read_facts(struct hg_arena *arena, const struct hg_json *json,
                                          struct policy_facts *out, struct hg_err *err);
