#pragma once

#include <pthread.h>
#include <stddef.h>

/* Connections that threads share, each used by one at a time. They are opened
 * when there is none free, up to `max`; the one used last goes first. */
enum { SQL_POOL_DEFAULT = 8, SQL_POOL_MAX = 64 };

struct sql_pool {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    void *free[SQL_POOL_MAX];
    size_t n_free, n_open, max;
};

void sql_pool_init(struct sql_pool *pool, size_t max);
/* Closes what is free, which is all there is when no one works any more. */
void sql_pool_fini(struct sql_pool *pool, void (*close)(void *connection));

/* A free connection. NULL: the caller opens one, which counts as taken already;
 * waits when there are as many as there may be. */
void *sql_pool_take(struct sql_pool *pool);
void sql_pool_give(struct sql_pool *pool, void *connection);
/* One that was taken is closed, or could not be opened. */
void sql_pool_drop(struct sql_pool *pool);
/* Closes those that are free, as when the server has gone. */
void sql_pool_clear(struct sql_pool *pool, void (*close)(void *connection));
