#pragma once

#include "app/directory/objects.h"
#include "app/graph_api/write.h"
#include "base/base.h"
#include "store/store.h"

/* What policies and named locations were, version by version: who changed them, when and why.
 * A row is written in the commit that makes the change; nothing removes one. */

struct app_history_entry {
    int64_t version;
    hg_time at;
    hg_str action; /* "create", "update", "delete", "restore", "rollback"; "before": of a version
                      that was there before there was a history */
    hg_str author, reason;
    struct hg_json body;
};

struct app_history {
    const struct app_history_entry *items; /* oldest first */
    size_t n;
};

/* Appends the version that `object` is at. */
HG_MUST_USE enum hg_code app_history_put(struct app_write *write, enum app_kind kind,
                                         const char *action, const struct app_object *object,
                                         struct hg_err *err);
/* Appends `stored` as it is, when its version is not known yet. */
HG_MUST_USE enum hg_code app_history_before(struct app_write *write, enum app_kind kind,
                                            const struct app_object *stored, struct hg_err *err);
HG_MUST_USE enum hg_code app_history_load(struct store *store, struct hg_arena *arena,
                                          hg_str tenant, enum app_kind kind, hg_str object,
                                          struct app_history *out, struct hg_err *err);

extern const struct store_table app_policy_history_table;
