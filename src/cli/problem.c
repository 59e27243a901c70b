#include "base/base.h"
#include "cli/cli_private.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_problem cli_usage_problem(hg_str message, hg_str why, hg_str next)
{
    return (struct cli_problem){.exit = CLI_EXIT_USAGE,
                                .code = HG_STR("usage"),
                                .message = message,
                                .why = why,
                                .next = next};
}

static enum cli_exit exit_of_code(enum hg_code code)
{
    if (code == HG_NOT_FOUND)
        return CLI_EXIT_NOT_FOUND;
    if (code == HG_CONFLICT || code == HG_EXISTS)
        return CLI_EXIT_CONFLICT;
    return code == HG_FORBIDDEN ? CLI_EXIT_SIGN_IN : CLI_EXIT_FAILED;
}

struct cli_problem cli_problem_of(struct hg_arena *arena, enum hg_code code,
                                  const struct hg_err *err)
{
    hg_str text = hg_str_of(hg_code_text(code));
    hg_str detail = err == NULL ? HG_STR("") : hg_str_dup(arena, hg_str_of(err->detail));
    return (struct cli_problem){.exit = exit_of_code(code),
                                .code = text,
                                .message = detail.len > 0 ? detail : text,
                                .why = detail.len > 0 ? text : HG_STR("")};
}

static enum cli_exit exit_of_answer(unsigned status)
{
    if (status == 401 || status == 403)
        return CLI_EXIT_SIGN_IN;
    if (status == 404)
        return CLI_EXIT_NOT_FOUND;
    return status == 409 || status == 412 ? CLI_EXIT_CONFLICT : CLI_EXIT_FAILED;
}

/* "policy 'Require MFA' wants: mfa, compliantDevice" */
static hg_str reason_of(struct hg_arena *arena, const struct hg_json *error)
{
    hg_str policy = hg_json_str_or(hg_json_get(error, "policy"), HG_STR(""));
    const struct hg_json *unmet = hg_json_get(error, "unmet");
    struct hg_buf buf = hg_buf_new(arena, 4096);
    if (policy.len == 0)
        return HG_STR("");
    hg_buf_format(&buf, "policy '%.*s'", HG_ARG(policy));
    for (size_t i = 0; i < hg_json_count(unmet); i++) {
        hg_buf_z(&buf, i == 0 ? " wants: " : ", ");
        hg_buf_str(&buf, hg_json_str_or(hg_json_item(unmet, i), HG_STR("?")));
    }
    return hg_buf_view(&buf);
}

static hg_str next_of(const struct hg_json *error, enum cli_exit exit, unsigned status)
{
    hg_str given = hg_json_str_or(hg_json_path(error, "repair.command"), HG_STR(""));
    if (given.len == 0)
        given = hg_json_str_or(hg_json_path(error, "challenge.url"), HG_STR(""));
    if (given.len > 0)
        return given;
    if (status == 429 || status == 503)
        return HG_STR("Try again in a moment.");
    if (status == 412)
        return HG_STR("Show it again, then repeat the change.");
    return exit == CLI_EXIT_SIGN_IN ? HG_STR("An administrator may do this.") : HG_STR("");
}

static hg_str first_line(hg_str text)
{
    size_t end = hg_str_find_byte(text, '\n');
    return hg_str_trim(hg_str_sub(text, 0, end == HG_NPOS ? text.len : end));
}

/* Graph and the flow API: {"error":{"code","message",…}}; OAuth: {"error","error_description"}. */
struct cli_problem cli_problem_of_answer(struct hg_arena *arena, unsigned status,
                                         const struct hg_json *body)
{
    const struct hg_json *error = hg_json_get(body, "error");
    bool is_oauth = hg_json_is(error, HG_JSON_STRING);
    hg_str code = is_oauth ? error->string : hg_json_str_or(hg_json_get(error, "code"), HG_STR(""));
    hg_str message = hg_json_str_or(is_oauth ? hg_json_get(body, "error_description")
                                             : hg_json_get(error, "message"),
                                    HG_STR(""));
    hg_str correlation =
        hg_json_str_or(hg_json_path(error, "innerError.client-request-id"),
                       hg_json_str_or(hg_json_get(body, "correlation_id"), HG_STR("")));
    enum cli_exit exit =
        hg_str_eq(code, HG_STR("LockoutPrevented")) ? CLI_EXIT_LOCKOUT : exit_of_answer(status);
    if (message.len == 0)
        message = hg_str_format(arena, "the server answered %u", status);
    return (struct cli_problem){.exit = exit,
                                .code = code.len > 0 ? code : HG_STR("http"),
                                .message = first_line(message),
                                .why = reason_of(arena, is_oauth ? NULL : error),
                                .next = next_of(is_oauth ? NULL : error, exit, status),
                                .target = hg_json_str_or(hg_json_get(error, "target"), HG_STR("")),
                                .correlation_id = correlation,
                                .raw = is_oauth ? NULL : error};
}

static void put_present(struct hg_arena *arena, struct hg_json *object, const char *name,
                        hg_str value)
{
    if (value.len > 0)
        hg_json_put_str(arena, object, name, value);
}

static void render_json(struct hg_arena *arena, const struct cli_problem *problem,
                        struct hg_buf *out)
{
    struct hg_json error = hg_json_object();
    put_present(arena, &error, "code", problem->code);
    put_present(arena, &error, "message", problem->message);
    put_present(arena, &error, "why", problem->why);
    put_present(arena, &error, "next", problem->next);
    put_present(arena, &error, "target", problem->target);
    put_present(arena, &error, "correlationId", problem->correlation_id);
    static const char *const kept[] = {"innerError", "details", "policy",
                                       "unmet",      "repair",  "challenge"};
    for (size_t i = 0; i < HG_COUNT(kept); i++) {
        const struct hg_json *value = hg_json_get(problem->raw, kept[i]);
        if (value != NULL)
            hg_json_put(arena, &error, kept[i], *value);
    }
    struct hg_json object = hg_json_object();
    hg_json_put(arena, &object, "error", error);
    hg_json_write(out, &object);
    hg_buf_byte(out, '\n');
}

static void render_line(const char *start, hg_str text, struct hg_buf *out)
{
    if (text.len == 0)
        return;
    hg_buf_z(out, start);
    cli_put_safe(out, text);
    hg_buf_byte(out, '\n');
}

void cli_problem_render(struct hg_arena *arena, const struct cli_call *call,
                        const struct cli_problem *problem, const struct cli_terminal *terminal,
                        struct hg_buf *out)
{
    /* On a pipe JSON is what nobody asked for; an error in words is more use there. */
    bool asked = call != NULL && (cli_has(call, "json") || cli_has(call, "output"));
    if (asked && (call->format == CLI_JSON || call->format == CLI_NDJSON)) {
        render_json(arena, problem, out);
        return;
    }
    hg_buf_z(out, "headgate: ");
    if (terminal->has_color)
        hg_buf_z(out, "\x1b[1;31merror:\x1b[0m ");
    else
        hg_buf_z(out, "error: ");
    render_line("", problem->message, out);
    render_line("  ", problem->why, out);
    render_line("  ", problem->next, out);
    render_line("  Correlation id: ", problem->correlation_id, out);
}
