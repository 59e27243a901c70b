#include "app/tokens/grants.h"
#include "base/base.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static struct hg_json network_json(struct hg_arena *arena, const struct model_network *network)
{
    struct hg_json json = hg_json_object();
    if (network->has_ip)
        hg_json_put_str(arena, &json, "ip", hg_ip_text(arena, network->ip));
    if (network->country.len > 0)
        hg_json_put_str(arena, &json, "country", network->country);
    if (network->gps_country.len > 0)
        hg_json_put_str(arena, &json, "gpsCountry", network->gps_country);
    if (network->is_compliant)
        hg_json_put(arena, &json, "isCompliantNetwork", hg_json_bool(true));
    if (network->is_inside)
        hg_json_put(arena, &json, "insideCorporateNetwork", hg_json_bool(true));
    return json;
}

/* The device attributes that are text, by their names in a device filter. */
static const struct {
    const char *name;
    size_t offset;
} device_texts[] = {
    {"id", offsetof(struct model_device, id)},
    {"displayName", offsetof(struct model_device, display_name)},
    {"operatingSystem", offsetof(struct model_device, operating_system)},
    {"operatingSystemVersion", offsetof(struct model_device, operating_system_version)},
    {"deviceOwnership", offsetof(struct model_device, ownership)},
    {"trustType", offsetof(struct model_device, trust_type)},
    {"manufacturer", offsetof(struct model_device, manufacturer)},
    {"model", offsetof(struct model_device, model)},
    {"mdmAppId", offsetof(struct model_device, mdm_app_id)},
    {"enrollmentProfileName", offsetof(struct model_device, enrollment_profile)},
    {"profileType", offsetof(struct model_device, profile_type)},
};

static hg_str *device_text(struct model_device *device, size_t i)
{
    return (hg_str *)(void *)((char *)device + device_texts[i].offset);
}

static const struct {
    const char *name;
    size_t items, n; /* offsets */
} device_lists[] = {
    {"physicalIds", offsetof(struct model_device, physical_ids),
     offsetof(struct model_device, n_physical_ids)},
    {"systemLabels", offsetof(struct model_device, system_labels),
     offsetof(struct model_device, n_system_labels)},
};

static const hg_str **list_items(struct model_device *device, size_t i)
{
    return (const hg_str **)(void *)((char *)device + device_lists[i].items);
}

static size_t *list_count(struct model_device *device, size_t i)
{
    return (size_t *)(void *)((char *)device + device_lists[i].n);
}

static void put_lists(struct hg_arena *arena, struct model_device *device, struct hg_json *json)
{
    for (size_t i = 0; i < HG_COUNT(device_lists); i++) {
        struct hg_json list = hg_json_array();
        for (size_t k = 0; k < *list_count(device, i); k++)
            hg_json_push(arena, &list, hg_json_str((*list_items(device, i))[k]));
        hg_json_put(arena, json, device_lists[i].name, list);
    }
}

static enum hg_code read_lists(struct hg_arena *arena, const struct hg_json *json,
                               struct model_device *device, struct hg_err *err)
{
    for (size_t i = 0; i < HG_COUNT(device_lists); i++) {
        const struct hg_json *list = hg_json_get(json, device_lists[i].name);
        size_t n = hg_json_count(list);
        hg_str *items = HG_NEW_ARRAY(arena, hg_str, n);
        if (items == NULL)
            return HG_FAIL(err, HG_NO_MEMORY, "%zu %s", n, device_lists[i].name);
        for (size_t k = 0; k < n; k++)
            items[k] = hg_json_str_or(hg_json_item(list, k), HG_STR(""));
        *list_items(device, i) = items;
        *list_count(device, i) = n;
    }
    return HG_OK;
}

static struct hg_json device_json(struct hg_arena *arena, const struct model_device *given)
{
    struct model_device device = *given;
    struct hg_json json = hg_json_object();
    for (size_t i = 0; i < HG_COUNT(device_texts); i++)
        if (device_text(&device, i)->len > 0)
            hg_json_put_str(arena, &json, device_texts[i].name, *device_text(&device, i));
    hg_json_put(arena, &json, "isCompliant", hg_json_bool(device.is_compliant));
    hg_json_put(arena, &json, "isManaged", hg_json_bool(device.is_managed));
    struct hg_json extensions = hg_json_array();
    for (size_t i = 0; i < MODEL_EXTENSION_ATTRIBUTES; i++)
        hg_json_push(arena, &extensions, hg_json_str(device.extension[i]));
    hg_json_put(arena, &json, "extensionAttributes", extensions);
    put_lists(arena, &device, &json);
    return json;
}

enum hg_code app_grant_snapshot_render(struct hg_arena *arena, const struct model_grant *grant,
                                       hg_str *out, struct hg_err *err)
{
    struct hg_json json = network_json(arena, &grant->snapshot.network);
    hg_json_put(arena, &json, "platform", hg_json_int(grant->snapshot.platform));
    if (grant->acrs.len > 0)
        hg_json_put_str(arena, &json, "acrs", grant->acrs);
    if (grant->password_is_changed)
        hg_json_put(arena, &json, "passwordIsChanged", hg_json_bool(true));
    if (grant->snapshot.device.is_present)
        hg_json_put(arena, &json, "device", device_json(arena, &grant->snapshot.device));
    if (grant->snapshot.bound_device.len > 0)
        hg_json_put_str(arena, &json, "boundDevice", grant->snapshot.bound_device);
    hg_json_put_str(arena, &json, "takenAt", hg_time_seven(arena, grant->snapshot.taken_at));
    return hg_json_render(arena, &json, out, err);
}

static struct model_device device_of(const struct hg_json *json)
{
    struct model_device device = {.is_present = json != NULL};
    for (size_t i = 0; i < HG_COUNT(device_texts); i++)
        *device_text(&device, i) =
            hg_json_str_or(hg_json_get(json, device_texts[i].name), HG_STR(""));
    device.is_compliant = hg_json_bool_or(hg_json_get(json, "isCompliant"), false);
    device.is_managed = hg_json_bool_or(hg_json_get(json, "isManaged"), false);
    const struct hg_json *extensions = hg_json_get(json, "extensionAttributes");
    for (size_t i = 0; i < MODEL_EXTENSION_ATTRIBUTES; i++)
        device.extension[i] = hg_json_str_or(hg_json_item(extensions, i), HG_STR(""));
    return device;
}

/* Absent, null, or of its kind: what is of another is not taken for absent. */
static bool is_or_absent(const struct hg_json *value, enum hg_json_kind kind)
{
    return hg_json_is_null(value) || hg_json_is(value, kind);
}

static enum hg_code network_of(const struct hg_json *json, struct model_network *out,
                               struct hg_err *err)
{
    hg_str ip;
    if (hg_json_as_str(hg_json_get(json, "ip"), &ip)) {
        HG_TRY(hg_ip_parse(ip, &out->ip, err));
        out->has_ip = true;
    }
    out->country = hg_json_str_or(hg_json_get(json, "country"), HG_STR(""));
    out->gps_country = hg_json_str_or(hg_json_get(json, "gpsCountry"), HG_STR(""));
    out->is_compliant = hg_json_bool_or(hg_json_get(json, "isCompliantNetwork"), false);
    out->is_inside = hg_json_bool_or(hg_json_get(json, "insideCorporateNetwork"), false);
    return HG_OK;
}

enum hg_code app_grant_snapshot_parse(struct hg_arena *arena, hg_str text,
                                      struct model_grant *grant, struct hg_err *err)
{
    struct hg_json json;
    HG_TRY(hg_json_parse(arena, text, HG_JSON_STRICT, &hg_json_api, &json, err));
    const struct hg_json *device = hg_json_get(&json, "device");
    static const char *const texts[] = {"ip", "acrs", "country", "gpsCountry", "boundDevice"};
    bool fits = is_or_absent(device, HG_JSON_OBJECT);
    for (size_t i = 0; i < HG_COUNT(texts); i++)
        fits = fits && is_or_absent(hg_json_get(&json, texts[i]), HG_JSON_STRING);
    if (!fits)
        return HG_FAIL(err, HG_MALFORMED,
                       "ip, acrs, countries and boundDevice are text, device is an object");
    HG_TRY(network_of(&json, &grant->snapshot.network, err));
    grant->password_is_changed = hg_json_bool_or(hg_json_get(&json, "passwordIsChanged"), false);
    grant->acrs = hg_json_str_or(hg_json_get(&json, "acrs"), HG_STR(""));
    grant->snapshot.bound_device = hg_json_str_or(hg_json_get(&json, "boundDevice"), HG_STR(""));
    int64_t platform = 0;
    (void)hg_json_as_int(hg_json_get(&json, "platform"), &platform);
    grant->snapshot.platform = (enum model_platform)platform;
    grant->snapshot.device = device_of(hg_json_is_null(device) ? NULL : device);
    HG_TRY(read_lists(arena, device, &grant->snapshot.device, err));
    return hg_time_parse(hg_json_str_or(hg_json_get(&json, "takenAt"), HG_STR("")),
                         &grant->snapshot.taken_at, err);
}
