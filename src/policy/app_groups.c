#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* --- Reading --------------------------------------------------------------------- */

struct reader {
    struct hg_arena *arena;
    struct policy_app *apps; /* as they come: in any order, some twice */
    size_t n, room;
    struct hg_err *err;
};

static const struct {
    const char *name;
    enum policy_family family;
} families[] = {{"Office365", POLICY_FAMILY_OFFICE365},
                {"MicrosoftAdminPortals", POLICY_FAMILY_ADMIN_PORTALS}};

static enum hg_code check_members(struct reader *reader, const struct hg_json *object,
                                  const hg_str *names, size_t n, const char *where)
{
    if (!hg_json_is(object, HG_JSON_OBJECT))
        return HG_FAIL(reader->err, HG_MALFORMED, "%s must be an object", where);
    for (size_t i = 0; i < hg_json_count(object); i++) {
        hg_str name = object->object.members[i].name;
        bool is_known = false;
        for (size_t k = 0; k < n; k++)
            is_known |= hg_str_eq(names[k], name);
        if (!is_known)
            return HG_FAIL(reader->err, HG_MALFORMED, "%s has no member '%.*s'", where,
                           HG_ARG(hg_str_sub(name, 0, 64)));
    }
    return HG_OK;
}

static enum hg_code check_list(struct reader *reader, const struct hg_json *list, const char *where)
{
    if (!hg_json_is_null(list) && !hg_json_is(list, HG_JSON_ARRAY))
        return HG_FAIL(reader->err, HG_MALFORMED, "%s must be a list", where);
    return HG_OK;
}

/* An application of that id; `where` and `i` say which place of the file. */
static enum hg_code read_id(struct reader *reader, const struct hg_json *value, const char *where,
                            size_t i, hg_str *out)
{
    hg_str id;
    if (!hg_json_as_str(value, &id) || !hg_uuid_valid(id))
        return HG_FAIL(reader->err, HG_MALFORMED, "%s[%zu] is no application id", where, i);
    *out = id;
    return HG_OK;
}

static void push(struct reader *reader, hg_str id, hg_str name, uint32_t bits)
{
    HG_ASSERT(reader->n < reader->room);
    reader->apps[reader->n++] = (struct policy_app){.id = id, .name = name, .families = bits};
}

static enum hg_code read_applications(struct reader *reader, const struct hg_json *list)
{
    static const hg_str members[] = {HG_LIT("id"), HG_LIT("name")};
    HG_TRY(check_list(reader, list, "applications"));
    for (size_t i = 0; i < hg_json_count(list); i++) {
        const struct hg_json *row = hg_json_item(list, i);
        hg_str id = HG_STR("");
        HG_TRY(check_members(reader, row, members, HG_COUNT(members), "an application"));
        HG_TRY(read_id(reader, hg_json_get(row, "id"), "applications", i, &id));
        push(reader, id, hg_json_str_or(hg_json_get(row, "name"), HG_STR("")), 0);
    }
    return HG_OK;
}

static enum hg_code read_group(struct reader *reader, const struct hg_json *list, const char *name,
                               enum policy_family family)
{
    HG_TRY(check_list(reader, list, name));
    for (size_t i = 0; i < hg_json_count(list); i++) {
        hg_str id = HG_STR("");
        HG_TRY(read_id(reader, hg_json_item(list, i), name, i, &id));
        push(reader, id, HG_STR(""), family);
    }
    return HG_OK;
}

static enum hg_code read_groups(struct reader *reader, const struct hg_json *groups)
{
    static const hg_str members[] = {HG_LIT("Office365"), HG_LIT("MicrosoftAdminPortals")};
    HG_TRY(check_members(reader, groups, members, HG_COUNT(members), "groups"));
    for (size_t k = 0; k < HG_COUNT(families); k++)
        HG_TRY(read_group(reader, hg_json_get(groups, families[k].name), families[k].name,
                          families[k].family));
    return HG_OK;
}

static enum hg_code read_dependencies(struct reader *reader, const struct hg_json *list,
                                      struct policy_app_groups *out)
{
    static const hg_str members[] = {HG_LIT("app"), HG_LIT("needs")};
    HG_TRY(check_list(reader, list, "dependencies"));
    size_t n = hg_json_count(list);
    struct policy_dependency *rows = HG_NEW_ARRAY(reader->arena, struct policy_dependency, n);
    if (rows == NULL)
        return HG_FAIL(reader->err, HG_NO_MEMORY, "%zu dependencies", n);
    for (size_t i = 0; i < n; i++) {
        const struct hg_json *row = hg_json_item(list, i);
        HG_TRY(check_members(reader, row, members, HG_COUNT(members), "a dependency"));
        HG_TRY(read_id(reader, hg_json_get(row, "app"), "dependencies", i, &rows[i].app));
        HG_TRY(read_id(reader, hg_json_get(row, "needs"), "dependencies", i, &rows[i].needs));
        push(reader, rows[i].app, HG_STR(""), 0);
        push(reader, rows[i].needs, HG_STR(""), 0);
    }
    out->dependencies = rows;
    out->n_dependencies = n;
    return HG_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct policy_app *left = a;
    const struct policy_app *right = b;
    return hg_str_cmp_nocase(left->id, right->id);
}

/* One row an application. */
static size_t merge(struct policy_app *apps, size_t n)
{
    size_t kept = 0;
    qsort(apps, n, sizeof(*apps), by_id);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || by_id(&apps[kept - 1], &apps[i]) != 0) {
            apps[kept++] = apps[i];
            continue;
        }
        apps[kept - 1].families |= apps[i].families;
        if (apps[kept - 1].name.len == 0)
            apps[kept - 1].name = apps[i].name;
    }
    return kept;
}

static size_t count_places(const struct hg_json *json)
{
    const struct hg_json *groups = hg_json_get(json, "groups");
    size_t n = hg_json_count(hg_json_get(json, "applications")) +
               2 * hg_json_count(hg_json_get(json, "dependencies"));
    for (size_t k = 0; k < HG_COUNT(families); k++)
        n += hg_json_count(hg_json_get(groups, families[k].name));
    return n;
}

static enum hg_code read_date(struct reader *reader, const struct hg_json *json, hg_str *out)
{
    hg_time when;
    hg_str date = hg_json_str_or(hg_json_get(json, "date"), HG_STR(""));
    if (hg_time_parse(date, &when, NULL) != HG_OK)
        return HG_FAIL(reader->err, HG_MALFORMED,
                       "date says of when the groups are, such as 2026-08-20");
    *out = date;
    return HG_OK;
}

enum hg_code policy_app_groups_parse(struct hg_arena *arena, const struct hg_json *json,
                                     const struct policy_app_groups **out, struct hg_err *err)
{
    static const hg_str members[] = {HG_LIT("date"), HG_LIT("source"), HG_LIT("applications"),
                                     HG_LIT("groups"), HG_LIT("dependencies")};
    struct reader reader = {.arena = arena, .room = count_places(json), .err = err};
    struct policy_app_groups *groups = HG_NEW(arena, struct policy_app_groups);
    reader.apps = HG_NEW_ARRAY(arena, struct policy_app, reader.room);
    if (groups == NULL || reader.apps == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "groups of applications");
    HG_TRY(check_members(&reader, json, members, HG_COUNT(members), "the file"));
    HG_TRY(read_date(&reader, json, &groups->date));
    groups->source = hg_json_str_or(hg_json_get(json, "source"), HG_STR(""));
    HG_TRY(read_applications(&reader, hg_json_get(json, "applications")));
    HG_TRY(read_groups(&reader, hg_json_get(json, "groups")));
    HG_TRY(read_dependencies(&reader, hg_json_get(json, "dependencies"), groups));
    groups->apps = reader.apps;
    groups->n_apps = merge(reader.apps, reader.n);
    *out = groups;
    return HG_OK;
}

/* --- Asking ---------------------------------------------------------------------- */

hg_str policy_app_groups_date(const struct policy_app_groups *groups)
{
    return groups->date;
}

bool policy_app_is_known(const struct policy_app_groups *groups, hg_str app_id)
{
    const struct policy_app key = {.id = app_id};
    return groups->n_apps > 0 &&
           bsearch(&key, groups->apps, groups->n_apps, sizeof(key), by_id) != NULL;
}
