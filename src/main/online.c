#include "base/base.h"
#include "cli/cli.h"
#include "edge/files.h"
#include "edge/http_client.h"
#include "edge/rng.h"
#include "main/main.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Commands that a running server answers, over DATA/admin.sock: its peer is the host's
 * operator, checked by user id. */

enum { MAX_PASSWORD_LINE = 1024, NEW_ID_BYTES = 16 };

struct session {
    struct main_context *context;
    struct edge_http_client *client;
    struct http_client port;
};

static enum hg_code read_all(struct hg_arena *arena, FILE *file, hg_str *out, struct hg_err *err)
{
    struct hg_buf buf = hg_buf_new(arena, HG_MAX_FILE);
    char chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
        hg_buf_str(&buf, hg_str_dup(arena, (hg_str){chunk, n}));
    if (ferror(file) != 0)
        return HG_FAIL(err, HG_IO, "standard input could not be read");
    return hg_buf_finish(&buf, out, err);
}

static enum hg_code read_path(struct hg_arena *arena, hg_str path, hg_str *out, struct hg_err *err)
{
    hg_str bytes;
    if (hg_str_eq(path, HG_STR("-")))
        HG_TRY(read_all(arena, stdin, &bytes, err));
    else
        HG_TRY(edge_file_read(arena, hg_str_z(arena, path), HG_MAX_FILE, &bytes, err));
    return hg_utf_text(arena, bytes, out, err);
}

/* From the terminal, without echo. */
static enum hg_code ask_password(struct hg_arena *arena, hg_str *out, struct hg_err *err)
{
    struct termios shown;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return HG_FAIL(err, HG_MALFORMED, "a password is needed: give --password-file FILE or -");
    struct termios hidden = shown;
    hidden.c_lflag &= (tcflag_t)~ECHO;
    (void)fputs("Password: ", stderr);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    char line[MAX_PASSWORD_LINE];
    char *got = fgets(line, sizeof(line), stdin);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    (void)fputc('\n', stderr);
    if (got == NULL)
        return HG_FAIL(err, HG_MALFORMED, "no password was typed");
    line[strcspn(line, "\r\n")] = '\0';
    *out = hg_str_dup(arena, hg_str_of(line));
    explicit_bzero(line, sizeof(line));
    return HG_OK;
}

static enum hg_code read_password(struct main_context *context, hg_str *out, struct hg_err *err)
{
    hg_str path;
    if (!cli_get(context->call, "password-file", &path))
        return ask_password(context->arena, out, err);
    HG_TRY(read_path(context->arena, path, out, err));
    *out = hg_str_trim(*out);
    return HG_OK;
}

static enum hg_code read_files(struct main_context *context, struct cli_inputs *inputs,
                               struct hg_err *err)
{
    const hg_str *paths;
    size_t n = cli_files(context->arena, context->call, &paths);
    struct cli_file *files = HG_NEW_ARRAY(context->arena, struct cli_file, n);
    if (files == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "%zu files", n);
    for (size_t i = 0; i < n; i++) {
        hg_str text;
        files[i].name = paths[i];
        HG_TRY(read_path(context->arena, paths[i], &text, err));
        struct hg_err inner = {0};
        enum hg_code code = hg_json_parse(context->arena, text, HG_JSON_TOLERANT, &hg_json_file,
                                          &files[i].value, &inner);
        if (code != HG_OK)
            return HG_FAIL(err, code, "%.*s: %s", HG_ARG(paths[i]), inner.detail);
    }
    inputs->files = files;
    inputs->n_files = n;
    return HG_OK;
}

static enum hg_code read_inputs(struct main_context *context, struct cli_inputs *out,
                                struct hg_err *err)
{
    unsigned char random[NEW_ID_BYTES];
    struct hg_random source = edge_random_kernel();
    hg_random_fill(&source, random, sizeof(random));
    if (!cli_get(context->call, "connection-name", &out->new_id))
        out->new_id = hg_hex_encode(context->arena, (hg_str){(const char *)random, sizeof(random)});
    out->base_url = HG_STR("http://localhost");
    if (cli_wants_password(context->call))
        HG_TRY(read_password(context, &out->password, err));
    return read_files(context, out, err);
}

static enum hg_code open_session(struct session *session, struct hg_err *err)
{
    struct main_context *context = session->context;
    const struct edge_http_options options = {.max_connections = 1};
    HG_TRY(edge_http_client_open(&options, &session->client, err));
    const struct edge_egress rules = {
        .is_private_allowed = true,
        .unix_socket = hg_str_z(context->arena, hg_str_format(context->arena, "%.*s/admin.sock",
                                                              HG_ARG(context->config.server_data))),
    };
    return edge_http_client_port(session->client, &rules, &session->port, err);
}

static size_t fields_of(const struct cli_request *request, struct http_field out[4])
{
    const struct http_field all[] = {
        {HG_LIT("Accept"), HG_LIT("application/json")},
        {HG_LIT("Content-Type"), request->body.len > 0 ? HG_STR("application/json") : HG_STR("")},
        {HG_LIT("Headgate-Reason"), request->reason},
        {HG_LIT("If-Match"), request->etag},
    };
    size_t n = 0;
    for (size_t i = 0; i < HG_COUNT(all); i++)
        if (all[i].value.len > 0)
            out[n++] = all[i];
    return n;
}

static enum hg_code send_request(struct session *session, const struct cli_request *request,
                                 struct http_answer *out, struct hg_err *err)
{
    struct hg_arena *arena = session->context->arena;
    struct http_field fields[4];
    const struct http_call call = {
        .method = request->method,
        .url = hg_str_format(arena, "http://localhost%.*s", HG_ARG(request->target)),
        .headers = {fields, fields_of(request, fields)},
        .body = request->body,
    };
    struct hg_err inner = {0};
    enum hg_code code = session->port.send(session->port.self, arena, &call, out, &inner);
    if (code != HG_OK)
        return HG_FAIL(err, code, "no server answers at %.*s/admin.sock",
                       HG_ARG(session->context->config.server_data));
    return HG_OK;
}

static void say(hg_str text)
{
    if (text.len > 0)
        (void)fwrite(text.ptr, 1, text.len, stderr);
}

/* "Remove …? [y/N]"; anything but yes is no. */
static bool is_agreed(struct main_context *context, struct cli_problem *problem)
{
    enum cli_consent consent = cli_consent(context->call, &context->terminal);
    if (consent == CLI_CONSENT_GIVEN)
        return true;
    if (consent == CLI_CONSENT_ASK) {
        char line[16] = "";
        (void)fprintf(stderr, "%s? [y/N] ", context->call->command->text);
        if (fgets(line, sizeof(line), stdin) != NULL && (line[0] == 'y' || line[0] == 'Y'))
            return true;
    }
    *problem = (struct cli_problem){
        .exit = CLI_EXIT_USAGE,
        .code = HG_STR("confirmation"),
        .message = HG_STR("nothing was done: this cannot be taken back and was not confirmed"),
        .next = HG_STR("say it with --yes"),
    };
    return false;
}

static bool step(struct session *session, struct cli_online *online,
                 const struct cli_request *request, struct cli_problem *problem)
{
    struct hg_arena *arena = session->context->arena;
    struct hg_err err = {0};
    struct http_answer answer = {0};
    hg_dur delay = cli_online_delay(online);
    if (delay.us > 0)
        (void)nanosleep(&(struct timespec){.tv_nsec = (long)delay.us * 1000}, NULL);
    say(cli_online_note(online));
    enum hg_code code = send_request(session, request, &answer, &err);
    if (code != HG_OK) {
        *problem = cli_problem_of(arena, code, &err);
        problem->next = HG_STR("start one with: headgate serve, or name its directory with --data");
        return false;
    }
    struct hg_json body;
    bool has_body = answer.body.len > 0 && hg_json_parse(arena, answer.body, HG_JSON_STRICT,
                                                         &hg_json_file, &body, NULL) == HG_OK;
    return cli_online_answer(online, answer.status, has_body ? &body : NULL, problem);
}

static int converse(struct session *session, const struct cli_inputs *inputs)
{
    struct main_context *context = session->context;
    struct cli_problem problem;
    struct cli_online *online = cli_online_new(context->arena, context->call, inputs, &problem);
    if (online == NULL || !is_agreed(context, &problem))
        return main_fail(context, &problem);
    struct cli_request request;
    while (cli_online_next(online, &request))
        if (!step(session, online, &request, &problem))
            return main_fail(context, &problem);
    struct hg_buf out = hg_buf_new(context->arena, HG_MAX_FILE);
    cli_render(context->arena, context->call, cli_online_result(online), &context->terminal, &out);
    main_print(hg_buf_view(&out));
    return CLI_EXIT_OK;
}

int main_online(struct main_context *context)
{
    struct session session = {.context = context};
    struct cli_inputs inputs = {0};
    struct hg_err err = {0};
    bool can_ask = context->terminal.in_is_tty && !cli_has(context->call, "no-input");
    if (cli_wants_password(context->call) && !cli_has(context->call, "password-file") && !can_ask) {
        const struct cli_problem problem = {
            .exit = CLI_EXIT_USAGE,
            .code = HG_STR("usage"),
            .message = HG_STR("a password is needed"),
            .next = HG_STR("give --password-file FILE, or - for standard input"),
        };
        return main_fail(context, &problem);
    }
    enum hg_code code = read_inputs(context, &inputs, &err);
    if (code == HG_OK)
        code = open_session(&session, &err);
    int exit = code == HG_OK ? converse(&session, &inputs) : main_fail_code(context, code, &err);
    edge_http_client_close(session.client);
    return exit;
}
