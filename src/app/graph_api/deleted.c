#include "app/app_private.h"
#include "app/commit.h"
#include "app/directory/objects.h"
#include "app/graph_api/graph.h"
#include "app/graph_api/history.h"
#include "app/graph_api/write.h"
#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>

/* What was deleted of conditional access, and its way back (conditional-access.md 1.1). It
 * counts for nothing while it is here: not as a policy, not for a limit. */

static const struct {
    enum app_kind bin, kind;
    app_restore_fn *restore;
} kinds[] = {
    {APP_KIND_DELETED_POLICY, APP_KIND_POLICY, app_policy_restore},
    {APP_KIND_DELETED_LOCATION, APP_KIND_LOCATION, app_location_restore},
};

enum hg_code app_deleted_keep(struct app_write *write, enum app_kind bin,
                              const struct app_object *object, struct hg_err *err)
{
    struct app_object kept = {.id = object->id,
                              .version = object->version + 1,
                              .modified = write->now,
                              .body = hg_json_copy(write->arena, &object->body)};
    hg_json_put_str(write->arena, &kept.body, "deletedDateTime",
                    hg_time_rfc3339(write->arena, write->now));
    HG_TRY(app_object_insert(write->commit, write->tenant, bin, &kept, err));
    enum app_kind kind = bin == kinds[0].bin ? kinds[0].kind : kinds[1].kind;
    HG_TRY(app_history_before(write, kind, object, err));
    return app_history_put(write, kind, "delete", &kept, err);
}

enum hg_code app_graph_restore(struct app_call *call, struct hg_err *err)
{
    const struct app_collection *bin = app_collection_of(call);
    struct app_object kept;
    struct app_object object;
    bool found;
    bool done;
    HG_TRY(app_graph_find(call, bin, app_param(call, "id"), &kept, &found, err));
    if (!found)
        return HG_OK;
    size_t which = bin->kind == kinds[0].bin ? 0 : 1;
    struct app_commit commit = app_commit_new(call->arena);
    struct app_write write = app_graph_write(call, &commit, GRAPH_UPDATE);
    enum hg_code code = kinds[which].restore(&write, &kept, &object, err);
    if (code != HG_OK)
        return app_graph_refused(call, &write, code, err);
    app_object_delete(&commit, write.tenant, bin->kind, kept.id);
    const struct app_collection *live = app_collection_of_kind(kinds[which].kind);
    HG_TRY(app_graph_commit(call, live, &commit, object.id, &object.body, &done, err));
    if (done)
        app_graph_answer_object(call, live, 200, &object);
    return HG_OK;
}
