#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* load PORT CONNECTIONS REQUESTS PID HEAD [BODY [TOKENS]]
 *
 * So many requests to 127.0.0.1 over so many keep-alive connections, each with one
 * under way, and what they cost the process PID in CPU time. HEAD is a file with a
 * request line and fields, each line ended by \n, without the empty one; BODY a file
 * whose {token} stands for the connection's own token, line k of the file TOKENS for
 * connection k. The member refresh_token of an answer is the connection's next token;
 * at the end the file is written anew with those. Prints one line of JSON. */
enum { MAX_CONNECTIONS = 256, ROOM = 1 << 16, TOKEN_ROOM = 512, MAX_FILE = 1 << 14 };

struct peer {
    int fd;
    char token[TOKEN_ROOM];
    char in[ROOM];
    size_t len;
    int64_t asked;
    bool is_busy;
};

static struct peer peers[MAX_CONNECTIONS];
static size_t n_peers;
static char head[MAX_FILE];
static char body[MAX_FILE];
static bool has_tokens;
static uint16_t port;
static int epoll_fd;
static uint32_t *times;
static size_t n_asked, n_answered, n_wanted, n_bad;

static _Noreturn void give_up(const char *what)
{
    (void)fprintf(stderr, "load: %s: %s\n", what, strerrordesc_np(errno));
    exit(1);
}

static int64_t now_us(clockid_t clock)
{
    struct timespec at;
    if (clock_gettime(clock, &at) != 0)
        give_up("clock");
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

static void read_file(const char *path, char *out)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        give_up(path);
    size_t n = fread(out, 1, MAX_FILE - 1, file);
    out[n] = '\0';
    (void)fclose(file);
}

static void read_tokens(const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        give_up(path);
    for (size_t i = 0; i < n_peers; i++) {
        if (fgets(peers[i].token, TOKEN_ROOM, file) == NULL)
            give_up("too few tokens");
        peers[i].token[strcspn(peers[i].token, "\n")] = '\0';
    }
    (void)fclose(file);
}

static void write_tokens(const char *path)
{
    FILE *file = fopen(path, "we");
    if (file == NULL)
        give_up(path);
    for (size_t i = 0; i < n_peers; i++)
        (void)fprintf(file, "%s\n", peers[i].token);
    (void)fclose(file);
}

static void open_peer(struct peer *peer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer->len = 0;
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer->fd < 0 || connect(peer->fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
        give_up("connect");
    int on = 1;
    (void)setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, peer->fd, &event) != 0)
        give_up("epoll");
}

static void ask(struct peer *peer)
{
    static char text[2 * MAX_FILE];
    static char filled[MAX_FILE + TOKEN_ROOM];
    const char *mark = strstr(body, "{token}");
    int n_body = mark == NULL ? snprintf(filled, sizeof(filled), "%s", body)
                              : snprintf(filled, sizeof(filled), "%.*s%s%s", (int)(mark - body),
                                         body, peer->token, mark + strlen("{token}"));
    int n = n_body == 0 ? snprintf(text, sizeof(text), "%s\r\n", head)
                        : snprintf(text, sizeof(text), "%sContent-Length: %d\r\n\r\n%s", head,
                                   n_body, filled);
    peer->asked = now_us(CLOCK_MONOTONIC);
    peer->is_busy = true;
    n_asked++;
    if (send(peer->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
        give_up("send");
}

/* HEAD's lines end with \n, as an editor leaves them; requests want \r\n. */
static void fix_lines(void)
{
    static char fixed[MAX_FILE];
    size_t at = 0;
    for (const char *c = head; *c != '\0' && at < sizeof(fixed) - 2; c++) {
        if (*c == '\n')
            fixed[at++] = '\r';
        fixed[at++] = *c;
    }
    fixed[at] = '\0';
    memcpy(head, fixed, at + 1);
}

static void take_token(struct peer *peer)
{
    static const char name[] = "\"refresh_token\":\"";
    const char *from = strstr(peer->in, name);
    if (from == NULL)
        return;
    from += sizeof(name) - 1;
    size_t n = strcspn(from, "\"");
    if (n < TOKEN_ROOM) {
        memcpy(peer->token, from, n);
        peer->token[n] = '\0';
    }
}

/* The size of the whole answer, or 0 while its head is not there. */
static size_t answer_size(const struct peer *peer)
{
    const char *end = strstr(peer->in, "\r\n\r\n");
    const char *length = strcasestr(peer->in, "\r\nContent-Length:");
    if (end == NULL)
        return 0;
    size_t n = length == NULL || length > end ? 0 : strtoul(length + 17, NULL, 10);
    return (size_t)(end - peer->in) + 4 + n;
}

static void finish(struct peer *peer)
{
    if (n_answered < n_wanted)
        times[n_answered] = (uint32_t)(now_us(CLOCK_MONOTONIC) - peer->asked);
    n_answered++;
    if (peer->in[9] != '2') {
        if (n_bad++ == 0)
            (void)fprintf(stderr, "load: %.800s\n", peer->in);
    }
    if (has_tokens)
        take_token(peer);
    bool closes = strcasestr(peer->in, "\r\nConnection: close") != NULL;
    peer->len = 0;
    peer->in[0] = '\0';
    peer->is_busy = false;
    if (closes) {
        (void)close(peer->fd);
        open_peer(peer);
    }
    if (n_asked < n_wanted)
        ask(peer);
}

static void take(struct peer *peer)
{
    ssize_t n = recv(peer->fd, peer->in + peer->len, ROOM - 1 - peer->len, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0)
        give_up("an answer ended early");
    peer->len += (size_t)n;
    peer->in[peer->len] = '\0';
    size_t size = answer_size(peer);
    if (size >= ROOM)
        give_up("an answer is too long");
    if (size > 0 && peer->len >= size)
        finish(peer);
}

static void run(void)
{
    struct epoll_event events[MAX_CONNECTIONS];
    for (size_t i = 0; i < n_peers && n_asked < n_wanted; i++)
        ask(&peers[i]);
    while (n_answered < n_wanted) {
        int n = epoll_wait(epoll_fd, events, MAX_CONNECTIONS, 30000);
        if (n <= 0)
            give_up("no answer for 30 seconds");
        for (int i = 0; i < n; i++)
            take(events[i].data.ptr);
    }
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        (void)fprintf(stderr, "usage: load PORT CONNECTIONS REQUESTS PID HEAD [BODY [TOKENS]]\n");
        return 2;
    }
    clockid_t cpu;
    port = (uint16_t)atoi(argv[1]);
    n_peers = strtoul(argv[2], NULL, 10);
    n_wanted = strtoul(argv[3], NULL, 10);
    if (n_peers > MAX_CONNECTIONS || n_wanted == 0 ||
        clock_getcpuclockid((pid_t)atoi(argv[4]), &cpu) != 0)
        give_up("arguments");
    read_file(argv[5], head);
    fix_lines();
    if (argc > 6)
        read_file(argv[6], body);
    has_tokens = argc > 7;
    if (has_tokens)
        read_tokens(argv[7]);
    times = calloc(n_wanted, sizeof(*times));
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (times == NULL || epoll_fd < 0)
        give_up("no memory");
    for (size_t i = 0; i < n_peers; i++)
        open_peer(&peers[i]);
    int64_t cpu_before = now_us(cpu);
    int64_t before = now_us(CLOCK_MONOTONIC);
    run();
    int64_t took = now_us(CLOCK_MONOTONIC) - before;
    double cpu_us = (double)(now_us(cpu) - cpu_before) / (double)n_wanted;
    qsort(times, n_wanted, sizeof(*times), by_value);
    if (has_tokens)
        write_tokens(argv[7]);
    (void)printf("{\"cpu_us\": %.3f, \"wall_us\": %" PRId64 ", \"p50_us\": %u, \"p99_us\": %u, "
                 "\"bad\": %zu}\n",
                 cpu_us, took, times[n_wanted / 2], times[n_wanted * 99 / 100], n_bad);
    return n_bad == 0 ? 0 : 1;
}
