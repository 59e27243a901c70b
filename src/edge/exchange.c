#include "base/base.h"
#include "edge/clock.h"
#include "edge/head.h"
#include "edge/listener.h"
#include "edge/listener_private.h"
#include "http/http.h"

#include <gnutls/gnutls.h>
#include <limits.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A request that passed its body limit is read on, and thrown away, for as much
 * again as this, so that the client gets to read the 413; then it is cut. */
enum { MOST_WASTE = 4 << 20, FIRST_BODY = 16 << 10, REFUSAL_ARENA = 4 * HG_MAX_PAGE };

unsigned edge_exchange_flags(const struct edge_connection *connection)
{
    const struct edge_listener *listener = connection->listener;
    unsigned flags = connection->request.is_secure ? EDGE_ANSWER_SECURE : EDGE_ANSWER_PLAIN;
    if (atomic_load_explicit(&listener->is_draining, memory_order_relaxed) ||
        connection->n_requests >= listener->options.max_requests)
        flags |= EDGE_ANSWER_CLOSES;
    return flags;
}

static void set_phase(struct edge_connection *connection, enum edge_phase phase)
{
    atomic_store_explicit(&connection->phase, phase, memory_order_relaxed);
}

/* Keeps the request target before libmicrohttpd cuts it up in place. One that is
 * too long is not kept; its length alone is enough to refuse it. */
static void keep_target(struct edge_connection *connection, const char *target)
{
    hg_str text = hg_str_of(target);
    connection->raw_target = target;
    connection->target = text;
    if (text.len <= HG_MAX_TARGET)
        connection->target = hg_str_dup(connection->arena, text);
}

void *edge_exchange_begin(void *self, const char *target, struct MHD_Connection *mhd)
{
    const struct edge_socket *socket = self;
    struct edge_listener *listener = socket->listener;
    struct edge_connection *connection = edge_connection_of(mhd);
    if (connection == NULL)
        return NULL;
    (void)atomic_fetch_add_explicit(&listener->n_in_flight, 1, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&listener->n_requests, 1, memory_order_relaxed);
    set_phase(connection, EDGE_PHASE_HEAD);
    if (connection->n_requests++ > 0) /* the first one has its time from accept on */
        edge_deadline_set(connection,
                          hg_time_add(edge_steady_now(), listener->options.deadlines.head));
    keep_target(connection, target);
    return connection;
}

/* The bytes of a strict head lie without gaps: name, colon, blanks, value, CR LF.
 * libmicrohttpd marks the ends of names and values in its buffer and hides the
 * rest, but the places it gives tell: a bare LF is one byte short, a NUL, a
 * folded line or a field without a name are too long (docs/decisions/0071). */
struct layout {
    struct edge_connection *connection;
    const char *next; /* where the next name must start */
    bool is_strict;
};

static hg_str without_blanks_behind(hg_str value)
{
    while (value.len > 0 && (value.ptr[value.len - 1] == ' ' || value.ptr[value.len - 1] == '\t'))
        value.len--;
    return value;
}

static enum MHD_Result take_field(void *self, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
    (void)kind;
    struct layout *layout = self;
    struct edge_connection *connection = layout->connection;
    if (value == NULL || name != layout->next || value < name + name_len + 1) {
        layout->is_strict = false;
        return MHD_NO;
    }
    layout->next = value + value_len + 2;
    hg_str text = without_blanks_behind((hg_str){.ptr = value, .len = value_len});
    if (connection->n_fields < HG_MAX_FIELDS)
        connection->fields[connection->n_fields] =
            (struct http_field){.name = {.ptr = name, .len = name_len}, .value = text};
    connection->n_fields++;
    return MHD_YES;
}

static bool take_fields(struct edge_connection *connection, const char *method, const char *version,
                        size_t head_size)
{
    struct layout layout = {.connection = connection, .is_strict = true};
    layout.next = version + strlen(version) + 2;
    connection->n_fields = 0;
    if (connection->raw_target != method + strlen(method) + 1 ||
        version != connection->raw_target + connection->target.len + 1)
        return false;
    (void)MHD_get_connection_values_n(connection->mhd, MHD_HEADER_KIND, take_field, &layout);
    return layout.is_strict && layout.next + 2 == method + head_size;
}

/* The client's, which lives as long as the connection. TLS has seen that it has the key. */
static hg_str shown_certificate(const struct edge_connection *connection)
{
    if (connection->socket->kind != EDGE_BINDING_TLS ||
        !connection->listener->options.asks_certificates)
        return HG_STR("");
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned n = 0;
    const gnutls_datum_t *chain =
        info == NULL ? NULL : gnutls_certificate_get_peers(info->tls_session, &n);
    if (chain == NULL || n == 0 || chain[0].size > HG_MAX_CERT_DER)
        return HG_STR("");
    return (hg_str){.ptr = (const char *)chain[0].data, .len = chain[0].size};
}

static bool check_head(struct edge_connection *connection, const char *method, const char *version,
                       struct edge_refusal *out_refusal)
{
    const struct edge_listener *listener = connection->listener;
    size_t size = MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
                      ->header_size;
    connection->request.is_secure = connection->socket->kind == EDGE_BINDING_TLS;
    if (!take_fields(connection, method, version, size)) {
        *out_refusal = (struct edge_refusal){
            .status = 400, .reason = "the request head is not written as RFC 9112 has it"};
        return false;
    }
    struct edge_head head = {
        .method = hg_str_of(method),
        .target = connection->target,
        .version = hg_str_of(version),
        .fields = {.items = connection->fields, .n = connection->n_fields},
        .size = size,
        .peer = connection->peer,
        .is_tls = connection->socket->kind == EDGE_BINDING_TLS,
        .is_local_socket = connection->socket->kind == EDGE_BINDING_LOCAL,
        .trusted_proxies = listener->proxies,
        .n_trusted_proxies = listener->options.n_trusted_proxies,
        .hosts = listener->hosts,
        .n_hosts = listener->options.n_hosts,
        .certificate = shown_certificate(connection),
        .certificate_field = listener->options.certificate_field,
    };
    return edge_head_check(connection->arena, &head, &connection->request, out_refusal);
}

static hg_time sending_deadline(const struct edge_connection *connection, uint64_t size)
{
    const struct edge_deadlines *deadlines = &connection->listener->options.deadlines;
    int64_t seconds = (int64_t)(size / deadlines->rate);
    hg_time end = hg_time_add(edge_steady_now(), deadlines->grace);
    return hg_time_add(end, HG_SECONDS(seconds));
}

static enum MHD_Result send_answer(struct edge_connection *connection, unsigned status,
                                   struct MHD_Response *answer, size_t size)
{
    if (answer == NULL)
        return MHD_NO; /* no memory for an answer: the connection ends */
    set_phase(connection, EDGE_PHASE_SENDING);
    edge_deadline_set(connection, sending_deadline(connection, size));
    return MHD_queue_response(connection->mhd, status, answer);
}

static enum MHD_Result send_refusal(struct edge_connection *connection,
                                    const struct edge_refusal *refusal)
{
    (void)atomic_fetch_add(&connection->listener->n_refused, 1);
    unsigned flags = edge_exchange_flags(connection) | EDGE_ANSWER_CLOSES;
    struct MHD_Response *answer = edge_answer_error(refusal->status, refusal->reason, flags);
    enum MHD_Result result = send_answer(connection, refusal->status, answer, 0);
    if (answer != NULL)
        MHD_destroy_response(answer);
    return result;
}

/* The connection ends with it: what follows of the body is not read. */
static enum MHD_Result refuse_body(struct edge_connection *connection)
{
    static const struct edge_refusal refusal = {413, "the body is larger than this route takes"};
    const struct edge_handler *handler = connection->socket->handler;
    HG_CLEANUP(hg_arena_freep)
    struct hg_arena *arena =
        handler->too_large == NULL ? NULL : hg_arena_new("refusal", REFUSAL_ARENA);
    if (arena == NULL)
        return send_refusal(connection, &refusal);
    struct http_response response = {0};
    handler->too_large(handler->self, arena, hg_clock_now(connection->listener->options.clock),
                       &connection->request.http, &response);
    struct MHD_Response *answer =
        edge_answer_new(&response, edge_exchange_flags(connection) | EDGE_ANSWER_CLOSES);
    (void)atomic_fetch_add(&connection->listener->n_refused, 1);
    enum MHD_Result result = send_answer(connection, response.status, answer, response.body.len);
    if (answer != NULL)
        MHD_destroy_response(answer);
    return result;
}

static bool has_body(const struct edge_connection *connection)
{
    return connection->request.is_chunked || connection->request.length > 0;
}

/* True when there is a document for it. It is sent when libmicrohttpd calls again,
 * at the end of the (empty) body: what is queued now would close the connection. */
static bool answer_quickly(struct edge_connection *connection)
{
    const struct edge_handler *handler = connection->socket->handler;
    hg_str method = connection->request.http.method;
    bool reads = hg_str_eq(method, HG_STR("GET")) || hg_str_eq(method, HG_STR("HEAD"));
    if (!reads || has_body(connection))
        return false;
    const struct http_request *http = &connection->request.http;
    if (handler->quick != NULL)
        connection->document = handler->quick(handler->self, http);
    if (connection->document == NULL)
        connection->document = edge_documents_find(connection->listener->documents, handler, http);
    if (connection->document != NULL)
        set_phase(connection, EDGE_PHASE_READY);
    return connection->document != NULL;
}

static enum MHD_Result on_head(struct edge_connection *connection, const char *method,
                               const char *version)
{
    struct edge_refusal refusal;
    if (!check_head(connection, method, version, &refusal))
        return send_refusal(connection, &refusal);
    if (answer_quickly(connection))
        return MHD_YES;

    set_phase(connection, EDGE_PHASE_BODY);
    if (!has_body(connection))
        return MHD_YES;
    const struct edge_handler *handler = connection->socket->handler;
    const struct http_request *http = &connection->request.http;
    connection->body_max = handler->max_body == NULL
                               ? HG_MAX_BODY
                               : handler->max_body(handler->self, http->method, http->path);
    if (!connection->request.is_chunked && connection->request.length > connection->body_max)
        return refuse_body(connection);
    connection->body_since = edge_steady_now();
    edge_deadline_set(connection, hg_time_add(connection->body_since,
                                              connection->listener->options.deadlines.grace));
    return MHD_YES;
}

static bool make_room(struct edge_connection *connection, size_t need)
{
    if (need <= connection->body_room)
        return true;
    size_t room = connection->body_room == 0 ? FIRST_BODY : connection->body_room * 2;
    if (!connection->request.is_chunked)
        room = connection->request.length;
    if (room < need)
        room = need;
    char *bigger = malloc(room);
    if (bigger == NULL)
        return false;
    if (connection->body_len > 0) {
        memcpy(bigger, connection->body, connection->body_len);
        explicit_bzero(connection->body, connection->body_len);
    }
    free(connection->body);
    connection->body = bigger;
    connection->body_room = room;
    return true;
}

/* The deadline moves with what has come: on average `rate` bytes a second after
 * the grace, however the bytes are spaced. */
static enum MHD_Result on_body(struct edge_connection *connection, const char *data, size_t size)
{
    const struct edge_deadlines *deadlines = &connection->listener->options.deadlines;
    size_t len = connection->body_len + size;
    if (connection->is_overlong || len > connection->body_max) {
        connection->is_overlong = true;
        connection->body_len = len;
        return len - connection->body_max > MOST_WASTE ? MHD_NO : MHD_YES;
    }
    if (!make_room(connection, len))
        return MHD_NO;
    memcpy(connection->body + connection->body_len, data, size);
    connection->body_len = len;
    hg_dur earned = {.us = (int64_t)(len * UINT64_C(1000000) / deadlines->rate)};
    edge_deadline_set(connection,
                      hg_time_add(hg_time_add(connection->body_since, deadlines->grace), earned));
    return MHD_YES;
}

static enum MHD_Result on_ready(struct edge_connection *connection)
{
    const struct edge_document *document = connection->document;
    if (document == NULL)
        return send_answer(connection, connection->status, connection->answer,
                           connection->answer_size);
    unsigned status;
    struct MHD_Response *answer =
        edge_document_answer(document, edge_exchange_flags(connection), &status);
    return send_answer(connection, status, answer, edge_document_size(document));
}

static enum MHD_Result on_complete(struct edge_connection *connection)
{
    if (connection->is_overlong)
        return refuse_body(connection);
    set_phase(connection, EDGE_PHASE_WAITING);
    edge_deadline_none(connection);
    MHD_suspend_connection(connection->mhd);
    if (!edge_workers_push(connection->listener->workers, connection)) {
        (void)atomic_fetch_add(&connection->listener->n_busy, 1);
        edge_exchange_fail(connection, 503, "too many requests wait already; try again");
    }
    return MHD_YES;
}

/* NOLINTNEXTLINE(readability-function-size): libmicrohttpd's signature */
enum MHD_Result edge_exchange_handle(void *self, struct MHD_Connection *mhd, const char *url,
                                     const char *method, const char *version, const char *data,
                                     size_t *size, void **context)
{
    (void)self;
    (void)url;
    (void)mhd;
    struct edge_connection *connection = *context;
    if (connection == NULL)
        return MHD_NO;
    int phase = atomic_load_explicit(&connection->phase, memory_order_relaxed);
    if (phase == EDGE_PHASE_HEAD)
        return on_head(connection, method, version);
    if (phase == EDGE_PHASE_READY)
        return on_ready(connection);
    if (*size == 0)
        return on_complete(connection);
    size_t n = *size;
    *size = 0;
    return on_body(connection, data, n);
}

static void wipe_body(struct edge_connection *connection)
{
    if (connection->body != NULL) /* passwords and codes came in it */
        explicit_bzero(connection->body, connection->body_room);
    free(connection->body);
    connection->body = NULL;
    connection->body_len = connection->body_room = connection->body_max = 0;
    connection->is_overlong = false;
}

void edge_exchange_end(void *self, struct MHD_Connection *mhd, void **context,
                       enum MHD_RequestTerminationCode code)
{
    (void)mhd;
    (void)code;
    const struct edge_socket *socket = self;
    struct edge_listener *listener = socket->listener;
    struct edge_connection *connection = *context;
    *context = NULL;
    if (connection == NULL)
        return;
    wipe_body(connection);
    if (connection->answer != NULL)
        MHD_destroy_response(connection->answer);
    connection->answer = NULL;
    edge_document_unref(connection->document);
    connection->document = NULL;
    connection->request = (struct edge_request){0};
    hg_arena_rewind(&connection->mark);
    edge_deadline_set(connection,
                      hg_time_add(edge_steady_now(), listener->options.deadlines.keep_alive));
    set_phase(connection, EDGE_PHASE_IDLE);
    bool was_last = atomic_fetch_sub(&listener->n_in_flight, 1) == 1;
    if (was_last && atomic_load(&listener->is_draining)) {
        (void)pthread_mutex_lock(&listener->lock);
        (void)pthread_cond_broadcast(&listener->settled);
        (void)pthread_mutex_unlock(&listener->lock);
    }
}

static void resume(struct edge_connection *connection, unsigned status, struct MHD_Response *answer,
                   size_t size)
{
    connection->status = status;
    connection->answer = answer;
    connection->answer_size = size;
    set_phase(connection, EDGE_PHASE_READY);
    MHD_resume_connection(connection->mhd);
}

void edge_exchange_respond(struct edge_connection *connection, const struct http_response *response)
{
    unsigned flags = edge_exchange_flags(connection);
    struct MHD_Response *answer =
        response->status < 200 || response->status > 599 ? NULL : edge_answer_new(response, flags);
    if (answer == NULL)
        edge_exchange_fail(connection, 500, "the answer could not be made");
    else
        resume(connection, response->status, answer, response->body.len);
}

void edge_exchange_fail(struct edge_connection *connection, unsigned status, const char *reason)
{
    struct MHD_Response *answer =
        edge_answer_error(status, reason, edge_exchange_flags(connection));
    resume(connection, status, answer, 0);
}
