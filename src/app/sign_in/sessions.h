#pragma once

#include "app/commit.h"
#include "base/base.h"
#include "model/model.h"
#include "store/store.h"

/* What a browser holds: its session (`__Host-hg_sso`), and the sign-ins that are
 * under way in it. Cookies hold opaque values; rows are found by their MAC. */

struct app;

struct app_session {
    hg_str mac; /* of the row */
    hg_str id;  /* sid */
    hg_str user;
    hg_time auth_at, last_used, created;
    struct model_when mfa_at;
    uint32_t methods;
    bool is_persistent;
    bool password_is_changed; /* while it lasted */
    const hg_str *clients;    /* appIds signed in to with it */
    size_t n_clients;
};

/* The live row of a cookie's value; ended ones are HG_NOT_FOUND. Whether it is too
 * old is lifetime's to say. */
HG_MUST_USE enum hg_code app_session_find(struct app *app, struct hg_arena *arena, hg_str tenant,
                                          hg_str cookie, struct app_session *out,
                                          struct hg_err *err);
/* Appends; fills session->mac and session->id. *out_cookie is for the browser. */
HG_MUST_USE enum hg_code app_session_insert(struct app *app, struct app_commit *commit,
                                            hg_str tenant, struct app_session *session,
                                            hg_str *out_cookie, struct hg_err *err);
/* Appends: used at `now`, now also for `client` ("" for none). */
HG_MUST_USE enum hg_code app_session_touch(struct app_commit *commit, hg_str tenant,
                                           const struct app_session *session, hg_str client,
                                           hg_time now, struct hg_err *err);
void app_session_end(struct app_commit *commit, hg_str tenant, const struct app_session *session,
                     hg_time now);
HG_MUST_USE enum hg_code app_sessions_end_user(struct store *store, struct app_commit *commit,
                                               hg_str tenant, hg_str user, hg_time now,
                                               struct hg_err *err);

/* One sign-in under way. `request` is the authorization request as it came (its query
 * or form); `state` is signin's. A journey belongs to the browser that began it. */
struct app_journey {
    hg_str id;
    hg_str browser; /* MAC of the browser's cookie */
    hg_str request;
    hg_str state;
    hg_time started;
    int64_t version; /* of two answers to one page one fails */
};
HG_MUST_USE enum hg_code app_journey_load(struct store *store, struct hg_arena *arena,
                                          hg_str tenant, hg_str id, struct app_journey *out,
                                          struct hg_err *err);
void app_journey_insert(struct app_commit *commit, hg_str tenant,
                        const struct app_journey *journey);
void app_journey_update(struct app_commit *commit, hg_str tenant, const struct app_journey *journey,
                        hg_str state);

extern const struct store_table app_sessions_table;
extern const struct store_table app_journeys_table;
