#pragma once

#include "app/directory/tenants.h"
#include "base/base.h"
#include "model/model.h"

/* Members of a stored user that Graph does not show: the flags of its passwordProfile. */
#define APP_MUST_CHANGE "mustChangePassword"
#define APP_MUST_CHANGE_MFA "mustChangePasswordWithMfa"
/* … and the state of authentication/requirements. */
#define APP_USER_MFA "perUserMfaState"

/* The directory as the decision functions need it: Graph objects in the store →
 * the nouns of src/model. Everything is read at each use, so that a disabled user or
 * a changed group counts at once. */

/* With transitive groups, active roles (direct and through groups) and whether a
 * second factor is registered. HG_NOT_FOUND. */
/* "disabled" … and back; what is no state is HG_MALFORMED. */
const char *app_user_mfa_name(enum model_user_mfa state);
HG_MUST_USE enum hg_code app_user_mfa_parse(hg_str name, enum model_user_mfa *out,
                                            struct hg_err *err);

HG_MUST_USE enum hg_code app_user_load(struct app *app, struct hg_arena *arena, hg_str tenant,
                                       hg_str id, struct model_user *out, struct hg_err *err);
HG_MUST_USE enum hg_code app_user_by_upn(struct app *app, struct hg_arena *arena, hg_str tenant,
                                         hg_str upn, struct model_user *out, struct hg_err *err);

/* The tag of an application that is an approved client of conditional access. */
#define APP_TAG_APPROVED "ApprovedClientApp"

/* A registered application or one of Headgate's own. HG_NOT_FOUND. */
HG_MUST_USE enum hg_code app_application_load(struct app *app, struct hg_arena *arena,
                                              hg_str tenant, hg_str app_id,
                                              struct model_application *out, struct hg_err *err);
/* By an identifier URI ("https://graph.host", "api://x") or appId, as a scope names it. */
HG_MUST_USE enum hg_code app_application_by_uri(struct app *app, struct hg_arena *arena,
                                                hg_str tenant, hg_str uri,
                                                struct model_application *out, struct hg_err *err);

/* Directory roles that exist: template id ↔ display name. NULL: no such role. */
struct app_role {
    const char *template_id;
    const char *name;         /* "GlobalAdministrator", as routes.def names it */
    const char *display_name; /* "Global Administrator" */
};
extern const struct app_role app_roles[];
extern const size_t app_n_roles;
const struct app_role *app_role_find(hg_str name_or_template_id);
/* Has the user one of the roles, by their names, blank-separated? */
bool app_user_has_role(const struct model_user *user, const char *roles);
