#pragma once

#include "app/directory/tenants.h"
#include "base/base.h"

/* What the shell keeps between requests: tenant snapshots, and the gate that bounds
 * how many passwords are hashed at once. Thread-safe. */
struct app_caches;

/* HG_BUSY when as many wait as may run; otherwise blocks until it is this thread's turn. */
HG_MUST_USE enum hg_code app_gate_enter(struct app_caches *caches, struct hg_err *err);
void app_gate_leave(struct app_caches *caches);

/* A hash no password has, made at start with the costs in use. */
hg_str app_password_decoy(const struct app_caches *caches);

/* This process among all that ever ran: made anew at each start. */
hg_str app_instance(const struct app_caches *caches);

/* The cached snapshot of that tenant, counted for the caller, when its version is
 * `version`; NULL otherwise. */
const struct app_snapshot *app_snapshot_cached(struct app_caches *caches, hg_str tenant,
                                               int64_t version);
/* Takes over `arena`, in which all of *snapshot lives, and caches it in the place of
 * older ones. *out is counted for the caller. HG_NO_MEMORY: the arena stays the caller's. */
HG_MUST_USE enum hg_code app_snapshot_keep(struct app_caches *caches, struct hg_arena *arena,
                                           const struct app_snapshot *snapshot,
                                           const struct app_snapshot **out, struct hg_err *err);

/* Whether other processes had something in hand when it was last looked at. */
void app_watch_claims(struct app_caches *caches, bool are_there);
bool app_watches_claims(struct app_caches *caches);

/* Work that is due is done between begin and end; the development clock is moved between
 * move_begin and move_end, when no work is under way: a lease must not run out under a
 * worker because someone else moved the time. */
void app_work_begin(struct app_caches *caches);
void app_work_end(struct app_caches *caches);
void app_clock_move_begin(struct app_caches *caches);
void app_clock_move_end(struct app_caches *caches);

/* Fills the router's table from routes.def; once, by app_open. */
void app_routes_prepare(void);
