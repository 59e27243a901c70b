#pragma once

#include "app/app_private.h"
#include "app/decide.h"
#include "app/directory/agreements.h"
#include "app/directory/objects.h"
#include "app/pages.h"
#include "app/sign_in/journey.h"
#include "base/base.h"

/* Terms of use in a sign-in, and in every decision. */

/* Agreements that the user of the access has accepted and whose acceptance is in force, those of
 * access->accepted_terms included. */
HG_MUST_USE enum hg_code app_terms_in_force(struct app_call *call, const struct app_access *access,
                                            struct app_ids *out, struct hg_err *err);

/* The agreement that the journey shows or is about to show; NULL: none. */
const struct app_terms *app_run_terms(const struct app_run *run);
/* Whether the user can accept it in this sign-in. */
bool app_run_can_accept(const struct app_run *run, const struct app_terms *terms);
/* Appends the answer to run->commit; an acceptance counts in what is decided in this request. */
HG_MUST_USE enum hg_code app_run_answer_terms(struct app_run *run, hg_str agreement,
                                              bool is_accepted, struct hg_err *err);
/* What pages/terms.html needs. */
HG_MUST_USE enum hg_code app_run_put_terms(struct app_run *run, struct app_page *page,
                                           struct hg_err *err);
