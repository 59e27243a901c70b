#include "base/base.h"
#include "model/model.h"
#include "policy/filter_private.h"

#include <stdbool.h>
#include <stddef.h>

/* extensionAttribute1-15 are known of managed, compliant or hybrid-joined devices alone. */
static bool has_extensions(const struct model_device *device)
{
    return device->is_managed || device->is_compliant ||
           hg_str_eq_nocase(device->trust_type, HG_STR("ServerAD"));
}

/* Empty for null. */
static hg_str attribute_text(const struct model_device *device, unsigned attribute)
{
    switch (attribute) {
    case FILTER_DEVICE_ID:
        return device->id;
    case FILTER_DISPLAY_NAME:
        return device->display_name;
    case FILTER_OWNERSHIP:
        return device->ownership;
    case FILTER_ENROLLMENT_PROFILE:
        return device->enrollment_profile;
    case FILTER_MANUFACTURER:
        return device->manufacturer;
    case FILTER_MODEL:
        return device->model;
    case FILTER_OPERATING_SYSTEM:
        return device->operating_system;
    case FILTER_OPERATING_SYSTEM_VERSION:
        return device->operating_system_version;
    case FILTER_IS_COMPLIANT:
        return device->is_compliant ? HG_STR("True") : HG_STR("False");
    case FILTER_MDM_APP_ID:
        return device->mdm_app_id;
    case FILTER_PROFILE_TYPE:
        return device->profile_type.len > 0 ? device->profile_type : HG_STR("RegisteredDevice");
    case FILTER_TRUST_TYPE:
        return device->trust_type;
    default:
        return has_extensions(device) ? device->extension[attribute - FILTER_EXTENSION_1]
                                      : HG_STR("");
    }
}

static bool contains_nocase(hg_str text, hg_str needle)
{
    for (size_t i = 0; i + needle.len <= text.len; i++)
        if (hg_str_eq_nocase(hg_str_sub(text, i, needle.len), needle))
            return true;
    return false;
}

static bool text_matches(const struct policy_filter *filter, hg_str text)
{
    hg_str value = filter->values[0];
    switch (filter->op) {
    case FILTER_EQ:
        return hg_str_eq_nocase(text, value);
    case FILTER_STARTS:
        return hg_str_starts_nocase(text, value);
    case FILTER_ENDS:
        return text.len >= value.len &&
               hg_str_eq_nocase(hg_str_from(text, text.len - value.len), value);
    case FILTER_CONTAINS:
        return contains_nocase(text, value);
    case FILTER_IN:
        return model_has_id(filter->values, filter->n_values, text);
    }
    return false;
}

/* -contains and -eq on a collection: one whole element equals. */
static bool collection_matches(const struct policy_filter *filter,
                               const struct model_device *device)
{
    bool physical = filter->attribute == FILTER_PHYSICAL_IDS;
    const hg_str *items = physical ? device->physical_ids : device->system_labels;
    size_t n = physical ? device->n_physical_ids : device->n_system_labels;
    if (!device->is_present)
        n = 0;
    return filter->is_null ? n == 0 : model_has_id(items, n, filter->values[0]);
}

static bool compare(const struct policy_filter *filter, const struct model_device *device)
{
    if (filter->attribute == FILTER_PHYSICAL_IDS || filter->attribute == FILTER_SYSTEM_LABELS)
        return collection_matches(filter, device) != filter->is_negative;
    hg_str text = device->is_present ? attribute_text(device, filter->attribute) : HG_STR("");
    bool is_null = text.len == 0;
    bool matches = filter->is_null ? is_null : !is_null && text_matches(filter, text);
    return matches != filter->is_negative;
}

/* A chain of -or or -and leans to the left: the loop walks it, only brackets recurse. */
bool policy_filter_holds(const struct policy_filter *filter, const struct model_device *device)
{
    if (filter->kind == FILTER_COMPARE)
        return compare(filter, device);
    if (filter->kind == FILTER_NOT)
        return !policy_filter_holds(filter->left, device);
    bool decides = filter->kind == FILTER_OR; /* one true decides an -or, one false an -and */
    const enum filter_kind kind = filter->kind;
    for (; filter->kind == kind; filter = filter->left)
        if (policy_filter_holds(filter->right, device) == decides)
            return decides;
    return policy_filter_holds(filter, device);
}
