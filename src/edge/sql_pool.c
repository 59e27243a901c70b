#include "base/defs.h"
#include "edge/sql_pool_private.h"

#include <pthread.h>
#include <stddef.h>

void sql_pool_init(struct sql_pool *pool, size_t max)
{
    HG_ASSERT(max <= SQL_POOL_MAX);
    *pool = (struct sql_pool){.max = max == 0 ? SQL_POOL_DEFAULT : max};
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->freed, NULL);
}

void sql_pool_fini(struct sql_pool *pool, void (*close)(void *connection))
{
    sql_pool_clear(pool, close);
    HG_ASSERT(pool->n_open == 0);
    (void)pthread_cond_destroy(&pool->freed);
    (void)pthread_mutex_destroy(&pool->lock);
}

void *sql_pool_take(struct sql_pool *pool)
{
    void *connection = NULL;
    (void)pthread_mutex_lock(&pool->lock);
    while (pool->n_free == 0 && pool->n_open == pool->max)
        (void)pthread_cond_wait(&pool->freed, &pool->lock);
    if (pool->n_free > 0)
        connection = pool->free[--pool->n_free];
    else
        pool->n_open++;
    (void)pthread_mutex_unlock(&pool->lock);
    return connection;
}

void sql_pool_give(struct sql_pool *pool, void *connection)
{
    (void)pthread_mutex_lock(&pool->lock);
    pool->free[pool->n_free++] = connection;
    (void)pthread_cond_signal(&pool->freed);
    (void)pthread_mutex_unlock(&pool->lock);
}

void sql_pool_drop(struct sql_pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock);
    pool->n_open--;
    (void)pthread_cond_signal(&pool->freed);
    (void)pthread_mutex_unlock(&pool->lock);
}

void sql_pool_clear(struct sql_pool *pool, void (*close)(void *connection))
{
    (void)pthread_mutex_lock(&pool->lock);
    while (pool->n_free > 0) {
        close(pool->free[--pool->n_free]);
        pool->n_open--;
    }
    (void)pthread_cond_broadcast(&pool->freed);
    (void)pthread_mutex_unlock(&pool->lock);
}
