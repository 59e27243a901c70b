#include "store/proxy.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_PEERS = 64, NONE = -1 };

/* What one connection passes through: from the client, and to the server. */
struct relay {
    int client, server;
    bool is_committing; /* the answer that comes next is never passed on */
};

static struct sockaddr_un server_address;
static int listener = -1;
static pthread_t thread;
static atomic_bool is_stopping;
static atomic_int wanted_cut = NONE, n_cuts;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static struct sockaddr_un address_in(const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", folder);
    return address;
}

static void relay_close(struct relay *relay)
{
    (void)close(relay->client);
    (void)close(relay->server);
    relay->client = relay->server = -1;
}

static bool pass(int to, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(to, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* The store sends COMMIT as a simple query of its own: 'Q', length, text, NUL. */
static bool is_commit(const char *bytes, size_t n)
{
    static const char text[] = "COMMIT";
    return n == 5 + sizeof(text) && bytes[0] == 'Q' && memcmp(bytes + 5, text, sizeof(text)) == 0;
}

static bool from_client(struct relay *relay)
{
    char bytes[1 << 16];
    ssize_t n = recv(relay->client, bytes, sizeof(bytes), 0);
    if (n <= 0)
        return false;
    int cut = NONE;
    if (is_commit(bytes, (size_t)n))
        cut = atomic_exchange(&wanted_cut, NONE);
    if (cut == PROXY_CUT_BEFORE_COMMIT) {
        atomic_fetch_add(&n_cuts, 1);
        return false;
    }
    relay->is_committing = cut == PROXY_CUT_AFTER_COMMIT;
    return pass(relay->server, bytes, (size_t)n);
}

static bool from_server(struct relay *relay)
{
    char bytes[1 << 16];
    ssize_t n = recv(relay->server, bytes, sizeof(bytes), 0);
    if (n > 0 && relay->is_committing) {
        atomic_fetch_add(&n_cuts, 1);
        return false;
    }
    return n > 0 && pass(relay->client, bytes, (size_t)n);
}

static void accept_one(struct relay relays[MAX_PEERS], size_t *n)
{
    struct relay relay = {.client = accept(listener, NULL, NULL)};
    relay.server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (relay.client < 0 || relay.server < 0 || *n == MAX_PEERS ||
        connect(relay.server, (const struct sockaddr *)&server_address, sizeof(server_address)) !=
            0) {
        relay_close(&relay);
        return;
    }
    relays[(*n)++] = relay;
}

static void *proxy_run(void *arg)
{
    (void)arg;
    static struct relay relays[MAX_PEERS];
    size_t n = 0;
    while (!atomic_load(&is_stopping)) {
        struct pollfd fds[1 + 2 * MAX_PEERS] = {{.fd = listener, .events = POLLIN}};
        for (size_t i = 0; i < n; i++) {
            fds[1 + 2 * i] = (struct pollfd){.fd = relays[i].client, .events = POLLIN};
            fds[2 + 2 * i] = (struct pollfd){.fd = relays[i].server, .events = POLLIN};
        }
        if (poll(fds, 1 + 2 * n, -1) < 0)
            die("poll");
        for (size_t i = n; i-- > 0;) {
            bool is_open = (fds[1 + 2 * i].revents == 0 || from_client(&relays[i])) &&
                           (fds[2 + 2 * i].revents == 0 || from_server(&relays[i]));
            if (is_open)
                continue;
            relay_close(&relays[i]);
            relays[i] = relays[--n];
        }
        if (fds[0].revents != 0 && !atomic_load(&is_stopping))
            accept_one(relays, &n);
    }
    while (n > 0)
        relay_close(&relays[--n]);
    return NULL;
}

void proxy_start(const char *server_folder, const char *folder)
{
    struct sockaddr_un address = address_in(folder);
    server_address = address_in(server_folder);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, MAX_PEERS) != 0)
        die(address.sun_path);
    atomic_store(&is_stopping, false);
    if (pthread_create(&thread, NULL, proxy_run, NULL) != 0)
        die("proxy thread");
}

void proxy_cut_next(enum proxy_cut cut)
{
    atomic_store(&wanted_cut, (int)cut);
}

int proxy_cuts(void)
{
    return atomic_load(&n_cuts);
}

void proxy_stop(void)
{
    atomic_store(&is_stopping, true);
    (void)shutdown(listener, SHUT_RDWR); /* wakes poll() */
    (void)pthread_join(thread, NULL);
    (void)close(listener);
}
