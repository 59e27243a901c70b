#include "base/base.h"
#include "policy/policy.h"
#include "unit/test.h"

#include <stdio.h>

/* Groups of applications as data: the file, what was made of it, and what is refused. */

static const char *folder;

static struct hg_json read_file(struct hg_arena *arena)
{
    enum { ROOM = 256 << 10 };
    hg_str path = hg_str_format(arena, "%s/../../../src/policy/app_groups.json", folder);
    FILE *file = fopen(hg_str_z(arena, path), "rb");
    assert_non_null(file);
    char *text = hg_arena_alloc(arena, ROOM, 1);
    assert_non_null(text);
    size_t n = fread(text, 1, ROOM, file);
    assert_int_equal(fclose(file), 0);
    struct hg_json json;
    assert_int_equal(hg_json_parse(arena, (hg_str){.ptr = text, .len = n}, HG_JSON_STRICT,
                                   &hg_json_file, &json, NULL),
                     HG_OK);
    return json;
}

static void what_comes_with_the_server_is_the_file(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json json = read_file(arena);
    const struct policy_app_groups *groups;
    assert_int_equal(policy_app_groups_parse(arena, &json, &groups, NULL), HG_OK);
    test_str_eq("the date", policy_app_groups_date(groups),
                policy_app_groups_date(&policy_app_groups_builtin));
    const struct hg_json *apps = hg_json_get(&json, "applications");
    assert_true(hg_json_count(apps) > 30);
    for (size_t i = 0; i < hg_json_count(apps); i++) {
        hg_str id = hg_json_str_or(hg_json_get(hg_json_item(apps, i), "id"), HG_STR(""));
        assert_true(policy_app_is_known(groups, id));
        assert_true(policy_app_is_known(&policy_app_groups_builtin, id));
    }
    assert_true(policy_app_is_known(groups, HG_STR("00000003-0000-0FF1-CE00-000000000000")));
    assert_false(policy_app_is_known(groups, HG_STR("00000003-0000-0ff1-ce00-000000000001")));
    assert_false(policy_app_is_known(groups, HG_STR("")));
}

#define ID "99999999-0000-4000-8000-000000000001"

static void what_is_no_file_of_groups_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"[]", "the file must be an object"},
        {"{\"groups\":{}}", "date says of when the groups are, such as 2026-08-20"},
        {"{\"date\":\"yesterday\",\"groups\":{}}",
         "date says of when the groups are, such as 2026-08-20"},
        {"{\"date\":\"2026-08-20\"}", "groups must be an object"},
        {"{\"date\":\"2026-08-20\",\"groups\":{},\"dependncies\":[]}",
         "the file has no member 'dependncies'"},
        {"{\"date\":\"2026-08-20\",\"groups\":{\"Office\":[]}}", "groups has no member 'Office'"},
        {"{\"date\":\"2026-08-20\",\"groups\":{\"Office365\":\"" ID "\"}}",
         "Office365 must be a list"},
        {"{\"date\":\"2026-08-20\",\"groups\":{\"Office365\":[\"" ID "\",\"Teams\"]}}",
         "Office365[1] is no application id"},
        {"{\"date\":\"2026-08-20\",\"groups\":{},\"applications\":[{\"name\":\"x\"}]}",
         "applications[0] is no application id"},
        {"{\"date\":\"2026-08-20\",\"groups\":{},\"dependencies\":[{\"app\":\"" ID "\"}]}",
         "dependencies[0] is no application id"},
        {"{\"date\":\"2026-08-20\",\"groups\":{},\"dependencies\":[{\"app\":\"" ID
         "\",\"needs\":\"" ID "\",\"late\":true}]}",
         "a dependency has no member 'late'"},
    };
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct hg_json json;
        struct hg_err err;
        const struct policy_app_groups *groups;
        assert_int_equal(hg_json_parse(arena, hg_str_of(rows[i].text), HG_JSON_STRICT,
                                       &hg_json_file, &json, NULL),
                         HG_OK);
        assert_int_equal(policy_app_groups_parse(arena, &json, &groups, &err), HG_MALFORMED);
        test_str_eq(rows[i].text, hg_str_of(err.detail), hg_str_of(rows[i].want));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_with_the_server_is_the_file),
        cmocka_unit_test(what_is_no_file_of_groups_is_refused),
    };
    if (argc < 2)
        return 2;
    folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
