#include "base/base.h"
#include "cli/online_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool is_apply(const struct cli_online *online)
{
    return strcmp(online->call->command->method, "APPLY") == 0;
}

static bool is_definition(const struct cli_command *command)
{
    return strcmp(command->body, "definition") == 0;
}

static struct cli_template template_of(struct cli_online *online)
{
    return (struct cli_template){.arena = online->arena,
                                 .places = &online->places,
                                 .call = online->call,
                                 .inputs = online->inputs};
}

bool cli_wants_password(const struct cli_call *call)
{
    return call->command != NULL &&
           hg_str_find(hg_str_of(call->command->body), HG_STR("{password}")) != HG_NPOS;
}

/* --- The start: what was given, what must be looked up */

static void add_place(struct cli_places *places, hg_str name, const struct cli_noun *noun,
                      hg_str given)
{
    HG_ASSERT(places->n < CLI_MAX_PLACES - 1); /* one stays free for a look-up */
    bool is_looked_up = cli_noun_needs_look_up(noun, given);
    places->items[places->n++] = (struct cli_place){.name = name,
                                                    .value = given,
                                                    .noun = is_looked_up ? noun : NULL,
                                                    .has_value = !is_looked_up};
}

/* The i-th of what '|' separates, "" past the end. */
static hg_str alternative(const char *text, size_t i)
{
    hg_str rest = hg_str_of(text);
    hg_str part = HG_STR("");
    for (size_t k = 0; k <= i; k++)
        if (!hg_str_field(&rest, '|', &part))
            return HG_STR("");
    return part;
}

static hg_str path_of(const struct cli_command *command)
{
    hg_str path;
    hg_str query;
    (void)hg_str_cut(alternative(command->route, 0), '?', &path, &query);
    return path;
}

static void add_places(struct cli_online *online)
{
    const struct cli_command *command = online->call->command;
    hg_str path = path_of(command);
    hg_str rest = hg_str_of(command->arguments);
    struct cli_parameter parameter;
    for (size_t i = 0; cli_parameter_next(&rest, &parameter);) {
        hg_str given = parameter.is_found ? HG_STR("") : cli_argument(online->call, i);
        if (!parameter.is_repeated)
            add_place(&online->places, parameter.name, cli_noun_find(parameter.name), given);
        i += !parameter.is_found;
    }
    for (size_t i = 0; i < online->call->n_values; i++) {
        const struct cli_option *option = online->call->values[i].option;
        /* A name in the query is only compared; in the path an id is wanted. */
        if (option->value != NULL && cli_template_uses(path, hg_str_of(option->name)))
            add_place(&online->places, hg_str_of(option->name),
                      cli_noun_find(hg_str_of(option->value)), online->call->values[i].value);
    }
}

/* The first name in path and body that nothing will ever give a value; "" none. */
static hg_str missing_name(struct cli_online *online, const struct hg_json *body)
{
    struct cli_places all = online->places;
    for (size_t i = 0; i < all.n; i++)
        all.items[i].has_value = true;
    struct cli_template t = template_of(online);
    t.places = &all;
    hg_str missing = cli_template_missing(&t, path_of(online->call->command));
    if (body == NULL)
        return missing;
    for (size_t i = 0; missing.len == 0 && i < hg_json_count(body); i++) {
        const struct hg_json *value = &body->object.members[i].value;
        if (value->kind == HG_JSON_STRING)
            missing = cli_template_missing(&t, value->string);
        else
            missing = missing_name(online, value->kind == HG_JSON_OBJECT ? value : NULL);
    }
    return missing;
}

static bool check_missing(struct cli_online *online, const struct hg_json *body,
                          struct cli_problem *out_problem)
{
    hg_str name = missing_name(online, body);
    if (name.len == 0)
        return true;
    bool is_password = hg_str_eq(name, HG_STR("password"));
    *out_problem = cli_usage_problem(
        hg_str_format(online->arena, "'%s' needs --%.*s%s", online->call->command->path,
                      HG_ARG(name), is_password ? "-file" : ""),
        HG_STR(""),
        hg_str_format(online->arena, "For example: %s", online->call->command->example));
    return false;
}

static bool start_body(struct cli_online *online, struct cli_problem *out_problem)
{
    const struct cli_command *command = online->call->command;
    struct hg_json body = hg_json_object();
    if (command->body[0] == '\0' || is_apply(online) || is_definition(command))
        return check_missing(online, &body, out_problem);
    online->has_body = true;
    if (command->body[0] == '@') {
        if (online->inputs->n_files > 0) /* what cli_files() asked for */
            body = hg_json_copy(online->arena, &online->inputs->files[0].value);
        cli_set_options(online->arena, online->call, &body);
        online->body = body;
        return check_missing(online, NULL, out_problem);
    }
    enum hg_code code = hg_json_parse(online->arena, hg_str_of(command->body), HG_JSON_STRICT,
                                      &hg_json_api, &online->body, NULL);
    HG_ASSERT(code == HG_OK || hg_arena_exhausted(online->arena)); /* bodies are literals */
    return check_missing(online, &online->body, out_problem);
}

static bool check_change(struct cli_online *online, struct cli_problem *out_problem)
{
    const struct cli_command *command = online->call->command;
    bool needs_one = strcmp(command->method, "PATCH") == 0 &&
                     (strcmp(command->body, "{}") == 0 || is_definition(command));
    for (size_t i = 0; needs_one && i < online->call->n_values; i++)
        if (cli_takes_option(command, online->call->values[i].option) &&
            online->call->values[i].option >= &cli_options[CLI_N_GLOBAL_OPTIONS])
            return true;
    if (!needs_one)
        return true;
    *out_problem = cli_usage_problem(
        hg_str_format(online->arena, "'%s' was not told what to change", command->path), HG_STR(""),
        hg_str_format(online->arena, "For example: %s", command->example));
    return false;
}

/* Where to go after `stage`. */
static void advance(struct cli_online *online)
{
    bool reads = is_apply(online) ||
                 (is_definition(online->call->command) && cli_definition_given(online->call) &&
                  strcmp(online->call->command->method, "PATCH") == 0);
    online->pages = hg_json_null();
    online->n_pages = 0;
    for (size_t i = 0; online->stage == CLI_STAGE_LOOK_UP && i < online->places.n; i++) {
        if (online->places.items[i].has_value)
            continue;
        online->looked_up = i;
        return;
    }
    if (online->stage == CLI_STAGE_LOOK_UP)
        online->stage = reads ? CLI_STAGE_READ : CLI_STAGE_SEND;
    else if (online->stage == CLI_STAGE_READ)
        online->stage = CLI_STAGE_SEND;
    else
        online->stage = CLI_STAGE_DONE;
}

/* The definition of a new policy needs nothing from the server. */
static bool start_definition(struct cli_online *online, struct cli_problem *out_problem)
{
    if (!is_definition(online->call->command))
        return true;
    online->has_body = true;
    if (!cli_definition_body(online->arena, online, NULL, &online->body, &online->note,
                             out_problem))
        return false;
    if (strcmp(online->call->command->method, "POST") != 0 ||
        hg_json_get(&online->body, "displayName") != NULL)
        return true;
    *out_problem = cli_usage_problem(
        HG_STR("a new policy needs --display-name"), HG_STR(""),
        hg_str_format(online->arena, "For example: %s", online->call->command->example));
    return false;
}

struct cli_online *cli_online_new(struct hg_arena *arena, const struct cli_call *call,
                                  const struct cli_inputs *inputs, struct cli_problem *out_problem)
{
    HG_ASSERT(call->command != NULL && call->command->how == CLI_ONLINE);
    struct cli_online *online = HG_NEW(arena, struct cli_online);
    if (online == NULL) {
        *out_problem = cli_problem_of(arena, HG_NO_MEMORY, NULL);
        return NULL;
    }
    *online = (struct cli_online){.arena = arena, .call = call, .inputs = inputs};
    add_places(online);
    if (!start_body(online, out_problem) || !start_definition(online, out_problem) ||
        !check_change(online, out_problem))
        return NULL;
    advance(online);
    return online;
}

size_t cli_files(struct hg_arena *arena, const struct cli_call *call, const hg_str **out)
{
    hg_str *paths = HG_NEW_ARRAY(arena, hg_str, call->n_arguments + 1);
    hg_str rest = hg_str_of(call->command == NULL ? "" : call->command->arguments);
    struct cli_parameter parameter;
    size_t n = 0;
    *out = paths;
    if (paths == NULL || call->command == NULL || call->command->how != CLI_ONLINE)
        return 0;
    for (size_t i = 0; cli_parameter_next(&rest, &parameter); i += !parameter.is_found) {
        if (!hg_str_eq(parameter.name, HG_STR("FILE")))
            continue;
        for (size_t k = i; k < (parameter.is_repeated ? call->n_arguments : i + 1); k++)
            paths[n++] = cli_argument(call, k);
    }
    if (cli_get(call, "file", &paths[n]) || cli_get(call, "request", &paths[n]))
        n++;
    return n;
}

/* --- What to ask next */

static void ask_look_up(struct cli_online *online, struct cli_request *out)
{
    const struct cli_place *place = &online->places.items[online->looked_up];
    struct cli_places with_given = online->places;
    with_given.items[with_given.n++] =
        (struct cli_place){.name = HG_STR(""), .value = place->value, .has_value = true};
    struct cli_template t = template_of(online);
    t.places = &with_given;
    out->method = HG_STR("GET");
    out->target = cli_template_target(&t, hg_str_of(place->noun->route));
}

static void ask_read(struct cli_online *online, struct cli_request *out)
{
    struct cli_template t = template_of(online);
    out->method = HG_STR("GET");
    out->target = cli_template_target(&t, hg_str_of(online->call->command->route));
}

static void put_body(struct cli_online *online, const struct hg_json *body, struct cli_request *out)
{
    if (hg_json_render(online->arena, body, &out->body, NULL) != HG_OK)
        out->body = HG_STR("");
}

static void ask_step(struct cli_online *online, struct cli_request *out)
{
    const struct cli_step *step = &online->steps[online->step];
    bool is_new = step->id.len == 0;
    out->method = is_new ? HG_STR("POST") : HG_STR("PATCH");
    out->target = is_new ? hg_str_of(online->call->command->route)
                         : hg_str_format(online->arena, "%s/%.*s", online->call->command->route,
                                         HG_ARG(step->id));
    out->etag = step->etag;
    put_body(online, &step->body, out);
}

static void ask_send(struct cli_online *online, struct cli_request *out)
{
    const struct cli_command *command = online->call->command;
    struct cli_template t = template_of(online);
    out->method = alternative(command->method, online->n_sent);
    if (hg_str_eq(out->method, HG_STR("WAIT")))
        out->method = HG_STR("GET");
    out->target = cli_template_target(&t, alternative(command->route, online->n_sent));
    if (online->n_sent > 0 && hg_str_eq(out->method, HG_STR("POST")))
        out->body = HG_STR("{}");
    if (online->n_sent > 0 || !online->has_body)
        return;
    struct hg_json body = online->body;
    if (command->body[0] == '{') {
        body = cli_template_body(&t, &online->body);
        cli_set_options(online->arena, online->call, &body);
    }
    put_body(online, &body, out);
}

bool cli_online_next(struct cli_online *online, struct cli_request *out)
{
    *out = (struct cli_request){0};
    if (online->stage == CLI_STAGE_DONE || hg_arena_exhausted(online->arena))
        return false;
    if (online->next_page.len > 0) {
        out->method = HG_STR("GET");
        out->target = online->next_page;
    } else if (online->stage == CLI_STAGE_LOOK_UP) {
        ask_look_up(online, out);
    } else if (online->stage == CLI_STAGE_READ) {
        ask_read(online, out);
    } else if (is_apply(online)) {
        ask_step(online, out);
    } else {
        ask_send(online, out);
    }
    if (online->stage == CLI_STAGE_SEND)
        out->reason = cli_get_or(online->call, "reason", "");
    return true;
}

hg_dur cli_online_delay(const struct cli_online *online)
{
    enum { AGAIN_US = 100000 };
    return (hg_dur){.us = online->n_waits > 0 ? AGAIN_US : 0};
}

hg_str cli_online_note(const struct cli_online *online)
{
    return online->stage == CLI_STAGE_SEND ? online->note : HG_STR("");
}

/* --- What the answers mean */

/* Links come back absolute; only their path is asked for, whatever host they name. */
static hg_str target_of_link(hg_str link)
{
    size_t scheme = hg_str_find(link, HG_STR("://"));
    if (scheme == HG_NPOS)
        return link;
    hg_str rest = hg_str_from(link, scheme + 3);
    size_t slash = hg_str_find_byte(rest, '/');
    return slash == HG_NPOS ? HG_STR("") : hg_str_from(rest, slash);
}

static uint64_t wanted_rows(const struct cli_online *online)
{
    uint64_t n = UINT64_MAX;
    hg_str top;
    if (online->stage == CLI_STAGE_SEND && cli_get(online->call, "top", &top))
        (void)hg_str_u64(top, UINT32_MAX, &n);
    return n;
}

/* What was asked for stands at the front: further pages are of no use. */
static bool wants_first_page(const struct cli_online *online)
{
    if (online->stage == CLI_STAGE_LOOK_UP)
        return online->places.items[online->looked_up].noun->takes_first;
    return hg_str_eq(alternative(online->call->command->method, online->n_sent), HG_STR("WAIT"));
}

/* Adds a page; true: that was the last. */
static bool take_page(struct cli_online *online, const struct hg_json *body)
{
    const struct hg_json *value = hg_json_get(body, "value");
    online->next_page = HG_STR("");
    bool is_whole = hg_json_get(body, "verdict") != NULL; /* What If: more than a list */
    if (!hg_json_is(value, HG_JSON_ARRAY) || is_whole) {
        online->pages = body == NULL ? hg_json_null() : *body;
        return true;
    }
    if (online->pages.kind != HG_JSON_ARRAY)
        online->pages = hg_json_array();
    uint64_t wanted = wanted_rows(online);
    for (size_t i = 0; i < hg_json_count(value) && online->pages.array.n < wanted; i++)
        hg_json_push(online->arena, &online->pages, *hg_json_item(value, i));
    if (wants_first_page(online))
        return true;
    hg_str link = hg_json_str_or(hg_json_get(body, "@odata.nextLink"),
                                 hg_json_str_or(hg_json_get(body, "nextLink"), HG_STR("")));
    if (online->pages.array.n < wanted && ++online->n_pages < CLI_MAX_PAGES)
        online->next_page = target_of_link(link);
    return online->next_page.len == 0;
}

static bool finish_look_up(struct cli_online *online, struct cli_problem *out_problem)
{
    struct cli_place *place = &online->places.items[online->looked_up];
    if (!cli_noun_choose(online->arena, place->noun, place->value, &online->pages, &place->value,
                         out_problem))
        return false;
    place->has_value = true;
    return true;
}

static struct hg_json step_row(struct cli_online *online, const struct cli_step *step,
                               const struct hg_json *answer)
{
    struct hg_json row = hg_json_object();
    hg_json_put_str(online->arena, &row, "action", step->action);
    hg_json_put_str(online->arena, &row, "displayName", step->name);
    hg_json_put_str(online->arena, &row, "id",
                    step->id.len > 0 ? step->id
                                     : hg_json_str_or(hg_json_get(answer, "id"), HG_STR("")));
    return row;
}

/* Goes past steps that need no request. True: there are no more. */
static bool skip_unchanged(struct cli_online *online)
{
    while (online->step < online->n_steps &&
           hg_str_eq(online->steps[online->step].action, HG_STR("unchanged"))) {
        hg_json_push(online->arena, &online->result,
                     step_row(online, &online->steps[online->step], NULL));
        online->step++;
    }
    return online->step == online->n_steps;
}

static bool finish_read(struct cli_online *online, struct cli_problem *out_problem)
{
    if (!is_apply(online))
        return cli_definition_body(online->arena, online, &online->pages, &online->body,
                                   &online->note, out_problem);
    if (!cli_apply_plan(online->arena, online->inputs, &online->pages, &online->steps,
                        &online->n_steps, out_problem))
        return false;
    online->result = hg_json_array();
    if (skip_unchanged(online))
        online->stage = CLI_STAGE_SEND; /* advance() then ends it */
    return true;
}

/* Objects of one answer after another become one. */
static void take_result(struct cli_online *online)
{
    if (online->result.kind != HG_JSON_OBJECT || online->pages.kind != HG_JSON_OBJECT) {
        online->result = online->pages;
        return;
    }
    for (size_t i = 0; i < hg_json_count(&online->pages); i++) {
        const struct hg_json_member *member = &online->pages.object.members[i];
        hg_json_set(online->arena, &online->result, member->name, member->value);
    }
}

/* Whether a run in the answer goes on, and the request is to be repeated. */
static bool must_wait(struct cli_online *online)
{
    hg_str method = alternative(online->call->command->method, online->n_sent);
    if (!hg_str_eq(method, HG_STR("WAIT")) || online->n_waits == CLI_MAX_WAITS)
        return false;
    for (size_t i = 0; i < hg_json_count(&online->pages); i++) {
        const struct hg_json *run = hg_json_item(&online->pages, i);
        hg_str status = hg_json_str_or(hg_json_path(run, "properties.status"), HG_STR(""));
        if (hg_str_eq(status, HG_STR("Running")) || hg_str_eq(status, HG_STR("Waiting")))
            return true;
    }
    return false;
}

/* One of "A|B" was answered. True: there is more to send. */
static bool sends_more(struct cli_online *online)
{
    if (must_wait(online)) {
        online->n_waits++;
        return true;
    }
    take_result(online);
    return alternative(online->call->command->method, ++online->n_sent).len > 0;
}

/* The end of the stage whose last page has come. */
static bool finish_stage(struct cli_online *online, struct cli_problem *out_problem)
{
    bool ok = true;
    if (online->stage == CLI_STAGE_LOOK_UP) {
        ok = finish_look_up(online, out_problem);
    } else if (online->stage == CLI_STAGE_READ) {
        ok = finish_read(online, out_problem);
    } else if (is_apply(online)) {
        hg_json_push(online->arena, &online->result,
                     step_row(online, &online->steps[online->step], &online->pages));
        online->step++;
        if (!skip_unchanged(online)) {
            online->pages = hg_json_null();
            return true;
        }
    } else if (sends_more(online)) {
        online->pages = hg_json_null();
        return true;
    }
    if (ok)
        advance(online);
    return ok;
}

static struct cli_problem refused(struct cli_online *online, unsigned status,
                                  const struct hg_json *body)
{
    struct cli_problem problem = cli_problem_of_answer(online->arena, status, body);
    bool in_steps = online->stage == CLI_STAGE_SEND && is_apply(online);
    if (!in_steps)
        return problem;
    const struct cli_step *step = &online->steps[online->step];
    if (problem.target.len == 0)
        problem.target = step->name;
    if (problem.why.len == 0)
        problem.why = hg_str_format(online->arena, "'%.*s' in %.*s; %zu before it are done.",
                                    HG_ARG(step->name), HG_ARG(step->file), online->step);
    return problem;
}

bool cli_online_answer(struct cli_online *online, unsigned status, const struct hg_json *body,
                       struct cli_problem *out_problem)
{
    if (status < 200 || status >= 300) {
        *out_problem = refused(online, status, body);
        online->stage = CLI_STAGE_DONE;
        return false;
    }
    bool ok = !take_page(online, body) || finish_stage(online, out_problem);
    if (hg_arena_exhausted(online->arena)) {
        *out_problem = cli_problem_of(online->arena, HG_NO_MEMORY, NULL);
        ok = false;
    }
    if (!ok)
        online->stage = CLI_STAGE_DONE;
    return ok;
}

const struct hg_json *cli_online_result(const struct cli_online *online)
{
    return &online->result;
}
