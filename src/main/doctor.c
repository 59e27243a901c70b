#include "app/app.h"
#include "base/base.h"
#include "cli/cli.h"
#include "edge/clock.h"
#include "edge/files.h"
#include "edge/http_client.h"
#include "edge/places.h"
#include "edge/tls_files.h"
#include "main/main.h"
#include "main/server.h"

#include <stdbool.h>
#include <stddef.h>

/* headgate doctor: what keeps a server from starting, or people from using it. A running server
 * is asked; without one its store is opened as the server would. */

enum { EXPIRES_SOON_DAYS = 21 };

enum state { OK, ADVICE, PROBLEM };

struct examination {
    struct main_context *context;
    struct hg_json rows;
    bool is_running;
    bool has_problem;
};

static void find(struct examination *x, const char *check, enum state state, hg_str detail,
                 const char *next)
{
    static const char *const names[] = {[OK] = "ok", [ADVICE] = "advice", [PROBLEM] = "problem"};
    struct hg_arena *arena = x->context->arena;
    struct hg_json row = hg_json_object();
    hg_json_put(arena, &row, "check", hg_json_z(check));
    hg_json_put(arena, &row, "state", hg_json_z(names[state]));
    hg_json_put_str(arena, &row, "detail", hg_str_dup(arena, detail));
    hg_json_put(arena, &row, "next", hg_json_z(state == OK ? "" : next));
    hg_json_push(arena, &x->rows, row);
    x->has_problem |= state == PROBLEM;
}

/* Whether something answers /readyz at DATA/admin.sock, and with what. */
static bool ask_server(struct main_context *context, unsigned *status)
{
    struct edge_http_client *client = NULL;
    struct http_client port;
    struct http_answer answer = {0};
    const struct edge_http_options options = {.max_connections = 1};
    hg_str path =
        hg_str_format(context->arena, "%.*s/admin.sock", HG_ARG(context->config.server_data));
    const struct edge_egress rules = {.is_private_allowed = true,
                                      .unix_socket = hg_str_z(context->arena, path)};
    const struct http_call call = {.method = HG_STR("GET"),
                                   .url = HG_STR("http://localhost/readyz")};
    bool answers = edge_http_client_open(&options, &client, NULL) == HG_OK &&
                   edge_http_client_port(client, &rules, &port, NULL) == HG_OK &&
                   port.send(port.self, context->arena, &call, &answer, NULL) == HG_OK;
    edge_http_client_close(client);
    *status = answer.status;
    return answers;
}

static void examine_server(struct examination *x)
{
    unsigned status = 0;
    x->is_running = ask_server(x->context, &status);
    if (!x->is_running)
        find(x, "server", ADVICE, HG_STR("none runs on this data directory"), "headgate serve");
    else if (status == 200)
        find(x, "server", OK, HG_STR("runs, and its database answers"), "");
    else
        find(x, "server", PROBLEM, HG_STR("runs, but says that it is not ready"),
             "its log on standard error says why");
}

/* As `headgate serve` would open it. Only where no server has it in hand. */
static void examine_store(struct examination *x)
{
    struct main_server server = {0};
    struct app_tenant_names names = {0};
    struct hg_err err = {0};
    main_server_fill(&server, x->context);
    enum hg_code code = main_server_open(&server, &err);
    find(x, "data directory, keys and database", code == HG_OK ? OK : PROBLEM,
         code == HG_OK ? x->context->config.server_data : hg_str_of(err.detail),
         "mend what the detail names; headgate help settings lists the settings");
    bool has_tenant =
        code == HG_OK && app_first_tenant(&server.app, x->context->arena, &names, &err) == HG_OK;
    if (code == HG_OK)
        find(x, "tenant", has_tenant ? OK : PROBLEM,
             has_tenant ? names.domain : HG_STR("there is none"), "headgate init --tenant DOMAIN");
    main_server_close(&server);
}

static void examine_certificate(struct examination *x, hg_time now)
{
    const struct config *config = &x->context->config;
    struct hg_arena *arena = x->context->arena;
    struct edge_tls_files files;
    struct hg_err err = {0};
    if (config->tls_certificate.len == 0) {
        find(x, "certificate", ADVICE, HG_STR("made by Headgate itself; browsers do not trust it"),
             "set tls.certificate and tls.key, or put nginx in front");
        return;
    }
    if (edge_tls_load(arena, hg_str_z(arena, config->tls_certificate),
                      hg_str_z(arena, config->tls_key), &files, &err) != HG_OK) {
        find(x, "certificate", PROBLEM, hg_str_of(err.detail), "set tls.certificate and tls.key");
        return;
    }
    int64_t days = hg_time_since(files.expires, now).us / HG_DAYS(1).us;
    enum state state = days < 0 ? PROBLEM : days < EXPIRES_SOON_DAYS ? ADVICE : OK;
    find(x, "certificate", state,
         hg_str_format(arena, "valid until %.*s", HG_ARG(hg_time_rfc3339(arena, files.expires))),
         "renew it, and restart the server");
}

/* Countries are as good as the file that they come from. */
static void examine_places(struct examination *x, hg_time now)
{
    const struct config *config = &x->context->config;
    struct hg_arena *arena = x->context->arena;
    struct edge_places *places = NULL;
    struct hg_err err = {0};
    hg_time built;
    if (config->geo_database.len == 0) {
        find(x, "country database", ADVICE,
             HG_STR("none is set: every country is unknown, and policies that name countries see "
                    "none"),
             "set geo.database to a file in MaxMind's format");
        return;
    }
    enum hg_code code = edge_places_open(&places, &err);
    if (code == HG_OK)
        code = edge_places_load(places, hg_str_z(arena, config->geo_database), &err);
    if (code == HG_OK)
        code = edge_places_built(places, &built, &err);
    edge_places_close(places);
    if (code != HG_OK) {
        find(x, "country database", PROBLEM, hg_str_of(err.detail), "set geo.database");
        return;
    }
    bool is_old = hg_time_since(now, built).us > config->geo_max_age.us;
    find(x, "country database", is_old ? ADVICE : OK,
         hg_str_format(arena, "built %.*s", HG_ARG(hg_time_rfc3339(arena, built))),
         "put a newer file in its place, then send the server SIGHUP");
}

static void examine_settings(struct examination *x)
{
    const struct config *config = &x->context->config;
    bool has_url = config->server_base_url.len > 0;
    find(x, "address", has_url ? OK : ADVICE,
         has_url ? config->server_base_url
                 : HG_STR("https://localhost alone: links and issuers work on this machine only"),
         "set server.base_url to the address that clients use");
    bool is_blind = config->server_plain_listen.is_set && config->server_trusted_proxies.n == 0;
    find(x, "proxies", is_blind ? PROBLEM : OK,
         is_blind ? HG_STR("server.plain_listen is set and nobody's X-Forwarded-For is believed: "
                           "every sign-in seems to come from the proxy")
                  : HG_STR("sign-ins have their own addresses"),
         "set server.trusted_proxies to the proxy's address");
    find(x, "mail server", config->smtp_server.is_set ? OK : ADVICE,
         config->smtp_server.is_set ? config->smtp_server.host : HG_STR("none is set"),
         "set smtp.server; flows that send mail fail until then");
}

int main_doctor(struct main_context *context)
{
    struct examination x = {.context = context, .rows = hg_json_array()};
    struct edge_clock *clock = NULL;
    struct hg_err err = {0};
    enum hg_code code = edge_clock_open(EDGE_CLOCK_WALL, (hg_time){0}, &clock, &err);
    if (code != HG_OK)
        return main_fail_code(context, code, &err);
    examine_server(&x);
    if (!x.is_running)
        examine_store(&x);
    examine_certificate(&x, edge_clock_now(clock));
    examine_settings(&x);
    examine_places(&x, edge_clock_now(clock));
    edge_clock_close(clock);
    return main_show(context, &x.rows, x.has_problem ? CLI_EXIT_FAILED : CLI_EXIT_OK);
}
