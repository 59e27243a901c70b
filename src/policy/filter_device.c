#include "base/base.h"
#include "model/model.h"
#include "policy/filter_private.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Rules about devices. */

enum property_kind {
    PROPERTY_TEXT, /* at `offset` */
    PROPERTY_IS_COMPLIANT,
    PROPERTY_PROFILE_TYPE,
    PROPERTY_PHYSICAL_IDS,
    PROPERTY_SYSTEM_LABELS,
};

#define TEXT(member) PROPERTY_TEXT, offsetof(struct model_device, member)

static const struct {
    const char *name;
    unsigned ops;
    enum property_kind kind;
    size_t offset;
} properties[] = {
    {"deviceId", FILTER_OPS_LISTED, TEXT(id)},
    {"displayName", FILTER_OPS_TEXT, TEXT(display_name)},
    {"deviceOwnership", FILTER_OPS_EQUAL, TEXT(ownership)},
    {"enrollmentProfileName", FILTER_OPS_TEXT, TEXT(enrollment_profile)},
    {"manufacturer", FILTER_OPS_TEXT, TEXT(manufacturer)},
    {"model", FILTER_OPS_TEXT, TEXT(model)},
    {"operatingSystem", FILTER_OPS_TEXT, TEXT(operating_system)},
    {"operatingSystemVersion", FILTER_OPS_TEXT, TEXT(operating_system_version)},
    {"isCompliant", FILTER_OPS_EQUAL, PROPERTY_IS_COMPLIANT, 0},
    {"mdmAppId", FILTER_OPS_LISTED, TEXT(mdm_app_id)},
    {"profileType", FILTER_OPS_EQUAL, PROPERTY_PROFILE_TYPE, 0},
    {"trustType", FILTER_OPS_EQUAL, TEXT(trust_type)},
    {"physicalIds", FILTER_OPS_ELEMENT, PROPERTY_PHYSICAL_IDS, 0},
    {"systemLabels", FILTER_OPS_ELEMENT, PROPERTY_SYSTEM_LABELS, 0},
};
enum { FIRST_EXTENSION = HG_COUNT(properties) }; /* ids of extensionAttribute1 and the rest */

static bool find_property(hg_str name, struct policy_filter_property *out)
{
    uint64_t n;
    hg_str prefix = HG_STR("extensionAttribute");
    for (unsigned i = 0; i < HG_COUNT(properties); i++)
        if (hg_str_eq_nocase(hg_str_of(properties[i].name), name)) {
            *out = (struct policy_filter_property){.id = i, .name = name, .ops = properties[i].ops};
            return true;
        }
    if (!hg_str_starts_nocase(name, prefix) ||
        !hg_str_u64(hg_str_from(name, prefix.len), MODEL_EXTENSION_ATTRIBUTES, &n) || n == 0)
        return false;
    *out = (struct policy_filter_property){
        .id = FIRST_EXTENSION + (unsigned)n - 1, .name = name, .ops = FILTER_OPS_TEXT};
    return true;
}

const struct policy_filter_language policy_filter_devices = {
    .prefix = HG_LIT("device."),
    .example = "device.trustType",
    .unknown = "no such property of a device",
    .find = find_property,
};

static struct policy_filter_value of_text(hg_str text)
{
    return (struct policy_filter_value){.text = text};
}

static struct policy_filter_value of_list(const hg_str *items, size_t n)
{
    return (struct policy_filter_value){.is_list = true, .items = items, .n_items = n};
}

/* extensionAttribute1-15 are known of managed, compliant or hybrid-joined devices alone. */
static struct policy_filter_value extension_of(const struct model_device *device, size_t i)
{
    bool is_known = device->is_managed || device->is_compliant ||
                    hg_str_eq_nocase(device->trust_type, HG_STR("ServerAD"));
    return of_text(is_known ? device->extension[i] : HG_STR(""));
}

static struct policy_filter_value read_device(const void *of,
                                              const struct policy_filter_property *property)
{
    const struct model_device *device = of;
    if (!device->is_present) /* each property is null */
        return (struct policy_filter_value){0};
    if (property->id >= FIRST_EXTENSION)
        return extension_of(device, property->id - FIRST_EXTENSION);
    switch (properties[property->id].kind) {
    case PROPERTY_IS_COMPLIANT:
        return of_text(device->is_compliant ? HG_STR("True") : HG_STR("False"));
    case PROPERTY_PROFILE_TYPE:
        return of_text(device->profile_type.len > 0 ? device->profile_type
                                                    : HG_STR("RegisteredDevice"));
    case PROPERTY_PHYSICAL_IDS:
        return of_list(device->physical_ids, device->n_physical_ids);
    case PROPERTY_SYSTEM_LABELS:
        return of_list(device->system_labels, device->n_system_labels);
    case PROPERTY_TEXT:
        break;
    }
    hg_str text;
    memcpy(&text, (const char *)device + properties[property->id].offset, sizeof(text));
    return of_text(text);
}

bool policy_filter_holds_for_device(const struct policy_filter *filter,
                                    const struct model_device *device)
{
    const struct policy_filter_subject subject = {read_device, device};
    return policy_filter_holds(filter, &subject);
}
