#pragma once

#include "app/directory/objects.h"
#include "base/base.h"
#include "policy/policy.h"
#include "store/store.h"

/* What a tenant's set of policies is made of, as the store has it: for the snapshot that
 * judges, and for the checks of a change that is still to come. */

/* A change that is not in the store: `kind` and `id` say of what; `body` NULL: it goes. */
struct app_policy_change {
    enum app_kind kind;
    hg_str id;
    const struct hg_json *body;
};

struct app_policy_source {
    struct policy_source source;
    const struct hg_json *bodies; /* of the policies, in the order of source.rules */
};

/* Lives in `arena`. A stored policy that no longer reads is not skipped: the load fails, and
 * every access with it, until an administrator mends or deletes it. `change` may be NULL. */
HG_MUST_USE enum hg_code app_policy_source_load(struct store *store, struct hg_arena *arena,
                                                hg_str tenant,
                                                const struct app_policy_change *change,
                                                struct app_policy_source *out, struct hg_err *err);
/* Without the policies: what one of them may name. */
HG_MUST_USE enum hg_code app_policy_there_load(struct store *store, struct hg_arena *arena,
                                               hg_str tenant,
                                               const struct app_policy_change *change,
                                               struct policy_source *out, struct hg_err *err);

#define APP_ID_MFA_SETTINGS "00000000-0000-0000-0000-000000000000"
#define APP_ID_SECURITY_DEFAULTS "00000000-0000-0000-0000-000000000005"
