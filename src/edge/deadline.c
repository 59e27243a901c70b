#include "base/base.h"
#include "edge/clock.h"
#include "edge/listener.h"
#include "edge/listener_private.h"

#include <asm-generic/socket.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

/* libmicrohttpd's timeout starts anew with each byte. Here each connection has
 * one instant at which it is over, set by its network thread without a lock; this
 * thread walks the register a few times within the shortest deadline and shuts
 * the sockets down whose time has come: libmicrohttpd then sees the end of the
 * stream and does its own cleaning up.
 *
 * A connection leaves the register (with the lock) before libmicrohttpd closes
 * its descriptor, so that the number shut down here is never another's. */
struct edge_register {
    struct edge_listener *listener;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct edge_connection *first;
    size_t n;
    bool is_ending;
    bool is_started;
    hg_dur tick;
    pthread_t thread;
};

void edge_deadline_set(struct edge_connection *connection, hg_time at)
{
    atomic_store_explicit(&connection->deadline, at.us, memory_order_relaxed);
}

void edge_deadline_none(struct edge_connection *connection)
{
    atomic_store_explicit(&connection->deadline, INT64_MAX, memory_order_relaxed);
}

void edge_register_add(struct edge_register *reg, struct edge_connection *connection)
{
    (void)pthread_mutex_lock(&reg->lock);
    connection->previous = NULL;
    connection->next = reg->first;
    if (reg->first != NULL)
        reg->first->previous = connection;
    reg->first = connection;
    if (reg->n++ == 0)
        (void)pthread_cond_signal(&reg->changed);
    (void)pthread_mutex_unlock(&reg->lock);
}

void edge_register_remove(struct edge_register *reg, struct edge_connection *connection)
{
    (void)pthread_mutex_lock(&reg->lock);
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        reg->first = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    reg->n--;
    (void)pthread_mutex_unlock(&reg->lock);
}

size_t edge_register_count(struct edge_register *reg)
{
    (void)pthread_mutex_lock(&reg->lock);
    size_t n = reg->n;
    (void)pthread_mutex_unlock(&reg->lock);
    return n;
}

/* Without this the kernel keeps what a client does not take long after we closed. */
static void drop_unsent(int fd)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
}

/* With the lock held. */
static void cut_overdue(struct edge_register *reg, hg_time now)
{
    for (struct edge_connection *c = reg->first; c != NULL; c = c->next) {
        if (atomic_load_explicit(&c->deadline, memory_order_relaxed) > now.us)
            continue;
        edge_deadline_none(c);
        if (atomic_load(&c->phase) == EDGE_PHASE_SENDING)
            drop_unsent(c->fd);
        (void)atomic_fetch_add(&reg->listener->n_cut, 1);
        (void)shutdown(c->fd, SHUT_RDWR);
    }
}

void edge_register_end_idle(struct edge_register *reg)
{
    (void)pthread_mutex_lock(&reg->lock);
    for (struct edge_connection *c = reg->first; c != NULL; c = c->next) {
        if (atomic_load(&c->phase) == EDGE_PHASE_IDLE)
            (void)shutdown(c->fd, SHUT_RD); /* what has arrived is still answered */
    }
    (void)pthread_mutex_unlock(&reg->lock);
}

static struct timespec steady_after(hg_dur nap)
{
    hg_time end = hg_time_add(edge_steady_now(), nap);
    return (struct timespec){.tv_sec = end.us / 1000000, .tv_nsec = end.us % 1000000 * 1000};
}

/* With the lock held: sleeps a tick, or for good while no one is connected (then
 * no one waits for a deferred answer either). */
static void sleep_a_tick(struct edge_register *reg)
{
    if (reg->n == 0) {
        (void)pthread_cond_wait(&reg->changed, &reg->lock);
        return;
    }
    struct timespec end = steady_after(reg->tick);
    (void)pthread_cond_timedwait(&reg->changed, &reg->lock, &end);
}

static void *watch(void *self)
{
    struct edge_register *reg = self;
    struct edge_replies *replies = reg->listener->replies;
    bool is_ending = false;
    while (!is_ending) {
        (void)pthread_mutex_lock(&reg->lock);
        if (!reg->is_ending)
            sleep_a_tick(reg);
        hg_time now = edge_steady_now();
        cut_overdue(reg, now);
        is_ending = reg->is_ending;
        (void)pthread_mutex_unlock(&reg->lock);
        edge_replies_expire(replies, now);
    }
    return NULL;
}

/* A quarter of the shortest deadline, between 2 ms and 250 ms. */
static hg_dur tick_of(const struct edge_deadlines *deadlines)
{
    const hg_dur all[] = {deadlines->head, deadlines->keep_alive, deadlines->grace,
                          deadlines->deferred};
    int64_t tick = 250000;
    for (size_t i = 0; i < HG_COUNT(all); i++) {
        if (all[i].us / 4 < tick)
            tick = all[i].us / 4;
    }
    return (hg_dur){.us = tick < 2000 ? 2000 : tick};
}

enum hg_code edge_register_new(struct edge_listener *listener, struct edge_register **out,
                               struct hg_err *err)
{
    struct edge_register *reg = calloc(1, sizeof(*reg));
    if (reg == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "register of connections");
    reg->listener = listener;
    reg->tick = tick_of(&listener->options.deadlines);
    (void)pthread_mutex_init(&reg->lock, NULL);
    pthread_condattr_t steady;
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&reg->changed, &steady);
    (void)pthread_condattr_destroy(&steady);
    if (pthread_create(&reg->thread, NULL, watch, reg) != 0) {
        edge_register_free(reg);
        return HG_FAIL(err, HG_NO_MEMORY, "cannot start the deadline thread");
    }
    (void)pthread_setname_np(reg->thread, "deadlines");
    reg->is_started = true;
    *out = reg;
    return HG_OK;
}

void edge_register_free(struct edge_register *reg)
{
    if (reg == NULL)
        return;
    (void)pthread_mutex_lock(&reg->lock);
    reg->is_ending = true;
    (void)pthread_cond_signal(&reg->changed);
    (void)pthread_mutex_unlock(&reg->lock);
    if (reg->is_started)
        (void)pthread_join(reg->thread, NULL);
    (void)pthread_cond_destroy(&reg->changed);
    (void)pthread_mutex_destroy(&reg->lock);
    free(reg);
}
