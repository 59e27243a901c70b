#pragma once

#include "edge/head.h"
#include "edge/listener.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

/* How the parts of the listener fit together:
 *
 *   listener.c    opens, binds, drains, closes
 *   socket.c      listening sockets
 *   connection.c  one object a connection; who may connect; the register
 *   deadline.c    one thread that cuts connections whose time is over
 *   exchange.c    one request: libmicrohttpd's callbacks
 *   worker.c      the threads that run handlers
 *   reply.c       deferred answers
 *   documents.c   answers that are kept for a moment
 *   answer.c      http_response to MHD_Response, common header fields, documents
 *   head*.c       the rules for heads (pure)
 *
 * Locks are taken one at a time, never inside each other. A connection is
 * touched by its network thread alone, but while it is suspended (WAITING): then
 * by the one worker or completer that will resume it. */

enum edge_phase {
    EDGE_PHASE_IDLE, /* between requests; the head may be on its way */
    EDGE_PHASE_HEAD, /* the request line is there */
    EDGE_PHASE_BODY,
    EDGE_PHASE_WAITING, /* suspended: a worker or a deferred answer has it */
    EDGE_PHASE_READY,   /* the answer is there, the network thread sends it */
    EDGE_PHASE_SENDING,
};

struct edge_socket;

struct edge_connection {
    struct edge_listener *listener;
    const struct edge_socket *socket;
    struct MHD_Connection *mhd;
    int fd;
    struct hg_ip peer;
    bool is_counted; /* in peers */
    unsigned n_requests;

    /* For the register and its thread. */
    struct edge_connection *previous, *next;
    _Atomic int64_t deadline; /* steady microseconds */
    _Atomic int phase;        /* enum edge_phase */

    /* The request that is being read or answered. */
    struct hg_arena *arena; /* of the connection; what follows `mark`, of one request */
    struct hg_mark mark;
    const char *raw_target;    /* where it lies in libmicrohttpd's buffer */
    hg_str target;             /* a copy; its bytes are missing when it is too long */
    struct http_field *fields; /* HG_MAX_FIELDS */
    size_t n_fields;
    struct edge_request request;
    char *body;
    size_t body_len, body_room, body_max;
    bool is_overlong; /* the body passed its limit; what still comes is thrown away */
    hg_time body_since;
    struct edge_connection *next_job;
    struct edge_document *document; /* a reference; then there is no answer beside it */
    struct MHD_Response *answer;
    size_t answer_size;
    unsigned status;
};

/* A listening socket and the daemon that serves it. */
struct edge_socket {
    struct edge_listener *listener;
    struct edge_socket *next;
    const struct edge_handler *handler;
    enum edge_binding_kind kind;
    struct MHD_Daemon *daemon;
    int fd; /* -1 once quiesced */
    char *path;
    char *cert, *key;
    atomic_bool is_serving;
    char log[160]; /* the last thing libmicrohttpd said while starting */
};

struct edge_peers;
struct edge_register;
struct edge_workers;
struct edge_replies;
struct edge_documents;

struct edge_listener {
    struct edge_listener_options options;
    hg_str *hosts;
    char *host_text;
    struct hg_cidr *proxies;
    struct edge_socket *sockets;
    struct edge_peers *peers;
    struct edge_register *open; /* every connection, and the deadline thread */
    struct edge_workers *workers;
    struct edge_replies *replies;
    struct edge_documents *documents;
    atomic_bool is_draining;
    pthread_mutex_t lock;
    pthread_cond_t settled; /* no request is in flight while draining */
    _Atomic uint64_t n_in_flight;
    _Atomic uint64_t n_connections, n_requests, n_refused, n_cut, n_busy;
};

/* answer.c */
enum { EDGE_ANSWER_PLAIN = 0, EDGE_ANSWER_SECURE = 1, EDGE_ANSWER_CLOSES = 2, EDGE_ANSWERS = 4 };
/* NULL: no memory, or a field libmicrohttpd refuses. */
struct MHD_Response *edge_answer_new(const struct http_response *response, unsigned flags);
struct MHD_Response *edge_answer_error(unsigned status, const char *reason, unsigned flags);
struct MHD_Response *edge_document_answer(const struct edge_document *document, unsigned flags,
                                          unsigned *out_status);
size_t edge_document_size(const struct edge_document *document);

/* documents.c */
HG_MUST_USE enum hg_code edge_documents_new(struct edge_documents **out, struct hg_err *err);
void edge_documents_free(struct edge_documents *documents); /* NULL is fine */
/* A reference, or NULL: the handler answers. */
struct edge_document *edge_documents_find(struct edge_documents *documents,
                                          const struct edge_handler *handler,
                                          const struct http_request *request);
void edge_documents_keep(struct edge_documents *documents, const struct edge_handler *handler,
                         const struct http_request *request, const struct http_response *response);

/* connection.c */
void edge_connection_notify(void *self, struct MHD_Connection *mhd, void **context,
                            enum MHD_ConnectionNotificationCode code);
struct edge_connection *edge_connection_of(struct MHD_Connection *mhd);
HG_MUST_USE enum hg_code edge_peers_new(unsigned most, struct edge_peers **out, struct hg_err *err);
void edge_peers_free(struct edge_peers *peers);

/* deadline.c */
HG_MUST_USE enum hg_code edge_register_new(struct edge_listener *listener,
                                           struct edge_register **out, struct hg_err *err);
void edge_register_free(struct edge_register *reg); /* stops the thread; NULL is fine */
void edge_register_add(struct edge_register *reg, struct edge_connection *connection);
void edge_register_remove(struct edge_register *reg, struct edge_connection *connection);
size_t edge_register_count(struct edge_register *reg);
void edge_register_end_idle(struct edge_register *reg); /* no further request on idle ones */
void edge_deadline_set(struct edge_connection *connection, hg_time at);
void edge_deadline_none(struct edge_connection *connection);

/* exchange.c */
void *edge_exchange_begin(void *self, const char *target, struct MHD_Connection *mhd);
enum MHD_Result edge_exchange_handle(void *self, struct MHD_Connection *mhd, const char *url,
                                     const char *method, const char *version, const char *data,
                                     size_t *size, void **context);
void edge_exchange_end(void *self, struct MHD_Connection *mhd, void **context,
                       enum MHD_RequestTerminationCode code);
unsigned edge_exchange_flags(const struct edge_connection *connection);
/* From a worker or a completer: gives the suspended connection its answer. */
void edge_exchange_respond(struct edge_connection *connection,
                           const struct http_response *response);
void edge_exchange_fail(struct edge_connection *connection, unsigned status, const char *reason);

/* worker.c */
HG_MUST_USE enum hg_code edge_workers_new(struct edge_listener *listener, struct edge_workers **out,
                                          struct hg_err *err);
bool edge_workers_push(struct edge_workers *workers, struct edge_connection *connection);
/* Waits for handlers that run, answers what is queued; later pushes are refused. */
void edge_workers_end(struct edge_workers *workers);
void edge_workers_free(struct edge_workers *workers); /* NULL is fine */

/* reply.c */
HG_MUST_USE enum hg_code edge_replies_new(struct edge_listener *listener, struct edge_replies **out,
                                          struct hg_err *err);
void edge_replies_free(struct edge_replies *replies); /* NULL is fine */
/* The handler is done: `fallback` is what the client gets at the deadline. */
void edge_replies_attach(struct edge_replies *replies, uint64_t id,
                         struct edge_connection *connection, const struct http_response *fallback);
void edge_replies_expire(struct edge_replies *replies, hg_time now); /* steady */
size_t edge_replies_count(struct edge_replies *replies);
uint64_t edge_replies_defer(void *self);
void edge_replies_complete(void *self, uint64_t id, const struct http_response *response);

/* socket.c */
HG_MUST_USE enum hg_code edge_socket_listen(const struct edge_binding *binding, int *out_fd,
                                            uint16_t *out_port, struct hg_err *err);
