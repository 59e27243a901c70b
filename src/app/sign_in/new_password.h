#pragma once

#include "app/app_private.h"
#include "app/sign_in/journey.h"
#include "base/base.h"
#include "http/http.h"
#include "signin/signin.h"

/* A new password in a sign-in: because a policy demands it, or who set the old one does. */

/* The form of pages/new_password.html. */
HG_MUST_USE enum hg_code app_run_read_new_password(struct app_run *run,
                                                   const struct http_form *form,
                                                   struct signin_event *out, struct hg_err *err);
/* Appends: the password that the form had, and what ends with the old one
 * (conditional-access.md 6.7); the user's risk is remediated. */
HG_MUST_USE enum hg_code app_run_change_password(struct app_run *run, struct hg_err *err);
