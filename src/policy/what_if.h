#pragma once

#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

/* POST identity/conditionalAccess/evaluate (conditional-access.md 4.1): a sign-in that is
 * only imagined. The caller looks up who it is, fills in facts.user or facts.workload
 * (with `workload_risk`) and judges the facts like any others. */
struct policy_what_if {
    hg_str user;                  /* id; empty: a service principal */
    hg_str service_principal;     /* object id; empty: a user */
    hg_str external_tenant;       /* of the user; empty: as the directory says */
    enum model_external external; /* NONE: as the directory says */
    enum policy_risk workload_risk;
    bool applied_only; /* appliedPoliciesOnly */
    struct model_device device;
    struct policy_facts facts; /* is_what_if; `device` is the one above */
};

/* HG_MALFORMED: *faults says what is wrong where, err->detail the first of it. An address or
 * country that is none is not refused: policies that look at it answer "invalidCondition". */
HG_MUST_USE enum hg_code policy_what_if_parse(struct hg_arena *arena, const struct hg_json *json,
                                              const struct policy_what_if **out,
                                              struct policy_faults *faults, struct hg_err *err);

/* The `value` of the answer, in set order: each policy whole, with policyApplies and
 * analysisReasons. policies[i] is the JSON of the set's rule i. */
struct hg_json policy_what_if_json(struct hg_arena *arena, const struct policy_set *set,
                                   const struct policy_resolved *facts,
                                   const struct hg_json *policies, enum policy_shape shape,
                                   bool applied_only);
