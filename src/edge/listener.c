#include "edge/listener.h"

#include "base/base.h"
#include "edge/clock.h"
#include "edge/listener_private.h"
#include "http/http.h"

#include <limits.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_THREADS = 64,
    /* Of one connection: its buffer. Heads up to 16 KiB, what libmicrohttpd notes
     * about 100 fields and arguments, and the answer's head fit in; it clears all
     * of it between requests, so more would cost each of them. */
    CONNECTION_MEMORY = 32 << 10,
};

static char tls_priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-DHE-RSA:"
                               "-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305";

static void set_default(unsigned *value, unsigned otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

static void set_dur(hg_dur *value, hg_dur otherwise)
{
    if (value->us == 0)
        *value = otherwise;
}

static void set_defaults(struct edge_listener_options *options)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    set_default(&options->n_threads, cores < 1 ? 1 : (unsigned)cores);
    if (options->n_threads > MOST_THREADS)
        options->n_threads = MOST_THREADS;
    set_default(&options->n_workers, 32);
    set_default(&options->queue, 256);
    set_default(&options->max_connections, 10000);
    set_default(&options->max_per_peer, 256);
    set_default(&options->max_requests, 1000);
    set_dur(&options->deadlines.head, HG_SECONDS(10));
    set_dur(&options->deadlines.keep_alive, HG_SECONDS(60));
    set_dur(&options->deadlines.grace, HG_SECONDS(5));
    set_dur(&options->deadlines.deferred, HG_SECONDS(120));
    set_default(&options->deadlines.rate, 1024);
}

/* The lists of the options are the caller's; the listener keeps its own: the
 * host names in one block. */
static bool copy_lists(struct edge_listener *listener, const struct edge_listener_options *options)
{
    size_t size = 1;
    for (size_t i = 0; i < options->n_hosts; i++)
        size += options->hosts[i].len;
    listener->proxies = calloc(options->n_trusted_proxies + 1, sizeof(*listener->proxies));
    listener->hosts = calloc(options->n_hosts + 1, sizeof(*listener->hosts));
    listener->host_text = malloc(size);
    if (listener->proxies == NULL || listener->hosts == NULL || listener->host_text == NULL)
        return false;
    for (size_t i = 0; i < options->n_trusted_proxies; i++)
        listener->proxies[i] = options->trusted_proxies[i];
    char *room = listener->host_text;
    for (size_t i = 0; i < options->n_hosts; i++) {
        listener->hosts[i] = (hg_str){.ptr = room, .len = options->hosts[i].len};
        memcpy(room, options->hosts[i].ptr, options->hosts[i].len);
        room += options->hosts[i].len;
    }
    listener->options.trusted_proxies = listener->proxies;
    listener->options.hosts = listener->hosts;
    return true;
}

static enum hg_code start(struct edge_listener *listener,
                          const struct edge_listener_options *options, struct hg_err *err)
{
    if (!copy_lists(listener, options))
        return HG_FAIL(err, HG_NO_MEMORY, "listener");
    HG_TRY(edge_peers_new(listener->options.max_per_peer, &listener->peers, err));
    HG_TRY(edge_replies_new(listener, &listener->replies, err));
    HG_TRY(edge_documents_new(&listener->documents, err));
    HG_TRY(edge_register_new(listener, &listener->open, err));
    return edge_workers_new(listener, &listener->workers, err);
}

enum hg_code edge_listener_open(const struct edge_listener_options *options,
                                struct edge_listener **out, struct hg_err *err)
{
    struct edge_listener *listener = calloc(1, sizeof(*listener));
    if (listener == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "listener");
    listener->options = *options;
    set_defaults(&listener->options);
    (void)pthread_mutex_init(&listener->lock, NULL);
    pthread_condattr_t steady;
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&listener->settled, &steady);
    (void)pthread_condattr_destroy(&steady);
    enum hg_code code = start(listener, options, err);
    if (code != HG_OK) {
        edge_listener_close(listener);
        return code;
    }
    *out = listener;
    return HG_OK;
}

static void keep_log(void *self, const char *format, va_list args) HG_PRINTF(2, 0);

static void keep_log(void *self, const char *format, va_list args)
{
    struct edge_socket *socket = self;
    if (!atomic_load(&socket->is_serving)) /* still starting: one thread */
        (void)vsnprintf(socket->log, sizeof(socket->log), format, args);
}

/* Percent-encoding is ours (head.c); libmicrohttpd shall leave the bytes alone. */
static size_t leave_encoded(void *self, struct MHD_Connection *mhd, char *text)
{
    (void)self;
    (void)mhd;
    return strlen(text);
}

static struct MHD_Daemon *start_daemon(struct edge_socket *socket)
{
    const struct edge_listener_options *options = &socket->listener->options;
    bool is_tls = socket->kind == EDGE_BINDING_TLS;
    unsigned n_threads = socket->kind == EDGE_BINDING_LOCAL ? 1 : options->n_threads;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, socket->cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, socket->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)n_threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    return MHD_start_daemon(
        is_tls ? flags | MHD_USE_TLS : flags, 0, NULL, NULL, edge_exchange_handle, socket,
        MHD_OPTION_EXTERNAL_LOGGER, keep_log, socket, MHD_OPTION_LISTEN_SOCKET, socket->fd,
        MHD_OPTION_CONNECTION_LIMIT, options->max_connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_URI_LOG_CALLBACK, edge_exchange_begin,
        socket, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        edge_exchange_end, socket, MHD_OPTION_NOTIFY_CONNECTION, edge_connection_notify, socket,
        MHD_OPTION_ARRAY, is_tls ? tls : none, MHD_OPTION_ARRAY, n_threads > 1 ? pool : none,
        MHD_OPTION_END);
}

static void socket_free(struct edge_socket *socket)
{
    if (socket->daemon != NULL)
        MHD_stop_daemon(socket->daemon);
    if (socket->fd >= 0)
        (void)close(socket->fd);
    if (socket->path != NULL && socket->fd >= 0)
        (void)unlink(socket->path);
    if (socket->key != NULL)
        explicit_bzero(socket->key, strlen(socket->key));
    free(socket->key);
    free(socket->cert);
    free(socket->path);
    free(socket);
}

static struct edge_socket *socket_new(struct edge_listener *listener,
                                      const struct edge_binding *binding)
{
    struct edge_socket *socket = calloc(1, sizeof(*socket));
    if (socket == NULL)
        return NULL;
    socket->listener = listener;
    socket->handler = binding->handler;
    socket->kind = binding->kind;
    socket->fd = -1;
    bool is_tls = binding->kind == EDGE_BINDING_TLS;
    bool is_local = binding->kind == EDGE_BINDING_LOCAL && binding->path != NULL;
    socket->cert = is_tls ? strndup(binding->cert_pem.ptr, binding->cert_pem.len) : NULL;
    socket->key = is_tls ? strndup(binding->key_pem.ptr, binding->key_pem.len) : NULL;
    socket->path = is_local ? strdup(binding->path) : NULL;
    if ((is_tls && (socket->cert == NULL || socket->key == NULL)) ||
        (is_local && socket->path == NULL)) {
        socket_free(socket);
        return NULL;
    }
    return socket;
}

static enum hg_code serve(struct edge_socket *socket, const struct edge_binding *binding,
                          uint16_t *out_port, struct hg_err *err)
{
    HG_TRY(edge_socket_listen(binding, &socket->fd, out_port, err));
    struct MHD_Daemon *daemon = start_daemon(socket);
    if (daemon != NULL) {
        socket->daemon = daemon;
        atomic_store(&socket->is_serving, true);
        return HG_OK;
    }
    socket->log[strcspn(socket->log, "\n")] = '\0';
    return HG_FAIL(err, binding->kind == EDGE_BINDING_TLS ? HG_MALFORMED : HG_IO,
                   "cannot serve: %s", socket->log);
}

enum hg_code edge_listener_bind(struct edge_listener *listener, const struct edge_binding *binding,
                                uint16_t *out_port, struct hg_err *err)
{
    struct edge_socket *socket = socket_new(listener, binding);
    if (socket == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "socket");
    uint16_t port = 0;
    enum hg_code code = serve(socket, binding, &port, err);
    if (code != HG_OK) {
        socket_free(socket);
        return code;
    }
    socket->next = listener->sockets;
    listener->sockets = socket;
    *out_port = port;
    return HG_OK;
}

struct http_replies edge_listener_replies(struct edge_listener *listener)
{
    return (struct http_replies){
        .defer = edge_replies_defer, .complete = edge_replies_complete, .self = listener->replies};
}

struct edge_listener_counts edge_listener_count(struct edge_listener *listener)
{
    return (struct edge_listener_counts){
        .connections = atomic_load(&listener->n_connections),
        .requests = atomic_load(&listener->n_requests),
        .refused = atomic_load(&listener->n_refused),
        .cut = atomic_load(&listener->n_cut),
        .busy = atomic_load(&listener->n_busy),
        .open = edge_register_count(listener->open),
        .in_flight = atomic_load(&listener->n_in_flight),
        .deferred = edge_replies_count(listener->replies),
    };
}

static void stop_accepting(struct edge_listener *listener)
{
    for (struct edge_socket *socket = listener->sockets; socket != NULL; socket = socket->next) {
        if (socket->fd < 0)
            continue;
        (void)MHD_quiesce_daemon(socket->daemon);
        if (socket->path != NULL)
            (void)unlink(socket->path);
        (void)close(socket->fd);
        socket->fd = -1;
    }
}

bool edge_listener_drain(struct edge_listener *listener, hg_dur within)
{
    atomic_store(&listener->is_draining, true);
    stop_accepting(listener);
    if (listener->open != NULL)
        edge_register_end_idle(listener->open);
    hg_time end = hg_time_add(edge_steady_now(), within);
    struct timespec until = {.tv_sec = end.us / 1000000, .tv_nsec = end.us % 1000000 * 1000};
    (void)pthread_mutex_lock(&listener->lock);
    int timed_out = 0;
    while (atomic_load(&listener->n_in_flight) > 0 && timed_out == 0)
        timed_out = pthread_cond_timedwait(&listener->settled, &listener->lock, &until);
    bool is_done = atomic_load(&listener->n_in_flight) == 0;
    (void)pthread_mutex_unlock(&listener->lock);
    return is_done;
}

/* The order matters: libmicrohttpd wants no suspended connection when it stops,
 * and its threads use the workers and the register until then. */
void edge_listener_close(struct edge_listener *listener)
{
    if (listener == NULL)
        return;
    (void)edge_listener_drain(listener, (hg_dur){0});
    if (listener->workers != NULL)
        edge_workers_end(listener->workers);
    if (listener->replies != NULL)
        edge_replies_expire(listener->replies, (hg_time){.us = INT64_MAX});
    while (listener->sockets != NULL) {
        struct edge_socket *socket = listener->sockets;
        listener->sockets = socket->next;
        socket_free(socket);
    }
    edge_register_free(listener->open);
    edge_workers_free(listener->workers);
    edge_replies_free(listener->replies);
    edge_documents_free(listener->documents);
    edge_peers_free(listener->peers);
    free(listener->host_text);
    free(listener->hosts);
    free(listener->proxies);
    (void)pthread_cond_destroy(&listener->settled);
    (void)pthread_mutex_destroy(&listener->lock);
    free(listener);
}
