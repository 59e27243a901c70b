#include "base/base.h"
#include "cli/online_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Members that the server writes, which exports hold and updates must not. */
static bool is_written_by_server(hg_str name)
{
    static const char *const names[] = {"id", "createdDateTime", "modifiedDateTime",
                                        "deletedDateTime"};
    for (size_t i = 0; i < HG_COUNT(names); i++)
        if (hg_str_eq(name, hg_str_of(names[i])))
            return true;
    return hg_str_starts(name, HG_STR("@odata.")) && !hg_str_eq(name, HG_STR("@odata.type"));
}

static struct hg_json wanted_members(struct hg_arena *arena, const struct hg_json *object)
{
    struct hg_json wanted = hg_json_object();
    for (uint32_t i = 0; i < object->object.n; i++)
        if (!is_written_by_server(object->object.members[i].name))
            hg_json_set(arena, &wanted, object->object.members[i].name,
                        object->object.members[i].value);
    return wanted;
}

/* null, [] and {} mean the same as a member that is not there: the server answers with all
 * members, files name those that matter. */
static bool is_nothing(const struct hg_json *value)
{
    bool is_box = hg_json_is(value, HG_JSON_ARRAY) || hg_json_is(value, HG_JSON_OBJECT);
    return hg_json_is_null(value) || (is_box && hg_json_count(value) == 0);
}

static bool is_alike(const struct hg_json *a, const struct hg_json *b);

/* Each member of `a` has its like in `b`. */
static bool has_members(const struct hg_json *a, const struct hg_json *b)
{
    for (uint32_t i = 0; i < a->object.n; i++)
        if (!is_alike(&a->object.members[i].value, hg_json_get_str(b, a->object.members[i].name)))
            return false;
    return true;
}

static bool is_alike(const struct hg_json *a, const struct hg_json *b)
{
    if (is_nothing(a) || is_nothing(b))
        return is_nothing(a) && is_nothing(b);
    if (hg_json_is(a, HG_JSON_OBJECT) && hg_json_is(b, HG_JSON_OBJECT))
        return has_members(a, b) && has_members(b, a);
    if (!hg_json_is(a, HG_JSON_ARRAY) || !hg_json_is(b, HG_JSON_ARRAY))
        return hg_json_eq(a, b);
    bool same = hg_json_count(a) == hg_json_count(b);
    for (size_t i = 0; same && i < hg_json_count(a); i++)
        same = is_alike(hg_json_item(a, i), hg_json_item(b, i));
    return same;
}

static hg_str text_member(const struct hg_json *object, const char *name)
{
    return hg_json_str_or(hg_json_get(object, name), HG_STR(""));
}

/* How many of `list` have that value; *out is the last of them. */
static size_t find_all(const struct hg_json *list, const char *member, hg_str value,
                       const struct hg_json **out)
{
    size_t n = 0;
    for (size_t i = 0; value.len > 0 && i < hg_json_count(list); i++) {
        if (!hg_str_eq_nocase(text_member(hg_json_item(list, i), member), value))
            continue;
        *out = hg_json_item(list, i);
        n++;
    }
    return n;
}

static bool plan_one(struct hg_arena *arena, const struct hg_json *object,
                     const struct hg_json *existing, struct cli_step *out,
                     struct cli_problem *out_problem)
{
    const struct hg_json *there = NULL;
    out->name = text_member(object, "displayName");
    if (!hg_json_is(object, HG_JSON_OBJECT) || out->name.len == 0) {
        *out_problem = cli_usage_problem(
            hg_str_format(arena, "%.*s holds something that has no displayName", HG_ARG(out->file)),
            HG_STR(""), HG_STR(""));
        return false;
    }
    if (find_all(existing, "id", text_member(object, "id"), &there) == 0 &&
        find_all(existing, "displayName", out->name, &there) > 1) {
        *out_problem = cli_usage_problem(
            hg_str_format(arena, "more than one object is called '%.*s'", HG_ARG(out->name)),
            HG_STR(""), HG_STR("Put the id of the one that is meant into the file."));
        return false;
    }
    out->body = wanted_members(arena, object);
    out->id = text_member(there, "id");
    out->etag = text_member(there, "@odata.etag");
    out->action = there == NULL                    ? HG_STR("created")
                  : has_members(&out->body, there) ? HG_STR("unchanged")
                                                   : HG_STR("changed");
    return true;
}

/* A file holds one object, an array of them, or {"value":[…]}. */
static const struct hg_json *objects_of(const struct hg_json *file)
{
    const struct hg_json *value = hg_json_get(file, "value");
    return hg_json_is(value, HG_JSON_ARRAY) ? value : file;
}

bool cli_apply_plan(struct hg_arena *arena, const struct cli_inputs *inputs,
                    const struct hg_json *existing, struct cli_step **out, size_t *out_n,
                    struct cli_problem *out_problem)
{
    size_t most = 0;
    for (size_t i = 0; i < inputs->n_files; i++)
        most += hg_json_count(objects_of(&inputs->files[i].value)) + 1;
    struct cli_step *steps = HG_NEW_ARRAY(arena, struct cli_step, most);
    size_t n = 0;
    for (size_t i = 0; steps != NULL && i < inputs->n_files; i++) {
        const struct hg_json *objects = objects_of(&inputs->files[i].value);
        bool is_list = objects->kind == HG_JSON_ARRAY;
        for (size_t k = 0; k < (is_list ? hg_json_count(objects) : 1); k++) {
            steps[n].file = inputs->files[i].name;
            if (!plan_one(arena, is_list ? hg_json_item(objects, k) : objects, existing, &steps[n],
                          out_problem))
                return false;
            n++;
        }
    }
    *out = steps;
    *out_n = n;
    return true;
}
