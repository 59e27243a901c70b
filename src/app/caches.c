#include "app/caches.h"

#include "app/app.h"
#include "app/directory/tenants.h"
#include "app/timers.h"
#include "base/base.h"
#include "crypto/crypto.h"
#include "store/store.h"
#include "xml/xml.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { CLAIMS_ARENA = 4 << 20 };

/* One snapshot with its arena and its owners. The snapshot comes first, so that a
 * pointer to it is a pointer to the entry. */
struct entry {
    struct app_snapshot snapshot;
    struct hg_arena *arena;
    unsigned n_owners; /* under the mutex */
    struct entry *next;
};

struct app_caches {
    pthread_mutex_t lock;
    struct entry *entries; /* the newest snapshot of each tenant */

    pthread_mutex_t gate_lock;
    pthread_cond_t gate_free;
    unsigned gate_running, gate_waiting, gate_limit;

    pthread_rwlock_t work; /* readers: work under way; writer: the clock being moved */

    struct hg_arena *arena;
    atomic_bool watches_claims;
    hg_str decoy;
    hg_str instance;
};

static enum hg_code make_decoy(struct app *app, struct app_caches *caches, struct hg_err *err)
{
    unsigned char random[CRYPTO_PASSWORD_DECOY];
    hg_random_fill(&app->random, random, sizeof(random));
    const struct crypto_password_cost cost = {app->config.argon2_memory_kib,
                                              app->config.argon2_passes};
    return crypto_password_decoy(caches->arena, cost, random, &caches->decoy, err);
}

/* What earlier processes had in hand when they died goes on at once. */
static enum hg_code take_over(struct app *app, const struct app_caches *caches, struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("claims", CLAIMS_ARENA);
    if (arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "claims");
    HG_TRY(store_join(app->store, caches->instance, err));
    return app_timers_release(app, arena, hg_clock_now(&app->clock), err);
}

enum hg_code app_open(struct app *app, struct hg_err *err)
{
    app_routes_prepare();
    xml_start(); /* before the first thread */
    struct app_caches *caches = calloc(1, sizeof(*caches));
    if (caches == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "caches");
    caches->gate_limit = app->config.argon2_concurrent;
    (void)pthread_mutex_init(&caches->lock, NULL);
    (void)pthread_mutex_init(&caches->gate_lock, NULL);
    (void)pthread_cond_init(&caches->gate_free, NULL);
    pthread_rwlockattr_t writer_first;
    (void)pthread_rwlockattr_init(&writer_first);
    (void)pthread_rwlockattr_setkind_np(&writer_first,
                                        PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    (void)pthread_rwlock_init(&caches->work, &writer_first);
    (void)pthread_rwlockattr_destroy(&writer_first);
    caches->arena = hg_arena_new("caches", 1 << 16);
    if (caches->arena != NULL)
        caches->instance = hg_uuid_v4(caches->arena, &app->random);
    app->caches = caches;
    enum hg_code code =
        caches->arena == NULL ? HG_FAIL(err, HG_NO_MEMORY, "caches") : make_decoy(app, caches, err);
    if (code == HG_OK)
        code = take_over(app, caches, err);
    if (code != HG_OK)
        app_close(app);
    return code;
}

static void entry_free(struct entry *entry)
{
    for (size_t i = 0; i < entry->snapshot.n_keys; i++)
        crypto_key_free(entry->snapshot.keys[i].owned);
    hg_arena_free(entry->arena);
    free(entry);
}

void app_close(struct app *app)
{
    struct app_caches *caches = app->caches;
    if (caches == NULL)
        return;
    for (struct entry *entry = caches->entries; entry != NULL;) {
        struct entry *next = entry->next;
        entry_free(entry);
        entry = next;
    }
    (void)pthread_rwlock_destroy(&caches->work);
    (void)pthread_cond_destroy(&caches->gate_free);
    (void)pthread_mutex_destroy(&caches->gate_lock);
    (void)pthread_mutex_destroy(&caches->lock);
    hg_arena_free(caches->arena);
    free(caches);
    app->caches = NULL;
}

enum hg_code app_gate_enter(struct app_caches *caches, struct hg_err *err)
{
    (void)pthread_mutex_lock(&caches->gate_lock);
    if (caches->gate_waiting >= 4 * caches->gate_limit) {
        (void)pthread_mutex_unlock(&caches->gate_lock);
        return HG_FAIL(err, HG_BUSY, "too many passwords to check at once");
    }
    caches->gate_waiting++;
    while (caches->gate_running >= caches->gate_limit)
        (void)pthread_cond_wait(&caches->gate_free, &caches->gate_lock);
    caches->gate_waiting--;
    caches->gate_running++;
    (void)pthread_mutex_unlock(&caches->gate_lock);
    return HG_OK;
}

void app_gate_leave(struct app_caches *caches)
{
    (void)pthread_mutex_lock(&caches->gate_lock);
    caches->gate_running--;
    (void)pthread_cond_signal(&caches->gate_free);
    (void)pthread_mutex_unlock(&caches->gate_lock);
}

hg_str app_instance(const struct app_caches *caches)
{
    return caches->instance;
}

void app_watch_claims(struct app_caches *caches, bool are_there)
{
    atomic_store(&caches->watches_claims, are_there);
}

bool app_watches_claims(struct app_caches *caches)
{
    return atomic_load(&caches->watches_claims);
}

void app_work_begin(struct app_caches *caches)
{
    (void)pthread_rwlock_rdlock(&caches->work);
}

void app_work_end(struct app_caches *caches)
{
    (void)pthread_rwlock_unlock(&caches->work);
}

void app_clock_move_begin(struct app_caches *caches)
{
    (void)pthread_rwlock_wrlock(&caches->work);
}

void app_clock_move_end(struct app_caches *caches)
{
    (void)pthread_rwlock_unlock(&caches->work);
}

hg_str app_password_decoy(const struct app_caches *caches)
{
    return caches->decoy;
}

const struct app_snapshot *app_snapshot_cached(struct app_caches *caches, hg_str tenant,
                                               int64_t version)
{
    const struct app_snapshot *found = NULL;
    (void)pthread_mutex_lock(&caches->lock);
    for (struct entry *entry = caches->entries; entry != NULL && found == NULL;
         entry = entry->next) {
        if (entry->snapshot.version != version || !hg_str_eq(entry->snapshot.tenant.id, tenant))
            continue;
        entry->n_owners++;
        found = &entry->snapshot;
    }
    (void)pthread_mutex_unlock(&caches->lock);
    return found;
}

/* Drops the cache's own hold on older snapshots of the tenant. */
static void forget_older(struct app_caches *caches, const struct entry *newer)
{
    struct entry **link = &caches->entries;
    while (*link != NULL) {
        struct entry *entry = *link;
        if (!hg_str_eq(entry->snapshot.tenant.id, newer->snapshot.tenant.id)) {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        if (--entry->n_owners == 0)
            entry_free(entry);
    }
}

enum hg_code app_snapshot_keep(struct app_caches *caches, struct hg_arena *arena,
                               const struct app_snapshot *snapshot, const struct app_snapshot **out,
                               struct hg_err *err)
{
    struct entry *entry = calloc(1, sizeof(*entry));
    if (entry == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "snapshot");
    entry->snapshot = *snapshot;
    entry->arena = arena;
    entry->n_owners = 2; /* the cache and the caller */
    (void)pthread_mutex_lock(&caches->lock);
    forget_older(caches, entry);
    entry->next = caches->entries;
    caches->entries = entry;
    (void)pthread_mutex_unlock(&caches->lock);
    *out = &entry->snapshot;
    return HG_OK;
}

void app_snapshot_put(struct app *app, const struct app_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    struct app_caches *caches = app->caches;
    /* The cache hands out const views of what it owns; counting is its business. */
    const union {
        const struct app_snapshot *shown;
        struct entry *owned;
    } same = {.shown = snapshot};
    struct entry *entry = same.owned;
    (void)pthread_mutex_lock(&caches->lock);
    bool last = --entry->n_owners == 0;
    (void)pthread_mutex_unlock(&caches->lock);
    if (last)
        entry_free(entry);
}
