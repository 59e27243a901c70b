#pragma once

#include "app/sign_in/journey.h"
#include "base/base.h"

/* Browsers in which a user has signed in before. Each such user leaves a mark in the cookie
 * of the browser: a MAC over the user, the user's TokensValidFrom and the browser's own
 * cookie. Nobody else can make one, it is worth nothing in another browser, and a new
 * password or a revocation ends it. It proves nothing about who is there; it gives wrong
 * passwords a counter of their own, so that strangers cannot lock the user out. */

/* The mark of run->user, when the browser has it; else "". */
HG_MUST_USE enum hg_code app_known_browser_mark(struct app_run *run, hg_str *out,
                                                struct hg_err *err);
/* Sets the cookie: run->user has signed in here. */
HG_MUST_USE enum hg_code app_known_browser_remember(struct app_run *run, struct hg_err *err);
