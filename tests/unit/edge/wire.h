#pragma once

#include "edge/clock.h"
#include "edge/listener.h"
#include "unit/test.h"

#include <pthread.h>

/* A listener on loopback with a handler that tests steer, and clients that write
 * raw bytes. No test sleeps: a client waits for the other side with poll(), up
 * to WIRE_PATIENCE_MS, after which the test fails. */
enum { WIRE_PATIENCE_MS = 20000, WIRE_ANSWER_ROOM = 256 << 10 };

/* What the handler does, by path:
 *   /echo    tells the request: "METHOD path?query peer scheme host local body"
 *   /hold    waits until wire_release(); counted in n_held
 *   /defer   a deferred answer; the fallback is 202 "later", or none for ?silent
 *   /quick   a document made beforehand
 *   /big     ?n=BYTES: an answer of that size
 *   /lasts   "made N" for its Nth run; the answer holds for an hour
 *   /nothing sets no status
 *   /limit   takes 100 bytes of body; a larger one is answered "METHOD path at now" */
struct wire {
    struct edge_clock *clock;
    struct hg_clock clock_port;
    struct edge_handler handler;
    struct edge_listener *listener;
    struct edge_document *document;
    struct http_replies replies;
    uint16_t port; /* plain */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned n_held, n_released, n_made;
    uint64_t deferred_id;
    bool completes_early; /* complete() before the handler returns */
};

/* Starts with plain HTTP on 127.0.0.1; ends the test on failure. */
void wire_start(struct wire *wire, const struct edge_listener_options *options);
void wire_stop(struct wire *wire);
void wire_await_held(struct wire *wire, unsigned n);
void wire_release(struct wire *wire, unsigned n);
uint64_t wire_await_deferred(struct wire *wire);

struct wire_client {
    char *text; /* what came, NUL-terminated */
    size_t len;
    int fd;
    bool is_ended; /* the other side closed */
};

struct wire_client wire_connect(uint16_t port);
bool wire_can_connect(uint16_t port);
struct wire_client wire_connect_local(const char *path);
void wire_leave_socket(const char *path); /* as a process that died does */
void wire_send(struct wire_client *client, hg_str bytes);
void wire_send_z(struct wire_client *client, const char *text);
/* Until the answers (without HEAD's body) are complete: n of them. */
void wire_read_answers(struct wire_client *client, unsigned n);
void wire_read_to_end(struct wire_client *client); /* until the other side closes */
/* Whichever gets an answer first. */
struct wire_client *wire_first_of(struct wire_client *a, struct wire_client *b);
void wire_forget(struct wire_client *client); /* drops what was read so far */
bool wire_has(const struct wire_client *client, const char *text);
unsigned wire_status(const struct wire_client *client); /* of the first answer; 0: none */
void wire_close(struct wire_client *client);

/* One request on a connection of its own that the server closes after. */
struct wire_client wire_exchange(uint16_t port, hg_str bytes);
