#include "text/zone.h"
#include "unit/test.h"

enum { HOUR = 3600 * 1000 };

static int64_t ms(const char *rfc3339)
{
    hg_time t = {0};
    assert_int_equal(hg_time_parse(hg_str_of(rfc3339), &t, NULL), HG_OK);
    return t.us / 1000;
}

static const struct {
    const char *zone, *utc;
    int64_t offset;
} offsets[] = {
    {"Central Europe Standard Time", "2024-03-31T00:59:59Z", 1 * HOUR},
    {"Central Europe Standard Time", "2024-03-31T01:00:00Z", 2 * HOUR},
    {"Europe/Ljubljana", "2024-10-27T00:59:59Z", 2 * HOUR},
    {"Europe/Ljubljana", "2024-10-27T01:00:00Z", 1 * HOUR},
    {"GTB Standard Time", "2024-07-01T00:00:00Z", 3 * HOUR},
    {"Pacific Standard Time", "2018-01-01T00:00:00Z", -8 * HOUR},
    {"india standard time", "2018-01-01T00:00:00Z", 5 * HOUR + HOUR / 2},
    {"EUROPE/LONDON", "2018-07-01T00:00:00Z", 1 * HOUR},
    {"UTC", "2018-07-01T00:00:00Z", 0},
};

static void offsets_follow_the_clock_of_the_zone(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(offsets); i++) {
        struct text_zone zone;
        int64_t offset = -1;
        assert_int_equal(text_zone_find(arena, hg_str_of(offsets[i].zone), &zone, NULL), HG_OK);
        assert_int_equal(text_zone_offset(&zone, ms(offsets[i].utc), &offset, NULL), HG_OK);
        if (offset != offsets[i].offset)
            fail_msg("%s at %s: %lld", offsets[i].zone, offsets[i].utc, (long long)offset);
        if (zone.is_utc != (offsets[i].offset == 0))
            fail_msg("%s: is_utc", offsets[i].zone);
    }
}

static const struct {
    const char *name, *wall;
    enum hg_code code;
    int64_t offset;
} walls[] = {
    {"winter", "2024-01-01T00:00:00Z", HG_OK, 1 * HOUR},
    {"summer", "2024-07-01T00:00:00Z", HG_OK, 2 * HOUR},
    {"before the gap", "2024-03-31T01:59:59Z", HG_OK, 1 * HOUR},
    {"in the gap", "2024-03-31T02:30:00Z", HG_MALFORMED, 0},
    {"behind the gap", "2024-03-31T03:00:00Z", HG_OK, 2 * HOUR},
    {"twice: standard time", "2024-10-27T02:30:00Z", HG_OK, 1 * HOUR},
};

static void a_wall_clock_has_gaps_and_hours_that_come_twice(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct text_zone zone;
    assert_int_equal(text_zone_find(arena, HG_STR("Europe/Ljubljana"), &zone, NULL), HG_OK);
    for (size_t i = 0; i < HG_COUNT(walls); i++) {
        int64_t offset = 0;
        enum hg_code code = text_zone_offset_of_wall(&zone, ms(walls[i].wall), &offset, NULL);
        if (code != walls[i].code || offset != walls[i].offset)
            fail_msg("%s: code %d, offset %lld", walls[i].name, code, (long long)offset);
    }
}

static void names_of_no_zone_are_not_found(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    static const char *const names[] = {
        "",
        "Atlantis Standard Time",
        "GMT+3:17",
        "../../etc/passwd",
        "Čas",
        "a name far longer than that of any zone there is, and then some more of it, and more of "
        "it",
    };
    struct text_zone zone;
    for (size_t i = 0; i < HG_COUNT(names); i++)
        if (text_zone_find(arena, hg_str_of(names[i]), &zone, NULL) != HG_NOT_FOUND)
            fail_msg("%s was found", names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_follow_the_clock_of_the_zone),
        cmocka_unit_test(a_wall_clock_has_gaps_and_hours_that_come_twice),
        cmocka_unit_test(names_of_no_zone_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
