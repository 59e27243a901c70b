#pragma once

#include "app/app_private.h"
#include "app/commit.h"
#include "app/decide.h"
#include "base/base.h"
#include "policy/policy.h"
#include "store/store.h"

/* The sign-in log. A row stores the facts, the version of the policy set and one byte a
 * policy; Graph's signIn is rendered when it is read (conditional-access.md 4.3). */

struct app_signin {
    const struct app_access *access; /* user may be NULL: an unknown name was typed */
    hg_str username;                 /* as typed, when access->user is NULL */
    bool is_interactive;
    uint32_t aadsts;                      /* 0: success */
    const struct policy_verdict *verdict; /* NULL: policies were not reached */
    hg_str session;                       /* sid, "" none */
    bool is_refresh;                      /* a refresh token was redeemed */
    const hg_str *contexts;               /* authentication contexts that are satisfied */
    size_t n_contexts;
    bool asks_mfa; /* the request itself wants a second factor (claims) */
};
/* Appends the row; *out_id may be NULL. The event signin.completed is recorded too. */
HG_MUST_USE enum hg_code app_signin_record(struct app_call *call, struct app_commit *commit,
                                           const struct app_signin *signin, struct hg_err *err);

/* The facts of the row, as JSON. */
HG_MUST_USE enum hg_code app_signin_facts(struct app_call *call, const struct app_signin *signin,
                                          hg_str *out, struct hg_err *err);

struct odata_filter;

struct app_signin_query {
    hg_str user, app; /* ids in lower case, "" any: the index that is walked */
    bool has_from, has_to;
    hg_time from, to;                  /* both included */
    bool interactive, all_kinds;       /* of users at pages; of others too */
    const struct odata_filter *filter; /* what else must hold; NULL: nothing */
    bool oldest_first;
    bool unknown_members; /* Prefer: include-unknown-enum-members */
    uint32_t limit;       /* 1 or more */
    hg_str after;         /* the former page's `next`; "" the first page */
};
struct app_signin_page {
    struct hg_json items; /* array; may be short of the limit, or empty, before the end */
    hg_str next;          /* "" : that was the end */
};
/* A page is the work of one request: it ends when it is full, or when thousands of rows were
 * looked at. HG_NOT_FOUND: `after` is of no page. */
HG_MUST_USE enum hg_code app_signins_list(struct app_call *call,
                                          const struct app_signin_query *query,
                                          struct app_signin_page *out, struct hg_err *err);
HG_MUST_USE enum hg_code app_signin_get(struct app_call *call, hg_str id, bool unknown_members,
                                        struct hg_json *out, struct hg_err *err);

/* Appends the set as it is at `version`, for rows that will name it. `rules`: an array of
 * canonical policies in the set's order. */
HG_MUST_USE enum hg_code app_policy_version_put(struct app_commit *commit, hg_str tenant,
                                                int64_t version, const struct hg_json *rules,
                                                struct hg_err *err);

extern const struct store_table app_signins_table;
extern const struct store_table app_policy_versions_table;
