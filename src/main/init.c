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

/* headgate init: the first tenant, its keys and its administrator. */

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

int main_init(struct main_context *context)
{
    struct main_server server = {0};
    struct hg_json made;
    struct hg_err err = {0};
    main_server_fill(&server, context);
    enum hg_code code = make(context, &server, &made, &err);
    main_server_close(&server);
    if (code != HG_OK)
        return main_fail_code(context, code, &err);
    (void)fputs("headgate: write the password down: it is shown once\n", stderr);
    return main_show(context, &made, CLI_EXIT_OK);
}
