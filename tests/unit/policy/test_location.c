#include "base/base.h"
#include "policy/policy.h"
#include "unit/test.h"

static const struct {
    const char *name, *json;
    const char *code, *text; /* of the first fault; NULL: none */
    bool is_warning;
} rows[] = {
    {"ranges of both families",
     "{\"displayName\":\"HQ\",\"isTrusted\":true,\"ipRanges\":[{\"cidrAddress\":\"10.0.0.0/8\"},{"
     "\"cidrAddress\":\"2001:db8::/32\"}]}",
     NULL, NULL, false},
    {"host bits that are set are masked",
     "{\"displayName\":\"HQ\",\"ipRanges\":[{\"cidrAddress\":\"203.0.113.77/24\"}]}", NULL, NULL,
     false},
    {"V18 a range wider than /8",
     "{\"displayName\":\"HQ\",\"ipRanges\":[{\"cidrAddress\":\"10.0.0.0/7\"}]}", "1032",
     "'10.0.0.0/7' is wider than /8", false},
    {"V18 everything", "{\"displayName\":\"HQ\",\"ipRanges\":[{\"cidrAddress\":\"::/0\"}]}", "1032",
     "is wider than /8", false},
    {"what is no range", "{\"displayName\":\"HQ\",\"ipRanges\":[{\"cidrAddress\":\"10.0.0/8\"}]}",
     "1032", "'10.0.0/8' is no address range", false},
    {"the end before the beginning",
     "{\"displayName\":\"HQ\",\"ipRanges\":[{\"lowerAddress\":\"10.0.0.9\",\"upperAddress\":"
     "\"10.0.0.1\"}]}",
     "1032", "does not begin a range", false},
    {"no ranges", "{\"displayName\":\"HQ\",\"ipRanges\":[]}", "1032", "1 to 2000 ranges", false},
    {"no name", "{\"ipRanges\":[{\"cidrAddress\":\"10.0.0.0/8\"}]}", "1007",
     "displayName is required", false},
    {"no kind", "{\"displayName\":\"HQ\"}", "1007", "ipRanges or countriesAndRegions", false},
    {"a country by its name", "{\"displayName\":\"S\",\"countriesAndRegions\":[\"Slovenia\"]}",
     "1032", "'Slovenia' is no two-letter country code", false},
    {"no country at all", "{\"displayName\":\"S\",\"countriesAndRegions\":[]}", "1032",
     "name countries", false},
    {"unknown countries alone",
     "{\"displayName\":\"S\",\"countriesAndRegions\":[],\"includeUnknownCountriesAndRegions\":"
     "true}",
     NULL, NULL, false},
    {"an unknown member",
     "{\"displayName\":\"S\",\"countriesAndRegions\":[\"SI\"],\"planet\":\"Earth\"}", "1007",
     "unknown member 'planet'", false},
    {"a country told by GPS",
     "{\"displayName\":\"S\",\"countriesAndRegions\":[\"SI\"],\"countryLookupMethod\":"
     "\"authenticatorAppGps\"}",
     NULL, NULL, false},
    {"the compliant network",
     "{\"displayName\":\"N\",\"compliantNetworkType\":\"allTenantCompliantNetworks\",\"isTrusted\":"
     "true}",
     NULL, NULL, false},
    {"a kind that is kept and never matches",
     "{\"displayName\":\"N\",\"serviceTags\":[\"Storage\"],\"isTrusted\":true}", "1037",
     "never matches", true},
};

static void locations_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(rows); i++) {
        HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
        const struct policy_location *location = NULL;
        struct policy_faults faults = {0};
        struct hg_json json;
        assert_int_equal(hg_json_parse(arena, hg_str_of(rows[i].json), HG_JSON_STRICT, &hg_json_api,
                                       &json, NULL),
                         HG_OK);
        enum hg_code want = rows[i].code == NULL || rows[i].is_warning ? HG_OK : HG_MALFORMED;
        if (policy_location_parse(arena, &json, &location, &faults, NULL) != want)
            fail_msg("%s: wrong code", rows[i].name);
        if ((rows[i].code != NULL) != (faults.n > 0))
            fail_msg("%s: %zu faults", rows[i].name, faults.n);
        if (rows[i].code != NULL &&
            (!hg_str_eq(faults.items[0].code, hg_str_of(rows[i].code)) ||
             hg_str_find(faults.items[0].message, hg_str_of(rows[i].text)) == HG_NPOS))
            fail_msg("%s: %.*s", rows[i].name, HG_ARG(faults.items[0].message));
    }
}

static void only_addresses_can_be_trusted(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    const struct policy_location *location;
    struct policy_faults faults;
    struct hg_json json;
    hg_str text = HG_STR("{\"displayName\":\"S\",\"countriesAndRegions\":[\"SI\"],\"isTrusted\":"
                         "true}");
    assert_int_equal(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, NULL), HG_OK);
    assert_int_equal(policy_location_parse(arena, &json, &location, &faults, NULL), HG_OK);
    assert_false(policy_location_is_trusted(location));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locations_are_checked),
        cmocka_unit_test(only_addresses_can_be_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
