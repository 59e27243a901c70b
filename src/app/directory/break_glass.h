#pragma once

#include "app/directory/objects.h"
#include "base/base.h"
#include "store/store.h"

/* Break-glass accounts: users of the tenant that are kept for the day on which no administrator
 * gets in. Policies hold for them as for anybody; the lock-out guard sees to it that no change
 * shuts the last of them out, and each use of one is told. An object each, under the user's id:
 * {"id","addedDateTime","addedBy","lastTestedDateTime"}. */
HG_MUST_USE enum hg_code app_break_glass_list(struct store *store, struct hg_arena *arena,
                                              hg_str tenant, struct app_objects *out,
                                              struct hg_err *err);
