#include "base/base.h"
#include "policy/policy.h"
#include "policy/schema_private.h"

#include <stdbool.h>
#include <stddef.h>

/* namedLocation and its two kinds that are judged (conditional-access.md part 2). */

static const char *const lookups[] = {"clientIpAddress", "authenticatorAppGps", NULL};

static const struct schema_member range_members[] = {
    {"cidrAddress", SCHEMA_STRING, 0, NULL, NULL},
    {"lowerAddress", SCHEMA_STRING, 0, NULL, NULL},
    {"upperAddress", SCHEMA_STRING, 0, NULL, NULL},
};

/* The type's name follows from the address: iPv4CidrRange, iPv6Range … */
static struct hg_json render_range(struct hg_arena *arena, const struct hg_json *json,
                                   enum policy_shape shape)
{
    (void)shape;
    hg_str cidr = hg_json_str_or(hg_json_get_nocase(json, HG_STR("cidrAddress")), HG_STR(""));
    hg_str lower = hg_json_str_or(hg_json_get_nocase(json, HG_STR("lowerAddress")), HG_STR(""));
    hg_str upper = hg_json_str_or(hg_json_get_nocase(json, HG_STR("upperAddress")), HG_STR(""));
    bool is_v6 = hg_str_find_byte(cidr.len > 0 ? cidr : lower, ':') != HG_NPOS;
    struct hg_json object = hg_json_object();
    hg_json_put_str(arena, &object, "@odata.type",
                    hg_str_format(arena, "#microsoft.graph.iPv%c%sRange", is_v6 ? '6' : '4',
                                  cidr.len > 0 ? "Cidr" : ""));
    if (cidr.len > 0) {
        hg_json_put_str(arena, &object, "cidrAddress", cidr);
    } else {
        hg_json_put_str(arena, &object, "lowerAddress", lower);
        hg_json_put_str(arena, &object, "upperAddress", upper);
    }
    return object;
}

static const struct schema range = {
    .members = range_members, .n_members = HG_COUNT(range_members), .render = render_range};

static const struct schema_member members[] = {
    {"id", SCHEMA_STRING, 0, NULL, NULL},
    {"displayName", SCHEMA_STRING, 0, NULL, NULL},
    {"createdDateTime", SCHEMA_STRING, 0, NULL, NULL},
    {"modifiedDateTime", SCHEMA_STRING, 0, NULL, NULL},
    {"deletedDateTime", SCHEMA_STRING, SCHEMA_SILENT, NULL, NULL},
    {"isTrusted", SCHEMA_BOOL, 0, NULL, NULL},
    {"ipRanges", SCHEMA_OBJECTS, 0, NULL, &range},
    {"countriesAndRegions", SCHEMA_TEXTS, 0, NULL, NULL},
    {"countryLookupMethod", SCHEMA_WORD, 0, lookups, NULL},
    {"includeUnknownCountriesAndRegions", SCHEMA_BOOL, 0, NULL, NULL},
    {"compliantNetworkType", SCHEMA_OPAQUE, SCHEMA_SILENT, NULL, NULL},
    {"serviceTags", SCHEMA_OPAQUE, SCHEMA_SILENT, NULL, NULL},
    {"privateLinkResourcePolicyIds", SCHEMA_OPAQUE, SCHEMA_SILENT, NULL, NULL},
};

enum { N_BASE = 4 };

/* Writes id … modifiedDateTime, then what belongs to the kind. */
static struct hg_json render_location(struct hg_arena *arena, const struct hg_json *json,
                                      enum policy_shape shape)
{
    static const char *const of_ip[] = {"isTrusted", "ipRanges", NULL};
    static const char *const of_country[] = {"countriesAndRegions", "countryLookupMethod",
                                             "includeUnknownCountriesAndRegions", NULL};
    bool is_ip = hg_json_is(hg_json_get_nocase(json, HG_STR("ipRanges")), HG_JSON_ARRAY);
    bool is_country =
        hg_json_is(hg_json_get_nocase(json, HG_STR("countriesAndRegions")), HG_JSON_ARRAY);
    if (!is_ip && !is_country)
        return *json;

    static const struct schema plain = {.members = members, .n_members = HG_COUNT(members)};
    struct hg_json whole = schema_render(arena, &plain, json, shape);
    struct hg_json object = hg_json_object();
    hg_json_put(arena, &object, "@odata.type",
                hg_json_z(is_ip ? "#microsoft.graph.ipNamedLocation"
                                : "#microsoft.graph.countryNamedLocation"));
    for (size_t i = 0; i < N_BASE; i++)
        hg_json_put(arena, &object, members[i].name, *hg_json_get(&whole, members[i].name));
    for (const char *const *name = is_ip ? of_ip : of_country; *name != NULL; name++) {
        struct hg_json value = *hg_json_get(&whole, *name);
        if (hg_json_is_null(&value)) /* isTrusted, include…: never null on the wire */
            value = **name == 'i' ? hg_json_bool(false) : hg_json_z(lookups[0]);
        hg_json_put(arena, &object, *name, value);
    }
    return object;
}

const struct schema schema_location = {
    .members = members, .n_members = HG_COUNT(members), .render = render_location};
