#include "app/flows/flows.h"
#include "app/flows/triggers.h"
#include "app/seed.h"
#include "base/base.h"
#include "flow/definition.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* flows[] of a seed: the create body of flow-platform.md 1.5 with `id` and `owner`. Whether
 * its connections are there is not asked: they stand in the same seed. */

static enum hg_code read_heading(struct app_seed *seed, const struct hg_json *item,
                                 struct app_flow *flow, struct hg_err *err)
{
    struct hg_arena *arena = seed->write.arena;
    hg_str id = hg_json_str_or(hg_json_get(item, "id"), HG_STR(""));
    hg_str owner = hg_json_str_or(hg_json_get(item, "owner"), HG_STR(""));
    hg_str state = hg_json_str_or(hg_json_path(item, "properties.state"), HG_STR("Started"));
    if (id.len > 0 && !hg_uuid_valid(id))
        return app_seed_refuse(seed, HG_STR("id is not a GUID"), err);
    if (!app_seed_user(seed, owner, &flow->owner))
        return app_seed_refuse(
            seed, hg_str_format(arena, "owner: there is no user '%.*s'", HG_ARG(owner)), err);
    if (!hg_str_eq(state, HG_STR("Started")) && !hg_str_eq(state, HG_STR("Stopped")))
        return app_seed_refuse(seed, HG_STR("properties.state is Started or Stopped"), err);
    flow->id = id.len > 0 ? hg_str_lower(arena, id) : hg_uuid_v4(arena, &seed->write.app->random);
    flow->state = hg_str_eq(state, HG_STR("Started")) ? APP_FLOW_STARTED : APP_FLOW_STOPPED;
    return HG_OK;
}

enum hg_code app_seed_flow(struct app_seed *seed, const struct hg_json *item, struct hg_err *err)
{
    struct app_write *write = &seed->write;
    struct app_flow flow = {.display_name = HG_STR("Untitled"),
                            .revision = 1,
                            .created = write->now,
                            .modified = write->now};
    struct app_flow_fault fault;
    const struct flow_definition *definition;
    bool changed;
    HG_TRY(app_seed_knows(seed, item, "id owner properties", err));
    HG_TRY(read_heading(seed, item, &flow, err));
    HG_TRY(app_flow_apply(write->arena, hg_json_get(item, "properties"), &flow, &changed, &fault,
                          err));
    if (fault.status != 0)
        return app_seed_refuse(seed, fault.message, err);
    HG_TRY(app_flow_definition(write->arena, &flow.body, &definition, err));
    HG_TRY(app_trigger_arm(write->commit, write->tenant, write->now, definition, &flow, err));
    return app_flow_insert(write->commit, write->tenant, &flow, err);
}
