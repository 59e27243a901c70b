#pragma once

#include "app/commit.h"
#include "app/directory/agreements.h"
#include "app/directory/policy_source.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "lifetime/lifetime.h"
#include "model/model.h"
#include "policy/policy.h"
#include "store/store.h"

/* Tenants and their snapshots. A snapshot is one tenant's configuration, compiled:
 * immutable, counted, replaced whole. Each get reads the tenant's version (one point
 * read) and rebuilds when it moved, so that every node sees a change at the next
 * request. Whoever changes what a snapshot holds bumps the version in the same
 * commit (app_tenant_touch). */

struct app;

struct app_signing_key {
    enum crypto_alg alg;
    struct crypto_key *owned; /* by the snapshot; its kid is crypto_key_id() */
    hg_str certificate;       /* DER */
    hg_time created;
};

struct app_snapshot {
    struct model_tenant tenant;
    int64_t version;
    const struct policy_set *policies;
    struct app_policy_source source; /* what they were made of */
    struct app_objects break_glass;  /* accounts whose use is told */
    int64_t policy_version; /* the version at which policies last changed: sign-in rows name it */
    struct lifetime_settings lifetime; /* the organization default */
    const struct app_terms *terms;     /* agreements, in id order */
    size_t n_terms;
    const struct app_signing_key *keys;
    size_t n_keys;
};

/* The tenant of that id, or of that domain name (case ignored). The result is counted:
 * give it back with app_snapshot_put. HG_NOT_FOUND. */
HG_MUST_USE enum hg_code app_snapshot_get(struct app *app, hg_str id_or_domain,
                                          const struct app_snapshot **out, struct hg_err *err);
/* The tenant that a token claims to be of: only to learn whose keys to check it with. */
HG_MUST_USE enum hg_code app_snapshot_of_token(struct app *app, struct hg_arena *arena,
                                               hg_str token, const struct app_snapshot **out,
                                               struct hg_err *err);
/* The first tenant made here: what "common" and the admin socket mean. */
HG_MUST_USE enum hg_code app_snapshot_first(struct app *app, const struct app_snapshot **out,
                                            struct hg_err *err);
void app_snapshot_put(struct app *app, const struct app_snapshot *snapshot); /* NULL is fine */

/* Is the user one of the tenant's break-glass accounts? */
bool app_is_break_glass(const struct app_snapshot *snapshot, hg_str user);

/* The current key for an algorithm; a tenant has one for each. */
const struct app_signing_key *app_signing_key(const struct app_snapshot *snapshot,
                                              enum crypto_alg alg);

/* Adds to `commit`: the tenant, its signing keys. */
struct app_new_tenant {
    hg_str id, domain, display_name;
    enum model_behaviour behaviour;
};
HG_MUST_USE enum hg_code app_tenant_create(struct app *app, hg_time now, struct app_commit *commit,
                                           const struct app_new_tenant *tenant, struct hg_err *err);

/* Adds to `commit`: the tenant's version moves on, so that snapshots are rebuilt; the
 * commit fails with HG_CONFLICT when someone else moved it in the meantime. */
enum app_touch { APP_TOUCH_SETTINGS, APP_TOUCH_POLICIES };
void app_tenant_touch(struct app_commit *commit, const struct app_snapshot *snapshot,
                      enum app_touch what);

extern const struct store_table app_tenants_table;
extern const struct store_table app_signing_keys_table;
