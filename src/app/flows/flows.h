#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "base/base.h"
#include "flow/definition.h"
#include "store/store.h"

/* Flows: who owns them, what they do, whether they are on. A definition is kept as a
 * revision, too: a run goes on with the revision it began with, whatever the maker saves
 * meanwhile. */
enum app_flow_state { APP_FLOW_STOPPED, APP_FLOW_STARTED };

/* What a trigger remembers between two firings. */
struct app_trigger_state {
    hg_time on_since; /* saved or turned on: where a recurrence counts from */
    bool has_next;
    hg_time next;     /* the instant meant, whatever the timer's lease says */
    uint64_t n_fired; /* since on_since */
    bool has_polled;  /* the first poll sets the watermark alone */
    hg_str location;  /* where the connector said to ask next; "" as the trigger says */
    hg_time evaluated;
    hg_str status, code, message; /* of the last evaluation; "" none yet */
};

struct app_flow {
    hg_str id;    /* v4 UUID */
    hg_str owner; /* user id */
    hg_str display_name;
    enum app_flow_state state;
    struct hg_json body; /* {definition, connectionReferences, parameters?, …} */
    int64_t revision;    /* of body */
    struct app_trigger_state trigger;
    hg_time created, modified;
    int64_t version;
};

struct app_flows {
    const struct app_flow *items;
    size_t n;
};

/* HG_NOT_FOUND. Results live in `arena`. */
HG_MUST_USE enum hg_code app_flow_load(struct store *store, struct hg_arena *arena, hg_str tenant,
                                       hg_str id, struct app_flow *out, struct hg_err *err);
/* Which tenant's flow this is: for signed URLs, which name a flow and nothing else. HG_NOT_FOUND.
 */
HG_MUST_USE enum hg_code app_flow_tenant(struct store *store, struct hg_arena *arena, hg_str id,
                                         hg_str *out_tenant, struct hg_err *err);
/* In id order after `after`, at most `limit`; of one owner, or with owner "" of the tenant. */
struct app_flows_query {
    hg_str owner, after;
    uint32_t limit;
};
HG_MUST_USE enum hg_code app_flows_list(struct store *store, struct hg_arena *arena, hg_str tenant,
                                        const struct app_flows_query *query, struct app_flows *out,
                                        struct hg_err *err);
/* The body as it was at that revision. HG_NOT_FOUND. */
struct app_flow_moment {
    hg_str flow;
    int64_t revision;
};
HG_MUST_USE enum hg_code app_flow_revision(struct store *store, struct hg_arena *arena,
                                           hg_str tenant, const struct app_flow_moment *moment,
                                           struct hg_json *out, struct hg_err *err);

/* Append. An insert of a taken id fails the commit with HG_EXISTS; an update fails it with
 * HG_CONFLICT when the version moved. `new_revision` keeps the body as flow->revision. */
HG_MUST_USE enum hg_code app_flow_insert(struct app_commit *commit, hg_str tenant,
                                         const struct app_flow *flow, struct hg_err *err);
HG_MUST_USE enum hg_code app_flow_update(struct app_commit *commit, hg_str tenant,
                                         const struct app_flow *flow, bool new_revision,
                                         struct hg_err *err);
/* The trigger's memory alone; who appends it holds the trigger's timer. */
HG_MUST_USE enum hg_code app_flow_remember(struct app_commit *commit, hg_str tenant,
                                           const struct app_flow *flow, struct hg_err *err);
/* The flow with its revisions and runs. */
void app_flow_delete(struct app_commit *commit, hg_str tenant, hg_str id);

/* The definition of a body that was accepted once. HG_UNSUPPORTED: this program does not
 * accept it any more. */
HG_MUST_USE enum hg_code app_flow_definition(struct hg_arena *arena, const struct hg_json *body,
                                             const struct flow_definition **out,
                                             struct hg_err *err);

/* --- What may be saved (flow_check.c) ----------------------------------------------- */

/* status 0: nothing to object to. */
struct app_flow_fault {
    unsigned status;
    const char *code;
    hg_str message;
};

/* Applies `properties` (flow-platform.md 1.5) to *flow: display name, body. Members that the
 * server adds when it shows a flow are passed over. *changed: the body is another one.
 * The outcome is in *fault. */
HG_MUST_USE enum hg_code app_flow_apply(struct hg_arena *arena, const struct hg_json *properties,
                                        struct app_flow *flow, bool *changed,
                                        struct app_flow_fault *fault, struct hg_err *err);
/* Whether every connection that the flow refers to is there, its owner's, and of the API
 * it is used for. */
HG_MUST_USE enum hg_code app_flow_check_connections(struct store *store, struct hg_arena *arena,
                                                    hg_str tenant, const struct app_flow *flow,
                                                    struct app_flow_fault *fault,
                                                    struct hg_err *err);
/* Findings of a definition as checkFlowErrors answers them; for saving, the first errors. */
HG_MUST_USE enum hg_code app_flow_findings(struct hg_arena *arena, const struct hg_json *body,
                                           struct flow_findings *out,
                                           const struct flow_definition **out_definition,
                                           struct hg_err *err);
/* The connection's name and the API ("shared_office365") of one connection reference. */
hg_str app_flow_reference_connection(const struct hg_json *reference);
hg_str app_flow_reference_api(const struct hg_json *reference);

/* --- How it is shown (flow_json.c) ---------------------------------------------------- */

/* The flow object of 1.4; `whole`: with its definition. */
struct hg_json app_flow_json(struct app_call *call, const struct app_flow *flow, bool whole);
hg_str app_environment_name(struct app_call *call); /* "Default-<tenant>" */
hg_str app_flow_path(struct app_call *call, const struct app_flow *flow);
/* What workflow() answers, without `run`. */
struct hg_json app_flow_workflow(struct app_call *call, const struct app_flow *flow);
/* The id in runtime URLs: the flow's, without dashes; and back, "" when it is none. */
hg_str app_flow_workflow_id(struct hg_arena *arena, hg_str flow);
hg_str app_flow_of_workflow(struct hg_arena *arena, hg_str workflow);

/* --- For routes (flow_access.c) -------------------------------------------------------- */

/* The route's environment is this tenant's, or it names none (Headgate's own routes, of a
 * tenant's only one). False: the call was refused. */
HG_MUST_USE bool app_flow_environment(struct app_call *call);
/* The same of a name that stands elsewhere. */
HG_MUST_USE bool app_environment_is_ours(struct app_call *call, hg_str name);
/* The route's {flow}, which the caller may use: its owner, or an administrator.
 * *found is false when the call was refused. */
HG_MUST_USE enum hg_code app_flow_find(struct app_call *call, struct app_flow *out, bool *found,
                                       struct hg_err *err);
bool app_flow_is_admin(const struct app_call *call);       /* may act on every flow */
bool app_flow_is_admin_scope(const struct app_call *call); /* /scopes/admin/… */
hg_str app_flow_caller_id(const struct app_call *call);    /* of the user; else the client's */
void app_flow_refuse(struct app_call *call, const struct app_flow_fault *fault);
/* $top and $skiptoken. False: refused. */
struct app_flow_page {
    uint32_t top;
    hg_str after;
    struct http_form query;
};
HG_MUST_USE bool app_flow_page(struct app_call *call, struct app_flow_page *out);
/* {"value":[…],"nextLink"?}: the next page begins after `last` when it is not "". */
void app_flow_answer_page(struct app_call *call, const struct app_flow_page *page,
                          struct hg_json value, hg_str last);
void app_flow_record(struct app_call *call, hg_str flow, const char *action);

extern const struct store_table app_flows_table;
extern const struct store_table app_flow_revisions_table;
