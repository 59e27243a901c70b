#include "app/app.h"
#include "app/offline.h"
#include "app/offline_bundle.h"
#include "base/base.h"
#include "cli/cli.h"
#include "edge/clock.h"
#include "edge/files.h"
#include "edge/rng.h"
#include "main/main.h"
#include "main/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Commands that need no server. */

static enum hg_code read_text(struct hg_arena *arena, hg_str path, hg_str *out, struct hg_err *err)
{
    hg_str bytes;
    HG_TRY(edge_file_read(arena, hg_str_z(arena, path), HG_MAX_FILE, &bytes, err));
    return hg_utf_text(arena, bytes, out, err);
}

static enum hg_code read_json(struct main_context *context, hg_str path, struct hg_json *out,
                              struct hg_err *err)
{
    hg_str text;
    struct hg_err inner = {0};
    HG_TRY(read_text(context->arena, path, &text, err));
    enum hg_code code = hg_json_parse(context->arena, text, HG_JSON_TOLERANT | HG_JSON_LAST_WINS,
                                      &hg_json_file, out, &inner);
    return code == HG_OK ? HG_OK : HG_FAIL(err, code, "%.*s: %s", HG_ARG(path), inner.detail);
}

/* --- validate PATH… ---------------------------------------------------------------------- */

struct validation {
    struct main_context *context;
    app_offline_validate *validate;
    struct hg_json rows;
    bool all_ok;
    struct app_bundle *bundle; /* in place of `validate`: files are gathered */
};

static bool is_document(hg_str name)
{
    return hg_str_ends(name, HG_STR(".json")) || hg_str_ends(name, HG_STR(".ndjson"));
}

static enum hg_code validate_file(struct validation *v, hg_str path, struct hg_err *err)
{
    hg_str text;
    HG_TRY(read_text(v->context->arena, path, &text, err));
    if (v->bundle != NULL) {
        app_bundle_add(v->context->arena, v->bundle, path, text);
        return HG_OK;
    }
    return v->validate(v->context->arena, path, text, &v->rows, &v->all_ok, err);
}

/* A directory stands for the JSON files in it and below. */
static enum hg_code validate_path(struct validation *v, hg_str path, int depth, struct hg_err *err)
{
    enum { MAX_DEPTH = 16 };
    struct hg_arena *arena = v->context->arena;
    if (!edge_dir_exists(hg_str_z(arena, path)))
        return validate_file(v, path, err);
    if (depth > MAX_DEPTH)
        return HG_FAIL(err, HG_TOO_BIG, "%.*s: nested too deeply", HG_ARG(path));
    const hg_str *names;
    size_t n;
    HG_TRY(edge_dir_list(arena, hg_str_z(arena, path), &names, &n, err));
    for (size_t i = 0; i < n; i++) {
        hg_str inner = hg_str_format(arena, "%.*s/%.*s", HG_ARG(path), HG_ARG(names[i]));
        bool is_dir = edge_dir_exists(hg_str_z(arena, inner));
        if (is_dir || is_document(names[i]))
            HG_TRY(validate_path(v, inner, depth + 1, err));
    }
    return HG_OK;
}

static int validate(struct main_context *context, app_offline_validate *rule)
{
    struct validation v = {
        .context = context, .validate = rule, .rows = hg_json_array(), .all_ok = true};
    struct hg_err err = {0};
    for (size_t i = 0; i < context->call->n_arguments; i++) {
        enum hg_code code = validate_path(&v, context->call->arguments[i], 0, &err);
        if (code != HG_OK)
            return main_fail_code(context, code, &err);
    }
    return main_show(context, &v.rows, v.all_ok ? CLI_EXIT_OK : CLI_EXIT_FAILED);
}

static int policy_validate(struct main_context *context)
{
    return validate(context, app_offline_policy);
}

static int flow_validate(struct main_context *context)
{
    return validate(context, app_offline_flow);
}

static int connector_validate(struct main_context *context)
{
    return validate(context, app_offline_connector);
}

/* --- expression eval ------------------------------------------------------------------------ */

static enum hg_code machine_now(hg_time *out, struct hg_err *err)
{
    struct edge_clock *clock;
    HG_TRY(edge_clock_open(EDGE_CLOCK_WALL, (hg_time){0}, &clock, err));
    *out = edge_clock_now(clock);
    edge_clock_close(clock);
    return HG_OK;
}

/* One line of a batch: {"expr","context"?}. */
static enum hg_code eval_line(struct main_context *context, hg_str line, hg_time now,
                              const struct hg_random *random, struct hg_err *err)
{
    struct hg_json request;
    struct hg_json answer;
    hg_str text;
    HG_TRY(hg_json_parse(context->arena, line, HG_JSON_STRICT, &hg_json_file, &request, err));
    const struct app_offline_eval eval = {
        .expression = hg_json_str_or(hg_json_get(&request, "expr"), HG_STR("")),
        .context = hg_json_get(&request, "context"),
        .now = now,
        .random = random,
    };
    HG_TRY(app_offline_expression(context->arena, &eval, &answer, err));
    HG_TRY(hg_json_render(context->arena, &answer, &text, err));
    main_print(text);
    main_print(HG_STR("\n"));
    return HG_OK;
}

static enum hg_code eval_batch(struct main_context *context, hg_time now,
                               const struct hg_random *random, struct hg_err *err)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    enum hg_code code = HG_OK;
    while (code == HG_OK && (n = getline(&line, &room, stdin)) >= 0) {
        hg_str text = hg_str_trim((hg_str){line, (size_t)n});
        struct hg_mark mark = hg_arena_mark(context->arena);
        if (text.len > 0)
            code = eval_line(context, text, now, random, err);
        hg_arena_rewind(&mark);
    }
    free(line);
    return code;
}

static int expression_eval(struct main_context *context)
{
    struct hg_err err = {0};
    hg_time now = {0};
    struct hg_random random = edge_random_kernel();
    enum hg_code code = machine_now(&now, &err);
    if (code == HG_OK && cli_has(context->call, "batch")) {
        code = eval_batch(context, now, &random, &err);
        return code == HG_OK ? CLI_EXIT_OK : main_fail_code(context, code, &err);
    }
    struct hg_json scope;
    struct hg_json answer = {0};
    hg_str path;
    bool has_scope = cli_get(context->call, "context", &path);
    if (code == HG_OK && has_scope)
        code = read_json(context, path, &scope, &err);
    const struct app_offline_eval eval = {
        .expression = cli_argument(context->call, 0),
        .context = has_scope ? &scope : NULL,
        .now = now,
        .random = &random,
    };
    if (code == HG_OK)
        code = app_offline_expression(context->arena, &eval, &answer, &err);
    if (code != HG_OK)
        return main_fail_code(context, code, &err);
    bool ok = hg_json_bool_or(hg_json_get(&answer, "ok"), false);
    return main_show(context, &answer, ok ? CLI_EXIT_OK : CLI_EXIT_FAILED);
}

/* --- whatif --bundle ------------------------------------------------------------------------- */

static enum hg_code imagine(struct main_context *context, struct hg_json *out, struct hg_err *err)
{
    struct app_bundle bundle = app_bundle_new();
    struct validation files = {.context = context, .bundle = &bundle};
    struct hg_json request = hg_json_object();
    hg_time now;
    hg_str path;
    if (cli_get(context->call, "request", &path))
        HG_TRY(read_json(context, path, &request, err));
    cli_set_options(context->arena, context->call, &request);
    if (hg_json_get(&request, "headgate") != NULL)
        return HG_FAIL(err, HG_MALFORMED,
                       "a bundle knows no sign-ins and runs: leave --signin and --run out");
    HG_TRY(machine_now(&now, err));
    HG_TRY(validate_path(&files, cli_get_or(context->call, "bundle", ""), 0, err));
    return app_bundle_what_if(context->arena, &bundle, &request, now, out, err);
}

static int what_if(struct main_context *context)
{
    struct hg_json answer;
    struct hg_err err = {0};
    enum hg_code code = imagine(context, &answer, &err);
    return code == HG_OK ? main_show(context, &answer, CLI_EXIT_OK)
                         : main_fail_code(context, code, &err);
}

/* --- flow run -------------------------------------------------------------------------------- */

static enum hg_code optional_json(struct main_context *context, const char *option,
                                  struct hg_json *out, bool *found, struct hg_err *err)
{
    hg_str path;
    *found = cli_get(context->call, option, &path);
    return *found ? read_json(context, path, out, err) : HG_OK;
}

static enum hg_code run_flow(struct main_context *context, struct hg_json *out, struct hg_err *err)
{
    struct hg_json file;
    struct hg_json mock;
    struct hg_json body;
    bool has_mock;
    bool has_body;
    struct hg_random random = edge_random_kernel();
    struct app_offline_run run = {.file = &file, .random = &random};
    HG_TRY(machine_now(&run.now, err));
    HG_TRY(read_json(context, cli_argument(context->call, 0), &file, err));
    HG_TRY(optional_json(context, "mock", &mock, &has_mock, err));
    HG_TRY(optional_json(context, "trigger-body", &body, &has_body, err));
    run.mock = has_mock ? &mock : NULL;
    run.trigger_body = has_body ? &body : NULL;
    return app_offline_run(context->arena, &run, out, err);
}

static int flow_run(struct main_context *context)
{
    struct hg_json result;
    struct hg_err err = {0};
    enum hg_code code = run_flow(context, &result, &err);
    if (code != HG_OK)
        return main_fail_code(context, code, &err);
    hg_str status = hg_json_str_or(hg_json_path(&result, "run.status"), HG_STR(""));
    bool ok = hg_str_eq(status, HG_STR("Succeeded"));
    return main_show(context, &result, ok ? CLI_EXIT_OK : CLI_EXIT_FAILED);
}

/* --- config: that the settings could be loaded is what validate says -----------------------------
 */

static int config_show(struct main_context *context)
{
    struct hg_buf out = hg_buf_new(context->arena, HG_MAX_FILE);
    config_print(&context->config, true, &out);
    main_print(hg_buf_view(&out));
    return CLI_EXIT_OK;
}

static int config_validate(struct main_context *context)
{
    (void)context;
    return CLI_EXIT_OK;
}

/* --- totp --------------------------------------------------------------------------------------
 */

static int totp(struct main_context *context)
{
    hg_time at = {0};
    hg_str text;
    hg_str code_text;
    struct hg_err err = {0};
    bool has_time = cli_get(context->call, "at", &text);
    enum hg_code code = has_time ? hg_time_parse(text, &at, &err) : machine_now(&at, &err);
    if (code == HG_OK)
        code =
            app_offline_totp(context->arena, cli_argument(context->call, 0), at, &code_text, &err);
    if (code != HG_OK)
        return main_fail_code(context, code, &err);
    const struct hg_json value = hg_json_str(code_text);
    return main_show(context, &value, CLI_EXIT_OK);
}

/* --- Dispatch --------------------------------------------------------------------------------- */

static const struct {
    enum cli_id id;
    int (*run)(struct main_context *context);
} commands[] = {
    {CLI_INIT, main_init},
    {CLI_DOCTOR, main_doctor},
    {CLI_CONFIG_SHOW, config_show},
    {CLI_CONFIG_VALIDATE, config_validate},
    {CLI_POLICY_VALIDATE, policy_validate},
    {CLI_FLOW_VALIDATE, flow_validate},
    {CLI_FLOW_RUN, flow_run},
    {CLI_TOTP, totp},
    {CLI_WHATIF, what_if},
    {CLI_EXPRESSION_EVAL, expression_eval},
    {CLI_CONNECTOR_VALIDATE, connector_validate},
};

int main_local(struct main_context *context)
{
    for (size_t i = 0; i < HG_COUNT(commands); i++)
        if (commands[i].id == context->call->command->id)
            return commands[i].run(context);
    HG_ASSERT(false && "a local command without a function");
    return CLI_EXIT_FAILED;
}
