#include "wire.h"

#include "base/base.h"
#include "edge/clock.h"
#include "edge/listener.h"
#include "http/http.h"
#include "unit/test.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

static const struct http_response ok = {
    .status = 200, .fields = {{HG_LIT("Content-Type"), HG_LIT("text/plain")}}, .n_fields = 1};

static void echo(struct wire *wire, struct hg_arena *arena, const struct http_request *request,
                 struct http_response *out)
{
    (void)wire;
    *out = ok;
    out->body = hg_str_format(arena, "%.*s %.*s?%.*s %.*s %.*s %.*s%s [%.*s]",
                              HG_ARG(request->method), HG_ARG(request->path),
                              HG_ARG(request->query), HG_ARG(hg_ip_text(arena, request->peer)),
                              HG_ARG(request->scheme), HG_ARG(request->host),
                              request->is_local_socket ? " local" : "", HG_ARG(request->body));
}

static void hold(struct wire *wire, struct hg_arena *arena, const struct http_request *request,
                 struct http_response *out)
{
    (void)arena;
    (void)request;
    (void)pthread_mutex_lock(&wire->lock);
    wire->n_held++;
    (void)pthread_cond_broadcast(&wire->changed);
    while (wire->n_released == 0)
        (void)pthread_cond_wait(&wire->changed, &wire->lock);
    wire->n_released--;
    (void)pthread_mutex_unlock(&wire->lock);
    *out = ok;
    out->body = HG_STR("held");
}

static void defer(struct wire *wire, struct hg_arena *arena, const struct http_request *request,
                  struct http_response *out)
{
    (void)arena;
    if (!hg_str_eq(request->query, HG_STR("silent"))) {
        out->status = 202;
        out->body = HG_STR("later");
    }
    out->deferred_id = wire->replies.defer(wire->replies.self);
    if (wire->completes_early) {
        struct http_response early = ok;
        early.body = HG_STR("early");
        wire->replies.complete(wire->replies.self, out->deferred_id, &early);
    }
    (void)pthread_mutex_lock(&wire->lock);
    wire->deferred_id = out->deferred_id;
    (void)pthread_cond_broadcast(&wire->changed);
    (void)pthread_mutex_unlock(&wire->lock);
}

static void big(struct wire *wire, struct hg_arena *arena, const struct http_request *request,
                struct http_response *out)
{
    (void)wire;
    uint64_t n = 0;
    assert_true(hg_str_u64(hg_str_from(request->query, 2), 1 << 24, &n));
    char *bytes = HG_NEW_ARRAY(arena, char, n);
    memset(bytes, 'x', n);
    *out = ok;
    out->body = (hg_str){.ptr = bytes, .len = n};
}

static void lasts(struct wire *wire, struct hg_arena *arena, const struct http_request *request,
                  struct http_response *out)
{
    (void)request;
    *out = ok;
    out->lasts = HG_SECONDS(3600);
    (void)pthread_mutex_lock(&wire->lock);
    unsigned n = ++wire->n_made;
    (void)pthread_mutex_unlock(&wire->lock);
    out->body = hg_str_format(arena, "made %u", n);
}

static void nothing(struct wire *wire, struct hg_arena *arena, const struct http_request *request,
                    struct http_response *out)
{
    (void)wire;
    (void)arena;
    (void)request;
    (void)out;
}

static void handle(void *self, struct hg_arena *arena, hg_time now,
                   const struct http_request *request, struct http_response *out)
{
    static const struct {
        hg_str path;
        void (*run)(struct wire *, struct hg_arena *, const struct http_request *,
                    struct http_response *);
    } routes[] = {
        {HG_LIT("/hold"), hold},   {HG_LIT("/defer"), defer},     {HG_LIT("/big"), big},
        {HG_LIT("/lasts"), lasts}, {HG_LIT("/nothing"), nothing},
    };
    HG_ASSERT(now.us == 1000000);
    for (size_t i = 0; i < HG_COUNT(routes); i++) {
        if (hg_str_eq(request->path, routes[i].path)) {
            routes[i].run(self, arena, request, out);
            return;
        }
    }
    echo(self, arena, request, out);
}

static struct edge_document *quick(void *self, const struct http_request *request)
{
    struct wire *wire = self;
    return hg_str_eq(request->path, HG_STR("/quick")) ? edge_document_ref(wire->document) : NULL;
}

static size_t max_body(void *self, hg_str method, hg_str path)
{
    (void)self;
    (void)method;
    return hg_str_eq(path, HG_STR("/limit")) ? 100 : HG_MAX_BODY;
}

static void too_large(void *self, struct hg_arena *arena, hg_time now,
                      const struct http_request *request, struct http_response *out)
{
    (void)self;
    *out = ok;
    out->status = 413;
    out->body = hg_str_format(arena, "%.*s %.*s at %lld", HG_ARG(request->method),
                              HG_ARG(request->path), (long long)now.us);
}

void wire_start(struct wire *wire, const struct edge_listener_options *options)
{
    *wire = (struct wire){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    wire->handler = (struct edge_handler){.max_body = max_body,
                                          .too_large = too_large,
                                          .quick = quick,
                                          .handle = handle,
                                          .self = wire};
    struct hg_err err = {0};
    assert_int_equal(
        edge_clock_open(EDGE_CLOCK_FIXED, (hg_time){.us = 1000000}, &wire->clock, &err), HG_OK);
    wire->clock_port = edge_clock_port(wire->clock);
    struct edge_listener_options own = *options;
    own.clock = &wire->clock_port;
    own.n_threads = own.n_threads == 0 ? 2 : own.n_threads;
    own.n_workers = own.n_workers == 0 ? 4 : own.n_workers;
    if (edge_listener_open(&own, &wire->listener, &err) != HG_OK)
        fail_msg("%s", err.detail);
    wire->replies = edge_listener_replies(wire->listener);
    struct http_response response = ok;
    response.body = HG_STR("quick");
    assert_int_equal(edge_document_new(&response, &wire->document, &err), HG_OK);
    struct edge_binding binding = {
        .kind = EDGE_BINDING_PLAIN, .host = HG_STR("127.0.0.1"), .handler = &wire->handler};
    if (edge_listener_bind(wire->listener, &binding, &wire->port, &err) != HG_OK)
        fail_msg("%s", err.detail);
}

void wire_stop(struct wire *wire)
{
    edge_listener_close(wire->listener);
    edge_document_unref(wire->document);
    edge_clock_close(wire->clock);
}

void wire_await_held(struct wire *wire, unsigned n)
{
    (void)pthread_mutex_lock(&wire->lock);
    while (wire->n_held < n)
        (void)pthread_cond_wait(&wire->changed, &wire->lock);
    (void)pthread_mutex_unlock(&wire->lock);
}

void wire_release(struct wire *wire, unsigned n)
{
    (void)pthread_mutex_lock(&wire->lock);
    wire->n_released += n;
    (void)pthread_cond_broadcast(&wire->changed);
    (void)pthread_mutex_unlock(&wire->lock);
}

uint64_t wire_await_deferred(struct wire *wire)
{
    (void)pthread_mutex_lock(&wire->lock);
    while (wire->deferred_id == 0)
        (void)pthread_cond_wait(&wire->changed, &wire->lock);
    uint64_t id = wire->deferred_id;
    wire->deferred_id = 0;
    (void)pthread_mutex_unlock(&wire->lock);
    return id;
}

static struct wire_client client_of(int fd)
{
    return (struct wire_client){.fd = fd, .text = calloc(1, WIRE_ANSWER_ROOM)};
}

/* -1: refused. */
static int connect_tcp(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;
    HG_ASSERT(fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0);
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

struct wire_client wire_connect(uint16_t port)
{
    int fd = connect_tcp(port);
    if (fd < 0)
        fail_msg("cannot connect to port %u", port);
    return client_of(fd);
}

bool wire_can_connect(uint16_t port)
{
    int fd = connect_tcp(port);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

void wire_leave_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
        fail_msg("cannot bind %s", path);
    (void)close(fd);
}

struct wire_client wire_connect_local(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
        fail_msg("cannot connect to %s", path);
    return client_of(fd);
}

/* A server that has closed already may refuse what is sent: the answer counts. */
void wire_send(struct wire_client *client, hg_str bytes)
{
    HG_ASSERT(client->fd >= 0);
    while (bytes.len > 0) {
        ssize_t n = send(client->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n < 0)
            return;
        bytes = hg_str_from(bytes, (size_t)n);
    }
}

void wire_send_z(struct wire_client *client, const char *text)
{
    wire_send(client, hg_str_of(text));
}

static void read_some(struct wire_client *client)
{
    struct pollfd watched = {.fd = client->fd, .events = POLLIN};
    if (poll(&watched, 1, WIRE_PATIENCE_MS) != 1)
        fail_msg("nothing came in time; so far: \"%s\"", client->text);
    size_t room = WIRE_ANSWER_ROOM - 1 - client->len;
    HG_ASSERT(room > 0 && client->fd >= 0);
    ssize_t n = recv(client->fd, client->text + client->len, room, 0);
    client->is_ended = n <= 0;
    if (n > 0)
        client->len += (size_t)n;
    client->text[client->len] = '\0';
}

/* Whole answers in the text; each has a Content-Length (libmicrohttpd always sends one). */
static unsigned count_answers(const char *text)
{
    unsigned n = 0;
    for (const char *end; (end = strstr(text, "\r\n\r\n")) != NULL; n++) {
        const char *length = strstr(text, "Content-Length: ");
        size_t size = length == NULL || length > end ? 0 : strtoul(length + 16, NULL, 10);
        if (strlen(end + 4) < size)
            break;
        text = end + 4 + size;
    }
    return n;
}

void wire_read_answers(struct wire_client *client, unsigned n)
{
    while (count_answers(client->text) < n) {
        read_some(client);
        if (client->is_ended && count_answers(client->text) < n)
            fail_msg("closed after: \"%s\"", client->text);
    }
}

void wire_read_to_end(struct wire_client *client)
{
    while (!client->is_ended)
        read_some(client);
}

struct wire_client *wire_first_of(struct wire_client *a, struct wire_client *b)
{
    struct pollfd watched[] = {{.fd = a->fd, .events = POLLIN}, {.fd = b->fd, .events = POLLIN}};
    if (poll(watched, HG_COUNT(watched), WIRE_PATIENCE_MS) < 1)
        fail_msg("neither was answered in time");
    return watched[0].revents != 0 ? a : b;
}

void wire_forget(struct wire_client *client)
{
    client->len = 0;
    client->text[0] = '\0';
}

bool wire_has(const struct wire_client *client, const char *text)
{
    return strstr(client->text, text) != NULL;
}

unsigned wire_status(const struct wire_client *client)
{
    if (strncmp(client->text, "HTTP/1.1 ", 9) != 0)
        return 0;
    return (unsigned)strtoul(client->text + 9, NULL, 10);
}

void wire_close(struct wire_client *client)
{
    (void)close(client->fd);
    free(client->text);
    client->text = NULL;
}

struct wire_client wire_exchange(uint16_t port, hg_str bytes)
{
    struct wire_client client = wire_connect(port);
    wire_send(&client, bytes);
    wire_read_to_end(&client);
    return client;
}
