#include "main/server.h"

#include "app/app.h"
#include "base/base.h"
#include "config/config.h"
#include "edge/clock.h"
#include "edge/files.h"
#include "edge/http_client.h"
#include "edge/keyring.h"
#include "edge/listener.h"
#include "edge/log_sink.h"
#include "edge/mailer.h"
#include "edge/places.h"
#include "edge/rng.h"
#include "edge/store_open.h"
#include "edge/tls_files.h"
#include "main/main.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

enum { WORK_ARENA = 128 << 20, N_WORKERS = 2 };

static const char *path_in(struct main_server *server, const char *name)
{
    return hg_str_z(server->arena,
                    hg_str_format(server->arena, "%.*s/%s", HG_ARG(server->data), name));
}

/* --- Opening -------------------------------------------------------------------- */

static enum hg_code open_folder(struct main_server *server, struct hg_err *err)
{
    return edge_dir_make(hg_str_z(server->arena, server->data), err);
}

static enum hg_code open_clock(struct main_server *server, struct hg_err *err)
{
    enum edge_clock_kind kind = server->is_dev ? EDGE_CLOCK_DEVELOPMENT : EDGE_CLOCK_WALL;
    return edge_clock_open(kind, (hg_time){0}, &server->clock, err);
}

static enum hg_code open_log(struct main_server *server, struct hg_err *err)
{
    return edge_log_sink_open(NULL, &server->log, err);
}

static enum hg_code open_places(struct main_server *server, struct hg_err *err)
{
    HG_TRY(edge_places_open(&server->places, err));
    return main_server_take(server, server->config, err);
}

static enum hg_code open_keyring(struct main_server *server, struct hg_err *err)
{
    struct hg_random random = edge_random_kernel();
    return edge_keyring_open(server->arena, path_in(server, "keys"), &random, &server->keyring,
                             err);
}

static enum hg_code open_store(struct main_server *server, struct hg_err *err)
{
    const struct config *config = server->config;
    hg_str url =
        config->server_store.len > 0
            ? config->server_store
            : hg_str_format(server->arena, "sqlite:%.*s/headgate.db", HG_ARG(server->data));
    const struct edge_store_options options = {.is_relaxed = config->sqlite_synchronous ==
                                                             CONFIG_SYNCHRONOUS_NORMAL};
    HG_TRY(edge_store_open(url, &options, &server->store, err));
    return store_migrate(server->store, &store_migrations, err);
}

static enum hg_code open_tls(struct main_server *server, struct hg_err *err)
{
    const struct config *config = server->config;
    if (config->tls_certificate.len > 0)
        return edge_tls_load(server->arena, hg_str_z(server->arena, config->tls_certificate),
                             hg_str_z(server->arena, config->tls_key), &server->tls, err);
    struct hg_random random = edge_random_kernel();
    const struct edge_tls_development spec = {
        .dir = path_in(server, "tls"),
        .now = edge_clock_now(server->clock), /* not moved yet: the machine's */
        .random = &random,
    };
    return edge_tls_develop(server->arena, &spec, &server->tls, err);
}

/* A development server without a mail server keeps mail as files: DATA/mail/TIME.eml. */
static enum hg_code keep_mail(struct main_server *server, hg_str message, struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("mail", 64 << 10);
    if (arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "mail");
    hg_str dir = hg_str_format(arena, "%.*s/mail", HG_ARG(server->data));
    unsigned n = atomic_fetch_add(&server->n_mails, 1);
    long long at = (long long)edge_clock_now(server->clock).us;
    hg_str path = hg_str_format(arena, "%.*s/%lld-%u.eml", HG_ARG(dir), at, n);
    HG_TRY(edge_dir_make(hg_str_z(arena, dir), err));
    return edge_file_write(hg_str_z(arena, path), message, err);
}

static enum hg_code send_mail(void *self, hg_str from, const hg_str *to, size_t n_to,
                              hg_str message, struct hg_err *err)
{
    struct main_server *server = self;
    bool has_server = server->config->smtp_server.is_set;
    if (!has_server && server->is_dev)
        return keep_mail(server, message, err);
    if (!has_server)
        return HG_FAIL(err, HG_UNAVAILABLE, "no mail server is set (smtp.server)");
    const struct edge_mail mail = {
        .from = from, .recipients = to, .n_recipients = n_to, .text = message};
    return edge_mailer_send(&server->mailer, &mail, err);
}

static struct app_place find_place(void *self, struct hg_arena *arena, struct hg_ip ip)
{
    struct main_server *server = self;
    struct edge_place place = edge_places_find(server->places, arena, ip);
    return (struct app_place){
        .country = place.country,
        .region = place.region,
        .city = place.city,
        .has_point = place.has_point,
        .latitude = place.latitude,
        .longitude = place.longitude,
    };
}

static enum hg_code open_mailer(struct main_server *server, struct hg_err *err)
{
    const struct config_address *to = &server->config->smtp_server;
    if (!to->is_set)
        return HG_OK;
    hg_str url = hg_str_format(server->arena, "smtp://%.*s:%u", HG_ARG(to->host), to->port);
    const struct edge_mailer_options options = {.url = hg_str_z(server->arena, url)};
    return edge_mailer_init(&server->mailer, &options, err);
}

/* Flows may call the server's own services and what is public; a development server also
 * what else runs on the developer's machine. */
static enum hg_code open_client(struct main_server *server, struct hg_err *err)
{
    const struct edge_http_options options = {
        .ca_file =
            server->tls.ca_path.len > 0 ? hg_str_z(server->arena, server->tls.ca_path) : NULL};
    return edge_http_client_open(&options, &server->http_client, err);
}

static enum hg_code open_app(struct main_server *server, struct hg_err *err)
{
    const struct config *config = server->config;
    server->clock_port = edge_clock_port(server->clock);
    server->app = (struct app){
        .store = server->store,
        .mailer = {send_mail, server},
        .places = {find_place, server},
        .clock = server->clock_port,
        .random = edge_random_kernel(),
        .events = edge_log_sink_port(server->log),
        .keyring = server->keyring,
        .config =
            {
                .base_url = config->server_base_url,
                .mail_from = config->smtp_from,
                .is_dev = server->is_dev,
                .max_body = (size_t)config->limits_body,
                .max_policies = (size_t)config->limits_policies,
                .max_locations = (size_t)config->limits_named_locations,
                .max_ranges = (size_t)config->limits_location_ranges,
                .argon2_memory_kib = (uint32_t)config->argon2_memory,
                .argon2_passes = (uint32_t)config->argon2_passes,
                .argon2_concurrent = config->argon2_concurrent > 0
                                         ? (unsigned)config->argon2_concurrent
                                         : 2 * (unsigned)sysconf(_SC_NPROCESSORS_ONLN),
            },
    };
    HG_TRY(app_open(&server->app, err));
    server->app_is_open = true;
    return HG_OK;
}

void main_server_fill(struct main_server *server, struct main_context *context)
{
    server->arena = context->arena;
    server->config = &context->config;
    server->data = context->config.server_data;
}

enum hg_code main_server_take(struct main_server *server, const struct config *config,
                              struct hg_err *err)
{
    bool is_text = config->log_format == CONFIG_LOG_TEXT;
    edge_log_sink_set_form(server->log, is_text ? EVENT_TEXT : EVENT_JSON);
    server->drain = config->server_drain;
    HG_SCRATCH(server->arena);
    return edge_places_load(server->places, hg_str_z(server->arena, config->geo_database), err);
}

/* In this order: later ones use earlier ones. */
static enum hg_code (*const openings[])(struct main_server *server, struct hg_err *err) = {
    open_folder, open_clock, open_log,    open_places, open_keyring,
    open_store,  open_tls,   open_client, open_mailer, open_app,
};

enum hg_code main_server_open(struct main_server *server, struct hg_err *err)
{
    for (size_t i = 0; i < HG_COUNT(openings); i++)
        HG_TRY(openings[i](server, err));
    return HG_OK;
}

/* --- Listening ------------------------------------------------------------------- */

static size_t max_body(void *self, hg_str method, hg_str path)
{
    const struct main_server *server = self;
    return app_body_limit(&server->app, method, path);
}

static void too_large(void *self, struct hg_arena *arena, hg_time now,
                      const struct http_request *request, struct http_response *out)
{
    struct main_server *server = self;
    if (!atomic_load(&server->is_ready)) {
        http_respond(out, 413, "text/plain; charset=utf-8", HG_STR("The body is too large.\n"));
        return;
    }
    app_handle_too_large(&server->app, now, arena, request, out);
}

static void handle(void *self, struct hg_arena *arena, hg_time now,
                   const struct http_request *request, struct http_response *out)
{
    struct main_server *server = self;
    if (!atomic_load(&server->is_ready)) {
        http_respond(out, 503, "text/plain; charset=utf-8", HG_STR("Starting. Try again.\n"));
        http_set_field(out, "Retry-After", HG_STR("1"));
        return;
    }
    app_handle(&server->app, now, arena, request, out);
}

static enum hg_code bind_all(struct main_server *server, struct hg_err *err)
{
    const struct config *config = server->config;
    const struct edge_binding tls = {
        .kind = EDGE_BINDING_TLS,
        .host = config->server_listen.host,
        .port = config->server_listen.port,
        .cert_pem = server->tls.cert_pem,
        .key_pem = server->tls.key_pem,
        .handler = &server->handler,
    };
    const struct edge_binding plain = {
        .kind = EDGE_BINDING_PLAIN,
        .host = config->server_plain_listen.host,
        .port = config->server_plain_listen.port,
        .handler = &server->handler,
    };
    const struct edge_binding local = {
        .kind = EDGE_BINDING_LOCAL,
        .path = path_in(server, "admin.sock"),
        .handler = &server->handler,
    };
    uint16_t none;
    HG_TRY(edge_listener_bind(server->listener, &tls, &server->port, err));
    if (config->server_plain_listen.is_set)
        HG_TRY(edge_listener_bind(server->listener, &plain, &server->plain_port, err));
    return edge_listener_bind(server->listener, &local, &none, err);
}

static enum hg_code set_base_url(struct main_server *server, struct hg_err *err)
{
    struct app_config *config = &server->app.config;
    if (config->base_url.len == 0)
        config->base_url = hg_str_format(server->arena, "https://localhost:%u", server->port);
    if (server->is_dev)
        config->clock_url =
            hg_str_format(server->arena, "%.*s/api/clock", HG_ARG(config->base_url));
    hg_str own = hg_str_format(server->arena, "localhost:%u", server->port);
    const struct edge_egress rules = {
        .is_private_allowed = server->is_dev, .hosts = &own, .n_hosts = 1};
    return edge_http_client_port(server->http_client, &rules, &server->app.client, err);
}

/* --- Workers ---------------------------------------------------------------------- */

static void *work(void *self)
{
    struct main_server *server = self;
    struct hg_arena *arena = hg_arena_new("worker", WORK_ARENA);
    while (arena != NULL && !atomic_load(&server->is_stopping)) {
        bool did = false;
        hg_time due = {INT64_MAX};
        struct hg_err err = {0};
        hg_arena_reset(arena);
        hg_time now = edge_clock_now(server->clock);
        enum hg_code code = app_work(&server->app, now, arena, &did, &due, &err);
        if (code != HG_OK) /* the store did not answer: not at once again */
            due = hg_time_add(now, HG_SECONDS(1));
        if (!did || code != HG_OK)
            (void)edge_clock_wait(server->clock, due);
    }
    hg_arena_free(arena);
    edge_clock_wake(server->clock); /* one waiter a wake: the next worker is to see the end too */
    return NULL;
}

static void wake(void *self)
{
    struct main_server *server = self;
    edge_clock_wake(server->clock);
}

static enum hg_code start_workers(struct main_server *server, struct hg_err *err)
{
    server->app.wake_worker = wake;
    server->app.wake_self = server;
    for (unsigned i = 0; i < N_WORKERS; i++) {
        if (pthread_create(&server->workers[i], NULL, work, server) != 0)
            return HG_FAIL(err, HG_NO_MEMORY, "worker thread");
        server->n_workers = i + 1;
    }
    return HG_OK;
}

/* As it stands in a Host field: an IPv6 address has brackets there. */
static void add_host(struct main_server *server, hg_str host)
{
    bool is_v6 = hg_str_find_byte(host, ':') != HG_NPOS;
    if (host.len > 0)
        server->hosts[server->n_hosts++] =
            is_v6 ? hg_str_format(server->arena, "[%.*s]", HG_ARG(host)) : host;
}

/* The names that requests may be made to. A page with links, a token with an issuer are for
 * the browser that asked: one that was led here under another name gets neither. */
static void name_hosts(struct main_server *server)
{
    const struct config *config = server->config;
    struct http_url base;
    server->n_hosts = 0;
    add_host(server, HG_STR("localhost"));
    add_host(server, HG_STR("127.0.0.1"));
    add_host(server, HG_STR("::1"));
    add_host(server, config->server_listen.host);
    add_host(server, config->server_plain_listen.host);
    if (http_url_parse(config->server_base_url, &base, NULL) == HG_OK)
        add_host(server, base.host);
}

enum hg_code main_server_listen(struct main_server *server, struct hg_err *err)
{
    const struct config *config = server->config;
    server->handler = (struct edge_handler){
        .max_body = max_body, .too_large = too_large, .handle = handle, .self = server};
    name_hosts(server);
    const struct edge_listener_options options = {
        .clock = &server->clock_port,
        .deadlines = {.head = config->limits_request_time},
        .n_threads = (unsigned)config->server_threads,
        .max_connections = (unsigned)config->limits_connections,
        .max_per_peer = (unsigned)config->limits_connections_per_address,
        .trusted_proxies = config->server_trusted_proxies.items,
        .n_trusted_proxies = config->server_trusted_proxies.n,
        .hosts = server->hosts,
        .n_hosts = server->n_hosts,
        .asks_certificates = config->device_mtls == CONFIG_MTLS_ON,
        .certificate_field = config->device_proxy_field,
    };
    HG_TRY(edge_listener_open(&options, &server->listener, err));
    HG_TRY(bind_all(server, err));
    server->app.replies = edge_listener_replies(server->listener);
    HG_TRY(set_base_url(server, err));
    HG_TRY(start_workers(server, err));
    atomic_store(&server->is_ready, true);
    return HG_OK;
}

/* --- Closing ----------------------------------------------------------------------- */

void main_server_close(struct main_server *server)
{
    if (server->listener != NULL)
        (void)edge_listener_drain(server->listener, server->drain);
    atomic_store(&server->is_stopping, true);
    if (server->n_workers > 0)
        edge_clock_wake(server->clock);
    for (unsigned i = 0; i < server->n_workers; i++)
        (void)pthread_join(server->workers[i], NULL);
    edge_listener_close(server->listener);
    if (server->app_is_open)
        app_close(&server->app);
    edge_http_client_close(server->http_client);
    store_close(server->store);
    crypto_keyring_free(server->keyring);
    edge_places_close(server->places);
    edge_log_sink_close(server->log);
    edge_clock_close(server->clock);
}
