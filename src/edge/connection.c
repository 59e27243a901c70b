#include "base/base.h"
#include "edge/address_private.h"
#include "edge/clock.h"
#include "edge/head.h"
#include "edge/listener.h"
#include "edge/listener_private.h"
#include "http/http.h"

#include <asm-generic/socket.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How many connections each peer holds: an IPv4 address or an IPv6 /64, which is
 * what one subscriber gets. */
struct peer {
    struct peer *next;
    struct hg_ip key;
    unsigned n;
};

enum { N_BUCKETS = 1024, MOST_ARENA = 64 << 10 };

struct edge_peers {
    pthread_mutex_t lock;
    unsigned most;
    struct peer *buckets[N_BUCKETS];
};

enum hg_code edge_peers_new(unsigned most, struct edge_peers **out, struct hg_err *err)
{
    struct edge_peers *peers = calloc(1, sizeof(*peers));
    if (peers == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "table of peers");
    peers->most = most;
    (void)pthread_mutex_init(&peers->lock, NULL);
    *out = peers;
    return HG_OK;
}

void edge_peers_free(struct edge_peers *peers)
{
    if (peers == NULL)
        return;
    for (size_t i = 0; i < N_BUCKETS; i++) {
        while (peers->buckets[i] != NULL) {
            struct peer *peer = peers->buckets[i];
            peers->buckets[i] = peer->next;
            free(peer);
        }
    }
    (void)pthread_mutex_destroy(&peers->lock);
    free(peers);
}

static struct hg_ip key_of(struct hg_ip ip)
{
    if (ip.is_v6)
        memset(ip.bytes + 8, 0, 8);
    return ip;
}

static struct peer **find(struct edge_peers *peers, struct hg_ip key)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < 8; i++)
        hash = (hash ^ key.bytes[i]) * 16777619u;
    struct peer **at = &peers->buckets[hash % N_BUCKETS];
    while (*at != NULL && !hg_ip_eq((*at)->key, key))
        at = &(*at)->next;
    return at;
}

static bool peers_enter(struct edge_peers *peers, struct hg_ip ip)
{
    struct hg_ip key = key_of(ip);
    (void)pthread_mutex_lock(&peers->lock);
    struct peer **at = find(peers, key);
    if (*at == NULL) {
        *at = calloc(1, sizeof(**at));
        if (*at != NULL)
            (*at)->key = key;
    }
    bool enters = *at != NULL && (*at)->n < peers->most;
    if (enters)
        (*at)->n++;
    (void)pthread_mutex_unlock(&peers->lock);
    return enters;
}

static void peers_leave(struct edge_peers *peers, struct hg_ip ip)
{
    (void)pthread_mutex_lock(&peers->lock);
    struct peer **at = find(peers, key_of(ip));
    HG_ASSERT(*at != NULL && (*at)->n > 0);
    if (--(*at)->n == 0) {
        struct peer *gone = *at;
        *at = gone->next;
        free(gone);
    }
    (void)pthread_mutex_unlock(&peers->lock);
}

static bool peer_is_operator(int fd)
{
    struct ucred credentials = {0};
    socklen_t len = sizeof(credentials);
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &len) == 0 &&
           (credentials.uid == 0 || credentials.uid == geteuid());
}

static bool may_stay(struct edge_connection *connection)
{
    struct edge_listener *listener = connection->listener;
    if (connection->socket->kind == EDGE_BINDING_LOCAL)
        return peer_is_operator(connection->fd);
    struct edge_head proxies = {.trusted_proxies = listener->proxies,
                                .n_trusted_proxies = listener->options.n_trusted_proxies};
    if (edge_is_trusted(&proxies, connection->peer))
        return true;
    connection->is_counted = peers_enter(listener->peers, connection->peer);
    return connection->is_counted;
}

struct edge_connection *edge_connection_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* The fields lie before the mark, so that the arena's first block stays and the
 * usual request allocates nothing. */
static bool make_arena(struct edge_connection *connection)
{
    connection->arena = hg_arena_new("connection", MOST_ARENA);
    if (connection->arena == NULL)
        return false;
    connection->fields = HG_NEW_ARRAY(connection->arena, struct http_field, HG_MAX_FIELDS);
    connection->mark = hg_arena_mark(connection->arena);
    return connection->fields != NULL;
}

static struct edge_connection *connection_new(const struct edge_socket *socket,
                                              struct MHD_Connection *mhd)
{
    struct edge_connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL)
        return NULL;
    if (!make_arena(connection)) {
        hg_arena_free(connection->arena);
        free(connection);
        return NULL;
    }
    connection->listener = socket->listener;
    connection->socket = socket;
    connection->mhd = mhd;
    connection->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    connection->peer = edge_address_ip(
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
    return connection;
}

static void connection_free(struct edge_connection *connection)
{
    edge_register_remove(connection->listener->open, connection);
    if (connection->is_counted)
        peers_leave(connection->listener->peers, connection->peer);
    hg_arena_free(connection->arena);
    free(connection);
}

/* libmicrohttpd says that a connection was accepted, or that it is about to close
 * its descriptor. A connection that may not stay, or that there is no memory for,
 * is shut down at once; the callbacks of its requests then find no object. */
/* Before the handshake. The list of issuers is left out: which authorities there are is for
 * the handler to say. */
static void ask_certificate(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info == NULL)
        return;
    gnutls_certificate_server_set_request(info->tls_session, GNUTLS_CERT_REQUEST);
    gnutls_certificate_send_x509_rdn_sequence(info->tls_session, 1);
}

void edge_connection_notify(void *self, struct MHD_Connection *mhd, void **context,
                            enum MHD_ConnectionNotificationCode code)
{
    const struct edge_socket *socket = self;
    struct edge_connection *connection = *context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (connection != NULL)
            connection_free(connection);
        *context = NULL;
        return;
    }
    struct edge_listener *listener = socket->listener;
    connection = connection_new(socket, mhd);
    if (connection == NULL) {
        (void)shutdown(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
                       SHUT_RDWR);
        return;
    }
    *context = connection;
    if (socket->kind == EDGE_BINDING_TLS && listener->options.asks_certificates)
        ask_certificate(mhd);
    (void)atomic_fetch_add(&listener->n_connections, 1);
    edge_deadline_set(connection, hg_time_add(edge_steady_now(), listener->options.deadlines.head));
    edge_register_add(listener->open, connection);
    if (!may_stay(connection)) {
        (void)atomic_fetch_add(&listener->n_refused, 1);
        (void)shutdown(connection->fd, SHUT_RDWR);
    }
}
