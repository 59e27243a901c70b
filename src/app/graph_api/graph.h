#pragma once

#include "app/app_private.h"
#include "app/directory/objects.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "graph/graph.h"
#include "odata/odata.h"
#include "policy/policy.h"

/* Graph's collections, one row each (graph.c): what they hold, who checks it, how it is
 * shown. The generic handlers list, get, create, update and delete by the row. */
struct app_collection {
    const char *path;  /* below /v1.0/: "users" */
    const char *title; /* in messages: "user" */
    enum app_kind kind;
    const struct graph_resource *resource; /* NULL: shown by policy's canonical shape */
    bool by_name;                          /* also found by name: a UPN, an appId */
    app_create_fn *create;                 /* NULL: nothing is, as with update */
    app_update_fn *update;
    enum event_name changed; /* recorded after a change */
    bool in_snapshot;        /* a change rebuilds snapshots */
    /* Adds to `body` what is shown with the object and stored apart from it; NULL: nothing. */
    enum hg_code (*complete)(struct app_call *call, const struct app_object *object,
                             struct hg_json *body, struct hg_err *err);
    app_release_fn *release; /* asked before one is deleted; NULL: any may go */
    struct hg_json (*canonical)(struct hg_arena *arena, const struct hg_json *json,
                                enum policy_shape shape); /* without `resource` */
    bool has_etag;                                        /* @odata.etag, and If-Match on changes */
    bool is_deleted;                                      /* what was deleted and can be restored */
    enum app_kind bin; /* the kind that keeps what was deleted; 0: none does */
    /* The i-th object that is there without being stored; false: there are no more. NULL: none. */
    bool (*own)(struct hg_arena *arena, size_t i, struct app_object *out);
    const char *expands; /* the member that $expand adds to one object; NULL: none */
    enum hg_code (*expand)(struct app_call *call, hg_str id, struct hg_json *out,
                           struct hg_err *err);
};
const struct app_collection *app_collection_of(const struct app_call *call);
const struct app_collection *app_collection_of_kind(enum app_kind kind);

/* W/"3": the object as it is at its version. */
hg_str app_graph_etag(struct hg_arena *arena, const struct app_object *object);
/* Does If-Match allow a change of `object`? False: the call was answered with 412. */
HG_MUST_USE bool app_graph_matches(struct app_call *call, const struct app_collection *collection,
                                   const struct app_object *object);

/* The query's options. False: refused. */
HG_MUST_USE bool app_odata_query(struct app_call *call, struct odata_query *out);

/* The object that {id} names: an id, or a name where the collection has names. *found false:
 * the call was answered with 404. */
HG_MUST_USE enum hg_code app_graph_find(struct app_call *call,
                                        const struct app_collection *collection, hg_str id,
                                        struct app_object *out, bool *found, struct hg_err *err);
/* Whoever holds a directory role is changed by those who manage administrators alone: a role
 * that may reset passwords would else be every role. *may false: refused (403). */
HG_MUST_USE enum hg_code app_graph_may_administer(struct app_call *call, hg_str user, bool *may,
                                                  struct hg_err *err);
/* passwordCredentials: what is known of each secret, never the secret itself. */
HG_MUST_USE enum hg_code app_application_complete(struct app_call *call,
                                                  const struct app_object *object,
                                                  struct hg_json *body, struct hg_err *err);
/* A service principal with what its application says. */
HG_MUST_USE enum hg_code app_service_principal_complete(struct app_call *call,
                                                        const struct app_object *object,
                                                        struct hg_json *body, struct hg_err *err);
/* The documents of an agreement, in every language. */
HG_MUST_USE enum hg_code app_agreement_files_of(struct app_call *call, hg_str agreement,
                                                struct hg_json *out, struct hg_err *err);
/* Members of a group in Graph's shape, a list of users and groups. */
HG_MUST_USE enum hg_code app_group_members_of(struct app_call *call, hg_str group,
                                              struct hg_json *out, struct hg_err *err);
/* One object in the collection's shape, with its @odata.context. */
struct hg_json app_graph_show(struct app_call *call, const struct app_collection *collection,
                              const struct odata_query *query, const struct app_object *object);
/* {"@odata.context","value":[…]}, filtered, ordered, selected and cut at $top. */
void app_graph_answer_list(struct app_call *call, const char *context,
                           const struct odata_query *query, const struct hg_json *items);

/* @odata.nextLink: the same request, from the place on that `skiptoken` names. */
hg_str app_graph_next_link(struct app_call *call, hg_str skiptoken);

/* The answer to a change: the object in the collection's shape. */
void app_graph_answer_object(struct app_call *call, const struct app_collection *collection,
                             unsigned status, const struct app_object *object);

struct app_write app_graph_write(struct app_call *call, struct app_commit *commit,
                                 enum graph_mode mode);
/* app_graph_create of a body that was read already. */
HG_MUST_USE enum hg_code app_graph_create_from(struct app_call *call, struct hg_json *input,
                                               struct hg_err *err);
bool app_strength_own(struct hg_arena *arena, size_t i, struct app_object *out);
/* Takes headgate.reason out of a body. False: the call was answered. */
HG_MUST_USE bool app_graph_take_reason(struct app_call *call, struct hg_json *input,
                                       struct app_write *write);
/* Answers a refused write in Graph's shape; other codes are passed on. */
HG_MUST_USE enum hg_code app_graph_refused(struct app_call *call, const struct app_write *write,
                                           enum hg_code code, struct hg_err *err);
/* Commits a change of the collection: with the snapshot's version where it is in it, and for
 * policies with the new version of the set. `changed` is the object as it will be (NULL:
 * deleted `id`). *done false: the call was answered (409, 412). */
HG_MUST_USE enum hg_code app_graph_commit(struct app_call *call,
                                          const struct app_collection *collection,
                                          struct app_commit *commit, hg_str id,
                                          const struct hg_json *changed, bool *done,
                                          struct hg_err *err);
