#include "base/base.h"
#include "edge/files.h"
#include "edge/places.h"
#include "folder.h"
#include "unit/test.h"

#include <string.h>
#include <unistd.h>

static struct hg_ip address(const char *text)
{
    struct hg_ip ip;
    assert_int_equal(hg_ip_parse(hg_str_of(text), &ip, NULL), HG_OK);
    return ip;
}

/* Files of real shape are written and looked up by tests/scenarios/signals.test.mjs. */
static void a_file_that_is_no_database_is_named_and_not_taken(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        enum hg_code code;
    } rows[] = {
        {"", HG_IO}, {"no database", HG_MALFORMED}, {"\xab\xcd\xefMaxMind.com", HG_MALFORMED}};
    struct test_folder folder = test_folder_make();
    const char *path = test_folder_name(&folder, "places.mmdb");
    struct edge_places *places;
    assert_int_equal(edge_places_open(&places, NULL), HG_OK);
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        struct hg_err err = {0};
        assert_int_equal(edge_file_write(path, hg_str_of(rows[i].bytes), NULL), HG_OK);
        assert_int_equal(edge_places_load(places, path, &err), rows[i].code);
        assert_non_null(strstr(err.detail, "places.mmdb"));
    }
    (void)unlink(path);
    assert_int_equal(edge_places_load(places, path, NULL), HG_NOT_FOUND);
    edge_places_close(places);
    (void)rmdir(folder.path);
}

static void without_a_database_every_address_is_nowhere(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct edge_places *places;
    assert_int_equal(edge_places_open(&places, NULL), HG_OK);
    assert_int_equal(edge_places_load(places, "", NULL), HG_OK);
    static const char *const addresses[] = {"198.51.100.7", "2001:db8::1", "0.0.0.0", "::"};
    for (size_t i = 0; i < HG_COUNT(addresses); i++) {
        struct edge_place place = edge_places_find(places, arena, address(addresses[i]));
        assert_int_equal(place.country.len, 0);
        assert_false(place.has_point);
    }
    hg_time built;
    assert_int_equal(edge_places_built(places, &built, NULL), HG_NOT_FOUND);
    edge_places_close(places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_no_database_is_named_and_not_taken),
        cmocka_unit_test(without_a_database_every_address_is_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
