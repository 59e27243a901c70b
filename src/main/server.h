#pragma once

#include "app/app.h"
#include "base/base.h"
#include "config/config.h"
#include "edge/clock.h"
#include "edge/http_client.h"
#include "edge/listener.h"
#include "edge/log_sink.h"
#include "edge/mailer.h"
#include "edge/places.h"
#include "edge/tls_files.h"

#include <pthread.h>
#include <stdatomic.h>

enum { MAIN_MAX_HOSTS = 6 };

/* A whole server in one struct: ports opened in order, closed in the reverse. */
struct main_server {
    struct hg_arena *arena;
    const struct config *config;
    bool is_dev;
    hg_str data; /* directory, absolute */

    struct edge_clock *clock;
    struct edge_log_sink *log;
    struct edge_http_client *http_client;
    struct edge_mailer mailer;
    struct edge_places *places;
    struct store *store;
    struct crypto_keyring *keyring;
    struct edge_tls_files tls;
    hg_str hosts[MAIN_MAX_HOSTS]; /* that are answered */
    size_t n_hosts;
    struct edge_listener *listener;
    struct edge_handler handler;
    struct hg_clock clock_port;
    struct app app;
    bool app_is_open;

    uint16_t port, plain_port;
    atomic_bool is_ready; /* base_url is known: requests may be answered */
    atomic_bool is_stopping;
    atomic_uint n_mails; /* kept as files */
    hg_dur drain;
    pthread_t workers[4];
    unsigned n_workers;
};

struct main_context;
/* Before it is opened: arena, settings and data directory of the command. */
void main_server_fill(struct main_server *server, struct main_context *context);
/* Everything but the listener: data directory, keys, store (migrated), clock, app. */
HG_MUST_USE enum hg_code main_server_open(struct main_server *server, struct hg_err *err);
/* The settings that a running server takes over (LIVE in config.def), files that they name
 * included. A failure names the file; what it was before stays, the rest is taken. */
HG_MUST_USE enum hg_code main_server_take(struct main_server *server, const struct config *config,
                                          struct hg_err *err);
/* Listeners and workers; afterwards requests are answered. */
HG_MUST_USE enum hg_code main_server_listen(struct main_server *server, struct hg_err *err);
/* Drains, stops the workers, closes what is open. Safe after a failure of either. */
void main_server_close(struct main_server *server);

/* The ready file's JSON (architecture part 6). */
HG_MUST_USE enum hg_code main_ready_json(struct main_server *server, const struct hg_json *seed,
                                         hg_str *out, struct hg_err *err);
/* The same for a person in front of a terminal. `seed` may be NULL. */
hg_str main_ready_text(struct main_server *server, const struct hg_json *seed);
