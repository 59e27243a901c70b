#include "base/base.h"
#include "cli/online_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- Placeholders */

struct hole {
    size_t start, end; /* of "{NAME:filter}" in the text */
    hg_str name, filter;
};

static bool find_hole(hg_str text, size_t from, struct hole *out)
{
    size_t open = hg_str_find_byte(hg_str_from(text, from), '{');
    if (open == HG_NPOS)
        return false;
    hg_str rest = hg_str_from(text, from + open + 1);
    size_t close = hg_str_find_byte(rest, '}');
    HG_ASSERT(close != HG_NPOS); /* templates are literals of the tables */
    *out = (struct hole){.start = from + open, .end = from + open + close + 2};
    (void)hg_str_cut(hg_str_sub(rest, 0, close), ':', &out->name, &out->filter);
    return true;
}

bool cli_template_uses(hg_str text, hg_str name)
{
    struct hole hole;
    for (size_t at = 0; find_hole(text, at, &hole); at = hole.end)
        if (hg_str_eq(hole.name, name))
            return true;
    return false;
}

static bool value_of(const struct cli_template *t, hg_str name, hg_str *out)
{
    for (size_t i = 0; i < t->places->n; i++) {
        if (!hg_str_eq(t->places->items[i].name, name))
            continue;
        *out = t->places->items[i].value;
        return t->places->items[i].has_value;
    }
    const struct {
        hg_str name, value;
    } inputs[] = {{HG_LIT("base"), t->inputs->base_url},
                  {HG_LIT("new"), t->inputs->new_id},
                  {HG_LIT("password"), t->inputs->password}};
    for (size_t i = 0; i < HG_COUNT(inputs); i++) {
        if (!hg_str_eq(inputs[i].name, name))
            continue;
        *out = inputs[i].value;
        return inputs[i].value.len > 0;
    }
    return cli_get(t->call, hg_str_z(t->arena, name), out);
}

hg_str cli_template_missing(const struct cli_template *t, hg_str text)
{
    struct hole hole;
    hg_str value;
    for (size_t at = 0; find_hole(text, at, &hole); at = hole.end)
        if (!value_of(t, hole.name, &value))
            return hole.name;
    return HG_STR("");
}

/* --- Filters */

static hg_str before_at(struct hg_arena *arena, hg_str value)
{
    (void)arena;
    hg_str domain;
    (void)hg_str_cut(value, '@', &value, &domain);
    return value;
}

static hg_str nickname(struct hg_arena *arena, hg_str value)
{
    struct hg_buf buf = hg_buf_new(arena, 256);
    value = hg_str_sub(before_at(arena, value), 0, 64);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '.' || c == '-' || c == '_')
            hg_buf_byte(&buf, c);
    }
    return buf.len > 0 ? hg_buf_view(&buf) : HG_STR("unnamed");
}

/* "91d", "2h", "90.00:00:00" → "P91D"; "P91D" stays, and so does what is none of these: the
 * server says what is wrong with it. */
static hg_str iso_length(struct hg_arena *arena, hg_str value)
{
    static const struct {
        char unit;
        const char *start, *end;
    } units[] = {
        {'d', "P", "D"}, {'w', "P", "W"}, {'h', "PT", "H"}, {'m', "PT", "M"}, {'s', "PT", "S"}};
    uint64_t n;
    hg_dur span;
    for (size_t i = 0; value.len > 0 && i < HG_COUNT(units); i++)
        if (value.ptr[value.len - 1] == units[i].unit &&
            hg_str_u64(hg_str_sub(value, 0, value.len - 1), UINT32_MAX, &n))
            return hg_str_format(arena, "%s%llu%s", units[i].start, (unsigned long long)n,
                                 units[i].end);
    if (hg_timespan_parse(value, &span, NULL) == HG_OK)
        return hg_str_format(arena, "PT%lldS", (long long)(span.us / 1000000));
    return value;
}

static hg_str filtered(const struct cli_template *t, const struct hole *hole, hg_str value)
{
    static const struct {
        hg_str name;
        hg_str (*apply)(struct hg_arena *, hg_str);
    } filters[] = {
        {HG_LIT("local"), before_at}, {HG_LIT("nick"), nickname}, {HG_LIT("iso"), iso_length}};
    for (size_t i = 0; i < HG_COUNT(filters); i++)
        if (hg_str_eq(hole->filter, filters[i].name))
            return filters[i].apply(t->arena, value);
    return value;
}

/* --- Text, routes, bodies */

static void put_doubled(struct hg_buf *out, hg_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'')
            hg_buf_byte(out, '\'');
        hg_buf_byte(out, value.ptr[i]);
    }
}

hg_str cli_template_text(const struct cli_template *t, hg_str text)
{
    struct hg_buf buf = hg_buf_new(t->arena, HG_MAX_BODY);
    struct hole hole;
    size_t at = 0;
    for (; find_hole(text, at, &hole); at = hole.end) {
        hg_str value = {0};
        hg_buf_str(&buf, hg_str_sub(text, at, hole.start - at));
        if (!value_of(t, hole.name, &value))
            continue;
        value = filtered(t, &hole, value);
        if (hole.start > 0 && text.ptr[hole.start - 1] == '\'')
            put_doubled(&buf, value);
        else
            hg_buf_str(&buf, value);
    }
    hg_buf_str(&buf, hg_str_from(text, at));
    return hg_buf_view(&buf);
}

/* A value may be a whole path when the route starts with it: ids of connections are paths. */
static void put_path(const struct cli_template *t, hg_str path, struct hg_buf *out)
{
    struct hole hole;
    size_t at = 0;
    for (; find_hole(path, at, &hole); at = hole.end) {
        hg_str value = {0};
        hg_buf_str(out, hg_str_sub(path, at, hole.start - at));
        (void)value_of(t, hole.name, &value);
        if (hole.start == 0)
            hg_buf_str(out, value);
        else
            hg_buf_percent(out, filtered(t, &hole, value));
    }
    hg_buf_str(out, hg_str_from(path, at));
}

/* The $filter parts whose options are there, joined. */
static hg_str joined_filter(const struct cli_template *t, hg_str query)
{
    struct hg_buf buf = hg_buf_new(t->arena, HG_MAX_TARGET);
    hg_str parameter;
    while (hg_str_field(&query, '&', &parameter)) {
        if (!hg_str_starts(parameter, HG_STR("$filter=")) ||
            cli_template_missing(t, parameter).len > 0)
            continue;
        hg_buf_z(&buf, buf.len > 0 ? " and " : "");
        hg_buf_str(&buf, cli_template_text(t, hg_str_from(parameter, 8)));
    }
    return hg_buf_view(&buf);
}

static void put_parameter(struct hg_buf *out, hg_str name, hg_str value, bool *first)
{
    hg_buf_byte(out, *first ? '?' : '&');
    *first = false;
    hg_buf_str(out, name);
    hg_buf_byte(out, '=');
    hg_buf_percent(out, value);
}

static void put_query(const struct cli_template *t, hg_str query, struct hg_buf *out)
{
    bool first = true;
    hg_str filter = joined_filter(t, query);
    hg_str rest = query;
    hg_str parameter;
    while (hg_str_field(&rest, '&', &parameter)) {
        hg_str name;
        hg_str value;
        (void)hg_str_cut(parameter, '=', &name, &value);
        if (!hg_str_eq(name, HG_STR("$filter")) && cli_template_missing(t, value).len == 0)
            put_parameter(out, name, cli_template_text(t, value), &first);
    }
    if (filter.len > 0)
        put_parameter(out, HG_STR("$filter"), filter, &first);
}

hg_str cli_template_target(const struct cli_template *t, hg_str route)
{
    struct hg_buf buf = hg_buf_new(t->arena, HG_MAX_TARGET);
    hg_str path;
    hg_str query;
    (void)hg_str_cut(route, '?', &path, &query);
    put_path(t, path, &buf);
    put_query(t, query, &buf);
    return hg_buf_view(&buf);
}

struct hg_json cli_template_body(const struct cli_template *t, const struct hg_json *body)
{
    if (hg_json_is(body, HG_JSON_STRING))
        return hg_json_str(cli_template_text(t, body->string));
    if (!hg_json_is(body, HG_JSON_OBJECT))
        return *body;
    struct hg_json copy = hg_json_object();
    for (uint32_t i = 0; i < body->object.n; i++)
        hg_json_set(t->arena, &copy, body->object.members[i].name,
                    cli_template_body(t, &body->object.members[i].value));
    return copy;
}

/* --- Members that options set */

static struct hg_json *object_at(struct hg_arena *arena, struct hg_json *object, hg_str name)
{
    if (!hg_json_is(hg_json_get_str(object, name), HG_JSON_OBJECT))
        hg_json_set(arena, object, name, hg_json_object());
    for (uint32_t i = 0; i < object->object.n; i++)
        if (hg_str_eq(object->object.members[i].name, name))
            return &object->object.members[i].value;
    return object; /* the arena ended; rendering will say so */
}

void cli_set_member(struct hg_arena *arena, struct hg_json *object, hg_str path,
                    struct hg_json value)
{
    hg_str name;
    hg_str rest;
    while (hg_str_cut(path, '.', &name, &rest)) {
        object = object_at(arena, object, name);
        path = rest;
    }
    hg_json_set(arena, object, path, value);
}

static const struct hg_json *member_at(const struct hg_json *object, hg_str path)
{
    hg_str name;
    while (hg_str_field(&path, '.', &name))
        object = hg_json_get_str(object, name);
    return object;
}

static struct hg_json typed(struct hg_arena *arena, const struct cli_value *value, hg_str kind,
                            const struct hg_json *there)
{
    if (hg_str_eq(kind, HG_STR("bool")))
        return hg_json_bool(!hg_str_eq(value->value, HG_STR("false")));
    if (!hg_str_eq(kind, HG_STR("list")))
        return hg_json_str(value->value);
    struct hg_json list = hg_json_is(there, HG_JSON_ARRAY) ? *there : hg_json_array();
    hg_json_push(arena, &list, hg_json_str(value->value));
    return list;
}

void cli_set_options(struct hg_arena *arena, const struct cli_call *call, struct hg_json *body)
{
    for (size_t i = 0; i < call->n_values; i++) {
        hg_str path;
        hg_str kind;
        const struct cli_option *option = call->values[i].option;
        bool is_placed =
            call->command->route != NULL &&
            cli_template_uses(hg_str_of(call->command->route), hg_str_of(option->name));
        if (option->member == NULL || is_placed)
            continue;
        (void)hg_str_cut(hg_str_of(call->values[i].option->member), ':', &path, &kind);
        cli_set_member(arena, body, path,
                       typed(arena, &call->values[i], kind, member_at(body, path)));
    }
}
