#pragma once

#include "app/commit.h"
#include "base/base.h"
#include "store/store.h"

/* How often someone may be wrong. Passwords and codes are counted per account (known or
 * not, so that nothing is told) until a right answer; passwords also per address, in a span
 * that no answer ends. A browser that the user signed in with before is counted alone
 * (app/sign_in/known_browser.h): strangers lock out strangers. Codes have no such exception,
 * because whoever may guess them has the password. */
enum app_attempt {
    APP_ATTEMPT_PASSWORD,
    APP_ATTEMPT_CODE,
    APP_ATTEMPT_ADDRESS,
    APP_ATTEMPT_KNOWN_BROWSER,
    APP_ATTEMPT_COUNT
};

struct app_throttle {
    int64_t failures;
    bool is_locked; /* at the instant asked for */
};
HG_MUST_USE enum hg_code app_throttle_load(struct store *store, struct hg_arena *arena,
                                           hg_str tenant, enum app_attempt kind, hg_str subject,
                                           hg_time now, struct app_throttle *out,
                                           struct hg_err *err);
/* Writes at once, of its own: a failure counts even when the rest of a request does not. */
HG_MUST_USE enum hg_code app_throttle_fail(struct store *store, struct hg_arena *arena,
                                           hg_str tenant, enum app_attempt kind, hg_str subject,
                                           hg_time now, struct hg_err *err);
/* Appends: the account is forgiven. */
void app_throttle_clear(struct app_commit *commit, hg_str tenant, enum app_attempt kind,
                        hg_str subject);

extern const struct store_table app_throttles_table;
