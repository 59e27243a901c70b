#include "base/base.h"
#include "edge/clock.h"
#include "edge/listener.h"
#include "http/http.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* perf-L1: a cached answer of the listener against the same document from bare
 * libmicrohttpd. Both are served by this process, in turn, on one core; the load
 * comes from a child on another core. What counts is this process's CPU time. */
enum { ROUNDS = 9, CONNECTIONS = 32, EACH = 1500, WARM = 100, ANSWER_ROOM = 8192 };

static const double target = 1.25;
static const char request[] = "GET /livez HTTP/1.1\r\nHost: localhost:8443\r\n"
                              "User-Agent: bench\r\nAccept: */*\r\n\r\n";
static char document_text[] = "{\"status\":\"ok\"}\n";

static _Noreturn void give_up(const char *what)
{
    (void)fprintf(stderr, "bench_http: %s\n", what);
    exit(1);
}

static void pin_to(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    (void)sched_setaffinity(0, sizeof(set), &set);
}

static double cpu_us(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* The child: asked for a port and a number, it sends that many requests over each
 * of its connections and says when it is done. */
struct order {
    uint16_t port;
    int n;
};

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
        give_up("cannot connect");
    return fd;
}

static void ask(int fd)
{
    if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) != (ssize_t)sizeof(request) - 1)
        give_up("cannot send");
}

/* All answers of one server have one size; the first one tells it. */
static size_t answer_size(uint16_t port)
{
    char text[ANSWER_ROOM] = "";
    size_t len = 0;
    int fd = connect_to(port);
    ask(fd);
    while (strstr(text, document_text) == NULL) {
        ssize_t n = recv(fd, text + len, sizeof(text) - 1 - len, 0);
        if (n <= 0)
            give_up("no answer");
        len += (size_t)n;
    }
    (void)close(fd);
    if (strncmp(text, "HTTP/1.1 200 ", 13) != 0)
        give_up("not answered with 200");
    return len;
}

static void load(const struct order *order)
{
    char text[ANSWER_ROOM];
    int fds[CONNECTIONS];
    size_t size = answer_size(order->port);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        fds[i] = connect_to(order->port);
        ask(fds[i]);
    }
    for (int round = 1; round <= order->n; round++) {
        for (size_t i = 0; i < CONNECTIONS; i++) {
            if (recv(fds[i], text, size, MSG_WAITALL) != (ssize_t)size)
                give_up("an answer ended early");
            if (round < order->n)
                ask(fds[i]);
        }
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        (void)close(fds[i]);
}

struct child {
    pid_t pid;
    int orders, done;
};

static struct child child_start(void)
{
    int orders[2];
    int done[2];
    if (pipe(orders) != 0 || pipe(done) != 0)
        give_up("no pipe");
    pid_t pid = fork();
    if (pid < 0)
        give_up("cannot fork");
    if (pid > 0) {
        (void)close(orders[0]);
        (void)close(done[1]);
        return (struct child){.pid = pid, .orders = orders[1], .done = done[0]};
    }
    (void)close(orders[1]);
    pin_to(1);
    struct order order;
    while (read(orders[0], &order, sizeof(order)) == (ssize_t)sizeof(order)) {
        load(&order);
        if (write(done[1], "", 1) != 1)
            break;
    }
    exit(0);
}

/* CPU microseconds of this process a request. */
static double measure(const struct child *child, uint16_t port, int n)
{
    const struct order order = {.port = port, .n = n};
    char byte;
    double before = cpu_us();
    if (write(child->orders, &order, sizeof(order)) != (ssize_t)sizeof(order) ||
        read(child->done, &byte, 1) != 1)
        give_up("the load's process is gone");
    return (cpu_us() - before) / ((double)n * CONNECTIONS);
}

/* The floor: libmicrohttpd with one document and nothing else. */
struct floor_server {
    struct MHD_Response *answer;
    struct MHD_Daemon *daemon;
    uint16_t port;
};

/* NOLINTNEXTLINE(readability-function-size): libmicrohttpd's signature */
static enum MHD_Result floor_handle(void *self, struct MHD_Connection *mhd, const char *url,
                                    const char *method, const char *version, const char *data,
                                    size_t *size, void **context)
{
    (void)url;
    (void)method;
    (void)version;
    (void)data;
    *size = 0;
    const struct floor_server *server = self;
    if (*context == NULL) {
        *context = self;
        return MHD_YES;
    }
    return MHD_queue_response(mhd, 200, server->answer);
}

static void floor_start(struct floor_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->answer = MHD_create_response_from_buffer(sizeof(document_text) - 1, document_text,
                                                     MHD_RESPMEM_PERSISTENT);
    (void)MHD_add_response_header(server->answer, "Content-Type", "application/json");
    server->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, floor_handle,
                                      server, MHD_OPTION_SOCK_ADDR, &address,
                                      MHD_OPTION_CONNECTION_LIMIT, 2048u, MHD_OPTION_END);
    if (server->daemon == NULL)
        give_up("the floor does not start");
    server->port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static struct edge_document *document;

static struct edge_document *quick(void *self, const struct http_request *asked)
{
    (void)self;
    return hg_str_eq(asked->path, HG_STR("/livez")) ? edge_document_ref(document) : NULL;
}

static void handle(void *self, struct hg_arena *arena, hg_time now,
                   const struct http_request *asked, struct http_response *out)
{
    (void)self;
    (void)arena;
    (void)now;
    (void)asked;
    out->status = 404;
}

static const struct edge_handler handler = {.quick = quick, .handle = handle};

static struct edge_listener *listener_start(const struct hg_clock *clock, uint16_t *out_port)
{
    struct hg_err err = {0};
    struct edge_listener *listener = NULL;
    const struct edge_listener_options options = {
        .clock = clock, .n_threads = 1, .n_workers = 1, .max_requests = UINT32_MAX};
    const struct edge_binding binding = {
        .kind = EDGE_BINDING_PLAIN, .host = HG_STR("127.0.0.1"), .handler = &handler};
    const struct http_response response = {
        .status = 200,
        .fields = {{HG_LIT("Content-Type"), HG_LIT("application/json")}},
        .n_fields = 1,
        .body = {.ptr = document_text, .len = sizeof(document_text) - 1}};
    if (edge_document_new(&response, &document, &err) != HG_OK ||
        edge_listener_open(&options, &listener, &err) != HG_OK ||
        edge_listener_bind(listener, &binding, out_port, &err) != HG_OK)
        give_up(err.detail);
    return listener;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof(*values), by_value);
    return values[ROUNDS / 2];
}

static bool compare(const struct child *child, uint16_t floor_port, uint16_t port)
{
    double floors[ROUNDS];
    double ours[ROUNDS];
    double ratios[ROUNDS];
    (void)measure(child, floor_port, WARM);
    (void)measure(child, port, WARM);
    for (size_t i = 0; i < ROUNDS; i++) {
        floors[i] = measure(child, floor_port, EACH);
        ours[i] = measure(child, port, EACH);
        ratios[i] = ours[i] / floors[i];
    }
    double ratio = median(ratios);
    (void)printf("BENCH perf-L1 %.2f us floor=%.2f ratio=%.2f target=%.2f %s\n", median(ours),
                 median(floors), ratio, target, ratio <= target ? "pass" : "fail");
    return ratio <= target;
}

int main(void)
{
    struct child child = child_start(); /* before there are threads */
    pin_to(0);
    struct edge_clock *clock = NULL;
    if (edge_clock_open(EDGE_CLOCK_WALL, (hg_time){0}, &clock, NULL) != HG_OK)
        give_up("no clock");
    struct hg_clock port_of_clock = edge_clock_port(clock);
    struct floor_server bare = {0};
    uint16_t port = 0;
    floor_start(&bare);
    struct edge_listener *listener = listener_start(&port_of_clock, &port);
    bool passed = compare(&child, bare.port, port);
    (void)close(child.orders);
    (void)waitpid(child.pid, NULL, 0);
    edge_listener_close(listener);
    edge_document_unref(document);
    MHD_stop_daemon(bare.daemon);
    MHD_destroy_response(bare.answer);
    edge_clock_close(clock);
    return passed ? 0 : 1;
}
