#pragma once

#include "base/base.h"
#include "crypto/crypto.h"
#include "event/event.h"
#include "http/http.h"
#include "model/model.h"
#include "store/store.h"

/* The shell: one file per use case. Each loads facts, calls the core, and carries
 * out the effects in one commit. It sees ports, never the world: main hands in the
 * store, the HTTP client, mail, randomness and time. */

struct app_mailer {
    enum hg_code (*send)(void *self, hg_str from, const hg_str *to, size_t n_to, hg_str message,
                         struct hg_err *err); /* message: RFC 5322 text */
    void *self;
};

/* What a development server lets tests do; absent (NULL functions) in production. */
struct app_clock {
    hg_time (*now)(void *self);
    void (*set)(void *self, hg_time now); /* only forward timers; NULL: no development clock */
    void *self;
};

struct app_config {
    hg_str base_url; /* "https://localhost:8443", no trailing slash */
    hg_str mail_from;
    bool is_dev;
    uint32_t argon2_memory_kib, argon2_passes;
};

struct app_caches; /* signing keys, tenant snapshots; app/caches.h */

struct app {
    struct store *store;
    struct http_client client;
    struct http_replies replies;
    struct app_mailer mailer;
    struct app_clock clock;
    struct hg_random random;
    struct event_sink events;
    const struct crypto_keyring *keyring; /* key-encryption keys, MAC keys */
    struct app_config config;
    struct app_caches *caches;
    void (*wake_worker)(void *self); /* a run became due now */
    void *wake_self;
};

/* One request or timer event: one now, one arena, one correlation id. */
struct app_call {
    struct app *app;
    hg_time now;
    struct hg_arena *arena;
    const struct http_request *request; /* NULL for timers */
    const struct http_params *params;
    struct http_response *response;
    hg_str correlation_id, trace_id;
    struct hg_err err; /* detail for the event of a failed request */
};

/* A handler answers always: it fills call->response, whatever happened. A code
 * other than HG_OK is an internal failure: the dispatcher answers 500/503 in the
 * route's error shape and records request.failed. */
typedef enum hg_code app_handler(struct app_call *call);

/* Route table: src/app/routes.def, one row each: surface, methods, pattern, handler. */
enum app_surface { APP_OAUTH, APP_PAGE, APP_GRAPH, APP_FLOW, APP_OWN, APP_SERVICE };

/* Dispatches one request: finds the route, runs the handler, renders errors. */
void app_handle(struct app *app, hg_time now, struct hg_arena *arena,
                const struct http_request *request, struct http_response *response);

/* Does what is due at `now` (timers, polls, runs); *next_due is when to call again
 * (INT64_MAX us: nothing planned). Called by main's workers and by the clock route. */
HG_MUST_USE enum hg_code app_work(struct app *app, hg_time now, struct hg_arena *arena,
                                  hg_time *next_due, bool *did_something, struct hg_err *err);

HG_MUST_USE enum hg_code app_open(struct app *app, struct hg_err *err);  /* makes caches */
void app_close(struct app *app);
