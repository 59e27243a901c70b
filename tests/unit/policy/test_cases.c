#include "base/base.h"
#include "policy/policy.h"
#include "unit/policy/world.h"
#include "unit/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* tests/cases/policy/NAME.json: [{name, given, want}]; the oracle reads them too. What
 * `want` does not mention is not compared. */

static const char *folder;

static hg_str read_file(struct hg_arena *arena, const char *name)
{
    hg_str path = hg_str_format(arena, "%s/%s", folder, name);
    FILE *file = fopen(hg_str_z(arena, path), "rb");
    assert_non_null(file);
    enum { ROOM = 4 << 20 };
    char *text = hg_arena_alloc(arena, ROOM, 1);
    assert_non_null(text);
    size_t n = fread(text, 1, ROOM, file);
    assert_int_equal(fclose(file), 0);
    assert_true(n < ROOM);
    return (hg_str){.ptr = text, .len = n};
}

static void compare(struct hg_arena *arena, const char *file, const struct hg_json *one)
{
    struct world world;
    struct hg_json got;
    struct hg_err err;
    hg_str name = hg_json_str_or(hg_json_get(one, "name"), HG_STR("?"));
    if (world_read(arena, hg_json_get(one, "given"), &world, &err) != HG_OK ||
        world_judge(arena, &world, true, &got, &err) != HG_OK)
        fail_msg("%s: %.*s: %s", file, HG_ARG(name), err.detail);

    const struct hg_json *want = hg_json_get(one, "want");
    if (hg_json_count(one) != 3 || hg_json_count(want) == 0) /* name, given, want */
        fail_msg("%s: %.*s: wants nothing, or has a member more", file, HG_ARG(name));
    for (size_t i = 0; i < hg_json_count(want); i++) {
        const struct hg_json_member *member = &want->object.members[i];
        if (hg_json_eq(hg_json_get_str(&got, member->name), &member->value))
            continue;
        hg_str text;
        assert_int_equal(hg_json_render(arena, &got, &text, NULL), HG_OK);
        fail_msg("%s: %.*s: %.*s differs in %.*s", file, HG_ARG(name), HG_ARG(member->name),
                 HG_ARG(text));
    }
}

static size_t check_file(const char *file)
{
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_json cases;
    struct hg_err err;
    hg_str text = read_file(arena, file);
    if (hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_file, &cases, &err) != HG_OK)
        fail_msg("%s: %s", file, err.detail);
    for (size_t i = 0; i < hg_json_count(&cases); i++)
        compare(arena, file, hg_json_item(&cases, i));
    return hg_json_count(&cases);
}

static void each_case_is_decided_as_it_says(void **state)
{
    (void)state;
    size_t n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        if (hg_str_ends(hg_str_of(entry->d_name), HG_STR(".json")))
            n += check_file(entry->d_name);
    assert_int_equal(closedir(dir), 0);
    assert_true(n > 100);
}

static void a_misspelt_member_is_no_fact(void **state)
{
    (void)state;
    static const char *const worlds[] = {
        "{\"policies\":[],\"locatoins\":[],\"facts\":{\"user\":{\"id\":\"u\"}}}",
        "{\"policies\":[],\"facts\":{\"user\":{\"id\":\"u\"},\"platfrom\":\"iOS\"}}",
        "{\"policies\":[],\"facts\":{\"user\":{\"id\":\"u\",\"group\":[]}}}",
        "{\"policies\":[],\"facts\":{\"user\":{\"id\":\"u\"},\"device\":{\"compliant\":true}}}",
        "{\"policies\":[],\"facts\":{\"user\":{\"id\":\"u\"},\"platform\":\"windos\"}}",
        "{\"policies\":[],\"facts\":{\"user\":{\"id\":\"u\"},\"device\":{\"extensionAttribute16\":"
        "\"x\"}}}",
        "{\"policies\":[],\"settings\":{\"baselineScopesMode\":\"lax\"},\"facts\":{\"user\":{"
        "\"id\":\"u\"}}}",
        "{\"policies\":[],\"facts\":{\"user\":{\"id\":\"u\"},\"request\":{\"scope\":[]}}}",
    };
    for (size_t i = 0; i < HG_COUNT(worlds); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        struct hg_json json;
        struct world world;
        assert_int_equal(
            hg_json_parse(arena, hg_str_of(worlds[i]), HG_JSON_STRICT, &hg_json_file, &json, NULL),
            HG_OK);
        assert_int_equal(world_read(arena, &json, &world, NULL), HG_MALFORMED);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_case_is_decided_as_it_says),
                                       cmocka_unit_test(a_misspelt_member_is_no_fact)};
    if (argc < 2)
        return 2;
    folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
