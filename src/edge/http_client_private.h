#pragma once

#include "edge/http_client.h"

#include <curl/curl.h>
#include <pthread.h>

/* One call on its way through the client's thread. It lies on the stack of
 * send(), which waits for is_done; in between only that thread touches it. */
struct edge_call {
    struct edge_call *next;
    const struct edge_port *port;
    CURL *easy;
    CURLU *url;
    struct curl_slist *fields;
    char *method;
    hg_str host; /* "host:port" as curl understood the URL */
    bool is_exempt;
    bool is_refused; /* by the guard */
    bool is_too_big;
    bool is_out_of_memory;
    struct hg_ip refused;
    struct edge_growing {
        char *bytes;
        size_t len, room, max;
    } head, body;
    char error[CURL_ERROR_SIZE];
    CURLcode result;
    pthread_cond_t done;
    bool is_done;
};

struct edge_port {
    struct edge_http_client *client;
    struct edge_egress rules;
};

struct edge_http_client {
    struct edge_http_options options;
    struct hg_arena *arena; /* copies of options and rules; guarded by lock */
    CURLM *multi;
    pthread_t thread;
    bool is_started;
    pthread_mutex_t lock;
    struct edge_call *waiting; /* not yet taken by the thread; guarded by lock */
    struct edge_call *running; /* the thread's own */
    bool is_ending;
    unsigned n_callers; /* inside send(); closing waits for them to leave */
    pthread_cond_t left;
};

/* http_call.c: from http_call to a curl handle, and from its result to http_answer. */
HG_MUST_USE enum hg_code edge_call_prepare(struct hg_arena *arena, const struct edge_port *port,
                                           const struct http_call *call, struct edge_call *out,
                                           struct hg_err *err);
HG_MUST_USE enum hg_code edge_call_answer(struct hg_arena *arena, const struct edge_call *call,
                                          struct http_answer *out, struct hg_err *err);
void edge_call_fini(struct edge_call *call);

/* egress.c */
void edge_egress_guard(struct edge_call *call);
