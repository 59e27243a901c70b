#include "app/directory/objects.h"
#include "app/graph_api/write.h"
#include "app/signals/devices.h"
#include "base/base.h"
#include "graph/graph.h"

/* Devices: what registers them and what manages them says what they are. */

enum hg_code app_device_create(struct app_write *write, const struct hg_json *input,
                               struct app_object *out, struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_device, write->mode, NULL, input, &body, &write->fault,
                      err));
    hg_str now = hg_time_rfc3339(write->arena, write->now);
    hg_str device_id = hg_json_str_or(hg_json_get(&body, "deviceId"), HG_STR(""));
    if (device_id.len == 0)
        device_id = hg_uuid_v4(write->arena, &write->app->random);
    device_id = hg_str_lower(write->arena, device_id);
    hg_json_put_str(write->arena, &body, "deviceId", device_id);
    hg_json_put_str(write->arena, &body, "id", app_write_id(write, &body));
    hg_json_put_str(write->arena, &body, "createdDateTime", now);
    hg_json_put_str(write->arena, &body, "registrationDateTime", now);
    if (hg_json_get(&body, "accountEnabled") == NULL)
        hg_json_put(write->arena, &body, "accountEnabled", hg_json_bool(true));
    if (hg_json_get(&body, "profileType") == NULL)
        hg_json_put(write->arena, &body, "profileType", hg_json_z("RegisteredDevice"));
    if (write->certificate.len > 0)
        app_device_note(write->arena, &body, write->certificate);
    *out = (struct app_object){.name = device_id, .body = body};
    return app_write_insert(write, APP_KIND_DEVICE, out, err);
}

enum hg_code app_device_update(struct app_write *write, const struct app_object *stored,
                               const struct hg_json *input, struct app_object *out,
                               struct hg_err *err)
{
    struct hg_json body;
    HG_TRY(graph_body(write->arena, &graph_device, write->mode, &stored->body, input, &body,
                      &write->fault, err));
    *out = (struct app_object){.name = stored->name, .body = body};
    return app_write_replace(write, APP_KIND_DEVICE, stored, out, err);
}
