#include "unit/test.h"

static const struct {
    const char *name;
    const char *in;
    const char *want; /* with seven digits; NULL: refused */
} instants[] = {
    {"seconds", "2026-11-24T16:14:11Z", "2026-11-24T16:14:11.0000000Z"},
    {"seven digits", "2026-11-24T16:14:11.1234567Z", "2026-11-24T16:14:11.1234560Z"},
    {"one digit", "2026-11-24T16:14:11.5Z", "2026-11-24T16:14:11.5000000Z"},
    {"east of Greenwich", "2026-11-24T00:30:00+02:00", "2026-11-23T22:30:00.0000000Z"},
    {"west of Greenwich", "2026-12-31T23:30:00-01:30", "2027-01-01T01:00:00.0000000Z"},
    {"a blank for T", "2026-11-24 16:14:11Z", "2026-11-24T16:14:11.0000000Z"},
    {"small letters", "2026-11-24t16:14:11z", "2026-11-24T16:14:11.0000000Z"},
    {"minutes alone, no offset", "2026-11-24T16:14", "2026-11-24T16:14:00.0000000Z"},
    {"a date", "2026-11-24", "2026-11-24T00:00:00.0000000Z"},
    {"a leap day", "2024-02-29", "2024-02-29T00:00:00.0000000Z"},
    {"a leap day of a century", "2000-02-29", "2000-02-29T00:00:00.0000000Z"},
    {"before 1970", "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5000000Z"},
    {"the first year", "0001-01-01", "0001-01-01T00:00:00.0000000Z"},
    {"the last year", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999990Z"},
    {"no leap day", "2026-02-29", NULL},
    {"no leap day of a century", "1900-02-29", NULL},
    {"month 13", "2026-13-01", NULL},
    {"month 0", "2026-00-01", NULL},
    {"day 0", "2026-01-00", NULL},
    {"year 0", "0000-01-01", NULL},
    {"hour 24", "2026-01-01T24:00:00Z", NULL},
    {"a leap second", "2016-12-31T23:59:60Z", NULL},
    {"a point without digits", "2026-01-01T00:00:00.Z", NULL},
    {"ten digits", "2026-01-01T00:00:00.1234567890Z", NULL},
    {"an offset past 14 hours", "2026-01-01T00:00:00+15:00", NULL},
    {"text behind it", "2026-01-01T00:00:00Zx", NULL},
    {"one digit for a month", "2026-1-01", NULL},
    {"nothing", "", NULL},
};

static void instants_are_read_and_written(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(instants); i++) {
        hg_time t = {.us = 77};
        enum hg_code code = hg_time_parse(hg_str_of(instants[i].in), &t, NULL);
        if (code != (instants[i].want == NULL ? HG_MALFORMED : HG_OK))
            fail_msg("%s: code %d", instants[i].name, code);
        if (instants[i].want != NULL)
            test_str_eq(instants[i].name, hg_time_seven(arena, t), hg_str_of(instants[i].want));
        else
            assert_int_equal(t.us, 77);
    }
}

static void an_instant_has_the_forms_of_each_protocol(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    hg_time t = {.us = INT64_C(1795536851123456)}; /* 2026-11-24 16:14:11.123456, a Tuesday */
    test_str_eq("RFC 3339", hg_time_rfc3339(arena, t), HG_STR("2026-11-24T16:14:11Z"));
    test_str_eq("AADSTS", hg_time_aadsts(arena, t), HG_STR("2026-11-24 16:14:11Z"));
    test_str_eq("HTTP", hg_time_http(arena, t), HG_STR("Tue, 24 Nov 2026 16:14:11 GMT"));
    assert_int_equal(hg_time_seconds(t), 1795536851);
    assert_int_equal(hg_time_seconds((hg_time){.us = -1}), -1);
}

static void every_day_of_eight_centuries_converts_back(void **state)
{
    (void)state;
    struct hg_civil civil = {.year = 1600, .month = 1, .day = 1};
    int64_t day = hg_time_of(&civil).us;
    unsigned weekday = hg_civil_of((hg_time){.us = day}).weekday;
    assert_int_equal(weekday, 6); /* a Saturday */
    for (int i = 0; i < 800 * 365; i++, day += HG_DAYS(1).us, weekday = (weekday + 1) % 7) {
        struct hg_civil back = hg_civil_of((hg_time){.us = day + 1});
        if (hg_time_of(&back).us != day + 1 || back.weekday != weekday || back.micro != 1)
            fail_msg("day %d: %lld-%u-%u", i, (long long)back.year, back.month, back.day);
    }
}

static void sums_stop_at_the_ends(void **state)
{
    (void)state;
    hg_time late = {.us = INT64_MAX - 1};
    assert_int_equal(hg_time_add(late, HG_DAYS(1)).us, INT64_MAX);
    assert_int_equal(hg_time_add((hg_time){.us = INT64_MIN}, HG_DAYS(-1)).us, INT64_MIN);
    assert_int_equal(hg_time_since(late, (hg_time){.us = -5}).us, INT64_MAX);
    assert_int_equal(hg_time_since((hg_time){.us = -5}, late).us, INT64_MIN);
}

static const struct {
    const char *name;
    const char *in;
    const char *want; /* NULL: refused */
} spans[] = {
    {"days", "90.00:00:00", "90.00:00:00"},
    {"no days", "08:30:15", "08:30:15"},
    {"one digit for hours", "8:00:00", "08:00:00"},
    {"no seconds", "01:30", "01:30:00"},
    {"ninety minutes, as the documents write", "00:90:00", "01:30:00"},
    {"hours past a day", "36:00:00", "1.12:00:00"},
    {"a fraction", "00:00:01.5000000", "00:00:01.5000000"},
    {"the largest", "10675199.02:48:05", "10675199.02:48:05"},
    {"days with hours past a day", "1.24:00:00", NULL},
    {"too many days", "10675200.00:00:00", NULL},
    {"a number alone", "90", NULL},
    {"days alone", "90.", NULL},
    {"a word", "until-revoked", NULL},
    {"text behind it", "01:00:00x", NULL},
    {"nothing", "", NULL},
};

static void time_spans_are_read_and_written(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(spans); i++) {
        hg_dur d = {.us = 77};
        enum hg_code code = hg_timespan_parse(hg_str_of(spans[i].in), &d, NULL);
        if (code != (spans[i].want == NULL ? HG_MALFORMED : HG_OK))
            fail_msg("%s: code %d", spans[i].name, code);
        if (spans[i].want != NULL)
            test_str_eq(spans[i].name, hg_timespan_text(arena, d), hg_str_of(spans[i].want));
        else
            assert_int_equal(d.us, 77);
    }
}

static const struct {
    const char *name;
    const char *in;
    int64_t seconds; /* -1: refused */
} durations[] = {
    {"days", "P91D", 91 * 86400},
    {"hours and minutes", "PT1H30M", 5400},
    {"days and hours", "P1DT2H", 86400 + 7200},
    {"weeks", "P2W", 14 * 86400},
    {"all", "P1W1DT1H1M1S", 604800 + 86400 + 3661},
    {"nothing of something", "PT0S", 0},
    {"a very long time", "P3650000D", 3650000LL * 86400},
    {"longer than the calendar", "P3660000D", -1},
    {"more than 64 bits of microseconds", "P26666660W", -1},
    {"months", "P1M", -1},
    {"years", "P1Y", -1},
    {"nothing at all", "P", -1},
    {"T without a part", "P1DT", -1},
    {"parts out of order", "PT1M1H", -1},
    {"a part twice", "PT1H1H", -1},
    {"hours before T", "P1H", -1},
    {"no P", "1D", -1},
    {"a number without unit", "P1", -1},
    {"a fraction", "PT1.5S", -1},
    {"text behind it", "P1D ", -1},
};

static void iso_durations_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(durations); i++) {
        hg_dur d = {.us = -1000000};
        enum hg_code code = hg_iso_duration_parse(hg_str_of(durations[i].in), &d, NULL);
        if (code != (durations[i].seconds < 0 ? HG_MALFORMED : HG_OK) ||
            d.us != durations[i].seconds * 1000000)
            fail_msg("%s: code %d, %lld µs", durations[i].name, code, (long long)d.us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_read_and_written),
        cmocka_unit_test(an_instant_has_the_forms_of_each_protocol),
        cmocka_unit_test(every_day_of_eight_centuries_converts_back),
        cmocka_unit_test(sums_stop_at_the_ends),
        cmocka_unit_test(time_spans_are_read_and_written),
        cmocka_unit_test(iso_durations_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
