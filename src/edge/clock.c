#include "edge/clock.h"

#include "base/base.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

/* 9999-12-31T23:59:59Z: the last instant that every format we write can hold. */
static const hg_time last_instant = {.us = INT64_C(253402300799) * 1000000};

/* A wait looks at the machine's clock at least this often, because that clock
 * can be set while we sleep on another. */
enum { LONGEST_NAP_S = 30 };

struct edge_clock {
    enum edge_clock_kind kind;
    _Atomic int64_t offset; /* development: added to the machine's time; fixed: the time itself */
    _Atomic int64_t latest; /* no answer was later than this, none will be earlier */
    pthread_mutex_t lock;   /* guards moves, and what is below */
    pthread_cond_t moved;
    bool is_woken;
};

static hg_time time_of(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t);
    return (hg_time){.us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000};
}

hg_time edge_steady_now(void)
{
    return time_of(CLOCK_MONOTONIC);
}

enum hg_code edge_clock_open(enum edge_clock_kind kind, hg_time start, struct edge_clock **out,
                             struct hg_err *err)
{
    struct edge_clock *clock = calloc(1, sizeof(*clock));
    if (clock == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "clock");
    clock->kind = kind;
    atomic_init(&clock->offset, kind == EDGE_CLOCK_FIXED ? start.us : 0);
    atomic_init(&clock->latest, INT64_MIN);
    (void)pthread_mutex_init(&clock->lock, NULL);
    pthread_condattr_t steady;
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&clock->moved, &steady);
    (void)pthread_condattr_destroy(&steady);
    *out = clock;
    return HG_OK;
}

void edge_clock_close(struct edge_clock *clock)
{
    if (clock == NULL)
        return;
    (void)pthread_cond_destroy(&clock->moved);
    (void)pthread_mutex_destroy(&clock->lock);
    free(clock);
}

hg_time edge_clock_now(struct edge_clock *clock)
{
    int64_t machine = clock->kind == EDGE_CLOCK_FIXED ? 0 : time_of(CLOCK_REALTIME).us;
    int64_t now = machine + atomic_load(&clock->offset);
    int64_t latest = atomic_load(&clock->latest);
    while (now > latest) {
        if (atomic_compare_exchange_weak(&clock->latest, &latest, now))
            return (hg_time){.us = now};
    }
    return (hg_time){.us = latest};
}

/* Called with the lock held. */
static enum hg_code move(struct edge_clock *clock, hg_dur by, hg_time *out_now, struct hg_err *err)
{
    if (clock->kind == EDGE_CLOCK_WALL)
        return HG_FAIL(err, HG_UNSUPPORTED, "only a development clock can be moved");
    if (by.us < 0)
        return HG_FAIL(err, HG_CONFLICT, "the clock cannot go backwards");
    if (hg_time_before(last_instant, hg_time_add(edge_clock_now(clock), by)))
        return HG_FAIL(err, HG_TOO_BIG, "the clock cannot go past the year 9999");
    (void)atomic_fetch_add(&clock->offset, by.us);
    *out_now = edge_clock_now(clock);
    (void)pthread_cond_broadcast(&clock->moved);
    return HG_OK;
}

enum hg_code edge_clock_advance(struct edge_clock *clock, hg_dur by, hg_time *out_now,
                                struct hg_err *err)
{
    (void)pthread_mutex_lock(&clock->lock);
    enum hg_code code = move(clock, by, out_now, err);
    (void)pthread_mutex_unlock(&clock->lock);
    return code;
}

enum hg_code edge_clock_set(struct edge_clock *clock, hg_time to, hg_time *out_now,
                            struct hg_err *err)
{
    (void)pthread_mutex_lock(&clock->lock);
    enum hg_code code = move(clock, hg_time_since(to, edge_clock_now(clock)), out_now, err);
    (void)pthread_mutex_unlock(&clock->lock);
    return code;
}

static struct timespec steady_after(hg_dur nap)
{
    hg_time end = hg_time_add(edge_steady_now(), nap);
    return (struct timespec){.tv_sec = end.us / 1000000, .tv_nsec = end.us % 1000000 * 1000};
}

static void nap(struct edge_clock *clock, hg_dur left)
{
    if (clock->kind == EDGE_CLOCK_FIXED) {
        (void)pthread_cond_wait(&clock->moved, &clock->lock);
        return;
    }
    hg_dur longest = HG_SECONDS(LONGEST_NAP_S);
    struct timespec end = steady_after(left.us < longest.us ? left : longest);
    (void)pthread_cond_timedwait(&clock->moved, &clock->lock, &end);
}

bool edge_clock_wait(struct edge_clock *clock, hg_time until)
{
    (void)pthread_mutex_lock(&clock->lock);
    hg_time now = edge_clock_now(clock);
    while (!clock->is_woken && hg_time_before(now, until)) {
        nap(clock, hg_time_since(until, now));
        now = edge_clock_now(clock);
    }
    bool reached = !clock->is_woken;
    clock->is_woken = false;
    (void)pthread_mutex_unlock(&clock->lock);
    return reached;
}

void edge_clock_wake(struct edge_clock *clock)
{
    (void)pthread_mutex_lock(&clock->lock);
    clock->is_woken = true;
    (void)pthread_cond_broadcast(&clock->moved);
    (void)pthread_mutex_unlock(&clock->lock);
}

static hg_time port_now(void *self)
{
    return edge_clock_now(self);
}

static enum hg_code port_advance(void *self, hg_dur by, hg_time *out_now, struct hg_err *err)
{
    return edge_clock_advance(self, by, out_now, err);
}

static enum hg_code port_set(void *self, hg_time to, hg_time *out_now, struct hg_err *err)
{
    return edge_clock_set(self, to, out_now, err);
}

struct hg_clock edge_clock_port(struct edge_clock *clock)
{
    bool moves = clock->kind != EDGE_CLOCK_WALL;
    return (struct hg_clock){.now = port_now,
                             .advance = moves ? port_advance : NULL,
                             .set = moves ? port_set : NULL,
                             .self = clock};
}
