#include "base/base.h"
#include "edge/clock.h"
#include "edge/listener.h"
#include "edge/listener_private.h"
#include "http/http.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Deferred answers. defer() makes an entry; the connection is attached when the
 * handler returns, which may be after another thread called complete(). Whoever
 * takes the entry out, under the lock, gives the answer: complete, the deadline,
 * or the end of the listener. */
struct reply {
    struct reply *next;
    uint64_t id;
    struct edge_connection *connection; /* NULL until attached */
    struct http_response *response;     /* a copy: the fallback, or what complete() brought */
    bool is_completed;
    hg_time deadline;
};

enum { N_BUCKETS = 1024 };

struct edge_replies {
    struct edge_listener *listener;
    pthread_mutex_t lock;
    uint64_t last_id;
    size_t n;
    struct reply *buckets[N_BUCKETS]; /* by id */
};

static void put_text(char **room, hg_str *text)
{
    if (text->len > 0)
        memcpy(*room, text->ptr, text->len);
    text->ptr = *room;
    *room += text->len;
}

static size_t text_size(const struct http_response *response)
{
    size_t size = response->body.len;
    for (size_t i = 0; i < response->n_fields; i++)
        size += response->fields[i].name.len + response->fields[i].value.len;
    return size;
}

/* One block: the response, its texts behind it. */
static struct http_response *copy_of(const struct http_response *response)
{
    struct http_response *copy = malloc(sizeof(*copy) + text_size(response));
    if (copy == NULL)
        return NULL;
    *copy = *response;
    char *room = (char *)(copy + 1);
    for (size_t i = 0; i < copy->n_fields; i++) {
        put_text(&room, &copy->fields[i].name);
        put_text(&room, &copy->fields[i].value);
    }
    put_text(&room, &copy->body);
    return copy;
}

static void reply_free(struct reply *reply)
{
    if (reply->response != NULL) {
        explicit_bzero(reply->response + 1, text_size(reply->response));
        free(reply->response);
    }
    free(reply);
}

/* Gives the entry's response, or what stands for it, to its connection. */
static void deliver(struct reply *reply)
{
    if (reply->connection == NULL)
        return;
    if (reply->response != NULL && reply->response->status != 0)
        edge_exchange_respond(reply->connection, reply->response);
    else
        edge_exchange_fail(reply->connection, 504, "no answer came in time");
}

static struct reply **find(struct edge_replies *replies, uint64_t id)
{
    struct reply **at = &replies->buckets[id % N_BUCKETS];
    while (*at != NULL && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

static struct reply *take(struct edge_replies *replies, struct reply **at)
{
    struct reply *reply = *at;
    *at = reply->next;
    reply->next = NULL;
    replies->n--;
    return reply;
}

enum hg_code edge_replies_new(struct edge_listener *listener, struct edge_replies **out,
                              struct hg_err *err)
{
    struct edge_replies *replies = calloc(1, sizeof(*replies));
    if (replies == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "deferred answers");
    replies->listener = listener;
    (void)pthread_mutex_init(&replies->lock, NULL);
    *out = replies;
    return HG_OK;
}

uint64_t edge_replies_defer(void *self)
{
    struct edge_replies *replies = self;
    struct reply *reply = calloc(1, sizeof(*reply));
    if (reply == NULL)
        return 0;
    reply->deadline = hg_time_add(edge_steady_now(), replies->listener->options.deadlines.deferred);
    (void)pthread_mutex_lock(&replies->lock);
    uint64_t id = reply->id = ++replies->last_id;
    struct reply **at = find(replies, id);
    *at = reply;
    replies->n++;
    (void)pthread_mutex_unlock(&replies->lock);
    return id;
}

void edge_replies_attach(struct edge_replies *replies, uint64_t id,
                         struct edge_connection *connection, const struct http_response *fallback)
{
    struct reply *taken = NULL;
    (void)pthread_mutex_lock(&replies->lock);
    struct reply **at = find(replies, id);
    bool is_known = *at != NULL && (*at)->connection == NULL;
    if (is_known)
        (*at)->connection = connection;
    if (is_known && (*at)->is_completed)
        taken = take(replies, at);
    else if (is_known)
        (*at)->response = copy_of(fallback);
    (void)pthread_mutex_unlock(&replies->lock);

    if (taken != NULL) {
        deliver(taken);
        reply_free(taken);
    } else if (!is_known) { /* its time was over before the handler was */
        struct reply late = {.connection = connection, .response = copy_of(fallback)};
        deliver(&late);
        free(late.response);
    }
}

void edge_replies_complete(void *self, uint64_t id, const struct http_response *response)
{
    struct edge_replies *replies = self;
    struct reply *taken = NULL;
    (void)pthread_mutex_lock(&replies->lock);
    struct reply **at = find(replies, id);
    if (*at != NULL && (*at)->connection != NULL) {
        taken = take(replies, at);
    } else if (*at != NULL && !(*at)->is_completed) {
        (*at)->response = copy_of(response);
        (*at)->is_completed = (*at)->response != NULL;
    }
    (void)pthread_mutex_unlock(&replies->lock);
    if (taken != NULL) {
        edge_exchange_respond(taken->connection, response);
        reply_free(taken);
    }
}

/* Takes the entries of one bucket whose time is over, before *due. */
static void take_due_of(struct edge_replies *replies, struct reply **at, hg_time now,
                        struct reply **due)
{
    while (*at != NULL) {
        if (hg_time_before(now, (*at)->deadline)) {
            at = &(*at)->next;
            continue;
        }
        struct reply *reply = take(replies, at);
        reply->next = *due;
        *due = reply;
    }
}

static struct reply *take_due(struct edge_replies *replies, hg_time now)
{
    struct reply *due = NULL;
    (void)pthread_mutex_lock(&replies->lock);
    for (size_t i = 0; i < N_BUCKETS && replies->n > 0; i++)
        take_due_of(replies, &replies->buckets[i], now, &due);
    (void)pthread_mutex_unlock(&replies->lock);
    return due;
}

void edge_replies_expire(struct edge_replies *replies, hg_time now)
{
    struct reply *due = take_due(replies, now);
    while (due != NULL) {
        struct reply *reply = due;
        due = reply->next;
        deliver(reply);
        reply_free(reply);
    }
}

size_t edge_replies_count(struct edge_replies *replies)
{
    (void)pthread_mutex_lock(&replies->lock);
    size_t n = replies->n;
    (void)pthread_mutex_unlock(&replies->lock);
    return n;
}

void edge_replies_free(struct edge_replies *replies)
{
    if (replies == NULL)
        return;
    edge_replies_expire(replies, (hg_time){.us = INT64_MAX});
    (void)pthread_mutex_destroy(&replies->lock);
    free(replies);
}
