#pragma once

#include "app/app_private.h"
#include "app/connections/connections.h"
#include "base/base.h"

/* Who may do what with a connection: its owner, and those who administer the platform.
 * An app-only token is nobody's. Functions that take *found or *refused have answered the
 * call when there is nothing to go on with. */

bool app_connection_is_admin(const struct app_call *call);

/* The connection that the route names, when the caller may see it. */
HG_MUST_USE enum hg_code app_connection_find(struct app_call *call, struct app_connection *out,
                                             bool *found, struct hg_err *err);
/* For whom a connection is made: the caller, or the user that an administrator names in
 * properties.owner. */
HG_MUST_USE enum hg_code app_connection_new_owner(struct app_call *call, const struct hg_json *body,
                                                  struct model_user *out, bool *refused,
                                                  struct hg_err *err);
/* 200 or 201 with the object of flow-platform.md 1.10.2. */
HG_MUST_USE enum hg_code app_connection_answer(struct app_call *call, unsigned status,
                                               const struct app_connection *connection,
                                               struct hg_err *err);
/* *out is shown: its owner is looked up. */
HG_MUST_USE enum hg_code app_connection_show(struct app_call *call,
                                             const struct app_connection *connection,
                                             struct hg_json *out, struct hg_err *err);
