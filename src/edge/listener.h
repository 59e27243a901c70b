#pragma once

#include "base/base.h"
#include "http/http.h"

/* The listener: bytes from sockets in, whole requests to a handler, answers out.
 * libmicrohttpd reads and writes (epoll, one thread a core, TLS by GnuTLS); what
 * it is lenient about is refused here before a handler sees it, and the
 * connection closed: Transfer-Encoding with Content-Length or in HTTP/1.0, repeated
 * Host or Content-Length, missing or malformed Host, names that are no tokens,
 * control bytes, unknown methods and expectations, whatever passes base/limits.h.
 * What libmicrohttpd hides (NUL in a value, bare LF) needs the reverse proxy in
 * front (docs/decisions/0071).
 *
 * Deadlines are absolute: a client that drips bytes is cut like one that is
 * silent. An answer is given
 *   - at once, by `quick`, from a document made beforehand, or from an answer that said
 *     how long it holds for everyone (http_response.lasts);
 *   - or by a worker: the connection is suspended, `handle` runs in one of
 *     n_workers threads with an arena of its own; a full queue answers 503;
 *   - or later: `handle` returned a response with a deferred_id, the worker is free
 *     again, and the connection waits for http_replies.complete().
 * Every answer carries the common security headers; those of the handler win. */

/* An answer made once and sent many times. Immutable, counted, thread-safe. */
struct edge_document;
HG_MUST_USE enum hg_code edge_document_new(const struct http_response *response,
                                           struct edge_document **out, struct hg_err *err);
struct edge_document *edge_document_ref(struct edge_document *document);
void edge_document_unref(struct edge_document *document); /* NULL is fine */

struct edge_handler {
    /* Largest body for this method and path, asked when the head is complete. NULL: HG_MAX_BODY. */
    size_t (*max_body)(void *self, hg_str method, hg_str path);
    /* The refusal (413) of a body past max_body, in the shape of its route. Runs on the network
     * thread and must not wait; what `out` points to lives in `arena`. NULL: a JSON error. */
    void (*too_large)(void *self, struct hg_arena *arena, hg_time now,
                      const struct http_request *request, struct http_response *out);
    /* Runs on the network thread and must not wait. A reference that the listener
     * gives back, or NULL: `handle` answers. Asked only for GET and HEAD. NULL: never. */
    struct edge_document *(*quick)(void *self, const struct http_request *request);
    /* Runs in a worker. What `out` points to lives in `arena`, which is reset once the
     * response was taken over. With out->deferred_id the response is kept: it is what
     * the client gets when the deadline passes first (status 0: 504). */
    void (*handle)(void *self, struct hg_arena *arena, hg_time now,
                   const struct http_request *request, struct http_response *out);
    void *self;
};

/* Zero means the default in brackets. */
struct edge_deadlines {
    hg_dur head;       /* from accept, or from the first line of a later request [10 s] */
    hg_dur keep_alive; /* between requests [60 s] */
    hg_dur grace;      /* before the rate counts, for bodies and answers [5 s] */
    uint32_t rate;     /* bytes a second that a client must send or take on average [1024] */
    hg_dur deferred;   /* how long a deferred answer may take [120 s] */
};

struct edge_listener_options {
    const struct hg_clock *clock; /* must outlive the listener */
    struct edge_deadlines deadlines;
    unsigned n_threads;       /* network threads of each binding [one a core] */
    unsigned n_workers;       /* [32] */
    unsigned queue;           /* requests that wait for a worker [256] */
    unsigned max_connections; /* of each binding [10,000] */
    unsigned max_per_peer;    /* IPv4 address or IPv6 /64; trusted proxies are exempt [256] */
    unsigned max_requests;    /* of one connection [1,000; UINT_MAX: no limit] */
    const struct hg_cidr *trusted_proxies; /* whose X-Forwarded-For, -Proto and -Host count */
    size_t n_trusted_proxies;
    const hg_str *hosts; /* host names that are answered, else 421; none: any */
    size_t n_hosts;
    bool asks_certificates;   /* TLS clients may show one; none is needed, any is taken */
    hg_str certificate_field; /* of trusted proxies (edge_head); must outlive the listener */
};

struct edge_listener;
HG_MUST_USE enum hg_code edge_listener_open(const struct edge_listener_options *options,
                                            struct edge_listener **out, struct hg_err *err);

enum edge_binding_kind {
    EDGE_BINDING_TLS,   /* HTTPS */
    EDGE_BINDING_PLAIN, /* HTTP, on a loopback address only */
    EDGE_BINDING_LOCAL, /* HTTP on a unix socket, mode 0600; peers of our uid or root */
};

struct edge_binding {
    enum edge_binding_kind kind;
    hg_str host;      /* an address, or "localhost" (127.0.0.1); "" is 0.0.0.0 and :: for TLS */
    uint16_t port;    /* 0 picks a free one */
    const char *path; /* of the unix socket; one left by a dead process is replaced */
    hg_str cert_pem, key_pem;
    const struct edge_handler *handler; /* must outlive the listener */
};

/* Listens and answers from now on. *out_port is 0 for a unix socket. HG_EXISTS: in
 * use; HG_FORBIDDEN: plain HTTP beyond loopback; HG_MALFORMED: address or PEM. */
HG_MUST_USE enum hg_code edge_listener_bind(struct edge_listener *listener,
                                            const struct edge_binding *binding, uint16_t *out_port,
                                            struct hg_err *err);

struct http_replies edge_listener_replies(struct edge_listener *listener);

struct edge_listener_counts {
    uint64_t connections, requests, refused, cut, busy; /* since the start */
    uint64_t open, in_flight, deferred;                 /* now */
};
struct edge_listener_counts edge_listener_count(struct edge_listener *listener);

/* Accepts no more, lets requests in flight finish (deferred ones too) until `within`
 * has passed, then ends all connections. True: all had finished. */
bool edge_listener_drain(struct edge_listener *listener, hg_dur within);
void edge_listener_close(struct edge_listener *listener); /* drains with 0; NULL is fine */
