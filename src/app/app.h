#pragma once

#include "base/base.h"

// IWYU pragma: begin_exports (the ports that main hands in)
#include "crypto/crypto.h"
#include "event/event.h"
#include "http/http.h"
#include "store/store.h"
// IWYU pragma: end_exports

/* The shell: one file per use case. Each loads facts, calls the core, and carries
 * out the effects in one commit. It sees ports, never the world: main hands in the
 * store, the HTTP client, mail, randomness and time. */

struct app_mailer {
    /* `message` is RFC 5322 text, CRLF lines. HG_UNAVAILABLE: the mail server did not take it. */
    enum hg_code (*send)(void *self, hg_str from, const hg_str *to, size_t n_to, hg_str message,
                         struct hg_err *err);
    void *self;
};

/* Where an address is, as the operator's database says. What is not known is empty. */
struct app_place {
    hg_str country; /* ISO 3166 alpha-2, upper case */
    hg_str region, city;
    bool has_point;
    double latitude, longitude; /* degrees */
};

struct app_places {
    struct app_place (*find)(void *self, struct hg_arena *arena, struct hg_ip ip);
    void *self;
};

struct app_config {
    hg_str base_url;  /* "https://localhost:8443", no trailing slash */
    hg_str clock_url; /* "" outside --dev */
    hg_str mail_from;
    bool is_dev;
    size_t max_body; /* of a request, but for those that call flows and their services */
    size_t max_policies, max_locations, max_ranges; /* conditional access (1.8) */
    uint32_t argon2_memory_kib, argon2_passes;
    unsigned argon2_concurrent; /* password checks at once; past them and a short queue: 503 */
};

struct app_caches; /* tenant snapshots; private to app */

struct app {
    struct store *store;
    struct http_client client;
    struct http_replies replies;
    struct app_mailer mailer;
    struct app_places places; /* of addresses; find is NULL: there is no database */
    struct hg_clock clock;    /* its movers are NULL outside --dev; a request has its own `now` */
    struct hg_random random;
    struct event_sink events;
    const struct crypto_keyring *keyring; /* seals and MACs */
    struct app_config config;
    struct app_caches *caches;       /* made by app_open */
    void (*wake_worker)(void *self); /* something became due now; may be NULL */
    void *wake_self;
};

/* Makes caches, joins the store, and takes over what dead processes had in hand. HG_CONFLICT:
 * the store is in use and takes one process only. */
HG_MUST_USE enum hg_code app_open(struct app *app, struct hg_err *err);
void app_close(struct app *app);

/* Answers one request: finds the route, authenticates the caller, runs the handler.
 * *response is complete afterwards, whatever happened, and lives in `arena`. */
void app_handle(struct app *app, hg_time now, struct hg_arena *arena,
                const struct http_request *request, struct http_response *response);

/* The refusal (413) of a request whose body is past app_body_limit and was not read. Asks
 * nothing of the store. */
void app_handle_too_large(struct app *app, hg_time now, struct hg_arena *arena,
                          const struct http_request *request, struct http_response *response);

/* What the listener asks before it has the body: the most bytes the route takes. */
size_t app_body_limit(const struct app *app, hg_str method, hg_str path);

/* Does one thing that is due at `now` (a timer, a poll, a step of a run). *did is false
 * when nothing was due; *next_due is when to call again (INT64_MAX µs: nothing planned).
 * Called by main's workers and, until nothing is due, by the clock route. */
HG_MUST_USE enum hg_code app_work(struct app *app, hg_time now, struct hg_arena *arena, bool *did,
                                  hg_time *next_due, struct hg_err *err);

/* Applies a seed (architecture part 6, "Seed file"): whole or not at all. On HG_MALFORMED
 * err->detail names the member ("users[2].pasword: unknown member"). */
HG_MUST_USE enum hg_code app_seed(struct app *app, hg_time now, struct hg_arena *arena,
                                  const struct hg_json *seed, struct hg_err *err);

/* The tenant this server's ready file speaks of: its first. HG_NOT_FOUND: none yet. */
struct app_tenant_names {
    hg_str id, domain, display_name;
};
HG_MUST_USE enum hg_code app_first_tenant(struct app *app, struct hg_arena *arena,
                                          struct app_tenant_names *out, struct hg_err *err);

/* Every table the program has, for the check of descriptions against migrations. */
extern const struct store_table *const app_tables[];
extern const size_t app_n_tables;
