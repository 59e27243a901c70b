#include "base/base.h"
#include "cli/render_private.h"

#include <stdbool.h>
#include <stddef.h>

/* One object as an outline: a line a member, members of members further in. */

enum { GAP = 2, STEP = 2 };

struct outline {
    struct hg_arena *arena;
    const struct cli_terminal *terminal;
    struct hg_buf *out;
};

static bool is_tree(const struct hg_json *value)
{
    if (value == NULL || hg_json_count(value) == 0)
        return false;
    if (value->kind == HG_JSON_OBJECT)
        return true;
    for (size_t i = 0; value->kind == HG_JSON_ARRAY && i < hg_json_count(value); i++)
        if (hg_json_is(hg_json_item(value, i), HG_JSON_OBJECT) ||
            hg_json_is(hg_json_item(value, i), HG_JSON_ARRAY))
            return true;
    return false;
}

static void put_name(const struct outline *o, hg_str name, size_t indent)
{
    cli_pad(o->out, 0, indent);
    hg_buf_z(o->out, o->terminal->has_color ? "\x1b[1m" : "");
    cli_put_safe(o->out, name);
    hg_buf_z(o->out, o->terminal->has_color ? "\x1b[0m" : "");
}

/* null, "", {} and []: left out unless they were asked for. */
static bool is_empty(const struct hg_json *value)
{
    hg_str text;
    if (hg_json_is_null(value) || (hg_json_as_str(value, &text) && text.len == 0))
        return true;
    bool is_box = value->kind == HG_JSON_OBJECT || value->kind == HG_JSON_ARRAY;
    return is_box && hg_json_count(value) == 0;
}

/* What fits in a line: a scalar, or a list of them. */
static void put_leaf(const struct outline *o, hg_str name, const struct hg_json *value,
                     size_t width)
{
    bool is_list = hg_json_is(value, HG_JSON_ARRAY) && hg_json_count(value) > 0;
    hg_str text = is_list ? HG_STR("") : cli_text(o->arena, value);
    if (is_list || text.len > 0)
        cli_pad(o->out, cli_width(name), width + GAP);
    cli_put_safe(o->out, text);
    for (size_t i = 0; is_list && i < hg_json_count(value); i++) {
        hg_buf_z(o->out, i == 0 ? "" : ", ");
        cli_put_safe(o->out, cli_text(o->arena, hg_json_item(value, i)));
    }
    hg_buf_byte(o->out, '\n');
}

static void put_tree(const struct outline *o, const struct hg_json *value, size_t indent);

static void put_member(const struct outline *o, hg_str name, const struct hg_json *value,
                       size_t indent, size_t width)
{
    put_name(o, name, indent);
    if (!is_tree(value)) {
        put_leaf(o, name, value, width);
        return;
    }
    hg_buf_byte(o->out, '\n');
    put_tree(o, value, indent + STEP);
}

static void put_items(const struct outline *o, const struct hg_json *list, size_t indent)
{
    for (size_t i = 0; i < hg_json_count(list); i++) {
        const struct hg_json *item = hg_json_item(list, i);
        if (is_tree(item)) {
            put_name(o, HG_STR("-"), indent);
            hg_buf_byte(o->out, '\n');
            put_tree(o, item, indent + STEP);
        } else {
            put_name(o, HG_STR("-"), indent);
            put_leaf(o, HG_STR("-"), item, 0);
        }
    }
}

static void put_tree(const struct outline *o, const struct hg_json *value, size_t indent)
{
    if (value->kind == HG_JSON_ARRAY) {
        put_items(o, value, indent);
        return;
    }
    size_t widest = 0;
    for (size_t i = 0; i < hg_json_count(value); i++) {
        const struct hg_json_member *member = &value->object.members[i];
        bool is_line = !is_tree(&member->value) && !is_empty(&member->value);
        size_t width = is_line ? cli_width(member->name) : 0;
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < hg_json_count(value); i++)
        if (!is_empty(&value->object.members[i].value))
            put_member(o, value->object.members[i].name, &value->object.members[i].value, indent,
                       widest);
}

void cli_render_object(struct hg_arena *arena, const struct cli_columns *columns,
                       const struct hg_json *object, const struct cli_terminal *terminal,
                       struct hg_buf *out)
{
    const struct outline o = {arena, terminal, out};
    size_t widest = 0;
    for (size_t i = 0; i < columns->n; i++) {
        const struct hg_json *value = cli_at_path(object, columns->items[i].path);
        bool is_line = columns->are_chosen || (!is_tree(value) && !is_empty(value));
        size_t width = is_line ? cli_width(columns->items[i].heading) : 0;
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < columns->n; i++) {
        const struct hg_json *value = cli_at_path(object, columns->items[i].path);
        if (columns->are_chosen || !is_empty(value))
            put_member(&o, columns->items[i].heading, value, 0, widest);
    }
}
