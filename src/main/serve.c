#include "app/app.h"
#include "base/base.h"
#include "cli/cli.h"
#include "edge/clock.h"
#include "edge/files.h"
#include "edge/signals.h"
#include "main/main.h"
#include "main/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SEED_ARENA = 512 << 20, RELOAD_ARENA = 1 << 20 };

/* What `serve --dev` begins with when it is given no seed. */
extern const hg_str main_development_seed;

/* The file and what is wrong in it. */
static enum hg_code blame_seed(struct main_context *context, enum hg_code code,
                               const struct hg_err *why, struct hg_err *err)
{
    hg_str path = HG_STR("the development seed");
    (void)cli_get(context->call, "seed", &path);
    return HG_FAIL(err, code, "%.*s: %s", HG_ARG(path), why->detail);
}

static enum hg_code read_seed(struct main_context *context, struct hg_arena *arena, bool is_dev,
                              struct hg_json *out, bool *found, struct hg_err *err)
{
    hg_str path;
    hg_str text = main_development_seed;
    *found = cli_get(context->call, "seed", &path);
    if (*found) {
        hg_str bytes;
        HG_TRY(edge_file_read(arena, hg_str_z(arena, path), HG_MAX_FILE, &bytes, err));
        struct hg_err why = {0};
        enum hg_code code = hg_utf_text(arena, bytes, &text, &why);
        if (code != HG_OK)
            return blame_seed(context, code, &why, err);
    } else if (!is_dev) {
        return HG_OK;
    }
    *found = true;
    struct hg_err why = {0};
    enum hg_code code = hg_json_parse(arena, text, HG_JSON_TOLERANT, &hg_json_file, out, &why);
    return code == HG_OK ? HG_OK : blame_seed(context, code, &why, err);
}

/* A seed fills an empty database and leaves a filled one alone. */
static enum hg_code apply_seed(struct main_context *context, struct main_server *server,
                               struct hg_arena *arena, const struct hg_json *seed,
                               struct hg_err *err)
{
    struct app_tenant_names names;
    enum hg_code code = app_first_tenant(&server->app, arena, &names, err);
    if (code != HG_NOT_FOUND)
        return code;
    struct hg_err why = {0};
    code = app_seed(&server->app, edge_clock_now(server->clock), arena, seed, &why);
    return code == HG_OK ? HG_OK : blame_seed(context, code, &why, err);
}

static enum hg_code announce(struct main_context *context, struct main_server *server,
                             const struct hg_json *seed, struct hg_err *err)
{
    hg_str path;
    hg_str ready;
    HG_TRY(main_ready_json(server, seed, &ready, err));
    if (cli_get(context->call, "ready-file", &path))
        HG_TRY(edge_file_write(hg_str_z(server->arena, path), ready, err));
    if (server->is_dev && context->terminal.out_is_tty)
        main_print(main_ready_text(server, seed));
    else if (server->is_dev)
        main_print(ready);
    else
        (void)fprintf(stderr, "headgate: ready at %.*s\n", HG_ARG(server->app.config.base_url));
    return HG_OK;
}

/* SIGHUP. Settings that are wrong are said, and the old ones stay. */
static void reload(struct main_context *context, struct main_server *server)
{
    struct hg_err err = {0};
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = hg_arena_new("reload", RELOAD_ARENA);
    struct config wanted;
    if (arena == NULL || main_load_config(context, arena, &wanted, &err) != HG_OK) {
        (void)fprintf(stderr, "headgate: the settings stay as they were: %s\n", err.detail);
        return;
    }
    if (main_server_take(server, &wanted, &err) != HG_OK)
        (void)fprintf(stderr, "headgate: %s; it stays as it was\n", err.detail);
    hg_str restart = config_restart_needed(arena, &context->config, &wanted);
    (void)fprintf(stderr, "headgate: settings were read again%s%.*s\n",
                  restart.len > 0 ? "; these need a restart: " : "", HG_ARG(restart));
}

static enum hg_code start(struct main_context *context, struct main_server *server,
                          struct hg_arena *arena, struct hg_err *err)
{
    struct hg_json seed = {0};
    bool has_seed = false;
    HG_TRY(read_seed(context, arena, server->is_dev, &seed, &has_seed, err));
    HG_TRY(main_server_open(server, err));
    if (has_seed)
        HG_TRY(apply_seed(context, server, arena, &seed, err));
    HG_TRY(main_server_listen(server, err));
    return announce(context, server, has_seed ? &seed : NULL, err);
}

static enum hg_code run(struct main_context *context, struct main_server *server,
                        struct hg_err *err)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *seed_arena = hg_arena_new("seed", SEED_ARENA);
    if (seed_arena == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "seed");
    struct edge_signals signals;
    HG_TRY(edge_signals_open(&signals, err));
    HG_TRY(start(context, server, seed_arena, err));
    while (edge_signals_wait(&signals) != EDGE_SIGNAL_STOP)
        reload(context, server);
    edge_signals_close(&signals);
    return HG_OK;
}

int main_serve(struct main_context *context)
{
    static struct main_server server; /* threads hold pointers into it until it is closed */
    struct hg_err err = {0};
    main_server_fill(&server, context);
    server.is_dev = cli_has(context->call, "dev");
    enum hg_code code = run(context, &server, &err);
    main_server_close(&server);
    return code == HG_OK ? CLI_EXIT_OK : main_fail_code(context, code, &err);
}
