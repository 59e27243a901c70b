#include "base/base.h"
#include "flow/definition.h"
#include "flow/definition_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Where actions stand inside an action. A branch is one object of actions. */
struct branch {
    const struct hg_json *actions;
    hg_str path;
    bool is_else;
};

enum { MAX_BRANCHES = 32 };

struct branches {
    struct branch items[MAX_BRANCHES];
    size_t n;
};

static void branch_add(struct branches *list, const struct hg_json *actions, hg_str path,
                       bool is_else)
{
    if (hg_json_is(actions, HG_JSON_OBJECT) && list->n < MAX_BRANCHES)
        list->items[list->n++] = (struct branch){actions, path, is_else};
}

/* Also of types that are refused, so that what stands inside them is known by name. */
static void branches_of(struct flow_reading *reading, const struct hg_json *action, hg_str path,
                        struct branches *out)
{
    out->n = 0;
    struct hg_arena *arena = reading->arena;
    branch_add(out, hg_json_get(action, "actions"),
               hg_str_format(arena, "%.*s/actions", HG_ARG(path)), false);
    branch_add(out, hg_json_path(action, "else.actions"),
               hg_str_format(arena, "%.*s/else/actions", HG_ARG(path)), true);
    branch_add(out, hg_json_path(action, "default.actions"),
               hg_str_format(arena, "%.*s/default/actions", HG_ARG(path)), false);
    const struct hg_json *cases = hg_json_get(action, "cases");
    for (size_t i = 0; hg_json_is(cases, HG_JSON_OBJECT) && i < hg_json_count(cases); i++) {
        const struct hg_json_member *one = &cases->object.members[i];
        hg_str at =
            flow_reading_path(reading, hg_str_format(arena, "%.*s/cases", HG_ARG(path)), one->name);
        branch_add(out, hg_json_get(&one->value, "actions"),
                   hg_str_format(arena, "%.*s/actions", HG_ARG(at)), false);
    }
}

/* Counts the same tree that outline_branch() walks; stops where it is too deep or
 * too large to matter. */
static size_t count_actions(const struct hg_json *actions, unsigned depth)
{
    size_t n = 0;
    if (!hg_json_is(actions, HG_JSON_OBJECT) || depth > HG_MAX_FLOW_NESTING)
        return 0;
    for (size_t i = 0; i < hg_json_count(actions) && n <= HG_MAX_FLOW_ACTIONS; i++) {
        const struct hg_json *action = &actions->object.members[i].value;
        const struct hg_json *cases = hg_json_get(action, "cases");
        n += 1 + count_actions(hg_json_get(action, "actions"), depth + 1) +
             count_actions(hg_json_path(action, "else.actions"), depth + 1) +
             count_actions(hg_json_path(action, "default.actions"), depth + 1);
        for (size_t j = 0; hg_json_is(cases, HG_JSON_OBJECT) && j < hg_json_count(cases); j++)
            n += count_actions(hg_json_get(&cases->object.members[j].value, "actions"), depth + 1);
    }
    return n;
}

static void check_name(struct flow_reading *reading, const struct flow_action *action)
{
    if (action->name.len == 0) {
        FLOW_REFUSE(reading, "InvalidTemplate", action->path, "An action has no name.");
        return;
    }
    if (hg_utf16_length(action->name) > HG_MAX_FLOW_NAME)
        FLOW_REFUSE(reading, "InvalidTemplate", action->path,
                    "The name of action '%.*s' is longer than %d characters.", HG_ARG(action->name),
                    HG_MAX_FLOW_NAME);
    for (size_t i = 0; i < action->name.len; i++) {
        unsigned char c = (unsigned char)action->name.ptr[i];
        if (c >= 0x20 && c != '<' && c != '>' && c != '%' && c != '&' && c != '\\' && c != '?' &&
            c != '/')
            continue;
        FLOW_REFUSE(reading, "InvalidTemplate", action->path,
                    "The name of action '%.*s' holds a character that names may not have: "
                    "control characters and < > %% & \\ ? /.",
                    HG_ARG(action->name));
        return;
    }
}

static void outline_branch(struct flow_reading *reading, const struct branch *branch,
                           uint32_t parent, uint32_t depth);

static void outline_action(struct flow_reading *reading, const struct branch *branch, size_t i,
                           const struct flow_action *shape)
{
    struct flow_definition *out = reading->out;
    const struct hg_json_member *member = &branch->actions->object.members[i];
    uint32_t index = out->n_actions++;
    struct flow_action *action = &out->actions[index];
    *action = *shape;
    action->name = member->name;
    action->source = &member->value;
    action->path = flow_reading_path(reading, branch->path, member->name);
    action->inputs = hg_json_get(action->source, "inputs");
    action->type_name = hg_json_str_or(hg_json_get(action->source, "type"), HG_STR(""));
    action->kind_name = hg_json_str_or(hg_json_get(action->source, "kind"), HG_STR(""));
    action->type = flow_action_type_of(action->type_name);
    check_name(reading, action);
    struct branches inner;
    branches_of(reading, action->source, action->path, &inner);
    for (size_t b = 0; b < inner.n; b++)
        outline_branch(reading, &inner.items[b], index, shape->depth + 1);
    out->actions[index].end = out->n_actions;
}

/* Recursion ends at HG_MAX_FLOW_NESTING. */
static void outline_branch(struct flow_reading *reading, const struct branch *branch,
                           uint32_t parent, uint32_t depth)
{
    if (depth > HG_MAX_FLOW_NESTING) {
        FLOW_REFUSE(reading, "InvalidTemplate", branch->path,
                    "Actions are nested more than %d levels deep.", HG_MAX_FLOW_NESTING);
        return;
    }
    struct flow_action shape = {.parent = parent, .in_else = branch->is_else, .depth = depth};
    for (size_t i = 0; i < hg_json_count(branch->actions); i++)
        outline_action(reading, branch, i, &shape);
}

static int compare_named(const void *a, const void *b)
{
    const struct flow_named *x = a;
    const struct flow_named *y = b;
    int order = hg_str_cmp_nocase(x->name, y->name);
    if (order != 0)
        return order;
    return x->action < y->action ? -1 : x->action > y->action;
}

static void index_names(struct flow_reading *reading)
{
    struct flow_definition *out = reading->out;
    for (uint32_t i = 0; i < out->n_actions; i++)
        out->by_name[i] = (struct flow_named){out->actions[i].name, i};
    qsort(out->by_name, out->n_actions, sizeof(*out->by_name), compare_named);
    for (uint32_t i = 1; i < out->n_actions; i++) {
        if (!hg_str_eq_nocase(out->by_name[i].name, out->by_name[i - 1].name))
            continue;
        const struct flow_action *twin = &out->actions[out->by_name[i].action];
        FLOW_REFUSE(reading, "DuplicateActionName", twin->path,
                    "The action name '%.*s' is used more than once; names are unique in the whole "
                    "definition, also inside scopes and loops.",
                    HG_ARG(twin->name));
    }
}

uint32_t flow_definition_action(const struct flow_definition *definition, hg_str name)
{
    uint32_t low = 0;
    uint32_t high = definition->n_actions;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = hg_str_cmp_nocase(definition->by_name[middle].name, name);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found =
        low < definition->n_actions && hg_str_eq_nocase(definition->by_name[low].name, name);
    return found ? definition->by_name[low].action : FLOW_NONE;
}

static bool list_new(struct flow_reading *reading, struct flow_actions *list)
{
    uint32_t n = list->n;
    list->n = 0;
    if (n == 0)
        return true;
    list->items = HG_NEW_ARRAY(reading->arena, uint32_t, n);
    reading->failed |= list->items == NULL;
    return list->items != NULL;
}

static struct flow_actions *list_of(struct flow_definition *out, const struct flow_action *action)
{
    if (action->parent == FLOW_NONE)
        return &out->top;
    struct flow_action *parent = &out->actions[action->parent];
    return action->in_else ? &parent->otherwise : &parent->children;
}

/* The lists of children: counted, then filled. */
static void link_children(struct flow_reading *reading)
{
    struct flow_definition *out = reading->out;
    for (uint32_t i = 0; i < out->n_actions; i++)
        list_of(out, &out->actions[i])->n++;
    bool good = list_new(reading, &out->top);
    for (uint32_t i = 0; i < out->n_actions && good; i++)
        good = list_new(reading, &out->actions[i].children) &&
               list_new(reading, &out->actions[i].otherwise);
    for (uint32_t i = 0; i < out->n_actions && good; i++) {
        struct flow_actions *list = list_of(out, &out->actions[i]);
        uint32_t before = 0;
        if (out->actions[i].in_else && out->actions[i].parent != FLOW_NONE)
            before = out->actions[out->actions[i].parent].children.n;
        out->actions[i].slot = before + list->n;
        list->items[list->n++] = i;
    }
}

static bool tables_new(struct flow_reading *reading, size_t n)
{
    struct flow_definition *out = reading->out;
    out->actions = HG_NEW_ARRAY(reading->arena, struct flow_action, n == 0 ? 1 : n);
    out->by_name = HG_NEW_ARRAY(reading->arena, struct flow_named, n == 0 ? 1 : n);
    reading->failed |= out->actions == NULL || out->by_name == NULL;
    return !reading->failed;
}

void flow_reading_outline(struct flow_reading *reading)
{
    const struct hg_json *actions = hg_json_get(reading->out->source, "actions");
    if (!hg_json_is(actions, HG_JSON_OBJECT)) {
        FLOW_REFUSE(reading, "InvalidTemplate", HG_STR("/actions"),
                    "The definition has no 'actions', or they are not an object.");
        return;
    }
    size_t n = count_actions(actions, 0);
    if (n > HG_MAX_FLOW_ACTIONS) {
        FLOW_REFUSE(reading, "InvalidTemplate", HG_STR("/actions"),
                    "The definition has more than the %d actions that one flow may have.",
                    HG_MAX_FLOW_ACTIONS);
        return;
    }
    if (!tables_new(reading, n))
        return;
    struct branch top = {.actions = actions, .path = HG_STR("/actions")};
    outline_branch(reading, &top, FLOW_NONE, 0);
    index_names(reading);
    link_children(reading);
}
