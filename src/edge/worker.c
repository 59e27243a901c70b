#include "base/base.h"
#include "edge/listener.h"
#include "edge/listener_private.h"
#include "http/http.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

/* A bounded queue and the threads that empty it. What does not fit is refused at
 * once: a client that is told to come back is better off than one that waits
 * behind hundreds. */
struct edge_workers {
    struct edge_listener *listener;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct edge_connection *first, *last;
    unsigned n_queued;
    bool is_ending;
    unsigned n_threads;
    pthread_t threads[];
};

static struct edge_connection *take(struct edge_workers *workers)
{
    (void)pthread_mutex_lock(&workers->lock);
    while (workers->first == NULL && !workers->is_ending)
        (void)pthread_cond_wait(&workers->filled, &workers->lock);
    struct edge_connection *connection = workers->is_ending ? NULL : workers->first;
    if (connection != NULL) {
        workers->first = connection->next_job;
        workers->n_queued--;
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return connection;
}

bool edge_workers_push(struct edge_workers *workers, struct edge_connection *connection)
{
    (void)pthread_mutex_lock(&workers->lock);
    bool fits = workers->n_queued < workers->listener->options.queue && !workers->is_ending;
    if (fits) {
        connection->next_job = NULL;
        if (workers->first == NULL)
            workers->first = connection;
        else
            workers->last->next_job = connection;
        workers->last = connection;
        workers->n_queued++;
        (void)pthread_cond_signal(&workers->filled);
    }
    (void)pthread_mutex_unlock(&workers->lock);
    return fits;
}

static void run(struct edge_listener *listener, struct edge_connection *connection,
                struct hg_arena *arena)
{
    const struct edge_handler *handler = connection->socket->handler;
    connection->request.http.body = (hg_str){.ptr = connection->body, .len = connection->body_len};
    struct http_response response = {0};
    handler->handle(handler->self, arena, hg_clock_now(listener->options.clock),
                    &connection->request.http, &response);
    if (response.deferred_id != 0) {
        edge_replies_attach(listener->replies, response.deferred_id, connection, &response);
        return;
    }
    if (response.lasts.us > 0)
        edge_documents_keep(listener->documents, handler, &connection->request.http, &response);
    edge_exchange_respond(connection, &response);
}

static void *work(void *self)
{
    struct edge_workers *workers = self;
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena = hg_arena_new("request", HG_MAX_REQUEST_ARENA);
    HG_ASSERT(arena != NULL);
    struct edge_connection *connection;
    while ((connection = take(workers)) != NULL) {
        run(workers->listener, connection, arena);
        hg_arena_reset(arena);
    }
    return NULL;
}

static bool start(struct edge_workers *workers)
{
    for (unsigned wanted = workers->listener->options.n_workers; workers->n_threads < wanted;) {
        if (pthread_create(&workers->threads[workers->n_threads], NULL, work, workers) != 0)
            return false;
        (void)pthread_setname_np(workers->threads[workers->n_threads], "worker");
        workers->n_threads++;
    }
    return true;
}

enum hg_code edge_workers_new(struct edge_listener *listener, struct edge_workers **out,
                              struct hg_err *err)
{
    size_t size = sizeof(pthread_t) * listener->options.n_workers;
    struct edge_workers *workers = calloc(1, sizeof(*workers) + size);
    if (workers == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "workers");
    workers->listener = listener;
    (void)pthread_mutex_init(&workers->lock, NULL);
    (void)pthread_cond_init(&workers->filled, NULL);
    if (!start(workers)) {
        edge_workers_free(workers);
        return HG_FAIL(err, HG_NO_MEMORY, "cannot start %u worker threads",
                       listener->options.n_workers);
    }
    *out = workers;
    return HG_OK;
}

void edge_workers_end(struct edge_workers *workers)
{
    (void)pthread_mutex_lock(&workers->lock);
    workers->is_ending = true;
    (void)pthread_cond_broadcast(&workers->filled);
    (void)pthread_mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->n_threads; i++)
        (void)pthread_join(workers->threads[i], NULL);
    workers->n_threads = 0;
    while (workers->first != NULL) {
        struct edge_connection *connection = workers->first;
        workers->first = connection->next_job;
        edge_exchange_fail(connection, 503, "the server is shutting down");
    }
}

void edge_workers_free(struct edge_workers *workers)
{
    if (workers == NULL)
        return;
    edge_workers_end(workers);
    (void)pthread_cond_destroy(&workers->filled);
    (void)pthread_mutex_destroy(&workers->lock);
    free(workers);
}
