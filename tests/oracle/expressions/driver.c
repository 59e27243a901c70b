/* Reads one expression a line, {"expr","bare"?,"context"?,"now"?}, and writes what it
 * gives, {"ok":true,"value"} or {"ok":false,"error","syntax"}. For the oracle beside it
 * and for the corpus. Randomness is a counter, so that answers repeat. */

#include "base/base.h"
#include "flow/expression.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

static void count(void *self, void *out, size_t n)
{
    unsigned char *bytes = out;
    unsigned *next = self;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)((*next)++ * 37);
}

static struct hg_json failure(struct hg_arena *arena, hg_str text, bool syntax)
{
    struct hg_json answer = hg_json_object();
    hg_json_put(arena, &answer, "ok", hg_json_bool(false));
    hg_json_put_str(arena, &answer, "error", text);
    hg_json_put(arena, &answer, "syntax", hg_json_bool(syntax));
    return answer;
}

static struct hg_json refusal(struct hg_arena *arena, enum hg_code code,
                              const struct flow_fault *fault, bool syntax)
{
    hg_str text = code == HG_MALFORMED ? fault->message : hg_str_of(hg_code_text(code));
    return failure(arena, text, syntax);
}

static struct hg_json answer_of(struct hg_arena *arena, const struct hg_json *question)
{
    static const struct hg_json nothing = {.kind = HG_JSON_OBJECT};
    const struct hg_json *context = hg_json_get(question, "context");
    bool bare = hg_json_bool_or(hg_json_get(question, "bare"), false);
    hg_str text = hg_json_str_or(hg_json_get(question, "expr"), HG_STR(""));
    hg_str now_text = hg_json_str_or(hg_json_get(question, "now"), HG_STR("2020-08-01T00:12:20Z"));
    unsigned next = 1;
    struct hg_random random = {.fill = count, .self = &next};
    hg_time now = {0};
    struct hg_err err = {0};
    struct flow_fault fault = {0};
    const struct flow_expression *expression;
    struct hg_json value;
    if (hg_time_parse(now_text, &now, &err) != HG_OK)
        return failure(arena, HG_STR("now is no time"), true);
    enum hg_code code = flow_expression_parse(
        arena, text, bare ? FLOW_FORM_BARE : FLOW_FORM_TEMPLATE, &expression, &fault, &err);
    if (code != HG_OK)
        return refusal(arena, code, &fault, true);
    struct flow_scope scope = flow_scope_of(context == NULL ? &nothing : context, now, &random);
    code = flow_expression_eval(arena, expression, &scope, &value, &fault, &err);
    if (code != HG_OK)
        return refusal(arena, code, &fault, false);
    struct hg_json answer = hg_json_object();
    hg_json_put(arena, &answer, "ok", hg_json_bool(true));
    hg_json_put(arena, &answer, "value", value);
    return answer;
}

static int answer_line(struct hg_arena *arena, hg_str line)
{
    struct hg_err err = {0};
    struct hg_json question;
    hg_str text;
    if (hg_json_parse(arena, line, HG_JSON_STRICT, &hg_json_api, &question, &err) != HG_OK) {
        (void)fprintf(stderr, "question: %s\n", err.detail);
        return 2;
    }
    struct hg_json answer = answer_of(arena, &question);
    if (hg_json_render(arena, &answer, &text, &err) != HG_OK)
        text = HG_STR("{\"ok\":false,\"error\":\"out of memory\",\"syntax\":false}");
    (void)printf("%.*s\n", HG_ARG(text));
    return 0;
}

int main(void)
{
    struct hg_arena *arena = hg_arena_new("expression", (size_t)64 << 20);
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    int status = 0;
    while (status == 0 && arena != NULL && (len = getline(&line, &room, stdin)) > 0) {
        status = answer_line(arena, (hg_str){.ptr = line, .len = (size_t)len});
        hg_arena_reset(arena);
    }
    free(line);
    hg_arena_free(arena);
    return status;
}
