#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "app/flows/flows.h"
#include "app/flows/runs.h"
#include "base/base.h"
#include "flow/definition.h"
#include "http/http.h"

/* What starts flows: request URLs, buttons, recurrences, polls of connectors. A trigger that
 * was acknowledged has its run committed before (runs.h). */

/* The name of the one trigger of a body's definition; "" none. */
hg_str app_trigger_name(const struct hg_json *body);

/* Appends the timer that the flow's trigger needs now, or its removal, and sets
 * flow->trigger: counting begins anew. The caller writes the flow in the same commit. */
HG_MUST_USE enum hg_code app_trigger_arm(struct app_commit *commit, hg_str tenant, hg_time now,
                                         const struct flow_definition *definition,
                                         struct app_flow *flow, struct hg_err *err);
void app_trigger_disarm(struct app_commit *commit, hg_str tenant, hg_str flow);

/* One evaluation: conditions, splitOn, and a run for each item. */
struct app_firing {
    const struct app_flow *flow;
    const struct flow_definition *definition;
    const struct hg_json *outputs; /* {headers, body}; NULL: none */
    const struct hg_json *inputs;  /* NULL: none */
    hg_str tracking_id;
    bool has_scheduled;
    hg_time scheduled;
    uint64_t reply;
};
struct app_fired {
    bool has_run;       /* some run was started; `run` is the first one */
    hg_str run;         /* id */
    size_t n;           /* runs */
    const char *status; /* "Succeeded", "Skipped", "Failed" */
    hg_str code, message;
};
/* Appends the runs. HG_OK with the outcome. */
HG_MUST_USE enum hg_code app_trigger_fire(struct app_call *call, struct app_commit *commit,
                                          const struct app_firing *firing, struct app_fired *out,
                                          struct hg_err *err);

/* A request as a trigger sees it: {headers, queries?, body?}. False: refused (400). */
HG_MUST_USE bool app_trigger_outputs(struct app_call *call, const struct flow_trigger *trigger,
                                     struct hg_json *out);
/* Refuses a request that the trigger of a flow does not take now. */
HG_MUST_USE enum hg_code app_trigger_ready(struct app_call *call, const struct app_flow *flow,
                                           const struct flow_definition *definition, bool *ready,
                                           struct hg_err *err);
/* The URL that fires a request trigger. */
hg_str app_trigger_url(struct app_call *call, const struct app_flow *flow,
                       const struct flow_trigger *trigger, struct hg_json *out_queries);

/* --- Signed URLs (triggers_sign.c) ------------------------------------------------------- */

/* base64url of a MAC over tenant, flow, permission (sp) and expiry (se, "" none). */
hg_str app_signature(struct app_call *call, hg_str tenant, hg_str flow, hg_str permission,
                     hg_str expiry);
/* Finds the flow of a runtime route and checks the query against it; sets call->tenant.
 * False in *good: refused, with nothing told about what there is. */
HG_MUST_USE enum hg_code app_signed_flow(struct app_call *call, hg_str permission,
                                         struct app_flow *out, bool *good, struct hg_err *err);
