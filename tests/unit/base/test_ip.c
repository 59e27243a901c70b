#include "unit/test.h"

static const struct {
    const char *name;
    hg_str in;
    const char *want; /* NULL: refused */
} addresses[] = {
    {"IPv4", HG_LIT("192.0.2.1"), "192.0.2.1"},
    {"IPv6, shortest form", HG_LIT("2001:DB8:0:0:0:0:0:1"), "2001:db8::1"},
    {"an IPv4-mapped address is IPv4", HG_LIT("::ffff:192.0.2.1"), "192.0.2.1"},
    {"the same in hexadecimal", HG_LIT("::ffff:c000:201"), "192.0.2.1"},
    {"nothing", HG_LIT(""), NULL},
    {"a leading zero", HG_LIT("192.0.2.01"), NULL},
    {"three parts", HG_LIT("192.0.2"), NULL},
    {"a part past 255", HG_LIT("192.0.2.256"), NULL},
    {"a zone", HG_LIT("fe80::1%eth0"), NULL},
    {"brackets", HG_LIT("[::1]"), NULL},
    {"a blank", HG_LIT(" 192.0.2.1"), NULL},
    {"text behind a NUL", HG_LIT("192.0.2.1\0x"), NULL},
    {"too long", HG_LIT("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"), NULL},
};

static void addresses_are_read_and_written(void **state)
{
    (void)state;
    HG_CLEANUP(hg_arena_freep) struct hg_arena *arena = test_arena();
    for (size_t i = 0; i < HG_COUNT(addresses); i++) {
        struct hg_ip ip;
        enum hg_code code = hg_ip_parse(addresses[i].in, &ip, NULL);
        if (code != (addresses[i].want == NULL ? HG_MALFORMED : HG_OK))
            fail_msg("%s: code %d", addresses[i].name, code);
        if (addresses[i].want != NULL)
            test_str_eq(addresses[i].name, hg_ip_text(arena, ip), hg_str_of(addresses[i].want));
    }
}

static const struct {
    const char *name;
    const char *range, *ip;
    bool want;
} ranges[] = {
    {"inside", "10.0.0.0/8", "10.255.0.1", true},
    {"outside", "10.0.0.0/8", "11.0.0.0", false},
    {"host bits of the range are masked", "10.1.2.3/8", "10.0.0.0", true},
    {"a prefix inside a byte", "10.0.0.128/25", "10.0.0.127", false},
    {"its other half", "10.0.0.128/25", "10.0.0.128", true},
    {"a bare address is itself", "192.0.2.1", "192.0.2.1", true},
    {"and nothing else", "192.0.2.1", "192.0.2.2", false},
    {"everything", "0.0.0.0/0", "203.0.113.7", true},
    {"everything of one family", "0.0.0.0/0", "2001:db8::1", false},
    {"IPv6", "2001:db8::/33", "2001:db8:7fff::1", true},
    {"IPv6, one bit further", "2001:db8::/33", "2001:db8:8000::1", false},
    {"a mapped range matches IPv4", "::ffff:10.0.0.0/104", "10.1.1.1", true},
    {"an IPv4 range matches a mapped address", "10.0.0.0/8", "::ffff:10.1.1.1", true},
};

static void ranges_contain_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(ranges); i++) {
        struct hg_cidr range;
        struct hg_ip ip;
        assert_int_equal(hg_cidr_parse(hg_str_of(ranges[i].range), &range, NULL), HG_OK);
        assert_int_equal(hg_ip_parse(hg_str_of(ranges[i].ip), &ip, NULL), HG_OK);
        if (hg_cidr_contains(&range, ip) != ranges[i].want)
            fail_msg("%s", ranges[i].name);
    }
}

static const char *const bad_ranges[] = {
    "10.0.0.0/33", "10.0.0.0/",      "10.0.0.0/-1",  "10.0.0.0/8x",
    "/8",          "2001:db8::/129", "10.0.0.0/8/8", "::ffff:10.0.0.0/95"};

static void bad_ranges_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < HG_COUNT(bad_ranges); i++) {
        struct hg_cidr range;
        if (hg_cidr_parse(hg_str_of(bad_ranges[i]), &range, NULL) != HG_MALFORMED)
            fail_msg("%s", bad_ranges[i]);
    }
}

static void addresses_have_an_order(void **state)
{
    (void)state;
    static const char *const rising[] = {"9.255.255.255", "10.0.0.0", "10.0.0.1", "::1", "2001::"};
    for (size_t i = 0; i + 1 < HG_COUNT(rising); i++) {
        struct hg_ip a;
        struct hg_ip b;
        assert_int_equal(hg_ip_parse(hg_str_of(rising[i]), &a, NULL), HG_OK);
        assert_int_equal(hg_ip_parse(hg_str_of(rising[i + 1]), &b, NULL), HG_OK);
        assert_true(hg_ip_cmp(a, b) < 0 && hg_ip_cmp(b, a) > 0);
        assert_true(hg_ip_eq(a, a) && !hg_ip_eq(a, b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written),
        cmocka_unit_test(ranges_contain_addresses),
        cmocka_unit_test(bad_ranges_are_refused),
        cmocka_unit_test(addresses_have_an_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
