#pragma once

#include "app/directory/objects.h"
#include "base/base.h"
#include "model/model.h"
#include "policy/policy.h"

/* Service principals: what stands for an application in a tenant, to be switched off, tagged,
 * given attributes and app roles. A registered application's is an object of its own, named by
 * the appId. Headgate's own applications have one in every tenant, under their appId as the id;
 * it becomes an object when something is said of it (docs/decisions/0134). */

struct app;

/* By object id or appId. What is not stored of Headgate's own has version 0. HG_NOT_FOUND. */
HG_MUST_USE enum hg_code app_service_principal_get(struct app *app, struct hg_arena *arena,
                                                   hg_str tenant, hg_str id_or_app_id,
                                                   struct app_object *out, struct hg_err *err);
/* That of Headgate's i-th own application, as long as nothing is said of it. */
struct app_object app_service_principal_own(struct hg_arena *arena, size_t i);
bool app_service_principal_is_own(const struct app_object *principal);

/* What it was assigned: {"id","appRoleId","resourceId","createdDateTime"} each. */
const struct hg_json *app_assignments_of(const struct app_object *principal);
/* The role of that id of a resource; NULL: it has none for applications. */
const struct model_app_role *app_role_of_id(const struct model_application *resource, hg_str id);
/* Of no role: the resource is open to whoever holds it (appRoleAssignmentRequired). */
extern const hg_str app_default_role;

/* The roles that a client acts with at a resource, and whether it was assigned to it at all. */
struct app_assigned {
    struct app_ids roles; /* values */
    bool is_assigned;
};
HG_MUST_USE enum hg_code app_assigned_load(struct hg_arena *arena,
                                           const struct app_object *principal,
                                           const struct model_application *resource,
                                           struct app_assigned *out, struct hg_err *err);

/* Its custom security attributes as filters of policies read them: texts alone. */
HG_MUST_USE enum hg_code app_attributes_load(struct hg_arena *arena,
                                             const struct app_object *principal,
                                             struct policy_attributes *out, struct hg_err *err);
/* Of those of the applications that have any, in their order. */
HG_MUST_USE enum hg_code app_attributes_of_apps(struct app *app, struct hg_arena *arena,
                                                hg_str tenant, const struct app_ids *app_ids,
                                                const struct policy_app_attributes **out,
                                                size_t *out_n, struct hg_err *err);
