#include "base/base.h"
#include "policy/policy.h"
#include "policy/policy_private.h"
#include "policy/reading_private.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Named locations (conditional-access.md part 2). */

enum { PREFIX_MIN = 8 };

static void find_range(struct policy_findings *findings, hg_str path, hg_str text, const char *why)
{
    policy_find(findings, "1032", path,
                hg_str_format(findings->arena,
                              "Policy validation failed due to InvalidIpRange: '%.*s' %s.",
                              HG_ARG(policy_clip(text)), why));
}

static struct hg_ip last_of(const struct hg_cidr *cidr)
{
    struct hg_ip last = cidr->first;
    unsigned bits = last.is_v6 ? 128 : 32;
    for (unsigned i = cidr->prefix; i < bits; i++)
        last.bytes[i / 8] |= (unsigned char)(0x80u >> (i % 8));
    return last;
}

/* V18. The prefix of an IPv4-mapped range counts within IPv4, as it was folded. */
static bool read_cidr(struct policy_findings *findings, hg_str text, hg_str path,
                      struct policy_range *out)
{
    struct hg_cidr cidr;
    if (hg_cidr_parse(text, &cidr, NULL) != HG_OK) {
        find_range(findings, path, text, "is no address range such as 203.0.113.0/24");
        return false;
    }
    if (cidr.prefix < PREFIX_MIN) {
        find_range(findings, path, text, "is wider than /8");
        return false;
    }
    *out = (struct policy_range){.first = cidr.first, .last = last_of(&cidr)};
    return true;
}

static bool read_range(struct policy_findings *findings, const struct hg_json *json, hg_str path,
                       struct policy_range *out)
{
    hg_str cidr = hg_json_str_or(policy_member(json, "cidrAddress"), HG_STR(""));
    hg_str lower = hg_json_str_or(policy_member(json, "lowerAddress"), HG_STR(""));
    hg_str upper = hg_json_str_or(policy_member(json, "upperAddress"), HG_STR(""));
    if (cidr.len > 0)
        return read_cidr(findings, cidr, path, out);
    if (hg_ip_parse(lower, &out->first, NULL) != HG_OK ||
        hg_ip_parse(upper, &out->last, NULL) != HG_OK || out->first.is_v6 != out->last.is_v6 ||
        hg_ip_cmp(out->first, out->last) > 0) {
        find_range(findings, path, lower,
                   "does not begin a range: give cidrAddress, or "
                   "lowerAddress and upperAddress of one family");
        return false;
    }
    return true;
}

static void read_ranges(struct policy_findings *findings, const struct hg_json *list,
                        struct policy_location *location)
{
    size_t n = hg_json_count(list);
    struct policy_range *ranges = HG_NEW_ARRAY(findings->arena, struct policy_range, n);
    location->ranges = ranges;
    if (ranges == NULL)
        return;
    if (n == 0 || n > HG_MAX_LOCATION_RANGES)
        policy_find(findings, "1032", HG_STR("ipRanges"),
                    HG_STR("Policy validation failed due to InvalidIpRange: a location has 1 to "
                           "2000 ranges."));
    for (size_t i = 0; i < n && i < HG_MAX_LOCATION_RANGES; i++) {
        hg_str path = hg_str_format(findings->arena, "ipRanges[%zu]", i);
        if (read_range(findings, hg_json_item(list, i), path, &ranges[location->n_ranges]))
            location->n_ranges++;
    }
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void read_countries(struct policy_findings *findings, const struct hg_json *json,
                           struct policy_location *location)
{
    uint32_t none = 0;
    location->countries =
        policy_read_ids(findings->arena, policy_member(json, "countriesAndRegions"),
                        (struct policy_words){NULL, 0}, &none);
    location->includes_unknown =
        hg_json_bool_or(policy_member(json, "includeUnknownCountriesAndRegions"), false);
    for (size_t i = 0; i < location->countries.n; i++) {
        hg_str country = location->countries.items[i];
        if (country.len != 2 || !is_letter(country.ptr[0]) || !is_letter(country.ptr[1]))
            policy_find(findings, "1032", HG_STR("countriesAndRegions"),
                        hg_str_format(findings->arena,
                                      "Policy validation failed due to InvalidCountry: '%.*s' is "
                                      "no two-letter country code.",
                                      HG_ARG(policy_clip(country))));
    }
    if (location->countries.n == 0 && !location->includes_unknown)
        policy_find(findings, "1032", HG_STR("countriesAndRegions"),
                    HG_STR("Policy validation failed due to InvalidCountry: name countries, or "
                           "include unknown ones."));
    hg_str lookup = hg_json_str_or(policy_member(json, "countryLookupMethod"), HG_STR(""));
    if (hg_str_eq_nocase(lookup, HG_STR("authenticatorAppGps")))
        location->kind = POLICY_LOCATION_GPS_COUNTRY;
}

/* Kinds that beta knows: kept for the round trip, named in policies that are disabled. */
static bool is_opaque(const struct hg_json *json)
{
    static const char *const members[] = {"serviceTags", "privateLinkResourcePolicyIds"};
    for (size_t i = 0; i < HG_COUNT(members); i++)
        if (policy_member(json, members[i]) != NULL)
            return true;
    return false;
}

static void read_location(struct policy_findings *findings, const struct hg_json *json,
                          struct policy_location *location)
{
    location->id = hg_json_str_or(policy_member(json, "id"), HG_STR(""));
    location->display_name = hg_json_str_or(policy_member(json, "displayName"), HG_STR(""));
    if (location->display_name.len == 0)
        policy_find(findings, "1007", HG_STR("displayName"),
                    HG_STR("The body does not match the location schema: displayName is "
                           "required."));
    const struct hg_json *ranges = policy_member(json, "ipRanges");
    if (hg_json_is(ranges, HG_JSON_ARRAY)) {
        location->kind = POLICY_LOCATION_IP;
        location->is_trusted = hg_json_bool_or(policy_member(json, "isTrusted"), false);
        read_ranges(findings, ranges, location);
    } else if (policy_member(json, "countriesAndRegions") != NULL) {
        location->kind = POLICY_LOCATION_COUNTRY;
        read_countries(findings, json, location);
    } else if (policy_member(json, "compliantNetworkType") != NULL) {
        location->kind = POLICY_LOCATION_NETWORK;
        location->is_trusted = hg_json_bool_or(policy_member(json, "isTrusted"), false);
    } else if (is_opaque(json)) {
        location->kind = POLICY_LOCATION_OPAQUE;
        policy_warn(findings, "1037", HG_STR("@odata.type"),
                    HG_STR("This kind of location is kept but never matches, and no enabled "
                           "policy may use it."));
    } else {
        policy_find(findings, "1007", HG_STR("ipRanges"),
                    HG_STR("The body does not match the location schema: ipRanges or "
                           "countriesAndRegions is required."));
    }
}

enum hg_code policy_location_parse(struct hg_arena *arena, const struct hg_json *json,
                                   const struct policy_location **out, struct policy_faults *faults,
                                   struct hg_err *err)
{
    struct policy_findings findings = {.arena = arena, .state = POLICY_ENABLED};
    struct policy_location *location = HG_NEW(arena, struct policy_location);
    if (location == NULL)
        return HG_FAIL(err, HG_NO_MEMORY, "a named location");
    schema_check(&findings, &schema_location, json, HG_STR(""));
    if (hg_json_is(json, HG_JSON_OBJECT))
        read_location(&findings, json, location);
    HG_TRY(policy_findings_close(&findings, faults, err));
    *out = location;
    return HG_OK;
}

struct hg_json policy_location_canonical(struct hg_arena *arena, const struct hg_json *json,
                                         enum policy_shape shape)
{
    return schema_render(arena, &schema_location, json, shape);
}
