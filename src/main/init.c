#include "app/app.h"
#include "base/base.h"
#include "cli/cli.h"
#include "edge/clock.h"
#include "edge/rng.h"
#include "main/main.h"
#include "main/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* headgate init: the first tenant, its keys and its administrator; and headgate doctor. */

enum { PASSWORD_BYTES = 15 };

static hg_str new_password(struct hg_arena *arena)
{
    unsigned char random[PASSWORD_BYTES];
    struct hg_random source = edge_random_kernel();
    hg_random_fill(&source, random, sizeof(random));
    return hg_b64url_encode(arena, (hg_str){(const char *)random, sizeof(random)});
}

/* A seed of one tenant and one administrator. */
static struct hg_json first_seed(struct hg_arena *arena, hg_str domain, hg_str upn, hg_str password)
{
    struct hg_json tenant = hg_json_object();
    struct hg_json user = hg_json_object();
    struct hg_json users = hg_json_array();
    struct hg_json roles = hg_json_array();
    struct hg_json seed = hg_json_object();
    hg_str local;
    hg_str rest;
    (void)hg_str_cut(upn, '@', &local, &rest);
    hg_json_put_str(arena, &tenant, "domain", domain);
    hg_json_put_str(arena, &tenant, "displayName", domain);
    hg_json_put_str(arena, &user, "userPrincipalName", upn);
    hg_json_put_str(arena, &user, "displayName", local);
    hg_json_put_str(arena, &user, "password", password);
    hg_json_push(arena, &roles, hg_json_z("Global Administrator"));
    hg_json_put(arena, &user, "roles", roles);
    hg_json_push(arena, &users, user);
    hg_json_put(arena, &seed, "tenant", tenant);
    hg_json_put(arena, &seed, "users", users);
    return seed;
}

static enum hg_code make(struct main_context *context, struct main_server *server,
                         struct hg_json *out, struct hg_err *err)
{
    struct hg_arena *arena = context->arena;
    hg_str domain;
    if (!cli_get(context->call, "tenant", &domain))
        return HG_FAIL(err, HG_MALFORMED, "--tenant DOMAIN is needed, as in --tenant contoso.test");
    hg_str upn = hg_str_format(arena, "admin@%.*s", HG_ARG(domain));
    (void)cli_get(context->call, "admin", &upn);
    struct app_tenant_names names;
    HG_TRY(main_server_open(server, err));
    enum hg_code code = app_first_tenant(&server->app, arena, &names, err);
    if (code == HG_OK)
        return HG_FAIL(err, HG_EXISTS, "there is a tenant already: %.*s", HG_ARG(names.domain));
    if (code != HG_NOT_FOUND)
        return code;
    hg_str password = new_password(arena);
    struct hg_json seed = first_seed(arena, domain, upn, password);
    HG_TRY(app_seed(&server->app, edge_clock_now(server->clock), arena, &seed, err));
    HG_TRY(app_first_tenant(&server->app, arena, &names, err));
    *out = hg_json_object();
    hg_json_put_str(arena, out, "tenantId", names.id);
    hg_json_put_str(arena, out, "domain", names.domain);
    hg_json_put_str(arena, out, "admin", upn);
    hg_json_put_str(arena, out, "password", password);
    return HG_OK;
}

static void fill_server(struct main_context *context, struct main_server *server)
{
    server->arena = context->arena;
    server->config = &context->config;
    server->data = context->config.server_data;
}

static int show(struct main_context *context, const struct hg_json *value, int exit)
{
    struct hg_buf out = hg_buf_new(context->arena, HG_MAX_FILE);
    cli_render(context->arena, context->call, value, &context->terminal, &out);
    main_print(hg_buf_view(&out));
    return exit;
}

int main_init(struct main_context *context)
{
    struct main_server server = {0};
    struct hg_json made;
    struct hg_err err = {0};
    fill_server(context, &server);
    enum hg_code code = make(context, &server, &made, &err);
    main_server_close(&server);
    if (code != HG_OK)
        return main_fail_code(context, code, &err);
    (void)fputs("headgate: write the password down: it is shown once\n", stderr);
    return show(context, &made, CLI_EXIT_OK);
}

/* --- doctor ----------------------------------------------------------------------------------- */

static void add_check(struct hg_arena *arena, struct hg_json *list, const char *check, bool ok,
                      hg_str detail, const char *next)
{
    struct hg_json row = hg_json_object();
    hg_json_put(arena, &row, "check", hg_json_z(check));
    hg_json_put(arena, &row, "state", hg_json_z(ok ? "ok" : "problem"));
    hg_json_put_str(arena, &row, "detail", detail);
    hg_json_put(arena, &row, "next", hg_json_z(ok ? "" : next));
    hg_json_push(arena, list, row);
}

/* Each is a thing that keeps a server from starting, or people from using it. */
int main_doctor(struct main_context *context)
{
    struct hg_arena *arena = context->arena;
    struct main_server server = {0};
    struct hg_err err = {0};
    struct hg_json rows = hg_json_array();
    fill_server(context, &server);
    enum hg_code code = main_server_open(&server, &err);
    add_check(
        arena, &rows, "data directory, keys and database", code == HG_OK,
        hg_str_dup(arena, code == HG_OK ? context->config.server_data : hg_str_of(err.detail)),
        "mend what the detail names; headgate help settings lists the settings");
    struct app_tenant_names names = {0};
    bool has_tenant = code == HG_OK && app_first_tenant(&server.app, arena, &names, &err) == HG_OK;
    add_check(arena, &rows, "tenant", has_tenant,
              has_tenant ? names.domain : HG_STR("there is no tenant"),
              "headgate init --tenant DOMAIN");
    add_check(arena, &rows, "mail server", context->config.smtp_server.is_set,
              context->config.smtp_server.is_set ? context->config.smtp_server.host
                                                 : HG_STR("no mail server is set"),
              "set smtp.server; flows that send mail fail until then");
    main_server_close(&server);
    bool all_ok = code == HG_OK && has_tenant;
    return show(context, &rows, all_ok ? CLI_EXIT_OK : CLI_EXIT_FAILED);
}
