#include "base/base.h"
#include "cli/online_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const char kind[] = "TokenLifetimePolicy";

bool cli_definition_given(const struct cli_call *call)
{
    return cli_has(call, "definition") || cli_has(call, "file") || cli_has(call, "lifetime");
}

/* "unexpected '}'" at the end of a pasted command is nearly always one brace too many. */
static hg_str hint(hg_str text)
{
    size_t open = 0;
    size_t close = 0;
    for (size_t i = 0; i < text.len; i++) {
        open += text.ptr[i] == '{';
        close += text.ptr[i] == '}';
    }
    if (close == open + 1)
        return HG_STR("There is one closing brace too many.");
    return open == close + 1 ? HG_STR("One closing brace is missing.")
                             : HG_STR("In a shell it belongs into single quotes.");
}

static bool parse(struct hg_arena *arena, hg_str text, struct hg_json *out,
                  struct cli_problem *out_problem)
{
    struct hg_err err = {0};
    if (hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, out, &err) == HG_OK)
        return true;
    *out_problem =
        cli_usage_problem(hg_str_format(arena, "the definition is not valid JSON: %s", err.detail),
                          hint(text), HG_STR("Nothing was changed."));
    return false;
}

/* The object that a definition is about: a stored policy, the array of one string in it, the
 * string, or the object with or without its envelope. False: a string that is no JSON. */
static bool unwrap(struct hg_arena *arena, const struct hg_json *value, struct hg_json *out,
                   struct cli_problem *out_problem)
{
    const struct hg_json *inner = hg_json_get(value, "definition");
    inner = inner == NULL ? value : inner;
    inner = hg_json_is(inner, HG_JSON_ARRAY) ? hg_json_item(inner, 0) : inner;
    struct hg_json parsed = inner == NULL ? hg_json_object() : *inner;
    if (parsed.kind == HG_JSON_STRING && !parse(arena, parsed.string, &parsed, out_problem))
        return false;
    const struct hg_json *members = hg_json_get(&parsed, kind);
    *out = members == NULL ? parsed : *members;
    if (out->kind == HG_JSON_OBJECT)
        return true;
    *out_problem = cli_usage_problem(HG_STR("the definition is no JSON object"), HG_STR(""),
                                     HG_STR("Form: {\"TokenLifetimePolicy\":{\"Version\":1,...}}"));
    return false;
}

/* A file may hold a whole policy, as `token-policy show` prints it. */
static void take_names(struct hg_arena *arena, const struct cli_online *online,
                       struct hg_json *body)
{
    static const char *const names[] = {"displayName", "description", "isOrganizationDefault"};
    const struct hg_json *file =
        online->inputs->n_files > 0 ? &online->inputs->files[0].value : NULL;
    for (size_t i = 0; i < HG_COUNT(names); i++) {
        const struct hg_json *value = hg_json_get(file, names[i]);
        if (value != NULL)
            hg_json_put(arena, body, names[i], *value);
    }
}

static bool given_members(struct hg_arena *arena, const struct cli_online *online,
                          struct hg_json *out, struct cli_problem *out_problem)
{
    hg_str text;
    struct hg_json value = hg_json_object();
    if (cli_get(online->call, "definition", &text)) {
        if (!parse(arena, text, &value, out_problem))
            return false;
    } else if (cli_has(online->call, "file") && online->inputs->n_files > 0) {
        value = online->inputs->files[0].value;
    }
    if (!unwrap(arena, &value, out, out_problem))
        return false;
    *out = hg_json_copy(arena, out);
    if (hg_json_get(out, "Version") == NULL && hg_json_count(out) == 0)
        hg_json_put(arena, out, "Version", hg_json_int(1));
    return true;
}

/* "14d" and "336h" as the time spans that the policy is written in. */
static hg_str time_span(struct hg_arena *arena, hg_str value)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}};
    uint64_t n;
    for (size_t i = 0; value.len > 0 && i < HG_COUNT(units); i++)
        if (value.ptr[value.len - 1] == units[i].unit &&
            hg_str_u64(hg_str_sub(value, 0, value.len - 1), UINT32_MAX, &n))
            return hg_timespan_text(arena, HG_SECONDS((int64_t)n * units[i].seconds));
    return value;
}

static bool set_lifetimes(struct hg_arena *arena, const struct cli_call *call,
                          struct hg_json *members, struct cli_problem *out_problem)
{
    for (size_t i = 0; i < call->n_values; i++) {
        hg_str name;
        hg_str value;
        if (strcmp(call->values[i].option->name, "lifetime") != 0)
            continue;
        if (!hg_str_cut(call->values[i].value, '=', &name, &value)) {
            *out_problem = cli_usage_problem(
                hg_str_format(arena, "--lifetime %.*s", HG_ARG(call->values[i].value)), HG_STR(""),
                HG_STR("Form: --lifetime MaxInactiveTime=90.00:00:00"));
            return false;
        }
        hg_json_set(arena, members, name, hg_json_str(time_span(arena, value)));
    }
    return true;
}

/* What stood in the stored definition and is not named now: kept, or told. */
static hg_str keep_or_tell(struct hg_arena *arena, const struct hg_json *stored, bool keep,
                           struct hg_json *members)
{
    struct hg_buf note = hg_buf_new(arena, 4096);
    for (uint32_t i = 0; i < stored->object.n; i++) {
        const struct hg_json_member *old = &stored->object.members[i];
        if (hg_json_get_nocase(members, old->name) != NULL)
            continue;
        if (keep) {
            hg_json_set(arena, members, old->name, old->value);
            continue;
        }
        hg_buf_format(&note, "warning: %.*s=", HG_ARG(old->name));
        if (old->value.kind == HG_JSON_STRING)
            hg_buf_str(&note, old->value.string);
        else
            hg_json_write(&note, &old->value);
        hg_buf_z(&note, " is not in the new definition and is lost (--merge keeps it)\n");
    }
    return hg_buf_view(&note);
}

static void put_definition(struct hg_arena *arena, const struct hg_json *members,
                           struct hg_json *body)
{
    struct hg_json envelope = hg_json_object();
    struct hg_json list = hg_json_array();
    hg_str text;
    hg_json_put(arena, &envelope, kind, *members);
    if (hg_json_render(arena, &envelope, &text, NULL) == HG_OK)
        hg_json_push(arena, &list, hg_json_str(text));
    hg_json_put(arena, body, "definition", list);
}

bool cli_definition_body(struct hg_arena *arena, const struct cli_online *online,
                         const struct hg_json *current, struct hg_json *out_body, hg_str *out_note,
                         struct cli_problem *out_problem)
{
    struct hg_json body = hg_json_object();
    struct hg_json members;
    hg_str note = HG_STR("");
    take_names(arena, online, &body);
    cli_set_options(arena, online->call, &body);
    if (cli_definition_given(online->call)) {
        if (!given_members(arena, online, &members, out_problem) ||
            !set_lifetimes(arena, online->call, &members, out_problem))
            return false;
        struct hg_json stored = hg_json_object();
        struct cli_problem ignored;
        if (current != NULL && unwrap(arena, current, &stored, &ignored))
            note = keep_or_tell(arena, &stored, cli_has(online->call, "merge"), &members);
        put_definition(arena, &members, &body);
    }
    *out_body = body;
    *out_note = note;
    return true;
}
