#include "base/base.h"
#include "graph/graph.h"

#include <stdbool.h>
#include <stddef.h>

struct comparison {
    struct hg_arena *arena;
    struct hg_json changes; /* array */
};

static bool has_item(const struct hg_json *array, const struct hg_json *item)
{
    for (size_t i = 0; i < hg_json_count(array); i++)
        if (hg_json_eq(hg_json_item(array, i), item))
            return true;
    return false;
}

/* The items of `array` that are not in `other`. */
static struct hg_json without(struct hg_arena *arena, const struct hg_json *array,
                              const struct hg_json *other)
{
    struct hg_json rest = hg_json_array();
    for (size_t i = 0; i < hg_json_count(array); i++)
        if (!has_item(other, hg_json_item(array, i)))
            hg_json_push(arena, &rest, *hg_json_item(array, i));
    return rest;
}

static void push(struct comparison *comparison, hg_str path, const struct hg_json *before,
                 const struct hg_json *after)
{
    struct hg_arena *arena = comparison->arena;
    struct hg_json change = hg_json_object();
    hg_json_put_str(arena, &change, "path", path);
    hg_json_put(arena, &change, "from", before == NULL ? hg_json_null() : *before);
    hg_json_put(arena, &change, "to", after == NULL ? hg_json_null() : *after);
    if (hg_json_is(before, HG_JSON_ARRAY) && hg_json_is(after, HG_JSON_ARRAY)) {
        hg_json_put(arena, &change, "added", without(arena, after, before));
        hg_json_put(arena, &change, "removed", without(arena, before, after));
    }
    hg_json_push(arena, &comparison->changes, change);
}

static bool is_same(const struct hg_json *a, const struct hg_json *b)
{
    if (hg_json_is_null(a) || hg_json_is_null(b))
        return hg_json_is_null(a) && hg_json_is_null(b);
    return hg_json_eq(a, b);
}

static void compare(struct comparison *comparison, hg_str path, const struct hg_json *before,
                    const struct hg_json *after);

static void compare_member(struct comparison *comparison, hg_str path, hg_str name,
                           const struct hg_json *before, const struct hg_json *after)
{
    hg_str at = path.len == 0
                    ? name
                    : hg_str_format(comparison->arena, "%.*s.%.*s", HG_ARG(path), HG_ARG(name));
    compare(comparison, at, hg_json_get_str(before, name), hg_json_get_str(after, name));
}

/* As deep as JSON that was parsed may be. */
static void compare(struct comparison *comparison, hg_str path, const struct hg_json *before,
                    const struct hg_json *after)
{
    if (is_same(before, after))
        return;
    if (!hg_json_is(before, HG_JSON_OBJECT) || !hg_json_is(after, HG_JSON_OBJECT)) {
        push(comparison, path, before, after);
        return;
    }
    for (uint32_t i = 0; i < after->object.n; i++)
        compare_member(comparison, path, after->object.members[i].name, before, after);
    for (uint32_t i = 0; i < before->object.n; i++)
        if (hg_json_get_str(after, before->object.members[i].name) == NULL)
            compare_member(comparison, path, before->object.members[i].name, before, after);
}

struct hg_json graph_changes(struct hg_arena *arena, const struct hg_json *before,
                             const struct hg_json *after)
{
    static const char *const left_out[] = {"createdDateTime", "modifiedDateTime",
                                           "deletedDateTime"};
    struct comparison comparison = {.arena = arena, .changes = hg_json_array()};
    struct hg_json was = hg_json_copy(arena, before);
    struct hg_json is = hg_json_copy(arena, after);
    for (size_t i = 0; i < HG_COUNT(left_out); i++) {
        (void)hg_json_remove(&was, hg_str_of(left_out[i]));
        (void)hg_json_remove(&is, hg_str_of(left_out[i]));
    }
    compare(&comparison, HG_STR(""), &was, &is);
    return comparison.changes;
}
