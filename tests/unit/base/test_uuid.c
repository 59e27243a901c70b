#include "unit/test.h"

static const struct {
    const char *name;
    hg_str text;
    bool want;
} ids[] = {
    {"lower case", HG_LIT("7d1c3a52-5c0f-4f0e-9a55-2b7c8f3f9d10"), true},
    {"upper case", HG_LIT("7D1C3A52-5C0F-4F0E-9A55-2B7C8F3F9D10"), true},
    {"all zeros", HG_LIT("00000000-0000-0000-0000-000000000000"), true},
    {"without dashes", HG_LIT("7d1c3a525c0f4f0e9a552b7c8f3f9d10"), false},
    {"a dash elsewhere", HG_LIT("7d1c3a5-25c0f-4f0e-9a55-2b7c8f3f9d10"), false},
    {"another letter", HG_LIT("7d1c3a52-5c0f-4f0e-9a55-2b7c8f3f9d1g"), false},
    {"one digit short", HG_LIT("7d1c3a52-5c0f-4f0e-9a55-2b7c8f3f9d1"), false},
    {"braces", HG_LIT("{7d1c3a52-5c0f-4f0e-9a55-2b7c8f3f9d1}"), false},
};

static void ids_have_one_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(ids); i++)
        if (hg_uuid_valid(ids[i].text) != ids[i].want)
            fail_msg("%s", ids[i].name);
}

static void all_ones(void *self, void *out, size_t n)
{
    (void)self;
    memset(out, 0xff, n);
}

static void a_random_id_carries_version_and_variant(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_random random = {.fill = all_ones};
    test_str_eq("version 4", hg_uuid_v4(arena, &random),
                HG_STR("ffffffff-ffff-4fff-bfff-ffffffffffff"));
}

static void an_id_of_an_instant_begins_with_it(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    struct hg_random random = {.fill = all_ones};
    hg_time at = {INT64_C(0x0123456789ab) * 1000 + 999};
    test_str_eq("version 7", hg_uuid_v7(arena, &random, at),
                HG_STR("01234567-89ab-7fff-bfff-ffffffffffff"));
}

static void bytes_are_written_as_they_are(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const unsigned char bytes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    test_str_eq("text", hg_uuid_text(arena, bytes), HG_STR("00010203-0405-0607-0809-0a0b0c0d0e0f"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_have_one_form),
        cmocka_unit_test(a_random_id_carries_version_and_variant),
        cmocka_unit_test(an_id_of_an_instant_begins_with_it),
        cmocka_unit_test(bytes_are_written_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
