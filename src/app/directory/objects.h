#pragma once

#include "app/commit.h"
#include "base/base.h"
#include "store/store.h"

#include <stdbool.h>

/* Directory objects as Graph shows them: users, groups, applications, policies,
 * named locations … One table; the body is the resource's JSON, `name` the second
 * name it is found by (a user's UPN, an application's appId), unique within its
 * kind, compared in lower case. What a resource may hold is src/graph's business. */
enum app_kind {
    APP_KIND_USER,
    APP_KIND_GROUP,
    APP_KIND_APPLICATION,
    APP_KIND_SERVICE_PRINCIPAL,
    APP_KIND_POLICY,   /* conditionalAccessPolicy */
    APP_KIND_LOCATION, /* namedLocation */
    APP_KIND_TOKEN_LIFETIME_POLICY,
    APP_KIND_MFA_SETTINGS,   /* one a tenant */
    APP_KIND_DELETED_POLICY, /* until it is restored, or forgotten */
    APP_KIND_DELETED_LOCATION,
    APP_KIND_AGREEMENT,         /* terms of use */
    APP_KIND_STRENGTH,          /* authenticationStrengthPolicy */
    APP_KIND_AUTH_CONTEXT,      /* authenticationContextClassReference; the id is its name */
    APP_KIND_SECURITY_DEFAULTS, /* one a tenant */
    APP_KIND_DEVICE,            /* name: the deviceId */
    APP_KIND_BREAK_GLASS,       /* under the user's id */
    APP_KIND_COUNT
};

struct app_object {
    hg_str id;
    hg_str name; /* lower case; "" when the kind has none */
    int64_t version;
    hg_time modified;
    struct hg_json body;
};

struct app_objects {
    const struct app_object *items;
    size_t n;
};

/* HG_NOT_FOUND. Results live in `arena`. */
HG_MUST_USE enum hg_code app_object_get(struct store *store, struct hg_arena *arena, hg_str tenant,
                                        enum app_kind kind, hg_str id, struct app_object *out,
                                        struct hg_err *err);
HG_MUST_USE enum hg_code app_object_by_name(struct store *store, struct hg_arena *arena,
                                            hg_str tenant, enum app_kind kind, hg_str name,
                                            struct app_object *out, struct hg_err *err);
/* Is there an object of that id or name, in the store or among what `commit` will insert? */
HG_MUST_USE enum hg_code app_object_exists(struct store *store, const struct app_commit *commit,
                                           hg_str tenant, enum app_kind kind, hg_str id_or_name,
                                           bool *out, struct hg_err *err);
/* In id order, strictly after `after` ("" from the start), at most `limit` (0: all). */
HG_MUST_USE enum hg_code app_objects_list(struct store *store, struct hg_arena *arena,
                                          hg_str tenant, enum app_kind kind, hg_str after,
                                          uint32_t limit, struct app_objects *out,
                                          struct hg_err *err);

/* Appends to `commit`. An insert of a taken id or name fails the commit with HG_EXISTS; a
 * replacement names the version it was read at and fails it with HG_CONFLICT when it moved. */
HG_MUST_USE enum hg_code app_object_insert(struct app_commit *commit, hg_str tenant,
                                           enum app_kind kind, const struct app_object *object,
                                           struct hg_err *err);
HG_MUST_USE enum hg_code app_object_replace(struct app_commit *commit, hg_str tenant,
                                            enum app_kind kind, const struct app_object *object,
                                            int64_t read_version, struct hg_err *err);
/* Appends: the object is as it was, with the next version. For what is kept elsewhere but
 * belongs to it; the same condition. */
void app_object_touch(struct app_commit *commit, hg_str tenant, enum app_kind kind, hg_str id,
                      int64_t read_version);
void app_object_delete(struct app_commit *commit, hg_str tenant, enum app_kind kind, hg_str id);

/* Who belongs to whom: group members (users and groups), role assignments (users,
 * groups), group owners, device owners (users). `parent` and `child` are object ids; a role's is
 * its template id. */
enum app_link { APP_LINK_MEMBER, APP_LINK_ROLE, APP_LINK_OWNER, APP_LINK_DEVICE_OWNER };

struct app_ids {
    const hg_str *items;
    size_t n;
};

HG_MUST_USE enum hg_code app_links_children(struct store *store, struct hg_arena *arena,
                                            hg_str tenant, enum app_link link, hg_str parent,
                                            struct app_ids *out, struct hg_err *err);
HG_MUST_USE enum hg_code app_links_parents(struct store *store, struct hg_arena *arena,
                                           hg_str tenant, enum app_link link, hg_str child,
                                           struct app_ids *out, struct hg_err *err);
void app_link_add(struct app_commit *commit, hg_str tenant, enum app_link link, hg_str parent,
                  hg_str child);
void app_link_remove(struct app_commit *commit, hg_str tenant, enum app_link link, hg_str parent,
                     hg_str child);
/* All links from and to `id`: for the deletion of an object. */
void app_links_forget(struct app_commit *commit, hg_str tenant, hg_str id);

extern const struct store_table app_objects_table;
extern const struct store_table app_links_table;
